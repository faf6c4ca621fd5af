/* Judges of the chain and of nodes: 1 (finalized prefixes agree), 5 (no finalized
 * block is skipped), 8 (nothing falls), 14 (time rises), 16 (after healing all
 * finalize), 20 (an idle network wakes); and the wiring of the others. */
#include "tests/sim/judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "node/pump.h"
#include "proto/body.h"
#include "proto/header.h"
#include "proto/peer.h"
#include "tests/sim/judge_state.h"

#define VIEWS_MAX 1000000u
#define ARENA_BYTES ((size_t)64 << 20)
#define KEY_BYTES 49
#define REPORT_MAX_US 1000000u /* to look at signatures, on a node that is slow */

struct judge *judge_new(struct world *world)
{
	struct judge *judge = calloc(1, sizeof(*judge));

	ASSERT(judge != NULL);
	judge->world = world;
	judge->blocks = digests_new(1);
	judge->parcels = digests_new(2);
	return judge;
}

void judge_free(struct judge *judge)
{
	if (judge == NULL)
		return;
	for (size_t i = 0; i < judge->owned_count; i++)
		free(judge->owned[i]);
	for (size_t i = 0; i < WORLD_NODES_MAX; i++) {
		free(judge->last_sent[i].at);
		free(judge->last_certificate[i].at);
	}
	free(judge->owned);
	free(judge->views);
	free(judge->chain);
	free(judge->states);
	digests_free(judge->blocks);
	digests_free(judge->parcels);
	free(judge);
}

void *judge_own(struct judge *judge, size_t size)
{
	void *at = calloc(1, size);

	ASSERT(at != NULL);
	if (judge->owned_count == judge->owned_room) {
		judge->owned_room = judge->owned_room == 0 ? 256 : judge->owned_room * 2;
		judge->owned = realloc(judge->owned, judge->owned_room * sizeof(void *));
		ASSERT(judge->owned != NULL);
	}
	judge->owned[judge->owned_count++] = at;
	return at;
}

struct seen_view *judge_view(struct judge *judge, uint64_t view)
{
	ASSERT(view < VIEWS_MAX);
	if (view >= judge->views_count) {
		size_t count = (size_t)view * 2 + 64;

		judge->views = realloc(judge->views, count * sizeof(*judge->views));
		ASSERT(judge->views != NULL);
		memset(judge->views + judge->views_count, 0,
		       (count - judge->views_count) * sizeof(*judge->views));
		judge->views_count = count;
	}
	if (judge->views[view].sent == NULL) {
		struct said *said = judge_own(judge, 2 * judge->world->count * sizeof(*said));

		judge->views[view].sent = said;
		judge->views[view].durable_own = said + judge->world->count;
	}
	return &judge->views[view];
}

struct said *judge_heard_by(struct judge *judge, uint64_t view, uint32_t from, uint32_t node)
{
	struct seen_view *seen = judge_view(judge, view);
	uint32_t count = judge->world->count;

	if (seen->heard == NULL)
		seen->heard = judge_own(judge, (size_t)count * count * sizeof(*seen->heard));
	return &seen->heard[(size_t)from * count + node];
}

struct seen_block *judge_block(const struct judge *judge, const struct hash *hash)
{
	return digests_get(judge->blocks, hash);
}

/* --- steps --------------------------------------------------------------- */

static void print_step(const struct world *world, uint32_t node, const struct core_status *status,
		       const struct event *event, enum verdict verdict, const struct effects *effects)
{
	printf("%10llu %u view %llu final %llu event %d from %u verdict %d:",
	       (unsigned long long)world->now_us, node, (unsigned long long)status->view,
	       (unsigned long long)status->final_height, (int)event->kind, event->peer,
	       (int)verdict);
	for (size_t i = 0; i < effects->count; i++)
		printf(" %d", (int)effects->list[i].kind);
	printf("\n");
}

