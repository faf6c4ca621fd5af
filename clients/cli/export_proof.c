#include "clients/cli/export_proof.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "clients/cli/export_ask.h"
#include "clients/cli/files.h"
#include "clients/cli/pins.h"
#include "clients/cli/proofs.h"

char *export_part_path(const char *path, size_t k)
{
	return k == 0 ? path_of("%s", path) : path_of("%s.%zu", path, k + 1);
}

/* --- facts of one proof ---------------------------------------------------------- */

static enum err take_header(struct export_facts *facts, const struct cover *cover)
{
	if (hash_is_zero(&facts->block)) {
		facts->header = cover->last;
		facts->block = cover->last_block;
	}
	return hash_equal(&facts->block, &cover->last_block) ? ERR_OK : ERR_EXPORT_PROOF;
}

static enum err take_facts(struct export_facts *facts, const struct proof_facts *proved)
{
	enum err err = take_header(facts, &proved->cover);

	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < proved->entries_count; i++)
		export_facts_add(facts, proved->entries[i].key, proved->entries[i].value);
	for (size_t i = 0; i < proved->facts_count; i++) {
		const struct fact *fact = &proved->facts[i];

		if (fact->kind == FACT_AWARDS) {
			if (facts->programme[0] != '\0' &&
			    strcmp(facts->programme, fact->subject) != 0)
				return ERR_EXPORT_PROOF;
			memcpy(facts->programme, fact->subject, strlen(fact->subject) + 1);
		}
		if (fact->kind == FACT_INCLUSION)
			export_facts_add_leaf(facts, fact->log_index, fact->data);
	}
	return facts->has_failed ? ERR_MEMORY : ERR_OK;
}

static enum err take_pin(struct cli *cli, struct export_vouch *vouch, const struct cover *cover)
{
	struct trust trust;
	bool is_found;
	enum err err = pins_find(cli, &cover->last.chain, &is_found, &trust);

	if (err == ERR_OK && is_found && trust.has_head) {
		vouch->has_head = true;
		vouch->head_height = trust.head.height;
	}
	return err;
}

enum err export_proof_take(struct cli *cli, const json_t *proof, struct export_facts *facts,
			   struct export_vouch *vouch)
{
	struct proof_facts *proved = calloc(1, sizeof(*proved));
	enum err err;

	ASSERT(proved != NULL);
	err = proof_judge(cli, proof, proved, &vouch->is_pinned);
	if (err == ERR_OK)
		err = take_facts(facts, proved);
	if (err == ERR_OK)
		err = take_pin(cli, vouch, &proved->cover);
	vouch->signers = proved->cover.signers;
	vouch->members = proved->cover.members;
	vouch->former = proved->former;
	proof_facts_release(proved);
	free(proved);
	return err;
}

/* --- from files ------------------------------------------------------------------------ */

static enum err read_part(struct cli *cli, const char *path, struct export_facts *facts,
			  struct export_files *parts, struct export_vouch *vouch)
{
	struct export_file *part = export_files_add(parts, "");
	json_t *proof = NULL;
	enum err err;

	buf_init(&part->text, LIMIT_PROOF_BYTES);
	err = file_read(cli, path, &part->text);
	if (err == ERR_FILE_FORM) /* larger than any proof */
		err = cli_fail(cli, ERR_RECEIPT_FORM, "%s is no proof", path);
	if (err != ERR_OK)
		return err;
	err = proof_parse(buf_bytes(&part->text), &proof);
	if (err == ERR_OK)
		err = export_proof_take(cli, proof, facts, vouch);
	json_decref(proof);
	if (err != ERR_OK && cli->failure.err != err) {
		cli_fail(cli, err, "%s does not hold", path);
		cli_exit(cli, EXIT_CODE_CHECK_FAILED);
	}
	return err;
}

enum err export_proof_read(struct cli *cli, const char *path, struct export_facts *facts,
			   struct export_files *proof, struct export_vouch *vouch)
{
	enum err err = ERR_OK;

	for (size_t k = 0; k < EXPORT_PARTS_MAX && err == ERR_OK; k++) {
		char *part = export_part_path(path, k);
		bool is_there = k == 0 || file_exists(part);

		if (is_there)
			err = read_part(cli, part, facts, proof, vouch);
		free(part);
		if (!is_there)
			break;
	}
	if (err == ERR_OK && facts->programme[0] == '\0')
		err = cli_fail(cli, ERR_EXPORT_PROOF, "%s proves no programme's awards", path);
	export_facts_sort(facts);
	return err;
}
