/* Proofs: the JSON that proves facts of state and log, offline; docs/receipt.md.
 * Making one needs a ledger's view, checking one needs nothing but the pin. */
#ifndef STELE_LEDGER_PROOF_H
#define STELE_LEDGER_PROOF_H

#include <jansson.h>

#include "base/arena.h"
#include "ledger/cover.h"

#define PROOF_VERSION 0

/* What a proof that passed says; strings and values live in the arena. */
struct proof_item {
	const char *key;
	bool is_present;
	struct bytes value;
};

struct proof_facts {
	char kind[16];
	struct cover cover;
	bool is_trusted;             /* the pin was given and fits */
	struct proof_item *items;    /* of state, awards, org-awards, claims, evidence */
	size_t items_count;
	uint64_t count;              /* N of awards, org-awards, claims, evidence */
	uint64_t budget;             /* of awards; these three are added up from the awards: */
	uint64_t committed, paid, recovered;
	char currency[4];
	uint64_t log_index;          /* of inclusion */
	uint64_t from_size;          /* of consistency */
	struct hash rejected_id;     /* of rejected */
	uint32_t rejected_code;
	struct arena arena;
};

/* Checks the whole object; facts are to be released in any case.
 * ERR_RECEIPT_FORM, _VERSION, _FINALITY, _SIGNER (trust given and not met),
 * ERR_PROOF_FORM (items are not what the kind promises), ERR_PROOF_ROOT. */
MUST_CHECK enum err proof_check(const json_t *proof, const struct trust *trust,
				struct proof_facts *out);
void proof_facts_release(struct proof_facts *facts);

/* --- making: for the node ------------------------------------------------- */

struct ledger_view;

MUST_CHECK enum err proof_state(struct ledger_view *view, const char *const *keys, size_t count,
				struct bytes set_text, json_t **out);
/* All awards of a programme; ERR_NOT_FOUND: no such programme. */
MUST_CHECK enum err proof_awards(struct ledger_view *view, const char *programme,
				 struct bytes set_text, json_t **out);
MUST_CHECK enum err proof_org_awards(struct ledger_view *view, const char *org,
				     struct bytes set_text, json_t **out);
/* All claims on a hash, or that there is none. */
MUST_CHECK enum err proof_claims(struct ledger_view *view, const struct hash *sha256_of_content,
				 struct bytes set_text, json_t **out);
/* All evidence, or that there is none. */
MUST_CHECK enum err proof_evidence(struct ledger_view *view, struct bytes set_text, json_t **out);
MUST_CHECK enum err proof_inclusion(struct ledger_view *view, uint64_t log_index,
				    struct bytes set_text, json_t **out);
/* from >= 1, at most the size now. */
MUST_CHECK enum err proof_consistency(struct ledger_view *view, uint64_t from,
				      struct bytes set_text, json_t **out);
MUST_CHECK enum err proof_rejected(struct ledger_view *view, uint64_t height, uint32_t k,
				   struct bytes set_text, json_t **out);

#endif
