/* Rotation: who leads a view.  A seam of its own, behind which Twins puts a table
 * (tests/twins) to choose the leader of each view. */
#include "consensus/state.h"

uint32_t core_leader(const struct core *core, uint64_t view)
{
	ASSERT(view > 0);
	ASSERT(core->count > 0);
	/* section 2: S_e[(v - 1 + off_e) mod n], off_e taken mod n before */
	return (uint32_t)(((view - 1) % core->count + core->leader_offset) % core->count);
}
