/* The pump in the simulated world: what it does as a whole. */
#include "tests/sim/world.h"

#include <stdlib.h>
#include <string.h>

#include "proto/peer.h"
#include "tests/lib/unit.h"

static struct world *run(const char *name, uint64_t seed, uint32_t nodes, uint64_t heights)
{
	struct scene scene;
	struct world *world;

	ck_assert(scene_by_name(&scene, name, seed, nodes, heights));
	world = world_new(seed, &scene, false);
	ck_assert_msg(world_run(world), "%s, seed %llu: %s", name, (unsigned long long)seed,
		      world->verdict);
	return world;
}

UNIT_TEST(world_timely_network_nullifies_nothing_and_orders_everything)
{
	struct world *world = run("timely", 3, 4, 30);

	ck_assert_uint_eq(world->statistics.nullifications, 0);
	ck_assert_uint_gt(world->statistics.submitted, 0);
	ck_assert_uint_ge(world->statistics.committed_txs + 3, world->statistics.submitted);
	world_free(world);
}

/* Traps 22 and 23: who packs a parcel sends it to all, not to one, not to the leader
 * alone; a voter rarely has to ask for one. */
UNIT_TEST(world_parcels_reach_all_before_they_are_asked_for)
{
	struct world *world = run("timely", 3, 4, 60);

	ck_assert_uint_gt(world->statistics.submitted, 20);
	ck_assert_uint_lt(2 * world->statistics.parcel_requests, world->statistics.submitted);
	world_free(world);
}

UNIT_TEST(world_single_validator_finalizes)
{
	struct world *world = run("timely", 5, 1, 20);

	ck_assert_uint_ge(world->statistics.heights, 20);
	world_free(world);
}

UNIT_TEST(world_same_seed_gives_the_same_trace)
{
	struct world *first = run("crashes", 11, 4, 20);
	uint64_t trace = first->trace;
	struct world *second;

	world_free(first);
	second = run("crashes", 11, 4, 20);
	ck_assert_uint_eq(second->trace, trace);
	world_free(second);
	second = run("crashes", 12, 4, 20);
	ck_assert_uint_ne(second->trace, trace);
	world_free(second);
}

UNIT_TEST(world_silent_leader_costs_views_and_nothing_else)
{
	struct world *world = run("silent", 2, 4, 30);

	ck_assert_uint_gt(world->statistics.nullifications, 0);
	world_free(world);
}

UNIT_TEST(world_equivocator_is_reported)
{
	struct world *world = run("equivocator", 2, 4, 30);

	ck_assert_uint_gt(world->statistics.equivocations, 0);
	world_free(world);
}

UNIT_TEST(world_liar_does_not_keep_those_who_lag_from_catching_up)
{
	struct world *world = run("liar", 4, 4, 200);

	ck_assert_uint_gt(world->statistics.ranges, 0);
	world_free(world);
}

UNIT_TEST(world_withheld_parcels_are_had_from_the_one_who_has_them)
{
	struct world *world = run("withholder", 1, 4, 30);

	ck_assert_uint_gt(world->statistics.committed_txs, 0);
	world_free(world);
}

/* Its parcels are many, and the others lack them all: fetched once, then left alone. */
UNIT_TEST(world_crammer_costs_no_view_and_is_passed_over)
{
	struct world *world = run("crammer", 1, 4, 60);

	ck_assert_uint_eq(world->statistics.nullifications, 0);
	ck_assert_uint_gt(world->statistics.committed_txs, 0);
	ck_assert_uint_gt(world->statistics.passed_over, 0);
	world_free(world);
}

UNIT_TEST(world_inventor_costs_its_views_and_no_room)
{
	struct world *world = run("inventor", 1, 4, 40);

	ck_assert_uint_gt(world->statistics.nullifications, 0);
	world_free(world);
}

UNIT_TEST(world_filler_fills_nothing)
{
	struct world *world = run("filler", 1, 4, 40);

	ck_assert_uint_gt(world->statistics.nullifications, 0);
	world_free(world);
}

UNIT_TEST(world_failed_write_ends_a_life_and_not_the_chain)
{
	struct world *world = run("disk", 1, 4, 40);

	ck_assert_uint_gt(world->statistics.disk_failures, 0);
	world_free(world);
}

/* --- the disk ------------------------------------------------------------ */

static void put(struct store *store, const char *key, const char *value)
{
	struct store_write *write;

	ck_assert_int_eq(store_write_begin(store, &write), ERR_OK);
	ck_assert_int_eq(store_put(write, TABLE_META, bytes_text(key), bytes_text(value), false),
			 ERR_OK);
	ck_assert_int_eq(store_commit(write), ERR_OK);
}

static bool holds(struct store_read *read, const char *key, const char *value)
{
	struct bytes got;

	return store_get(read, TABLE_META, bytes_text(key), &got) == ERR_OK &&
	       bytes_equal(got, bytes_text(value));
}

struct filling {
	uint32_t first, last; /* nodes */
	bool is_full;
	uint64_t heights[WORLD_NODES_MAX]; /* when it happened */
};

