#include "consensus/recovery.h"

#include "base/mutant.h"
#include "consensus/peers.h"
#include "consensus/timeout.h"
#include "consensus/views.h"

void recovery_load_lost(struct core *core)
{
	ASSERT(core->has_started);
	ASSERT(core_is_member(core) || !core->recovery.is_lost);
	core->recovery.is_lost = true;
	core->vote_floor = UINT64_MAX;
}

static void lose(struct core *core)
{
	static const struct hash nothing;
	uint8_t *data = core_scratch(core, 16);

	ASSERT(core->recovery.is_new);
	ASSERT(!core->recovery.is_lost);
	core->recovery.is_new = false;
	core->recovery.is_lost = true;
	core->vote_floor = UINT64_MAX;
	store_u64(data, FLOOR_EPOCH_LOST);
	core_persist(core, RECORD_FLOOR, 0, &nothing, bytes_of(data, 16));
}

static bool has_certificate(const struct core *core)
{
	ASSERT(core->views_count == 0 || core->views != NULL);
	for (size_t i = 0; i < core->views_count; i++) {
		for (size_t kind = 0; kind < VOTE_KINDS; kind++) {
			if (core->views[i]->slots[kind].data.len > 0)
				return true;
		}
	}
	ASSERT(core->final.view == 0); /* last_final's own is kept */
	return false;
}

void recovery_start(struct core *core)
{
	ASSERT(core->has_started);
	ASSERT(!core->recovery.is_new);
	core->recovery.is_new =
		core->reserve.is_loaded && core->vote_floor == 0 && !has_certificate(core);
}

void recovery_on_chain(struct core *core)
{
	ASSERT(core->has_started);
	ASSERT(core->final.view > 0);
	if (core->recovery.is_new && core_is_member(core))
		lose(core);
}

void recovery_on_certificate(struct core *core, uint64_t view)
{
	const struct view *entry = view_find(core, view);

	ASSERT(core->has_started);
	ASSERT(core->out != NULL);
	if (!core->recovery.is_new || !core_is_member(core))
		return;
	if (view > core->cur)
		lose(core);
	else if (entry != NULL && (entry->own.has_notarize || entry->own.has_nullify))
		core->recovery.is_new = false;
}

void recovery_on_status(struct core *core, const struct event_status *status, uint32_t peer)
{
	struct recovery *recovery = &core->recovery;

	ASSERT(status->epoch == core->config.epoch);
	ASSERT(peer != core->config.self);
	if (peer >= core->count)
		return;
	recovery->is_silent[peer] = !status->is_signing;
	if (status->is_signing) {
		/* the first one stays: this node reaches what an honest member said */
		if (recovery->is_lost && recovery->claims[peer] == 0)
			recovery->claims[peer] = status->view;
	} else if (core_is_signing(core)) {
		peers_send_status(core, peer);
	}
}

uint32_t recovery_wanted(const struct core *core)
{
	ASSERT(core->count > 0);
	ASSERT(core->quorum <= core->count);
	if (mutant_on("recovery_from_f_others"))
		return core->faults;
	return core->quorum < core->count ? core->quorum : core->count - 1;
}

/* A claim is proved once this node is in that view itself: it entered by a
 * certificate for the view before, or by a finalization above it. */
static bool is_proved(const struct core *core, uint32_t peer)
{
	ASSERT(peer < core->count);
	ASSERT(core->cur > 0);
	return core->recovery.claims[peer] > 0 && core->recovery.claims[peer] <= core->cur;
}

uint32_t recovery_heard(const struct core *core)
{
	uint32_t heard = 0;

	for (uint32_t i = 0; i < core->count; i++)
		heard += is_proved(core, i);
	ASSERT(heard < core->count);
	ASSERT(!core_is_member(core) || core->recovery.claims[core->config.self] == 0);
	return heard;
}

bool recovery_is_refused(const struct core *core)
{
	uint32_t left = 0;

	ASSERT(core->recovery.is_lost);
	ASSERT(core_is_member(core));
	for (uint32_t i = 0; i < core->count; i++)
		left += i != core->config.self && !core->recovery.is_silent[i];
	/* nobody remembers for a validator that is alone */
	return core->count == 1 || left < recovery_wanted(core);
}

/* With (e, c) the highest: never at a view <= c + 1, for a vote of c + 1 can have
 * been given while no correct member was further than c. */
static void end(struct core *core)
{
	static const struct hash nothing;
	uint8_t *data = core_scratch(core, 16);
	uint64_t highest = 0;

	ASSERT(core->count > 1);
	for (uint32_t i = 0; i < core->count; i++) {
		if (is_proved(core, i) && core->recovery.claims[i] > highest)
			highest = core->recovery.claims[i];
	}
	ASSERT(highest > 0);
	core->recovery.is_lost = false;
	core->vote_floor = mutant_on("floor_off_by_one") ? highest : highest + 1;
	store_u64(data, core->config.epoch);
	store_u64(data + 8, core->vote_floor);
	/* ahead of the record of any vote */
	core_persist(core, RECORD_FLOOR, 0, &nothing, bytes_of(data, 16));
}

void recovery_advance(struct core *core)
{
	struct recovery *recovery = &core->recovery;

	ASSERT(core->has_started);
	ASSERT(recovery->asked_us <= core->now_us);
	if (!recovery->is_lost || !core_is_member(core) || core->is_tripped)
		return;
	if (core->count > 1 && recovery_heard(core) >= recovery_wanted(core)) {
		end(core);
		return;
	}
	if (core->now_us - recovery->asked_us < timeout_view_us(core))
		return;
	recovery->asked_us = core->now_us;
	peers_send_status(core, PEER_ALL);
}
