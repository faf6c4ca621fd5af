/* stele verify-ledger: everything that a node's store says, recomputed. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "clients/cli/crew.h"
#include "clients/cli/files.h"
#include "clients/cli/ledger_check.h"
#include "clients/cli/ledger_source.h"
#include "clients/cli/out.h"
#include "clients/cli/pins.h"
#include "crypto/digest.h"
#include "node/home.h"

struct check {
	struct cli *cli;
	struct ledger_source source;
	struct sealed *sealed;
	bool is_pinned;
	bool has_head;
	struct header head;
	struct hash head_block;
	uint64_t jobs;
	struct ledger_verdict verdict;
};

/* --- what is checked ------------------------------- */

static enum err find_source(struct check *check)
{
	struct cli *cli = check->cli;
	const char *path = cli->args_count > 0 ? cli->args[0] : cli_value(cli, "node-home");

	if (path == NULL || (cli->args_count > 0 && cli_has(cli, "node-home")))
		return cli_fail(cli, ERR_USAGE,
				"give one: a node's home, its chain folder, or an export of blocks");
	return ledger_source_find(&check->source, cli, path);
}

/* --genesis or --trust, which vouch for themselves; else the home's own, which a
 * pin has to vouch for. */
static enum err find_genesis(struct check *check)
{
	struct cli *cli = check->cli;
	const char *given = cli_value(cli, "genesis");
	struct trust trust;
	char *own;
	enum err err;

	if (given == NULL)
		given = cli_value(cli, "trust");
	check->is_pinned = given != NULL;
	if (given != NULL)
		return sealed_read(cli, given, &check->sealed);
	if (check->source.home == NULL)
		return cli_fail(cli, ERR_USAGE, "give --genesis FILE: only a node's home has it in it");
	own = path_of("%s/" HOME_GENESIS, check->source.home);
	err = sealed_read(cli, own, &check->sealed);
	free(own);
	if (err == ERR_OK)
		err = pins_find(cli, &check->sealed->genesis.chain, &check->is_pinned, &trust);
	return err;
}

static enum err read_head(struct check *check)
{
	const char *path = cli_value(check->cli, "head");
	struct buf text;
	enum err err;

	if (path == NULL)
		return ERR_OK;
	buf_init(&text, LIMIT_HEADER_BYTES);
	err = file_read(check->cli, path, &text);
	if (err == ERR_OK) {
		err = header_parse(&check->head, buf_bytes(&text));
		if (err != ERR_OK)
			cli_fail(check->cli, err, "%s is no header", path);
		sha256(&check->head_block, text.at, text.len);
	}
	buf_release(&text);
	check->has_head = err == ERR_OK;
	return err;
}

static uint64_t cores(void)
{
	cpu_set_t set;
	int count = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;

	return count < 1 ? 1 : count > CREW_MAX ? CREW_MAX : (uint64_t)count;
}

static enum err read_jobs(struct check *check)
{
	enum err err;

	check->jobs = cores();
	err = cli_number(check->cli, "jobs", CREW_MAX, &check->jobs);
	if (err == ERR_OK && check->jobs == 0)
		err = cli_fail(check->cli, ERR_USAGE, "--jobs is at least 1");
	return err;
}

/* --- the work ----------------------------------------------------------------------- */

static enum err check_run(struct check *check)
{
	struct ledger_check work = {.cli = check->cli,
				    .store = check->source.store,
				    .scratch = path_of("%s/again", check->source.scratch),
				    .genesis = &check->sealed->genesis,
				    .genesis_text = check->sealed->file.document,
				    .is_export = check->source.file != NULL,
				    .jobs = (unsigned)check->jobs,
				    .silence_s = check->source.silence_s,
				    .head = check->has_head ? &check->head : NULL,
				    .head_block = check->head_block};
	enum err err = ledger_check_run(&work, &check->verdict);

	free((char *)(uintptr_t)work.scratch);
	return err;
}

/* A verdict before anything could be looked at. */
static void not_begun(struct check *check, enum err err, uint64_t height, const char *what)
{
	check->verdict.err = err;
	check->verdict.report.bad_height = height;
	(void)snprintf(check->verdict.what, sizeof(check->verdict.what), "%s", what);
}

static enum err export_run(struct check *check)
{
	uint64_t height;
	enum err err = ledger_source_unpack(&check->source, &check->sealed->genesis.chain, &height);

