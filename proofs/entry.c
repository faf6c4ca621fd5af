#include "proofs/entry.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "proofs/shape.h"
#include "proofs/tree.h"
#include "proto/value.h"

static enum err entry_read(const json_t *object, struct arena *arena, struct entry *out)
{
	static const char *const members[] = {"key", "value", NULL};
	struct bytes key;
	enum err err;

	if (!json_is_object(object) || !json_has_only(object, members) ||
	    json_read_text(object, "key", &key) != ERR_OK || !key_is_valid(key))
		return ERR_RECEIPT_FORM;
	*out = (struct entry){.key = arena_copy(arena, key.at, key.len)};
	if (out->key == NULL)
		return ERR_MEMORY;
	sha256(&out->key_hash, key.at, key.len);
	if (json_object_get(object, "value") == NULL)
		return ERR_OK;
	out->is_present = true;
	err = json_read_base64(object, "value", LIMIT_VALUE_BYTES, arena, &out->value);
	return err == ERR_OK && out->value.len == 0 ? ERR_RECEIPT_FORM : err;
}

enum err entries_read(const json_t *object, size_t max, struct arena *arena, struct entry **out,
		      size_t *count)
{
	const json_t *array = json_object_get(object, "entries");
	size_t size = json_array_size(array);
	struct entry *entries;

	if (!json_is_array(array) || size == 0 || size > max)
		return ERR_RECEIPT_FORM;
	entries = arena_alloc(arena, size * sizeof(*entries));
	if (entries == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < size; i++) {
		enum err err = entry_read(json_array_get(array, i), arena, &entries[i]);

		if (err != ERR_OK)
			return err;
		if (i > 0 && hash_compare(&entries[i - 1].key_hash, &entries[i].key_hash) >= 0)
			return ERR_RECEIPT_FORM;
	}
	*out = entries;
	*count = size;
	return ERR_OK;
}

enum err entries_check(const struct entry *entries, size_t count, struct bytes tree,
		       const struct hash *root)
{
	struct tree_entry *claimed = calloc(count + 1, sizeof(*claimed));
	enum err err;

	if (claimed == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		claimed[i].key = entries[i].key_hash;
		claimed[i].is_present = entries[i].is_present;
		if (entries[i].is_present)
			sha256(&claimed[i].value, entries[i].value.at, entries[i].value.len);
	}
	err = tree_check(tree, claimed, count, root);
	free(claimed);
	return err;
}

bool entry_walk(const struct entry *entry, enum value_type type, struct walk_field *fields,
		size_t count)
{
	return entry->is_present && entry->value.at[0] == type &&
	       walk_message(bytes_of(entry->value.at + 1, entry->value.len - 1), fields, count);
}
