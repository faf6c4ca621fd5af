/* A start from a checkpoint gives what a start from all values gives, and one that is
 * damaged, unfinished or another chain's costs nothing but time. */
#include "ledger/checkpoint.h"

#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "ledger/ledger_internal.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/town.h"

#define CHANGES 20 /* that make a checkpoint due */
#define SLICE 7    /* leaves */

static const char *full_folder; /* on a disk without room; NULL: none is */

/* The C library's, as the store asks it. */
int statvfs(const char *path, struct statvfs *out)
{
	bool is_full = full_folder != NULL && strncmp(path, full_folder, strlen(full_folder)) == 0;

	*out = (struct statvfs){.f_frsize = 4096, .f_bavail = is_full ? 0 : 1u << 20};
	return 0;
}

struct place {
	struct town *town;
	char *folder;
	struct store *checkpoints;
	uint64_t content; /* the next one */
};

static enum err place_open(struct place *place)
{
	struct town *town = place->town;
	enum err err;

	ck_assert_int_eq(store_open(&town->store, town->folder), ERR_OK);
	ck_assert_int_eq(store_open(&place->checkpoints, place->folder), ERR_OK);
	err = ledger_open_with(&town->ledger, town->store, place->checkpoints,
			       town->world->genesis, buf_bytes(&town->genesis_text));
	if (err == ERR_OK)
		checkpoint_hurry(town->ledger->checkpoint, CHANGES, SLICE);
	return err;
}

static void place_close(struct place *place)
{
	ledger_close(place->town->ledger);
	store_close(place->checkpoints);
	store_close(place->town->store);
}

static void place_init(struct place *place)
{
	place->town = town_new();
	place->folder = unit_folder();
	place->content = 0;
	ledger_close(place->town->ledger);
	store_close(place->town->store);
	ck_assert_int_eq(place_open(place), ERR_OK);
}

static void place_release(struct place *place)
{
	checkpoint_free(place->town->ledger->checkpoint);
	place->town->ledger->checkpoint = NULL;
	store_close(place->checkpoints);
	free(place->folder);
	town_free(place->town);
}

static void live_on(struct place *place, uint64_t blocks)
{
	struct ledger_committed committed;

	for (uint64_t i = 0; i < blocks; i++) {
		struct tx *tx = town_anchor(place->town, place->content++);

		town_decide(place->town, &tx, 1, &committed);
	}
}

/* The numbers of leaves, too, must be those of the store. */
static void check_contents(struct place *place)
{
	struct ledger_view *view;
	struct bytes value;

	ck_assert_int_eq(ledger_view_open(place->town->ledger, &view), ERR_OK);
	ck_assert_int_eq(view_value(view, "count/org", &value), ERR_OK);
	ck_assert_int_eq(view_value(view, "count/motion", &value), ERR_OK);
	ledger_view_close(view);
}

/* Where the ledger's own start would have begun to read values. */
static enum err mark_find(struct place *place, struct checkpoint_mark *out)
{
	struct state_tree *tree = state_tree_new();
	struct checkpoint *checkpoint = checkpoint_new(place->checkpoints, tree);
	enum err err = checkpoint_load(checkpoint, out);

	checkpoint_free(checkpoint);
	state_tree_free(tree);
	return err;
}

static void reopen(struct place *place)
{
	struct hash before = place->town->ledger->tip.header.state, after;
	uint64_t low = place->town->ledger->tip.value_low;

	place_close(place);
	ck_assert_int_eq(place_open(place), ERR_OK);
	state_root(place->town->ledger->tree, place->town->ledger->base.version, &after);
	ck_assert(hash_equal(&before, &after));
	ck_assert_uint_eq(place->town->ledger->tip.value_low, low);
	check_contents(place);
}

/* A value below the checkpoint is made unreadable: a start that reads it fails. */
static void spoil_value(struct place *place, uint64_t number)
{
	struct row_key key = row_key_u64(number);
	struct store_write *write;

	ck_assert_int_eq(store_write_begin(place->town->store, &write), ERR_OK);
	ck_assert_int_eq(store_put(write, TABLE_VALUE, row_key_bytes(&key), bytes_text("?"), false),
			 ERR_OK);
	ck_assert_int_eq(store_commit(write), ERR_OK);
}

