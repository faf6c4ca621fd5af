/* Records that are changed, swapped, dropped, moved, inserted or rolled back, in every table:
 * each that says something wrong is named, with its height.  STELE_RECORDS is how many of
 * them, STELE_SEED which; a table of what was done is printed where either is set. */
#include "ledger/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "ledger/ledger_internal.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/town.h"

#define ROUNDS 10
#define MIDDLE 12 /* height at which indexes are written, and whose rows come back */
#define CHANGES 364 /* four of each kind in each table */
#define ROWS_MAX 4096
#define IDS_MAX 256
#define NO_HEIGHT UINT64_MAX

enum kind { CHANGED, SWAPPED, DROPPED, MOVED, INSERTED, ROLLED_BACK, TABLE_ROLLED_BACK, KINDS };
static const char *const kind_names[KINDS] = {"changed",  "swapped",     "dropped",   "moved",
					      "inserted", "rolled back", "table back"};
static const char *const table_names[TABLE_COUNT] = {
	[TABLE_META] = "meta",		   [TABLE_BLOCK] = "block",
	[TABLE_BLOCK_HASH] = "block-hash", [TABLE_LEAF] = "leaf",
	[TABLE_ATTACHMENT] = "attachment", [TABLE_TILE] = "tile",
	[TABLE_VALUE] = "value",	   [TABLE_REJECTED] = "rejected",
	[TABLE_UNDO] = "undo",		   [TABLE_PARCEL] = "parcel",
	[TABLE_TX] = "tx",		   [TABLE_CHANGE] = "change",
	[TABLE_HISTORY] = "history",	   [TABLE_RECORD] = "record"};

struct row {
	uint8_t *key, *value; /* value NULL: the row is to be taken away */
	size_t key_len, value_len;
};

struct rows {
	struct row list[ROWS_MAX];
	size_t count;
};

struct past {
	struct town *town;
	struct rows now[TABLE_COUNT];
	struct rows then[TABLE_COUNT]; /* at height MIDDLE */
	uint64_t log_next[64], value_next[64]; /* after each height */
	uint64_t heights;
	struct stored_id ids[IDS_MAX];
	size_t ids_count;
	struct rng rng;
};

/* --- a ledger with rows in every table ------------------------------------------ */

static struct tx *batch(struct town *town, uint64_t first)
{
	Stele__ContentBatch record = STELE__CONTENT_BATCH__INIT;
	Stele__BatchEntries entries = STELE__BATCH_ENTRIES__INIT;
	Stele__TransactionBody body = world_body(OP(CONTENT_BATCH), &record);
	struct ledger_tip tip;

	ledger_tip(town->ledger, &tip);
	town->world->time_ms = tip.time_ms;
	entries.n_entries = 2;
	entries.entries = make_memory(2 * sizeof(*entries.entries));
	for (uint64_t i = 0; i < 2; i++) {
		Stele__BatchEntry *entry = make_memory(sizeof(*entry));

		*entry = (Stele__BatchEntry)STELE__BATCH_ENTRY__INIT;
		entry->sha256 = world_hash(first + i);
		entry->size = 1 + i;
		entry->media_type = (char *)"text/plain";
		entries.entries[i] = entry;
	}
	return world_tx(town->world, LAB_1, &body, &entries);
}

static void height_note(struct past *past)
{
	struct ledger_tip tip;

	ledger_tip(past->town->ledger, &tip);
	past->heights = tip.height;
	past->log_next[tip.height] = tip.log_size;
	past->value_next[tip.height] = past->town->ledger->tip.value_next;
}

static void table_take(struct rows *rows, struct store_read *read, enum table table)
{
	uint8_t from[512] = {0};
	size_t len = 0;
	struct bytes key, value;

	rows->count = 0;
	while (store_seek(read, table, bytes_of(from, len), false, &key, &value) == ERR_OK) {
		struct row *row = &rows->list[rows->count++];

		ck_assert_uint_lt(rows->count, ROWS_MAX);
		*row = (struct row){malloc(key.len + 1), malloc(value.len + 1), key.len, value.len};
		memcpy(row->key, key.at, key.len);
		memcpy(row->value, value.at, value.len);
		memcpy(from, key.at, key.len);
		from[key.len] = 0;
		len = key.len + 1;
	}
}

