#include "consensus/timeout.h"

#include "base/mutant.h"
#include "consensus/justify.h"
#include "consensus/leader.h"
#include "consensus/tally.h"
#include "consensus/views.h"

#define GROWTH_MAX 64u /* times Delta */
#define GROWTH_FREE 2u /* views beyond last_final that cost nothing */

uint64_t timeout_delta(const struct core *core)
{
	uint64_t delta = core->config.timers.delta_us;
	uint64_t cap = GROWTH_MAX * core->config.timers.delta_us;
	uint64_t beyond = core->cur - core->final.view;

	ASSERT(core->cur > core->final.view);
	if (mutant_on("delta_uncapped"))
		cap *= 64;
	/* ends at the cap after 44 rounds, however far cur is */
	for (uint64_t i = GROWTH_FREE; i < beyond && delta < cap; i++)
		delta = delta * 11 / 10 > delta ? delta * 11 / 10 : delta + 1;
	ASSERT(delta > 0);
	return delta < cap ? delta : cap;
}

uint64_t timeout_proposal_us(const struct core *core)
{
	const struct genesis_timers *timers = &core->config.timers;

	ASSERT(timers->delta_us > 0);
	ASSERT(timers->delta_us < UINT64_MAX / 1024);
	return 4 * timeout_delta(core) + timers->fetch_us + timers->build_us + timers->disk_us;
}

uint64_t timeout_view_us(const struct core *core)
{
	const struct genesis_timers *timers = &core->config.timers;

	ASSERT(timers->fetch_us < UINT64_MAX / 1024);
	ASSERT(timers->idle_us < UINT64_MAX / 1024);
	return timeout_proposal_us(core) + timeout_delta(core) + timers->fetch_us +
	       timers->validate_us + timers->disk_us;
}

uint64_t timeout_late_ms(const struct core *core)
{
	ASSERT(timeout_delta(core) >= core->config.timers.delta_us);
	ASSERT(core->config.timers.delta_us > 0);
	return core->config.timers.late_ms * timeout_delta(core) / core->config.timers.delta_us;
}

void timeout_arm(struct core *core, enum timer_id timer, uint64_t delay_us)
{
	struct effect *effect = effects_add(core->out, EFFECT_ARM);

	ASSERT(timer < TIMER_COUNT);
	ASSERT(delay_us < UINT64_MAX - core->now_us);
	core->is_armed[timer] = true;
	core->deadline_us[timer] = core->now_us + delay_us;
	effect->arm.timer = timer;
	effect->arm.delay_us = delay_us;
}

void timeout_cancel(struct core *core, enum timer_id timer)
{
	ASSERT(core->out != NULL);
	ASSERT(timer < TIMER_COUNT);
	if (!core->is_armed[timer])
		return;
	core->is_armed[timer] = false;
	effects_add(core->out, EFFECT_CANCEL)->arm.timer = timer;
}

bool timeout_fired(struct core *core, enum timer_id timer)
{
	ASSERT(core->out != NULL);
	ASSERT(timer < TIMER_COUNT);
	if (!core->is_armed[timer])
		return false; /* cancelled while it was on its way */
	if (core->now_us < core->deadline_us[timer] && !mutant_on("timer_of_a_left_view")) {
		timeout_arm(core, timer, core->deadline_us[timer] - core->now_us);
		return false;
	}
	core->is_armed[timer] = false;
	return true;
}

/* R5: signed nothing for t_skip while q others were active.  The longest honest
 * silence is an idle view, so that is added. */
static bool leader_is_silent(const struct core *core)
{
	uint32_t leader = core_leader(core, core->cur);
	uint64_t span = core->config.timers.skip_us + core->config.timers.idle_us;
	uint32_t others = 0;

	ASSERT(leader < core->count);
	if (core->config.timers.skip_us == 0 || core->config.self == leader)
		return false;
	if (core->now_us - core->active_us[leader] <= span)
		return false;
	for (uint32_t i = 0; i < core->count; i++) {
		ASSERT(core->active_us[i] <= core->now_us);
		if (i != leader && core->now_us - core->active_us[i] <= span)
			others++;
	}
	return others >= core->quorum;
}