UNIT_TEST(checkpoint_is_where_a_start_begins)
{
	struct place place;
	struct checkpoint_mark mark;
	struct hash root;

	place_init(&place);
	ck_assert_int_eq(mark_find(&place, &mark), ERR_NOT_FOUND);
	live_on(&place, 60);
	ck_assert_int_eq(mark_find(&place, &mark), ERR_OK);
	ck_assert_uint_gt(mark.value_next, CHANGES);
	ck_assert_uint_lt(mark.value_next, place.town->ledger->tip.value_next);
	spoil_value(&place, mark.value_next - 2); /* the newest is looked at */
	reopen(&place);
	live_on(&place, 60);
	reopen(&place);
	/* without it the spoilt value is met */
	place_close(&place);
	ck_assert_int_eq(store_open(&place.town->store, place.town->folder), ERR_OK);
	ck_assert_int_eq(ledger_open(&place.town->ledger, place.town->store,
				     place.town->world->genesis,
				     buf_bytes(&place.town->genesis_text)),
			 ERR_STORE_DAMAGED);
	store_close(place.town->store);
	ck_assert_int_eq(place_open(&place), ERR_OK);
	state_root(place.town->ledger->tree, place.town->ledger->base.version, &root);
	ck_assert(hash_equal(&root, &place.town->ledger->tip.header.state));
	place_release(&place);
}

/* At whatever block the process ends, slices of the next checkpoint may lie there. */
UNIT_TEST(checkpoint_that_is_unfinished_leaves_the_one_before)
{
	struct place place;
	uint64_t newest = 0;

	place_init(&place);
	for (int i = 0; i < 24; i++) {
		struct checkpoint_mark mark = {.value_next = 0};
		enum err err;

		live_on(&place, 3);
		err = mark_find(&place, &mark);
		ck_assert(err == ERR_OK || (err == ERR_NOT_FOUND && newest == 0));
		ck_assert_uint_ge(mark.value_next, newest);
		newest = mark.value_next;
		if (i % 4 == 3)
			reopen(&place);
	}
	ck_assert_uint_gt(newest, 0);
	place_release(&place);
}

UNIT_TEST(checkpoint_comes_through_compaction)
{
	struct place place;

	place_init(&place);
	for (int i = 0; i < 12; i++) {
		struct ledger_committed committed;

		place.town->ledger->dead_slack = 5;
		live_on(&place, 1);
		for (int k = 0; k < 10; k++) { /* a rejected record changes a quota alone */
			struct tx *tx = town_tx(place.town, LAB_1, OP(AWARD_ACCEPT),
						make_accept(7));

			town_decide(place.town, &tx, 1, &committed);
		}
		reopen(&place);
	}
	ck_assert_uint_gt(place.town->ledger->tip.value_low, 0);
	place_release(&place);
}

UNIT_TEST(checkpoint_waits_for_room_on_the_disk)
{
	struct place place;
	struct checkpoint_mark before, mark;

	place_init(&place);
	live_on(&place, 60);
	ck_assert_int_eq(mark_find(&place, &before), ERR_OK);
	full_folder = place.folder;
	live_on(&place, 60);
	ck_assert_int_eq(mark_find(&place, &mark), ERR_OK);
	ck_assert_uint_eq(mark.value_next, before.value_next);
	full_folder = NULL;
	live_on(&place, 60);
	ck_assert_int_eq(mark_find(&place, &mark), ERR_OK);
	ck_assert_uint_gt(mark.value_next, before.value_next);
	reopen(&place);
	place_release(&place);
}

static void store_spoil(struct place *place, uint64_t slot, uint32_t k, size_t at)
{
	struct row_key key = row_key_pair(slot, k);
	struct store_write *write;
	struct bytes row;
	uint8_t *copy;
	enum err err;

	ck_assert_int_eq(store_write_begin(place->checkpoints, &write), ERR_OK);
	err = store_write_get(write, TABLE_RECORD, row_key_bytes(&key), &row);
	if (err == ERR_OK) {
		size_t len = row.len;

		copy = malloc(len);
		ck_assert(copy != NULL);
		memcpy(copy, row.at, len);
		copy[at % len] ^= 1;
		ck_assert_int_eq(store_put(write, TABLE_RECORD, row_key_bytes(&key),
					   bytes_of(copy, len), false),
				 ERR_OK);
		free(copy);
	}
	ck_assert_int_eq(store_commit(write), ERR_OK);
}

