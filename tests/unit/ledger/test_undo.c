/* Older states: what a view of an older height gives is what was there then, and rows
 * that are gone, damaged or a stranger's are an error and nothing else. */
#include "ledger/undo.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "crypto/digest.h"
#include "ledger/verify_internal.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/town.h"

#define KEYS_MAX 4096
#define BLOCKS_MAX 200

/* What was true after each block, asked of the newest views of the time. */
struct past {
	char *keys[KEYS_MAX]; /* all that were ever put, in the order they were met */
	size_t keys_count;
	size_t known[BLOCKS_MAX]; /* keys of that time */
	struct hash values[BLOCKS_MAX];
	struct hash root[BLOCKS_MAX];
	uint64_t value_next; /* rows of TABLE_VALUE looked at */
};

/* The hash of what the view says of the keys, each proven under its root. */
static void values_digest(struct ledger_view *view, const struct past *past, size_t count,
			  struct hash *out)
{
	struct ledger_tip tip;
	struct smt_proof proof;
	struct buf all;

	ledger_view_tip(view, &tip);
	buf_init(&all, (size_t)64 << 20);
	for (size_t i = 0; i < count; i++) {
		const char *key = past->keys[i];
		struct hash key_hash, value_hash;
		struct bytes value = {NULL, 0};
		enum err err = view_value(view, key, &value);

		sha256(&key_hash, key, strlen(key));
		sha256(&value_hash, value.at, value.len);
		view_prove(view, key, &proof);
		ck_assert_msg(err == ERR_OK || err == ERR_NOT_FOUND, "%s at %llu: %d", key,
			      (unsigned long long)tip.height, (int)err);
		ck_assert_int_eq(err == ERR_OK ? smt_check_present(&proof, &key_hash, &value_hash,
								   &tip.state_root)
					       : smt_check_absent(&proof, &key_hash, &tip.state_root),
				 ERR_OK);
		buf_u8(&all, err == ERR_OK);
		buf_hash(&all, &value_hash);
	}
	ck_assert(!all.has_failed);
	sha256(out, all.at, all.len);
	buf_release(&all);
}

static void key_note(struct past *past, struct bytes key)
{
	char name[LIMIT_KEY_BYTES + 1] = {0};

	memcpy(name, key.at, key.len);
	for (size_t i = 0; i < past->keys_count; i++) {
		if (strcmp(past->keys[i], name) == 0)
			return;
	}
	ck_assert_uint_lt(past->keys_count, KEYS_MAX);
	past->keys[past->keys_count++] = strdup(name);
}

/* The keys of the rows that the block appended. */
static void keys_note(struct past *past, struct town *town)
{
	struct store_read *read;

	ck_assert_int_eq(store_read_begin(town->store, &read), ERR_OK);
	for (; past->value_next < town->ledger->tip.value_next; past->value_next++) {
		struct bytes row, key, value;

		if (row_get(read, TABLE_VALUE, row_key_u64(past->value_next), &row) != ERR_OK)
			continue; /* gone by compaction */
		ck_assert_int_eq(row_value_decode(row, &key, &value), ERR_OK);
		key_note(past, key);
	}
	store_read_end(read);
}

static void past_note(struct past *past, struct town *town)
{
	struct ledger_view *view;
	struct ledger_tip tip;

	keys_note(past, town);
	ck_assert_int_eq(ledger_view_open(town->ledger, &view), ERR_OK);
	ledger_view_tip(view, &tip);
	ck_assert_uint_lt(tip.height, BLOCKS_MAX);
	past->known[tip.height] = past->keys_count;
	past->root[tip.height] = tip.state_root;
	values_digest(view, past, past->keys_count, &past->values[tip.height]);
	ledger_view_close(view);
}

