#include "ledger/apply/carried.h"

#include <inttypes.h>

#include "crypto/digest.h"
#include "ledger/apply/values.h"

#define OPERATION_BYTES_MAX ((size_t)LIMIT_MOTION_PARTS * LIMIT_MOTION_PART_BYTES)
#define OPERATION_CASE(name) STELE__MOTION_OPERATION__OPERATION_##name

static struct state_key key_of_part(uint64_t motion, uint32_t k)
{
	return state_key("motion/%" PRIu64 "/part/%" PRIu32, motion, k);
}

static enum err put_parts(struct apply *apply, Stele__MotionValue *motion,
			  const struct buf *operation)
{
	enum err err = ERR_OK;

	for (size_t from = 0; err == ERR_OK && from < operation->len;
	     from += LIMIT_MOTION_PART_BYTES) {
		Stele__PartValue part = STELE__PART_VALUE__INIT;
		size_t left = operation->len - from;

		part.data.data = operation->at + from;
		part.data.len = left < LIMIT_MOTION_PART_BYTES ? left : LIMIT_MOTION_PART_BYTES;
		motion->parts++;
		err = put_part(apply, key_of_part(motion->number, motion->parts), &part);
	}
	return err;
}

enum err carried_put(struct apply *apply, Stele__MotionValue *motion,
		     const Stele__MotionOperation *operation)
{
	struct hash *hash = arena_alloc(apply->arena, sizeof(*hash));
	struct buf encoded;
	enum err err;

	if (hash == NULL)
		return ERR_MEMORY;
	buf_init(&encoded, LIMIT_TX_BYTES);
	motion_operation_encode(&encoded, operation);
	if (encoded.has_failed) {
		err = ERR_MEMORY;
	} else if (encoded.len > OPERATION_BYTES_MAX) {
		err = ERR_VALUE_SIZE; /* M-02 */
	} else {
		sha256(hash, encoded.at, encoded.len);
		motion->operation_sha256 = (ProtobufCBinaryData){sizeof(hash->b), hash->b};
		err = put_parts(apply, motion, &encoded);
	}
	buf_release(&encoded);
	return err;
}

enum err carried_get(struct apply *apply, const Stele__MotionValue *motion,
		     Stele__MotionOperation **out)
{
	struct buf joined;
	enum err err = ERR_OK;

	buf_init(&joined, OPERATION_BYTES_MAX);
	for (uint32_t k = 1; err == ERR_OK && k <= motion->parts; k++) {
		Stele__PartValue *part;

		err = get_part(apply, key_of_part(motion->number, k), &part);
		if (err == ERR_OK)
			buf_add(&joined, part->data.data, part->data.len);
	}
	if (err == ERR_OK && joined.has_failed)
		err = ERR_MEMORY;
	if (err == ERR_OK)
		err = motion_operation_decode(apply->arena, buf_bytes(&joined), out);
	buf_release(&joined);
	if (err == ERR_NOT_FOUND || err == ERR_TX_ENCODING || err == ERR_TX_FIELD)
		return ERR_STORE_DAMAGED; /* what was put there had the form */
	return err;
}

enum err carried_apply(struct apply *apply, const Stele__MotionOperation *operation)
{
	switch (operation->operation_case) {
	case OPERATION_CASE(ORG_REGISTER):
		return org_register(apply, operation->org_register);
	case OPERATION_CASE(KEY_ADD):
		return key_add(apply, operation->key_add);
	case OPERATION_CASE(POLICY_SET):
		return policy_set(apply, operation->policy_set);
	case OPERATION_CASE(PROGRAMME_CREATE):
		return programme_create(apply, operation->programme_create);
	case OPERATION_CASE(AWARD_GRANT):
		return award_grant(apply, operation->award_grant);
	case OPERATION_CASE(AWARD_IMPORT):
		return award_import(apply, operation->award_import);
	case OPERATION_CASE(DISBURSEMENT_RECORD):
		return disbursement_record(apply, operation->disbursement_record);
	case OPERATION_CASE(ORG_STATUS):
		return org_status(apply, operation->org_status);
	case OPERATION_CASE(KEY_ROTATE):
		return key_rotate(apply, operation->key_rotate);
	case OPERATION_CASE(KEY_REVOKE):
		return key_revoke(apply, operation->key_revoke);
	case OPERATION_CASE(VALIDATORS_SET):
		return validators_set(apply, operation->validators_set);
	case OPERATION_CASE(UPGRADE_PLAN):
		return upgrade_plan(apply, operation->upgrade_plan);
	case OPERATION_CASE(PROGRAMME_AMEND):
		return programme_amend(apply, operation->programme_amend);
	case OPERATION_CASE(PROGRAMME_CLOSE):
		return programme_close(apply, operation->programme_close);
	case OPERATION_CASE(CALL_PUBLISH):
		return call_publish(apply, operation->call_publish);
	case OPERATION_CASE(CALL_AMEND):
		return call_amend(apply, operation->call_amend);
	case OPERATION_CASE(CALL_CANCEL):
		return call_cancel(apply, operation->call_cancel);
	case OPERATION_CASE(PANEL_APPOINT):
		return panel_appoint(apply, operation->panel_appoint);
	case OPERATION_CASE(DECISION_PUBLISH):
		return decision_publish(apply, operation->decision_publish);
	case OPERATION_CASE(OBJECTION_RESOLVE):
		return objection_resolve(apply, operation->objection_resolve);
	case OPERATION_CASE(AWARD_AMEND):
		return award_amend(apply, operation->award_amend);
	case OPERATION_CASE(MILESTONE_ASSESS):
		return milestone_assess(apply, operation->milestone_assess);
	case OPERATION_CASE(DISBURSEMENT_REVERSE):
		return disbursement_reverse(apply, operation->disbursement_reverse);
	case OPERATION_CASE(AWARD_SUSPEND):
		return award_suspend(apply, operation->award_suspend);
	case OPERATION_CASE(AWARD_RESUME):
		return award_resume(apply, operation->award_resume);
	case OPERATION_CASE(AWARD_TERMINATE):
		return award_terminate(apply, operation->award_terminate);
	case OPERATION_CASE(AWARD_COMPLETE):
		return award_complete(apply, operation->award_complete);
	case OPERATION_CASE(AWARD_CLOSE):
		return award_close(apply, operation->award_close);
	case OPERATION_CASE(RECOVERY_DEMAND):
		return recovery_demand(apply, operation->recovery_demand);
	case OPERATION_CASE(RECOVERY_RECEIVE):
		return recovery_receive(apply, operation->recovery_receive);
	case OPERATION_CASE(_NOT_SET):
		break;
	}
	UNREACHABLE();
}
