#include "clients/cli/export_check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clients/cli/export_compare.h"
#include "clients/cli/export_proof.h"
#include "clients/cli/export_receipts.h"
#include "clients/cli/files.h"
#include "clients/cli/out.h"
#include "clients/cli/progress.h"
#include "crypto/digest.h"

#define BEGINNING ((size_t)1 << 16) /* bytes that tell one format from another */
#define BEYOND ((size_t)1 << 20) /* bytes that are read behind the end that a file has to have */

const struct export_kind export_kinds[] = {
	{"360giving", export_360giving, false, false},
	{"csv", export_csv, true, false},
	{"ndjson", export_ndjson, false, false},
	{"evidence", export_evidence, true, true},
	{NULL, NULL, false, false},
};

struct check {
	struct cli *cli;
	const char *path;
	bool is_folder;
	const struct export_kind *kind; /* which one it is */
	struct export_facts facts;
	struct export_files files; /* as they have to be */
	struct export_vouch vouch;
	struct export_files proof; /* its parts */
};

char *export_proof_path(const char *path, bool is_folder)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	return is_folder ? path_of("%.*s/" EXPORT_PROOF_NAME, (int)len, path)
			 : path_of("%s" EXPORT_PROOF_SUFFIX, path);
}

/* --- sums ------------------------------------------------------------------------- */

static void add_sum(struct buf *out, const char *name, struct bytes text)
{
	struct hash hash;

	sha256(&hash, text.at, text.len);
	buf_hex(out, hash.b, sizeof(hash.b));
	buf_print(out, "  %s\n", name);
}

void export_sums(struct buf *out, const struct export_files *files,
		 const struct export_files *proof)
{
	for (size_t i = 0; i < files->count; i++)
		add_sum(out, files->files[i].name, buf_bytes(&files->files[i].text));
	for (size_t k = 0; k < proof->count; k++) {
		char *name = export_part_path(EXPORT_PROOF_NAME, k);

		add_sum(out, name, buf_bytes(&proof->files[k].text));
		free(name);
	}
}

/* --- what is there ------------------------------------------------------------------ */

