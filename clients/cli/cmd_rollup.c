/* stele rollup: one root in the ledger for any number of items that stay here. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "clients/cli/anchor.h"
#include "clients/cli/api.h"
#include "clients/cli/entry_receipt.h"
#include "clients/cli/fields.h"
#include "clients/cli/files.h"
#include "clients/cli/lists.h"
#include "clients/cli/out.h"
#include "clients/cli/pins.h"
#include "clients/cli/rollup_list.h"
#include "clients/cli/signer.h"
#include "crypto/merkle.h"
#include "proofs/shape.h"

#define LIST_BYTES_MAX ((size_t)1 << 30)

/* --- what stands under the root ------------------------------------------------------- */

static enum err list_files(struct cli *cli, struct rollup_list *list)
{
	struct anchor files = {.cli = cli};
	enum err err;

	arena_init(&files.arena, 0);
	err = anchor_gather(&files);
	if (err == ERR_OK)
		anchor_hash(&files);
	for (size_t i = 0; i < files.count && err == ERR_OK; i++) {
		struct anchor_item *item = &files.items[i];

		if (item->state == ANCHOR_FAILED) /* a root over less would say something else */
			err = cli_fail(cli, item->err, "%s", item->path);
		else
			rollup_list_add(list, &item->file, path_of("%s", item->path));
	}
	anchor_release(&files);
	return err;
}

static enum err list_make(struct cli *cli, struct rollup_list *list)
{
	const char *from = cli_value(cli, "from");
	enum err err;

	*list = (struct rollup_list){.count = 0};
	if ((from != NULL) == (cli->args_count > 0))
		return cli_fail(cli, ERR_USAGE, "give files, or --from LIST");
	err = from != NULL ? rollup_list_read(cli, from, list) : list_files(cli, list);
	if (err == ERR_OK && list->count == 0)
		err = cli_fail(cli, ERR_FILE_FORM, "%s has no item", from);
	return err;
}

static void root_of(const struct rollup_list *list, struct hash *root)
{
	struct hash *leaves = rollup_list_leaves(list);

	merkle_root(root, leaves, list->count);
	free(leaves);
}

/* On the disk before anything is sent: without it the root says nothing.  One that
 * is there is the same, or is left alone. */
static enum err list_keep(struct cli *cli, const char *path, const struct rollup_list *list)
{
	struct buf text, before;
	enum err err = ERR_OK;

	buf_init(&text, LIST_BYTES_MAX);
	buf_init(&before, LIST_BYTES_MAX);
	rollup_list_render(&text, list);
	ASSERT(!text.has_failed);
	if (file_exists(path))
		err = file_read(cli, path, &before);
	if (err == ERR_OK && before.len == 0)
		err = file_write(cli, path, buf_bytes(&text), 0644, false);
	else if (err == ERR_OK && !bytes_equal(buf_bytes(&text), buf_bytes(&before)))
		err = cli_fail(cli, ERR_FILE_EXISTS, "%s is another list", path);
	buf_release(&text);
	buf_release(&before);
	return err;
}

/* --- in the ledger ---------------------------------------------------------------------- */

/* An organisation's roll-up of that root, as the API shows it; NULL: none.  Free it. */
static enum err find_recorded(struct cli *cli, const char *org, const struct hash *root,
			      json_t **out)
{
	char *path = path_of("/v1/organisations/%s/rollups", org);
	char hex[HASH_HEX_LEN + 1];
	json_t *answer, *item;
	size_t i;
	enum err err = api_segment(cli, "organisation", org);

	if (err == ERR_OK)
		err = api_get_all(cli, &answer, path);
	free(path);
	if (err != ERR_OK)
		return err;
	hex_encode(hex, root->b, sizeof(root->b));
	*out = NULL;
	json_array_foreach(json_object_get(answer, "items"), i, item)
		if (strcmp(json_text(item, "root"), hex) == 0)
			*out = item;
	json_incref(*out);
	json_decref(answer);
	return ERR_OK;
}

static enum err record(struct cli *cli, const struct hash *root, size_t count, const char *list)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__ContentRollup rollup = STELE__CONTENT_ROLLUP__INIT;
	const char *label = cli_value(cli, "label");
	struct hash copy = *root;
	struct outcome outcome;
	struct arena arena;
	enum err err;

	arena_init(&arena, LIMIT_TX_BYTES);
	rollup.root = (ProtobufCBinaryData){sizeof(copy.b), copy.b};
	rollup.count = count;
	if (label != NULL)
		rollup.label = field_text(&arena, label);
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_CONTENT_ROLLUP;
	body.content_rollup = &rollup;
	outcome_init(&outcome);
	err = submit(cli, &body, bytes_of(NULL, 0), "roll-up", &outcome);
	if (err == ERR_OK)
		err = submit_finish(cli, "roll-up", &outcome,
				    json_pack("{s:o,s:I,s:s}", "root", json_of_hash(root), "count",
					      (json_int_t)count, "list", list));
	outcome_release(&outcome);
	arena_release(&arena);
	return err;
}