/* 8, within a life */
static void check_rising(struct judge *judge, uint32_t node, const struct core_status *status)
{
	struct life *life = &judge->lives[node];

	if (life->has_status &&
	    (status->view < life->view || status->final_view < life->final_view ||
	     status->final_height < life->final_height))
		world_fail(judge->world, "judge 8: the view or last_final of node %u falls", node);
	if (status->final_view < judge->durable_final_view[node] &&
	    status->final_view < life->final_view)
		world_fail(judge->world, "judge 8: node %u lost its durable last_final", node);
	*life = (struct life){status->view, status->final_view, status->final_height, true};
}

static void look_at_step(void *context, const struct core *core, const struct event *event,
			 enum verdict verdict, const struct effects *effects)
{
	const struct net *net = context;
	struct world *world = net_sim_world(net);
	struct judge *judge = world->judge;
	uint32_t node = net_sim_node(net);
	struct core_status status;

	core_status(core, &status);
	world->statistics.steps++;
	world_mix(world, world->now_us);
	world_mix(world, (uint64_t)node << 32 | (uint64_t)event->kind << 16 | (uint64_t)verdict);
	world_mix(world, status.view << 20 ^ status.final_height);
	for (size_t i = 0; i < effects->count; i++)
		world_mix(world, (uint64_t)effects->list[i].kind);
	if (world->is_traced)
		print_step(world, node, &status, event, verdict, effects);
	if (!world_is_correct(world, node))
		return;
	check_rising(judge, node, &status);
	judge_signing(judge, node, &status);
	world->statistics.ranges += event->kind == EVENT_RANGE && verdict == ACCEPTED;
	judge->nullified[node] = status.nullified_views;
	if (event->kind == EVENT_COMMITTED) {
		judge_room(judge, node);
		judge_passing(judge, node);
	}
	for (size_t i = 0; i < effects->count; i++) {
		const struct effect *effect = &effects->list[i];

		if (effect->kind == EFFECT_EVIDENCE)
			judge_evidence(judge, node, &effect->evidence.first,
				       &effect->evidence.second);
		if (effect->kind == EFFECT_TRIP)
			world_fail(world, "judge 1: node %u trips: %s", node,
				   err_name(effect->trip.reason));
	}
}

void judge_on_step(void *context, const struct core *core, const struct event *event,
		   enum verdict verdict, const struct effects *effects)
{
	struct meter own = meter;

	look_at_step(context, core, event, verdict, effects);
	meter = own;
}

static void commit(struct world *world, uint32_t node, uint64_t height, const struct hash *block);

/* What was committed and, because of the crash, not told. */
static void take_untold(struct world *world, uint32_t node)
{
	struct ledger *ledger = node_ledger(world->nodes[node].node);
	struct ledger_view *view;
	struct view_block block;
	struct ledger_tip tip;
	struct hash hash;

	if (ledger_view_open(ledger, &view)) {
		world_fail(world, "start: the ledger of node %u gives no view", node);
		return;
	}
	ledger_view_tip(view, &tip);
	for (uint64_t h = world->judge->committed[node] + 1; h <= tip.height; h++) {
		if (view_block(view, h, &block))
			break;
		sha256(&hash, block.header_text.at, block.header_text.len);
		commit(world, node, h, &hash);
	}
	ledger_view_close(view);
	if (world->judge->committed[node] != tip.height)
		world_fail(world, "judge 13: node %u had committed %llu and starts at %llu", node,
			   (unsigned long long)world->judge->committed[node],
			   (unsigned long long)tip.height);
}

void judge_on_start(struct world *world, uint32_t node)
{
	struct judge *judge = world->judge;

	if (world_is_correct(world, node)) {
		take_untold(world, node);
		judge_replayed(judge, node);
	}
	if (world_is_correct(world, node) &&
	    judge->lives[node].final_view < judge->durable_final_view[node])
		world_fail(world, "judge 8: node %u starts below its durable last_final", node);
}

void judge_on_crash(struct world *world, uint32_t node)
{
	struct judge *judge = world->judge;

	world->statistics.nullifications += judge->nullified[node];
	judge->nullified[node] = 0;
	judge_found_lost(judge, node);
	judge->lives[node] = (struct life){.has_status = false};
	judge->last_sent[node].type = 0;
	for (size_t i = 0; i < judge->views_count; i++) {
		if (judge->views[i].heard == NULL)
			continue;
		for (uint32_t k = 0; k < world->count; k++)
			*judge_heard_by(judge, i, k, node) = (struct said){.has_notarize = false};
	}
}

