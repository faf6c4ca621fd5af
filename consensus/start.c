#include "consensus/start.h"

#include "base/mutant.h"
#include "consensus/blocks.h"
#include "consensus/leader.h"
#include "consensus/peers.h"
#include "consensus/recovery.h"
#include "consensus/reserve.h"
#include "consensus/round.h"
#include "consensus/timeout.h"
#include "consensus/views.h"
#include "consensus/votes.h"
#include "crypto/digest.h"

static void trip_damaged(struct core *core, const struct hash *what, uint64_t view)
{
	ASSERT(core->out != NULL);
	if (!core->is_tripped)
		core_trip(core, ERR_STORE_DAMAGED, what, view);
}

/* A record that this node cannot have written: stop signing. */
static void damaged(struct core *core, const struct record *record)
{
	ASSERT(record->kind >= RECORD_OWN && record->kind <= RECORD_RESERVATION);
	trip_damaged(core, &record->tag, record->view);
}

/* What may_vote enters: a view, a kind, and the block of all but a nullify. */
static bool is_own_vote(const struct record *record)
{
	uint8_t kind = record->tag.b[0];

	ASSERT(record->kind == RECORD_OWN);
	if (record->view == 0 || record->view > INT64_MAX)
		return false;
	if (kind == VOTE_NULLIFY)
		return record->data.len == 0;
	return (kind == VOTE_NOTARIZE || kind == VOTE_FINALIZE) &&
	       record->data.len == sizeof(struct hash);
}

static void load_own(struct core *core, const struct record *record)
{
	struct cursor cursor = cursor_of(record->data);
	struct own *own;

	ASSERT(record->epoch == core->config.epoch);
	if (!is_own_vote(record)) {
		damaged(core, record);
		return;
	}
	own = &view_get(core, record->view)->own;
	if (record->tag.b[0] == VOTE_NULLIFY) {
		own->has_nullify = true;
	} else if (record->tag.b[0] == VOTE_NOTARIZE) {
		own->has_notarize = true;
		cursor_hash(&cursor, &own->notarize);
	} else {
		own->has_finalize = true;
		cursor_hash(&cursor, &own->finalize);
	}
}

/* Also of last_final, whose record has its place at view 0. */
static void load_certificate(struct core *core, const struct record *record)
{
	struct certificate certificate;
	struct header header;
	struct block *block;
	struct view *view;

	ASSERT(record->epoch == core->config.epoch);
	ASSERT(record->kind == RECORD_CERTIFICATE || record->kind == RECORD_FINAL);
	if (certificate_decode(&certificate, record->data, core->count) != ERR_OK ||
	    certificate.epoch != core->config.epoch || certificate.view == 0) {
		damaged(core, record);
		return;
	}
	view = view_get(core, certificate.view);
	if (view->slots[certificate.kind - 1].data.len == 0)
		view_keep(view, certificate.kind, &certificate.block, record->data);
	if (certificate.kind == VOTE_NULLIFY)
		return;
	if (header_parse(&header, certificate.header) != ERR_OK) {
		damaged(core, record);
		return;
	}
	block = block_get(core, &certificate.block, header.view);
	block_set_header(block, &header, certificate.header);
	if (certificate.kind == VOTE_FINALIZE)
		block_set_finalization(block, record->data);
	/* the highest counts, whatever the order of the records */
	if (certificate.kind == VOTE_FINALIZE &&
	    (certificate.view > core->final.view || mutant_on("resumed_from_the_last_record")))
		core->final = (struct place){certificate.view, header.height, block->hash};
}

static void load_block(struct core *core, const struct record *record)
{
	struct cursor cursor = cursor_of(record->data);
	struct bytes header_text = cursor_take(&cursor, cursor_u32(&cursor));
	struct bytes body_text = cursor_take(&cursor, cursor.left);
	struct header header;
	struct hash hash;
	struct block *block;

	ASSERT(record->kind == RECORD_BLOCK);
	sha256(&hash, header_text.at, header_text.len);
	if (cursor.has_failed || body_text.len == 0 || body_text.len > LIMIT_BODY_BYTES ||
	    header_parse(&header, header_text) != ERR_OK || !hash_equal(&hash, &record->tag)) {
		damaged(core, record);
		return;
	}
	block = block_get(core, &hash, header.view);
	block_set_header(block, &header, header_text);
	block_set_body(block, body_text);
	block->is_persisted = true;
	ASSERT(block->has_body);
}

static void load_floor(struct core *core, const struct record *record)
{
	struct cursor cursor = cursor_of(record->data);
	uint64_t epoch = cursor_u64(&cursor);
	uint64_t view = cursor_u64(&cursor);

	ASSERT(core->cur == 1);
	ASSERT(record->kind == RECORD_FLOOR);
	if (!cursor_is_done(&cursor))
		damaged(core, record);
	else if (epoch == FLOOR_EPOCH_LOST)
		recovery_load_lost(core);
	else if (epoch > core->config.epoch)
		core->vote_floor = UINT64_MAX;
	else if (epoch == core->config.epoch &&
		 (view > core->vote_floor || mutant_on("floor_moves_back")))
		core->vote_floor = view;
}

static void load_reservation(struct core *core, const struct record *record)
{
	struct reservation reservation;

	ASSERT(core->has_started);
	ASSERT(record->kind == RECORD_RESERVATION);
	if (!reservation_decode(&reservation, record->data)) {
		damaged(core, record);
		return;
	}
	reserve_load(core, &reservation);
}

