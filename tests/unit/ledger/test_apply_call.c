/* Calls: rules CP, CA and CC. */
#include <string.h>

#include "base/limits.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/flaws.h"
#include "tests/unit/ledger/tender.h"

#define YEAR_MS (UINT64_C(365) * 86400000)
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

UNIT_TEST(a_call_starts_empty_and_is_listed)
{
	struct world *world = tender_world();
	uint64_t index = world_accepts(world, AGENCY, OP(CALL_PUBLISH), make_call());
	const Stele__NameValue *name = world_value(world, VALUE_NAME, "call-no/P1/1");
	Stele__ProgrammeValue programme = tender_programme(world);
	Stele__CallValue call = tender_call(world);

	ck_assert_str_eq(name->key, "call/P1/C1");
	ck_assert_str_eq(call.programme, "P1");
	ck_assert_str_eq(call.call, "C1");
	ck_assert_uint_eq(call.number, 1);
	ck_assert_uint_eq(call.log_index, index);
	ck_assert_uint_eq(call.version + call.motion + call.proposals + call.changed_log_index, 0);
	ck_assert_int_eq(call.state, STELE__CALL_STATE__CALL_PUBLISHED);
	ck_assert_uint_eq(call.terms->budget, 60000);
	ck_assert_uint_eq(programme.calls, 1);
	ck_assert_uint_eq(programme.call_budgets, 60000);
	ck_assert_uint_eq(programme.changed_log_index, 0);
	world_free(world);
}

/* --- the order of the rules --------------------------------------------------- */

static void wrong_agency(struct attempt *attempt) { attempt->who = AUDITOR; }
static void closed(struct attempt *attempt)
{
	Stele__ProgrammeValue programme = tender_programme(attempt->world);

	programme.closed = true;
	tender_put_programme(attempt->world, &programme);
}
static void budgets_spent(struct attempt *attempt)
{
	Stele__ProgrammeValue programme = tender_programme(attempt->world);

	programme.call_budgets = 100000;
	tender_put_programme(attempt->world, &programme);
}
static void cancelled(struct attempt *attempt)
{
	Stele__CallValue call = tender_call(attempt->world);

	call.state = STELE__CALL_STATE__CALL_CANCELLED;
	tender_put_call(attempt->world, &call);
}
static void awarded(struct attempt *attempt)
{
	Stele__CallValue call = tender_call(attempt->world);

	call.awards = 1;
	tender_put_call(attempt->world, &call);
}

static struct attempt publishing(void)
{
	return (struct attempt){tender_world(), AGENCY, OP(CALL_PUBLISH), make_call()};
}

static Stele__CallTerms *published(struct attempt *attempt)
{
	return ((Stele__CallPublish *)attempt->record)->terms;
}
static void publish_unknown(struct attempt *attempt)
{
	((Stele__CallPublish *)attempt->record)->programme = (char *)"P9";
}
static void publish_existing(struct attempt *attempt)
{
	Stele__CallValue call = STELE__CALL_VALUE__INIT;

	call.programme = (char *)"P1";
	call.call = (char *)"C1";
	call.terms = make_terms();
	tender_put_call(attempt->world, &call);
}

/* Flaws of terms, for both records. */
static void long_objection(Stele__CallTerms *terms) { terms->objection_ms = YEAR_MS + 1; }
static void no_proposals(Stele__CallTerms *terms) { terms->proposals_per_applicant = 0; }
static void unknown_scheme(Stele__CallTerms *terms) { terms->eligibility->scheme = (char *)"GB-COH"; }
static void more_awards(Stele__CallTerms *terms) { terms->max_awards = 4; }
static void foreign_area(Stele__CallTerms *terms)
{
	terms->areas[terms->n_areas++] = terms->areas[0];
	terms->areas[0] = (char *)"X";
}
static void criterion_twice(Stele__CallTerms *terms)
{
	terms->review->criteria[1]->code = terms->review->criteria[0]->code;
}
static void no_quorum(Stele__CallTerms *terms) { terms->review->quorum = 0; }
static void over_budget(Stele__CallTerms *terms) { terms->budget = 100001; }

#define OF_PUBLISH(flaw) \
	static void publish_##flaw(struct attempt *attempt) { flaw(published(attempt)); }
OF_PUBLISH(long_objection)
OF_PUBLISH(no_proposals)
OF_PUBLISH(unknown_scheme)
OF_PUBLISH(more_awards)
OF_PUBLISH(foreign_area)
OF_PUBLISH(criterion_twice)
OF_PUBLISH(no_quorum)
OF_PUBLISH(terms_swell)

