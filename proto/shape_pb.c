#include "proto/shape_pb.h"

#include <pthread.h>
#include <string.h>

#include "proto/canon.h"
#include "proto/peer.pb-c.h"
#include "proto/state.pb-c.h"
#include "proto/tx.pb-c.h"

#define SHAPES_MAX 192
#define FIELDS_MAX 1024
#define PLACES 512 /* of the table by type; more than twice as many as shapes */

static const ProtobufCMessageDescriptor *const roots[] = {
	&stele__transaction_body__descriptor,    &stele__signed_transaction__descriptor,
	&stele__batch_entries__descriptor,       &stele__count_value__descriptor,
	&stele__org_value__descriptor,           &stele__key_value__descriptor,
	&stele__name_value__descriptor,          &stele__policy_value__descriptor,
	&stele__limits_value__descriptor,        &stele__motion_value__descriptor,
	&stele__part_value__descriptor,          &stele__quota_value__descriptor,
	&stele__taken_value__descriptor,         &stele__programme_value__descriptor,
	&stele__award_value__descriptor,         &stele__disbursement_value__descriptor,
	&stele__claim_value__descriptor,         &stele__note_value__descriptor,
	&stele__evidence_value__descriptor,
	&stele__pending_set_value__descriptor,
	&stele__pending_member_value__descriptor,
	&stele__ready_value__descriptor,
	&stele__upgrade_value__descriptor,
	&stele__call_value__descriptor,
	&stele__proposal_value__descriptor,
	&stele__party_value__descriptor,
	&stele__reviewer_value__descriptor,
	&stele__review_value__descriptor,
	&stele__objection_value__descriptor,
	&stele__milestone_value__descriptor,
	&stele__recovery_value__descriptor,
	&stele__delegation_value__descriptor,
	&stele__commit_value__descriptor,
	&stele__rollup_value__descriptor,
	&stele__propagation_value__descriptor,
	&stele__motion_operation__descriptor,    &stele__hello_message__descriptor,
	&stele__vote_message__descriptor,        &stele__proposal_message__descriptor,
	&stele__certificate_message__descriptor, &stele__status_message__descriptor,
	&stele__certificate_request__descriptor, &stele__votes_request__descriptor,
	&stele__votes_message__descriptor,       &stele__block_request__descriptor,
	&stele__parcel_message__descriptor,      &stele__parcel_request__descriptor,
	&stele__range_request__descriptor,       &stele__range_message__descriptor,
	&stele__transactions_message__descriptor, &stele__evidence_message__descriptor,
	&stele__refuse_message__descriptor,
	&stele__announcement__descriptor,
};

/* Written once under shapes_once, read-only ever after. */
static pthread_once_t shapes_once = PTHREAD_ONCE_INIT;
static struct shape shapes[SHAPES_MAX];
static uint32_t shapes_count;
static const struct shape *places[PLACES];
static struct shape_field shape_fields[FIELDS_MAX];
static uint32_t shape_fields_count;

/* Where the table has the shape of this type, or would. */
static const struct shape **place_of(const ProtobufCMessageDescriptor *type)
{
	size_t at = (size_t)((uintptr_t)type * UINT64_C(0x9e3779b97f4a7c15) >> 55) % PLACES;

	while (places[at] != NULL && places[at]->type != type)
		at = (at + 1) % PLACES;
	return &places[at];
}

static uint64_t enum_max(const ProtobufCEnumDescriptor *type)
{
	/* Values 0, 1, 2 … without gaps: one comparison tells a known one. */
	for (unsigned i = 0; i < type->n_values; i++)
		ASSERT(type->values[i].value == (int)i);
	return type->n_values - 1;
}

