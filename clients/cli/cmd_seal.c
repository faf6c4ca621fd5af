/* stele anchor seal: a claim's rank now, the claim itself later. */
#include <stdlib.h>
#include <string.h>

#include "clients/cli/anchor.h"
#include "clients/cli/api.h"
#include "clients/cli/out.h"
#include "clients/cli/seals.h"
#include "clients/cli/signer.h"
#include "proofs/shape.h"

/* --- seal ------------------------------------------------------------------------------- */

struct sealing {
	struct anchor anchor; /* which files */
	char org[LIMIT_SEGMENT + 1];
	struct vault vault;
	struct anchor_item **items; /* one of each content */
	size_t count;
};

/* One of each content that could be read; their salts are on the disk when this
 * returns, before anything leaves this machine. */
static enum err write_salts(struct sealing *sealing)
{
	struct anchor *anchor = &sealing->anchor;
	size_t before;
	enum err err = vault_open(anchor->cli, &sealing->vault);

	if (err != ERR_OK)
		return err;
	before = json_array_size(sealing->vault.entries);
	for (size_t i = 0; i < anchor->count && err == ERR_OK; i++) {
		struct anchor_item *item = anchor->by_hash[i];
		json_t *entry = seal_find(&sealing->vault, &anchor->chain, sealing->org,
					  &item->file.sha256);

		if (item->state != ANCHOR_WAITING ||
		    (sealing->count > 0 &&
		     hash_equal(&sealing->items[sealing->count - 1]->file.sha256,
				&item->file.sha256)))
			continue;
		if (entry == NULL)
			entry = seal_add(&sealing->vault, &anchor->chain, sealing->org,
					 &item->file, item->path);
		err = seal_read(anchor->cli, entry, &item->commitment, &item->salt);
		sealing->items[sealing->count++] = item;
	}
	if (err == ERR_OK && json_array_size(sealing->vault.entries) > before)
		err = vault_save(&sealing->vault);
	return err;
}

static enum err make(struct cli *cli, void *context, size_t index, struct arena *arena,
		     Stele__TransactionBody *body, struct buf *attachment)
{
	const struct sealing *sealing = context;
	Stele__ContentCommit *record = arena_alloc(arena, sizeof(*record));
	const struct hash *commitment = &sealing->items[index]->commitment;

	(void)cli, (void)attachment;
	ASSERT(record != NULL);
	stele__content_commit__init(record);
	record->commitment.len = sizeof(commitment->b);
	record->commitment.data = arena_copy(arena, commitment->b, sizeof(commitment->b));
	ASSERT(record->commitment.data != NULL);
	body->operation_case = STELE__TRANSACTION_BODY__OPERATION_CONTENT_COMMIT;
	body->content_commit = record;
	return ERR_OK;
}

static enum err on_sent(struct cli *cli, void *context, size_t index, const struct sent *sent)
{
	struct sealing *sealing = context;
	struct anchor_item *item = sealing->items[index];

	(void)cli;
	item->id = sent->id;
	item->height = sent->height;
	item->time_ms = sent->time_ms;
	item->log_index = sent->log_index;
	item->err = sent->err;
	if (sent->err == ERR_OK)
		item->state = ANCHOR_DONE;
	else if (sent->err == ERR_EXISTS_COMMIT) /* by a run that was cut off */
		item->state = ANCHOR_SKIPPED;
	else
		item->state = sent->err == ERR_PENDING ? ANCHOR_PENDING : ANCHOR_FAILED;
	return ERR_OK;
}

static const char *state_text(enum anchor_state state)
{
	switch (state) {
	case ANCHOR_WAITING:
		return "not sent";
	case ANCHOR_SKIPPED:
		return "sealed before";
	case ANCHOR_DONE:
		return "sealed";
	case ANCHOR_PENDING:
		return "pending";
	case ANCHOR_FAILED:
		return "failed";
	}
	UNREACHABLE();
}

static json_t *item_json(const struct anchor_item *item)
{
	json_t *object = json_pack("{s:s, s:s, s:o, s:o}", "path", item->path, "state",
				   state_text(item->state), "sha256",
				   json_of_hash(&item->file.sha256), "commitment",
				   json_of_hash(&item->commitment));
	char code[8];

	if (item->state == ANCHOR_DONE) {
		json_object_set_new(object, "transaction", json_of_hash(&item->id));
		json_object_set_new(object, "height", json_integer((json_int_t)item->height));
		json_object_set_new(object, "log_index", json_integer((json_int_t)item->log_index));
	}
	if (item->state == ANCHOR_FAILED) {
		(void)snprintf(code, sizeof(code), "E%04d", (int)item->err);
		json_object_set_new(object, "error", json_string(code));
	}
	return object;
}

static void print_item(const struct cli *cli, const struct anchor_item *item)
{
	if (item->state == ANCHOR_FAILED)
		out_named(cli, item->path, ": E%04d %s", (int)item->err, err_text(item->err));
	else if (item->state == ANCHOR_DONE)
		out_named(cli, item->path, ": sealed, height %llu, log index %llu",
			  (unsigned long long)item->height, (unsigned long long)item->log_index);
	else
		out_named(cli, item->path, ": %s", state_text(item->state));
}

static enum err summarize(struct sealing *sealing, enum err err)
{
	struct cli *cli = sealing->anchor.cli;
	size_t by_state[ANCHOR_FAILED + 1] = {0};
	json_t *items = json_array();

