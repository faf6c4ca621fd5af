/* stele award: what happens to an award after it was granted. */
#include <stdio.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/fields.h"
#include "clients/cli/json_read.h"
#include "clients/cli/out.h"
#include "clients/cli/submit.h"

#define ARENA_BYTES (4u << 20)

/* --- amend ----------------------------------------------------------------------- */

/* The present terms, which an amendment changes, and the version after them. */
static enum err read_present(struct cli *cli, struct arena *arena, char currency[4],
			     Stele__AwardAmend *out)
{
	char place[JSON_PLACE_MAX];
	json_t *award = NULL;
	uint64_t version = 0;
	enum err err = api_get(cli, &award, "/v1/programmes/%s/awards/%llu", out->programme,
			       (unsigned long long)out->award);

	if (err != ERR_OK)
		return err;
	(void)json_u64(award, "version", &version);
	(void)snprintf(currency, 4, "%.3s", json_text(award, "currency"));
	if (!json_read_award(out, arena, award, place)) {
		err = cli_fail(cli, ERR_NET_ANSWER, "award %s/%s", cli->args[0], cli->args[1]);
		cli_fact(cli, "place", "%s", place);
	}
	out->version = version + 1; /* the present one was read with the terms */
	json_decref(award);
	return err;
}

static void read_period(struct cli *cli, struct arena *arena, Stele__AwardAmend *out)
{
	if (out->period == NULL)
		return; /* imported: the ledger says so */
	if (cli_has(cli, "start"))
		out->period->start = field_text(arena, cli_value(cli, "start"));
	if (cli_has(cli, "end"))
		out->period->end = field_text(arena, cli_value(cli, "end"));
}

static enum err read_amend(struct cli *cli, struct arena *arena, Stele__AwardAmend *out)
{
	char currency[4];
	enum err err = args_award(cli, &out->programme, &out->award);

	if (err == ERR_OK)
		err = read_present(cli, arena, currency, out);
	if (err != ERR_OK)
		return err;
	read_period(cli, arena, out);
	if (cli_has(cli, "amount"))
		err = field_amount(cli, "amount", currency, &out->amount);
	if (err == ERR_OK && cli_has(cli, "terms"))
		err = field_hash(cli, arena, cli_value(cli, "terms"), &out->terms_sha256);
	if (err == ERR_OK && cli_has(cli, "milestone"))
		err = field_milestones(cli, arena, currency, &out->n_milestones, &out->milestones);
	return err == ERR_OK ? field_reason(cli, arena, "reason", &out->reason_sha256) : err;
}

static enum err run_amend(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__AwardAmend amend = STELE__AWARD_AMEND__INIT;
	struct arena arena;
	enum err err;

	arena_init(&arena, ARENA_BYTES);
	err = read_amend(cli, &arena, &amend);
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_AWARD_AMEND;
	body.award_amend = &amend;
	if (err == ERR_OK)
		err = submit_record(cli, &body, "version %llu of award %s/%s",
				    (unsigned long long)amend.version, cli->args[0], cli->args[1]);
	arena_release(&arena);
	return err;
}

/* --- from state to state ---------------------------------------------------------------- */

/* These four are one message; whichever member of the oneof is set is a pointer to it. */
static enum err step(struct cli *cli, Stele__TransactionBody__OperationCase operation,
		     const char *what)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__AwardStep award_step = STELE__AWARD_STEP__INIT;
	struct arena arena;
	enum err err = args_award(cli, &award_step.programme, &award_step.award);

	arena_init(&arena, ARENA_BYTES);
	if (err == ERR_OK)
		err = field_reason(cli, &arena, "reason", &award_step.reason_sha256);
	body.operation_case = operation;
	body.award_suspend = &award_step;
	if (err == ERR_OK)
		err = submit_record(cli, &body, "%s of award %s/%s", what, cli->args[0],
				    cli->args[1]);
	arena_release(&arena);
	return err;
}

static enum err run_suspend(struct cli *cli)
{
	return step(cli, STELE__TRANSACTION_BODY__OPERATION_AWARD_SUSPEND, "suspension");
}

