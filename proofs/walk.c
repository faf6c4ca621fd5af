#include "proofs/walk.h"

#define FIELD_MAX 536870911u /* 2^29 - 1 */

uint64_t walk_varint(struct cursor *cursor)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 70; shift += 7) {
		uint8_t byte = cursor_u8(cursor);

		if (cursor->has_failed || (shift == 63 && byte > 1))
			break;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte >= 0x80)
			continue;
		if (byte == 0 && shift > 0)
			break;
		return value;
	}
	cursor->has_failed = true;
	return 0;
}

/* What was found belongs into the field, if it is one that is asked for. */
static bool take(struct walk_field *field, enum walk_type type, uint64_t number,
		 struct bytes bytes)
{
	if ((field->is_there && !field->is_repeated) || field->type != type ||
	    number < field->least || number > field->most)
		return false;
	field->is_there = true;
	if (field->is_repeated) {
		field->value++;
		return true;
	}
	field->value = type == WALK_NUMBER ? number : 0;
	field->bytes = bytes;
	return true;
}

static bool walk_field(struct cursor *cursor, uint64_t *number, struct walk_field *fields,
		       size_t fields_count)
{
	uint64_t tag = walk_varint(cursor), before = *number, value;
	struct bytes bytes = {NULL, 0};

	*number = tag >> 3;
	if (*number == 0 || *number > FIELD_MAX || *number < before ||
	    ((tag & 7) != WALK_NUMBER && (tag & 7) != WALK_BYTES))
		return false;
	value = walk_varint(cursor);
	if ((tag & 7) == WALK_BYTES) {
		if (value > cursor->left)
			return false;
		bytes = cursor_take(cursor, (size_t)value);
	}
	if (cursor->has_failed)
		return false;
	for (size_t i = 0; i < fields_count; i++)
		if (fields[i].number == *number &&
		    !take(&fields[i], (enum walk_type)(tag & 7), value, bytes))
			return false;
	return true;
}

bool walk_message(struct bytes message, struct walk_field *fields, size_t fields_count)
{
	struct cursor cursor = cursor_of(message);
	uint64_t number = 0;

	while (cursor.left > 0)
		if (!walk_field(&cursor, &number, fields, fields_count))
			return false;
	for (size_t i = 0; i < fields_count; i++)
		if (fields[i].is_needed && !fields[i].is_there)
			return false;
	return true;
}
