/* An overlay holds the values that were put in it, and those it has read from
 * below (values there do not change while it lives).  Entries and ids come from
 * one arena; values have memory of their own, so that a block in which many
 * transactions change one value holds it once.  What a value says as a message is
 * made once and kept beside it, in an arena of its own.
 *
 * What was only read, and all messages, may be forgotten and are then made again: a
 * block of few bytes can ask for more values than there is memory. */
#include "ledger/overlay.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/mutant.h"
#include "crypto/digest.h"
#include "ledger/keyed.h"
#include "ledger/overlay_internal.h"
#include "ledger/row.h"

#define HASH_FUNCTION(at, len, out) ((out) = (unsigned)keyed_hash(at, len))
#define uthash_fatal(text) assert_failed("memory for a hash table", __FILE__, __LINE__)
#include <uthash.h>

#define ARENA_BYTES_MAX ((size_t)1 << 30)
#define VALUES_BYTES_MAX ((size_t)1 << 30)
#define READ_BYTES_MAX ((size_t)64 << 20) /* of values that were only read */
#define MESSAGES_BYTES_KEPT ((size_t)4 << 20) /* between transactions, */
#define MESSAGES_BYTES_MAX ((size_t)64 << 20) /* and of one */

struct entry {
	UT_hash_handle hh;
	struct bytes value; /* at = NULL: there is none */
	const void *message; /* what it says; NULL: nobody has asked */
	struct hash key_hash;
	bool has_key_hash;
	bool is_changed;    /* else only read from below */
	bool is_forgotten;  /* what was read is to be read again */
	char key[];
};

struct consumed {
	UT_hash_handle hh;
	struct hash id;
	uint64_t until_ms;
};

/* What a put replaced. */
struct undo {
	struct entry *entry;
	struct bytes value;
	bool is_changed;
};

struct overlay {
	struct overlay *parent;
	const struct overlay_base *base;
	uint64_t time_ms;
	struct entry *entries;
	struct consumed *consumed;
	struct undo *undos;
	size_t undos_count;
	size_t undos_max;
	uint64_t puts_settled;
	size_t values_bytes;
	size_t read_bytes; /* of these, what entries only read hold */
	struct arena arena;
	struct arena messages;
	struct buf encoded; /* the value that is being put */
};

/* A key on its way through the tables, hashed once for all of them. */
struct name {
	const char *at;
	size_t len;
	unsigned hash;
};

static struct name name_of(const char *key)
{
	size_t len = strlen(key);

	return (struct name){key, len, (unsigned)keyed_hash(key, len)};
}

struct overlay *overlay_new(struct overlay *parent, const struct overlay_base *base,
			    uint64_t time_ms)
{
	struct overlay *overlay = calloc(1, sizeof(*overlay));

	if (overlay == NULL)
		return NULL;
	overlay->parent = parent;
	overlay->base = base;
	overlay->time_ms = time_ms;
	arena_init(&overlay->arena, ARENA_BYTES_MAX);
	arena_init(&overlay->messages, MESSAGES_BYTES_MAX);
	buf_init(&overlay->encoded, LIMIT_VALUE_BYTES);
	return overlay;
}

static void value_free(struct overlay *overlay, struct bytes value)
{
	overlay->values_bytes -= value.len;
	free((void *)(uintptr_t)value.at);
}

void overlay_free(struct overlay *overlay)
{
	if (overlay == NULL)
		return;
	overlay_settle(overlay);
	for (struct entry *at = overlay->entries; at != NULL; at = at->hh.next)
		value_free(overlay, at->value);
	HASH_CLEAR(hh, overlay->entries);
	HASH_CLEAR(hh, overlay->consumed);
	arena_release(&overlay->arena);
	arena_release(&overlay->messages);
	buf_release(&overlay->encoded);
	free(overlay->undos);
	free(overlay);
}

void overlay_rebase(struct overlay *overlay)
{
	overlay->parent = NULL;
}

/* Only between transactions, which rely on what they were lent. */
static void messages_bound(struct overlay *overlay)
{
	if (overlay->messages.used <= MESSAGES_BYTES_KEPT)
		return;
	for (struct entry *at = overlay->entries; at != NULL; at = at->hh.next)
		at->message = NULL;
	arena_release(&overlay->messages);
}

void overlay_reset(struct overlay *overlay, uint64_t time_ms)
{
	overlay_roll_back(overlay, 0);
	messages_bound(overlay);
	HASH_CLEAR(hh, overlay->consumed);
	overlay->time_ms = time_ms;
}

