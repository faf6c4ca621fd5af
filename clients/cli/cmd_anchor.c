/* stele anchor: files into the ledger, receipts beside them. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "clients/cli/anchor.h"
#include "clients/cli/api.h"
#include "clients/cli/out.h"
#include "clients/cli/pins.h"
#include "proofs/shape.h"

#define LINES_MAX 24 /* more files than these are told in numbers only */

/* --- what is to be sent --------------------- */

/* Items in units of 1, or of a batch: distinct contents that wait. */
struct work {
	struct anchor *anchor;
	struct anchor_item **items;
	size_t count;
	size_t unit;
	const struct bytes *earlier; /* of an interrupted run, instead of items */
};

static size_t work_units(const struct work *work)
{
	return (work->count + work->unit - 1) / work->unit;
}

static size_t unit_size(const struct work *work, size_t index)
{
	size_t left = work->count - index * work->unit;

	return left < work->unit ? left : work->unit;
}

static enum err work_make(struct cli *cli, void *context, size_t index, struct arena *arena,
			  Stele__TransactionBody *body, struct buf *attachment)
{
	const struct work *work = context;

	(void)cli;
	if (work->anchor->is_batch)
		return anchor_batch(work->anchor, work->items + index * work->unit,
				    unit_size(work, index), arena, body, attachment);
	anchor_operation(work->anchor, work->items[index], arena, body);
	return ERR_OK;
}

static enum err work_sent(struct cli *cli, void *context, size_t index, const struct sent *sent)
{
	const struct work *work = context;

	(void)cli;
	(void)index;
	/* what an earlier run sent in vain is signed anew */
	if (work->earlier == NULL || sent->err == ERR_OK)
		anchor_settle(work->anchor, sent);
	return ERR_OK;
}

static enum err work_signed(struct cli *cli, void *context, size_t index, struct bytes raw)
{
	const struct work *work = context;

	(void)cli;
	(void)index;
	return anchor_journal_add(work->anchor, raw);
}

static struct bytes work_earlier(void *context, size_t index)
{
	return ((const struct work *)context)->earlier[index];
}

/* --- an interrupted run --------------------- */

/* What noted bytes are to this run. */
enum bearing { ABOUT_OTHERS, ABOUT_DONE, ABOUT_WAITING };

static enum bearing bearing_of_content(const struct anchor *anchor,
				       const ProtobufCBinaryData *content)
{
	struct anchor_item **items;
	struct hash hash;
	size_t count;

	memcpy(hash.b, content->data, sizeof(hash.b));
	items = anchor_find(anchor, &hash, &count);
	for (size_t i = 0; i < count; i++)
		if (items[i]->state == ANCHOR_WAITING)
			return ABOUT_WAITING;
	return count > 0 ? ABOUT_DONE : ABOUT_OTHERS;
}

static enum bearing bearing_of(const struct anchor *anchor, struct bytes raw)
{
	enum bearing bearing = ABOUT_OTHERS;
	struct tx *tx;

	if (tx_decode(&tx, raw, &anchor->chain) != ERR_OK)
		return ABOUT_DONE; /* of no use to anyone */
	if (tx->operation == STELE__TRANSACTION_BODY__OPERATION_CONTENT_ANCHOR)
		bearing = bearing_of_content(anchor, &tx->message->content_anchor->sha256);
	for (size_t i = 0; tx->entries != NULL && i < tx->entries->n_entries; i++) {
		enum bearing one = bearing_of_content(anchor, &tx->entries->entries[i]->sha256);

		bearing = one > bearing ? one : bearing;
	}
	tx_free(tx);
	return bearing;
}

/* *left: what was noted about other files than these. */
static enum err go_on(struct anchor *anchor, size_t *left)
{
	size_t noted = anchor_journal_count(anchor);
	struct bytes *earlier = calloc(noted + 1, sizeof(*earlier));
	struct work work = {.anchor = anchor, .unit = 1, .earlier = earlier};
	struct sending sending = {.what = "earlier records asked for",
				  .on_sent = work_sent,
				  .earlier = work_earlier,
				  .context = &work};
	enum err err;

	ASSERT(earlier != NULL);
	for (size_t i = 0; i < noted; i++) {
		struct bytes raw = anchor_journal_get(anchor, i);
		enum bearing bearing = bearing_of(anchor, raw);

		if (bearing == ABOUT_WAITING)
			earlier[sending.count++] = raw;
		*left += bearing == ABOUT_OTHERS;
	}
	if (sending.count > 0)
		out_remark(anchor->cli, "going on with %zu record%s of an interrupted run",
			   sending.count, sending.count == 1 ? "" : "s");
	err = sending_run(anchor->cli, &sending);
	free(earlier);
	return err;
}

/* --- the run --------------------- */

static bool is_parent(const struct anchor *anchor, const struct anchor_item *item)
{
	return anchor->has_parent && hash_equal(&item->file.sha256, &anchor->parent);
}

