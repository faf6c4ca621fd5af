/* The door: makes a core, dispatches its events, answers questions about it. */
#include "consensus/core.h"

#include <stdlib.h>
#include <string.h>

#include "base/mutant.h"
#include "consensus/blocks.h"
#include "consensus/catchup.h"
#include "consensus/certificates.h"
#include "consensus/leader.h"
#include "consensus/peers.h"
#include "consensus/recovery.h"
#include "consensus/relay.h"
#include "consensus/reserve.h"
#include "consensus/round.h"
#include "consensus/start.h"
#include "consensus/tally.h"
#include "consensus/timeout.h"
#include "consensus/views.h"
#include "consensus/votes.h"
#include "crypto/digest.h"

#define SCRATCH_BYTES_MAX (64u * 1024u * 1024u)
#define BUDGET_START (2u * 1024u * 1024u)

void *core_scratch(struct core *core, size_t len)
{
	void *at = arena_alloc(&core->scratch, len == 0 ? 1 : len);

	ASSERT(len <= SCRATCH_BYTES_MAX);
	ASSERT(at != NULL);
	return at;
}

struct bytes core_scratch_copy(struct core *core, struct bytes bytes)
{
	uint8_t *at = core_scratch(core, bytes.len);

	ASSERT(bytes.at != NULL);
	ASSERT(bytes.len > 0);
	memcpy(at, bytes.at, bytes.len);
	return bytes_of(at, bytes.len);
}

struct bytes bytes_keep(struct bytes bytes)
{
	uint8_t *at = malloc(bytes.len);

	ASSERT(bytes.len > 0);
	ASSERT(at != NULL);
	memcpy(at, bytes.at, bytes.len);
	return bytes_of(at, bytes.len);
}

uint64_t core_persist(struct core *core, enum record_kind kind, uint64_t view,
		      const struct hash *tag, struct bytes data)
{
	struct effect *effect = effects_add(core->out, EFFECT_PERSIST);

	ASSERT(tag != NULL);
	ASSERT(core->sequence < UINT64_MAX);
	effect->persist.record = (struct record){.kind = kind,
						 .epoch = core->config.epoch,
						 .view = view,
						 .tag = *tag,
						 .data = data};
	effect->persist.sequence = ++core->sequence;
	return core->sequence;
}

void core_trip(struct core *core, enum err reason, const struct hash *block, uint64_t view)
{
	static const struct hash nothing;
	uint8_t *data = core_scratch(core, 4 + sizeof(block->b) + 8);
	struct effect *effect;

	ASSERT(core->out != NULL);
	ASSERT(reason != ERR_OK);
	if (core->is_tripped)
		return;
	core->is_tripped = true;
	store_u32(data, (uint32_t)reason);
	memcpy(data + 4, block->b, sizeof(block->b));
	store_u64(data + 4 + sizeof(block->b), view);
	core_persist(core, RECORD_TRIP, 0, &nothing,
		     bytes_of(data, 4 + sizeof(block->b) + 8));
	effect = effects_add(core->out, EFFECT_TRIP);
	effect->trip.reason = reason;
	effect->trip.block = *block;
	effect->trip.view = view;
}

/* View 0: notarized and final by definition. */
static void take_view0(struct core *core, struct bytes text)
{
	struct header header;
	struct hash hash;
	struct block *block;
	enum err err = header_parse(&header, text);

	ASSERT(err == ERR_OK);
	sha256(&hash, text.at, text.len);
	core->leader_offset = load_u64(hash.b) % core->count;
	block = block_get(core, &hash, 0);
	block_set_header(block, &header, text);
	block->view = 0;
	block->verdict = BLOCK_OK;
	block->is_final = true;
	core->final = (struct place){0, header.height, hash};
	core->delivered = core->final;
	core->committed = core->final;
	core->final_durable_height = header.height;
	ASSERT(core->leader_offset < core->count);
}

struct core *core_new(const struct core_config *config)
{
	struct core *core = calloc(1, sizeof(*core));

