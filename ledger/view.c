/* Views: a store reader and the state version of the same height, or of an older one. */
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/mutant.h"
#include "crypto/digest.h"
#include "ledger/ledger_internal.h"
#include "ledger/undo.h"

struct ledger_view {
	struct ledger *ledger;
	struct store_read *read;
	state_version version;
	struct header header;
	struct hash block;
	struct bytes header_text;
	uint64_t newest;      /* the reader's height */
	uint64_t value_low;   /* the reader has no rows of values below */
	struct undone undone; /* of a view of an older one */
};

/* Whether the reader's tip is the ledger's: then both are taken together. */
static bool view_take(struct ledger_view *view, const struct row_tip *tip)
{
	struct ledger *ledger = view->ledger;
	bool is_same;

	pthread_mutex_lock(&ledger->lock);
	is_same = hash_equal(&tip->block, &ledger->tip.hash) || mutant_on("view_of_two_states");
	if (is_same) {
		view->version = ledger->base.version;
		state_retain(ledger->tree, view->version);
		view->header = ledger->tip.header;
		view->newest = ledger->tip.header.height;
		view->value_low = ledger->tip.value_low;
		view->block = ledger->tip.hash;
	}
	pthread_mutex_unlock(&ledger->lock);
	return is_same;
}

static enum err view_try(struct ledger_view *view, bool *is_taken)
{
	struct row_tip tip;
	struct row_block block;
	struct bytes row;
	enum err err = store_get(view->read, TABLE_META, bytes_text(META_TIP), &row);

	if (err == ERR_OK)
		err = row_tip_decode(&tip, row);
	if (err == ERR_OK)
		err = row_block_get(view->read, tip.height, &block);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
	view->header_text = block.header_text;
	*is_taken = view_take(view, &tip);
	return ERR_OK;
}

enum err ledger_view_open(struct ledger *ledger, struct ledger_view **out)
{
	struct ledger_view *view = calloc(1, sizeof(*view));
	bool is_taken = false;
	enum err err = view != NULL ? ERR_OK : ERR_MEMORY;

	while (err == ERR_OK && !is_taken) {
		view->ledger = ledger;
		err = store_read_begin(ledger->store, &view->read);
		if (err != ERR_OK)
			break;
		err = view_try(view, &is_taken);
		if (is_taken)
			break;
		/* A commit is on its way from the store to memory. */
		store_read_end(view->read);
		sched_yield();
	}
	if (err != ERR_OK) {
		free(view);
		return err;
	}
	*out = view;
	return ERR_OK;
}

/* The tree of one of the newest heights, if it was kept and the reader still has all rows
 * of its values. */
static bool take_kept(struct ledger_view *view, uint64_t height, state_version *out)
{
	struct ledger *ledger = view->ledger;
	const struct kept_version *kept = &ledger->kept[height % LEDGER_VERSIONS_KEPT];
	bool is_there;

	pthread_mutex_lock(&ledger->lock);
	is_there = ledger->keeps_versions && height > 0 && kept->height == height &&
		   kept->value_low == view->value_low;
	if (is_there) {
		*out = kept->version;
		state_retain(ledger->tree, *out);
	}
	pthread_mutex_unlock(&ledger->lock);
	return is_there;
}

/* The same by what was written down for undoing. */
static enum err make_undone(struct ledger_view *view, const struct header *header,
			    state_version *out)
{
	enum err err = undone_make(&view->undone, view->ledger, view->read, view->version,
				   view->newest, header);

	if (err != ERR_OK)
		return err;
	*out = view->undone.version;
	state_retain(view->ledger->tree, *out);
	return ERR_OK;
}

/* From the newest height to an older one. */
static enum err view_go_back(struct ledger_view *view, uint64_t height)
{
	state_version version;
	struct row_block row;
	struct header header;
	enum err err;

