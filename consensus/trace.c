#include "consensus/trace.h"

static const char *const vote_words[] = {"?", "notarize", "nullify", "finalize"};
static const char *const timer_words[] = {
	[TIMER_PROPOSAL] = "proposal", [TIMER_VIEW] = "view", [TIMER_RETRY] = "retry",
	[TIMER_STAND] = "stand",       [TIMER_IDLE] = "idle", [TIMER_EARLY] = "early",
	[TIMER_RESERVE] = "reserve",
};
static const char *const execution_words[] = {
	[EXECUTION_OK] = "ok", [EXECUTION_INVALID] = "invalid", [EXECUTION_DIVERGED] = "diverged"};
static const char *const verdict_words[] = {
	[ACCEPTED] = "ok",
	[IGNORED_DUPLICATE] = "duplicate",
	[IGNORED_OLD] = "old",
	[IGNORED_AHEAD] = "ahead",
	[IGNORED_UNWANTED] = "unwanted",
	[REJECTED_LEADER] = "not-leader",
	[REJECTED_CONFLICT] = "conflict",
	[REJECTED_FORM] = "bad-form",
};

static const char *vote_word(enum vote_kind kind)
{
	bool is_known = kind >= VOTE_NOTARIZE && kind <= VOTE_FINALIZE;

	ASSERT(vote_words[VOTE_FINALIZE] != NULL);
	return vote_words[is_known ? kind : 0];
}

static void add_hash(struct buf *out, const struct hash *hash)
{
	ASSERT(hash != NULL);
	buf_print(out, " b:");
	buf_hex(out, hash->b, 4);
}

static void add_peer(struct buf *out, const char *word, uint32_t peer)
{
	ASSERT(word != NULL);
	if (peer == PEER_SELF)
		buf_print(out, " %s self", word);
	else if (peer == PEER_ALL)
		buf_print(out, " %s all", word);
	else
		buf_print(out, " %s %u", word, (unsigned)peer);
}

static void add_ms(struct buf *out, uint64_t us)
{
	buf_print(out, "%llu.%llums", (unsigned long long)(us / 1000),
		  (unsigned long long)(us / 100 % 10));
}

static void add_vote(struct buf *out, const struct vote *vote)
{
	ASSERT(vote != NULL);
	buf_print(out, "%s v%llu", vote_word(vote->kind), (unsigned long long)vote->view);
	if (vote->kind != VOTE_NULLIFY)
		add_hash(out, &vote->block);
	buf_print(out, " by %u", (unsigned)vote->signer);
}

/* From the encoded bytes: kind | epoch | set hash | view | block. */
static void add_certificate(struct buf *out, struct bytes data)
{
	struct cursor cursor = cursor_of(data);
	enum vote_kind kind = (enum vote_kind)cursor_u8(&cursor);
	struct hash hash;
	uint64_t view;

	ASSERT(data.len > 0);
	ASSERT(data.len <= LIMIT_CERTIFICATE_BYTES);
	(void)cursor_u64(&cursor);
	cursor_hash(&cursor, &hash);
	view = cursor_u64(&cursor);
	cursor_hash(&cursor, &hash);
	buf_print(out, "%s-certificate v%llu", vote_word(kind), (unsigned long long)view);
	if (kind != VOTE_NULLIFY)
		add_hash(out, &hash);
}

static void add_request(struct buf *out, const char *what, const struct event_request *request)
{
	ASSERT(what != NULL);
	buf_print(out, "%s-request", what);
	if (request->view == 0)
		add_hash(out, &request->block);
	else
		buf_print(out, " %s v%llu", vote_word(request->kind),
			  (unsigned long long)request->view);
}

static void add_announcement(struct buf *out, const struct event_request *announced)
{
	ASSERT(announced->view > 0);
	buf_print(out, "announcement %s v%llu", vote_word(announced->kind),
		  (unsigned long long)announced->view);
	add_hash(out, &announced->block);
}

static void add_status(struct buf *out, const struct event_status *status)
{
	ASSERT(status != NULL);
	buf_print(out, "status v%llu final v%llu h%llu committed h%llu %s",
		  (unsigned long long)status->view, (unsigned long long)status->final_view,
		  (unsigned long long)status->final_height,
		  (unsigned long long)status->committed_height,
		  status->is_signing ? "signing" : "silent");
}

static void add_proposal(struct buf *out, const struct event_proposal *proposal)
{
	ASSERT(proposal->header != NULL);
	ASSERT(proposal->header_text.len <= LIMIT_HEADER_BYTES);
	buf_print(out, "%s v%llu h%llu", proposal->has_vote ? "proposal" : "block",
		  (unsigned long long)proposal->header->view,
		  (unsigned long long)proposal->header->height);
	add_hash(out, &proposal->block);
	if (proposal->justification_count > 0)
		buf_print(out, " with %zu", proposal->justification_count);
}

