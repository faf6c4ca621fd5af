#include "clients/cli/entry_receipt.h"

#include <stdint.h>
#include <stdlib.h>

#include "crypto/merkle.h"
#include "proofs/shape.h"

static enum err forest_get(void *context, unsigned level, uint64_t index, struct hash *out)
{
	const struct forest *forest = context;

	ASSERT(level < FOREST_LEVELS && index < forest->count >> level);
	*out = forest->levels[level][index];
	return ERR_OK;
}

void forest_init(struct forest *forest, struct hash *leaves, size_t count)
{
	*forest = (struct forest){.levels = {leaves}, .count = count};
	for (unsigned level = 1; level < FOREST_LEVELS && count >> level > 0; level++) {
		const struct hash *below = forest->levels[level - 1];
		struct hash *row = calloc(count >> level, sizeof(*row));

		ASSERT(row != NULL);
		for (size_t i = 0; i < count >> level; i++)
			merkle_node(&row[i], &below[2 * i], &below[2 * i + 1]);
		forest->levels[level] = row;
	}
}

void forest_release(struct forest *forest)
{
	for (unsigned level = 0; level < FOREST_LEVELS; level++)
		free(forest->levels[level]);
}

/* Version 0 repeats the number that the record signed, in the entry. */
static json_t *entry_json(const json_t *whole, const struct forest *forest, size_t index,
			  struct bytes data)
{
	struct hash path[MERKLE_PATH_MAX];
	size_t path_count = 0;
	json_t *entry;

	ASSERT(merkle_inclusion_path(forest_get, (void *)(uintptr_t)forest, index, forest->count,
				     path, &path_count) == ERR_OK);
	entry = json_pack("{s:I, s:o, s:o}", "index", (json_int_t)index, "data",
			  json_of_base64(data), "path", json_of_hashes(path, path_count));
	if (json_integer_value(json_object_get(whole, "stele_receipt")) == 0)
		json_object_set_new(entry, "count", json_integer((json_int_t)forest->count));
	return entry;
}

json_t *entry_receipt(const json_t *whole, const struct forest *forest, size_t index,
		      struct bytes data, const struct receipt_file *subject)
{
	json_t *receipt = json_copy((json_t *)(uintptr_t)whole);

	if (receipt == NULL)
		return NULL;
	json_object_set_new(receipt, "entry", entry_json(whole, forest, index, data));
	json_object_set_new(receipt, "subject",
			    json_pack("{s:o, s:I}", "sha256", json_of_hash(&subject->sha256),
				      "size", (json_int_t)subject->size));
	return receipt;
}
