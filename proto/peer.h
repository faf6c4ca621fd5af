/* Messages between nodes: frame types, bytes <-> message, bounds.
 * Each message is canonical protobuf, its lists and bytes bounded before
 * anything is allocated. */
#ifndef STELE_PROTO_PEER_H
#define STELE_PROTO_PEER_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "proto/peer.pb-c.h"

/* X(NAME, type byte, message, greatest length of the payload) */
#define PEER_LIST(X) \
	X(HELLO, 1, Hello, 512) \
	X(VOTE, 2, Vote, 256) \
	X(PROPOSAL, 3, Proposal, 917504) \
	X(CERTIFICATE, 4, Certificate, 12544) \
	X(STATUS, 5, Status, 16384) \
	X(CERTIFICATE_REQUEST, 6, CertificateRequest, 64) \
	X(VOTES_REQUEST, 7, VotesRequest, 64) \
	X(VOTES, 8, Votes, 32768) \
	X(BLOCK_REQUEST, 9, BlockRequest, 64) \
	X(PARCEL, 10, Parcel, 525312) \
	X(PARCEL_REQUEST, 11, ParcelRequest, 8960) \
	X(RANGE_REQUEST, 12, RangeRequest, 16) \
	X(RANGE, 13, Range, 9437180) \
	X(TRANSACTIONS, 14, Transactions, 1048576) \
	X(EVIDENCE, 15, Evidence, 4112) \
	X(REFUSE, 16, Refuse, 512) \
	X(ANNOUNCEMENT, 17, Announcement, 64)

enum peer_type {
#define PEER_ENUM(name, number, message, max) PEER_##name = number,
	PEER_LIST(PEER_ENUM)
#undef PEER_ENUM
};

/* 0 for an unknown type. */
size_t peer_payload_max(uint8_t type);
/* message: the Stele__*Message or *Request of that type; appends the payload. */
MUST_CHECK enum err peer_encode(struct buf *out, enum peer_type type, const void *message);
/* ERR_PEER_MESSAGE; the message lives in the arena. */
MUST_CHECK enum err peer_decode(struct arena *arena, uint8_t type, struct bytes payload,
				void **message);

#endif
