/* stele call: calls for proposals, published, amended, shown. */
#include <stdio.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/draw.h"
#include "clients/cli/fields.h"
#include "clients/cli/json_read.h"
#include "clients/cli/out.h"
#include "clients/cli/submit.h"
#include "clients/cli/terms.h"

#define ARENA_BYTES (4u << 20)

/* A call narrows its programme's eligibility, so it begins with that. */
static enum err read_terms(struct cli *cli, struct arena *arena, Stele__CallTerms *out)
{
	char place[JSON_PLACE_MAX];
	json_t *programme = NULL, *inherited;
	bool is_read;
	enum err err = api_get(cli, &programme, "/v1/programmes/%s", cli->args[0]);

	if (err != ERR_OK)
		return err;
	inherited = json_pack("{s:O*}", "eligibility", json_object_get(programme, "eligibility"));
	is_read = json_read_terms(out, arena, inherited, place);
	json_decref(inherited);
	err = is_read ? terms_read(cli, arena, json_text(programme, "currency"), out)
		      : cli_fail(cli, ERR_NET_ANSWER, "programme %s: %s", cli->args[0], place);
	json_decref(programme);
	return err;
}

/* What a call cannot be without, by the names that people give: the ledger would only say that
 * a field is missing. */
static enum err check_complete(struct cli *cli, const Stele__CallTerms *terms)
{
	const struct {
		const char *name;
		bool is_there;
	} needed[] = {
		{"title-en or --title-zh",
		 terms->titles != NULL && (terms->titles->en[0] != '\0' || terms->titles->zh[0] != '\0')},
		{"deadline", terms->deadline > 0},
		{"reveal-until", terms->reveal_until > 0},
		{"review-until", terms->review_until > 0},
		{"criterion", terms->review != NULL && terms->review->n_criteria > 0},
	};

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!needed[i].is_there)
			return cli_fail(cli, ERR_USAGE, "the terms lack --%s", needed[i].name);
	return ERR_OK;
}

static enum err run_publish(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__CallPublish publish = STELE__CALL_PUBLISH__INIT;
	Stele__CallTerms terms = STELE__CALL_TERMS__INIT;
	struct arena arena;
	enum err err = args_call(cli, &publish.programme, &publish.call);

	arena_init(&arena, ARENA_BYTES);
	if (err == ERR_OK)
		err = read_terms(cli, &arena, &terms);
	if (err == ERR_OK)
		err = check_complete(cli, &terms);
	publish.terms = &terms;
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_CALL_PUBLISH;
	body.call_publish = &publish;
	if (err == ERR_OK)
		err = submit_record(cli, &body, "call %s/%s", publish.programme, publish.call);
	arena_release(&arena);
	return err;
}

/* The present terms, which an amendment changes, and the version after them. */
static enum err read_present(struct cli *cli, struct arena *arena, Stele__CallAmend *out)
{
	char place[JSON_PLACE_MAX];
	json_t *call = NULL;
	uint64_t version = 0;
	enum err err = api_get(cli, &call, "/v1/programmes/%s/calls/%s", out->programme, out->call);

	if (err != ERR_OK)
		return err;
	(void)json_u64(call, "version", &version);
	out->version = version + 1;
	if (!json_read_terms(out->terms, arena, call, place)) {
		err = cli_fail(cli, ERR_NET_ANSWER, "call %s", out->call);
		cli_fact(cli, "place", "%s", place);
	}
	json_decref(call);
	return err;
}

static enum err run_amend(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__CallAmend amend = STELE__CALL_AMEND__INIT;
	Stele__CallTerms terms = STELE__CALL_TERMS__INIT;
	struct arena arena;
	char currency[4];
	enum err err = args_call(cli, &amend.programme, &amend.call);

	arena_init(&arena, ARENA_BYTES);
	amend.terms = &terms;
	if (err == ERR_OK)
		err = programme_currency(cli, cli->args[0], currency);
	if (err == ERR_OK)
		err = read_present(cli, &arena, &amend);
	if (err == ERR_OK)
		err = terms_read(cli, &arena, currency, &terms);
	if (err == ERR_OK)
		err = field_reason(cli, &arena, "reason", &amend.reason_sha256);
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_CALL_AMEND;
	body.call_amend = &amend;
	if (err == ERR_OK)
		err = submit_record(cli, &body, "version %llu of call %s/%s",
				    (unsigned long long)amend.version, amend.programme, amend.call);
	arena_release(&arena);
	return err;
}

static enum err run_cancel(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__CallCancel cancel = STELE__CALL_CANCEL__INIT;
	struct arena arena;
	enum err err = args_call(cli, &cancel.programme, &cancel.call);

	arena_init(&arena, ARENA_BYTES);
	if (err == ERR_OK)
		err = field_reason(cli, &arena, "reason", &cancel.reason_sha256);
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_CALL_CANCEL;
	body.call_cancel = &cancel;
	if (err == ERR_OK)
		err = submit_record(cli, &body, "cancellation of call %s/%s", cancel.programme,
				    cancel.call);
	arena_release(&arena);
	return err;
}

/* --- show ------------------------------------------------------------------------- */

