/* Proposals: rules L of what names a call, PC, PW and PR. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "proto/seal.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/flaws.h"
#include "tests/unit/ledger/tender.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* C1 with one proposal of LAB_1, committed. */
static struct world *sealed_world(Stele__ProposalReveal *reveal)
{
	struct world *world = tender_new();

	(void)world_accepts(world, LAB_1, OP(PROPOSAL_COMMIT),
			    make_commitment(world, LAB_1, reveal));
	return world;
}

static const Stele__PartyValue *party_of(struct world *world, enum who who)
{
	return world_value(world, VALUE_PARTY, "party/P1/C1/%s", world_id(who));
}

UNIT_TEST(a_proposal_goes_from_sealed_to_open)
{
	Stele__ProposalReveal *reveal = make_opening_of(1, make_content(30000));
	struct world *world = tender_new();
	Stele__ProposalCommit *commit = make_commitment(world, LAB_1, reveal);
	uint64_t committed = world_accepts(world, LAB_1, OP(PROPOSAL_COMMIT), commit);
	Stele__ProposalValue value = tender_proposal(world, 1);
	uint64_t revealed;

	ck_assert_uint_eq(value.number, 1);
	ck_assert_str_eq(value.org, world_id(LAB_1));
	ck_assert_mem_eq(value.commitment.data, commit->commitment.data, 32);
	ck_assert_int_eq(value.state, STELE__PROPOSAL_STATE__PROPOSAL_COMMITTED);
	ck_assert(value.content == NULL);
	ck_assert_uint_eq(value.log_index, committed);
	ck_assert_uint_eq(value.changed_log_index, 0);
	ck_assert_uint_eq(tender_call(world).proposals, 1);
	ck_assert_uint_eq(tender_call(world).changed_log_index, 0);
	ck_assert_uint_eq(party_of(world, LAB_1)->proposals, 1);
	ck_assert_uint_eq(party_of(world, LAB_1)->revealed, 0);
	tender_at(world, TENDER_DEADLINE);
	revealed = world_accepts(world, LAB_1, OP(PROPOSAL_REVEAL), reveal);
	value = tender_proposal(world, 1);
	ck_assert_int_eq(value.state, STELE__PROPOSAL_STATE__PROPOSAL_REVEALED);
	ck_assert_uint_eq(value.content->requested, 30000);
	ck_assert_uint_eq(value.log_index, committed);
	ck_assert_uint_eq(value.changed_log_index, revealed);
	ck_assert_uint_eq(tender_call(world).revealed, 1);
	ck_assert_uint_eq(tender_call(world).proposals, 1);
	ck_assert_uint_eq(party_of(world, LAB_1)->proposals, 1);
	ck_assert_uint_eq(party_of(world, LAB_1)->revealed, 1);
	world_free(world);
}

UNIT_TEST(a_withdrawn_proposal_keeps_its_number_and_frees_its_place)
{
	Stele__ProposalReveal *reveal = make_opening_of(1, make_content(30000));
	struct world *world = sealed_world(reveal);
	Stele__ProposalCommit *commit = make_commitment(world, LAB_1, reveal);
	uint64_t index;

	(void)world_accepts(world, LAB_1, OP(PROPOSAL_COMMIT), commit);
	world_refuses(world, LAB_1, OP(PROPOSAL_COMMIT), commit, ERR_PROPOSALS_MAX);
	index = world_accepts(world, LAB_1, OP(PROPOSAL_WITHDRAW), make_withdrawal(1));
	ck_assert_int_eq(tender_proposal(world, 1).state,
			 STELE__PROPOSAL_STATE__PROPOSAL_WITHDRAWN);
	ck_assert_uint_eq(tender_proposal(world, 1).changed_log_index, index);
	ck_assert_uint_eq(party_of(world, LAB_1)->proposals, 1);
	(void)world_accepts(world, LAB_1, OP(PROPOSAL_COMMIT), commit);
	ck_assert_uint_eq(tender_proposal(world, 3).number, 3);
	ck_assert_uint_eq(tender_call(world).proposals, 3);
	world_refuses(world, LAB_1, OP(PROPOSAL_WITHDRAW), make_withdrawal(1), ERR_PROPOSAL_STATE);
	(void)world_accepts(world, LAB_2, OP(PROPOSAL_COMMIT),
			    make_commitment(world, LAB_2, reveal)); /* each has its own places */
	tender_at(world, TENDER_DEADLINE);
	world_refuses(world, LAB_1, OP(PROPOSAL_REVEAL), reveal, ERR_PROPOSAL_STATE);
	world_free(world);
}

