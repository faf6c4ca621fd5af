/* The end of an award: rules AC and AT, what stays committed, and reversals after it. */
#include <string.h>

#include "base/limits.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/world_award.h"

static void pay(struct world *world, uint64_t award, uint64_t amount, uint64_t reference)
{
	(void)world_accepts(world, FUNDER, OP(DISBURSEMENT_RECORD),
			    make_payment(award, amount, reference));
}

static void terminate(struct world *world, uint64_t unspent)
{
	(void)world_accepts(world, AGENCY, OP(AWARD_TERMINATE), make_terminate(1, unspent));
}

static Stele__AwardGrant *grant_of(size_t count, const uint64_t *amounts)
{
	uint64_t sum = 0;
	Stele__AwardGrant *grant;

	for (size_t i = 0; i < count; i++)
		sum += amounts[i];
	grant = make_grant(sum);
	grant_milestones(grant, count, amounts);
	return grant;
}

UNIT_TEST(an_award_is_completed_once_the_last_milestone_is_assessed)
{
	static const uint64_t amounts[] = {100, 200, 300};
	struct world *world = world_with_active(grant_of(3, amounts));

	for (uint32_t i = 1; i <= 3; i++) {
		world_refuses(world, AGENCY, OP(AWARD_COMPLETE), make_step(1), ERR_MILESTONES_OPEN);
		(void)world_accepts(world, AGENCY, OP(MILESTONE_ASSESS),
				    make_assess(1, i, NOT_MET, 0));
	}
	world_step(world, OP(AWARD_COMPLETE));
	ck_assert_int_eq(world_award(world, 1)->state, STATE(COMPLETED));
	world_free(world);
}

UNIT_TEST(an_award_without_milestones_is_completed_at_any_time)
{
	struct world *world = world_with_active(make_grant(1000));

	world_step(world, OP(AWARD_COMPLETE));
	ck_assert_int_eq(world_award(world, 1)->state, STATE(COMPLETED));
	world_free(world);
}

UNIT_TEST(the_state_comes_before_open_milestones)
{
	static const uint64_t amounts[] = {100};
	struct world *world = world_with_award(grant_of(1, amounts));

	world_refuses(world, AGENCY, OP(AWARD_COMPLETE), make_step(1), ERR_AWARD_STATE);
	world_free(world);
}

UNIT_TEST(what_is_completed_and_closed_stays_committed_and_live)
{
	struct world *world = world_with_active(make_grant(1000));

	pay(world, 1, 400, 1);
	world_step(world, OP(AWARD_COMPLETE));
	ck_assert_uint_eq(world_programme(world)->open_awards, 1);
	world_step(world, OP(AWARD_CLOSE));
	ck_assert_uint_eq(world_award(world, 1)->committed, 1000);
	ck_assert(!world_award(world, 1)->terminated);
	ck_assert_uint_eq(world_programme(world)->committed, 1000);
	ck_assert_uint_eq(world_programme(world)->live_awards, 1);
	ck_assert_uint_eq(world_programme(world)->open_awards, 0);
	ck_assert_uint_eq(world_programme(world)->awards, 1);
	world_free(world);
}

UNIT_TEST(what_is_terminated_commits_what_was_paid_also_once_closed)
{
	struct world *world = world_with_active(make_grant(1000));

	pay(world, 1, 400, 1);
	terminate(world, 0);
	for (int closed = 0; closed < 2; closed++) {
		ck_assert_uint_eq(world_award(world, 1)->committed, 400);
		ck_assert(world_award(world, 1)->terminated);
		ck_assert_uint_eq(world_programme(world)->committed, 400);
		ck_assert_uint_eq(world_programme(world)->paid, 400);
		ck_assert_uint_eq(world_programme(world)->live_awards, 0);
		ck_assert_uint_eq(world_programme(world)->open_awards, closed == 0);
		if (closed == 0)
			world_step(world, OP(AWARD_CLOSE));
	}
	ck_assert_int_eq(world_award(world, 1)->state, STATE(CLOSED));
	world_free(world);
}