	for (size_t i = 0; i < sealing->count; i++) {
		by_state[sealing->items[i]->state]++;
		print_item(cli, sealing->items[i]);
		json_array_append_new(items, item_json(sealing->items[i]));
	}
	(void)out_json(cli, json_pack("{s:s, s:o}", "vault", sealing->vault.path, "items", items));
	out_remark(cli, "keep a copy of %s: without it none of these can be opened",
		   sealing->vault.path);
	if (err != ERR_OK)
		return err;
	if (by_state[ANCHOR_FAILED] > 0)
		return cli_fail(cli, sealing->count == 1 ? sealing->items[0]->err : ERR_ITEMS_FAILED,
				"%s", cli->args[0]);
	if (by_state[ANCHOR_PENDING] == 0)
		return ERR_OK;
	err = cli_fail(cli, ERR_PENDING, NULL);
	cli_remedy(cli, "run the same command again: it sends the same commitments");
	return err;
}

static enum err seal_all(struct sealing *sealing)
{
	struct sending sending = {.what = "commitments recorded",
				  .make = make,
				  .on_sent = on_sent,
				  .context = sealing};
	enum err err;

	sealing->items = calloc(sealing->anchor.count + 1, sizeof(struct anchor_item *));
	ASSERT(sealing->items != NULL);
	err = write_salts(sealing);
	if (err == ERR_OK) {
		sending.count = sealing->count;
		err = summarize(sealing, sending_run(sealing->anchor.cli, &sending));
	}
	vault_close(&sealing->vault);
	free(sealing->items);
	return err;
}

static enum err run_seal(struct cli *cli)
{
	struct sealing sealing = {.anchor = {.cli = cli}, .vault = {.lock = -1}};
	struct network network;
	enum err err;

	arena_init(&sealing.anchor.arena, 0);
	err = anchor_gather(&sealing.anchor);
	if (err == ERR_OK)
		err = api_network(cli, &network);
	if (err == ERR_OK)
		err = signer_organisation(cli, sealing.org);
	if (err == ERR_OK) {
		sealing.anchor.chain = network.chain;
		anchor_hash(&sealing.anchor);
		err = seal_all(&sealing);
	}
	for (size_t i = 0; i < sealing.anchor.count && err == ERR_OK; i++)
		if (sealing.anchor.items[i].state == ANCHOR_FAILED)
			err = cli_fail(cli, sealing.anchor.items[i].err, "%s",
				       sealing.anchor.items[i].path);
	anchor_release(&sealing.anchor);
	return err;
}

/* --- sealed ------------------------------------------------------------------------------ */

/* The vault's commitments to contents, each with what the ledger says of it. */
static enum err list_seals(struct cli *cli, const struct vault *vault, json_t *items)
{
	json_t *entry, *state;
	size_t i;
	enum err err = ERR_OK;

	json_array_foreach(vault->entries, i, entry)
	{
		const char *told;

		if (strcmp(json_text(entry, "kind"), "content") != 0)
			continue;
		err = seal_state(cli, json_text(entry, "by"), json_text(entry, "commitment"),
				 &state);
		if (err != ERR_OK)
			return err;
		told = json_text(state, "state");
		(void)json_object_set_new(state, "state",
					  json_string(told[0] != '\0' ? told : "not recorded"));
		for (const char *const *name = (const char *const[]){"by", "sha256", "commitment",
								      "made", NULL};
		     *name != NULL; name++)
			(void)json_object_set(state, *name, json_object_get(entry, *name));
		(void)json_object_set(state, "file",
				      json_array_get(json_object_get(entry, "files"), 0));
		(void)json_array_append_new(items, state);
	}
	return ERR_OK;
}

static enum err run_sealed(struct cli *cli)
{
	static const struct column columns[] = {
		{"file", "file", COLUMN_TEXT},
		{"sha256", "content", COLUMN_HASH},
		{"state", "state", COLUMN_TEXT},
		{"made", "made (UTC)", COLUMN_TIME},
		{"log_index", "log index", COLUMN_NUMBER},
		{NULL, NULL, COLUMN_TEXT},
	};
	json_t *items = json_array();
	struct vault vault;
	enum err err = vault_open(cli, &vault);

	if (err == ERR_OK) {
		err = list_seals(cli, &vault, items);
		vault_close(&vault);
	}
	if (err == ERR_OK)
		out_list(cli, json_pack("{s:O}", "items", items), columns);
	json_decref(items);
	return err;
}

static const struct option_spec options_seal[] = {
	{"recursive", 'r', OPTION_FLAG, NULL, "walk folders"},
	{"vault", 0, OPTION_VALUE, "FILE", "keeps what opens it; default beside the key file"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

static const struct option_spec options_sealed[] = {
	{"vault", 0, OPTION_VALUE, "FILE", "default beside the key file"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_seal[] = {
	{"anchor seal", "PATH…", 1, ARGUMENTS_ANY, "commit to files without showing their hashes",
	 "Records a commitment to each file: nobody can tell to what, and a claim that opens it later "
	 "ranks by it. The salts are written to the vault before anything is sent; keep a copy of it. "
	 "To open, anchor the same file with the same key: stele anchor finds the salt in the vault. "
	 "A run that was cut off is gone on with by giving the same command again.",
	 "stele anchor seal draft.pdf\nstele anchor draft.pdf --title \"Published\"", options_seal,
	 run_seal},
	{"anchor sealed", "", 0, 0, "commitments in the vault, and what became of them",
	 "Lists what the vault can open, with the state of each in the ledger: sealed, opened or not "
	 "recorded.",
	 "stele anchor sealed", options_sealed, run_sealed},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
