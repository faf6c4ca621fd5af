/* stele programme: budgets for awards, made and shown. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "clients/cli/api.h"
#include "clients/cli/fields.h"
#include "clients/cli/money.h"
#include "clients/cli/out.h"
#include "clients/cli/submit.h"

#define ARENA_BYTES (4u << 20)
#define AREAS_MAX 32
#define DOCUMENTS_MAX 32
#define BAR_WIDTH 40

/* --- create -------------------------------------------------------------------- */

static enum err read_areas(struct cli *cli, struct arena *arena, Stele__ProgrammeCreate *out)
{
	size_t count = cli_count(cli, "area");

	if (count > AREAS_MAX)
		return cli_fail(cli, ERR_USAGE, "at most %d areas", AREAS_MAX);
	out->areas = arena_alloc(arena, (count + 1) * sizeof(*out->areas));
	for (size_t i = 0; i < count; i++) {
		Stele__Area *area = arena_alloc(arena, sizeof(*area));
		char *parts[3] = {NULL, NULL, NULL};

		ASSERT(out->areas != NULL && area != NULL);
		stele__area__init(area);
		(void)field_split(arena, cli_nth(cli, "area", i), 3, parts);
		area->code = parts[0];
		area->names = field_names(cli, arena, parts[2], parts[1]);
		out->areas[i] = area;
	}
	out->n_areas = count;
	return ERR_OK;
}

static enum err read_documents(struct cli *cli, struct arena *arena, Stele__ProgrammeCreate *out)
{
	size_t count = cli_count(cli, "document");

	if (count > DOCUMENTS_MAX)
		return cli_fail(cli, ERR_USAGE, "at most %d documents", DOCUMENTS_MAX);
	out->documents = arena_alloc(arena, (count + 1) * sizeof(*out->documents));
	for (size_t i = 0; i < count; i++) {
		Stele__Document *document;
		enum err err = field_document(cli, arena, cli_nth(cli, "document", i), &document);

		if (err != ERR_OK)
			return err;
		out->documents[i] = document;
	}
	out->n_documents = count;
	return ERR_OK;
}

static void read_eligibility(struct cli *cli, struct arena *arena, Stele__ProgrammeCreate *out)
{
	const char *scheme = cli_value(cli, "eligible-scheme");
	const char *prefix = cli_value(cli, "eligible-prefix");
	Stele__Eligibility *eligibility = arena_alloc(arena, sizeof(*eligibility));

	if (scheme == NULL && prefix == NULL)
		return;
	ASSERT(eligibility != NULL);
	stele__eligibility__init(eligibility);
	if (scheme != NULL)
		eligibility->scheme = field_text(arena, scheme);
	if (prefix != NULL)
		eligibility->division_prefix = field_text(arena, prefix);
	out->eligibility = eligibility;
}

static enum err read_programme(struct cli *cli, struct arena *arena, Stele__ProgrammeCreate *out)
{
	const char *funder, *agency, *currency;
	uint64_t max_awards = 0;
	enum err err = cli_required(cli, "funder", &funder);

	if (err == ERR_OK)
		err = cli_required(cli, "agency", &agency);
	if (err == ERR_OK)
		err = cli_required(cli, "currency", &currency);
	if (err == ERR_OK)
		err = field_amount(cli, "budget", currency, &out->budget);
	if (err == ERR_OK)
		err = cli_number(cli, "max-awards", UINT32_MAX, &max_awards);
	if (err == ERR_OK)
		err = field_period(cli, arena, &out->period);
	if (err == ERR_OK)
		err = read_areas(cli, arena, out);
	if (err == ERR_OK)
		err = read_documents(cli, arena, out);
	if (err != ERR_OK)
		return err;
	out->id = field_text(arena, cli->args[0]);
	out->funder = field_text(arena, funder);
	out->agency = field_text(arena, agency);
	out->currency = field_text(arena, currency);
	out->max_awards = (uint32_t)max_awards;
	out->titles = field_names(cli, arena, cli_value(cli, "title-zh"), cli_value(cli, "title-en"));
	if (cli_has(cli, "legal-basis"))
		out->legal_basis = field_text(arena, cli_value(cli, "legal-basis"));
	read_eligibility(cli, arena, out);
	return ERR_OK;
}

static enum err run_create(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__ProgrammeCreate programme = STELE__PROGRAMME_CREATE__INIT;
	struct arena arena;
	char what[LIMIT_SEGMENT + 16];
	enum err err;

	arena_init(&arena, ARENA_BYTES);
	err = read_programme(cli, &arena, &programme);
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_PROGRAMME_CREATE;
	body.programme_create = &programme;
	(void)snprintf(what, sizeof(what), "programme %.64s", cli->args[0]);
	if (err == ERR_OK)
		err = submit_operation(cli, &body, bytes_of(NULL, 0), what);
	arena_release(&arena);
	return err;
}

/* --- show ---------------------------------------------------------------------- */

static void print_bar(const struct cli *cli, const char *title, uint64_t part, uint64_t whole,
		      const char *currency)
{
	char bar[BAR_WIDTH * 3 + 1] = "", money[MONEY_TEXT_MAX];
	unsigned full = whole == 0 ? 0 : (unsigned)((double)part / (double)whole * BAR_WIDTH + 0.5);

	for (unsigned i = 0; i < BAR_WIDTH; i++)
		(void)strcat(bar, i < full ? "█" : "·");
	money_format(money, part, currency);
	out_line(cli, "  %-10s %s %24s", title, bar, money);
}

