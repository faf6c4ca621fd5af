/* stele init: the home of a node. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/files.h"
#include "clients/cli/node_home.h"
#include "clients/cli/out.h"
#include "clients/cli/pins.h"
#include "clients/cli/signer.h"
#include "node/home.h"

static enum err read_address(struct cli *cli, const char *option, const char *text,
			     struct net_address *out)
{
	if (config_address_parse(out, text))
		return ERR_OK;
	cli_fail(cli, ERR_USAGE, "--%s %s", option, text);
	cli_fact(cli, "expected", "IP:PORT or [IP6]:PORT; names are not resolved");
	return ERR_USAGE;
}

static enum err option_address(struct cli *cli, const char *option, const char *otherwise,
			       struct net_address *out)
{
	const char *text = cli_value(cli, option);

	if (text == NULL && (otherwise == NULL || out->ip[0] != '\0'))
		return ERR_OK;
	return read_address(cli, option, text != NULL ? text : otherwise, out);
}

static enum err fill_config(struct cli *cli, struct config *config)
{
	const char *name = cli_value(cli, "name");
	size_t peers = cli_count(cli, "peer");
	enum err err;

	if (name != NULL)
		(void)snprintf(config->name, sizeof(config->name), "%.*s", LIMIT_SEGMENT, name);
	else if (config->name[0] == '\0')
		memcpy(config->name, "node", 5);
	err = option_address(cli, "listen", "0.0.0.0:26600", &config->listen);
	if (err == ERR_OK)
		err = option_address(cli, "api-listen", "127.0.0.1:26620", &config->api_listen);
	if (err == ERR_OK)
		err = option_address(cli, "metrics-listen", "127.0.0.1:26640",
				     &config->metrics_listen);
	if (peers > CONFIG_PEERS_MAX)
		err = cli_fail(cli, ERR_USAGE, "more than %d peers", CONFIG_PEERS_MAX);
	for (size_t i = 0; err == ERR_OK && i < peers; i++)
		err = read_address(cli, "peer", cli_nth(cli, "peer", i), &config->peers[i]);
	if (err == ERR_OK && peers > 0)
		config->peers_count = (uint32_t)peers;
	return err;
}

/* The service reads it later, from wherever it runs. */
static enum err keep_passphrase_path(struct cli *cli, struct config *config)
{
	const char *given = cli_value(cli, "passphrase-file");
	char full[PATH_MAX];

	if (given == NULL)
		return ERR_OK;
	if (realpath(given, full) == NULL || strlen(full) > CONFIG_PATH_BYTES)
		return cli_fail(cli, ERR_FILE_READ, "%s", given);
	memcpy(config->passphrase_file, full, strlen(full) + 1);
	return ERR_OK;
}

static enum err new_home(struct cli *cli, const char *path, struct node_keys *keys)
{
	struct buf passphrase;
	enum err err = passphrase_get(cli, path, true, &passphrase);

	if (err != ERR_OK)
		return err;
	err = node_home_make(cli, path, buf_bytes(&passphrase), keys);
	passphrase_release(&passphrase);
	return err;
}

/* The settings of a home that is there. */
static enum err old_config(struct cli *cli, const char *path, struct config *config)
{
	char *file = path_of("%s/%s", path, HOME_CONFIG);
	char *problem = calloc(1, CONFIG_PROBLEM_BYTES);
	enum err err;

	ASSERT(problem != NULL);
	err = config_read(config, problem, file);
	if (err != ERR_OK) {
		cli_fail(cli, err, NULL);
		cli_fact(cli, "place", "%s", problem);
	}
	free(problem);
	free(file);
	return err;
}

static enum err write_unit(struct cli *cli, const char *path)
{
	char *file = path_of("%s/steled.service", path), *steled = steled_path();
	char full[PATH_MAX];
	struct buf text;
	enum err err;

	buf_init(&text, 65536);
	node_home_unit(&text, realpath(path, full) != NULL ? full : path, steled);
	err = file_write(cli, file, buf_bytes(&text), 0644, true);
	buf_release(&text);
	free(steled);
	free(file);
	return err;
}

/* With --genesis: which network the home belongs to. */
static enum err found(struct cli *cli, const char *path, struct config *config)
{
	const char *file = cli_value(cli, "genesis");
	struct sealed *sealed = NULL;
	enum err err;

