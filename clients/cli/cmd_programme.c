/* stele programme: budgets for awards, made and shown. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "clients/cli/api.h"
#include "clients/cli/draw.h"
#include "clients/cli/fields.h"
#include "clients/cli/json_read.h"
#include "clients/cli/out.h"
#include "clients/cli/submit.h"

#define ARENA_BYTES (4u << 20)
#define AWARDS_SHOWN 20

/* --- create -------------------------------------------------------------------- */

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
		err = field_areas(cli, arena, "area", &out->n_areas, &out->areas);
	if (err == ERR_OK)
		err = field_documents(cli, arena, "document", &out->n_documents, &out->documents);
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

/* --- amend and close ---------------------------------------------------------------- */

/* What is there stays, the named options replace it; areas and documents are added. */
static enum err overlay(struct cli *cli, struct arena *arena, const char *currency,
			Stele__ProgrammeAmend *out)
{
	const char *zh = cli_value(cli, "title-zh"), *en = cli_value(cli, "title-en");
	uint64_t max_awards = out->max_awards;
	enum err err = cli_number(cli, "max-awards", UINT32_MAX, &max_awards);

	out->max_awards = (uint32_t)max_awards;
	if (out->titles != NULL)
		out->titles = field_names(cli, arena, zh != NULL ? zh : out->titles->zh,
					  en != NULL ? en : out->titles->en);
	if (out->period != NULL && cli_has(cli, "start"))
		out->period->start = field_text(arena, cli_value(cli, "start"));
	if (out->period != NULL && cli_has(cli, "end"))
		out->period->end = field_text(arena, cli_value(cli, "end"));
	if (cli_has(cli, "legal-basis"))
		out->legal_basis = field_text(arena, cli_value(cli, "legal-basis"));
	if (err == ERR_OK && cli_has(cli, "budget"))
		err = field_amount(cli, "budget", currency, &out->budget);
	if (err == ERR_OK)
		err = field_areas(cli, arena, "area", &out->n_areas, &out->areas);
	if (err == ERR_OK)
		err = field_documents(cli, arena, "document", &out->n_documents, &out->documents);
	return err == ERR_OK ? field_reason(cli, arena, "reason", &out->reason_sha256) : err;
}

static enum err read_amend(struct cli *cli, struct arena *arena, Stele__ProgrammeAmend *out)
{
	char place[JSON_PLACE_MAX];
	json_t *programme = NULL;
	uint64_t version = 0;
	enum err err = api_segment(cli, "programme", cli->args[0]);

	if (err == ERR_OK)
		err = api_get(cli, &programme, "/v1/programmes/%s", cli->args[0]);
	if (err != ERR_OK)
		return err;
	(void)json_u64(programme, "version", &version);
	if (json_read_programme(out, arena, programme, place)) {
		out->programme = cli->args[0];
		out->version = version + 1; /* the present one was read with the rest */
		err = overlay(cli, arena, json_text(programme, "currency"), out);
	} else {
		err = cli_fail(cli, ERR_NET_ANSWER, "programme %s", cli->args[0]);
		cli_fact(cli, "place", "%s", place);
	}
	json_decref(programme);
	return err;
}

static enum err run_amend(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__ProgrammeAmend amend = STELE__PROGRAMME_AMEND__INIT;
	struct arena arena;
	enum err err;

	arena_init(&arena, ARENA_BYTES);
	err = read_amend(cli, &arena, &amend);
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_PROGRAMME_AMEND;
	body.programme_amend = &amend;
	if (err == ERR_OK)
		err = submit_record(cli, &body, "version %llu of programme %s",
				    (unsigned long long)amend.version, cli->args[0]);
	arena_release(&arena);
	return err;
}

static enum err run_close(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__ProgrammeClose close = STELE__PROGRAMME_CLOSE__INIT;
	struct arena arena;
	enum err err;

	arena_init(&arena, ARENA_BYTES);
	err = field_reason(cli, &arena, "reason", &close.reason_sha256);
	close.programme = cli->args[0];
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_PROGRAMME_CLOSE;
	body.programme_close = &close;
	if (err == ERR_OK)
		err = submit_record(cli, &body, "closing of programme %s", cli->args[0]);
	arena_release(&arena);
	return err;
}

/* --- show ------------------------------------------------------------------------------ */

static void print_amounts(const struct cli *cli, const json_t *programme)
{
	static const char *const amounts[] = {"budget", "committed", "paid", "recovered"};
	const char *currency = json_text(programme, "currency");
	uint64_t budget = 0, awards = 0, live = 0, most = 0;

	(void)json_u64(programme, "budget", &budget);
	(void)json_u64(programme, "awards", &awards);
	(void)json_u64(programme, "live_awards", &live);
	(void)json_u64(programme, "max_awards", &most);
	for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++) {
		uint64_t amount = 0;

		(void)json_u64(programme, amounts[i], &amount);
		draw_bar(cli, amounts[i], amount, budget, currency);
	}
	out_line(cli, "  awards     %llu, of which %llu count against at most %llu",
		 (unsigned long long)awards, (unsigned long long)live, (unsigned long long)most);
}

static void print_programme(const struct cli *cli, const json_t *programme)
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
		{"closed", "closed", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};
	static const struct column areas[] = {
		{"code", "area", COLUMN_TEXT},
		{"names.en", "name", COLUMN_TEXT},
		{"names.zh", "名称", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};

	out_fields(programme, columns);
	print_amounts(cli, programme);
	(void)fflush(stdout);
	if (json_array_size(json_object_get(programme, "areas")) > 0)
		out_table(json_object_get(programme, "areas"), areas);
}

