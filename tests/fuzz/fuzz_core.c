/* Consensus under one validator that signs whatever the input says: three correct
 * cores and an observer run on the clock, network and disks of tests/lib/cores, the
 * fourth validator is the input.  Its votes, blocks and certificates are validly
 * signed, a certificate only where enough correct validators voted for it; the
 * input also cuts links, crashes nodes, slows disks, withholds bodies.
 *
 * Oracle: the core's own assertions; the judges of tests/lib/cores (chains agree,
 * no own vote contradicts an earlier one, durable before sent); nobody trips, and
 * nobody correct is accused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "tests/lib/cores.h"

#define N 4u
#define VILLAIN 3u
#define OBSERVER 4u
#define BLOCKS_MAX 64u
#define HEARD_MAX 1024u
#define INPUT_BYTES_MAX 512u
#define VIEWS_MAX 40u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct play {
	struct cores *cores;
	struct cursor input;
	struct cores_block blocks[BLOCKS_MAX]; /* the villain's, and those it heard of */
	size_t blocks_count;
	struct vote heard[HEARD_MAX]; /* of correct validators */
	size_t heard_count;
	bool is_down[N];
	uint8_t loss; /* of 256 */
	uint32_t dice;
};

/* --- what the villain hears ------------------------------------------------ */

static void hear_vote(struct play *play, const struct vote *vote)
{
	for (size_t i = 0; i < play->heard_count; i++) {
		const struct vote *old = &play->heard[i];

		if (old->signer == vote->signer && old->kind == vote->kind &&
		    old->view == vote->view)
			return;
	}
	if (play->heard_count < HEARD_MAX)
		play->heard[play->heard_count++] = *vote;
}

static void hear_block(struct play *play, const struct event_proposal *proposal)
{
	struct cores_block *block = &play->blocks[play->blocks_count];

	for (size_t i = 0; i < play->blocks_count; i++) {
		if (hash_equal(&play->blocks[i].hash, &proposal->block))
			return;
	}
	if (play->blocks_count == BLOCKS_MAX)
		return;
	if (header_parse(&block->header, proposal->header_text) != ERR_OK)
		abort();
	block->hash = proposal->block;
	buf_init(&block->header_text, LIMIT_HEADER_BYTES);
	buf_init(&block->body_text, LIMIT_BODY_BYTES);
	buf_add_bytes(&block->header_text, proposal->header_text);
	buf_add_bytes(&block->body_text, proposal->body_text);
	play->blocks_count++;
}

/* The observer hears everybody, and the villain with it. */
static bool filter(void *context, uint32_t from, uint32_t to, const struct event *event)
{
	struct play *play = context;

	if (to == OBSERVER) {
		if (event->kind == EVENT_VOTE)
			hear_vote(play, &event->vote);
		if (event->kind == EVENT_PROPOSAL)
			hear_block(play, &event->proposal);
		if (event->kind == EVENT_PROPOSAL && event->proposal.has_vote)
			hear_vote(play, &event->proposal.vote);
		return true;
	}
	if (from == OBSERVER)
		return true;
	play->dice = play->dice * 1664525u + 1013904223u;
	return (play->dice >> 24) >= play->loss;
}

/* --- choices ----------------------------------------------------------------- */

static uint8_t byte(struct play *play)
{
	return cursor_u8(&play->input);
}

static uint64_t newest_view(const struct play *play)
{
	uint64_t newest = 1;

	for (uint32_t i = 0; i < VILLAIN; i++) {
		if (!play->is_down[i] && cores_status(play->cores, i).view > newest)
			newest = cores_status(play->cores, i).view;
	}
	return newest;
}

static uint64_t choose_view(struct play *play)
{
	uint8_t choice = byte(play);
	uint64_t view = newest_view(play) + 2;

	if (choice >= 0xfe)
		return choice == 0xfe ? UINT64_MAX : INT64_MAX;
	return view > choice % 16u ? view - choice % 16u : 1;
}

static const struct cores_block *choose_block(struct play *play)
{
	uint8_t choice = byte(play);

	if (play->blocks_count == 0)
		return NULL;
	return &play->blocks[play->blocks_count - 1 - choice % play->blocks_count];
}

static void tell(struct play *play, struct event *event, uint8_t whom)
{
	event->peer = VILLAIN;
	for (uint32_t i = 0; i <= OBSERVER; i++) {
		if (i == VILLAIN || (i < N && play->is_down[i]) || (whom >> i & 1) == 0)
			continue;
		if (event->kind == EVENT_VOTE && event->vote.kind != VOTE_NULLIFY &&
		    !core_wants_vote(cores_core(play->cores, i), &event->vote))
			continue;
		(void)cores_inject(play->cores, i, event);
	}
}

/* --- deeds ------------------------------------------------------------------- */

static void vote(struct play *play)
{
	struct event event = {.kind = EVENT_VOTE};
	enum vote_kind kind = (enum vote_kind)(1 + byte(play) % 3);
	const struct cores_block *block = choose_block(play);
	uint64_t view = choose_view(play);
	struct hash hash = block != NULL ? block->hash : cores_chain(play->cores, 0);

	event.vote = cores_vote(play->cores, kind, view, kind == VOTE_NULLIFY ? NULL : &hash, VILLAIN);
	tell(play, &event, byte(play));
}

