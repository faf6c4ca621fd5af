/* Random lives of awards: whatever is accepted in whatever order, each total is the
 * sum of its parts and keeps its bounds. */
#include <string.h>

#include "base/rng.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/world_award.h"

#define STEPS 3000
#define CHECK_EVERY 50
#define AWARDS 8

static struct rng rng;

static uint64_t dice(uint64_t sides)
{
	return rng_below(&rng, sides);
}

static uint64_t any_award(void)
{
	return 1 + dice(AWARDS);
}

static uint64_t any_amount(void)
{
	static const uint64_t edges[] = {0, 1, 100, 200, 600, 601, INT64_MAX, UINT64_MAX};

	return dice(4) == 0 ? edges[dice(8)] : dice(300);
}

static Stele__AwardGrant *any_terms(void)
{
	uint64_t amounts[] = {100 * dice(3), 100 + 100 * dice(3), 200};
	Stele__AwardGrant *grant = make_grant(amounts[0] + amounts[1] + amounts[2]);

	if (dice(3) > 0)
		grant_milestones(grant, 3, amounts);
	return grant;
}

static Stele__AwardGrant *any_grant(void)
{
	Stele__AwardGrant *grant = any_terms();

	if (dice(4) == 0) {
		grant->call = (char *)"C1";
		grant->proposal = 1;
	}
	return grant;
}

static void *any_step(uint32_t *operation)
{
	static const uint32_t steps[] = {OP(AWARD_SUSPEND), OP(AWARD_RESUME), OP(AWARD_RESUME),
					 OP(AWARD_COMPLETE), OP(AWARD_CLOSE)};

	*operation = steps[dice(5)];
	if (*operation == OP(AWARD_CLOSE) && dice(8) > 0)
		*operation = OP(AWARD_RESUME);
	return make_step(any_award());
}

static void *any_amendment(struct world *world)
{
	uint64_t award = any_award(), version = 1;

	if (world_has(world, "award/P1/%d", (int)award))
		version += world_award(world, award)->version;
	return make_amend(any_terms(), award, version);
}

static void *any_acceptance(struct world *world)
{
	uint64_t award = any_award(), version = 0;

	if (world_has(world, "award/P1/%d", (int)award))
		version = world_award(world, award)->version;
	return make_accept_of(award, version);
}

static void *any_assessment(struct world *world)
{
	static const Stele__Assessment results[] = {MET, PARTLY, NOT_MET};
	static const uint64_t amounts[] = {0, 100, 200, 50};
	uint64_t payable = amounts[dice(4)], claim = 0;
	Stele__Assessment result = results[dice(3)];
	uint32_t number = 1 + (uint32_t)dice(3);
	uint64_t award = any_award();

	if (world_has(world, "milestone/P1/%d/%d", (int)award, (int)number)) {
		const Stele__MilestoneValue *value = world_value(
			world, VALUE_MILESTONE, "milestone/P1/%d/%d", (int)award, (int)number);

		claim = value->claims;
	}
	return make_assess_of(award, number, claim, result, payable);
}

static void *any_record(struct world *world, enum who *who, uint32_t *operation)
{
	static uint64_t reference;

	*who = AGENCY;
	reference++;
	switch (dice(12)) {
	case 0:
		*operation = OP(AWARD_GRANT);
		return any_grant();
	case 1:
		*operation = dice(9) == 0 ? OP(AWARD_TERMINATE) : OP(AWARD_ACCEPT);
		*who = *operation == OP(AWARD_ACCEPT) ? LAB_1 : AGENCY;
		return *operation == OP(AWARD_ACCEPT) ? any_acceptance(world)
						      : (void *)make_terminate(any_award(), dice(100));
	case 2:
		*operation = OP(AWARD_AMEND);
		return any_amendment(world);
	case 3:
		*operation = OP(MILESTONE_CLAIM);
		*who = LAB_1;
		return make_milestone_claim(any_award(), 1 + (uint32_t)dice(3), 1, 1);
	case 4:
	case 5:
		*operation = OP(MILESTONE_ASSESS);
		return any_assessment(world);
	case 6:
	case 7:
		*operation = OP(DISBURSEMENT_RECORD);
		return make_milestone_payment(any_award(), (uint32_t)dice(4), any_amount(),
					      reference);
	case 8:
		*operation = OP(DISBURSEMENT_REVERSE);
		return make_reverse(any_award(), 1 + dice(4));
	case 9:
		*operation = OP(RECOVERY_DEMAND);
		return make_demand(any_award(), any_amount());
	case 10:
		*operation = OP(RECOVERY_RECEIVE);
		return make_receipt(any_award(), any_amount(), reference);
	default:
		return any_step(operation);
	}
}

struct sums {
	uint64_t live, open, committed, paid, recovered;
};

