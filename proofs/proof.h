/* Proofs: whether the JSON that speaks of facts of state and log proves them, offline, to
 * anyone; docs/receipt.md section 8. */
#ifndef STELE_PROOFS_PROOF_H
#define STELE_PROOFS_PROOF_H

#include <jansson.h>

#include "base/arena.h"
#include "proofs/cover.h"
#include "proofs/fact.h"
#include "proofs/finding.h"
#include "proofs/trust.h"

#define PROOF_VERSION 1

/* What a proof that passed says. */
struct proof_facts {
	unsigned version;
	struct cover cover;
	enum finding finality;
	enum finding promises; /* the facts hold under the header, final or not */
	enum finding signer;
	enum err finality_code;
	enum err promises_code;
	enum err signer_code;
	bool is_trusted; /* the trust was given and fits */
	uint32_t former; /* sets relied on that were replaced since */
	struct fact *facts;
	size_t facts_count;
	struct entry *entries; /* all that were proven */
	size_t entries_count;
	struct arena arena;
};

/* Reads and judges the object of version 1: three findings, as docs/receipt.md section 8 has
 * them.  ERR_RECEIPT_FORM, ERR_MEMORY; release facts in any case. */
MUST_CHECK enum err proof_findings(const json_t *proof, const struct trust *trust,
				   struct proof_facts *out);
/* Checks the whole object, of version 0 or 1; facts are to be released in any case.
 * ERR_RECEIPT_FORM, _VERSION, _FINALITY; with trust that is not met _SIGNER,
 * _REACH, _FORK; ERR_PROOF_FORM (a fact is not what it promises), ERR_PROOF_ROOT;
 * ERR_MEMORY. */
MUST_CHECK enum err proof_check(const json_t *proof, const struct trust *trust,
				struct proof_facts *out);
void proof_facts_release(struct proof_facts *facts);
/* The fact of a proof that has one alone, of that kind; NULL otherwise. */
const struct fact *proof_only(const struct proof_facts *facts, enum fact_kind kind);
/* The same of a list of that subject which is shown from its first to its last. */
const struct fact *proof_list(const struct proof_facts *facts, enum fact_kind kind,
			      const char *subject);

/* The proof in a file: canonical of version 1, any JSON of version 0.
 * ERR_RECEIPT_FORM, ERR_RECEIPT_VERSION, ERR_MEMORY. */
MUST_CHECK enum err proof_parse(struct bytes text, json_t **out);

#endif
