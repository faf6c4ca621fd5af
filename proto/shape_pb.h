/* Shapes: descriptors of messages joined once with their bounds, which whoever walks
 * encoded bytes follows field by field; and the steps of such a walk. */
#ifndef STELE_PROTO_SHAPE_PB_H
#define STELE_PROTO_SHAPE_PB_H

#include <protobuf-c/protobuf-c.h>

#include "base/bytes.h"
#include "proto/bounds.h"

#define WIRE_VARINT 0
#define WIRE_LENGTH 2

struct shape_field {
	uint32_t id;
	uint8_t wire;
	bool is_list;   /* not packed: the tag repeats */
	bool is_packed;
	bool is_oneof;
	bool is_wide;   /* a number of 64 bits in the message's struct, else of 32 */
	uint64_t value_max; /* of the type: above it the encoding is wrong */
	uint32_t offset;    /* in the message's struct: of the field, */
	uint32_t offset_of_count; /* and of a list's count or of a oneof's case */
	const struct bound *bound;
	const struct shape *child;
};

struct shape {
	const ProtobufCMessageDescriptor *type;
	const struct shape_field *fields; /* ascending by id */
	uint32_t fields_count;
	uint64_t required; /* bit i: field i, members of a oneof apart */
	bool needs_oneof;  /* its one oneof has exactly one member */
};

/* Of a type that is encoded by itself, or within one; never NULL.  Any thread. */
const struct shape *shape_of(const ProtobufCMessageDescriptor *type);

/* --- steps over encoded bytes ---------------------------------------------- */

struct walk {
	const uint8_t *at;
	const uint8_t *end;
};

static inline struct walk walk_of(struct bytes data)
{
	static const uint8_t nothing[1]; /* an empty view may point nowhere */
	const uint8_t *at = data.len > 0 ? data.at : nothing;

	return (struct walk){at, at + data.len};
}

/* Minimal: no last byte of zero but for the number zero, nothing above 64 bits. */
static inline bool walk_varint(struct walk *walk, uint64_t *out)
{
	uint64_t value = 0;

	if (walk->at < walk->end && *walk->at < 0x80) {
		*out = *walk->at++;
		return true;
	}
	for (unsigned shift = 0; walk->at < walk->end; shift += 7) {
		uint8_t byte = *walk->at++;

		if (shift == 63 && byte > 1)
			return false; /* a tenth byte ends it */
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80) {
			*out = value;
			return byte != 0;
		}
	}
	return false;
}

/* A length and so many bytes. */
static inline bool walk_bytes(struct walk *walk, struct bytes *out)
{
	uint64_t len;

	if (!walk_varint(walk, &len) || len > (uint64_t)(walk->end - walk->at))
		return false;
	*out = (struct bytes){walk->at, (size_t)len};
	walk->at += len;
	return true;
}

#endif
