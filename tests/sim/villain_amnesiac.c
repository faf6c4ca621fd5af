/* The amnesiac: falls soon after it voted or proposed, comes back at once without any
 * own vote or block in its journal, now and then without its newest certificates
 * too, is deaf for a while to those who would remind it, and votes again. */
#include <stdlib.h>
#include <string.h>

#include "consensus/record.h"
#include "ledger/store.h"
#include "tests/sim/villain.h"

#define FALL_PPM 30000u /* of its votes, each to one receiver */
#define FALL_MAX_US 20000u
#define FALL_LEADING_PPM 300000u /* of the views that it leads */
#define AWAKE_US 100000u /* at least, between two falls as a leader */
#define DOWN_US 5000u
#define DEAF_US 600000u
#define KEY_BYTES 49

static void wake(struct world *world, uint32_t nobody, void *argument)
{
	uint32_t node = (uint32_t)(uintptr_t)argument;

	(void)nobody;
	if (world->nodes[node].node == NULL && !world->is_over)
		world_start(world, node);
}

static void fall(struct world *world, uint32_t node, void *argument)
{
	(void)argument;
	world_crash(world, node);
	world_at(world, DOWN_US, WORLD_NODES_MAX, wake, NULL, (void *)(uintptr_t)node);
}

/* This life began without the newest certificates. */
static bool is_deep(const struct world *world, uint32_t node)
{
	return villain_dice(world, world->nodes[node].life, node) % 4 == 0;
}

static bool is_forgotten(const struct world *world, uint32_t node, struct bytes key)
{
	return key.len == KEY_BYTES &&
	       (key.at[0] == RECORD_OWN || key.at[0] == RECORD_BLOCK ||
		(is_deep(world, node) && key.at[0] == RECORD_CERTIFICATE));
}

static bool reminds(struct world *world, uint32_t from, uint32_t node, void *message)
{
	const Stele__ProposalMessage *proposal = message;

	(void)world;
	(void)from;
	return proposal->vote != NULL && proposal->vote->signer == node;
}

bool villain_on_arrival(struct world *world, uint32_t node, uint32_t from, uint8_t type,
			struct bytes payload)
{
	if (villain_part(world, node) != VILLAIN_AMNESIAC || world->is_calm ||
	    world->now_us - world->nodes[node].started_us > DEAF_US)
		return false;
	if (type == PEER_PROPOSAL)
		return villain_decoded(world, from, node, type, payload, reminds);
	return type == PEER_CERTIFICATE && is_deep(world, node);
}

/* Its own votes, and those certificates, are gone. */
void villain_on_start(struct world *world, uint32_t node)
{
	struct store *store = world->nodes[node].journal_store;
	struct bytes key = {NULL, 0}, value, from = bytes_of((const uint8_t *)"", 0);
	struct store_write *write;
	struct store_read *read;
	uint8_t next[KEY_BYTES + 1];

	if (villain_part(world, node) != VILLAIN_AMNESIAC || store_read_begin(store, &read))
		return;
	if (store_write_begin(store, &write) == ERR_OK) {
		while (store_seek(read, TABLE_RECORD, from, false, &key, &value) == ERR_OK) {
			if (is_forgotten(world, node, key))
				(void)!store_delete(write, TABLE_RECORD, key);
			memcpy(next, key.at, key.len);
			next[key.len] = 0; /* the key after this one */
			from = bytes_of(next, key.len + 1);
		}
		(void)!store_commit(write);
	}
	store_read_end(read);
}

/* Of its own proposals, some reach half of the others only, and then it falls. */
static bool twist_proposal(struct world *world, uint32_t from, uint32_t to, void *message)
{
	const Stele__ProposalMessage *proposal = message;
	uint64_t dice;

	if (proposal->vote == NULL || proposal->vote->signer != from)
		return false;
	dice = villain_dice(world, proposal->vote->view, from);
	if (dice % 1000000 >= FALL_LEADING_PPM ||
	    world->now_us - world->nodes[from].started_us < AWAKE_US)
		return false;
	world_at(world, 1, from, fall, NULL, NULL);
	return (dice >> (24 + to) & 1) != 0;
}

bool villain_amnesiac(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		      struct bytes payload)
{
	if (world->is_calm)
		return false;
	if (type == PEER_PROPOSAL)
		return villain_decoded(world, from, to, type, payload, twist_proposal);
	if (type == PEER_VOTE && rng_chance(&world->rng_villain, FALL_PPM / world->scene.nodes))
		world_at(world, 1 + rng_below(&world->rng_villain, FALL_MAX_US), from, fall, NULL,
			 NULL);
	return false;
}
