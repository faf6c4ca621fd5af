#include "tests/lib/cores.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "consensus/trace.h"
#include "crypto/digest.h"
#include "tests/lib/unit.h"

#define CHAIN_MAX 4096
#define EXECUTIONS_MAX 8
#define SENT_MAX 65536
#define WALL_START_MS 1700000000000u

/* A message or an answer of the fake pump, on its way. */
struct parcel_of_event {
	struct parcel_of_event *next;
	uint64_t at_us;
	uint64_t number;
	uint32_t to;
	uint32_t life; /* of the receiver: answers do not survive a crash */
	bool is_local;
	struct arena arena;
	struct event event;
};

struct stored {
	struct hash hash;
	struct bytes header_text;
	struct bytes body_text;
	struct bytes finalization;
};

struct journal_entry {
	struct record record;
	uint64_t sequence; /* 0: of an earlier life */
};

struct node {
	struct core *core;
	struct core_config config;
	struct effects effects;
	uint32_t life;
	bool is_running;
	bool has_work;
	bool are_bodies_withheld;
	bool are_reservations_held;
	uint64_t reserved; /* stamp to be told; 0: none */
	uint64_t disk_us;
	int64_t skew_ms;
	uint64_t durable;
	struct journal_entry journal[8192];
	size_t journal_count;
	struct journal_entry kept[8192]; /* an older copy */
	size_t kept_count;
	struct stored *chain; /* heights 1 … */
	uint64_t height;
	struct hash *executed; /* verdict OK was given */
	size_t executed_count;
	struct effect_block waiting_bodies[64];
	size_t waiting_count;
	bool is_armed[TIMER_COUNT];
	uint64_t deadline_us[TIMER_COUNT];
	struct {
		uint64_t height;
		enum execution execution;
	} executions[EXECUTIONS_MAX];
	size_t executions_count;
	uint32_t evidence[CORES_MAX];
	enum err tripped;
	uint64_t effect_counts[EFFECT_TRIP + 1];
};

struct cores {
	struct set *set;
	uint32_t n;
	uint32_t count;
	struct hash chain;
	struct header header0;
	struct buf header0_text;
	struct hash hash0;
	struct node *nodes;
	bool is_cut[CORES_MAX][CORES_MAX];
	cores_filter *filter;
	void *filter_context;
	uint64_t now_us;
	uint64_t number;
	struct parcel_of_event *queue; /* by time, then number */
	struct hash agreed[CHAIN_MAX];
	struct vote *sent;
	size_t sent_count;
	struct arena kept; /* what must live as long as the run */
	struct buf *trace;
	uint32_t traced; /* a bit a node, of the first 32 */
};

static struct bytes keep(struct arena *arena, struct bytes bytes)
{
	if (bytes.len == 0)
		return bytes;
	return bytes_of(arena_copy(arena, bytes.at, bytes.len), bytes.len);
}

/* --- making ------------------------------------------------------------------ */

static void set_make(struct set *set, uint32_t n)
{
	memset(set, 0, sizeof(*set));
	set->count = n;
	for (uint32_t i = 0; i < n; i++) {
		struct validator *validator = &set->validators[i];

		validator->id[0] = (char)('0' + i);
		validator->org[0] = (char)('0' + i);
		validator->consensus_key.b[0] = 2;
		validator->consensus_key.b[1] = (uint8_t)i;
		validator->node_key.b[0] = 3;
		validator->node_key.b[1] = (uint8_t)i;
	}
	sha256(&set->hash, &set->validators, sizeof(set->validators[0]) * n);
}

static void header0_make(struct cores *cores)
{
	struct header *header = &cores->header0;

	sha256(&cores->chain, "chain", 5);
	strcpy(header->origin, "test/");
	hex_encode(header->origin + 5, cores->chain.b, 8);
	header->log_size = 1;
	header->chain = cores->chain;
	header->time_ms = WALL_START_MS;
	header->validators = cores->set->hash;
	sha256(&header->body, "stele/v1 body\n", 14);
	sha256(&header->rejected_root, "", 0);
	buf_init(&cores->header0_text, LIMIT_HEADER_BYTES);
	header_render(&cores->header0_text, header);
	ck_assert(!cores->header0_text.has_failed);
	sha256(&cores->hash0, cores->header0_text.at, cores->header0_text.len);
}

static const struct genesis_timers timers = {
	.delta_us = 50000,
	.fetch_us = 50000,
	.build_us = 50000,
	.validate_us = 50000,
	.disk_us = 20000,
	.idle_us = 2000000,
	.skip_us = 3000000,
	.skew_ms = 500,
	.late_ms = 10000,
};

struct cores *cores_new(uint32_t n, uint32_t observers)
{
	struct cores *cores = calloc(1, sizeof(*cores));

	ck_assert_uint_le(n + observers, CORES_MAX);
	cores->set = calloc(1, sizeof(*cores->set));
	set_make(cores->set, n);
	cores->n = n;
	cores->count = n + observers;
	header0_make(cores);
	cores->nodes = calloc(cores->count, sizeof(*cores->nodes));
	cores->sent = calloc(SENT_MAX, sizeof(*cores->sent));
	arena_init(&cores->kept, SIZE_MAX / 2);
	for (uint32_t i = 0; i < cores->count; i++) {
		struct node *node = &cores->nodes[i];

		node->config = (struct core_config){
			.chain = cores->chain,
			.set = cores->set,
			.self = i < n ? i : SET_NO_INDEX,
			.timers = timers,
			.view0_header = buf_bytes(&cores->header0_text),
			.jitter_seed = i,
		};
		node->chain = calloc(CHAIN_MAX, sizeof(*node->chain));
		node->executed = calloc(CHAIN_MAX * 4, sizeof(*node->executed));
		node->disk_us = 200;
		effects_init(&node->effects);
	}
	return cores;
}

