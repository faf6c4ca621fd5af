#include "ledger/status_make.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "ledger/cover_make.h"
#include "ledger/entries.h"
#include "ledger/ledger.h"
#include "proofs/shape.h"
#include "proto/value.h"

#define ENTRIES_BYTES_MAX ((size_t)LIMIT_STATUS_ENTRIES * 2 * LIMIT_VALUE_BYTES)
#define SCRATCH_BYTES (4u * LIMIT_VALUE_BYTES)
#define KEY_BYTES (LIMIT_KEY_BYTES + 1)
/* Older states cost by the changes since: a receipt is asked for too often to undo many. */
#define HEIGHTS_BACK_MAX 16

/* --- the entries ------------------------------------------------------------ */

static enum err add_key(struct entries *entries, const struct public_key *signer)
{
	char key[KEY_BYTES] = "key/";
	struct hash hash;
	enum err err;

	sha256(&hash, signer->b, sizeof(signer->b));
	hex_encode(key + 4, hash.b, sizeof(hash.b));
	err = entries_add(entries, key, NULL);
	return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
}

/* Reads one of a content's claims: the record that made it, and how many there are (of
 * the first only). */
static enum err read_claim(struct ledger_view *view, const char *key, uint64_t *log_index,
			   uint64_t *count)
{
	Stele__ClaimValue *claim;
	struct arena arena;
	struct bytes value;
	enum err err = view_value(view, key, &value);

	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
	arena_init(&arena, SCRATCH_BYTES);
	err = value_decode(&arena, value, VALUE_CLAIM, (void **)&claim);
	if (err == ERR_OK) {
		*log_index = claim->log_index;
		*count = claim->claims;
	}
	arena_release(&arena);
	return err;
}

static void claim_key(char key[KEY_BYTES], const char *content, uint64_t k)
{
	if (k == 1)
		(void)snprintf(key, KEY_BYTES, "content/%s", content);
	else
		(void)snprintf(key, KEY_BYTES, "claim/%s/%" PRIu64, content, k);
}

/* The record's own claim among those on the content, which stand in the order in which
 * they came; a record claims a content once. */
static enum err add_claim(struct entries *entries, const struct status_subject *subject)
{
	char content[HASH_HEX_LEN + 1], key[KEY_BYTES];
	uint64_t low = 1, high, found, unused;
	enum err err;

	hex_encode(content, subject->content.b, sizeof(subject->content.b));
	claim_key(key, content, 1);
	err = read_claim(entries->view, key, &found, &high);
	while (err == ERR_OK && low < high) {
		uint64_t middle = low + (high - low + 1) / 2;

		claim_key(key, content, middle);
		err = read_claim(entries->view, key, &found, &unused);
		if (found <= subject->log_index)
			low = middle;
		else
			high = middle - 1;
	}
	claim_key(key, content, low);
	if (err == ERR_OK)
		err = read_claim(entries->view, key, &found, &unused);
	if (err == ERR_OK && found != subject->log_index)
		err = ERR_STORE_DAMAGED;
	return err == ERR_OK ? entries_add(entries, key, NULL) : err;
}

static enum err add_motion(struct entries *entries, uint64_t motion)
{
	char key[KEY_BYTES];
	enum err err;

	(void)snprintf(key, sizeof(key), "motion/%" PRIu64, motion);
	err = entries_add(entries, key, NULL);
	return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
}

static enum err write_entries(struct ledger_view *state, const struct status_subject *subject,
			      json_t *object)
{
	struct entries entries;
	enum err err;

	entries_init(&entries, state, LIMIT_STATUS_ENTRIES, ENTRIES_BYTES_MAX, LIMIT_STATUS_TREE_BYTES);
	err = add_key(&entries, &subject->signer);
	if (err == ERR_OK && subject->has_claim)
		err = add_claim(&entries, subject);
	if (err == ERR_OK && subject->motion != 0)
		err = add_motion(&entries, subject->motion);
	if (err == ERR_OK)
		err = entries_write(&entries, object);
	entries_release(&entries);
	return err;
}

/* --- the header ------------------------------------------------------------- */

static enum err newest_finalized(struct ledger_view *view, uint64_t top, uint64_t *out)
{
	struct ledger_tip tip;

	ledger_view_tip(view, &tip);
	for (uint64_t h = tip.height; h >= top; h--) {
		struct view_block block;
		enum err err = view_block(view, h, &block);

		if (err != ERR_OK)
			return err;
		if (block.finalization.len > 0) {
			*out = h;
			return ERR_OK;
		}
		if (h == 0)
			break;
	}
	return ERR_API_UNCOVERED;
}

/* The view itself where it is of that height; another one is to be closed. */
static enum err open_state(struct ledger *ledger, struct ledger_view *view, uint64_t height,
			   struct ledger_view **out)
{
	struct ledger_tip tip;

	ledger_view_tip(view, &tip);
	*out = view;
	return tip.height == height ? ERR_OK : ledger_view_open_at(ledger, height, out);
}

static bool is_far(const struct ledger_view *view, uint64_t height)
{
	struct ledger_tip tip;

	ledger_view_tip(view, &tip);
	return height < tip.height && tip.height - height > HEIGHTS_BACK_MAX;
}

static bool is_out_of_reach(enum err err)
{
	return err == ERR_API_HEIGHT_GONE || err == ERR_API_HEIGHT_FAR || err == ERR_API_BUSY;
}

/* The three members that lead from the top to a newer header. */
static enum err add_newer(struct ledger_view *view, uint64_t top, uint64_t newer, json_t *object)
{
	struct hash path[MERKLE_PATH_MAX];
	size_t path_count = 0;
	struct view_block block;
	uint64_t from, to;
	enum err err = cover_log_size(view, top, &from);

	if (err == ERR_OK)
		err = cover_log_size(view, newer, &to);
	if (err == ERR_OK && from < to)
		err = view_consistency(view, from, to, path, &path_count);
	if (err == ERR_OK)
		err = view_block(view, newer, &block);
	if (err != ERR_OK)
		return err;
	json_object_set_new(object, "consistency", json_of_hashes(path, path_count));
	json_object_set_new(object, "finalization", json_of_base64(block.finalization));
	json_object_set_new(object, "set_changes", json_array());
	return ERR_OK;
}

/* Where it stands: under top, unless the newest is wished, or top's state is far or gone. */
static enum err choose(struct ledger *ledger, struct ledger_view *view, uint64_t top,
		       bool wants_newest, uint64_t *height, struct ledger_view **state)
{
	enum err err = ERR_API_HEIGHT_GONE;

	*height = top;
	if (!wants_newest && !is_far(view, top))
		err = open_state(ledger, view, top, state);
	if (!is_out_of_reach(err))
		return err;
	err = newest_finalized(view, top, height);
	return err == ERR_OK ? open_state(ledger, view, *height, state) : err;
}

enum err status_make(struct ledger *ledger, struct ledger_view *view, uint64_t top,
		     bool wants_newest, const struct status_subject *subject, json_t **out)
{
	struct ledger_view *state;
	json_t *object;
	uint64_t height;
	enum err err = choose(ledger, view, top, wants_newest, &height, &state);

	if (err != ERR_OK)
		return err;
	object = json_object();
	err = write_entries(state, subject, object);
	if (state != view)
		ledger_view_close(state);
	if (err == ERR_OK && height != top)
		err = add_newer(view, top, height, object);
	if (err != ERR_OK) {
		json_decref(object);
		return err;
	}
	*out = object;
	return ERR_OK;
}
