/* stele verify-ledger: everything that a node's store says, recomputed. */
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "clients/cli/files.h"
#include "clients/cli/out.h"
#include "clients/cli/pins.h"
#include "clients/cli/progress.h"
#include "crypto/digest.h"
#include "ledger/verify.h"
#include "node/home.h"

#define FOLDERS_OPEN 16
#define PIPE_EACH 64 /* heights told at once */

/* What the child tells: progress, and at the end the verdict. */
struct word {
	bool is_verdict;
	uint64_t height, heights;
	enum err err;
	struct verify_report report;
	char what[200];
	bool has_head; /* --head: whether its block is in the store */
};

struct check {
	struct cli *cli;
	char *home;  /* NULL: only a store was given */
	char *store;
	char *scratch;
	struct sealed *sealed;
	bool is_pinned;
	bool has_head;
	struct header head;
	struct hash head_block;
	struct word verdict;
};

/* --- what is checked ------------------------------- */

static enum err find_store(struct check *check)
{
	struct cli *cli = check->cli;
	const char *dir = cli->args_count > 0 ? cli->args[0] : cli_value(cli, "node-home");
	char *inner, *data;
	bool is_home;

	if (dir == NULL || (cli->args_count > 0 && cli_has(cli, "node-home")))
		return cli_fail(cli, ERR_USAGE, "give one folder: a node's home, or its chain folder");
	inner = path_of("%s/" HOME_CHAIN, dir);
	is_home = file_exists(inner);
	check->store = path_of("%s", is_home ? inner : dir);
	if (is_home)
		check->home = path_of("%s", dir);
	data = path_of("%s/data.mdb", check->store);
	if (!file_exists(data))
		cli_fail(cli, ERR_FILE_READ, "%s holds no ledger", dir);
	is_home = file_exists(data);
	free(inner);
	free(data);
	return is_home ? ERR_OK : ERR_FILE_READ;
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
	if (check->home == NULL)
		return cli_fail(cli, ERR_USAGE, "give --genesis FILE: a chain folder has none in it");
	own = path_of("%s/" HOME_GENESIS, check->home);
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

/* --- the child -------------------------------------- */

static void tell(int to, const struct word *word)
{
	/* the parent reads until the end; nobody is left to tell if it is gone */
	if (write(to, word, sizeof(*word)) != (ssize_t)sizeof(*word))
		_exit(EXIT_CODE_BUG);
}

static void on_height(void *context, uint64_t height, uint64_t heights)
{
	struct word word = {.height = height, .heights = heights};

	if (height % PIPE_EACH == 0 || height == heights)
		tell(*(int *)context, &word);
}

static bool has_block(struct store *store, const struct hash *block)
{
	struct store_read *read;
	struct bytes value;
	bool has;

	if (store_read_begin(store, &read) != ERR_OK)
		return false;
	has = store_get(read, TABLE_BLOCK_HASH, bytes_of(block->b, sizeof(block->b)), &value) ==
	      ERR_OK;
	store_read_end(read);
	return has;
}

static void child(const struct check *check, int to)
{
	struct word word = {.is_verdict = true};
	struct store *store;

	word.err = store_open(&store, check->store);
	if (word.err == ERR_OK) {
		word.err = verify_ledger(store, check->scratch, &check->sealed->genesis,
					 check->sealed->file.document, on_height, &to, &word.report);
		if (word.report.what != NULL)
			(void)snprintf(word.what, sizeof(word.what), "%s", word.report.what);
		if (check->has_head)
			word.has_head = has_block(store, &check->head_block);
		store_close(store);
	}
	tell(to, &word);
	_exit(0);
}

/* --- the parent ----------------------------------------- */

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	(void)status;
	(void)kind;
	(void)place;
	return remove(path);
}

