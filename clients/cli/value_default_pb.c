#include "clients/cli/value_default.h"

#include <string.h>

#include "proto/json_pb.h"

static const ProtobufCMessageDescriptor *form_of(const char *type)
{
	char name[ENUM_NAME_MAX];

#define VALUE_FORM(upper, number, message) \
	value_type_name(name, VALUE_##upper); \
	if (strcmp(name, type) == 0) \
		return ((const Stele__##message##Value)STELE__##upper##_VALUE__INIT).base.descriptor;
	VALUE_LIST(VALUE_FORM)
#undef VALUE_FORM
	return NULL;
}

static json_t *enum_default(const ProtobufCEnumDescriptor *type)
{
	char name[ENUM_NAME_MAX];

	enum_name(name, type, 0);
	return name[0] != '\0' ? json_string(name) : NULL;
}

json_t *value_default(const char *type, const char *member)
{
	const ProtobufCMessageDescriptor *form = form_of(type);
	const ProtobufCFieldDescriptor *field =
		form != NULL ? protobuf_c_message_descriptor_get_field_by_name(form, member) : NULL;

	if (field == NULL || field->label == PROTOBUF_C_LABEL_REPEATED)
		return NULL;
	switch ((int)field->type) { /* the types that our messages have */
	case PROTOBUF_C_TYPE_UINT32:
		return json_integer(0);
	case PROTOBUF_C_TYPE_UINT64:
		return json_string("0");
	case PROTOBUF_C_TYPE_BOOL:
		return json_false();
	case PROTOBUF_C_TYPE_ENUM:
		return enum_default(field->descriptor);
	}
	return NULL;
}
