/* The pusher: gives answers that nobody asked it for: ranges, blocks, votes and
 * certificates that it once sent go again to others, late, cut or shifted. */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/villain.h"

#define KEPT 8u
#define SHARE_PPM 100000u

/* The newest answers of the one world that runs, of whichever pusher. */
static struct {
	uint64_t seed;
	struct answer {
		uint8_t type;
		struct buf payload;
	} kept[KEPT];
	size_t next;
} store;

static void keep(const struct world *world, uint8_t type, struct bytes payload)
{
	struct answer *answer = &store.kept[store.next++ % KEPT];

	if (store.seed != world->seed) {
		for (size_t i = 0; i < KEPT; i++)
			buf_release(&store.kept[i].payload);
		memset(&store, 0, sizeof(store));
		store.seed = world->seed;
		answer = &store.kept[store.next++];
	}
	buf_release(&answer->payload);
	buf_init(&answer->payload, payload.len + 1);
	buf_add(&answer->payload, payload.at, payload.len);
	answer->type = type;
}

static bool shift(struct world *world, uint32_t from, uint32_t to, void *message)
{
	Stele__RangeMessage *range = message;
	size_t cut = rng_below(&world->rng_villain, range->n_blocks + 1);

	range->from_height += rng_below(&world->rng_villain, 3);
	if (cut > 0)
		range->n_blocks = cut;
	villain_post(world, from, to, PEER_RANGE, range);
	return true;
}

static void push(struct world *world, uint32_t from, uint32_t to)
{
	const struct answer *answer = &store.kept[rng_below(&world->rng_villain, KEPT)];

	if (store.seed != world->seed || answer->payload.len == 0)
		return;
	if (answer->type == PEER_RANGE && rng_below(&world->rng_villain, 2) == 0)
		(void)villain_decoded(world, from, to, PEER_RANGE, buf_bytes(&answer->payload),
				      shift);
	else
		net_sim_post(world, from, to, answer->type, buf_bytes(&answer->payload));
}

bool villain_pusher(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		    struct bytes payload)
{
	if (type == PEER_RANGE || type == PEER_PROPOSAL || type == PEER_VOTES ||
	    (type == PEER_CERTIFICATE && rng_below(&world->rng_villain, 8) == 0))
		keep(world, type, payload);
	else if (rng_chance(&world->rng_villain, SHARE_PPM))
		push(world, from, to);
	return false;
}