void timeout_enter(struct core *core)
{
	bool is_silent = leader_is_silent(core);

	ASSERT(core->out != NULL);
	ASSERT(core->cur > core->final.view);
	timeout_cancel(core, TIMER_IDLE);
	timeout_cancel(core, TIMER_EARLY);
	timeout_cancel(core, TIMER_RETRY);
	core->is_wait_over = false;
	/* a leader that is not waited for is not waited for in an idle view either */
	core->idle = is_silent ? IDLE_ENDED : IDLE_BEFORE;
	timeout_arm(core, TIMER_PROPOSAL, is_silent ? 0 : timeout_proposal_us(core));
	timeout_arm(core, TIMER_VIEW, is_silent ? 0 : timeout_view_us(core));
}

static void cut(struct core *core, enum timer_id timer, uint64_t delay_us)
{
	ASSERT(timer < TIMER_COUNT);
	ASSERT(delay_us > 0);
	if (core->is_armed[timer] && core->deadline_us[timer] > core->now_us + delay_us)
		timeout_arm(core, timer, delay_us);
}

void timeout_shorten(struct core *core)
{
	uint64_t idle_us = core->idle == IDLE_NOW ? core->config.timers.idle_us : 0;

	ASSERT(core->out != NULL);
	ASSERT(core->cur > core->final.view);
	cut(core, TIMER_PROPOSAL, idle_us + timeout_proposal_us(core));
	cut(core, TIMER_VIEW, idle_us + timeout_view_us(core));
	cut(core, TIMER_RETRY, timeout_view_us(core) * 5 / 4);
}

void timeout_arm_retry(struct core *core)
{
	uint64_t base = timeout_view_us(core);

	ASSERT(core->out != NULL);
	ASSERT(base > 0);
	timeout_arm(core, TIMER_RETRY, base + rng_below(&core->jitter, base / 4 + 1));
}

void timeout_arm_stand(struct core *core)
{
	ASSERT(core->out != NULL);
	ASSERT(core->cur > core->final.view);
	timeout_arm(core, TIMER_STAND, 5 * timeout_view_us(core));
}

/* Section 5: idle for this node, seen at this moment. */
static bool is_quiet(const struct core *core)
{
	static const struct hash nothing;
	const struct view *view = view_find(core, core->cur);
	struct parent parent;

	ASSERT(core->idle <= IDLE_ENDED);
	ASSERT(core->cur > core->final.view);
	if (core->has_work)
		return false;
	if (view != NULL && view->proposal != NULL)
		return false; /* the leader has spoken */
	if (view != NULL && tally_count(core, view, VOTE_NULLIFY, &nothing) > core->faults)
		return false;
	return justify_parent(core, core->cur, &parent) &&
	       (parent.view == core->final.view || mutant_on("notarized_is_idle"));
}

static void extend(struct core *core, enum timer_id timer)
{
	uint64_t deadline = core->deadline_us[timer] + core->config.timers.idle_us;

	ASSERT(core->idle == IDLE_NOW);
	ASSERT(timer == TIMER_PROPOSAL || timer == TIMER_VIEW);
	if (!core->is_armed[timer])
		return;
	timeout_arm(core, timer, deadline > core->now_us ? deadline - core->now_us : 0);
}

void timeout_watch_idle(struct core *core)
{
	bool now_quiet = is_quiet(core);

	ASSERT(core->out != NULL);
	if (core->idle == IDLE_BEFORE && now_quiet) {
		core->idle = IDLE_NOW;
		/* the leader waits anew, now for work */
		timeout_cancel(core, TIMER_IDLE);
		extend(core, TIMER_PROPOSAL);
		extend(core, TIMER_VIEW);
	} else if (core->idle == IDLE_NOW && !now_quiet) {
		const struct view *view = view_find(core, core->cur);

		core->idle = IDLE_ENDED;
		if (view == NULL || view->proposal == NULL)
			timeout_arm(core, TIMER_PROPOSAL, timeout_proposal_us(core));
		timeout_arm(core, TIMER_VIEW, timeout_view_us(core));
	}
	ASSERT(core->idle != IDLE_NOW || now_quiet);
}
