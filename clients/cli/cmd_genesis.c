/* stele genesis: founding a network among institutions that don't trust each
 * other.  Each runs its own part; no secret leaves its owner. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/card_make.h"
#include "clients/cli/files.h"
#include "clients/cli/founding.h"
#include "clients/cli/out.h"
#include "clients/cli/signer.h"

static const struct column columns[] = {
	{"name", "name", COLUMN_TEXT},
	{"chain", "chain", COLUMN_TEXT},
	{"fingerprint", "fingerprint", COLUMN_TEXT},
	{"time", "time (UTC)", COLUMN_TIME},
	{"organisations", "organisations", COLUMN_NUMBER},
	{"validators", "validators", COLUMN_NUMBER},
	{"signed", "signed by", COLUMN_TEXT},
	{"missing", "not yet signed by", COLUMN_TEXT},
	{"sealed", "sealed", COLUMN_TEXT},
	{"file", "file", COLUMN_TEXT},
	{NULL, NULL, COLUMN_TEXT},
};

/* A document or a sealed file, read without judging its signatures. */
struct draft {
	struct buf text;
	struct genesis_file file;
	struct genesis genesis;
};

static enum err draft_read(struct cli *cli, const char *path, struct draft **out)
{
	struct draft *draft = calloc(1, sizeof(*draft));
	unsigned line = 0;
	enum err err;

	ASSERT(draft != NULL);
	buf_init(&draft->text, GENESIS_FILE_BYTES);
	err = file_read(cli, path, &draft->text);
	if (err == ERR_OK && memmem(draft->text.at, draft->text.len, "\n\n", 2) == NULL)
		draft->file.document = buf_bytes(&draft->text); /* a document alone */
	else if (err == ERR_OK &&
		 genesis_file_parse(&draft->file, buf_bytes(&draft->text)) != ERR_OK)
		err = cli_fail(cli, ERR_GENESIS_FORM, "%s", path);
	if (err == ERR_OK &&
	    genesis_parse(&draft->genesis, draft->file.document, &line) != ERR_OK) {
		err = cli_fail(cli, ERR_GENESIS_FORM, "%s", path);
		cli_fact(cli, "line", "%u", line);
	}
	if (err == ERR_OK) {
		*out = draft;
	} else {
		buf_release(&draft->text);
		free(draft);
	}
	return err;
}

static void draft_free(struct draft *draft)
{
	if (draft == NULL)
		return;
	buf_release(&draft->text);
	free(draft);
}

static bool has_signed(const struct genesis_file *file, const struct genesis *genesis,
		       const char *org)
{
	for (uint32_t i = 0; i < file->founders_count; i++)
		if (strcmp(file->founders[i].org, org) == 0 &&
		    founder_verifies(&file->founders[i], genesis))
			return true;
	return false;
}

/* file NULL: no signatures yet; path NULL: not a file. */
static json_t *genesis_json(const struct genesis *genesis, const struct genesis_file *file,
			    const char *path)
{
	json_t *has = json_array(), *missing = json_array(), *object;
	struct buf words;

	for (uint32_t i = 0; i < genesis->set.count; i++) {
		const char *org = genesis->set.validators[i].org;
		bool is_signed = file != NULL && has_signed(file, genesis, org);

		(void)json_array_append_new(is_signed ? has : missing, json_string(org));
	}
	buf_init(&words, 512);
	genesis_words(&words, &genesis->chain);
	object = json_pack("{s:s,s:o,s:s%,s:I,s:i,s:i,s:o,s:o,s:b,s:s*}", "name", genesis->name,
			   "chain", json_hex(genesis->chain.b, 32), "fingerprint", words.at,
			   words.len, "time", (json_int_t)genesis->time_ms, "organisations",
			   (int)genesis->orgs_count, "validators", (int)genesis->set.count, "signed",
			   has, "missing", missing, "sealed",
			   file != NULL && genesis_file_check(file, genesis, NULL) == ERR_OK, "file",
			   path);
	buf_release(&words);
	return object;
}

/* --- new ------------------------------------------------------------------------- */

static enum err run_new(struct cli *cli)
{
	struct parameters parameters;
	const char *file = cli_value(cli, "out");
	uint64_t approvals, delta_ms = 50;
	struct buf text;
	enum err err;

