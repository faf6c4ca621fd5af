#include "ledger/verify.h"

#include <stdlib.h>

#include "ledger/verify_internal.h"

enum err verify_bad(struct verify *verify, uint64_t height, const char *what)
{
	if (verify->report->what == NULL) {
		verify->report->bad_height = height;
		verify->report->what = what;
	}
	return ERR_STORE_DAMAGED;
}

enum err verify_row(struct verify *verify, uint64_t height, const char *what, enum err err)
{
	if (err == ERR_NOT_FOUND || err == ERR_STORE_DAMAGED)
		return verify_bad(verify, height, what);
	return err;
}

/* --- what is there ------------------------------------------------------- */

static enum err meta_read(struct verify *verify)
{
	struct row_tip tip;
	struct bytes row;
	enum err err = store_get(verify->read, TABLE_META, bytes_text(META_FORMAT), &row);

	if (err == ERR_OK && !row_format_is_known(row))
		return ERR_STORE_FORMAT;
	if (err == ERR_OK)
		err = store_get(verify->read, TABLE_META, bytes_text(META_CHAIN), &row);
	if (err == ERR_OK && !bytes_equal(row, bytes_of(verify->genesis->chain.b, 32)))
		return ERR_STORE_CHAIN;
	if (err == ERR_OK)
		err = store_get(verify->read, TABLE_META, bytes_text(META_TIP), &row);
	if (err == ERR_OK)
		err = row_tip_decode(&tip, row);
	if (err != ERR_OK)
		return verify_row(verify, 0, "the store does not say where its tip is", err);
	verify->report->heights = tip.height;
	verify->tip_hash = tip.block;
	verify->value_next = tip.value_next;
	err = store_get(verify->read, TABLE_META, bytes_text(META_INDEX), &row);
	if (err == ERR_OK && row.len == 8)
		verify->index_height = load_u64(row.at);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* Parcels are pruned from the oldest on, so the first block that has any tells. */
static enum err has_first_parcels(struct verify *verify, bool *out)
{
	*out = true;
	for (uint64_t h = 1; h <= verify->report->heights; h++) {
		struct row_block block;
		struct bytes row;
		enum err err = row_block_get(verify->read, h, &block);

		if (err != ERR_OK)
			return verify_row(verify, h, "the block is missing", err);
		if (block.parcels == 0)
			continue;
		err = row_get(verify->read, TABLE_PARCEL, row_key_pair(h, 0), &row);
		*out = err == ERR_OK || verify->report->heights <= LEDGER_PARCELS_KEPT;
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	}
	return ERR_OK;
}

static enum err values_look(struct verify *verify)
{
	struct state_tree *tree = state_tree_new();
	struct values_loaded loaded;
	enum err err = tree != NULL ? ledger_load_values(tree, verify->read, &loaded) : ERR_MEMORY;

	state_tree_free(tree);
	if (err == ERR_STORE_DAMAGED) { /* found again, and named, on the way */
		verify->has_all_values = true;
		return ERR_OK;
	}
	if (err == ERR_OK)
		verify->has_all_values = loaded.low == 0;
	return err;
}

/* --- the walk ------------------------------------------------------------ */

static enum err walk(struct verify *verify, verify_progress *progress, void *context)
{
	uint64_t heights = verify->report->heights;

	for (uint64_t h = 0; h <= heights; h++) {
		enum err err = verify_block(verify, h);

		if (err == ERR_OK && h > 0 && verify->again != NULL)
			err = verify_again(verify, h);
		if (err != ERR_OK)
			return err;
		if (progress != NULL)
			progress(context, h, heights);
	}
	if (!hash_equal(&verify->parent_hash, &verify->tip_hash))
		return verify_bad(verify, heights, "the store's tip is another block");
	return verify_tables(verify);
}

/* With a second ledger where the parcels allow it. */
static enum err run(struct verify *verify, const char *scratch, verify_progress *progress,
		    void *context)
{
	struct store *store = NULL;
	bool is_whole;
	enum err err = meta_read(verify);

	if (err == ERR_OK)
		err = values_look(verify);
	if (err == ERR_OK)
		err = has_first_parcels(verify, &is_whole);
	if (err == ERR_OK && is_whole) {
		err = store_open(&store, scratch);
		if (err == ERR_OK)
			err = ledger_open(&verify->again, store, verify->genesis,
					  verify->genesis_text);
		if (err == ERR_OK)
			verify->again->dead_slack = UINT64_MAX;
	}
	if (err == ERR_OK)
		err = walk(verify, progress, context);
	ledger_close(verify->again);
	store_close(store);
	return err;
}

enum err verify_ledger(struct store *store, const char *scratch, const struct genesis *genesis,
		       struct bytes genesis_text, verify_progress *progress, void *context,
		       struct verify_report *out)
{
	struct verify verify = {
		.genesis = genesis, .genesis_text = genesis_text, .report = out};
	enum err err;

	*out = (struct verify_report){0};
	verify.body = calloc(1, sizeof(*verify.body));
	verify.certificate = calloc(1, sizeof(*verify.certificate));
	err = verify.body != NULL && verify.certificate != NULL ? ERR_OK : ERR_MEMORY;
	if (err == ERR_OK)
		err = store_read_begin(store, &verify.read);
	if (err == ERR_OK) {
		err = run(&verify, scratch, progress, context);
		store_read_end(verify.read);
	}
	free(verify.body);
	free(verify.certificate);
	return err;
}
