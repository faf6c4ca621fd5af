#include "clients/cli/card_make.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/founding.h"
#include "clients/cli/orgkey.h"
#include "clients/cli/signer.h"
#include "ledger/apply/identifier.h"
#include "proto/role.h"

#define PURPOSES_DEFAULT "govern,grant,content"

const struct option_spec options_card[] = {
	{"network", 0, OPTION_VALUE, "NAME", "the network's name, as in the parameters"},
	{"org", 0, OPTION_VALUE, "ID", "the organisation's identifier, such as CN-USCI-…"},
	{"name-zh", 0, OPTION_VALUE, "TEXT", "its name in Chinese"},
	{"name-en", 0, OPTION_VALUE, "TEXT", "its name in English"},
	{"role", 0, OPTION_LIST, "ROLE",
	 "funder, agency, applicant, reviewer, auditor, anchorer or validator; repeat it"},
	{"org-key", 0, OPTION_LIST, "FILE[=PURPOSES]",
	 "key file of the organisation; purposes default to " PURPOSES_DEFAULT "; repeat it"},
	{"validator", 0, OPTION_VALUE, "NAME", "name of the validator that it runs"},
	{"consensus-key", 0, OPTION_VALUE, "FILE", "the validator's consensus key"},
	{"node-key", 0, OPTION_VALUE, "FILE", "the validator's node key"},
	{"out", 0, OPTION_VALUE, "FILE", "the new card"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

enum err role_read(struct cli *cli, const char *text, uint32_t *bits)
{
	uint32_t role = role_from_name(bytes_text(text));

	if (role == 0) {
		cli_fail(cli, ERR_USAGE, "there is no role \"%s\"", text);
		cli_fact(cli, "known", "funder, agency, applicant, reviewer, auditor, anchorer, "
				       "validator");
		return ERR_USAGE;
	}
	*bits |= 1u << role;
	return ERR_OK;
}

bool org_is_same(const struct genesis_org *a, const struct genesis_org *b)
{
	bool is_same = strcmp(a->id, b->id) == 0 && strcmp(a->name_zh, b->name_zh) == 0 &&
		       strcmp(a->name_en, b->name_en) == 0 && a->roles == b->roles &&
		       a->keys_count == b->keys_count;

	for (uint32_t i = 0; is_same && i < a->keys_count; i++)
		is_same = public_key_equal(&a->keys[i].key, &b->keys[i].key) &&
			  a->keys[i].purposes == b->keys[i].purposes;
	return is_same;
}

static enum err copy_text(struct cli *cli, const char *option, char *out, size_t size)
{
	const char *text = cli_value(cli, option);

	if (text == NULL)
		return ERR_OK;
	if (strlen(text) >= size) {
		cli_fail(cli, ERR_USAGE, "--%s", option);
		cli_fact(cli, "expected", "at most %zu bytes", size - 1);
		return ERR_USAGE;
	}
	memcpy(out, text, strlen(text) + 1);
	return ERR_OK;
}

static enum err fill_org(struct cli *cli, struct card *card)
{
	struct genesis_org *org = &card->org;
	const char *id = NULL, *network = NULL;
	enum err err = cli_required(cli, "network", &network);

	if (err == ERR_OK)
		err = cli_required(cli, "org", &id);
	if (err == ERR_OK)
		err = copy_text(cli, "network", card->network, sizeof(card->network));
	if (err == ERR_OK)
		err = copy_text(cli, "org", org->id, sizeof(org->id));
	if (err == ERR_OK)
		err = copy_text(cli, "name-zh", org->name_zh, sizeof(org->name_zh));
	if (err == ERR_OK)
		err = copy_text(cli, "name-en", org->name_en, sizeof(org->name_en));
	if (err != ERR_OK)
		return err;
	err = identifier_check(id);
	if (err != ERR_OK)
		return cli_fail(cli, err, "%s", id);
	for (size_t i = 0; err == ERR_OK && i < cli_count(cli, "role"); i++)
		err = role_read(cli, cli_nth(cli, "role", i), &org->roles);
	return err;
}

/* A key and its secret, until both are sorted. */
struct held {
	struct genesis_key key;
	struct secret secret;
};

static int compare_held(const void *a, const void *b)
{
	const struct held *left = a, *right = b;

	return public_key_compare(&left->key.key, &right->key.key);
}

static enum err open_org_key(struct cli *cli, const char *text, struct held *out)
{
	const char *equals = strchr(text, '=');
	char *path = strndup(text, equals != NULL ? (size_t)(equals - text) : strlen(text));
	struct signer *signer = NULL;
	enum err err;

	ASSERT(path != NULL);
	err = purposes_read(cli, equals != NULL ? equals + 1 : PURPOSES_DEFAULT, &out->key.purposes);
	if (err == ERR_OK)
		err = signer_open(cli, path, &signer);
	if (err == ERR_OK) {
		out->key.key = signer->key;
		out->secret = signer->secret;
	}
	signer_free(signer);
	free(path);
	return err;
}

static enum err open_org_keys(struct cli *cli, struct card *card, struct secret *secrets)
{
	struct held held[GENESIS_ORG_KEYS_MAX];
	size_t count = cli_count(cli, "org-key");
	enum err err = ERR_OK;

	if (count == 0 || count > GENESIS_ORG_KEYS_MAX)
		return cli_fail(cli, ERR_USAGE, "a card has 1 to %d keys: --org-key",
				GENESIS_ORG_KEYS_MAX);
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = open_org_key(cli, cli_nth(cli, "org-key", i), &held[i]);
	if (err == ERR_OK) {
		qsort(held, count, sizeof(held[0]), compare_held);
		card->org.keys_count = (uint32_t)count;
		for (size_t i = 0; i < count; i++) {
			card->org.keys[i] = held[i].key;
			secrets[i] = held[i].secret;
		}
	}
	secret_wipe(held, sizeof(held));
	return err;
}

static enum err open_key(struct cli *cli, const char *option, struct public_key *key,
			 struct secret *secret)
{
	const char *path = NULL;
	struct signer *signer = NULL;
	enum err err = cli_required(cli, option, &path);

	if (err == ERR_OK)
		err = signer_open(cli, path, &signer);
	if (err == ERR_OK) {
		*key = signer->key;
		*secret = signer->secret;
	}
	signer_free(signer);
	return err;
}

static enum err open_validator(struct cli *cli, struct card *card, struct secret *secrets)
{
	uint32_t count = card->org.keys_count;
	enum err err;

	if (!cli_has(cli, "validator")) {
		if (cli_has(cli, "consensus-key") || cli_has(cli, "node-key"))
			return cli_fail(cli, ERR_USAGE, "--validator NAME is missing");
		return ERR_OK;
	}
	card->has_validator = true;
	memcpy(card->validator.org, card->org.id, sizeof(card->org.id));
	err = copy_text(cli, "validator", card->validator.id, sizeof(card->validator.id));
	if (err == ERR_OK)
		err = open_key(cli, "consensus-key", &card->validator.consensus_key,
			       &secrets[count]);
	if (err == ERR_OK)
		err = open_key(cli, "node-key", &card->validator.node_key, &secrets[count + 1]);
	return err;
}

/* What is rendered must read back: that checks every bound of the form. */
static enum err check_form(struct cli *cli, const struct card *card)
{
	struct card *again = calloc(1, sizeof(*again));
	unsigned line = 0;
	struct buf text;
	enum err err;

	ASSERT(again != NULL);
	buf_init(&text, CARD_BYTES);
	card_render(&text, card);
	err = text.has_failed ? ERR_GENESIS_FORM : card_parse(again, buf_bytes(&text), &line);
	if (err != ERR_OK) {
		const char *at = (const char *)text.at;
		size_t left = text.len;

		cli_fail(cli, err, "the card");
		for (unsigned i = 1; i < line && memchr(at, '\n', left) != NULL; i++) {
			size_t step = strcspn(at, "\n") + 1;

			at += step;
			left -= step;
		}
		cli_fact(cli, "line", "%.*s", (int)(left > 0 ? strcspn(at, "\n") : 0), at);
	}
	buf_release(&text);
	free(again);
	return err;
}

enum err card_make(struct cli *cli, struct card *out)
{
	struct secret secrets[CARD_SIGNATURES_MAX];
	struct card card;
	enum err err;

	memset(&card, 0, sizeof(card));
	err = fill_org(cli, &card);
	if (err == ERR_OK)
		err = open_org_keys(cli, &card, secrets);
	if (err == ERR_OK)
		err = open_validator(cli, &card, secrets);
	if (err == ERR_OK)
		err = card_sign(&card, secrets);
	secret_wipe(secrets, sizeof(secrets));
	if (err == ERR_OK)
		err = check_form(cli, &card);
	if (err == ERR_OK)
		*out = card;
	return err;
}
