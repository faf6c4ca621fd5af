/* Proofs of version 0, as nodes made them: docs/receipt-v0.md. */
#ifndef STELE_TESTS_UNIT_LEDGER_V0_PROOF_H
#define STELE_TESTS_UNIT_LEDGER_V0_PROOF_H

#include <jansson.h>

#include "base/bytes.h"
#include "base/err.h"

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
