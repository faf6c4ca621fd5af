/* stele verify: files against their receipts, offline. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "clients/cli/files.h"
#include "clients/cli/findings.h"
#include "clients/cli/out.h"
#include "clients/cli/pins.h"
#include "clients/cli/plain.h"
#include "clients/cli/receipt_file.h"
#include "clients/cli/receipt_index.h"
#include "proofs/shape.h"

#define DEPTH_MAX 32

/* Whom to trust in a network; kept from one receipt to the next, most often of the same one. */
struct search {
	bool is_made;
	struct hash chain;
	bool is_pinned; /* there is any pin at all */
	bool is_found;
	struct trust trust;
};

struct tally {
	json_t *items;
	size_t passed;
	size_t failed;
	size_t open;    /* nothing failed, but something that matters was not checked */
	size_t ended;   /* of all: superseded or withdrawn since */
	bool needs_live; /* --require-live */
	json_t *missing; /* paths of files that have no receipt */
	json_t *unread;  /* paths that cannot be read, each with why */
	bool is_wanting; /* a path that was named is among the missing */
	enum err first; /* of what failed */
	enum err first_open;
	bool has_former, has_status;
	struct receipt_index index;
	struct search search;
};

/* --- whom to trust --------------------------------------------------------- */

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
	struct header header = {.height = 0};
	enum err err = ERR_OK;

	if (top == NULL || header_parse(&header, bytes_text(top)) != ERR_OK)
		header.chain = (struct hash){{0}};
	if (!search->is_made || !hash_equal(&search->chain, &header.chain)) {
		*search = (struct search){.chain = header.chain};
		err = pins_each(cli, compare_pin, search);
		search->is_made = err == ERR_OK;
	}
	*out = search->is_pinned ? &search->trust : NULL;
	return err;
}

/* --- one file ---------------------------------------------------------------- */

static bool has_ended(const struct receipt_findings *found)
{
	return found->status == FINDING_PASS && (strcmp(found->said.word, "superseded") == 0 ||
						 strcmp(found->said.word, "withdrawn") == 0);
}

/* What --require-live asks beyond the findings. */
static enum err not_live(const struct tally *tally, const struct receipt_findings *found)
{
	if (!tally->needs_live)
		return ERR_OK;
	if (found->status != FINDING_PASS)
		return ERR_RECEIPT_SILENT;
	return has_ended(found) ? ERR_RECEIPT_ENDED : ERR_OK;
}

static void count_failed(struct tally *tally, enum err err)
{
	tally->failed++;
	tally->first = tally->first != ERR_OK ? tally->first : err;
}

static void count_open(struct tally *tally, enum err err)
{
	tally->open++;
	tally->first_open = tally->first_open != ERR_OK ? tally->first_open : err;
}

static void count(struct tally *tally, const struct receipt_findings *found)
{
	enum err fault = receipt_fault(found, false), dead = not_live(tally, found);

	if (fault != ERR_OK || dead == ERR_RECEIPT_ENDED)
		count_failed(tally, fault != ERR_OK ? fault : dead);
	else if (found->signer == FINDING_NOT_CHECKED || dead != ERR_OK)
		count_open(tally, found->signer == FINDING_NOT_CHECKED ? found->signer_code : dead);
	else
		tally->passed++;
	tally->ended += has_ended(found);
	tally->has_former = tally->has_former || found->former > 0;
	tally->has_status = tally->has_status || found->status == FINDING_PASS;
}

/* One receipt that is none must not keep the others of a folder from being checked. */
static void count_malformed(const struct cli *cli, json_t *item, enum err err,
			    struct tally *tally)
{
	findings_add_form(cli, item, err);
	count_failed(tally, err);
}

static enum err judge(struct cli *cli, const json_t *receipt, const struct receipt_file *file,
		      json_t *item, struct tally *tally)
{
	struct receipt_findings *found = calloc(1, sizeof(*found));
	const struct trust *trust;
	enum err err;

	ASSERT(found != NULL);
	err = find_trust(cli, receipt, &tally->search, &trust);
	if (err == ERR_OK) {
		err = receipt_check(receipt, file, trust, found);
		if (err == ERR_OK) {
			findings_add(item, found);
			count(tally, found);
		}
		receipt_findings_release(found);
	}
	free(found);
	return err;
}

