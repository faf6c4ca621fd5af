#include "node/message.h"

#include <stdlib.h>
#include <string.h>

#include "base/mutant.h"
#include "crypto/digest.h"
#include "node/known_votes.h"
#include "node/peers.h"
#include "node/pump.h"

#define ARENA_BYTES ((size_t)8 << 20)
#define STATUS_VOTES_MAX 64u
#define BITMAP_MAX (LIMIT_STATUS_VIEWS / 8u)

struct message *message_new(uint32_t peer, uint8_t type, struct bytes payload)
{
	struct message *message = pump_alloc(1, sizeof(*message));

	message->peer = peer;
	message->type = type;
	message->payload = pump_copy(payload);
	arena_init(&message->arena, ARENA_BYTES);
	return message;
}

void message_free(struct message *message)
{
	arena_release(&message->arena);
	free((void *)(uintptr_t)message->payload.at);
	free(message);
}

static struct bytes bytes_in(ProtobufCBinaryData data)
{
	return bytes_of(data.data, data.len);
}

/* --- decoding: false is the peer's fault --------------------------------- */

static bool take_hash(struct hash *out, ProtobufCBinaryData data)
{
	if (data.len != sizeof(out->b))
		return false;
	memcpy(out->b, data.data, sizeof(out->b));
	return true;
}

static bool take_vote(const struct node *node, struct vote *out, const Stele__VoteMessage *in)
{
	if (in->kind < VOTE_NOTARIZE || in->kind > VOTE_FINALIZE || in->signer >= node->set->count ||
	    in->signature.len != sizeof(out->signature.b))
		return false;
	memset(out, 0, sizeof(*out));
	out->kind = (enum vote_kind)in->kind;
	out->epoch = in->epoch;
	out->view = in->view;
	out->signer = in->signer;
	memcpy(out->signature.b, in->signature.data, sizeof(out->signature.b));
	if (out->kind == VOTE_NULLIFY)
		return in->block.len == 0;
	return take_hash(&out->block, in->block);
}

/* Keeps the votes that are news. */
static bool take_votes(const struct node *node, struct message *message,
		       Stele__VoteMessage *const *in, size_t count)
{
	message->votes = arena_alloc(&message->arena, (count + 1) * sizeof(struct vote));
	if (message->votes == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		struct vote *vote = &message->votes[message->votes_count];

		if (!take_vote(node, vote, in[i]))
			return false;
		if (vote->epoch == node->epoch && core_wants_vote(node->core, vote))
			message->votes_count++;
	}
	return true;
}

static bool is_news(const struct node *node, const struct certificate_subject *subject)
{
	return core_wants_certificate(node->core, subject->kind, subject->epoch, subject->view,
				      &subject->block);
}

/* Keeps the certificates that are news; of the others only the first bytes are read. */
static bool take_certificates(const struct node *node, struct message *message,
			      const ProtobufCBinaryData *in, size_t count)
{
	struct bytes wanted[LIMIT_JUSTIFICATION];
	size_t wanted_count = 0;

	ASSERT(count <= LIMIT_JUSTIFICATION);
	for (size_t i = 0; i < count; i++) {
		struct certificate_subject subject;

		if (certificate_peek(&subject, bytes_in(in[i])))
			return false;
		if (is_news(node, &subject))
			wanted[wanted_count++] = bytes_in(in[i]);
	}
	if (wanted_count == 0)
		return true;
	message->certificates =
		arena_alloc(&message->arena, wanted_count * sizeof(struct certificate));
	message->certificates_bytes =
		arena_alloc(&message->arena, wanted_count * sizeof(struct bytes));
	if (message->certificates == NULL || message->certificates_bytes == NULL)
		return false;
	for (size_t i = 0; i < wanted_count; i++) {
		if (certificate_decode(&message->certificates[i], wanted[i], node->set->count))
			return false;
		message->certificates_bytes[i] = wanted[i];
	}
	message->certificates_count = wanted_count;
	return true;
}

static bool take_proposal(const struct node *node, struct message *message,
			  const Stele__ProposalMessage *in)
{
	struct event_proposal *out = &message->proposal;
	struct core_status status;
	struct hash body_hash;

	message->header = arena_alloc(&message->arena, sizeof(*message->header));
	message->body = arena_alloc(&message->arena, sizeof(*message->body));
	if (message->header == NULL || message->body == NULL ||
	    in->n_justification > LIMIT_JUSTIFICATION)
		return false;
	out->header_text = bytes_in(in->header);
	out->body_text = bytes_in(in->body);
	if (header_parse(message->header, out->header_text) ||
	    body_parse(message->body, out->body_text))
		return false;
	sha256(&out->block, in->header.data, in->header.len);
	sha256(&body_hash, in->body.data, in->body.len);
	if (!hash_equal(&body_hash, &message->header->body) ||
	    !hash_equal(&message->header->chain, &node->chain))
		return false;
	out->has_vote = in->vote != NULL;
	if (out->has_vote &&
	    (!take_vote(node, &out->vote, in->vote) || out->vote.kind != VOTE_NOTARIZE ||
	     !hash_equal(&out->vote.block, &out->block)))
		return false;
	core_status(node->core, &status);
	/* outside of the window only the block may be news, as an answer to a request */
	if (out->has_vote && (out->vote.epoch != node->epoch || out->vote.view <= status.final_view ||
			      out->vote.view > status.view + 1))
		out->has_vote = false;
	return take_certificates(node, message, in->justification, in->n_justification);
}