static void event_free(struct parcel_of_event *parcel)
{
	arena_release(&parcel->arena);
	free(parcel);
}

void cores_free(struct cores *cores)
{
	while (cores->queue != NULL) {
		struct parcel_of_event *parcel = cores->queue;

		cores->queue = parcel->next;
		event_free(parcel);
	}
	for (uint32_t i = 0; i < cores->count; i++) {
		core_free(cores->nodes[i].core);
		effects_release(&cores->nodes[i].effects);
		free(cores->nodes[i].chain);
		free(cores->nodes[i].executed);
	}
	buf_release(&cores->header0_text);
	arena_release(&cores->kept);
	free(cores->sent);
	free(cores->nodes);
	free(cores->set);
	free(cores);
}

/* --- the queue ----------------------------------------------------------------- */

static struct parcel_of_event *event_new(struct cores *cores, uint32_t to, enum event_kind kind)
{
	struct parcel_of_event *parcel = calloc(1, sizeof(*parcel));

	ck_assert_ptr_nonnull(parcel);
	arena_init(&parcel->arena, SIZE_MAX / 2);
	parcel->to = to;
	parcel->life = cores->nodes[to].life;
	parcel->event.kind = kind;
	return parcel;
}

static void enqueue(struct cores *cores, struct parcel_of_event *parcel, uint64_t delay_us)
{
	struct parcel_of_event **link = &cores->queue;

	parcel->at_us = cores->now_us + delay_us;
	parcel->number = cores->number++;
	while (*link != NULL && (*link)->at_us <= parcel->at_us)
		link = &(*link)->next;
	parcel->next = *link;
	*link = parcel;
}

/* An answer of the node's own pump. */
static struct parcel_of_event *answer(struct cores *cores, uint32_t node, enum event_kind kind)
{
	struct parcel_of_event *parcel = event_new(cores, node, kind);

	parcel->is_local = true;
	return parcel;
}

/* Where the core counts peers: validators by index, observers from PEER_OBSERVERS. */
static uint32_t peer_number(const struct cores *cores, uint32_t node)
{
	return node < cores->n ? node : PEER_OBSERVERS + node - cores->n;
}

static uint32_t node_number(const struct cores *cores, uint32_t peer)
{
	return peer < PEER_OBSERVERS ? peer : cores->n + peer - PEER_OBSERVERS;
}

static void copy_proposal(struct arena *arena, struct event_proposal *out,
			  const struct event_proposal *in)
{
	struct bytes *list;
	struct header *header = arena_alloc(arena, sizeof(*header));

	*out = *in;
	out->header_text = keep(arena, in->header_text);
	out->body_text = keep(arena, in->body_text);
	ck_assert_int_eq(header_parse(header, out->header_text), ERR_OK);
	out->header = header;
	if (in->justification_count == 0)
		return;
	list = arena_alloc(arena, in->justification_count * sizeof(*list));
	for (size_t i = 0; i < in->justification_count; i++)
		list[i] = keep(arena, in->justification_bytes[i]);
	out->justification_bytes = list;
	out->justification = NULL; /* decoded on arrival */
}

static void copy_event(struct arena *arena, struct event *out, const struct event *in)
{
	*out = *in;
	if (in->kind == EVENT_PROPOSAL)
		copy_proposal(arena, &out->proposal, &in->proposal);
	if (in->kind == EVENT_CERTIFICATE)
		out->certificate.data = keep(arena, in->certificate.data);
	if (in->kind == EVENT_STATUS) {
		out->status.notarized = keep(arena, in->status.notarized);
		out->status.nullified = keep(arena, in->status.nullified);
	}
	if (in->kind == EVENT_VOTES_REQUEST)
		out->request.have = keep(arena, in->request.have);
}

static void send_one(struct cores *cores, uint32_t from, uint32_t to, const struct event *event)
{
	struct parcel_of_event *parcel;

	if (to == from || to >= cores->count || cores->is_cut[from][to] ||
	    !cores->nodes[to].is_running)
		return;
	if (cores->filter != NULL && !cores->filter(cores->filter_context, from, to, event))
		return;
	parcel = event_new(cores, to, event->kind);
	copy_event(&parcel->arena, &parcel->event, event);
	parcel->event.peer = peer_number(cores, from);
	enqueue(cores, parcel, CORES_DELAY_US);
}

static void send(struct cores *cores, uint32_t from, uint32_t to, const struct event *event)
{
	if (to != PEER_ALL) {
		send_one(cores, from, node_number(cores, to), event);
		return;
	}
	for (uint32_t i = 0; i < cores->count; i++)
		send_one(cores, from, i, event);
}

/* --- judges ---------------------------------------------------------------------- */

static bool journal_has_own(const struct node *node, const struct vote *vote)
{
	for (size_t i = 0; i < node->journal_count; i++) {
		const struct journal_entry *entry = &node->journal[i];

		if (entry->record.kind == RECORD_OWN && entry->record.view == vote->view &&
		    entry->record.tag.b[0] == vote->kind && entry->sequence <= node->durable)
			return vote->kind == VOTE_NULLIFY ||
			       memcmp(entry->record.data.at, vote->block.b, 32) == 0;
	}
	return false;
}