/* The first bytes of a file, however long it is.  ERR_FILE_READ. */
static enum err read_first(struct cli *cli, const char *path, size_t most, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat stat;
	ssize_t got = -1;

	buf_init(out, most);
	if (fd >= 0 && fstat(fd, &stat) == 0 && S_ISDIR(stat.st_mode))
		errno = EISDIR;
	else if (fd >= 0)
		do {
			size_t room = most - out->len < BEYOND ? most - out->len : BEYOND;
			uint8_t *at = room > 0 ? buf_grow(out, room) : NULL;

			got = at != NULL ? read(fd, at, room) : 0;
			if (at != NULL)
				out->len -= room - (got > 0 ? (size_t)got : 0);
		} while (got > 0 || (got < 0 && errno == EINTR));
	if (got < 0)
		cli_fail(cli, ERR_FILE_READ, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	if (out->at == NULL) {
		(void)buf_grow(out, 1);
		out->len = 0;
	}
	return got < 0 ? ERR_FILE_READ : ERR_OK;
}

static char *path_within(const struct check *check, const struct export_file *file)
{
	return file->name[0] != '\0' ? path_of("%s/%s", check->path, file->name)
				     : path_of("%s", check->path);
}

/* --- which format it is ------------------------------------------------------------- */

/* How well it fits: 0, its proof does not say what that format needs. */
static size_t fit(struct check *check, const struct export_kind *kind, struct bytes found)
{
	struct export_files files;
	size_t fits = 0;

	export_files_init(&files);
	export_facts_sort(&check->facts);
	kind->format(&check->facts, &files);
	if (check->facts.wants_count == 0 && !check->facts.is_damaged && files.count > 0)
		fits = 1 + export_common(buf_bytes(&files.files[0].text), found);
	export_files_release(&files);
	return fits;
}

/* Of a folder the names say it, of a file its beginning. */
static enum err find_kind(struct check *check)
{
	char *readme = path_of("%s/README.txt", check->path);
	struct buf found;
	size_t best = 0, fits;
	enum err err = ERR_OK;

	buf_init(&found, 0);
	if (!check->is_folder)
		err = read_first(check->cli, check->path, BEGINNING, &found);
	for (const struct export_kind *kind = export_kinds; err == ERR_OK && kind->word != NULL;
	     kind++) {
		if (kind->is_folder != check->is_folder ||
		    (kind->is_folder && kind->has_receipts != file_exists(readme)))
			continue;
		fits = fit(check, kind, buf_bytes(&found));
		if (fits > best || check->kind == NULL)
			check->kind = kind;
		best = fits > best ? fits : best;
	}
	buf_release(&found);
	free(readme);
	return err;
}

/* --- differences --------------------------------------------------------------------- */

static enum err fail_at(struct check *check, const struct export_file *file,
			const struct export_difference *difference)
{
	struct cli *cli = check->cli;

	cli_fail(cli, ERR_EXPORT_DIFFERS, "%s: %s", check->path,
		 export_verdict_text(difference->verdict));
	if (file->name[0] != '\0')
		cli_fact(cli, "file", "%s", file->name);
	cli_fact(cli, "line", "%zu", difference->line);
	cli_fact(cli, "byte", "%zu", difference->offset);
	if (difference->label[0] != '\0')
		cli_fact(cli, "row", "%s", difference->label);
	if (difference->column[0] != '\0')
		cli_fact(cli, "field", "%s", difference->column);
	if (difference->expected[0] != '\0')
		cli_fact(cli, "proved", "%s", difference->expected);
	if (difference->found[0] != '\0')
		cli_fact(cli, "found", "%s", difference->found);
	cli_fact(cli, "note", "this is the first difference; there may be more");
	return ERR_EXPORT_DIFFERS;
}

static enum err compare(struct check *check, const struct export_file *file)
{
	struct export_difference difference;
	char *path = path_within(check, file);
	struct buf found;
	enum err err = read_first(check->cli, path, file->text.len + BEYOND, &found);

	if (err == ERR_OK && file->text.has_failed)
		err = cli_fail(check->cli, ERR_MEMORY, "%s", path);
	if (err == ERR_OK) {
		export_compare(file, buf_bytes(&found), &difference);
		if (difference.verdict != EXPORT_EQUAL)
			err = fail_at(check, file, &difference);
	}
	buf_release(&found);
	free(path);
	return err;
}

/* --- a folder ------------------------------------------------------------------------ */

/* Whether the export has that file, or a folder of that name. */
static bool is_known(const struct check *check, const char *name)
{
	size_t len = strlen(name);

	if (check->kind->has_receipts && strcmp(name, EXPORT_SUMS_NAME) == 0)
		return true;
	for (size_t k = 0; k < check->proof.count; k++) {
		char *part = export_part_path(EXPORT_PROOF_NAME, k);
		bool is_part = strcmp(name, part) == 0;

		free(part);
		if (is_part)
			return true;
	}
	for (size_t i = 0; i < check->files.count; i++) {
		const char *known = check->files.files[i].name;

		if (strncmp(known, name, len) == 0 && (known[len] == '\0' || known[len] == '/'))
			return true;
	}
	return false;
}

/* Nothing lies there that is not the export's.  below: "" or "records". */
static enum err check_names(struct check *check, const char *below)
{
	char *path = below[0] != '\0' ? path_of("%s/%s", check->path, below)
				      : path_of("%s", check->path);
	DIR *folder = opendir(path);
	const struct dirent *entry;
	enum err err = ERR_OK;

	while (folder != NULL && err == ERR_OK && (entry = readdir(folder)) != NULL) {
		char *name = below[0] != '\0' ? path_of("%s/%s", below, entry->d_name)
					      : path_of("%s", entry->d_name);

		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
		    !is_known(check, name)) {
			err = cli_fail(check->cli, ERR_EXPORT_DIFFERS,
				       "%s has a file that is none of the export's", check->path);
			cli_fact(check->cli, "file", "%s", name);
		}
		free(name);
	}
	if (folder != NULL)
		(void)closedir(folder);
	free(path);
	return err;
}

static enum err check_sums(struct check *check)
{
	struct export_files sums;
	struct export_file *file;
	enum err err;

	export_files_init(&sums);
	file = export_files_add(&sums, EXPORT_SUMS_NAME);
	export_file_row(file, "the sums");
	export_sums(&file->text, &check->files, &check->proof);
	err = compare(check, file);
	export_files_release(&sums);
	return err;
}

static enum err check_folder(struct check *check)
{
	enum err err = ERR_OK;

	if (check->kind->has_receipts)
		err = export_receipts_check(check->cli, check->path, &check->facts, &check->files);
	if (err == ERR_OK && check->kind->has_receipts)
		err = check_sums(check);
	if (err == ERR_OK)
		err = check_names(check, "");
	if (err == ERR_OK && check->kind->has_receipts)
		err = check_names(check, EXPORT_RECORDS);
	if (err == ERR_OK && check->kind->has_receipts)
		err = check_names(check, EXPORT_RECEIPTS);
	return err;
}

/* --- the whole ------------------------------------------------------------------------ */

static enum err fail_wanting(struct check *check)
{
	const struct export_want *want = check->facts.wants;
	enum err err = cli_fail(check->cli, ERR_EXPORT_PROOF, "%s", check->path);

