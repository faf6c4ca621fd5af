/* stele award import: a package of awards published elsewhere, into a programme. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "clients/cli/api.h"
#include "clients/cli/fields.h"
#include "clients/cli/files.h"
#include "clients/cli/import.h"
#include "clients/cli/money.h"
#include "clients/cli/out.h"
#include "clients/cli/proof_parts.h"
#include "clients/cli/sending.h"
#include "proto/value.h"

#define ROWS_SHOWN 20
#define PACKAGE_BYTES_MAX ((size_t)256 << 20)

enum row_state { ROW_WAITING, ROW_NEW, ROW_THERE, ROW_PENDING, ROW_FAILED };

struct row_outcome {
	enum row_state state;
	enum err err;     /* where it failed */
	const char *why;  /* more about it, or NULL */
	bool is_proved;   /* seen in the proof of all awards, as this package has it */
};

struct import {
	struct cli *cli;
	const char *programme;
	char currency[CURRENCY_LEN + 1];
	struct import_package package;
	struct row_outcome *outcomes;
	size_t by_state[ROW_FAILED + 1];
	/* what the ledger holds afterwards, proved */
	bool is_proved, is_pinned;
	uint64_t sent_height; /* of the newest row that this run brought in: a proof below lacks it */
	uint64_t height, awards, committed, budget;
	size_t proved;
};

/* --- the package --------------------- */

static enum err read_package(struct import *import, const char *path)
{
	struct cli *cli = import->cli;
	struct import_fault fault;
	struct buf text;
	enum err err;

	buf_init(&text, PACKAGE_BYTES_MAX);
	err = file_read(cli, path, &text);
	if (err == ERR_OK &&
	    !import_read(&import->package, buf_bytes(&text), import->currency, &fault)) {
		err = cli_fail(cli, ERR_IMPORT_FORM, "%s", path);
		if (fault.row > 0)
			cli_fact(cli, "row", "%zu", fault.row);
		cli_fact(cli, "place", "%s", fault.place);
		cli_fact(cli, "why", "%s", fault.why);
		cli_fact(cli, "submitted", "nothing: a package is checked as a whole first");
	}
	buf_release(&text);
	return err;
}

/* --- sending --------------------- */

static enum err make(struct cli *cli, void *context, size_t index, struct arena *arena,
		     Stele__TransactionBody *body, struct buf *attachment)
{
	const struct import *import = context;
	const struct import_row *row = &import->package.rows[index];
	Stele__AwardImport *record = arena_alloc(arena, sizeof(*record));

	(void)cli;
	(void)attachment;
	ASSERT(record != NULL);
	stele__award_import__init(record);
	record->programme = field_text(arena, import->programme);
	record->publisher_id = field_text(arena, row->id);
	record->title = field_text(arena, row->title);
	record->recipient_id = field_text(arena, row->recipient_id);
	record->recipient_name = field_text(arena, row->recipient_name);
	record->amount = row->amount;
	record->date = field_text(arena, row->date);
	record->document_sha256.data = arena_copy(arena, row->document.b, sizeof(row->document.b));
	record->document_sha256.len = sizeof(row->document.b);
	ASSERT(record->document_sha256.data != NULL);
	body->operation_case = STELE__TRANSACTION_BODY__OPERATION_AWARD_IMPORT;
	body->award_import = record;
	return ERR_OK;
}

static enum err on_sent(struct cli *cli, void *context, size_t index, const struct sent *sent)
{
	struct import *import = context;
	struct row_outcome *outcome = &import->outcomes[index];

	(void)cli;
	outcome->err = sent->err;
	if (sent->height > import->sent_height)
		import->sent_height = sent->height;
	if (sent->err == ERR_OK)
		outcome->state = ROW_NEW;
	else if (sent->err == ERR_EXISTS_IMPORT)
		outcome->state = ROW_THERE;
	else
		outcome->state = sent->err == ERR_PENDING ? ROW_PENDING : ROW_FAILED;
	return ERR_OK;
}

static enum err send(struct import *import)
{
	const uint32_t operation = STELE__TRANSACTION_BODY__OPERATION_AWARD_IMPORT;
	struct sending sending = {.what = "awards imported",
				  .count = import->package.count,
				  .make = make,
				  .on_sent = on_sent,
				  .context = import};
	struct rule rule;
	enum err err = rule_get(import->cli, operation, &rule);

