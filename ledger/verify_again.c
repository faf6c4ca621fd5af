/* One height executed anew: the stored parcels, opened as from a stranger, go
 * into the second ledger, and what it then stores must be what is stored. */
#include <stdlib.h>

#include "base/mutant.h"
#include "ledger/verify_internal.h"

static enum err parcel_read(struct verify *verify, uint64_t height, uint32_t k,
			    struct parcel **out)
{
	struct row_parcel row;
	struct bytes bytes;
	enum err err = row_get(verify->read, TABLE_PARCEL, row_key_pair(height, k), &bytes);

	if (err == ERR_OK)
		err = row_parcel_decode(&row, bytes);
	if (err != ERR_OK)
		return verify_row(verify, height, "a parcel is missing", err);
	err = parcel_open(out, row.text, &row.signature, row.payload, &verify->genesis->chain,
			  &verify->genesis->set, verify->parent.epoch, NULL);
	if (err == ERR_MEMORY)
		return err;
	if (err != ERR_OK)
		return verify_bad(verify, height, "a parcel or a transaction in it does not hold");
	if (!hash_equal(&(*out)->digest, &verify->body->parcels[k].digest)) {
		parcel_release(*out);
		*out = NULL;
		return verify_bad(verify, height, "a parcel is not the body's");
	}
	return ERR_OK;
}

/* --- comparing ----------------------------------------------------------- */

static enum err same_row(struct verify *verify, struct store_read *again, uint64_t height,
			 enum table table, struct row_key key, const char *what)
{
	struct bytes ours = {NULL, 0};
	struct bytes theirs = {NULL, 0};
	enum err err = row_get(again, table, key, &ours);
	enum err err_theirs = row_get(verify->read, table, key, &theirs);

	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	if (err_theirs != ERR_OK && err_theirs != ERR_NOT_FOUND)
		return err_theirs;
	return err == err_theirs && bytes_equal(ours, theirs) ?
		       ERR_OK :
		       verify_bad(verify, height, what);
}

static enum err values_compare(struct verify *verify, struct store_read *again, uint64_t height,
			       uint64_t first, uint64_t next)
{
	enum err err = ERR_OK;

	for (uint64_t i = first; i < next && err == ERR_OK; i++)
		err = same_row(verify, again, height, TABLE_VALUE, row_key_u64(i),
			       "a value of the state differs");
	return err;
}

static enum err rows_compare(struct verify *verify, struct store_read *again, uint64_t height,
			     uint64_t values_first)
{
	struct row_block block;
	enum err err = same_row(verify, again, height, TABLE_BLOCK, row_key_u64(height),
				"the block's entry differs");

	if (err == ERR_OK)
		err = row_block_get(again, height, &block);
	for (uint32_t i = 0; err == ERR_OK && i < block.leaves; i++) {
		struct row_key key = row_key_u64(block.log_first + i);

		err = same_row(verify, again, height, TABLE_LEAF, key, "a leaf differs");
		if (err == ERR_OK)
			err = same_row(verify, again, height, TABLE_ATTACHMENT, key,
				       "an attachment differs");
	}
	for (uint32_t k = 0; err == ERR_OK && k <= block.rejected; k++)
		err = same_row(verify, again, height, TABLE_REJECTED, row_key_pair(height, k),
			       "a rejected entry differs");
	if (err == ERR_OK && verify->has_all_values && !mutant_on("audit_trusts_values"))
		err = values_compare(verify, again, height, values_first,
				     verify->again->tip.value_next);
	return err;
}

static enum err compare(struct verify *verify, uint64_t height, uint64_t values_first)
{
	struct store_read *again;
	enum err err = store_read_begin(verify->again->store, &again);

	if (err != ERR_OK)
		return err;
	err = rows_compare(verify, again, height, values_first);
	store_read_end(again);
	return err;
}

/* --- executing ----------------------------------------------------------- */

/* The texts of the block's first leaves. */
static enum err evidence_read(struct verify *verify, uint64_t height, const struct row_block *row,
			      struct bytes texts[LIMIT_EVIDENCE_PER_BLOCK])
{
	for (uint32_t k = 0; k < verify->body->evidence_count; k++) {
		struct bytes leaf;
		enum err err = row_get(verify->read, TABLE_LEAF, row_key_u64(row->log_first + k),
				       &leaf);

		if (err == ERR_OK && !evidence_leaf_text(leaf, &texts[k]))
			err = ERR_STORE_DAMAGED;
		if (err != ERR_OK)
			return verify_row(verify, height, "evidence is missing", err);
	}
	return ERR_OK;
}

static enum err execute(struct verify *verify, uint64_t height, struct parcel *const *parcels,
			uint32_t count)
{
	struct bytes evidence[LIMIT_EVIDENCE_PER_BLOCK];
	struct ledger *again = verify->again;
	uint64_t values_first = again->tip.value_next;
	struct ledger_committed committed;
	struct row_block row;
	enum err err = row_block_get(verify->read, height, &row);
	struct block_input input = {.header_text = row.header_text,
				    .body_text = row.body_text,
				    .parcels = parcels,
				    .parcels_count = count,
				    .evidence = evidence,
				    .evidence_count = verify->body->evidence_count};

	if (err == ERR_OK)
		err = evidence_read(verify, height, &row, evidence);
	if (err == ERR_OK)
		err = ledger_execute(again, &input);
	if (err == ERR_BLOCK_INVALID || err == ERR_NOT_FOUND)
		return verify_bad(verify, height, "the block breaks a rule of validity");
	if (err == ERR_BLOCK_ROOT)
		return verify_bad(verify, height, "execution gives other roots than the header's");
	if (err == ERR_OK)
		err = ledger_commit(again, &verify->parent_hash, row.finalization, &committed);
	if (err != ERR_OK)
		return err;
	verify->report->executed = height;
	return compare(verify, height, values_first);
}

enum err verify_again(struct verify *verify, uint64_t height)
{
	uint32_t count = verify->body->parcels_count;
	struct parcel **parcels = calloc((size_t)count + 1, sizeof(struct parcel *));
	enum err err = parcels != NULL ? ERR_OK : ERR_MEMORY;

	for (uint32_t k = 0; k < count && err == ERR_OK; k++)
		err = parcel_read(verify, height, k, &parcels[k]);
	if (err == ERR_OK)
		err = execute(verify, height, parcels, count);
	for (uint32_t k = 0; parcels != NULL && k < count; k++)
		parcel_release(parcels[k]);
	free(parcels);
	return err;
}