static void judge_vote(struct cores *cores, uint32_t node, const struct vote *vote)
{
	ck_assert_msg(journal_has_own(&cores->nodes[node], vote),
		      "node %u sent a vote of view %llu that is not durable", node,
		      (unsigned long long)vote->view);
	for (size_t i = 0; i < cores->sent_count; i++) {
		const struct vote *old = &cores->sent[i];
		bool is_same = hash_equal(&old->block, &vote->block);

		if (old->signer != vote->signer || old->view != vote->view)
			continue;
		if (old->kind == vote->kind && is_same)
			return;
		ck_assert_msg(old->kind != vote->kind, "node %u signed twice in view %llu", node,
			      (unsigned long long)vote->view);
		if (old->kind == VOTE_NOTARIZE || vote->kind == VOTE_NOTARIZE)
			ck_assert_msg(old->kind == VOTE_NULLIFY || vote->kind == VOTE_NULLIFY ||
					      is_same,
				      "node %u finalizes what it did not notarize", node);
		else
			ck_abort_msg("node %u signed nullify and finalize in view %llu", node,
				     (unsigned long long)vote->view);
	}
	ck_assert_uint_lt(cores->sent_count, SENT_MAX);
	cores->sent[cores->sent_count++] = *vote;
}

static void judge_deliver(struct cores *cores, uint32_t index, const struct effect_block *block)
{
	struct node *node = &cores->nodes[index];
	const struct hash *below =
		node->height == 0 ? &cores->hash0 : &node->chain[node->height].hash;

	ck_assert_uint_lt(block->height, CHAIN_MAX - 1);
	ck_assert_msg(block->height == node->height + 1, "node %u delivers out of order", index);
	ck_assert_msg(hash_equal(&block->parent, below), "node %u breaks its chain", index);
	if (hash_is_zero(&cores->agreed[block->height]))
		cores->agreed[block->height] = block->block;
	ck_assert_msg(hash_equal(&cores->agreed[block->height], &block->block),
		      "nodes disagree at height %llu", (unsigned long long)block->height);
}

/* --- the fake pump ------------------------------------------------------------------- */

static void journal_put(struct cores *cores, struct node *node, const struct record *record,
			uint64_t sequence)
{
	size_t place = 0;

	while (place < node->journal_count) {
		const struct record *old = &node->journal[place].record;

		if (old->kind == record->kind && old->view == record->view &&
		    hash_equal(&old->tag, &record->tag))
			break;
		place++;
	}
	ck_assert_uint_lt(place, sizeof(node->journal) / sizeof(node->journal[0]));
	if (place == node->journal_count)
		node->journal_count++;
	node->journal[place].record = *record;
	node->journal[place].record.data = keep(&cores->kept, record->data);
	node->journal[place].sequence = sequence;
}

static void journal_forget(struct node *node, uint64_t view)
{
	size_t left = 0;

	for (size_t i = 0; i < node->journal_count; i++) {
		const struct record *record = &node->journal[i].record;

		if (record->kind <= RECORD_BLOCK && record->view <= view)
			continue;
		node->journal[left++] = node->journal[i];
	}
	node->journal_count = left;
}

static void sign(struct vote *vote)
{
	memset(vote->signature.b, (int)vote->signer + 1, sizeof(vote->signature.b));
}

struct vote cores_vote(const struct cores *cores, enum vote_kind kind, uint64_t view,
		       const struct hash *block, uint32_t signer)
{
	struct vote vote = {.kind = kind, .epoch = cores->header0.epoch, .view = view,
			    .signer = signer};

	if (block != NULL)
		vote.block = *block;
	sign(&vote);
	return vote;
}

static void proposal_of(struct event_proposal *out, const struct effect *effect)
{
	*out = (struct event_proposal){
		.header_text = effect->proposal.block.header_text,
		.body_text = effect->proposal.block.body_text,
		.block = effect->proposal.block.block,
		.has_vote = effect->proposal.has_vote,
		.vote = effect->proposal.vote,
		.justification_bytes = effect->proposal.justification,
		.justification_count = effect->proposal.justification_count,
	};
}

/* Own vote: sign, send, and feed back. */
static void vote_out(struct cores *cores, uint32_t index, const struct effect *effect)
{
	struct event event = {.kind = EVENT_VOTE, .vote = effect->vote};
	struct parcel_of_event *back = answer(cores, index, EVENT_VOTE);

	if (effect->kind == EFFECT_PROPOSE) {
		event.kind = EVENT_PROPOSAL;
		proposal_of(&event.proposal, effect);
		sign(&event.proposal.vote);
		back->event.vote = event.proposal.vote;
	} else {
		sign(&event.vote);
		back->event.vote = event.vote;
	}
	judge_vote(cores, index, &back->event.vote);
	back->event.peer = PEER_SELF;
	send(cores, index, PEER_ALL, &event);
	enqueue(cores, back, 0);
}

static void status_out(struct cores *cores, uint32_t index, const struct effect *effect)
{
	struct event event = {.kind = EVENT_STATUS, .status = effect->status.status};

	send(cores, index, effect->to, &event);
	for (size_t i = 0; i < effect->status.votes_count; i++) {
		event = (struct event){.kind = EVENT_VOTE, .vote = effect->status.votes[i]};
		judge_vote(cores, index, &event.vote);
		send(cores, index, effect->to, &event);
	}
}

static void votes_out(struct cores *cores, uint32_t index, const struct effect *effect)
{
	for (size_t i = 0; i < effect->votes.votes_count; i++) {
		struct event event = {.kind = EVENT_VOTE, .vote = effect->votes.votes[i]};

		send(cores, index, effect->to, &event);
	}
}

static uint64_t wall_ms(const struct cores *cores, const struct node *node)
{
	return (uint64_t)((int64_t)(WALL_START_MS + cores->now_us / 1000) + node->skew_ms);
}

uint32_t cores_leader(const struct cores *cores, uint64_t view)
{
	/* docs/protocol.md section 2 */
	return (uint32_t)((view - 1 + load_u64(cores->hash0.b) % cores->n) % cores->n);
}