/* What waited to be looked at when its session ended is lost, as on the wire. */
void judge_on_close(struct world *world, uint32_t node, uint32_t peer)
{
	struct judge *judge = world->judge;
	uint32_t signer = world->nodes[peer].self;

	if (signer == SET_NO_INDEX)
		return; /* an observer says nothing */
	for (size_t i = 0; i < judge->views_count; i++) {
		struct said *said;

		if (judge->views[i].heard == NULL)
			continue;
		said = judge_heard_by(judge, i, signer, node);
		if (world->now_us - said->heard_us < REPORT_MAX_US)
			*said = (struct said){.has_notarize = false};
	}
}

/* --- the disk ------------------------------------------------------------ */

static void on_block_record(struct judge *judge, uint32_t node, const struct hash *hash,
			    struct bytes value)
{
	struct seen_block *seen = judge_block(judge, hash);
	struct cursor cursor = cursor_of(value);
	uint32_t len = cursor_u32(&cursor);
	struct bytes header_text = cursor_take(&cursor, len);
	struct header header;
	struct body *body;

	if (seen != NULL) {
		node_set_add(&seen->durable, node);
		return;
	}
	body = judge_own(judge, sizeof(*body));
	if (cursor.has_failed || header_parse(&header, header_text) ||
	    body_parse(body, (struct bytes){cursor.at, cursor.left})) {
		world_fail(judge->world, "judge 9: node %u keeps a malformed block", node);
		return;
	}
	seen = judge_own(judge, sizeof(*seen));
	*seen = (struct seen_block){
		.hash = *hash,
		.parent = header.parent,
		.body = header.body,
		.view = header.view,
		.parent_view = header.parent_view,
		.height = header.height,
		.time_ms = header.time_ms,
		.header = header,
		.parcels_count = body->parcels_count + body->evidence_count,
	};
	node_set_add(&seen->durable, node);
	seen->parcels = judge_own(judge, (seen->parcels_count + 1) * sizeof(struct hash));
	for (uint32_t i = 0; i < body->parcels_count; i++)
		seen->parcels[i] = body->parcels[i].digest;
	for (uint32_t i = 0; i < body->evidence_count; i++)
		seen->parcels[body->parcels_count + i] = body->evidence[i].text_hash;
	digests_put(judge->blocks, hash, seen);
}

static void on_own_record(struct judge *judge, uint32_t node, uint64_t view, uint8_t kind,
			  struct bytes value)
{
	struct said *own = &judge_view(judge, view)->durable_own[node];
	struct hash hash = {{0}};

	judge_sign_entered(judge, node, view);
	if (value.len == sizeof(hash.b))
		memcpy(hash.b, value.at, sizeof(hash.b));
	if (kind == VOTE_NOTARIZE) {
		own->is_notarize_late = !own->has_notarize && own->has_nullify;
		own->has_notarize = true;
		own->notarize = hash;
	} else if (kind == VOTE_NULLIFY) {
		own->has_nullify = true;
	} else {
		own->has_finalize = true;
		own->finalize = hash;
	}
}

static void on_certificate_record(struct judge *judge, uint32_t node, struct bytes value)
{
	uint8_t kind = value.len > 49 ? value.at[0] : 0;
	uint64_t view = value.len > 49 ? load_u64(value.at + 41) : 0;

	judge_certificate(judge, node, value);
	if (kind < 1 || kind > 3 || judge->world->has_failed)
		return;
	node_set_add(&judge_view(judge, view)->durable[kind], node);
	if (view > judge->durable_view[node])
		judge->durable_view[node] = view;
	if (kind == VOTE_FINALIZE && view > judge->durable_final_view[node])
		judge->durable_final_view[node] = view;
}

