/* Programmes: rules G. */
#include <string.h>

#include "base/limits.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/world.h"

UNIT_TEST(programme_starts_empty_and_is_listed)
{
	struct world *world = world_new(NULL);
	uint64_t index = world_accepts(world, FUNDER, OP(PROGRAMME_CREATE), make_programme());
	const Stele__ProgrammeValue *value = world_value(world, VALUE_PROGRAMME, "programme/P1");
	const Stele__NameValue *name = world_value(world, VALUE_NAME, "programme-no/1");
	const Stele__CountValue *count = world_value(world, VALUE_COUNT, "count/programme");

	ck_assert_uint_eq(value->log_index, index);
	ck_assert_uint_eq(value->number, 1);
	ck_assert_uint_eq(value->awards + value->live_awards + value->committed + value->paid, 0);
	ck_assert_uint_eq(value->programme->budget, 100000);
	ck_assert_str_eq(name->key, "programme/P1");
	ck_assert_uint_eq(count->count, 1);
	world_free(world);
}

/* What spoils a good record. */
typedef void spoil(Stele__ProgrammeCreate *record);

static void nothing(Stele__ProgrammeCreate *record) { (void)record; }
static void unknown_funder(Stele__ProgrammeCreate *record)
{
	record->funder = world_usci("91110000EXAMPLE99");
}
static void unknown_agency(Stele__ProgrammeCreate *record)
{
	record->agency = world_usci("91110000EXAMPLE99");
}
static void funder_without_role(Stele__ProgrammeCreate *record)
{
	record->funder = (char *)world_id(AUDITOR);
}
static void agency_without_role(Stele__ProgrammeCreate *record)
{
	record->agency = (char *)world_id(AUDITOR);
}
static void currency_unknown(Stele__ProgrammeCreate *record) { record->currency = (char *)"CNX"; }
static void currency_metal(Stele__ProgrammeCreate *record) { record->currency = (char *)"XAU"; }
static void budget_zero(Stele__ProgrammeCreate *record) { record->budget = 0; }
static void budget_one(Stele__ProgrammeCreate *record) { record->budget = 1; }
static void budget_greatest(Stele__ProgrammeCreate *record) { record->budget = INT64_MAX; }
static void budget_above(Stele__ProgrammeCreate *record)
{
	record->budget = (uint64_t)INT64_MAX + 1;
}
static void no_awards(Stele__ProgrammeCreate *record) { record->max_awards = 0; }
static void no_day(Stele__ProgrammeCreate *record) { record->period->end = (char *)"2027-02-29"; }
static void ends_before(Stele__ProgrammeCreate *record)
{
	record->period->end = (char *)"2026-12-31";
}
static void one_day(Stele__ProgrammeCreate *record) { record->period->end = (char *)"2027-01-01"; }
static void area_twice(Stele__ProgrammeCreate *record) { record->areas[1] = record->areas[0]; }
static void no_areas(Stele__ProgrammeCreate *record) { record->n_areas = 0; }
static void scheme_unknown(Stele__ProgrammeCreate *record)
{
	record->eligibility->scheme = (char *)"GB-COH";
}
static void division_of_lei(Stele__ProgrammeCreate *record)
{
	record->eligibility->scheme = (char *)"XI-LEI";
}
static void division_alone(Stele__ProgrammeCreate *record)
{
	record->eligibility->scheme = (char *)"";
}
static void anybody(Stele__ProgrammeCreate *record) { record->eligibility = NULL; }
static void all_wrong(Stele__ProgrammeCreate *record)
{
	currency_unknown(record);
	budget_zero(record);
	no_day(record);
	area_twice(record);
	scheme_unknown(record);
}
static void budget_and_later_wrong(Stele__ProgrammeCreate *record)
{
	all_wrong(record);
	record->currency = (char *)"CNY";
}
static void dates_and_later_wrong(Stele__ProgrammeCreate *record)
{
	budget_and_later_wrong(record);
	record->budget = 1;
}
static void areas_and_later_wrong(Stele__ProgrammeCreate *record)
{
	dates_and_later_wrong(record);
	one_day(record);
}

