/* stele audit reconcile: what a bank paid, against what the ledger says was paid. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/files.h"
#include "clients/cli/money.h"
#include "clients/cli/out.h"
#include "clients/cli/paid.h"
#include "clients/cli/reconcile.h"
#include "proofs/cover.h"
#include "proofs/shape.h"

#define TRIES 3 /* records that come in while the lists are read */

struct work {
	struct cli *cli;
	const char *programme;
	struct payments bank;
	struct paid ledger;
	struct payment_sums bank_sums, ledger_sums;
	json_t *items; /* all that is not a match */
	size_t counts[RECONCILED_COUNT];
};

static const char *const finding_names[RECONCILED_COUNT] = {
	[RECONCILED_MATCH] = "match",
	[RECONCILED_DIFFERS] = "differs",
	[RECONCILED_ONLY_BANK] = "only_bank",
	[RECONCILED_ONLY_LEDGER] = "only_ledger",
	[RECONCILED_TWICE] = "twice",
	[RECONCILED_REVERSED] = "reversed",
	[RECONCILED_REVERSED_PAID] = "reversed_paid",
};

/* --- the bank's side ------------------------------------------------------------ */

static enum err read_bank(struct work *work)
{
	struct cli *cli = work->cli;
	struct table_fault fault;
	const char *path;
	struct buf text;
	enum err err = cli_required(cli, "bank", &path);

	if (err != ERR_OK)
		return err;
	buf_init(&text, LIMIT_TABLE_BYTES);
	err = file_read(cli, path, &text);
	if (err == ERR_FILE_FORM) { /* more than the buffer takes */
		err = cli_fail(cli, ERR_TABLE_SIZE, "%s", path);
		cli_fact(cli, "size", "more than %d bytes", LIMIT_TABLE_BYTES);
	} else if (err == ERR_OK) {
		err = bank_read(&work->bank, &fault, buf_bytes(&text));
		if (err != ERR_OK) {
			cli_fail(cli, err, "%s", path);
			cli_fact(cli, "line", "%zu", fault.line);
			if (fault.column[0] != '\0')
				cli_fact(cli, "column", "%s", fault.column);
			cli_fact(cli, "found", "%s", fault.what);
			if (fault.remedy != NULL)
				cli_remedy(cli, "%s", fault.remedy);
		}
	}
	buf_release(&text);
	if (err == ERR_OK && work->bank.passed_over > 0)
		out_remark(cli, "%zu columns of %s have other names and were not read",
			   work->bank.passed_over, path);
	return err;
}

/* --- the ledger's side ------------------------------------------------------------ */

/* What was read payment by payment adds up to the awards' totals: nothing came in between. */
static bool adds_up(const struct work *work)
{
	const struct payment_sums *sums = &work->ledger_sums;
	uint64_t paid = 0, returned = 0;

	for (size_t i = 0; i < sums->count; i++) {
		if (strcmp(sums->items[i].currency, work->ledger.currency) != 0)
			return false;
		paid += sums->items[i].paid;
		returned += sums->items[i].returned;
	}
	return paid == work->ledger.total && returned == work->ledger.returned;
}

static enum err read_ledger(struct work *work)
{
	struct cli *cli = work->cli;
	enum err err = ERR_OK;

	for (unsigned i = 0; i < TRIES; i++) {
		paid_release(&work->ledger);
		err = paid_get(cli, work->programme, &work->ledger);
		if (err != ERR_OK)
			return err;
		if (!payments_sum(&work->ledger_sums, &work->ledger.payments))
			return cli_fail(cli, ERR_NET_ANSWER, "the sum of the payments is too large");
		if (adds_up(work))
			return ERR_OK;
	}
	err = cli_fail(cli, ERR_NET_ANSWER,
		       "payments come in faster than they can be read, or the node does not keep up");
	cli_remedy(cli, "try again, or ask another node");
	cli_exit(cli, EXIT_CODE_UNDECIDED);
	return err;
}

/* --- what comes of it ---------------------------------------------------------------- */

static json_t *payment_json(const struct payment *payment)
{
	json_t *object = json_pack("{s:s, s:s, s:s, s:s}", "currency", payment->currency, "value_date",
				   payment->date, "payee", payment->party, "direction",
				   payment->is_return ? "in" : "out");

	money_set(object, "amount", payment->amount);
	if (payment->line > 0)
		json_object_set_new(object, "line", json_integer((json_int_t)payment->line));
	if (payment->award > 0) {
		json_object_set_new(object, "award", json_integer((json_int_t)payment->award));
		json_object_set_new(object, "number", json_integer((json_int_t)payment->number));
	}
	return object;
}