	parameters_init(&parameters, cli->args[0]);
	approvals = parameters.approvals;
	err = cli_number(cli, "approvals", LIMIT_VALIDATORS, &approvals);
	if (err == ERR_OK)
		err = cli_number(cli, "delta-ms", 60000, &delta_ms);
	if (err == ERR_OK)
		err = cli_number(cli, "epoch-length", GENESIS_EPOCH_LENGTH_MAX,
				 &parameters.epoch_length);
	if (err == ERR_OK)
		err = cli_number(cli, "time", INT64_MAX, &parameters.time_ms);
	if (err != ERR_OK)
		return err;
	parameters.approvals = (uint32_t)approvals;
	parameters.timers.delta_us = delta_ms * 1000;
	buf_init(&text, LIMIT_GENESIS_BYTES);
	parameters_render(&text, &parameters);
	if (file == NULL)
		(void)fwrite(text.at, 1, text.len, stdout);
	else
		err = file_write(cli, file, buf_bytes(&text), 0644, false);
	buf_release(&text);
	if (err == ERR_OK && file != NULL)
		out_remark(cli, "%s: agree on it, then every institution makes its card: stele "
				"genesis card", file);
	return err;
}

/* --- add --------------------------------------------------------------------------- */

static enum err read_cards(struct cli *cli, struct card *cards)
{
	enum err err = ERR_OK;

	for (size_t i = 1; i < cli->args_count && err == ERR_OK; i++)
		err = card_read(cli, cli->args[i], &cards[i - 1]);
	return err;
}

static enum err run_add(struct cli *cli)
{
	size_t count = cli->args_count - 1;
	struct card *cards = calloc(count, sizeof(*cards));
	struct genesis *genesis = calloc(1, sizeof(*genesis));
	const char *file = NULL;
	struct buf parameters, document;
	enum err err = cli_required(cli, "out", &file);

	ASSERT(cards != NULL && genesis != NULL);
	buf_init(&parameters, LIMIT_GENESIS_BYTES);
	buf_init(&document, LIMIT_GENESIS_BYTES);
	if (err == ERR_OK)
		err = file_read(cli, cli->args[0], &parameters);
	if (err == ERR_OK)
		err = read_cards(cli, cards);
	if (err == ERR_OK)
		err = founding_assemble(cli, buf_bytes(&parameters), cards, count, &document,
					genesis);
	if (err == ERR_OK)
		err = file_write(cli, file, buf_bytes(&document), 0644, false);
	if (err == ERR_OK) {
		out_object(cli, genesis_json(genesis, NULL, file), columns);
		out_remark(cli, "every founder checks it, compares the words and signs: stele "
				"genesis sign %s", file);
	}
	buf_release(&document);
	buf_release(&parameters);
	free(genesis);
	free(cards);
	return err;
}

/* --- check, fingerprint ---------------------------------------------------------------- */

static enum err check_card_in(struct cli *cli, const struct draft *draft, const char *path)
{
	struct card card;
	struct genesis_org *org = NULL;
	uint32_t index;
	enum err err = card_read(cli, path, &card);

	if (err != ERR_OK)
		return err;
	for (uint32_t i = 0; i < draft->genesis.orgs_count; i++)
		if (strcmp(draft->genesis.orgs[i].id, card.org.id) == 0)
			org = (struct genesis_org *)&draft->genesis.orgs[i];
	index = card.has_validator ? set_find_consensus(&draft->genesis.set,
							&card.validator.consensus_key)
				   : SET_NO_INDEX;
	if (org != NULL && org_is_same(org, &card.org) &&
	    (!card.has_validator ||
	     (index != SET_NO_INDEX &&
	      public_key_equal(&draft->genesis.set.validators[index].node_key,
			       &card.validator.node_key))))
		return ERR_OK;
	cli_fail(cli, ERR_GENESIS_MISMATCH, "the card %s is not in it as it is", path);
	cli_fact(cli, "organisation", "%s", org != NULL ? "is there, but differs" : "is not there");
	cli_remedy(cli, "do not sign; ask whoever assembled the document");
	return ERR_GENESIS_MISMATCH;
}

static enum err run_check(struct cli *cli)
{
	struct draft *draft = NULL;
	enum err err = draft_read(cli, cli->args[0], &draft);
	size_t cards = cli_count(cli, "card");
	const char *missing = NULL;

	for (size_t i = 0; err == ERR_OK && i < cards; i++)
		err = check_card_in(cli, draft, cli_nth(cli, "card", i));
	if (err == ERR_OK)
		out_object(cli, genesis_json(&draft->genesis, &draft->file, cli->args[0]), columns);
	if (err == ERR_OK && draft->file.founders_count > 0 &&
	    genesis_file_check(&draft->file, &draft->genesis, &missing) != ERR_OK) {
		err = cli_fail(cli, ERR_GENESIS_SIGNATURES, "%s", cli->args[0]);
		cli_fact(cli, "founder", "%s", missing != NULL ? missing : "unknown");
	}
	draft_free(draft);
	return err;
}