size_t overlay_bytes(const struct overlay *overlay)
{
	return overlay->arena.used + overlay->values_bytes + overlay->messages.used;
}

uint64_t overlay_puts(const struct overlay *overlay)
{
	return overlay->puts_settled + overlay->undos_count;
}

/* --- values -------------------------------------------------------------- */

static struct entry *entry_find(const struct overlay *overlay, const struct name *name)
{
	struct entry *entry;

	HASH_FIND_BYHASHVALUE(hh, overlay->entries, name->at, name->len, name->hash, entry);
	return entry;
}

static struct entry *entry_add(struct overlay *overlay, const struct name *name)
{
	struct entry *entry = arena_alloc(&overlay->arena, sizeof(*entry) + name->len + 1);

	if (entry == NULL)
		return NULL;
	memcpy(entry->key, name->at, name->len + 1);
	HASH_ADD_BYHASHVALUE(hh, overlay->entries, key, name->len, name->hash, entry);
	return entry;
}

/* What lies below a key; value.at = NULL: nothing. */
struct below {
	struct bytes value;
	struct hash key_hash;
	bool has_key_hash;
};

/* Whether a parent has the key. */
static bool parents_get(const struct overlay *overlay, const struct name *name, struct below *out)
{
	for (const struct overlay *at = overlay->parent; at != NULL; at = at->parent) {
		const struct entry *entry = entry_find(at, name);

		if (entry == NULL || entry->is_forgotten)
			continue;
		out->value = entry->value;
		out->key_hash = entry->key_hash;
		out->has_key_hash = entry->has_key_hash;
		return true;
	}
	return false;
}

/* Of the committed state, all together. */
static enum err base_get(const struct overlay_base *base, const struct name *names, size_t count,
			 struct below *out)
{
	struct state_found found[OVERLAY_AHEAD_MAX];
	struct hash hashes[OVERLAY_AHEAD_MAX] = {{{0}}};
	enum err err = ERR_OK;

	if (base->version == 0 || count == 0)
		return ERR_OK;
	ASSERT(base->read != NULL && count <= OVERLAY_AHEAD_MAX);
	for (size_t i = 0; i < count; i++)
		sha256(&hashes[i], names[i].at, names[i].len);
	state_find_many(base->tree, base->version, hashes, count, found);
	for (size_t i = 0; i < count && err == ERR_OK; i++) {
		out[i].key_hash = hashes[i];
		out[i].has_key_hash = true;
		if (found[i].leaf != STATE_NO_LEAF)
			err = row_value_get(base->read, found[i].leaf, names[i].at,
					    &found[i].value_hash, &out[i].value);
	}
	return err;
}

static enum err value_copy(struct overlay *overlay, struct bytes value, struct bytes *out)
{
	void *at = NULL;

	ASSERT(value.len > 0);
	if (value.len <= VALUES_BYTES_MAX - overlay->values_bytes)
		at = malloc(value.len);
	if (at == NULL)
		return ERR_MEMORY;
	memcpy(at, value.at, value.len);
	overlay->values_bytes += value.len;
	*out = bytes_of(at, value.len);
	return ERR_OK;
}

/* The key's entry here; entry: the one that was forgotten, or NULL. */
static enum err entry_make(struct overlay *overlay, const struct name *name, struct entry *entry,
			   struct below below, struct entry **out)
{
	enum err err = ERR_OK;

	if (below.value.at != NULL)
		err = value_copy(overlay, below.value, &below.value);
	if (err != ERR_OK)
		return err;
	if (entry == NULL)
		entry = entry_add(overlay, name);
	if (entry == NULL) {
		value_free(overlay, below.value);
		return ERR_MEMORY;
	}
	entry->value = below.value;
	entry->key_hash = below.key_hash;
	entry->has_key_hash = below.has_key_hash;
	entry->is_forgotten = false;
	overlay->read_bytes += below.value.len;
	*out = entry;
	return ERR_OK;
}

/* The key's entry here, made from what lies below if there was none yet. */
static enum err entry_get(struct overlay *overlay, const char *key, struct entry **out)
{
	struct name name = name_of(key);
	struct entry *entry = entry_find(overlay, &name);
	struct below below = {.has_key_hash = false};
	enum err err = ERR_OK;

	*out = entry;
	if (entry != NULL && !entry->is_forgotten)
		return ERR_OK;
	if (!parents_get(overlay, &name, &below))
		err = base_get(overlay->base, &name, 1, &below);
	return err == ERR_OK ? entry_make(overlay, &name, entry, below, out) : err;
}

