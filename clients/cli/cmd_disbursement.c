/* stele disbursement: payments on awards. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "clients/cli/api.h"
#include "clients/cli/fields.h"
#include "clients/cli/out.h"
#include "clients/cli/submit.h"

#define ARENA_BYTES (1u << 20)

static enum err read_record(struct cli *cli, struct arena *arena, Stele__DisbursementRecord *out)
{
	const char *payer, *payee, *date, *reference;
	uint64_t milestone = 0;
	char currency[4];
	enum err err = cli_arg_number(cli, 1, "award", INT64_MAX, &out->award);

	if (err == ERR_OK)
		err = cli_required(cli, "payer", &payer);
	if (err == ERR_OK)
		err = cli_required(cli, "payee", &payee);
	if (err == ERR_OK)
		err = cli_required(cli, "date", &date);
	if (err == ERR_OK)
		err = cli_required(cli, "reference", &reference);
	if (err == ERR_OK)
		err = cli_number(cli, "milestone", UINT32_MAX, &milestone);
	if (err == ERR_OK)
		err = programme_currency(cli, cli->args[0], currency);
	if (err == ERR_OK)
		err = field_amount(cli, "amount", currency, &out->amount);
	if (err != ERR_OK)
		return err;
	out->programme = field_text(arena, cli->args[0]);
	out->milestone = (uint32_t)milestone;
	out->payer = field_text(arena, payer);
	out->payee = field_text(arena, payee);
	out->value_date = field_text(arena, date);
	field_text_hash(arena, reference, &out->reference_sha256);
	return ERR_OK;
}

static enum err run_record(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__DisbursementRecord record = STELE__DISBURSEMENT_RECORD__INIT;
	struct arena arena;
	char what[LIMIT_SEGMENT + 48];
	enum err err;

	arena_init(&arena, ARENA_BYTES);
	err = read_record(cli, &arena, &record);
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_DISBURSEMENT_RECORD;
	body.disbursement_record = &record;
	(void)snprintf(what, sizeof(what), "payment on award %.64s/%.20s", cli->args[0],
		       cli->args[1]);
	if (err == ERR_OK)
		err = submit_operation(cli, &body, bytes_of(NULL, 0), what);
	arena_release(&arena);
	return err;
}

static enum err run_reverse(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__DisbursementReverse reverse = STELE__DISBURSEMENT_REVERSE__INIT;
	struct arena arena;
	enum err err = args_award(cli, &reverse.programme, &reverse.award);

	arena_init(&arena, ARENA_BYTES);
	if (err == ERR_OK)
		err = cli_arg_number(cli, 2, "payment", INT64_MAX, &reverse.disbursement);
	if (err == ERR_OK)
		err = field_reason(cli, &arena, "reason", &reverse.reason_sha256);
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_DISBURSEMENT_REVERSE;
	body.disbursement_reverse = &reverse;
	if (err == ERR_OK)
		err = submit_record(cli, &body, "reversal of payment %s on award %s/%s",
				    cli->args[2], cli->args[0], cli->args[1]);
	arena_release(&arena);
	return err;
}

static enum err run_list(struct cli *cli)
{
	static const struct column columns[] = {
		{"number", "payment", COLUMN_NUMBER},
		{"payer", "payer", COLUMN_TEXT},
		{"payee", "payee", COLUMN_TEXT},
		{"amount", "amount", COLUMN_MONEY},
		{"value_date", "date", COLUMN_TEXT},
		{"milestone", "milestone", COLUMN_TEXT},
		{"log_index", "log index", COLUMN_NUMBER},
		{"reversed_log_index", "reversed at", COLUMN_NUMBER},
		{NULL, NULL, COLUMN_TEXT},
	};
	char path[256];
	uint64_t number;
	json_t *answer;
	enum err err = api_segment(cli, "programme", cli->args[0]);

	if (err == ERR_OK)
		err = cli_arg_number(cli, 1, "award", INT64_MAX, &number);
	if (err != ERR_OK)
		return err;
	(void)snprintf(path, sizeof(path), "/v1/programmes/%.64s/awards/%llu/disbursements",
		       cli->args[0], (unsigned long long)number);
	err = api_get_all(cli, &answer, path);
	if (err == ERR_OK)
		out_list(cli, answer, columns);
	return err;
}

static const struct option_spec options_record[] = {
	{"amount", 0, OPTION_VALUE, "AMOUNT", "in units of the programme's currency"},
	{"payer", 0, OPTION_VALUE, "ORG", "the programme's funder or agency"},
	{"payee", 0, OPTION_VALUE, "ORG", "a recipient of the award"},
	{"date", 0, OPTION_VALUE, "DATE", "value date, YYYY-MM-DD"},
	{"reference", 0, OPTION_VALUE, "TEXT", "the bank's reference; only its hash is recorded"},
	{"milestone", 0, OPTION_VALUE, "N", "the milestone it pays, where the award has any"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

static const struct option_spec options_reverse[] = {
	OPTION_REASON,
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_disbursement[] = {
	{"disbursement record", "PROGRAMME AWARD", 2, 2, "record a payment on an award",
	 "Refused above what is payable, before the award was accepted by all its recipients, and "
	 "where the reference was recorded before.",
	 "stele disbursement record CN-BJ-I3 1 --amount 1,000,000.00 --payer CN-USCI-… --payee "
	 "CN-USCI-… --date 2026-03-01 --reference 'B2026030100017'",
	 options_record, run_record},
	{"disbursement reverse", "PROGRAMME AWARD PAYMENT", 3, 3, "take back a payment that did not happen",
	 "Signed by the programme's funder or agency. The bank's reference stays taken; money that did "
	 "flow and comes back is recorded with stele recovery receive.",
	 "stele disbursement reverse CN-BJ-I3 1 2 --reason bank.pdf", options_reverse, run_reverse},
	{"disbursement list", "PROGRAMME AWARD", 2, 2, "payments on an award",
	 "All payments on an award, in order.", "stele disbursement list CN-BJ-I3 1", NULL, run_list},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
