/* The table of operations: number, name, whether a motion can carry it, and
 * which purposes of a key sign it. */
#include <string.h>

#include "proto/tx.h"

#define GOVERN (1u << STELE__PURPOSE__PURPOSE_GOVERN)
#define GRANT (1u << STELE__PURPOSE__PURPOSE_GRANT)
#define CONTENT (1u << STELE__PURPOSE__PURPOSE_CONTENT)

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
	{NUMBER(KEY_ADD), "key.add", true, GOVERN},
	{NUMBER(POLICY_SET), "policy.set", true, GOVERN},
	{NUMBER(PROGRAMME_CREATE), "programme.create", true, GRANT},
	{NUMBER(AWARD_GRANT), "award.grant", true, GRANT},
	{NUMBER(AWARD_ACCEPT), "award.accept", false, GRANT},
	{NUMBER(AWARD_IMPORT), "award.import", true, GRANT},
	{NUMBER(DISBURSEMENT_RECORD), "disbursement.record", true, GRANT},
	{NUMBER(CONTENT_ANCHOR), "content.anchor", false, CONTENT},
	{NUMBER(CONTENT_BATCH), "content.batch", false, CONTENT},
	{NUMBER(CONTENT_SUPERSEDE), "content.supersede", false, CONTENT},
	{NUMBER(CONTENT_WITHDRAW), "content.withdraw", false, CONTENT},
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

uint32_t tx_purposes(const struct tx *tx)
{
	uint32_t purposes = operation_purposes(tx->operation);

	if (tx->operation == NUMBER(MOTION_OPEN)) {
		const Stele__MotionOperation *carried = tx->message->motion_open->operation;

		purposes |= operation_purposes((uint32_t)carried->operation_case);
	}
	return purposes;
}
