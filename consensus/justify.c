#include "consensus/justify.h"

#include "base/mutant.h"
#include "consensus/blocks.h"
#include "consensus/leader.h"
#include "consensus/peers.h"
#include "consensus/views.h"

/* The highest view strictly between that has no X here, or 0. */
static uint64_t unskipped_view(const struct core *core, uint64_t low, uint64_t high)
{
	ASSERT(low < high);
	ASSERT(low >= core->final.view);
	if (mutant_on("notarize_without_skip_certs"))
		return 0;
	for (uint64_t view = high - 1; view > low; view--) {
		if (view_slot(core, VOTE_NULLIFY, view) == NULL)
			return view;
		if (mutant_on("own_branch_only") && view_slot(core, VOTE_NOTARIZE, view) != NULL)
			return view;
	}
	return 0;
}

enum justified justify_check(const struct core *core, const struct block *block)
{
	const struct header *header = &block->header;
	const struct block *parent = block_find(core, &header->parent);

	ASSERT(block->has_header);
	ASSERT(header->parent_view < header->view);
	/* R2: parent view >= last_final.view, else permanently invalid */
	if (header->parent_view < core->final.view)
		return JUSTIFIED_NEVER;
	if (header->parent_view == core->final.view) {
		if (!hash_equal(&header->parent, &core->final.block))
			return JUSTIFIED_NEVER;
	} else {
		const struct slot *slot = view_slot(core, VOTE_NOTARIZE, header->parent_view);

		if (slot == NULL)
			return mutant_on("unknown_parent_taken") ? JUSTIFIED : JUSTIFIED_MISSING;
		if (!hash_equal(&slot->block, &header->parent))
			return JUSTIFIED_NEVER; /* there is at most one N a view */
	}
	/* R2: every view strictly between has X */
	if (unskipped_view(core, header->parent_view, header->view) != 0)
		return JUSTIFIED_MISSING;
	/* whose certificate is held, its header came with it */
	ASSERT(parent != NULL && parent->has_header);
	return block_follows(block, parent) ? JUSTIFIED : JUSTIFIED_NEVER;
}

void justify_ask(struct core *core, const struct block *block)
{
	const struct header *header = &block->header;
	struct view *view = view_get(core, header->view);
	uint32_t first = core_leader(core, header->view);
	uint32_t count = 0;
	bool needs_parent = header->parent_view > core->final.view &&
			    view_slot(core, VOTE_NOTARIZE, header->parent_view) == NULL;

	ASSERT(block->has_header);
	if (!peers_ask_due(core, &view->ask))
		return;
	if (needs_parent)
		peers_ask_certificate(core, &view->ask, first, VOTE_NOTARIZE, header->parent_view);
	for (uint64_t u = header->view - 1; u > header->parent_view; u--) {
		if (view_slot(core, VOTE_NULLIFY, u) != NULL)
			continue;
		if (mutant_on("request_of_the_other_kind") && view_slot(core, VOTE_NOTARIZE, u) != NULL)
			continue;
		ASSERT(u > core->final.view);
		peers_ask_certificate(core, &view->ask, first, VOTE_NULLIFY, u);
		if (++count == LIMIT_REPLY_CERTIFICATES)
			break;
	}
	peers_asked(core, &view->ask);
}

bool justify_parent(const struct core *core, uint64_t view, struct parent *out)
{
	ASSERT(view > core->final.view);
	for (uint64_t u = view - 1; u > core->final.view; u--) {
		const struct slot *slot = view_slot(core, VOTE_NOTARIZE, u);

		if (slot != NULL) {
			*out = (struct parent){u, block_find(core, &slot->block)};
			ASSERT(out->block != NULL);
			return true;
		}
		if (view_slot(core, VOTE_NULLIFY, u) == NULL)
			return false;
	}
	*out = (struct parent){core->final.view, block_find(core, &core->final.block)};
	ASSERT(out->block != NULL);
	return true;
}

void justify_ask_parent(struct core *core, uint64_t view)
{
	struct view *entry = view_get(core, view);
	uint32_t count = 0;

	ASSERT(view > core->final.view);
	if (!peers_ask_due(core, &entry->ask))
		return;
	for (uint64_t u = view - 1; u > core->final.view; u--) {
		if (view_slot(core, VOTE_NOTARIZE, u) != NULL)
			break;
		if (view_slot(core, VOTE_NULLIFY, u) != NULL)
			continue;
		/* either kind lets the walk go on, and which one exists is not known here */
		peers_ask_certificate(core, &entry->ask, core_leader(core, u), VOTE_NOTARIZE, u);
		peers_ask_certificate(core, &entry->ask, core_leader(core, u), VOTE_NULLIFY, u);
		if (++count == LIMIT_REPLY_CERTIFICATES / 2)
			break;
	}
	ASSERT(count > 0);
	peers_asked(core, &entry->ask);
}

const struct bytes *justify_list(struct core *core, uint64_t view, uint64_t parent_view,
				 size_t *count)
{
	struct bytes *list = core_scratch(core, LIMIT_JUSTIFICATION * sizeof(*list));
	const struct slot *parent = NULL;
	size_t used = 0;

	ASSERT(parent_view < view);
	/* the highest first: over 64, the lowest are left to requests */
	for (uint64_t u = view - 1; u > parent_view && used < LIMIT_JUSTIFICATION; u--) {
		const struct slot *slot = view_slot(core, VOTE_NULLIFY, u);

		if (slot != NULL)
			list[used++] = slot->data;
	}
	if (parent_view > 0)
		parent = view_slot(core, VOTE_FINALIZE, parent_view);
	if (parent == NULL && parent_view > 0)
		parent = view_slot(core, VOTE_NOTARIZE, parent_view);
	if (parent != NULL && used < LIMIT_JUSTIFICATION)
		list[used++] = parent->data;
	ASSERT(used <= LIMIT_JUSTIFICATION);
	*count = used;
	return list;
}