static uint64_t paid_of(struct world *world, const Stele__AwardValue *award)
{
	uint64_t paid = 0;

	for (int j = 1; j <= (int)award->disbursements; j++) {
		const Stele__DisbursementValue *value = world_value(
			world, VALUE_DISBURSEMENT, "disbursement/P1/%d/%d", (int)award->number, j);

		if (value->reversed_log_index == 0)
			paid += value->record->amount;
	}
	return paid;
}

static void check_recoveries(struct world *world, const Stele__AwardValue *award)
{
	uint64_t demanded = 0, received = 0;

	for (int j = 1; j <= (int)award->recoveries; j++) {
		const Stele__RecoveryValue *value = world_value(
			world, VALUE_RECOVERY, "recovery/P1/%d/%d", (int)award->number, j);

		demanded += value->demand != NULL ? value->demand->amount : 0;
		received += value->receipt != NULL ? value->receipt->amount : 0;
	}
	ck_assert_uint_eq(award->demanded, demanded);
	ck_assert_uint_eq(award->received, received);
	ck_assert_uint_le(received, demanded);
	ck_assert_uint_le(demanded, award->paid);
}

static void check_milestones(struct world *world, const Stele__AwardValue *award)
{
	uint64_t payable = 0, assessed = 0;

	for (int i = 1; i <= (int)award->grant->n_milestones; i++) {
		const Stele__MilestoneValue *value;

		if (!world_has(world, "milestone/P1/%d/%d", (int)award->number, i))
			continue;
		value = world_value(world, VALUE_MILESTONE, "milestone/P1/%d/%d",
				    (int)award->number, i);
		payable += value->payable;
		assessed += value->result != STELE__ASSESSMENT__ASSESSMENT_NONE;
	}
	ck_assert_uint_eq(award->payable, payable);
	ck_assert_uint_eq(award->assessed, assessed);
	if (award->grant->n_milestones == 0)
		payable = award->grant->amount;
	ck_assert_uint_le(award->paid, payable);
	ck_assert_uint_le(payable, award->grant->amount);
}

static void add_award(struct world *world, struct sums *sums, const Stele__AwardValue *award)
{
	uint64_t paid = paid_of(world, award);

	ck_assert_uint_eq(award->paid, paid);
	check_recoveries(world, award);
	check_milestones(world, award);
	sums->live += !award->terminated;
	sums->open += award->state != STATE(CLOSED);
	sums->committed += award->terminated ? paid : award->grant->amount;
	sums->paid += paid;
	sums->recovered += award->received;
}

static void check_totals(struct world *world)
{
	const Stele__ProgrammeValue *programme = world_programme(world);
	const Stele__CallValue *call = world_call(world);
	struct sums all = {0}, of_call = {0};
	uint64_t call_awards = 0;

	for (uint64_t k = 1; k <= programme->awards; k++) {
		const Stele__AwardValue *award = world_award(world, k);

		add_award(world, &all, award);
		if (award->grant->call[0] == '\0')
			continue;
		add_award(world, &of_call, award);
		call_awards++;
	}
	ck_assert_uint_eq(programme->live_awards, all.live);
	ck_assert_uint_eq(programme->open_awards, all.open);
	ck_assert_uint_eq(programme->committed, all.committed);
	ck_assert_uint_eq(programme->paid, all.paid);
	ck_assert_uint_eq(programme->recovered, all.recovered);
	ck_assert_uint_eq(call->awards, call_awards);
	ck_assert_uint_eq(call->live_awards, of_call.live);
	ck_assert_uint_eq(call->committed, of_call.committed);
}

/* Room for some that ended too. */
static void widen(struct world *world)
{
	Stele__ProgrammeValue value = *world_programme(world);

	value.programme->max_awards = AWARDS;
	world_put(world, "programme/P1", VALUE_PROGRAMME, &value);
}

static void run(uint64_t seed)
{
	struct world *world = world_of_anybody();
	int accepted = 0;

	rng_init(&rng, seed);
	widen(world);
	world_put_selected(world, 600);
	world_pass(world, WORLD_OBJECTION_MS);
	(void)world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(1));
	for (int step = 0; step < STEPS; step++) {
		uint32_t operation = 0;
		enum who who;
		void *record = any_record(world, &who, &operation);
		Stele__TransactionBody body = world_body(operation, record);
		struct tx *tx = world_tx(world, who, &body, NULL);
		enum err reason = ERR_OK;
		enum outcome outcome = world_apply(world, tx, &reason);

		ck_assert_int_ne(outcome, OUTCOME_FAILED);
		accepted += outcome == OUTCOME_ACCEPTED;
		tx_free(tx);
		if (step % CHECK_EVERY == 0)
			check_totals(world);
	}
	check_totals(world);
	ck_assert_int_gt(accepted, STEPS / 20);
	world_free(world);
}

UNIT_TEST(totals_of_awards_are_the_sums_of_their_parts)
{
	for (uint64_t seed = 1; seed <= 3; seed++)
		run(seed);
}

UNIT_MAIN("apply_award_random", totals_of_awards_are_the_sums_of_their_parts)
