/* How a programme changes and ends: rules GA and GC. */
#include <string.h>

#include "base/limits.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/flaws.h"
#include "tests/unit/ledger/tender.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* --- the order of the rules ------------------------------------------------------ */

static struct attempt amending(void)
{
	return (struct attempt){tender_world(), FUNDER, OP(PROGRAMME_AMEND), make_amendment()};
}

static Stele__ProgrammeAmend *amendment(struct attempt *attempt) { return attempt->record; }
static void amend_unknown(struct attempt *attempt) { amendment(attempt)->programme = (char *)"P9"; }
static void other_funder(struct attempt *attempt) { attempt->who = AUDITOR; }
static void closed(struct attempt *attempt)
{
	Stele__ProgrammeValue programme = tender_programme(attempt->world);

	programme.closed = true;
	tender_put_programme(attempt->world, &programme);
}
static void other_version(struct attempt *attempt) { amendment(attempt)->version = 2; }
static void no_awards(struct attempt *attempt) { amendment(attempt)->max_awards = 0; }
static void committed_more(struct attempt *attempt)
{
	Stele__ProgrammeValue programme = tender_programme(attempt->world);

	programme.committed = 100001;
	tender_put_programme(attempt->world, &programme);
}
static void no_day(struct attempt *attempt)
{
	amendment(attempt)->period->end = (char *)"2029-02-29";
}
static void area_renamed(struct attempt *attempt)
{
	amendment(attempt)->areas[0]->code = (char *)"X";
}
static void area_again(struct attempt *attempt)
{
	Stele__ProgrammeAmend *record = amendment(attempt);
	Stele__Area **areas = make_memory(3 * sizeof(*areas));

	memcpy(areas, record->areas, 2 * sizeof(*areas));
	areas[2] = areas[1];
	record->areas = areas;
	record->n_areas = 3;
}
/* 32 areas, those that are there first, and documents: above 16,384 bytes. */
static void too_long(struct attempt *attempt)
{
	Stele__ProgrammeAmend *record = amendment(attempt);
	Stele__Area **areas = make_long_areas(32);

	memcpy(areas, record->areas, record->n_areas * sizeof(*areas));
	for (size_t i = record->n_areas; i < 32; i++)
		areas[i]->names = make_long_names();
	record->areas = areas;
	record->n_areas = 32;
}

UNIT_TEST(the_first_broken_rule_of_amend_decides)
{
	static const struct flaw flaws[] = {
		{amend_unknown, ERR_NOT_FOUND_PROGRAMME}, /* GA-01 */
		{other_funder, ERR_PROGRAMME_FUNDER},     /* GA-02 */
		{closed, ERR_PROGRAMME_CLOSED},           /* GA-03 */
		{other_version, ERR_VERSION},             /* GA-04 */
		{no_awards, ERR_AMOUNT},                  /* GA-05 */
		{committed_more, ERR_AMEND_BELOW},        /* GA-06 */
		{no_day, ERR_DATE},                       /* GA-07 */
		{area_renamed, ERR_AMEND_TERMS},          /* GA-08 */
		{area_again, ERR_AREA_DUPLICATE},         /* GA-09 */
		{too_long, ERR_VALUE_SIZE},               /* GA-10 */
	};

	flaws_decide(amending, flaws, COUNT(flaws));
}

static struct attempt closing(void)
{
	return (struct attempt){tender_world(), FUNDER, OP(PROGRAMME_CLOSE), make_closing()};
}

static void close_unknown(struct attempt *attempt)
{
	((Stele__ProgrammeClose *)attempt->record)->programme = (char *)"P9";
}
static void award_open(struct attempt *attempt)
{
	Stele__ProgrammeValue programme = tender_programme(attempt->world);

	programme.open_awards = 1;
	tender_put_programme(attempt->world, &programme);
}

UNIT_TEST(the_first_broken_rule_of_close_decides)
{
	static const struct flaw flaws[] = {
		{close_unknown, ERR_NOT_FOUND_PROGRAMME}, /* GC-01 */
		{other_funder, ERR_PROGRAMME_FUNDER},     /* GC-02 */
		{closed, ERR_PROGRAMME_CLOSED},           /* GC-03 */
		{award_open, ERR_AWARDS_OPEN},            /* GC-04 */
	};

	flaws_decide(closing, flaws, COUNT(flaws));
}

/* --- bounds ------------------------------------------------------------------------ */