	if (height > view->newest)
		return ERR_API_HEIGHT_AHEAD;
	err = row_block_get(view->read, height, &row);
	if (err == ERR_OK && (header_parse(&header, row.header_text) != ERR_OK ||
			      header.height != height))
		err = ERR_STORE_DAMAGED;
	if (err == ERR_OK && !take_kept(view, height, &version))
		err = make_undone(view, &header, &version);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
	state_release(view->ledger->tree, view->version);
	view->version = version;
	view->header = header;
	view->header_text = row.header_text;
	sha256(&view->block, row.header_text.at, row.header_text.len);
	return ERR_OK;
}

enum err ledger_view_open_at(struct ledger *ledger, uint64_t height, struct ledger_view **out)
{
	struct ledger_view *view;
	enum err err = ledger_view_open(ledger, &view);

	if (err != ERR_OK)
		return err;
	if (height != view->newest)
		err = view_go_back(view, height);
	if (err != ERR_OK) {
		ledger_view_close(view);
		return err;
	}
	*out = view;
	return ERR_OK;
}

void ledger_view_close(struct ledger_view *view)
{
	if (view == NULL)
		return;
	undone_release(&view->undone);
	store_read_end(view->read);
	state_release(view->ledger->tree, view->version);
	free(view);
}

void ledger_view_tip(const struct ledger_view *view, struct ledger_tip *out)
{
	*out = (struct ledger_tip){.height = view->header.height,
				   .view = view->header.view,
				   .time_ms = view->header.time_ms,
				   .log_size = view->header.log_size,
				   .block = view->block,
				   .state_root = view->header.state,
				   .header_text = view->header_text};
}

/* --- state --------------------------------------------------------------- */

enum err view_value(struct ledger_view *view, const char *key, struct bytes *value)
{
	struct hash key_hash;
	struct hash value_hash;
	uint64_t number;
	enum err err;

	sha256(&key_hash, key, strlen(key));
	err = state_find(view->ledger->tree, view->version, &key_hash, &number, &value_hash);
	if (err != ERR_OK || undone_value(&view->undone, number, value))
		return err;
	return row_value_get(view->read, number, key, &value_hash, value);
}

void view_prove(struct ledger_view *view, const char *key, struct smt_proof *out)
{
	struct hash key_hash;

	sha256(&key_hash, key, strlen(key));
	state_prove(view->ledger->tree, view->version, &key_hash, out);
}

void view_prove_many(struct ledger_view *view, const struct hash *keys, size_t count,
		     struct buf *out)
{
	state_prove_many(view->ledger->tree, view->version, keys, count, out);
}

/* --- blocks -------------------------------------------------------------- */

enum err view_block(struct ledger_view *view, uint64_t height, struct view_block *out)
{
	struct row_block row;
	enum err err = row_block_get(view->read, height, &row);

	uint32_t evidence;

	if (err != ERR_OK)
		return err;
	evidence = body_evidence_count(row.body_text);
	if (evidence > row.leaves)
		return ERR_STORE_DAMAGED;
	*out = (struct view_block){
		.header_text = row.header_text,
		.body_text = row.body_text,
		.finalization = row.finalization,
		.log_first = row.log_first,
		.evidence = evidence,
		.accepted = row.leaves - evidence,
		.rejected = row.rejected,
	};
	return ERR_OK;
}

enum err view_finalized(struct ledger_view *view, uint64_t from, uint64_t *height)
{
	for (uint64_t h = from; h <= view->newest; h++) {
		struct row_block row;
		enum err err = row_block_get(view->read, h, &row);

		if (err != ERR_OK)
			return err;
		if (row.finalization.len == 0)
			continue;
		*height = h;
		return ERR_OK;
	}
	return ERR_NOT_FOUND;
}

enum err view_parcel(struct ledger_view *view, uint64_t height, uint32_t k,
		     struct view_parcel *out)
{
	struct row_block block;
	struct row_parcel parcel;
	struct bytes row;
	enum err err = row_block_get(view->read, height, &block);

	if (err != ERR_OK)
		return err;
	if (k >= block.parcels)
		return ERR_NOT_FOUND;
	err = row_get(view->read, TABLE_PARCEL, row_key_pair(height, k), &row);
	if (err == ERR_NOT_FOUND)
		return ERR_STORE_PRUNED;
	if (err == ERR_OK)
		err = row_parcel_decode(&parcel, row);
	if (err == ERR_OK)
		*out = (struct view_parcel){parcel.text, parcel.signature, parcel.payload};
	return err;
}