static void past_check(const struct past *past, struct town *town, uint64_t height)
{
	struct ledger_view *view;
	struct ledger_tip tip;
	struct hash values;
	struct bytes value;

	ck_assert_int_eq(ledger_view_open_at(town->ledger, height, &view), ERR_OK);
	ledger_view_tip(view, &tip);
	ck_assert_uint_eq(tip.height, height);
	ck_assert(hash_equal(&tip.state_root, &past->root[height]));
	values_digest(view, past, past->known[height], &values);
	ck_assert_msg(hash_equal(&values, &past->values[height]), "values of %llu",
		      (unsigned long long)height);
	for (size_t i = past->known[height]; i < past->keys_count; i++)
		ck_assert_int_eq(view_value(view, past->keys[i], &value), ERR_NOT_FOUND);
	ledger_view_close(view);
}

static void past_free(struct past *past)
{
	for (size_t i = 0; i < past->keys_count; i++)
		free(past->keys[i]);
	free(past);
}

/* --- blocks -------------------------------------------------------------- */

static struct tx *refused(struct town *town)
{
	return town_tx(town, LAB_1, OP(AWARD_ACCEPT), make_accept(7));
}

static struct tx *random_tx(struct town *town, struct rng *rng)
{
	switch (rng_below(rng, 4)) {
	case 0:
		return town_tx(town, AGENCY, OP(AWARD_GRANT), make_grant(1 + rng_below(rng, 50)));
	case 1:
		return refused(town);
	default:
		return town_anchor(town, rng_below(rng, 40));
	}
}

static void random_block(struct town *town, struct rng *rng)
{
	struct ledger_committed committed;
	struct tx *txs[6];
	uint32_t count = (uint32_t)rng_below(rng, 7);

	for (uint32_t i = 0; i < count; i++)
		txs[i] = random_tx(town, rng);
	town_decide(town, txs, count, &committed);
}

/* It keeps no versions in memory: what is older is undone, however near. */
static struct town *town_with_programme(void)
{
	struct town *town = town_new();
	struct ledger_committed committed;
	struct tx *create = town_tx(town, FUNDER, OP(PROGRAMME_CREATE), make_programme());

	town->ledger->keeps_versions = false;
	town_decide(town, &create, 1, &committed);
	return town;
}

static uint64_t height_of(const struct town *town)
{
	return town->ledger->tip.header.height;
}

static void live_on(struct town *town, uint64_t blocks)
{
	struct ledger_committed committed;

	for (uint64_t i = 0; i < blocks; i++) {
		struct tx *tx = refused(town);

		town_decide(town, &tx, 1, &committed);
	}
}

static enum err verify(struct town *town, struct verify_report *report)
{
	char *scratch = unit_folder();
	struct verify_order order = {.genesis = town->world->genesis,
				     .genesis_text = buf_bytes(&town->genesis_text),
				     .scratch = scratch,
				     .is_eager = true};
	enum err err = verify_ledger(town->store, &order, report);

	free(scratch);
	return err;
}

/* The same where nothing is executed anew. */
static enum err verify_plainly(struct town *town, struct verify_report *report)
{
	struct verify_order order = {.genesis = town->world->genesis};
	struct verify verify = {.order = &order, .report = report};
	enum err err;

	*report = (struct verify_report){.heights = height_of(town)};
	ck_assert_int_eq(store_read_begin(town->store, &verify.read), ERR_OK);
	err = verify_undo(&verify);
	store_read_end(verify.read);
	return err;
}

/* --- what is there ------------------------------------------------------- */

