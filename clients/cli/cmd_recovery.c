/* stele recovery: paid money that is demanded back, and comes in. */
#include <stdio.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/fields.h"
#include "clients/cli/lists.h"
#include "clients/cli/out.h"
#include "clients/cli/submit.h"

#define ARENA_BYTES (1u << 20)

static enum err run_demand(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__RecoveryDemand demand = STELE__RECOVERY_DEMAND__INIT;
	struct arena arena;
	char currency[4];
	enum err err = args_award(cli, &demand.programme, &demand.award);

	arena_init(&arena, ARENA_BYTES);
	if (err == ERR_OK)
		err = programme_currency(cli, cli->args[0], currency);
	if (err == ERR_OK)
		err = field_amount(cli, "amount", currency, &demand.amount);
	if (err == ERR_OK)
		err = field_reason(cli, &arena, "reason", &demand.reason_sha256);
	if (cli_has(cli, "due"))
		demand.due = field_text(&arena, cli_value(cli, "due"));
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_RECOVERY_DEMAND;
	body.recovery_demand = &demand;
	if (err == ERR_OK)
		err = submit_record(cli, &body, "demand on award %s/%s", cli->args[0],
				    cli->args[1]);
	arena_release(&arena);
	return err;
}

static enum err read_receipt(struct cli *cli, struct arena *arena, Stele__RecoveryReceive *out)
{
	const char *payer, *date, *reference;
	char currency[4];
	enum err err = args_award(cli, &out->programme, &out->award);

	if (err == ERR_OK)
		err = cli_required(cli, "payer", &payer);
	if (err == ERR_OK)
		err = cli_required(cli, "date", &date);
	if (err == ERR_OK)
		err = cli_required(cli, "reference", &reference);
	if (err == ERR_OK)
		err = programme_currency(cli, cli->args[0], currency);
	if (err == ERR_OK)
		err = field_amount(cli, "amount", currency, &out->amount);
	if (err != ERR_OK)
		return err;
	out->payer = field_text(arena, payer);
	out->value_date = field_text(arena, date);
	field_text_hash(arena, reference, &out->reference_sha256);
	return ERR_OK;
}

static enum err run_receive(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__RecoveryReceive receive = STELE__RECOVERY_RECEIVE__INIT;
	struct arena arena;
	enum err err;

	arena_init(&arena, ARENA_BYTES);
	err = read_receipt(cli, &arena, &receive);
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_RECOVERY_RECEIVE;
	body.recovery_receive = &receive;
	if (err == ERR_OK)
		err = submit_record(cli, &body, "recovery on award %s/%s", cli->args[0],
				    cli->args[1]);
	arena_release(&arena);
	return err;
}

static enum err run_list(struct cli *cli)
{
	static const struct column columns[] = {
		{"number", "NO", COLUMN_NUMBER},
		{"kind", "WHAT", COLUMN_TEXT},
		{"amount", "AMOUNT", COLUMN_MONEY},
		{"due", "DUE", COLUMN_TEXT},
		{"value_date", "DATE", COLUMN_TEXT},
		{"payer", "PAYER", COLUMN_TEXT},
		{"log_index", "LOG INDEX", COLUMN_NUMBER},
		{NULL, NULL, COLUMN_TEXT},
	};

	return list_of_award(cli, "recoveries", columns);
}

static const struct option_spec options_demand[] = {
	{"amount", 0, OPTION_VALUE, "AMOUNT", "in units of the programme's currency"},
	{"due", 0, OPTION_VALUE, "DATE", "by when, YYYY-MM-DD"},
	OPTION_REASON,
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

static const struct option_spec options_receive[] = {
	{"amount", 0, OPTION_VALUE, "AMOUNT", "in units of the programme's currency"},
	{"payer", 0, OPTION_VALUE, "ORG", "the recipient that paid it back"},
	{"date", 0, OPTION_VALUE, "DATE", "value date, YYYY-MM-DD"},
	{"reference", 0, OPTION_VALUE, "TEXT", "the bank's reference; only its hash is recorded"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_recovery[] = {
	{"recovery demand", "PROGRAMME AWARD", 2, 2, "demand paid money back",
	 "Signed by the programme's funder or agency; never more than was paid.",
	 "stele recovery demand CN-BJ-I3 1 --amount 400,000.00 --due 2027-03-31 --reason finding.pdf",
	 options_demand, run_demand},
	{"recovery receive", "PROGRAMME AWARD", 2, 2, "record money that came back",
	 "Signed by the programme's funder or agency. It restores no budget: committed, paid and "
	 "recovered are told apart for ever.",
	 "stele recovery receive CN-BJ-I3 1 --amount 400,000.00 --payer CN-USCI-… --date 2027-03-20 "
	 "--reference 'R2027032000004'",
	 options_receive, run_receive},
	{"recovery list", "PROGRAMME AWARD", 2, 2, "what was demanded and received of an award",
	 "Demands and receipts, in order.", "stele recovery list CN-BJ-I3 1", NULL, run_list},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