enum err view_rejected(struct ledger_view *view, uint64_t height, uint32_t k,
		       struct view_rejected *out)
{
	struct row_rejected rejected;
	struct bytes row;
	enum err err = row_get(view->read, TABLE_REJECTED, row_key_pair(height, k), &row);

	if (err == ERR_OK)
		err = row_rejected_decode(&rejected, row);
	if (err == ERR_OK)
		*out = (struct view_rejected){rejected.id, rejected.reason, rejected.parcel,
					      rejected.position, rejected.raw};
	return err;
}

/* --- log ----------------------------------------------------------------- */

enum err view_leaf(struct ledger_view *view, uint64_t log_index, struct bytes *data,
		   struct bytes *attachment)
{
	struct bytes leaf;
	struct bytes beside = {NULL, 0};
	enum err err = row_get(view->read, TABLE_LEAF, row_key_u64(log_index), &leaf);

	if (err != ERR_OK)
		return err;
	err = row_get(view->read, TABLE_ATTACHMENT, row_key_u64(log_index), &beside);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	*data = leaf;
	*attachment = beside;
	return ERR_OK;
}

/* The last block that begins at or before the leaf; blocks without leaves begin
 * where the next one does. */
enum err view_leaf_height(struct ledger_view *view, uint64_t log_index, uint64_t *height)
{
	uint64_t low = 0;
	uint64_t high = view->header.height;

	if (log_index >= view->header.log_size)
		return ERR_NOT_FOUND;
	while (low < high) {
		uint64_t middle = low + (high - low + 1) / 2;
		struct row_block row;
		enum err err = row_block_get(view->read, middle, &row);

		if (err != ERR_OK)
			return err;
		if (row.log_first <= log_index)
			low = middle;
		else
			high = middle - 1;
	}
	*height = low;
	return ERR_OK;
}

enum err view_inclusion(struct ledger_view *view, uint64_t log_index, uint64_t size,
			struct hash *path, size_t *path_count)
{
	if (log_index >= size || size > view->header.log_size)
		return ERR_NOT_FOUND;
	return merkle_inclusion_path(log_subtree, view->read, log_index, size, path, path_count);
}

enum err view_consistency(struct ledger_view *view, uint64_t size1, uint64_t size2,
			  struct hash *path, size_t *path_count)
{
	if (size1 == 0 || size1 > size2 || size2 > view->header.log_size)
		return ERR_NOT_FOUND;
	return merkle_consistency_path(log_subtree, view->read, size1, size2, path, path_count);
}

enum err view_log_root(struct ledger_view *view, uint64_t size, struct hash *out)
{
	struct merkle_frontier frontier = {.size = size};

	if (size == 0 || size > view->header.log_size)
		return ERR_NOT_FOUND;
	for (unsigned level = 0; level < 64; level++) {
		enum err err;

		if ((size >> level & 1) == 0)
			continue;
		err = log_subtree(view->read, level, (size >> level) - 1, &frontier.peaks[level]);
		if (err != ERR_OK)
			return err;
	}
	merkle_frontier_root(&frontier, out);
	return ERR_OK;
}

enum err view_history(struct ledger_view *view, const char *object, struct history_list **out)
{
	return history_open(view->ledger->history, view->read, object, view->header.log_size, out);
}

enum err view_tx(struct ledger_view *view, const struct hash *id, struct view_tx *out)
{
	struct row_tx row;
	enum err err = index_find(view->ledger->index, view->read, id, &row);

	if (err != ERR_OK)
		return err;
	if (row.height > view->header.height)
		return ERR_NOT_FOUND; /* decided since this view began */
	*out = (struct view_tx){.is_accepted = row.is_accepted, .height = row.height};
	if (row.is_accepted)
		out->log_index = row.place;
	else
		out->rejected = (uint32_t)row.place;
	return ERR_OK;
}