static void print_amounts(const struct cli *cli, const json_t *programme)
{
	const char *currency = json_text(programme, "currency");
	uint64_t budget = 0, committed = 0, paid = 0, awards = 0, live = 0, most = 0;

	(void)json_u64(programme, "budget", &budget);
	(void)json_u64(programme, "committed", &committed);
	(void)json_u64(programme, "paid", &paid);
	(void)json_u64(programme, "awards", &awards);
	(void)json_u64(programme, "live_awards", &live);
	(void)json_u64(programme, "max_awards", &most);
	print_bar(cli, "budget", budget, budget, currency);
	print_bar(cli, "committed", committed, budget, currency);
	print_bar(cli, "paid", paid, budget, currency);
	out_line(cli, "  awards     %llu, of which %llu count against at most %llu",
		 (unsigned long long)awards, (unsigned long long)live, (unsigned long long)most);
}

static enum err run_show(struct cli *cli)
{
	static const struct column columns[] = {
		{"id", "programme", COLUMN_TEXT},
		{"titles.zh", "title (zh)", COLUMN_TEXT},
		{"titles.en", "title (en)", COLUMN_TEXT},
		{"funder", "funder", COLUMN_TEXT},
		{"agency", "agency", COLUMN_TEXT},
		{"period.start", "from", COLUMN_TEXT},
		{"period.end", "to", COLUMN_TEXT},
		{"eligibility.scheme", "eligible", COLUMN_TEXT},
		{"eligibility.division_prefix", "division", COLUMN_TEXT},
		{"legal_basis", "legal basis", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};
	static const struct column areas[] = {
		{"code", "area", COLUMN_TEXT},
		{"names.en", "name", COLUMN_TEXT},
		{"names.zh", "名称", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};
	json_t *answer;
	enum err err = api_segment(cli, "programme", cli->args[0]);

	if (err == ERR_OK)
		err = api_get(cli, &answer, "/v1/programmes/%s", cli->args[0]);
	if (err != ERR_OK)
		return err;
	if (out_json(cli, json_incref(answer))) {
		json_decref(answer);
		return ERR_OK;
	}
	out_fields(answer, columns);
	print_amounts(cli, answer);
	if (json_array_size(json_object_get(answer, "areas")) > 0)
		out_table(json_object_get(answer, "areas"), areas);
	json_decref(answer);
	return ERR_OK;
}

static enum err run_list(struct cli *cli)
{
	static const struct column columns[] = {
		{"id", "programme", COLUMN_TEXT},
		{"titles.en", "title", COLUMN_TEXT},
		{"currency", "", COLUMN_TEXT},
		{"budget", "budget", COLUMN_MONEY},
		{"committed", "committed", COLUMN_MONEY},
		{"paid", "paid", COLUMN_MONEY},
		{"awards", "awards", COLUMN_NUMBER},
		{NULL, NULL, COLUMN_TEXT},
	};
	json_t *answer;
	enum err err = api_get_all(cli, &answer, "/v1/programmes");

	if (err == ERR_OK)
		out_list(cli, answer, columns);
	return err;
}

static const struct option_spec options_create[] = {
	{"funder", 0, OPTION_VALUE, "ORG", "who pays; signs this"},
	{"agency", 0, OPTION_VALUE, "ORG", "who grants the awards"},
	{"currency", 0, OPTION_VALUE, "CODE", "ISO 4217, such as CNY"},
	{"budget", 0, OPTION_VALUE, "AMOUNT", "in units of the currency: 60,000,000.00"},
	{"max-awards", 0, OPTION_VALUE, "N", "greatest number of awards"},
	{"start", 0, OPTION_VALUE, "DATE", "first day, YYYY-MM-DD"},
	{"end", 0, OPTION_VALUE, "DATE", "last day"},
	{"title-en", 0, OPTION_VALUE, "TEXT", "title in English"},
	{"title-zh", 0, OPTION_VALUE, "TEXT", "title in Chinese"},
	{"area", 0, OPTION_LIST, "CODE[:EN[:ZH]]", "an area that awards belong to; repeat"},
	{"eligible-scheme", 0, OPTION_VALUE, "SCHEME", "recipients' identifier: CN-USCI, XI-LEI, XI-ROR"},
	{"eligible-prefix", 0, OPTION_VALUE, "DIGITS", "prefix of the recipients' division code"},
	{"legal-basis", 0, OPTION_VALUE, "TEXT", "the decree or law it rests on"},
	{"document", 0, OPTION_LIST, "FILE[:ROLE]", "a document, by its hash; repeat"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_programme[] = {
	{"programme create", "ID", 1, 1, "open a programme of awards with its budget",
	 "Signed by the funder. The ledger then refuses any award over the budget, beyond the "
	 "greatest number, outside the areas or to a recipient who is not eligible.",
	 "stele programme create CN-BJ-I3 --funder CN-USCI-… --agency CN-USCI-… --currency CNY "
	 "--budget 60,000,000.00 --max-awards 12 --start 2026-01-01 --end 2027-12-31 --area "
	 "genai:'Generative AI':生成式人工智能 --eligible-scheme CN-USCI --eligible-prefix 11",
	 options_create, run_create},
	{"programme show", "ID", 1, 1, "a programme with budget, committed and paid",
	 "Budget, committed and paid are three numbers and never added up.",
	 "stele programme show CN-BJ-I3", NULL, run_show},
	{"programme list", "", 0, 0, "all programmes", "All programmes of the ledger.",
	 "stele programme list", NULL, run_list},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