UNIT_TEST(an_opened_proposal_counts_for_each_member)
{
	Stele__ProposalContent *content = make_content(30000);
	Stele__Recipient *members[] = {make_recipient(world_id(LAB_2), 4000),
				       make_recipient(world_id(LAB_1), 6000)};
	Stele__ProposalReveal *reveal = make_opening_of(1, content);
	Stele__ProposalReveal *alone = make_opening_of(2, make_content(20000));
	struct world *world;

	content_consortium(content, 2, members);
	world = sealed_world(reveal);
	(void)world_accepts(world, LAB_1, OP(PROPOSAL_COMMIT),
			    make_commitment(world, LAB_1, alone));
	tender_at(world, TENDER_DEADLINE);
	(void)world_accepts(world, LAB_1, OP(PROPOSAL_REVEAL), reveal);
	(void)world_accepts(world, LAB_1, OP(PROPOSAL_REVEAL), alone);
	ck_assert_uint_eq(party_of(world, LAB_1)->revealed, 2);
	ck_assert_uint_eq(party_of(world, LAB_1)->proposals, 2);
	ck_assert_uint_eq(party_of(world, LAB_2)->revealed, 1);
	ck_assert_uint_eq(party_of(world, LAB_2)->proposals, 0);
	ck_assert_uint_eq(tender_call(world).revealed, 2);
	world_free(world);
}

/* --- the order of the rules ---------------------------------------------------- */

/* The fields by which the record says what it is about. */
struct names {
	char **programme;
	char **call;
	uint64_t *proposal;
};

static struct names names_of(struct attempt *attempt)
{
	if (attempt->operation == OP(PROPOSAL_COMMIT)) {
		Stele__ProposalCommit *record = attempt->record;

		return (struct names){&record->programme, &record->call, NULL};
	}
	if (attempt->operation == OP(PROPOSAL_REVEAL)) {
		Stele__ProposalReveal *record = attempt->record;

		return (struct names){&record->programme, &record->call, &record->proposal};
	}
	Stele__ProposalWithdraw *record = attempt->record;

	return (struct names){&record->programme, &record->call, &record->proposal};
}

static void unknown_programme(struct attempt *attempt)
{
	*names_of(attempt).programme = (char *)"P9";
}
static void unknown_call(struct attempt *attempt) { *names_of(attempt).call = (char *)"C9"; }
static void unknown_proposal(struct attempt *attempt) { *names_of(attempt).proposal = 2; }
static void no_proposal(struct attempt *attempt) { *names_of(attempt).proposal = 0; }
static void closed(struct attempt *attempt)
{
	Stele__ProgrammeValue programme = tender_programme(attempt->world);

	programme.closed = true;
	tender_put_programme(attempt->world, &programme);
}
static void cancelled(struct attempt *attempt)
{
	Stele__CallValue call = tender_call(attempt->world);

	call.state = STELE__CALL_STATE__CALL_CANCELLED;
	tender_put_call(attempt->world, &call);
}
static void other_applicant(struct attempt *attempt) { attempt->who = LAB_2; }
static void withdrawn(struct attempt *attempt)
{
	Stele__ProposalValue value = tender_proposal(attempt->world, 1);

	value.state = STELE__PROPOSAL_STATE__PROPOSAL_WITHDRAWN;
	tender_put_proposal(attempt->world, &value);
}
static void deadline_passed(struct attempt *attempt)
{
	Stele__CallValue call = tender_call(attempt->world);

	call.terms->deadline = attempt->world->time_ms;
	tender_put_call(attempt->world, &call);
}
static void not_yet_open(struct attempt *attempt)
{
	Stele__CallValue call = tender_call(attempt->world);

	call.terms->opens = attempt->world->time_ms + 1;
	tender_put_call(attempt->world, &call);
}
static void outside_division(struct attempt *attempt) { attempt->who = OUTSIDE; }
static void as_many_as_can_be(struct attempt *attempt)
{
	tender_put_party(attempt->world, LAB_1, 2);
	tender_put_party(attempt->world, OUTSIDE, 2);
}