static void random_past(uint64_t seed, bool compacts, uint64_t blocks)
{
	struct past *past = calloc(1, sizeof(*past));
	struct town *town = town_new();
	struct ledger_committed committed;
	struct verify_report report;
	struct tx *create = town_tx(town, FUNDER, OP(PROGRAMME_CREATE), make_programme());
	struct rng rng;

	rng_init(&rng, seed);
	past_note(past, town);
	town_decide(town, &create, 1, &committed);
	past_note(past, town);
	for (uint64_t i = 0; i < blocks; i++) {
		town->ledger->dead_slack = compacts && rng_below(&rng, 5) == 0 ? 0 : UINT64_MAX;
		random_block(town, &rng);
		past_note(past, town);
		past_check(past, town, rng_below(&rng, height_of(town) + 1));
	}
	ck_assert(compacts == (town->ledger->tip.value_low > 0));
	for (int round = 0; round < 2; round++) {
		for (uint64_t h = 0; h <= height_of(town); h++)
			past_check(past, town, h);
		ck_assert_uint_eq(town->ledger->undone, 0);
		town_reopen(town);
	}
	ck_assert_msg(verify(town, &report) == ERR_OK, "%s at %llu",
		      report.what ? report.what : "?", (unsigned long long)report.bad_height);
	town_free(town);
	past_free(past);
}

UNIT_TEST(undo_gives_every_value_of_every_height)
{
	for (uint64_t seed = 1; seed <= 3; seed++)
		random_past(seed, false, 50);
}

UNIT_TEST(undo_does_not_mind_values_that_compaction_moves)
{
	random_past(4, true, 160);
}

/* The leaf number of a key in the newest state, and its value's hash. */
static uint64_t number_of(struct town *town, const char *key, struct hash *value)
{
	struct hash key_hash;
	uint64_t number;

	sha256(&key_hash, key, strlen(key));
	ck_assert_int_eq(state_find(town->ledger->tree, town->ledger->base.version, &key_hash, &number,
				    value),
			 ERR_OK);
	return number;
}

/* The row of a former value may be one of those that go with the block. */
UNIT_TEST(undo_reads_a_former_value_before_compaction_takes_it)
{
	struct town *town = town_with_programme();
	struct ledger_committed committed;
	struct ledger_view *view;
	struct hash before, after, found;
	struct bytes value;
	struct tx *again;
	uint64_t number;
	char key[LIMIT_KEY_BYTES + 1];

	(void)snprintf(key, sizeof(key), "quota/%s", world_id(FUNDER));
	live_on(town, 300);
	number = number_of(town, key, &before);
	town->ledger->dead_slack = 0;
	again = town_tx(town, FUNDER, OP(PROGRAMME_CREATE), make_programme());
	town_decide(town, &again, 1, &committed);
	ck_assert_uint_gt(town->ledger->tip.value_low, number);
	(void)number_of(town, key, &after);
	ck_assert(!hash_equal(&before, &after));
	ck_assert_int_eq(ledger_view_open_at(town->ledger, height_of(town) - 1, &view), ERR_OK);
	ck_assert_int_eq(view_value(view, key, &value), ERR_OK);
	sha256(&found, value.at, value.len);
	ck_assert(hash_equal(&found, &before));
	ledger_view_close(view);
	town_free(town);
}

UNIT_TEST(undo_view_stays_while_blocks_follow)
{
	struct past *past = calloc(1, sizeof(*past));
	struct town *town = town_with_programme();
	struct ledger_view *view, *older;
	struct hash before, after;
	struct rng rng;

	rng_init(&rng, 5);
	town->ledger->dead_slack = 0;
	for (int i = 0; i < 20; i++) {
		random_block(town, &rng);
		past_note(past, town);
	}
	ck_assert_int_eq(ledger_view_open_at(town->ledger, 11, &view), ERR_OK);
	values_digest(view, past, past->keys_count, &before);
	for (int i = 0; i < 100; i++)
		random_block(town, &rng);
	ck_assert_int_eq(ledger_view_open_at(town->ledger, 7, &older), ERR_OK);
	values_digest(view, past, past->keys_count, &after);
	ck_assert(hash_equal(&before, &after));
	ledger_view_close(older);
	ledger_view_close(view);
	ck_assert_uint_eq(town->ledger->undone, 0);
	town_free(town);
	past_free(past);
}

