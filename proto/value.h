/* State values and state keys: bytes <-> message, docs/ledger.md section 5. */
#ifndef STELE_PROTO_VALUE_H
#define STELE_PROTO_VALUE_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "proto/state.pb-c.h"

/* X(NAME, type byte, message) */
#define VALUE_LIST(X) \
	X(COUNT, 0x01, Count) \
	X(ORG, 0x02, Org) \
	X(KEY, 0x03, Key) \
	X(NAME, 0x04, Name) \
	X(POLICY, 0x05, Policy) \
	X(LIMITS, 0x06, Limits) \
	X(MOTION, 0x07, Motion) \
	X(PART, 0x08, Part) \
	X(QUOTA, 0x09, Quota) \
	X(TAKEN, 0x0a, Taken) \
	X(PENDING_SET, 0x0b, PendingSet) \
	X(PENDING_MEMBER, 0x0c, PendingMember) \
	X(READY, 0x0d, Ready) \
	X(UPGRADE, 0x0e, Upgrade) \
	X(PROGRAMME, 0x10, Programme) \
	X(AWARD, 0x11, Award) \
	X(DISBURSEMENT, 0x12, Disbursement) \
	X(CALL, 0x13, Call) \
	X(PROPOSAL, 0x14, Proposal) \
	X(PARTY, 0x15, Party) \
	X(REVIEWER, 0x16, Reviewer) \
	X(REVIEW, 0x17, Review) \
	X(OBJECTION, 0x18, Objection) \
	X(MILESTONE, 0x19, Milestone) \
	X(RECOVERY, 0x1a, Recovery) \
	X(CLAIM, 0x20, Claim) \
	X(NOTE, 0x21, Note) \
	X(DELEGATION, 0x22, Delegation) \
	X(COMMIT, 0x23, Commit) \
	X(ROLLUP, 0x24, Rollup) \
	X(PROPAGATION, 0x25, Propagation) \
	X(EVIDENCE, 0x30, Evidence)

enum value_type {
#define VALUE_ENUM(name, number, message) VALUE_##name = number,
	VALUE_LIST(VALUE_ENUM)
#undef VALUE_ENUM
};

/* message: the Stele__*Value of that type.  ERR_VALUE_SIZE over 16 KiB;
 * out is then as it was. */
MUST_CHECK enum err value_encode(struct buf *out, enum value_type type, const void *message);
/* Canonical form and type are checked; the message lives in the arena.
 * ERR_STORE_DAMAGED. */
MUST_CHECK enum err value_decode(struct arena *arena, struct bytes value, enum value_type type,
				 void **message);

/* [A-Za-z0-9._-]{1,64} */
bool key_segment_is_valid(struct bytes segment);
/* Segments joined by '/', at most LIMIT_KEY_BYTES. */
bool key_is_valid(struct bytes key);

#endif
