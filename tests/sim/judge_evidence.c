/* 10, the second half: what was found against a validator ends up in the ledger of
 * every correct node, once for each type, and the ledger names nobody else. */
#include <stdio.h>

#include "ledger/ledger.h"
#include "proto/evidence.h"
#include "proto/value.h"
#include "tests/sim/judge_state.h"

#define SCRATCH_BYTES ((size_t)1 << 20)

static uint32_t type_of(const struct vote *first, const struct vote *second)
{
	if (first->kind != second->kind)
		return first->kind == VOTE_NULLIFY || second->kind == VOTE_NULLIFY ? 3 : 4;
	return first->kind == VOTE_NOTARIZE ? 1 : 2;
}

void judge_found(struct judge *judge, uint32_t node, const struct vote *first,
		 const struct vote *second)
{
	node_set_add(&judge->found[first->signer][type_of(first, second) - 1], node);
}

void judge_found_lost(struct judge *judge, uint32_t node)
{
	for (uint32_t i = 0; i < WORLD_NODES_MAX; i++) {
		for (uint32_t type = 0; type < 4; type++)
			node_set_remove(&judge->found[i][type], node);
	}
}

void judge_kept(struct judge *judge, uint32_t node, struct bytes text)
{
	struct world *world = judge->world;
	const struct set *set = &world->genesis->set;
	struct evidence evidence;
	uint32_t signer;

	if (evidence_parse(&evidence, text) ||
	    evidence_check(&evidence, &world->genesis->chain, set, 0)) {
		world_fail(world, "judge 10: node %u keeps what is no evidence", node);
		return;
	}
	signer = set_find_consensus(set, &evidence.signer);
	if (world_is_correct(world, signer))
		world_fail(world, "judge 10: node %u keeps evidence against the correct node %u",
			   node, signer);
	judge->kept[signer][evidence.type - 1] = true;
}

/* --- the ledger ---------------------------------------------------------- */

/* How often each type against each validator stands in a ledger. */
struct tally {
	uint32_t count[WORLD_NODES_MAX][4];
};

static bool read_value(struct ledger_view *view, struct arena *arena, const char *key,
		       enum value_type type, void **message)
{
	struct bytes value;

	return view_value(view, key, &value) == ERR_OK &&
	       value_decode(arena, value, type, message) == ERR_OK;
}

static void tally_value(struct world *world, uint32_t node, const Stele__EvidenceValue *value,
			struct tally *out)
{
	struct public_key signer;
	uint32_t index;

	for (size_t i = 0; i < sizeof(signer.b); i++)
		signer.b[i] = value->signer.data[i];
	index = set_find_consensus(&world->genesis->set, &signer);
	if (index == SET_NO_INDEX || world_is_correct(world, index)) {
		world_fail(world, "judge 10: the ledger of node %u names one that is not guilty",
			   node);
		return;
	}
	if (++out->count[index][value->type - 1] > 1)
		world_fail(world, "judge 10: E%u against %u is in the ledger of node %u twice",
			   value->type, index, node);
}

static void tally_ledger(struct world *world, uint32_t node, struct tally *out)
{
	struct ledger_view *view;
	struct arena arena;
	uint64_t count = 0;
	char key[40];
	void *message;

	*out = (struct tally){.count = {{0}}};
	if (ledger_view_open(node_ledger(world->nodes[node].node), &view))
		return;
	arena_init(&arena, SCRATCH_BYTES);
	if (read_value(view, &arena, "count/evidence", VALUE_COUNT, &message))
		count = ((Stele__CountValue *)message)->count;
	for (uint64_t k = 1; k <= count; k++) {
		(void)snprintf(key, sizeof(key), "evidence/%llu", (unsigned long long)k);
		if (read_value(view, &arena, key, VALUE_EVIDENCE, &message))
			tally_value(world, node, message, out);
		else
			world_fail(world, "judge 10: %s is missing in node %u", key, node);
	}
	arena_release(&arena);
	ledger_view_close(view);
}

/* Whether the node's ledger lacks something that is known against somebody. */
static bool lacks(const struct judge *judge, const struct tally *tally, uint32_t *who,
		  uint32_t *type)
{
	for (*who = 0; *who < WORLD_NODES_MAX; ++*who) {
		for (*type = 1; *type <= 4; ++*type) {
			bool is_known = node_set_count(&judge->found[*who][*type - 1]) > 0 ||
					judge->kept[*who][*type - 1];

			if (is_known && tally->count[*who][*type - 1] == 0)
				return true;
		}
	}
	return false;
}

bool judge_awaits_evidence(struct world *world, char *what, size_t what_max)
{
	for (uint32_t node = 0; node < world->count; node++) {
		struct tally tally;
		uint32_t who, type;

		if (!world_is_correct(world, node) || world->nodes[node].node == NULL)
			continue;
		tally_ledger(world, node, &tally);
		if (!lacks(world->judge, &tally, &who, &type))
			continue;
		(void)snprintf(what, what_max, "E%u against %u, which was found, is not in the "
			       "ledger of node %u", type, who, node);
		return true;
	}
	return false;
}