/* P1 with these totals, and an amendment to them. */
static void amends(uint64_t committed, uint64_t call_budgets, uint64_t live_awards,
		   uint64_t budget, uint32_t max_awards, enum err want)
{
	struct world *world = tender_world();
	Stele__ProgrammeValue programme = tender_programme(world);
	Stele__ProgrammeAmend *record = make_amendment();

	programme.committed = committed;
	programme.call_budgets = call_budgets;
	programme.live_awards = live_awards;
	tender_put_programme(world, &programme);
	record->budget = budget;
	record->max_awards = max_awards;
	world_expects(world, FUNDER, OP(PROGRAMME_AMEND), record, want);
	world_free(world);
}

UNIT_TEST(budget_and_awards_stay_at_or_above_what_counts_already)
{
	amends(0, 0, 0, 0, 3, ERR_AMOUNT);
	amends(0, 0, 0, 1, 3, ERR_OK);
	amends(0, 0, 0, INT64_MAX, 3, ERR_OK);
	amends(0, 0, 0, (uint64_t)INT64_MAX + 1, 3, ERR_AMOUNT);
	amends(0, 0, 0, UINT64_MAX, 3, ERR_AMOUNT);
	amends(0, 0, 0, 5, 1, ERR_OK);
	amends(5000, 0, 0, 4999, 3, ERR_AMEND_BELOW);
	amends(5000, 0, 0, 5000, 3, ERR_OK);
	amends(5000, 0, 0, 5001, 3, ERR_OK);
	amends(0, 5000, 0, 4999, 3, ERR_AMEND_BELOW);
	amends(0, 5000, 0, 5000, 3, ERR_OK);
	amends(5000, 5000, 0, 5000, 3, ERR_OK); /* awards of calls count in both */
	amends(INT64_MAX, INT64_MAX, 0, INT64_MAX, 3, ERR_OK);
	amends(INT64_MAX, 0, 0, INT64_MAX - 1, 3, ERR_AMEND_BELOW);
	amends(0, 0, 2, 5, 1, ERR_AMEND_BELOW);
	amends(0, 0, 2, 5, 2, ERR_OK);
	amends(0, 0, 2, 5, UINT32_MAX, ERR_OK);
}

static void moves_to(const char *start, const char *end, enum err want)
{
	struct world *world = tender_world();
	Stele__ProgrammeAmend *record = make_amendment();

	record->period->start = (char *)start;
	record->period->end = (char *)end;
	world_expects(world, FUNDER, OP(PROGRAMME_AMEND), record, want);
	world_free(world);
}

UNIT_TEST(a_period_grows_only)
{
	moves_to("2027-01-01", "2028-12-31", ERR_OK);
	moves_to("2026-12-31", "2028-12-31", ERR_OK);
	moves_to("2027-01-02", "2028-12-31", ERR_AMEND_TERMS);
	moves_to("2027-01-01", "2028-12-30", ERR_AMEND_TERMS);
	moves_to("2027-01-01", "2029-01-01", ERR_OK);
	moves_to("2027-01-01", "2029-02-29", ERR_DATE);
	moves_to("2028-12-31", "2027-01-01", ERR_DATE);
	moves_to("0001-01-01", "9999-12-31", ERR_OK);
}

/* The codes before and after, one letter each. */
static void areas_become(const char *before, const char *after, enum err want)
{
	struct world *world = world_new(NULL);
	Stele__ProgrammeCreate *programme = make_programme();
	Stele__ProgrammeAmend *record = make_amendment();
	const char *codes[] = {before, after};
	Stele__Area **lists[2];

	for (size_t list = 0; list < 2; list++) {
		lists[list] = make_long_areas(strlen(codes[list]) + 1);
		for (size_t i = 0; codes[list][i] != '\0'; i++) {
			lists[list][i]->code = make_memory(2);
			lists[list][i]->code[0] = codes[list][i];
		}
	}
	programme->areas = lists[0];
	programme->n_areas = strlen(before);
	record->areas = lists[1];
	record->n_areas = strlen(after);
	(void)world_accepts(world, FUNDER, OP(PROGRAMME_CREATE), programme);
	world_expects(world, FUNDER, OP(PROGRAMME_AMEND), record, want);
	world_free(world);
}

UNIT_TEST(areas_stay_in_their_places_and_new_ones_follow)
{
	areas_become("AB", "AB", ERR_OK);
	areas_become("AB", "ABC", ERR_OK);
	areas_become("AB", "A", ERR_AMEND_TERMS);
	areas_become("AB", "", ERR_AMEND_TERMS);
	areas_become("AB", "BA", ERR_AMEND_TERMS);
	areas_become("AB", "CAB", ERR_AMEND_TERMS);
	areas_become("AB", "ABA", ERR_AREA_DUPLICATE);
	areas_become("AB", "ABCC", ERR_AREA_DUPLICATE);
	areas_become("", "", ERR_OK);
	areas_become("", "A", ERR_AMEND_TERMS);
}

