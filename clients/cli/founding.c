#include "clients/cli/founding.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/files.h"
#include "clients/cli/out.h"
#include "crypto/digest.h"

#define WINDOW_MS 180000
#define QUOTA_WINDOW_MS 60000

void parameters_init(struct parameters *parameters, const char *name)
{
	*parameters = (struct parameters){
		.name = name,
		.time_ms = time_now_ms(),
		.epoch_length = 10000,
		.quota_transactions = 1000000,
		.quota_bytes = 1000000000,
		.quota_entries = 10000000,
		.approvals = 2,
		.timers = {.delta_us = 50000,
			   .fetch_us = 200000,
			   .build_us = 100000,
			   .validate_us = 200000,
			   .disk_us = 100000,
			   .idle_us = 10000000,
			   .skip_us = 5000000,
			   .skew_ms = 500,
			   .late_ms = 15000},
	};
}

/* --- parameters ------------------------------------------------------------------ */

void parameters_render(struct buf *out, const struct parameters *parameters)
{
	struct genesis genesis;

	genesis.timers = parameters->timers;
	genesis.window_ms = WINDOW_MS;
	genesis.quota_window_ms = QUOTA_WINDOW_MS;
	genesis.quota_transactions = parameters->quota_transactions;
	genesis.quota_bytes = parameters->quota_bytes;
	genesis.quota_entries = parameters->quota_entries;
	buf_print(out, "stele/v1 genesis\nname %s\nsuite " SIGN_SUITE "\n", parameters->name);
	buf_print(out, "time %llu\nepoch-length %llu\n", (unsigned long long)parameters->time_ms,
		  (unsigned long long)parameters->epoch_length);
	genesis_bounds_render(out, &genesis);
	first_policy_render(out, parameters->approvals);
}

/* --- cards ------------------------------------------------------------------------- */

static int compare_keys(const void *a, const void *b)
{
	const struct genesis_key *left = a, *right = b;

	return public_key_compare(&left->key, &right->key);
}

void org_sort_keys(struct genesis_org *org)
{
	qsort(org->keys, org->keys_count, sizeof(org->keys[0]), compare_keys);
}

enum err card_sign(struct card *card, const struct secret *secrets)
{
	struct hash digest;
	struct buf text;
	enum err err;

	buf_init(&text, CARD_BYTES);
	card_text(&text, card);
	err = text.has_failed ? ERR_GENESIS_FORM : ERR_OK;
	if (err == ERR_OK)
		sha256(&digest, text.at, text.len);
	for (uint32_t i = 0; err == ERR_OK && i < card_keys_count(card); i++)
		err = sign_digest(&card->signatures[i], &secrets[i], &digest);
	buf_release(&text);
	return err;
}

static enum err card_verify(struct cli *cli, const char *from, const struct card *card)
{
	uint32_t bad = 0;
	char hex[2 * 33 + 1];
	enum err err = card_check(card, &bad);

	if (err != ERR_OK) {
		cli_fail(cli, err, "card %s", from);
		hex_encode(hex, card_key(card, bad)->b, 33);
		cli_fact(cli, "organisation", "%s", card->org.id);
		cli_fact(cli, "key", "%s", hex);
		cli_remedy(cli, "get the card again from the institution");
	}
	return err;
}

enum err card_read(struct cli *cli, const char *path, struct card *out)
{
	struct buf text;
	unsigned line = 0;
	enum err err;

	buf_init(&text, CARD_BYTES);
	err = file_read(cli, path, &text);
	if (err == ERR_OK) {
		err = card_parse(out, buf_bytes(&text), &line);
		if (err != ERR_OK) {
			cli_fail(cli, err, "card %s", path);
			cli_fact(cli, "line", "%u", line);
		}
	}
	buf_release(&text);
	return err == ERR_OK ? card_verify(cli, path, out) : err;
}

/* --- the document --------------------------------------------------------------------- */

