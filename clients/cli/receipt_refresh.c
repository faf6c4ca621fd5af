#include "clients/cli/receipt_refresh.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "clients/cli/api.h"
#include "clients/cli/exit.h"
#include "clients/cli/files.h"
#include "clients/cli/out.h"
#include "clients/cli/pins.h"
#include "clients/cli/receipt_file.h"
#include "proofs/shape.h"
#include "proofs/text.h"

struct refresh {
	struct cli *cli;
	const char *path;              /* of the receipt */
	json_t *old;
	json_t *fresh;
	struct receipt_findings was;   /* of the old one, as far as it says what it is of */
	struct receipt_findings found; /* of the new one */
	json_t *items;
	size_t failed;
};

static enum err ask(struct refresh *refresh)
{
	const struct receipt_findings *was = &refresh->was;
	bool is_of_batch = was->has_entry && was->record.operation == OPERATION_CONTENT_BATCH;
	char id[HASH_HEX_LEN + 1], entry[40] = "";
	struct http_answer answer;
	enum err err;

	hex_encode(id, was->record.id.b, sizeof(was->record.id.b));
	if (is_of_batch)
		(void)snprintf(entry, sizeof(entry), "&entry=%" PRIu64, was->entry.index);
	http_answer_init(&answer);
	err = api_get_raw(refresh->cli, &answer, "/v1/transactions/%s/receipt?status=newest%s", id,
			  entry);
	if (err == ERR_OK &&
	    text_parse(buf_bytes(&answer.body), LIMIT_RECEIPT_BYTES, &refresh->fresh) != ERR_OK)
		err = cli_fail(refresh->cli, ERR_NET_ANSWER, "what the node gave is no receipt");
	http_answer_release(&answer);
	return err;
}

/* The node knows the roll-up alone: its item comes from the old receipt. */
static void keep_item(struct refresh *refresh)
{
	json_t *entry;

	if (!refresh->was.has_entry || refresh->was.record.operation != OPERATION_CONTENT_ROLLUP)
		return;
	entry = json_copy(json_object_get(refresh->old, "entry"));
	(void)json_object_del(entry, "count"); /* of version 0 */
	json_object_set_new(refresh->fresh, "entry", entry);
	json_object_set_new(refresh->fresh, "subject",
			    json_pack("{s:o, s:I}", "sha256", json_of_hash(&refresh->was.subject),
				      "size", (json_int_t)refresh->was.subject_size));
}

/* A status is never replaced by an older one, which a node that lags, or one that hides
 * something, would give. */
static bool is_older(const struct receipt_findings *was, const struct receipt_findings *found)
{
	return was->status == FINDING_PASS &&
	       found->said.newest.header.height < was->said.newest.header.height;
}

/* Of the same record, or of the approval by which that motion took effect. */
static bool is_of_same(const struct receipt_findings *was, const struct receipt_findings *found)
{
	if (!hash_equal(&was->cover.top.chain, &found->cover.top.chain) ||
	    was->has_entry != found->has_entry || (was->has_opened && !found->has_opened))
		return false;
	if (was->has_entry && (was->entry.index != found->entry.index ||
			       !bytes_equal(was->entry.data, found->entry.data)))
		return false;
	return hash_equal(&was->record.id, &found->record.id) ||
	       (found->has_opened && hash_equal(&was->record.id, &found->opened.id));
}

/* Why what the node gave may not take the old one's place.  Where nobody vouches for its
 * signers it may not either: anyone can sign with keys of his own. */
static enum err fault_of(const struct receipt_findings *was, const struct receipt_findings *found)
{
	if (found->signer == FINDING_FAIL)
		return found->signer_code;
	if (found->finality != FINDING_PASS)
		return ERR_RECEIPT_FINALITY;
	if (found->inclusion != FINDING_PASS || found->content == FINDING_FAIL ||
	    !is_of_same(was, found))
		return ERR_RECEIPT_INCLUSION;
	if (found->status != FINDING_PASS)
		return ERR_RECEIPT_STATUS;
	return found->signer == FINDING_PASS ? ERR_OK : found->signer_code;
}

static enum err judge(struct refresh *refresh)
{
	const struct receipt_findings *found = &refresh->found;
	struct trust *trust = malloc(sizeof(*trust));
	bool is_pinned;
	enum err err;