UNIT_TEST(versions_follow_each_other)
{
	struct world *world = tender_world();
	Stele__ProgrammeAmend *record = make_amendment();

	(void)world_accepts(world, FUNDER, OP(PROGRAMME_AMEND), record);
	world_refuses(world, FUNDER, OP(PROGRAMME_AMEND), record, ERR_VERSION);
	record->version = 3;
	world_refuses(world, FUNDER, OP(PROGRAMME_AMEND), record, ERR_VERSION);
	record->version = INT64_MAX;
	world_refuses(world, FUNDER, OP(PROGRAMME_AMEND), record, ERR_VERSION);
	record->version = 2;
	(void)world_accepts(world, FUNDER, OP(PROGRAMME_AMEND), record);
	ck_assert_uint_eq(tender_programme(world).version, 2);
	world_free(world);
}

/* --- what becomes of it -------------------------------------------------------------- */

UNIT_TEST(an_amendment_replaces_its_terms_and_nothing_else)
{
	struct world *world = tender_world();
	Stele__ProgrammeAmend *record = make_amendment();
	Stele__ProgrammeValue before = tender_programme(world);
	Stele__ProgrammeValue after;
	uint64_t index;

	record->titles->en = (char *)"Programme 1, longer";
	record->budget = 200000;
	record->max_awards = 4;
	record->period->end = (char *)"2029-06-30";
	record->areas[1]->names = record->titles;
	record->legal_basis = (char *)"Decision 2 of 2027";
	record->n_documents = 2;
	record->documents = make_long_documents(2);
	index = world_accepts(world, FUNDER, OP(PROGRAMME_AMEND), record);
	after = tender_programme(world);
	ck_assert_str_eq(after.programme->titles->en, "Programme 1, longer");
	ck_assert_uint_eq(after.programme->budget, 200000);
	ck_assert_uint_eq(after.programme->max_awards, 4);
	ck_assert_str_eq(after.programme->period->end, "2029-06-30");
	ck_assert_str_eq(after.programme->areas[1]->names->en, "Programme 1, longer");
	ck_assert_str_eq(after.programme->legal_basis, "Decision 2 of 2027");
	ck_assert_uint_eq(after.programme->n_documents, 2);
	ck_assert_str_eq(after.programme->currency, before.programme->currency);
	ck_assert_str_eq(after.programme->agency, before.programme->agency);
	ck_assert_str_eq(after.programme->eligibility->division_prefix, "11");
	ck_assert_uint_eq(after.version, 1);
	ck_assert_uint_eq(after.changed_log_index, index);
	ck_assert_uint_eq(after.log_index, before.log_index);
	ck_assert_uint_eq(after.number, before.number);
	record = make_amendment(); /* and what it does not name is gone */
	record->version = 2;
	record->period->end = (char *)"2029-06-30";
	(void)world_accepts(world, FUNDER, OP(PROGRAMME_AMEND), record);
	after = tender_programme(world);
	ck_assert_str_eq(after.programme->legal_basis, "");
	ck_assert_uint_eq(after.programme->n_documents, 0);
	ck_assert(after.programme->areas[1]->names == NULL);
	world_free(world);
}

UNIT_TEST(an_amended_budget_takes_another_call)
{
	struct world *world = tender_world();
	Stele__CallPublish *call = make_call();
	Stele__ProgrammeAmend *record = make_amendment();

	(void)world_accepts(world, AGENCY, OP(CALL_PUBLISH), call);
	call->call = (char *)"C2";
	world_refuses(world, AGENCY, OP(CALL_PUBLISH), call, ERR_BUDGET);
	record->budget = 120000;
	(void)world_accepts(world, FUNDER, OP(PROGRAMME_AMEND), record);
	(void)world_accepts(world, AGENCY, OP(CALL_PUBLISH), call);
	record->version = 2;
	record->budget = 119999;
	world_refuses(world, FUNDER, OP(PROGRAMME_AMEND), record, ERR_AMEND_BELOW);
	world_free(world);
}