void cores_block_make(const struct cores *cores, struct cores_block *out, uint64_t view,
		      const struct header *parent, uint32_t salt, bool is_empty)
{
	struct buf text;
	struct hash digest;

	memset(out, 0, sizeof(*out));
	buf_init(&out->header_text, LIMIT_HEADER_BYTES);
	buf_init(&out->body_text, LIMIT_BODY_BYTES);
	buf_print(&out->body_text, "stele/v1 body\n");
	if (!is_empty) {
		sha256_parts(&digest, (struct bytes[]){bytes_of(&view, sizeof(view)),
						       bytes_of(&salt, sizeof(salt))}, 2);
		buf_print(&out->body_text, "parcel ");
		buf_hex(&out->body_text, digest.b, 32);
		buf_print(&out->body_text, " 0 1 100\n");
	}
	out->header = *parent;
	buf_init(&text, LIMIT_HEADER_BYTES);
	header_render(&text, parent);
	sha256(&out->header.parent, text.at, text.len);
	buf_release(&text);
	out->header.parent_view = parent->view;
	out->header.view = view;
	out->header.height = parent->height + 1;
	out->header.time_ms = WALL_START_MS + cores->now_us / 1000;
	if (out->header.time_ms <= parent->time_ms)
		out->header.time_ms = parent->time_ms + 1;
	out->header.proposer = cores_leader(cores, view);
	memset(out->header.state.b, (int)(salt & 255), 32);
	sha256(&out->header.body, out->body_text.at, out->body_text.len);
	header_render(&out->header_text, &out->header);
	ck_assert(!out->header_text.has_failed);
	sha256(&out->hash, out->header_text.at, out->header_text.len);
}

void cores_block_free(struct cores_block *block)
{
	buf_release(&block->header_text);
	buf_release(&block->body_text);
}

struct event cores_proposal(const struct cores *cores, const struct cores_block *block)
{
	struct event event = {.kind = EVENT_PROPOSAL, .peer = block->header.proposer};

	event.proposal.header_text = buf_bytes(&block->header_text);
	event.proposal.body_text = buf_bytes(&block->body_text);
	event.proposal.header = &block->header;
	event.proposal.block = block->hash;
	event.proposal.has_vote = true;
	event.proposal.vote = cores_vote(cores, VOTE_NOTARIZE, block->header.view, &block->hash,
					 block->header.proposer);
	return event;
}

/* A block with the leader's clock. */
static void build(struct cores *cores, uint32_t index, const struct effect *effect)
{
	struct node *node = &cores->nodes[index];
	struct parcel_of_event *built = answer(cores, index, EVENT_BUILT);
	struct header parent = cores->header0;
	struct cores_block block;
	uint64_t now = wall_ms(cores, node);

	parent.height = effect->build.parent_height;
	parent.time_ms = effect->build.parent_time_ms;
	cores_block_make(cores, &block, effect->build.view, &parent, index,
			 !node->has_work || effect->build.payload_bytes_max == 0);
	block.header.parent = effect->build.parent;
	block.header.parent_view = effect->build.parent_view;
	block.header.proposer = index;
	block.header.time_ms = now > parent.time_ms ? now : parent.time_ms + 1;
	buf_reset(&block.header_text);
	header_render(&block.header_text, &block.header);
	sha256(&block.hash, block.header_text.at, block.header_text.len);
	node->executed[node->executed_count++] = block.hash;
	built->event.built.view = effect->build.view;
	built->event.built.is_ok = true;
	built->event.built.header_text = keep(&built->arena, buf_bytes(&block.header_text));
	built->event.built.body_text = keep(&built->arena, buf_bytes(&block.body_text));
	cores_block_free(&block);
	enqueue(cores, built, 0);
}

static void complete_body(struct cores *cores, uint32_t index, const struct effect_block *block)
{
	struct node *node = &cores->nodes[index];
	struct parcel_of_event *body;

	if (node->are_bodies_withheld) {
		ck_assert_uint_lt(node->waiting_count, 64);
		node->waiting_bodies[node->waiting_count++] = *block;
		return;
	}
	body = answer(cores, index, EVENT_BODY);
	body->event.body = block->block;
	enqueue(cores, body, 0);
}

static bool is_executed(const struct cores *cores, const struct node *node,
			const struct hash *hash)
{
	if (hash_equal(hash, &cores->hash0))
		return true;
	for (size_t i = 0; i < node->executed_count; i++) {
		if (hash_equal(&node->executed[i], hash))
			return true;
	}
	return node->height > 0 && hash_equal(&node->chain[node->height].hash, hash);
}

static void validate(struct cores *cores, uint32_t index, const struct effect_block *block)
{
	struct node *node = &cores->nodes[index];
	struct parcel_of_event *verdict = answer(cores, index, EVENT_VERDICT);

	ck_assert_msg(is_executed(cores, node, &block->parent),
		      "node %u is asked to execute before the parent", index);
	verdict->event.verdict.block = block->block;
	for (size_t i = 0; i < node->executions_count; i++) {
		if (node->executions[i].height != block->height)
			continue;
		verdict->event.verdict.execution = node->executions[i].execution;
		verdict->event.verdict.reason =
			node->executions[i].execution == EXECUTION_INVALID ? ERR_BLOCK_INVALID
									    : ERR_BLOCK_ROOT;
	}
	node->executed[node->executed_count++] = block->block;
	ck_assert_uint_lt(node->executed_count, CHAIN_MAX * 4);
	enqueue(cores, verdict, 0);
}

static void commit(struct cores *cores, uint32_t index, const struct effect *effect)
{
	struct node *node = &cores->nodes[index];
	const struct effect_block *block = &effect->deliver.block;
	struct parcel_of_event *committed = answer(cores, index, EVENT_COMMITTED);
	struct stored *stored;

	judge_deliver(cores, index, block);
	stored = &node->chain[++node->height];
	stored->hash = block->block;
	stored->header_text = keep(&cores->kept, block->header_text);
	stored->body_text = keep(&cores->kept, block->body_text);
	stored->finalization = keep(&cores->kept, effect->deliver.finalization);
	committed->event.committed.height = block->height;
	committed->event.committed.block = block->block;
	enqueue(cores, committed, 100);
}