static json_t *differs_json(unsigned differs)
{
	static const char *const names[] = {"amount", "value_date", "payee", "direction"};
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (differs & 1u << i)
			json_array_append_new(list, json_string(names[i]));
	return list;
}

static void take_finding(void *context, enum reconciled what, const struct payment *of_bank,
			 const struct payment *of_ledger, unsigned differs)
{
	const struct payment *any = of_bank != NULL ? of_bank : of_ledger;
	struct work *work = context;
	json_t *item;

	work->counts[what]++;
	if (what == RECONCILED_MATCH)
		return;
	item = json_pack("{s:s, s:o}", "finding", finding_names[what], "reference_sha256",
			 json_of_hash(&any->reference));
	if (of_bank != NULL)
		json_object_set_new(item, "bank", payment_json(of_bank));
	if (of_ledger != NULL)
		json_object_set_new(item, "ledger", payment_json(of_ledger));
	if (differs != 0)
		json_object_set_new(item, "differs", differs_json(differs));
	json_array_append_new(work->items, item);
}

static json_t *sums_json(const struct payment_sums *sums)
{
	json_t *list = json_array();

	for (size_t i = 0; i < sums->count; i++) {
		const struct payment_sum *sum = &sums->items[i];
		json_t *object = json_pack("{s:s, s:I, s:I}", "currency", sum->currency, "payments",
					   (json_int_t)sum->payments, "returns",
					   (json_int_t)sum->returns);

		money_set(object, "paid", sum->paid);
		money_set(object, "returned", sum->returned);
		json_array_append_new(list, object);
	}
	return list;
}

static json_t *result_json(const struct work *work)
{
	json_t *counts = json_object();
	json_t *result = json_pack("{s:s, s:I, s:b, s:O}", "programme", work->programme,
				   "as_of_height", (json_int_t)work->ledger.height, "signers_pinned",
				   (int)work->ledger.is_pinned, "items", work->items);

	for (size_t i = 0; i < RECONCILED_COUNT; i++)
		json_object_set_new(counts, finding_names[i], json_integer((json_int_t)work->counts[i]));
	json_object_set_new(result, "counts", counts);
	json_object_set_new(result, "sums",
			    json_pack("{s:o, s:o}", "bank", sums_json(&work->bank_sums), "ledger",
				      sums_json(&work->ledger_sums)));
	return result;
}

static void print_side(const struct cli *cli, const char *title, const json_t *side)
{
	char amount[MONEY_TEXT_MAX], where[64] = "";
	uint64_t minor = 0, award = 0, number = 0, line = 0;

	if (side == NULL)
		return;
	(void)json_u64(side, "amount", &minor);
	money_format(amount, minor, json_text(side, "currency"));
	if (json_u64(side, "line", &line))
		(void)snprintf(where, sizeof(where), "line %" PRIu64, line);
	if (json_u64(side, "award", &award) && json_u64(side, "number", &number))
		(void)snprintf(where, sizeof(where), "award %" PRIu64 ", %s %" PRIu64, award,
			       json_text(side, "direction")[0] == 'i' ? "recovery" : "payment", number);
	out_line(cli, "    %-7s %s, %s, %s %s, %s", title, where, amount,
		 json_text(side, "direction")[0] == 'i' ? "from" : "to", json_text(side, "payee"),
		 json_text(side, "value_date"));
}

static void print_differs(const struct cli *cli, const json_t *differs)
{
	struct buf names;
	json_t *name;
	size_t i;

	if (differs == NULL)
		return;
	buf_init(&names, 128);
	json_array_foreach(differs, i, name)
		buf_print(&names, "%s%s", i > 0 ? ", " : "", json_string_value(name));
	out_line(cli, "    differs %.*s", (int)names.len, (const char *)names.at);
	buf_release(&names);
}

static void print_items(const struct work *work)
{
	static const char *const meanings[RECONCILED_COUNT] = {
		[RECONCILED_MATCH] = "on both sides, and equal",
		[RECONCILED_DIFFERS] = "on both sides, and different",
		[RECONCILED_ONLY_BANK] = "in the bank's file, not in the ledger",
		[RECONCILED_ONLY_LEDGER] = "in the ledger, not in the bank's file",
		[RECONCILED_TWICE] = "in the bank's file once more",
		[RECONCILED_REVERSED] = "taken back in the ledger, and not in the bank's file",
		[RECONCILED_REVERSED_PAID] = "taken back in the ledger, but in the bank's file",
	};
	json_t *item;
	size_t i;

	for (size_t what = 0; what < RECONCILED_COUNT; what++) {
		if (work->counts[what] == 0 && what != RECONCILED_MATCH)
			continue;
		out_line(work->cli, "%zu %s", work->counts[what], meanings[what]);
		json_array_foreach(work->items, i, item) {
			if (strcmp(json_text(item, "finding"), finding_names[what]) != 0)
				continue;
			out_line(work->cli, "  reference %.16s…", json_text(item, "reference_sha256"));
			print_side(work->cli, "bank", json_object_get(item, "bank"));
			print_side(work->cli, "ledger", json_object_get(item, "ledger"));
			print_differs(work->cli, json_object_get(item, "differs"));
		}
	}
}

