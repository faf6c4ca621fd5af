#include "node/ranges.h"

#include <stdlib.h>

#include "node/bodies.h"
#include "node/evidences.h"
#include "node/outbound.h"
#include "node/peers.h"
#include "node/pump.h"
#include "node/range_check.h"

#define ANSWER_WAIT_US 2000000u
#define ASKED_MAX 16u /* of one peer, and not answered */
#define AHEAD_MAX (2u * LIMIT_RANGE_BLOCKS) /* blocks held above the committed ones */
#define AHEAD_BYTES_MAX (4u * LIMIT_BLOCK_PAYLOAD_BYTES)
#define CHECKING_MAX 2u /* while one keeps the workers busy, the next one comes in */

TAILQ_HEAD(range_answers, range_answer);

/* Answers are checked and taken in the order of heights, as a pipeline: asking, checking and
 * executing go on at once. */
struct ranges {
	uint64_t wanted; /* from this height, above all that is being checked; 0: nothing */
	uint32_t peer;   /* asked last */
	bool is_asked;
	bool is_in_vain; /* the last one asked did not answer, or not well */
	struct range_answers checking;
	size_t checking_count;
};

struct check_job {
	struct job job;
	struct range_answer *answer;
	struct range_slice slice; /* of parcels; unused for the links */
	uint64_t signatures;
	enum err result;
};

struct ranges *ranges_new(void)
{
	struct ranges *ranges = pump_alloc(1, sizeof(*ranges));

	TAILQ_INIT(&ranges->checking);
	return ranges;
}

static void checking_remove(struct ranges *ranges, struct range_answer *answer)
{
	TAILQ_REMOVE(&ranges->checking, answer, link);
	ranges->checking_count--;
}

