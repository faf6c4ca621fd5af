#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "proto/tx.h"
#include "tests/lib/desk.h"
#include "tests/lib/unit.h"

#define OPENS UINT64_C(1764000000000)
#define DAY UINT64_C(86400000)
#define DEADLINE (OPENS + 10 * DAY)
#define REVEAL_UNTIL (DEADLINE + 5 * DAY)
#define REVIEW_UNTIL (REVEAL_UNTIL + 5 * DAY)
#define CALLS "/v1/programmes/P/calls"

static struct desk *desk;
static uint8_t hash_bytes[32] = {0xab};
static const ProtobufCBinaryData hash = {32, hash_bytes};

static Stele__Names titles = STELE__NAMES__INIT;
static Stele__Period period = STELE__PERIOD__INIT;

static char *key_of(const char *format, ...) PRINTF_LIKE(1, 2);

static char *key_of(const char *format, ...)
{
	static char key[256];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(key, sizeof(key), format, args);
	va_end(args);
	return key;
}

/* A list of names: the key at place k. */
static void put_name(const char *place, const char *key)
{
	Stele__NameValue name = STELE__NAME_VALUE__INIT;

	name.key = (char *)key;
	desk_put(desk, place, VALUE_NAME, &name);
}

static void check_text(const char *target, const char *name, const char *want)
{
	json_t *json = desk_ask(desk, target, 200);

	ck_assert_msg(strcmp(unit_json_text(json, name), want) == 0, "%s: %s is %s", target, name,
		      unit_json_text(json, name));
	json_decref(json);
}

static void check_number(const char *target, const char *name, int64_t want)
{
	json_t *json = desk_ask(desk, target, 200);

	ck_assert_int_eq(unit_json_integer(json, name), want);
	json_decref(json);
}

static void check_bool(const char *target, const char *name, bool want)
{
	json_t *json = desk_ask(desk, target, 200);
	json_t *member = json_object_get(json, name);

	ck_assert_msg(json_is_boolean(member) && json_is_true(member) == want, "%s: %s", target, name);
	json_decref(json);
}

static void check_absent(const char *target, const char *name)
{
	json_t *json = desk_ask(desk, target, 200);

	ck_assert_ptr_null(json_object_get(json, name));
	json_decref(json);
}

/* The list without filter has all, with the filter so many; another word is refused. */
static void check_filter(const char *list, const char *filter, size_t count, int64_t first)
{
	char target[160];

	(void)snprintf(target, sizeof(target), "%s?%s", list, filter);
	desk_expects(desk, target, count, first);
}

static void check_bad_filter(const char *list, const char *filter)
{
	char target[160];

	(void)snprintf(target, sizeof(target), "%s?%s", list, filter);
	json_decref(desk_ask(desk, target, 400));
}

/* --- what stands in the state ---------------------------------------------------- */

static void put_count(const char *key, uint64_t n)
{
	Stele__CountValue count = STELE__COUNT_VALUE__INIT;

	count.count = n;
	desk_put(desk, key, VALUE_COUNT, &count);
}

static void put_programme(const char *id, uint64_t number, bool closed)
{
	Stele__ProgrammeCreate terms = STELE__PROGRAMME_CREATE__INIT;
	Stele__ProgrammeValue value = STELE__PROGRAMME_VALUE__INIT;
	Stele__Area area = STELE__AREA__INIT, *areas[] = {&area};

	area.code = "A";
	terms.id = (char *)id;
	terms.funder = DESK_FUNDER;
	terms.agency = DESK_AGENCY;
	terms.titles = &titles;
	terms.period = &period;
	terms.currency = "CNY";
	terms.budget = 1000000;
	terms.n_areas = 1;
	terms.areas = areas;
	value.programme = &terms;
	value.number = number;
	value.closed = closed;
	value.awards = 3;
	value.calls = 2;
	value.committed = 700000;
	value.call_budgets = 600000;
	value.log_index = 9;
	value.motion = 4;
	desk_put(desk, key_of("programme/%s", id), VALUE_PROGRAMME, &value);
	put_name(key_of("programme-no/%" PRIu64, number), number == 1 ? "programme/P" : "programme/Q");
}

static void put_call(const char *id, uint64_t number, Stele__CallState state, uint64_t decided)
{
	Stele__CallTerms terms = STELE__CALL_TERMS__INIT;
	Stele__CallValue value = STELE__CALL_VALUE__INIT;
	Stele__Criterion merit = STELE__CRITERION__INIT, *criteria[] = {&merit};
	Stele__ReviewTerms review = STELE__REVIEW_TERMS__INIT;
	char key[64], *areas[] = {"B"};

	merit.code = "merit";
	review.n_criteria = 1;
	review.criteria = criteria;
	terms.titles = &titles;
	terms.review = &review;
	terms.opens = OPENS;
	terms.deadline = DEADLINE;
	terms.reveal_until = REVEAL_UNTIL;
	terms.review_until = REVIEW_UNTIL;
	terms.objection_ms = 3 * DAY;
	terms.budget = 500000;
	terms.n_areas = number == 2;
	terms.areas = areas;
	value.programme = "P";
	value.call = (char *)id;
	value.terms = &terms;
	value.number = number;
	value.state = state;
	value.proposals = 6;
	value.revealed = 4;
	value.decided = decided;
	value.committed = 200000;
	value.reviewers = 4;
	value.objections = 2;
	value.log_index = 20;
	(void)snprintf(key, sizeof(key), "call/P/%s", id);
	desk_put(desk, key, VALUE_CALL, &value);
	put_name(key_of("call-no/P/%" PRIu64, number), key);
}