/* Headers from the lowest wanted to the highest that has its own finalization. */
static void range_fill(struct parcel_of_event *parcel, const struct node *server, uint64_t from)
{
	struct event_range *range = &parcel->event.range;
	uint64_t to = from + LIMIT_RANGE_BLOCKS - 1;
	struct header *headers;
	struct bytes *texts;
	struct bytes *bodies;
	struct hash *blocks;
	struct certificate *certificate = arena_alloc(&parcel->arena, sizeof(*certificate));

	if (to > server->height)
		to = server->height;
	while (to >= from && server->chain[to].finalization.len == 0)
		to--;
	if (to < from)
		return;
	range->count = (size_t)(to - from + 1);
	headers = arena_alloc(&parcel->arena, range->count * sizeof(*headers));
	texts = arena_alloc(&parcel->arena, range->count * sizeof(*texts));
	bodies = arena_alloc(&parcel->arena, range->count * sizeof(*bodies));
	blocks = arena_alloc(&parcel->arena, range->count * sizeof(*blocks));
	for (size_t i = 0; i < range->count; i++) {
		const struct stored *stored = &server->chain[from + i];

		ck_assert_int_eq(header_parse(&headers[i], stored->header_text), ERR_OK);
		texts[i] = stored->header_text;
		bodies[i] = stored->body_text;
		blocks[i] = stored->hash;
	}
	range->headers = headers;
	range->header_texts = texts;
	range->body_texts = bodies;
	range->blocks = blocks;
	range->certificate = certificate;
	range->certificate_data = server->chain[to].finalization;
}

static void fetch_range(struct cores *cores, uint32_t index, uint64_t from)
{
	for (uint32_t i = 0; i < cores->count; i++) {
		struct parcel_of_event *parcel;

		if (i == index || !cores->nodes[i].is_running || cores->is_cut[i][index] ||
		    cores->is_cut[index][i] || cores->nodes[i].height < from)
			continue;
		parcel = answer(cores, index, EVENT_RANGE);
		range_fill(parcel, &cores->nodes[i], from);
		if (parcel->event.range.count == 0) {
			event_free(parcel);
			continue;
		}
		enqueue(cores, parcel, 2 * CORES_DELAY_US);
		return;
	}
}

static void evidence(struct cores *cores, uint32_t index, const struct effect *effect)
{
	const struct vote *first = &effect->evidence.first;
	const struct vote *second = &effect->evidence.second;

	ck_assert_uint_eq(first->signer, second->signer);
	ck_assert_uint_eq(first->view, second->view);
	cores->nodes[index].evidence[first->signer]++;
}

static void request_out(struct cores *cores, uint32_t index, const struct effect *effect,
			enum event_kind kind)
{
	struct event event = {.kind = kind, .request = effect->request};

	send(cores, index, effect->to, &event);
}

static void carry_out(struct cores *cores, uint32_t index, const struct effect *effect)
{
	struct node *node = &cores->nodes[index];
	struct event event = {.kind = EVENT_CERTIFICATE};

	node->effect_counts[effect->kind]++;
	switch (effect->kind) {
	case EFFECT_PERSIST:
		journal_put(cores, node, &effect->persist.record, effect->persist.sequence);
		return;
	case EFFECT_FORGET:
		journal_forget(node, effect->forget.view);
		return;
	case EFFECT_VOTE:
	case EFFECT_PROPOSE:
		vote_out(cores, index, effect);
		return;
	case EFFECT_CERTIFICATE:
		event.certificate.data = effect->certificate;
		send(cores, index, effect->to, &event);
		return;
	case EFFECT_ANNOUNCEMENT:
		request_out(cores, index, effect, EVENT_ANNOUNCEMENT);
		return;
	case EFFECT_BLOCK:
		event.kind = EVENT_PROPOSAL;
		proposal_of(&event.proposal, effect);
		send(cores, index, effect->to, &event);
		return;
	case EFFECT_STATUS:
		status_out(cores, index, effect);
		return;
	case EFFECT_VOTES:
		votes_out(cores, index, effect);
		return;
	case EFFECT_REQUEST_CERTIFICATE:
		request_out(cores, index, effect, EVENT_CERTIFICATE_REQUEST);
		return;
	case EFFECT_REQUEST_VOTES:
		request_out(cores, index, effect, EVENT_VOTES_REQUEST);
		return;
	case EFFECT_REQUEST_BLOCK:
		request_out(cores, index, effect, EVENT_BLOCK_REQUEST);
		return;
	case EFFECT_ARM:
		node->is_armed[effect->arm.timer] = true;
		node->deadline_us[effect->arm.timer] = cores->now_us + effect->arm.delay_us;
		return;
	case EFFECT_CANCEL:
		node->is_armed[effect->arm.timer] = false;
		return;
	case EFFECT_BUILD:
		build(cores, index, effect);
		return;
	case EFFECT_BODY:
		complete_body(cores, index, &effect->block);
		return;
	case EFFECT_VALIDATE:
		validate(cores, index, &effect->block);
		return;
	case EFFECT_DELIVER:
		commit(cores, index, effect);
		return;
	case EFFECT_RANGE:
		fetch_range(cores, index, effect->from_height);
		return;
	case EFFECT_EVIDENCE:
		evidence(cores, index, effect);
		return;
	case EFFECT_TRIP:
		node->tripped = effect->trip.reason;
		return;
	}
	UNREACHABLE();
}