/* Numbers of a header that do not fit. */
static void twist(struct play *play, struct cores_block *block)
{
	struct header *header = &block->header;

	switch (byte(play) % 12) {
	case 0:
		header->height += byte(play);
		break;
	case 1:
		header->parent_view = choose_view(play) & INT64_MAX;
		break;
	case 2:
		header->time_ms = header->time_ms - 128 + byte(play);
		break;
	case 3:
		header->time_ms = INT64_MAX;
		break;
	case 4:
		header->epoch++;
		break;
	case 5:
		header->has_next_validators = true;
		break;
	case 6:
		header->proposer = byte(play) % 6u;
		break;
	case 7:
		header->validators.b[0] ^= 1;
		break;
	default:
		return;
	}
	buf_reset(&block->header_text);
	header_render(&block->header_text, header);
	sha256(&block->hash, block->header_text.at, block->header_text.len);
}

static bool certify(struct play *play, struct buf *out, enum vote_kind kind, uint64_t view,
		    const struct cores_block *block)
{
	struct certificate certificate = {.kind = kind,
					  .set_hash = cores_config(play->cores, 0)->set->hash,
					  .view = view};
	bool has_signed[N] = {[VILLAIN] = true};

	if (kind != VOTE_NULLIFY)
		certificate.block = block->hash;
	for (size_t i = 0; i < play->heard_count; i++) {
		const struct vote *heard = &play->heard[i];

		if (heard->kind == kind && heard->view == view &&
		    hash_equal(&heard->block, &certificate.block))
			has_signed[heard->signer] = true;
	}
	for (uint32_t i = 0; i < N; i++) {
		if (!has_signed[i])
			continue;
		certificate.signers[0] |= (uint8_t)(1u << i);
		certificate.signatures[certificate.signatures_count++] =
			cores_vote(play->cores, kind, view, NULL, i).signature;
	}
	if (certificate.signatures_count < set_quorum(N))
		return false;
	if (kind != VOTE_NULLIFY)
		certificate.header = buf_bytes(&block->header_text);
	certificate_encode(out, &certificate, N);
	return !out->has_failed;
}

static void certificate(struct play *play)
{
	struct event event = {.kind = EVENT_CERTIFICATE};
	enum vote_kind kind = (enum vote_kind)(1 + byte(play) % 3);
	const struct cores_block *block = choose_block(play);
	uint64_t view = kind == VOTE_NULLIFY || block == NULL ? choose_view(play) : block->header.view;
	uint8_t whom = byte(play);
	struct certificate decoded;
	struct header header;
	struct buf data;

	buf_init(&data, LIMIT_CERTIFICATE_BYTES);
	if ((kind == VOTE_NULLIFY || block != NULL) && certify(play, &data, kind, view, block)) {
		if (certificate_decode(&decoded, buf_bytes(&data), N) != ERR_OK)
			abort();
		if (kind != VOTE_NULLIFY && header_parse(&header, decoded.header) != ERR_OK)
			abort();
		event.certificate = (struct event_certificate){
			&decoded, kind == VOTE_NULLIFY ? NULL : &header, buf_bytes(&data)};
		tell(play, &event, whom);
	}
	buf_release(&data);
}

/* As many of the certificates that justify it as the villain can and will show. */
static void propose(struct play *play, const struct cores_block *block, uint8_t whom, bool is_justified)
{
	struct event event = cores_proposal(play->cores, block);
	struct certificate list[16];
	struct bytes texts[16];
	struct buf data[16];
	size_t count = 0;

	event.proposal.vote.signer = block->header.proposer;
	if (block->header.proposer != VILLAIN)
		event.proposal.has_vote = false; /* it does not sign for others */
	for (uint64_t v = block->header.parent_view;
	     is_justified && v < block->header.view && count < 16; v++) {
		const struct cores_block *parent = NULL;

		for (size_t i = 0; i < play->blocks_count; i++) {
			if (hash_equal(&play->blocks[i].hash, &block->header.parent))
				parent = &play->blocks[i];
		}
		buf_init(&data[count], LIMIT_CERTIFICATE_BYTES);
		if ((v == block->header.parent_view && parent == NULL) ||
		    !certify(play, &data[count],
			     v == block->header.parent_view ? VOTE_NOTARIZE : VOTE_NULLIFY, v, parent)) {
			buf_release(&data[count]);
			continue;
		}
		texts[count] = buf_bytes(&data[count]);
		if (certificate_decode(&list[count], texts[count], N) != ERR_OK)
			abort();
		count++;
	}
	event.proposal.justification = list;
	event.proposal.justification_bytes = texts;
	event.proposal.justification_count = count;
	tell(play, &event, whom);
	while (count > 0)
		buf_release(&data[--count]);
}