/* Member of the consortium: the applicant, and where it is opened the funder too. */
static void put_proposal(uint64_t number, Stele__ProposalState state, uint64_t award,
			 uint64_t open_objections)
{
	Stele__Recipient mine = STELE__RECIPIENT__INIT, other = STELE__RECIPIENT__INIT;
	Stele__Recipient *consortium[] = {&mine, &other};
	Stele__ProposalContent content = STELE__PROPOSAL_CONTENT__INIT;
	Stele__ProposalValue value = STELE__PROPOSAL_VALUE__INIT;

	mine.org = DESK_LAB;
	other.org = DESK_FUNDER;
	content.titles = &titles;
	content.area = "A";
	content.requested = 90000;
	content.n_consortium = 2;
	content.consortium = consortium;
	value.number = number;
	value.org = DESK_LAB;
	value.commitment = hash;
	value.state = state;
	value.award = award;
	value.open_objections = open_objections;
	value.log_index = 30;
	if (state >= STELE__PROPOSAL_STATE__PROPOSAL_REVEALED)
		value.content = &content;
	if (state >= STELE__PROPOSAL_STATE__PROPOSAL_SELECTED) {
		value.decided_time = REVIEW_UNTIL;
		value.decided_log_index = 60;
		value.decisions = 1;
		value.amount = 80000;
	}
	desk_put(desk, key_of("proposal/P/C/%" PRIu64, number), VALUE_PROPOSAL, &value);
}

static void put_award(uint64_t number, Stele__AwardState state, const char *call)
{
	static const uint64_t amounts[] = {20000, 30000, 50000};
	Stele__Recipient one = STELE__RECIPIENT__INIT, *recipients[] = {&one};
	Stele__Milestone milestones[3], *list[3];
	Stele__AwardGrant grant = STELE__AWARD_GRANT__INIT;
	Stele__AwardImport import = STELE__AWARD_IMPORT__INIT;
	Stele__AwardValue value = STELE__AWARD_VALUE__INIT;

	for (uint32_t i = 0; i < 3; i++) {
		stele__milestone__init(&milestones[i]);
		milestones[i].number = i + 1;
		milestones[i].amount = amounts[i];
		list[i] = &milestones[i];
	}
	one.org = DESK_LAB;
	one.share = 10000;
	grant.programme = "P";
	grant.area = "A";
	grant.call = (char *)call;
	grant.proposal = call[0] != '\0' ? 4 : 0;
	grant.n_recipients = 1;
	grant.recipients = recipients;
	grant.amount = 100000;
	grant.period = &period;
	grant.terms_sha256 = hash;
	grant.n_milestones = 3;
	grant.milestones = list;
	import.programme = "P";
	import.publisher_id = "X1";
	import.recipient_name = "Somebody";
	import.date = "2025-01-01";
	import.document_sha256 = hash;
	value.number = number;
	value.state = state;
	value.committed = 100000;
	value.payable = 50000;
	value.paid = 20000;
	value.demanded = 5000;
	value.received = 2000;
	value.disbursements = 2;
	value.recoveries = 2;
	value.log_index = 70;
	value.terminated = state == STELE__AWARD_STATE__AWARD_TERMINATED;
	if (state == STELE__AWARD_STATE__AWARD_IMPORTED)
		value.import = &import;
	else
		value.grant = &grant;
	desk_put(desk, key_of("award/P/%" PRIu64, number), VALUE_AWARD, &value);
}

static void setup(void)
{
	desk = desk_new();
	titles.en = "A title";
	period.start = "2027-01-01";
	period.end = "2028-12-31";
	put_count("count/programme", 2);
	put_programme("P", 1, false);
	put_programme("Q", 2, true);
	put_call("C", 1, STELE__CALL_STATE__CALL_PUBLISHED, 3);
	put_call("D", 2, STELE__CALL_STATE__CALL_CANCELLED, 0);
	put_proposal(1, STELE__PROPOSAL_STATE__PROPOSAL_COMMITTED, 0, 0);
	put_proposal(2, STELE__PROPOSAL_STATE__PROPOSAL_WITHDRAWN, 0, 0);
	put_proposal(3, STELE__PROPOSAL_STATE__PROPOSAL_REVEALED, 0, 0);
	put_proposal(4, STELE__PROPOSAL_STATE__PROPOSAL_SELECTED, 0, 0);
	put_proposal(5, STELE__PROPOSAL_STATE__PROPOSAL_SELECTED, 0, 1);
	put_proposal(6, STELE__PROPOSAL_STATE__PROPOSAL_DECLINED, 0, 0);
	put_award(1, STELE__AWARD_STATE__AWARD_ACTIVE, "");
	put_award(2, STELE__AWARD_STATE__AWARD_TERMINATED, "C");
	put_award(3, STELE__AWARD_STATE__AWARD_IMPORTED, "");
}

static void teardown(void)
{
	desk_free(desk);
}

/* --- programmes and calls -------------------------------------------------------- */

UNIT_TEST(programme_says_what_remains_and_is_unassigned)
{
	setup();
	check_text("/v1/programmes/P", "state", "open");
	check_text("/v1/programmes/P", "remaining", "300000");
	check_text("/v1/programmes/P", "unassigned", "400000");
	check_number("/v1/programmes/P", "motion", 4);
	desk_expects(desk, "/v1/programmes", 2, 1);
	check_filter("/v1/programmes", "state=closed", 1, 2);
	check_filter("/v1/programmes", "organisation=" DESK_AGENCY "&state=open", 1, 1);
	check_filter("/v1/programmes", "organisation=" DESK_LAB, 0, 0);
	check_bad_filter("/v1/programmes", "state=clos");
	check_bad_filter("/v1/programmes", "state=");
	json_decref(desk_ask(desk, "/v1/programmes/R", 404));
	teardown();
}