static void trace_line(struct cores *cores, uint32_t index, const struct event *event,
		       enum verdict verdict)
{
	if (cores->trace == NULL || index >= 32 || (cores->traced >> index & 1) == 0)
		return;
	buf_print(cores->trace, "%llu.%03llu n%u ", (unsigned long long)(cores->now_us / 1000),
		  (unsigned long long)(cores->now_us % 1000), index);
	core_trace(cores->trace, event, verdict, &cores->nodes[index].effects);
	buf_print(cores->trace, "\n");
}

static enum verdict step_one(struct cores *cores, uint32_t index, struct event *event)
{
	struct node *node = &cores->nodes[index];
	struct effects effects;
	enum verdict verdict;
	uint64_t highest = 0;

	event->now_us = cores->now_us;
	event->wall_ms = wall_ms(cores, node);
	effects_reset(&node->effects);
	verdict = core_step(node->core, event, &node->effects);
	trace_line(cores, index, event, verdict);
	effects = node->effects;
	for (size_t i = 0; i < effects.count; i++) {
		carry_out(cores, index, &effects.list[i]);
		if (effects.list[i].kind == EFFECT_PERSIST)
			highest = effects.list[i].persist.sequence;
		if (effects.list[i].kind == EFFECT_PERSIST &&
		    effects.list[i].persist.record.kind == RECORD_RESERVATION)
			node->reserved = load_u64(effects.list[i].persist.record.data.at);
	}
	if (highest > 0 && node->disk_us != UINT64_MAX) {
		struct parcel_of_event *durable = answer(cores, index, EVENT_DURABLE);

		durable->event.sequence = highest;
		enqueue(cores, durable, node->disk_us);
	}
	return verdict;
}

/* Reservations are durable before the next event, whatever the disk does. */
static enum verdict step(struct cores *cores, uint32_t index, struct event *event)
{
	struct node *node = &cores->nodes[index];

	if (node->reserved > 0 && !node->are_reservations_held) {
		struct event told = {.kind = EVENT_RESERVED, .stamp = node->reserved};

		node->reserved = 0;
		(void)step_one(cores, index, &told);
	}
	return step_one(cores, index, event);
}

/* --- running --------------------------------------------------------------------------- */

void cores_start(struct cores *cores, uint32_t index)
{
	struct node *node = &cores->nodes[index];
	struct event event = {.kind = EVENT_START};
	struct record *records = calloc(node->journal_count + 1, sizeof(*records));

	ck_assert(!node->is_running);
	node->core = core_new(&node->config);
	node->is_running = true;
	node->waiting_count = 0;
	node->reserved = 0;
	for (size_t i = 0; i < node->journal_count; i++)
		records[node->journal_count - 1 - i] = node->journal[i].record; /* any order */
	event.start.records = records;
	event.start.records_count = node->journal_count;
	event.start.committed_height = node->height;
	event.start.committed_block =
		node->height == 0 ? cores->hash0 : node->chain[node->height].hash;
	event.start.committed_header = node->height == 0 ? buf_bytes(&cores->header0_text)
							  : node->chain[node->height].header_text;
	step(cores, index, &event);
	free(records);
}

void cores_start_all(struct cores *cores)
{
	for (uint32_t i = 0; i < cores->count; i++)
		cores->nodes[i].core = core_new(&cores->nodes[i].config);
	for (uint32_t i = 0; i < cores->count; i++) {
		core_free(cores->nodes[i].core);
		cores_start(cores, i);
	}
}

void cores_crash(struct cores *cores, uint32_t index)
{
	struct node *node = &cores->nodes[index];
	size_t left = 0;

	ck_assert(node->is_running);
	for (size_t i = 0; i < node->journal_count; i++) {
		if (node->journal[i].sequence > node->durable)
			continue;
		node->journal[left] = node->journal[i];
		node->journal[left++].sequence = 0;
	}
	node->journal_count = left;
	node->durable = 0;
	node->executed_count = 0;
	node->life++;
	node->is_running = false;
	memset(node->is_armed, 0, sizeof(node->is_armed));
	core_free(node->core);
	node->core = NULL;
}

/* What steled writes when it finds that: the floor, and the newest reservation. */
static void note_loss(struct cores *cores, struct node *node, uint64_t stamp)
{
	struct reservation reservation = {.stamp = stamp};
	uint8_t floor[16] = {0};
	uint8_t data[RESERVATION_BYTES];
	struct record record = {.kind = RECORD_FLOOR, .data = bytes_of(floor, sizeof(floor))};

	store_u64(floor, FLOOR_EPOCH_LOST);
	journal_put(cores, node, &record, 0);
	reservation_encode(data, &reservation);
	record = (struct record){.kind = RECORD_RESERVATION,
				 .data = bytes_of(data, sizeof(data))};
	journal_put(cores, node, &record, 0);
}

static uint64_t journal_stamp(const struct node *node)
{
	for (size_t i = 0; i < node->journal_count; i++) {
		if (node->journal[i].record.kind == RECORD_RESERVATION)
			return load_u64(node->journal[i].record.data.at);
	}
	return 0;
}

void cores_lose(struct cores *cores, uint32_t index)
{
	struct node *node = &cores->nodes[index];
	uint64_t stamp = journal_stamp(node);

	ck_assert(!node->is_running);
	node->journal_count = 0;
	note_loss(cores, node, stamp);
}

void cores_keep(struct cores *cores, uint32_t index)
{
	struct node *node = &cores->nodes[index];

	node->kept_count = 0;
	for (size_t i = 0; i < node->journal_count; i++) {
		if (node->journal[i].sequence > node->durable)
			continue;
		node->kept[node->kept_count] = node->journal[i];
		node->kept[node->kept_count++].sequence = 0;
	}
}

void cores_restore(struct cores *cores, uint32_t index)
{
	struct node *node = &cores->nodes[index];

	ck_assert(!node->is_running);
	memcpy(node->journal, node->kept, node->kept_count * sizeof(node->kept[0]));
	node->journal_count = node->kept_count;
}