struct given {
	const char *path;           /* the content; NULL where only the receipt is at hand */
	const char *receipt_path;
	const struct receipt_file *file; /* of path, where it was hashed already */
	bool is_found;              /* by the content's hash, not beside it */
};

static enum err verify_one(struct cli *cli, const struct given *given, struct tally *tally)
{
	json_t *item = json_object();
	struct receipt_file hashed;
	const struct receipt_file *file = given->file;
	json_t *receipt = NULL;
	enum err err = receipt_read(cli, given->receipt_path, &receipt);

	json_object_set_new(item, "file", plain_json(given->path != NULL ? given->path
									  : given->receipt_path));
	json_object_set_new(item, "receipt", plain_json(given->receipt_path));
	if (given->is_found)
		json_object_set_new(item, "found", json_string("by the content's hash"));
	if (err == ERR_OK && given->path != NULL && file == NULL) {
		err = content_hash(cli, given->path, &hashed);
		file = &hashed;
	}
	if (err == ERR_OK)
		err = judge(cli, receipt, given->path != NULL ? file : NULL, item, tally);
	json_decref(receipt);
	if (err == ERR_RECEIPT_FORM || err == ERR_RECEIPT_VERSION) {
		count_malformed(cli, item, err, tally);
		err = ERR_OK;
	}
	if (err == ERR_OK && !cli->is_json)
		findings_print(cli, item);
	if (err == ERR_OK && cli->is_json)
		json_array_append(tally->items, item);
	json_decref(item);
	return err;
}

