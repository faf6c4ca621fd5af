/* Canonical messages: the strict check of encoded bytes against a message's
 * descriptor and its bounds, and the way between bytes and message.
 *
 * docs/ledger.md section 1 has the rules.  The check walks the bytes before
 * anything is allocated.  Two outcomes are told apart: the encoding is not
 * canonical, or it is and a field is missing or out of its bounds; the first
 * wins wherever it stands. */
#ifndef STELE_PROTO_CANON_H
#define STELE_PROTO_CANON_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"

/* Messages inside messages, the outermost counted; a test compares it with the
 * descriptors. */
#define CANON_DEPTH 8

/* A ProtobufCMessageDescriptor and a ProtobufCMessage; opaque outside *_pb.c. */
struct ProtobufCMessageDescriptor;
struct ProtobufCMessage;

enum canon { CANON_OK, CANON_ENCODING, CANON_FIELD };

MUST_CHECK enum canon canon_check(const struct ProtobufCMessageDescriptor *type,
				  struct bytes data);
/* The message and field that the newest CANON_FIELD of this thread was about, such
 * as "ProgrammeCreate" and "titles"; "" where there was none. For people only. */
void canon_blamed(const char **message, const char **field);
/* Takes the first field off a message that passed canon_check and holds only
 * fields with a length (bytes, strings, messages); false when none is left. */
bool canon_next(struct bytes *message, uint32_t *id, struct bytes *value);
/* The message of data that passed canon_check; it is a copy that lives in the arena.
 * NULL when the arena is full. */
struct ProtobufCMessage *canon_unpack(struct arena *arena,
				      const struct ProtobufCMessageDescriptor *type,
				      struct bytes data);
/* Appends the encoding. */
void canon_pack(struct buf *out, const struct ProtobufCMessage *message);
/* Whether the message's encoding is data again, as it is for all that was unpacked;
 * for tests. */
bool canon_is_same(const struct ProtobufCMessage *message, struct bytes data);

/* Valid UTF-8 (shortest forms, no surrogates, up to U+10FFFF) without
 * U+0000-001F and U+007F-009F. */
bool canon_text_is_valid(struct bytes text);

#endif
