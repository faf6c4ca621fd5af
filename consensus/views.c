#include "consensus/views.h"

#include <stdlib.h>
#include <string.h>

/* The first place whose view is not below the given one. */
static size_t place_of(const struct core *core, uint64_t view)
{
	size_t low = 0;
	size_t high = core->views_count;

	ASSERT(core->views_count <= core->views_capacity);
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (core->views[middle]->view < view)
			low = middle + 1;
		else
			high = middle;
	}
	ASSERT(low <= core->views_count);
	return low;
}

struct view *view_find(const struct core *core, uint64_t view)
{
	size_t place = place_of(core, view);

	ASSERT(place <= core->views_count);
	if (place == core->views_count || core->views[place]->view != view)
		return NULL;
	return core->views[place];
}

static struct view *view_new(const struct core *core, uint64_t view)
{
	struct view *entry = calloc(1, sizeof(*entry));

	ASSERT(entry != NULL);
	entry->view = view;
	entry->ballots = calloc((size_t)VOTE_KINDS * core->count, sizeof(*entry->ballots));
	ASSERT(entry->ballots != NULL);
	return entry;
}

struct view *view_get(struct core *core, uint64_t view)
{
	size_t place = place_of(core, view);

	if (place < core->views_count && core->views[place]->view == view)
		return core->views[place];
	if (core->views_count == core->views_capacity) {
		size_t capacity = core->views_capacity == 0 ? 64 : 2 * core->views_capacity;
		struct view **views = realloc(core->views, capacity * sizeof(struct view *));

		ASSERT(views != NULL);
		core->views = views;
		core->views_capacity = capacity;
	}
	memmove(core->views + place + 1, core->views + place,
		(core->views_count - place) * sizeof(struct view *));
	core->views[place] = view_new(core, view);
	core->views_count++;
	ASSERT(place == 0 || core->views[place - 1]->view < view);
	ASSERT(place + 1 == core->views_count || core->views[place + 1]->view > view);
	return core->views[place];
}

const struct slot *view_slot(const struct core *core, enum vote_kind kind, uint64_t view)
{
	const struct view *entry = view_find(core, view);

	ASSERT(core->count > 0);
	ASSERT(kind >= VOTE_NOTARIZE && kind <= VOTE_FINALIZE);
	if (entry == NULL || entry->slots[kind - 1].data.len == 0)
		return NULL;
	return &entry->slots[kind - 1];
}

bool view_is_notarized(const struct core *core, uint64_t view, const struct hash *block)
{
	const struct slot *slot = view_slot(core, VOTE_NOTARIZE, view);

	ASSERT(view > 0);
	ASSERT(block != NULL);
	if (slot != NULL)
		return hash_equal(&slot->block, block);
	/* F(b) implies that N(b) exists somewhere */
	slot = view_slot(core, VOTE_FINALIZE, view);
	return slot != NULL && hash_equal(&slot->block, block);
}

void view_keep(struct view *view, enum vote_kind kind, const struct hash *block, struct bytes data)
{
	struct slot *slot = &view->slots[kind - 1];

	/* at most one N, one X, one F a view: whoever found two has tripped */
	ASSERT(slot->data.len == 0);
	ASSERT(data.len > 0);
	slot->data = bytes_keep(data);
	slot->block = *block;
}

struct ballot *view_ballot(const struct core *core, const struct view *view, enum vote_kind kind,
			   uint32_t signer)
{
	ASSERT(kind >= VOTE_NOTARIZE && kind <= VOTE_FINALIZE);
	ASSERT(signer < core->count);
	return &view->ballots[(size_t)(kind - 1) * core->count + signer];
}

static void view_free(const struct core *core, struct view *view)
{
	ASSERT(view->ballots != NULL);
	ASSERT(view->view > 0);
	for (size_t i = 0; i < (size_t)VOTE_KINDS * core->count; i++)
		free(view->ballots[i].second);
	for (size_t i = 0; i < VOTE_KINDS; i++)
		free((void *)(uintptr_t)view->slots[i].data.at);
	free(view->ballots);
	free(view);
}

void views_prune(struct core *core)
{
	size_t count = 0;

	/* R13: never above last_final, and R views behind it stay */
	while (count < core->views_count &&
	       core->views[count]->view + EVIDENCE_VIEWS < core->final.view) {
		ASSERT(core->views[count]->view < core->final.view);
		view_free(core, core->views[count]);
		count++;
	}
	if (count == 0)
		return;
	ASSERT(count <= core->views_count);
	core->views_count -= count;
	memmove(core->views, core->views + count, core->views_count * sizeof(struct view *));
}

void views_free(struct core *core)
{
	for (size_t i = 0; i < core->views_count; i++)
		view_free(core, core->views[i]);
	free(core->views);
}