void cores_put_back(struct cores *cores, uint32_t index)
{
	struct node *node = &cores->nodes[index];
	uint64_t stamp = journal_stamp(node);

	cores_restore(cores, index);
	note_loss(cores, node, stamp);
}

void cores_new_home(struct cores *cores, uint32_t index)
{
	struct node *node = &cores->nodes[index];
	static const uint8_t unused[RESERVATION_BYTES];
	struct record record = {.kind = RECORD_RESERVATION,
				.data = bytes_of(unused, sizeof(unused))};

	ck_assert_uint_eq(node->journal_count, 0);
	journal_put(cores, node, &record, 0);
}

/* Decodes what only the receiver's pump decodes.  False: the message is dropped. */
static bool arrive(struct cores *cores, struct parcel_of_event *parcel)
{
	struct event *event = &parcel->event;
	struct core *core = cores->nodes[parcel->to].core;

	if (event->kind == EVENT_VOTE && !parcel->is_local)
		return core_wants_vote(core, &event->vote) || event->vote.kind == VOTE_NULLIFY;
	if (event->kind == EVENT_CERTIFICATE) {
		struct certificate *certificate = arena_alloc(&parcel->arena, sizeof(*certificate));
		struct header *header = arena_alloc(&parcel->arena, sizeof(*header));

		ck_assert_int_eq(certificate_decode(certificate, event->certificate.data, cores->n),
				 ERR_OK);
		ck_assert_uint_ge(certificate->signatures_count, set_quorum(cores->n));
		event->certificate.certificate = certificate;
		event->certificate.header = NULL;
		if (certificate->kind != VOTE_NULLIFY) {
			ck_assert_int_eq(header_parse(header, certificate->header), ERR_OK);
			event->certificate.header = header;
		}
		return core_wants_certificate(core, certificate->kind, certificate->epoch,
					      certificate->view, &certificate->block);
	}
	if (event->kind == EVENT_PROPOSAL && event->proposal.justification == NULL &&
	    event->proposal.justification_count > 0) {
		size_t count = event->proposal.justification_count;
		struct certificate *list = arena_alloc(&parcel->arena, count * sizeof(*list));

		for (size_t i = 0; i < count; i++)
			ck_assert_int_eq(certificate_decode(&list[i],
							    event->proposal.justification_bytes[i],
							    cores->n), ERR_OK);
		event->proposal.justification = list;
	}
	if (event->kind == EVENT_RANGE) {
		struct certificate *certificate = arena_alloc(&parcel->arena, sizeof(*certificate));

		ck_assert_int_eq(certificate_decode(certificate, event->range.certificate_data,
						    cores->n), ERR_OK);
		event->range.certificate = certificate;
	}
	return true;
}

static void deliver_event(struct cores *cores, struct parcel_of_event *parcel)
{
	struct node *node = &cores->nodes[parcel->to];

	/* sessions end with the life of either side */
	if (node->is_running && parcel->life == node->life && arrive(cores, parcel)) {
		if (parcel->event.kind == EVENT_DURABLE && parcel->event.sequence > node->durable)
			node->durable = parcel->event.sequence;
		step(cores, parcel->to, &parcel->event);
	}
	event_free(parcel);
}

/* The timer that is due next; false when none is armed. */
static bool next_timer(const struct cores *cores, uint32_t *node_out, enum timer_id *timer_out,
		       uint64_t *at_us)
{
	bool is_found = false;

	for (uint32_t i = 0; i < cores->count; i++) {
		for (size_t t = 0; t < TIMER_COUNT; t++) {
			const struct node *node = &cores->nodes[i];

			if (!node->is_running || !node->is_armed[t] ||
			    (is_found && node->deadline_us[t] >= *at_us))
				continue;
			is_found = true;
			*node_out = i;
			*timer_out = (enum timer_id)t;
			*at_us = node->deadline_us[t];
		}
	}
	return is_found;
}

/* The next thing that happens not after the limit; false when nothing does. */
static bool run_one(struct cores *cores, uint64_t limit_us)
{
	uint32_t index = 0;
	enum timer_id timer = TIMER_PROPOSAL;
	uint64_t at_us = UINT64_MAX;
	bool has_timer = next_timer(cores, &index, &timer, &at_us);

	if (cores->queue != NULL && (!has_timer || cores->queue->at_us <= at_us)) {
		struct parcel_of_event *parcel = cores->queue;

		if (parcel->at_us > limit_us)
			return false;
		cores->queue = parcel->next;
		cores->now_us = parcel->at_us;
		deliver_event(cores, parcel);
		return true;
	}
	if (!has_timer || at_us > limit_us)
		return false;
	if (at_us > cores->now_us)
		cores->now_us = at_us;
	cores->nodes[index].is_armed[timer] = false;
	step(cores, index, &(struct event){.kind = EVENT_TIMER, .timer = timer});
	return true;
}

void cores_run(struct cores *cores, uint64_t us)
{
	uint64_t end = cores->now_us + us;

	while (run_one(cores, end))
		continue;
	cores->now_us = end;
}

bool cores_run_to_height(struct cores *cores, uint32_t node, uint64_t height, uint64_t limit_us)
{
	uint64_t end = cores->now_us + limit_us;

	while (cores->nodes[node].height < height) {
		if (!run_one(cores, end))
			return false;
	}
	return true;
}

bool cores_run_all_to_height(struct cores *cores, uint64_t height, uint64_t limit_us)
{
	uint64_t end = cores->now_us + limit_us;

	for (uint32_t i = 0; i < cores->count; i++) {
		if (cores->nodes[i].is_running &&
		    !cores_run_to_height(cores, i, height, end - cores->now_us))
			return false;
	}
	return true;
}

/* --- handles ------------------------------------------------------------------------------ */

