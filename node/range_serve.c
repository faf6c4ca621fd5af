/* Serving: consecutive blocks from a height up to one with a finalization of its
 * own, within the limits of one answer. */
#include <stdlib.h>

#include "node/peers.h"
#include "node/pump.h"
#include "node/ranges.h"
#include "proto/evidence.h"

#define BEHIND_BYTES_MAX 262144u /* an answer is added behind no more: the one before has left */

struct serve_job {
	struct job job;
	struct ledger *ledger;
	uint32_t peer;
	uint64_t from_height;
	struct buf payload;
	bool has_answer;
};

/* What one answer is made of; all bytes are lent by the view. */
struct answer {
	Stele__RangeMessage message;
	Stele__RangeBlock blocks[LIMIT_RANGE_BLOCKS];
	Stele__RangeBlock *pointers[LIMIT_RANGE_BLOCKS];
	struct arena arena;
	uint64_t bytes;
};

static ProtobufCBinaryData data_of(struct bytes bytes)
{
	return (ProtobufCBinaryData){bytes.len, (uint8_t *)(uintptr_t)bytes.at};
}

static bool add_parcels(struct answer *answer, struct ledger_view *view, uint64_t height,
			Stele__RangeBlock *out, uint32_t count)
{
	Stele__ParcelMessage *messages = arena_alloc(&answer->arena, (count + 1) * sizeof(*messages));

	out->parcels = arena_alloc(&answer->arena, (count + 1) * sizeof(*out->parcels));
	if (messages == NULL || out->parcels == NULL)
		return false;
	for (uint32_t k = 0; k < count; k++) {
		struct view_parcel parcel;
		uint8_t *signature;

		if (view_parcel(view, height, k, &parcel))
			return false;
		signature = arena_copy(&answer->arena, parcel.signature.b, 64);
		if (signature == NULL)
			return false;
		messages[k] = (Stele__ParcelMessage)STELE__PARCEL_MESSAGE__INIT;
		messages[k].text = data_of(parcel.text);
		messages[k].signature = (ProtobufCBinaryData){64, signature};
		messages[k].payload = data_of(parcel.payload);
		out->parcels[k] = &messages[k];
		answer->bytes += parcel.text.len + parcel.payload.len + 96;
	}
	out->n_parcels = count;
	return true;
}

/* The block's first leaves. */
static bool add_evidence(struct answer *answer, struct ledger_view *view,
			 const struct view_block *block, Stele__RangeBlock *out)
{
	out->evidence = arena_alloc(&answer->arena,
				    (block->evidence + 1) * sizeof(*out->evidence));
	if (out->evidence == NULL)
		return false;
	for (uint32_t k = 0; k < block->evidence; k++) {
		struct bytes leaf, attachment, text;

		if (view_leaf(view, block->log_first + k, &leaf, &attachment) ||
		    !evidence_leaf_text(leaf, &text))
			return false;
		out->evidence[k] = data_of(text);
		answer->bytes += text.len + 8;
	}
	out->n_evidence = block->evidence;
	return true;
}

/* False: it does not fit, or is not here whole. */
static bool add_block(struct answer *answer, struct ledger_view *view, uint64_t height,
		      struct body *body, const struct view_block *block)
{
	size_t at = answer->message.n_blocks;
	Stele__RangeBlock *out = &answer->blocks[at];

	*out = (Stele__RangeBlock)STELE__RANGE_BLOCK__INIT;
	out->header = data_of(block->header_text);
	out->body = data_of(block->body_text);
	answer->bytes += block->header_text.len + block->body_text.len + 32;
	if (body_parse(body, block->body_text) ||
	    !add_evidence(answer, view, block, out) ||
	    !add_parcels(answer, view, height, out, body->parcels_count))
		return false;
	if (answer->bytes > LIMIT_RANGE_BYTES)
		return false;
	answer->pointers[at] = out;
	answer->message.n_blocks = at + 1;
	return true;
}

static bool collect(struct answer *answer, struct ledger_view *view, uint64_t from)
{
	struct body *body = pump_alloc(1, sizeof(*body));
	struct ledger_tip tip;
	size_t whole = 0;

	ledger_view_tip(view, &tip);
	for (uint64_t height = from; height <= tip.height && height - from < LIMIT_RANGE_BLOCKS;
	     height++) {
		struct view_block block;

		if (view_block(view, height, &block) ||
		    !add_block(answer, view, height, body, &block))
			break;
		if (block.finalization.len > 0) {
			whole = answer->message.n_blocks;
			answer->message.finalization = data_of(block.finalization);
		}
	}
	free(body);
	answer->message.n_blocks = whole;
	answer->message.blocks = answer->pointers;
	answer->message.from_height = from;
	return whole > 0;
}

static void serve_run(struct job *at)
{
	struct serve_job *job = (struct serve_job *)at;
	struct ledger_view *view;
	struct answer *answer;

	if (ledger_view_open(job->ledger, &view))
		return;
	answer = pump_alloc(1, sizeof(*answer));
	answer->message = (Stele__RangeMessage)STELE__RANGE_MESSAGE__INIT;
	arena_init(&answer->arena, LIMIT_RANGE_BYTES);
	if (collect(answer, view, job->from_height))
		job->has_answer = peer_encode(&job->payload, PEER_RANGE, &answer->message) == ERR_OK;
	arena_release(&answer->arena);
	free(answer);
	ledger_view_close(view);
}

static void serve_done(struct job *at)
{
	struct serve_job *job = (struct serve_job *)at;
	struct node *node = job->job.node;
	struct peer_state *peer = peers_find(node, job->peer);

	if (peer == NULL)
		return;
	peer->is_served = false;
	if (job->has_answer)
		quota_charge(&peer->asking, job->payload.len);
	if (job->has_answer)
		(void)net_send(node->net, job->peer, PEER_RANGE, buf_bytes(&job->payload));
}

static void serve_release(struct job *at)
{
	struct serve_job *job = (struct serve_job *)at;

	buf_release(&job->payload);
	free(job);
}

void ranges_serve(struct node *node, uint32_t peer_number, uint64_t from_height)
{
	struct peer_state *peer = peers_find(node, peer_number);
	struct serve_job *job;

	if (peer == NULL || peer->is_served || from_height == 0 ||
	    from_height > node->tip_height || !net_has_room(node->net, peer_number, BEHIND_BYTES_MAX))
		return;
	peer->is_served = true;
	job = pump_alloc(1, sizeof(*job));
	job->job = (struct job){.run = serve_run, .done = serve_done, .release = serve_release};
	job->ledger = node->ledger;
	job->peer = peer_number;
	job->from_height = from_height;
	buf_init(&job->payload, peer_payload_max(PEER_RANGE));
	job_start(node, IO_LANE_PARCELS, &job->job);
}
