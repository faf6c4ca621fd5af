/* stele trust: the networks this user relies on. */
#include <string.h>

#include "clients/cli/out.h"
#include "clients/cli/pins.h"
#include "clients/cli/trust_move.h"

static const struct column columns[] = {
	{"origin", "network", COLUMN_TEXT},	 {"chain", "chain", COLUMN_TEXT},
	{"fingerprint", "fingerprint", COLUMN_TEXT}, {"set_hash", "validator set", COLUMN_TEXT},
	{"validators", "validators", COLUMN_NUMBER}, {"founders", "founders", COLUMN_TEXT},
	{"time", "founded (UTC)", COLUMN_TIME},	 {"epoch", "epoch", COLUMN_NUMBER},
	{"height", "pinned height", COLUMN_NUMBER},  {"block", "pinned block", COLUMN_TEXT},
	{NULL, NULL, COLUMN_TEXT},
};

static json_t *sealed_json(const struct sealed *sealed)
{
	struct trust trust = sealed_trust(sealed);
	json_t *founders = json_array(), *object;
	struct buf words;

	for (uint32_t i = 0; i < sealed->file.founders_count; i++)
		(void)json_array_append_new(founders, json_string(sealed->file.founders[i].org));
	buf_init(&words, 512);
	genesis_words(&words, &trust.chain);
	object = json_pack("{s:s,s:o,s:s%,s:o,s:i,s:o,s:I}", "origin", trust.origin, "chain",
			   json_hex(trust.chain.b, 32), "fingerprint", words.at, words.len,
			   "set_hash", json_hex(trust.sets[0].b, 32), "validators",
			   (int)sealed->genesis.set.count, "founders", founders, "time",
			   (json_int_t)sealed->genesis.time_ms);
	buf_release(&words);
	return object;
}

static enum err check_words(struct cli *cli, const struct sealed *sealed)
{
	const char *expected = cli_value(cli, "fingerprint");
	char hex[HASH_HEX_LEN + 1];
	struct buf words;
	bool is_same;

	if (expected == NULL)
		return ERR_OK;
	hex_encode(hex, sealed->genesis.chain.b, 32);
	buf_init(&words, 512);
	genesis_words(&words, &sealed->genesis.chain);
	is_same = bytes_equal(buf_bytes(&words), bytes_text(expected)) ||
		  strcmp(hex, expected) == 0;
	if (!is_same) {
		cli_fail(cli, ERR_GENESIS_MISMATCH, "%s is not pinned", cli->args[0]);
		cli_fact(cli, "it has", "%.*s", (int)words.len, (const char *)words.at);
		cli_fact(cli, "expected", "%s", expected);
	}
	buf_release(&words);
	return is_same ? ERR_OK : ERR_GENESIS_MISMATCH;
}

static enum err run_pin(struct cli *cli)
{
	struct sealed *sealed = NULL;
	bool was_there = false;
	enum err err = sealed_read(cli, cli->args[0], &sealed);

	if (err == ERR_OK)
		err = check_words(cli, sealed);
	if (err == ERR_OK)
		err = pins_add(cli, sealed, &was_there);
	if (err == ERR_OK) {
		json_t *object = sealed_json(sealed);

		(void)json_object_set_new(object, "was_pinned", json_boolean(was_there));
		out_object(cli, object, columns);
		if (was_there)
			out_remark(cli, "it was pinned before");
		else if (!cli_has(cli, "fingerprint"))
			out_remark(cli, "pinned; compare the fingerprint's words with an institution "
					"you trust, by voice");
	}
	sealed_free(sealed);
	return err;
}

/* The newest that is relied on: of the genesis, or of what was followed since. */
static void add_newest(json_t *object, const struct trust *trust)
{
	json_object_set_new(object, "origin", json_string(trust->origin));
	json_object_set_new(object, "chain", json_hex(trust->chain.b, 32));
	json_object_set_new(object, "set_hash",
			    json_hex(trust->sets[trust->sets_count - 1].b, 32));
	json_object_set_new(object, "epoch", json_integer((json_int_t)trust_epoch_last(trust)));
	if (!trust->has_head)
		return;
	json_object_set_new(object, "height", json_integer((json_int_t)trust->head.height));
	json_object_set_new(object, "block", json_hex(trust->head.block.b, 32));
	json_object_set_new(object, "log_size", json_integer((json_int_t)trust->head.log_size));
}

