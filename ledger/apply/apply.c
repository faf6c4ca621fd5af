/* The order of checks, and what is left of a transaction by each outcome:
 * rules E of docs/ledger.md section 7.  A 3xxx error skips, a 4xxx one rejects. */
#include "ledger/apply/apply.h"

#include <string.h>

#include "base/limits.h"
#include "ledger/apply/rules.h"
#include "ledger/apply/values.h"

#define BODY_CASE(name) STELE__TRANSACTION_BODY__OPERATION_##name

static enum err check_window(const struct apply *apply, const Stele__PolicyLimits *limits)
{
	uint64_t until = apply->tx->message->valid_until;

	if (until < apply->time_ms) /* E-02 */
		return ERR_TX_EXPIRED;
	if (until - apply->time_ms > limits->window_ms) /* E-03 */
		return ERR_TX_TOO_EARLY;
	return ERR_OK;
}

static enum err check_key(struct apply *apply, Stele__KeyValue **out)
{
	enum err err = get_key(apply, key_of_public_key(apply->tx->signer.b), out);

	if (err == ERR_NOT_FOUND) /* E-04 */
		return ERR_KEY_UNKNOWN;
	if (err != ERR_OK)
		return err;
	apply->actor = (*out)->org;
	if (apply->height < (*out)->from_height) /* E-05 */
		return ERR_KEY_NOT_YET;
	if ((*out)->revoked_height != 0 && apply->height >= (*out)->revoked_height) /* E-06 */
		return ERR_KEY_REVOKED;
	return ERR_OK;
}

static enum err check_org(struct apply *apply, const Stele__KeyValue *key)
{
	Stele__OrgValue *org;
	enum err err = get_org(apply, key_of_org(key->org), &org);

	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
	if (org->status != STELE__ORG_STATUS__ORG_ACTIVE) /* E-07 */
		return ERR_ORG_INACTIVE;
	apply->purposes = 0;
	for (size_t i = 0; i < key->n_purposes; i++)
		apply->purposes |= 1u << key->purposes[i];
	if ((apply->purposes & tx_purposes(apply->tx)) == 0) /* E-08 */
		return ERR_KEY_PURPOSE;
	apply->roles = role_bits(org->roles, org->n_roles);
	return ERR_OK;
}

/* E-01…E-09: what fails here leaves no trace.  quota: its value if it goes on. */
static enum err check_entry(struct apply *apply, Stele__QuotaValue *quota)
{
	Stele__LimitsValue *limits;
	Stele__KeyValue *key;
	enum err err;

	if (overlay_is_consumed(apply->overlay, &apply->tx->id)) /* E-01 */
		return ERR_TX_CONSUMED;
	err = get_limits(apply, state_key("policy/limits"), &limits);
	if (err == ERR_NOT_FOUND)
		return ERR_STORE_DAMAGED;
	if (err == ERR_OK)
		err = check_window(apply, limits->limits);
	if (err == ERR_OK)
		err = check_key(apply, &key);
	if (err == ERR_OK)
		err = check_org(apply, key);
	if (err == ERR_OK)
		err = quota_count(apply, limits->limits, quota); /* E-09 */
	return err;
}

/* R: the role by policy, and whether a motion is needed. */
static enum err check_role(struct apply *apply)
{
	const Stele__TransactionBody *body = apply->tx->message;

