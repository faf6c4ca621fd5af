/* stele verify: files against their receipts, offline. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "clients/cli/claims.h"
#include "clients/cli/files.h"
#include "clients/cli/out.h"
#include "clients/cli/pins.h"
#include "clients/cli/plain.h"
#include "clients/cli/receipt_file.h"
#include "proofs/shape.h"
#include "proto/genesis.h"
#include "proto/tx.h"

#define DEPTH_MAX 32

struct tally {
	json_t *items;
	size_t passed;
	size_t failed;
	size_t open;    /* nothing failed, but something that matters was not checked */
	size_t missing; /* no receipt beside the file */
	enum err first; /* of what failed */
};

/* --- whom to trust --------------------------------------------------------- */

struct search {
	struct hash chain;
	bool is_pinned; /* there is any pin at all */
	bool is_found;
	struct trust trust;
};

static enum err compare_pin(struct cli *cli, const struct pinned *pinned, void *context)
{
	struct search *search = context;

	(void)cli;
	if (!search->is_found)
		search->trust = pinned->trust;
	search->is_found =
		search->is_found || hash_equal(&pinned->trust.chain, &search->chain);
	search->is_pinned = true;
	return ERR_OK;
}

/* The pin to judge the receipt by: that of its chain, else any, which then fails;
 * NULL in *out where nothing is pinned. */
static enum err find_trust(struct cli *cli, const json_t *receipt, struct search *search,
			   const struct trust **out)
{
	const char *top = json_string_value(json_array_get(json_object_get(receipt, "headers"), 0));
	struct header header;
	enum err err;

	memset(search, 0, sizeof(*search));
	if (top != NULL && header_parse(&header, bytes_text(top)) == ERR_OK)
		search->chain = header.chain;
	err = pins_each(cli, compare_pin, search);
	*out = search->is_pinned ? &search->trust : NULL;
	return err;
}

/* --- saying what was found ------------------------------------------------- */

static const char *finding_text(enum finding finding)
{
	switch (finding) {
	case FINDING_NOT_CHECKED:
		return "not checked";
	case FINDING_PASS:
		return "pass";
	case FINDING_FAIL:
		return "fail";
	}
	UNREACHABLE();
}

static void add_finding(json_t *item, const char *name, enum finding finding, enum err code,
			const char *detail)
{
	json_t *object = json_object();
	char text[8];

	json_object_set_new(object, "result", json_string(finding_text(finding)));
	if (code != ERR_OK) {
		(void)snprintf(text, sizeof(text), "E%04d", (int)code);
		json_object_set_new(object, "code", json_string(text));
		json_object_set_new(object, "why", json_string(err_text(code)));
		json_object_set_new(object, "do", json_string(err_remedy(code)));
	} else if (detail[0] != '\0') {
		json_object_set_new(object, "detail", json_string(detail));
	}
	json_object_set_new(item, name, object);
}

static void add_findings(json_t *item, const struct receipt_findings *found)
{
	const struct header *last = &found->cover.last;
	char text[256], time[32];
	struct buf words;

	hex_encode(text, found->subject.b, sizeof(found->subject.b));
	add_finding(item, "content", found->content, found->content_code,
		    found->has_subject ? text : "");
	time_format(time, last->time_ms);
	(void)snprintf(text, sizeof(text), "leaf %llu, height %llu, %s UTC%s",
		       (unsigned long long)found->record.log_index, (unsigned long long)last->height, time,
		       found->has_entry ? ", one of those under the record's root" : "");
	add_finding(item, "inclusion", found->inclusion, found->inclusion_code, text);
	(void)snprintf(text, sizeof(text), "%u of %u validators signed, %u are needed",
		       found->cover.signers, found->cover.members,
		       set_quorum(found->cover.members > 0 ? found->cover.members : 1));
	add_finding(item, "finality", found->finality, found->finality_code, text);
	buf_init(&words, sizeof(text));
	genesis_words(&words, &last->chain);
	(void)snprintf(text, sizeof(text), "%s, genesis %.*s", last->origin, (int)words.len,
		       (const char *)words.at);
	buf_release(&words);
	add_finding(item, "signer", found->signer, found->signer_code, text);
	add_finding(item, "status", found->status, found->status_code,
		    found->status == FINDING_PASS ? found->said.word
						  : "the receipt says nothing of it");
}

static void add_record(json_t *item, const struct receipt_findings *found)
{
	json_object_set_new(item, "operation", json_string(operation_name(found->record.operation)));
	json_object_set_new(item, "transaction", json_of_hash(&found->record.id));
	json_object_set_new(item, "key", json_hex(found->record.signer.b, sizeof(found->record.signer.b)));
	json_object_set_new(item, "log_index", json_integer((json_int_t)found->record.log_index));
	json_object_set_new(item, "height", json_integer((json_int_t)found->cover.last.height));
	json_object_set_new(item, "time", json_integer((json_int_t)found->cover.last.time_ms));
	json_object_set_new(item, "network", json_string(found->cover.last.origin));
}

