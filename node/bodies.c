#include "node/bodies.h"

#include "base/mutant.h"
#include "node/evidences.h"
#include "node/inbound.h"
#include "node/outbound.h"
#include "node/passing.h"
#include "node/peers.h"
#include "node/pool.h"
#include "node/pump.h"
#include "node/ranges.h"

#define REMIND_MAX 8 /* parcels sent again at a time, */
#define REMIND_BYTES_MAX LIMIT_PARCEL_BYTES /* no more once they have so many bytes */
#define ROUNDS_MAX 8 /* of asking, before a range is fetched instead */
#define SERVE_BYTES_MAX 4194304u /* that wait for one peer; the rest is asked for again */

static void ask_evidence(struct node *node, const struct flight *block, uint32_t peer)
{
	struct hash texts[LIMIT_EVIDENCE_PER_BLOCK];
	size_t count = 0;

	for (uint32_t i = 0; i < block->evidence_count; i++) {
		if (!block->has_evidence[i])
			texts[count++] = block->evidence[i].text_hash;
	}
	if (count > 0)
		outbound_parcel_request(node, peer, texts, count);
}

static void ask(struct node *node, struct flight *block, uint32_t peer, uint32_t author)
{
	struct hash digests[LIMIT_BODY_PARCELS];
	size_t count = 0;

	if (peer == node->self)
		return;
	for (uint32_t i = 0; i < block->count; i++) {
		if (block->parcels[i] != NULL || inbound_hurry(node, &block->lines[i].digest))
			continue;
		if (author == SET_NO_INDEX || block->lines[i].author == author)
			digests[count++] = block->lines[i].digest;
	}
	if (count > 0)
		outbound_parcel_request(node, peer, digests, count);
	if (author == SET_NO_INDEX)
		ask_evidence(node, block, peer);
}

static void ask_first(struct node *node, struct flight *block)
{
	ask(node, block, block->leader, SET_NO_INDEX);
	for (uint32_t author = 0; author < node->set->count; author++) {
		if (author != block->leader)
			ask(node, block, author, author);
	}
}

/* f+1 of those in session, in turn from behind the leader on: one of them is correct. */
static void ask_others(struct node *node, struct flight *block)
{
	uint32_t wanted = set_faults(node->set->count) + 1;

	for (uint32_t i = 0; i < node->set->count && wanted > 0; i++) {
		uint32_t peer = (block->leader + ++block->asked_others) % node->set->count;

		if (peers_find(node, peer) == NULL)
			continue;
		ask(node, block, peer, SET_NO_INDEX);
		wanted--;
	}
}

/* f+1 say so, or a finalization at least as high is here. */
static bool is_final_somewhere(const struct node *node, const struct flight *block)
{
	struct core_status status;

	core_status(node->core, &status);
	return status.final_height >= block->height || peers_height(node) >= block->height;
}

static void fetch(struct node *node, struct flight *block)
{
	if (block->missing == 0)
		return;
	if (block->asked_rounds == 0)
		ask_first(node, block);
	else
		ask_others(node, block);
	block->asked_rounds++;
	block->asked_us = io_now_us(node->io);
	/* who committed it long ago keeps its parcels in the chain store only */
	if (block->asked_rounds > ROUNDS_MAX && is_final_somewhere(node, block))
		ranges_need(node);
	io_arm(node->io, SLOT_FETCH, node->config.genesis->timers.delta_us / 2);
}

void bodies_on_timer(struct node *node)
{
	uint64_t wait_us = node->config.genesis->timers.delta_us / 2;
	uint64_t now_us = io_now_us(node->io);
	struct flight *block;

	if (mutant_on("parcels_not_fetched"))
		return;
	TAILQ_FOREACH(block, flights_list(node), link) {
		if (block->missing == 0 || !(block->is_body_wanted || block->is_final))
			continue;
		if (now_us - block->asked_us >= wait_us)
			fetch(node, block);
		else
			io_arm(node->io, SLOT_FETCH, block->asked_us + wait_us - now_us);
	}
}

/* Tells the core once all parcels are here and journaled.  Those of a finalized
 * block become durable with its commit. */
static void tell_if_complete(struct node *node, struct flight *block)
{
	struct event event = {.kind = EVENT_BODY, .body = block->hash};

	if (!block->is_body_wanted || block->is_body_told || block->missing > 0)
		return;
	for (uint32_t i = 0; i < block->count && !block->is_final; i++) {
		struct held *held = pool_find(node->pool, &block->lines[i].digest);

		if (held == NULL || held->committed_height != 0)
			continue;
		if (mutant_on("parcel_not_durable"))
			continue;
		pool_write(node, held);
	}
	block->is_body_told = true;
	(void)pump_event(node, &event);
}