	switch (body->operation_case) {
	case BODY_CASE(MOTION_OPEN):
		return policy_check_opener(
			apply, (uint32_t)body->motion_open->operation->operation_case);
	case BODY_CASE(MOTION_APPROVE): /* rules M name who may */
	case BODY_CASE(MOTION_WITHDRAW):
		return ERR_OK;
	case BODY_CASE(KEY_ROTATE): /* an own key needs no approval: KR-03, KX-03 */
	case BODY_CASE(KEY_REVOKE):
		return policy_check_own_key(apply, apply->tx->operation);
	case BODY_CASE(ORG_REGISTER):
	case BODY_CASE(KEY_ADD):
	case BODY_CASE(POLICY_SET):
	case BODY_CASE(PROGRAMME_CREATE):
	case BODY_CASE(AWARD_GRANT):
	case BODY_CASE(AWARD_ACCEPT):
	case BODY_CASE(AWARD_IMPORT):
	case BODY_CASE(DISBURSEMENT_RECORD):
	case BODY_CASE(CONTENT_ANCHOR):
	case BODY_CASE(CONTENT_BATCH):
	case BODY_CASE(CONTENT_SUPERSEDE):
	case BODY_CASE(CONTENT_WITHDRAW):
	case BODY_CASE(ORG_STATUS):
	case BODY_CASE(VALIDATORS_SET):
	case BODY_CASE(VALIDATOR_READY):
	case BODY_CASE(UPGRADE_PLAN):
	case BODY_CASE(PROGRAMME_AMEND):
	case BODY_CASE(PROGRAMME_CLOSE):
	case BODY_CASE(CALL_PUBLISH):
	case BODY_CASE(CALL_AMEND):
	case BODY_CASE(CALL_CANCEL):
	case BODY_CASE(PROPOSAL_COMMIT):
	case BODY_CASE(PROPOSAL_WITHDRAW):
	case BODY_CASE(PROPOSAL_REVEAL):
	case BODY_CASE(PANEL_APPOINT):
	case BODY_CASE(COI_DECLARE):
	case BODY_CASE(REVIEW_COMMIT):
	case BODY_CASE(REVIEW_REVEAL):
	case BODY_CASE(DECISION_PUBLISH):
	case BODY_CASE(OBJECTION_FILE):
	case BODY_CASE(OBJECTION_RESOLVE):
	case BODY_CASE(AWARD_AMEND):
	case BODY_CASE(MILESTONE_CLAIM):
	case BODY_CASE(MILESTONE_ASSESS):
	case BODY_CASE(DISBURSEMENT_REVERSE):
	case BODY_CASE(AWARD_SUSPEND):
	case BODY_CASE(AWARD_RESUME):
	case BODY_CASE(AWARD_TERMINATE):
	case BODY_CASE(AWARD_COMPLETE):
	case BODY_CASE(AWARD_CLOSE):
	case BODY_CASE(RECOVERY_DEMAND):
	case BODY_CASE(RECOVERY_RECEIVE):
	case BODY_CASE(CONTENT_COMMIT):
	case BODY_CASE(CONTENT_ROLLUP):
	case BODY_CASE(CONTENT_PROPAGATE):
	case BODY_CASE(CONTENT_DELEGATE):
	case BODY_CASE(NOTE_ATTACH):
		return policy_check_bare(apply, apply->tx->operation);
	case BODY_CASE(_NOT_SET):
		break;
	}
	UNREACHABLE(); /* tx_decode lets none through */
}

static enum err apply_operation(struct apply *apply)
{
	const Stele__TransactionBody *body = apply->tx->message;

