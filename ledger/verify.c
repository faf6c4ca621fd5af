#include "ledger/verify.h"

#include <stdlib.h>

#include "base/mutant.h"
#include "crypto/digest.h"
#include "ledger/undo.h"
#include "ledger/verify_internal.h"

#define LOOKS_PER_SIGN 1024

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

enum err verify_tell(struct verify *verify, uint64_t height)
{
	const struct verify_order *order = verify->order;

	return order->progress == NULL ||
			       order->progress(order->context, height, verify->report->heights)
		       ? ERR_OK
		       : ERR_INTERRUPTED;
}

enum err verify_alive(struct verify *verify)
{
	if (++verify->looks < LOOKS_PER_SIGN)
		return ERR_OK;
	verify->looks = 0;
	return verify_tell(verify, verify->parent.height);
}

void verify_bind(struct verify *verify, struct bytes signed_bytes)
{
	struct bytes parts[2] = {bytes_of(verify->bound.b, sizeof(verify->bound.b)), signed_bytes};

	if (mutant_on("audit_ranges_unbound"))
		return;
	sha256_parts(&verify->bound, parts, 2);
}

/* Its text names the payload's hash, which whoever binds it has computed. */
void verify_bind_parcel(struct verify *verify, const struct row_parcel *parcel)
{
	verify_bind(verify, parcel->text);
	verify_bind(verify, bytes_of(parcel->signature.b, sizeof(parcel->signature.b)));
}

/* --- what is there ------------------------------------------------------- */

static enum err meta_read(struct verify *verify)
{
	const struct hash *chain = &verify->order->genesis->chain;
	struct row_tip tip;
	struct bytes row;
	enum err err = store_get(verify->read, TABLE_META, bytes_text(META_FORMAT), &row);

	if (err == ERR_OK && !row_format_is_known(row))
		return ERR_STORE_FORMAT;
	if (err == ERR_OK)
		err = store_get(verify->read, TABLE_META, bytes_text(META_CHAIN), &row);
	if (err == ERR_OK && !bytes_equal(row, bytes_of(chain->b, sizeof(chain->b))))
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
	if (err == ERR_OK)
		err = index_heights_decode(&verify->index_heights, row);
	return err == ERR_NOT_FOUND || err == ERR_STORE_DAMAGED ? ERR_OK : err;
}

/* Parcels are pruned from the oldest on, so the first block that has any tells. */
static enum err has_first_parcels(struct verify *verify, bool *out)
{
	*out = true;
	if (verify->report->heights <= LEDGER_PARCELS_KEPT)
		return ERR_OK;
	for (uint64_t h = 1; h <= verify->report->heights; h++) {
		struct row_block block;
		struct bytes row;
		enum err err = row_block_get(verify->read, h, &block);

		if (err != ERR_OK)
			return verify_row(verify, h, "the block is missing", err);
		if (block.parcels == 0)
			continue;
		err = row_get(verify->read, TABLE_PARCEL, row_key_pair(h, 0), &row);
		*out = err == ERR_OK;
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	}
	return ERR_OK;
}

/* Compaction takes values away from the lowest number on, and not from few. */
static enum err values_look(struct verify *verify)
{
	struct bytes key, row;
	enum err err = store_seek(verify->read, TABLE_VALUE, bytes_of(NULL, 0), false, &key, &row);

	if (err == ERR_OK && key.len == 8)
		verify->value_low = load_u64(key.at);
	verify->report->has_all_values =
		verify->value_low == 0 ||
		(verify->value_next <= LEDGER_DEAD_SLACK && !verify->order->is_eager);
	return err == ERR_NOT_FOUND || err == ERR_STORE_DAMAGED ? ERR_OK : err;
}

enum err verify_begin(struct verify *verify, struct store *store,
		      const struct verify_order *order, struct verify_report *report)
{
	enum err err;

	*verify = (struct verify){.order = order, .report = report};
	*report = (struct verify_report){0};
	verify->body = calloc(1, sizeof(*verify->body));
	verify->certificate = calloc(1, sizeof(*verify->certificate));
	err = verify->body != NULL && verify->certificate != NULL ? ERR_OK : ERR_MEMORY;
	if (err == ERR_OK)
		err = store_read_begin(store, &verify->read);
	if (err == ERR_OK)
		err = meta_read(verify);
	return err == ERR_OK ? has_first_parcels(verify, &verify->is_whole) : err;
}

void verify_end(struct verify *verify)
{
	if (verify->read != NULL)
		store_read_end(verify->read);
	free(verify->body);
	free(verify->certificate);
}

/* --- the walk ------------------------------------------------------------ */

static enum err height_walk(struct verify *verify, uint64_t height)
{
	const struct verify_order *order = verify->order;
	bool is_last = height == verify->report->heights || height % VERIFY_RANGE == VERIFY_RANGE - 1;
	enum err err;

	if (height % VERIFY_RANGE == 0)
		verify->bound = (struct hash){{0}};
	err = verify_block(verify, height);
	if (err == ERR_OK && is_last && order->bound != NULL)
		order->bound(order->context, height / VERIFY_RANGE, &verify->bound);
	return err == ERR_OK ? verify_tell(verify, height) : err;
}

static enum err walk(struct verify *verify)
{
	uint64_t heights = verify->report->heights;

	for (uint64_t h = 0; h <= heights; h++) {
		enum err err = height_walk(verify, h);

		if (err != ERR_OK)
			return err;
	}
	if (!hash_equal(&verify->parent_hash, &verify->tip_hash))
		return verify_bad(verify, heights, "the store's tip is another block");
	return verify_tables(verify);
}

/* The oldest height whose rows of undo may still be there. */
static uint64_t undo_oldest(const struct verify *verify)
{
	uint64_t heights = verify->report->heights;

	return heights > UNDO_HEIGHTS ? heights - UNDO_HEIGHTS + 1 : 1;
}

/* With a second ledger where the parcels allow it. */
static enum err run(struct verify *verify)
{
	const struct verify_order *order = verify->order;
	struct store *store = NULL;
	enum err err = values_look(verify);

	if (err == ERR_OK && verify->is_whole) {
		err = store_open_scratch(&store, order->scratch);
		if (err == ERR_OK)
			err = ledger_open(&verify->again, store, order->genesis,
					  order->genesis_text);
		if (err == ERR_OK) {
			verify->again->dead_slack = UINT64_MAX;
			verify->again->keeps_versions = false;
			verify->again->is_second = true;
			verify->again->undo_first = undo_oldest(verify);
		}
	}
	if (err == ERR_OK)
		err = walk(verify);
	ledger_close(verify->again);
	store_close(store);
	return err;
}

enum err verify_ledger(struct store *store, const struct verify_order *order,
		       struct verify_report *out)
{
	struct verify verify;
	enum err err = verify_begin(&verify, store, order, out);

	if (err == ERR_OK)
		err = run(&verify);
	verify_end(&verify);
	return err;
}