	if (file == NULL)
		return ERR_OK;
	err = sealed_read(cli, file, &sealed);
	if (err == ERR_OK)
		err = node_home_found(cli, path, buf_bytes(&sealed->text));
	if (err == ERR_OK) {
		config->has_chain = true;
		config->chain = sealed->genesis.chain;
	}
	sealed_free(sealed);
	return err;
}

static void tell_next(struct cli *cli, const char *path, const struct config *config)
{
	char *steled = steled_path();

	if (config->has_chain)
		out_remark(cli, "start it: %s --home %s\nor as a service: cp %s/steled.service "
				"/etc/systemd/system/ && systemctl enable --now steled",
			   steled, path, path);
	else
		out_remark(cli, "next, make the card (stele genesis card) with %s/keys/*.key; once "
				"the genesis is sealed: stele init %s --genesis FILE --peer IP:PORT…",
			   path, path);
	free(steled);
}

static void print_result(struct cli *cli, const char *path, const struct config *config)
{
	static const struct column columns[] = {
		{"home", "home", COLUMN_TEXT},
		{"name", "name", COLUMN_TEXT},
		{"role", "runs as", COLUMN_TEXT},
		{"chain", "chain", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};
	char *consensus = path_of("%s/%s", path, HOME_CONSENSUS_KEY);
	json_t *object = json_pack("{s:s,s:s,s:s}", "home", path, "name", config->name, "role",
				   file_exists(consensus) ? "validator" : "observer");

	if (config->has_chain)
		(void)json_object_set_new(object, "chain", json_hex(config->chain.b, 32));
	out_object(cli, object, columns);
	free(consensus);
}

static enum err run_init(struct cli *cli)
{
	const char *path = cli->args[0];
	char *format = path_of("%s/%s", path, HOME_FORMAT);
	bool is_old = file_exists(format);
	struct config *config = calloc(1, sizeof(*config));
	struct node_keys keys = {.is_validator = !cli_has(cli, "observer")};
	enum err err;

	ASSERT(config != NULL);
	config_init(config);
	if (is_old && !cli_has(cli, "genesis")) {
		err = cli_fail(cli, ERR_FILE_EXISTS, "%s is a home already", path);
		cli_remedy(cli, "bring its genesis: stele init %s --genesis FILE", path);
	} else {
		err = is_old ? old_config(cli, path, config) : ERR_OK;
	}
	if (err == ERR_OK)
		err = fill_config(cli, config);
	if (err == ERR_OK)
		err = keep_passphrase_path(cli, config);
	if (err == ERR_OK && !is_old)
		err = new_home(cli, path, &keys);
	secret_wipe(&keys, sizeof(keys));
	if (err == ERR_OK)
		err = found(cli, path, config);
	if (err == ERR_OK)
		err = node_home_configure(cli, path, config);
	if (err == ERR_OK)
		err = write_unit(cli, path);
	if (err == ERR_OK) {
		print_result(cli, path, config);
		tell_next(cli, path, config);
	}
	free(config);
	free(format);
	return err;
}

static const struct option_spec options_init[] = {
	{"name", 0, OPTION_VALUE, "NAME", "the node's name, for people; default node"},
	{"genesis", 0, OPTION_VALUE, "FILE", "sealed genesis of the network it belongs to"},
	{"observer", 0, OPTION_FLAG, NULL, "make no consensus key: the node follows and never votes"},
	{"listen", 0, OPTION_VALUE, "IP:PORT", "for other nodes; default 0.0.0.0:26600"},
	{"api-listen", 0, OPTION_VALUE, "IP:PORT", "for clients; default 127.0.0.1:26620"},
	{"metrics-listen", 0, OPTION_VALUE, "IP:PORT",
	 "for health and metrics; default 127.0.0.1:26640"},
	{"peer", 0, OPTION_LIST, "IP:PORT", "another node; repeat it"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_init[] = {
	{.words = "init",
	 .arguments = "HOME",
	 .arguments_min = 1,
	 .arguments_max = 1,
	 .brief = "make the home of a node, or bring its genesis",
	 .text = "Writes keys, steled.conf and a systemd unit into HOME. Both keys are encrypted "
		 "under one passphrase; a --passphrase-file is entered into the settings, so that "
		 "the service can open them. A home made before the genesis existed gets it by a "
		 "second call with --genesis.",
	 .example = "stele init /var/lib/stele --name node-1 --passphrase-file /etc/stele/pass\n"
		    "stele init /var/lib/stele --genesis net.genesis --peer 192.0.2.7:26600",
	 .options = options_init,
	 .run = run_init},
	{.words = NULL},
};
