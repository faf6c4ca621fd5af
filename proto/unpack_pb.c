/* From bytes that the canonical walk has let pass to protobuf-c's structs: fields
 * ascend, numbers are minimal, lists stand in one piece, texts hold no NUL.  Nothing is
 * checked twice here, so what contradicts that ends the process. */
#include <string.h>

#include "proto/canon.h"
#include "proto/shape_pb.h"

static uint64_t number_next(struct walk *walk)
{
	uint64_t number;

	ASSERT(walk_varint(walk, &number));
	return number;
}

static struct bytes bytes_next(struct walk *walk)
{
	struct bytes bytes;

	ASSERT(walk_bytes(walk, &bytes));
	return bytes;
}

static void number_set(const struct shape_field *field, void *at, uint64_t number)
{
	uint32_t narrow = (uint32_t)number;

	if (field->is_wide)
		memcpy(at, &number, sizeof(number));
	else
		memcpy(at, &narrow, sizeof(narrow));
}

/* The list's count and its array, for so many items; false: no room. */
static bool list_new(struct arena *arena, const struct shape_field *field, uint8_t *message,
		     size_t count, size_t item_bytes, uint8_t **out)
{
	*out = arena_alloc(arena, count * item_bytes);
	memcpy(message + field->offset, out, sizeof(*out));
	memcpy(message + field->offset_of_count, &count, sizeof(count));
	return *out != NULL;
}

static bool packed_read(struct arena *arena, const struct shape_field *field, uint8_t *message,
			struct bytes data)
{
	size_t item_bytes = sizeof(uint32_t);
	struct walk walk = walk_of(data);
	size_t count = 0;
	uint8_t *items;

	ASSERT(!field->is_wide); /* no message lists numbers of 64 bits */
	for (size_t i = 0; i < data.len; i++)
		count += data.at[i] < 0x80;
	if (!list_new(arena, field, message, count, item_bytes, &items))
		return false;
	for (; walk.at < walk.end; items += item_bytes)
		number_set(field, items, number_next(&walk));
	return true;
}

static bool message_read(struct arena *arena, const struct shape *shape, struct bytes data,
			 ProtobufCMessage **out);

/* Text, bytes or a message, into the place that the struct or the list has for it. */
static bool value_read(struct arena *arena, const struct shape_field *field, uint8_t *at,
		       struct bytes data)
{
	ProtobufCMessage *message;
	ProtobufCBinaryData bytes;
	char *text;

	if (field->bound->kind == BOUND_TEXT) {
		text = arena_copy(arena, data.at, data.len);
		memcpy(at, &text, sizeof(text));
		return text != NULL;
	}
	if (field->bound->kind == BOUND_BYTES) {
		bytes = (ProtobufCBinaryData){data.len, arena_alloc(arena, data.len)};
		memcpy(at, &bytes, sizeof(bytes));
		if (bytes.data == NULL)
			return false;
		memcpy(bytes.data, data.at, data.len); /* never of no bytes */
		return true;
	}
	ASSERT(field->bound->kind == BOUND_MESSAGE);
	if (!message_read(arena, field->child, data, &message))
		return false;
	memcpy(at, &message, sizeof(message));
	return true;
}

/* How many items of the list there are, the first's tag having been read. */
static size_t list_count(const struct shape_field *field, struct walk walk)
{
	size_t count = 1;

	(void)bytes_next(&walk);
	while (walk.at < walk.end && number_next(&walk) >> 3 == field->id) {
		(void)bytes_next(&walk);
		count++;
	}
	return count;
}

static bool list_read(struct arena *arena, const struct shape_field *field, uint8_t *message,
		      struct walk *walk)
{
	size_t item_bytes = field->bound->kind == BOUND_BYTES ? sizeof(ProtobufCBinaryData)
							       : sizeof(void *);
	size_t count = list_count(field, *walk);
	uint8_t *items;

	if (!list_new(arena, field, message, count, item_bytes, &items))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			(void)number_next(walk);
		if (!value_read(arena, field, items + i * item_bytes, bytes_next(walk)))
			return false;
	}
	return true;
}

static bool field_read(struct arena *arena, const struct shape_field *field, uint8_t *message,
		       struct walk *walk)
{
	if (field->is_oneof)
		memcpy(message + field->offset_of_count, &field->id, sizeof(field->id));
	if (field->is_packed)
		return packed_read(arena, field, message, bytes_next(walk));
	if (field->is_list)
		return list_read(arena, field, message, walk);
	if (field->wire == WIRE_LENGTH)
		return value_read(arena, field, message + field->offset, bytes_next(walk));
	number_set(field, message + field->offset, number_next(walk));
	return true;
}

static bool message_read(struct arena *arena, const struct shape *shape, struct bytes data,
			 ProtobufCMessage **out)
{
	ProtobufCMessage *message = arena_alloc(arena, shape->type->sizeof_message);
	struct walk walk = walk_of(data);
	uint32_t index = 0;

	if (message == NULL)
		return false;
	shape->type->message_init(message);
	while (walk.at < walk.end) {
		uint64_t id = number_next(&walk) >> 3;

		/* known, and in ascending order: the canonical walk has seen to it */
		ASSERT(index < shape->fields_count);
		while (shape->fields[index].id != id) {
			index++;
			ASSERT(index < shape->fields_count);
		}
		if (!field_read(arena, &shape->fields[index], (uint8_t *)message, &walk))
			return false;
	}
	*out = message;
	return true;
}

ProtobufCMessage *canon_unpack(struct arena *arena, const ProtobufCMessageDescriptor *type,
			       struct bytes data)
{
	ProtobufCMessage *message;

	return message_read(arena, shape_of(type), data, &message) ? message : NULL;
}