static enum bound_kind field_type(struct shape_field *out, const ProtobufCFieldDescriptor *field)
{
	out->wire = WIRE_VARINT;
	out->is_wide = field->type == PROTOBUF_C_TYPE_UINT64;
	/* Types that the rules of section 1 exclude end here, at the first start. */
	if (field->type == PROTOBUF_C_TYPE_STRING) {
		out->wire = WIRE_LENGTH;
		return BOUND_TEXT;
	}
	if (field->type == PROTOBUF_C_TYPE_BYTES) {
		out->wire = WIRE_LENGTH;
		return BOUND_BYTES;
	}
	if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
		out->wire = WIRE_LENGTH;
		return BOUND_MESSAGE;
	}
	if (field->type == PROTOBUF_C_TYPE_ENUM) {
		out->value_max = enum_max(field->descriptor);
	} else if (field->type == PROTOBUF_C_TYPE_BOOL) {
		out->value_max = 1;
	} else if (field->type == PROTOBUF_C_TYPE_UINT32) {
		out->value_max = UINT32_MAX;
	} else {
		ASSERT(field->type == PROTOBUF_C_TYPE_UINT64);
		out->value_max = UINT64_MAX;
	}
	return BOUND_NUMBER;
}

static void field_build(struct shape_field *out, const ProtobufCMessageDescriptor *type,
			const ProtobufCFieldDescriptor *field)
{
	bool is_repeated = field->label == PROTOBUF_C_LABEL_REPEATED;
	enum bound_kind kind;

	out->id = field->id;
	out->bound = bound_find(type->short_name, field->name);
	ASSERT(out->bound != NULL);
	kind = field_type(out, field);
	ASSERT(kind == out->bound->kind);
	ASSERT(is_repeated == (out->bound->count_max > 0));
	ASSERT(kind != BOUND_NUMBER || out->bound->min == 1);
	out->is_packed = is_repeated && kind == BOUND_NUMBER;
	out->is_list = is_repeated && !out->is_packed;
	if (out->is_packed) {
		ASSERT((field->flags & PROTOBUF_C_FIELD_FLAG_PACKED) != 0);
		ASSERT(out->bound->form == FORM_ASCENDING);
		/* ascending from 1, so its length needs no check of its own */
		ASSERT(out->bound->max <= out->bound->count_max ||
		       out->value_max <= out->bound->count_max);
		out->wire = WIRE_LENGTH;
	}
	out->is_oneof = (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
	out->offset = field->offset;
	out->offset_of_count = field->quantifier_offset;
}

static const struct shape *shape_build(const ProtobufCMessageDescriptor *type, unsigned depth)
{
	const struct shape *known = *place_of(type);
	struct shape *shape;
	struct shape_field *fields = &shape_fields[shape_fields_count];

	ASSERT(depth <= CANON_DEPTH); /* also: no message contains itself */
	if (known != NULL)
		return known;
	ASSERT(type->n_fields <= 64);
	ASSERT(shape_fields_count + type->n_fields <= FIELDS_MAX);
	shape_fields_count += type->n_fields;
	for (uint32_t i = 0; i < type->n_fields; i++)
		field_build(&fields[i], type, &type->fields[i]);
	for (uint32_t i = 0; i < type->n_fields; i++) {
		if (type->fields[i].type == PROTOBUF_C_TYPE_MESSAGE)
			fields[i].child = shape_build(type->fields[i].descriptor, depth + 1);
	}
	ASSERT(shapes_count < SHAPES_MAX);
	shape = &shapes[shapes_count++];
	*shape = (struct shape){.type = type, .fields = fields, .fields_count = type->n_fields};
	for (uint32_t i = 0; i < type->n_fields; i++) {
		if (fields[i].is_oneof)
			shape->needs_oneof = true; /* no message has two */
		else if (fields[i].bound->is_required)
			shape->required |= UINT64_C(1) << i;
	}
	*place_of(type) = shape;
	return shape;
}

static void shapes_build(void)
{
	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
		(void)shape_build(roots[i], 1);
}

const struct shape *shape_of(const ProtobufCMessageDescriptor *type)
{
	const struct shape *shape;

	ASSERT(pthread_once(&shapes_once, shapes_build) == 0);
	shape = *place_of(type);
	ASSERT(shape != NULL);
	return shape;
}
