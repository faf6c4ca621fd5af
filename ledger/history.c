#include "ledger/history.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	char *object;
	struct row_history row;
	uint64_t number; /* while it is written */
};

struct history {
	struct store *store;
	pthread_mutex_t lock; /* of the tail, for who reads it elsewhere */
	struct entry *tail;   /* of each object ascending by log index */
	size_t count;
	size_t max;
};

struct history *history_new(struct store *store)
{
	struct history *history = calloc(1, sizeof(*history));

	if (history == NULL)
		return NULL;
	history->store = store;
	pthread_mutex_init(&history->lock, NULL);
	return history;
}

static void tail_clear(struct history *history)
{
	for (size_t i = 0; i < history->count; i++)
		free(history->tail[i].object);
	history->count = 0;
}

void history_free(struct history *history)
{
	if (history == NULL)
		return;
	tail_clear(history);
	pthread_mutex_destroy(&history->lock);
	free(history->tail);
	free(history);
}

/* --- adding -------------------------------------------------------------------------- */

static enum err tail_add(struct history *history, struct bytes object, const struct row_history *row)
{
	char *copy;

	if (history->count == history->max) {
		size_t max = history->max == 0 ? 256 : history->max * 2;
		struct entry *tail = realloc(history->tail, max * sizeof(*tail));

		if (tail == NULL)
			return ERR_MEMORY;
		history->tail = tail;
		history->max = max;
	}
	copy = strndup((const char *)object.at, object.len);
	if (copy == NULL)
		return ERR_MEMORY;
	history->tail[history->count++] = (struct entry){.object = copy, .row = *row};
	return ERR_OK;
}

enum err history_add(struct history *history, uint64_t log_index, struct bytes row)
{
	struct row_change change;
	struct row_history to = {.log_index = log_index};
	struct bytes object;
	enum err err = row_change_decode(&change, row);

	to.motion = change.motion;
	pthread_mutex_lock(&history->lock);
	while (err == ERR_OK && row_change_next(&change, &object, &err))
		err = tail_add(history, object, &to);
	pthread_mutex_unlock(&history->lock);
	return err;
}

enum err history_load(struct history *history)
{
	struct row_key from = row_key_u64(0);
	struct store_read *read;
	struct bytes key, row;
	enum err err = store_read_begin(history->store, &read);

	if (err != ERR_OK)
		return err;
	for (;;) {
		err = store_seek(read, TABLE_CHANGE, row_key_bytes(&from), false, &key, &row);
		if (err == ERR_OK && key.len != 8)
			err = ERR_STORE_DAMAGED;
		if (err == ERR_OK)
			err = history_add(history, load_u64(key.at), row);
		if (err != ERR_OK)
			break;
		from = row_key_u64(load_u64(key.at) + 1);
	}
	store_read_end(read);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* --- writing ------------------------------------------------------------------------- */

static int by_object(const void *a, const void *b)
{
	const struct entry *one = a, *two = b;
	int order = strcmp(one->object, two->object);

	if (order != 0)
		return order;
	return one->row.log_index < two->row.log_index ? -1 : 1;
}

/* The last row that the table has of an object; number 0: none. */
static enum err last_find(struct store_read *read, const char *object, uint64_t *number,
			  struct row_history *row)
{
	uint8_t bytes[ROW_HISTORY_KEY_MAX];
	struct bytes key, value, found;
	enum err err = store_seek(read, TABLE_HISTORY,
				  row_history_key(bytes, bytes_text(object), UINT64_MAX), true, &key,
				  &value);

	*number = 0;
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	err = row_history_key_decode(key, &found, number);
	if (err == ERR_OK && !bytes_equal(found, bytes_text(object)))
		*number = 0;
	else if (err == ERR_OK)
		err = row_history_decode(row, value);
	return err;
}

/* Each object's records go on where the table ends. */
static enum err tail_number(struct history *history)
{
	struct row_history unused;
	struct store_read *read;
	uint64_t number = 0;
	enum err err = store_read_begin(history->store, &read);

	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < history->count && err == ERR_OK; i++) {
		struct entry *entry = &history->tail[i];

		if (i == 0 || strcmp(entry->object, history->tail[i - 1].object) != 0)
			err = last_find(read, entry->object, &number, &unused);
		entry->number = ++number;
	}
	store_read_end(read);
	return err;
}

static enum err tail_write(const struct history *history, struct store_write *write)
{
	enum err err = ERR_OK;

	for (size_t i = 0; i < history->count && err == ERR_OK; i++) {
		const struct entry *entry = &history->tail[i];
		struct row_key record = row_key_u64(entry->row.log_index);
		uint8_t key[ROW_HISTORY_KEY_MAX], row[ROW_HISTORY_BYTES];

		row_history_encode(row, &entry->row);
		err = store_put(write, TABLE_HISTORY,
				row_history_key(key, bytes_text(entry->object), entry->number),
				bytes_of(row, sizeof(row)), false);
		if (err == ERR_OK)
			err = store_delete(write, TABLE_CHANGE, row_key_bytes(&record));
	}
	return err;
}