	if (core == NULL)
		return NULL;
	ASSERT(config->set->count >= 1 && config->set->count <= LIMIT_VALIDATORS);
	ASSERT(config->self < config->set->count || config->self == SET_NO_INDEX);
	core->config = *config;
	core->config.view0_header = (struct bytes){NULL, 0}; /* lent for this call only */
	core->count = config->set->count;
	core->faults = set_faults(core->count);
	core->quorum = set_quorum(core->count);
	core->cur = 1;
	core->budget_bytes = BUDGET_START;
	arena_init(&core->scratch, SCRATCH_BYTES_MAX);
	rng_init(&core->jitter, config->jitter_seed);
	take_view0(core, config->view0_header);
	return core;
}

void core_free(struct core *core)
{
	if (core == NULL)
		return;
	views_free(core);
	blocks_free(core);
	arena_release(&core->scratch);
	free(core->releases);
	free(core);
}

/* R11, and what each timer stands for. */
static void on_timer(struct core *core, enum timer_id timer)
{
	if (!timeout_fired(core, timer))
		return;
	ASSERT(!core->is_armed[timer]);
	switch (timer) {
	case TIMER_PROPOSAL:
		round_on_proposal_timer(core);
		return;
	case TIMER_VIEW:
		round_timeout(core); /* R7 */
		return;
	case TIMER_RETRY:
		peers_retry(core);
		timeout_arm_retry(core);
		return;
	case TIMER_STAND:
		peers_retry(core);
		timeout_arm_stand(core);
		return;
	case TIMER_IDLE:
		core->is_wait_over = true;
		return;
	case TIMER_RESERVE:
		return; /* it is looked at after every event */
	case TIMER_EARLY:
		return; /* R2 is tried after every event */
	case TIMER_COUNT:
		break;
	}
	UNREACHABLE();
}

static enum verdict dispatch(struct core *core, const struct event *event)
{
	ASSERT(core->out != NULL);
	switch (event->kind) {
	case EVENT_START:
		start_from(core, &event->start);
		return ACCEPTED;
	case EVENT_VOTE:
		return round_on_vote(core, &event->vote, event->peer);
	case EVENT_PROPOSAL:
		return round_on_proposal(core, &event->proposal);
	case EVENT_CERTIFICATE:
		return certificate_take(core, event->certificate.certificate,
					event->certificate.header, event->certificate.data);
	case EVENT_STATUS:
		return peers_on_status(core, &event->status, event->peer);
	case EVENT_CERTIFICATE_REQUEST:
		return peers_on_certificate_request(core, &event->request, event->peer);
	case EVENT_VOTES_REQUEST:
		return peers_on_votes_request(core, &event->request, event->peer);
	case EVENT_BLOCK_REQUEST:
		return peers_on_block_request(core, &event->request, event->peer);
	case EVENT_ANNOUNCEMENT:
		return relay_on_announcement(core, &event->request, event->peer);
	case EVENT_RANGE:
		return catchup_on_range(core, &event->range);
	case EVENT_TIMER:
		on_timer(core, event->timer);
		return ACCEPTED;
	case EVENT_BODY:
		return round_on_body(core, &event->body);
	case EVENT_VERDICT:
		return round_on_verdict(core, &event->verdict);
	case EVENT_BUILT:
		return leader_on_built(core, &event->built);
	case EVENT_DURABLE:
		votes_on_durable(core, event->sequence);
		return ACCEPTED;
	case EVENT_COMMITTED:
		return catchup_on_committed(core, event->committed.height,
					    &event->committed.block);
	case EVENT_WORK:
		core->has_work = event->work.has_work;
		return ACCEPTED;
	case EVENT_PEER:
		return peers_on_change(core, event->peer, event->peer_change.is_up);
	case EVENT_RESERVED:
		return reserve_on_durable(core, event->stamp);
	case EVENT_STOP:
		reserve_close(core);
		return ACCEPTED;
	}
	UNREACHABLE();
}