static void tables_take(struct past *past, struct rows *tables)
{
	struct store_read *read;

	ck_assert_int_eq(store_read_begin(past->town->store, &read), ERR_OK);
	for (enum table table = 0; table < TABLE_COUNT; table++)
		table_take(&tables[table], read, table);
	store_read_end(read);
}

static enum err id_take(void *context, const struct stored_id *id)
{
	struct past *past = context;

	ck_assert_uint_lt(past->ids_count, IDS_MAX);
	past->ids[past->ids_count++] = *id;
	return ERR_OK;
}

static void ids_take(struct past *past)
{
	struct store_read *read;

	ck_assert_int_eq(store_read_begin(past->town->store, &read), ERR_OK);
	for (uint64_t h = 0; h <= past->heights; h++)
		ck_assert_int_eq(ledger_each_id(read, h, 0, id_take, past), ERR_OK);
	store_read_end(read);
	ck_assert_uint_gt(past->ids_count, 0);
}

static void decide_evidence(struct town *town, uint32_t validator, uint64_t view)
{
	struct ledger_committed committed;
	struct town_block block;
	struct bytes bytes;
	struct buf text;

	buf_init(&text, LIMIT_EVIDENCE_BYTES);
	town_evidence(town, validator, EVIDENCE_E1, view, &text);
	bytes = buf_bytes(&text);
	town_build_with(town, town->ledger, NULL, &bytes, 1, NULL, 0, &block);
	town_commit(town, town->ledger, &block, &committed);
	town_block_release(&block);
	buf_release(&text);
}

static void middle_of(struct past *past)
{
	struct ledger *ledger = past->town->ledger;

	ck_assert_int_eq(index_block_done(ledger->index, past->heights, true), ERR_OK);
	ck_assert_int_eq(history_block_done(ledger->history, true), ERR_OK);
	tables_take(past, past->then);
}

static struct past *past_new(void)
{
	struct past *past = calloc(1, sizeof(*past));
	struct town *town = past->town = town_new();
	struct ledger_committed committed;
	struct tx *create = town_tx(town, FUNDER, OP(PROGRAMME_CREATE), make_programme());

	height_note(past);
	town_decide(town, &create, 1, &committed);
	height_note(past);
	for (uint64_t i = 0; i < ROUNDS; i++) {
		struct tx *txs[4] = {town_tx(town, AGENCY, OP(AWARD_GRANT), make_grant(1 + i % 5)),
				     town_tx(town, LAB_1, OP(AWARD_ACCEPT),
					     make_accept(i < 7 ? 90 : i - 6)),
				     town_anchor(town, i), batch(town, 1000 + 2 * i)};

		town_decide(town, txs, 4, &committed);
		height_note(past);
		if (i % 3 == 1)
			decide_evidence(town, (uint32_t)(i / 3), 5 + i);
		else
			town_decide(town, NULL, 0, &committed);
		height_note(past);
		if (past->heights >= MIDDLE && past->then[TABLE_META].count == 0)
			middle_of(past);
	}
	tables_take(past, past->now);
	ids_take(past);
	return past;
}

static void rows_free(struct rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		free(rows->list[i].key);
		free(rows->list[i].value);
	}
}

static void past_free(struct past *past)
{
	for (enum table table = 0; table < TABLE_COUNT; table++) {
		rows_free(&past->now[table]);
		rows_free(&past->then[table]);
	}
	town_free(past->town);
	free(past);
}

/* --- where a row belongs ---------------------------------------------------------- */

static uint64_t height_by(const uint64_t *nexts, uint64_t heights, uint64_t number)
{
	uint64_t height = 0;

	while (height < heights && nexts[height] <= number)
		height++;
	return height;
}