static void on_parcel_record(struct judge *judge, uint32_t node, const struct hash *digest)
{
	struct seen_parcel *seen = digests_get(judge->parcels, digest);

	if (seen == NULL) {
		seen = judge_own(judge, sizeof(*seen));
		digests_put(judge->parcels, digest, seen);
	}
	node_set_add(&seen->durable, node);
}

void judge_on_durable(struct world *world, uint32_t node, enum table table, struct bytes key,
		      struct bytes value)
{
	struct judge *judge = world->judge;
	struct hash tag;
	uint64_t view;

	if (table != TABLE_RECORD || key.len != KEY_BYTES || !world_is_correct(world, node))
		return;
	view = load_u64(key.at + 9);
	memcpy(tag.b, key.at + 17, sizeof(tag.b));
	if (key.at[0] == RECORD_OWN && world->nodes[node].self == SET_NO_INDEX)
		world_fail(world, "judge 6: the observer %u keeps a vote of its own", node);
	else if (key.at[0] == RECORD_OWN)
		on_own_record(judge, node, view, tag.b[0], value);
	else if (key.at[0] == RECORD_CERTIFICATE || key.at[0] == RECORD_FINAL)
		on_certificate_record(judge, node, value);
	else if (key.at[0] == RECORD_BLOCK)
		on_block_record(judge, node, &tag, value);
	else if (key.at[0] == RECORD_PARCEL)
		on_parcel_record(judge, node, &tag);
	if (key.at[0] == RECORD_EVIDENCE) {
		on_parcel_record(judge, node, &tag);
		judge_kept(judge, node, value);
	}
}

/* --- words --------------------------------------------------------------- */

/* False: the same as before; otherwise it is remembered. */
static bool is_new_word(struct seen_word *last, uint8_t type, struct bytes bytes)
{
	if (last->at != NULL && last->type == type &&
	    bytes_equal(bytes_of(last->at, last->len), bytes))
		return false;
	if (last->room < bytes.len || last->at == NULL) {
		last->room = bytes.len * 2 + 1;
		last->at = realloc(last->at, last->room);
		ASSERT(last->at != NULL);
	}
	if (bytes.len > 0)
		memcpy(last->at, bytes.at, bytes.len);
	last->len = bytes.len;
	last->type = type;
	return true;
}

static void on_sent_certificate(struct judge *judge, uint32_t from, ProtobufCBinaryData data)
{
	struct bytes bytes = bytes_of(data.data, data.len);

	if (world_is_correct(judge->world, from) &&
	    is_new_word(&judge->last_certificate[from], PEER_CERTIFICATE, bytes))
		judge_certificate(judge, from, bytes);
}

static void on_sent_votes(struct judge *judge, uint32_t from, Stele__VoteMessage *const *votes,
			  size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct vote vote;

		if (votes[i] == NULL || votes[i]->signer != judge->world->nodes[from].self ||
		    !judge_vote_of(&vote, votes[i]))
			continue;
		if (world_is_twin(judge->world, from))
			judge_twin_vote(judge, from, &vote);
		else
			judge_vote(judge, from, &vote);
	}
}

static void look_at(struct judge *judge, uint32_t from, enum peer_type type, void *message)
{
	Stele__VoteMessage *vote = message;
	Stele__ProposalMessage *proposal = message;
	Stele__StatusMessage *status = message;
	Stele__VotesMessage *votes = message;

	if (judge->world->nodes[from].self == SET_NO_INDEX && type == PEER_VOTE)
		world_fail(judge->world, "judge 6: the observer %u speaks like a validator", from);
	if (type == PEER_VOTE) {
		on_sent_votes(judge, from, &vote, 1);
	} else if (type == PEER_VOTES) {
		on_sent_votes(judge, from, votes->votes, votes->n_votes);
	} else if (type == PEER_STATUS) {
		on_sent_votes(judge, from, status->votes, status->n_votes);
	} else if (type == PEER_CERTIFICATE) {
		on_sent_certificate(judge, from, ((Stele__CertificateMessage *)message)->certificate);
	} else if (type == PEER_PROPOSAL) {
		on_sent_votes(judge, from, &proposal->vote, 1);
		for (size_t i = 0; i < proposal->n_justification; i++)
			on_sent_certificate(judge, from, proposal->justification[i]);
	}
}