/* Former leaf numbers are the parent's, which is not committed when they are told. */
UNIT_TEST(undo_follows_blocks_that_were_executed_on_each_other)
{
	struct past *past = calloc(1, sizeof(*past));
	struct town *town = town_with_programme();
	struct ledger_committed committed;
	struct rng rng;

	rng_init(&rng, 8);
	past_note(past, town);
	for (int round = 0; round < 20; round++) {
		struct town_block blocks[3], fork;

		town->ledger->dead_slack = rng_below(&rng, 5) == 0 ? 0 : UINT64_MAX;
		for (int i = 0; i < 3; i++) {
			struct tx *txs[2] = {random_tx(town, &rng), random_tx(town, &rng)};
			struct parcel *parcel = town_parcel(town, txs, 2);

			town_build(town, town->ledger, i > 0 ? &blocks[i - 1] : NULL, &parcel, 1,
				   &blocks[i]);
			parcel_release(parcel);
		}
		town_build(town, town->ledger, &blocks[0], NULL, 0, &fork);
		for (int i = 0; i < 3; i++) {
			town_commit(town, town->ledger, &blocks[i], &committed);
			town_block_release(&blocks[i]);
			past_note(past, town);
		}
		town_block_release(&fork);
	}
	for (uint64_t h = 1; h <= height_of(town); h++)
		past_check(past, town, h);
	town_free(town);
	past_free(past);
}

struct watcher {
	struct ledger *ledger;
	_Atomic bool is_over;
	_Atomic uint64_t views;
};

/* Views of any height that there is, one after the other. */
static void *watch(void *argument)
{
	struct watcher *watcher = argument;
	char key[LIMIT_KEY_BYTES + 1];
	struct rng rng;

	rng_init(&rng, 9);
	(void)snprintf(key, sizeof(key), "quota/%s", world_id(LAB_1));
	while (!atomic_load(&watcher->is_over)) {
		struct past one = {.keys = {key}};
		struct ledger_view *view;
		struct ledger_tip tip;
		struct hash digest;
		uint64_t height;

		ck_assert_int_eq(ledger_view_open(watcher->ledger, &view), ERR_OK);
		ledger_view_tip(view, &tip);
		ledger_view_close(view);
		height = rng_below(&rng, tip.height + 1);
		ck_assert_int_eq(ledger_view_open_at(watcher->ledger, height, &view), ERR_OK);
		values_digest(view, &one, 1, &digest);
		ledger_view_close(view);
		atomic_fetch_add(&watcher->views, 1);
	}
	return NULL;
}

UNIT_TEST(undo_views_are_made_while_blocks_are_committed)
{
	struct town *town = town_with_programme();
	struct watcher watcher = {.ledger = town->ledger};
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, watch, &watcher), 0);
	live_on(town, 100);
	while (atomic_load(&watcher.views) < 50)
		live_on(town, 1);
	atomic_store(&watcher.is_over, true);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	ck_assert_uint_eq(town->ledger->undone, 0);
	town_free(town);
}

/* Lists of what is there only then, and a cover from above. */
UNIT_TEST(undo_view_ends_where_its_height_does)
{
	struct town *town = town_with_programme();
	struct tx *quiet = town_anchor(town, 1), *next = town_anchor(town, 2);
	struct hash early = quiet->id, late = next->id;
	struct ledger_committed committed;
	struct ledger_view *view;
	struct ledger_tip tip;
	struct view_tx found;
	struct view_block block;
	struct header header;
	uint64_t height;

	town_decide_quietly(town, &quiet, 1);
	town_decide(town, &next, 1, &committed);
	ck_assert_int_eq(ledger_view_open_at(town->ledger, 2, &view), ERR_OK);
	ledger_view_tip(view, &tip);
	ck_assert_int_eq(view_block(view, 2, &block), ERR_OK);
	ck_assert(bytes_equal(tip.header_text, block.header_text));
	ck_assert_int_eq(header_parse(&header, block.header_text), ERR_OK);
	ck_assert_uint_eq(tip.log_size, header.log_size);
	sha256(&header.body, block.header_text.at, block.header_text.len);
	ck_assert(hash_equal(&tip.block, &header.body));
	ck_assert_int_eq(view_tx(view, &early, &found), ERR_OK);
	ck_assert_int_eq(view_tx(view, &late, &found), ERR_NOT_FOUND);
	ck_assert_int_eq(view_leaf_height(view, tip.log_size, &height), ERR_NOT_FOUND);
	ck_assert_int_eq(view_finalized(view, 2, &height), ERR_OK);
	ck_assert_uint_eq(height, 3);
	ledger_view_close(view);
	town_free(town);
}