/* Each at its bound, and the millisecond before. */
UNIT_TEST(call_has_the_state_of_the_newest_header_s_time)
{
	static const struct {
		uint64_t time;
		const char *state;
	} cases[] = {
		{OPENS - 1, "upcoming"},       {OPENS, "open"},
		{DEADLINE - 1, "open"},        {DEADLINE, "revealing"},
		{REVEAL_UNTIL - 1, "revealing"}, {REVEAL_UNTIL, "reviewing"},
		{REVIEW_UNTIL - 1, "reviewing"}, {REVIEW_UNTIL, "deciding"},
	};

	setup();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		desk_set_time(desk, cases[i].time);
		check_text(CALLS "/C", "state", cases[i].state);
		check_bool(CALLS "/C", "is_open", strcmp(cases[i].state, "open") == 0);
		check_text(CALLS "/D", "state", "cancelled");
	}
	put_call("C", 1, STELE__CALL_STATE__CALL_PUBLISHED, 4);
	check_text(CALLS "/C", "state", "decided");
	teardown();
}

UNIT_TEST(call_says_its_windows_and_totals)
{
	json_t *json, *window;

	setup();
	desk_set_time(desk, DEADLINE);
	json = desk_ask(desk, CALLS "/C", 200);
	window = json_object_get(json_object_get(json, "windows"), "reveal");
	ck_assert_int_eq(unit_json_integer(window, "from"), DEADLINE);
	ck_assert_int_eq(unit_json_integer(window, "until"), REVEAL_UNTIL);
	ck_assert(json_is_true(json_object_get(window, "is_open")));
	window = json_object_get(json_object_get(json, "windows"), "proposals");
	ck_assert(json_is_false(json_object_get(window, "is_open")));
	json_decref(json);
	check_text(CALLS "/C", "remaining", "300000");
	check_text(CALLS "/C", "currency", "CNY");
	check_number(CALLS "/C", "proposals", 6);
	teardown();
}

UNIT_TEST(calls_are_filtered_by_state_and_area)
{
	setup();
	desk_set_time(desk, OPENS);
	desk_expects(desk, CALLS, 2, 1);
	check_filter(CALLS, "state=open", 1, 1);
	check_filter(CALLS, "state=cancelled", 1, 2);
	check_filter(CALLS, "area=A", 1, 1); /* of the programme, for C has none of its own */
	check_filter(CALLS, "area=B", 1, 2);
	check_bad_filter(CALLS, "state=published");
	json_decref(desk_ask(desk, CALLS "/E", 404));
	json_decref(desk_ask(desk, "/v1/programmes/R/calls", 404));
	teardown();
}

/* --- proposals and reviews ------------------------------------------------------- */

UNIT_TEST(proposals_say_their_state_and_lapse_unopened)
{
	setup();
	desk_set_time(desk, REVEAL_UNTIL - 1);
	check_text(CALLS "/C/proposals/1", "state", "committed");
	check_absent(CALLS "/C/proposals/1", "requested");
	desk_set_time(desk, REVEAL_UNTIL);
	check_text(CALLS "/C/proposals/1", "state", "lapsed");
	check_text(CALLS "/C/proposals/2", "state", "withdrawn");
	check_text(CALLS "/C/proposals/3", "state", "revealed");
	check_text(CALLS "/C/proposals/3", "requested", "90000");
	check_absent(CALLS "/C/proposals/3", "decided_time");
	check_text(CALLS "/C/proposals/6", "state", "declined");
	json_decref(desk_ask(desk, CALLS "/C/proposals/7", 404));
	json_decref(desk_ask(desk, CALLS "/C/proposals/0", 404));
	json_decref(desk_ask(desk, CALLS "/C/proposals/01", 404));
	teardown();
}

UNIT_TEST(proposal_is_awardable_once_nobody_can_object)
{
	setup();
	desk_set_time(desk, REVIEW_UNTIL + 3 * DAY - 1);
	check_bool(CALLS "/C/proposals/4", "is_objectionable", true);
	check_bool(CALLS "/C/proposals/4", "is_awardable", false);
	desk_set_time(desk, REVIEW_UNTIL + 3 * DAY);
	check_number(CALLS "/C/proposals/4", "objections_until", REVIEW_UNTIL + 3 * DAY);
	check_bool(CALLS "/C/proposals/4", "is_objectionable", false);
	check_bool(CALLS "/C/proposals/4", "is_awardable", true);
	check_bool(CALLS "/C/proposals/5", "is_awardable", false); /* an objection is open */
	check_bool(CALLS "/C/proposals/6", "is_awardable", false); /* declined */
	put_proposal(4, STELE__PROPOSAL_STATE__PROPOSAL_SELECTED, 2, 0);
	check_bool(CALLS "/C/proposals/4", "is_awardable", false); /* has its award */
	check_number(CALLS "/C/proposals/4", "award", 2);
	teardown();
}

UNIT_TEST(proposals_are_filtered_by_state_party_and_area)
{
	setup();
	desk_set_time(desk, REVIEW_UNTIL);
	desk_expects(desk, CALLS "/C/proposals", 6, 1);
	check_filter(CALLS "/C/proposals", "state=selected", 2, 4);
	check_filter(CALLS "/C/proposals", "state=lapsed", 1, 1);
	check_filter(CALLS "/C/proposals", "organisation=" DESK_LAB, 6, 1);
	check_filter(CALLS "/C/proposals", "organisation=" DESK_FUNDER, 4, 3);
	check_filter(CALLS "/C/proposals", "organisation=" DESK_AGENCY, 0, 0);
	check_filter(CALLS "/C/proposals", "area=A&state=revealed", 1, 3);
	check_bad_filter(CALLS "/C/proposals", "state=open");
	teardown();
}

