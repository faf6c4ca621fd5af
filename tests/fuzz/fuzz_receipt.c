/* Receipts and proofs from anywhere: no input may do more than fail. */
#include <stdint.h>
#include <stdlib.h>

#include "proofs/proof.h"
#include "proofs/receipt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *json = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
	struct receipt_findings *findings;
	struct proof_facts *facts;
	struct receipt_file file = {.size = 1};
	struct trust trust = {.origin = "x"};

	if (json == NULL)
		return 0;
	findings = calloc(1, sizeof(*findings));
	facts = calloc(1, sizeof(*facts));
	if (findings != NULL && facts != NULL) {
		(void)!receipt_check(json, &file, &trust, findings);
		receipt_findings_release(findings);
		(void)!proof_check(json, &trust, facts);
		proof_facts_release(facts);
	}
	free(findings);
	free(facts);
	json_decref(json);
	return 0;
}
