#include "node/journal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mutant.h"
#include "node/pump.h"
#include "node/reservation.h"
#include "node/room.h"

#define KEY_BYTES 49 /* u8 kind | u64be epoch | u64be view | tag */
#define BATCH_BYTES_MAX ((size_t)1 << 30)

struct key {
	uint8_t b[KEY_BYTES];
};

struct op {
	struct key key;
	bool is_delete;
	size_t at, len; /* of the value, in batch->values */
};

struct batch {
	struct op *ops;
	size_t ops_count, ops_room;
	uint64_t *sequences; /* to be told */
	size_t sequences_count, sequences_room;
	struct buf values;
	struct reservation reservation; /* stamp 0: none among them */
};

struct journal {
	struct batch *waiting;
	struct batch *refused; /* for want of room: goes before all that waits */
	bool is_writing;
	/* keys of the core's per-view records, so that forgetting needs no read */
	struct key *live;
	size_t live_count, live_room;
	struct record *records;
	struct bytes records_memory;
	size_t records_count, records_room;
};

struct write_job {
	struct job job;
	struct store *store;
	struct batch *batch;
	enum err result;
};

static struct key key_of(enum record_kind kind, uint64_t epoch, uint64_t view,
			 const struct hash *tag)
{
	struct key key;

	key.b[0] = (uint8_t)kind;
	store_u64(key.b + 1, epoch);
	store_u64(key.b + 9, view);
	memcpy(key.b + 17, tag->b, 32);
	return key;
}

/* Room for one more element. */
static void *room_for(void *list, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return list;
	*room = *room == 0 ? 16 : *room * 2;
	list = realloc(list, *room * size);
	ASSERT(list != NULL);
	return list;
}

static struct batch *batch_new(void)
{
	struct batch *batch = pump_alloc(1, sizeof(*batch));

	buf_init(&batch->values, BATCH_BYTES_MAX);
	return batch;
}

static void batch_free(struct batch *batch)
{
	if (batch == NULL)
		return;
	free(batch->ops);
	free(batch->sequences);
	buf_release(&batch->values);
	free(batch);
}

static struct op *batch_op(struct batch *batch)
{
	batch->ops = room_for(batch->ops, batch->ops_count, &batch->ops_room, sizeof(*batch->ops));
	batch->ops[batch->ops_count] = (struct op){.is_delete = false};
	return &batch->ops[batch->ops_count++];
}

static bool is_per_view(uint8_t kind)
{
	return kind == RECORD_OWN || kind == RECORD_CERTIFICATE || kind == RECORD_BLOCK;
}

static void live_add(struct journal *journal, const struct key *key)
{
	if (!is_per_view(key->b[0]))
		return;
	for (size_t i = 0; i < journal->live_count; i++) {
		if (memcmp(&journal->live[i], key, KEY_BYTES) == 0)
			return;
	}
	journal->live = room_for(journal->live, journal->live_count, &journal->live_room,
				 sizeof(*journal->live));
	journal->live[journal->live_count++] = *key;
}

/* --- reading at the start ------------------------------------------------ */

static enum err record_load(struct journal *journal, struct bytes key, struct bytes value)
{
	struct cursor cursor = cursor_of(key);
	struct record *record;
	struct key copy;

	if (key.len != KEY_BYTES || key.at[0] < RECORD_OWN || key.at[0] > RECORD_RESERVATION)
		return ERR_STORE_DAMAGED;
	journal->records = room_for(journal->records, journal->records_count,
				    &journal->records_room, sizeof(*journal->records));
	record = &journal->records[journal->records_count++];
	record->kind = (enum record_kind)cursor_u8(&cursor);
	record->epoch = cursor_u64(&cursor);
	record->view = cursor_u64(&cursor);
	cursor_hash(&cursor, &record->tag);
	record->data = pump_copy(value);
	memcpy(copy.b, key.at, KEY_BYTES);
	live_add(journal, &copy);
	return ERR_OK;
}

static enum err load_all(struct journal *journal, struct store *store)
{
	struct store_read *read;
	struct bytes key, value;
	uint8_t from[KEY_BYTES + 1] = {0};
	size_t from_len = 1;
	enum err err = store_read_begin(store, &read);