static void put_reviewer(uint64_t number, const char *org)
{
	Stele__ReviewerValue value = STELE__REVIEWER_VALUE__INIT;
	uint8_t key[33] = {2, (uint8_t)number};

	value.key = (ProtobufCBinaryData){33, key};
	value.org = (char *)org;
	value.log_index = 40;
	desk_put(desk, key_of("panel/P/C/%" PRIu64, number), VALUE_REVIEWER, &value);
}

static void put_review(uint64_t reviewer, bool is_conflicted, bool is_revealed)
{
	Stele__Score score = STELE__SCORE__INIT, *scores[] = {&score};
	Stele__ReviewContent content = STELE__REVIEW_CONTENT__INIT;
	Stele__ReviewValue value = STELE__REVIEW_VALUE__INIT;

	score.criterion = "merit";
	score.value = 7;
	content.n_scores = 1;
	content.scores = scores;
	value.is_conflicted = is_conflicted;
	value.commitment = hash;
	value.log_index = 50;
	if (is_revealed) {
		value.content = &content;
		value.score = 70000;
	}
	desk_put(desk, key_of("review/P/C/3/%" PRIu64, reviewer), VALUE_REVIEW, &value);
}

/* Reviewer 2 did nothing. */
UNIT_TEST(reviews_are_those_of_the_panel_that_are_there)
{
	json_t *json, *item;

	setup();
	for (uint64_t k = 1; k <= 4; k++)
		put_reviewer(k, k == 4 ? DESK_FUNDER : DESK_AGENCY);
	put_review(1, false, false);
	put_review(3, false, true);
	put_review(4, true, false);
	json = desk_ask(desk, CALLS "/C/proposals/3/reviews", 200);
	ck_assert_uint_eq(json_array_size(unit_json_array(json, "items")), 3);
	ck_assert_int_eq(unit_json_integer(json, "total"), 4);
	item = json_array_get(unit_json_array(json, "items"), 1);
	ck_assert_int_eq(unit_json_integer(item, "reviewer"), 3);
	ck_assert_int_eq(unit_json_integer(item, "score"), 70000);
	ck_assert_str_eq(unit_json_text(item, "state"), "revealed");
	json_decref(json);
	json = desk_ask(desk, CALLS "/C/proposals/3/reviews?state=conflicted", 200);
	ck_assert_uint_eq(json_array_size(unit_json_array(json, "items")), 1);
	json_decref(json);
	desk_expects(desk, CALLS "/C/proposals/4/reviews", 0, 0);
	desk_expects(desk, CALLS "/C/panel", 4, 1);
	check_filter(CALLS "/C/panel", "organisation=" DESK_FUNDER, 1, 4);
	teardown();
}

UNIT_TEST(party_of_who_did_nothing_counts_nothing)
{
	Stele__PartyValue value = STELE__PARTY_VALUE__INIT;

	setup();
	value.proposals = 5;
	value.revealed = 4;
	desk_put(desk, "party/P/C/" DESK_LAB, VALUE_PARTY, &value);
	check_number(CALLS "/C/parties/" DESK_LAB, "proposals", 5);
	check_number(CALLS "/C/parties/" DESK_LAB, "revealed", 4);
	check_number(CALLS "/C/parties/" DESK_FUNDER, "proposals", 0);
	json_decref(desk_ask(desk, CALLS "/C/parties/nobody", 404));
	teardown();
}

static void put_objection(uint64_t number, uint64_t proposal, const char *org,
			  Stele__ObjectionState state)
{
	Stele__ObjectionFile record = STELE__OBJECTION_FILE__INIT;
	Stele__ObjectionValue value = STELE__OBJECTION_VALUE__INIT;

	record.programme = "P";
	record.call = "C";
	record.proposal = proposal;
	record.grounds_sha256 = hash;
	value.objection = &record;
	value.org = (char *)org;
	value.state = state;
	value.decision = 1;
	value.time = REVIEW_UNTIL + 1;
	value.log_index = 65;
	desk_put(desk, key_of("objection/P/C/%" PRIu64, number), VALUE_OBJECTION, &value);
}

UNIT_TEST(objections_are_filtered_by_state_party_and_proposal)
{
	setup();
	put_objection(1, 4, DESK_LAB, STELE__OBJECTION_STATE__OBJECTION_DISMISSED);
	put_objection(2, 5, DESK_FUNDER, STELE__OBJECTION_STATE__OBJECTION_OPEN);
	desk_expects(desk, CALLS "/C/objections", 2, 1);
	check_filter(CALLS "/C/objections", "state=open", 1, 2);
	check_filter(CALLS "/C/objections", "organisation=" DESK_LAB, 1, 1);
	check_filter(CALLS "/C/objections", "proposal=5", 1, 2);
	check_text(CALLS "/C/objections/1", "state", "dismissed");
	json_decref(desk_ask(desk, CALLS "/C/objections/3", 404));
	teardown();
}

/* --- awards ---------------------------------------------------------------------- */

#define AWARDS "/v1/programmes/P/awards"