void judge_on_send(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		   struct bytes payload)
{
	struct arena arena;
	void *message;

	(void)to;
	world_mix(world, (uint64_t)type << 40 ^ payload.len);
	if (!(world_is_correct(world, from) || world_is_twin(world, from)) ||
	    !(type == PEER_VOTE || type == PEER_VOTES || type == PEER_STATUS ||
	      type == PEER_CERTIFICATE || type == PEER_PROPOSAL) ||
	    !is_new_word(&world->judge->last_sent[from], type, payload))
		return;
	arena_init(&arena, ARENA_BYTES);
	if (peer_decode(&arena, type, payload, &message))
		world_fail(world, "judge 9: node %u sends a malformed message of type %u", from, type);
	else
		look_at(world->judge, from, (enum peer_type)type, message);
	arena_release(&arena);
}

void judge_on_arrival(struct world *world, uint32_t node, uint32_t from, uint8_t type,
		      struct bytes payload)
{
	struct arena arena;
	void *message;
	struct vote vote;

	if (!world_is_correct(world, node) || world_is_correct(world, from) || type != PEER_VOTE ||
	    world->nodes[node].node->is_paused) /* it takes nothing in */
		return;
	arena_init(&arena, ARENA_BYTES);
	if (peer_decode(&arena, type, payload, &message) == ERR_OK &&
	    judge_vote_of(&vote, message) && vote.epoch == 0 &&
	    vote.signer == world->nodes[from].self)
		judge_heard(world->judge, node, &vote);
	arena_release(&arena);
}

void judge_on_injection(struct world *world, uint64_t view)
{
	(void)view;
	world->statistics.equivocations++;
}

/* --- the chain ----------------------------------------------------------- */

static void check_link(struct judge *judge, uint64_t height, const struct hash *hash)
{
	const struct seen_block *block = judge_block(judge, hash);
	const struct seen_block *parent;

	if (block == NULL || block->height != height) {
		world_fail(judge->world, "judge 1: the block of height %llu was kept by nobody",
			   (unsigned long long)height);
		return;
	}
	for (uint64_t u = block->parent_view + 1; u < block->view; u++) {
		if (judge_view(judge, u)->has_f)
			world_fail(judge->world, "judge 5: final view %llu is skipped by height %llu",
				   (unsigned long long)u, (unsigned long long)height);
	}
	if (height <= 1)
		return;
	parent = judge_block(judge, &block->parent);
	if (parent == NULL || !hash_equal(&block->parent, &judge->chain[height - 1]) ||
	    block->parent_view < parent->view)
		world_fail(judge->world, "judge 5: height %llu does not stand on height %llu",
			   (unsigned long long)height, (unsigned long long)height - 1);
	else if (block->time_ms <= parent->time_ms)
		world_fail(judge->world, "judge 14: time does not rise at height %llu",
			   (unsigned long long)height);
}

static void add_height(struct judge *judge, uint64_t height, const struct hash *hash)
{
	if (height >= judge->chain_room) {
		judge->chain_room = height * 2 + 64;
		judge->chain = realloc(judge->chain, judge->chain_room * sizeof(struct hash));
		ASSERT(judge->chain != NULL);
	}
	judge->chain[height] = *hash;
	judge->chain_count = height + 1;
	judge->world->statistics.heights = height;
	check_link(judge, height, hash);
}

static void commit(struct world *world, uint32_t node, uint64_t height, const struct hash *block)
{
	struct judge *judge = world->judge;

	if (height >= judge->chain_count) {
		if (height != judge->chain_count && !(height == 1 && judge->chain_count == 0))
			world_fail(world, "judge 1: node %u commits height %llu before its parent",
				   node, (unsigned long long)height);
		else
			add_height(judge, height, block);
	} else if (!hash_equal(&judge->chain[height], block)) {
		world_fail(world, "judge 1: node %u commits another block at height %llu", node,
			   (unsigned long long)height);
	}
	if (height != judge->committed[node] + 1)
		world_fail(world, "judge 1: node %u commits height %llu after %llu", node,
			   (unsigned long long)height,
			   (unsigned long long)judge->committed[node]);
	judge->committed[node] = height;
}