	ASSERT(trust != NULL);
	err = pins_find(refresh->cli, &refresh->was.cover.top.chain, &is_pinned, trust);
	if (err == ERR_OK)
		err = receipt_check(refresh->fresh, NULL, is_pinned ? trust : NULL,
				    &refresh->found);
	free(trust);
	if (err == ERR_OK)
		err = fault_of(&refresh->was, found);
	if (err == ERR_OK && is_older(&refresh->was, found))
		return cli_fail(refresh->cli, ERR_SYNCING, "the node knows less than %s says",
				refresh->path);
	if (err == ERR_OK || refresh->cli->failure.err == err)
		return err;
	err = cli_fail(refresh->cli, err, "what the node gave for %s does not hold", refresh->path);
	cli_exit(refresh->cli, err == ERR_RECEIPT_UNPINNED || err == ERR_RECEIPT_REACH
				       ? EXIT_CODE_UNDECIDED
				       : EXIT_CODE_CHECK_FAILED);
	cli_remedy(refresh->cli, "%s; the receipt stays as it was",
		   err == ERR_RECEIPT_UNPINNED ? "pin its network first: stele trust pin"
					       : "ask another node");
	return err;
}

static enum err replace(struct refresh *refresh)
{
	char *text = receipt_text(refresh->fresh);
	enum err err;

	if (text == NULL)
		return cli_fail(refresh->cli, ERR_NET_ANSWER, "%s", refresh->path);
	err = file_write(refresh->cli, refresh->path, bytes_text(text), 0644, true);
	free(text);
	return err;
}

static void report(struct refresh *refresh)
{
	const struct status *said = &refresh->found.said;
	const struct header *newest = &said->newest.header;
	struct cli *cli = refresh->cli;
	char time[32];

	json_array_append_new(refresh->items,
			      json_pack("{s:s, s:s, s:I, s:I}", "receipt", refresh->path, "state",
					said->word, "height", (json_int_t)newest->height, "time",
					(json_int_t)newest->time_ms));
	time_format(time, newest->time_ms);
	if (!cli->is_json)
		out_named(cli, refresh->path, ": %s as of height %" PRIu64 ", %s UTC", said->word,
			  newest->height, time);
	if (!cli->is_json && said->revoked_height != 0)
		out_line(cli, "  its key is revoked from height %" PRIu64 " on",
			 said->revoked_height);
}

static enum err refresh_file(struct refresh *refresh)
{
	enum err err = receipt_read(refresh->cli, refresh->path, &refresh->old);

	if (err != ERR_OK)
		return err;
	err = receipt_check(refresh->old, NULL, NULL, &refresh->was);
	if (err != ERR_OK)
		return cli_fail(refresh->cli, err, "%s", refresh->path);
	err = ask(refresh);
	if (err == ERR_OK) {
		keep_item(refresh);
		err = judge(refresh);
	}
	if (err == ERR_OK)
		err = replace(refresh);
	if (err == ERR_OK)
		report(refresh);
	return err;
}

/* The receipt, or the file that it lies beside. */
static enum err refresh_one(struct refresh *refresh, const char *what)
{
	char *beside = receipt_path_beside(what);
	enum err err;

	refresh->path = !receipt_path_is(what) && file_exists(beside) ? beside : what;
	arena_init(&refresh->was.arena, 0);
	arena_init(&refresh->found.arena, 0);
	err = refresh_file(refresh);
	receipt_findings_release(&refresh->was);
	receipt_findings_release(&refresh->found);
	json_decref(refresh->old);
	json_decref(refresh->fresh);
	refresh->old = refresh->fresh = NULL;
	free(beside);
	return err;
}

enum err receipt_refresh_run(struct cli *cli)
{
	struct refresh *refresh = calloc(1, sizeof(*refresh));
	enum err err = ERR_OK;

	ASSERT(refresh != NULL);
	refresh->cli = cli;
	refresh->items = json_array();
	for (size_t i = 0; i < cli->args_count; i++) {
		enum err one = refresh_one(refresh, cli->args[i]);

		if (one == ERR_OK)
			continue;
		err = one;
		refresh->failed++;
		if (cli->args_count > 1 && !cli->is_json)
			out_named(cli, cli->args[i], ": not refreshed: [E%04u] %s", (unsigned)one,
				  err_text(one));
	}
	if (cli->is_json)
		(void)out_json(cli, json_pack("{s:O, s:I}", "receipts", refresh->items, "failed",
					      (json_int_t)refresh->failed));
	if (err != ERR_OK && cli->args_count > 1)
		err = cli_fail(cli, ERR_ITEMS_FAILED, "%zu of %zu receipts stay as they were",
			       refresh->failed, cli->args_count);
	json_decref(refresh->items);
	free(refresh);
	return err;
}
