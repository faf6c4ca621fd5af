#include "node/ranges.h"

#include <stdlib.h>
#include <string.h>

#include "base/mutant.h"
#include "crypto/digest.h"
#include "node/bodies.h"
#include "node/evidences.h"
#include "node/outbound.h"
#include "node/peers.h"
#include "node/pump.h"
#include "proto/evidence.h"

#define ANSWER_WAIT_US 2000000u
#define ASKED_MAX 16u /* of one peer, and not answered */
#define AHEAD_MAX (2u * LIMIT_RANGE_BLOCKS) /* blocks held above the committed ones */
#define ARENA_BYTES ((size_t)64 << 20)

struct ranges {
	uint64_t wanted; /* from this height; 0: nothing */
	uint32_t peer;   /* asked last */
	bool is_asked;
	bool is_in_vain; /* the last one asked did not answer, or not well */
	struct answer *checking;
};

/* An answer being checked: its skeleton first, then each block's parcels. */
struct answer {
	uint32_t peer;
	uint64_t wanted_height;
	size_t jobs;
	enum err result;
	struct bytes payload; /* owned; the message may point into it */
	struct arena arena;
	const Stele__RangeMessage *message;
	size_t count;
	struct header headers[LIMIT_RANGE_BLOCKS];
	struct bytes header_texts[LIMIT_RANGE_BLOCKS];
	struct bytes body_texts[LIMIT_RANGE_BLOCKS];
	struct hash hashes[LIMIT_RANGE_BLOCKS];
	struct parcel **parcels[LIMIT_RANGE_BLOCKS];
	struct certificate certificate;
	struct bytes certificate_data;
	const struct node *node; /* of which only what never changes is read */
};

struct check_job {
	struct job job;
	struct answer *answer;
	size_t block; /* the parcels of which block are opened */
	enum err result;
};

struct ranges *ranges_new(void)
{
	return pump_alloc(1, sizeof(struct ranges));
}

static void answer_free(struct answer *answer)
{
	for (size_t i = 0; i < answer->count; i++) {
		for (size_t k = 0; answer->parcels[i] != NULL && k < answer->message->blocks[i]->n_parcels;
		     k++) {
			if (answer->parcels[i][k] != NULL)
				parcel_release(answer->parcels[i][k]);
		}
		free(answer->parcels[i]);
	}
	arena_release(&answer->arena);
	free((void *)(uintptr_t)answer->payload.at);
	free(answer);
}

void ranges_free(struct ranges *ranges)
{
	free(ranges);
}

/* --- asking -------------------------------------------------------------- */

/* The next peer after the one asked last: of those that claim to have the height, or
 * of all validators. */
static struct peer_state *peer_after(struct node *node, bool is_any)
{
	struct peer_state *peer, *best = NULL, *lowest = NULL;

	LIST_FOREACH(peer, peers_list(node), link) {
		if (peer->committed_height < node->ranges->wanted &&
		    !(is_any && peer->number < node->set->count))
			continue;
		if (lowest == NULL || peer->number < lowest->number)
			lowest = peer;
		if (peer->number > node->ranges->peer && (best == NULL || peer->number < best->number))
			best = peer;
	}
	return best == NULL ? lowest : best;
}

static bool next_peer(struct node *node, uint32_t *out)
{
	struct peer_state *peer = peer_after(node, false);
	struct core_status status;

	core_status(node->core, &status);
	/* claims grow old while the chain runs, and may be lies; what is final here
	 * some validator has */
	if ((peer == NULL || node->ranges->is_in_vain) &&
	    status.final_height >= node->ranges->wanted)
		peer = peer_after(node, true);
	if (peer == NULL)
		return false;
	*out = peer->number;
	return true;
}

static void send_request(struct node *node)
{
	struct peer_state *peer = peers_find(node, node->ranges->peer);

	if (peer->ranges_asked < ASKED_MAX)
		peer->ranges_asked++;
	outbound_range_request(node, peer->number, node->ranges->wanted);
}

