/* The dripper: boasts of a little more than it has, answers who lags with one block
 * at a time and late, keeps the rest of the answer to itself, and falls in the
 * middle of some. */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/villain.h"

#define DELAY_MAX_US 3000000u
#define DOWN_US 200000u

struct drop {
	uint32_t to;
	bool is_last; /* then it falls */
	size_t len;
	uint8_t payload[];
};

static void wake(struct world *world, uint32_t nobody, void *argument)
{
	uint32_t node = (uint32_t)(uintptr_t)argument;

	(void)nobody;
	if (world->nodes[node].node == NULL && !world->is_over)
		world_start(world, node);
}

static void fall_drop(struct world *world, uint32_t node, void *argument)
{
	struct drop *drop = argument;
	bool is_last = drop->is_last;

	net_sim_post(world, node, drop->to, PEER_RANGE, bytes_of(drop->payload, drop->len));
	free(drop);
	if (!is_last || world->is_calm)
		return;
	world_crash(world, node);
	world_at(world, DOWN_US, WORLD_NODES_MAX, wake, NULL, (void *)(uintptr_t)node);
}

static bool drip(struct world *world, uint32_t from, uint32_t to, void *message)
{
	Stele__RangeMessage *range = message;
	struct buf out;
	struct drop *drop;

	if (range->n_blocks > 1)
		range->n_blocks = 1;
	buf_init(&out, peer_payload_max(PEER_RANGE));
	if (peer_encode(&out, PEER_RANGE, range) == ERR_OK) {
		drop = calloc(1, sizeof(*drop) + out.len);
		ASSERT(drop != NULL);
		drop->to = to;
		drop->is_last = rng_below(&world->rng_villain, 4) == 0;
		drop->len = out.len;
		memcpy(drop->payload, out.at, out.len);
		world_at(world, 1 + rng_below(&world->rng_villain, DELAY_MAX_US), from, fall_drop,
			 free, drop);
	}
	buf_release(&out);
	return true;
}

static bool boast(struct world *world, uint32_t from, uint32_t to, void *message)
{
	Stele__StatusMessage *status = message;

	status->final_height += 1 + rng_below(&world->rng_villain, 64);
	status->committed_height = status->final_height;
	villain_post(world, from, to, PEER_STATUS, status);
	return true;
}

bool villain_dripper(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		     struct bytes payload)
{
	if (type == PEER_RANGE)
		return villain_decoded(world, from, to, type, payload, drip);
	if (type == PEER_STATUS)
		return villain_decoded(world, from, to, type, payload, boast);
	return false;
}
