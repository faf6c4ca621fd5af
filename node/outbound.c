#include "node/outbound.h"

#include <stdlib.h>
#include <string.h>

#include "node/peers.h"
#include "node/pump.h"

#define STATUS_VOTES_MAX 64

static ProtobufCBinaryData data_of(struct bytes bytes)
{
	/* lent to the encoder, which does not write */
	return (ProtobufCBinaryData){bytes.len, (uint8_t *)(uintptr_t)bytes.at};
}

static void send_payload(struct node *node, uint32_t to, enum peer_type type, struct bytes payload)
{
	struct peer_state *peer;

	if (to == PEER_ALL) {
		net_broadcast(node->net, type, payload, true);
	} else if (to != PEER_SELF && to != node->self) {
		/* what goes to one alone is mostly an answer */
		peer = peers_find(node, to);
		if (peer != NULL)
			quota_charge(&peer->asking, payload.len);
		(void)net_send(node->net, to, type, payload); /* a full queue counts it */
	}
}

void outbound_send(struct node *node, uint32_t to, enum peer_type type, const void *message)
{
	struct buf payload;

	buf_init(&payload, peer_payload_max((uint8_t)type));
	if (peer_encode(&payload, type, message) == ERR_OK)
		send_payload(node, to, type, buf_bytes(&payload));
	else
		log_event(LOG_ERROR, "encode_failed", "a message of type %d was not sent", (int)type);
	buf_release(&payload);
}

static void vote_fill(Stele__VoteMessage *out, const struct vote *vote)
{
	*out = (Stele__VoteMessage)STELE__VOTE_MESSAGE__INIT;
	out->kind = (uint32_t)vote->kind;
	out->epoch = vote->epoch;
	out->view = vote->view;
	if (vote->kind != VOTE_NULLIFY)
		out->block = data_of(bytes_of(vote->block.b, 32));
	out->signer = vote->signer;
	out->signature = data_of(bytes_of(vote->signature.b, 64));
}

void outbound_vote(struct node *node, uint32_t to, const struct vote *vote)
{
	Stele__VoteMessage message;

	vote_fill(&message, vote);
	outbound_send(node, to, PEER_VOTE, &message);
}

void outbound_block(struct node *node, uint32_t to, const struct effect_block *block,
		    const struct vote *vote, const struct bytes *justification, size_t count)
{
	Stele__ProposalMessage message = STELE__PROPOSAL_MESSAGE__INIT;
	Stele__VoteMessage vote_message;
	ProtobufCBinaryData certificates[LIMIT_JUSTIFICATION];

	message.header = data_of(block->header_text);
	message.body = data_of(block->body_text);
	if (vote != NULL) {
		vote_fill(&vote_message, vote);
		message.vote = &vote_message;
	}
	for (size_t i = 0; i < count && i < LIMIT_JUSTIFICATION; i++) {
		certificates[i] = data_of(justification[i]);
		message.n_justification++;
	}
	message.justification = certificates;
	outbound_send(node, to, PEER_PROPOSAL, &message);
}

void outbound_certificate(struct node *node, uint32_t to, struct bytes certificate)
{
	Stele__CertificateMessage message = STELE__CERTIFICATE_MESSAGE__INIT;

	message.certificate = data_of(certificate);
	outbound_send(node, to, PEER_CERTIFICATE, &message);
}

void outbound_announcement(struct node *node, uint32_t to, const struct event_request *announced)
{
	Stele__Announcement message = STELE__ANNOUNCEMENT__INIT;

	message.kind = (uint32_t)announced->kind;
	message.epoch = announced->epoch;
	message.view = announced->view;
	message.block = data_of(bytes_of(announced->block.b, 32));
	outbound_send(node, to, PEER_ANNOUNCEMENT, &message);
}

