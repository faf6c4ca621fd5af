/* The withholder: sends its parcels to one victim only (trap 22) and answers no
 * request for parcels or blocks; in all else it takes part. */
#include "tests/sim/villain.h"

static bool is_kept_back(struct world *world, uint32_t from, uint32_t to, void *message)
{
	const Stele__ProposalMessage *proposal = message;

	(void)world;
	(void)to;
	return proposal->vote == NULL || proposal->vote->signer != from;
}

bool villain_withholder(struct world *world, uint32_t from, uint32_t to, uint8_t type,
			struct bytes payload)
{
	if (type == PEER_PARCEL)
		return to != (from + 1 + world->seed % (world->scene.nodes - 1)) % world->scene.nodes;
	return type == PEER_PROPOSAL &&
	       villain_decoded(world, from, to, type, payload, is_kept_back);
}