	if (err == ERR_OK)
		return check_run(check);
	if (err == ERR_INTERRUPTED)
		return err;
	not_begun(check, err, height,
		  err == ERR_STORE_DAMAGED ? "the export is malformed, or breaks off, at this height"
					   : "");
	return ERR_OK;
}

/* As it lies there, or, where a node writes to it, a copy of one moment. */
static enum err store_run(struct check *check)
{
	enum err err = check_run(check);

	if (err != ERR_OK || check->verdict.err != ERR_STORE_LOCKED)
		return err;
	err = ledger_source_copy(&check->source);
	if (err == ERR_OK)
		return check_run(check);
	if (err == ERR_INTERRUPTED)
		return err;
	not_begun(check, err, 0, "the running node's store could not be copied");
	return ERR_OK;
}

static enum err verify(struct check *check)
{
	enum err err = ledger_source_begin(&check->source);

	if (err != ERR_OK)
		return err;
	err = check->source.file != NULL ? export_run(check) : store_run(check);
	if (err == ERR_INTERRUPTED) {
		err = cli_fail(check->cli, err, NULL);
		cli_remedy(check->cli, "nothing was changed; run it again");
	}
	return err;
}

static const char *source_path(const struct check *check)
{
	const struct ledger_source *source = &check->source;

	return source->file != NULL ? source->file
	       : source->home != NULL ? source->home
				      : source->store;
}

/* --- the verdict ------------------------------------------ */

static void print_facts(const json_t *result)
{
	static const struct column columns[] = {
		{"heights", "height", COLUMN_NUMBER},
		{"finalizations", "finalizations checked", COLUMN_NUMBER},
		{"finalized", "the last of them at height", COLUMN_NUMBER},
		{"leaves", "leaves of the log", COLUMN_NUMBER},
		{"rejected", "rejected entries", COLUMN_NUMBER},
		{"signatures", "signatures checked", COLUMN_NUMBER},
		{"executed", "heights executed anew", COLUMN_NUMBER},
		{"parcels_pruned", "heights whose parcels were pruned", COLUMN_NUMBER},
		{NULL, NULL, COLUMN_TEXT},
	};

	out_fields(result, columns);
}

/* What the verdict covers, and what it does not. */
static void print_coverage(const struct check *check)
{
	const struct verify_report *report = &check->verdict.report;
	struct cli *cli = check->cli;

	if (report->executed == report->heights && check->source.file != NULL)
		out_line(cli, "  covers every record, certificate and total: all was executed anew; what a "
			      "node derives from them is not in an export");
	else if (report->executed == report->heights)
		out_line(cli, "  covers every record, certificate, index and total: all was executed anew");
	else
		out_line(cli, "  not executed anew, since the first parcels were pruned here: the rules of "
			      "records, and the histories, rest on the certificates");
	if (!report->has_all_values)
		out_line(cli, "  replaced values of the state were compacted here: those that count are "
			      "held against the tip's state root");
	if (report->finalized < report->heights)
		out_line(cli, "  heights above the last finalization rest on none");
	if (!check->has_head)
		out_line(cli, "  whether the newest heights were taken away, only a header got elsewhere "
			      "can tell (--head)");
	if (check->source.is_copy)
		out_line(cli, "  of a copy, made as the node ran");
}

static void print_verdict(const struct check *check)
{
	const struct ledger_verdict *verdict = &check->verdict;
	const struct verify_report *report = &verdict->report;
	json_t *result = json_pack(
		"{s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:b, s:b}", "sound",
		(int)(verdict->err == ERR_OK), "heights", (json_int_t)report->heights,
		"finalizations", (json_int_t)report->finalizations, "finalized",
		(json_int_t)report->finalized, "leaves", (json_int_t)report->leaves, "rejected",
		(json_int_t)report->rejected, "signatures", (json_int_t)report->signatures, "executed",
		(json_int_t)report->executed, "parcels", (json_int_t)report->parcels,
		"parcels_pruned", (json_int_t)report->unparcelled, "values_complete",
		(int)report->has_all_values, "genesis_pinned", (int)check->is_pinned, "of_copy",
		(int)check->source.is_copy);

	if (verdict->err == ERR_STORE_DAMAGED) {
		json_object_set_new(result, "bad_height", json_integer((json_int_t)report->bad_height));
		json_object_set_new(result, "what", json_string(verdict->what));
	}
	if (!out_json(check->cli, json_incref(result)) && verdict->err == ERR_OK) {
		out_line(check->cli, "sound: all that the store says follows from its records");
		print_facts(result);
		print_coverage(check);
	}
	json_decref(result);
}