UNIT_TEST(a_termination_frees_budget_to_the_fen_and_one_place)
{
	struct world *world = world_with_active(make_grant(60000));

	for (int i = 0; i < 2; i++)
		(void)world_accepts(world, AGENCY, OP(AWARD_GRANT), make_grant(20000));
	pay(world, 1, 400, 1);
	world_refuses(world, AGENCY, OP(AWARD_GRANT), make_grant(1), ERR_AWARDS_MAX);
	terminate(world, 400);
	world_refuses(world, AGENCY, OP(AWARD_GRANT), make_grant(59601), ERR_BUDGET);
	(void)world_accepts(world, AGENCY, OP(AWARD_GRANT), make_grant(59600));
	ck_assert_uint_eq(world_programme(world)->committed, 100000);
	ck_assert_uint_eq(world_programme(world)->live_awards, 3);
	ck_assert_uint_eq(world_programme(world)->open_awards, 4);
	world_free(world);
}

UNIT_TEST(unspent_is_at_most_what_was_paid)
{
	static const struct {
		uint64_t unspent;
		enum err want;
	} cases[] = {{399, ERR_OK}, {400, ERR_OK}, {401, ERR_UNSPENT}, {UINT64_MAX, ERR_UNSPENT}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world *world = world_with_active(make_grant(1000));

		pay(world, 1, 400, 1);
		world_expects(world, AGENCY, OP(AWARD_TERMINATE), make_terminate(1, cases[i].unspent),
			      cases[i].want);
		if (cases[i].want == ERR_OK)
			ck_assert_uint_eq(world_award(world, 1)->unspent, cases[i].unspent);
		world_free(world);
	}
}

UNIT_TEST(an_award_nobody_accepted_is_terminated_and_frees_all)
{
	struct world *world = world_with_award(make_grant(100000));

	world_refuses(world, AGENCY, OP(AWARD_TERMINATE), make_terminate(1, 1), ERR_UNSPENT);
	terminate(world, 0);
	ck_assert_uint_eq(world_programme(world)->committed, 0);
	world_refuses(world, LAB_1, OP(AWARD_ACCEPT), make_accept(1), ERR_AWARD_STATE);
	(void)world_accepts(world, AGENCY, OP(AWARD_GRANT), make_grant(100000));
	world_free(world);
}

UNIT_TEST(a_reversal_after_termination_lowers_what_is_committed)
{
	struct world *world = world_with_award_on(1000);

	pay(world, 1, 300, 1);
	pay(world, 1, 50, 2);
	ck_assert_uint_eq(world_call(world)->committed, 1000);
	terminate(world, 0);
	ck_assert_uint_eq(world_call(world)->committed, 350);
	ck_assert_uint_eq(world_call(world)->live_awards, 0);
	ck_assert_uint_eq(world_call(world)->awards, 1);
	(void)world_accepts(world, FUNDER, OP(DISBURSEMENT_REVERSE), make_reverse(1, 1));
	ck_assert_uint_eq(world_award(world, 1)->paid, 50);
	ck_assert_uint_eq(world_award(world, 1)->committed, 50);
	ck_assert_uint_eq(world_programme(world)->paid, 50);
	ck_assert_uint_eq(world_programme(world)->committed, 50);
	ck_assert_uint_eq(world_call(world)->committed, 50);
	(void)world_accepts(world, FUNDER, OP(DISBURSEMENT_REVERSE), make_reverse(1, 2));
	ck_assert_uint_eq(world_programme(world)->committed, 0);
	ck_assert_uint_eq(world_call(world)->committed, 0);
	world_free(world);
}

UNIT_TEST(a_reversal_before_the_end_leaves_what_is_committed)
{
	struct world *world = world_with_award_on(1000);

	pay(world, 1, 300, 1);
	(void)world_accepts(world, FUNDER, OP(DISBURSEMENT_REVERSE), make_reverse(1, 1));
	ck_assert_uint_eq(world_award(world, 1)->committed, 1000);
	ck_assert_uint_eq(world_programme(world)->committed, 1000);
	ck_assert_uint_eq(world_call(world)->committed, 1000);
	ck_assert_uint_eq(world_programme(world)->paid, 0);
	world_step(world, OP(AWARD_COMPLETE));
	ck_assert_uint_eq(world_call(world)->committed, 1000);
	ck_assert_uint_eq(world_call(world)->live_awards, 1);
	world_free(world);
}

