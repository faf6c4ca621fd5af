/* The selective sender: for two seconds at a time it speaks to a quorum less one,
 * to f + 1 only, or to everybody but one victim. */
#include "tests/sim/villain.h"

#define SLOT_US UINT64_C(2000000)

bool villain_selective(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		       struct bytes payload)
{
	uint64_t slot = world->now_us / SLOT_US;
	uint32_t n = world->scene.nodes;
	uint32_t faults = world_faults(n);
	/* the others from 1 to n - 1, in an order that turns */
	uint32_t place = (uint32_t)(1 + ((to + n - from - 1) % n + slot) % (n - 1));

	(void)type;
	(void)payload;
	switch (villain_dice(world, slot, from) % 3) {
	case 0: /* with itself q - 1 */
		return place > n - faults - 2;
	case 1:
		return place > faults + 1;
	default:
		return place == 1;
	}
}
