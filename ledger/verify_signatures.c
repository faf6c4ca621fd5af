/* The signatures of a range of heights, without the rest: a process of its own does
 * this, beside the one that walks and executes.  What is read here without being
 * decoded is decoded there, from the same bytes: the hash of the range says so. */
#include <stdlib.h>

#include "base/mutant.h"
#include "crypto/digest.h"
#include "ledger/verify_internal.h"

struct verify_signatures {
	struct verify verify;
};

static enum err raw_check(struct verify *verify, uint64_t height, struct bytes raw)
{
	struct row_signed is_signed;
	enum err err = verify_alive(verify);

	if (err != ERR_OK)
		return err;
	if (row_signed_peek(raw, &is_signed) != ERR_OK ||
	    (!sign_verify(&is_signed.signer, &is_signed.id, &is_signed.signature) &&
	     !mutant_on("audit_signatures_unchecked")))
		return verify_bad(verify, height, "a signature of a transaction does not hold");
	verify->report->signatures++;
	return ERR_OK;
}

/* --- parcels ------------------------------------------------------------- */

static enum err payload_check(struct verify *verify, uint64_t height, struct bytes payload)
{
	struct cursor cursor = cursor_of(payload);
	struct bytes raw;
	enum err err = ERR_OK;

	while (err == ERR_OK && parcel_next(&cursor, &raw))
		err = raw_check(verify, height, raw);
	return err;
}

static enum err parcel_signed(struct verify *verify, const struct header *header, uint32_t k)
{
	const struct genesis *genesis = verify->order->genesis;
	struct parcel_text text;
	struct row_parcel row;
	struct bytes bytes;
	enum err err = row_get(verify->read, TABLE_PARCEL, row_key_pair(header->height, k), &bytes);

	if (err == ERR_NOT_FOUND && !verify->is_whole)
		return ERR_OK; /* pruned; whether it may be, is found out by who walks */
	if (err == ERR_OK)
		err = row_parcel_decode(&row, bytes);
	if (err != ERR_OK)
		return verify_row(verify, header->height, "a parcel is missing", err);
	if (parcel_check(row.text, &row.signature, row.payload, &genesis->chain, &genesis->set,
			 header->epoch, &text) != ERR_OK)
		return verify_bad(verify, header->height, "a parcel does not hold");
	verify->report->signatures++;
	verify_bind_parcel(verify, &row);
	return verify->is_whole ? payload_check(verify, header->height, row.payload) : ERR_OK;
}

/* --- where parcels were pruned: leaves and rejected entries -------------------- */

static enum err leaves_signed(struct verify *verify, uint64_t height, const struct row_block *block)
{
	uint64_t first = block->log_first + body_evidence_count(block->body_text);

	for (uint64_t i = first; i < block->log_first + block->leaves; i++) {
		struct bytes leaf;
		enum err err = row_get(verify->read, TABLE_LEAF, row_key_u64(i), &leaf);

		if (err == ERR_OK && leaf.len == 0)
			err = ERR_STORE_DAMAGED;
		if (err != ERR_OK)
			return verify_row(verify, height, "a leaf is missing", err);
		verify_bind(verify, leaf);
		err = raw_check(verify, height, bytes_of(leaf.at + 1, leaf.len - 1));
		if (err != ERR_OK)
			return err;
	}
	return ERR_OK;
}

static enum err rejected_signed(struct verify *verify, uint64_t height,
				const struct row_block *block)
{
	for (uint32_t k = 0; k < block->rejected; k++) {
		struct row_rejected rejected;
		struct bytes row;
		enum err err = row_get(verify->read, TABLE_REJECTED, row_key_pair(height, k), &row);

		if (err == ERR_OK)
			err = row_rejected_decode(&rejected, row);
		if (err != ERR_OK)
			return verify_row(verify, height, "a rejected entry is missing", err);
		verify_bind(verify, rejected.raw);
		err = raw_check(verify, height, rejected.raw);
		if (err != ERR_OK)
			return err;
	}
	return ERR_OK;
}

/* --- ranges -------------------------------------------------------------- */

static enum err height_signed(struct verify *verify, uint64_t height)
{
	struct row_block block;
	struct header header;
	struct hash hash;
	enum err err = row_block_get(verify->read, height, &block);

	if (err != ERR_OK)
		return verify_row(verify, height, "the block is missing", err);
	if (header_parse(&header, block.header_text) != ERR_OK || header.height != height)
		return verify_bad(verify, height, "the header is malformed");
	sha256(&hash, block.header_text.at, block.header_text.len);
	err = verify_finalization(verify, height, block.finalization, &hash, header.epoch);
	if (err == ERR_OK && height > 0 && !verify->is_whole)
		err = leaves_signed(verify, height, &block);
	if (err == ERR_OK && !verify->is_whole)
		err = rejected_signed(verify, height, &block);
	for (uint32_t k = 0; k < block.parcels && err == ERR_OK; k++)
		err = parcel_signed(verify, &header, k);
	verify->parent = header;
	return err;
}

enum err verify_signatures_open(struct verify_signatures **out, struct store *store,
				const struct verify_order *order, struct verify_report *report)
{
	struct verify_signatures *signatures = calloc(1, sizeof(*signatures));
	enum err err;

	if (signatures == NULL)
		return ERR_MEMORY;
	ASSERT(order->bound == NULL);
	err = verify_begin(&signatures->verify, store, order, report);
	if (err != ERR_OK) {
		verify_signatures_close(signatures);
		return err;
	}
	*out = signatures;
	return ERR_OK;
}

enum err verify_signatures_range(struct verify_signatures *signatures, uint64_t range,
				 struct hash *bound)
{
	struct verify *verify = &signatures->verify;
	uint64_t first = range * VERIFY_RANGE;
	uint64_t last = first + VERIFY_RANGE - 1;
	enum err err = ERR_OK;

	ASSERT(first <= verify->report->heights);
	if (last > verify->report->heights)
		last = verify->report->heights;
	verify->bound = (struct hash){{0}};
	for (uint64_t h = first; h <= last && err == ERR_OK; h++) {
		verify->parent.height = h;
		err = verify_tell(verify, h);
		if (err == ERR_OK)
			err = height_signed(verify, h);
	}
	if (err == ERR_OK)
		*bound = verify->bound;
	return err;
}

void verify_signatures_close(struct verify_signatures *signatures)
{
	if (signatures == NULL)
		return;
	verify_end(&signatures->verify);
	free(signatures);
}