static enum err add_pin(struct cli *cli, const struct pinned *pinned, void *context)
{
	json_t *object = pinned->sealed != NULL ? sealed_json(pinned->sealed) : json_object();

	(void)cli;
	add_newest(object, &pinned->trust);
	(void)json_array_append_new(context, object);
	return ERR_OK;
}

static enum err run_show(struct cli *cli)
{
	json_t *items = json_array(), *item;
	enum err err = pins_each(cli, add_pin, items);
	size_t index;

	if (err != ERR_OK) {
		json_decref(items);
		return err;
	}
	if (json_array_size(items) == 0) {
		json_decref(items);
		return cli_fail(cli, ERR_RECEIPT_UNPINNED, NULL);
	}
	if (!cli->is_json)
		json_array_foreach(items, index, item) {
			if (index > 0)
				out_line(cli, "%s", "");
			out_fields(item, columns);
		}
	(void)out_json(cli, json_pack("{s:o}", "items", items));
	return ERR_OK;
}

static const struct option_spec options_pin[] = {
	{"fingerprint", 0, OPTION_VALUE, "WORDS",
	 "pin only if the fingerprint is this, in words or as 64 hex digits"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_trust[] = {
	{.words = "trust pin",
	 .arguments = "GENESIS",
	 .arguments_min = 1,
	 .arguments_max = 1,
	 .brief = "rely on the network of a sealed genesis file",
	 .text = "Checks that every founder signed, then keeps the file in the home. Receipts and "
		 "proofs are judged against the pinned networks, never against what a receipt or a "
		 "node says of itself. Several networks can be pinned. Compare the fingerprint's "
		 "words with an institution you trust before you rely on it.",
	 .example = "stele trust pin net.genesis\n"
		    "stele trust pin net.genesis --fingerprint word-word-word-word-word-word-word-word",
	 .options = options_pin,
	 .run = run_pin},
	{.words = "trust show",
	 .arguments = "",
	 .arguments_min = 0,
	 .arguments_max = 0,
	 .brief = "show the pinned networks",
	 .text = "Shows every pinned network with its fingerprint, checked anew, and how far trust "
		 "update has followed it. With none, the exit code is 5: nobody vouches for anything.",
	 .example = "stele trust show\nstele trust show --trust net.genesis --json",
	 .run = run_show},
	{.words = "trust update",
	 .arguments = "[FILE]",
	 .arguments_min = 0,
	 .arguments_max = 1,
	 .brief = "follow a pinned network to a newer header",
	 .text = "Asks a node for a proof that its log goes on from the pinned one, with every change of "
		 "the validator set since, checks it against what is pinned, and pins the newest header. "
		 "With FILE, a proof of consistency from elsewhere, it needs no network. It never goes "
		 "back. Where validators that you trust signed another history, nothing is pinned, both "
		 "are kept in a file as evidence, and the exit code is 12.",
	 .example = "stele trust update\n"
		    "stele proof get consistency 812 -o p.json && stele trust update p.json",
	 .run = trust_update},
	{.words = "trust diff",
	 .arguments = "A B",
	 .arguments_min = 2,
	 .arguments_max = 2,
	 .brief = "compare what two parties rely on",
	 .text = "A and B are genesis files, pins, or the word node, for what a node shows of itself. "
		 "Shows networks, epochs and heads, whether one is newer, and which validators joined and "
		 "left where their sets' texts are known. Exit code 3 where they rely on different "
		 "networks or validators, 12 where they have two histories.",
	 .example = "stele trust diff net.genesis node\nstele trust diff mine.pin theirs.pin",
	 .run = trust_diff},
	{.words = NULL},
};