static struct attempt committing(void)
{
	struct world *world = tender_new();

	return (struct attempt){world, LAB_1, OP(PROPOSAL_COMMIT),
				make_commitment(world, LAB_1,
						make_opening_of(1, make_content(30000)))};
}

UNIT_TEST(the_first_broken_rule_of_commit_decides)
{
	static const struct flaw flaws[] = {
		{unknown_programme, ERR_NOT_FOUND_PROGRAMME}, /* L-01 */
		{closed, ERR_PROGRAMME_CLOSED},               /* L-02 */
		{unknown_call, ERR_NOT_FOUND_CALL},           /* L-03 */
		{cancelled, ERR_CALL_CANCELLED},              /* L-04 */
		{not_yet_open, ERR_CALL_NOT_OPEN},            /* PC-02 */
		{deadline_passed, ERR_DEADLINE},              /* PC-03 */
		{outside_division, ERR_ELIGIBILITY},          /* PC-04 */
		{as_many_as_can_be, ERR_PROPOSALS_MAX},       /* PC-05 */
	};

	flaws_decide(committing, flaws, COUNT(flaws));
}

static struct attempt withdrawing(void)
{
	return (struct attempt){sealed_world(make_opening_of(1, make_content(30000))), LAB_1,
				OP(PROPOSAL_WITHDRAW), make_withdrawal(1)};
}

UNIT_TEST(the_first_broken_rule_of_withdraw_decides)
{
	static const struct flaw flaws[] = {
		{unknown_programme, ERR_NOT_FOUND_PROGRAMME}, /* L-01 */
		{closed, ERR_PROGRAMME_CLOSED},               /* L-02 */
		{unknown_call, ERR_NOT_FOUND_CALL},           /* L-03 */
		{cancelled, ERR_CALL_CANCELLED},              /* L-04 */
		{unknown_proposal, ERR_NOT_FOUND_PROPOSAL},   /* L-05 */
		{other_applicant, ERR_PROPOSAL_NOT_OWN},      /* PW-02 */
		{deadline_passed, ERR_DEADLINE},              /* PW-03 */
		{withdrawn, ERR_PROPOSAL_STATE},              /* PW-04 */
	};

	flaws_decide(withdrawing, flaws, COUNT(flaws));
}

static struct attempt revealing(void)
{
	Stele__ProposalReveal *reveal = make_opening_of(1, make_content(30000));
	struct world *world = sealed_world(reveal);

	tender_at(world, TENDER_DEADLINE);
	return (struct attempt){world, LAB_1, OP(PROPOSAL_REVEAL), reveal};
}

/* As if what it says now had been committed. */
static void seal_again(struct attempt *attempt)
{
	Stele__ProposalValue value = tender_proposal(attempt->world, 1);

	value.commitment = make_commitment(attempt->world, LAB_1, attempt->record)->commitment;
	tender_put_proposal(attempt->world, &value);
}

static Stele__ProposalContent *content_of(struct attempt *attempt)
{
	return ((Stele__ProposalReveal *)attempt->record)->content;
}
static void window_not_begun(struct attempt *attempt)
{
	Stele__CallValue call = tender_call(attempt->world);

	call.terms->deadline = attempt->world->time_ms + 1;
	tender_put_call(attempt->world, &call);
}
static void other_salt(struct attempt *attempt)
{
	((Stele__ProposalReveal *)attempt->record)->salt = world_hash(78);
}
static void other_area(struct attempt *attempt)
{
	content_of(attempt)->area = (char *)"B";
	seal_again(attempt);
}
static void too_little(struct attempt *attempt)
{
	content_of(attempt)->requested = 99;
	seal_again(attempt);
}
/* Beside whoever is there already. */
static void outsider(struct attempt *attempt)
{
	Stele__ProposalContent *content = content_of(attempt);
	Stele__Recipient *members[] = {content->consortium[0],
				       make_recipient(world_id(OUTSIDE), 5000)};

	if (members[0]->share == 10000)
		members[0]->share = 5000;
	content_consortium(content, 2, members);
	seal_again(attempt);
}
static void without_applicant(struct attempt *attempt)
{
	content_of(attempt)->consortium[0]->org = (char *)world_id(LAB_2);
	seal_again(attempt);
}
static void share_missing(struct attempt *attempt)
{
	content_of(attempt)->consortium[0]->share = 9999;
	seal_again(attempt);
}

