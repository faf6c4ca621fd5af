/* stele export: a programme as files for others, each with the proof that pins it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/export_check.h"
#include "clients/cli/export_proof.h"
#include "clients/cli/export_receipts.h"
#include "clients/cli/files.h"
#include "clients/cli/out.h"
#include "clients/cli/progress.h"

struct export {
	struct cli *cli;
	const struct export_kind *kind;
	const char *programme, *to;
	struct export_facts facts;
	struct export_files files;
	struct export_vouch vouch;
	struct export_files proof; /* its parts */
};

/* --- writing ------------------------------------------------------------------------- */

static enum err put(const struct export *export, const struct export_file *file)
{
	char *path = file->name[0] != '\0' ? path_of("%s/%s", export->to, file->name)
					   : path_of("%s", export->to);
	enum err err = ERR_OK;

	if (file->text.has_failed)
		err = cli_fail(export->cli, ERR_FILE_WRITE, "%s is larger than %zu bytes", path,
			       file->text.max);
	if (err == ERR_OK)
		err = file_write(export->cli, path, buf_bytes(&file->text), 0644, false);
	free(path);
	return err;
}

static enum err make_folders(const struct export *export)
{
	static const char *const below[] = {EXPORT_RECORDS, EXPORT_RECEIPTS};
	enum err err = folder_make(export->cli, export->to, 0755);

	for (size_t i = 0; i < 2 && err == ERR_OK && export->kind->has_receipts; i++) {
		char *path = path_of("%s/%s", export->to, below[i]);

		err = folder_make(export->cli, path, 0755);
		free(path);
	}
	return err;
}

static void add_sums(struct export *export)
{
	struct buf sums;

	buf_init(&sums, EXPORT_BYTES_MAX);
	export_sums(&sums, &export->files, &export->proof);
	buf_add_bytes(&export_files_add(&export->files, EXPORT_SUMS_NAME)->text, buf_bytes(&sums));
	buf_release(&sums);
}

static enum err write_proof(struct export *export)
{
	char *path = export_proof_path(export->to, export->kind->is_folder);
	enum err err = ERR_OK;

	for (size_t k = export->proof.count; k-- > 0 && err == ERR_OK;) {
		char *part = export_part_path(path, k);

		err = file_write(export->cli, part, buf_bytes(&export->proof.files[k].text), 0644,
				 false);
		free(part);
	}
	free(path);
	return err;
}

/* The first part of the proof comes last: an export without it was cut off. */
static enum err write_all(struct export *export)
{
	struct progress progress;
	enum err err = export->kind->is_folder ? make_folders(export) : ERR_OK;

	if (err == ERR_OK && export->kind->has_receipts)
		add_sums(export);
	progress_start(&progress, export->cli, "files written", export->files.count);
	for (size_t i = 0; i < export->files.count && err == ERR_OK; i++) {
		err = put(export, &export->files.files[i]);
		progress_set(&progress, i + 1);
	}
	if (err == ERR_OK)
		err = write_proof(export);
	progress_end(&progress, export->files.count);
	return err;
}

/* Nothing is overwritten, and that is known before a node is asked. */
static enum err check_free(const struct export *export)
{
	char *proof = export_proof_path(export->to, export->kind->is_folder);
	const char *taken = file_exists(export->to) ? export->to : file_exists(proof) ? proof : NULL;
	enum err err = taken != NULL ? cli_fail(export->cli, ERR_FILE_EXISTS, "%s", taken) : ERR_OK;

	free(proof);
	return err;
}

/* --- saying what was done ---------------------------------------------------------------- */

static json_t *result_json(const struct export *export, uint64_t awards)
{
	const struct header *header = &export->facts.header;
	char *proof = export_proof_path(export->to, export->kind->is_folder);
	json_t *result = json_pack(
		"{s:s, s:s, s:s, s:s, s:I, s:s, s:I, s:I, s:I, s:b}", "export", export->to, "format",
		export->kind->word, "proof", proof, "programme", export->programme, "awards",
		(json_int_t)awards, "network", header->origin, "height", (json_int_t)header->height,
		"time", (json_int_t)header->time_ms, "files",
		(json_int_t)(export->files.count + export->proof.count), "signers_pinned",
		(int)export->vouch.is_pinned);

	free(proof);
	return result;
}

static enum err conclude(struct export *export)
{
	const Stele__ProgrammeValue *programme = export_value(&export->facts, VALUE_PROGRAMME,
							      "programme/%s", export->programme);
	uint64_t awards = programme != NULL ? programme->awards : 0;
	struct cli *cli = export->cli;
	char time[32];

	time_format(time, export->facts.header.time_ms);
	if (!out_json(cli, result_json(export, awards))) {
		out_line(cli, "%s: programme %s with all its %" PRIu64 " awards, proved", export->to,
			 export->programme, awards);
		out_line(cli, "  as of      height %" PRIu64 ", %s UTC", export->facts.header.height,
			 time);
		out_line(cli, "  signers    %s%s", export->facts.header.origin,
			 export->vouch.is_pinned ? ", the pinned network"
						 : ": NOT CHECKED, nothing is pinned");
		out_line(cli, "anybody can check it, offline: stele export check %s", export->to);
	}
	if (export->vouch.is_pinned)
		return ERR_OK;
	(void)cli_fail(cli, ERR_RECEIPT_UNPINNED, NULL);
	cli_exit(cli, EXIT_CODE_UNDECIDED);
	return ERR_RECEIPT_UNPINNED;
}