UNIT_TEST(award_says_what_may_still_be_paid_and_is_owed)
{
	setup();
	check_text(AWARDS "/1", "payable", "50000");
	check_text(AWARDS "/1", "remaining", "30000");
	check_text(AWARDS "/1", "outstanding", "3000");
	check_text(AWARDS "/1", "currency", "CNY");
	check_absent(AWARDS "/1", "unspent");
	check_text(AWARDS "/2", "unspent", "0");
	check_text(AWARDS "/3", "recipient", "Somebody");
	json_decref(desk_ask(desk, AWARDS "/4", 404));
	teardown();
}

UNIT_TEST(awards_are_filtered_by_state_recipient_call_and_area)
{
	setup();
	desk_expects(desk, AWARDS, 3, 1);
	check_filter(AWARDS, "state=imported", 1, 3);
	check_filter(AWARDS, "organisation=" DESK_LAB, 2, 1);
	check_filter(AWARDS, "organisation=" DESK_FUNDER, 0, 0);
	check_filter(AWARDS, "call=C", 1, 2);
	check_filter(AWARDS, "area=A&state=active", 1, 1);
	check_bad_filter(AWARDS, "state=none");
	teardown();
}

UNIT_TEST(awards_of_an_organisation_stand_in_all_programmes)
{
	Stele__OrgValue value = STELE__ORG_VALUE__INIT;

	setup();
	value.id = DESK_LAB;
	value.awards = 2;
	desk_put(desk, "org/" DESK_LAB, VALUE_ORG, &value);
	put_name("org-award/" DESK_LAB "/1", "award/P/2");
	put_name("org-award/" DESK_LAB "/2", "award/P/1");
	desk_expects(desk, "/v1/organisations/" DESK_LAB "/awards", 2, 2);
	check_filter("/v1/organisations/" DESK_LAB "/awards", "state=active", 1, 1);
	check_filter("/v1/organisations/" DESK_LAB "/awards", "programme=P", 2, 2);
	check_filter("/v1/organisations/" DESK_LAB "/awards", "programme=Q", 0, 0);
	teardown();
}

static void put_milestone(uint32_t number, Stele__Assessment result)
{
	Stele__MilestoneValue value = STELE__MILESTONE_VALUE__INIT;

	value.number = number;
	value.claims = 1;
	value.result = result;
	value.payable = result == STELE__ASSESSMENT__ASSESSMENT_MET ? 20000 : 0;
	value.claimed_log_index = 80;
	desk_put(desk, key_of("milestone/P/1/%" PRIu32, number), VALUE_MILESTONE, &value);
	desk_put(desk, key_of("milestone/P/2/%" PRIu32, number), VALUE_MILESTONE, &value);
}

UNIT_TEST(milestones_say_how_far_they_are)
{
	setup();
	put_milestone(1, STELE__ASSESSMENT__ASSESSMENT_MET);
	put_milestone(2, STELE__ASSESSMENT__ASSESSMENT_NONE);
	desk_expects(desk, AWARDS "/1/milestones", 3, 1);
	check_text(AWARDS "/1/milestones/1", "state", "met");
	check_text(AWARDS "/1/milestones/1", "payable", "20000");
	check_text(AWARDS "/1/milestones/2", "state", "claimed");
	check_text(AWARDS "/1/milestones/3", "state", "planned");
	check_text(AWARDS "/1/milestones/3", "amount", "50000");
	check_filter(AWARDS "/1/milestones", "state=claimed", 1, 2);
	/* the award ended, and with it what was not assessed */
	check_text(AWARDS "/2/milestones/1", "state", "met");
	check_text(AWARDS "/2/milestones/2", "state", "ended");
	check_text(AWARDS "/2/milestones/3", "state", "ended");
	desk_expects(desk, AWARDS "/3/milestones", 0, 0); /* imported */
	json_decref(desk_ask(desk, AWARDS "/1/milestones/4", 404));
	json_decref(desk_ask(desk, AWARDS "/1/milestones/0", 404));
	teardown();
}

static void put_payment(uint64_t number, uint64_t reversed)
{
	Stele__DisbursementRecord record = STELE__DISBURSEMENT_RECORD__INIT;
	Stele__DisbursementValue value = STELE__DISBURSEMENT_VALUE__INIT;

	record.programme = "P";
	record.award = 1;
	record.amount = 10000;
	record.payer = DESK_FUNDER;
	record.payee = DESK_LAB;
	record.value_date = "2027-01-01";
	record.reference_sha256 = hash;
	value.record = &record;
	value.number = number;
	value.reversed_log_index = reversed;
	value.log_index = 90;
	desk_put(desk, key_of("disbursement/P/1/%" PRIu64, number), VALUE_DISBURSEMENT, &value);
}

UNIT_TEST(payments_say_whether_they_stand)
{
	setup();
	put_payment(1, 95);
	put_payment(2, 0);
	desk_expects(desk, AWARDS "/1/disbursements", 2, 1);
	check_filter(AWARDS "/1/disbursements", "state=standing", 1, 2);
	check_filter(AWARDS "/1/disbursements", "state=reversed", 1, 1);
	check_number(AWARDS "/1/disbursements/1", "reversed_log_index", 95);
	check_absent(AWARDS "/1/disbursements/2", "reversed_log_index");
	json_decref(desk_ask(desk, AWARDS "/1/disbursements/3", 404));
	teardown();
}

