/* stele award: granted, accepted, listed and shown. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "clients/cli/api.h"
#include "clients/cli/fields.h"
#include "clients/cli/json_read.h"
#include "clients/cli/out.h"
#include "clients/cli/submit.h"

#define ARENA_BYTES (4u << 20)

/* --- grant --------------------------------------------------------------------- */

/* What a selected proposal says of its award; options go before it. */
static enum err read_proposal(struct cli *cli, struct arena *arena, Stele__AwardGrant *out)
{
	Stele__ProposalContent *content = arena_alloc(arena, sizeof(*content));
	char place[JSON_PLACE_MAX];
	json_t *proposal = NULL;
	enum err err = api_segment(cli, "--call", cli_value(cli, "call"));

	ASSERT(content != NULL);
	stele__proposal_content__init(content);
	if (err == ERR_OK)
		err = cli_number(cli, "proposal", INT64_MAX, &out->proposal);
	if (err == ERR_OK)
		err = api_get(cli, &proposal, "/v1/programmes/%s/calls/%s/proposals/%llu",
			      cli->args[0], cli_value(cli, "call"),
			      (unsigned long long)out->proposal);
	if (err != ERR_OK)
		return err;
	if (!json_read_revealed(content, arena, proposal, place))
		err = cli_fail(cli, ERR_NET_ANSWER, "proposal %s: %s", cli_value(cli, "proposal"),
			       place);
	else if (content->n_consortium == 0)
		err = cli_fail(cli, ERR_PROPOSAL_STATE, "proposal %s is not revealed",
			       cli_value(cli, "proposal"));
	(void)json_u64(proposal, "amount", &out->amount);
	json_decref(proposal);
	out->call = field_text(arena, cli_value(cli, "call"));
	out->recipients = content->consortium;
	out->n_recipients = content->n_consortium;
	out->area = content->area;
	out->titles = content->titles;
	return err;
}

static enum err read_who(struct cli *cli, struct arena *arena, Stele__AwardGrant *out)
{
	enum err err = ERR_OK;

	if (cli_has(cli, "call") != cli_has(cli, "proposal"))
		return cli_fail(cli, ERR_USAGE, "--call and --proposal go together");
	if (cli_has(cli, "call"))
		err = read_proposal(cli, arena, out);
	if (err == ERR_OK && cli_has(cli, "recipient")) {
		out->n_recipients = 0;
		err = field_recipients(cli, arena, "recipient", &out->n_recipients,
				       &out->recipients);
	}
	if (err == ERR_OK && out->n_recipients == 0)
		err = cli_fail(cli, ERR_USAGE, "give --recipient, or --call and --proposal");
	if (cli_has(cli, "area"))
		out->area = field_text(arena, cli_value(cli, "area"));
	if (cli_has(cli, "title-zh") || cli_has(cli, "title-en"))
		out->titles = field_names(cli, arena, cli_value(cli, "title-zh"),
					  cli_value(cli, "title-en"));
	return err;
}

static enum err read_grant(struct cli *cli, struct arena *arena, Stele__AwardGrant *out)
{
	const char *terms;
	char currency[4];
	enum err err = cli_required(cli, "terms", &terms);

	if (err == ERR_OK)
		err = field_period(cli, arena, &out->period);
	if (err == ERR_OK)
		err = field_hash(cli, arena, terms, &out->terms_sha256);
	if (err == ERR_OK)
		err = programme_currency(cli, cli->args[0], currency);
	if (err == ERR_OK)
		err = read_who(cli, arena, out);
	if (err == ERR_OK && (cli_has(cli, "amount") || out->amount == 0))
		err = field_amount(cli, "amount", currency, &out->amount);
	if (err == ERR_OK)
		err = field_milestones(cli, arena, currency, &out->n_milestones, &out->milestones);
	if (err == ERR_OK)
		out->programme = field_text(arena, cli->args[0]);
	return err;
}