/* --- the command --------------------------------------------------------------------------- */

static enum err make(struct export *export)
{
	const Stele__ProgrammeValue *programme;
	enum err err = export_gather(export->cli, export->programme, export->kind->format,
				     &export->facts, &export->files, &export->proof, &export->vouch);

	if (err != ERR_OK)
		return err;
	programme = export_value(&export->facts, VALUE_PROGRAMME, "programme/%s", export->programme);
	if (export->kind->format == export_360giving && programme != NULL && programme->awards == 0)
		return cli_fail(export->cli, ERR_EXPORT_EMPTY, "programme %s", export->programme);
	if (export->kind->has_receipts)
		err = export_receipts_get(export->cli, &export->facts, &export->files);
	return err == ERR_OK ? write_all(export) : err;
}

static enum err run(struct cli *cli, const char *word)
{
	struct export *export = calloc(1, sizeof(*export));
	enum err err;

	ASSERT(export != NULL);
	export->cli = cli;
	export->kind = export_kinds;
	while (strcmp(export->kind->word, word) != 0)
		export->kind++;
	export->programme = cli->args[0];
	export->to = cli->args[1];
	export_facts_init(&export->facts);
	export_files_init(&export->files);
	export_files_init(&export->proof);
	err = api_segment(cli, "programme", export->programme);
	if (err == ERR_OK)
		err = check_free(export);
	if (err == ERR_OK)
		err = make(export);
	if (err == ERR_OK)
		err = conclude(export);
	export_files_release(&export->proof);
	export_files_release(&export->files);
	export_facts_release(&export->facts);
	free(export);
	return err;
}

static enum err run_360giving(struct cli *cli)
{
	return run(cli, "360giving");
}

static enum err run_csv(struct cli *cli)
{
	return run(cli, "csv");
}

static enum err run_ndjson(struct cli *cli)
{
	return run(cli, "ndjson");
}

static enum err run_evidence(struct cli *cli)
{
	return run(cli, "evidence");
}

static const struct option_spec options_check[] = {
	{"proof", 0, OPTION_VALUE, "FILE", "the proof, where it does not lie beside the export"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_export[] = {
	{"export 360giving", "PROGRAMME FILE", 2, 2, "a programme's awards as a 360Giving package",
	 "Writes a package of the 360Giving data standard 1.4, a grant a line, and FILE.proof.json, "
	 "from which the whole file follows: that these are all awards, and every value. Dates are "
	 "full RFC 3339. Recoveries and reversed payments have no place in that standard; csv, ndjson "
	 "and evidence have them. Nothing is overwritten.",
	 "stele export 360giving CN-BJ-I3 awards.json\nstele export check awards.json", NULL,
	 run_360giving},
	{"export csv", "PROGRAMME FOLDER", 2, 2, "a programme as tables of comma-separated values",
	 "Writes a new folder of tables (RFC 4180, UTF-8, a heading in each): export, programme, "
	 "areas, calls, documents, decisions, awards, recipients, milestones, amendments, payments, "
	 "recoveries, organisations, and proof.json. Amounts stand there twice, as decimals and in "
	 "minor units. A value that a spreadsheet would take for a formula has a ' before it, and so "
	 "has one that begins with '.",
	 "stele export csv CN-BJ-I3 tables\nstele export check tables", NULL, run_csv},
	{"export ndjson", "PROGRAMME FILE", 2, 2, "the same rows as JSON, one object a line",
	 "Writes one file of all tables, each row an object with its table's name, members ascending, "
	 "and FILE.proof.json. The first line says of which network and as of which block.",
	 "stele export ndjson CN-BJ-I3 programme.ndjson\n"
	 "jq -r 'select(.table == \"awards\") | .amount' programme.ndjson",
	 NULL, run_ndjson},
	{"export evidence", "PROGRAMME FOLDER", 2, 2, "a programme's records with all that proves them",
	 "Writes a new folder for whoever wants to check without this tool: the rows, the leaf and "
	 "the receipt of every record that they name, the genesis document, the proof, SHA256SUMS, "
	 "and a README that says how to check all of it with stock tools.",
	 "stele export evidence CN-BJ-I3 evidence\nstele export check evidence", NULL, run_evidence},
	{"export check", "FILE|FOLDER", 1, 1, "check an export against its proof, offline",
	 "Makes the export anew from what its proof proves and compares byte by byte: a value that "
	 "was changed, an award that was left out, added, doubled or moved is named with its line "
	 "and field, and with both values. The proof is checked against the pinned network. Exit "
	 "code 3 where anything differs, 5 where nothing is pinned. Opens no socket.",
	 "stele export check awards.json\nstele export check tables --trust net.genesis",
	 options_check, export_check_run},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