UNIT_TEST(recoveries_are_demands_and_receipts)
{
	Stele__RecoveryDemand demand = STELE__RECOVERY_DEMAND__INIT;
	Stele__RecoveryReceive receipt = STELE__RECOVERY_RECEIVE__INIT;
	Stele__RecoveryValue value = STELE__RECOVERY_VALUE__INIT;

	setup();
	demand.programme = "P";
	demand.award = 1;
	demand.amount = 5000;
	receipt.programme = "P";
	receipt.award = 1;
	receipt.amount = 2000;
	receipt.payer = DESK_LAB;
	receipt.value_date = "2027-01-01";
	receipt.reference_sha256 = hash;
	value.demand = &demand;
	desk_put(desk, "recovery/P/1/1", VALUE_RECOVERY, &value);
	value.demand = NULL;
	value.receipt = &receipt;
	desk_put(desk, "recovery/P/1/2", VALUE_RECOVERY, &value);
	desk_expects(desk, AWARDS "/1/recoveries", 2, 1);
	check_filter(AWARDS "/1/recoveries", "kind=receipt", 1, 2);
	check_text(AWARDS "/1/recoveries/1", "kind", "demand");
	check_text(AWARDS "/1/recoveries/2", "amount", "2000");
	check_bad_filter(AWARDS "/1/recoveries", "kind=both");
	teardown();
}

/* --- organisations and keys ------------------------------------------------------ */

UNIT_TEST(organisations_are_filtered_by_role_and_state)
{
	setup();
	desk_expects(desk, "/v1/organisations", 5, 1);
	check_filter("/v1/organisations", "role=applicant", 1, 5);
	check_filter("/v1/organisations", "role=validator&state=active", 4, 1);
	check_filter("/v1/organisations", "state=suspended", 0, 0);
	check_bad_filter("/v1/organisations", "role=king");
	teardown();
}

#define KEY "/v1/keys/020000000000000000000000000000000000000000000000000000000000000000"

static void put_key(uint64_t from_height, uint64_t revoked_height)
{
	static const uint8_t bytes[33] = {2};
	Stele__KeyValue value = STELE__KEY_VALUE__INIT;
	char key[4 + HASH_HEX_LEN + 1] = "key/";
	struct hash digest;

	sha256(&digest, bytes, sizeof(bytes));
	hex_encode(key + 4, digest.b, sizeof(digest.b));
	value.key = (ProtobufCBinaryData){sizeof(bytes), (uint8_t *)(uintptr_t)bytes};
	value.org = DESK_LAB;
	value.from_height = from_height;
	value.revoked_height = revoked_height;
	desk_put(desk, key, VALUE_KEY, &value);
	put_name("org-key/" DESK_LAB "/1", key);
}

static void check_keys(const char *state, size_t count)
{
	char target[160];
	json_t *json;

	(void)snprintf(target, sizeof(target), "/v1/organisations/" DESK_LAB "/keys?state=%s", state);
	json = desk_ask(desk, target, 200);
	ck_assert_uint_eq(json_array_size(unit_json_array(json, "items")), count);
	json_decref(json);
}

/* The tip is at height 0: what counts is the next block. */
UNIT_TEST(key_has_the_state_that_the_next_block_finds)
{
	setup();
	put_key(2, 0);
	check_text(KEY, "state", "pending");
	put_key(1, 0);
	check_text(KEY, "state", "in_force");
	put_key(0, 2);
	check_text(KEY, "state", "in_force");
	put_key(0, 1);
	check_text(KEY, "state", "revoked");
	check_keys("revoked", 1); /* the other is of the genesis */
	check_keys("in_force", 1);
	check_keys("pending", 0);
	teardown();
}

/* --- motions --------------------------------------------------------------------- */

static void put_motion(uint64_t number, Stele__MotionOperation *operation, Stele__MotionState state)
{
	Stele__MotionValue value = STELE__MOTION_VALUE__INIT;
	Stele__PartValue part = STELE__PART_VALUE__INIT;
	Stele__PolicyValue policy = STELE__POLICY_VALUE__INIT;
	Stele__PolicyRule rule = STELE__POLICY_RULE__INIT;
	struct buf bytes;

	buf_init(&bytes, 4096);
	motion_operation_encode(&bytes, operation);
	part.data = (ProtobufCBinaryData){bytes.len, bytes.at};
	desk_put(desk, key_of("motion/%" PRIu64 "/part/1", number), VALUE_PART, &part);
	value.number = number;
	value.opener = DESK_AGENCY;
	value.operation = (uint32_t)operation->operation_case;
	value.expires = OPENS;
	value.state = state;
	value.parts = 1;
	value.operation_sha256 = hash;
	desk_put(desk, key_of("motion/%" PRIu64, number), VALUE_MOTION, &value);
	rule.operation = value.operation;
	rule.approvals = 1;
	rule.approvers = STELE__ROLE__ROLE_VALIDATOR;
	policy.rule = &rule;
	desk_put(desk, key_of("policy/%" PRIu32, rule.operation), VALUE_POLICY, &policy);
	put_count("count/motion", number);
	buf_release(&bytes);
}

static size_t who_may(uint64_t motion)
{
	json_t *json = desk_ask(desk, key_of("/v1/motions/%" PRIu64, motion), 200);
	size_t count = json_array_size(json_object_get(json, "may_approve"));

	json_decref(json);
	return count;
}