UNIT_TEST(a_suspended_award_goes_on_where_it_was)
{
	struct world *world = world_with_active(make_grant(1000));

	pay(world, 1, 400, 1);
	world_step(world, OP(AWARD_SUSPEND));
	world_refuses(world, FUNDER, OP(DISBURSEMENT_RECORD), make_payment(1, 1, 2), ERR_AWARD_STATE);
	ck_assert_uint_eq(world_programme(world)->committed, 1000);
	ck_assert_uint_eq(world_programme(world)->live_awards, 1);
	world_step(world, OP(AWARD_RESUME));
	pay(world, 1, 600, 2);
	world_free(world);
}

/* The greatest amount that there is, through a whole life. */
UNIT_TEST(the_greatest_amount_is_paid_reversed_demanded_and_freed)
{
	struct world *world = world_new(NULL);
	Stele__ProgrammeCreate *programme = make_programme();

	programme->budget = LIMIT_MONEY;
	(void)world_accepts(world, FUNDER, OP(PROGRAMME_CREATE), programme);
	(void)world_accepts(world, AGENCY, OP(AWARD_GRANT), make_grant(LIMIT_MONEY));
	(void)world_accepts(world, LAB_1, OP(AWARD_ACCEPT), make_accept(1));
	pay(world, 1, LIMIT_MONEY, 1);
	world_refuses(world, FUNDER, OP(DISBURSEMENT_RECORD), make_payment(1, 1, 2),
		      ERR_PAYMENT_OVER);
	world_refuses(world, FUNDER, OP(DISBURSEMENT_RECORD), make_payment(1, LIMIT_MONEY, 2),
		      ERR_PAYMENT_OVER);
	(void)world_accepts(world, FUNDER, OP(DISBURSEMENT_REVERSE), make_reverse(1, 1));
	pay(world, 1, LIMIT_MONEY, 2);
	(void)world_accepts(world, FUNDER, OP(RECOVERY_DEMAND), make_demand(1, LIMIT_MONEY));
	world_refuses(world, FUNDER, OP(RECOVERY_DEMAND), make_demand(1, LIMIT_MONEY),
		      ERR_DEMAND_OVER);
	(void)world_accepts(world, FUNDER, OP(RECOVERY_RECEIVE), make_receipt(1, LIMIT_MONEY, 3));
	world_refuses(world, FUNDER, OP(RECOVERY_RECEIVE), make_receipt(1, LIMIT_MONEY, 4),
		      ERR_RECEIPT_OVER);
	terminate(world, LIMIT_MONEY);
	ck_assert_uint_eq(world_programme(world)->committed, LIMIT_MONEY);
	ck_assert_uint_eq(world_programme(world)->recovered, LIMIT_MONEY);
	world_refuses(world, AGENCY, OP(AWARD_GRANT), make_grant(1), ERR_BUDGET);
	world_free(world);
}

UNIT_MAIN("apply_award_step", an_award_is_completed_once_the_last_milestone_is_assessed,
	  an_award_without_milestones_is_completed_at_any_time,
	  the_state_comes_before_open_milestones,
	  what_is_completed_and_closed_stays_committed_and_live,
	  what_is_terminated_commits_what_was_paid_also_once_closed,
	  a_termination_frees_budget_to_the_fen_and_one_place, unspent_is_at_most_what_was_paid,
	  an_award_nobody_accepted_is_terminated_and_frees_all,
	  a_reversal_after_termination_lowers_what_is_committed,
	  a_reversal_before_the_end_leaves_what_is_committed,
	  a_suspended_award_goes_on_where_it_was,
	  the_greatest_amount_is_paid_reversed_demanded_and_freed)