	if (err == ERR_OK && rule.approvals > 0) {
		err = cli_fail(import->cli, ERR_NEEDS_MOTION, "import into %s", import->programme);
		cli_fact(import->cli, "policy", "%u approvals by the role %s", rule.approvals,
			 rule.approvers);
		cli_remedy(import->cli, "packages are imported where policy lets award.import "
					"through without approvals: stele policy show");
	}
	return err == ERR_OK ? sending_run(import->cli, &sending) : err;
}

/* --- what the ledger holds now --------------------- */

static int compare_ids(const void *a, const void *b)
{
	const struct import_row *first = *(const struct import_row *const *)a;
	const struct import_row *second = *(const struct import_row *const *)b;

	return strcmp(first->id, second->id);
}

static bool is_as_published(const struct import_row *row, const Stele__AwardImport *record)
{
	return record->amount == row->amount && strcmp(record->date, row->date) == 0 &&
	       record->document_sha256.len == sizeof(row->document.b) &&
	       memcmp(record->document_sha256.data, row->document.b, sizeof(row->document.b)) == 0;
}

/* Rows that the ledger has under their id, but with other content, have failed. */
static void match(struct import *import, const struct import_row **sorted,
		  const Stele__AwardImport *record)
{
	struct import_row wanted = {.id = record->publisher_id};
	const struct import_row *key = &wanted;
	const struct import_row **found =
		bsearch(&key, sorted, import->package.count, sizeof(*sorted), compare_ids);
	struct row_outcome *outcome;

	if (found == NULL)
		return;
	outcome = &import->outcomes[*found - import->package.rows];
	outcome->is_proved = is_as_published(*found, record);
	import->proved += outcome->is_proved;
	if (outcome->is_proved && outcome->state == ROW_PENDING)
		outcome->state = ROW_NEW;
	if (outcome->is_proved && outcome->state != ROW_NEW)
		outcome->state = ROW_THERE; /* whatever became of what this run sent */
	if (!outcome->is_proved) {
		outcome->state = ROW_FAILED;
		outcome->err = ERR_EXISTS_IMPORT;
		outcome->why = "the ledger has other content under this id";
	}
}

struct matching {
	struct import *import;
	const struct import_row **sorted;
};

/* Items 1 and so on are the awards of the part. */
static enum err match_part(void *context, struct proof_facts *facts, const struct fact *fact)
{
	const struct matching *matching = context;
	struct import *import = matching->import;

	for (uint64_t k = fact->from; k <= fact->to; k++) {
		const struct entry *item = &fact->items[1 + k - fact->from];
		void *value;

		if (value_decode(&facts->arena, item->value, VALUE_AWARD, &value) == ERR_OK &&
		    ((const Stele__AwardValue *)value)->import != NULL)
			match(import, matching->sorted, ((const Stele__AwardValue *)value)->import);
	}
	import->height = facts->cover.last.height;
	import->awards = fact->count;
	import->committed = fact->stated.committed;
	import->budget = fact->budget;
	return ERR_OK;
}

/* All awards of the programme, proved to be all. */
static enum err prove(struct import *import)
{
	const struct import_row **sorted = calloc(import->package.count + 1, sizeof(*sorted));
	struct matching matching = {import, sorted};
	struct cli *cli = import->cli;
	enum err err;

	ASSERT(sorted != NULL);
	for (size_t i = 0; i < import->package.count; i++)
		sorted[i] = &import->package.rows[i];
	qsort(sorted, import->package.count, sizeof(*sorted), compare_ids);
	err = proof_awards_each(cli, import->programme, import->sent_height, &import->is_pinned, match_part,
				&matching);
	if (err == ERR_OK)
		import->is_proved = true;
	else if (cli->failure.err != err)
		cli_fail(cli, err, "the node's proof of all awards does not hold");
	free(sorted);
	return err;
}

/* --- the end --------------------- */

static const char *state_text(enum row_state state)
{
	switch (state) {
	case ROW_WAITING:
		return "not sent";
	case ROW_NEW:
		return "new";
	case ROW_THERE:
		return "already in";
	case ROW_PENDING:
		return "pending";
	case ROW_FAILED:
		return "failed";
	}
	UNREACHABLE();
}