void ranges_free(struct ranges *ranges)
{
	if (ranges == NULL)
		return;
	while (!TAILQ_EMPTY(&ranges->checking)) {
		struct range_answer *answer = TAILQ_FIRST(&ranges->checking);

		checking_remove(ranges, answer);
		range_answer_release(answer);
	}
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

/* Where the next one has to begin is known once the links of the last are checked. */
static bool has_room(const struct ranges *ranges)
{
	const struct range_answer *last = TAILQ_LAST(&ranges->checking, range_answers);

	return last == NULL || (last->is_linked && ranges->checking_count < CHECKING_MAX);
}

static bool is_being_checked(const struct ranges *ranges, uint64_t height)
{
	const struct range_answer *answer;

	TAILQ_FOREACH(answer, &ranges->checking, link) {
		if (height >= answer->from_height &&
		    (!answer->is_linked || height < answer->from_height + answer->count))
			return true;
	}
	return false;
}

/* Blocks that came in ranges and wait for their commit take no more room than this. */
static bool is_far_ahead(const struct node *node)
{
	const struct flight *block;
	uint64_t bytes = 0;

	if (node->ranges->wanted > node->tip_height + AHEAD_MAX)
		return true;
	TAILQ_FOREACH(block, flights_list(node), link) {
		for (uint32_t i = 0; i < block->count && block->is_final; i++)
			bytes += block->lines[i].bytes;
	}
	return bytes > AHEAD_BYTES_MAX;
}

static void ask(struct node *node)
{
	struct ranges *ranges = node->ranges;

	if (ranges->wanted == 0 || !has_room(ranges))
		return;
	if (ranges->wanted <= node->tip_height)
		ranges->wanted = node->tip_height + 1;
	if (is_far_ahead(node))
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

	if (is_being_checked(ranges, from_height))
		return; /* and what follows it is asked for then */
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

/* --- taking -------------------------------------------------------------- */

static struct bytes evidence_text(const struct range_answer *answer, size_t i, uint32_t k)
{
	const ProtobufCBinaryData *text = &answer->message->blocks[i]->evidence[k];

	return bytes_of(text->data, text->len);
}

static void take_block(struct node *node, struct range_answer *answer, size_t i)
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
		evidences_take(node, evidence_text(answer, i, k));
	for (uint32_t k = 0; k < block->count; k++) {
		if (block->parcels[k] == NULL) {
			block->parcels[k] = parcel_retain(answer->parcels[i][k]);
			block->missing--;
		}
	}
}

static void take(struct node *node, struct range_answer *answer)
{
	struct event event = {.kind = EVENT_RANGE, .peer = answer->peer};

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
	node->counters.signatures_checked += answer->signatures;
	(void)pump_event(node, &event);
}

static void drop(struct ranges *ranges, struct range_answer *answer)
{
	checking_remove(ranges, answer);
	answer->is_dropped = true;
	range_answer_release(answer);
}

/* With it goes what was to follow it. */
static void refuse(struct node *node, struct range_answer *answer)
{
	struct ranges *ranges = node->ranges;
	struct range_answer *last;

	node->counters.messages_refused++;
	log_event(LOG_WARN, "range_refused", "from peer %u: %s", answer->peer,
		  err_text(answer->result));
	if (peers_find(node, answer->peer) != NULL)
		net_punish(node->net, answer->peer, ERR_PEER_MESSAGE);
	ranges->wanted = answer->from_height;
	ranges->is_asked = false;
	ranges->is_in_vain = true;
	while ((last = TAILQ_LAST(&ranges->checking, range_answers)) != NULL &&
	       last->from_height >= ranges->wanted)
		drop(ranges, last);
}

/* Takes what is checked, in the order of heights. */
static void conclude(struct node *node)
{
	struct ranges *ranges = node->ranges;
	struct range_answer *first;

	while ((first = TAILQ_FIRST(&ranges->checking)) != NULL && first->is_linked &&
	       first->jobs == 0 && !node->is_stopped) {
		first->references++;
		if (first->result) {
			refuse(node, first);
		} else {
			drop(ranges, first);
			take(node, first);
		}
		range_answer_release(first);
	}
	if (!ranges->is_asked)
		ask(node);
}

/* --- checking ------------------------------------------------------------ */

static void check_release(struct job *at)
{
	struct check_job *job = (struct check_job *)at;

	range_answer_release(job->answer);
	free(job);
}

static void check_start(struct node *node, struct range_answer *answer,
			const struct range_slice *slice, void (*run)(struct job *),
			void (*done)(struct job *))
{
	struct check_job *job = pump_alloc(1, sizeof(*job));

	job->job = (struct job){.run = run, .done = done, .release = check_release};
	job->answer = answer;
	job->slice = *slice;
	answer->references++;
	answer->jobs++;
	job_start(node, IO_LANE_PARCELS, &job->job);
}

static void parcels_run(struct job *at)
{
	struct check_job *job = (struct check_job *)at;

	job->result = range_check_parcels(job->answer, &job->slice, &job->signatures);
}

static void parcels_done(struct job *at)
{
	struct check_job *job = (struct check_job *)at;

	job->answer->jobs--;
	job->answer->signatures += job->signatures;
	if (job->result)
		job->answer->result = job->result;
	conclude(job->job.node);
}

static void links_run(struct job *at)
{
	struct check_job *job = (struct check_job *)at;

	job->result = range_check_links(job->answer);
}

/* What its links prove, only signatures inside of parcels can still fail: the next is
 * asked for while those are checked. */
static void linked(struct node *node, struct range_answer *answer)
{
	struct ranges *ranges = node->ranges;
	struct range_slice slice = {0, 0, 0};

	answer->is_linked = true;
	answer->signatures = answer->certificate.signatures_count;
	while (range_slice_next(answer, &slice))
		check_start(node, answer, &slice, parcels_run, parcels_done);
	ranges->is_asked = false;
	ranges->is_in_vain = false;
	ranges->wanted = answer->from_height + answer->count;
	if (ranges->wanted > height_elsewhere(node))
		stop_asking(node);
}

static void links_done(struct job *at)
{
	struct check_job *job = (struct check_job *)at;
	struct range_answer *answer = job->answer;
	struct node *node = job->job.node;

	answer->jobs--;
	answer->result = job->result;
	if (answer->is_dropped)
		return;
	if (answer->result == ERR_NOT_FOUND)
		drop(node->ranges, answer);
	else if (answer->result)
		refuse(node, answer);
	else
		linked(node, answer);
	conclude(node);
}

/* On a slow wire an answer takes longer than the patience with whom was asked: it
 * counts from whoever it comes, as long as it is what is wanted. */
void ranges_on_answer(struct node *node, uint32_t peer, struct bytes payload)
{
	static const struct range_slice none;
	struct ranges *ranges = node->ranges;
	struct peer_state *from = peers_find(node, peer);
	struct range_answer *answer;

	if (from == NULL || from->ranges_asked == 0)
		return;
	from->ranges_asked--;
	if (ranges->wanted == 0 || !has_room(ranges))
		return;
	answer = range_answer_new(node, peer, ranges->wanted, payload);
	TAILQ_INSERT_TAIL(&ranges->checking, answer, link);
	ranges->checking_count++;
	check_start(node, answer, &none, links_run, links_done);
}
