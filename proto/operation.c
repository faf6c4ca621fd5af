/* The table of operations: number, name, whether a motion can carry it, and
 * which purposes of a key sign it. */
#include <string.h>

#include "proto/tx.h"

#define GOVERN (1u << STELE__PURPOSE__PURPOSE_GOVERN)
#define GRANT (1u << STELE__PURPOSE__PURPOSE_GRANT)
#define CONTENT (1u << STELE__PURPOSE__PURPOSE_CONTENT)
#define REVIEW (1u << STELE__PURPOSE__PURPOSE_REVIEW)
#define ANY (GOVERN | GRANT | CONTENT | REVIEW | 1u << STELE__PURPOSE__PURPOSE_PEER)

struct operation {
	uint32_t number;
	const char *name;
	bool is_motionable;
	uint32_t purposes;
};

#define NUMBER(name) STELE__TRANSACTION_BODY__OPERATION_##name

/* Ascending; the numbers are those of the oneof in TransactionBody. */
static const struct operation operations[] = {
	{NUMBER(MOTION_OPEN), "motion.open", false, GOVERN},
	{NUMBER(MOTION_APPROVE), "motion.approve", false, GOVERN | GRANT},
	{NUMBER(MOTION_WITHDRAW), "motion.withdraw", false, GOVERN | GRANT},
	{NUMBER(ORG_REGISTER), "org.register", true, GOVERN},
	{NUMBER(ORG_STATUS), "org.status", true, GOVERN},
	{NUMBER(KEY_ADD), "key.add", true, GOVERN},
	{NUMBER(KEY_ROTATE), "key.rotate", true, ANY},
	{NUMBER(KEY_REVOKE), "key.revoke", true, ANY},
	{NUMBER(POLICY_SET), "policy.set", true, GOVERN},
	{NUMBER(VALIDATORS_SET), "validators.set", true, GOVERN},
	{NUMBER(VALIDATOR_READY), "validator.ready", false, GOVERN},
	{NUMBER(UPGRADE_PLAN), "upgrade.plan", true, GOVERN},
	{NUMBER(PROGRAMME_CREATE), "programme.create", true, GRANT},
	{NUMBER(PROGRAMME_AMEND), "programme.amend", true, GRANT},
	{NUMBER(PROGRAMME_CLOSE), "programme.close", true, GRANT},
	{NUMBER(CALL_PUBLISH), "call.publish", true, GRANT},
	{NUMBER(CALL_AMEND), "call.amend", true, GRANT},
	{NUMBER(CALL_CANCEL), "call.cancel", true, GRANT},
	{NUMBER(PROPOSAL_COMMIT), "proposal.commit", false, GRANT},
	{NUMBER(PROPOSAL_WITHDRAW), "proposal.withdraw", false, GRANT},
	{NUMBER(PROPOSAL_REVEAL), "proposal.reveal", false, GRANT},
	{NUMBER(PANEL_APPOINT), "panel.appoint", true, GRANT},
	{NUMBER(COI_DECLARE), "coi.declare", false, REVIEW},
	{NUMBER(REVIEW_COMMIT), "review.commit", false, REVIEW},
	{NUMBER(REVIEW_REVEAL), "review.reveal", false, REVIEW},
	{NUMBER(DECISION_PUBLISH), "decision.publish", true, GRANT},
	{NUMBER(OBJECTION_FILE), "objection.file", false, GRANT},
	{NUMBER(OBJECTION_RESOLVE), "objection.resolve", true, GRANT},
	{NUMBER(AWARD_GRANT), "award.grant", true, GRANT},
	{NUMBER(AWARD_ACCEPT), "award.accept", false, GRANT},
	{NUMBER(AWARD_AMEND), "award.amend", true, GRANT},
	{NUMBER(AWARD_IMPORT), "award.import", true, GRANT},
	{NUMBER(MILESTONE_CLAIM), "milestone.claim", false, GRANT},
	{NUMBER(MILESTONE_ASSESS), "milestone.assess", true, GRANT},
	{NUMBER(DISBURSEMENT_RECORD), "disbursement.record", true, GRANT},
	{NUMBER(DISBURSEMENT_REVERSE), "disbursement.reverse", true, GRANT},
	{NUMBER(AWARD_SUSPEND), "award.suspend", true, GRANT},
	{NUMBER(AWARD_RESUME), "award.resume", true, GRANT},
	{NUMBER(AWARD_TERMINATE), "award.terminate", true, GRANT},
	{NUMBER(AWARD_COMPLETE), "award.complete", true, GRANT},
	{NUMBER(AWARD_CLOSE), "award.close", true, GRANT},
	{NUMBER(RECOVERY_DEMAND), "recovery.demand", true, GRANT},
	{NUMBER(RECOVERY_RECEIVE), "recovery.receive", true, GRANT},
	{NUMBER(CONTENT_COMMIT), "content.commit", false, CONTENT},
	{NUMBER(CONTENT_ANCHOR), "content.anchor", false, CONTENT},
	{NUMBER(CONTENT_BATCH), "content.batch", false, CONTENT},
	{NUMBER(CONTENT_ROLLUP), "content.rollup", false, CONTENT},
	{NUMBER(CONTENT_PROPAGATE), "content.propagate", false, CONTENT},
	{NUMBER(CONTENT_SUPERSEDE), "content.supersede", false, CONTENT},
	{NUMBER(CONTENT_WITHDRAW), "content.withdraw", false, CONTENT},
	{NUMBER(CONTENT_DELEGATE), "content.delegate", false, CONTENT},
	{NUMBER(NOTE_ATTACH), "note.attach", false, GRANT | CONTENT | GOVERN},
};

#define OPERATIONS (sizeof(operations) / sizeof(operations[0]))

static const struct operation *find(uint32_t number)
{
	for (size_t i = 0; i < OPERATIONS; i++) {
		if (operations[i].number == number)
			return &operations[i];
	}
	return NULL;
}

const char *operation_name(uint32_t operation)
{
	const struct operation *found = find(operation);

	return found == NULL ? NULL : found->name;
}

uint32_t operation_from_name(struct bytes name)
{
	for (size_t i = 0; i < OPERATIONS; i++) {
		if (bytes_equal(bytes_text(operations[i].name), name))
			return operations[i].number;
	}
	return 0;
}

void operation_each(void (*visit)(uint32_t operation, void *context), void *context)
{
	for (size_t i = 0; i < OPERATIONS; i++)
		visit(operations[i].number, context);
}

bool operation_is_motionable(uint32_t operation)
{
	const struct operation *found = find(operation);

	return found != NULL && found->is_motionable;
}

uint32_t operation_purposes(uint32_t operation)
{
	const struct operation *found = find(operation);

	return found == NULL ? 0 : found->purposes;
}

uint32_t operation_carried_purposes(uint32_t operation)
{
	uint32_t purposes = operation_purposes(operation);

	return purposes == ANY ? GOVERN : purposes;
}

uint32_t tx_purposes(const struct tx *tx)
{
	uint32_t purposes = operation_purposes(tx->operation);

	if (tx->operation == NUMBER(MOTION_OPEN)) {
		const Stele__MotionOperation *carried = tx->message->motion_open->operation;

		purposes |= operation_carried_purposes((uint32_t)carried->operation_case);
	}
	return purposes;
}