static enum err judge_head(struct check *check)
{
	struct cli *cli = check->cli;
	enum err err = ERR_OK;

	switch (check->verdict.head) {
	case HEAD_NOT_ASKED:
	case HEAD_THERE:
		return ERR_OK;
	case HEAD_ABOVE:
		err = cli_fail(cli, ERR_SYNCING,
			       "the ledger ends below the given header: it was rolled back, or is an "
			       "older copy");
		cli_fact(cli, "ledger ends", "height %llu",
			 (unsigned long long)check->verdict.report.heights);
		cli_remedy(cli, "compare with the institution's node; catch up from peers");
		cli_exit(cli, EXIT_CODE_CHECK_FAILED);
		break;
	case HEAD_OTHER:
		err = cli_fail(cli, ERR_DIVERGED, "the ledger has another block than the given header");
		break;
	}
	cli_fact(cli, "header", "height %llu", (unsigned long long)check->head.height);
	return err;
}

static enum err judge(struct check *check)
{
	struct cli *cli = check->cli;
	enum err err = check->verdict.err;

	if (err == ERR_OK || err == ERR_STORE_DAMAGED)
		print_verdict(check); /* of a store that was not opened there is none */
	if (err == ERR_STORE_DAMAGED) {
		cli_fail(cli, err, "%s", source_path(check));
		cli_fact(cli, "first bad height", "%llu",
			 (unsigned long long)check->verdict.report.bad_height);
		cli_fact(cli, "what differs", "%s", check->verdict.what);
		cli_remedy(cli, "keep this copy as evidence; restore, or catch up from peers");
		cli_exit(cli, EXIT_CODE_ALARM);
		return err;
	}
	if (err != ERR_OK) {
		err = cli_fail(cli, err, "%s", source_path(check));
		if (check->verdict.what[0] != '\0')
			cli_fact(cli, "what happened", "%s", check->verdict.what);
		return err;
	}
	err = judge_head(check);
	if (err == ERR_OK && !check->is_pinned) {
		err = cli_fail(cli, ERR_RECEIPT_UNPINNED,
			       "the store is sound, by the genesis that lies beside it");
		cli_exit(cli, EXIT_CODE_UNDECIDED);
	}
	return err;
}

static enum err run_verify_ledger(struct cli *cli)
{
	struct check check = {.cli = cli};
	enum err err = find_source(&check);

	if (err == ERR_OK)
		err = find_genesis(&check);
	if (err == ERR_OK)
		err = read_head(&check);
	if (err == ERR_OK)
		err = read_jobs(&check);
	if (err == ERR_OK)
		err = verify(&check);
	if (err == ERR_OK)
		err = judge(&check);
	ledger_source_end(&check.source);
	sealed_free(check.sealed);
	return err;
}

static const struct option_spec options_verify_ledger[] = {
	{"node-home", 0, OPTION_VALUE, "DIR", "the same as the argument"},
	{"genesis", 0, OPTION_VALUE, "FILE",
	 "the sealed genesis; else the home's own, which must be pinned"},
	{"head", 0, OPTION_VALUE, "FILE", "a header, got elsewhere, that the store has to contain"},
	{"scratch", 0, OPTION_VALUE, "DIR",
	 "where a second store is built, and a running node's is copied to; default $TMPDIR or "
	 "/var/tmp"},
	{"jobs", 0, OPTION_VALUE, "N", "processes that share the work; default one for each core"},
	{"silence", 0, OPTION_VALUE, "SECONDS",
	 "how long one of them may show no progress before it is ended and named; default 300"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_verify_ledger[] = {
	{"verify-ledger", "[DIR|FILE]", 0, 1, "recompute a node's whole ledger from its raw records",
	 "Certificates, hashes of headers, the log and its roots, rejected entries, indexes, and the "
	 "state by executing every block anew; nothing is taken from the node's word. DIR is the "
	 "home of a node, a copy of one, or its chain folder; while the node runs, a copy of one "
	 "moment is made first. FILE is what stele export blocks wrote. Names the first bad height and "
	 "exits with 12 where something differs; says what it covers. Opens no socket.",
	 "stele verify-ledger /var/lib/stele --head header.txt", options_verify_ledger,
	 run_verify_ledger},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
