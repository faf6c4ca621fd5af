/* Proofs as a node makes them: facts of state and log under one header;
 * docs/receipt.md section 8. */
#ifndef STELE_LEDGER_PROOF_MAKE_H
#define STELE_LEDGER_PROOF_MAKE_H

#include <jansson.h>

#include "base/bytes.h"
#include "base/err.h"
#include "ledger/entries.h"

/* A proof under way. */
struct proof_make {
	struct ledger_view *view;
	uint64_t height;   /* of the header that the facts stand under */
	uint64_t log_size; /* in that header */
	json_t *cover;     /* lent, as cover_add makes it for that height; NULL: it is made */
	json_t *facts;
	struct entries entries;
	/* of the block's rejected entries, once one was asked for: the roots of all full
	 * subtrees, leaves first */
	struct hash *rejected;
	uint32_t rejected_count;
};

/* Facts of log and rejected entries may stand under any height up to the view's
 * tip, those of state under the tip's own.  The view outlives the proof; release
 * it in any case.  ERR_NOT_FOUND: no such height. */
MUST_CHECK enum err proof_begin(struct proof_make *proof, struct ledger_view *view,
				uint64_t height);
void proof_release(struct proof_make *proof);
/* The whole object.  ERR_NOT_FOUND: no finalization covers the height yet;
 * ERR_API_PROOF_SIZE, ERR_MEMORY. */
MUST_CHECK enum err proof_end(struct proof_make *proof, struct bytes set_text, json_t **out);

/* Adds a fact of that name; takes its other members.  ERR_API_PROOF_SIZE. */
MUST_CHECK enum err proof_add_fact(struct proof_make *proof, const char *name, json_t *fact);

/* Each adds a fact.  ERR_API_PROOF_SIZE: it would be more than one proof holds;
 * the proof is then not to be ended. */

MUST_CHECK enum err proof_add_state(struct proof_make *proof, const char *key);

/* A part of a list.  from 0: from the first.  to 0: as far as one answer goes,
 * LIMIT_PROOF_PART at most, fewer where they are large. */
struct proof_part {
	uint64_t from;
	uint64_t to;
};
/* ERR_NOT_FOUND: no such programme or organisation.  ERR_API_PROOF_RANGE: the list
 * has no such part. */
MUST_CHECK enum err proof_add_awards(struct proof_make *proof, const char *programme,
				     struct proof_part part);
MUST_CHECK enum err proof_add_org_awards(struct proof_make *proof, const char *org,
					 struct proof_part part);
/* Also where there is none: then they say so. */
MUST_CHECK enum err proof_add_claims(struct proof_make *proof, const struct hash *content,
				     struct proof_part part);
MUST_CHECK enum err proof_add_evidence(struct proof_make *proof, struct proof_part part);

/* ERR_NOT_FOUND: the log has no such leaf at that height. */
MUST_CHECK enum err proof_add_inclusion(struct proof_make *proof, uint64_t log_index);
/* ERR_NOT_FOUND: 0, or the log is not of that size at that height. */
MUST_CHECK enum err proof_add_consistency(struct proof_make *proof, uint64_t from);
/* The k-th rejected entry of that height's block.  ERR_NOT_FOUND. */
MUST_CHECK enum err proof_add_rejected(struct proof_make *proof, uint32_t k);

#endif