static enum err run_grant(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__AwardGrant grant = STELE__AWARD_GRANT__INIT;
	struct arena arena;
	enum err err;

	arena_init(&arena, ARENA_BYTES);
	err = read_grant(cli, &arena, &grant);
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_AWARD_GRANT;
	body.award_grant = &grant;
	if (err == ERR_OK)
		err = submit_operation(cli, &body, bytes_of(NULL, 0), "award");
	arena_release(&arena);
	return err;
}

/* --- accept ---------------------------------------------------------------------- */

/* The terms as they are now: an amendment that comes before the acceptance ends it. */
static enum err read_version(struct cli *cli, Stele__AwardAccept *out)
{
	json_t *award = NULL;
	enum err err = api_segment(cli, "programme", cli->args[0]);

	if (err == ERR_OK)
		err = cli_arg_number(cli, 1, "award", INT64_MAX, &out->award);
	if (err == ERR_OK)
		err = api_get(cli, &award, "/v1/programmes/%s/awards/%llu", cli->args[0],
			      (unsigned long long)out->award);
	if (err != ERR_OK)
		return err;
	(void)json_u64(award, "version", &out->version);
	json_decref(award);
	return ERR_OK;
}

static enum err run_accept(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__AwardAccept accept = STELE__AWARD_ACCEPT__INIT;
	char what[LIMIT_SEGMENT + 80];
	enum err err = read_version(cli, &accept);

	if (err != ERR_OK)
		return err;
	accept.programme = cli->args[0];
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_AWARD_ACCEPT;
	body.award_accept = &accept;
	(void)snprintf(what, sizeof(what), "acceptance of award %.64s/%llu, version %llu",
		       cli->args[0], (unsigned long long)accept.award,
		       (unsigned long long)accept.version);
	return submit_operation(cli, &body, bytes_of(NULL, 0), what);
}

/* --- list and show ------------------------------------------------------------------ */

