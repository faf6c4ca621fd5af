#include "consensus/reserve.h"

#include "base/mutant.h"
#include "consensus/timeout.h"

void reserve_load(struct core *core, const struct reservation *reservation)
{
	ASSERT(core->reserve.held.stamp == 0);
	ASSERT(core->has_started);
	core->reserve.newest = *reservation;
	core->reserve.is_loaded = true;
}

bool reserve_covers(const struct core *core, uint64_t view)
{
	const struct reserve *reserve = &core->reserve;

	ASSERT(view > 0);
	if (mutant_on("reservation_not_awaited"))
		return true;
	ASSERT(reserve->used_us <= core->now_us);
	if (reserve->is_closed || reserve->held.stamp == 0 || view > reserve->held.view)
		return false;
	return !reserve->is_used || core->now_us - reserve->used_us < RESERVE_US;
}

void reserve_use(struct core *core, uint64_t view)
{
	struct reserve *reserve = &core->reserve;

	ASSERT(reserve_covers(core, view));
	if (view > reserve->voted_view)
		reserve->voted_view = view;
	if (reserve->is_used)
		return;
	reserve->is_used = true;
	reserve->used_us = core->now_us;
	timeout_arm(core, TIMER_RESERVE, RESERVE_US / 2);
	ASSERT(core->is_armed[TIMER_RESERVE]);
}

static void put_out(struct core *core, uint64_t view)
{
	static const struct hash nothing;
	struct reservation *newest = &core->reserve.newest;
	uint8_t *data = core_scratch(core, RESERVATION_BYTES);
	uint64_t above = newest->stamp + 1;

	ASSERT(newest->stamp < UINT64_MAX);
	ASSERT(core_is_member(core));
	/* a stamp of the clock stands above those of a journal and a file that are both gone */
	newest->stamp = core->wall_ms > above ? core->wall_ms : above;
	newest->epoch = core->config.epoch;
	newest->view = view;
	reservation_encode(data, newest);
	core_persist(core, RECORD_RESERVATION, 0, &nothing, bytes_of(data, RESERVATION_BYTES));
}

/* Half of it is gone, in views or in time: so the next is there before it ends. */
static bool is_due(const struct core *core)
{
	const struct reserve *reserve = &core->reserve;

	ASSERT(core->cur > core->final.view);
	ASSERT(reserve->used_us <= core->now_us);
	if (reserve->held.stamp == 0 || core->cur + RESERVE_VIEWS / 2 > reserve->held.view)
		return true;
	return reserve->is_used && core->now_us - reserve->used_us >= RESERVE_US / 2;
}

void reserve_advance(struct core *core)
{
	const struct reserve *reserve = &core->reserve;

	if (!core_is_member(core) || core->is_tripped || core->recovery.is_lost ||
	    reserve->is_closed || reserve->is_asked || !is_due(core))
		return;
	ASSERT(core->has_started);
	core->reserve.is_asked = true;
	put_out(core, core->cur + RESERVE_VIEWS - 1);
}

enum verdict reserve_on_durable(struct core *core, uint64_t stamp)
{
	struct reserve *reserve = &core->reserve;

	ASSERT(core->has_started);
	ASSERT(stamp > 0);
	if (stamp != reserve->newest.stamp || !reserve->is_asked)
		return IGNORED_OLD;
	reserve->is_asked = false;
	reserve->held = reserve->newest;
	reserve->is_used = false;
	timeout_cancel(core, TIMER_RESERVE);
	ASSERT(reserve->held.stamp > 0);
	return ACCEPTED;
}

void reserve_close(struct core *core)
{
	struct reserve *reserve = &core->reserve;

	ASSERT(core->has_started);
	if (!core_is_member(core) || reserve->is_closed)
		return;
	reserve->is_closed = true;
	/* without a vote in this life and in the journal nothing is more exact */
	if (reserve->voted_view > 0 && !core->recovery.is_lost)
		put_out(core, reserve->voted_view);
	ASSERT(!reserve_covers(core, core->cur) || mutant_on("reservation_not_awaited"));
}
