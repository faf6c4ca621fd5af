/* The policy that a new network begins with; people may edit it before they found
 * the network, and change it later by policy.set. */
#include "clients/cli/founding.h"
#include "proto/tx.h"

enum decides {
	ALONE,      /* whoever has the role, by a bare transaction */
	VALIDATORS, /* as many of them as the parameters say */
	FUNDER,     /* one funder more: an agency does not decide alone over these */
};

#define EVERYBODY "funder,agency,applicant,reviewer,auditor,anchorer,validator"
#define GOVERNORS "funder,agency,validator"

/* Every operation, ascending as the document wants it. */
static const struct {
	const char *operation;
	const char *openers;
	enum decides decides;
} rules[] = {
	{"org.register", GOVERNORS, VALIDATORS},
	{"org.status", "validator", VALIDATORS},
	{"key.add", GOVERNORS, VALIDATORS},
	{"key.rotate", GOVERNORS, VALIDATORS}, /* of others; the own one needs nobody */
	{"key.revoke", GOVERNORS, VALIDATORS},
	{"policy.set", "validator", VALIDATORS},
	{"validators.set", "validator", VALIDATORS},
	{"validator.ready", "validator", ALONE},
	{"upgrade.plan", "validator", VALIDATORS},
	{"programme.create", "funder", ALONE},
	{"programme.amend", "funder", ALONE},
	{"programme.close", "funder", ALONE},
	{"call.publish", "agency", ALONE},
	{"call.amend", "agency", ALONE},
	{"call.cancel", "agency", ALONE},
	{"proposal.commit", "applicant", ALONE},
	{"proposal.withdraw", "applicant", ALONE},
	{"proposal.reveal", "applicant", ALONE},
	{"panel.appoint", "agency", ALONE},
	{"coi.declare", "reviewer", ALONE},
	{"review.commit", "reviewer", ALONE},
	{"review.reveal", "reviewer", ALONE},
	{"decision.publish", "agency", FUNDER},
	{"objection.file", "applicant", ALONE},
	{"objection.resolve", "agency", FUNDER},
	{"award.grant", "agency", ALONE},
	{"award.accept", "applicant", ALONE},
	{"award.amend", "agency", ALONE},
	{"award.import", "agency", ALONE},
	{"milestone.claim", "applicant", ALONE},
	{"milestone.assess", "agency", ALONE},
	{"disbursement.record", "funder,agency", ALONE},
	{"disbursement.reverse", "funder,agency", ALONE},
	{"award.suspend", "agency", ALONE},
	{"award.resume", "agency", ALONE},
	{"award.terminate", "agency", FUNDER},
	{"award.complete", "agency", ALONE},
	{"award.close", "agency", ALONE},
	{"recovery.demand", "funder,agency", ALONE},
	{"recovery.receive", "funder,agency", ALONE},
	{"content.commit", EVERYBODY, ALONE},
	{"content.anchor", EVERYBODY, ALONE},
	{"content.batch", EVERYBODY, ALONE},
	{"content.rollup", EVERYBODY, ALONE},
	{"content.propagate", EVERYBODY, ALONE},
	{"content.supersede", EVERYBODY, ALONE},
	{"content.withdraw", EVERYBODY, ALONE},
	{"content.delegate", EVERYBODY, ALONE},
	{"note.attach", EVERYBODY, ALONE},
};

void first_policy_render(struct buf *out, uint32_t approvals)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		enum decides decides = approvals > 0 ? rules[i].decides : ALONE;

		ASSERT(operation_from_name(bytes_text(rules[i].operation)) != 0);
		buf_print(out, "policy %s %s ", rules[i].operation, rules[i].openers);
		if (decides == ALONE)
			buf_print(out, "0 -\n");
		else if (decides == VALIDATORS)
			buf_print(out, "%u validator\n", approvals);
		else
			buf_print(out, "1 funder\n");
	}
}
