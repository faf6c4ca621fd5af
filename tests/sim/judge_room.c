/* Judge 12: what a node holds is bounded by what may still become final, whatever
 * the others invent.  Judge 21: while all is timely, only a villain is passed over.  Looked
 * at after each commit. */
#include "node/flight.h"
#include "node/passing.h"
#include "node/pool.h"
#include "node/pump.h"
#include "tests/sim/judge_state.h"

void judge_passing(struct judge *judge, uint32_t node)
{
	struct world *world = judge->world;
	const struct node *pump = world->nodes[node].node;

	for (uint32_t author = 0; author < world->scene.nodes; author++) {
		if (!passing_is_over(pump->passing, author, judge->lives[node].view))
			continue;
		world->statistics.passed_over++;
		if (world->scene.is_timely && world_is_correct(world, author))
			world_fail(world, "judge 21: node %u passes over the correct author %u",
				   node, author);
	}
}

void judge_room(struct judge *judge, uint32_t node)
{
	const struct node *pump = judge->world->nodes[node].node;
	const struct seen_block *tip = judge_block(judge, &pump->tip_block);
	uint64_t view = judge->lives[node].view;
	uint64_t low = tip == NULL ? 0 : tip->view;
	uint64_t flights = 0, bytes[WORLD_NODES_MAX] = {0};
	const struct flight *block;
	const struct held *held;

	TAILQ_FOREACH(block, flights_list(pump), link) {
		flights++;
		if (block->view <= low)
			world_fail(judge->world, "judge 12: node %u keeps a block of view %llu after "
				   "the commit of view %llu", node, (unsigned long long)block->view,
				   (unsigned long long)low);
	}
	/* of each view the leader's proposal, and another that a certificate names */
	if (flights > 2 * (view + 2 - low))
		world_fail(judge->world, "judge 12: node %u holds %llu blocks between views %llu and "
			   "%llu", node, (unsigned long long)flights, (unsigned long long)low,
			   (unsigned long long)view);
	TAILQ_FOREACH(held, pool_open_list(pump->pool), link) {
		uint32_t author = held->parcel->text.author;

		if (held->blocks > 0)
			continue;
		if (author != node)
			bytes[author] += held->parcel->text.bytes;
		if (held->parcel->text.expires > pump->tip_height + 1 + LIMIT_PARCEL_EXPIRY)
			world_fail(judge->world, "judge 12: node %u keeps a parcel that no block may "
				   "have", node);
	}
	for (uint32_t i = 0; i < judge->world->count; i++) {
		if (bytes[i] > pump->config.parcel_bytes_max)
			world_fail(judge->world, "judge 12: node %u holds %llu unreferenced bytes of "
				   "author %u", node, (unsigned long long)bytes[i], i);
	}
}
