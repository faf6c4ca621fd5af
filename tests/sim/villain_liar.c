/* The lying sync peer: boasts of heights and certificates that it does not have,
 * and answers who lags with ranges that are forged, cut, shifted or never come. */
#include "tests/sim/villain.h"

#define BITMAP_BYTES 32u

static bool boast(struct world *world, uint32_t from, uint32_t to, void *message)
{
	Stele__StatusMessage *status = message;
	uint8_t ones[BITMAP_BYTES];

	for (size_t i = 0; i < sizeof(ones); i++)
		ones[i] = 0xff;
	status->final_view += 100000;
	status->final_height += 100000;
	status->committed_height += 100000;
	status->notarized = (ProtobufCBinaryData){sizeof(ones), ones};
	status->nullified = status->notarized;
	villain_post(world, from, to, PEER_STATUS, status);
	return true;
}

static void spoil(struct world *world, ProtobufCBinaryData *data)
{
	if (data->len > 0)
		data->data[rng_below(&world->rng_villain, data->len)] ^= 1;
}

static bool lie(struct world *world, uint32_t from, uint32_t to, void *message)
{
	Stele__RangeMessage *range = message;
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
	if (type == PEER_STATUS)
		return villain_decoded(world, from, to, type, payload, boast);
	return type == PEER_RANGE && villain_decoded(world, from, to, type, payload, lie);
}