static enum err print_calls(struct cli *cli, const json_t *calls, uint64_t now_ms)
{
	enum err err = ERR_OK;
	size_t index;
	json_t *call;

	json_array_foreach(json_object_get(calls, "items"), index, call) {
		if (err == ERR_OK)
			err = call_add_objections(cli, call);
		out_line(cli, "%s", "");
		draw_timeline(cli, call, now_ms);
	}
	return err;
}

/* The newest page of awards; all of them are for stele award list. */
static void print_awards(const struct cli *cli, const json_t *awards)
{
	static const struct column columns[] = {
		{"number", "AWARD", COLUMN_NUMBER},
		{"state", "STATE", COLUMN_TEXT},
		{"recipient", "RECIPIENT", COLUMN_TEXT},
		{"amount", "AMOUNT", COLUMN_MONEY},
		{"paid", "PAID", COLUMN_MONEY},
		{"received", "RECOVERED", COLUMN_MONEY},
		{NULL, NULL, COLUMN_TEXT},
	};
	const json_t *items = json_object_get(awards, "items");
	uint64_t total = 0;

	if (json_array_size(items) == 0)
		return;
	out_line(cli, "%s", "");
	(void)fflush(stdout);
	out_table(items, columns);
	if (json_u64(awards, "total", &total) && total > json_array_size(items))
		out_remark(cli, "%zu of %llu awards; all: stele award list", json_array_size(items),
			   (unsigned long long)total);
}

/* With --json all in one object: the programme with its calls and these awards. */
static enum err run_show(struct cli *cli)
{
	json_t *programme = NULL, *calls = NULL, *awards = NULL;
	struct network network;
	char path[128];
	enum err err = api_segment(cli, "programme", cli->args[0]);

	(void)snprintf(path, sizeof(path), "/v1/programmes/%.64s/calls", cli->args[0]);
	if (err == ERR_OK)
		err = api_network(cli, &network);
	if (err == ERR_OK)
		err = api_get(cli, &programme, "/v1/programmes/%s", cli->args[0]);
	if (err == ERR_OK)
		err = api_get_all(cli, &calls, path);
	if (err == ERR_OK)
		err = api_get(cli, &awards, "/v1/programmes/%s/awards?limit=%d", cli->args[0],
			      AWARDS_SHOWN);
	if (err == ERR_OK && !cli->is_json) {
		print_programme(cli, programme);
		err = print_calls(cli, calls, network.time_ms);
		print_awards(cli, awards);
	} else if (err == ERR_OK) {
		/* the programme's own "calls" and "awards" are counts */
		(void)json_object_set(programme, "call_list", json_object_get(calls, "items"));
		(void)json_object_set(programme, "award_list", json_object_get(awards, "items"));
		(void)out_json(cli, json_incref(programme));
	}
	json_decref(awards);
	json_decref(calls);
	json_decref(programme);
	return err;
}

static enum err run_list(struct cli *cli)
{
	static const struct column columns[] = {
		{"id", "programme", COLUMN_TEXT},
		{"titles.en", "title", COLUMN_TEXT},
		{"budget", "budget", COLUMN_MONEY},
		{"committed", "committed", COLUMN_MONEY},
		{"paid", "paid", COLUMN_MONEY},
		{"recovered", "recovered", COLUMN_MONEY},
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

static const struct option_spec options_amend[] = {
	{"budget", 0, OPTION_VALUE, "AMOUNT", "in units of the currency"},
	{"max-awards", 0, OPTION_VALUE, "N", "greatest number of awards"},
	{"start", 0, OPTION_VALUE, "DATE", "first day, not later than now"},
	{"end", 0, OPTION_VALUE, "DATE", "last day, not earlier than now"},
	{"title-en", 0, OPTION_VALUE, "TEXT", "title in English"},
	{"title-zh", 0, OPTION_VALUE, "TEXT", "title in Chinese"},
	{"area", 0, OPTION_LIST, "CODE[:EN[:ZH]]", "an area more; repeat"},
	{"legal-basis", 0, OPTION_VALUE, "TEXT", "the decree or law it rests on"},
	{"document", 0, OPTION_LIST, "FILE[:ROLE]", "a document more, by its hash; repeat"},
	OPTION_REASON,
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

static const struct option_spec options_close[] = {
	OPTION_REASON,
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
	{"programme amend", "ID", 1, 1, "change a programme's budget, number, period or areas",
	 "Signed by the funder. What is not named stays as it is; areas and documents are added. "
	 "Currency, eligibility, funder and agency never change.",
	 "stele programme amend CN-BJ-I3 --budget 66,000,000.00 --reason decree.pdf --dry-run",
	 options_amend, run_amend},
	{"programme close", "ID", 1, 1, "close a programme whose awards are all closed",
	 "Signed by the funder. Nothing can be added to it any more.",
	 "stele programme close CN-BJ-I3", options_close, run_close},
	{"programme show", "ID", 1, 1, "a programme with its budget, calls and awards",
	 "Budget, committed, paid and recovered are four numbers and never added up. On a terminal "
	 "they show as bars. Calls show with their times by the ledger's clock.",
	 "stele programme show CN-BJ-I3", NULL, run_show},
	{"programme list", "", 0, 0, "all programmes", "All programmes of the ledger.",
	 "stele programme list", NULL, run_list},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