static enum err run_fingerprint(struct cli *cli)
{
	static const struct column short_columns[] = {
		{"fingerprint", "fingerprint", COLUMN_TEXT},
		{"chain", "chain", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};
	struct draft *draft = NULL;
	enum err err = draft_read(cli, cli->args[0], &draft);

	if (err == ERR_OK)
		out_object(cli, genesis_json(&draft->genesis, &draft->file, cli->args[0]),
			   short_columns);
	draft_free(draft);
	return err;
}

/* --- sign, seal --------------------------------------------------------------------------- */

static enum err run_sign(struct cli *cli)
{
	const struct signer *signer = NULL;
	struct draft *draft = NULL;
	struct founder founder;
	const char *file = NULL;
	struct buf text;
	enum err err = cli_required(cli, "out", &file);

	if (err == ERR_OK)
		err = draft_read(cli, cli->args[0], &draft);
	for (size_t i = 0; err == ERR_OK && i < cli_count(cli, "card"); i++)
		err = check_card_in(cli, draft, cli_nth(cli, "card", i));
	if (err == ERR_OK)
		err = signer_get(cli, &signer);
	if (err == ERR_OK)
		err = founding_sign(cli, &draft->genesis, &signer->secret, &signer->key, &founder);
	buf_init(&text, 1024);
	if (err == ERR_OK) {
		founder_render(&text, &founder);
		err = file_write(cli, file, buf_bytes(&text), 0644, false);
	}
	if (err == ERR_OK) {
		json_t *object = genesis_json(&draft->genesis, &draft->file, file);

		(void)json_object_set_new(object, "signer", json_string(founder.org));
		out_object(cli, object, columns);
		out_remark(cli, "signed for %s; hand in %s", founder.org, file);
	}
	buf_release(&text);
	draft_free(draft);
	return err;
}

static enum err read_founders(struct cli *cli, struct founder *founders)
{
	enum err err = ERR_OK;

	for (size_t i = 1; i < cli->args_count && err == ERR_OK; i++) {
		struct buf text;

		buf_init(&text, 1024);
		err = file_read(cli, cli->args[i], &text);
		if (err == ERR_OK && founder_parse(&founders[i - 1], buf_bytes(&text)) != ERR_OK) {
			err = cli_fail(cli, ERR_GENESIS_FORM, "%s", cli->args[i]);
			cli_remedy(cli, "make it with: stele genesis sign");
		}
		buf_release(&text);
	}
	return err;
}

static enum err run_seal(struct cli *cli)
{
	size_t count = cli->args_count - 1;
	struct founder *founders = calloc(count, sizeof(*founders));
	struct draft *draft = NULL, *sealed = NULL;
	const char *file = NULL;
	struct buf text;
	enum err err = cli_required(cli, "out", &file);

