/* A disk in memory with the interface of ledger/store.h.  What was committed
 * survives a crash of its node; a job that a crash cuts off never began its
 * transaction (io_sim).  Entries keep older versions while a reader needs them. */
#include <stdlib.h>
#include <string.h>

#include "ledger/store.h"
#include "tests/sim/world.h"

struct version {
	struct version *older;
	uint64_t transaction;
	bool is_deleted;
	size_t len;
	uint8_t value[];
};

struct entry {
	struct version *newest;
	size_t len;
	uint8_t key[];
};

struct rows {
	struct entry **list; /* ascending by key */
	size_t count, room;
};

struct store_read {
	struct store *store;
	uint64_t transaction;
	struct store_read *next;
};

struct touched {
	enum table table;
	struct entry *entry;
};

struct store_write {
	struct store *store;
	struct touched *touched;
	size_t count, room;
};

struct store {
	struct rows rows[TABLE_COUNT];
	uint64_t transaction; /* the newest committed */
	struct store_read *readers;
	bool is_writing;
	bool is_broken, is_kept;
	bool is_full;
	bool is_own; /* of who opened it; otherwise of the world */
	uint64_t used;
	void (*on_put)(void *context, enum table table, struct bytes key, struct bytes value);
	void *context;
};

struct store *store_sim_new(void (*on_put)(void *context, enum table table, struct bytes key,
					   struct bytes value), void *context)
{
	struct store *store = calloc(1, sizeof(*store));

	ASSERT(store != NULL);
	store->on_put = on_put;
	store->context = context;
	return store;
}

struct store *store_sim_survive(struct store *store)
{
	return store;
}

const char *store_sim_scratch(void)
{
	return "in memory";
}

void store_sim_break(struct store *store, bool is_kept)
{
	store->is_broken = true;
	store->is_kept = is_kept;
}

void store_sim_fill(struct store *store, bool is_full)
{
	store->is_full = is_full;
}

void store_sim_mend(struct store *store)
{
	store->is_broken = false;
}

static void versions_free(struct version *version)
{
	while (version != NULL) {
		struct version *older = version->older;

		free(version);
		version = older;
	}
}

static void empty(struct store *store)
{
	for (size_t t = 0; t < TABLE_COUNT; t++) {
		for (size_t i = 0; i < store->rows[t].count; i++) {
			versions_free(store->rows[t].list[i]->newest);
			free(store->rows[t].list[i]);
		}
		free(store->rows[t].list);
		store->rows[t] = (struct rows){NULL, 0, 0};
	}
}

void store_sim_free(struct store *store)
{
	empty(store);
	free(store);
}

enum err store_open(struct store **out, const char *path)
{
	(void)path;
	*out = store_sim_new(NULL, NULL);
	(*out)->is_own = true;
	return ERR_OK;
}

enum err store_open_reading(struct store **out, const char *path)
{
	return store_open(out, path);
}

enum err store_open_scratch(struct store **out, const char *path)
{
	return store_open(out, path);
}

void store_close(struct store *store)
{
	if (store != NULL && store->is_own)
		store_sim_free(store);
}

/* --- rows ---------------------------------------------------------------- */

static int compare(const struct entry *entry, struct bytes key)
{
	size_t shorter = entry->len < key.len ? entry->len : key.len;
	int order = shorter == 0 ? 0 : memcmp(entry->key, key.at, shorter);

	if (order != 0)
		return order;
	return (entry->len > key.len) - (entry->len < key.len);
}