	switch (body->operation_case) {
	case BODY_CASE(MOTION_OPEN):
		return motion_open(apply, body->motion_open);
	case BODY_CASE(MOTION_APPROVE):
		return motion_approve(apply, body->motion_approve);
	case BODY_CASE(MOTION_WITHDRAW):
		return motion_withdraw(apply, body->motion_withdraw);
	case BODY_CASE(ORG_REGISTER):
		return org_register(apply, body->org_register);
	case BODY_CASE(KEY_ADD):
		return key_add(apply, body->key_add);
	case BODY_CASE(POLICY_SET):
		return policy_set(apply, body->policy_set);
	case BODY_CASE(PROGRAMME_CREATE):
		return programme_create(apply, body->programme_create);
	case BODY_CASE(AWARD_GRANT):
		return award_grant(apply, body->award_grant);
	case BODY_CASE(AWARD_ACCEPT):
		return award_accept(apply, body->award_accept);
	case BODY_CASE(AWARD_IMPORT):
		return award_import(apply, body->award_import);
	case BODY_CASE(DISBURSEMENT_RECORD):
		return disbursement_record(apply, body->disbursement_record);
	case BODY_CASE(CONTENT_ANCHOR):
		return content_anchor(apply, body->content_anchor);
	case BODY_CASE(CONTENT_BATCH):
		return content_batch(apply, body->content_batch);
	case BODY_CASE(CONTENT_SUPERSEDE):
		return content_supersede(apply, body->content_supersede);
	case BODY_CASE(CONTENT_WITHDRAW):
		return content_withdraw(apply, body->content_withdraw);
	case BODY_CASE(ORG_STATUS):
		return org_status(apply, body->org_status);
	case BODY_CASE(KEY_ROTATE):
		return key_rotate(apply, body->key_rotate);
	case BODY_CASE(KEY_REVOKE):
		return key_revoke(apply, body->key_revoke);
	case BODY_CASE(VALIDATORS_SET):
		return validators_set(apply, body->validators_set);
	case BODY_CASE(VALIDATOR_READY):
		return validator_ready(apply, body->validator_ready);
	case BODY_CASE(UPGRADE_PLAN):
		return upgrade_plan(apply, body->upgrade_plan);
	case BODY_CASE(PROGRAMME_AMEND):
		return programme_amend(apply, body->programme_amend);
	case BODY_CASE(PROGRAMME_CLOSE):
		return programme_close(apply, body->programme_close);
	case BODY_CASE(CALL_PUBLISH):
		return call_publish(apply, body->call_publish);
	case BODY_CASE(CALL_AMEND):
		return call_amend(apply, body->call_amend);
	case BODY_CASE(CALL_CANCEL):
		return call_cancel(apply, body->call_cancel);
	case BODY_CASE(PROPOSAL_COMMIT):
		return proposal_commit(apply, body->proposal_commit);
	case BODY_CASE(PROPOSAL_WITHDRAW):
		return proposal_withdraw(apply, body->proposal_withdraw);
	case BODY_CASE(PROPOSAL_REVEAL):
		return proposal_reveal(apply, body->proposal_reveal);
	case BODY_CASE(PANEL_APPOINT):
		return panel_appoint(apply, body->panel_appoint);
	case BODY_CASE(COI_DECLARE):
		return coi_declare(apply, body->coi_declare);
	case BODY_CASE(REVIEW_COMMIT):
		return review_commit(apply, body->review_commit);
	case BODY_CASE(REVIEW_REVEAL):
		return review_reveal(apply, body->review_reveal);
	case BODY_CASE(DECISION_PUBLISH):
		return decision_publish(apply, body->decision_publish);
	case BODY_CASE(OBJECTION_FILE):
		return objection_file(apply, body->objection_file);
	case BODY_CASE(OBJECTION_RESOLVE):
		return objection_resolve(apply, body->objection_resolve);
	case BODY_CASE(AWARD_AMEND):
		return award_amend(apply, body->award_amend);
	case BODY_CASE(MILESTONE_CLAIM):
		return milestone_claim(apply, body->milestone_claim);
	case BODY_CASE(MILESTONE_ASSESS):
		return milestone_assess(apply, body->milestone_assess);
	case BODY_CASE(DISBURSEMENT_REVERSE):
		return disbursement_reverse(apply, body->disbursement_reverse);
	case BODY_CASE(AWARD_SUSPEND):
		return award_suspend(apply, body->award_suspend);
	case BODY_CASE(AWARD_RESUME):
		return award_resume(apply, body->award_resume);
	case BODY_CASE(AWARD_TERMINATE):
		return award_terminate(apply, body->award_terminate);
	case BODY_CASE(AWARD_COMPLETE):
		return award_complete(apply, body->award_complete);
	case BODY_CASE(AWARD_CLOSE):
		return award_close(apply, body->award_close);
	case BODY_CASE(RECOVERY_DEMAND):
		return recovery_demand(apply, body->recovery_demand);
	case BODY_CASE(RECOVERY_RECEIVE):
		return recovery_receive(apply, body->recovery_receive);
	case BODY_CASE(CONTENT_COMMIT):
		return content_commit(apply, body->content_commit);
	case BODY_CASE(CONTENT_ROLLUP):
		return content_rollup(apply, body->content_rollup);
	case BODY_CASE(CONTENT_PROPAGATE):
		return content_propagate(apply, body->content_propagate);
	case BODY_CASE(CONTENT_DELEGATE):
		return content_delegate(apply, body->content_delegate);
	case BODY_CASE(NOTE_ATTACH):
		return note_attach(apply, body->note_attach);
	case BODY_CASE(_NOT_SET):
		break;
	}
	UNREACHABLE();
}