static enum err record_once(struct cli *cli, const struct rollup_list *list, const char *path)
{
	char org[LIMIT_SEGMENT + 1];
	json_t *recorded = NULL;
	uint64_t log_index = 0;
	struct hash root;
	enum err err = signer_organisation(cli, org);

	root_of(list, &root);
	if (err == ERR_OK)
		err = find_recorded(cli, org, &root, &recorded);
	if (err == ERR_OK && recorded == NULL) {
		err = record(cli, &root, list->count, path);
	} else if (err == ERR_OK) {
		(void)json_u64(recorded, "log_index", &log_index);
		(void)json_object_set_new(recorded, "list", json_string(path));
		if (!out_json(cli, json_incref(recorded)))
			out_line(cli, "roll-up: recorded before, log index %llu",
				 (unsigned long long)log_index);
	}
	json_decref(recorded);
	return err;
}

static enum err run_rollup(struct cli *cli)
{
	const char *given = cli_value(cli, "list");
	char hex[HASH_HEX_LEN + 1];
	struct rollup_list list;
	struct hash root;
	char *path;
	enum err err = list_make(cli, &list);

	if (err == ERR_OK) {
		root_of(&list, &root);
		hex_encode(hex, root.b, sizeof(root.b));
		path = given != NULL ? path_of("%s", given) : path_of("rollup-%.16s.txt", hex);
		if (!cli_has(cli, "dry-run"))
			err = list_keep(cli, path, &list);
		if (err == ERR_OK)
			err = record_once(cli, &list, path);
		if (err == ERR_OK && !cli_has(cli, "dry-run"))
			out_remark(cli, "keep %s: receipts of its items are made from it", path);
		free(path);
	}
	rollup_list_release(&list);
	return err;
}

/* --- receipts of items -------------------------------------------------------------------- */

struct receipts {
	struct cli *cli;
	struct anchor anchor; /* the network, and what vouches for it */
	struct rollup_list list;
	struct forest forest;
	json_t *whole;
	size_t made;
};

/* The roll-up's own receipt, from a node. */
static enum err fetch_whole(struct receipts *receipts)
{
	struct cli *cli = receipts->cli;
	const char *org = cli_value(cli, "organisation");
	char own[LIMIT_SEGMENT + 1];
	json_t *recorded = NULL;
	struct hash root;
	enum err err = org == NULL ? signer_organisation(cli, own) : ERR_OK;

	merkle_root(&root, receipts->forest.levels[0], receipts->forest.count);
	if (err == ERR_OK)
		err = find_recorded(cli, org != NULL ? org : own, &root, &recorded);
	if (err == ERR_OK && recorded == NULL) {
		err = cli_fail(cli, ERR_NOT_RECORDED, "%s as %s has recorded it", cli->args[0],
			       org != NULL ? org : own);
		cli_remedy(cli, "give --organisation, or record it: stele rollup --from LIST");
	}
	if (err == ERR_OK)
		err = api_get(cli, &receipts->whole, "/v1/transactions/%s/receipt",
			      json_text(recorded, "transaction"));
	json_decref(recorded);
	return err;
}

static enum err write_receipt(struct receipts *receipts, size_t index, const char *name)
{
	const struct rollup_item *item = &receipts->list.items[index];
	struct cli *cli = receipts->cli;
	char *path = receipt_path_beside(name), *text = NULL;
	json_t *receipt;
	struct buf data;
	enum err err = ERR_OK;

	buf_init(&data, LIMIT_BATCH_ENTRY_BYTES);
	rollup_item_data(&data, item);
	receipt = entry_receipt(receipts->whole, &receipts->forest, index, buf_bytes(&data),
				&item->file);
	buf_release(&data);
	if (receipt == NULL || !anchor_receipt_is_good(&receipts->anchor, &item->file, receipt))
		err = cli_fail(cli, ERR_RECEIPT_FINALITY,
			       "the node gave a receipt that does not hold; ask another one");
	else
		text = receipt_text(receipt);
	if (err == ERR_OK && text == NULL)
		err = cli_fail(cli, ERR_NET_ANSWER, "the node gave what is no receipt");
	if (err == ERR_OK)
		err = file_write(cli, path, bytes_text(text), 0644, cli_has(cli, "replace"));
	if (err == ERR_OK) {
		receipts->made++;
		out_named(cli, path, ": receipt written");
	}
	free(text);
	free(path);
	json_decref(receipt);
	return err;
}

/* A file, or the hash of one; its receipt gets that name. */
static enum err write_of(struct receipts *receipts, const char *what)
{
	struct receipt_file file = {.size = 0};
	enum err err = ERR_OK;