UNIT_TEST(a_closed_programme_takes_nothing_more)
{
	struct world *world = tender_new();
	uint64_t index = world_accepts(world, FUNDER, OP(PROGRAMME_CLOSE), make_closing());
	Stele__CallPublish *call = make_call();

	ck_assert(tender_programme(world).closed);
	ck_assert_uint_eq(tender_programme(world).changed_log_index, index);
	ck_assert_uint_eq(tender_programme(world).version, 0);
	world_refuses(world, FUNDER, OP(PROGRAMME_CLOSE), make_closing(), ERR_PROGRAMME_CLOSED);
	world_refuses(world, FUNDER, OP(PROGRAMME_AMEND), make_amendment(), ERR_PROGRAMME_CLOSED);
	call->call = (char *)"C2";
	world_refuses(world, AGENCY, OP(CALL_PUBLISH), call, ERR_PROGRAMME_CLOSED);
	world_refuses(world, AGENCY, OP(CALL_AMEND), make_call_amendment(), ERR_PROGRAMME_CLOSED);
	world_refuses(world, AGENCY, OP(CALL_CANCEL), make_cancellation(), ERR_PROGRAMME_CLOSED);
	world_refuses(world, LAB_1, OP(PROPOSAL_COMMIT),
		      make_commitment(world, LAB_1, make_opening_of(1, make_content(30000))),
		      ERR_PROGRAMME_CLOSED);
	world_refuses(world, AGENCY, OP(AWARD_GRANT), make_grant(100), ERR_PROGRAMME_CLOSED);
	world_free(world);
}

UNIT_TEST(the_longest_lists_of_a_programme_are_refused_and_shorter_texts_fit)
{
	struct world *world = tender_world();
	Stele__ProgrammeAmend *record = make_amendment();
	Stele__Area **areas = make_long_areas(32);

	memcpy(areas, record->areas, 2 * sizeof(*areas));
	record->areas = areas;
	record->n_areas = 32;
	record->n_documents = 32;
	record->documents = make_long_documents(32);
	record->titles = make_long_names();
	for (size_t i = 2; i < 32; i++)
		areas[i]->names = make_long_names();
	world_refuses(world, FUNDER, OP(PROGRAMME_AMEND), record, ERR_VALUE_SIZE);
	for (size_t i = 2; i < 32; i++)
		areas[i]->names = make_programme()->titles;
	(void)world_accepts(world, FUNDER, OP(PROGRAMME_AMEND), record);
	ck_assert_uint_eq(tender_programme(world).programme->n_areas, 32);
	world_free(world);
}

/* About 16,300 bytes: so many of a title. */
static Stele__ProgrammeAmend *large_amendment(size_t title)
{
	Stele__ProgrammeAmend *record = make_amendment();
	Stele__Area **areas = make_long_areas(27);

	memcpy(areas, record->areas, 2 * sizeof(*areas));
	record->areas = areas;
	record->n_areas = 27;
	for (size_t i = 2; i < 27; i++)
		areas[i]->names = make_long_names();
	record->titles = make_long_names();
	record->titles->en = record->titles->zh + 256 - title;
	record->n_documents = 4;
	record->documents = make_long_documents(4);
	return record;
}

UNIT_TEST(the_largest_amendment_has_room_for_all_its_totals)
{
	struct world *world = tender_world();
	Stele__ProgrammeValue value;
	size_t title = 257;
	struct buf encoded;
	enum err reason;

	do {
		Stele__TransactionBody body;
		struct tx *tx;

		reason = ERR_OK;
		body = world_body(OP(PROGRAMME_AMEND), large_amendment(--title));
		tx = world_tx(world, FUNDER, &body, NULL);
		(void)world_apply(world, tx, &reason);
		tx_free(tx);
		ck_assert(reason == ERR_OK || reason == ERR_VALUE_SIZE);
	} while (reason != ERR_OK && title > 1);
	ck_assert(title > 1 && title < 256); /* the bound lies in between */
	value = tender_programme(world);
	value.awards = value.live_awards = value.committed = value.paid = INT64_MAX;
	value.recovered = value.log_index = value.motion = value.number = INT64_MAX;
	value.version = value.calls = value.call_budgets = value.open_awards = INT64_MAX;
	value.changed_log_index = INT64_MAX;
	value.closed = true;
	buf_init(&encoded, LIMIT_VALUE_BYTES);
	ck_assert_int_eq(value_encode(&encoded, VALUE_PROGRAMME, &value), ERR_OK);
	ck_assert_uint_eq(encoded.len, LIMIT_VALUE_BYTES);
	buf_release(&encoded);
	world_free(world);
}

UNIT_MAIN("apply_amend", the_first_broken_rule_of_amend_decides,
	  the_first_broken_rule_of_close_decides,
	  budget_and_awards_stay_at_or_above_what_counts_already, a_period_grows_only,
	  areas_stay_in_their_places_and_new_ones_follow, versions_follow_each_other,
	  an_amendment_replaces_its_terms_and_nothing_else, an_amended_budget_takes_another_call,
	  a_closed_programme_takes_nothing_more,
	  the_longest_lists_of_a_programme_are_refused_and_shorter_texts_fit,
	  the_largest_amendment_has_room_for_all_its_totals)