/* Of the four validators one has a part in it. */
UNIT_TEST(motion_says_who_has_a_part_in_it_by_leaving_it_out)
{
	Stele__MotionOperation suspend = STELE__MOTION_OPERATION__INIT;
	Stele__MotionOperation decide = STELE__MOTION_OPERATION__INIT;
	Stele__AwardStep step = STELE__AWARD_STEP__INIT;
	Stele__ProposalOutcome outcome = STELE__PROPOSAL_OUTCOME__INIT, *outcomes[] = {&outcome};
	Stele__DecisionPublish decision = STELE__DECISION_PUBLISH__INIT;
	Stele__PartyValue party = STELE__PARTY_VALUE__INIT;

	setup();
	step.programme = "P";
	step.award = 1; /* the lab's, which is no validator */
	suspend.operation_case = STELE__MOTION_OPERATION__OPERATION_AWARD_SUSPEND;
	suspend.award_suspend = &step;
	put_motion(1, &suspend, STELE__MOTION_STATE__MOTION_OPEN);
	ck_assert_uint_eq(who_may(1), 4);
	outcome.proposal = 3;
	outcome.outcome = STELE__OUTCOME__OUTCOME_DECLINED;
	decision.programme = "P";
	decision.call = "C";
	decision.n_outcomes = 1;
	decision.outcomes = outcomes;
	decide.operation_case = STELE__MOTION_OPERATION__OPERATION_DECISION_PUBLISH;
	decide.decision_publish = &decision;
	put_motion(2, &decide, STELE__MOTION_STATE__MOTION_OPEN);
	party.proposals = 1;
	desk_put(desk, "party/P/C/" DESK_FUNDER, VALUE_PARTY, &party);
	ck_assert_uint_eq(who_may(2), 4);
	party.revealed = 1;
	desk_put(desk, "party/P/C/" DESK_FUNDER, VALUE_PARTY, &party);
	ck_assert_uint_eq(who_may(2), 3);
	teardown();
}

UNIT_TEST(motions_are_filtered_by_state_operation_and_opener)
{
	Stele__MotionOperation suspend = STELE__MOTION_OPERATION__INIT;
	Stele__AwardStep step = STELE__AWARD_STEP__INIT;

	setup();
	step.programme = "P";
	step.award = 1;
	suspend.operation_case = STELE__MOTION_OPERATION__OPERATION_AWARD_SUSPEND;
	suspend.award_suspend = &step;
	put_motion(1, &suspend, STELE__MOTION_STATE__MOTION_EXECUTED);
	put_motion(2, &suspend, STELE__MOTION_STATE__MOTION_OPEN);
	desk_expects(desk, "/v1/motions", 2, 2);
	check_filter("/v1/motions", "state=open", 1, 2);
	check_filter("/v1/motions", "operation=award.suspend&state=executed", 1, 1);
	check_filter("/v1/motions", "operation=award.resume", 0, 0);
	check_filter("/v1/motions", "organisation=" DESK_AGENCY, 2, 2);
	check_filter("/v1/motions", "organisation=" DESK_LAB, 0, 0);
	desk_set_time(desk, OPENS - 1);
	check_text("/v1/motions/2", "state", "open");
	desk_set_time(desk, OPENS);
	check_text("/v1/motions/2", "state", "expired");
	check_text("/v1/motions/1", "state", "executed");
	check_bad_filter("/v1/motions", "state=closed");
	teardown();
}

/* --- histories ------------------------------------------------------------------- */

static void check_history(const char *target, int64_t total)
{
	json_t *json = desk_ask(desk, target, 200);
	json_t *first = json_array_get(unit_json_array(json, "items"), 0);

	ck_assert_int_eq(unit_json_integer(json, "total"), total);
	ck_assert_int_eq(unit_json_integer(first, "log_index"), 0);
	ck_assert_int_eq(unit_json_integer(first, "height"), 0);
	ck_assert_str_eq(unit_json_text(first, "operation"), "genesis");
	json_decref(json);
}

/* Records of blocks are tests/cluster/test_api.py's; here there is the genesis only. */
UNIT_TEST(history_of_an_organisation_and_its_key_begins_with_the_genesis)
{
	setup();
	check_history("/v1/organisations/" DESK_LAB "/history", 1);
	check_history("/v1/keys/024487a2c64e9cca01317c4effb74a036e649b155bb8712523cb4a201425960"
		      "30b/history", 1);
	json_decref(desk_ask(desk, "/v1/organisations/nobody/history", 404));
	json_decref(desk_ask(desk, "/v1/keys/02/history", 400));
	json_decref(desk_ask(desk, "/v1/motions/1/history", 404));
	json_decref(desk_ask(desk, AWARDS "/4/history", 404));
	json_decref(desk_ask(desk, CALLS "/E/history", 404));
	json_decref(desk_ask(desk, CALLS "/C/proposals/7/history", 404));
	teardown();
}

#define CONTENT "ab00000000000000000000000000000000000000000000000000000000000000"
#define CLAIMS "/v1/hashes/sha256/" CONTENT "/claims"

static void put_claim(uint64_t number, uint64_t changed_log_index)
{
	Stele__ClaimValue value = STELE__CLAIM_VALUE__INIT;

	value.org = DESK_LAB;
	value.changed_log_index = changed_log_index;
	desk_put(desk, number == 1 ? key_of("content/%s", CONTENT)
				   : key_of("claim/%s/%" PRIu64, CONTENT, number),
		 VALUE_CLAIM, &value);
}

static void put_propagation(uint64_t number)
{
	Stele__ContentPropagate record = STELE__CONTENT_PROPAGATE__INIT;
	Stele__PropagationValue value = STELE__PROPAGATION_VALUE__INIT;
	Stele__ContentRef target = STELE__CONTENT_REF__INIT;

	target.sha256 = hash;
	target.claim = 1;
	record.target = &target;
	record.propagator = "somebody";
	value.record = &record;
	value.org = DESK_LAB;
	desk_put(desk, key_of("propagation/%s/1/%" PRIu64, CONTENT, number), VALUE_PROPAGATION, &value);
	put_count(key_of("propagation/%s/1", CONTENT), number);
}

