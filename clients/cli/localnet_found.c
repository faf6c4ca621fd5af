/* Founding a local network: this process plays every institution in turn, with
 * the same steps and files as when they are apart. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/cli/example_orgs.h"
#include "clients/cli/files.h"
#include "clients/cli/founding.h"
#include "clients/cli/localnet.h"
#include "clients/cli/node_home.h"
#include "clients/cli/out.h"
#include "clients/cli/progress.h"
#include "crypto/keyfile.h"
#include "crypto/random.h"
#include "proto/role.h"

struct member {
	struct example_org example;
	struct secret secret;   /* of the organisation */
	struct node_keys node;  /* of its validator */
	struct card *card;
};

struct founding {
	struct cli *cli;
	const struct localnet *net;
	struct member members[EXAMPLE_ORGS_MAX];
	size_t count;
	struct card cards[EXAMPLE_ORGS_MAX];
	struct founder founders[EXAMPLE_VALIDATORS_MAX];
	struct genesis genesis;
	struct buf parameters, document, sealed;
	char passphrase[65];
	struct progress progress;
};

static enum err write_text(struct founding *f, const char *name, struct bytes text, mode_t mode)
{
	char *path = path_of("%s/%s", f->net->dir, name);
	enum err err = file_write(f->cli, path, text, mode, false);

	free(path);
	return err;
}

static enum err make_folders(struct founding *f)
{
	static const char *const names[] = {"", "/keys", "/genesis", "/client/networks"};
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < sizeof(names) / sizeof(names[0]); i++) {
		char *path = path_of("%s%s", f->net->dir, names[i]);

		err = folder_make(f->cli, path, 0700);
		free(path);
	}
	return err;
}

static enum err make_passphrase(struct founding *f)
{
	uint8_t random[32];
	struct buf text;
	enum err err;

	random_bytes(random, sizeof(random));
	hex_encode(f->passphrase, random, sizeof(random));
	buf_init(&text, 128);
	buf_print(&text, "%s\n", f->passphrase);
	err = write_text(f, "keys/passphrase", buf_bytes(&text), 0600);
	buf_release(&text);
	return err;
}

/* --- one institution -------------------------------------------------------------- */

static enum err make_org_key(struct founding *f, struct member *member)
{
	struct genesis_org *org = &member->example.org;
	char *path = path_of("%s/keys/%s.key", f->net->dir, member->example.name);
	enum err err = sign_key_generate(&member->secret);

	if (err == ERR_OK)
		err = sign_public(&org->keys[0].key, &member->secret);
	if (err == ERR_OK)
		err = keyfile_write(path, &member->secret, member->example.name,
				    bytes_text(f->passphrase));
	if (err != ERR_OK)
		cli_fail(f->cli, err, "%s", path);
	org->keys_count = 1;
	org->keys[0].purposes = 1u << STELE__PURPOSE__PURPOSE_GOVERN |
				1u << STELE__PURPOSE__PURPOSE_GRANT |
				1u << STELE__PURPOSE__PURPOSE_CONTENT;
	free(path);
	return err;
}

static enum err make_card(struct founding *f, size_t index)
{
	struct member *member = &f->members[index];
	struct card *card = &f->cards[index];
	struct secret secrets[3] = {member->secret, member->node.consensus, member->node.node};
	char name[64];
	struct buf text;
	enum err err;

	(void)snprintf(card->network, sizeof(card->network), "%s", f->net->name);
	card->org = member->example.org;
	card->has_validator = member->example.is_validator;
	if (card->has_validator) {
		(void)snprintf(card->validator.id, sizeof(card->validator.id), "node-%zu", index + 1);
		memcpy(card->validator.org, card->org.id, sizeof(card->validator.org));
		card->validator.consensus_key = member->node.consensus_public;
		card->validator.node_key = member->node.node_public;
	}
	err = card_sign(card, secrets);
	secret_wipe(secrets, sizeof(secrets));
	if (err != ERR_OK)
		return cli_fail(f->cli, err, "card of %s", member->example.name);
	buf_init(&text, CARD_BYTES);
	card_render(&text, card);
	(void)snprintf(name, sizeof(name), "genesis/%s.card", member->example.name);
	err = write_text(f, name, buf_bytes(&text), 0644);
	buf_release(&text);
	return err;
}

