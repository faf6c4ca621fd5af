/* The canonical walk and protobuf-c behind canon.h.
 *
 * protobuf-c keeps unknown fields, takes non-canonical encodings and knows no
 * limits, so it only ever sees bytes that the walk has let pass.  Descriptors
 * and bounds are joined once into shapes, which the walk follows field by field
 * in ascending order. */
#include "proto/canon.h"

#include <pthread.h>
#include <string.h>

#include "base/mutant.h"
#include "proto/bounds.h"
#include "proto/peer.pb-c.h"
#include "proto/state.pb-c.h"
#include "proto/tx.pb-c.h"

#define SHAPES_MAX 192
#define FIELDS_MAX 1024
#define WIRE_VARINT 0
#define WIRE_LENGTH 2

struct shape_field {
	uint32_t id;
	uint8_t wire;
	bool is_list;   /* not packed: the tag repeats */
	bool is_packed;
	bool is_oneof;
	uint64_t value_max; /* of the type: above it the encoding is wrong */
	const struct bound *bound;
	const struct shape *child;
};

struct shape {
	const ProtobufCMessageDescriptor *type;
	const struct shape_field *fields;
	uint32_t fields_count;
	uint64_t required; /* bit i: field i, members of a oneof apart */
	bool needs_oneof;  /* its one oneof has exactly one member */
};

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
};

/* Written once under shapes_once, read-only ever after. */
static pthread_once_t shapes_once = PTHREAD_ONCE_INIT;
static struct shape shapes[SHAPES_MAX];
static uint32_t shapes_count;
static struct shape_field shape_fields[FIELDS_MAX];
static uint32_t shape_fields_count;

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

/* --- joining descriptors and bounds ------------------------------------- */

static const struct shape *shape_find(const ProtobufCMessageDescriptor *type)
{
	for (uint32_t i = 0; i < shapes_count; i++) {
		if (shapes[i].type == type)
			return &shapes[i];
	}
	return NULL;
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
}

static const struct shape *shape_build(const ProtobufCMessageDescriptor *type, unsigned depth)
{
	const struct shape *known = shape_find(type);
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
	return shape;
}

static void shapes_build(void)
{
	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
		(void)shape_build(roots[i], 1);
}

/* --- the walk ------------------------------------------------------------ */

struct walk {
	const uint8_t *at;
	const uint8_t *end;
};

static struct walk walk_of(struct bytes data)
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
	const struct shape *shape;

	blamed.message = NULL;
	ASSERT(pthread_once(&shapes_once, shapes_build) == 0);
	shape = shape_find(type);
	ASSERT(shape != NULL);
	return check_message(shape, data);
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

/* --- protobuf-c ---------------------------------------------------------- */

static void *allocate(void *arena, size_t len)
{
	return arena_alloc(arena, len);
}

/* The arena frees all at once. */
static void release(void *arena, void *at)
{
	(void)arena;
	(void)at;
}

ProtobufCMessage *canon_unpack(struct arena *arena, const ProtobufCMessageDescriptor *type,
			       struct bytes data)
{
	ProtobufCAllocator allocator = {allocate, release, arena};
	static const uint8_t nothing[1];

	return protobuf_c_message_unpack(type, &allocator, data.len,
					 data.at != NULL ? data.at : nothing);
}

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