UNIT_TEST(the_first_broken_rule_of_reveal_decides)
{
	static const struct flaw flaws[] = {
		{unknown_programme, ERR_NOT_FOUND_PROGRAMME}, /* L-01 */
		{closed, ERR_PROGRAMME_CLOSED},               /* L-02 */
		{unknown_call, ERR_NOT_FOUND_CALL},           /* L-03 */
		{cancelled, ERR_CALL_CANCELLED},              /* L-04 */
		{unknown_proposal, ERR_NOT_FOUND_PROPOSAL},   /* L-05 */
		{other_applicant, ERR_PROPOSAL_NOT_OWN},      /* PR-02 */
		{window_not_begun, ERR_REVEAL_WINDOW},        /* PR-03 */
		{withdrawn, ERR_PROPOSAL_STATE},              /* PR-04 */
		{other_salt, ERR_COMMITMENT},                 /* PR-05 */
		{other_area, ERR_AREA},                       /* PR-06 */
		{too_little, ERR_REQUESTED},                  /* PR-07 */
		{outsider, ERR_ELIGIBILITY},                  /* PR-08 */
		{without_applicant, ERR_CONSORTIUM},          /* PR-09 */
		{share_missing, ERR_SHARES},                  /* PR-10 */
	};

	flaws_decide(revealing, flaws, COUNT(flaws));
}

UNIT_TEST(no_proposal_has_the_number_0)
{
	static const struct flaw flaws[] = {{no_proposal, ERR_NOT_FOUND_PROPOSAL}}; /* L-05 */

	flaws_decide(withdrawing, flaws, COUNT(flaws));
	flaws_decide(revealing, flaws, COUNT(flaws));
}

/* --- time ------------------------------------------------------------------------ */

UNIT_TEST(proposals_are_committed_from_the_opening_until_the_deadline)
{
	struct world *world = tender_world();
	Stele__CallPublish *call = make_call();
	Stele__ProposalCommit *commit =
		make_commitment(world, LAB_1, make_opening_of(1, make_content(30000)));

	call->terms->proposals_per_applicant = 4;
	(void)world_accepts(world, AGENCY, OP(CALL_PUBLISH), call);
	tender_at(world, TENDER_OPENS - 1);
	world_refuses(world, LAB_1, OP(PROPOSAL_COMMIT), commit, ERR_CALL_NOT_OPEN);
	tender_at(world, TENDER_OPENS);
	(void)world_accepts(world, LAB_1, OP(PROPOSAL_COMMIT), commit);
	tender_at(world, TENDER_OPENS + 1);
	(void)world_accepts(world, LAB_1, OP(PROPOSAL_COMMIT), commit);
	tender_at(world, TENDER_DEADLINE - 1);
	(void)world_accepts(world, LAB_1, OP(PROPOSAL_COMMIT), commit);
	tender_at(world, TENDER_DEADLINE);
	world_refuses(world, LAB_1, OP(PROPOSAL_COMMIT), commit, ERR_DEADLINE);
	tender_at(world, TENDER_DEADLINE + 1);
	world_refuses(world, LAB_1, OP(PROPOSAL_COMMIT), commit, ERR_DEADLINE);
	world_free(world);
}

static enum err withdrawn_at(uint64_t time_ms)
{
	struct attempt attempt = withdrawing();
	Stele__TransactionBody body = world_body(attempt.operation, attempt.record);
	enum err reason = ERR_OK;
	struct tx *tx;

	tender_at(attempt.world, time_ms);
	tx = world_tx(attempt.world, LAB_1, &body, NULL);
	(void)world_apply(attempt.world, tx, &reason);
	tx_free(tx);
	world_free(attempt.world);
	return reason;
}

UNIT_TEST(a_proposal_is_withdrawn_until_the_deadline)
{
	ck_assert_int_eq(withdrawn_at(TENDER_DEADLINE - 1), ERR_OK);
	ck_assert_int_eq(withdrawn_at(TENDER_DEADLINE), ERR_DEADLINE);
	ck_assert_int_eq(withdrawn_at(TENDER_DEADLINE + 1), ERR_DEADLINE);
}