UNIT_TEST(checkpoint_that_is_damaged_is_not_used)
{
	struct place place;
	struct checkpoint_mark mark;

	place_init(&place);
	for (uint32_t i = 0; i < 8; i++) {
		live_on(&place, 60);
		ck_assert_int_eq(mark_find(&place, &mark), ERR_OK);
		for (uint64_t slot = 0; slot < 2; slot++)
			store_spoil(&place, slot, i % 4, i * 37);
		ck_assert_int_eq(mark_find(&place, &mark), ERR_STORE_DAMAGED);
		reopen(&place); /* from all values */
	}
	place_release(&place);
}

/* As after the chain's folder was replaced. */
UNIT_TEST(checkpoint_of_another_chain_is_not_used)
{
	struct place place, other;
	struct store *store;

	place_init(&place);
	place_init(&other);
	other.content = 1000;
	live_on(&place, 60);
	live_on(&other, 60);
	store = place.checkpoints;
	ledger_close(place.town->ledger);
	store_close(place.town->store);
	ledger_close(other.town->ledger);
	store_close(other.checkpoints);
	ck_assert_int_eq(store_open(&place.town->store, place.town->folder), ERR_OK);
	ck_assert_int_eq(ledger_open_with(&other.town->ledger, other.town->store, store,
					  other.town->world->genesis,
					  buf_bytes(&other.town->genesis_text)),
			 ERR_OK);
	other.checkpoints = store;
	check_contents(&other);
	live_on(&other, 3);
	place_close(&other);
	store_close(place.town->store);
	ck_assert_int_eq(place_open(&place), ERR_OK);
	ck_assert_int_eq(place_open(&other), ERR_OK);
	place_release(&place);
	place_release(&other);
}

static void folders_swap(char **one, char **other)
{
	char *folder = *one;

	*one = *other;
	*other = folder;
}

/* The same block, in which a rejected record changes a quota alone, in both ledgers. */
static void decide_in_both(struct town *town, struct ledger *second)
{
	struct tx *tx = town_tx(town, LAB_1, OP(AWARD_ACCEPT), make_accept(7));
	struct parcel *parcel = town_parcel(town, &tx, 1);
	struct ledger_committed committed;
	struct town_block block;

	town_build(town, town->ledger, NULL, &parcel, 1, &block);
	ck_assert_int_eq(town_execute(second, &block, &parcel, 1), ERR_OK);
	town_commit(town, town->ledger, &block, &committed);
	town_commit(town, second, &block, &committed);
	town_block_release(&block);
	parcel_release(parcel);
}

/* As after the chain's folder was taken from another node, where the same values have other
 * numbers: here one that compacted once. */
UNIT_TEST(checkpoint_of_other_numbers_is_not_used)
{
	struct place place;
	struct checkpoint_mark mark;
	struct ledger *second;
	struct store *store;
	char *folder = unit_folder();

	place_init(&place);
	second = town_second(place.town, folder, &store);
	for (int i = 0; i < 600; i++) {
		second->dead_slack = i == 400 ? 0 : UINT64_MAX;
		decide_in_both(place.town, second);
	}
	ck_assert_int_eq(mark_find(&place, &mark), ERR_OK);
	ck_assert_uint_gt(second->tip.value_next, mark.value_next);
	ck_assert_uint_gt(second->tip.value_low, 0);
	ledger_close(second);
	store_close(store);
	place_close(&place);
	folders_swap(&place.town->folder, &folder);
	ck_assert_int_eq(place_open(&place), ERR_OK);
	check_contents(&place);
	place_release(&place);
	free(folder);
}

UNIT_MAIN("checkpoint", checkpoint_is_where_a_start_begins,
	  checkpoint_that_is_unfinished_leaves_the_one_before, checkpoint_comes_through_compaction,
	  checkpoint_that_is_damaged_is_not_used, checkpoint_of_another_chain_is_not_used,
	  checkpoint_of_other_numbers_is_not_used, checkpoint_waits_for_room_on_the_disk)