/* The first row whose key is >= key. */
static size_t lower(const struct rows *rows, struct bytes key)
{
	size_t low = 0, high = rows->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(rows->list[middle], key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct version *visible(const struct entry *entry, uint64_t transaction)
{
	const struct version *version = entry->newest;

	while (version != NULL && version->transaction > transaction)
		version = version->older;
	return version == NULL || version->is_deleted ? NULL : version;
}

static struct entry *entry_get(struct rows *rows, struct bytes key)
{
	size_t at = lower(rows, key);
	struct entry *entry;

	if (at < rows->count && compare(rows->list[at], key) == 0)
		return rows->list[at];
	if (rows->count == rows->room) {
		rows->room = rows->room == 0 ? 64 : rows->room * 2;
		rows->list = realloc(rows->list, rows->room * sizeof(struct entry *));
		ASSERT(rows->list != NULL);
	}
	entry = calloc(1, sizeof(*entry) + key.len);
	ASSERT(entry != NULL);
	entry->len = key.len;
	memcpy(entry->key, key.at, key.len);
	memmove(rows->list + at + 1, rows->list + at, (rows->count - at) * sizeof(struct entry *));
	rows->list[at] = entry;
	rows->count++;
	return entry;
}

/* --- writing ------------------------------------------------------------- */

enum err store_write_begin(struct store *store, struct store_write **out)
{
	struct store_write *write;

	if (store->is_full)
		return ERR_DISK_LOW;
	write = calloc(1, sizeof(*write));
	ASSERT(write != NULL && !store->is_writing);
	write->store = store;
	store->is_writing = true;
	*out = write;
	return ERR_OK;
}

static enum err add_version(struct store_write *write, enum table table, struct bytes key,
			    struct bytes value, bool is_deleted)
{
	struct entry *entry = entry_get(&write->store->rows[table], key);
	struct version *version = calloc(1, sizeof(*version) + value.len);

	ASSERT(version != NULL);
	meter.rows++;
	version->transaction = write->store->transaction + 1;
	version->is_deleted = is_deleted;
	version->len = value.len;
	if (value.len > 0)
		memcpy(version->value, value.at, value.len);
	version->older = entry->newest;
	entry->newest = version;
	if (write->count == write->room) {
		write->room = write->room == 0 ? 64 : write->room * 2;
		write->touched = realloc(write->touched, write->room * sizeof(struct touched));
		ASSERT(write->touched != NULL);
	}
	write->touched[write->count++] = (struct touched){table, entry};
	return ERR_OK;
}

enum err store_put(struct store_write *write, enum table table, struct bytes key,
		   struct bytes value, bool is_append)
{
	const struct rows *rows = &write->store->rows[table];
	size_t count = rows->count;

	while (count > 0 && rows->list[count - 1]->newest == NULL)
		count--; /* left by a transaction that was given up */
	ASSERT(!is_append || count == 0 || compare(rows->list[count - 1], key) < 0);
	return add_version(write, table, key, value, false);
}

enum err store_delete(struct store_write *write, enum table table, struct bytes key)
{
	return add_version(write, table, key, (struct bytes){NULL, 0}, true);
}

enum err store_clear(struct store_write *write, enum table table)
{
	const struct rows *rows = &write->store->rows[table];
	enum err err = ERR_OK;

	for (size_t i = 0; i < rows->count && err == ERR_OK; i++)
		err = store_delete(write, table, bytes_of(rows->list[i]->key, rows->list[i]->len));
	return err;
}

enum err store_write_get(struct store_write *write, enum table table, struct bytes key,
			 struct bytes *value)
{
	const struct rows *rows = &write->store->rows[table];
	size_t at = lower(rows, key);
	const struct version *version;

	if (at == rows->count || compare(rows->list[at], key) != 0)
		return ERR_NOT_FOUND;
	version = visible(rows->list[at], UINT64_MAX);
	if (version == NULL)
		return ERR_NOT_FOUND;
	*value = bytes_of(version->value, version->len);
	return ERR_OK;
}

/* Drops the versions that no reader sees any more. */
static void trim(const struct store *store, struct entry *entry)
{
	uint64_t oldest = store->transaction;
	struct version *version;

	for (const struct store_read *read = store->readers; read != NULL; read = read->next) {
		if (read->transaction < oldest)
			oldest = read->transaction;
	}
	for (version = entry->newest; version != NULL; version = version->older) {
		if (version->transaction > oldest)
			continue;
		versions_free(version->older);
		version->older = NULL;
	}
}

static void write_end(struct store_write *write)
{
	write->store->is_writing = false;
	free(write->touched);
	free(write);
}

enum err store_commit(struct store_write *write)
{
	struct store *store = write->store;
	bool is_broken = store->is_broken;

	if (is_broken && !store->is_kept) {
		store_abort(write);
		return ERR_DISK_IO;
	}
	store->transaction++;
	meter.commits++;
	for (size_t i = 0; i < write->count; i++) {
		struct entry *entry = write->touched[i].entry;
		const struct version *version;

		trim(store, entry);
		version = visible(entry, UINT64_MAX);
		if (version == NULL || store->on_put == NULL)
			continue;
		store->used += version->len;
		store->on_put(store->context, write->touched[i].table,
			      bytes_of(entry->key, entry->len),
			      bytes_of(version->value, version->len));
	}
	write_end(write);
	return is_broken ? ERR_DISK_IO : ERR_OK;
}

void store_abort(struct store_write *write)
{
	for (size_t i = write->count; i-- > 0;) {
		struct entry *entry = write->touched[i].entry;
		struct version *version = entry->newest;

		entry->newest = version->older;
		free(version);
	}
	write_end(write);
}

/* --- reading ------------------------------------------------------------- */

enum err store_read_begin(struct store *store, struct store_read **out)
{
	struct store_read *read = calloc(1, sizeof(*read));

	ASSERT(read != NULL);
	read->store = store;
	read->transaction = store->transaction;
	read->next = store->readers;
	store->readers = read;
	*out = read;
	return ERR_OK;
}

enum err store_read_newest(struct store_read *held, struct store_read **out)
{
	return store_read_begin(held->store, out);
}

bool store_read_is_waited_for(struct store_read *read)
{
	(void)read;
	return false;
}

void store_read_end(struct store_read *read)
{
	struct store_read **at = &read->store->readers;

	while (*at != read)
		at = &(*at)->next;
	*at = read->next;
	free(read);
}

enum err store_get(struct store_read *read, enum table table, struct bytes key,
		   struct bytes *value)
{
	const struct rows *rows = &read->store->rows[table];
	size_t at = lower(rows, key);
	const struct version *version;

	meter.rows++;
	if (at == rows->count || compare(rows->list[at], key) != 0)
		return ERR_NOT_FOUND;
	version = visible(rows->list[at], read->transaction);
	if (version == NULL)
		return ERR_NOT_FOUND;
	*value = bytes_of(version->value, version->len);
	return ERR_OK;
}

enum err store_seek(struct store_read *read, enum table table, struct bytes from,
		    bool is_backwards, struct bytes *key, struct bytes *value)
{
	const struct rows *rows = &read->store->rows[table];
	size_t at = lower(rows, from);

	if (is_backwards && (at == rows->count || compare(rows->list[at], from) != 0))
		at--; /* past the first it wraps, and is then >= count */
	while (at < rows->count) {
		const struct entry *entry = rows->list[at];
		const struct version *version = visible(entry, read->transaction);

		if (version != NULL) {
			*key = bytes_of(entry->key, entry->len);
			*value = bytes_of(version->value, version->len);
			return ERR_OK;
		}
		at = is_backwards ? at - 1 : at + 1;
	}
	return ERR_NOT_FOUND;
}

enum err store_count(struct store_read *read, enum table table, uint64_t max, uint64_t *out)
{
	struct bytes from = {NULL, 0}, key, value;
	uint8_t at[600];

	for (*out = 0; *out <= max; (*out)++) {
		if (store_seek(read, table, from, false, &key, &value) != ERR_OK)
			return ERR_OK;
		ASSERT(key.len < sizeof(at));
		memcpy(at, key.at, key.len);
		at[key.len] = 0;
		from = bytes_of(at, key.len + 1);
	}
	return ERR_OK;
}

uint64_t store_disk_free(const struct store *store)
{
	return store->is_full ? 0 : UINT64_C(1) << 40;
}

/* --- behind its back ----------------------------------------------------- */

void store_sim_replace(struct store *store, const struct store *with)
{
	struct store_write write = {.store = store};

	ASSERT(store->readers == NULL && !store->is_writing);
	empty(store);
	for (size_t t = 0; with != NULL && t < TABLE_COUNT; t++) {
		for (size_t i = 0; i < with->rows[t].count; i++) {
			const struct entry *entry = with->rows[t].list[i];
			const struct version *version = visible(entry, with->transaction);

			if (version != NULL)
				(void)add_version(&write, (enum table)t,
						  bytes_of(entry->key, entry->len),
						  bytes_of(version->value, version->len), false);
		}
	}
	store->transaction++;
	free(write.touched);
}

void store_size(struct store *store, uint64_t *used, uint64_t *disk_free)
{
	*used = store->used;
	*disk_free = store_disk_free(store);
}
