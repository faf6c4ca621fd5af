/* The silent leader: proposes nothing and votes for nothing in the views that it
 * leads, and answers nobody; otherwise it takes part. */
#include "proto/peer.h"
#include "tests/sim/villain.h"

bool villain_silent(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		    struct bytes payload)
{
	(void)world;
	(void)from;
	(void)to;
	(void)payload;
	return type == PEER_PROPOSAL || type == PEER_RANGE || type == PEER_VOTES;
}
