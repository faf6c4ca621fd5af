/* stele decision: which proposals of a call are selected. */
#include <stdio.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/fields.h"
#include "clients/cli/money.h"
#include "clients/cli/out.h"
#include "clients/cli/submit.h"

#define ARENA_BYTES (1u << 20)
#define OUTCOMES_MAX 256

struct decision {
	Stele__DecisionPublish record;
	Stele__ProposalOutcome outcomes[OUTCOMES_MAX];
	Stele__ProposalOutcome *list[OUTCOMES_MAX];
};

static Stele__ProposalOutcome *next_outcome(struct decision *decision)
{
	size_t n = decision->record.n_outcomes++;

	stele__proposal_outcome__init(&decision->outcomes[n]);
	decision->list[n] = &decision->outcomes[n];
	return &decision->outcomes[n];
}

/* PROPOSAL:AMOUNT */
static enum err read_selected(struct cli *cli, struct arena *arena, const char *text,
			      const char *currency, Stele__ProposalOutcome *out)
{
	char *parts[2] = {NULL, NULL};

	(void)field_split(arena, text, 2, parts);
	out->outcome = STELE__OUTCOME__OUTCOME_SELECTED;
	if (!decimal_decode(&out->proposal, bytes_text(parts[0])) || parts[1] == NULL ||
	    !money_parse(&out->amount, parts[1], currency))
		return cli_fail(cli, ERR_USAGE, "--select %s is not PROPOSAL:AMOUNT", text);
	return ERR_OK;
}

static enum err read_outcomes(struct cli *cli, struct arena *arena, const char *currency,
			      struct decision *out)
{
	size_t selected = cli_count(cli, "select"), declined = cli_count(cli, "decline");
	enum err err = ERR_OK;

	if (selected + declined == 0 || selected + declined > OUTCOMES_MAX)
		return cli_fail(cli, ERR_USAGE, "decide 1 to %d proposals: --select, --decline",
				OUTCOMES_MAX);
	for (size_t i = 0; err == ERR_OK && i < selected; i++)
		err = read_selected(cli, arena, cli_nth(cli, "select", i), currency,
				    next_outcome(out));
	for (size_t i = 0; err == ERR_OK && i < declined; i++) {
		Stele__ProposalOutcome *outcome = next_outcome(out);
		const char *text = cli_nth(cli, "decline", i);

		outcome->outcome = STELE__OUTCOME__OUTCOME_DECLINED;
		if (!decimal_decode(&outcome->proposal, bytes_text(text)))
			err = cli_fail(cli, ERR_USAGE, "--decline %s is no proposal's number", text);
	}
	out->record.outcomes = out->list;
	return err;
}

static enum err run_publish(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	struct decision *decision;
	struct arena arena;
	char currency[4];
	enum err err;

	arena_init(&arena, ARENA_BYTES);
	decision = arena_alloc(&arena, sizeof(*decision));
	ASSERT(decision != NULL);
	stele__decision_publish__init(&decision->record);
	err = args_call(cli, &decision->record.programme, &decision->record.call);
	if (err == ERR_OK)
		err = programme_currency(cli, cli->args[0], currency);
	if (err == ERR_OK)
		err = read_outcomes(cli, &arena, currency, decision);
	if (err == ERR_OK)
		err = field_reason(cli, &arena, "minutes", &decision->record.minutes_sha256);
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_DECISION_PUBLISH;
	body.decision_publish = &decision->record;
	if (err == ERR_OK)
		err = submit_record(cli, &body, "decision in %s/%s", cli->args[0], cli->args[1]);
	arena_release(&arena);
	return err;
}

/* --- show ------------------------------------------------------------------------- */

/* Only those on which there is, or was, a decision. */
static json_t *decided_of(const json_t *proposals)
{
	json_t *list = json_array(), *item;
	size_t index;

	json_array_foreach(proposals, index, item) {
		uint64_t decisions = 0;

		if (json_u64(item, "decisions", &decisions) && decisions > 0)
			(void)json_array_append(list, item);
	}
	return list;
}

static enum err run_show(struct cli *cli)
{
	static const struct column columns[] = {
		{"number", "PROPOSAL", COLUMN_NUMBER},
		{"state", "DECIDED", COLUMN_TEXT},
		{"amount", "AMOUNT", COLUMN_MONEY},
		{"score", "SCORE", COLUMN_NUMBER},
		{"revealed_reviews", "REVIEWS", COLUMN_NUMBER},
		{"decisions", "TIMES DECIDED", COLUMN_NUMBER},
		{"decided_time", "WHEN (UTC)", COLUMN_TIME},
		{"decided_motion", "MOTION", COLUMN_TEXT},
		{"open_objections", "OPEN OBJECTIONS", COLUMN_NUMBER},
		{NULL, NULL, COLUMN_TEXT},
	};
	char *programme, *call, path[192];
	json_t *list = NULL;
	enum err err = args_call(cli, &programme, &call);

	if (err != ERR_OK)
		return err;
	(void)snprintf(path, sizeof(path), "/v1/programmes/%.64s/calls/%.64s/proposals", programme,
		       call);
	err = api_get_all(cli, &list, path);
	if (err != ERR_OK)
		return err;
	(void)json_object_set_new(list, "items", decided_of(json_object_get(list, "items")));
	(void)json_object_del(list, "total");
	out_list(cli, list, columns);
	return ERR_OK;
}

static const struct option_spec options_publish[] = {
	{"select", 0, OPTION_LIST, "PROPOSAL:AMOUNT", "selected, with at most so much; repeat"},
	{"decline", 0, OPTION_LIST, "PROPOSAL", "declined; repeat"},
	{"minutes", 0, OPTION_VALUE, "FILE|HASH", "the minutes of the meeting, by hash"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_decision[] = {
	{"decision publish", "PROGRAMME CALL", 2, 2, "decide proposals of a call",
	 "Signed by the programme's agency once reviewing is over; where policy asks for approvals it "
	 "opens a motion. The ledger refuses a proposal with too few opened reviews, one below the "
	 "threshold, and what the call's budget does not hold.",
	 "stele decision publish CN-BJ-I3 2026-1 --select 1:5,000,000.00 --decline 2 --minutes "
	 "minutes.pdf --dry-run",
	 options_publish, run_publish},
	{"decision show", "PROGRAMME CALL", 2, 2, "what was decided in a call",
	 "Each decided proposal with its score; a decision that an upheld objection made void shows as "
	 "revealed until it is decided anew.",
	 "stele decision show CN-BJ-I3 2026-1", NULL, run_show},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