UNIT_TEST(the_first_broken_rule_of_publish_decides)
{
	static const struct flaw flaws[] = {
		{publish_unknown, ERR_NOT_FOUND_PROGRAMME}, /* CP-01 */
		{wrong_agency, ERR_PROGRAMME_AGENCY},       /* CP-02 */
		{closed, ERR_PROGRAMME_CLOSED},             /* CP-03 */
		{publish_existing, ERR_EXISTS_CALL},        /* CP-04 */
		{publish_long_objection, ERR_CALL_TIMES},   /* CP-05 */
		{publish_no_proposals, ERR_AMOUNT},         /* CP-06 */
		{publish_unknown_scheme, ERR_ID_SCHEME},    /* CP-07 */
		{publish_more_awards, ERR_CALL_WIDER},      /* CP-07 */
		{publish_foreign_area, ERR_AREA},           /* CP-08 */
		{publish_criterion_twice, ERR_AREA_DUPLICATE}, /* CP-09 */
		{publish_no_quorum, ERR_CALL_TERMS},        /* CP-10 */
		{budgets_spent, ERR_BUDGET},                /* CP-11 */
		{publish_terms_swell, ERR_VALUE_SIZE},      /* CP-12 */
	};

	flaws_decide(publishing, flaws, COUNT(flaws));
}

static struct attempt amending(void)
{
	return (struct attempt){tender_new(), AGENCY, OP(CALL_AMEND), make_call_amendment()};
}

static Stele__CallAmend *amendment(struct attempt *attempt) { return attempt->record; }
static void amend_unknown(struct attempt *attempt) { amendment(attempt)->programme = (char *)"P9"; }
static void amend_no_call(struct attempt *attempt) { amendment(attempt)->call = (char *)"C9"; }
static void amend_other_version(struct attempt *attempt) { amendment(attempt)->version = 2; }
static void amend_late(struct attempt *attempt) { tender_at(attempt->world, TENDER_DEADLINE); }
static void amend_opens_later(struct attempt *attempt)
{
	amendment(attempt)->terms->opens = TENDER_OPENS + 1;
}

#define OF_AMEND(flaw) \
	static void amend_##flaw(struct attempt *attempt) { flaw(amendment(attempt)->terms); }
OF_AMEND(long_objection)
OF_AMEND(no_proposals)
OF_AMEND(unknown_scheme)
OF_AMEND(more_awards)
OF_AMEND(foreign_area)
OF_AMEND(criterion_twice)
OF_AMEND(no_quorum)
OF_AMEND(over_budget)
OF_AMEND(terms_swell)

UNIT_TEST(the_first_broken_rule_of_amend_decides)
{
	static const struct flaw flaws[] = {
		{amend_unknown, ERR_NOT_FOUND_PROGRAMME}, /* CA-01 */
		{wrong_agency, ERR_PROGRAMME_AGENCY},     /* CA-02 */
		{closed, ERR_PROGRAMME_CLOSED},           /* CA-03 */
		{amend_no_call, ERR_NOT_FOUND_CALL},      /* CA-04 */
		{cancelled, ERR_CALL_CANCELLED},          /* CA-05 */
		{amend_other_version, ERR_VERSION},       /* CA-06 */
		{amend_late, ERR_DEADLINE},               /* CA-07 */
		{amend_opens_later, ERR_CALL_TIMES},      /* CA-08 */
		{amend_long_objection, ERR_CALL_TIMES},   /* CP-05 */
		{amend_no_proposals, ERR_AMOUNT},         /* CP-06 */
		{amend_unknown_scheme, ERR_ID_SCHEME},    /* CP-07 */
		{amend_more_awards, ERR_CALL_WIDER},      /* CP-07 */
		{amend_foreign_area, ERR_AREA},           /* CP-08 */
		{amend_criterion_twice, ERR_AREA_DUPLICATE}, /* CP-09 */
		{amend_no_quorum, ERR_CALL_TERMS},        /* CP-10 */
		{amend_over_budget, ERR_BUDGET},          /* CA-09 */
		{amend_terms_swell, ERR_VALUE_SIZE},      /* CP-12 */
	};

	flaws_decide(amending, flaws, COUNT(flaws));
}

static struct attempt cancelling(void)
{
	return (struct attempt){tender_new(), AGENCY, OP(CALL_CANCEL), make_cancellation()};
}

