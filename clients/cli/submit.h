/* Signing and submitting: from an operation to its outcome in the ledger. */
#ifndef STELE_CLIENTS_CLI_SUBMIT_H
#define STELE_CLIENTS_CLI_SUBMIT_H

#include <jansson.h>

#include "clients/cli/cli.h"
#include "proto/tx.h"

enum outcome_state {
	OUTCOME_ACCEPTED,
	OUTCOME_REJECTED, /* by a rule, in a block */
	OUTCOME_PENDING,
	OUTCOME_DRY, /* --dry-run: would be accepted */
};

struct outcome {
	struct hash id;
	enum outcome_state state;
	enum err error; /* where rejected */
	uint64_t height;
	uint64_t time_ms;
	uint64_t log_index;
	bool is_duplicate;
	uint64_t motion;        /* 0: none was opened */
	bool motion_is_open;    /* it waits for approvals */
	json_t *answer;         /* the node's, or NULL */
	json_t *effect;         /* --dry-run: as effect_read gives it, or NULL */
	struct buf raw;         /* the bytes that were signed and sent */
};
void outcome_init(struct outcome *outcome);
void outcome_release(struct outcome *outcome);
/* "accepted", "rejected", "pending", "would be accepted" */
const char *outcome_text(enum outcome_state state);

/* Signs and submits.  body: the operation is set, this fills in the rest.  Where
 * policy wants approvals for it, a motion is opened instead, with it inside.
 * what: "programme CN-BJ-I3", for failures.
 * ERR_OK for each state of the outcome, a rejection included; errors of the
 * network, and refusals before submission, are failures. */
MUST_CHECK enum err submit(struct cli *cli, Stele__TransactionBody *body,
			   struct bytes attachment, const char *what, struct outcome *out);
/* The same by a bare transaction, whatever policy says of approvals. */
MUST_CHECK enum err submit_bare(struct cli *cli, Stele__TransactionBody *body,
				struct bytes attachment, const char *what, struct outcome *out);
/* Signs only: raw and id.  The chain's policy gives valid_until. */
MUST_CHECK enum err submit_sign(struct cli *cli, Stele__TransactionBody *body,
				struct bytes attachment, struct outcome *out);
/* The id of bytes that submit_sign made. */
void submit_id(struct hash *out, struct bytes raw);
/* "E4107" or 4107; ERR_NET_ANSWER for what is no error of the list. */
enum err err_of_code(const json_t *value);
/* Sends bytes that were signed before; sending them again is safe. */
MUST_CHECK enum err submit_raw(struct cli *cli, const char *what, struct outcome *out);
/* Waits up to timeout_ms for a pending one. */
MUST_CHECK enum err submit_wait(struct cli *cli, struct outcome *out, uint64_t timeout_ms);
/* The usual end of a command: prints the outcome (JSON: with the members of
 * extra, which it takes and may be NULL) and gives ERR_OK, ERR_PENDING or the
 * rejection's error as failure. */
MUST_CHECK enum err submit_finish(struct cli *cli, const char *what, const struct outcome *outcome,
				  json_t *extra);
/* submit and submit_finish in one. */
MUST_CHECK enum err submit_operation(struct cli *cli, Stele__TransactionBody *body,
				     struct bytes attachment, const char *what);
/* The same without an attachment; what: printf. */
MUST_CHECK enum err submit_record(struct cli *cli, Stele__TransactionBody *body, const char *what,
				  ...) PRINTF_LIKE(3, 4);

/* Opens a motion with the body's operation in it, whatever policy says; submit
 * calls it where policy asks for approvals. */
MUST_CHECK enum err submit_motion(struct cli *cli, const Stele__TransactionBody *body,
				  const char *what, struct outcome *out);

/* What policy says of an operation; asked for once. */
struct rule {
	uint32_t approvals;
	char approvers[16]; /* role */
	char openers[96];
};
MUST_CHECK enum err rule_get(struct cli *cli, uint32_t operation, struct rule *out);
MUST_CHECK enum err window_get(struct cli *cli, uint64_t *window_ms);

#endif
