#include "clients/cli/json_read.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"

#define DEPTH_MAX 4

struct walk {
	struct arena *arena;
	char *place;
	unsigned depth;
};

/* --- names of enums --------------------- */

/* Letters and digits alike, whatever case and hyphens. */
static bool is_same_word(const char *a, const char *b)
{
	for (;;) {
		while (*a == '_' || *a == '-')
			a++;
		while (*b == '_' || *b == '-')
			b++;
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (*a == '\0')
			return true;
		a++;
		b++;
	}
}

/* All names of an enum begin with the same word: SOURCE_, RELATION_, ROLE_. */
static bool enum_read(int *out, const ProtobufCEnumDescriptor *type, const char *name)
{
	for (unsigned i = 0; i < type->n_values; i++) {
		const char *own = strchr(type->values[i].name, '_');

		if (own != NULL && type->values[i].value != 0 && is_same_word(own, name)) {
			*out = type->values[i].value;
			return true;
		}
	}
	return false;
}

bool source_type_read(Stele__SourceType *out, const char *name)
{
	int value;

	if (!enum_read(&value, &stele__source_type__descriptor, name))
		return false;
	*out = (Stele__SourceType)value;
	return true;
}

const char *source_type_instead(const char *name)
{
	static const struct {
		const char *retired, *instead;
	} terms[] = {{"minorHumanEdits", "humanEdits"},
		     {"digitalArt", "digitalCreation"},
		     {"softwareImage", "digitalCreation"}};

	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++)
		if (is_same_word(terms[i].retired, name))
			return terms[i].instead;
	return NULL;
}

bool relation_read(Stele__Relation *out, const char *name)
{
	int value;

	if (!enum_read(&value, &stele__relation__descriptor, name))
		return false;
	*out = (Stele__Relation)value;
	return true;
}

/* --- values --------------------- */

static bool message_read(struct walk *walk, const ProtobufCMessageDescriptor *type, void *message,
			 const json_t *object);

static bool number_read(uint64_t *out, uint64_t max, const json_t *value)
{
	uint64_t number;

	if (json_is_integer(value) && json_integer_value(value) >= 0)
		number = (uint64_t)json_integer_value(value);
	else if (!json_is_string(value) ||
		 !decimal_decode(&number, bytes_text(json_string_value(value))))
		return false;
	*out = number;
	return number <= max;
}

static bool bytes_read(struct walk *walk, ProtobufCBinaryData *out, const json_t *value)
{
	size_t len = json_string_length(value);

	if (!json_is_string(value) || len == 0 || len % 2 != 0)
		return false;
	out->len = len / 2;
	out->data = arena_alloc(walk->arena, out->len);
	return out->data != NULL &&
	       hex_decode(out->data, out->len, bytes_of(json_string_value(value), len));
}

static bool text_read(struct walk *walk, char **out, const json_t *value)
{
	if (!json_is_string(value) ||
	    strlen(json_string_value(value)) != json_string_length(value))
		return false;
	*out = arena_copy(walk->arena, json_string_value(value), json_string_length(value));
	return *out != NULL;
}

static bool below_read(struct walk *walk, const ProtobufCMessageDescriptor *type, void **out,
		       const json_t *value)
{
	*out = arena_alloc(walk->arena, type->sizeof_message);
	if (*out == NULL)
		return false;
	type->message_init(*out);
	return message_read(walk, type, *out, value);
}

static bool number32_read(uint32_t *out, const json_t *value)
{
	uint64_t number;

	if (!number_read(&number, UINT32_MAX, value))
		return false;
	*out = (uint32_t)number;
	return true;
}

static bool value_read(struct walk *walk, const ProtobufCFieldDescriptor *field, void *at,
		       const json_t *value)
{
	switch ((int)field->type) { /* the types that our messages have */
	case PROTOBUF_C_TYPE_STRING:
		return text_read(walk, at, value);
	case PROTOBUF_C_TYPE_BYTES:
		return bytes_read(walk, at, value);
	case PROTOBUF_C_TYPE_UINT64:
		return number_read(at, INT64_MAX, value);
	case PROTOBUF_C_TYPE_UINT32:
		return number32_read(at, value);
	case PROTOBUF_C_TYPE_ENUM:
		return json_is_string(value) &&
		       enum_read(at, field->descriptor, json_string_value(value));
	case PROTOBUF_C_TYPE_MESSAGE:
		return below_read(walk, field->descriptor, at, value);
	}
	return false;
}