static enum err run_list(struct cli *cli)
{
	static const struct column columns[] = {
		{"number", "award", COLUMN_NUMBER},
		{"state", "state", COLUMN_TEXT},
		{"recipient", "recipient", COLUMN_TEXT},
		{"amount", "amount", COLUMN_MONEY},
		{"paid", "paid", COLUMN_MONEY},
		{"area", "area", COLUMN_TEXT},
		{"title", "title", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};
	static const char *const filters[] = {"state", "organisation", "call", "area", NULL};
	char path[128];
	json_t *answer;
	enum err err = api_segment(cli, "programme", cli->args[0]);

	if (err != ERR_OK)
		return err;
	(void)snprintf(path, sizeof(path), "/v1/programmes/%.64s/awards", cli->args[0]);
	err = api_get_filtered(cli, &answer, path, filters);
	if (err == ERR_OK)
		out_list(cli, answer, columns);
	return err;
}

static void print_award(const json_t *award)
{
	static const struct column columns[] = {
		{"programme", "programme", COLUMN_TEXT},
		{"number", "award", COLUMN_NUMBER},
		{"state", "state", COLUMN_TEXT},
		{"title", "title", COLUMN_TEXT},
		{"area", "area", COLUMN_TEXT},
		{"amount", "amount", COLUMN_MONEY},
		{"committed", "committed", COLUMN_MONEY},
		{"payable", "payable", COLUMN_MONEY},
		{"paid", "paid", COLUMN_MONEY},
		{"demanded", "demanded back", COLUMN_MONEY},
		{"received", "received back", COLUMN_MONEY},
		{"unspent", "paid, not spent", COLUMN_MONEY},
		{"call", "call", COLUMN_TEXT},
		{"proposal", "proposal", COLUMN_NUMBER},
		{"version", "version", COLUMN_NUMBER},
		{"period.start", "from", COLUMN_TEXT},
		{"period.end", "to", COLUMN_TEXT},
		{"publisher_id", "published as", COLUMN_TEXT},
		{"date", "date", COLUMN_TEXT},
		{"log_index", "log index", COLUMN_NUMBER},
		{NULL, NULL, COLUMN_TEXT},
	};
	static const struct column recipients[] = {
		{"org", "recipient", COLUMN_TEXT},
		{"share", "share", COLUMN_NUMBER},
		{"accepted", "accepted", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};

	out_fields(award, columns);
	if (json_array_size(json_object_get(award, "recipients")) > 0)
		out_table(json_object_get(award, "recipients"), recipients);
}

static enum err run_show(struct cli *cli)
{
	uint64_t number;
	json_t *answer;
	enum err err = api_segment(cli, "programme", cli->args[0]);

	if (err == ERR_OK)
		err = cli_arg_number(cli, 1, "award", INT64_MAX, &number);
	if (err == ERR_OK)
		err = api_get(cli, &answer, "/v1/programmes/%s/awards/%llu", cli->args[0],
			      (unsigned long long)number);
	if (err != ERR_OK)
		return err;
	if (!out_json(cli, json_incref(answer)))
		print_award(answer);
	json_decref(answer);
	return ERR_OK;
}

static const struct option_spec options_grant[] = {
	{"area", 0, OPTION_VALUE, "CODE", "one of the programme's areas"},
	{"call", 0, OPTION_VALUE, "CALL", "the call it was decided in"},
	{"proposal", 0, OPTION_VALUE, "N", "the selected proposal; recipients and area are its own"},
	{"recipient", 0, OPTION_LIST, "ORG[:SHARE]", "who receives it; shares in 1/10,000; repeat"},
	{"amount", 0, OPTION_VALUE, "AMOUNT",
	 "in units of the programme's currency; of a proposal: as decided, unless given"},
	{"start", 0, OPTION_VALUE, "DATE", "first day, YYYY-MM-DD"},
	{"end", 0, OPTION_VALUE, "DATE", "last day"},
	{"terms", 0, OPTION_VALUE, "FILE|HASH", "the terms of the award, by hash"},
	{"milestone", 0, OPTION_LIST, "DATE:AMOUNT:FILE|HASH", "due, amount, criteria; repeat"},
	{"title-en", 0, OPTION_VALUE, "TEXT", "title in English"},
	{"title-zh", 0, OPTION_VALUE, "TEXT", "title in Chinese"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

static const struct option_spec options_list[] = {
	{"state", 0, OPTION_VALUE, "STATE", "granted, active, imported and so on"},
	{"organisation", 0, OPTION_VALUE, "ORG", "of which it is a recipient"},
	{"call", 0, OPTION_VALUE, "CALL", "granted under that call"},
	{"area", 0, OPTION_VALUE, "CODE", "of that area"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_award[] = {
	{"award grant", "PROGRAMME", 1, 1, "grant an award",
	 "Signed by the programme's agency. Each recipient then accepts with its own key; only then "
	 "the award is active and can be paid.",
	 "stele award grant CN-BJ-I3 --area genai --recipient CN-USCI-… --amount 5,000,000.00 --start "
	 "2026-01-01 --end 2027-12-31 --terms terms.pdf",
	 options_grant, run_grant},
	{"award accept", "PROGRAMME AWARD", 2, 2, "accept an award as its recipient",
	 "Signed by a recipient. When all recipients have accepted, the award is active.",
	 "stele award accept CN-BJ-I3 1 --key recipient.key", NULL, run_accept},
	{"award list", "PROGRAMME", 1, 1, "all awards of a programme",
	 "What a node says. For a proof that the list is complete: stele proof get awards PROGRAMME.",
	 "stele award list CN-BJ-I3 --state active --call 2026-1", options_list, run_list},
	{"award show", "PROGRAMME AWARD", 2, 2, "one award",
	 "Its recipients, acceptance and payments.", "stele award show CN-BJ-I3 1", NULL, run_show},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
