/* Three correct nodes, pump and all, in the simulated world, and a fourth that sends
 * what the input says: frames that went round before, changed in places and signed
 * anew with its keys, or any bytes as a frame.  The input also parts a node from the
 * others, so that ranges are asked for, and crashes it.
 *
 * Oracle: assertions, sanitizers, and all judges of the simulator.  The record of a
 * run (tests/sim/record.h) is what the fourth hears: this file takes its place. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "proto/header.h"
#include "proto/peer.h"
#include "proto/vote.h"
#include "tests/sim/record.h"
#include "tests/sim/villain.h"
#include "tests/sim/world.h"

#define VILLAIN 3u
#define HEARD_MAX 96u
#define FRAME_BYTES_MAX 20000u
#define DEEDS_END_US 500000u
#define RUN_US 900000u /* what was said late is dealt with by then */
#define INPUT_BYTES_MAX 1024u
#define ARENA_BYTES ((size_t)16 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct heard {
	uint8_t type;
	size_t len;
	uint8_t payload[FRAME_BYTES_MAX];
};

static struct {
	struct cursor input;
	struct heard heard[HEARD_MAX];
	size_t count;
} play;

/* --- what it hears --------------------------------------------------------- */

void record_sent(const struct world *world, uint32_t from, uint32_t to, uint8_t type,
		 struct bytes payload)
{
	struct heard *heard = &play.heard[play.count % HEARD_MAX];

	(void)world, (void)to;
	if (from == VILLAIN || payload.len > FRAME_BYTES_MAX)
		return;
	heard->type = type;
	heard->len = payload.len;
	if (payload.len > 0)
		memcpy(heard->payload, payload.at, payload.len);
	play.count++;
}

bool record_open(const char *path)
{
	(void)path;
	return false;
}

bool record_close(void)
{
	return true;
}

void record_world(const struct world *world)
{
	(void)world;
}

void record_start(const struct world *world, uint32_t node)
{
	(void)world, (void)node;
}

void record_crash(const struct world *world, uint32_t node)
{
	(void)world, (void)node;
}

void record_got(const struct world *world, uint32_t node, uint32_t from, uint8_t type,
		struct bytes payload)
{
	(void)world, (void)node, (void)from, (void)type, (void)payload;
}

void record_kept(const struct world *world, uint32_t node, enum table table, struct bytes key,
		 struct bytes value)
{
	(void)world, (void)node, (void)table, (void)key, (void)value;
}

void record_final(const struct world *world, uint32_t node, uint64_t height,
		  const struct hash *block)
{
	(void)world, (void)node, (void)height, (void)block;
}

/* --- what it says ---------------------------------------------------------- */

static void send_to(struct world *world, uint8_t whom, uint8_t type, struct bytes payload)
{
	for (uint32_t to = 0; to < VILLAIN; to++) {
		if ((whom >> to & 1) != 0)
			net_sim_post(world, VILLAIN, to, type, payload);
	}
}

/* The votes of a message as its own: of the view and kind that they were, or others. */
static void own_vote(struct world *world, Stele__VoteMessage *vote, struct hash *block,
		     struct signature *signature, uint8_t how)
{
	if (vote == NULL)
		return;
	vote->signer = VILLAIN;
	if ((how & 1) != 0)
		vote->kind = 1 + (how >> 1) % 3u;
	if ((how & 8) != 0)
		vote->view += (how >> 4) % 4u;
	memset(block->b, how, sizeof(block->b));
	if (vote->block.len == sizeof(block->b))
		memcpy(block->b, vote->block.data, sizeof(block->b));
	if (vote->kind >= VOTE_NOTARIZE && vote->kind <= VOTE_FINALIZE)
		villain_sign(world, VILLAIN, vote, block, signature);
}

/* A block of another as its own, of the next view that it leads. */
static void own_proposal(struct world *world, Stele__ProposalMessage *message, struct buf *text,
			 uint8_t how)
{
	static struct hash block;
	static struct signature signature;
	static Stele__VoteMessage vote;
	struct header header;

	if (header_parse(&header, bytes_of(message->header.data, message->header.len)) != ERR_OK)
		return;
	sha256(&header.parent, message->header.data, message->header.len);
	header.parent_view = header.view;
	header.view += 1 + how % 4u;
	header.proposer = VILLAIN;
	header.height += (how & 16) != 0 ? how >> 5 : 1;
	header.time_ms += (how & 32) != 0 ? (uint64_t)1 << (how >> 2) : 1;
	header_render(text, &header);
	sha256(&block, text->at, text->len);
	message->header = (ProtobufCBinaryData){text->len, text->at};
	stele__vote_message__init(&vote);
	vote.kind = VOTE_NOTARIZE;
	vote.view = header.view;
	vote.signer = VILLAIN;
	villain_sign(world, VILLAIN, &vote, &block, &signature);
	message->vote = &vote;
}

