/* Proofs as they are asked for: the facts, each by its name and what it is of, and
 * the height under which they are to stand. */
#ifndef STELE_NODE_API_PROOF_ASK_H
#define STELE_NODE_API_PROOF_ASK_H

#include "ledger/proof_make.h"
#include "node/api/call.h"

enum fact_subject {
	FACT_NONE,   /* of the network's one list */
	FACT_KEY,    /* a state key */
	FACT_ID,     /* a segment of one */
	FACT_HASH,   /* a SHA-256 */
	FACT_NUMBER, /* a number */
};

struct fact_ask {
	const char *subject; /* FACT_KEY, FACT_ID, FACT_HASH */
	uint64_t number;     /* FACT_NUMBER */
	struct proof_part part;
};

struct fact_kind {
	const char *name;
	const char *member; /* that names the subject, in a query as in a body */
	enum fact_subject subject;
	bool is_list;       /* has a part */
	bool is_of_state;   /* stands under the state root */
	const char *absent; /* what a 404 says, or NULL */
	enum err (*add)(struct proof_make *proof, const struct fact_ask *ask);
};

/* NULL: there is none of that name. */
const struct fact_kind *fact_kind_find(const char *name);
/* Whether the subject is of its form. */
bool fact_ask_is_valid(const struct fact_kind *kind, const struct fact_ask *ask);

/* A height that is asked for, or the newest. */
struct height_ask {
	bool is_given;
	uint64_t height;
};
/* The proof under that height; view and tip are those of the height where it is for a
 * fact of state.  ERR_API_UNCOVERED: no finalization covers it yet. */
MUST_CHECK enum err proof_ask_begin(struct call *call, struct height_ask at, bool is_of_state,
				    struct proof_make *proof);
/* Ends it, or says why not; releases it. */
enum progress proof_ask_end(struct call *call, struct proof_make *proof, enum err err,
			    const char *absent);
/* One fact under the newest height, for an answer that says more: the object.
 * ERR_API_UNCOVERED. */
MUST_CHECK enum err proof_of_one(struct call *call, const char *name, const struct fact_ask *ask,
				 json_t **out);
/* The k-th rejected entry of a block. */
MUST_CHECK enum err proof_of_rejected(struct call *call, uint64_t height, uint32_t k,
				      json_t **out);

#endif