/* One of each content that waits; the parent alone, or all but it. */
static enum err send(struct anchor *anchor, bool is_for_parent)
{
	struct work work = {.anchor = anchor, .unit = anchor->is_batch ? LIMIT_BATCH_ENTRIES : 1};
	struct sending sending = {.what = anchor->is_batch ? "batches anchored" : "files anchored",
				  .make = work_make,
				  .on_sent = work_sent,
				  .on_signed = work_signed,
				  .context = &work};
	enum err err;

	work.items = calloc(anchor->count, sizeof(struct anchor_item *));
	ASSERT(work.items != NULL);
	for (size_t i = 0; i < anchor->count; i++) {
		struct anchor_item *item = anchor->by_hash[i];
		bool is_twin = work.count > 0 && hash_equal(&work.items[work.count - 1]->file.sha256,
							    &item->file.sha256);

		if (item->state == ANCHOR_WAITING && !is_twin &&
		    is_parent(anchor, item) == is_for_parent)
			work.items[work.count++] = item;
	}
	sending.count = work_units(&work);
	err = sending_run(anchor->cli, &sending);
	free(work.items);
	return err;
}

static enum err send_all(struct anchor *anchor)
{
	size_t left = 0;
	enum err err = anchor->wants_receipts ? anchor_journal_open(anchor) : ERR_OK;

	if (err == ERR_OK)
		err = go_on(anchor, &left);
	if (err == ERR_OK)
		err = anchor_unseal(anchor);
	if (err == ERR_OK && anchor->has_parent)
		err = send(anchor, true); /* first, so that the others can name its claim */
	if (err == ERR_OK)
		err = anchor_parent_claim(anchor);
	if (err == ERR_OK)
		err = send(anchor, false);
	anchor_journal_close(anchor, err == ERR_OK && left == 0);
	return err;
}

/* --- the end --------------------- */

static const char *state_text(enum anchor_state state)
{
	switch (state) {
	case ANCHOR_WAITING:
		return "not sent";
	case ANCHOR_SKIPPED:
		return "anchored before";
	case ANCHOR_DONE:
		return "anchored";
	case ANCHOR_PENDING:
		return "pending";
	case ANCHOR_FAILED:
		return "failed";
	}
	UNREACHABLE();
}

static json_t *item_json(const struct anchor_item *item)
{
	json_t *object = json_pack("{s:s, s:s}", "path", item->path, "state",
				   state_text(item->state));
	char code[8];

	if (!hash_is_zero(&item->file.sha256))
		json_object_set_new(object, "sha256", json_of_hash(&item->file.sha256));
	if (!hash_is_zero(&item->id))
		json_object_set_new(object, "transaction", json_of_hash(&item->id));
	if (item->state == ANCHOR_DONE) {
		json_object_set_new(object, "height", json_integer((json_int_t)item->height));
		json_object_set_new(object, "time", json_integer((json_int_t)item->time_ms));
		json_object_set_new(object, "log_index", json_integer((json_int_t)item->log_index));
	}
	if (item->state == ANCHOR_DONE && item->has_salt)
		json_object_set_new(object, "opened", json_of_hash(&item->commitment));
	if (item->state == ANCHOR_FAILED) {
		(void)snprintf(code, sizeof(code), "E%04d", (int)item->err);
		json_object_set_new(object, "error", json_string(code));
		json_object_set_new(object, "what", json_string(err_text(item->err)));
		if (item->why != NULL)
			json_object_set_new(object, "why", json_string(item->why));
	}
	return object;
}

static void print_item(const struct anchor *anchor, const struct anchor_item *item)
{
	if (item->state == ANCHOR_FAILED)
		out_named(anchor->cli, item->path, ": E%04d %s%s%s", (int)item->err,
			  err_text(item->err), item->why != NULL ? "; " : "",
			  item->why != NULL ? item->why : "");
	else if (anchor->count <= LINES_MAX && item->state == ANCHOR_DONE)
		out_named(anchor->cli, item->path, ": anchored, height %llu, log index %llu",
			  (unsigned long long)item->height, (unsigned long long)item->log_index);
	else if (anchor->count <= LINES_MAX)
		out_named(anchor->cli, item->path, ": %s", state_text(item->state));
}

static enum err summarize(struct anchor *anchor, enum err err)
{
	size_t by_state[ANCHOR_FAILED + 1] = {0};
	json_t *items = json_array();
	json_t *result;