static enum err run_resume(struct cli *cli)
{
	return step(cli, STELE__TRANSACTION_BODY__OPERATION_AWARD_RESUME, "resumption");
}

static enum err run_complete(struct cli *cli)
{
	return step(cli, STELE__TRANSACTION_BODY__OPERATION_AWARD_COMPLETE, "completion");
}

static enum err run_close(struct cli *cli)
{
	return step(cli, STELE__TRANSACTION_BODY__OPERATION_AWARD_CLOSE, "closing");
}

static enum err run_terminate(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__AwardTerminate terminate = STELE__AWARD_TERMINATE__INIT;
	struct arena arena;
	char currency[4];
	enum err err = args_award(cli, &terminate.programme, &terminate.award);

	arena_init(&arena, ARENA_BYTES);
	if (err == ERR_OK && cli_has(cli, "unspent")) {
		err = programme_currency(cli, cli->args[0], currency);
		if (err == ERR_OK)
			err = field_amount(cli, "unspent", currency, &terminate.unspent);
	}
	if (err == ERR_OK)
		err = field_reason(cli, &arena, "reason", &terminate.reason_sha256);
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_AWARD_TERMINATE;
	body.award_terminate = &terminate;
	if (err == ERR_OK)
		err = submit_record(cli, &body, "termination of award %s/%s", cli->args[0],
				    cli->args[1]);
	arena_release(&arena);
	return err;
}

static const struct option_spec options_amend[] = {
	{"amount", 0, OPTION_VALUE, "AMOUNT", "in units of the programme's currency"},
	{"start", 0, OPTION_VALUE, "DATE", "first day, YYYY-MM-DD"},
	{"end", 0, OPTION_VALUE, "DATE", "last day"},
	{"terms", 0, OPTION_VALUE, "FILE|HASH", "the terms of the award, by hash"},
	{"milestone", 0, OPTION_LIST, "DATE:AMOUNT:FILE|HASH",
	 "all milestones from now on, the assessed ones as they were; repeat"},
	OPTION_REASON,
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

static const struct option_spec options_step[] = {
	OPTION_REASON,
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

static const struct option_spec options_terminate[] = {
	{"unspent", 0, OPTION_VALUE, "AMOUNT", "what of the paid money was not spent"},
	OPTION_REASON,
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_award_life[] = {
	{"award amend", "PROGRAMME AWARD", 2, 2, "change amount, period, terms or milestones of an award",
	 "Signed by the programme's agency. What is not named stays as it is; recipients never change. "
	 "An award that is not yet active has to be accepted anew.",
	 "stele award amend CN-BJ-I3 1 --end 2027-06-30 --dry-run", options_amend, run_amend},
	{"award suspend", "PROGRAMME AWARD", 2, 2, "suspend an active award",
	 "Nothing is paid on it until it is resumed.",
	 "stele award suspend CN-BJ-I3 1 --reason finding.pdf", options_step, run_suspend},
	{"award resume", "PROGRAMME AWARD", 2, 2, "resume a suspended award",
	 "It can be paid again.", "stele award resume CN-BJ-I3 1", options_step, run_resume},
	{"award terminate", "PROGRAMME AWARD", 2, 2, "end an award before it is complete",
	 "What was not paid is free for other awards; what was paid and not spent is demanded back with "
	 "stele recovery demand.",
	 "stele award terminate CN-BJ-I3 1 --unspent 400,000.00 --reason finding.pdf --dry-run",
	 options_terminate, run_terminate},
	{"award complete", "PROGRAMME AWARD", 2, 2, "state that an award's work is done",
	 "Refused while a milestone is not assessed.", "stele award complete CN-BJ-I3 1", options_step,
	 run_complete},
	{"award close", "PROGRAMME AWARD", 2, 2, "close a completed or terminated award",
	 "After that nothing is paid or demanded; what is demanded can still come in.",
	 "stele award close CN-BJ-I3 1", options_step, run_close},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