/* Rows that are not in, or of which that is not known; the others are. */
static json_t *rows_json(const struct import *import)
{
	json_t *items = json_array();

	for (size_t i = 0; i < import->package.count; i++) {
		const struct row_outcome *outcome = &import->outcomes[i];
		json_t *item;
		char code[8];

		if (outcome->state == ROW_NEW || outcome->state == ROW_THERE)
			continue;
		item = json_pack("{s:I, s:s, s:s}", "row", (json_int_t)i + 1, "id",
				 import->package.rows[i].id, "state", state_text(outcome->state));
		if (outcome->state == ROW_FAILED) {
			(void)snprintf(code, sizeof(code), "E%04d", (int)outcome->err);
			json_object_set_new(item, "error", json_string(code));
			json_object_set_new(item, "why",
					    json_string(outcome->why != NULL
								? outcome->why
								: err_text(outcome->err)));
		}
		json_array_append_new(items, item);
	}
	return items;
}

static json_t *summary_json(const struct import *import)
{
	json_t *result = json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:s, s:o}", "programme",
				   import->programme, "rows", (json_int_t)import->package.count,
				   "new", (json_int_t)import->by_state[ROW_NEW], "already_in",
				   (json_int_t)import->by_state[ROW_THERE], "pending",
				   (json_int_t)import->by_state[ROW_PENDING], "failed",
				   (json_int_t)import->by_state[ROW_FAILED], "not_sent",
				   (json_int_t)import->by_state[ROW_WAITING], "currency",
				   import->currency, "not_in", rows_json(import));

	money_set(result, "amount", import->package.amount);
	if (import->is_proved) {
		json_t *ledger = json_pack("{s:I, s:I, s:I, s:b}", "as_of_height",
					   (json_int_t)import->height, "awards",
					   (json_int_t)import->awards, "rows_found",
					   (json_int_t)import->proved, "signers_pinned",
					   (int)import->is_pinned);

		money_set(ledger, "committed", import->committed);
		money_set(ledger, "budget", import->budget);
		json_object_set_new(result, "ledger", ledger);
	}
	return result;
}

static void print_ledger(const struct import *import)
{
	char committed[MONEY_TEXT_MAX], budget[MONEY_TEXT_MAX];

	money_format(committed, import->committed, import->currency);
	money_format(budget, import->budget, import->currency);
	out_line(import->cli, "the ledger, proved complete as of height %llu%s:",
		 (unsigned long long)import->height,
		 import->is_pinned ? "" : " (signers NOT CHECKED, nothing is pinned)");
	out_line(import->cli, "  %zu of these %zu rows are in, with this amount, date and document",
		 import->proved, import->package.count);
	out_line(import->cli, "  programme %s: %llu awards, committed %s of %s", import->programme,
		 (unsigned long long)import->awards, committed, budget);
}

/* The first of those that are not in; a reason that all share need not fill the screen. */
static void print_rows(const struct import *import, const json_t *not_in,
		       const struct column *columns)
{
	size_t count = json_array_size(not_in);
	json_t *first = json_array();

	for (size_t i = 0; i < count && i < ROWS_SHOWN; i++)
		json_array_append(first, json_array_get(not_in, i));
	out_table(first, columns);
	json_decref(first);
	if (count > ROWS_SHOWN)
		out_line(import->cli, "and %zu more rows that are not known to be in; --json lists all",
			 count - ROWS_SHOWN);
}

static void print_summary(const struct import *import, const json_t *result)
{
	static const struct column columns[] = {
		{"row", "row", COLUMN_NUMBER},	{"id", "id", COLUMN_TEXT},
		{"state", "state", COLUMN_TEXT}, {"error", "error", COLUMN_TEXT},
		{"why", "why", COLUMN_TEXT},	{NULL, NULL, COLUMN_TEXT},
	};
	const json_t *not_in = json_object_get(result, "not_in");
	char amount[MONEY_TEXT_MAX];

	money_format(amount, import->package.amount, import->currency);
	if (json_array_size(not_in) > 0)
		print_rows(import, not_in, columns);
	out_line(import->cli, "%zu rows, %s: %zu new, %zu already in, %zu pending, %zu failed%s",
		 import->package.count, amount, import->by_state[ROW_NEW],
		 import->by_state[ROW_THERE], import->by_state[ROW_PENDING],
		 import->by_state[ROW_FAILED],
		 import->by_state[ROW_WAITING] > 0 ? ", the rest was not sent" : "");
	if (import->by_state[ROW_THERE] == import->package.count)
		out_line(import->cli, "nothing was changed: all rows were in already");
	if (import->is_proved)
		print_ledger(import);
}