	for (size_t i = 0; i < anchor->count; i++) {
		by_state[anchor->items[i].state]++;
		print_item(anchor, &anchor->items[i]);
		json_array_append_new(items, item_json(&anchor->items[i]));
	}
	result = json_pack("{s:I, s:I, s:I, s:I, s:I, s:o}", "anchored",
			   (json_int_t)by_state[ANCHOR_DONE], "skipped",
			   (json_int_t)by_state[ANCHOR_SKIPPED], "pending",
			   (json_int_t)by_state[ANCHOR_PENDING], "failed",
			   (json_int_t)by_state[ANCHOR_FAILED], "not_sent",
			   (json_int_t)by_state[ANCHOR_WAITING], "items", items);
	if (!out_json(anchor->cli, result))
		out_line(anchor->cli,
			 "%zu anchored, %zu anchored before and skipped, %zu pending, %zu failed%s",
			 by_state[ANCHOR_DONE], by_state[ANCHOR_SKIPPED], by_state[ANCHOR_PENDING],
			 by_state[ANCHOR_FAILED],
			 by_state[ANCHOR_WAITING] > 0 ? ", the rest was not sent" : "");
	if (err != ERR_OK)
		return err;
	if (by_state[ANCHOR_FAILED] > 0) {
		bool is_one = anchor->count == 1;

		err = cli_fail(anchor->cli, is_one ? anchor->items[0].err : ERR_ITEMS_FAILED,
			       is_one ? "%s" : "%s and others", anchor->cli->args[0]);
		if (is_one && anchor->items[0].why != NULL)
			cli_fact(anchor->cli, "why", "%s", anchor->items[0].why);
		if (err == ERR_DISK_LOW)
			cli_remedy(anchor->cli, "ask another node, or run the same command later");
	} else if (by_state[ANCHOR_PENDING] > 0) {
		err = cli_fail(anchor->cli, ERR_PENDING, NULL);
		cli_remedy(anchor->cli, "run the same command again: what is in gets its receipt");
	}
	return err;
}

/* --- the command --------------------- */

static enum err open_network(struct anchor *anchor)
{
	struct network network;
	enum err err = api_network(anchor->cli, &network);

	if (err != ERR_OK)
		return err;
	anchor->chain = network.chain;
	return pins_find(anchor->cli, &network.chain, &anchor->is_pinned, &anchor->trust);
}

static enum err run_anchor(struct cli *cli)
{
	struct anchor anchor = {.cli = cli,
				.is_batch = cli_has(cli, "batch"),
				.wants_receipts = !cli_has(cli, "no-receipt") &&
						  !cli_has(cli, "no-wait"),
				.may_replace = cli_has(cli, "replace")};
	enum err err;

	arena_init(&anchor.arena, LIMIT_TX_BYTES);
	err = anchor_record(&anchor);
	if (err == ERR_OK)
		err = anchor_gather(&anchor);
	if (err == ERR_OK)
		err = open_network(&anchor);
	if (err == ERR_OK) {
		anchor_hash(&anchor);
		anchor_skip(&anchor);
		err = summarize(&anchor, send_all(&anchor));
	}
	anchor_release(&anchor);
	return err;
}

static const struct option_spec options_anchor[] = {
	{"recursive", 'r', OPTION_FLAG, NULL, "walk folders"},
	{"batch", 0, OPTION_FLAG, NULL, "up to 4,096 files in one record, a receipt for each"},
	{"parent", 0, OPTION_VALUE, "FILE|HASH[:RELATION]",
	 "what it was made from; derived unless another relation is given"},
	{"title", 0, OPTION_VALUE, "TEXT", "title of the content"},
	{"media-type", 0, OPTION_VALUE, "TYPE", "instead of the one guessed from the name"},
	{"source-type", 0, OPTION_VALUE, "TERM", "IPTC digital source type, as digitalCapture"},
	{"licence", 0, OPTION_VALUE, "TEXT", "licence, best as an SPDX name or an address"},
	{"location", 0, OPTION_VALUE, "URL", "where the content can be had"},
	{"award", 0, OPTION_VALUE, "PROGRAMME:AWARD", "the award it was made under"},
	{"from", 0, OPTION_VALUE, "FILE",
	 "JSON with fields of ContentAnchor: c2pa, aigc, generator, soft_bindings and so on"},
	{"no-receipt", 0, OPTION_FLAG, NULL, "write no receipts"},
	{"no-open", 0, OPTION_FLAG, NULL, "leave sealed what the vault could open"},
	{"vault", 0, OPTION_VALUE, "FILE", "what opens commitments; default beside the key file"},
	{"replace", 0, OPTION_FLAG, NULL, "replace receipts of other content or another network"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_anchor[] = {
	{"anchor", "PATH…", 1, ARGUMENTS_ANY, "claim files in the ledger, with a receipt beside each",
	 "Hashes the files, records one claim for each (or one batch for many) and writes the "
	 "receipt FILE.stele.json beside each once it is final and was checked. Only hashes leave "
	 "this machine. A file that has a good receipt of this network beside it is skipped, so a "
	 "run that was cut off is gone on with by giving the same command again. A parent that is "
	 "on the ledger is named by its claim, any other as content. A file that was sealed before "
	 "(stele anchor seal) opens its commitment, from the vault, and ranks by it. Exit code 11 where "
	 "some files failed; each is listed.",
	 "stele anchor photo.jpg --parent original.raw --source-type digitalCapture\nstele anchor -r "
	 "--batch archive/",
	 options_anchor, run_anchor},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
