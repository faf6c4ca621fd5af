#include "proto/value.h"

#include "base/limits.h"
#include "proto/bounds.h"
#include "proto/canon.h"

static const ProtobufCMessageDescriptor *descriptor(enum value_type type)
{
	switch (type) {
	case VALUE_COUNT:
		return &stele__count_value__descriptor;
	case VALUE_ORG:
		return &stele__org_value__descriptor;
	case VALUE_KEY:
		return &stele__key_value__descriptor;
	case VALUE_NAME:
		return &stele__name_value__descriptor;
	case VALUE_POLICY:
		return &stele__policy_value__descriptor;
	case VALUE_LIMITS:
		return &stele__limits_value__descriptor;
	case VALUE_MOTION:
		return &stele__motion_value__descriptor;
	case VALUE_PART:
		return &stele__part_value__descriptor;
	case VALUE_QUOTA:
		return &stele__quota_value__descriptor;
	case VALUE_TAKEN:
		return &stele__taken_value__descriptor;
	case VALUE_PROGRAMME:
		return &stele__programme_value__descriptor;
	case VALUE_AWARD:
		return &stele__award_value__descriptor;
	case VALUE_DISBURSEMENT:
		return &stele__disbursement_value__descriptor;
	case VALUE_CLAIM:
		return &stele__claim_value__descriptor;
	case VALUE_NOTE:
		return &stele__note_value__descriptor;
	case VALUE_EVIDENCE:
		return &stele__evidence_value__descriptor;
	case VALUE_PENDING_SET:
		return &stele__pending_set_value__descriptor;
	case VALUE_PENDING_MEMBER:
		return &stele__pending_member_value__descriptor;
	case VALUE_READY:
		return &stele__ready_value__descriptor;
	case VALUE_UPGRADE:
		return &stele__upgrade_value__descriptor;
	case VALUE_CALL:
		return &stele__call_value__descriptor;
	case VALUE_PROPOSAL:
		return &stele__proposal_value__descriptor;
	case VALUE_PARTY:
		return &stele__party_value__descriptor;
	case VALUE_REVIEWER:
		return &stele__reviewer_value__descriptor;
	case VALUE_REVIEW:
		return &stele__review_value__descriptor;
	case VALUE_OBJECTION:
		return &stele__objection_value__descriptor;
	case VALUE_MILESTONE:
		return &stele__milestone_value__descriptor;
	case VALUE_RECOVERY:
		return &stele__recovery_value__descriptor;
	case VALUE_DELEGATION:
		return &stele__delegation_value__descriptor;
	case VALUE_COMMIT:
		return &stele__commit_value__descriptor;
	case VALUE_ROLLUP:
		return &stele__rollup_value__descriptor;
	case VALUE_PROPAGATION:
		return &stele__propagation_value__descriptor;
	}
	return NULL;
}

enum err value_encode(struct buf *out, enum value_type type, const void *message)
{
	const ProtobufCMessage *base = message;
	size_t len = protobuf_c_message_get_packed_size(base);
	uint8_t *room;

	ASSERT(base->descriptor == descriptor(type));
	if (len >= LIMIT_VALUE_BYTES)
		return ERR_VALUE_SIZE;
	room = buf_grow(out, 1 + len);
	if (room == NULL)
		return ERR_MEMORY;
	room[0] = (uint8_t)type;
	(void)protobuf_c_message_pack(base, room + 1);
	/* What is written can be read: a value out of its bounds would stop every
	 * node at its next reading instead. */
	ASSERT(canon_check(base->descriptor, bytes_of(room + 1, len)) == CANON_OK);
	return ERR_OK;
}

enum err value_decode(struct arena *arena, struct bytes value, enum value_type type,
		      void **message)
{
	const ProtobufCMessageDescriptor *form = descriptor(type);
	struct bytes encoded;
	ProtobufCMessage *decoded;

	ASSERT(form != NULL);
	if (value.len < 1 || value.len > LIMIT_VALUE_BYTES || value.at[0] != (uint8_t)type)
		return ERR_STORE_DAMAGED;
	encoded = bytes_of(value.at + 1, value.len - 1);
	if (canon_check(form, encoded) != CANON_OK)
		return ERR_STORE_DAMAGED;
	decoded = canon_unpack(arena, form, encoded);
	if (decoded == NULL)
		return ERR_MEMORY;
	*message = decoded;
	return ERR_OK;
}

bool key_segment_is_valid(struct bytes segment)
{
	return bound_form_fits(FORM_SEGMENT, segment);
}

bool key_is_valid(struct bytes key)
{
	size_t from = 0;

	if (key.len > LIMIT_KEY_BYTES)
		return false;
	for (size_t i = 0; i <= key.len; i++) {
		if (i < key.len && key.at[i] != '/')
			continue;
		if (!key_segment_is_valid(bytes_of(key.at + from, i - from)))
			return false;
		from = i + 1;
	}
	return true;
}