/* --- how far ------------------------------------------------------------- */

static enum err open_at(struct town *town, uint64_t height)
{
	struct ledger_view *view;
	enum err err = ledger_view_open_at(town->ledger, height, &view);

	if (err == ERR_OK)
		ledger_view_close(view);
	ck_assert_uint_eq(town->ledger->undone, 0);
	return err;
}

static bool has_row(struct town *town, uint64_t height)
{
	struct store_read *read;
	struct bytes row;
	enum err err;

	ck_assert_int_eq(store_read_begin(town->store, &read), ERR_OK);
	err = row_get(read, TABLE_UNDO, row_key_pair(height, 0), &row);
	store_read_end(read);
	return err == ERR_OK;
}

UNIT_TEST(undo_reaches_1024_heights_below_the_newest)
{
	struct town *town = town_new();
	struct verify_report report;

	live_on(town, 1024);
	ck_assert_int_eq(open_at(town, 0), ERR_OK);
	ck_assert_int_eq(open_at(town, 1024), ERR_OK);
	ck_assert_int_eq(open_at(town, 1025), ERR_API_HEIGHT_AHEAD);
	ck_assert_int_eq(open_at(town, UINT64_MAX), ERR_API_HEIGHT_AHEAD);
	ck_assert(has_row(town, 1));
	live_on(town, 3);
	ck_assert(!has_row(town, 3) && has_row(town, 4));
	ck_assert_int_eq(open_at(town, 2), ERR_API_HEIGHT_GONE);
	ck_assert_int_eq(open_at(town, 3), ERR_OK);
	ck_assert_msg(verify_plainly(town, &report) == ERR_OK, "%s at %llu",
		      report.what ? report.what : "?", (unsigned long long)report.bad_height);
	town_free(town);
}

static void put(struct town *town, enum table table, struct bytes key, struct bytes value)
{
	struct store_write *write;

	ck_assert_int_eq(store_write_begin(town->store, &write), ERR_OK);
	ck_assert_int_eq(store_put(write, table, key, value, false), ERR_OK);
	ck_assert_int_eq(store_commit(write), ERR_OK);
}

static void take_away(struct town *town, enum table table, struct bytes key)
{
	struct store_write *write;

	ck_assert_int_eq(store_write_begin(town->store, &write), ERR_OK);
	ck_assert_int_eq(store_delete(write, table, key), ERR_OK);
	ck_assert_int_eq(store_commit(write), ERR_OK);
}

static void take_row(struct town *town, uint64_t height, uint32_t k)
{
	struct row_key key = row_key_pair(height, k);

	take_away(town, TABLE_UNDO, row_key_bytes(&key));
}

/* As the version before left it. */
static void make_old(struct town *town)
{
	for (uint64_t h = 1; h <= height_of(town); h++)
		take_row(town, h, 0);
	take_away(town, TABLE_META, bytes_text(META_UNDO));
	put(town, TABLE_META, bytes_text(META_FORMAT), bytes_text(STORE_FORMAT_2));
}