static void opens_at(uint64_t time_ms, enum err want)
{
	Stele__ProposalReveal *reveal = make_opening_of(1, make_content(30000));
	struct world *world = sealed_world(reveal);

	tender_at(world, time_ms);
	world_expects(world, LAB_1, OP(PROPOSAL_REVEAL), reveal, want);
	world_free(world);
}

UNIT_TEST(a_proposal_is_opened_in_its_window_to_the_ms)
{
	opens_at(TENDER_DEADLINE - 1, ERR_REVEAL_WINDOW);
	opens_at(TENDER_DEADLINE, ERR_OK);
	opens_at(TENDER_DEADLINE + 1, ERR_OK);
	opens_at(TENDER_REVEAL_UNTIL - 1, ERR_OK);
	opens_at(TENDER_REVEAL_UNTIL, ERR_REVEAL_WINDOW);
	opens_at(TENDER_REVEAL_UNTIL + 1, ERR_REVEAL_WINDOW);
}

/* --- who may ---------------------------------------------------------------------- */

static void commits(const char *scheme, const char *prefix, enum who who, enum err want)
{
	struct world *world = world_new(NULL);
	Stele__ProgrammeCreate *programme = make_programme();
	Stele__CallPublish *call = make_call();

	programme->eligibility = NULL;
	(void)world_accepts(world, FUNDER, OP(PROGRAMME_CREATE), programme);
	call->terms->eligibility->scheme = (char *)scheme;
	call->terms->eligibility->division_prefix = (char *)prefix;
	if (scheme[0] == '\0' && prefix[0] == '\0')
		call->terms->eligibility = NULL;
	(void)world_accepts(world, AGENCY, OP(CALL_PUBLISH), call);
	tender_at(world, TENDER_OPENS);
	world_expects(world, who, OP(PROPOSAL_COMMIT),
		      make_commitment(world, who, make_opening_of(1, make_content(30000))), want);
	world_free(world);
}

UNIT_TEST(who_is_eligible_commits)
{
	commits("CN-USCI", "11", LAB_1, ERR_OK);
	commits("CN-USCI", "110000", LAB_1, ERR_OK);
	commits("CN-USCI", "110108", LAB_1, ERR_ELIGIBILITY);
	commits("CN-USCI", "110108", LAB_2, ERR_OK);
	commits("CN-USCI", "11", OUTSIDE, ERR_ELIGIBILITY);
	commits("CN-USCI", "", OUTSIDE, ERR_OK);
	commits("CN-USCI", "", FOREIGN, ERR_ELIGIBILITY);
	commits("", "11", FOREIGN, ERR_ELIGIBILITY);
	commits("XI-LEI", "", FOREIGN, ERR_OK);
	commits("XI-LEI", "", LAB_1, ERR_ELIGIBILITY);
	commits("", "", FOREIGN, ERR_OK);
	commits("", "", AGENCY, ERR_ROLE); /* */
}

/* --- what is opened ------------------------------------------------------------------ */

#define CONTENT(name, ...) \
	static void name(Stele__ProposalContent *content) { __VA_ARGS__; }

static void consortium(Stele__ProposalContent *content, const enum who *who, size_t count,
		       uint32_t share)
{
	Stele__Recipient *members[16];

	for (size_t i = 0; i < count; i++)
		members[i] = make_recipient(who[i] == NOBODY ? world_usci("91110000EXAMPLE99")
							     : world_id(who[i]),
					    share);
	content_consortium(content, count, members);
}

#define CONSORTIUM(name, share, ...) \
	static void name(Stele__ProposalContent *content) \
	{ \
		static const enum who who[] = {__VA_ARGS__}; \
\
		consortium(content, who, COUNT(who), share); \
	}