static const char *const not_proven[] = {
	("that the content is true, original or lawful: it proves that the holder of this key "
	 "claimed it by then"),
	"that nobody claimed it earlier or elsewhere: ask stele lookup for all claims, with proof",
	"that the claim still stands: a receipt speaks as of its own height",
};

/* A name with line feeds must not look like findings. */
static void print_name(const struct cli *cli, const char *name, const char *rest)
{
	char *plain = plain_text(name, false);

	out_line(cli, "%s%s", plain, rest);
	free(plain);
}

static void print_item(const struct cli *cli, const json_t *item)
{
	static const char *const names[] = {"form", "content", "inclusion", "finality", "signer", "status"};

	print_name(cli, json_text(item, "file"), "");
	if (json_text(item, "key")[0] != '\0')
		out_line(cli, "  %-10s %s by key %s", "record", json_text(item, "operation"),
			 json_text(item, "key"));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const json_t *finding = json_object_get(item, names[i]);
		const char *code = json_text(finding, "code");

		if (finding == NULL)
			continue;
		out_line(cli, "  %-10s %-12s %s%s%s", names[i], json_text(finding, "result"), code,
			 code[0] != '\0' ? " " : "",
			 json_text(finding, code[0] != '\0' ? "why" : "detail"));
		if (json_text(finding, "place")[0] != '\0')
			out_line(cli, "  %-10s %s", "", json_text(finding, "place"));
	}
}

/* --- one file ---------------------------------------------------------------- */

static enum err worst(const struct receipt_findings *found)
{
	if (found->content == FINDING_FAIL)
		return found->content_code;
	if (found->inclusion == FINDING_FAIL)
		return found->inclusion_code;
	if (found->finality == FINDING_FAIL)
		return found->finality_code;
	if (found->signer == FINDING_FAIL)
		return found->signer_code;
	return found->status == FINDING_FAIL ? found->status_code : ERR_OK;
}

static void count(struct tally *tally, const struct receipt_findings *found)
{
	enum err err = worst(found);

	if (err != ERR_OK) {
		tally->failed++;
		tally->first = tally->first != ERR_OK ? tally->first : err;
	} else if (found->signer == FINDING_NOT_CHECKED) {
		tally->open++;
	} else {
		tally->passed++;
	}
}

/* One receipt that is none must not keep the others of a folder from being checked. */
static void count_malformed(const struct cli *cli, json_t *item, enum err err,
			    struct tally *tally)
{
	add_finding(item, "form", FINDING_FAIL, err, "");
	if (cli->failure.err == err)
		json_object_set(json_object_get(item, "form"), "place",
				json_object_get(cli->failure.facts, "place"));
	tally->failed++;
	tally->first = tally->first != ERR_OK ? tally->first : err;
}

static enum err judge(struct cli *cli, const json_t *receipt, const struct receipt_file *file,
		      json_t *item, struct tally *tally)
{
	struct receipt_findings *found = calloc(1, sizeof(*found));
	const struct trust *trust;
	struct search search;
	enum err err;

	ASSERT(found != NULL);
	err = find_trust(cli, receipt, &search, &trust);
	if (err == ERR_OK) {
		err = receipt_check(receipt, file, trust, found);
		if (err == ERR_OK) {
			add_record(item, found);
			add_findings(item, found);
			count(tally, found);
		}
		receipt_findings_release(found);
	}
	free(found);
	return err;
}

/* path: the content; NULL where only the receipt is at hand. */
static enum err verify_one(struct cli *cli, const char *path, const char *receipt_path,
			   struct tally *tally)
{
	json_t *item = json_object();
	struct receipt_file file;
	json_t *receipt;
	enum err err = receipt_read(cli, receipt_path, &receipt);

	json_object_set_new(item, "file", plain_json(path != NULL ? path : receipt_path));
	json_object_set_new(item, "receipt", plain_json(receipt_path));
	if (err == ERR_OK) {
		if (path != NULL)
			err = content_hash(cli, path, &file);
		if (err == ERR_OK) {
			err = judge(cli, receipt, path != NULL ? &file : NULL, item, tally);
		}
		json_decref(receipt);
	}
	if (err == ERR_RECEIPT_FORM || err == ERR_RECEIPT_VERSION) {
		count_malformed(cli, item, err, tally);
		err = ERR_OK;
	}
	if (err == ERR_OK && !cli->is_json)
		print_item(cli, item);
	json_array_append_new(tally->items, item);
	return err;
}

/* --- paths ------------------------------------------------------------------- */

static enum err verify_path(struct cli *cli, const char *path, unsigned depth, bool is_named,
			    struct tally *tally);

static enum err verify_folder(struct cli *cli, const char *path, unsigned depth,
			      struct tally *tally)
{
	struct dirent **names;
	int names_count = depth < DEPTH_MAX ? scandir(path, &names, NULL, alphasort) : -1;
	enum err err = ERR_OK;