static void ask(struct node *node)
{
	struct ranges *ranges = node->ranges;

	if (ranges->wanted == 0 || ranges->checking != NULL)
		return;
	if (ranges->wanted <= node->tip_height)
		ranges->wanted = node->tip_height + 1;
	if (ranges->wanted > node->tip_height + AHEAD_MAX)
		return; /* ranges_on_commit goes on */
	ranges->is_asked = next_peer(node, &ranges->peer);
	if (ranges->is_asked)
		send_request(node);
	io_arm(node->io, SLOT_RANGE,
	       ranges->is_asked ? ANSWER_WAIT_US : node->config.genesis->timers.delta_us * 4);
}

void ranges_want(struct node *node, uint64_t from_height)
{
	struct ranges *ranges = node->ranges;
	bool is_new = ranges->wanted != from_height;

	ranges->wanted = from_height;
	if (is_new || !ranges->is_asked)
		ask(node);
}

void ranges_need(struct node *node)
{
	if (node->ranges->wanted == 0)
		ranges_want(node, node->tip_height + 1);
}

void ranges_on_timer(struct node *node)
{
	node->ranges->is_in_vain = node->ranges->is_asked;
	node->ranges->is_asked = false;
	ask(node);
}

void ranges_on_close(struct node *node, uint32_t peer)
{
	if (node->ranges->is_asked && node->ranges->peer == peer)
		ranges_on_timer(node);
}

static void stop_asking(struct node *node)
{
	node->ranges->wanted = 0;
	node->ranges->is_asked = false;
	io_cancel(node->io, SLOT_RANGE);
}

/* Up to where others have blocks: f + 1 of those in session say so, or it is final
 * here.  Who is in session with one validator hears too few claims. */
static uint64_t height_elsewhere(const struct node *node)
{
	uint64_t claimed = peers_height(node);
	struct core_status status;

	core_status(node->core, &status);
	return claimed > status.final_height ? claimed : status.final_height;
}

void ranges_on_commit(struct node *node)
{
	struct ranges *ranges = node->ranges;

	if (ranges->wanted == 0)
		return;
	if (node->tip_height >= height_elsewhere(node))
		stop_asking(node);
	else if (!ranges->is_asked && ranges->wanted <= node->tip_height + AHEAD_MAX / 2)
		ask(node);
}

/* --- checking ------------------------------------------------------------ */

static struct bytes bytes_in(ProtobufCBinaryData data)
{
	return bytes_of(data.data, data.len);
}

/* The texts that the body names, and nothing unverified. */
static enum err check_evidence(const struct answer *answer, const Stele__RangeBlock *block,
			       const struct body *body)
{
	const struct node *node = answer->node;

	for (uint32_t k = 0; k < body->evidence_count; k++) {
		struct bytes text = bytes_in(block->evidence[k]);
		struct evidence evidence;
		struct hash text_hash;
		enum err err;

		sha256(&text_hash, text.at, text.len);
		if (!hash_equal(&text_hash, &body->evidence[k].text_hash))
			return ERR_PEER_MESSAGE;
		err = evidence_parse(&evidence, text);
		if (!err)
			err = evidence_check(&evidence, &node->chain, node->set, node->epoch);
		if (err)
			return err;
	}
	return ERR_OK;
}

static enum err check_block(struct answer *answer, size_t i, struct body *body)
{
	const Stele__RangeBlock *block = answer->message->blocks[i];
	struct header *header = &answer->headers[i];
	struct hash body_hash;
	enum err err;