static int compare_cards(const void *a, const void *b)
{
	const struct card *left = a, *right = b;

	return strcmp(left->org.id, right->org.id);
}

static void add_orgs(struct buf *out, const struct card *cards, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct card alone = cards[i];
		struct buf text;
		const char *org;

		/* The organisation's lines are those between network and validator. */
		alone.has_validator = false;
		buf_init(&text, CARD_BYTES);
		card_text(&text, &alone);
		buf_u8(&text, 0);
		ASSERT(!text.has_failed);
		org = strstr((const char *)text.at, "\norganisation ");
		ASSERT(org != NULL);
		buf_print(out, "%s", org + 1);
		buf_release(&text);
	}
}

static enum err add_set(struct cli *cli, struct buf *out, const struct card *cards, size_t count)
{
	struct set *set = calloc(1, sizeof(*set));
	enum err err = ERR_OK;

	ASSERT(set != NULL);
	for (size_t i = 0; i < count && err == ERR_OK; i++) {
		if (!cards[i].has_validator)
			continue;
		if (set->count == LIMIT_VALIDATORS)
			err = cli_fail(cli, ERR_GENESIS_FORM, "more than %d validators",
				       LIMIT_VALIDATORS);
		else
			set->validators[set->count++] = cards[i].validator;
	}
	if (err == ERR_OK && set->count == 0)
		err = cli_fail(cli, ERR_GENESIS_FORM, "no card has a validator");
	if (err == ERR_OK) {
		set_seal(set);
		set_render(out, set);
	}
	free(set);
	return err;
}

static enum err check_cards(struct cli *cli, struct bytes parameters, const struct card *cards,
			    size_t count)
{
	char name[GENESIS_NAME_MAX + 16];

	for (size_t i = 0; i < count; i++) {
		struct bytes line;

		(void)snprintf(name, sizeof(name), "\nname %s\n", cards[i].network);
		line = bytes_text(name);
		if (memmem(parameters.at, parameters.len, line.at, line.len) == NULL) {
			cli_fail(cli, ERR_GENESIS_FORM, "the card of %s", cards[i].org.id);
			cli_fact(cli, "made for", "network %s", cards[i].network);
			return ERR_GENESIS_FORM;
		}
		if (i > 0 && compare_cards(&cards[i - 1], &cards[i]) == 0) {
			cli_fail(cli, ERR_GENESIS_FORM, "two cards of one organisation");
			cli_fact(cli, "organisation", "%s", cards[i].org.id);
			return ERR_GENESIS_FORM;
		}
		if (card_verify(cli, cards[i].org.id, &cards[i]) != ERR_OK)
			return ERR_GENESIS_SIGNATURES;
	}
	return ERR_OK;
}

enum err founding_assemble(struct cli *cli, struct bytes parameters, struct card *cards,
			   size_t count, struct buf *out, struct genesis *genesis)
{
	unsigned line = 0;
	enum err err;

	if (count > 0)
		qsort(cards, count, sizeof(*cards), compare_cards);
	err = check_cards(cli, parameters, cards, count);
	if (err != ERR_OK)
		return err;
	buf_add_bytes(out, parameters);
	add_orgs(out, cards, count);
	err = add_set(cli, out, cards, count);
	if (err == ERR_OK && out->has_failed) {
		cli_fail(cli, ERR_GENESIS_FORM, "the document is too large");
		cli_remedy(cli, "found with fewer organisations and register the others by motion");
		return ERR_GENESIS_FORM;
	}
	if (err == ERR_OK && genesis_parse(genesis, buf_bytes(out), &line) != ERR_OK) {
		err = cli_fail(cli, ERR_GENESIS_FORM, "the assembled document");
		cli_fact(cli, "line", "%u", line);
		cli_remedy(cli, "correct the parameters, or see which card brings that line");
	}
	return err;
}

