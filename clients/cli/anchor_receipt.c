/* Receipts of what was anchored: made for the entries of batches, checked, and
 * written beside the files.  The node is not trusted for any of them. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "clients/cli/anchor.h"
#include "clients/cli/entry_receipt.h"
#include "clients/cli/files.h"
#include "clients/cli/out.h"
#include "crypto/merkle.h"
#include "proofs/cover.h"

/* What was sent, in the log. */
struct logged {
	uint64_t index;
	struct bytes leaf;
};

/* ERR_RECEIPT_FINALITY: it does not hold; ERR_RECEIPT_INCLUSION: it does, and speaks of another
 * record on that content. */
static enum err judge(const struct anchor *anchor, const struct receipt_file *file,
		      const json_t *receipt, const struct logged *logged)
{
	struct receipt_findings *found = calloc(1, sizeof(*found));
	enum err err = ERR_OK;

	ASSERT(found != NULL);
	if (receipt_check(receipt, file, anchor->is_pinned ? &anchor->trust : NULL, found) !=
		    ERR_OK ||
	    found->content != FINDING_PASS || receipt_fault(found, anchor->is_pinned) != ERR_OK ||
	    !hash_equal(&found->cover.last.chain, &anchor->chain))
		err = ERR_RECEIPT_FINALITY;
	else if (logged != NULL && !receipt_speaks_of(found, logged->index, logged->leaf))
		err = ERR_RECEIPT_INCLUSION;
	receipt_findings_release(found);
	free(found);
	return err;
}

bool anchor_receipt_is_good(const struct anchor *anchor, const struct receipt_file *file,
			    const json_t *receipt)
{
	return judge(anchor, file, receipt, NULL) == ERR_OK;
}

static void fail_item(struct anchor_item *item, enum err err, const char *why)
{
	item->state = ANCHOR_FAILED;
	item->err = err;
	item->why = why;
}

void anchor_write_beside(struct anchor *anchor, struct anchor_item *item, const char *text,
			 enum anchor_state state)
{
	char *beside = receipt_path_beside(item->path);
	enum err err = file_write(anchor->cli, beside, bytes_text(text), 0644, anchor->may_replace);

	item->state = state;
	if (err != ERR_OK)
		fail_item(item, err,
			  "it is in the ledger; get its receipt with: stele receipt fetch FILE");
	free(beside);
}

/* For all of that content that wait for it; takes the receipt. */
static void write_receipts(struct anchor *anchor, struct anchor_item **items, size_t count,
			   const struct logged *logged, json_t *receipt)
{
	enum err err = judge(anchor, &items[0]->file, receipt, logged);
	char *text = err == ERR_OK ? receipt_text(receipt) : NULL;

	for (size_t i = 0; i < count; i++) {
		if (items[i]->state != ANCHOR_WAITING)
			continue;
		if (text != NULL)
			anchor_write_beside(anchor, items[i], text, ANCHOR_DONE);
		else if (err == ERR_RECEIPT_INCLUSION)
			fail_item(items[i], err,
				  "the node gave the receipt of another record; ask another one");
		else
			fail_item(items[i], ERR_RECEIPT_FINALITY,
				  "the node gave a receipt that does not hold; ask another one");
	}
	free(text);
	json_decref(receipt);
}

/* --- batches --------------------- */

static void forest_of(struct forest *forest, struct bytes attachment, size_t count)
{
	struct hash *leaves = calloc(count, sizeof(*leaves));

	ASSERT(leaves != NULL);
	for (size_t i = 0; i < count; i++)
		merkle_leaf(&leaves[i], batch_entry_next(&attachment));
	forest_init(forest, leaves, count);
}

/* --- outcomes --------------------- */

/* The waiting items of that content; true if there are any and it was accepted. */
static bool settle_content(struct anchor *anchor, const ProtobufCBinaryData *content,
			   const struct sent *sent, struct anchor_item ***items, size_t *count)
{
	bool is_wanted = false;
	struct hash hash;

	memcpy(hash.b, content->data, sizeof(hash.b));
	*items = anchor_find(anchor, &hash, count);
	for (size_t i = 0; i < *count; i++) {
		struct anchor_item *item = (*items)[i];

		if (item->state != ANCHOR_WAITING)
			continue;
		item->id = sent->id;
		item->height = sent->height;
		item->time_ms = sent->time_ms;
		item->log_index = sent->log_index;
		item->err = sent->err;
		is_wanted = true;
		if (sent->err != ERR_OK)
			item->state = sent->err == ERR_PENDING ? ANCHOR_PENDING : ANCHOR_FAILED;
		else if (!anchor->wants_receipts)
			item->state = ANCHOR_DONE;
	}
	return is_wanted && sent->err == ERR_OK && anchor->wants_receipts;
}

static void settle_batch(struct anchor *anchor, const struct tx *tx, const struct sent *sent,
			 const struct logged *logged)
{
	json_t *whole = json_copy(json_object_get(sent->answer, "receipt"));
	struct bytes left = tx->attachment;
	struct forest forest;

	/* what is said of the batch since says nothing of the claims that its entries made */
	(void)json_object_del(whole, "status");
	forest_of(&forest, left, tx->entries->n_entries);
	for (size_t i = 0; i < tx->entries->n_entries; i++) {
		struct bytes entry = batch_entry_next(&left);
		struct anchor_item **items;
		size_t count;

		if (settle_content(anchor, &tx->entries->entries[i]->sha256, sent, &items, &count))
			write_receipts(anchor, items, count, logged,
				       entry_receipt(whole, &forest, i, entry, &items[0]->file));
	}
	forest_release(&forest);
	json_decref(whole);
}

void anchor_settle(struct anchor *anchor, const struct sent *sent)
{
	struct anchor_item **items;
	struct logged logged;
	struct tx *tx;
	size_t count;

	if (tx_decode(&tx, sent->raw, NULL) != ERR_OK)
		return; /* the journal was tampered with: its bytes were refused, too */
	logged = (struct logged){sent->log_index, tx->leaf_data};
	if (tx->entries != NULL)
		settle_batch(anchor, tx, sent, &logged);
	else if (tx->operation == STELE__TRANSACTION_BODY__OPERATION_CONTENT_ANCHOR &&
		 settle_content(anchor, &tx->message->content_anchor->sha256, sent, &items, &count))
		write_receipts(anchor, items, count, &logged,
			       json_incref(json_object_get(sent->answer, "receipt")));
	tx_free(tx);
}
