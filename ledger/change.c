#include "ledger/change.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "ledger/row.h"

#define ARENA_BYTES_MAX ((size_t)16 << 20)

struct change_object {
	struct change_object *next;
	char key[];
};

/* A key under the first prefix belongs to the object under the second one, whose key
 * has so many segments after it. */
static const struct {
	const char *prefix;
	const char *object;
	unsigned segments;
	bool is_whole; /* only keys with no more than these */
} kinds[] = {
	{"org/", "org/", 1, true},
	{"key/", "key/", 1, true},
	{"programme/", "programme/", 1, true},
	{"call/", "call/", 2, true},
	{"proposal/", "proposal/", 3, true},
	{"award/", "award/", 2, true},
	{"motion/", "motion/", 1, true},
	{"milestone/", "award/", 2, false},
	{"review/", "proposal/", 3, false},
};

void change_init(struct change *change)
{
	*change = (struct change){.objects = NULL};
	arena_init(&change->arena, ARENA_BYTES_MAX);
}

void change_release(struct change *change)
{
	arena_release(&change->arena);
	change->objects = NULL;
	change->count = 0;
}

/* Bytes of the first so many segments; 0: there are fewer, or, whole, more. */
static size_t segments_len(const char *at, unsigned segments, bool is_whole)
{
	size_t len = 0;

	for (unsigned i = 0; i < segments; i++) {
		if (i > 0 && at[len++] != '/')
			return 0;
		len += strcspn(at + len, "/");
	}
	return is_whole && at[len] != '\0' ? 0 : len;
}

static enum err object_add(struct change *change, const char *prefix, const char *rest, size_t len)
{
	size_t prefix_len = strlen(prefix);
	struct change_object *object = arena_alloc(&change->arena,
						   sizeof(*object) + prefix_len + len + 1);

	if (object == NULL)
		return ERR_MEMORY;
	memcpy(object->key, prefix, prefix_len);
	memcpy(object->key + prefix_len, rest, len);
	object->next = change->objects;
	change->objects = object;
	change->count++;
	if (strcmp(prefix, "motion/") == 0 &&
	    !decimal_decode(&change->motion, bytes_text(object->key + prefix_len)))
		return ERR_STORE_DAMAGED;
	return ERR_OK;
}

enum err change_add(struct change *change, const char *key)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t prefix_len;
		size_t len;

		if (kinds[i].prefix[0] != key[0])
			continue; /* most keys are content's, quotas and the like */
		prefix_len = strlen(kinds[i].prefix);
		if (strncmp(key, kinds[i].prefix, prefix_len) != 0)
			continue;
		len = segments_len(key + prefix_len, kinds[i].segments, kinds[i].is_whole);
		return len == 0 ? ERR_OK : object_add(change, kinds[i].object, key + prefix_len, len);
	}
	return ERR_OK;
}

static int by_key(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

enum err change_row(struct change *change, struct buf *out)
{
	const char **keys;
	size_t n = 0;

	if (change->count == 0)
		return ERR_OK;
	keys = calloc(change->count, sizeof(*keys));
	if (keys == NULL)
		return ERR_MEMORY;
	for (const struct change_object *at = change->objects; at != NULL; at = at->next)
		keys[n++] = at->key;
	qsort(keys, n, sizeof(*keys), by_key);
	row_change_begin(out, change->motion);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || strcmp(keys[i], keys[i - 1]) != 0)
			row_change_add(out, keys[i]);
	}
	free(keys);
	return out->has_failed ? ERR_MEMORY : ERR_OK;
}