static bool take_status(struct node *node, struct message *message, const Stele__StatusMessage *in)
{
	struct event_status *out = &message->status;

	if (in->notarized.len > BITMAP_MAX || in->nullified.len > BITMAP_MAX ||
	    in->n_votes > STATUS_VOTES_MAX)
		return false;
	out->epoch = in->epoch;
	out->view = in->view;
	out->final_epoch = in->final_epoch;
	out->final_view = in->final_view;
	out->final_height = in->final_height;
	out->committed_height = in->committed_height;
	out->is_signing = in->signing;
	out->bitmap_base = in->bitmap_base;
	out->notarized = bytes_in(in->notarized);
	out->nullified = bytes_in(in->nullified);
	peers_hear_status(node, message->peer, in);
	return take_votes(node, message, in->votes, in->n_votes);
}

static bool take_request(struct message *message, uint32_t kind, uint64_t epoch, uint64_t view,
			 struct bytes have)
{
	if (kind < VOTE_NOTARIZE || kind > VOTE_FINALIZE || have.len > LIMIT_QUORUM_BITMAP)
		return false;
	message->request.kind = (enum vote_kind)kind;
	message->request.epoch = epoch;
	message->request.view = view;
	message->request.have = have;
	return true;
}

static bool decode_requests(struct message *message, const void *in)
{
	if (message->type == PEER_CERTIFICATE_REQUEST) {
		const Stele__CertificateRequest *request = in;

		return take_request(message, request->kind, request->epoch, request->view,
				    (struct bytes){NULL, 0});
	}
	if (message->type == PEER_VOTES_REQUEST) {
		const Stele__VotesRequest *request = in;

		return take_request(message, request->kind, request->epoch, request->view,
				    bytes_in(request->have));
	}
	return take_hash(&message->request.block, ((const Stele__BlockRequest *)in)->block);
}

/* R10: most are of what is held here. */
static bool take_announcement(const struct node *node, struct message *message,
			      const Stele__Announcement *in)
{
	struct event_request *out = &message->request;

	if (!take_request(message, in->kind, in->epoch, in->view, (struct bytes){NULL, 0}) ||
	    in->kind == VOTE_NULLIFY || !take_hash(&out->block, in->block))
		return false;
	if (!core_wants_certificate(node->core, out->kind, out->epoch, out->view, &out->block))
		message->stage = MESSAGE_UNWANTED;
	return true;
}

static bool decode_by_type(struct node *node, struct message *message, void *in)
{
	Stele__VoteMessage *vote = in;

	switch ((enum peer_type)message->type) {
	case PEER_VOTE:
		return take_votes(node, message, &vote, 1);
	case PEER_VOTES:
		return ((Stele__VotesMessage *)in)->n_votes <= LIMIT_VALIDATORS &&
		       take_votes(node, message, ((Stele__VotesMessage *)in)->votes,
				  ((Stele__VotesMessage *)in)->n_votes);
	case PEER_PROPOSAL:
		return take_proposal(node, message, in);
	case PEER_CERTIFICATE:
		return take_certificates(node, message,
					 &((Stele__CertificateMessage *)in)->certificate, 1);
	case PEER_STATUS:
		return take_status(node, message, in);
	case PEER_CERTIFICATE_REQUEST:
	case PEER_VOTES_REQUEST:
	case PEER_BLOCK_REQUEST:
		return decode_requests(message, in);
	case PEER_ANNOUNCEMENT:
		return take_announcement(node, message, in);
	case PEER_HELLO:
	case PEER_PARCEL:
	case PEER_PARCEL_REQUEST:
	case PEER_RANGE_REQUEST:
	case PEER_RANGE:
	case PEER_TRANSACTIONS:
	case PEER_EVIDENCE:
	case PEER_REFUSE:
		return false;
	}
	return false;
}

static bool is_silent(const struct message *message)
{
	if (message->type == PEER_VOTE || message->type == PEER_VOTES)
		return message->votes_count == 0;
	return message->type == PEER_CERTIFICATE && message->certificates_count == 0;
}

void message_decode(struct node *node, struct message *message)
{
	void *in;

	message->stage = MESSAGE_WAITING;
	if (peer_decode(&message->arena, message->type, message->payload, &in) ||
	    !decode_by_type(node, message, in)) {
		message->stage = MESSAGE_BAD;
		return;
	}
	if (is_silent(message))
		message->stage = MESSAGE_UNWANTED;
	if (message->stage == MESSAGE_WAITING && message->votes_count == 0 &&
	    message->certificates_count == 0 && !message->proposal.has_vote)
		message->stage = MESSAGE_READY;
}