UNIT_TEST(each_rule_at_and_beyond_its_bound_and_in_order)
{
	static const struct {
		spoil *spoil;
		enum err want;
	} cases[] = {
		{nothing, ERR_OK},
		{unknown_funder, ERR_NOT_FOUND_ORG},
		{unknown_agency, ERR_NOT_FOUND_ORG},
		{funder_without_role, ERR_ROLE},
		{agency_without_role, ERR_ROLE},
		{currency_unknown, ERR_CURRENCY},
		{currency_metal, ERR_CURRENCY},
		{budget_zero, ERR_AMOUNT},
		{budget_one, ERR_OK},
		{budget_greatest, ERR_OK},
		{budget_above, ERR_AMOUNT},
		{no_awards, ERR_AMOUNT},
		{no_day, ERR_DATE},
		{ends_before, ERR_DATE},
		{one_day, ERR_OK},
		{area_twice, ERR_AREA_DUPLICATE},
		{no_areas, ERR_OK},
		{scheme_unknown, ERR_ID_SCHEME},
		{division_of_lei, ERR_ID_SCHEME},
		{division_alone, ERR_OK},
		{anybody, ERR_OK},
		{all_wrong, ERR_CURRENCY},
		{budget_and_later_wrong, ERR_AMOUNT},
		{dates_and_later_wrong, ERR_DATE},
		{areas_and_later_wrong, ERR_AREA_DUPLICATE},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world *world = world_new(NULL);
		Stele__ProgrammeCreate *record = make_programme();

		cases[i].spoil(record);
		world_expects(world, FUNDER, OP(PROGRAMME_CREATE), record, cases[i].want);
		world_free(world);
	}
}

static void agency_creates_too(struct genesis *genesis)
{
	genesis->orgs[AGENCY].roles |= 1u << STELE__ROLE__ROLE_FUNDER;
}

UNIT_TEST(only_the_funder_itself_creates_and_only_once)
{
	struct world *world = world_new(agency_creates_too);
	Stele__ProgrammeCreate *record = make_programme();

	world_refuses(world, AGENCY, OP(PROGRAMME_CREATE), record, ERR_PROGRAMME_FUNDER);
	(void)world_accepts(world, FUNDER, OP(PROGRAMME_CREATE), record);
	record->currency = (char *)"CNX";
	world_refuses(world, FUNDER, OP(PROGRAMME_CREATE), record, ERR_EXISTS_PROGRAMME);
	world_free(world);
}

/* About 16,200 bytes, and a legal basis of that many more. */
static Stele__ProgrammeCreate *large_programme(size_t legal_basis)
{
	Stele__ProgrammeCreate *record = make_programme();
	char *text = make_memory(513);

	memset(text, 'x', 512);
	record->legal_basis = text + 512 - legal_basis;
	record->n_areas = 29;
	record->areas = make_memory(29 * sizeof(*record->areas));
	for (int i = 0; i < 29; i++) {
		Stele__Area *area = make_memory(sizeof(*area));

		*area = (Stele__Area)STELE__AREA__INIT;
		area->code = make_memory(57);
		memset(area->code, 'a' + i % 26, 55);
		area->code[55] = (char)('a' + i / 26);
		area->names = make_memory(sizeof(*area->names));
		*area->names = (Stele__Names)STELE__NAMES__INIT;
		area->names->en = text + 512 - 240;
		area->names->zh = text + 512 - 240;
		record->areas[i] = area;
	}
	return record;
}

UNIT_TEST(the_largest_programme_has_room_for_all_its_totals)
{
	struct world *world = world_new(NULL);
	Stele__ProgrammeValue value;
	size_t len = 512;
	struct buf encoded;

	while (len > 1) {
		Stele__TransactionBody body = world_body(OP(PROGRAMME_CREATE), large_programme(len));
		struct tx *tx = world_tx(world, FUNDER, &body, NULL);
		enum err reason = ERR_OK;
		enum outcome outcome = world_apply(world, tx, &reason);

		tx_free(tx);
		if (outcome == OUTCOME_ACCEPTED)
			break;
		ck_assert_int_eq(reason, ERR_VALUE_SIZE);
		len--;
	}
	ck_assert(len > 1 && len < 512); /* the bound lies in between */
	value = *(const Stele__ProgrammeValue *)world_value(world, VALUE_PROGRAMME, "programme/P1");
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

UNIT_MAIN("apply_programme", the_largest_programme_has_room_for_all_its_totals,
	  programme_starts_empty_and_is_listed, each_rule_at_and_beyond_its_bound_and_in_order,
	  only_the_funder_itself_creates_and_only_once)