static void print_terms(const struct cli *cli, const json_t *call)
{
	static const struct column columns[] = {
		{"titles.en", "title (en)", COLUMN_TEXT},
		{"titles.zh", "title (zh)", COLUMN_TEXT},
		{"state", "state", COLUMN_TEXT},
		{"areas", "areas", COLUMN_TEXT},
		{"eligibility.scheme", "eligible", COLUMN_TEXT},
		{"eligibility.division_prefix", "division", COLUMN_TEXT},
		{"award_min", "least award", COLUMN_MONEY},
		{"award_max", "greatest award", COLUMN_MONEY},
		{"max_awards", "at most awards", COLUMN_NUMBER},
		{"proposals", "proposals", COLUMN_NUMBER},
		{"revealed", "revealed", COLUMN_NUMBER},
		{"reviewers", "reviewers", COLUMN_NUMBER},
		{"review.quorum", "reviews needed", COLUMN_NUMBER},
		{"review.threshold", "threshold", COLUMN_NUMBER},
		{"decided", "decided", COLUMN_NUMBER},
		{"selected", "selected", COLUMN_NUMBER},
		{"open_objections", "open objections", COLUMN_NUMBER},
		{"version", "version", COLUMN_NUMBER},
		{"log_index", "log index", COLUMN_NUMBER},
		{NULL, NULL, COLUMN_TEXT},
	};
	static const struct column criteria[] = {
		{"code", "CRITERION", COLUMN_TEXT},
		{"weight", "WEIGHT", COLUMN_NUMBER},
		{"max", "MARKS TO", COLUMN_NUMBER},
		{"names.en", "NAME", COLUMN_TEXT},
		{"names.zh", "", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};
	out_fields(call, columns);
	out_line(cli, "%s", "");
	(void)fflush(stdout);
	out_table(json_object_get(json_object_get(call, "review"), "criteria"), criteria);
}

static enum err run_show(struct cli *cli)
{
	char *programme, *name;
	json_t *call = NULL;
	struct network network;
	enum err err = args_call(cli, &programme, &name);

	if (err == ERR_OK)
		err = api_network(cli, &network);
	if (err == ERR_OK)
		err = api_get(cli, &call, "/v1/programmes/%s/calls/%s", programme, name);
	if (err == ERR_OK)
		err = call_add_objections(cli, call);
	if (err == ERR_OK && cli_has(cli, "as-terms")) {
		terms_print(cli, call);
	} else if (err == ERR_OK && !cli->is_json) {
		print_terms(cli, call);
		out_line(cli, "%s", "");
		draw_timeline(cli, call, network.time_ms);
		draw_call_budget(cli, call);
	}
	if (err == ERR_OK)
		(void)out_json(cli, json_incref(call));
	json_decref(call);
	return err;
}

static enum err run_list(struct cli *cli)
{
	static const struct column columns[] = {
		{"call", "CALL", COLUMN_TEXT},
		{"state", "NOW", COLUMN_TEXT},
		{"deadline", "DEADLINE (UTC)", COLUMN_TIME},
		{"budget", "BUDGET", COLUMN_MONEY},
		{"committed", "COMMITTED", COLUMN_MONEY},
		{"proposals", "PROPOSALS", COLUMN_NUMBER},
		{"awards", "AWARDS", COLUMN_NUMBER},
		{"titles.en", "TITLE", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};
	static const char *const filters[] = {"state", "area", NULL};
	char path[128];
	json_t *list = NULL;
	enum err err = api_segment(cli, "programme", cli->args[0]);

	(void)snprintf(path, sizeof(path), "/v1/programmes/%.64s/calls", cli->args[0]);
	if (err == ERR_OK)
		err = api_get_filtered(cli, &list, path, filters);
	if (err == ERR_OK)
		out_list(cli, list, columns);
	return err;
}

static const struct option_spec options_publish[] = {
	TERMS_OPTIONS,
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

static const struct option_spec options_amend[] = {
	TERMS_OPTIONS,
	OPTION_REASON,
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

static const struct option_spec options_cancel[] = {
	OPTION_REASON,
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

static const struct option_spec options_show[] = {
	{"as-terms", 0, OPTION_FLAG, NULL, "print its terms as a file for --terms"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

static const struct option_spec options_list[] = {
	{"state", 0, OPTION_VALUE, "STATE",
	 "upcoming, open, revealing, reviewing, deciding, decided or cancelled"},
	{"area", 0, OPTION_VALUE, "CODE", "for that area"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_call[] = {
	{"call publish", "PROGRAMME CALL", 2, 2, "publish a call for proposals",
	 "Signed by the programme's agency. Its terms come from a file, from options or from both; the "
	 "file has one option a line without the dashes, and options go before it. Eligibility is the "
	 "programme's unless it is narrowed. Proposals stay "
	 "sealed until the deadline, reviews until the end of reviewing, and the ledger refuses what "
	 "comes early or late.",
	 "stele call publish CN-BJ-I3 2026-1 --terms call.txt --deadline 2026-04-15T17:00:00+08:00 "
	 "--dry-run",
	 options_publish, run_publish},
	{"call amend", "PROGRAMME CALL", 2, 2, "change the terms of a call",
	 "What is not named stays as it is. Possible until the deadline, which moves only to a later "
	 "time.",
	 "stele call amend CN-BJ-I3 2026-1 --deadline 2026-04-30T17:00:00+08:00", options_amend,
	 run_amend},
	{"call cancel", "PROGRAMME CALL", 2, 2, "cancel a call under which nothing was awarded",
	 "Its budget is free for other calls of the programme; nothing more can be done in it.",
	 "stele call cancel CN-BJ-I3 2026-1 --reason decision.pdf", options_cancel, run_cancel},
	{"call show", "PROGRAMME CALL", 2, 2, "a call with its times and numbers",
	 "Times are those of the ledger: a window is open or over as the newest block says.",
	 "stele call show CN-BJ-I3 2026-1\nstele call show CN-BJ-I3 2026-1 --as-terms > call.txt",
	 options_show, run_show},
	{"call list", "PROGRAMME", 1, 1, "all calls of a programme",
	 "All calls of a programme, and in which window each is now.",
	 "stele call list CN-BJ-I3 --state open", options_list, run_list},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