static void fill(struct world *world, uint32_t node, void *argument)
{
	struct filling *filling = argument;

	(void)node;
	for (uint32_t i = filling->first; i <= filling->last; i++) {
		struct node_status status;

		node_status(world->nodes[i].node, &status);
		filling->heights[i] = status.committed_height;
		ck_assert(status.is_disk_full == !filling->is_full);
		ck_assert(status.core.is_signing == filling->is_full);
		store_sim_fill(world->nodes[i].chain_store, filling->is_full);
		store_sim_fill(world->nodes[i].journal_store, filling->is_full);
	}
}

static void fill_and_make_room(uint32_t first, uint32_t last, struct filling between[2])
{
	struct scene scene;
	struct world *world;

	ck_assert(scene_by_name(&scene, "calm", 7, 4, 300));
	world = world_new(7, &scene, false);
	between[0] = (struct filling){first, last, true, {0}};
	between[1] = (struct filling){first, last, false, {0}};
	world_at(world, 3000000, WORLD_NODES_MAX, fill, NULL, &between[0]);
	world_at(world, 9000000, WORLD_NODES_MAX, fill, NULL, &between[1]);
	ck_assert_msg(world_run(world), "%s", world->verdict);
	ck_assert_uint_ge(world->statistics.heights, 300);
	world_free(world);
}

UNIT_TEST(world_full_disk_of_one_pauses_it_until_there_is_room)
{
	struct filling between[2];

	fill_and_make_room(2, 2, between);
	ck_assert_uint_gt(between[0].heights[2], 0);
	ck_assert_uint_le(between[1].heights[2], between[0].heights[2] + 1);
}

UNIT_TEST(world_full_disks_of_all_stop_the_network_until_there_is_room)
{
	struct filling between[2];

	fill_and_make_room(0, 3, between);
	for (uint32_t i = 0; i < 4; i++)
		ck_assert_uint_le(between[1].heights[i], between[0].heights[i] + 1);
}

UNIT_TEST(store_sim_reader_sees_one_state_throughout)
{
	struct store *store = store_sim_new(NULL, NULL);
	struct store_read *before, *after;
	struct store_write *write;
	struct bytes got;

	put(store, "a", "1");
	ck_assert_int_eq(store_read_begin(store, &before), ERR_OK);
	put(store, "a", "2");
	put(store, "b", "3");
	ck_assert_int_eq(store_read_begin(store, &after), ERR_OK);
	ck_assert(holds(before, "a", "1"));
	ck_assert_int_eq(store_get(before, TABLE_META, bytes_text("b"), &got), ERR_NOT_FOUND);
	ck_assert(holds(after, "a", "2"));
	ck_assert(holds(after, "b", "3"));
	store_read_end(before);
	ck_assert_int_eq(store_write_begin(store, &write), ERR_OK);
	ck_assert_int_eq(store_delete(write, TABLE_META, bytes_text("a")), ERR_OK);
	store_abort(write);
	ck_assert(holds(after, "a", "2"));
	store_read_end(after);
	store_sim_free(store);
}

UNIT_TEST(store_sim_seeks_both_ways)
{
	struct store *store = store_sim_new(NULL, NULL);
	struct store_read *read;
	struct bytes key, value;

	put(store, "b", "1");
	put(store, "d", "2");
	ck_assert_int_eq(store_read_begin(store, &read), ERR_OK);
	ck_assert_int_eq(store_seek(read, TABLE_META, bytes_text("c"), false, &key, &value), ERR_OK);
	ck_assert(bytes_equal(key, bytes_text("d")));
	ck_assert_int_eq(store_seek(read, TABLE_META, bytes_text("c"), true, &key, &value), ERR_OK);
	ck_assert(bytes_equal(key, bytes_text("b")));
	ck_assert_int_eq(store_seek(read, TABLE_META, bytes_text("a"), true, &key, &value),
			 ERR_NOT_FOUND);
	ck_assert_int_eq(store_seek(read, TABLE_META, bytes_text("e"), false, &key, &value),
			 ERR_NOT_FOUND);
	store_read_end(read);
	store_sim_free(store);
}

UNIT_MAIN("world", world_parcels_reach_all_before_they_are_asked_for,
	  world_timely_network_nullifies_nothing_and_orders_everything,
	  world_single_validator_finalizes, world_same_seed_gives_the_same_trace,
	  world_silent_leader_costs_views_and_nothing_else, world_equivocator_is_reported,
	  world_liar_does_not_keep_those_who_lag_from_catching_up,
	  world_withheld_parcels_are_had_from_the_one_who_has_them,
	  world_crammer_costs_no_view_and_is_passed_over,
	  world_inventor_costs_its_views_and_no_room,
	  world_filler_fills_nothing,
	  world_failed_write_ends_a_life_and_not_the_chain,
	  world_full_disk_of_one_pauses_it_until_there_is_room,
	  world_full_disks_of_all_stop_the_network_until_there_is_room,
	  store_sim_reader_sees_one_state_throughout, store_sim_seeks_both_ways)