static enum err make_member(struct founding *f, size_t index)
{
	struct member *member = &f->members[index];
	char *home = path_of("%s/node-%zu", f->net->dir, index + 1);
	enum err err = make_org_key(f, member);

	member->node.is_validator = member->example.is_validator;
	if (err == ERR_OK && member->example.is_validator)
		err = node_home_make(f->cli, home, bytes_text(f->passphrase), &member->node);
	if (err == ERR_OK)
		err = make_card(f, index);
	free(home);
	return err;
}

/* --- all together --------------------------------------------------------------------- */

static enum err assemble(struct founding *f)
{
	struct parameters parameters;
	struct card *cards = calloc(f->count, sizeof(*cards));
	enum err err;

	ASSERT(cards != NULL);
	memcpy(cards, f->cards, f->count * sizeof(*cards)); /* they get sorted */
	parameters_init(&parameters, f->net->name);
	parameters.quota_transactions = 1000000000;
	parameters.quota_bytes = 1000000000000;
	parameters.quota_entries = 10000000000;
	parameters.approvals = f->net->validators > 1 ? 2 : 1;
	if (f->net->delta_ms > 0)
		parameters.timers.delta_us = f->net->delta_ms * 1000;
	parameters_render(&f->parameters, &parameters);
	err = write_text(f, "genesis/parameters.txt", buf_bytes(&f->parameters), 0644);
	if (err == ERR_OK)
		err = founding_assemble(f->cli, buf_bytes(&f->parameters), cards, f->count,
					&f->document, &f->genesis);
	if (err == ERR_OK)
		err = write_text(f, "genesis/genesis.doc", buf_bytes(&f->document), 0644);
	free(cards);
	return err;
}

static enum err sign_and_seal(struct founding *f)
{
	enum err err = ERR_OK;

	for (unsigned i = 0; err == ERR_OK && i < f->net->validators; i++) {
		struct member *member = &f->members[i];
		char name[64];
		struct buf text;

		err = founding_sign(f->cli, &f->genesis, &member->secret,
				    &member->example.org.keys[0].key, &f->founders[i]);
		buf_init(&text, 1024);
		if (err == ERR_OK) {
			founder_render(&text, &f->founders[i]);
			(void)snprintf(name, sizeof(name), "genesis/%s.sig", member->example.name);
			err = write_text(f, name, buf_bytes(&text), 0644);
		}
		buf_release(&text);
	}
	if (err == ERR_OK)
		err = founding_seal(f->cli, &f->genesis, buf_bytes(&f->document), f->founders,
				    f->net->validators, &f->sealed);
	return err == ERR_OK ? write_text(f, "net.genesis", buf_bytes(&f->sealed), 0644) : err;
}

static struct net_address loopback(uint16_t port)
{
	struct net_address address = {.ip = "127.0.0.1", .port = port};

	return address;
}

static enum err configure(struct founding *f, unsigned node)
{
	struct config *config = calloc(1, sizeof(*config));
	char *home = path_of("%s/node-%u", f->net->dir, node + 1);
	uint16_t port = (uint16_t)(f->net->port + node);
	enum err err;

	ASSERT(config != NULL);
	config_init(config);
	(void)snprintf(config->name, sizeof(config->name), "node-%u", node + 1);
	config->has_chain = true;
	config->chain = f->genesis.chain;
	config->listen = loopback(port);
	config->api_listen = loopback((uint16_t)(port + LOCALNET_API_OFFSET));
	config->metrics_listen = loopback((uint16_t)(port + LOCALNET_METRICS_OFFSET));
	for (unsigned i = 0; i < f->net->validators; i++)
		if (i != node)
			config->peers[config->peers_count++] =
				loopback((uint16_t)(f->net->port + i));
	(void)snprintf(config->passphrase_file, sizeof(config->passphrase_file),
		       "../keys/passphrase");
	err = node_home_configure(f->cli, home, config);
	if (err == ERR_OK)
		err = node_home_found(f->cli, home, buf_bytes(&f->sealed));
	free(home);
	free(config);
	return err;
}