UNIT_TEST(undo_begins_with_the_next_block_of_an_older_store)
{
	struct town *town = town_with_programme();
	struct verify_report report;
	struct store_read *read;
	struct bytes row;

	live_on(town, 4);
	make_old(town);
	town_reopen(town);
	ck_assert_int_eq(verify(town, &report), ERR_OK);
	ck_assert_int_eq(open_at(town, 5), ERR_OK);
	ck_assert_int_eq(open_at(town, 4), ERR_API_HEIGHT_GONE);
	live_on(town, 2);
	town_reopen(town);
	ck_assert_int_eq(open_at(town, 5), ERR_OK);
	ck_assert_int_eq(open_at(town, 4), ERR_API_HEIGHT_GONE);
	ck_assert_int_eq(store_read_begin(town->store, &read), ERR_OK);
	ck_assert_int_eq(store_get(read, TABLE_META, bytes_text(META_FORMAT), &row), ERR_OK);
	ck_assert(bytes_equal(row, bytes_text(STORE_FORMAT)));
	store_read_end(read);
	ck_assert_msg(verify(town, &report) == ERR_OK, "%s at %llu",
		      report.what ? report.what : "?", (unsigned long long)report.bad_height);
	town_free(town);
}

/* --- how much ------------------------------------------------------------ */

UNIT_TEST(undo_views_share_a_bound)
{
	struct town *town = town_with_programme();
	struct ledger_view *view;

	live_on(town, 4);
	town->ledger->undone = UNDO_CHANGES_MAX - 5;
	ck_assert_int_eq(ledger_view_open_at(town->ledger, 2, &view), ERR_API_BUSY);
	ck_assert_uint_eq(town->ledger->undone, UNDO_CHANGES_MAX - 5);
	town->ledger->undone = 0;
	ck_assert_int_eq(open_at(town, 2), ERR_OK);
	town_free(town);
}

/* Rows of a height with more changes than may be undone; their keys ascend. */
static void put_many(struct town *town, uint64_t height, uint64_t count)
{
	struct store_write *write;
	struct buf row;
	uint32_t k = 0;

	buf_init(&row, 4096);
	ck_assert_int_eq(store_write_begin(town->store, &write), ERR_OK);
	for (uint64_t i = 0; i <= count; i++) {
		struct hash key = {{0}};

		store_u64(key.b, i);
		if (i == count || row.len + 34 > ROW_UNDO_BYTES) {
			ck_assert_int_eq(row_put(write, TABLE_UNDO, row_key_pair(height, k++),
						 buf_bytes(&row), false),
					 ERR_OK);
			buf_reset(&row);
		}
		row_undo_add(&row, &key, (struct bytes){NULL, 0});
	}
	ck_assert_int_eq(store_commit(write), ERR_OK);
	buf_release(&row);
}

UNIT_TEST(undo_refuses_more_changes_than_its_bound)
{
	struct town *town = town_with_programme();

	live_on(town, 4);
	put_many(town, 3, UNDO_CHANGES_MAX + 1);
	ck_assert_int_eq(open_at(town, 2), ERR_API_HEIGHT_FAR);
	ck_assert_int_eq(open_at(town, 3), ERR_OK);
	town_free(town);
}

/* --- damage -------------------------------------------------------------- */

static struct town *town_lived_in(void)
{
	struct town *town = town_with_programme();
	struct ledger_committed committed;

	for (uint64_t i = 0; i < 5; i++) {
		struct tx *txs[3] = {town_tx(town, AGENCY, OP(AWARD_GRANT), make_grant(10 + i)),
				     refused(town), town_anchor(town, i)};

		town_decide(town, txs, 3, &committed);
	}
	return town;
}

static uint8_t *row_copy(struct town *town, uint64_t height, uint32_t k, size_t *len)
{
	struct store_read *read;
	struct bytes row;
	uint8_t *copy;

	ck_assert_int_eq(store_read_begin(town->store, &read), ERR_OK);
	ck_assert_int_eq(row_get(read, TABLE_UNDO, row_key_pair(height, k), &row), ERR_OK);
	copy = malloc(row.len + 64);
	memcpy(copy, row.at, row.len);
	*len = row.len;
	store_read_end(read);
	return copy;
}

static void put_row(struct town *town, uint64_t height, uint32_t k, const uint8_t *at, size_t len)
{
	struct row_key key = row_key_pair(height, k);

	put(town, TABLE_UNDO, row_key_bytes(&key), bytes_of(at, len));
}

