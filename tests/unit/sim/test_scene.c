/* Scenes: what is printed for one makes it again, and what fails becomes small. */
#include "tests/sim/scene.h"

#include <stdio.h>
#include <string.h>

#include "tests/lib/unit.h"
#include "tests/sim/shrink.h"
#include "tests/sim/villain.h"

UNIT_TEST(scene_printed_is_the_scene_again)
{
	static const char sign[] = " --set ";

	for (uint64_t seed = 1; seed <= 200; seed++) {
		struct scene scene, again = {.nodes = scene_nodes_of_seed(seed), .heights = 100};
		const struct scene nothing = again;
		char text[8192];
		char *at = text;

		scene_of_seed(&scene, seed, nothing.nodes, nothing.heights);
		scene_print_changes(text, sizeof(text), &nothing, &scene);
		while ((at = strstr(at, sign)) != NULL) {
			char one[128];

			at += strlen(sign);
			ck_assert_int_eq(sscanf(at, "%127s", one), 1);
			ck_assert_msg(scene_set(&again, one), "%s", one);
		}
		scene_print_changes(text, sizeof(text), &again, &scene);
		ck_assert_str_eq(text, "");
	}
}

UNIT_TEST(scene_refuses_what_it_does_not_know)
{
	static const char *const bad[] = {"",           "loss_ppm",         "loss_ppm=",
					  "loss_ppm=x", "loss=1",           "loss_ppm=1x",
					  "mesh=-1",    "villain_1=nobody", "villain_192=silent",
					  "loss_ppm=4294967296"};
	struct scene scene = {.nodes = 4};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!scene_set(&scene, bad[i]), "%s", bad[i]);
}

UNIT_TEST(scene_of_a_seed_has_at_most_f_villains)
{
	for (uint64_t seed = 1; seed <= 500; seed++) {
		uint32_t nodes = (uint32_t)(1 + seed % SCENE_SET_MAX), villains = 0;
		struct scene scene;

		scene_of_seed(&scene, seed, nodes, 100);
		for (uint32_t i = 0; i < WORLD_NODES_MAX; i++)
			villains += scene.villains[i] != VILLAIN_NONE;
		ck_assert_uint_le(villains, world_faults(nodes));
		ck_assert_uint_le(nodes + scene.observers, WORLD_NODES_MAX);
	}
}

/* Two equivocators of four: more than may be faulty, and nothing else is needed. */
UNIT_TEST(shrink_leaves_what_the_judge_objects_to)
{
	struct scene scene;
	struct world *world;
	char verdict[512];

	ck_assert(scene_by_name(&scene, "equivocator", 3, 4, 40));
	scene_villains(&scene, VILLAIN_EQUIVOCATOR, 3, 2);
	scene.loss_ppm = 10000;
	scene.skew_max_ms = 100;
	scene.reset_every_us = 3000000;
	world = world_new(3, &scene, false);
	ck_assert(!world_run(world));
	(void)snprintf(verdict, sizeof(verdict), "%s", world->verdict);
	world_free(world);
	ck_assert(shrink(3, &scene, verdict));
	ck_assert_uint_eq(scene.loss_ppm, 0);
	ck_assert_uint_eq(scene.skew_max_ms, 0);
	ck_assert_uint_eq(scene.reset_every_us, 0);
	ck_assert_uint_lt(scene.heights, 40);
	world = world_new(3, &scene, false);
	ck_assert(!world_run(world));
	ck_assert_int_eq(strncmp(world->verdict, verdict, strcspn(verdict, ":")), 0);
	world_free(world);
}

UNIT_TEST(shrink_leaves_alone_what_does_not_fail)
{
	struct scene scene;

	ck_assert(scene_by_name(&scene, "calm", 3, 4, 10));
	ck_assert(!shrink(3, &scene, "judge 1: two blocks"));
}

UNIT_MAIN("scene", scene_printed_is_the_scene_again, scene_refuses_what_it_does_not_know,
	  scene_of_a_seed_has_at_most_f_villains, shrink_leaves_what_the_judge_objects_to,
	  shrink_leaves_alone_what_does_not_fail)
