#include "tests/sim/shrink.h"

#include <stdio.h>
#include <string.h>

#define ROUNDS_MAX 4u /* what was needed before may not be needed after */

/* "judge 6", "stop", ...: what stands before the colon. */
static bool is_same_judge(const char *a, const char *b)
{
	size_t len = strcspn(a, ":");

	return strcspn(b, ":") == len && strncmp(a, b, len) == 0;
}

static bool still_fails(uint64_t seed, const struct scene *scene, const char *verdict)
{
	struct world *world = world_new(seed, scene, false);
	bool is_same = !world_run(world) && is_same_judge(world->verdict, verdict);

	world_free(world);
	return is_same;
}

static bool try(uint64_t seed, struct scene *scene, const struct scene *smaller, const char *verdict)
{
	if (memcmp(scene, smaller, sizeof(*scene)) == 0 || !still_fails(seed, smaller, verdict))
		return false;
	*scene = *smaller;
	return true;
}

static bool fewer_faults(uint64_t seed, struct scene *scene, const char *verdict)
{
	bool is_any = false;
	const char *name;

	for (size_t i = 0; (name = scene_fault(i)) != NULL; i++) {
		struct scene smaller = *scene;
		char text[64];

		(void)snprintf(text, sizeof(text), "%s=0", name);
		if (scene_set(&smaller, text))
			is_any = try(seed, scene, &smaller, verdict) || is_any;
	}
	for (uint32_t i = 0; i < scene->nodes; i++) {
		struct scene smaller = *scene;

		smaller.villains[i] = VILLAIN_NONE;
		is_any = try(seed, scene, &smaller, verdict) || is_any;
	}
	return is_any;
}

static bool fewer_heights(uint64_t seed, struct scene *scene, const char *verdict)
{
	bool is_any = false;

	for (uint64_t less = scene->heights / 2; less > 0; less /= 2) {
		struct scene smaller = *scene;

		if (less >= scene->heights)
			continue;
		smaller.heights -= less;
		is_any = try(seed, scene, &smaller, verdict) || is_any;
	}
	return is_any;
}

static bool fewer_nodes(uint64_t seed, struct scene *scene, const char *verdict)
{
	bool is_any = false;

	for (uint32_t less = scene->nodes / 2; less > 0; less /= 2) {
		struct scene smaller = *scene;

		if (less >= scene->nodes)
			continue;
		smaller.nodes -= less;
		for (uint32_t i = smaller.nodes; i < scene->nodes; i++)
			smaller.villains[i] = VILLAIN_NONE;
		smaller.disk_slow_node %= smaller.nodes;
		smaller.crash_point_node %= smaller.nodes;
		is_any = try(seed, scene, &smaller, verdict) || is_any;
	}
	return is_any;
}

bool shrink(uint64_t seed, struct scene *scene, const char *verdict)
{
	bool is_any = true;

	if (!still_fails(seed, scene, verdict))
		return false;
	for (unsigned round = 0; round < ROUNDS_MAX && is_any; round++) {
		is_any = fewer_heights(seed, scene, verdict);
		is_any = fewer_nodes(seed, scene, verdict) || is_any;
		is_any = fewer_faults(seed, scene, verdict) || is_any;
	}
	return true;
}