static void cancel_unknown(struct attempt *attempt)
{
	((Stele__CallCancel *)attempt->record)->programme = (char *)"P9";
}
static void cancel_no_call(struct attempt *attempt)
{
	((Stele__CallCancel *)attempt->record)->call = (char *)"C9";
}

UNIT_TEST(the_first_broken_rule_of_cancel_decides)
{
	static const struct flaw flaws[] = {
		{cancel_unknown, ERR_NOT_FOUND_PROGRAMME}, /* CC-01 */
		{wrong_agency, ERR_PROGRAMME_AGENCY},      /* CC-02 */
		{closed, ERR_PROGRAMME_CLOSED},            /* CC-03 */
		{cancel_no_call, ERR_NOT_FOUND_CALL},      /* CC-04 */
		{cancelled, ERR_CALL_CANCELLED},           /* CC-05 */
		{awarded, ERR_CALL_AWARDED},               /* CC-06 */
	};

	flaws_decide(cancelling, flaws, COUNT(flaws));
}

/* --- the bounds of terms ------------------------------------------------------ */

#define NOW (WORLD_TIME_MS + 1000) /* of a world that is new */
#define TERMS(name, ...) \
	static void name(Stele__CallTerms *terms) { __VA_ARGS__; }

TERMS(as_they_are, (void)terms)
TERMS(opens_just_before, terms->opens = terms->deadline - 1)
TERMS(opens_at_deadline, terms->opens = terms->deadline)
TERMS(opens_at_once, terms->opens = 0)
TERMS(reveals_1_ms, terms->reveal_until = terms->deadline + 1)
TERMS(reveals_never, terms->reveal_until = terms->deadline)
TERMS(reviews_1_ms, terms->review_until = terms->reveal_until + 1)
TERMS(reviews_never, terms->review_until = terms->reveal_until)
TERMS(deadline_next, terms->opens = 0; terms->deadline = NOW + 1)
TERMS(deadline_now, terms->opens = 0; terms->deadline = NOW)
TERMS(ten_years, terms->review_until = NOW + 10 * YEAR_MS)
TERMS(over_ten_years, terms->review_until = NOW + 10 * YEAR_MS + 1)
TERMS(latest_of_all, terms->review_until = INT64_MAX)
TERMS(objects_a_year, terms->objection_ms = YEAR_MS)
TERMS(objects_longer, terms->objection_ms = YEAR_MS + 1)
TERMS(objects_never, terms->objection_ms = 0)
TERMS(least_0, terms->award_min = 0)
TERMS(least_1, terms->award_min = 1)
TERMS(one_amount, terms->award_min = terms->award_max)
TERMS(least_above_most, terms->award_min = terms->award_max + 1)
TERMS(most_is_budget, terms->award_max = terms->budget)
TERMS(most_above_budget, terms->award_max = terms->budget + 1)
TERMS(budget_2_63, terms->budget = (uint64_t)INT64_MAX + 1)
TERMS(budget_greatest, terms->budget = UINT64_MAX)
TERMS(budget_all, terms->budget = 100000)
TERMS(budget_above, terms->budget = 100001)
TERMS(awards_0, terms->max_awards = 0)
TERMS(awards_1, terms->max_awards = 1)
TERMS(awards_as_programme, terms->max_awards = 3)
TERMS(awards_above, terms->max_awards = 4)
TERMS(proposals_0, terms->proposals_per_applicant = 0)
TERMS(proposals_1, terms->proposals_per_applicant = 1)
TERMS(scheme_unknown, terms->eligibility->scheme = (char *)"GB-COH")
TERMS(division_of_lei, terms->eligibility->scheme = (char *)"XI-LEI")
TERMS(scheme_other, division_of_lei(terms); terms->eligibility->division_prefix = (char *)"")
TERMS(scheme_none, terms->eligibility->scheme = (char *)"")
TERMS(prefix_none, terms->eligibility->division_prefix = (char *)"")
TERMS(prefix_shorter, terms->eligibility->division_prefix = (char *)"1")
TERMS(prefix_other, terms->eligibility->division_prefix = (char *)"12")
TERMS(prefix_longer, terms->eligibility->division_prefix = (char *)"110108")
TERMS(anybody, terms->eligibility = NULL)
TERMS(areas_none, terms->n_areas = 0)
TERMS(areas_all, terms->areas[1] = (char *)"B"; terms->n_areas = 2)
TERMS(area_foreign, terms->areas[0] = (char *)"C")
TERMS(area_twice, areas_all(terms); terms->areas[2] = (char *)"A"; terms->n_areas = 3)
TERMS(area_twice_then_foreign, terms->areas[1] = (char *)"A"; terms->areas[2] = (char *)"C";
      terms->n_areas = 3)