static enum outcome outcome_of(enum err err)
{
	if (err == ERR_OK)
		return OUTCOME_ACCEPTED;
	if (err / 1000 == 3)
		return OUTCOME_SKIPPED;
	return err / 1000 == 4 ? OUTCOME_REJECTED : OUTCOME_FAILED;
}

static struct apply apply_of(const struct apply_block *block, const struct tx *tx,
			     uint64_t log_index, struct arena *arena)
{
	return (struct apply){
		.overlay = block->overlay,
		.arena = arena,
		.tx = tx,
		.height = block->height,
		.time_ms = block->time_ms,
		.epoch_length = block->epoch_length,
		.log_index = log_index,
		.actor = "",
	};
}

/* Past E: a 4xxx error undoes all but the quota. */
static enum err apply_counted(struct apply *apply, const Stele__QuotaValue *quota)
{
	enum err err = put_quota(apply, state_key("quota/%s", apply->actor), quota);
	uint64_t until = apply->tx->message->valid_until;
	overlay_mark before;
	enum err put_back;

	if (err != ERR_OK)
		return err;
	before = overlay_set_mark(apply->overlay);
	err = check_role(apply);
	if (err == ERR_OK)
		err = apply_operation(apply);
	if (err != ERR_OK) {
		overlay_roll_back(apply->overlay, before);
		until = apply->time_ms + LIMIT_REJECTED_HOLD_MS;
	}
	if (outcome_of(err) == OUTCOME_FAILED)
		return err;
	put_back = overlay_consume(apply->overlay, &apply->tx->id, until);
	return put_back == ERR_OK ? err : put_back;
}

enum outcome apply_transaction(const struct apply_block *block, const struct tx *tx,
			       uint64_t log_index, struct arena *arena, enum err *reason)
{
	struct apply apply = apply_of(block, tx, log_index, arena);
	Stele__QuotaValue quota = STELE__QUOTA_VALUE__INIT;
	overlay_mark before = overlay_set_mark(block->overlay);
	enum outcome outcome;
	enum err err = check_entry(&apply, &quota);

	outcome = outcome_of(err);
	if (outcome == OUTCOME_ACCEPTED) {
		err = apply_counted(&apply, &quota);
		outcome = outcome_of(err);
		ASSERT(outcome != OUTCOME_SKIPPED); /* rules past E speak 4xxx only */
		if (outcome == OUTCOME_FAILED)
			overlay_roll_back(block->overlay, before);
	}
	if (err != ERR_OK)
		*reason = err;
	return outcome;
}

enum outcome apply_admit(const struct apply_block *block, const struct tx *tx,
			 struct arena *arena, char org[LIMIT_SEGMENT + 1], enum err *reason)
{
	struct apply apply = apply_of(block, tx, 0, arena);
	Stele__QuotaValue quota = STELE__QUOTA_VALUE__INIT;
	enum err err = check_entry(&apply, &quota);

	if (err == ERR_OK)
		err = check_role(&apply);
	memcpy(org, apply.actor, strlen(apply.actor) + 1);
	if (err != ERR_OK)
		*reason = err;
	return outcome_of(err);
}
