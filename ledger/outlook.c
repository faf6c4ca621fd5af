#include "ledger/outlook.h"

#include <stdlib.h>
#include <string.h>

#define ARENA_BYTES_MAX ((size_t)32 << 20) /* twice the changes, of the largest values */

/* A put: of those of one key the first one knows what was before. */
struct put {
	const char *key;
	overlay_mark at;
};

static int by_key(const void *a, const void *b)
{
	const struct put *one = a, *two = b;
	int order = strcmp(one->key, two->key);

	if (order != 0)
		return order;
	return one->at < two->at ? -1 : 1;
}

static bool is_shown(const char *key)
{
	return strncmp(key, "quota/", 6) != 0;
}

/* The first put of each key, ascending by key. */
static enum err puts_sorted(struct overlay *overlay, overlay_mark since, struct put **out,
			    size_t *count)
{
	overlay_mark end = overlay_set_mark(overlay);
	struct put *puts = calloc(end - since + 1, sizeof(*puts));
	size_t n = 0, kept = 0;

	if (puts == NULL)
		return ERR_MEMORY;
	for (overlay_mark at = since; at < end; at++) {
		const char *key = overlay_key_at(overlay, at);

		if (is_shown(key))
			puts[n++] = (struct put){key, at};
	}
	qsort(puts, n, sizeof(*puts), by_key);
	for (size_t i = 0; i < n; i++) {
		if (kept == 0 || strcmp(puts[kept - 1].key, puts[i].key) != 0)
			puts[kept++] = puts[i];
	}
	*out = puts;
	*count = kept;
	return ERR_OK;
}

static enum err copy(struct arena *arena, struct bytes value, struct bytes *out)
{
	*out = (struct bytes){NULL, 0};
	if (value.at == NULL)
		return ERR_OK;
	*out = bytes_of(arena_copy(arena, value.at, value.len), value.len);
	return out->at == NULL ? ERR_MEMORY : ERR_OK;
}

static enum err change_make(struct outlook *outlook, struct overlay *overlay, const struct put *put,
			    struct outlook_change *out)
{
	struct bytes after;
	enum err err = overlay_get(overlay, put->key, &after);

	out->key = arena_copy(&outlook->arena, put->key, strlen(put->key));
	if (err == ERR_OK && out->key == NULL)
		err = ERR_MEMORY;
	if (err == ERR_OK)
		err = copy(&outlook->arena, overlay_replaced_at(overlay, put->at), &out->before);
	return err == ERR_OK ? copy(&outlook->arena, after, &out->after) : err;
}

enum err outlook_make(struct outlook **out, struct overlay *overlay, overlay_mark since)
{
	struct outlook *outlook = calloc(1, sizeof(*outlook));
	struct put *puts = NULL;
	enum err err;

	if (outlook == NULL)
		return ERR_MEMORY;
	arena_init(&outlook->arena, ARENA_BYTES_MAX);
	err = puts_sorted(overlay, since, &puts, &outlook->total);
	outlook->count = outlook->total < OUTLOOK_CHANGES_MAX ? outlook->total : OUTLOOK_CHANGES_MAX;
	outlook->changes = arena_alloc(&outlook->arena, (outlook->count + 1) * sizeof(*outlook->changes));
	if (err == ERR_OK && outlook->changes == NULL)
		err = ERR_MEMORY;
	for (size_t i = 0; i < outlook->count && err == ERR_OK; i++)
		err = change_make(outlook, overlay, &puts[i], &outlook->changes[i]);
	free(puts);
	if (err != ERR_OK) {
		outlook_free(outlook);
		return err;
	}
	*out = outlook;
	return ERR_OK;
}

void outlook_free(struct outlook *outlook)
{
	if (outlook == NULL)
		return;
	outlook_free(outlook->carried);
	arena_release(&outlook->arena);
	free(outlook);
}