/* Its anchor, what propagated it, and what ended it, which has log index 0 here too. */
UNIT_TEST(history_of_a_claim_is_told_by_the_claim)
{
	setup();
	put_claim(1, 0);
	put_claim(2, 0);
	check_history(CLAIMS "/1/history", 1);
	put_propagation(1);
	put_propagation(2);
	check_history(CLAIMS "/1/history", 3);
	check_history(CLAIMS "/2/history", 1);
	json_decref(desk_ask(desk, CLAIMS "/3/history", 404));
	json_decref(desk_ask(desk, CLAIMS "/0/history", 404));
	json_decref(desk_ask(desk, "/v1/hashes/sha256/ab/claims/1/history", 404));
	put_claim(1, 5);
	json_decref(desk_ask(desk, CLAIMS "/1/history?limit=3", 200));
	json_decref(desk_ask(desk, CLAIMS "/1/history", 404)); /* the leaf 5 is not there */
	teardown();
}

/* --- pages ----------------------------------------------------------------------- */

/* A filter that lets one in many through still reaches the end by its cursors. */
UNIT_TEST(filtered_list_is_complete_over_its_pages)
{
	char target[200] = AWARDS "?state=imported&limit=1";
	size_t found = 0, pages = 0;
	bool is_done = false;

	setup();
	put_award(1, STELE__AWARD_STATE__AWARD_IMPORTED, "");
	for (; !is_done; pages++) {
		json_t *json = desk_ask(desk, target, 200);

		found += json_array_size(unit_json_array(json, "items"));
		ck_assert_int_eq(unit_json_integer(json, "total"), 3);
		is_done = json_is_null(json_object_get(json, "next"));
		if (!is_done)
			(void)snprintf(target, sizeof(target), AWARDS "?state=imported&limit=1&cursor=%s",
				       unit_json_text(json, "next"));
		json_decref(json);
	}
	ck_assert_uint_eq(found, 2);
	ck_assert_uint_eq(pages, 2);
	teardown();
}

#define MILESTONES 64
#define LARGE_AWARDS 4000 /* decoded, together more than a request may hold */

static void put_large_awards(void)
{
	Stele__ProgrammeValue programme = STELE__PROGRAMME_VALUE__INIT;
	Stele__ProgrammeCreate terms = STELE__PROGRAMME_CREATE__INIT;
	Stele__Recipient one = STELE__RECIPIENT__INIT, *recipients[] = {&one};
	Stele__Milestone milestone = STELE__MILESTONE__INIT, *milestones[MILESTONES];
	Stele__AwardGrant grant = STELE__AWARD_GRANT__INIT;
	Stele__AwardValue value = STELE__AWARD_VALUE__INIT;

	terms.id = grant.programme = "P";
	terms.funder = DESK_FUNDER;
	terms.agency = DESK_AGENCY;
	terms.titles = &titles;
	terms.period = grant.period = &period;
	terms.currency = "CNY";
	programme.programme = &terms;
	programme.awards = LARGE_AWARDS;
	desk_put(desk, "programme/P", VALUE_PROGRAMME, &programme);
	milestone.due = "2026-01-01";
	milestone.amount = 1;
	milestone.criteria_sha256 = hash;
	for (size_t i = 0; i < MILESTONES; i++)
		milestones[i] = &milestone;
	one.org = DESK_LAB;
	grant.n_recipients = 1;
	grant.recipients = recipients;
	grant.n_milestones = MILESTONES;
	grant.milestones = milestones;
	value.grant = &grant;
	value.state = STELE__AWARD_STATE__AWARD_GRANTED;
	desk_put_each(desk, "award/P", LARGE_AWARDS, VALUE_AWARD, &value);
}

/* What the filter passes over takes memory too. */
UNIT_TEST(filter_over_many_large_items_goes_on_by_the_cursor)
{
	char target[200] = AWARDS "?state=active";
	size_t pages = 0;
	bool is_done = false;

	setup();
	put_large_awards();
	for (; !is_done; pages++) {
		json_t *json = desk_ask(desk, target, 200);

		ck_assert_uint_eq(json_array_size(unit_json_array(json, "items")), 0);
		is_done = json_is_null(json_object_get(json, "next"));
		if (!is_done)
			(void)snprintf(target, sizeof(target), AWARDS "?state=active&cursor=%s",
				       unit_json_text(json, "next"));
		json_decref(json);
	}
	ck_assert_uint_eq(pages, 2);
	teardown();
}

UNIT_MAIN("api_grants", programme_says_what_remains_and_is_unassigned,
	  call_has_the_state_of_the_newest_header_s_time, call_says_its_windows_and_totals,
	  calls_are_filtered_by_state_and_area, proposals_say_their_state_and_lapse_unopened,
	  proposal_is_awardable_once_nobody_can_object,
	  proposals_are_filtered_by_state_party_and_area,
	  reviews_are_those_of_the_panel_that_are_there, party_of_who_did_nothing_counts_nothing,
	  objections_are_filtered_by_state_party_and_proposal,
	  award_says_what_may_still_be_paid_and_is_owed,
	  awards_are_filtered_by_state_recipient_call_and_area,
	  awards_of_an_organisation_stand_in_all_programmes, milestones_say_how_far_they_are,
	  payments_say_whether_they_stand, recoveries_are_demands_and_receipts,
	  organisations_are_filtered_by_role_and_state, key_has_the_state_that_the_next_block_finds,
	  motion_says_who_has_a_part_in_it_by_leaving_it_out,
	  motions_are_filtered_by_state_operation_and_opener,
	  history_of_an_organisation_and_its_key_begins_with_the_genesis,
	  history_of_a_claim_is_told_by_the_claim,
	  filtered_list_is_complete_over_its_pages,
	  filter_over_many_large_items_goes_on_by_the_cursor)