	if (err)
		return err;
	for (;;) {
		err = store_seek(read, TABLE_RECORD, bytes_of(from, from_len), false, &key, &value);
		if (err)
			break;
		err = record_load(journal, key, value);
		if (err)
			break;
		/* the smallest key above this one */
		memcpy(from, key.at, KEY_BYTES);
		from[KEY_BYTES] = 0;
		from_len = KEY_BYTES + 1;
	}
	store_read_end(read);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err journal_open(struct journal **out, struct node *node)
{
	struct journal *journal = pump_alloc(1, sizeof(*journal));
	enum err err = load_all(journal, node->config.journal_store);

	if (err) {
		journal_free(journal);
		return err;
	}
	journal->waiting = batch_new();
	*out = journal;
	return ERR_OK;
}

void journal_free(struct journal *journal)
{
	if (journal == NULL)
		return;
	journal_records_drop(journal);
	batch_free(journal->waiting);
	batch_free(journal->refused);
	free(journal->live);
	free(journal);
}

const struct record *journal_records(const struct journal *journal, size_t *count)
{
	*count = journal->records_count;
	return journal->records;
}

void journal_records_drop(struct journal *journal)
{
	for (size_t i = 0; i < journal->records_count; i++)
		free((void *)(uintptr_t)journal->records[i].data.at);
	free(journal->records);
	journal->records = NULL;
	journal->records_count = journal->records_room = 0;
}

/* --- writing ------------------------------------------------------------- */

void journal_add(struct node *node, const struct record *record)
{
	struct batch *batch = node->journal->waiting;
	struct op *op = batch_op(batch);

	op->key = key_of(record->kind, record->epoch, record->view, &record->tag);
	op->at = batch->values.len;
	op->len = record->data.len;
	buf_add_bytes(&batch->values, record->data);
	ASSERT(!batch->values.has_failed);
	live_add(node->journal, &op->key);
}

void journal_put(struct node *node, const struct record *record, uint64_t sequence)
{
	struct batch *batch = node->journal->waiting;

	journal_add(node, record);
	batch->sequences = room_for(batch->sequences, batch->sequences_count,
				    &batch->sequences_room, sizeof(*batch->sequences));
	batch->sequences[batch->sequences_count++] = sequence;
	if (record->kind == RECORD_RESERVATION)
		ASSERT(reservation_decode(&batch->reservation, record->data));
}

void journal_delete(struct node *node, enum record_kind kind, uint64_t epoch, uint64_t view,
		    const struct hash *tag)
{
	struct op *op = batch_op(node->journal->waiting);

	op->key = key_of(kind, epoch, view, tag);
	op->is_delete = true;
}

void journal_forget(struct node *node, uint64_t epoch, uint64_t view)
{
	struct journal *journal = node->journal;
	struct hash last;
	size_t kept = 0;

	memset(last.b, 0xff, sizeof(last.b));
	for (size_t i = 0; i < journal->live_count; i++) {
		struct key *key = &journal->live[i];
		struct key end = key_of((enum record_kind)key->b[0], epoch, view, &last);

		if (memcmp(key, &end, KEY_BYTES) <= 0) {
			struct op *op = batch_op(journal->waiting);

			op->key = *key;
			op->is_delete = true;
		} else {
			journal->live[kept++] = *key;
		}
	}
	journal->live_count = kept;
}

static enum err write_ops(struct store_write *write, const struct batch *batch)
{
	for (size_t i = 0; i < batch->ops_count; i++) {
		const struct op *op = &batch->ops[i];
		struct bytes key = bytes_of(op->key.b, KEY_BYTES);
		struct bytes value = {NULL, 0};
		enum err err;

		if (op->len > 0)
			value = bytes_of(batch->values.at + op->at, op->len);
		if (op->is_delete)
			err = store_delete(write, TABLE_RECORD, key);
		else
			err = store_put(write, TABLE_RECORD, key, value, false);
		if (err)
			return err;
	}
	return ERR_OK;
}

static void write_run(struct job *at)
{
	struct write_job *job = (struct write_job *)at;
	struct store_write *write;

	job->result = store_write_begin(job->store, &write);
	if (job->result)
		return;
	job->result = write_ops(write, job->batch);
	if (job->result) {
		store_abort(write);
		return;
	}
	job->result = store_commit(write);
}

static void write_done(struct job *at)
{
	struct write_job *job = (struct write_job *)at;
	struct node *node = job->job.node;

	node->journal->is_writing = false;
	if (job->result == ERR_DISK_LOW) {
		node->journal->refused = job->batch;
		job->batch = NULL;
		room_refused(node);
		return;
	}
	if (job->result && !mutant_on("failed_write_ignored")) {
		pump_stop(node, job->result, "the journal could not be written");
		return;
	}
	node->counters.journal_writes++;
	for (size_t i = 0; i < job->batch->sequences_count && !node->is_stopped; i++) {
		struct event event = {.kind = EVENT_DURABLE, .sequence = job->batch->sequences[i]};

		(void)pump_event(node, &event);
	}
	if (job->batch->reservation.stamp > 0 && !node->is_stopped)
		reservation_write(node, &job->batch->reservation);
}

static void write_release(struct job *at)
{
	struct write_job *job = (struct write_job *)at;

	batch_free(job->batch);
	free(job);
}

void journal_flush(struct node *node)
{
	struct journal *journal = node->journal;
	struct write_job *job;

	if (journal->is_writing ||
	    (journal->refused == NULL && journal->waiting->sequences_count == 0))
		return;
	job = pump_alloc(1, sizeof(*job));
	job->job = (struct job){.run = write_run, .done = write_done, .release = write_release};
	job->store = node->config.journal_store;
	job->batch = journal->refused;
	journal->refused = NULL;
	if (job->batch == NULL) {
		job->batch = journal->waiting;
		journal->waiting = batch_new();
	}
	journal->is_writing = true;
	job_start(node, IO_LANE_JOURNAL, &job->job);
}