TERMS(area_foreign_then_twice, terms->areas[1] = (char *)"C"; terms->areas[2] = (char *)"A";
      terms->n_areas = 3)
TERMS(area_foreign_criterion_twice, area_foreign(terms); criterion_twice(terms))
TERMS(weight_0, terms->review->criteria[0]->weight = 0; terms->review->criteria[1]->weight = 10000)
TERMS(weight_1, terms->review->criteria[0]->weight = 1; terms->review->criteria[1]->weight = 9999)
TERMS(weights_below, terms->review->criteria[0]->weight--)
TERMS(weights_above, terms->review->criteria[0]->weight++)
TERMS(weights_wrap, terms->review->criteria[0]->weight = UINT32_MAX;
      terms->review->criteria[1]->weight = 10001)
TERMS(max_0, terms->review->criteria[1]->max = 0)
TERMS(max_1, terms->review->criteria[1]->max = 1; terms->review->threshold = 0)
TERMS(max_million, terms->review->criteria[1]->max = 1000000)
TERMS(max_above, terms->review->criteria[1]->max = 1000001)
TERMS(quorum_0, terms->review->quorum = 0)
TERMS(quorum_1, terms->review->quorum = 1)
TERMS(quorum_all, terms->review->quorum = terms->review->panel_min)
TERMS(quorum_above, terms->review->quorum = terms->review->panel_min + 1)
TERMS(panel_256, terms->review->panel_min = 256)
TERMS(panel_257, terms->review->panel_min = 257)
TERMS(threshold_0, terms->review->threshold = 0)
TERMS(threshold_best, terms->review->threshold = 6000 * 10 + 4000 * 5)
TERMS(threshold_above, terms->review->threshold = 6000 * 10 + 4000 * 5 + 1)
TERMS(greatest_scores, terms->review->criteria[0]->max = 1000000;
      terms->review->criteria[1]->max = 1000000; terms->review->threshold = UINT64_C(10000000000))
TERMS(above_greatest_scores, greatest_scores(terms); terms->review->threshold++)
TERMS(threshold_greatest, terms->review->threshold = UINT64_MAX)

static const struct {
	void (*spoil)(Stele__CallTerms *terms);
	enum err want;
} bounds[] = {
	{as_they_are, ERR_OK},
	{opens_just_before, ERR_OK},
	{opens_at_deadline, ERR_CALL_TIMES},
	{opens_at_once, ERR_OK},
	{reveals_1_ms, ERR_OK},
	{reveals_never, ERR_CALL_TIMES},
	{reviews_1_ms, ERR_OK},
	{reviews_never, ERR_CALL_TIMES},
	{deadline_next, ERR_OK},
	{deadline_now, ERR_CALL_TIMES},
	{ten_years, ERR_OK},
	{over_ten_years, ERR_CALL_TIMES},
	{latest_of_all, ERR_CALL_TIMES},
	{objects_a_year, ERR_OK},
	{objects_longer, ERR_CALL_TIMES},
	{objects_never, ERR_OK},
	{least_0, ERR_AMOUNT},
	{least_1, ERR_OK},
	{one_amount, ERR_OK},
	{least_above_most, ERR_AMOUNT},
	{most_is_budget, ERR_OK},
	{most_above_budget, ERR_AMOUNT},
	{budget_2_63, ERR_AMOUNT},
	{budget_greatest, ERR_AMOUNT},
	{budget_all, ERR_OK},
	{budget_above, ERR_BUDGET},
	{awards_0, ERR_AMOUNT},
	{awards_1, ERR_OK},
	{awards_as_programme, ERR_OK},
	{awards_above, ERR_CALL_WIDER},
	{proposals_0, ERR_AMOUNT},
	{proposals_1, ERR_OK},
	{scheme_unknown, ERR_ID_SCHEME},
	{division_of_lei, ERR_ID_SCHEME},
	{scheme_other, ERR_CALL_WIDER},
	{scheme_none, ERR_CALL_WIDER},
	{prefix_none, ERR_CALL_WIDER},
	{prefix_shorter, ERR_CALL_WIDER},
	{prefix_other, ERR_CALL_WIDER},
	{prefix_longer, ERR_OK},
	{anybody, ERR_CALL_WIDER},
	{areas_none, ERR_OK},
	{areas_all, ERR_OK},
	{area_foreign, ERR_AREA},
	{area_twice, ERR_AREA_DUPLICATE},
	{area_twice_then_foreign, ERR_AREA_DUPLICATE},
	{area_foreign_then_twice, ERR_AREA},
	{area_foreign_criterion_twice, ERR_AREA},
	{criterion_twice, ERR_AREA_DUPLICATE},
	{weight_0, ERR_CALL_TERMS},
	{weight_1, ERR_OK},
	{weights_below, ERR_CALL_TERMS},
	{weights_above, ERR_CALL_TERMS},
	{weights_wrap, ERR_CALL_TERMS},
	{max_0, ERR_CALL_TERMS},
	{max_1, ERR_OK},
	{max_million, ERR_OK},
	{max_above, ERR_CALL_TERMS},
	{quorum_0, ERR_CALL_TERMS},
	{quorum_1, ERR_OK},
	{quorum_all, ERR_OK},
	{quorum_above, ERR_CALL_TERMS},
	{panel_256, ERR_OK},
	{panel_257, ERR_CALL_TERMS},
	{threshold_0, ERR_OK},
	{threshold_best, ERR_OK},
	{threshold_above, ERR_CALL_TERMS},
	{greatest_scores, ERR_OK},
	{above_greatest_scores, ERR_CALL_TERMS},
	{threshold_greatest, ERR_CALL_TERMS},
};