	if (names_count < 0)
		return cli_fail(cli, ERR_FILE_READ, "%s", path);
	for (int i = 0; i < names_count; i++) {
		char *below = path_of("%s/%s", path, names[i]->d_name);

		if (err == ERR_OK && strcmp(names[i]->d_name, ".") != 0 &&
		    strcmp(names[i]->d_name, "..") != 0 && !receipt_path_is(below))
			err = verify_path(cli, below, depth + 1, false, tally);
		free(below);
		free(names[i]);
	}
	free(names);
	return err;
}

/* A pipe that somebody laid beside a file would make us wait for ever. */
static bool is_odd_file(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && !S_ISREG(status.st_mode);
}

static enum err verify_beside(struct cli *cli, const char *path, bool is_named,
			      struct tally *tally)
{
	const char *given = cli_value(cli, "receipt");
	char *beside = receipt_path_beside(path);
	enum err err;

	if (is_odd_file(beside)) {
		err = cli_fail(cli, ERR_FILE_READ, "%s is no plain file", beside);
	} else if (receipt_path_is(path)) {
		err = verify_one(cli, file_exists(beside) ? beside : NULL, path, tally);
	} else if (given == NULL && !is_named && !file_exists(beside)) {
		tally->missing++;
		print_name(cli, path, "\n  no receipt beside it");
		err = ERR_OK;
	} else {
		err = verify_one(cli, path, given != NULL ? given : beside, tally);
	}
	free(beside);
	return err;
}

static enum err verify_path(struct cli *cli, const char *path, unsigned depth, bool is_named,
			    struct tally *tally)
{
	struct stat status;

	if (lstat(path, &status) != 0 || (is_named && stat(path, &status) != 0))
		return cli_fail(cli, ERR_FILE_READ, "%s", path);
	if (S_ISDIR(status.st_mode))
		return verify_folder(cli, path, depth, tally);
	if (!S_ISREG(status.st_mode))
		return is_named ? cli_fail(cli, ERR_FILE_READ, "%s is no plain file", path) : ERR_OK;
	return verify_beside(cli, path, is_named, tally);
}

/* --- the end ----------------------------------------------------------------- */

static void print_end(struct cli *cli, struct tally *tally)
{
	json_t *result;
	json_t *limits = json_array();

	for (size_t i = 0; i < sizeof(not_proven) / sizeof(not_proven[0]); i++)
		json_array_append_new(limits, json_string(not_proven[i]));
	result = json_pack("{s:O, s:I, s:I, s:I, s:I, s:o}", "items", tally->items, "passed",
			   (json_int_t)tally->passed, "failed", (json_int_t)tally->failed, "open",
			   (json_int_t)tally->open, "without_receipt", (json_int_t)tally->missing,
			   "not_proven", limits);
	if (out_json(cli, result))
		return;
	out_line(cli, "\nWhat a receipt does not prove:");
	for (size_t i = 0; i < sizeof(not_proven) / sizeof(not_proven[0]); i++)
		out_line(cli, "  - %s", not_proven[i]);
	if (tally->passed + tally->failed + tally->open + tally->missing > 1)
		out_line(cli, "\n%zu verified, %zu failed, %zu with signers not checked, "
			      "%zu without a receipt",
			 tally->passed, tally->failed, tally->open, tally->missing);
}

static enum err run_verify(struct cli *cli)
{
	struct tally tally = {.items = json_array(), .first = ERR_OK};
	enum err err = ERR_OK;

	if (cli_has(cli, "receipt") && cli->args_count != 1)
		err = cli_fail(cli, ERR_USAGE, "--receipt goes with one file");
	for (size_t i = 0; i < cli->args_count && err == ERR_OK; i++)
		err = verify_path(cli, cli->args[i], 0, true, &tally);
	if (err == ERR_OK)
		print_end(cli, &tally);
	json_decref(tally.items);
	if (err != ERR_OK)
		return err;
	if (tally.failed > 0) {
		err = cli_fail(cli, tally.first, NULL);
		cli_exit(cli, EXIT_CODE_CHECK_FAILED);
	} else if (tally.open > 0) {
		err = cli_fail(cli, ERR_RECEIPT_UNPINNED, NULL);
		cli_exit(cli, EXIT_CODE_UNDECIDED);
	} else if (tally.passed == 0) {
		err = cli_fail(cli, ERR_FILE_READ, "no receipt was found");
	}
	return err;
}

static const struct option_spec options_verify[] = {
	{"receipt", 0, OPTION_VALUE, "FILE", "the receipt, where it does not lie beside the file"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_verify[] = {
	{"verify", "PATH…", 1, ARGUMENTS_ANY, "check files against their receipts, offline",
	 "Checks content, inclusion in the log, finality, the signers against the pinned genesis, "
	 "and the claim's status where the receipt proves it; each is pass, fail or not checked. "
	 "Opens no socket. The receipt of FILE is FILE.stele.json beside it; a folder is walked, "
	 "and every file with a receipt in it is checked. Without a pinned genesis the signers are "
	 "not checked and the exit code is 5; a check that fails gives 3.",
	 "stele verify photo.jpg\nstele verify --trust genesis.txt --receipt r.stele.json photo.jpg",
	 options_verify, run_verify},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