static void own_parcel(struct world *world, Stele__ParcelMessage *message)
{
	static struct signature signature;
	struct hash digest;

	sha256(&digest, message->text.data, message->text.len);
	(void)!sign_digest(&signature, &world->nodes[VILLAIN].node_key, &digest);
	message->signature = (ProtobufCBinaryData){sizeof(signature.b), signature.b};
}

/* The message with its own signatures; false: none of that kind, or not a message. */
static bool sign_anew(struct world *world, uint8_t type, struct bytes payload, uint8_t whom,
		      uint8_t how)
{
	static struct hash block;
	static struct signature signature;
	struct arena arena;
	struct buf text;
	void *message;
	bool is_known = true;

	arena_init(&arena, ARENA_BYTES);
	buf_init(&text, LIMIT_HEADER_BYTES);
	if (peer_decode(&arena, type, payload, &message) != ERR_OK)
		is_known = false;
	else if (type == PEER_VOTE)
		own_vote(world, message, &block, &signature, how);
	else if (type == PEER_PROPOSAL)
		own_proposal(world, message, &text, how);
	else if (type == PEER_PARCEL)
		own_parcel(world, message);
	else
		is_known = false;
	for (uint32_t to = 0; is_known && to < VILLAIN; to++) {
		if ((whom >> to & 1) != 0)
			villain_post(world, VILLAIN, to, (enum peer_type)type, message);
	}
	buf_release(&text);
	arena_release(&arena);
	return is_known;
}

static void say_again(struct world *world)
{
	static uint8_t payload[FRAME_BYTES_MAX];
	const struct heard *heard;
	uint8_t back = cursor_u8(&play.input), whom = cursor_u8(&play.input);
	uint8_t edits = cursor_u8(&play.input), how = cursor_u8(&play.input);
	size_t held = play.count < HEARD_MAX ? play.count : HEARD_MAX;

	if (held == 0)
		return;
	heard = &play.heard[(play.count - 1 - back % held) % HEARD_MAX];
	memcpy(payload, heard->payload, heard->len);
	for (uint8_t i = 0; i < (edits & 3u) && heard->len > 0; i++)
		payload[cursor_u16(&play.input) % heard->len] ^= cursor_u8(&play.input);
	if ((edits & 4) != 0 &&
	    sign_anew(world, heard->type, bytes_of(payload, heard->len), whom, how))
		return;
	send_to(world, whom, heard->type, bytes_of(payload, heard->len));
}

static void say_anything(struct world *world)
{
	uint8_t type = cursor_u8(&play.input), whom = cursor_u8(&play.input);
	struct bytes payload = cursor_take(&play.input, cursor_u8(&play.input));

	if (payload.len <= peer_payload_max(type))
		send_to(world, whom, type, payload);
}

static void part(struct world *world)
{
	uint8_t what = cursor_u8(&play.input);
	uint32_t node = what % VILLAIN;

	if (what >= 0xc0 && world->nodes[node].node != NULL)
		scene_crash(world, node);
	else
		world->group[node] = world->group[node] == 0;
}

static void act(struct world *world, uint32_t nobody, void *argument)
{
	(void)nobody, (void)argument;
	if (play.input.left == 0 || play.input.has_failed || world->now_us > DEEDS_END_US) {
		memset(world->group, 0, sizeof(world->group));
		return;
	}
	switch (cursor_u8(&play.input) % 8) {
	case 0:
		say_anything(world);
		break;
	case 1:
		part(world);
		break;
	default:
		say_again(world);
		break;
	}
	world_at(world, (uint64_t)cursor_u8(&play.input) * 100, WORLD_NODES_MAX, act, NULL, NULL);
}

static void end(struct world *world, uint32_t nobody, void *argument)
{
	(void)nobody, (void)argument;
	world->is_over = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct scene scene;
	struct world *world;

	if (size > INPUT_BYTES_MAX || !scene_by_name(&scene, "calm", 1, VILLAIN + 1, 1000000))
		return 0;
	scene_villains(&scene, VILLAIN_SILENT, VILLAIN, 1);
	scene.down_max_us = 100000;
	play.input = cursor_of(bytes_of(data, size));
	play.count = 0;
	world = world_new(1, &scene, false);
	world_at(world, 25000, WORLD_NODES_MAX, act, NULL, NULL);
	world_at(world, RUN_US, WORLD_NODES_MAX, end, NULL, NULL);
	if (!world_run(world)) {
		fprintf(stderr, "%s\n", world->verdict);
		abort();
	}
	world_free(world);
	return 0;
}