UNIT_TEST(terms_are_checked_at_and_beyond_each_bound)
{
	for (size_t i = 0; i < COUNT(bounds); i++) {
		struct world *world = tender_world();
		Stele__CallPublish *record = make_call();

		bounds[i].spoil(record->terms);
		world_expects(world, AGENCY, OP(CALL_PUBLISH), record, bounds[i].want);
		world_free(world);
	}
}

UNIT_TEST(amended_terms_have_the_same_bounds)
{
	for (size_t i = 0; i < COUNT(bounds); i++) {
		struct world *world;
		Stele__CallPublish *call = make_call();
		Stele__CallAmend *record = make_call_amendment();

		if (bounds[i].spoil == deadline_next) /* earlier than it was: CA-08 */
			continue;
		world = tender_world();
		call->terms->opens = NOW + 1; /* not yet, and before all but that deadline */
		call->terms->deadline = NOW + 2;
		call->terms->areas[0] = (char *)"B";
		(void)world_accepts(world, AGENCY, OP(CALL_PUBLISH), call);
		record->terms = make_terms();
		bounds[i].spoil(record->terms);
		world_expects(world, AGENCY, OP(CALL_AMEND), record, bounds[i].want);
		world_free(world);
	}
}

/* --- eligibility narrows ------------------------------------------------------ */

static enum err narrows(const char *outer_scheme, const char *outer_prefix, const char *scheme,
			const char *prefix)
{
	struct world *world = world_new(NULL);
	Stele__ProgrammeCreate *programme = make_programme();
	Stele__CallPublish *call = make_call();
	Stele__TransactionBody body = world_body(OP(CALL_PUBLISH), call);
	enum err reason = ERR_OK;
	struct tx *tx;

	programme->eligibility->scheme = (char *)outer_scheme;
	programme->eligibility->division_prefix = (char *)outer_prefix;
	if (outer_scheme[0] == '\0' && outer_prefix[0] == '\0')
		programme->eligibility = NULL;
	(void)world_accepts(world, FUNDER, OP(PROGRAMME_CREATE), programme);
	call->terms->eligibility->scheme = (char *)scheme;
	call->terms->eligibility->division_prefix = (char *)prefix;
	if (scheme[0] == '\0' && prefix[0] == '\0')
		call->terms->eligibility = NULL;
	tx = world_tx(world, AGENCY, &body, NULL);
	(void)world_apply(world, tx, &reason);
	tx_free(tx);
	world_free(world);
	return reason;
}

UNIT_TEST(a_call_narrows_its_programmes_eligibility)
{
	ck_assert_int_eq(narrows("", "", "", ""), ERR_OK);
	ck_assert_int_eq(narrows("", "", "XI-ROR", ""), ERR_OK);
	ck_assert_int_eq(narrows("", "", "", "11"), ERR_OK);
	ck_assert_int_eq(narrows("", "", "CN-USCI", "11"), ERR_OK);
	ck_assert_int_eq(narrows("", "11", "", "11"), ERR_OK);
	ck_assert_int_eq(narrows("", "11", "CN-USCI", "1101"), ERR_OK);
	ck_assert_int_eq(narrows("", "11", "CN-USCI", ""), ERR_CALL_WIDER);
	ck_assert_int_eq(narrows("", "11", "", ""), ERR_CALL_WIDER);
	ck_assert_int_eq(narrows("XI-LEI", "", "XI-LEI", ""), ERR_OK);
	ck_assert_int_eq(narrows("XI-LEI", "", "XI-ROR", ""), ERR_CALL_WIDER);
	ck_assert_int_eq(narrows("XI-LEI", "", "", ""), ERR_CALL_WIDER);
	ck_assert_int_eq(narrows("CN-USCI", "", "CN-USCI", "110108"), ERR_OK);
	ck_assert_int_eq(narrows("CN-USCI", "110108", "CN-USCI", "110108"), ERR_OK);
	ck_assert_int_eq(narrows("CN-USCI", "110108", "CN-USCI", "11010"), ERR_CALL_WIDER);
}