/* The lists of these messages hold messages or texts. */
static bool list_read(struct walk *walk, const ProtobufCFieldDescriptor *field, uint8_t *message,
		      const json_t *list)
{
	size_t count = json_array_size(list);
	void **items = arena_alloc(walk->arena, (count + 1) * sizeof(*items));

	if (!json_is_array(list) || items == NULL ||
	    (field->type != PROTOBUF_C_TYPE_MESSAGE && field->type != PROTOBUF_C_TYPE_STRING))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!value_read(walk, field, &items[i], json_array_get(list, i)))
			return false;
	memcpy(message + field->quantifier_offset, &count, sizeof(count));
	memcpy(message + field->offset, &items, sizeof(items));
	return true;
}

static bool message_read(struct walk *walk, const ProtobufCMessageDescriptor *type, void *message,
			 const json_t *object)
{
	const char *name;
	json_t *value;

	if (!json_is_object(object) || walk->depth == DEPTH_MAX)
		return false;
	walk->depth++;
	json_object_foreach((json_t *)(uintptr_t)object, name, value) {
		const ProtobufCFieldDescriptor *field =
			protobuf_c_message_descriptor_get_field_by_name(type, name);
		uint8_t *at = message;

		(void)snprintf(walk->place, JSON_PLACE_MAX, "%.60s of %.60s", name,
			       type->short_name);
		if (field == NULL)
			return false;
		if (field->label == PROTOBUF_C_LABEL_REPEATED ? !list_read(walk, field, at, value)
							      : !value_read(walk, field,
									    at + field->offset, value))
			return false;
	}
	walk->depth--;
	return true;
}

static bool whole_read(const ProtobufCMessageDescriptor *type, void *out, struct arena *arena,
		       const json_t *object, char place[JSON_PLACE_MAX])
{
	struct walk walk = {.arena = arena, .place = place};

	(void)snprintf(place, JSON_PLACE_MAX, "the whole, which is no object");
	return message_read(&walk, type, out, object);
}

bool json_read_anchor(Stele__ContentAnchor *out, struct arena *arena, const json_t *object,
		      char place[JSON_PLACE_MAX])
{
	return whole_read(&stele__content_anchor__descriptor, out, arena, object, place);
}

bool json_read_proposal(Stele__ProposalContent *out, struct arena *arena, const json_t *object,
			char place[JSON_PLACE_MAX])
{
	return whole_read(&stele__proposal_content__descriptor, out, arena, object, place);
}

bool json_read_review(Stele__ReviewContent *out, struct arena *arena, const json_t *object,
		      char place[JSON_PLACE_MAX])
{
	return whole_read(&stele__review_content__descriptor, out, arena, object, place);
}

/* --- what an object of the API shares with a message --------------------- */

/* The API shows a record's own members among others. */
static bool shared_read(const ProtobufCMessageDescriptor *type, void *out, struct arena *arena,
			const json_t *object, char place[JSON_PLACE_MAX])
{
	json_t *shared = json_object();
	bool is_read;

	for (unsigned i = 0; i < type->n_fields; i++) {
		json_t *member = json_object_get(object, type->fields[i].name);

		if (member != NULL)
			(void)json_object_set(shared, type->fields[i].name, member);
	}
	is_read = whole_read(type, out, arena, shared, place);
	json_decref(shared);
	return is_read;
}

bool json_read_terms(Stele__CallTerms *out, struct arena *arena, const json_t *call,
		     char place[JSON_PLACE_MAX])
{
	return shared_read(&stele__call_terms__descriptor, out, arena, call, place);
}

bool json_read_revealed(Stele__ProposalContent *out, struct arena *arena, const json_t *proposal,
			char place[JSON_PLACE_MAX])
{
	return shared_read(&stele__proposal_content__descriptor, out, arena, proposal, place);
}

bool json_read_programme(Stele__ProgrammeAmend *out, struct arena *arena, const json_t *programme,
			 char place[JSON_PLACE_MAX])
{
	return shared_read(&stele__programme_amend__descriptor, out, arena, programme, place);
}

bool json_read_award(Stele__AwardAmend *out, struct arena *arena, const json_t *award,
		     char place[JSON_PLACE_MAX])
{
	return shared_read(&stele__award_amend__descriptor, out, arena, award, place);
}