static void load_trip(struct core *core, const struct record *record)
{
	struct cursor cursor = cursor_of(record->data);
	struct effect *effect = effects_add(core->out, EFFECT_TRIP);
	enum err reason = ERR_TRIPPED;

	ASSERT(core->has_started);
	ASSERT(record->kind == RECORD_TRIP);
	/* it survives restarts; whatever the record says, its being there counts */
	core->is_tripped = true;
	(void)err_from_number(cursor_u32(&cursor), &reason);
	effect->trip.reason = reason;
	cursor_hash(&cursor, &effect->trip.block);
	effect->trip.view = cursor_u64(&cursor);
}

static void load(struct core *core, const struct record *record)
{
	ASSERT(core->has_started);
	if (record->kind != RECORD_TRIP && record->kind != RECORD_PARCEL &&
	    record->kind != RECORD_FLOOR && record->kind != RECORD_RESERVATION &&
	    record->epoch != core->config.epoch)
		return; /* of another epoch */
	switch (record->kind) {
	case RECORD_OWN:
		load_own(core, record);
		return;
	case RECORD_CERTIFICATE:
	case RECORD_FINAL:
		load_certificate(core, record);
		return;
	case RECORD_BLOCK:
		load_block(core, record);
		return;
	case RECORD_FLOOR:
		load_floor(core, record);
		return;
	case RECORD_TRIP:
		load_trip(core, record);
		return;
	case RECORD_PARCEL:
	case RECORD_EVIDENCE:
		return; /* the pump's */
	case RECORD_RESERVATION:
		load_reservation(core, record);
		return;
	}
	UNREACHABLE();
}

/* The newest block of the chain store: executed, and final. */
static void load_committed(struct core *core, const struct event_start *start)
{
	struct header header;
	struct block *block;

	ASSERT(core->committed.height == core->delivered.height);
	if (start->committed_header.len == 0 ||
	    hash_equal(&start->committed_block, &core->committed.block))
		return; /* still the last block of the epoch before */
	if (header_parse(&header, start->committed_header) != ERR_OK) {
		core_trip(core, ERR_STORE_DAMAGED, &start->committed_block, 0);
		return;
	}
	ASSERT(header.height == start->committed_height);
	block = block_get(core, &start->committed_block, header.view);
	block_set_header(block, &header, start->committed_header);
	block->verdict = BLOCK_OK;
	block->is_final = true;
	core->committed = (struct place){header.view, header.height, block->hash};
	core->delivered = core->committed;
	if (header.height == core->final.height && !hash_equal(&core->final.block, &block->hash))
		core_trip(core, ERR_FORK, &block->hash, header.view);
	/* a journal that is older than the chain store: what is committed is final */
	if (header.height > core->final.height)
		core->final = core->committed;
}

/* section 10: the highest, not the last record, decides (trap 6). */
static void find_view(struct core *core)
{
	uint64_t cur = core->final.view + 1;

	ASSERT(core->has_started);
	for (size_t i = 0; i < core->views_count; i++) {
		const struct view *view = core->views[i];
		const struct own *own = &view->own;

		for (size_t kind = 0; kind < VOTE_KINDS; kind++) {
			if (view->slots[kind].data.len > 0 && view->view + 1 > cur)
				cur = view->view + 1;
		}
		if ((own->has_notarize || own->has_nullify) && view->view > cur)
			cur = view->view;
		if (own->has_finalize && view->view + 1 > cur) {
			/* N[v] was durable before it, so this journal is not what was written */
			trip_damaged(core, &own->finalize, view->view);
			cur = view->view + 1;
		}
		if (own->has_notarize || own->has_nullify || own->has_finalize)
			core->reserve.voted_view = view->view; /* they ascend */
	}
	ASSERT(cur > core->final.view);
	core->cur = cur;
}

static void find_proposals(struct core *core)
{
	ASSERT(core->cur > core->final.view);
	for (size_t i = 0; i < core->views_count; i++) {
		struct view *view = core->views[i];

		if (!view->own.has_notarize)
			continue;
		view->proposal = block_find(core, &view->own.notarize);
		if (view->proposal != NULL && !view->proposal->has_body)
			view->proposal = NULL;
		ASSERT(view->proposal == NULL || view->proposal->has_header);
	}
}

void start_from(struct core *core, const struct event_start *start)
{
	ASSERT(!core->has_started);
	core->has_started = true;
	for (size_t i = 0; i < start->records_count; i++)
		load(core, &start->records[i]);
	recovery_start(core);
	load_committed(core, start);
	if (core->final.view > 0)
		recovery_on_chain(core);
	core->final_durable_height = core->final.height;
	find_view(core);
	find_proposals(core);
	/* silence before this life is nobody's fault */
	for (uint32_t i = 0; i < core->count; i++)
		core->active_us[i] = core->now_us;
	if (!mutant_on("no_timer_after_replay"))
		timeout_enter(core);
	timeout_arm_stand(core);
	if (core_is_member(core))
		votes_replay(core);
	peers_send_status(core, PEER_ALL); /* R11 at once */
	if (core_is_member(core) && view_get(core, core->cur)->own.has_nullify)
		timeout_arm_retry(core);
	ASSERT(core->is_armed[TIMER_VIEW] || mutant_on("no_timer_after_replay"));
}