/* --- money --------------------------------------------------------------------- */

static Stele__CallPublish *call_of(const char *id, uint64_t budget)
{
	Stele__CallPublish *call = make_call();

	call->call = (char *)id;
	call->terms->budget = budget;
	call->terms->award_min = 1;
	call->terms->award_max = 1;
	return call;
}

static struct world *rich_world(void)
{
	struct world *world = world_new(NULL);
	Stele__ProgrammeCreate *programme = make_programme();

	programme->budget = INT64_MAX;
	(void)world_accepts(world, FUNDER, OP(PROGRAMME_CREATE), programme);
	return world;
}

UNIT_TEST(budgets_of_calls_add_up_to_the_programmes_at_the_edge_of_int64)
{
	struct world *world = rich_world();

	(void)world_accepts(world, AGENCY, OP(CALL_PUBLISH), call_of("C1", INT64_MAX - 1));
	world_refuses(world, AGENCY, OP(CALL_PUBLISH), call_of("C2", 2), ERR_BUDGET);
	world_refuses(world, AGENCY, OP(CALL_PUBLISH), call_of("C2", INT64_MAX), ERR_BUDGET);
	(void)world_accepts(world, AGENCY, OP(CALL_PUBLISH), call_of("C2", 1));
	world_refuses(world, AGENCY, OP(CALL_PUBLISH), call_of("C3", 1), ERR_BUDGET);
	ck_assert_uint_eq(tender_programme(world).call_budgets, INT64_MAX);
	ck_assert_uint_eq(tender_programme(world).calls, 2);
	world_free(world);
}

UNIT_TEST(an_amendment_counts_the_budgets_of_the_other_calls)
{
	struct world *world = tender_new();
	Stele__CallAmend *record = make_call_amendment();

	(void)world_accepts(world, AGENCY, OP(CALL_PUBLISH), call_of("C2", 30000));
	record->terms->budget = 70001;
	world_refuses(world, AGENCY, OP(CALL_AMEND), record, ERR_BUDGET);
	record->terms->budget = 70000;
	(void)world_accepts(world, AGENCY, OP(CALL_AMEND), record);
	ck_assert_uint_eq(tender_programme(world).call_budgets, 100000);
	record->version = 2;
	record->terms->budget = 50000; /* not below award_max */
	(void)world_accepts(world, AGENCY, OP(CALL_AMEND), record);
	ck_assert_uint_eq(tender_programme(world).call_budgets, 80000);
	world_free(world);
}

UNIT_TEST(a_cancelled_call_gives_its_budget_back_and_takes_nothing_more)
{
	struct world *world = tender_new();
	uint64_t index = world_accepts(world, AGENCY, OP(CALL_CANCEL), make_cancellation());
	Stele__ProposalReveal *reveal = make_opening_of(1, make_content(30000));

	ck_assert_int_eq(tender_call(world).state, STELE__CALL_STATE__CALL_CANCELLED);
	ck_assert_uint_eq(tender_call(world).changed_log_index, index);
	ck_assert_uint_eq(tender_call(world).version, 0);
	ck_assert_uint_eq(tender_programme(world).call_budgets, 0);
	ck_assert_uint_eq(tender_programme(world).calls, 1);
	world_refuses(world, AGENCY, OP(CALL_PUBLISH), make_call(), ERR_EXISTS_CALL);
	world_refuses(world, LAB_1, OP(PROPOSAL_COMMIT), make_commitment(world, LAB_1, reveal),
		      ERR_CALL_CANCELLED);
	(void)world_accepts(world, AGENCY, OP(CALL_PUBLISH), call_of("C2", 100000));
	ck_assert_uint_eq(tender_programme(world).call_budgets, 100000);
	world_free(world);
}

/* --- time ------------------------------------------------------------------------ */