void bodies_want(struct node *node, struct flight *block)
{
	block->is_body_wanted = true;
	block->is_body_told = false;
	tell_if_complete(node, block);
	if (block->missing > 0 && block->asked_rounds == 0)
		fetch(node, block);
}

void bodies_tell(struct node *node)
{
	struct flight *block;

	/* telling the core may add blocks, at the end, and never drops one */
	TAILQ_FOREACH(block, flights_list(node), link)
		tell_if_complete(node, block);
}

void bodies_take(struct node *node, struct parcel *parcel)
{
	struct held *held = pool_find(node->pool, &parcel->digest);

	if (held != NULL) {
		if (held->parcel == NULL)
			flights_attach(node, parcel);
		parcel_release(parcel);
		return;
	}
	(void)pool_add(node, parcel);
	flights_attach(node, parcel);
	bodies_tell(node);
}

/* Digests of parcels and hashes of evidence are of one kind: which of the two is meant,
 * says where the body names it, and never what a peer calls the bytes. */
static bool misses_parcel(const struct flight *block, const struct hash *digest)
{
	for (uint32_t i = 0; i < block->count && block->missing > 0; i++) {
		if (block->parcels[i] == NULL && hash_equal(&block->lines[i].digest, digest))
			return true;
	}
	return false;
}

static bool misses_evidence(const struct flight *block, const struct hash *text_hash)
{
	for (uint32_t i = 0; i < block->evidence_count; i++) {
		if (!block->has_evidence[i] &&
		    hash_equal(&block->evidence[i].text_hash, text_hash))
			return true;
	}
	return false;
}

void bodies_on_malformed(struct node *node, const struct hash *digest)
{
	struct flight *block;

	TAILQ_FOREACH(block, flights_list(node), link) {
		if (misses_parcel(block, digest))
			block->is_malformed = true;
	}
}

void bodies_on_no_evidence(struct node *node, const struct hash *text_hash)
{
	struct flight *block;

	TAILQ_FOREACH(block, flights_list(node), link) {
		if (misses_evidence(block, text_hash))
			block->is_malformed = true;
	}
}

bool bodies_wait_for(const struct node *node, const struct hash *digest)
{
	const struct flight *block;

	TAILQ_FOREACH(block, flights_list(node), link) {
		if (misses_parcel(block, digest))
			return true;
	}
	return false;
}

bool bodies_wait_for_evidence(const struct node *node, const struct hash *text_hash)
{
	const struct flight *block;

	TAILQ_FOREACH(block, flights_list(node), link) {
		if (misses_evidence(block, text_hash))
			return true;
	}
	return false;
}

/* A validator asks for what its author should have sent it long ago: sent to all, it was
 * everywhere within Delta of having come here. */
static void on_overdue(struct node *node, uint32_t peer, const struct held *held)
{
	uint32_t author = held->parcel->text.author;
	struct core_status status;

	if (peer >= node->set->count || peer == author || author == node->self ||
	    io_now_us(node->io) - held->since_us < node->config.genesis->timers.delta_us ||
	    mutant_on("nobody_passed_over"))
		return;
	core_status(node->core, &status);
	if (!passing_on_fetch(node->passing, author, peer, status.view))
		return;
	node->counters.passed_over++;
	log_event(LOG_WARN, "author_passed_over", "validator %u: others had to fetch its parcels "
		  "from here", author);
}

void bodies_serve(struct node *node, uint32_t peer, const struct hash *digests, size_t count)
{
	/* what does not fit now is asked for again */
	for (size_t i = 0; i < count && net_has_room(node->net, peer, SERVE_BYTES_MAX); i++) {
		const struct held *held = pool_find(node->pool, &digests[i]);
		struct bytes text = {NULL, 0};

		if (held == NULL)
			text = evidences_text(node, &digests[i]);
		if (held != NULL && held->committed_height == 0)
			on_overdue(node, peer, held);
		if (held != NULL && held->parcel != NULL)
			outbound_parcel(node, peer, held->parcel);
		else if (text.len > 0)
			outbound_evidence(node, peer, text);
	}
}

void bodies_remind(struct node *node, uint64_t wait_us)
{
	uint64_t now_us = io_now_us(node->io);
	struct core_status status;
	struct held *held;
	unsigned sent = 0;
	uint64_t bytes = 0;

	if (node->is_tripped)
		return;
	core_status(node->core, &status);
	TAILQ_FOREACH(held, pool_open_list(node->pool), link) {
		if (held->branch_blocks > 0 || now_us - held->reminded_us < wait_us)
			continue;
		if (sent++ == REMIND_MAX || bytes >= REMIND_BYTES_MAX)
			break;
		bytes += held->parcel->text.bytes;
		held->reminded_us = now_us;
		for (uint64_t view = status.view; view <= status.view + 1; view++) {
			uint32_t leader = core_leader(node->core, view);

			if (leader != node->self)
				outbound_parcel(node, leader, held->parcel);
		}
	}
}