CONTENT(as_it_is, (void)content)
CONTENT(area_none, content->area = (char *)"")
CONTENT(area_b, content->area = (char *)"B")
CONTENT(requests_99, content->requested = 99)
CONTENT(requests_100, content->requested = 100)
CONTENT(requests_most, content->requested = 50000)
CONTENT(requests_above, content->requested = 50001)
CONTENT(requests_none, content->requested = 0)
CONTENT(requests_greatest, content->requested = UINT64_MAX)
CONTENT(share_0, content->consortium[0]->share = 0)
CONTENT(shares_below, content->consortium[0]->share = 9999)
CONTENT(shares_above, content->consortium[0]->share = 10001)
CONSORTIUM(both, 5000, LAB_1, LAB_2)
CONSORTIUM(both_other_way, 5000, LAB_2, LAB_1)
CONSORTIUM(twice, 5000, LAB_1, LAB_1)
CONSORTIUM(unregistered, 5000, LAB_1, NOBODY)
CONSORTIUM(with_outsider, 5000, LAB_1, OUTSIDE)
CONSORTIUM(with_foreigner, 5000, FOREIGN, LAB_1)
CONSORTIUM(with_agency, 5000, LAB_1, AGENCY)
CONSORTIUM(with_auditor, 5000, AUDITOR, LAB_1)
CONSORTIUM(others_only, 5000, LAB_2, AUDITOR)
CONSORTIUM(unregistered_then_twice, 2500, LAB_1, NOBODY, LAB_1, OUTSIDE)
CONSORTIUM(twice_then_unregistered, 2500, LAB_1, LAB_1, NOBODY, OUTSIDE)
CONSORTIUM(outsider_then_others, 2500, OUTSIDE, NOBODY, LAB_1, LAB_1)
static void one_share_0(Stele__ProposalContent *content)
{
	both(content);
	content->consortium[0]->share = 10000;
	content->consortium[1]->share = 0;
}
static void with_auditor_and_no_share(Stele__ProposalContent *content)
{
	with_auditor(content);
	content->consortium[0]->share = 0;
}
static void shares_wrap(Stele__ProposalContent *content)
{
	both(content);
	content->consortium[0]->share = UINT32_MAX;
	content->consortium[1]->share = 10001;
}

UNIT_TEST(what_is_opened_is_checked_at_and_beyond_each_bound)
{
	static const struct {
		void (*spoil)(Stele__ProposalContent *content);
		enum err want;
	} cases[] = {
		{as_it_is, ERR_OK},
		{area_none, ERR_AREA},
		{area_b, ERR_AREA},
		{requests_99, ERR_REQUESTED},
		{requests_100, ERR_OK},
		{requests_most, ERR_OK},
		{requests_above, ERR_REQUESTED},
		{requests_none, ERR_REQUESTED},
		{requests_greatest, ERR_REQUESTED},
		{share_0, ERR_SHARES},
		{shares_below, ERR_SHARES},
		{shares_above, ERR_SHARES},
		{both, ERR_OK},
		{both_other_way, ERR_OK},
		{twice, ERR_AREA_DUPLICATE},
		{unregistered, ERR_NOT_FOUND_ORG},
		{with_outsider, ERR_ELIGIBILITY},
		{with_foreigner, ERR_ELIGIBILITY},
		{with_agency, ERR_ELIGIBILITY}, /* PR-11 */
		{with_auditor, ERR_ELIGIBILITY},
		{with_auditor_and_no_share, ERR_SHARES}, /* PR-10 before PR-11 */
		{others_only, ERR_CONSORTIUM},
		{unregistered_then_twice, ERR_NOT_FOUND_ORG},
		{twice_then_unregistered, ERR_AREA_DUPLICATE},
		{outsider_then_others, ERR_ELIGIBILITY},
		{one_share_0, ERR_SHARES},
		{shares_wrap, ERR_SHARES},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		Stele__ProposalReveal *reveal = make_opening_of(1, make_content(30000));
		struct world *world;

		cases[i].spoil(reveal->content);
		world = sealed_world(reveal);
		tender_at(world, TENDER_DEADLINE);
		world_expects(world, LAB_1, OP(PROPOSAL_REVEAL), reveal, cases[i].want);
		world_free(world);
	}
}

UNIT_TEST(a_suspended_member_is_not_eligible)
{
	Stele__ProposalReveal *reveal = make_opening_of(1, make_content(30000));
	struct world *world;

	both(reveal->content);
	world = sealed_world(reveal);
	tender_at(world, TENDER_DEADLINE);
	world_set_status(world, LAB_2, STELE__ORG_STATUS__ORG_SUSPENDED);
	world_refuses(world, LAB_1, OP(PROPOSAL_REVEAL), reveal, ERR_ELIGIBILITY);
	world_set_status(world, LAB_2, STELE__ORG_STATUS__ORG_ACTIVE);
	(void)world_accepts(world, LAB_1, OP(PROPOSAL_REVEAL), reveal);
	world_free(world);
}

