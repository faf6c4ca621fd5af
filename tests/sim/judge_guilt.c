/* Judge 10, the other half: when safety broke, pairs of votes that correct nodes hold
 * show f + 1 validators guilty, and nobody else. */
#include "tests/sim/judge_state.h"

/* Notarize and nullify together are legal; E1 to E4 are all other pairs. */
static bool is_pair(const struct held_votes *a, const struct held_votes *b)
{
	bool is_same = hash_equal(&a->block, &b->block);

	if (a->kind == b->kind)
		return a->kind != VOTE_NULLIFY && !is_same;
	if (a->kind != VOTE_FINALIZE && b->kind != VOTE_FINALIZE)
		return false;
	return a->kind == VOTE_NULLIFY || b->kind == VOTE_NULLIFY || !is_same;
}

void judge_hold_votes(struct judge *judge, uint64_t view, enum vote_kind kind,
		      const struct hash *block, const struct node_set *signers)
{
	struct seen_view *seen = judge_view(judge, view);
	struct held_votes *held = NULL;

	for (uint32_t i = 0; i < seen->held_count; i++) {
		if (seen->held[i].kind == kind && hash_equal(&seen->held[i].block, block))
			held = &seen->held[i];
	}
	if (held == NULL && seen->held_count < HELD_MAX) {
		held = &seen->held[seen->held_count++];
		held->kind = kind;
		held->block = *block;
	}
	if (held != NULL)
		node_set_join(&held->signers, signers);
}

struct node_set judge_guilty(const struct judge *judge)
{
	struct node_set guilty = {{0}};

	for (size_t v = 0; v < judge->views_count; v++) {
		const struct seen_view *seen = &judge->views[v];

		node_set_join(&guilty, &seen->reported);
		for (uint32_t i = 0; i < seen->held_count; i++) {
			for (uint32_t k = i + 1; k < seen->held_count; k++) {
				struct node_set both = node_set_common(&seen->held[i].signers,
								       &seen->held[k].signers);

				if (is_pair(&seen->held[i], &seen->held[k]))
					node_set_join(&guilty, &both);
			}
		}
	}
	return guilty;
}

void judge_name_guilty(struct judge *judge)
{
	struct world *world = judge->world;
	struct node_set guilty = judge_guilty(judge);
	uint32_t count = node_set_count(&guilty);

	for (uint32_t i = 0; i < world->scene.nodes; i++) {
		if (node_set_has(&guilty, i) && world_is_correct(world, i))
			world_fail(world, "judge 10: certificates show the correct node %u guilty", i);
	}
	if (world->statistics.breaks == 0)
		return;
	world->statistics.is_all_named = count > world_faults(world->scene.nodes);
	if (!world->statistics.is_all_named)
		world_fail(world, "judge 10: safety broke and %u are shown guilty", count);
}
