/* Receipts from anywhere: no input may do more than fail.  It is judged by no trust, and by
 * one that is taken from the receipt itself, so that the last findings are reached. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proofs/receipt.h"
#include "proofs/verdict.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Fits the receipt; the size of the input chooses what does not. */
static struct trust trust_of(const struct cover *cover, size_t size)
{
	struct trust trust = {.epoch = cover->epoch, .sets_count = 1, .has_head = size % 3 != 0};

	memcpy(trust.origin, cover->top.origin, sizeof(trust.origin));
	trust.chain = cover->top.chain;
	trust.sets[0] = cover->first->hash;
	trust.head = (struct trust_head){cover->last.height, cover->last_block, cover->last.log_size,
					 cover->last.log_root};
	if (size % 5 == 0)
		trust.head.block.b[0] ^= 1;
	if (size % 7 == 0)
		trust.sets[0].b[0] ^= 1;
	if (size % 11 == 0)
		trust.epoch++;
	return trust;
}

static void judge(const json_t *receipt, size_t size)
{
	struct receipt_findings *first = calloc(1, sizeof(*first));
	struct receipt_findings *second = calloc(1, sizeof(*second));
	struct receipt_file file = {.size = 1};
	struct trust trust;

	if (first != NULL && second != NULL && receipt_check(receipt, NULL, NULL, first) == ERR_OK &&
	    first->finality == FINDING_PASS) {
		file.sha256 = first->subject;
		file.size = first->subject_size;
		trust = trust_of(&first->cover, size);
		ASSERT(receipt_check(receipt, &file, &trust, second) == ERR_OK);
		/* trust changes nothing but the signer, a file nothing but the content */
		ASSERT(second->inclusion == first->inclusion &&
		       second->finality == first->finality && second->status == first->status);
		ASSERT(first->signer == FINDING_NOT_CHECKED);
		receipt_findings_release(second);
	}
	if (first != NULL)
		receipt_findings_release(first);
	free(first);
	free(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *receipt = NULL;
	struct buf line;

	if (receipt_parse(bytes_of(data, size), &receipt) == ERR_OK)
		judge(receipt, size);
	json_decref(receipt);
	buf_init(&line, 256);
	(void)!verdict_line(&line, bytes_of(data, size), bytes_of(NULL, 0), NULL);
	ASSERT(!line.has_failed);
	buf_release(&line);
	return 0;
}
