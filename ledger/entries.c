#include "ledger/entries.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "ledger/ledger.h"
#include "proofs/shape.h"

/* {"key":"","value":""}, and a comma */
#define FRAME_BYTES 22
#define ROOM_FIRST 16

struct entry {
	struct hash key_hash;
	const char *key;
	bool is_present;
	struct bytes value;
};

void entries_init(struct entries *entries, struct ledger_view *view, size_t count_max,
		  size_t bytes_max, size_t tree_max)
{
	*entries = (struct entries){.view = view,
				    .count_max = count_max,
				    .bytes_max = bytes_max,
				    .tree_max = tree_max};
	arena_init(&entries->arena, count_max * (LIMIT_KEY_BYTES + 1 + 16) + 65536);
}

void entries_release(struct entries *entries)
{
	arena_release(&entries->arena);
	free(entries->list);
	entries->list = NULL;
	entries->count = 0;
}

static bool grow(struct entries *entries)
{
	size_t room = entries->room == 0 ? ROOM_FIRST : 2 * entries->room;
	struct entry *list;

	if (entries->count < entries->room)
		return true;
	list = realloc(entries->list, room * sizeof(*list));
	if (list == NULL)
		return false;
	entries->list = list;
	entries->room = room;
	return true;
}

enum err entries_take_bytes(struct entries *entries, size_t bytes)
{
	if (bytes > entries->bytes_max - entries->bytes)
		return ERR_API_PROOF_SIZE;
	entries->bytes += bytes;
	return ERR_OK;
}

enum err entries_add(struct entries *entries, const char *key, struct bytes *value)
{
	struct bytes found = {NULL, 0};
	enum err err = view_value(entries->view, key, &found);
	size_t bytes = FRAME_BYTES + strlen(key) + (found.len + 2) / 3 * 4;
	struct entry *entry;

	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	if (entries->count == entries->count_max ||
	    entries_take_bytes(entries, bytes) != ERR_OK)
		return ERR_API_PROOF_SIZE;
	if (!grow(entries))
		return ERR_MEMORY;
	entry = &entries->list[entries->count];
	*entry = (struct entry){.key = arena_copy(&entries->arena, key, strlen(key)),
				.is_present = err == ERR_OK,
				.value = found};
	if (entry->key == NULL)
		return ERR_MEMORY;
	sha256(&entry->key_hash, key, strlen(key));
	entries->count++;
	if (value != NULL)
		*value = found;
	return err;
}

static int by_key(const void *a, const void *b)
{
	return hash_compare(&((const struct entry *)a)->key_hash,
			    &((const struct entry *)b)->key_hash);
}

/* Ascending by the hashes of their keys, each once. */
static void put_in_order(struct entries *entries)
{
	size_t count = 0;

	qsort(entries->list, entries->count, sizeof(*entries->list), by_key);
	for (size_t i = 0; i < entries->count; i++) {
		if (count == 0 || by_key(&entries->list[count - 1], &entries->list[i]) != 0)
			entries->list[count++] = entries->list[i];
	}
	entries->count = count;
}

static enum err write_tree(const struct entries *entries, json_t *object)
{
	struct hash *keys = malloc(entries->count * sizeof(*keys));
	struct buf tree;
	enum err err = ERR_OK;

	if (keys == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < entries->count; i++)
		keys[i] = entries->list[i].key_hash;
	buf_init(&tree, entries->tree_max);
	view_prove_many(entries->view, keys, entries->count, &tree);
	if (tree.has_failed)
		err = ERR_API_PROOF_SIZE;
	else
		json_object_set_new(object, "tree", json_of_base64(buf_bytes(&tree)));
	buf_release(&tree);
	free(keys);
	return err;
}

enum err entries_write(struct entries *entries, json_t *object)
{
	json_t *array;

	if (entries->count == 0)
		return ERR_OK;
	put_in_order(entries);
	array = json_array();
	for (size_t i = 0; i < entries->count; i++) {
		const struct entry *entry = &entries->list[i];
		json_t *item = json_object();

		json_object_set_new(item, "key", json_string(entry->key));
		if (entry->is_present)
			json_object_set_new(item, "value", json_of_base64(entry->value));
		json_array_append_new(array, item);
	}
	json_object_set_new(object, "entries", array);
	return write_tree(entries, object);
}