/* Of a file that has no receipt beside it: those that speak of its content. */
static enum err verify_by_hash(struct cli *cli, const char *path, struct tally *tally,
			       bool *is_found)
{
	struct receipt_place *places;
	struct receipt_file file;
	size_t places_count;
	enum err err = ERR_OK;

	*is_found = false;
	if (tally->index.count == 0)
		return ERR_OK;
	err = content_hash(cli, path, &file);
	if (err != ERR_OK)
		return err;
	places = receipt_index_find(&tally->index, &file.sha256, &places_count);
	*is_found = places_count > 0;
	for (size_t i = 0; i < places_count && err == ERR_OK; i++) {
		places[i].is_used = true;
		err = verify_one(cli,
				 &(struct given){path, places[i].path, &file, .is_found = true},
				 tally);
	}
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

	if (names_count < 0 && depth < DEPTH_MAX)
		return file_fail(cli, ERR_FILE_READ, path);
	if (names_count < 0) {
		cli_fail(cli, ERR_FILE_READ, "%s", path);
		cli_fact(cli, "system", "it lies more than %d folders deep", DEPTH_MAX);
		return ERR_FILE_READ;
	}
	for (int i = 0; i < names_count; i++) {
		char *below = path_of("%s/%s", path, names[i]->d_name);

		if (err == ERR_OK && strcmp(names[i]->d_name, ".") != 0 &&
		    strcmp(names[i]->d_name, "..") != 0)
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

static enum err fail_odd(struct cli *cli, const char *path)
{
	cli_fail(cli, ERR_FILE_READ, "%s", path);
	cli_fact(cli, "system", "it is no plain file");
	return ERR_FILE_READ;
}

/* In a folder it must not keep the other files from being checked. */
static enum err refuse_odd(struct cli *cli, const char *beside, bool is_named, struct tally *tally)
{
	if (is_named)
		return fail_odd(cli, beside);
	out_named(cli, beside, NULL);
	out_line(cli, "  it is no plain file");
	count_failed(tally, ERR_FILE_READ);
	return ERR_OK;
}

static enum err verify_without(struct cli *cli, const char *path, bool is_named,
			       struct tally *tally)
{
	bool is_found;
	enum err err = verify_by_hash(cli, path, tally, &is_found);

	if (err != ERR_OK || is_found)
		return err;
	json_array_append_new(tally->missing, plain_json(path));
	tally->is_wanting = tally->is_wanting || is_named;
	out_named(cli, path, NULL);
	out_line(cli, "  no receipt of it was found");
	return ERR_OK;
}

static enum err verify_beside(struct cli *cli, const char *path, bool is_named,
			      struct tally *tally)
{
	const char *given = cli_value(cli, "receipt");
	char *beside = receipt_path_beside(path);
	enum err err;

	if (is_odd_file(beside))
		err = refuse_odd(cli, beside, is_named, tally);
	else if (receipt_path_is(path))
		err = verify_one(cli,
				 &(struct given){file_exists(beside) ? beside : NULL, path, NULL,
						 false},
				 tally);
	else if (given == NULL && !file_exists(beside))
		err = verify_without(cli, path, is_named, tally);
	else
		err = verify_one(cli, &(struct given){path, given != NULL ? given : beside, NULL, false},
				 tally);
	free(beside);
	return err;
}

static bool is_plain_file(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* Whether its form is that of a receipt, whatever it proves. */
static bool is_receipt(struct cli *cli, const char *path)
{
	struct receipt_findings *found = calloc(1, sizeof(*found));
	json_t *receipt = NULL;
	enum err err = receipt_read(cli, path, &receipt);

	ASSERT(found != NULL);
	if (err == ERR_OK) {
		err = receipt_check(receipt, NULL, NULL, found);
		receipt_findings_release(found);
	}
	json_decref(receipt);
	free(found);
	return err == ERR_OK;
}

/* A receipt in a folder: with its file it is judged there, and without it where its content is
 * met.  What lies there alone and is none would never be looked at. */
static enum err verify_walked(struct cli *cli, const char *path, struct tally *tally)
{
	char *beside = receipt_path_beside(path);
	enum err err = ERR_OK;

	if (!is_plain_file(beside) && !is_receipt(cli, path))
		err = verify_one(cli, &(struct given){NULL, path, NULL, false}, tally);
	free(beside);
	return err;
}

static enum err verify_any(struct cli *cli, const char *path, unsigned depth, bool is_named,
			   struct tally *tally)
{
	struct stat status;

	if (lstat(path, &status) != 0 || (is_named && stat(path, &status) != 0))
		return file_fail(cli, ERR_FILE_READ, path);
	if (S_ISDIR(status.st_mode))
		return verify_folder(cli, path, depth, tally);
	if (!S_ISREG(status.st_mode))
		return is_named ? fail_odd(cli, path) : ERR_OK;
	if (!is_named && receipt_path_is(path))
		return verify_walked(cli, path, tally);
	return verify_beside(cli, path, is_named, tally);
}

/* One path of several that cannot be read must not keep the others from being checked. */
static void count_unread(const struct cli *cli, const char *path, struct tally *tally)
{
	const char *why = json_text(cli->failure.facts, "system");

	why = why[0] != '\0' ? why : err_text(ERR_FILE_READ);
	json_array_append_new(tally->unread,
			      json_pack("{s:o, s:s}", "file", plain_json(path), "why", why));
	out_named(cli, path, NULL);
	out_line(cli, "  cannot be read: %s", why);
}

static enum err verify_path(struct cli *cli, const char *path, unsigned depth, bool is_named,
			    struct tally *tally)
{
	enum err err = verify_any(cli, path, depth, is_named, tally);

	if (err != ERR_FILE_READ || (is_named && cli->args_count == 1))
		return err;
	count_unread(cli, path, tally);
	return ERR_OK;
}

/* --- the end ----------------------------------------------------------------- */

static void print_end(struct cli *cli, struct tally *tally)
{
	json_t *limits = findings_limits(tally->has_former, tally->has_status), *limit;
	size_t missing = json_array_size(tally->missing), unread = json_array_size(tally->unread), i;

	if (cli->is_json) {
		(void)out_json(cli, json_pack("{s:O, s:I, s:I, s:I, s:I, s:I, s:O, s:O, s:o}", "items",
					      tally->items, "passed", (json_int_t)tally->passed,
					      "failed", (json_int_t)tally->failed, "open",
					      (json_int_t)tally->open, "ended",
					      (json_int_t)tally->ended, "without_receipt",
					      (json_int_t)missing, "missing", tally->missing,
					      "unread", tally->unread, "not_proven", limits));
		return;
	}
	if (tally->passed + tally->open > 0) {
		out_line(cli, "\nWhat a receipt does not prove:");
		json_array_foreach(limits, i, limit)
			out_line(cli, "  - %s", json_string_value(limit));
	}
	json_decref(limits);
	if (tally->passed + tally->failed + tally->open + missing + unread > 1)
		out_line(cli, "\n%zu verified, %zu failed, %zu not decided, "
			      "%zu without a receipt, %zu not read",
			 tally->passed, tally->failed, tally->open, missing, unread);
	if (tally->ended > 0 && !tally->needs_live)
		out_remark(cli, "note: %zu superseded or withdrawn since; --require-live counts that as "
				"failed", tally->ended);
}

static bool is_folder(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Receipts of --receipts, and those that lie in the folders which are walked. */
static enum err index_all(struct cli *cli, struct receipt_index *index)
{
	enum err err = ERR_OK;

	for (size_t i = 0; i < cli_count(cli, "receipts") && err == ERR_OK; i++)
		err = receipt_index_add(cli, index, cli_nth(cli, "receipts", i), true);
	for (size_t i = 0; i < cli->args_count && err == ERR_OK; i++)
		if (is_folder(cli->args[i]))
			err = receipt_index_add(cli, index, cli->args[i], false);
	return err;
}

/* The gravest first: what failed, what could not be looked at, what nobody vouches for. */
static enum err conclude(struct cli *cli, const struct tally *tally)
{
	const char *first;
	enum err err = ERR_OK;

	if (tally->failed > 0) {
		err = cli_fail(cli, tally->first, NULL);
		cli_exit(cli, EXIT_CODE_CHECK_FAILED);
	} else if (json_array_size(tally->unread) > 0) {
		err = cli_fail(cli, ERR_FILE_READ, "%s",
			       json_text(json_array_get(tally->unread, 0), "file"));
	} else if (tally->is_wanting || tally->passed + tally->open == 0) {
		first = json_string_value(json_array_get(tally->missing, 0));
		err = cli_fail(cli, ERR_RECEIPT_NONE, first != NULL ? "%s" : NULL, first);
	} else if (tally->open > 0) {
		err = cli_fail(cli, tally->first_open, NULL);
		cli_exit(cli, EXIT_CODE_UNDECIDED);
	}
	return err;
}

static enum err run_verify(struct cli *cli)
{
	struct tally tally = {.items = json_array(), .missing = json_array(),
			      .unread = json_array(), .first = ERR_OK, .first_open = ERR_OK};
	enum err err = ERR_OK;

	tally.needs_live = cli_has(cli, "require-live");
	if (cli_has(cli, "receipt") && (cli->args_count != 1 || cli_has(cli, "receipts")))
		err = cli_fail(cli, ERR_USAGE, "--receipt goes with one file");
	if (err == ERR_OK)
		err = index_all(cli, &tally.index);
	for (size_t i = 0; i < cli->args_count && err == ERR_OK; i++)
		err = verify_path(cli, cli->args[i], 0, true, &tally);
	if (err == ERR_OK) {
		print_end(cli, &tally);
		err = conclude(cli, &tally);
	}
	json_decref(tally.items);
	json_decref(tally.missing);
	json_decref(tally.unread);
	receipt_index_release(&tally.index);
	return err;
}

static const struct option_spec options_verify[] = {
	{"receipt", 0, OPTION_VALUE, "FILE", "the receipt, where it does not lie beside the file"},
	{"receipts", 0, OPTION_VALUE, "DIR",
	 "look for receipts in this folder, too, by the content's hash, whatever they are called"},
	{"require-live", 0, OPTION_FLAG, NULL,
	 "fail where the record was superseded or withdrawn since, and decide nothing where the "
	 "receipt does not say"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_verify[] = {
	{"verify", "PATH…", 1, ARGUMENTS_ANY, "check files against their receipts, offline",
	 "Checks content, inclusion in the log, finality, the signers against the pinned network, and "
	 "what has become of the record where the receipt says it; each is pass, fail or not checked. "
	 "Says which validators signed, and whether any of their sets was replaced since. Opens no "
	 "socket. The receipt of FILE is FILE.stele.json beside it, or any in a folder that is walked "
	 "or named by --receipts that speaks of its content; a folder is walked whole, and what "
	 "is called a receipt there and is none has failed. Where no network is pinned, or no pinned "
	 "set of validators is reached, the signers are not checked and the exit code is 5; so it is "
	 "where --require-live is given and the receipt has no status. A check "
	 "that fails gives 3, a named file that has no receipt, or a path that cannot be read, 10.",
	 "stele verify photo.jpg\nstele verify --receipts ~/receipts archive\n"
	 "stele verify --trust genesis.txt --receipt r.stele.json photo.jpg",
	 options_verify, run_verify},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