	answer->header_texts[i] = bytes_in(block->header);
	answer->body_texts[i] = bytes_in(block->body);
	err = header_parse(header, answer->header_texts[i]);
	if (!err)
		err = body_parse(body, answer->body_texts[i]);
	if (err)
		return err;
	sha256(&answer->hashes[i], block->header.data, block->header.len);
	sha256(&body_hash, block->body.data, block->body.len);
	if (mutant_on("range_unverified"))
		return ERR_OK;
	if (!hash_equal(&body_hash, &header->body) || body->parcels_count != block->n_parcels ||
	    body->evidence_count != block->n_evidence ||
	    !hash_equal(&header->chain, &answer->node->chain) ||
	    header->epoch != answer->node->epoch ||
	    header->height != answer->message->from_height + i)
		return ERR_PEER_MESSAGE;
	if (i > 0 && !hash_equal(&header->parent, &answer->hashes[i - 1]))
		return ERR_PEER_MESSAGE;
	for (uint32_t k = 0; k < body->parcels_count; k++) {
		struct hash digest;

		sha256(&digest, block->parcels[k]->text.data, block->parcels[k]->text.len);
		if (!hash_equal(&digest, &body->parcels[k].digest))
			return ERR_PEER_MESSAGE;
	}
	return check_evidence(answer, block, body);
}

/* Links, hashes and the certificate over the last block. */
static enum err check_skeleton(struct answer *answer)
{
	const struct node *node = answer->node;
	struct body *body = pump_alloc(1, sizeof(*body));
	enum err err = ERR_OK;
	size_t count = answer->message->n_blocks;

	if (count == 0 || count > LIMIT_RANGE_BLOCKS)
		err = ERR_PEER_MESSAGE;
	/* what nobody wants would take room; it may be late, and no lie */
	if (answer->message->from_height != answer->wanted_height)
		err = ERR_NOT_FOUND;
	for (size_t i = 0; i < count && !err; i++)
		err = check_block(answer, i, body);
	free(body);
	if (err)
		return err;
	answer->certificate_data = bytes_in(answer->message->finalization);
	err = certificate_decode(&answer->certificate, answer->certificate_data, node->set->count);
	if (err)
		return err;
	if (answer->certificate.kind != VOTE_FINALIZE ||
	    !hash_equal(&answer->certificate.block, &answer->hashes[count - 1]))
		return ERR_PEER_MESSAGE;
	return certificate_check(&answer->certificate, &node->chain, node->set, node->epoch, NULL);
}

static void skeleton_run(struct job *at)
{
	struct check_job *job = (struct check_job *)at;
	struct answer *answer = job->answer;
	void *message;

	job->result = peer_decode(&answer->arena, PEER_RANGE, answer->payload, &message);
	if (job->result)
		return;
	answer->message = message;
	job->result = check_skeleton(answer);
}

static void parcels_run(struct job *at)
{
	struct check_job *job = (struct check_job *)at;
	struct answer *answer = job->answer;
	const Stele__RangeBlock *block = answer->message->blocks[job->block];
	const struct node *node = answer->node;

	for (size_t k = 0; k < block->n_parcels && !job->result; k++) {
		const Stele__ParcelMessage *parcel = block->parcels[k];
		struct signature signature;

		if (parcel->signature.len != sizeof(signature.b)) {
			job->result = ERR_PEER_MESSAGE;
			return;
		}
		memcpy(signature.b, parcel->signature.data, sizeof(signature.b));
		job->result = parcel_open(&answer->parcels[job->block][k], bytes_in(parcel->text),
					  &signature, bytes_in(parcel->payload), &node->chain,
					  node->set, node->epoch, node->verified);
	}
}

/* --- taking -------------------------------------------------------------- */

static void take_block(struct node *node, struct answer *answer, size_t i)
{
	const struct header *header = &answer->headers[i];
	struct effect_block from = {
		.header_text = answer->header_texts[i],
		.body_text = answer->body_texts[i],
		.block = answer->hashes[i],
		.parent = header->parent,
		.height = header->height,
		.view = header->view,
		.leader = header->proposer,
	};
	struct flight *block;

	if (header->height <= node->tip_height)
		return;
	block = flight_add(node, &from);
	if (block == NULL)
		return;
	block->is_final = true;
	for (uint32_t k = 0; k < block->evidence_count; k++)
		evidences_take(node, bytes_in(answer->message->blocks[i]->evidence[k]));
	for (uint32_t k = 0; k < block->count; k++) {
		if (block->parcels[k] == NULL) {
			block->parcels[k] = parcel_retain(answer->parcels[i][k]);
			block->missing--;
		}
	}
}

