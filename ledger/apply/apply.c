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

static enum err check_key(struct apply *apply, const Stele__KeyValue **out)
{
	enum err err = read_key(apply, state_key_hash("key", apply->tx->signer_hash.b), out);

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
	const Stele__OrgValue *org;
	enum err err = read_org(apply, key_of_org(key->org), &org);

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
	const Stele__LimitsValue *limits;
	const Stele__KeyValue *key;
	enum err err;

	if (overlay_is_consumed(apply->overlay, &apply->tx->id)) /* E-01 */
		return ERR_TX_CONSUMED;
	err = read_limits(apply, state_key("policy/limits"), &limits);
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
	uint32_t operation = apply->tx->operation;

	if (operation == BODY_CASE(MOTION_OPEN))
		return policy_check_opener(
			apply, (uint32_t)body->motion_open->operation->operation_case);
	if (operation == BODY_CASE(MOTION_APPROVE) || operation == BODY_CASE(MOTION_WITHDRAW))
		return ERR_OK; /* rules M name who may */
	if (operation == BODY_CASE(KEY_ROTATE) || operation == BODY_CASE(KEY_REVOKE))
		return policy_check_own_key(apply, operation); /* KR-03, KX-03 name whose key */
	return policy_check_bare(apply, operation);
}

static enum err apply_operation(struct apply *apply)
{
	const Stele__TransactionBody *body = apply->tx->message;

	switch (body->operation_case) {
#define APPLY_CASE(NAME, name, type) \
	case BODY_CASE(NAME): \
		return name(apply, body->name);
		OPERATIONS(APPLY_CASE)
#undef APPLY_CASE
	case BODY_CASE(_NOT_SET):
		break;
	}
	UNREACHABLE(); /* tx_decode lets none through */
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
	enum err err = put_quota(apply, key_of_quota(apply->actor), quota);
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

static enum outcome run(struct apply *apply, enum err *reason)
{
	Stele__QuotaValue quota = STELE__QUOTA_VALUE__INIT;
	overlay_mark before = overlay_set_mark(apply->overlay);
	enum outcome outcome;
	enum err err = check_entry(apply, &quota);

	outcome = outcome_of(err);
	if (outcome == OUTCOME_ACCEPTED) {
		err = apply_counted(apply, &quota);
		outcome = outcome_of(err);
		ASSERT(outcome != OUTCOME_SKIPPED); /* rules past E speak 4xxx only */
		if (outcome == OUTCOME_FAILED)
			overlay_roll_back(apply->overlay, before);
	}
	if (err != ERR_OK)
		*reason = err;
	return outcome;
}

enum outcome apply_transaction(const struct apply_block *block, const struct tx *tx,
			       uint64_t log_index, struct arena *arena, enum err *reason)
{
	struct apply apply = apply_of(block, tx, log_index, arena);

	return run(&apply, reason);
}

enum err apply_read_ahead(struct overlay *overlay, struct tx *const *txs, size_t count)
{
	const uint8_t *contents[OVERLAY_AHEAD_MAX];
	size_t asked = 0;

	for (size_t i = 0; i < count; i++) {
		if (txs[i]->operation == BODY_CASE(CONTENT_ANCHOR))
			contents[asked++] = txs[i]->message->content_anchor->sha256.data;
	}
	return claims_read_ahead(overlay, contents, asked);
}

static void tell_org(const struct apply *apply, char org[LIMIT_SEGMENT + 1])
{
	memcpy(org, apply->actor, strlen(apply->actor) + 1);
}

enum outcome apply_simulate(const struct apply_block *block, const struct tx *tx,
			    uint64_t log_index, struct arena *arena, char org[LIMIT_SEGMENT + 1],
			    enum err *reason)
{
	struct apply apply = apply_of(block, tx, log_index, arena);
	enum outcome outcome = run(&apply, reason);

	tell_org(&apply, org);
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
	tell_org(&apply, org);
	if (err != ERR_OK)
		*reason = err;
	return outcome_of(err);
}

/* The motion that the transaction opened, which is the newest, or approved; 0: none. */
static enum err motion_of(struct apply *apply, uint64_t *out)
{
	const Stele__TransactionBody *body = apply->tx->message;
	Stele__CountValue *count;
	enum err err;

	*out = 0;
	if (body->operation_case == BODY_CASE(MOTION_APPROVE))
		*out = body->motion_approve->motion;
	if (body->operation_case != BODY_CASE(MOTION_OPEN))
		return ERR_OK;
	err = get_count(apply, state_key("count/motion"), &count);
	if (err == ERR_OK)
		*out = count->count;
	return err;
}

enum outcome apply_foresee(const struct apply_block *block, const struct tx *tx,
			   uint64_t log_index, struct arena *arena, enum err *reason)
{
	struct apply apply = apply_of(block, tx, log_index, arena);
	overlay_mark before = overlay_set_mark(block->overlay);
	uint64_t motion;
	enum err err = motion_of(&apply, &motion);

	if (err == ERR_OK)
		err = motion == 0 ? ERR_NOT_FOUND : motion_foresee(&apply, motion);
	if (err == ERR_OK)
		return OUTCOME_ACCEPTED;
	overlay_roll_back(block->overlay, before);
	if (err == ERR_NOT_FOUND)
		return OUTCOME_SKIPPED;
	*reason = err;
	return outcome_of(err);
}