/* The areas of programme and call, and the one that the proposal names. */
static void area_fits(size_t programme_areas, size_t call_areas, const char *area, enum err want)
{
	Stele__ProposalReveal *reveal = make_opening_of(1, make_content(30000));
	Stele__ProgrammeCreate *programme = make_programme();
	Stele__CallPublish *call = make_call();
	struct world *world = world_new(NULL);

	programme->n_areas = programme_areas;
	call->terms->n_areas = call_areas;
	reveal->content->area = (char *)area;
	(void)world_accepts(world, FUNDER, OP(PROGRAMME_CREATE), programme);
	(void)world_accepts(world, AGENCY, OP(CALL_PUBLISH), call);
	tender_at(world, TENDER_OPENS);
	(void)world_accepts(world, LAB_1, OP(PROPOSAL_COMMIT),
			    make_commitment(world, LAB_1, reveal));
	tender_at(world, TENDER_DEADLINE);
	world_expects(world, LAB_1, OP(PROPOSAL_REVEAL), reveal, want);
	world_free(world);
}

UNIT_TEST(the_area_is_the_calls_or_else_the_programmes)
{
	area_fits(2, 1, "A", ERR_OK);
	area_fits(2, 1, "B", ERR_AREA);
	area_fits(2, 0, "B", ERR_OK);
	area_fits(2, 0, "C", ERR_AREA);
	area_fits(2, 0, "", ERR_AREA);
	area_fits(0, 0, "", ERR_OK);
	area_fits(0, 0, "A", ERR_AREA);
}

/* --- the commitment -------------------------------------------------------------------- */

UNIT_TEST(only_what_was_committed_opens_it)
{
	Stele__ProposalReveal *reveal = make_opening_of(1, make_content(30000));
	struct world *world = sealed_world(reveal);
	Stele__ProposalCommit *copied = make_commitment(world, LAB_1, reveal);
	Stele__ProposalReveal *other = make_opening_of(1, make_content(30001));

	(void)world_accepts(world, LAB_2, OP(PROPOSAL_COMMIT), copied);
	(void)world_accepts(world, LAB_1, OP(PROPOSAL_COMMIT),
			    make_commitment(world, LAB_1, other));
	tender_at(world, TENDER_DEADLINE);
	world_refuses(world, LAB_1, OP(PROPOSAL_REVEAL), other, ERR_COMMITMENT);
	other->proposal = 3;
	(void)world_accepts(world, LAB_1, OP(PROPOSAL_REVEAL), other);
	world_refuses(world, LAB_1, OP(PROPOSAL_REVEAL), other, ERR_PROPOSAL_STATE);
	reveal->proposal = 2; /* who copied a commitment cannot open it */
	world_refuses(world, LAB_2, OP(PROPOSAL_REVEAL), reveal, ERR_COMMITMENT);
	world_refuses(world, LAB_1, OP(PROPOSAL_REVEAL), reveal, ERR_PROPOSAL_NOT_OWN);
	reveal->proposal = 1;
	(void)world_accepts(world, LAB_1, OP(PROPOSAL_REVEAL), reveal);
	world_free(world);
}

UNIT_TEST(a_commitment_for_another_call_does_not_open)
{
	Stele__ProposalReveal *reveal = make_opening_of(1, make_content(30000));
	struct world *world = tender_world();
	Stele__CallPublish *call = make_call();
	Stele__ProposalCommit *commit;

	call->terms->budget = 50000;
	(void)world_accepts(world, AGENCY, OP(CALL_PUBLISH), call);
	call->call = (char *)"C2";
	(void)world_accepts(world, AGENCY, OP(CALL_PUBLISH), call);
	tender_at(world, TENDER_OPENS);
	commit = make_commitment(world, LAB_1, reveal);
	commit->call = (char *)"C2";
	(void)world_accepts(world, LAB_1, OP(PROPOSAL_COMMIT), commit);
	tender_at(world, TENDER_DEADLINE);
	reveal->call = (char *)"C2";
	world_refuses(world, LAB_1, OP(PROPOSAL_REVEAL), reveal, ERR_COMMITMENT);
	world_free(world);
}