static void print_sums(const struct cli *cli, const char *title, const struct payment_sums *sums)
{
	char paid[MONEY_TEXT_MAX], returned[MONEY_TEXT_MAX];

	for (size_t i = 0; i < sums->count; i++) {
		const struct payment_sum *sum = &sums->items[i];

		money_format(paid, sum->paid, sum->currency);
		money_format(returned, sum->returned, sum->currency);
		out_line(cli, "%-7s %" PRIu64 " payments %s, %" PRIu64 " returns %s", title,
			 sum->payments, paid, sum->returns, returned);
	}
}

static void print_result(const struct work *work)
{
	const struct cli *cli = work->cli;

	print_items(work);
	print_sums(cli, "bank", &work->bank_sums);
	print_sums(cli, "ledger", &work->ledger_sums);
	out_line(cli,
		 "These are all payments and recoveries of the programme as of height %" PRIu64
		 ", each proved",
		 work->ledger.height);
	out_line(cli, "  signers    %s",
		 work->ledger.is_pinned ? "the pinned network" : "NOT CHECKED, nothing is pinned");
}

static enum err conclude(struct work *work)
{
	struct cli *cli = work->cli;
	size_t differences = 0;
	enum err err = ERR_OK;

	for (size_t i = 0; i < RECONCILED_COUNT; i++)
		if (!reconciled_is_good((enum reconciled)i))
			differences += work->counts[i];
	if (differences > 0) {
		err = cli_fail(cli, ERR_ITEMS_FAILED, "%zu payments are not the same on both sides",
			       differences);
		cli_remedy(cli, "see the list; ask the programme's funder about each");
	} else if (!work->ledger.is_pinned) {
		err = cli_fail(cli, ERR_RECEIPT_UNPINNED, NULL);
		cli_exit(cli, EXIT_CODE_UNDECIDED);
	}
	return err;
}

static enum err run_reconcile(struct cli *cli)
{
	struct work *work = calloc(1, sizeof(*work));
	enum err err;

	ASSERT(work != NULL);
	work->cli = cli;
	work->programme = cli->args[0];
	work->items = json_array();
	err = api_segment(cli, "programme", work->programme);
	if (err == ERR_OK)
		err = read_bank(work);
	if (err == ERR_OK && !payments_sum(&work->bank_sums, &work->bank))
		err = cli_fail(cli, ERR_TABLE_SIZE, "%s has more than %d currencies, or a sum of 2^63",
			       cli_value(cli, "bank"), LIMIT_TABLE_CURRENCIES);
	if (err == ERR_OK)
		err = read_ledger(work);
	if (err == ERR_OK) {
		reconcile(&work->bank, &work->ledger.payments, take_finding, work);
		if (!out_json(cli, cli->is_json ? result_json(work) : NULL))
			print_result(work);
		err = conclude(work);
	}
	json_decref(work->items);
	payments_release(&work->bank);
	paid_release(&work->ledger);
	free(work);
	return err;
}

static const struct option_spec options_reconcile[] = {
	{"bank", 0, OPTION_VALUE, "FILE", "the bank's payments, as comma-separated values"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_audit_reconcile[] = {
	{.words = "audit reconcile",
	 .arguments = "PROGRAMME",
	 .arguments_min = 1,
	 .arguments_max = 1,
	 .brief = "a bank's payments against those of the ledger",
	 .text = "Lists what stands on one side only, and what differs in amount, value date, payee or "
		 "direction. The file's first line names its columns: reference (or reference_sha256), "
		 "amount, currency, value_date, payee, and direction (out, or in for money that came "
		 "back; out where the column is absent). A payment is known by its reference, of which "
		 "only the SHA-256 is compared. The node is not trusted for the ledger's side: each "
		 "payment comes with its proof, and so does that there is no further one. "
		 "Payments that the ledger took back are listed apart. Sums are for each side and "
		 "currency. Exit code 0 where all match, 11 where something differs.",
	 .example = "stele audit reconcile CN-BJ-I3 --bank payments.csv\n"
		    "stele audit reconcile CN-BJ-I3 --bank payments.csv --json",
	 .options = options_reconcile,
	 .run = run_reconcile},
	{.words = NULL},
};
