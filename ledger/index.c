#include "ledger/index.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/keyed.h"

#define HASH_FUNCTION(at, len, out) ((out) = (unsigned)keyed_hash(at, len))
#define uthash_fatal(text) assert_failed("memory for a hash table", __FILE__, __LINE__)
#include <uthash.h>

struct entry {
	UT_hash_handle hh;
	struct hash id;
	struct row_tx place;
};

struct index {
	struct store *store;
	pthread_mutex_t lock;
	struct entry *tail;
	uint64_t height;      /* of the table */
	uint64_t tail_height; /* of table and tail */
};

struct index *index_new(struct store *store, uint64_t height)
{
	struct index *index = calloc(1, sizeof(*index));

	if (index == NULL)
		return NULL;
	index->store = store;
	index->height = height;
	index->tail_height = height;
	pthread_mutex_init(&index->lock, NULL);
	return index;
}

static void tail_clear(struct index *index)
{
	struct entry *at = index->tail;

	HASH_CLEAR(hh, index->tail);
	while (at != NULL) {
		struct entry *next = at->hh.next;

		free(at);
		at = next;
	}
}

void index_free(struct index *index)
{
	if (index == NULL)
		return;
	tail_clear(index);
	pthread_mutex_destroy(&index->lock);
	free(index);
}

uint64_t index_height(const struct index *index)
{
	return index->height;
}

enum err index_add(struct index *index, const struct hash *id, const struct row_tx *place)
{
	struct entry *entry = malloc(sizeof(*entry));

	if (entry == NULL)
		return ERR_MEMORY;
	entry->id = *id;
	entry->place = *place;
	pthread_mutex_lock(&index->lock);
	HASH_ADD(hh, index->tail, id, sizeof(entry->id), entry);
	pthread_mutex_unlock(&index->lock);
	return ERR_OK;
}

static int by_id(const struct entry *a, const struct entry *b)
{
	return hash_compare(&a->id, &b->id);
}

static enum err tail_write(const struct index *index, struct store_write *write)
{
	uint8_t height[8];
	enum err err = ERR_OK;

	for (const struct entry *at = index->tail; at != NULL && err == ERR_OK; at = at->hh.next) {
		uint8_t row[ROW_TX_BYTES];

		row_tx_encode(row, &at->place);
		err = store_put(write, TABLE_TX, bytes_of(at->id.b, sizeof(at->id.b)),
				bytes_of(row, sizeof(row)), false);
	}
	store_u64(height, index->tail_height);
	if (err == ERR_OK)
		err = store_put(write, TABLE_META, bytes_text(META_INDEX),
				bytes_of(height, sizeof(height)), false);
	return err;
}

/* Finders see the tail until the table has it. */
static enum err flush(struct index *index)
{
	struct store_write *write;
	enum err err = store_write_begin(index->store, &write);

	if (err != ERR_OK)
		return err;
	pthread_mutex_lock(&index->lock);
	HASH_SORT(index->tail, by_id);
	pthread_mutex_unlock(&index->lock);
	err = tail_write(index, write);
	if (err != ERR_OK) {
		store_abort(write);
		return err;
	}
	err = store_commit(write);
	if (err != ERR_OK)
		return err;
	pthread_mutex_lock(&index->lock);
	tail_clear(index);
	index->height = index->tail_height;
	pthread_mutex_unlock(&index->lock);
	return ERR_OK;
}

enum err index_block_done(struct index *index, uint64_t height, bool must_write)
{
	enum err err;

	index->tail_height = height;
	if (!must_write && HASH_COUNT(index->tail) < INDEX_TAIL_MAX)
		return ERR_OK;
	if (index->height == height)
		return ERR_OK;
	err = flush(index);
	return err == ERR_DISK_LOW && !must_write ? ERR_OK : err;
}

static enum err table_find(struct store_read *read, const struct hash *id, struct row_tx *out)
{
	struct bytes row;
	enum err err = store_get(read, TABLE_TX, bytes_of(id->b, sizeof(id->b)), &row);

	return err == ERR_OK ? row_tx_decode(out, row) : err;
}

/* Tail, then the reader's table, then the newest table: whatever left the tail
 * between the first look and now is in the last one. */
enum err index_find(struct index *index, struct store_read *read, const struct hash *id,
		    struct row_tx *out)
{
	struct store_read *newest;
	struct entry *entry;
	enum err err;

	pthread_mutex_lock(&index->lock);
	HASH_FIND(hh, index->tail, id->b, sizeof(id->b), entry);
	if (entry != NULL)
		*out = entry->place;
	pthread_mutex_unlock(&index->lock);
	if (entry != NULL)
		return ERR_OK;
	err = table_find(read, id, out);
	if (err != ERR_NOT_FOUND)
		return err;
	err = store_read_newest(read, &newest);
	if (err != ERR_OK)
		return err;
	err = table_find(newest, id, out);
	store_read_end(newest);
	return err;
}
