/* The canonical walk behind canon.h, and encoding by protobuf-c.
 *
 * protobuf-c keeps unknown fields, takes non-canonical encodings and knows no
 * limits, so it reads nothing here: what the walk has let pass is unpacked by a
 * second walk along the same shapes (unpack_pb.c).  The walk goes field by field in
 * ascending order. */
#include "proto/canon.h"

#include <string.h>

#include "base/mutant.h"
#include "proto/shape_pb.h"

/* Who is to blame for the last CANON_FIELD of this thread; for people. */
static _Thread_local struct {
	const char *message;
	const char *field;
} blamed;

static void blame(const struct shape *shape, uint32_t index)
{
	if (blamed.message != NULL) /* a field within it was at fault */
		return;
	blamed.message = shape->type->short_name;
	blamed.field = shape->type->fields[index].name;
}

void canon_blamed(const char **message, const char **field)
{
	*message = blamed.message != NULL ? blamed.message : "";
	*field = blamed.message != NULL ? blamed.field : "";
}

/* --- the walk ------------------------------------------------------------ */

static enum canon check_message(const struct shape *shape, struct bytes data);

static enum canon check_packed(const struct shape_field *field, struct bytes data)
{
	struct walk walk = walk_of(data);
	uint64_t before = 0;
	bool fits = true;

	if (data.len == 0)
		return CANON_ENCODING;
	while (walk.at < walk.end) {
		uint64_t value;

		if (!walk_varint(&walk, &value) || value > field->value_max)
			return CANON_ENCODING;
		fits = fits && value > before && value <= field->bound->max;
		before = value;
	}
	return fits ? CANON_OK : CANON_FIELD;
}

static enum canon check_number(const struct shape_field *field, struct walk *walk)
{
	uint64_t value;

	/* A zero is the default, so it is absent. */
	if (!walk_varint(walk, &value) || value == 0 || value > field->value_max)
		return CANON_ENCODING;
	return value <= field->bound->max ? CANON_OK : CANON_FIELD;
}

static enum canon check_leaf(const struct shape_field *field, struct bytes data)
{
	const struct bound *bound = field->bound;

	if (data.len == 0 && !field->is_list && !field->is_oneof)
		return CANON_ENCODING;
	if (bound->kind == BOUND_TEXT && !canon_text_is_valid(data))
		return CANON_ENCODING;
	if (data.len < bound->min || data.len > bound->max)
		return CANON_FIELD;
	return bound_form_fits(bound->form, data) ? CANON_OK : CANON_FIELD;
}

static enum canon check_field(const struct shape_field *field, struct walk *walk)
{
	struct bytes data;

	if (field->wire == WIRE_VARINT)
		return check_number(field, walk);
	if (!walk_bytes(walk, &data))
		return CANON_ENCODING;
	if (field->is_packed)
		return check_packed(field, data);
	if (field->child == NULL)
		return check_leaf(field, data);
	/* An optional message that holds nothing is absent. */
	if (data.len == 0 && !field->is_list && !field->is_oneof)
		return CANON_ENCODING;
	return check_message(field->child, data);
}

/* What the walk of one message has met. */
struct seen {
	uint64_t fields; /* bit i: field i */
	uint32_t count;  /* elements of the list that the last field is */
	bool has_oneof;
};

/* Enters a field whose tag has just been read. */
static enum canon seen_add(struct seen *seen, const struct shape_field *field, uint32_t index)
{
	bool is_again = (seen->fields >> index & 1) != 0;

	if (is_again && !field->is_list)
		return CANON_ENCODING;
	if (field->is_oneof && seen->has_oneof)
		return CANON_ENCODING;
	seen->has_oneof = seen->has_oneof || field->is_oneof;
	seen->fields |= UINT64_C(1) << index;
	seen->count = is_again ? seen->count + 1 : 1;
	return field->is_list && seen->count > field->bound->count_max ? CANON_FIELD : CANON_OK;
}

static enum canon check_message(const struct shape *shape, struct bytes data)
{
	struct walk walk = walk_of(data);
	struct seen seen = {0, 0, false};
	enum canon worst = CANON_OK;
	uint32_t index = 0;

	while (walk.at < walk.end) {
		const struct shape_field *field;
		enum canon found;
		uint64_t tag;

		if (!walk_varint(&walk, &tag) || tag > UINT32_MAX)
			return CANON_ENCODING;
		while (index < shape->fields_count && shape->fields[index].id < tag >> 3)
			index++;
		if (index == shape->fields_count)
			return mutant_on("unknown_fields_allowed") ? worst : CANON_ENCODING;
		field = &shape->fields[index];
		if (field->id != tag >> 3 || field->wire != (tag & 7))
			return CANON_ENCODING;
		found = seen_add(&seen, field, index);
		if (found == CANON_FIELD)
			worst = CANON_FIELD;
		if (found != CANON_ENCODING)
			found = check_field(field, &walk);
		if (found == CANON_ENCODING)
			return CANON_ENCODING;
		if (found == CANON_FIELD)
			worst = CANON_FIELD;
		if (worst == CANON_FIELD)
			blame(shape, index);
	}
	if (shape->needs_oneof && !seen.has_oneof)
		return CANON_ENCODING;
	if ((seen.fields & shape->required) == shape->required)
		return worst;
	blame(shape, (uint32_t)__builtin_ctzll(shape->required & ~seen.fields));
	return CANON_FIELD;
}

enum canon canon_check(const ProtobufCMessageDescriptor *type, struct bytes data)
{
	blamed.message = NULL;
	return check_message(shape_of(type), data);
}

bool canon_next(struct bytes *message, uint32_t *id, struct bytes *value)
{
	struct walk walk = walk_of(*message);
	uint64_t tag;

	if (message->len == 0)
		return false;
	ASSERT(walk_varint(&walk, &tag) && (tag & 7) == WIRE_LENGTH);
	ASSERT(walk_bytes(&walk, value));
	*id = (uint32_t)(tag >> 3);
	message->at = walk.at;
	message->len = (size_t)(walk.end - walk.at);
	return true;
}

/* --- encoding ------------------------------------------------------------ */

void canon_pack(struct buf *out, const ProtobufCMessage *message)
{
	size_t len = protobuf_c_message_get_packed_size(message);
	uint8_t *room = len > 0 ? buf_grow(out, len) : NULL;

	if (room != NULL)
		(void)protobuf_c_message_pack(message, room);
}

/* A sink that compares instead of keeping. */
struct compare {
	ProtobufCBuffer base;
	struct bytes left;
	bool is_same;
};

static void compare_append(ProtobufCBuffer *base, size_t len, const uint8_t *data)
{
	struct compare *compare = (struct compare *)base;

	if (!compare->is_same || len > compare->left.len ||
	    (len > 0 && memcmp(compare->left.at, data, len) != 0)) {
		compare->is_same = false;
		return;
	}
	compare->left.at += len;
	compare->left.len -= len;
}

bool canon_is_same(const ProtobufCMessage *message, struct bytes data)
{
	struct compare compare = {{compare_append}, data, true};

	(void)protobuf_c_message_pack_to_buffer(message, &compare.base);
	return compare.is_same && compare.left.len == 0;
}
