/* One height executed anew: the stored parcels, opened as from a stranger, go
 * into the second ledger, and what that made of them must be what is stored. */
#include <stdlib.h>
#include <string.h>

#include "base/mutant.h"
#include "crypto/digest.h"
#include "ledger/verify_internal.h"

static enum err parcel_read(struct verify *verify, uint64_t height, uint32_t k,
			    struct parcel **out)
{
	const struct genesis *genesis = verify->order->genesis;
	struct row_parcel row;
	struct bytes bytes;
	enum err err = row_get(verify->read, TABLE_PARCEL, row_key_pair(height, k), &bytes);

	if (err == ERR_OK)
		err = row_parcel_decode(&row, bytes);
	if (err != ERR_OK)
		return verify_row(verify, height, "a parcel is missing", err);
	verify_bind_parcel(verify, &row);
	if (verify->order->bound != NULL)
		err = parcel_open_unsigned(out, row.text, &row.signature, row.payload,
					   &genesis->chain, &genesis->set, verify->parent.epoch);
	else
		err = parcel_open(out, row.text, &row.signature, row.payload, &genesis->chain,
				  &genesis->set, verify->parent.epoch, NULL);
	if (err == ERR_MEMORY)
		return err;
	if (err != ERR_OK)
		return verify_bad(verify, height, "a parcel or a transaction in it does not hold");
	verify->report->parcels++;
	if (verify->order->bound == NULL)
		verify->report->signatures += 1 + (uint64_t)(*out)->text.count;
	if (!hash_equal(&(*out)->digest, &verify->body->parcels[k].digest))
		return verify_bad(verify, height, "a parcel is not the body's");
	return ERR_OK;
}

/* --- comparing ----------------------------------------------------------- */

/* The row is there and is these parts, one after the other. */
static enum err same_row(struct verify *verify, uint64_t height, enum table table,
			 struct row_key key, const struct bytes *parts, size_t parts_count,
			 const char *what)
{
	struct bytes row;
	enum err err = row_get(verify->read, table, key, &row);

	for (size_t i = 0; err == ERR_OK && i < parts_count; i++) {
		if (row.len < parts[i].len ||
		    (parts[i].len > 0 && memcmp(row.at, parts[i].at, parts[i].len) != 0))
			err = ERR_STORE_DAMAGED;
		else
			row = bytes_of(row.at + parts[i].len, row.len - parts[i].len);
	}
	if (err == ERR_OK && row.len > 0)
		err = ERR_STORE_DAMAGED;
	return verify_row(verify, height, what, err);
}

static enum err leaf_compare(struct verify *verify, uint64_t height, const struct tx *tx,
			     uint64_t log_index)
{
	struct row_key key = row_key_u64(log_index);
	enum err err = same_row(verify, height, TABLE_LEAF, key, &tx->leaf_data, 1, "a leaf differs");

	if (err != ERR_OK || tx->attachment.len == 0)
		return err;
	verify->attachments++;
	return same_row(verify, height, TABLE_ATTACHMENT, key, &tx->attachment, 1,
			"an attachment differs");
}

static enum err rejected_compare(struct verify *verify, uint64_t height,
				 const struct decided *decided, uint32_t k)
{
	uint8_t entry[REJECTED_ENTRY_BYTES] = {0};
	const struct bytes parts[2] = {bytes_of(entry, sizeof(entry)), decided->tx->raw};

	rejected_encode(entry, &decided->tx->id, (uint16_t)decided->reason, decided->parcel,
			decided->position);
	return same_row(verify, height, TABLE_REJECTED, row_key_pair(height, k), parts, 2,
			"a rejected entry differs");
}

/* In order of execution: rows of the log and of rejected entries, and the index to them. */
static enum err decided_compare(struct verify *verify, uint64_t height,
				const struct executed *block, uint64_t log_index)
{
	uint32_t k = 0;
	enum err err = ERR_OK;

	for (size_t i = 0; i < block->decided_count && err == ERR_OK; i++) {
		const struct decided *at = &block->decided[i];
		struct row_tx place = {at->is_accepted, height, at->is_accepted ? log_index : k};

		err = at->is_accepted ? leaf_compare(verify, height, at->tx, log_index++)
				      : rejected_compare(verify, height, at, k++);
		if (err == ERR_OK)
			err = verify_index(verify, height, &at->tx->id, &place);
		if (err == ERR_OK)
			err = verify_alive(verify);
	}
	return err;
}

static enum err values_compare(struct verify *verify, uint64_t height,
			       const struct executed *block)
{
	enum err err = ERR_OK;

	if (!verify->report->has_all_values || verify->order->is_export ||
	    mutant_on("audit_trusts_values"))
		return ERR_OK;
	for (size_t i = 0; i < block->changes_count && err == ERR_OK; i++) {
		const struct overlay_change *change = &block->changes[i];
		struct bytes key = bytes_text(change->key);
		uint8_t len[1] = {(uint8_t)key.len};
		const struct bytes parts[3] = {bytes_of(len, 1), key, change->value};

		err = same_row(verify, height, TABLE_VALUE, row_key_u64(change->change.leaf), parts,
			       3, "a value of the state differs");
	}
	return err;
}