enum err overlay_read_ahead(struct overlay *overlay, const char *const *keys, size_t count)
{
	struct name names[OVERLAY_AHEAD_MAX] = {{NULL, 0, 0}};
	struct below below[OVERLAY_AHEAD_MAX] = {{.has_key_hash = false}};
	struct below above;
	size_t asked = 0;
	enum err err;

	ASSERT(count <= OVERLAY_AHEAD_MAX);
	for (size_t i = 0; i < count; i++) {
		struct name name = name_of(keys[i]);

		if (entry_find(overlay, &name) == NULL && !parents_get(overlay, &name, &above))
			names[asked++] = name;
	}
	err = base_get(overlay->base, names, asked, below);
	for (size_t i = 0; i < asked && err == ERR_OK; i++) {
		struct entry *entry = entry_find(overlay, &names[i]); /* a key may come twice */

		if (entry == NULL)
			err = entry_make(overlay, &names[i], NULL, below[i], &entry);
	}
	return err;
}

/* Only between transactions, which rely on what they were lent. */
static void forget_read(struct overlay *overlay)
{
	for (struct entry *at = overlay->entries; at != NULL; at = at->hh.next) {
		if (at->is_changed || at->value.at == NULL)
			continue;
		value_free(overlay, at->value);
		at->value = (struct bytes){NULL, 0};
		at->message = NULL;
		at->is_forgotten = true;
	}
	overlay->read_bytes = 0;
}

enum err overlay_get(struct overlay *overlay, const char *key, struct bytes *value)
{
	struct entry *entry;
	enum err err = entry_get(overlay, key, &entry);

	if (err != ERR_OK)
		return err;
	if (entry->value.at == NULL)
		return ERR_NOT_FOUND;
	*value = entry->value;
	return ERR_OK;
}

enum err overlay_get_message(struct overlay *overlay, const char *key, enum value_type type,
			     const void **message)
{
	struct entry *entry;
	void *decoded;
	enum err err = entry_get(overlay, key, &entry);

	if (err != ERR_OK)
		return err;
	if (entry->value.at == NULL)
		return ERR_NOT_FOUND;
	if (entry->message == NULL) {
		err = value_decode(&overlay->messages, entry->value, type, &decoded);
		if (err != ERR_OK)
			return err;
		entry->message = decoded;
	}
	if (entry->value.at[0] != (uint8_t)type)
		return ERR_STORE_DAMAGED;
	*message = entry->message;
	return ERR_OK;
}

static enum err undo_add(struct overlay *overlay, struct entry *entry)
{
	if (overlay->undos_count == overlay->undos_max) {
		size_t max = overlay->undos_max == 0 ? 64 : overlay->undos_max * 2;
		struct undo *undos = realloc(overlay->undos, max * sizeof(*undos));

		if (undos == NULL)
			return ERR_MEMORY;
		overlay->undos = undos;
		overlay->undos_max = max;
	}
	overlay->undos[overlay->undos_count++] =
		(struct undo){entry, entry->value, entry->is_changed};
	return ERR_OK;
}

enum err overlay_put(struct overlay *overlay, const char *key, struct bytes value)
{
	struct entry *entry;
	struct bytes copy;
	enum err err;

	ASSERT(key[0] != '\0' && strlen(key) <= LIMIT_KEY_BYTES);
	ASSERT(value.len > 0 && value.len <= LIMIT_VALUE_BYTES);
	err = entry_get(overlay, key, &entry); /* so that a roll-back finds what was */
	if (err != ERR_OK)
		return err;
	if (value_copy(overlay, value, &copy) != ERR_OK)
		return ERR_MEMORY;
	if (undo_add(overlay, entry) != ERR_OK) {
		value_free(overlay, copy);
		return ERR_MEMORY;
	}
	if (!entry->is_changed)
		overlay->read_bytes -= entry->value.len;
	entry->value = copy;
	entry->message = NULL;
	entry->is_changed = true;
	return ERR_OK;
}

enum err overlay_put_message(struct overlay *overlay, const char *key, enum value_type type,
			     const void *message)
{
	enum err err;

	buf_reset(&overlay->encoded);
	err = value_encode(&overlay->encoded, type, message);
	return err == ERR_OK ? overlay_put(overlay, key, buf_bytes(&overlay->encoded)) : err;
}

overlay_mark overlay_set_mark(struct overlay *overlay)
{
	return overlay->undos_count;
}