/* Readers see the tail until the table has it. */
static enum err flush(struct history *history)
{
	struct store_write *write;
	enum err err;

	pthread_mutex_lock(&history->lock);
	qsort(history->tail, history->count, sizeof(*history->tail), by_object);
	pthread_mutex_unlock(&history->lock);
	err = tail_number(history);
	if (err == ERR_OK)
		err = store_write_begin(history->store, &write);
	if (err != ERR_OK)
		return err;
	err = tail_write(history, write);
	if (err != ERR_OK) {
		store_abort(write);
		return err;
	}
	err = store_commit(write);
	if (err != ERR_OK)
		return err;
	pthread_mutex_lock(&history->lock);
	tail_clear(history);
	pthread_mutex_unlock(&history->lock);
	return ERR_OK;
}

enum err history_block_done(struct history *history, bool must_write)
{
	enum err err;

	if (history->count == 0 || (!must_write && history->count < HISTORY_TAIL_MAX))
		return ERR_OK;
	err = flush(history);
	return err == ERR_DISK_LOW && !must_write ? ERR_OK : err;
}

/* --- one object ---------------------------------------------------------------------- */

struct history_list {
	struct store_read *newest;
	char *object;
	uint64_t in_table; /* rows of the table; the others are in the tail */
	struct row_history *tail;
	size_t tail_count;
	uint64_t count; /* of both, below the log size */
};

static enum err tail_copy(struct history *history, struct history_list *list)
{
	enum err err = ERR_OK;
	size_t max = 0;

	pthread_mutex_lock(&history->lock);
	for (size_t i = 0; i < history->count; i++)
		max += strcmp(history->tail[i].object, list->object) == 0;
	list->tail = calloc(max + 1, sizeof(*list->tail));
	if (list->tail == NULL)
		err = ERR_MEMORY;
	for (size_t i = 0; i < history->count && err == ERR_OK; i++) {
		if (strcmp(history->tail[i].object, list->object) == 0)
			list->tail[list->tail_count++] = history->tail[i].row;
	}
	pthread_mutex_unlock(&history->lock);
	return err;
}

/* What went to the table since the tail was looked at is in both. */
static enum err table_join(struct history_list *list)
{
	struct row_history last = {0};
	size_t both = 0;
	enum err err = last_find(list->newest, list->object, &list->in_table, &last);

	if (err != ERR_OK)
		return err;
	while (list->in_table > 0 && both < list->tail_count &&
	       list->tail[both].log_index <= last.log_index)
		both++;
	list->tail_count -= both;
	memmove(list->tail, list->tail + both, list->tail_count * sizeof(*list->tail));
	list->count = list->in_table + list->tail_count;
	return ERR_OK;
}

/* A reader does not see what was recorded after its state. */
static enum err later_cut(struct history_list *list, uint64_t log_size)
{
	struct row_history row;
	enum err err = ERR_OK;

	while (list->count > 0) {
		err = history_get(list, list->count, &row);
		if (err != ERR_OK || row.log_index < log_size)
			return err;
		list->count--;
	}
	return ERR_OK;
}

/* The tail first, then the newest table: whatever left the one before the first look is
 * in the other at the second. */
enum err history_open(struct history *history, struct store_read *read, const char *object,
		      uint64_t log_size, struct history_list **out)
{
	struct history_list *list = calloc(1, sizeof(*list));
	enum err err;

	if (list == NULL)
		return ERR_MEMORY;
	list->object = strdup(object);
	err = list->object == NULL ? ERR_MEMORY : tail_copy(history, list);
	if (err == ERR_OK)
		err = store_read_newest(read, &list->newest);
	if (err == ERR_OK)
		err = table_join(list);
	if (err == ERR_OK)
		err = later_cut(list, log_size);
	if (err != ERR_OK) {
		history_close(list);
		return err;
	}
	*out = list;
	return ERR_OK;
}

void history_close(struct history_list *list)
{
	if (list == NULL)
		return;
	if (list->newest != NULL)
		store_read_end(list->newest);
	free(list->object);
	free(list->tail);
	free(list);
}

uint64_t history_count(const struct history_list *list)
{
	return list->count;
}

enum err history_get(struct history_list *list, uint64_t number, struct row_history *out)
{
	uint8_t bytes[ROW_HISTORY_KEY_MAX];
	struct bytes value;
	enum err err;

	if (number == 0 || number > list->count)
		return ERR_NOT_FOUND;
	if (number > list->in_table) {
		*out = list->tail[number - list->in_table - 1];
		return ERR_OK;
	}
	err = store_get(list->newest, TABLE_HISTORY,
			row_history_key(bytes, bytes_text(list->object), number), &value);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
	return row_history_decode(out, value);
}