UNIT_TEST(a_call_is_amended_until_one_ms_before_its_deadline)
{
	struct world *world = tender_new();
	Stele__CallAmend *record = make_call_amendment();
	uint64_t index;

	tender_at(world, TENDER_DEADLINE - 1);
	record->terms->deadline = TENDER_DEADLINE - 1; /* CA-08 goes before CP-05 */
	world_refuses(world, AGENCY, OP(CALL_AMEND), record, ERR_CALL_TIMES);
	record->terms->deadline = TENDER_DEADLINE;
	index = world_accepts(world, AGENCY, OP(CALL_AMEND), record);
	ck_assert_uint_eq(tender_call(world).version, 1);
	ck_assert_uint_eq(tender_call(world).changed_log_index, index);
	ck_assert_uint_eq(tender_call(world).number, 1);
	record->version = 2;
	tender_at(world, TENDER_DEADLINE);
	record->terms->deadline = TENDER_DEADLINE + 500;
	world_refuses(world, AGENCY, OP(CALL_AMEND), record, ERR_DEADLINE);
	world_free(world);
}

UNIT_TEST(an_extended_deadline_is_the_one_that_counts)
{
	struct world *world = tender_new();
	Stele__CallAmend *record = make_call_amendment();

	(void)world_accepts(world, AGENCY, OP(CALL_AMEND), record); /* 1,000 ms more */
	tender_at(world, TENDER_DEADLINE + 999);
	record->version = 2;
	record->terms->deadline = TENDER_DEADLINE + 2000;
	(void)world_accepts(world, AGENCY, OP(CALL_AMEND), record);
	ck_assert_uint_eq(tender_call(world).terms->deadline, TENDER_DEADLINE + 2000);
	world_free(world);
}

/* The time before the call opens, and where its opening is moved to. */
static enum err moves_opening(uint64_t before_ms, uint64_t to)
{
	struct world *world = tender_world();
	Stele__CallAmend *record = make_call_amendment();
	Stele__TransactionBody body = world_body(OP(CALL_AMEND), record);
	enum err reason = ERR_OK;
	struct tx *tx;

	(void)world_accepts(world, AGENCY, OP(CALL_PUBLISH), make_call());
	tender_at(world, TENDER_OPENS - before_ms);
	record->terms->opens = to;
	tx = world_tx(world, AGENCY, &body, NULL);
	(void)world_apply(world, tx, &reason);
	tx_free(tx);
	world_free(world);
	return reason;
}

UNIT_TEST(a_call_that_has_opened_stays_open)
{
	ck_assert_int_eq(moves_opening(1, TENDER_OPENS + 1), ERR_OK);
	ck_assert_int_eq(moves_opening(1, TENDER_OPENS - 100), ERR_OK);
	ck_assert_int_eq(moves_opening(0, TENDER_OPENS + 1), ERR_CALL_TIMES);
	ck_assert_int_eq(moves_opening(0, TENDER_OPENS), ERR_OK);
	ck_assert_int_eq(moves_opening(0, TENDER_OPENS - 100), ERR_OK);
}

/* --- size ------------------------------------------------------------------------ */

static struct world *wide_world(char *id)
{
	struct world *world = world_new(NULL);
	Stele__ProgrammeCreate *programme = make_programme();

	programme->id = id;
	programme->n_areas = 32;
	programme->areas = make_long_areas(32);
	(void)world_accepts(world, FUNDER, OP(PROGRAMME_CREATE), programme);
	return world;
}

static Stele__CallPublish *wide_call(char *id)
{
	Stele__CallPublish *call = make_call();
	Stele__Area **areas = make_long_areas(32);

	call->programme = id;
	call->call = id;
	for (size_t i = 0; i < 32; i++)
		call->terms->areas[i] = areas[i]->code;
	call->terms->n_areas = 32;
	terms_swell(call->terms);
	return call;
}

static char *longest_id(void)
{
	char *id = make_memory(65);

	memset(id, 'Z', 64);
	return id;
}

UNIT_TEST(the_longest_lists_at_their_longest_are_refused_and_shorter_texts_fit)
{
	char *id = longest_id();
	struct world *world = wide_world(id);
	Stele__CallPublish *call = wide_call(id);

	call->terms->titles = make_long_names();
	world_refuses(world, AGENCY, OP(CALL_PUBLISH), call, ERR_VALUE_SIZE);
	for (size_t i = 0; i < 16; i++)
		call->terms->review->criteria[i]->names = make_programme()->titles;
	(void)world_accepts(world, AGENCY, OP(CALL_PUBLISH), call);
	ck_assert(world_has(world, "call/%s/%s", id, id));
	ck_assert(world_has(world, "call-no/%s/1", id));
	world_free(world);
}

