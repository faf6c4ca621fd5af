/* Who leads: in the rounds of a drama whom it says, then the protocol's rotation.
 * Stands in for consensus/rotation.c when this program is linked. */
#include "consensus/state.h"
#include "tests/twins/stage.h"

uint32_t core_leader(const struct core *core, uint64_t view)
{
	uint32_t leader;

	if (stage_leader(view, &leader))
		return leader;
	return (uint32_t)(((view - 1) % core->count + core->leader_offset) % core->count);
}
