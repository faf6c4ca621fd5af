#include "clients/cli/export_proof.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/out.h"
#include "clients/cli/progress.h"
#include "clients/cli/proofs.h"

#define KEYS_EACH 24 /* of one proof: their names fit into one address */
#define TRIES 20     /* to have all proofs under one header */

/* --- facts of one proof ---------------------------------------------------------- */

static enum err take_header(struct export_facts *facts, const struct cover *cover)
{
	if (facts->header.height == 0 && hash_is_zero(&facts->block)) {
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
	return ERR_OK;
}

static enum err take_proof(struct cli *cli, const json_t *proof, struct export_facts *facts,
			   struct export_vouch *vouch)
{
	struct proof_facts *proved = calloc(1, sizeof(*proved));
	enum err err;

	ASSERT(proved != NULL);
	err = proof_judge(cli, proof, proved, &vouch->is_pinned);
	if (err == ERR_OK)
		err = take_facts(facts, proved);
	vouch->signers = proved->cover.signers;
	vouch->members = proved->cover.members;
	proof_facts_release(proved);
	free(proved);
	return err;
}

/* --- from a node ------------------------------------------------------------------- */

struct gathering {
	struct cli *cli;
	struct export_facts *facts;
	struct export_vouch *vouch;
	struct buf *proof;
	char **paths; /* of all proofs that are needed, as far as that is known */
	size_t count, room;
	size_t done; /* of these, taken under the present header */
};

static void add_path(struct gathering *gathering, struct buf *path)
{
	if (gathering->count == gathering->room) {
		gathering->room = gathering->room > 0 ? gathering->room * 2 : 64;
		gathering->paths = reallocarray(gathering->paths, gathering->room,
						sizeof(*gathering->paths));
		ASSERT(gathering->paths != NULL);
	}
	buf_u8(path, 0);
	ASSERT(!path->has_failed);
	gathering->paths[gathering->count] = strdup((const char *)path->at);
	ASSERT(gathering->paths[gathering->count] != NULL);
	gathering->count++;
	buf_reset(path);
}

/* Another header than the proofs before: all are asked for again. */
static void start_again(struct gathering *gathering)
{
	char programme[sizeof(gathering->facts->programme)];

	memcpy(programme, gathering->facts->programme, sizeof(programme));
	export_facts_release(gathering->facts);
	export_facts_init(gathering->facts);
	memcpy(gathering->facts->programme, programme, sizeof(programme));
	buf_reset(gathering->proof);
	gathering->done = 0;
}

static enum err get_one(struct gathering *gathering, const char *path)
{
	struct cli *cli = gathering->cli;
	json_t *proof = NULL;
	char *text;
	enum err err = api_get_from(cli, HTTP_NODE_ANY, &proof, path);

	if (err != ERR_OK)
		return err;
	err = take_proof(cli, proof, gathering->facts, gathering->vouch);
	text = json_dumps(proof, JSON_COMPACT | JSON_SORT_KEYS);
	ASSERT(text != NULL);
	buf_print(gathering->proof, "%s\n", text);
	free(text);
	json_decref(proof);
	if (err != ERR_OK && err != ERR_EXPORT_PROOF && cli->failure.err != err)
		err = cli_fail(cli, err, "a node's proof does not hold");
	return err;
}

static enum err get_paths(struct gathering *gathering, struct progress *progress)
{
	enum err err = ERR_OK;

	for (unsigned tries = 0; err == ERR_OK && gathering->done < gathering->count;) {
		err = get_one(gathering, gathering->paths[gathering->done]);
		if (err == ERR_EXPORT_PROOF && tries < TRIES) {
			start_again(gathering);
			tries++;
			err = ERR_OK;
			continue;
		}
		gathering->done++;
		progress_set(progress, gathering->done);
	}
	if (err == ERR_EXPORT_PROOF) {
		err = cli_fail(gathering->cli, ERR_NET_ANSWER,
			       "the ledger grows faster than its proofs can be read");
		cli_exit(gathering->cli, EXIT_CODE_UNDECIDED);
	}
	return err;
}

/* --- amendments: which records they are, a node says; that they are, the proofs --- */

static enum err want_amendment(struct gathering *gathering, const struct export_want *want,
			       struct buf *path)
{
	struct cli *cli = gathering->cli;
	char history[160], key[64];
	json_t *list = NULL, *item;
	uint64_t motion, log_index;
	size_t i;
	enum err err;

	(void)snprintf(history, sizeof(history), "/v1/programmes/%.64s/awards/%" PRIu64 "/history",
		       want->key, want->award);
	err = api_get_all(cli, &list, history);
	if (err != ERR_OK)
		return err;
	json_array_foreach(json_object_get(list, "items"), i, item)
	{
		const Stele__MotionValue *value = NULL;

		if (strcmp(json_text(item, "executed"), "award.amend") == 0 &&
		    json_u64(item, "motion", &motion)) {
			(void)snprintf(key, sizeof(key), "motion/%" PRIu64, motion);
			if (!export_facts_know(gathering->facts, key)) {
				buf_print(path, "/v1/proofs/state?key=%s", key);
				add_path(gathering, path);
				continue;
			}
			value = export_value(gathering->facts, VALUE_MOTION, "%s", key);
			log_index = value != NULL ? value->log_index : 0;
		} else if (strcmp(json_text(item, "operation"), "award.amend") != 0 ||
			   !json_u64(item, "log_index", &log_index)) {
			continue;
		}
		buf_print(path, "/v1/proofs/inclusion?log_index=%" PRIu64, log_index);
		add_path(gathering, path);
	}
	json_decref(list);
	return ERR_OK;
}

/* --- round after round ---------------------------------------------------------------- */

static enum err want_all(struct gathering *gathering)
{
	struct export_facts *facts = gathering->facts;
	struct export_want *wants = facts->wants;
	size_t count = facts->wants_count, keys = 0;
	struct buf path;
	enum err err = ERR_OK;