static void expect_named(const struct verify_report *report, enum err err, uint64_t height)
{
	ck_assert_int_eq(err, ERR_STORE_DAMAGED);
	ck_assert_msg(report->bad_height == height, "%s at %llu, not %llu", report->what,
		      (unsigned long long)report->bad_height, (unsigned long long)height);
	ck_assert_str_eq(report->what, "what the block replaced is not kept as it was");
}

static void expect_bad(struct town *town, uint64_t height)
{
	struct verify_report report;

	expect_named(&report, verify(town, &report), height);
	expect_named(&report, verify_plainly(town, &report), height);
}

enum damage { KEY_FLIP, VALUE_FLIP, CUT, DROPPED, EMPTIED, OVERLONG, USELESS, ANOTHERS, DAMAGES };

/* To the row of height 4. */
static void damage(struct town *town, enum damage kind)
{
	size_t len, other_len;
	uint8_t *row = row_copy(town, 4, 0, &len);
	uint8_t *other = row_copy(town, 3, 0, &other_len);

	switch (kind) {
	case KEY_FLIP:
		row[3] ^= 0x10;
		break;
	case VALUE_FLIP:
		row[len - 1] ^= 1;
		break;
	case CUT:
		len--;
		break;
	case EMPTIED:
		len = 0;
		break;
	case OVERLONG: /* a value longer than any */
		memset(row + len, 0xff, 34);
		len += 34;
		break;
	case USELESS: /* undoing what is not there does nothing */
		memset(row + len, 0xff, 32);
		memset(row + len + 32, 0, 2);
		len += 34;
		break;
	case DROPPED:
	case ANOTHERS:
	case DAMAGES:
		break;
	}
	if (kind == DROPPED)
		take_row(town, 4, 0);
	else if (kind == ANOTHERS)
		put_row(town, 4, 0, other, other_len);
	else
		put_row(town, 4, 0, row, len);
	free(other);
	free(row);
}

UNIT_TEST(undo_damage_is_refused_and_named)
{
	for (enum damage kind = 0; kind < DAMAGES; kind++) {
		struct town *town = town_lived_in();
		struct verify_report report;

		ck_assert_int_eq(verify(town, &report), ERR_OK);
		ck_assert_int_eq(verify_plainly(town, &report), ERR_OK);
		damage(town, kind);
		ck_assert_int_eq(open_at(town, 3),
				 kind == USELESS ? ERR_OK : ERR_STORE_DAMAGED);
		ck_assert_int_eq(open_at(town, 4), ERR_OK);
		expect_bad(town, 4);
		live_on(town, 1); /* the node itself goes on */
		town_free(town);
	}
}

UNIT_TEST(undo_rows_beside_the_chain_are_named)
{
	static const struct {
		uint64_t height;
		uint32_t k;
		uint64_t named;
	} strangers[] = {{7, 0, 7}, {0, 0, 0}, {5, 1, 5}, {5, 2, 5}, {UINT64_MAX, 0, 7}};

	for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++) {
		struct town *town = town_lived_in();

		put_row(town, strangers[i].height, strangers[i].k, (const uint8_t *)"", 0);
		expect_bad(town, strangers[i].named);
		town_free(town);
	}
}

UNIT_TEST(undo_rows_that_are_gone_are_named)
{
	for (uint64_t height = 1; height <= 6; height++) {
		struct town *town = town_lived_in();

		take_row(town, height, 0);
		ck_assert_int_eq(open_at(town, height - 1), ERR_STORE_DAMAGED);
		expect_bad(town, height);
		for (uint64_t above = height + 1; above <= 6; above++)
			take_row(town, above, 0);
		expect_bad(town, height); /* the first of them, also where none follows */
		town_free(town);
	}
}

