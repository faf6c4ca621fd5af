/* Judges of what is kept: 13 (what a node rebuilds from its disk is the state that it
 * had), 15 (roots and totals equal an independent re-execution from block 0). */
#include <stdlib.h>

#include "ledger/ledger_internal.h"
#include "ledger/verify.h"
#include "tests/sim/judge_state.h"

/* The node's own tree and log at its committed height, not what a header says. */
static bool take_state(struct world *world, uint32_t node, uint64_t *height,
		       struct seen_state *out)
{
	struct ledger *ledger = node_ledger(world->nodes[node].node);
	struct ledger_view *view;
	struct ledger_tip tip;
	bool is_good;

	if (ledger_view_open(ledger, &view))
		return false;
	ledger_view_tip(view, &tip);
	*height = tip.height;
	*out = (struct seen_state){.is_known = true, .log_size = tip.log_size};
	state_root(ledger->tree, ledger->base.version, &out->root);
	is_good = view_log_root(view, tip.log_size, &out->log_root) == ERR_OK;
	ledger_view_close(view);
	return is_good;
}

static struct seen_state *state_at(struct judge *judge, uint64_t height)
{
	if (height >= judge->states_count) {
		size_t count = (size_t)height * 2 + 64;

		judge->states = realloc(judge->states, count * sizeof(*judge->states));
		ASSERT(judge->states != NULL);
		for (size_t i = judge->states_count; i < count; i++)
			judge->states[i] = (struct seen_state){.is_known = false};
		judge->states_count = count;
	}
	return &judge->states[height];
}

void judge_state(struct judge *judge, uint32_t node, const char *number)
{
	struct seen_state mine, *known;
	uint64_t height;

	if (!take_state(judge->world, node, &height, &mine)) {
		world_fail(judge->world, "start: the ledger of node %u gives no view", node);
		return;
	}
	known = state_at(judge, height);
	if (!known->is_known)
		*known = mine;
	else if (mine.log_size != known->log_size || !hash_equal(&mine.root, &known->root) ||
		 !hash_equal(&mine.log_root, &known->log_root))
		world_fail(judge->world, "judge %s: node %u has another state or log at height %llu",
			   number, node, (unsigned long long)height);
}

void judge_replayed(struct judge *judge, uint32_t node)
{
	uint64_t view = judge->durable_view[node];

	judge_state(judge, node, "13");
	if (judge->lives[node].has_status && judge->lives[node].view <= view && view > 0)
		world_fail(judge->world, "judge 13: node %u starts in view %llu and has ended view "
			   "%llu", node, (unsigned long long)judge->lives[node].view,
			   (unsigned long long)view);
}

void judge_again(struct judge *judge, uint32_t node)
{
	struct world *world = judge->world;
	struct verify_report report = {.heights = 0};
	struct verify_order order = {.genesis = world->genesis,
				     .genesis_text = buf_bytes(&world->genesis_text),
				     .scratch = store_sim_scratch()};
	enum err err = verify_ledger(world->nodes[node].chain_store, &order, &report);

	if (err)
		world_fail(world, "judge 15: the ledger of node %u does not come out again: %s at "
			   "height %llu: %s", node, err_name(err),
			   (unsigned long long)report.bad_height,
			   report.what == NULL ? "" : report.what);
	else if (report.executed != report.heights)
		world_fail(world, "judge 15: of node %u only %llu of %llu heights can be executed "
			   "again", node, (unsigned long long)report.executed,
			   (unsigned long long)report.heights);
}