	facts->wants = NULL;
	facts->wants_count = facts->wants_room = 0;
	buf_init(&path, LIMIT_HTTP_URL_BYTES);
	for (size_t i = 0; i < count; i++) {
		if (wants[i].kind != WANT_KEY)
			continue;
		buf_print(&path, keys == 0 ? "/v1/proofs/state?key=" : "&key=");
		url_add(&path, wants[i].key);
		if (++keys == KEYS_EACH) {
			add_path(gathering, &path);
			keys = 0;
		}
	}
	if (keys > 0)
		add_path(gathering, &path);
	for (size_t i = 0; i < count && err == ERR_OK; i++) {
		if (wants[i].kind == WANT_LEAF) {
			buf_print(&path, "/v1/proofs/inclusion?log_index=%" PRIu64,
				  wants[i].log_index);
			add_path(gathering, &path);
		} else if (wants[i].kind == WANT_AMENDMENT) {
			err = want_amendment(gathering, &wants[i], &path);
		}
	}
	buf_release(&path);
	free(wants);
	return err;
}

static enum err gather(struct gathering *gathering, export_format *format,
		       struct export_files *files)
{
	struct progress progress;
	size_t before;
	enum err err;

	progress_start(&progress, gathering->cli, "proofs read", 0);
	do {
		before = gathering->count;
		err = get_paths(gathering, &progress);
		if (err != ERR_OK)
			break;
		export_facts_sort(gathering->facts);
		export_files_release(files);
		format(gathering->facts, files);
		if (gathering->facts->wants_count == 0)
			break;
		export_facts_settle(gathering->facts);
		err = want_all(gathering);
	} while (err == ERR_OK && gathering->count > before);
	progress_end(&progress, gathering->done);
	if (err == ERR_OK && (gathering->facts->wants_count > 0 || gathering->facts->is_damaged))
		err = cli_fail(gathering->cli, ERR_NET_ANSWER,
			       "the node's proofs do not say what the export needs");
	return err;
}

enum err export_gather(struct cli *cli, const char *programme, export_format *format,
		       struct export_facts *facts, struct export_files *files, struct buf *proof,
		       struct export_vouch *vouch)
{
	struct gathering gathering = {.cli = cli, .facts = facts, .vouch = vouch, .proof = proof};
	struct buf path;
	enum err err;

	buf_init(&path, LIMIT_HTTP_URL_BYTES);
	buf_print(&path, "/v1/proofs/awards/%s", programme);
	add_path(&gathering, &path);
	err = gather(&gathering, format, files);
	if (err == ERR_OK && strcmp(facts->programme, programme) != 0)
		err = cli_fail(cli, ERR_NET_ANSWER, "the node's proof is of another programme");
	buf_release(&path);
	for (size_t i = 0; i < gathering.count; i++)
		free(gathering.paths[i]);
	free(gathering.paths);
	return err;
}

/* --- from a file ---------------------------------------------------------------------- */

static enum err read_line(struct cli *cli, const char *name, size_t number, struct bytes line,
			  struct export_facts *facts, struct export_vouch *vouch)
{
	json_error_t error;
	json_t *proof = json_loadb((const char *)line.at, line.len, JSON_REJECT_DUPLICATES, &error);
	enum err err;

	if (proof == NULL) {
		err = cli_fail(cli, ERR_RECEIPT_FORM, "%s is no proof", name);
		cli_fact(cli, "place", "line %zu, column %d: %s", number, error.column, error.text);
		return err;
	}
	err = take_proof(cli, proof, facts, vouch);
	json_decref(proof);
	if (err != ERR_OK && cli->failure.err != err) {
		cli_fail(cli, err, "%s does not hold", name);
		cli_fact(cli, "place", "line %zu", number);
		cli_exit(cli, EXIT_CODE_CHECK_FAILED);
	}
	return err;
}

enum err export_proof_read(struct cli *cli, const char *name, struct bytes text,
			   struct export_facts *facts, struct export_vouch *vouch)
{
	size_t number = 0;
	enum err err = ERR_OK;

	while (text.len > 0 && err == ERR_OK) {
		const uint8_t *end = memchr(text.at, '\n', text.len);
		struct bytes line = bytes_of(text.at, end != NULL ? (size_t)(end - text.at) : text.len);

		err = read_line(cli, name, ++number, line, facts, vouch);
		text = bytes_of(text.at + line.len + (end != NULL),
				text.len - line.len - (end != NULL));
	}
	if (err == ERR_OK && facts->programme[0] == '\0')
		err = cli_fail(cli, ERR_EXPORT_PROOF, "%s proves no programme's awards", name);
	export_facts_sort(facts);
	return err;
}