static enum err write_json(struct founding *f, const char *name, json_t *value)
{
	char *text = json_dumps(value, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	struct buf line;
	enum err err;

	ASSERT(text != NULL);
	buf_init(&line, (size_t)1 << 20);
	buf_print(&line, "%s\n", text);
	err = write_text(f, name, buf_bytes(&line), 0644);
	buf_release(&line);
	free(text);
	json_decref(value);
	return err;
}

static enum err write_organisations(struct founding *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->count; i++) {
		const struct example_org *example = &f->members[i].example;
		struct buf roles;

		buf_init(&roles, 128);
		roles_render(&roles, example->org.roles);
		(void)json_array_append_new(
			list, json_pack("{s:s,s:s,s:s,s:s,s:s%}", "name", example->name, "id",
					example->org.id, "name_zh", example->org.name_zh, "name_en",
					example->org.name_en, "roles", roles.at, roles.len));
		buf_release(&roles);
	}
	return write_json(f, "organisations.json", list);
}

/* The client's home: this network pinned, the keys by their names. */
static enum err make_client(struct founding *f)
{
	char *link_path = path_of("%s/client/keys", f->net->dir);
	char hex[HASH_HEX_LEN + 1], name[160];
	enum err err;

	hex_encode(hex, f->genesis.chain.b, 32);
	(void)snprintf(name, sizeof(name), "client/networks/%s@%.16s.genesis", f->net->name, hex);
	err = write_text(f, name, buf_bytes(&f->sealed), 0644);
	if (err == ERR_OK && symlink("../keys", link_path) != 0)
		err = cli_fail(f->cli, ERR_FILE_WRITE, "%s", link_path);
	free(link_path);
	return err;
}

static enum err found_all(struct founding *f)
{
	enum err err = make_folders(f);

	if (err == ERR_OK)
		err = make_passphrase(f);
	progress_start(&f->progress, f->cli, "institutions made their keys and cards", f->count);
	for (size_t i = 0; err == ERR_OK && i < f->count; i++) {
		err = make_member(f, i);
		progress_set(&f->progress, i + 1);
	}
	progress_end(&f->progress, f->count);
	if (err == ERR_OK)
		err = assemble(f);
	if (err == ERR_OK)
		err = sign_and_seal(f);
	for (unsigned i = 0; err == ERR_OK && i < f->net->validators; i++)
		err = configure(f, i);
	if (err == ERR_OK)
		err = write_organisations(f);
	if (err == ERR_OK)
		err = make_client(f);
	if (err != ERR_OK)
		return err;
	/* last, so that half a network is none */
	return write_json(f, "localnet.json",
			  json_pack("{s:s,s:i,s:i}", "name", f->net->name, "validators",
				    (int)f->net->validators, "port", (int)f->net->port));
}

enum err localnet_found(struct cli *cli, const struct localnet *net)
{
	struct founding *f = calloc(1, sizeof(*f));
	struct example_org *examples = calloc(EXAMPLE_ORGS_MAX, sizeof(*examples));
	enum err err;

	ASSERT(f != NULL && examples != NULL);
	f->cli = cli;
	f->net = net;
	f->count = example_orgs(examples, net->validators);
	for (size_t i = 0; i < f->count; i++)
		f->members[i].example = examples[i];
	buf_init(&f->parameters, LIMIT_GENESIS_BYTES);
	buf_init(&f->document, LIMIT_GENESIS_BYTES);
	buf_init(&f->sealed, GENESIS_FILE_BYTES);
	err = found_all(f);
	buf_release(&f->sealed);
	buf_release(&f->document);
	buf_release(&f->parameters);
	secret_wipe(f, sizeof(*f));
	free(f);
	free(examples);
	return err;
}