/* It says the same, but no block wrote it so: a row that ends one change too early. */
UNIT_TEST(undo_rows_of_another_form_are_named_where_blocks_are_executed)
{
	struct town *town = town_with_programme();
	struct ledger_committed committed;
	struct verify_report report;
	struct tx *txs[70];
	size_t len, len_next;
	uint8_t *row, *next;

	for (uint32_t i = 0; i < 70; i++)
		txs[i] = town_anchor(town, i);
	town_decide(town, txs, 70, &committed);
	row = row_copy(town, 2, 0, &len);
	next = row_copy(town, 2, 1, &len_next);
	ck_assert_uint_gt(len, ROW_UNDO_BYTES - 34);
	ck_assert_int_eq(verify(town, &report), ERR_OK);
	memmove(next + 34, next, len_next);
	memcpy(next, row + len - 34, 34);
	put_row(town, 2, 0, row, len - 34);
	put_row(town, 2, 1, next, len_next + 34);
	ck_assert_int_eq(open_at(town, 1), ERR_OK);
	ck_assert_int_eq(verify_plainly(town, &report), ERR_OK);
	expect_named(&report, verify(town, &report), 2);
	free(next);
	free(row);
	town_free(town);
}

UNIT_TEST(undo_first_height_is_compared_too)
{
	for (uint64_t first = 0; first < 9; first++) {
		struct town *town = town_lived_in();
		struct row_key key = row_key_u64(first);
		struct verify_report report;

		put(town, TABLE_META, bytes_text(META_UNDO), row_key_bytes(&key));
		if (first == 1)
			ck_assert_int_eq(verify(town, &report), ERR_OK);
		else
			expect_bad(town, first == 0 || first == 8 ? 6 : 1);
		town_free(town);
	}
}

/* Whatever stands in a row: the state that was there, or an error. */
UNIT_TEST(undo_takes_any_bytes_for_damage)
{
	struct town *town = town_lived_in();
	struct rng rng;
	size_t len;
	uint8_t *row = row_copy(town, 4, 0, &len);
	uint8_t *bytes = malloc(len + 64);
	unsigned sound = 0;

	rng_init(&rng, 6);
	for (int i = 0; i < 2000; i++) {
		size_t cut = rng_below(&rng, 3) == 0 ? (size_t)rng_below(&rng, len + 64) : len;
		uint64_t flips = rng_below(&rng, 4);
		struct verify_report report;
		bool is_sound;
		enum err err;

		memset(bytes, (int)rng_below(&rng, 256), len + 64);
		memcpy(bytes, row, len);
		for (uint64_t k = 0; k < flips && cut > 0; k++)
			bytes[rng_below(&rng, cut)] ^= (uint8_t)(1 << rng_below(&rng, 8));
		put_row(town, 4, 0, bytes, cut);
		err = open_at(town, 3);
		is_sound = cut == len && memcmp(bytes, row, len) == 0;
		sound += is_sound;
		ck_assert_int_eq(err, is_sound ? ERR_OK : ERR_STORE_DAMAGED);
		err = verify_plainly(town, &report);
		ck_assert_int_eq(err, is_sound ? ERR_OK : ERR_STORE_DAMAGED);
	}
	ck_assert_uint_gt(sound, 0);
	free(bytes);
	free(row);
	town_free(town);
}

UNIT_MAIN("undo", undo_gives_every_value_of_every_height,
	  undo_does_not_mind_values_that_compaction_moves,
	  undo_reads_a_former_value_before_compaction_takes_it, undo_view_stays_while_blocks_follow,
	  undo_view_ends_where_its_height_does,
	  undo_follows_blocks_that_were_executed_on_each_other,
	  undo_views_are_made_while_blocks_are_committed, undo_reaches_1024_heights_below_the_newest,
	  undo_begins_with_the_next_block_of_an_older_store, undo_views_share_a_bound,
	  undo_refuses_more_changes_than_its_bound, undo_damage_is_refused_and_named,
	  undo_rows_beside_the_chain_are_named, undo_rows_that_are_gone_are_named,
	  undo_rows_of_another_form_are_named_where_blocks_are_executed,
	  undo_first_height_is_compared_too,
	  undo_takes_any_bytes_for_damage)
