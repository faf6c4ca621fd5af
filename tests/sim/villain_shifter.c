/* The shifter: for two seconds at a time it plays the part of another villain. */
#include "tests/sim/villain.h"

#define SLOT_US UINT64_C(2000000)

enum villain villain_part(const struct world *world, uint32_t node)
{
	enum villain kind = world->scene.villains[node];
	uint64_t slot = world->now_us / SLOT_US;

	if (kind != VILLAIN_SHIFTER)
		return kind;
	/* the shifter is the last of the list, none the first */
	return (enum villain)(1 + villain_dice(world, slot, node) % (VILLAIN_SHIFTER - 1));
}

bool villain_shifter(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		     struct bytes payload)
{
	return villain_play(world, villain_part(world, from), from, to, type, payload);
}
