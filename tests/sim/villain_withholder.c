/* The withholder: sends its parcels to one victim only (trap 22) and answers no
 * request for parcels or blocks; in all else it takes part. */
#include "proto/peer.h"
#include "tests/sim/villain.h"

bool villain_withholder(struct world *world, uint32_t from, uint32_t to, uint8_t type,
			struct bytes payload)
{
	struct arena arena;
	void *message;
	bool is_own = false;

	if (type == PEER_PARCEL)
		return to != (from + 1 + world->seed % (world->scene.nodes - 1)) % world->scene.nodes;
	if (type != PEER_PROPOSAL)
		return false;
	arena_init(&arena, (size_t)4 << 20);
	if (peer_decode(&arena, type, payload, &message) == ERR_OK) {
		const Stele__ProposalMessage *proposal = message;

		is_own = proposal->vote != NULL && proposal->vote->signer == from;
	}
	arena_release(&arena);
	return !is_own;
}
