#include "proto/json_pb.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/bytes.h"

static void name_lower(char out[ENUM_NAME_MAX], const char *name)
{
	size_t len = 0;

	ASSERT(strlen(name) < ENUM_NAME_MAX);
	for (; name[len] != '\0'; len++)
		out[len] = (char)tolower((unsigned char)name[len]);
	out[len] = '\0';
}

void enum_name(char out[ENUM_NAME_MAX], const ProtobufCEnumDescriptor *type, int value)
{
	const ProtobufCEnumValue *found = protobuf_c_enum_descriptor_get_value(type, value);
	const char *bare = found == NULL ? "" : found->name;

	if (strchr(bare, '_') != NULL)
		bare = strchr(bare, '_') + 1;
	name_lower(out, bare);
}

static json_t *json_of_u64(uint64_t value)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRIu64, value);
	return json_string(text);
}

static json_t *json_of_hex(const ProtobufCBinaryData *data)
{
	char *text = malloc(2 * data->len + 1);
	json_t *out;

	if (text == NULL)
		return NULL;
	hex_encode(text, data->data, data->len);
	out = json_string(text);
	free(text);
	return out;
}

static json_t *json_of_enum(const ProtobufCFieldDescriptor *field, int value)
{
	char name[ENUM_NAME_MAX];

	enum_name(name, field->descriptor, value);
	return json_string(name);
}

/* One element; at points to it. */
static json_t *json_of_element(const ProtobufCFieldDescriptor *field, const void *at)
{
	switch (field->type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
		return json_integer(*(const int32_t *)at);
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
		return json_integer(*(const uint32_t *)at);
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
		return json_of_u64(*(const uint64_t *)at);
	case PROTOBUF_C_TYPE_BOOL:
		return json_boolean(*(const protobuf_c_boolean *)at);
	case PROTOBUF_C_TYPE_ENUM:
		return json_of_enum(field, *(const int *)at);
	case PROTOBUF_C_TYPE_STRING:
		return json_string(*(char *const *)at);
	case PROTOBUF_C_TYPE_BYTES:
		return json_of_hex(at);
	case PROTOBUF_C_TYPE_MESSAGE:
		return json_of_message(*(ProtobufCMessage *const *)at);
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_FLOAT:
	case PROTOBUF_C_TYPE_DOUBLE:
		break; /* no message of ours has such a field */
	}
	UNREACHABLE();
}

static size_t element_size(ProtobufCType type)
{
	switch (type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_FLOAT:
		return sizeof(uint32_t);
	case PROTOBUF_C_TYPE_ENUM:
		return sizeof(int);
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_DOUBLE:
		return sizeof(uint64_t);
	case PROTOBUF_C_TYPE_BOOL:
		return sizeof(protobuf_c_boolean);
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_MESSAGE:
		return sizeof(void *);
	case PROTOBUF_C_TYPE_BYTES:
		return sizeof(ProtobufCBinaryData);
	}
	UNREACHABLE();
}

/* A field of proto3 that is not in a oneof is absent when it has its default. */
static bool has_default(const ProtobufCFieldDescriptor *field, const void *at)
{
	static const uint8_t zeros[sizeof(uint64_t)];

	switch (field->type) {
	case PROTOBUF_C_TYPE_STRING:
		return *(char *const *)at == NULL || **(char *const *)at == '\0';
	case PROTOBUF_C_TYPE_BYTES:
		return ((const ProtobufCBinaryData *)at)->len == 0;
	case PROTOBUF_C_TYPE_MESSAGE:
		return *(ProtobufCMessage *const *)at == NULL;
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_FLOAT:
	case PROTOBUF_C_TYPE_DOUBLE:
	case PROTOBUF_C_TYPE_BOOL:
	case PROTOBUF_C_TYPE_ENUM:
		break;
	}
	return memcmp(at, zeros, element_size(field->type)) == 0;
}

static json_t *json_of_list(const ProtobufCFieldDescriptor *field, const uint8_t *at, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(list, json_of_element(field,
								  at + i * element_size(field->type)));
	return list;
}

/* NULL where the field is absent. */
static json_t *json_of_field(const ProtobufCFieldDescriptor *field, const uint8_t *message)
{
	const uint8_t *at = message + field->offset;

	if (field->label == PROTOBUF_C_LABEL_REPEATED) {
		size_t count = *(const size_t *)(const void *)(message + field->quantifier_offset);
		const void *list = *(void *const *)(const void *)at;

		return count == 0 ? NULL : json_of_list(field, list, count);
	}
	if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
		const int *chosen = (const void *)(message + field->quantifier_offset);

		return *chosen == (int)field->id ? json_of_element(field, at) : NULL;
	}
	return has_default(field, at) ? NULL : json_of_element(field, at);
}

json_t *json_of_message(const void *message)
{
	const ProtobufCMessageDescriptor *type = ((const ProtobufCMessage *)message)->descriptor;
	json_t *object = json_object();

	for (unsigned i = 0; i < type->n_fields; i++) {
		json_t *value = json_of_field(&type->fields[i], message);

		if (value != NULL)
			(void)json_object_set_new(object, type->fields[i].name, value);
	}
	return object;
}

/* The one field with that number. */
static json_t *json_of_chosen(const ProtobufCMessage *message, unsigned number)
{
	const ProtobufCFieldDescriptor *field =
		protobuf_c_message_descriptor_get_field(message->descriptor, number);

	return field == NULL ? NULL : json_of_field(field, (const void *)message);
}

json_t *json_of_operation(const Stele__TransactionBody *body)
{
	return json_of_chosen(&body->base, (unsigned)body->operation_case);
}

json_t *json_of_motion_operation(const Stele__MotionOperation *operation)
{
	return json_of_chosen(&operation->base, (unsigned)operation->operation_case);
}

void org_status_name(char out[ENUM_NAME_MAX], Stele__OrgStatus status)
{
	enum_name(out, &stele__org_status__descriptor, (int)status);
}

void award_state_name(char out[ENUM_NAME_MAX], Stele__AwardState state)
{
	enum_name(out, &stele__award_state__descriptor, (int)state);
}

void claim_state_name(char out[ENUM_NAME_MAX], Stele__ClaimState state)
{
	enum_name(out, &stele__claim_state__descriptor, (int)state);
}

void motion_state_name(char out[ENUM_NAME_MAX], Stele__MotionState state)
{
	enum_name(out, &stele__motion_state__descriptor, (int)state);
}

void proposal_state_name(char out[ENUM_NAME_MAX], Stele__ProposalState state)
{
	enum_name(out, &stele__proposal_state__descriptor, (int)state);
}

void objection_state_name(char out[ENUM_NAME_MAX], Stele__ObjectionState state)
{
	enum_name(out, &stele__objection_state__descriptor, (int)state);
}

void assessment_name(char out[ENUM_NAME_MAX], Stele__Assessment result)
{
	enum_name(out, &stele__assessment__descriptor, (int)result);
}

void value_type_name(char out[ENUM_NAME_MAX], uint8_t type)
{
	static const char *const names[UINT8_MAX + 1] = {
#define VALUE_NAMED(name, number, message) [number] = #name,
		VALUE_LIST(VALUE_NAMED)
#undef VALUE_NAMED
	};

	name_lower(out, names[type] == NULL ? "" : names[type]);
}