/* --- verifying, on a worker ---------------------------------------------- */

static bool check_vote(const struct node *node, struct message *message, const struct vote *vote)
{
	if (mutant_on("vote_signature_unchecked") || known_vote(node, vote))
		return true;
	message->checked++;
	if (vote_check(vote, &node->chain, node->set) != ERR_OK)
		return false;
	known_votes_add(node, vote);
	return true;
}

static bool check_certificate(const struct node *node, struct message *message,
			      const struct certificate *certificate)
{
	uint8_t known[LIMIT_QUORUM_BITMAP];
	struct header *header = NULL;

	if (message->type == PEER_CERTIFICATE && certificate->kind != VOTE_NULLIFY) {
		header = arena_alloc(&message->arena, sizeof(*header));
		if (header == NULL)
			return false;
		message->header = header;
	}
	message->checked += known_votes_in(node, certificate, known);
	if (certificate_check_rest(certificate, &node->chain, node->set, node->epoch, known,
				   header) != ERR_OK)
		return false;
	known_votes_add_all(node, certificate);
	return true;
}

void message_verify(const struct node *node, struct message *message)
{
	bool is_good = true;

	if (message->proposal.has_vote)
		is_good = check_vote(node, message, &message->proposal.vote);
	for (size_t i = 0; is_good && i < message->votes_count; i++)
		is_good = check_vote(node, message, &message->votes[i]);
	for (size_t i = 0; is_good && i < message->certificates_count; i++)
		is_good = check_certificate(node, message, &message->certificates[i]);
	message->is_good = is_good;
}

/* --- telling the core ---------------------------------------------------- */

static bool is_rejected(enum verdict verdict)
{
	switch (verdict) {
	case ACCEPTED:
	case IGNORED_DUPLICATE:
	case IGNORED_OLD:
	case IGNORED_AHEAD:
	case IGNORED_UNWANTED:
	case REJECTED_CONFLICT: /* its signer's fault, not that of who relays it */
		return false;
	case REJECTED_LEADER:
	case REJECTED_FORM:
		return true;
	}
	UNREACHABLE();
}

static bool tell_votes(struct node *node, struct message *message)
{
	struct event event = {.kind = EVENT_VOTE, .peer = message->peer};

	for (size_t i = 0; i < message->votes_count; i++) {
		event.vote = message->votes[i];
		node->counters.votes_in++;
		if (is_rejected(pump_event(node, &event)))
			return false;
	}
	return true;
}

static bool tell_proposal(struct node *node, struct message *message)
{
	struct event event = {.kind = EVENT_PROPOSAL, .peer = message->peer};

	event.proposal = message->proposal;
	event.proposal.header = message->header;
	event.proposal.body = message->body;
	event.proposal.justification = message->certificates;
	event.proposal.justification_bytes = message->certificates_bytes;
	event.proposal.justification_count = message->certificates_count;
	node->counters.proposals_in++;
	return !is_rejected(pump_event(node, &event));
}

static bool tell_certificate(struct node *node, struct message *message)
{
	struct event event = {.kind = EVENT_CERTIFICATE, .peer = message->peer};

	event.certificate.certificate = &message->certificates[0];
	event.certificate.header = message->header;
	event.certificate.data = message->certificates_bytes[0];
	node->counters.certificates_in++;
	return !is_rejected(pump_event(node, &event));
}

static bool tell_other(struct node *node, struct message *message, enum event_kind kind)
{
	struct event event = {.kind = kind, .peer = message->peer};

	if (kind == EVENT_STATUS)
		event.status = message->status;
	else
		event.request = message->request;
	return !is_rejected(pump_event(node, &event));
}

bool message_tell(struct node *node, struct message *message)
{
	node->counters.signatures_checked += message->checked;
	switch ((enum peer_type)message->type) {
	case PEER_VOTE:
	case PEER_VOTES:
		return tell_votes(node, message);
	case PEER_PROPOSAL:
		return tell_proposal(node, message);
	case PEER_CERTIFICATE:
		return tell_certificate(node, message);
	case PEER_STATUS:
		return tell_votes(node, message) && tell_other(node, message, EVENT_STATUS);
	case PEER_CERTIFICATE_REQUEST:
		return tell_other(node, message, EVENT_CERTIFICATE_REQUEST);
	case PEER_VOTES_REQUEST:
		return tell_other(node, message, EVENT_VOTES_REQUEST);
	case PEER_BLOCK_REQUEST:
		return tell_other(node, message, EVENT_BLOCK_REQUEST);
	case PEER_ANNOUNCEMENT:
		return tell_other(node, message, EVENT_ANNOUNCEMENT);
	case PEER_HELLO:
	case PEER_PARCEL:
	case PEER_PARCEL_REQUEST:
	case PEER_RANGE_REQUEST:
	case PEER_RANGE:
	case PEER_TRANSACTIONS:
	case PEER_EVIDENCE:
	case PEER_REFUSE:
		return true;
	}
	return true;
}