/* NO_HEIGHT: the row is of no one height. */
static uint64_t height_of_row(const struct past *past, enum table table, const struct row *row)
{
	uint64_t number = row->key_len >= 8 ? load_u64(row->key) : 0;
	struct row_history history;
	struct row_tx tx;

	switch (table) {
	case TABLE_BLOCK:
	case TABLE_REJECTED:
	case TABLE_PARCEL:
	case TABLE_UNDO:
		return number;
	case TABLE_BLOCK_HASH:
		return load_u64(row->value);
	case TABLE_LEAF:
	case TABLE_ATTACHMENT:
	case TABLE_CHANGE:
		return height_by(past->log_next, past->heights, number);
	case TABLE_VALUE:
		return height_by(past->value_next, past->heights, number);
	case TABLE_TX:
		ck_assert_int_eq(row_tx_decode(&tx, bytes_of(row->value, row->value_len)), ERR_OK);
		return tx.height;
	case TABLE_HISTORY:
		ck_assert_int_eq(row_history_decode(&history, bytes_of(row->value, row->value_len)),
				 ERR_OK);
		return height_by(past->log_next, past->heights, history.log_index);
	case TABLE_META:
	case TABLE_TILE:
	case TABLE_RECORD:
	case TABLE_COUNT:
		break;
	}
	return NO_HEIGHT;
}

/* --- changes ------------------------------------------------------------------------- */

/* Rows as they are put, or taken away; the heights that may be named. */
struct change {
	enum table table;
	struct row edits[ROWS_MAX * 2];
	size_t count;
	uint64_t height; /* NO_HEIGHT: any */
	uint64_t other;  /* may be named as well: where a row that was moved claims to be now */
};

static void edit(struct change *change, const struct row *key, const uint8_t *value,
		 size_t value_len)
{
	struct row *row = &change->edits[change->count++];

	*row = (struct row){malloc(key->key_len + 1), NULL, key->key_len, value_len};
	memcpy(row->key, key->key, key->key_len);
	if (value == NULL)
		return;
	row->value = malloc(value_len + 1);
	memcpy(row->value, value, value_len);
}

static const struct row *find(const struct rows *rows, const struct row *key)
{
	for (size_t i = 0; i < rows->count; i++) {
		const struct row *row = &rows->list[i];

		if (row->key_len == key->key_len && memcmp(row->key, key->key, key->key_len) == 0)
			return row;
	}
	return NULL;
}

static bool same_value(const struct row *a, const struct row *b)
{
	return a->value_len == b->value_len && memcmp(a->value, b->value, a->value_len) == 0;
}

static const struct row *any_row(struct past *past, const struct rows *rows)
{
	return &rows->list[rng_below(&past->rng, rows->count)];
}

static void flip(struct past *past, uint8_t *at, size_t len)
{
	at[rng_below(&past->rng, len)] ^= (uint8_t)(1u << rng_below(&past->rng, 8));
}

/* A key that no row has, near one that is there. */
static bool other_key(struct past *past, const struct rows *rows, struct row *key)
{
	for (int tries = 0; tries < 20; tries++) {
		flip(past, key->key, key->key_len);
		if (find(rows, key) == NULL)
			return true;
	}
	return false;
}

static bool swap(struct past *past, struct change *change, const struct rows *rows)
{
	const struct row *one = any_row(past, rows), *two = any_row(past, rows);
	uint64_t other = height_of_row(past, change->table, two);

	if (same_value(one, two))
		return false;
	edit(change, one, two->value, two->value_len);
	edit(change, two, one->value, one->value_len);
	change->height = height_of_row(past, change->table, one);
	if (other < change->height)
		change->height = other;
	return true;
}

/* is_move: the row with its old key goes. */
static bool insert(struct past *past, struct change *change, const struct rows *rows, bool is_move)
{
	const struct row *row = any_row(past, rows);
	struct row key = {malloc(row->key_len + 1), NULL, row->key_len, 0};
	bool is_new;

	memcpy(key.key, row->key, row->key_len);
	is_new = other_key(past, rows, &key);
	if (is_new)
		edit(change, &key, row->value, row->value_len);
	if (is_new && is_move)
		edit(change, row, NULL, 0);
	if (is_new)
		change->other = height_of_row(past, change->table, &change->edits[0]);
	if (change->other > past->heights) /* rows of undo are named where they would be next */
		change->other = past->heights + (change->table == TABLE_UNDO);
	free(key.key);
	change->height = is_move || change->table == TABLE_TILE
				 ? height_of_row(past, change->table, row)
				 : change->other;
	return is_new;
}

