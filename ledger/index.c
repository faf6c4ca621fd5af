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
	struct entry *next; /* of its part */
	struct hash id;
	struct row_tx place;
};

struct index {
	struct store *store;
	pthread_mutex_t lock;
	struct entry *tail;
	struct entry *parts[INDEX_PARTS]; /* the tail again */
	unsigned parts_next;              /* whose turn it is */
	struct index_heights heights;     /* of the table */
	uint64_t tail_height;             /* of table and tail */
	uint64_t records;                 /* of the log, about as many as ids there are */
};

static unsigned part_of(const struct hash *id)
{
	return id->b[0];
}

/* --- heights ------------------------------------------------------------- */

enum err index_heights_decode(struct index_heights *out, struct bytes row)
{
	if (row.len != 8 && row.len != sizeof(out->of))
		return ERR_STORE_DAMAGED;
	for (size_t i = 0; i < INDEX_PARTS; i++)
		out->of[i] = load_u64(row.at + (row.len == 8 ? 0 : 8 * i));
	return ERR_OK;
}

uint64_t index_heights_low(const struct index_heights *heights)
{
	uint64_t low = UINT64_MAX;

	for (size_t i = 0; i < INDEX_PARTS; i++)
		low = heights->of[i] < low ? heights->of[i] : low;
	return low;
}

uint64_t index_heights_high(const struct index_heights *heights)
{
	uint64_t high = 0;

	for (size_t i = 0; i < INDEX_PARTS; i++)
		high = heights->of[i] > high ? heights->of[i] : high;
	return high;
}

bool index_heights_cover(const struct index_heights *heights, const struct hash *id,
			 uint64_t height)
{
	return height <= heights->of[part_of(id)];
}

/* --- the tail ------------------------------------------------------------ */

struct index *index_new(struct store *store, const struct index_heights *heights)
{
	struct index *index = calloc(1, sizeof(*index));

	if (index == NULL)
		return NULL;
	index->store = store;
	index->heights = *heights;
	index->tail_height = index_heights_low(heights);
	pthread_mutex_init(&index->lock, NULL);
	return index;
}

void index_free(struct index *index)
{
	if (index == NULL)
		return;
	HASH_CLEAR(hh, index->tail);
	for (size_t i = 0; i < INDEX_PARTS; i++) {
		for (struct entry *at = index->parts[i], *next; at != NULL; at = next) {
			next = at->next;
			free(at);
		}
	}
	pthread_mutex_destroy(&index->lock);
	free(index);
}

uint64_t index_height(const struct index *index)
{
	return index_heights_low(&index->heights);
}

enum err index_add(struct index *index, const struct hash *id, const struct row_tx *place)
{
	struct entry **part = &index->parts[part_of(id)];
	struct entry *entry;

	if (place->is_accepted && place->place >= index->records)
		index->records = place->place + 1;
	if (index_heights_cover(&index->heights, id, place->height))
		return ERR_OK;
	entry = malloc(sizeof(*entry));
	if (entry == NULL)
		return ERR_MEMORY;
	entry->id = *id;
	entry->place = *place;
	entry->next = *part;
	*part = entry;
	pthread_mutex_lock(&index->lock);
	HASH_ADD(hh, index->tail, id, sizeof(entry->id), entry);
	pthread_mutex_unlock(&index->lock);
	return ERR_OK;
}

/* --- writing ------------------------------------------------------------- */

/* The parts first … end - 1 on their way to the table. */
struct step {
	unsigned first;
	unsigned end;
	struct entry **entries; /* ascending by id */
	size_t count;
};

static int by_id(const void *a, const void *b)
{
	return hash_compare(&(*(struct entry *const *)a)->id, &(*(struct entry *const *)b)->id);
}

static enum err step_make(const struct index *index, unsigned parts, struct step *out)
{
	size_t count = 0;

	out->first = index->parts_next;
	out->end = out->first + parts < INDEX_PARTS ? out->first + parts : INDEX_PARTS;
	for (unsigned i = out->first; i < out->end; i++) {
		for (struct entry *at = index->parts[i]; at != NULL; at = at->next)
			count++;
	}
	out->entries = calloc(count + 1, sizeof(struct entry *));
	if (out->entries == NULL)
		return ERR_MEMORY;
	out->count = 0;
	for (unsigned i = out->first; i < out->end; i++) {
		for (struct entry *at = index->parts[i]; at != NULL; at = at->next)
			out->entries[out->count++] = at;
	}
	qsort(out->entries, count, sizeof(struct entry *), by_id);
	return ERR_OK;
}

/* Up to which height the table is complete once the step is written. */
static uint64_t height_after(const struct index *index, const struct step *step, unsigned part)
{
	uint64_t before = index->heights.of[part];
	bool is_written = part >= step->first && part < step->end;

	return is_written && index->tail_height > before ? index->tail_height : before;
}

static enum err heights_write(const struct index *index, const struct step *step,
			      struct store_write *write)
{
	uint8_t row[8 * INDEX_PARTS];

	for (unsigned i = 0; i < INDEX_PARTS; i++)
		store_u64(row + (size_t)8 * i, height_after(index, step, i));
	return store_put(write, TABLE_META, bytes_text(META_INDEX), bytes_of(row, sizeof(row)),
			 false);
}

static enum err step_write(const struct index *index, const struct step *step)
{
	struct store_write *write;
	enum err err = store_write_begin(index->store, &write);

	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < step->count && err == ERR_OK; i++) {
		const struct entry *at = step->entries[i];
		uint8_t row[ROW_TX_BYTES];

		row_tx_encode(row, &at->place);
		err = store_put(write, TABLE_TX, bytes_of(at->id.b, sizeof(at->id.b)),
				bytes_of(row, sizeof(row)), false);
	}
	if (err == ERR_OK)
		err = heights_write(index, step, write);
	if (err == ERR_OK)
		return store_commit(write);
	store_abort(write);
	return err;
}

/* Finders saw the tail until the table had it. */
static void step_done(struct index *index, const struct step *step)
{
	pthread_mutex_lock(&index->lock);
	for (size_t i = 0; i < step->count; i++) {
		HASH_DEL(index->tail, step->entries[i]);
		free(step->entries[i]);
	}
	pthread_mutex_unlock(&index->lock);
	for (unsigned i = step->first; i < step->end; i++) {
		index->parts[i] = NULL;
		index->heights.of[i] = height_after(index, step, i);
	}
	index->parts_next = step->end % INDEX_PARTS;
}

static enum err flush(struct index *index, unsigned parts)
{
	struct step step;
	enum err err = step_make(index, parts, &step);

	if (err != ERR_OK)
		return err;
	err = step_write(index, &step);
	if (err == ERR_OK)
		step_done(index, &step);
	free(step.entries);
	return err;
}

enum err index_block_done(struct index *index, uint64_t height, bool must_write)
{
	uint64_t share = index->records / INDEX_TAIL_SHARE;
	uint64_t max = share > INDEX_TAIL_MAX ? share : INDEX_TAIL_MAX;
	unsigned parts = (unsigned)((uint64_t)INDEX_PARTS * INDEX_TAIL_MAX / max);
	enum err err = ERR_OK;

	index->tail_height = height;
	while (err == ERR_OK && !must_write && HASH_COUNT(index->tail) >= max)
		err = flush(index, parts > 0 ? parts : 1);
	while (err == ERR_OK && must_write && index_height(index) < height)
		err = flush(index, INDEX_PARTS);
	return err == ERR_DISK_LOW && !must_write ? ERR_OK : err;
}

/* --- finding ------------------------------------------------------------- */

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