/* A call whose titles have so many bytes. */
static enum outcome publish_with_title(struct world *world, char *id, size_t len)
{
	Stele__CallPublish *call = wide_call(id);
	Stele__TransactionBody body = world_body(OP(CALL_PUBLISH), call);
	enum err reason = ERR_OK;
	enum outcome outcome;
	struct tx *tx;

	for (size_t i = 9; i < 16; i++)
		call->terms->review->criteria[i]->names = NULL;
	call->terms->titles = make_long_names();
	call->terms->titles->en = call->terms->titles->zh + 256 - len;
	tx = world_tx(world, AGENCY, &body, NULL);
	outcome = world_apply(world, tx, &reason);
	ck_assert(outcome == OUTCOME_ACCEPTED || reason == ERR_VALUE_SIZE);
	tx_free(tx);
	return outcome;
}

UNIT_TEST(the_largest_call_has_room_for_all_its_numbers)
{
	char *id = longest_id();
	struct world *world = wide_world(id);
	struct buf encoded;
	Stele__CallValue value;
	size_t len = 256;

	while (len > 1 && publish_with_title(world, id, len) != OUTCOME_ACCEPTED)
		len--;
	ck_assert(len > 1 && len < 256); /* the bound lies in between */
	value = *(const Stele__CallValue *)world_value(world, VALUE_CALL, "call/%s/%s", id, id);
	value.version = value.proposals = value.revealed = value.decided = INT64_MAX;
	value.selected = value.selected_amount = value.awards = value.live_awards = INT64_MAX;
	value.committed = value.reviewers = value.objections = INT64_MAX;
	value.open_objections = value.log_index = value.motion = value.number = INT64_MAX;
	value.changed_log_index = INT64_MAX;
	value.state = STELE__CALL_STATE__CALL_CANCELLED;
	buf_init(&encoded, LIMIT_VALUE_BYTES);
	ck_assert_int_eq(value_encode(&encoded, VALUE_CALL, &value), ERR_OK);
	ck_assert_uint_eq(encoded.len, LIMIT_VALUE_BYTES);
	buf_release(&encoded);
	world_free(world);
}

/* --- by motion --------------------------------------------------------------------- */

static void by_motion(struct genesis *genesis)
{
	for (uint32_t i = 0; i < genesis->rules_count; i++) {
		if (genesis->rules[i].operation != OP(CALL_PUBLISH))
			continue;
		genesis->rules[i].approvals = 2;
		genesis->rules[i].approvers = STELE__ROLE__ROLE_VALIDATOR;
	}
}

UNIT_TEST(a_call_by_motion_names_it)
{
	struct world *world = world_new(by_motion);
	Stele__MotionApprove approve = STELE__MOTION_APPROVE__INIT;
	uint64_t index;

	(void)world_accepts(world, FUNDER, OP(PROGRAMME_CREATE), make_programme());
	(void)world_accepts(world, AGENCY, OP(MOTION_OPEN),
			    world_motion(world, MOTION_OP(CALL_PUBLISH), make_call()));
	ck_assert(!world_has(world, "call/P1/C1"));
	approve.motion = 1;
	index = world_accepts(world, FUNDER, OP(MOTION_APPROVE), &approve);
	ck_assert_uint_eq(tender_call(world).motion, 1);
	ck_assert_uint_eq(tender_call(world).log_index, index);
	world_free(world);
}

UNIT_MAIN("apply_call", a_call_starts_empty_and_is_listed,
	  the_first_broken_rule_of_publish_decides, the_first_broken_rule_of_amend_decides,
	  the_first_broken_rule_of_cancel_decides, terms_are_checked_at_and_beyond_each_bound,
	  amended_terms_have_the_same_bounds, a_call_narrows_its_programmes_eligibility,
	  budgets_of_calls_add_up_to_the_programmes_at_the_edge_of_int64,
	  an_amendment_counts_the_budgets_of_the_other_calls,
	  a_cancelled_call_gives_its_budget_back_and_takes_nothing_more,
	  a_call_is_amended_until_one_ms_before_its_deadline,
	  an_extended_deadline_is_the_one_that_counts, a_call_that_has_opened_stays_open,
	  the_longest_lists_at_their_longest_are_refused_and_shorter_texts_fit,
	  the_largest_call_has_room_for_all_its_numbers, a_call_by_motion_names_it)