const char *overlay_key_at(const struct overlay *overlay, overlay_mark at)
{
	ASSERT(at < overlay->undos_count);
	return overlay->undos[at].entry->key;
}

struct bytes overlay_replaced_at(const struct overlay *overlay, overlay_mark at)
{
	ASSERT(at < overlay->undos_count);
	return overlay->undos[at].value;
}

void overlay_roll_back(struct overlay *overlay, overlay_mark mark)
{
	ASSERT(mark <= overlay->undos_count);
	while (overlay->undos_count > mark) {
		const struct undo *undo = &overlay->undos[--overlay->undos_count];

		value_free(overlay, undo->entry->value);
		undo->entry->value = undo->value;
		undo->entry->message = NULL;
		undo->entry->is_changed = undo->is_changed;
		if (!undo->is_changed)
			overlay->read_bytes += undo->value.len;
	}
}

void overlay_settle(struct overlay *overlay)
{
	for (size_t i = 0; i < overlay->undos_count; i++)
		value_free(overlay, overlay->undos[i].value);
	overlay->puts_settled += overlay->undos_count;
	overlay->undos_count = 0;
	if (overlay->read_bytes > READ_BYTES_MAX)
		forget_read(overlay);
	messages_bound(overlay);
}

/* --- ids ----------------------------------------------------------------- */

static struct consumed *consumed_find(const struct overlay *overlay, const struct hash *id,
				      unsigned hash)
{
	struct consumed *found;

	HASH_FIND_BYHASHVALUE(hh, overlay->consumed, id->b, sizeof(id->b), hash, found);
	return found;
}

bool overlay_is_consumed(const struct overlay *overlay, const struct hash *id)
{
	const struct ids *ids = overlay->base->ids;
	unsigned hash = (unsigned)keyed_hash(id->b, sizeof(id->b));

	for (const struct overlay *at = overlay; at != NULL; at = at->parent) {
		const struct consumed *found = consumed_find(at, id, hash);

		if (found != NULL)
			return found->until_ms >= overlay->time_ms;
	}
	return ids != NULL && ids_has(ids, id, overlay->time_ms);
}

enum err overlay_consume(struct overlay *overlay, const struct hash *id, uint64_t until_ms)
{
	unsigned hash = (unsigned)keyed_hash(id->b, sizeof(id->b));
	struct consumed *consumed = consumed_find(overlay, id, hash);

	if (consumed != NULL)
		return ERR_OK;
	consumed = arena_alloc(&overlay->arena, sizeof(*consumed));
	if (consumed == NULL)
		return ERR_MEMORY;
	consumed->id = *id;
	consumed->until_ms = until_ms;
	HASH_ADD_BYHASHVALUE(hh, overlay->consumed, id, sizeof(consumed->id), hash, consumed);
	return ERR_OK;
}

enum err overlay_each_consumed(const struct overlay *overlay,
			       enum err (*visit)(void *context, const struct hash *id,
						 uint64_t until_ms),
			       void *context)
{
	for (const struct consumed *at = overlay->consumed; at != NULL; at = at->hh.next) {
		enum err err = visit(context, &at->id, at->until_ms);

		if (err != ERR_OK)
			return err;
	}
	return ERR_OK;
}

/* --- changes ------------------------------------------------------------- */

static int change_compare(const void *a, const void *b)
{
	const struct overlay_change *one = a;
	const struct overlay_change *two = b;

	if (mutant_on("changes_unsorted"))
		return one->key < two->key ? -1 : one->key > two->key;
	return hash_compare(&one->change.key_hash, &two->change.key_hash);
}

enum err overlay_changes(const struct overlay *overlay, uint64_t first,
			 struct overlay_change **out, size_t *count)
{
	struct overlay_change *changes = calloc(HASH_COUNT(overlay->entries) + 1, sizeof(*changes));
	size_t n = 0;

	if (changes == NULL)
		return ERR_MEMORY;
	for (const struct entry *at = overlay->entries; at != NULL; at = at->hh.next) {
		if (!at->is_changed)
			continue;
		changes[n].key = at->key;
		changes[n].value = at->value;
		if (at->has_key_hash)
			changes[n].change.key_hash = at->key_hash;
		else
			sha256(&changes[n].change.key_hash, at->key, at->hh.keylen);
		sha256(&changes[n].change.value_hash, at->value.at, at->value.len);
		n++;
	}
	qsort(changes, n, sizeof(*changes), change_compare);
	for (size_t i = 0; i < n; i++)
		changes[i].change.leaf = first + i;
	*out = changes;
	*count = n;
	return ERR_OK;
}