static void take(struct node *node, struct answer *answer)
{
	struct event event = {.kind = EVENT_RANGE, .peer = answer->peer};

	node->ranges->is_in_vain = false;
	for (size_t i = 0; i < answer->count; i++)
		take_block(node, answer, i);
	bodies_tell(node);
	event.range.headers = answer->headers;
	event.range.header_texts = answer->header_texts;
	event.range.body_texts = answer->body_texts;
	event.range.blocks = answer->hashes;
	event.range.count = answer->count;
	event.range.certificate = &answer->certificate;
	event.range.certificate_data = answer->certificate_data;
	node->ranges->wanted = answer->headers[answer->count - 1].height + 1;
	(void)pump_event(node, &event);
	if (node->ranges->wanted > height_elsewhere(node))
		stop_asking(node);
	else
		ask(node); /* while these are executed */
}

static void refuse(struct node *node, struct answer *answer)
{
	node->counters.messages_refused++;
	log_event(LOG_WARN, "range_refused", "from peer %u: %s", answer->peer,
		  err_text(answer->result));
	if (peers_find(node, answer->peer) != NULL)
		net_punish(node->net, answer->peer, ERR_PEER_MESSAGE);
	node->ranges->is_asked = false;
	node->ranges->is_in_vain = true;
	ask(node);
}

static void check_release(struct job *at)
{
	struct check_job *job = (struct check_job *)at;

	if (--job->answer->jobs == 0)
		answer_free(job->answer);
	free(job);
}

static void check_start(struct node *node, struct answer *answer, size_t block,
			void (*run)(struct job *), void (*done)(struct job *))
{
	struct check_job *job = pump_alloc(1, sizeof(*job));

	job->job = (struct job){.run = run, .done = done, .release = check_release};
	job->answer = answer;
	job->block = block;
	answer->jobs++;
	job_start(node, IO_LANE_PARCELS, &job->job);
}

static void conclude(struct node *node, struct answer *answer)
{
	node->ranges->checking = NULL;
	if (!answer->result)
		take(node, answer);
	else if (answer->result != ERR_NOT_FOUND)
		refuse(node, answer);
	else if (!node->ranges->is_asked) /* patience ended meanwhile */
		ask(node);
}

static void parcels_done(struct job *at)
{
	struct check_job *job = (struct check_job *)at;
	struct answer *answer = job->answer;

	if (job->result)
		answer->result = job->result;
	if (answer->jobs == 1) /* this was the last one */
		conclude(job->job.node, answer);
}

static void skeleton_done(struct job *at)
{
	struct check_job *job = (struct check_job *)at;
	struct answer *answer = job->answer;
	struct node *node = job->job.node;

	answer->result = job->result;
	if (answer->result) {
		conclude(node, answer);
		return;
	}
	node->counters.signatures_checked += answer->certificate.signatures_count;
	answer->count = answer->message->n_blocks;
	for (size_t i = 0; i < answer->count; i++) {
		size_t count = answer->message->blocks[i]->n_parcels;

		answer->parcels[i] = pump_alloc(count + 1, sizeof(struct parcel *));
		if (count > 0)
			check_start(node, answer, i, parcels_run, parcels_done);
	}
	if (answer->jobs == 1)
		conclude(node, answer);
}

/* On a slow wire an answer takes longer than the patience with whom was asked: it
 * counts from whoever it comes, as long as it is what is wanted. */
void ranges_on_answer(struct node *node, uint32_t peer, struct bytes payload)
{
	struct ranges *ranges = node->ranges;
	struct peer_state *from = peers_find(node, peer);
	struct answer *answer;

	if (from == NULL || from->ranges_asked == 0)
		return;
	from->ranges_asked--;
	if (ranges->checking != NULL || ranges->wanted == 0)
		return;
	answer = pump_alloc(1, sizeof(*answer));
	answer->peer = peer;
	answer->wanted_height = ranges->wanted;
	answer->node = node;
	answer->payload = pump_copy(payload);
	arena_init(&answer->arena, ARENA_BYTES);
	ranges->checking = answer;
	check_start(node, answer, 0, skeleton_run, skeleton_done);
}