static enum err finish(struct import *import, enum err err)
{
	struct cli *cli = import->cli;
	json_t *result;
	size_t in;

	if (err == ERR_OK)
		err = prove(import);
	else if (err == ERR_INTERRUPTED && prove(import) != ERR_OK)
		err = cli_fail(cli, ERR_INTERRUPTED, "the programme's awards could not be asked for");
	for (size_t i = 0; i < import->package.count; i++)
		import->by_state[import->outcomes[i].state]++;
	result = summary_json(import);
	if (!out_json(cli, json_incref(result)))
		print_summary(import, result);
	json_decref(result);
	in = import->by_state[ROW_NEW] + import->by_state[ROW_THERE];
	if (err == ERR_INTERRUPTED)
		cli_fact(cli, "in", "%zu of %zu rows", in, import->package.count);
	if (err == ERR_OK && import->by_state[ROW_FAILED] > 0) {
		err = cli_fail(cli, ERR_ITEMS_FAILED, "%s", cli->args[0]);
		cli_fact(cli, "in", "%zu of %zu rows", in, import->package.count);
	} else if (err == ERR_OK && import->by_state[ROW_PENDING] > 0) {
		err = cli_fail(cli, ERR_PENDING, "%s", cli->args[0]);
		cli_remedy(cli, "run the same command again: what is in stays in");
	} else if (err == ERR_OK && import->proved < import->package.count) {
		err = cli_fail(cli, ERR_PROOF_FORM, "rows that were accepted are not in the proof");
		cli_exit(cli, EXIT_CODE_CHECK_FAILED);
	}
	return err;
}

static enum err check_only(struct import *import)
{
	char amount[MONEY_TEXT_MAX];
	json_t *result = json_pack("{s:s, s:I, s:s, s:s}", "programme", import->programme, "rows",
				   (json_int_t)import->package.count, "currency", import->currency,
				   "state", "dry-run");

	money_set(result, "amount", import->package.amount);
	money_format(amount, import->package.amount, import->currency);
	if (!out_json(import->cli, result))
		out_line(import->cli, "%zu rows, %s: well formed; nothing was sent",
			 import->package.count, amount);
	return ERR_OK;
}

static enum err run_import(struct cli *cli)
{
	struct import import = {.cli = cli};
	enum err err = cli_required(cli, "programme", &import.programme);

	if (err == ERR_OK)
		err = programme_currency(cli, import.programme, import.currency);
	if (err == ERR_OK)
		err = read_package(&import, cli->args[0]);
	if (err != ERR_OK)
		return err;
	import.outcomes = calloc(import.package.count, sizeof(*import.outcomes));
	ASSERT(import.outcomes != NULL);
	err = cli_has(cli, "dry-run") ? check_only(&import) : finish(&import, send(&import));
	free(import.outcomes);
	import_release(&import.package);
	return err;
}

static const struct option_spec options_import[] = {
	{"programme", 0, OPTION_VALUE, "PROGRAMME", "the programme that the awards go into"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_import[] = {
	{"award import", "FILE", 1, 1, "import a package of published awards",
	 "Reads a package of 360Giving ({\"grants\":[…]}), checks all of it before anything is sent, "
	 "and records one award.import for each row, signed by the programme's agency. A row that "
	 "is in already is counted as such, so importing again changes nothing, and an import that "
	 "was cut off is gone on with by the same command. At the end the programme's awards are "
	 "asked for with the proof that they are all, and every row is compared with it. With "
	 "--dry-run the package is only checked.",
	 "stele award import awards.json --programme GB-ABCT --key agency", options_import,
	 run_import},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