static enum err value_compare(struct verify *verify, struct store_read *again, uint64_t number)
{
	struct row_key key = row_key_u64(number);
	struct bytes row;
	enum err err = row_get(again, TABLE_VALUE, key, &row);

	return err != ERR_OK ? err
			     : same_row(verify, 0, TABLE_VALUE, key, &row, 1,
					"a value that genesis makes differs");
}

/* What genesis makes was stored in the second ledger when that was opened. */
enum err verify_zero_values(struct verify *verify)
{
	struct store_read *again;
	enum err err;

	if (!verify->report->has_all_values || verify->order->is_export ||
	    mutant_on("audit_trusts_values"))
		return ERR_OK;
	err = store_read_begin(verify->again->store, &again);
	if (err != ERR_OK)
		return err;
	for (uint64_t i = 0; i < verify->again->tip.value_next && err == ERR_OK; i++)
		err = value_compare(verify, again, i);
	store_read_end(again);
	return err;
}

static enum err compare(struct verify *verify, uint64_t height, const struct row_block *row,
			const struct executed *block)
{
	uint64_t log_index = verify->again->edge->frontier.size;
	enum err err = ERR_OK;

	if (row->log_first != log_index || row->leaves != block->evidence_count + block->accepted ||
	    row->rejected != block->rejected)
		return verify_bad(verify, height, "the block's entry differs");
	for (uint32_t i = 0; i < block->evidence_count && err == ERR_OK; i++) {
		struct bytes leaf = buf_bytes(&block->evidence[i].leaf);

		err = same_row(verify, height, TABLE_LEAF, row_key_u64(log_index++), &leaf, 1,
			       "a leaf differs");
	}
	if (err == ERR_OK)
		err = decided_compare(verify, height, block, log_index);
	return err == ERR_OK ? values_compare(verify, height, block) : err;
}

/* --- executing ----------------------------------------------------------- */

/* The texts of the block's first leaves. */
static enum err evidence_read(struct verify *verify, const struct header *header,
			      const struct row_block *row,
			      struct bytes texts[LIMIT_EVIDENCE_PER_BLOCK])
{
	for (uint32_t k = 0; k < verify->body->evidence_count; k++) {
		struct bytes leaf;
		enum err err = row_get(verify->read, TABLE_LEAF, row_key_u64(row->log_first + k),
				       &leaf);

		if (err != ERR_OK)
			return verify_row(verify, header->height, "evidence is missing", err);
		err = verify_evidence(verify, header, k, leaf);
		if (err != ERR_OK)
			return err;
		if (!evidence_leaf_text(leaf, &texts[k]))
			return verify_bad(verify, header->height, "evidence is missing");
	}
	return ERR_OK;
}

static enum err execute(struct verify *verify, const struct header *header,
			const struct row_block *row, struct parcel *const *parcels,
			uint32_t count)
{
	uint64_t height = header->height;
	struct bytes evidence[LIMIT_EVIDENCE_PER_BLOCK];
	struct ledger *again = verify->again;
	struct ledger_committed committed;
	struct hash hash;
	struct block_input input = {.header_text = row->header_text,
				    .body_text = row->body_text,
				    .parcels = parcels,
				    .parcels_count = count,
				    .evidence = evidence,
				    .evidence_count = verify->body->evidence_count};
	enum err err = evidence_read(verify, header, row, evidence);

	if (err == ERR_OK)
		err = ledger_execute(again, &input);
	if (err == ERR_BLOCK_INVALID || err == ERR_NOT_FOUND)
		return verify_bad(verify, height, "the block breaks a rule of validity");
	if (err == ERR_BLOCK_ROOT)
		return verify_bad(verify, height, "execution gives other roots than the header's");
	if (err != ERR_OK)
		return err;
	sha256(&hash, row->header_text.at, row->header_text.len);
	err = compare(verify, height, row, ledger_find_block(again, &hash));
	if (err == ERR_OK)
		err = ledger_commit(again, &hash, row->finalization, &committed);
	if (err != ERR_OK)
		return err;
	verify->report->executed = height;
	verify->report->leaves += row->leaves;
	verify->report->rejected += row->rejected;
	return ERR_OK;
}

enum err verify_again(struct verify *verify, const struct header *header,
		      const struct row_block *row)
{
	uint32_t count = verify->body->parcels_count;
	struct parcel **parcels = calloc((size_t)count + 1, sizeof(struct parcel *));
	enum err err = parcels != NULL ? ERR_OK : ERR_MEMORY;

	for (uint32_t k = 0; k < count && err == ERR_OK; k++)
		err = parcel_read(verify, header->height, k, &parcels[k]);
	if (err == ERR_OK)
		err = execute(verify, header, row, parcels, count);
	for (uint32_t k = 0; parcels != NULL && k < count; k++)
		parcel_release(parcels[k]);
	free(parcels);
	return err;
}
