/* The rows of TABLE_UNDO, once the heights are through: without a gap from where they
 * begin to the tip and none besides, byte for byte those of the second ledger; where there
 * is none, each block's lead from its state root back to its parent's. */
#include <stdlib.h>
#include <string.h>

#include "base/mutant.h"
#include "crypto/digest.h"
#include "ledger/undo.h"
#include "ledger/verify_internal.h"

/* --- rows ---------------------------------------------------------------- */

/* The first height that has rows, the tip's next where there are none. */
static enum err first_find(struct verify *verify, uint64_t *out)
{
	uint64_t heights = verify->report->heights;
	uint64_t oldest = heights > UNDO_HEIGHTS ? heights - UNDO_HEIGHTS + 1 : 1;
	struct bytes format, row;
	enum err err = store_get(verify->read, TABLE_META, bytes_text(META_FORMAT), &format);
	bool is_before;

	if (err != ERR_OK)
		return err;
	is_before = bytes_equal(format, bytes_text(STORE_FORMAT_2));
	*out = heights + 1;
	err = store_get(verify->read, TABLE_META, bytes_text(META_UNDO), &row);
	if (err == ERR_NOT_FOUND && is_before)
		return ERR_OK;
	if (err != ERR_OK)
		return err;
	if (is_before || row.len != 8 || load_u64(row.at) == 0 || load_u64(row.at) > heights + 1)
		return ERR_STORE_DAMAGED;
	*out = load_u64(row.at) > oldest ? load_u64(row.at) : oldest;
	return ERR_OK;
}

/* What a walk over the table expects next. */
struct walk {
	struct verify *verify;
	struct store_read *again; /* of the second ledger; NULL: there is none */
	uint64_t height;
	uint32_t k;
};

static const char *const finding = "what the block replaced is not kept as it was";

/* The rows of the height have ended. */
static enum err height_end(const struct walk *walk)
{
	struct bytes row;
	enum err err = walk->again != NULL ? row_get(walk->again, TABLE_UNDO,
						     row_key_pair(walk->height, walk->k), &row)
					   : ERR_NOT_FOUND;

	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	return err == ERR_NOT_FOUND && walk->k > 0
		       ? ERR_OK
		       : verify_bad(walk->verify, walk->height, finding);
}

/* Whether the key is the next one, of this height or the one above. */
static enum err key_take(struct walk *walk, struct bytes key)
{
	uint64_t height = key.len == 12 ? load_u64(key.at) : walk->height;
	uint32_t k = key.len == 12 ? load_u32(key.at + 8) : UINT32_MAX;

	if (height > walk->height) {
		enum err err = height_end(walk);

		if (err != ERR_OK)
			return err;
		walk->height++;
		walk->k = 0;
	}
	if (height == walk->height && k == walk->k && height <= walk->verify->report->heights)
		return ERR_OK;
	return verify_bad(walk->verify, height < walk->height ? height : walk->height, finding);
}

static enum err row_take(struct walk *walk, struct bytes row)
{
	struct bytes ours;
	enum err err = ERR_OK;

	if (walk->again != NULL)
		err = row_get(walk->again, TABLE_UNDO, row_key_pair(walk->height, walk->k), &ours);
	if (err == ERR_OK && walk->again != NULL && !bytes_equal(ours, row))
		err = ERR_STORE_DAMAGED;
	walk->k++;
	return verify_row(walk->verify, walk->height, finding, err);
}

/* From first to the tip, and the end there. */
static enum err rows_walk(struct walk *walk, uint64_t first)
{
	struct row_key from = {.len = 0};
	bool is_empty = first > walk->verify->report->heights;
	enum err err;

	walk->height = first;
	for (;;) {
		struct bytes key, row;

		err = store_seek(walk->verify->read, TABLE_UNDO, row_key_bytes(&from), false, &key,
				 &row);
		if (err == ERR_NOT_FOUND)
			break;
		if (err == ERR_OK)
			err = key_take(walk, key);
		if (err == ERR_OK)
			err = row_take(walk, row);
		if (err == ERR_OK)
			err = verify_alive(walk->verify);
		if (err != ERR_OK)
			return err;
		from = row_key_pair(walk->height, walk->k);
	}
	if (is_empty)
		return ERR_OK;
	err = height_end(walk);
	if (err == ERR_OK && walk->height != walk->verify->report->heights)
		err = verify_bad(walk->verify, walk->height + 1, finding);
	return err;
}

