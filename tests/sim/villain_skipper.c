/* The skipper: as a leader it now and then leaves out the newest notarized block
 * and builds an empty one on that one's parent, as if the view between were
 * nullified. */
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "proto/header.h"
#include "proto/vote.h"
#include "tests/sim/judge_state.h"
#include "tests/sim/villain.h"

#define ARENA_BYTES ((size_t)4 << 20)
#define BODY_EMPTY "stele/v1 body\n"
#define SHARE_PPM 300000u

/* The empty child of the grandparent: its roots are the grandparent's. */
static bool make_header(const struct judge *judge, struct header *header)
{
	const struct seen_block *parent = judge_block(judge, &header->parent);
	const struct seen_block *grandparent;

	if (parent == NULL || parent->view == 0)
		return false;
	grandparent = judge_block(judge, &parent->parent);
	if (grandparent == NULL)
		return false;
	header->height = parent->height;
	header->parent = grandparent->hash;
	header->parent_view = grandparent->view;
	header->log_size = grandparent->header.log_size;
	header->log_root = grandparent->header.log_root;
	header->state = grandparent->header.state;
	header->rejected_count = 0;
	sha256(&header->rejected_root, "", 0);
	sha256(&header->body, BODY_EMPTY, strlen(BODY_EMPTY));
	return true;
}

static bool skip(struct world *world, uint32_t from, uint32_t to, Stele__ProposalMessage *message)
{
	struct header header;
	struct signature signature;
	struct hash block;
	struct buf text;

	if (message->vote == NULL || message->vote->signer != from ||
	    (world->seed + message->vote->view * 0x9e3779b97f4a7c15u) % 1000000 >= SHARE_PPM ||
	    header_parse(&header, bytes_of(message->header.data, message->header.len)) ||
	    !make_header(world->judge, &header))
		return false;
	buf_init(&text, LIMIT_HEADER_BYTES);
	header_render(&text, &header);
	sha256(&block, text.at, text.len);
	message->header = (ProtobufCBinaryData){text.len, text.at};
	message->body = (ProtobufCBinaryData){strlen(BODY_EMPTY), (uint8_t[]){BODY_EMPTY}};
	message->n_justification = 0;
	villain_sign(world, from, message->vote, &block, &signature);
	villain_post(world, from, to, PEER_PROPOSAL, message);
	buf_release(&text);
	return true;
}

bool villain_skipper(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		     struct bytes payload)
{
	struct arena arena;
	void *message;
	bool is_done = false;

	if (type != PEER_PROPOSAL)
		return false;
	arena_init(&arena, ARENA_BYTES);
	if (peer_decode(&arena, type, payload, &message) == ERR_OK)
		is_done = skip(world, from, to, message);
	arena_release(&arena);
	return is_done;
}