	ASSERT(founders != NULL);
	buf_init(&text, GENESIS_FILE_BYTES);
	if (err == ERR_OK)
		err = draft_read(cli, cli->args[0], &draft);
	if (err == ERR_OK)
		err = read_founders(cli, founders);
	if (err == ERR_OK)
		err = founding_seal(cli, &draft->genesis, draft->file.document, founders, count,
				    &text);
	if (err == ERR_OK)
		err = file_write(cli, file, buf_bytes(&text), 0644, false);
	if (err == ERR_OK)
		err = draft_read(cli, file, &sealed);
	if (err == ERR_OK) {
		out_object(cli, genesis_json(&sealed->genesis, &sealed->file, file), columns);
		out_remark(cli, "sealed; every node and every reader gets %s and compares the words",
			   file);
	}
	buf_release(&text);
	draft_free(sealed);
	draft_free(draft);
	free(founders);
	return err;
}

/* --- card ------------------------------------------------------------------------------------ */

static enum err run_card(struct cli *cli)
{
	static const struct column card_columns[] = {
		{"organisation", "organisation", COLUMN_TEXT},
		{"network", "network", COLUMN_TEXT},
		{"keys", "keys", COLUMN_NUMBER},
		{"validator", "validator", COLUMN_TEXT},
		{"file", "file", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};
	struct card card;
	const char *file = NULL;
	struct buf text;
	enum err err = cli_required(cli, "out", &file);

	if (err == ERR_OK)
		err = card_make(cli, &card);
	if (err != ERR_OK)
		return err;
	buf_init(&text, CARD_BYTES);
	card_render(&text, &card);
	err = text.has_failed ? cli_fail(cli, ERR_GENESIS_FORM, "the card is too large")
			      : file_write(cli, file, buf_bytes(&text), 0644, false);
	buf_release(&text);
	if (err == ERR_OK)
		out_object(cli,
			   json_pack("{s:s,s:s,s:i,s:s*,s:s}", "organisation", card.org.id,
				     "network", card.network, "keys", (int)card_keys_count(&card),
				     "validator", card.has_validator ? card.validator.id : NULL,
				     "file", file),
			   card_columns);
	return err;
}

static const struct option_spec options_new[] = {
	{"out", 0, OPTION_VALUE, "FILE", "write to this file instead of standard output"},
	{"approvals", 0, OPTION_VALUE, "N",
	 "validators that approve what governs the network; default 2, 0: nobody approves anything"},
	{"delta-ms", 0, OPTION_VALUE, "MS",
	 "bound of a one-way delay between nodes; default 50, between cities 400"},
	{"epoch-length", 0, OPTION_VALUE, "HEIGHTS", "heights of an epoch; default 10,000"},
	{"time", 0, OPTION_VALUE, "MS", "time of genesis, ms since 1970; default now"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};
static const struct option_spec options_out[] = {
	{"out", 0, OPTION_VALUE, "FILE", "the new file"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};
static const struct option_spec options_check[] = {
	{"card", 0, OPTION_LIST, "FILE", "this card must be in it exactly as it is"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};
static const struct option_spec options_sign[] = {
	{"out", 0, OPTION_VALUE, "FILE", "the new signature file"},
	{"card", 0, OPTION_LIST, "FILE", "sign only if this card is in it exactly as it is"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_genesis[] = {
	{.words = "genesis new",
	 .arguments = "NAME",
	 .arguments_min = 1,
	 .arguments_max = 1,
	 .brief = "write the parameters of a new network",
	 .text = "NAME is the network's name ([a-z0-9.-], parts joined by slashes). The result is "
		 "the beginning of a genesis document: time, timers, limits and policy. The "
		 "institutions agree on it and may edit it; then come the cards.",
	 .example = "stele genesis new grants.example --out parameters.txt",
	 .options = options_new,
	 .run = run_new},
	{.words = "genesis card",
	 .arguments = "",
	 .arguments_min = 0,
	 .arguments_max = 0,
	 .brief = "make an institution's card from its keys",
	 .text = "The card names the organisation, its roles and keys and, where it runs a "
		 "validator, that node's two public keys. Every key on it signs it. It holds no "
		 "secret. All key files named are opened; with --passphrase-fd one line is read for "
		 "each.",
	 .example = "stele genesis card --network grants.example --org CN-USCI-… --name-en 'Example "
		    "Institute 1' --role validator --role auditor --org-key office.key --validator "
		    "node-1 --consensus-key node/keys/consensus.key --node-key node/keys/node.key "
		    "--out institute-1.card",
	 .options = options_card,
	 .run = run_card},
	{.words = "genesis add",
	 .arguments = "PARAMETERS CARD…",
	 .arguments_min = 2,
	 .arguments_max = ARGUMENTS_ANY,
	 .brief = "assemble the document from parameters and cards",
	 .text = "Checks every card's signatures and writes the genesis document. The same cards in "
		 "any order give the same bytes, so each institution can assemble it for itself and "
		 "compare.",
	 .example = "stele genesis add parameters.txt *.card --out genesis.doc",
	 .options = options_out,
	 .run = run_add},
	{.words = "genesis check",
	 .arguments = "FILE",
	 .arguments_min = 1,
	 .arguments_max = 1,
	 .brief = "check a genesis document or a sealed genesis",
	 .text = "Shows what it founds, its fingerprint, and who signed. A sealed file that lacks a "
		 "founder's signature fails.",
	 .example = "stele genesis check genesis.doc --card institute-1.card\n"
		    "stele genesis check net.genesis",
	 .options = options_check,
	 .run = run_check},
	{.words = "genesis sign",
	 .arguments = "DOCUMENT",
	 .arguments_min = 1,
	 .arguments_max = 1,
	 .brief = "sign the document for a founder",
	 .text = "The key is a govern key of an organisation that has a validator. Compare the "
		 "fingerprint's words with the other founders by voice before you sign.",
	 .example = "stele genesis sign genesis.doc --key office.key --card institute-1.card --out "
		    "institute-1.sig",
	 .options = options_sign,
	 .run = run_sign},
	{.words = "genesis seal",
	 .arguments = "DOCUMENT SIGNATURE…",
	 .arguments_min = 2,
	 .arguments_max = ARGUMENTS_ANY,
	 .brief = "join the document and all founders' signatures",
	 .text = "Every founder must have signed this very document. The sealed file is what nodes "
		 "start from and what readers pin.",
	 .example = "stele genesis seal genesis.doc *.sig --out net.genesis",
	 .options = options_out,
	 .run = run_seal},
	{.words = "genesis fingerprint",
	 .arguments = "FILE",
	 .arguments_min = 1,
	 .arguments_max = 1,
	 .brief = "show the words that name a genesis",
	 .text = "Eight words, and the whole hash, to be read aloud and compared.",
	 .example = "stele genesis fingerprint net.genesis",
	 .run = run_fingerprint},
	{.words = NULL},
};