static bool read_word(int from, struct word *out)
{
	size_t have = 0;

	while (have < sizeof(*out)) {
		ssize_t got = read(from, (char *)out + have, sizeof(*out) - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		have += (size_t)got;
	}
	return true;
}

/* Until the verdict, or the child's end without one. */
static void listen_to(struct check *check, int from)
{
	struct progress progress;
	struct word word;
	uint64_t height = 0;
	bool is_started = false;

	check->verdict = (struct word){.err = ERR_STORE_DAMAGED};
	while (read_word(from, &word)) {
		if (word.is_verdict) {
			check->verdict = word;
			continue;
		}
		if (!is_started)
			progress_start(&progress, check->cli, "heights verified", word.heights);
		is_started = true;
		height = word.height;
		progress_set(&progress, height);
	}
	if (is_started)
		progress_end(&progress, height);
	if (!check->verdict.is_verdict) {
		check->verdict.report.bad_height = height;
		(void)snprintf(check->verdict.what, sizeof(check->verdict.what),
			       "the check itself was brought down by the file, after this height");
	}
}

static enum err run_child(struct check *check)
{
	int ends[2];
	pid_t pid;

	if (pipe(ends) != 0 || (pid = fork()) < 0)
		return cli_fail(check->cli, ERR_INTERNAL, "no process can be made");
	if (pid == 0) {
		(void)close(ends[0]);
		child(check, ends[1]);
	}
	(void)close(ends[1]);
	listen_to(check, ends[0]);
	(void)close(ends[0]);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return ERR_OK;
}

static enum err verify(struct check *check)
{
	const char *below = cli_value(check->cli, "scratch");
	const char *temporary = getenv("TMPDIR");
	char *scratch;
	enum err err;

	if (below == NULL)
		below = temporary != NULL ? temporary : "/var/tmp";
	scratch = path_of("%s/stele-verify-XXXXXX", below);
	if (mkdtemp(scratch) == NULL) {
		err = cli_fail(check->cli, ERR_FILE_WRITE, "%s: %s", below, strerror(errno));
	} else {
		check->scratch = path_of("%s/again", scratch);
		err = run_child(check);
		(void)nftw(scratch, remove_one, FOLDERS_OPEN, FTW_DEPTH | FTW_PHYS);
	}
	free(scratch);
	return err;
}

/* --- the verdict ------------------------------------------ */

static void print_verdict(const struct check *check)
{
	static const struct column columns[] = {
		{"heights", "height", COLUMN_NUMBER},
		{"finalizations", "finalizations checked", COLUMN_NUMBER},
		{"finalized", "the last of them at height", COLUMN_NUMBER},
		{"leaves", "leaves of the log", COLUMN_NUMBER},
		{"rejected", "rejected entries", COLUMN_NUMBER},
		{"executed", "heights executed anew", COLUMN_NUMBER},
		{NULL, NULL, COLUMN_TEXT},
	};
	const struct verify_report *report = &check->verdict.report;
	json_t *result = json_pack(
		"{s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:b}", "sound",
		(int)(check->verdict.err == ERR_OK), "heights", (json_int_t)report->heights,
		"finalizations", (json_int_t)report->finalizations, "finalized",
		(json_int_t)report->finalized, "leaves", (json_int_t)report->leaves, "rejected",
		(json_int_t)report->rejected, "executed", (json_int_t)report->executed,
		"genesis_pinned", (int)check->is_pinned);

	if (check->verdict.err == ERR_STORE_DAMAGED) {
		json_object_set_new(result, "bad_height", json_integer((json_int_t)report->bad_height));
		json_object_set_new(result, "what", json_string(check->verdict.what));
	}
	if (!out_json(check->cli, json_incref(result)) && check->verdict.err == ERR_OK) {
		out_line(check->cli, "sound: all that the store says follows from its records");
		out_fields(result, columns);
		if (report->executed == 0 && report->heights > 0)
			out_line(check->cli, "  not executed anew: the first parcels were pruned here");
		if (report->finalized < report->heights)
			out_line(check->cli, "  heights above the last finalization rest on none");
	}
	json_decref(result);
}

static enum err judge_head(struct check *check)
{
	struct cli *cli = check->cli;
	enum err err;

	if (!check->has_head || check->verdict.has_head)
		return ERR_OK;
	if (check->head.height > check->verdict.report.heights) {
		err = cli_fail(cli, ERR_SYNCING, "the store ends before the given header");
		cli_fact(cli, "store", "height %llu",
			 (unsigned long long)check->verdict.report.heights);
	} else {
		err = cli_fail(cli, ERR_DIVERGED, "the store has another block than the given header");
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
		cli_fail(cli, err, "%s", check->store);
		cli_fact(cli, "first bad height", "%llu",
			 (unsigned long long)check->verdict.report.bad_height);
		cli_fact(cli, "what differs", "%s", check->verdict.what);
		cli_remedy(cli, "keep this copy as evidence; restore, or catch up from peers");
		cli_exit(cli, EXIT_CODE_ALARM);
		return err;
	}
	if (err == ERR_STORE_LOCKED) {
		cli_fail(cli, err, "%s", check->store);
		cli_remedy(cli, "stop the node first, or verify a copy of the folder");
		return err;
	}
	if (err != ERR_OK)
		return cli_fail(cli, err, "%s", check->store);
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
	enum err err = find_store(&check);

	if (err == ERR_OK)
		err = find_genesis(&check);
	if (err == ERR_OK)
		err = read_head(&check);
	if (err == ERR_OK)
		err = verify(&check);
	if (err == ERR_OK)
		err = judge(&check);
	sealed_free(check.sealed);
	free(check.home);
	free(check.store);
	free(check.scratch);
	return err;
}

static const struct option_spec options_verify_ledger[] = {
	{"node-home", 0, OPTION_VALUE, "DIR", "the same as the argument"},
	{"genesis", 0, OPTION_VALUE, "FILE",
	 "the sealed genesis; else the home's own, which must be pinned"},
	{"head", 0, OPTION_VALUE, "FILE", "a header, got elsewhere, that the store has to contain"},
	{"scratch", 0, OPTION_VALUE, "DIR",
	 "where a second store is built; default $TMPDIR or /var/tmp"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_verify_ledger[] = {
	{"verify-ledger", "[DIR]", 0, 1, "recompute a node's whole ledger from its raw records",
	 "Certificates, hashes of headers, the log and its roots, rejected entries, indexes, and the "
	 "state by executing every block anew; nothing is taken from the node's word. DIR is the "
	 "home of a node that does not run, a copy of one, or its chain folder. Names the first bad "
	 "height and exits with 12 where something differs. Opens no socket.",
	 "stele verify-ledger /var/lib/stele --head header.txt", options_verify_ledger,
	 run_verify_ledger},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
