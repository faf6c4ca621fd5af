/* The lying sync peer: boasts of heights and certificates that it does not have,
 * and answers who lags with ranges that are forged, cut, shifted or never come. */
#include "proto/peer.h"
#include "tests/sim/villain.h"

#define ARENA_BYTES ((size_t)64 << 20)
#define BITMAP_BYTES 32u

static void boast(struct world *world, uint32_t from, uint32_t to, Stele__StatusMessage *status)
{
	uint8_t ones[BITMAP_BYTES];

	for (size_t i = 0; i < sizeof(ones); i++)
		ones[i] = 0xff;
	status->final_view += 100000;
	status->final_height += 100000;
	status->committed_height += 100000;
	status->notarized = (ProtobufCBinaryData){sizeof(ones), ones};
	status->nullified = status->notarized;
	villain_post(world, from, to, PEER_STATUS, status);
}

static void spoil(struct world *world, ProtobufCBinaryData *data)
{
	if (data->len > 0)
		data->data[rng_below(&world->rng_villain, data->len)] ^= 1;
}

static bool lie(struct world *world, uint32_t from, uint32_t to, Stele__RangeMessage *range)
{
	Stele__RangeBlock *block = range->blocks[rng_below(&world->rng_villain, range->n_blocks)];
	size_t cut = rng_below(&world->rng_villain, range->n_blocks);

	switch (rng_below(&world->rng_villain, 7)) {
	case 0: /* true, and not what was asked for */
		range->blocks += cut;
		range->n_blocks -= cut;
		range->from_height += cut;
		break;
	case 1:
		spoil(world, &block->header);
		break;
	case 2:
		spoil(world, &block->body);
		break;
	case 3:
		spoil(world, &range->finalization);
		break;
	case 4: /* the certificate of another block, or none at all */
		range->n_blocks = cut;
		break;
	case 5:
		if (block->n_parcels > 0)
			spoil(world, &block->parcels[0]->payload);
		break;
	default:
		return true; /* it never comes */
	}
	villain_post(world, from, to, PEER_RANGE, range);
	return true;
}

bool villain_liar(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		  struct bytes payload)
{
	struct arena arena;
	void *message;
	bool is_done = false;

	if (type != PEER_RANGE && type != PEER_STATUS)
		return false;
	arena_init(&arena, ARENA_BYTES);
	if (peer_decode(&arena, type, payload, &message) == ERR_OK) {
		is_done = true;
		if (type == PEER_STATUS)
			boast(world, from, to, message);
		else
			is_done = lie(world, from, to, message);
	}
	arena_release(&arena);
	return is_done;
}