void judge_on_commit(const struct net *net, const struct ledger_committed *committed)
{
	struct world *world = net_sim_world(net);
	struct judge *judge = world->judge;
	uint32_t node = net_sim_node(net);

	world_mix(world, load_u64(committed->block.b));
	if (!world_is_correct(world, node))
		return;
	if (committed->height == judge->chain_count || judge->chain_count == 0)
		world->statistics.committed_txs += committed->outcomes_count;
	commit(world, node, committed->height, &committed->block);
	judge_state(judge, node, "15");
	for (size_t i = 0; judge->is_taken && i < committed->outcomes_count; i++) {
		if (hash_equal(&committed->outcomes[i].id, &judge->taken))
			judge->is_taken = false;
	}
}

void judge_on_taken(struct world *world, const struct hash *id)
{
	world->judge->taken = *id;
	world->judge->is_taken = true;
}

bool judge_awaits_taken(const struct world *world)
{
	return world->judge->is_taken;
}

uint64_t judge_height(const struct world *world)
{
	uint64_t lowest = UINT64_MAX;

	for (uint32_t i = 0; i < world->count; i++) {
		if (world_is_correct(world, i) && world->judge->committed[i] < lowest)
			lowest = world->judge->committed[i];
	}
	return lowest;
}

/* --- the end ------------------------------------------------------------- */

static bool is_in_chain(const struct judge *judge, const struct hash *hash)
{
	const struct seen_block *block = judge_block(judge, hash);

	return block == NULL || block->height >= judge->chain_count ||
	       hash_equal(&judge->chain[block->height], hash);
}

/* 10: whoever was heard to contradict itself is accused. */
static void check_reported(struct judge *judge, uint64_t view)
{
	struct world *world = judge->world;
	const struct seen_view *seen = &judge->views[view];

	for (uint32_t i = 0; i < world->count && seen->heard != NULL; i++) {
		if (node_set_has(&seen->reported, i))
			continue;
		for (uint32_t k = 0; k < world->count; k++) {
			const struct said *said = judge_heard_by(judge, view, i, k);

			if (said->is_contradicted &&
			    world->now_us - said->contradicted_us >= REPORT_MAX_US)
				world_fail(world, "judge 10: an equivocation of %u in view %llu was "
					   "heard and not reported", i, (unsigned long long)view);
		}
	}
}

static uint32_t correct_by_seed(const struct world *world)
{
	uint32_t node = (uint32_t)(world->seed % world->count);

	while (!world_is_correct(world, node))
		node = (node + 1) % world->count;
	return node;
}

void judge_at_end(struct world *world)
{
	struct judge *judge = world->judge;
	char what[128];

	/* a chain that stands records nothing more */
	if (!world->scene.is_above && judge_awaits_evidence(world, what, sizeof(what)))
		world_fail(world, "judge 10: %s", what);

	for (uint32_t i = 0; i < world->count; i++) {
		struct node_status status;

		world->statistics.nullifications += judge->nullified[i];
		if (world->nodes[i].node == NULL)
			continue;
		node_status(world->nodes[i].node, &status);
		world->statistics.built_ahead += status.built_ahead;
	}
	judge_again(judge, correct_by_seed(world));
	if (world->scene.is_timely && world->statistics.nullifications > 0)
		world_fail(world, "judge 17: a view was nullified though all was well");
	for (size_t v = 0; v < judge->views_count; v++) {
		const struct seen_view *view = &judge->views[v];

		if (view->has_f && !is_in_chain(judge, &view->f))
			world_fail(world, "judge 5: the final block of view %zu is not in the chain",
				   v);
		if (view->has_n && !is_in_chain(judge, &view->n))
			world->statistics.branch_switches++;
		check_reported(judge, v);
	}
	judge_name_guilty(judge);
}