static void add_message(struct buf *out, const struct event *event)
{
	switch (event->kind) {
	case EVENT_VOTE:
		add_vote(out, &event->vote);
		break;
	case EVENT_PROPOSAL:
		add_proposal(out, &event->proposal);
		break;
	case EVENT_CERTIFICATE:
		add_certificate(out, event->certificate.data);
		break;
	case EVENT_STATUS:
		add_status(out, &event->status);
		break;
	case EVENT_CERTIFICATE_REQUEST:
		add_request(out, "certificate", &event->request);
		break;
	case EVENT_VOTES_REQUEST:
		add_request(out, "votes", &event->request);
		break;
	case EVENT_BLOCK_REQUEST:
		add_request(out, "block", &event->request);
		break;
	case EVENT_ANNOUNCEMENT:
		add_announcement(out, &event->request);
		break;
	case EVENT_PEER:
		buf_print(out, "session %s", event->peer_change.is_up ? "up" : "down");
		break;
	case EVENT_START: case EVENT_RANGE: case EVENT_TIMER: case EVENT_BODY:
	case EVENT_VERDICT: case EVENT_BUILT: case EVENT_DURABLE: case EVENT_COMMITTED:
	case EVENT_WORK: case EVENT_RESERVED: case EVENT_STOP:
		UNREACHABLE();
	}
	add_peer(out, "from", event->peer);
}

static void add_event(struct buf *out, const struct event *event)
{
	switch (event->kind) {
	case EVENT_START:
		buf_print(out, "start h%llu with %zu records",
			  (unsigned long long)event->start.committed_height,
			  event->start.records_count);
		return;
	case EVENT_RANGE:
		buf_print(out, "range of %zu", event->range.count);
		return;
	case EVENT_TIMER:
		ASSERT(event->timer < TIMER_COUNT);
		buf_print(out, "timer %s", timer_words[event->timer]);
		return;
	case EVENT_BODY:
		buf_print(out, "body");
		add_hash(out, &event->body);
		return;
	case EVENT_VERDICT:
		buf_print(out, "verdict %s", execution_words[event->verdict.execution]);
		add_hash(out, &event->verdict.block);
		return;
	case EVENT_BUILT:
		buf_print(out, "built v%llu%s", (unsigned long long)event->built.view,
			  event->built.is_ok ? "" : " nothing");
		return;
	case EVENT_DURABLE:
		buf_print(out, "durable %llu", (unsigned long long)event->sequence);
		return;
	case EVENT_COMMITTED:
		buf_print(out, "committed h%llu", (unsigned long long)event->committed.height);
		return;
	case EVENT_WORK:
		buf_print(out, "work %s", event->work.has_work ? "yes" : "no");
		return;
	case EVENT_RESERVED:
		buf_print(out, "reserved %llu", (unsigned long long)event->stamp);
		return;
	case EVENT_STOP:
		buf_print(out, "stop");
		return;
	case EVENT_VOTE: case EVENT_PROPOSAL: case EVENT_CERTIFICATE: case EVENT_STATUS:
	case EVENT_CERTIFICATE_REQUEST: case EVENT_VOTES_REQUEST: case EVENT_BLOCK_REQUEST:
	case EVENT_ANNOUNCEMENT: case EVENT_PEER:
		add_message(out, event);
		return;
	}
	UNREACHABLE();
}

static void add_reservation(struct buf *out, struct bytes data)
{
	struct reservation reservation;

	ASSERT(data.len == RESERVATION_BYTES);
	if (reservation_decode(&reservation, data))
		buf_print(out, " to v%llu", (unsigned long long)reservation.view);
}

static void add_floor(struct buf *out, struct bytes data)
{
	struct cursor cursor = cursor_of(data);
	uint64_t epoch = cursor_u64(&cursor);

	ASSERT(data.len == 16);
	if (epoch == FLOOR_EPOCH_LOST)
		buf_print(out, " lost");
	else
		buf_print(out, " v%llu", (unsigned long long)cursor_u64(&cursor));
}

static void add_record(struct buf *out, const struct effect *effect)
{
	static const char *const words[] = {
		[RECORD_OWN] = "own",     [RECORD_CERTIFICATE] = "certificate",
		[RECORD_BLOCK] = "block", [RECORD_FINAL] = "final",
		[RECORD_FLOOR] = "floor", [RECORD_TRIP] = "trip",
		[RECORD_PARCEL] = "parcel", [RECORD_EVIDENCE] = "evidence",
		[RECORD_RESERVATION] = "reservation",
	};
	const struct record *record = &effect->persist.record;

	ASSERT(record->kind >= RECORD_OWN && record->kind <= RECORD_RESERVATION);
	buf_print(out, "persist %llu %s", (unsigned long long)effect->persist.sequence,
		  words[record->kind]);
	if (record->kind == RECORD_OWN || record->kind == RECORD_CERTIFICATE)
		buf_print(out, " %s v%llu", vote_word((enum vote_kind)record->tag.b[0]),
			  (unsigned long long)record->view);
	else if (record->kind == RECORD_BLOCK)
		add_hash(out, &record->tag);
	else if (record->kind == RECORD_RESERVATION)
		add_reservation(out, record->data);
	else if (record->kind == RECORD_FLOOR)
		add_floor(out, record->data);
}