static void proposal(struct play *play)
{
	const struct cores_block *parent = choose_block(play);
	uint64_t view = newest_view(play) + byte(play) % 2;
	struct cores_block *block = &play->blocks[play->blocks_count];
	uint8_t whom = byte(play), style = byte(play);

	if (play->blocks_count == BLOCKS_MAX)
		return;
	while (cores_leader(play->cores, view) != VILLAIN)
		view++;
	cores_block_make(play->cores, block, view,
			 parent == NULL || style >= 0xf0 ? cores_header0(play->cores) : &parent->header,
			 style & 3u, (style & 4) != 0);
	if ((style & 8) != 0)
		twist(play, block);
	play->blocks_count++;
	propose(play, block, whom, (style & 16) != 0);
}

static void relay(struct play *play)
{
	const struct cores_block *block = choose_block(play);

	if (block != NULL)
		propose(play, block, byte(play), byte(play) % 2 == 0);
}

static void request(struct play *play)
{
	static const enum event_kind kinds[] = {EVENT_CERTIFICATE_REQUEST, EVENT_VOTES_REQUEST,
						EVENT_BLOCK_REQUEST};
	static const uint8_t have[16] = {0x05};
	uint8_t kind = byte(play);
	struct event event = {.kind = kind >= 240 ? EVENT_ANNOUNCEMENT : kinds[kind % 3]};
	const struct cores_block *block = choose_block(play);

	event.request.kind = (enum vote_kind)(1 + byte(play) % 3);
	event.request.view = choose_view(play);
	event.request.have = bytes_of(have, byte(play) % 17u);
	if (block != NULL)
		event.request.block = block->hash;
	tell(play, &event, byte(play));
}

static void status(struct play *play)
{
	uint8_t bits[64];
	struct event event = {.kind = EVENT_STATUS};

	memset(bits, byte(play), sizeof(bits));
	event.status.view = choose_view(play);
	event.status.final_view = choose_view(play);
	event.status.final_height = byte(play);
	event.status.committed_height = byte(play);
	event.status.is_signing = true;
	event.status.bitmap_base = choose_view(play);
	event.status.notarized = bytes_of(bits, byte(play) % 65u);
	event.status.nullified = bytes_of(bits, byte(play) % 65u);
	tell(play, &event, byte(play));
}

static void strike(struct play *play)
{
	uint8_t what = byte(play);
	uint32_t node = byte(play) % VILLAIN;

	switch (what % 6) {
	case 0:
		if (play->is_down[node])
			cores_start(play->cores, node);
		else
			cores_crash(play->cores, node);
		play->is_down[node] = !play->is_down[node];
		return;
	case 1:
		cores_link(play->cores, node, (node + 1 + what / 6 % 2) % VILLAIN, what < 128);
		return;
	case 2:
		cores_disk(play->cores, node, (uint64_t)byte(play) * 300);
		return;
	case 3:
		if (!play->is_down[node])
			cores_withhold_bodies(play->cores, node, what < 128);
		return;
	case 4:
		play->loss = byte(play) / 2;
		return;
	default:
		if (!play->is_down[node])
			cores_work(play->cores, node, what < 128);
		return;
	}
}

static void act(struct play *play)
{
	switch (byte(play) % 12) {
	case 0:
	case 1:
		cores_run(play->cores, (uint64_t)byte(play) * 50);
		return;
	case 2:
		cores_run(play->cores, (uint64_t)byte(play) * 1500);
		return;
	case 3:
	case 4:
		vote(play);
		return;
	case 5:
	case 6:
		proposal(play);
		return;
	case 7:
		certificate(play);
		return;
	case 8:
		relay(play);
		return;
	case 9:
		request(play);
		return;
	case 10:
		status(play);
		return;
	default:
		strike(play);
		return;
	}
}

static void judge(const struct play *play)
{
	for (uint32_t i = 0; i <= OBSERVER; i++) {
		if (i == VILLAIN)
			continue;
		if (cores_tripped(play->cores, i) != ERR_OK) {
			fprintf(stderr, "node %u trips: %s\n", i,
				err_name(cores_tripped(play->cores, i)));
			abort();
		}
		for (uint32_t k = 0; k < VILLAIN; k++) {
			if (cores_evidence(play->cores, i, k) > 0) {
				fprintf(stderr, "node %u accuses the correct node %u\n", i, k);
				abort();
			}
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct play *play;

	if (size > INPUT_BYTES_MAX)
		return 0;
	play = calloc(1, sizeof(*play));
	if (play == NULL)
		return 0;
	play->input = cursor_of(bytes_of(data, size));
	play->cores = cores_new(N, 1);
	cores_filter_set(play->cores, filter, play);
	for (uint32_t i = 0; i <= OBSERVER; i++) {
		if (i == VILLAIN)
			continue;
		cores_start(play->cores, i);
		cores_work(play->cores, i, true);
	}
	while (play->input.left > 0 && newest_view(play) < VIEWS_MAX)
		act(play);
	judge(play);
	for (size_t i = 0; i < play->blocks_count; i++)
		cores_block_free(&play->blocks[i]);
	cores_free(play->cores);
	free(play);
	return 0;
}