	if (file_exists(what) || !hex_decode(file.sha256.b, sizeof(file.sha256.b), bytes_text(what)))
		err = content_hash(receipts->cli, what, &file);
	for (size_t i = 0; err == ERR_OK && i < receipts->list.count; i++)
		if (hash_equal(&receipts->list.items[i].file.sha256, &file.sha256))
			return write_receipt(receipts, i, what);
	return err != ERR_OK ? err
			     : cli_fail(receipts->cli, ERR_NOT_RECORDED, "%s is not in %s", what,
					receipts->cli->args[0]);
}

static enum err write_all(struct receipts *receipts)
{
	struct cli *cli = receipts->cli;
	enum err err = ERR_OK;

	for (size_t i = 1; i < cli->args_count && err == ERR_OK; i++)
		err = write_of(receipts, cli->args[i]);
	for (size_t i = 0; cli->args_count == 1 && i < receipts->list.count && err == ERR_OK; i++) {
		const char *name = receipts->list.items[i].name;

		if (name[0] != '\0' && file_exists(name))
			err = write_receipt(receipts, i, name);
	}
	if (err == ERR_OK)
		(void)out_json(cli, json_pack("{s:I}", "receipts", (json_int_t)receipts->made));
	return err;
}

static enum err run_receipt(struct cli *cli)
{
	struct receipts receipts = {.cli = cli, .anchor = {.cli = cli}};
	struct network network;
	enum err err = rollup_list_read(cli, cli->args[0], &receipts.list);

	if (err == ERR_OK && receipts.list.count == 0)
		err = cli_fail(cli, ERR_FILE_FORM, "%s has no item", cli->args[0]);
	if (err == ERR_OK)
		err = api_network(cli, &network);
	if (err == ERR_OK) {
		receipts.anchor.chain = network.chain;
		err = pins_find(cli, &network.chain, &receipts.anchor.is_pinned,
				&receipts.anchor.trust);
	}
	if (err == ERR_OK) {
		forest_init(&receipts.forest, rollup_list_leaves(&receipts.list),
			    receipts.list.count);
		err = fetch_whole(&receipts);
	}
	if (err == ERR_OK)
		err = write_all(&receipts);
	json_decref(receipts.whole);
	forest_release(&receipts.forest);
	rollup_list_release(&receipts.list);
	return err;
}

/* --- list ----------------------------------------------------------------------------------- */

static enum err run_list(struct cli *cli)
{
	static const struct column columns[] = {
		{"number", "roll-up", COLUMN_NUMBER},
		{"label", "label", COLUMN_TEXT},
		{"count", "items", COLUMN_NUMBER},
		{"root", "root", COLUMN_HASH},
		{"time", "recorded (UTC)", COLUMN_TIME},
		{"log_index", "log index", COLUMN_NUMBER},
		{NULL, NULL, COLUMN_TEXT},
	};

	return list_of_organisation(cli, "rollups", columns);
}

static const struct option_spec options_rollup[] = {
	{"recursive", 'r', OPTION_FLAG, NULL, "walk folders"},
	{"from", 0, OPTION_VALUE, "FILE",
	 "a list instead of files: <sha256> <size> <name>, what sha256sum prints, or bare hashes"},
	{"list", 0, OPTION_VALUE, "FILE", "where the list is kept; default rollup-ROOT.txt"},
	{"label", 0, OPTION_VALUE, "TEXT", "what the items are; stands in the ledger"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

static const struct option_spec options_receipt[] = {
	{"organisation", 0, OPTION_VALUE, "ORG", "whose roll-up it is; default that of --key"},
	{"replace", 0, OPTION_FLAG, NULL, "replace receipts that are there"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_rollup[] = {
	{"rollup", "[PATH…]", 0, ARGUMENTS_ANY, "record one root over any number of items",
	 "Hashes the files, or takes the hashes of --from, and records one Merkle root over all of "
	 "them, in that order. The list of the items is on the disk before anything is sent; only "
	 "from it can it be shown later that an item is one of them. Nobody else can look the items "
	 "up: the ledger has the root and their number. The same list is not recorded twice.",
	 "stele rollup -r archive/ --label \"archive of 2026\"\nsha256sum *.wav | stele rollup --from -",
	 options_rollup, run_rollup},
	{"rollup receipt", "LIST [FILE|HASH…]", 1, ARGUMENTS_ANY,
	 "receipts of items, from the list that was kept",
	 "Makes the receipt of each named item, or of each that is here, and writes it beside: "
	 "FILE.stele.json. stele verify and stele receipt take it like any other.",
	 "stele rollup receipt rollup-9f86d081884c7d65.txt archive/a.wav", options_receipt,
	 run_receipt},
	{"rollup list", "[ORG]", 0, 1, "roll-ups of an organisation",
	 "Of that of --key unless another is named.", "stele rollup list", NULL, run_list},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
