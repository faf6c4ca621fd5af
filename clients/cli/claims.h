/* Claims on content as a node tells them, with the node's proof checked: nothing
 * that it says is used without. */
#ifndef STELE_CLIENTS_CLI_CLAIMS_H
#define STELE_CLIENTS_CLI_CLAIMS_H

#include "clients/cli/cli.h"
#include "proofs/proof.h"
#include "proto/state.pb-c.h"

struct claim {
	uint64_t number;
	const Stele__ClaimValue *value; /* in the arena of claims */
	uint64_t propagations;          /* once claims_count_propagations was asked */
};

struct claims {
	struct hash content;
	struct claim *items;
	size_t count;       /* 0: proven to be absent */
	uint64_t counted_height; /* as of which propagations were counted */
	bool is_pinned;     /* a pin vouches for the signers */
	struct proof_facts facts;
	json_t *answer;     /* the node's: transaction ids, which the state does not hold */
};

/* Asks for all claims and checks the proof against the pinned network.  Failures:
 * those of asking; a proof that does not hold has exit code 3. */
MUST_CHECK enum err claims_get(struct cli *cli, const struct hash *content, struct claims *out);
void claims_release(struct claims *claims);
/* How often the content of each is propagated, proven as well.
 * Failures: as claims_get. */
MUST_CHECK enum err claims_count_propagations(struct cli *cli, struct claims *claims);
/* The transaction of a claim, as hex; "" where the node did not say. */
const char *claim_transaction(const struct claims *claims, uint64_t number);
const char *claim_state_text(Stele__ClaimState state);

/* FILE, HASH, FILE:REST or HASH:REST, where a file of the whole name goes first.
 * *rest is what stands behind the last colon, or NULL; it points into text.
 * ERR_FILE_READ. */
MUST_CHECK enum err content_read(struct cli *cli, const char *text, struct hash *out,
				 const char **rest);

#endif