static void add_block(struct buf *out, const char *word, const struct effect_block *block)
{
	ASSERT(block->leader < LIMIT_VALIDATORS);
	ASSERT(word != NULL);
	buf_print(out, "%s v%llu h%llu", word, (unsigned long long)block->view,
		  (unsigned long long)block->height);
	add_hash(out, &block->block);
}

/* The effects that leave for peers. */
static void add_sending(struct buf *out, const struct effect *effect)
{
	switch (effect->kind) {
	case EFFECT_VOTE:
		buf_print(out, "send ");
		add_vote(out, &effect->vote);
		break;
	case EFFECT_PROPOSE:
		add_block(out, "propose", &effect->proposal.block);
		buf_print(out, " with %zu", effect->proposal.justification_count);
		break;
	case EFFECT_CERTIFICATE:
		buf_print(out, "send ");
		add_certificate(out, effect->certificate);
		break;
	case EFFECT_ANNOUNCEMENT:
		buf_print(out, "send ");
		add_announcement(out, &effect->request);
		break;
	case EFFECT_BLOCK:
		add_block(out, "send block", &effect->proposal.block);
		break;
	case EFFECT_STATUS:
		buf_print(out, "send ");
		add_status(out, &effect->status.status);
		buf_print(out, " %zu votes", effect->status.votes_count);
		break;
	case EFFECT_VOTES:
		buf_print(out, "send %zu votes", effect->votes.votes_count);
		break;
	case EFFECT_REQUEST_CERTIFICATE:
		buf_print(out, "send ");
		add_request(out, "certificate", &effect->request);
		break;
	case EFFECT_REQUEST_VOTES:
		buf_print(out, "send ");
		add_request(out, "votes", &effect->request);
		break;
	case EFFECT_REQUEST_BLOCK:
		buf_print(out, "send ");
		add_request(out, "block", &effect->request);
		break;
	case EFFECT_PERSIST: case EFFECT_FORGET: case EFFECT_ARM: case EFFECT_CANCEL:
	case EFFECT_BUILD: case EFFECT_BODY: case EFFECT_VALIDATE: case EFFECT_DELIVER:
	case EFFECT_RANGE: case EFFECT_EVIDENCE: case EFFECT_TRIP:
		UNREACHABLE();
	}
	add_peer(out, "to", effect->to);
}

static void add_effect(struct buf *out, const struct effect *effect)
{
	switch (effect->kind) {
	case EFFECT_PERSIST:
		add_record(out, effect);
		return;
	case EFFECT_FORGET:
		buf_print(out, "forget v%llu", (unsigned long long)effect->forget.view);
		return;
	case EFFECT_ARM:
		buf_print(out, "arm %s ", timer_words[effect->arm.timer]);
		add_ms(out, effect->arm.delay_us);
		return;
	case EFFECT_CANCEL:
		buf_print(out, "cancel %s", timer_words[effect->arm.timer]);
		return;
	case EFFECT_BUILD:
		buf_print(out, "build v%llu on v%llu h%llu", (unsigned long long)effect->build.view,
			  (unsigned long long)effect->build.parent_view,
			  (unsigned long long)effect->build.parent_height);
		return;
	case EFFECT_BODY:
		add_block(out, "complete", &effect->block);
		return;
	case EFFECT_VALIDATE:
		add_block(out, "validate", &effect->block);
		return;
	case EFFECT_DELIVER:
		add_block(out, "deliver", &effect->deliver.block);
		if (effect->deliver.finalization.len > 0)
			buf_print(out, " finalized");
		return;
	case EFFECT_RANGE:
		buf_print(out, "fetch range h%llu", (unsigned long long)effect->from_height);
		return;
	case EFFECT_EVIDENCE:
		buf_print(out, "evidence (");
		add_vote(out, &effect->evidence.first);
		buf_print(out, ", ");
		add_vote(out, &effect->evidence.second);
		buf_print(out, ")");
		return;
	case EFFECT_TRIP:
		buf_print(out, "trip %s v%llu", err_name(effect->trip.reason),
			  (unsigned long long)effect->trip.view);
		add_hash(out, &effect->trip.block);
		return;
	case EFFECT_VOTE: case EFFECT_PROPOSE: case EFFECT_CERTIFICATE: case EFFECT_ANNOUNCEMENT:
	case EFFECT_BLOCK: case EFFECT_STATUS: case EFFECT_VOTES: case EFFECT_REQUEST_CERTIFICATE:
	case EFFECT_REQUEST_VOTES: case EFFECT_REQUEST_BLOCK:
		add_sending(out, effect);
		return;
	}
	UNREACHABLE();
}

void core_trace(struct buf *out, const struct event *event, enum verdict verdict,
		const struct effects *effects)
{
	ASSERT(verdict <= REJECTED_FORM);
	add_event(out, event);
	if (verdict != ACCEPTED)
		buf_print(out, " = %s", verdict_words[verdict]);
	for (size_t i = 0; i < effects->count; i++) {
		buf_print(out, i == 0 ? " : " : "; ");
		add_effect(out, &effects->list[i]);
	}
	ASSERT(effects->count <= effects->capacity);
}
