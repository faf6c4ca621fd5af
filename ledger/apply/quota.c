/* Quotas: how much of a window an organisation has used, rule E-09.
 * docs/ledger.md section 6. */
#include "ledger/apply/rules.h"
#include "ledger/apply/values.h"

/* Claims that the transaction would add to the index of contents. */
static uint64_t entries_of(const struct tx *tx)
{
	const Stele__TransactionBody *body = tx->message;

	if (body->operation_case == STELE__TRANSACTION_BODY__OPERATION_CONTENT_ANCHOR)
		return 1;
	if (body->operation_case == STELE__TRANSACTION_BODY__OPERATION_CONTENT_BATCH)
		return body->content_batch->count;
	return 0;
}

enum err quota_count(struct apply *apply, const Stele__PolicyLimits *limits,
		     Stele__QuotaValue *out)
{
	Stele__QuotaValue next = STELE__QUOTA_VALUE__INIT;
	Stele__QuotaValue *used;
	/* The signed bytes and the attachment, whatever the envelope around them. */
	uint64_t bytes = apply->tx->body.len + apply->tx->attachment.len;
	enum err err = get_quota(apply, key_of_quota(apply->actor), &used);

	ASSERT(limits->quota_window_ms > 0);
	next.window = apply->time_ms / limits->quota_window_ms;
	if (err == ERR_OK && used->window == next.window) {
		next.transactions = used->transactions;
		next.bytes = used->bytes;
		next.entries = used->entries;
	} else if (err != ERR_OK && err != ERR_NOT_FOUND) {
		return err;
	}
	/* What is used never exceeds 2^63 by more than one transaction: no wrapping. */
	next.transactions++;
	next.bytes += bytes;
	next.entries += entries_of(apply->tx);
	if (next.transactions > limits->quota_transactions || next.bytes > limits->quota_bytes ||
	    next.entries > limits->quota_entries)
		return ERR_QUOTA;
	*out = next;
	return ERR_OK;
}
