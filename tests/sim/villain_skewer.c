/* The time-skewer: as a leader it dates its blocks at both clock bounds and beyond
 * them, at its parent's time and before it. */
#include "tests/sim/judge_state.h"
#include "tests/sim/villain.h"

static uint64_t skewed(struct world *world, uint32_t from, const struct header *header)
{
	const struct genesis_timers *timers = &world->genesis->timers;
	const struct seen_block *parent = judge_block(world->judge, &header->parent);
	uint64_t parent_ms = parent == NULL ? world->genesis->time_ms : parent->time_ms;
	uint64_t now_ms = io_wall_ms(world->nodes[from].io);

	switch (villain_dice(world, header->view, from) % 10) {
	case 0:
		return now_ms + timers->skew_ms;
	case 1:
		return now_ms + timers->skew_ms + 1;
	case 2:
		return now_ms + 2 * timers->skew_ms;
	case 3:
		return now_ms - timers->late_ms;
	case 4:
		return now_ms - timers->late_ms - 1;
	case 5:
		return parent_ms + 1;
	case 6:
		return parent_ms;
	case 7:
		return parent_ms - 1;
	case 8:
		return (uint64_t)INT64_MAX;
	default:
		return header->time_ms;
	}
}

static bool twist(struct world *world, uint32_t from, uint32_t to, void *message)
{
	Stele__ProposalMessage *proposal = message;
	struct resigned resigned;
	struct header header;

	if (proposal->vote == NULL || proposal->vote->signer != from ||
	    header_parse(&header, bytes_of(proposal->header.data, proposal->header.len)))
		return false;
	header.time_ms = skewed(world, from, &header);
	villain_resign(world, from, proposal, &header, &resigned);
	villain_post(world, from, to, PEER_PROPOSAL, proposal);
	buf_release(&resigned.text);
	return true;
}

bool villain_skewer(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		    struct bytes payload)
{
	return type == PEER_PROPOSAL && villain_decoded(world, from, to, type, payload, twist);
}