/* --- signatures and seal ------------------------------------------------------------------ */

static const struct genesis_org *org_of_key(const struct genesis *genesis,
					    const struct public_key *key)
{
	for (uint32_t i = 0; i < genesis->orgs_count; i++)
		for (uint32_t k = 0; k < genesis->orgs[i].keys_count; k++)
			if (public_key_equal(&genesis->orgs[i].keys[k].key, key))
				return &genesis->orgs[i];
	return NULL;
}

enum err founding_sign(struct cli *cli, const struct genesis *genesis, const struct secret *secret,
		       const struct public_key *key, struct founder *out)
{
	const struct genesis_org *org = org_of_key(genesis, key);
	struct founder founder = {.key = *key};
	struct hash digest;
	struct buf text;
	enum err err;

	buf_init(&text, 256);
	genesis_found_text(&text, &genesis->chain);
	sha256(&digest, text.at, text.len);
	buf_release(&text);
	err = sign_digest(&founder.signature, secret, &digest);
	if (err != ERR_OK)
		return cli_fail(cli, err, NULL);
	if (org != NULL)
		(void)snprintf(founder.org, sizeof(founder.org), "%s", org->id);
	if (org == NULL || !founder_verifies(&founder, genesis)) {
		err = org != NULL ? ERR_KEY_PURPOSE : ERR_KEY_UNKNOWN;
		cli_fail(cli, err, "this key does not found this network");
		if (org != NULL)
			cli_fact(cli, "organisation", "%s", org->id);
		cli_remedy(cli, "sign with a govern key of an organisation that has a validator");
		return err;
	}
	*out = founder;
	return ERR_OK;
}

void founder_render(struct buf *out, const struct founder *founder)
{
	buf_print(out, "founder %s ", founder->org);
	buf_hex(out, founder->key.b, sizeof(founder->key.b));
	buf_u8(out, ' ');
	buf_hex(out, founder->signature.b, sizeof(founder->signature.b));
	buf_u8(out, '\n');
}

enum err founder_parse(struct founder *out, struct bytes text)
{
	struct genesis_file *file = calloc(1, sizeof(*file));
	struct buf whole;
	enum err err;

	ASSERT(file != NULL);
	/* as the only founder of a document of one line */
	buf_init(&whole, 1024);
	buf_print(&whole, "-\n\n");
	buf_add_bytes(&whole, text);
	err = whole.has_failed ? ERR_GENESIS_FORM : genesis_file_parse(file, buf_bytes(&whole));
	if (err == ERR_OK && file->founders_count != 1)
		err = ERR_GENESIS_FORM;
	if (err == ERR_OK)
		*out = file->founders[0];
	buf_release(&whole);
	free(file);
	return err;
}

static int compare_founders(const void *a, const void *b)
{
	const struct founder *left = a, *right = b;

	return strcmp(left->org, right->org);
}

enum err founding_seal(struct cli *cli, const struct genesis *genesis, struct bytes document,
		       const struct founder *founders, size_t count, struct buf *out)
{
	struct genesis_file *file = calloc(1, sizeof(*file));
	const char *missing = NULL;
	enum err err = ERR_OK;

	ASSERT(file != NULL);
	file->document = document;
	if (count > LIMIT_VALIDATORS)
		err = cli_fail(cli, ERR_GENESIS_SIGNATURES, "there are more signatures than founders");
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		file->founders[file->founders_count++] = founders[i];
	qsort(file->founders, file->founders_count, sizeof(file->founders[0]), compare_founders);
	if (err == ERR_OK) {
		err = genesis_file_check(file, genesis, &missing);
		if (err != ERR_OK) {
			cli_fail(cli, err, "the genesis cannot be sealed yet");
			if (missing != NULL)
				cli_fact(cli, "founder", "%s", missing);
		}
	}
	if (err == ERR_OK)
		genesis_file_render(out, file);
	free(file);
	return err;
}