/* The row as it was at an earlier height. */
static bool roll_back(struct past *past, struct change *change, const struct rows *rows)
{
	const struct row *row = any_row(past, rows);
	const struct row *then = find(&past->then[change->table], row);

	if (then != NULL && same_value(then, row))
		return false;
	edit(change, row, then != NULL ? then->value : NULL, then != NULL ? then->value_len : 0);
	change->height = height_of_row(past, change->table, row);
	return true;
}

static bool table_roll_back(struct past *past, struct change *change, const struct rows *rows)
{
	const struct rows *then = &past->then[change->table];

	for (size_t i = 0; i < rows->count; i++) {
		const struct row *old = find(then, &rows->list[i]);

		if (old == NULL)
			edit(change, &rows->list[i], NULL, 0);
		else if (!same_value(old, &rows->list[i]))
			edit(change, old, old->value, old->value_len);
	}
	for (size_t i = 0; i < then->count; i++) {
		if (find(rows, &then->list[i]) == NULL)
			edit(change, &then->list[i], then->list[i].value, then->list[i].value_len);
	}
	change->height = NO_HEIGHT;
	return change->count > 0;
}

/* False: this kind of change says nothing else than the table did. */
static bool change_make(struct past *past, struct change *change, enum kind kind)
{
	const struct rows *rows = &past->now[change->table];
	const struct row *row = any_row(past, rows);

	change->count = 0;
	change->other = NO_HEIGHT;
	change->height = height_of_row(past, change->table, row);
	switch (kind) {
	case CHANGED:
		if (row->value_len == 0)
			return false;
		edit(change, row, row->value, row->value_len);
		flip(past, change->edits[0].value, row->value_len);
		return true;
	case SWAPPED:
		return swap(past, change, rows);
	case DROPPED:
		edit(change, row, NULL, 0);
		return true;
	case MOVED:
	case INSERTED:
		return insert(past, change, rows, kind == MOVED);
	case ROLLED_BACK:
		return roll_back(past, change, rows);
	case TABLE_ROLLED_BACK:
		return table_roll_back(past, change, rows);
	case KINDS:
		break;
	}
	return false;
}

static void rows_put(struct past *past, enum table table, const struct row *rows, size_t count)
{
	struct store_write *write;

	ck_assert_int_eq(store_write_begin(past->town->store, &write), ERR_OK);
	for (size_t i = 0; i < count; i++) {
		struct bytes key = bytes_of(rows[i].key, rows[i].key_len);

		ck_assert_int_eq(rows[i].value == NULL
					 ? store_delete(write, table, key)
					 : store_put(write, table, key,
						     bytes_of(rows[i].value, rows[i].value_len), false),
				 ERR_OK);
	}
	ck_assert_int_eq(store_commit(write), ERR_OK);
}

static void undo(struct past *past, struct change *change)
{
	for (size_t i = 0; i < change->count; i++) {
		const struct row *sound = find(&past->now[change->table], &change->edits[i]);
		struct row back = change->edits[i];

		if (sound != NULL)
			back = *sound;
		else
			back.value = NULL;
		rows_put(past, change->table, &back, 1);
		free(change->edits[i].key);
		free(change->edits[i].value);
	}
}

/* --- verifying ------------------------------------------------------------------------- */

static enum err verify(struct past *past, struct verify_report *report)
{
	char *scratch = unit_folder();
	struct verify_order order = {.genesis = past->town->world->genesis,
				     .genesis_text = buf_bytes(&past->town->genesis_text),
				     .scratch = scratch};
	enum err err = verify_ledger(past->town->store, &order, report);

	free(scratch);
	return err;
}

/* Whether META "index" would say what is so: for each first byte of an id a height up to
 * which the table has all ids, and above which it has none.  Where no block between two
 * heights has such an id, both are right. */