static enum err rows_check(struct verify *verify, uint64_t first)
{
	struct walk walk = {.verify = verify};
	enum err err = ERR_OK;

	if (verify->again != NULL)
		err = store_read_begin(verify->again->store, &walk.again);
	if (err != ERR_OK)
		return err;
	err = rows_walk(&walk, first);
	if (walk.again != NULL)
		store_read_end(walk.again);
	return err;
}

/* --- roots --------------------------------------------------------------- */

/* The state on its way back from the tip. */
struct back {
	struct state_tree *tree;
	state_version version;
	struct state_change *changes; /* of one block */
	size_t count;
	size_t made; /* keys that were not there before it */
	size_t max;
};

static enum err change_take(void *context, const struct row_undo *undo)
{
	struct back *back = context;
	struct state_change *change;

	if (back->count == back->max) {
		size_t max = back->max == 0 ? 1024 : back->max * 2;
		struct state_change *changes = realloc(back->changes, max * sizeof(*changes));

		if (changes == NULL)
			return ERR_MEMORY;
		back->changes = changes;
		back->max = max;
	}
	change = &back->changes[back->count++];
	*change = (struct state_change){.leaf = undo->value.len > 0 ? 0 : STATE_NO_LEAF};
	memcpy(change->key_hash.b, undo->key_hash, sizeof(change->key_hash.b));
	back->made += undo->value.len == 0;
	if (undo->value.len > 0)
		sha256(&change->value_hash, undo->value.at, undo->value.len);
	return ERR_OK;
}

/* Whether undoing the block gives its parent's state root. */
static enum err block_undo(struct verify *verify, struct back *back, uint64_t height)
{
	state_version after = back->version;
	uint64_t keys = state_count(back->tree, after);
	struct row_block row;
	struct header parent;
	struct hash root;
	enum err err = row_block_get(verify->read, height - 1, &row);

	if (err == ERR_OK && header_parse(&parent, row.header_text) != ERR_OK)
		err = ERR_STORE_DAMAGED;
	back->count = 0;
	back->made = 0;
	if (err == ERR_OK)
		err = undo_each(verify->read, height, change_take, back);
	if (err == ERR_OK)
		err = state_update(back->tree, after, back->changes, back->count, &back->version);
	if (err != ERR_OK)
		return verify_row(verify, height, finding, err);
	state_release(back->tree, after);
	state_root(back->tree, back->version, &root);
	return hash_equal(&root, &parent.state) &&
			       keys == state_count(back->tree, back->version) + back->made
		       ? ERR_OK
		       : verify_bad(verify, height, finding);
}

static enum err roots_walk(struct verify *verify, struct back *back, uint64_t first)
{
	enum err err = ERR_OK;

	for (uint64_t h = verify->report->heights; h >= first && err == ERR_OK; h--)
		err = block_undo(verify, back, h);
	state_release(back->tree, back->version);
	free(back->changes);
	return err;
}

/* On a tree made of the values. */
static enum err roots_check(struct verify *verify, uint64_t first)
{
	struct back back = {.tree = state_tree_new()};
	struct values_loaded loaded;
	enum err err;

	if (back.tree == NULL)
		return ERR_MEMORY;
	err = ledger_load_values(back.tree, verify->read, &loaded);
	back.version = loaded.version;
	if (err == ERR_OK)
		err = roots_walk(verify, &back, first);
	state_tree_free(back.tree);
	return err;
}

/* --- both ---------------------------------------------------------------- */

enum err verify_undo(struct verify *verify)
{
	uint64_t first;
	enum err err = first_find(verify, &first);

	if (mutant_on("audit_trusts_undo"))
		return ERR_OK;
	if (err != ERR_OK)
		return verify_row(verify, verify->report->heights, finding, err);
	err = rows_check(verify, first);
	return err == ERR_OK && verify->again == NULL ? roots_check(verify, first) : err;
}