const struct core_config *cores_config(const struct cores *cores, uint32_t node)
{
	return &cores->nodes[node].config;
}

struct core *cores_core(struct cores *cores, uint32_t node)
{
	return cores->nodes[node].core;
}

uint64_t cores_now_us(const struct cores *cores)
{
	return cores->now_us;
}

void cores_link(struct cores *cores, uint32_t from, uint32_t to, bool is_up)
{
	cores->is_cut[from][to] = !is_up;
}

void cores_isolate(struct cores *cores, uint32_t node, bool is_isolated)
{
	for (uint32_t i = 0; i < cores->count; i++) {
		if (i == node)
			continue;
		cores_link(cores, node, i, !is_isolated);
		cores_link(cores, i, node, !is_isolated);
	}
}

void cores_filter_set(struct cores *cores, cores_filter *filter, void *context)
{
	cores->filter = filter;
	cores->filter_context = context;
}

void cores_work(struct cores *cores, uint32_t node, bool has_work)
{
	struct event event = {.kind = EVENT_WORK, .work = {has_work}};

	cores->nodes[node].has_work = has_work;
	step(cores, node, &event);
}

void cores_withhold_bodies(struct cores *cores, uint32_t index, bool is_withheld)
{
	struct node *node = &cores->nodes[index];

	node->are_bodies_withheld = is_withheld;
	if (is_withheld)
		return;
	for (size_t i = 0; i < node->waiting_count; i++)
		complete_body(cores, index, &node->waiting_bodies[i]);
	node->waiting_count = 0;
}

void cores_execution(struct cores *cores, uint32_t index, uint64_t height,
		     enum execution execution)
{
	struct node *node = &cores->nodes[index];

	ck_assert_uint_lt(node->executions_count, EXECUTIONS_MAX);
	node->executions[node->executions_count].height = height;
	node->executions[node->executions_count++].execution = execution;
}

void cores_disk(struct cores *cores, uint32_t node, uint64_t delay_us)
{
	cores->nodes[node].disk_us = delay_us;
}

void cores_hold_reservations(struct cores *cores, uint32_t node, bool is_held)
{
	cores->nodes[node].are_reservations_held = is_held;
}

void cores_skew(struct cores *cores, uint32_t node, int64_t skew_ms)
{
	cores->nodes[node].skew_ms = skew_ms;
}

enum verdict cores_inject(struct cores *cores, uint32_t node, struct event *event)
{
	return step(cores, node, event);
}

struct event_certificate cores_certificate(const struct cores *cores, enum vote_kind kind,
					   uint64_t view, const struct header *header)
{
	struct certificate *certificate = calloc(1, sizeof(*certificate));
	struct header *copy = NULL;
	struct buf data;
	struct buf text;

	buf_init(&data, LIMIT_CERTIFICATE_BYTES);
	buf_init(&text, LIMIT_HEADER_BYTES);
	certificate->kind = kind;
	certificate->set_hash = cores->set->hash;
	certificate->view = view;
	if (header != NULL) {
		copy = malloc(sizeof(*copy));
		*copy = *header;
		header_render(&text, header);
		certificate->header = buf_bytes(&text);
		sha256(&certificate->block, text.at, text.len);
	}
	for (uint32_t i = 0; i < set_quorum(cores->n); i++) {
		struct vote vote = cores_vote(cores, kind, view, &certificate->block, i);

		certificate->signers[i / 8] |= (uint8_t)(1u << (i % 8));
		certificate->signatures[certificate->signatures_count++] = vote.signature;
	}
	certificate_encode(&data, certificate, cores->n);
	ck_assert(!data.has_failed);
	buf_release(&text);
	ck_assert_int_eq(certificate_decode(certificate, buf_bytes(&data), cores->n), ERR_OK);
	return (struct event_certificate){certificate, copy, buf_bytes(&data)};
}

void cores_certificate_free(struct event_certificate *certificate)
{
	free((void *)(uintptr_t)certificate->certificate);
	free((void *)(uintptr_t)certificate->header);
	free((void *)(uintptr_t)certificate->data.at);
}

const struct header *cores_header0(const struct cores *cores)
{
	return &cores->header0;
}

uint64_t cores_height(const struct cores *cores, uint32_t node)
{
	return cores->nodes[node].height;
}

struct core_status cores_status(const struct cores *cores, uint32_t node)
{
	struct core_status status;

	core_status(cores->nodes[node].core, &status);
	return status;
}

struct hash cores_chain(const struct cores *cores, uint64_t height)
{
	return cores->agreed[height];
}

uint32_t cores_evidence(const struct cores *cores, uint32_t node, uint32_t guilty)
{
	return cores->nodes[node].evidence[guilty];
}

enum err cores_tripped(const struct cores *cores, uint32_t node)
{
	return cores->nodes[node].tripped;
}

uint32_t cores_sent(const struct cores *cores, uint32_t signer, enum vote_kind kind, uint64_t view)
{
	uint32_t count = 0;

	for (size_t i = 0; i < cores->sent_count; i++)
		count += cores->sent[i].signer == signer && cores->sent[i].kind == kind &&
			 cores->sent[i].view == view;
	return count;
}

uint64_t cores_effects(const struct cores *cores, uint32_t node, enum effect_kind kind)
{
	return cores->nodes[node].effect_counts[kind];
}

const struct effects *cores_last(const struct cores *cores, uint32_t node)
{
	return &cores->nodes[node].effects;
}

size_t cores_journal_count(const struct cores *cores, uint32_t node)
{
	return cores->nodes[node].journal_count;
}

const struct record *cores_journal(const struct cores *cores, uint32_t node, size_t index)
{
	return &cores->nodes[node].journal[index].record;
}

void cores_trace(struct cores *cores, uint32_t nodes, struct buf *out)
{
	cores->traced = nodes;
	cores->trace = out;
}
