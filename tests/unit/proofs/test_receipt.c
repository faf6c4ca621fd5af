/* What stands against a receipt, beyond the line that the corpus has of each. */
#include "proofs/receipt.h"

#include <stdlib.h>

#include "tests/lib/unit.h"

/* Findings of a receipt that is good in all that was checked. */
static struct receipt_findings *good(void)
{
	struct receipt_findings *found = calloc(1, sizeof(*found));

	ck_assert_ptr_nonnull(found);
	found->content = FINDING_NOT_CHECKED;
	found->status = FINDING_NOT_CHECKED;
	found->inclusion = found->finality = found->signer = FINDING_PASS;
	return found;
}

UNIT_TEST(fault_is_the_first_finding_that_failed)
{
	struct receipt_findings *found = good();

	ck_assert_int_eq(receipt_fault(found, true), ERR_OK);
	found->status = FINDING_FAIL;
	found->status_code = ERR_RECEIPT_STATUS;
	ck_assert_int_eq(receipt_fault(found, true), ERR_RECEIPT_STATUS);
	found->signer = FINDING_FAIL;
	found->signer_code = ERR_RECEIPT_FORK;
	ck_assert_int_eq(receipt_fault(found, false), ERR_RECEIPT_FORK);
	found->finality = FINDING_FAIL;
	found->finality_code = ERR_RECEIPT_FINALITY;
	ck_assert_int_eq(receipt_fault(found, false), ERR_RECEIPT_FINALITY);
	found->inclusion = FINDING_FAIL;
	found->inclusion_code = ERR_RECEIPT_INCLUSION;
	ck_assert_int_eq(receipt_fault(found, false), ERR_RECEIPT_INCLUSION);
	found->content = FINDING_FAIL;
	found->content_code = ERR_RECEIPT_CONTENT;
	ck_assert_int_eq(receipt_fault(found, false), ERR_RECEIPT_CONTENT);
	free(found);
}

UNIT_TEST(fault_is_where_a_trust_was_given_that_reaches_no_signer)
{
	struct receipt_findings *found = good();

	found->signer = FINDING_NOT_CHECKED;
	found->signer_code = ERR_RECEIPT_REACH;
	ck_assert_int_eq(receipt_fault(found, false), ERR_OK);
	ck_assert_int_eq(receipt_fault(found, true), ERR_RECEIPT_REACH);
	free(found);
}

UNIT_MAIN("receipt", fault_is_the_first_finding_that_failed,
	  fault_is_where_a_trust_was_given_that_reaches_no_signer)
