/* What an award's own figures say, and when they contradict each other. */
#include "ledger/payable.h"
#include "tests/lib/unit.h"

#define AMOUNT 1000

struct figures {
	uint64_t payable, committed, paid, demanded, received;
	bool is_terminated;
};

/* Of an award with one milestone, so that payable is what was assessed. */
static bool adds_up(struct figures figures)
{
	Stele__Milestone milestone = STELE__MILESTONE__INIT;
	Stele__Milestone *milestones[] = {&milestone};
	Stele__AwardGrant grant = STELE__AWARD_GRANT__INIT;
	Stele__AwardValue award = STELE__AWARD_VALUE__INIT;

	grant.amount = AMOUNT;
	grant.milestones = milestones;
	grant.n_milestones = 1;
	award.grant = &grant;
	award.payable = figures.payable;
	award.committed = figures.committed;
	award.paid = figures.paid;
	award.demanded = figures.demanded;
	award.received = figures.received;
	award.terminated = figures.is_terminated;
	return award_adds_up(&award);
}

UNIT_TEST(payable_award_adds_up_at_each_bound_and_not_beyond)
{
	ck_assert(adds_up((struct figures){0, AMOUNT, 0, 0, 0, false}));
	ck_assert(adds_up((struct figures){AMOUNT, AMOUNT, AMOUNT, AMOUNT, AMOUNT, false}));
	ck_assert(!adds_up((struct figures){AMOUNT + 1, AMOUNT, 0, 0, 0, false}));
	ck_assert(adds_up((struct figures){300, AMOUNT, 300, 200, 100, false}));
	ck_assert(!adds_up((struct figures){300, AMOUNT, 301, 200, 100, false}));
	ck_assert(!adds_up((struct figures){300, AMOUNT, 300, 301, 100, false}));
	ck_assert(!adds_up((struct figures){300, AMOUNT, 300, 200, 201, false}));
}

UNIT_TEST(payable_committed_is_the_amount_until_termination_then_what_was_paid)
{
	ck_assert(!adds_up((struct figures){300, AMOUNT - 1, 300, 0, 0, false}));
	ck_assert(!adds_up((struct figures){300, AMOUNT, 300, 0, 0, true}));
	ck_assert(!adds_up((struct figures){300, 299, 300, 0, 0, true}));
	ck_assert(adds_up((struct figures){300, 300, 300, 0, 0, true}));
}

UNIT_TEST(payable_imported_award_pays_nothing_and_an_award_is_of_one_kind)
{
	Stele__AwardGrant grant = STELE__AWARD_GRANT__INIT;
	Stele__AwardImport import = STELE__AWARD_IMPORT__INIT;
	Stele__AwardValue award = STELE__AWARD_VALUE__INIT;

	ck_assert(!award_adds_up(&award));
	award.import = &import;
	import.amount = AMOUNT;
	award.committed = AMOUNT;
	ck_assert(award_adds_up(&award));
	award.paid = 1;
	ck_assert(!award_adds_up(&award));
	award.paid = 0;
	award.grant = &grant;
	ck_assert(!award_adds_up(&award));
}

UNIT_MAIN("payable", payable_award_adds_up_at_each_bound_and_not_beyond,
	  payable_committed_is_the_amount_until_termination_then_what_was_paid,
	  payable_imported_award_pays_nothing_and_an_award_is_of_one_kind)
