/* The hoarder: keeps every certificate to itself, or shows it to one victim only,
 * says that it holds none, and justifies no proposal; in all else it takes part. */
#include "tests/sim/villain.h"

static bool strip_proposal(struct world *world, uint32_t from, uint32_t to, void *message)
{
	Stele__ProposalMessage *proposal = message;

	proposal->n_justification = 0;
	villain_post(world, from, to, PEER_PROPOSAL, proposal);
	return true;
}

static bool strip_status(struct world *world, uint32_t from, uint32_t to, void *message)
{
	Stele__StatusMessage *status = message;

	status->notarized = (ProtobufCBinaryData){0, NULL};
	status->nullified = (ProtobufCBinaryData){0, NULL};
	villain_post(world, from, to, PEER_STATUS, status);
	return true;
}

bool villain_hoarder(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		     struct bytes payload)
{
	uint64_t victim = villain_dice(world, from, world->now_us / 1000000) % world->scene.nodes;

	if (to == victim)
		return false;
	if (type == PEER_PROPOSAL)
		return villain_decoded(world, from, to, type, payload, strip_proposal);
	if (type == PEER_STATUS)
		return villain_decoded(world, from, to, type, payload, strip_status);
	return type == PEER_CERTIFICATE || type == PEER_RANGE;
}
