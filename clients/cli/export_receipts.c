#include "clients/cli/export_receipts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/files.h"
#include "clients/cli/pins.h"
#include "clients/cli/progress.h"
#include "clients/cli/receipt_file.h"

/* The log index of a leaf's file; false: another file. */
static bool leaf_index(const struct export_file *file, uint64_t *out)
{
	const char *at = file->name + sizeof(EXPORT_RECORDS);
	const char *end = strstr(file->name, ".leaf");

	return strncmp(file->name, EXPORT_RECORDS "/", sizeof(EXPORT_RECORDS)) == 0 && end != NULL &&
	       decimal_decode(out, bytes_of(at, (size_t)(end - at)));
}

static uint64_t leaves_count(const struct export_files *files)
{
	uint64_t count = 0, log_index;

	for (size_t i = 0; i < files->count; i++)
		count += leaf_index(&files->files[i], &log_index);
	return count;
}

/* --- from a node ------------------------------------------------------------------ */

static enum err get(struct cli *cli, struct export_facts *facts, uint64_t log_index,
		    struct export_files *files)
{
	const struct tx *tx = export_leaf_tx(facts, log_index);
	char hex[HASH_HEX_LEN + 1], name[EXPORT_NAME_MAX];
	struct http_answer answer;
	struct export_file *file;
	enum err err;

	if (tx == NULL)
		return cli_fail(cli, ERR_NET_ANSWER, "leaf %" PRIu64 " is no transaction", log_index);
	hex_encode(hex, tx->id.b, sizeof(tx->id.b));
	http_answer_init(&answer);
	err = api_get_raw(cli, &answer, "/v1/transactions/%s/receipt", hex);
	if (err == ERR_OK) {
		(void)snprintf(name, sizeof(name), EXPORT_RECEIPTS "/%" PRIu64 RECEIPT_SUFFIX,
			       log_index);
		file = export_files_add(files, name);
		buf_add_bytes(&file->text, buf_bytes(&answer.body));
	}
	http_answer_release(&answer);
	return err;
}

enum err export_receipts_get(struct cli *cli, struct export_facts *facts,
			     struct export_files *files)
{
	size_t count = files->count;
	uint64_t done = 0, log_index;
	struct progress progress;
	enum err err = ERR_OK;

	progress_start(&progress, cli, "receipts read", leaves_count(files));
	for (size_t i = 0; i < count && err == ERR_OK; i++) {
		if (!leaf_index(&files->files[i], &log_index))
			continue;
		err = get(cli, facts, log_index, files);
		progress_set(&progress, ++done);
	}
	progress_end(&progress, done);
	return err;
}

/* --- from the folder ------------------------------------------------------------------ */

/* What the receipt proves, and that it proves this leaf: as its record, or as the motion
 * that its record executed. */
static enum err judge(const json_t *receipt, const struct trust *trust,
		      const struct export_facts *facts, const struct export_leaf *leaf)
{
	struct receipt_findings *found = calloc(1, sizeof(*found));
	enum err err;

	ASSERT(found != NULL);
	err = receipt_check(receipt, NULL, trust, found);
	if (err == ERR_OK)
		err = receipt_fault(found, trust != NULL);
	if (err == ERR_OK && (!receipt_speaks_of(found, leaf->log_index, leaf->data) ||
			      !hash_equal(&found->cover.last.chain, &facts->header.chain)))
		err = ERR_EXPORT_DIFFERS;
	receipt_findings_release(found);
	free(found);
	return err;
}

static enum err check(struct cli *cli, const char *folder, const struct trust *trust,
		      const struct export_facts *facts, const struct export_leaf *leaf,
		      struct export_file *file)
{
	char *path = path_of("%s/%s", folder, file->name);
	json_t *receipt = NULL;
	enum err err;

	buf_init(&file->text, LIMIT_RECEIPT_BYTES);
	err = file_read(cli, path, &file->text);
	if (err == ERR_OK) {
		err = receipt_parse(buf_bytes(&file->text), &receipt);
		if (err == ERR_OK)
			err = judge(receipt, trust, facts, leaf);
		if (err != ERR_OK) {
			cli_fail(cli, err, "%s", path);
			cli_fact(cli, "file", "%s", file->name);
			cli_fact(cli, "record", "leaf %" PRIu64, leaf->log_index);
		}
		json_decref(receipt);
	}
	free(path);
	return err;
}

enum err export_receipts_check(struct cli *cli, const char *folder, struct export_facts *facts,
			       struct export_files *files)
{
	size_t count = files->count;
	uint64_t done = 0, log_index;
	struct progress progress;
	struct trust trust;
	bool is_pinned;
	enum err err = pins_find(cli, &facts->header.chain, &is_pinned, &trust);

	progress_start(&progress, cli, "receipts checked", leaves_count(files));
	for (size_t i = 0; i < count && err == ERR_OK; i++) {
		char name[EXPORT_NAME_MAX];
		struct export_leaf leaf;

		if (!leaf_index(&files->files[i], &log_index))
			continue;
		leaf = (struct export_leaf){.log_index = log_index,
					    .data = buf_bytes(&files->files[i].text)};
		(void)snprintf(name, sizeof(name), EXPORT_RECEIPTS "/%" PRIu64 RECEIPT_SUFFIX,
			       log_index);
		err = check(cli, folder, is_pinned ? &trust : NULL, facts, &leaf,
			    export_files_add(files, name));
		progress_set(&progress, ++done);
	}
	progress_end(&progress, done);
	return err;
}