	if (check->facts.wants_count == 0)
		cli_fact(check->cli, "why", "a proved value is of no form that this tool knows");
	else if (want->kind == WANT_KEY)
		cli_fact(check->cli, "missing", "%s", want->key);
	else if (want->kind == WANT_LEAF)
		cli_fact(check->cli, "missing", "leaf %" PRIu64, want->log_index);
	else
		cli_fact(check->cli, "missing", "amendment %" PRIu64 " of award %" PRIu64,
			 want->version, want->award);
	return err;
}

static enum err check_all(struct check *check)
{
	struct progress progress;
	enum err err = find_kind(check);

	if (err != ERR_OK)
		return err;
	export_facts_sort(&check->facts);
	check->kind->format(&check->facts, &check->files);
	if (check->facts.wants_count > 0 || check->facts.is_damaged)
		return fail_wanting(check);
	progress_start(&progress, check->cli, "files compared", check->files.count);
	for (size_t i = 0; i < check->files.count && err == ERR_OK; i++) {
		err = compare(check, &check->files.files[i]);
		progress_set(&progress, i + 1);
	}
	progress_end(&progress, check->files.count);
	return err == ERR_OK && check->is_folder ? check_folder(check) : err;
}

static json_t *result_json(const struct check *check, bool is_equal)
{
	const struct header *header = &check->facts.header;
	json_t *result = json_pack("{s:s, s:b, s:s, s:s, s:I, s:I, s:b}", "export", check->path,
				   "holds", (int)is_equal, "programme", check->facts.programme,
				   "network", header->origin, "height", (json_int_t)header->height,
				   "time", (json_int_t)header->time_ms, "signers_pinned",
				   (int)check->vouch.is_pinned);

	if (check->kind != NULL)
		json_object_set_new(result, "format", json_string(check->kind->word));
	json_object_set_new(result, "former_sets", json_integer(check->vouch.former));
	if (check->vouch.has_head)
		json_object_set_new(result, "pinned_height",
				    json_integer((json_int_t)check->vouch.head_height));
	return result;
}

static void print_result(const struct check *check, bool is_equal)
{
	const struct header *header = &check->facts.header;
	char time[32];

	time_format(time, header->time_ms);
	if (is_equal)
		out_line(check->cli, "%s: byte for byte what was proved of programme %s",
			 check->kind->word, check->facts.programme);
	else
		out_line(check->cli, "NOT what was proved of programme %s", check->facts.programme);
	out_line(check->cli, "  as of      height %" PRIu64 ", %s UTC; nothing later is in it",
		 header->height, time);
	out_line(check->cli, "  finality   %u of %u validators signed", check->vouch.signers,
		 check->vouch.members);
	out_line(check->cli, "  signers    %s%s", header->origin,
		 check->vouch.is_pinned ? ", the pinned network"
					: ": NOT CHECKED, nothing is pinned");
	if (check->vouch.former > 0)
		out_line(check->cli, "             relies on %u sets that were replaced since",
			 check->vouch.former);
	if (check->vouch.has_head && check->vouch.head_height > header->height)
		out_line(check->cli, "  pinned     height %" PRIu64 ": %" PRIu64 " blocks later",
			 check->vouch.head_height, check->vouch.head_height - header->height);
}

static enum err conclude(struct check *check, enum err err)
{
	struct cli *cli = check->cli;
	bool is_equal = err == ERR_OK;

	if ((is_equal || err == ERR_EXPORT_DIFFERS) && !out_json(cli, result_json(check, is_equal)))
		print_result(check, is_equal);
	if (is_equal && !check->vouch.is_pinned) {
		err = cli_fail(cli, ERR_RECEIPT_UNPINNED, NULL);
		cli_exit(cli, EXIT_CODE_UNDECIDED);
	}
	return err;
}

static enum err read_proof(struct check *check)
{
	char *path = cli_has(check->cli, "proof")
			     ? path_of("%s", cli_value(check->cli, "proof"))
			     : export_proof_path(check->path, check->is_folder);
	enum err err = export_proof_read(check->cli, path, &check->facts, &check->proof,
					 &check->vouch);

	if (err == ERR_FILE_READ)
		cli_remedy(check->cli, "the proof lies beside its export; or name it: --proof FILE");
	free(path);
	return err;
}

enum err export_check_run(struct cli *cli)
{
	struct check *check = calloc(1, sizeof(*check));
	struct stat stat_now;
	enum err err;

	ASSERT(check != NULL);
	check->cli = cli;
	check->path = cli->args[0];
	check->is_folder = stat(check->path, &stat_now) == 0 && S_ISDIR(stat_now.st_mode);
	export_facts_init(&check->facts);
	export_files_init(&check->files);
	export_files_init(&check->proof);
	err = file_exists(check->path) ? read_proof(check)
				       : cli_fail(cli, ERR_FILE_READ, "%s", check->path);
	if (err == ERR_OK)
		err = conclude(check, check_all(check));
	export_files_release(&check->proof);
	export_files_release(&check->files);
	export_facts_release(&check->facts);
	free(check);
	return err;
}