void outbound_status(struct node *node, uint32_t to, const struct event_status *status,
		     const struct vote *votes, size_t votes_count)
{
	Stele__StatusMessage message = STELE__STATUS_MESSAGE__INIT;
	Stele__VoteMessage list[STATUS_VOTES_MAX];
	Stele__VoteMessage *pointers[STATUS_VOTES_MAX];
	size_t count = votes_count < STATUS_VOTES_MAX ? votes_count : STATUS_VOTES_MAX;

	for (size_t i = 0; i < count; i++) {
		vote_fill(&list[i], &votes[i]);
		pointers[i] = &list[i];
	}
	message.epoch = status->epoch;
	message.view = status->view;
	message.final_epoch = status->final_epoch;
	message.final_view = status->final_view;
	message.final_height = status->final_height;
	message.committed_height = node->tip_height;
	message.signing = status->is_signing;
	message.bitmap_base = status->bitmap_base;
	message.notarized = data_of(status->notarized);
	message.nullified = data_of(status->nullified);
	message.time_ms = io_wall_ms(node->io);
	message.n_votes = count;
	message.votes = pointers;
	outbound_send(node, to, PEER_STATUS, &message);
}

void outbound_votes(struct node *node, uint32_t to, const struct vote *votes, size_t count)
{
	Stele__VotesMessage message = STELE__VOTES_MESSAGE__INIT;
	Stele__VoteMessage list[LIMIT_VALIDATORS];
	Stele__VoteMessage *pointers[LIMIT_VALIDATORS];

	message.n_votes = count < LIMIT_VALIDATORS ? count : LIMIT_VALIDATORS;
	message.votes = pointers;
	for (size_t i = 0; i < message.n_votes; i++) {
		vote_fill(&list[i], &votes[i]);
		pointers[i] = &list[i];
	}
	outbound_send(node, to, PEER_VOTES, &message);
}

void outbound_certificate_request(struct node *node, uint32_t to,
				  const struct event_request *request)
{
	Stele__CertificateRequest message = STELE__CERTIFICATE_REQUEST__INIT;

	message.kind = (uint32_t)request->kind;
	message.epoch = request->epoch;
	message.view = request->view;
	outbound_send(node, to, PEER_CERTIFICATE_REQUEST, &message);
}

void outbound_votes_request(struct node *node, uint32_t to, const struct event_request *request)
{
	Stele__VotesRequest message = STELE__VOTES_REQUEST__INIT;

	message.kind = (uint32_t)request->kind;
	message.epoch = request->epoch;
	message.view = request->view;
	message.have = data_of(request->have);
	outbound_send(node, to, PEER_VOTES_REQUEST, &message);
}

void outbound_block_request(struct node *node, uint32_t to, const struct hash *block)
{
	Stele__BlockRequest message = STELE__BLOCK_REQUEST__INIT;

	message.block = data_of(bytes_of(block->b, 32));
	outbound_send(node, to, PEER_BLOCK_REQUEST, &message);
}

void outbound_parcel(struct node *node, uint32_t to, const struct parcel *parcel)
{
	Stele__ParcelMessage message = STELE__PARCEL_MESSAGE__INIT;

	message.text = data_of(parcel->text_bytes);
	message.signature = data_of(bytes_of(parcel->signature.b, 64));
	message.payload = data_of(parcel->payload);
	outbound_send(node, to, PEER_PARCEL, &message);
}

void outbound_parcel_request(struct node *node, uint32_t to, const struct hash *digests,
			     size_t count)
{
	Stele__ParcelRequest message = STELE__PARCEL_REQUEST__INIT;
	ProtobufCBinaryData list[LIMIT_BODY_PARCELS];

	ASSERT(count <= LIMIT_BODY_PARCELS);
	for (size_t i = 0; i < count; i++)
		list[i] = data_of(bytes_of(digests[i].b, 32));
	message.n_digests = count;
	message.digests = list;
	outbound_send(node, to, PEER_PARCEL_REQUEST, &message);
}

void outbound_evidence(struct node *node, uint32_t to, struct bytes text)
{
	Stele__EvidenceMessage message = STELE__EVIDENCE_MESSAGE__INIT;

	message.text = data_of(text);
	outbound_send(node, to, PEER_EVIDENCE, &message);
}

void outbound_range_request(struct node *node, uint32_t to, uint64_t from_height)
{
	Stele__RangeRequest message = STELE__RANGE_REQUEST__INIT;

	message.from_height = from_height;
	outbound_send(node, to, PEER_RANGE_REQUEST, &message);
}
