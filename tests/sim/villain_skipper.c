/* The skipper: as a leader it now and then leaves out the newest notarized block
 * and builds an empty one on that one's parent, as if the view between were
 * nullified. */
#include <string.h>

#include "crypto/digest.h"
#include "proto/header.h"
#include "tests/sim/judge_state.h"
#include "tests/sim/villain.h"

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

static bool skip(struct world *world, uint32_t from, uint32_t to, void *message)
{
	Stele__ProposalMessage *proposal = message;
	struct resigned resigned;
	struct header header;

	if (proposal->vote == NULL || proposal->vote->signer != from ||
	    (world->seed + proposal->vote->view * 0x9e3779b97f4a7c15u) % 1000000 >= SHARE_PPM ||
	    header_parse(&header, bytes_of(proposal->header.data, proposal->header.len)) ||
	    !make_header(world->judge, &header))
		return false;
	proposal->body = (ProtobufCBinaryData){strlen(BODY_EMPTY), (uint8_t[]){BODY_EMPTY}};
	proposal->n_justification = 0;
	villain_resign(world, from, proposal, &header, &resigned);
	villain_post(world, from, to, PEER_PROPOSAL, proposal);
	buf_release(&resigned.text);
	return true;
}

bool villain_skipper(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		     struct bytes payload)
{
	return type == PEER_PROPOSAL && villain_decoded(world, from, to, type, payload, skip);
}