/* --- size ---------------------------------------------------------------------------------- */

static void more_labs(struct genesis *genesis)
{
	for (int i = 0; i < 14; i++) {
		struct genesis_org *org = &genesis->orgs[genesis->orgs_count++];
		char code[32];

		*org = genesis->orgs[LAB_2];
		snprintf(code, sizeof(code), "91110108EXAMPLE%02d", 10 + i);
		snprintf(org->id, sizeof(org->id), "%s", world_usci(code));
		org->keys_count = 0;
	}
}

/* Sixteen members, 32 documents, and every text at its longest. */
static Stele__ProposalContent *widest_content(char *area)
{
	Stele__ProposalContent *content = make_content(INT64_MAX);
	Stele__Recipient *members[16] = {make_recipient(world_id(LAB_1), 625),
					 make_recipient(world_id(LAB_2), 625)};

	for (int i = 0; i < 14; i++) {
		char code[32];

		snprintf(code, sizeof(code), "91110108EXAMPLE%02d", 10 + i);
		members[2 + i] = make_recipient(world_usci(code), 625);
	}
	content_consortium(content, 16, members);
	content->titles = make_long_names();
	content->area = area;
	content->n_documents = 32;
	content->documents = make_long_documents(32);
	return content;
}

UNIT_TEST(the_widest_proposal_under_the_longest_names_fits)
{
	struct world *world = world_new(more_labs);
	Stele__ProgrammeCreate *programme = make_programme();
	Stele__CallPublish *call = make_call();
	char *id = make_memory(65);
	Stele__ProposalReveal *reveal;
	Stele__ProposalValue value;
	struct buf encoded;

	memset(id, 'Z', 64);
	programme->id = call->programme = call->call = call->terms->areas[0] = id;
	programme->areas[0]->code = id;
	programme->budget = call->terms->budget = call->terms->award_max = INT64_MAX;
	(void)world_accepts(world, FUNDER, OP(PROGRAMME_CREATE), programme);
	(void)world_accepts(world, AGENCY, OP(CALL_PUBLISH), call);
	tender_at(world, TENDER_OPENS);
	reveal = make_opening_of(1, widest_content(id));
	reveal->programme = reveal->call = id;
	(void)world_accepts(world, LAB_1, OP(PROPOSAL_COMMIT),
			    make_commitment(world, LAB_1, reveal));
	tender_at(world, TENDER_DEADLINE);
	(void)world_accepts(world, LAB_1, OP(PROPOSAL_REVEAL), reveal);
	value = *(const Stele__ProposalValue *)world_value(world, VALUE_PROPOSAL,
							   "proposal/%s/%s/1", id, id);
	value.number = value.reviews = value.revealed_reviews = value.score = INT64_MAX;
	value.amount = value.decisions = value.decided_time = value.decided_log_index = INT64_MAX;
	value.decided_motion = value.open_objections = value.award = INT64_MAX;
	value.log_index = value.changed_log_index = INT64_MAX;
	buf_init(&encoded, LIMIT_VALUE_BYTES); /* no later record fails for the value's size */
	ck_assert_int_eq(value_encode(&encoded, VALUE_PROPOSAL, &value), ERR_OK);
	ck_assert(encoded.len > 8192);
	buf_release(&encoded);
	world_free(world);
}

UNIT_MAIN("apply_proposal", a_proposal_goes_from_sealed_to_open,
	  a_withdrawn_proposal_keeps_its_number_and_frees_its_place,
	  an_opened_proposal_counts_for_each_member, the_first_broken_rule_of_commit_decides,
	  the_first_broken_rule_of_withdraw_decides, the_first_broken_rule_of_reveal_decides,
	  no_proposal_has_the_number_0,
	  proposals_are_committed_from_the_opening_until_the_deadline,
	  a_proposal_is_withdrawn_until_the_deadline,
	  a_proposal_is_opened_in_its_window_to_the_ms, who_is_eligible_commits,
	  what_is_opened_is_checked_at_and_beyond_each_bound, a_suspended_member_is_not_eligible,
	  the_area_is_the_calls_or_else_the_programmes, only_what_was_committed_opens_it,
	  a_commitment_for_another_call_does_not_open,
	  the_widest_proposal_under_the_longest_names_fits)
