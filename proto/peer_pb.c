#include "proto/peer.h"

#include "proto/canon.h"

static const ProtobufCMessageDescriptor *descriptor(enum peer_type type)
{
	switch (type) {
	case PEER_HELLO:
		return &stele__hello_message__descriptor;
	case PEER_VOTE:
		return &stele__vote_message__descriptor;
	case PEER_PROPOSAL:
		return &stele__proposal_message__descriptor;
	case PEER_CERTIFICATE:
		return &stele__certificate_message__descriptor;
	case PEER_STATUS:
		return &stele__status_message__descriptor;
	case PEER_CERTIFICATE_REQUEST:
		return &stele__certificate_request__descriptor;
	case PEER_VOTES_REQUEST:
		return &stele__votes_request__descriptor;
	case PEER_VOTES:
		return &stele__votes_message__descriptor;
	case PEER_BLOCK_REQUEST:
		return &stele__block_request__descriptor;
	case PEER_PARCEL:
		return &stele__parcel_message__descriptor;
	case PEER_PARCEL_REQUEST:
		return &stele__parcel_request__descriptor;
	case PEER_RANGE_REQUEST:
		return &stele__range_request__descriptor;
	case PEER_RANGE:
		return &stele__range_message__descriptor;
	case PEER_TRANSACTIONS:
		return &stele__transactions_message__descriptor;
	case PEER_EVIDENCE:
		return &stele__evidence_message__descriptor;
	case PEER_REFUSE:
		return &stele__refuse_message__descriptor;
	case PEER_ANNOUNCEMENT:
		return &stele__announcement__descriptor;
	}
	return NULL;
}

size_t peer_payload_max(uint8_t type)
{
	static const size_t max[] = {
#define PEER_MAX(name, number, message, max) [number] = max,
		PEER_LIST(PEER_MAX)
#undef PEER_MAX
	};

	return type < sizeof(max) / sizeof(max[0]) ? max[type] : 0;
}

enum err peer_encode(struct buf *out, enum peer_type type, const void *message)
{
	const ProtobufCMessage *base = message;
	struct bytes packed = {NULL, 0};
	size_t from = out->len;
	size_t len;

	ASSERT(base->descriptor == descriptor(type));
	if (out->has_failed)
		return ERR_FULL;
	len = protobuf_c_message_get_packed_size(base);
	if (len > peer_payload_max((uint8_t)type))
		return ERR_FULL;
	canon_pack(out, base);
	/* an empty message leaves an empty buffer without memory */
	if (!out->has_failed && len > 0)
		packed = bytes_of(out->at + from, len);
	if (!out->has_failed && canon_check(base->descriptor, packed) == CANON_OK)
		return ERR_OK;
	if (!out->has_failed)
		out->len = from;
	return ERR_FULL;
}

enum err peer_decode(struct arena *arena, uint8_t type, struct bytes payload, void **message)
{
	const ProtobufCMessageDescriptor *form = descriptor((enum peer_type)type);
	ProtobufCMessage *decoded;

	if (form == NULL || payload.len > peer_payload_max(type))
		return ERR_PEER_MESSAGE;
	if (canon_check(form, payload) != CANON_OK)
		return ERR_PEER_MESSAGE;
	decoded = canon_unpack(arena, form, payload);
	if (decoded == NULL)
		return ERR_MEMORY;
	*message = decoded;
	return ERR_OK;
}