/* What must hold between any two steps. */
static void check_invariants(const struct core *core)
{
	ASSERT(core->cur > core->final.view);
	ASSERT(core->committed.height <= core->delivered.height);
	ASSERT(core->delivered.height <= core->final.height);
	ASSERT(core->delivered.height <= core->committed.height + AHEAD_HEIGHTS);
	ASSERT(core->durable <= core->sequence);
	ASSERT(core->is_armed[TIMER_STAND]);
	ASSERT(core->views_count == 0 ||
	       core->views[core->views_count - 1]->view <= core->cur + 1 ||
	       mutant_on("view_window_uncapped"));
}

enum verdict core_step(struct core *core, const struct event *event, struct effects *effects)
{
	enum verdict verdict;

	ASSERT(core->has_started != (event->kind == EVENT_START));
	ASSERT(effects != NULL);
	/* what the effects of the step before pointed to is no longer lent */
	arena_release(&core->scratch);
	views_prune(core);
	blocks_prune(core);
	core->out = effects;
	if (event->now_us > core->now_us)
		core->now_us = event->now_us;
	if (mutant_on("wall_clock_in_timers"))
		core->now_us = event->wall_ms * 1000;
	core->wall_ms = event->wall_ms;
	verdict = dispatch(core, event);
	round_advance(core);
	check_invariants(core);
	core->out = NULL;
	return verdict;
}

bool core_wants_vote(const struct core *core, const struct vote *vote)
{
	const struct view *view;
	const struct ballot *ballot;

	ASSERT(vote != NULL);
	ASSERT(core->cur > core->final.view);
	if (vote->epoch != core->config.epoch || vote->view == 0 || vote->signer >= core->count)
		return false;
	if (vote->kind < VOTE_NOTARIZE || vote->kind > VOTE_FINALIZE)
		return false;
	if (vote->view > core->cur + 1)
		return core->ahead_view[vote->signer] < vote->view;
	if (vote->view + EVIDENCE_VIEWS < core->final.view)
		return false;
	view = view_find(core, vote->view);
	if (view == NULL)
		return true;
	ballot = view_ballot(core, view, vote->kind, vote->signer);
	if (!ballot->is_cast)
		return true;
	return ballot->second == NULL && !hash_equal(&ballot->first.block, &vote->block);
}

static enum signing signing_of(const struct core *core)
{
	ASSERT(core->vote_floor == UINT64_MAX || !core->recovery.is_lost);
	ASSERT(core->cur > core->final.view);
	if (!core_is_member(core))
		return SIGNING_OBSERVER;
	if (core->is_tripped)
		return SIGNING_TRIPPED;
	if (core->recovery.is_lost)
		return recovery_is_refused(core) ? SIGNING_REFUSED : SIGNING_LOST;
	if (core->cur <= core->vote_floor)
		return SIGNING_FLOOR;
	return core->reserve.is_closed ? SIGNING_CLOSED : SIGNING_YES;
}

void core_status(const struct core *core, struct core_status *out)
{
	ASSERT(out != NULL);
	ASSERT(core->cur > core->final.view);
	*out = (struct core_status){
		.epoch = core->config.epoch,
		.view = core->cur,
		.final_view = core->final.view,
		.final_height = core->final.height,
		.final_block = core->final.block,
		.leader = core_leader(core, core->cur),
		.is_idle = core->idle == IDLE_NOW,
		.is_tripped = core->is_tripped,
		.is_signing = core_is_signing(core),
		.signing = signing_of(core),
		.vote_floor = core->vote_floor,
		.reserved = core->reserve.held,
		.budget_bytes = core->budget_bytes,
		.nullified_views = core->nullified_views,
		.finalized_blocks = core->finalized_blocks,
	};
	if (!core->recovery.is_lost || !core_is_member(core))
		return;
	out->answers = recovery_heard(core);
	out->answers_wanted = recovery_wanted(core);
}