static bool index_is_right(const struct past *past, const struct row *index)
{
	uint64_t heights[256];

	for (size_t i = 0; i < 256; i++) {
		heights[i] = load_u64(index->value + 8 * i);
		if (heights[i] > past->heights)
			return false;
	}
	for (size_t i = 0; i < past->ids_count; i++) {
		const struct stored_id *id = &past->ids[i];
		struct row key = {(uint8_t *)id->id.b, NULL, sizeof(id->id.b), 0};
		bool is_there = find(&past->now[TABLE_TX], &key) != NULL;

		if (is_there != (id->place.height <= heights[id->id.b[0]]))
			return false;
	}
	return true;
}

static bool change_is_right(const struct past *past, const struct change *change, enum kind kind)
{
	const struct row *row = &change->edits[0];

	return change->table == TABLE_META && kind == CHANGED &&
	       bytes_equal(bytes_of(row->key, row->key_len), bytes_text(META_INDEX)) &&
	       index_is_right(past, row);
}

/* False: the change says nothing wrong, and verifying found nothing. */
static bool change_is_named(struct past *past, struct change *change, enum kind kind)
{
	struct verify_report report;
	enum err err;

	rows_put(past, change->table, change->edits, change->count);
	err = verify(past, &report);
	if (change_is_right(past, change, kind)) {
		ck_assert_int_eq(err, ERR_OK);
		undo(past, change);
		return false;
	}
	ck_assert_msg(err == ERR_STORE_DAMAGED ||
			      (change->table == TABLE_META &&
			       (err == ERR_STORE_CHAIN || err == ERR_STORE_FORMAT)),
		      "a row of %s %s: %s", table_names[change->table], kind_names[kind], err_name(err));
	ck_assert_msg(err != ERR_STORE_DAMAGED || change->height == NO_HEIGHT ||
			      report.bad_height == change->height ||
			      report.bad_height == change->other,
		      "a row of %s %s at height %llu is named at %llu: %s", table_names[change->table],
		      kind_names[kind], (unsigned long long)change->height,
		      (unsigned long long)report.bad_height, report.what);
	undo(past, change);
	return true;
}

static uint64_t number_of(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

static void tally_print(uint64_t tally[TABLE_COUNT][KINDS])
{
	printf("%-10s", "named");
	for (enum kind kind = 0; kind < KINDS; kind++)
		printf(" %11s", kind_names[kind]);
	for (enum table table = 0; table < TABLE_RECORD; table++) {
		printf("\n%-10s", table_names[table]);
		for (enum kind kind = 0; kind < KINDS; kind++)
			printf(" %11llu", (unsigned long long)tally[table][kind]);
	}
	printf("\n");
}

UNIT_TEST(verify_names_whatever_became_of_a_record)
{
	static uint64_t tally[TABLE_COUNT][KINDS];
	struct past *past = past_new();
	struct change *change = calloc(1, sizeof(*change));
	struct verify_report report;
	uint64_t changes = number_of("STELE_RECORDS", CHANGES);

	rng_init(&past->rng, number_of("STELE_SEED", 1));
	for (enum table table = 0; table < TABLE_RECORD; table++)
		ck_assert_msg(past->now[table].count > 0, "%s has no rows", table_names[table]);
	ck_assert_int_eq(verify(past, &report), ERR_OK);
	ck_assert_uint_eq(report.executed, past->heights);
	for (uint64_t i = 0; i < changes; i++) {
		enum kind kind = (enum kind)(i % KINDS);

		change->table = (enum table)(i / KINDS % TABLE_RECORD);
		if (change_make(past, change, kind) && change_is_named(past, change, kind))
			tally[change->table][kind]++;
	}
	ck_assert_int_eq(verify(past, &report), ERR_OK);
	if (getenv("STELE_RECORDS") != NULL || getenv("STELE_SEED") != NULL)
		tally_print(tally);
	free(change);
	past_free(past);
}

UNIT_MAIN("verify_records", verify_names_whatever_became_of_a_record)
