/* stele localnet: a whole network on this machine, to try things with. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/example_orgs.h"
#include "clients/cli/files.h"
#include "clients/cli/localnet.h"
#include "clients/cli/node_home.h"
#include "clients/cli/out.h"

#define READY_MS 30000
#define STOP_MS 10000
#define NAME_DEFAULT "localnet.example"

/* --- status -------------------------------------------------------------------------- */

static json_t *node_json(struct cli *cli, const struct localnet *net, unsigned node)
{
	pid_t pid = localnet_pid(net, node);
	json_t *object = json_pack("{s:i,s:b}", "node", (int)node, "running", pid != 0), *status = NULL;
	char text[64];

	if (pid != 0)
		(void)json_object_set_new(object, "pid", json_integer(pid));
	(void)snprintf(text, sizeof(text), "http://127.0.0.1:%u",
		       (unsigned)net->port + node - 1 + LOCALNET_API_OFFSET);
	(void)json_object_set_new(object, "api", json_string(text));
	if (pid != 0 && api_get_from(cli, node - 1, &status, "/v1/status") == ERR_OK) {
		static const char *const names[] = {"height", "final_height", "view", "syncing",
						    "signing", "validators_connected"};

		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			(void)json_object_set(object, names[i], json_object_get(status, names[i]));
	}
	json_decref(status);
	return object;
}

/* cli->http then has the network's nodes, whatever --node says. */
static enum err use_nodes(struct cli *cli, const struct localnet *net)
{
	enum err err = ERR_OK;

	http_free(cli->http);
	cli->http = http_new();
	ASSERT(cli->http != NULL);
	for (unsigned node = 1; err == ERR_OK && node <= net->validators; node++) {
		char url[64];

		(void)snprintf(url, sizeof(url), "http://127.0.0.1:%u",
			       (unsigned)net->port + node - 1 + LOCALNET_API_OFFSET);
		err = http_add_node(cli->http, url);
	}
	return err == ERR_OK ? ERR_OK : cli_fail(cli, err, NULL);
}

static enum err print_status(struct cli *cli, const struct localnet *net)
{
	static const struct column columns[] = {
		{"node", "NODE", COLUMN_TEXT},
		{"running", "RUNS", COLUMN_TEXT},
		{"pid", "PID", COLUMN_TEXT},
		{"api", "API", COLUMN_TEXT},
		{"height", "HEIGHT", COLUMN_NUMBER},
		{"view", "VIEW", COLUMN_NUMBER},
		{"syncing", "SYNCING", COLUMN_TEXT},
		{"signing", "SIGNS", COLUMN_TEXT},
		{"validators_connected", "PEERS", COLUMN_NUMBER},
		{NULL, NULL, COLUMN_TEXT},
	};
	json_t *items = json_array();
	enum err err = use_nodes(cli, net);

	for (unsigned node = 1; err == ERR_OK && node <= net->validators; node++)
		(void)json_array_append_new(items, node_json(cli, net, node));
	out_list(cli, json_pack("{s:s,s:o}", "dir", net->dir, "items", items), columns);
	return err;
}

static enum err run_status(struct cli *cli)
{
	struct localnet net;
	enum err err = localnet_open(cli, &net);

	if (err == ERR_OK)
		err = print_status(cli, &net);
	localnet_release(&net);
	return err;
}

/* --- up, down ------------------------------------------------------------------------- */

static enum err make_network(struct cli *cli, char *dir)
{
	struct localnet net = {.dir = dir};
	const char *name = cli_value(cli, "name");
	uint64_t validators = 4, port = LOCALNET_PORT_DEFAULT, delta_ms = 0;
	enum err err = cli_number(cli, "validators", EXAMPLE_VALIDATORS_MAX, &validators);

	if (err == ERR_OK)
		err = cli_number(cli, "port", 65000, &port);
	if (err == ERR_OK)
		err = cli_number(cli, "delta-ms", 60000, &delta_ms);
	if (err == ERR_OK &&
	    (validators == 0 || port < 1024 || (cli_has(cli, "delta-ms") && delta_ms == 0)))
		err = cli_fail(cli, ERR_USAGE, "at least one validator, 1 ms, and ports from 1024");
	if (err != ERR_OK)
		return err;
	net.validators = (unsigned)validators;
	net.port = (uint16_t)port;
	net.delta_ms = (uint32_t)delta_ms;
	(void)snprintf(net.name, sizeof(net.name), "%s", name != NULL ? name : NAME_DEFAULT);
	out_remark(cli, "founding %s with %u validators in %s", net.name, net.validators, dir);
	return localnet_found(cli, &net);
}

static enum err start_nodes(struct cli *cli, const struct localnet *net, unsigned first,
			    unsigned last)
{
	const char *given = cli_value(cli, "steled");
	char *steled = given != NULL ? path_of("%s", given) : steled_path();
	enum err err = ERR_OK;

	for (unsigned node = first; err == ERR_OK && node <= last; node++)
		err = localnet_start(cli, net, node, steled);
	free(steled);
	return err;
}

static void tell_next(struct cli *cli, const struct localnet *net)
{
	out_remark(cli,
		   "\nthe network runs; keys of its example organisations lie in %s/keys\n"
		   "next:\n"
		   "  eval \"$(stele localnet env --dir %s)\"\n"
		   "  stele status\n"
		   "  stele org list\n"
		   "  stele anchor FILE --key anchorer-1\n"
		   "stop it: stele localnet down --dir %s",
		   net->dir, net->dir, net->dir);
}

static enum err run_up(struct cli *cli)
{
	char *dir = localnet_dir(cli);
	struct localnet net = {.dir = NULL};
	enum err err = localnet_exists(dir) ? ERR_OK : make_network(cli, dir);

	if (err == ERR_OK)
		err = localnet_open(cli, &net);
	if (err == ERR_OK)
		err = start_nodes(cli, &net, 1, net.validators);
	if (err == ERR_OK)
		err = localnet_wait_ready(cli, &net, READY_MS);
	if (err == ERR_OK)
		err = print_status(cli, &net);
	if (err == ERR_OK)
		tell_next(cli, &net);
	localnet_release(&net);
	free(dir);
	return err;
}

static enum err run_down(struct cli *cli)
{
	struct localnet net;
	unsigned stopped = 0;
	enum err err = localnet_open(cli, &net);

	/* First to all, so that they end side by side; a second one would end them at once. */
	for (unsigned node = 1; err == ERR_OK && node <= net.validators; node++) {
		stopped += localnet_pid(&net, node) != 0;
		err = localnet_signal(cli, &net, node, SIGTERM, 0);
	}
	for (unsigned node = 1; err == ERR_OK && node <= net.validators; node++)
		err = localnet_signal(cli, &net, node, 0, STOP_MS);
	if (err == ERR_OK) {
		out_line(cli, "%u of %u nodes stopped", stopped, net.validators);
		(void)out_json(cli, json_pack("{s:s,s:i}", "dir", net.dir, "stopped", (int)stopped));
	}
	localnet_release(&net);
	return err;
}

/* --- one node -------------------------------------------------------------------------- */

/* N, or all. */
static enum err choose_nodes(struct cli *cli, const struct localnet *net, unsigned *first,
			     unsigned *last)
{
	uint64_t node = 0;
	enum err err = ERR_OK;

	*first = 1;
	*last = net->validators;
	if (strcmp(cli->args[0], "all") == 0)
		return ERR_OK;
	err = cli_arg_number(cli, 0, "node", net->validators, &node);
	if (err == ERR_OK && node == 0)
		err = cli_fail(cli, ERR_USAGE, "nodes are numbered from 1");
	*first = *last = (unsigned)node;
	return err;
}

static enum err read_signal(struct cli *cli, int *out)
{
	static const struct {
		const char *name;
		int number;
	} known[] = {{"KILL", SIGKILL}, {"TERM", SIGTERM}, {"STOP", SIGSTOP},
		     {"CONT", SIGCONT}, {"INT", SIGINT},   {"HUP", SIGHUP}};
	const char *name = cli_value(cli, "signal");

	*out = SIGKILL;
	if (name == NULL)
		return ERR_OK;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].name, name) == 0) {
			*out = known[i].number;
			return ERR_OK;
		}
	cli_fail(cli, ERR_USAGE, "--signal %s", name);
	cli_fact(cli, "known", "KILL, TERM, STOP, CONT, INT, HUP");
	return ERR_USAGE;
}

static enum err run_kill(struct cli *cli)
{
	struct localnet net;
	unsigned first = 1, last = 0, count = 0;
	int number = SIGKILL;
	enum err err = localnet_open(cli, &net);

	if (err == ERR_OK)
		err = choose_nodes(cli, &net, &first, &last);
	if (err == ERR_OK)
		err = read_signal(cli, &number);
	for (unsigned node = first; err == ERR_OK && node <= last; node++) {
		count += localnet_pid(&net, node) != 0;
		err = localnet_signal(cli, &net, node, number, 0);
	}
	/* the kernel takes a moment; who starts it next must not find it there */
	for (unsigned node = first; err == ERR_OK && number == SIGKILL && node <= last; node++)
		err = localnet_signal(cli, &net, node, number, STOP_MS);
	if (err == ERR_OK) {
		out_line(cli, "signal sent to %u node%s", count, count == 1 ? "" : "s");
		(void)out_json(cli, json_pack("{s:i,s:i}", "signalled", (int)count, "signal", number));
	}
	localnet_release(&net);
	return err;
}

static enum err run_start(struct cli *cli)
{
	struct localnet net;
	unsigned first = 1, last = 0;
	enum err err = localnet_open(cli, &net);

	if (err == ERR_OK)
		err = choose_nodes(cli, &net, &first, &last);
	if (err == ERR_OK)
		err = start_nodes(cli, &net, first, last);
	if (err == ERR_OK)
		err = print_status(cli, &net);
	localnet_release(&net);
	return err;
}

static enum err run_env(struct cli *cli)
{
	struct localnet net;
	enum err err = localnet_open(cli, &net);
	char *full = err == ERR_OK ? realpath(net.dir, NULL) : NULL;

	if (err == ERR_OK && full == NULL)
		err = cli_fail(cli, ERR_FILE_READ, "%s", net.dir);
	if (err == ERR_OK) {
		(void)printf("export STELE_LOCALNET='%s'\nexport STELE_HOME='%s/client'\n"
			     "export STELE_PASSPHRASE_FILE='%s/keys/passphrase'\n"
			     "export STELE_NODE='", full, full, full);
		for (unsigned node = 0; node < net.validators; node++)
			(void)printf("%shttp://127.0.0.1:%u", node > 0 ? "," : "",
				     (unsigned)net.port + node + LOCALNET_API_OFFSET);
		(void)printf("'\n");
	}
	free(full);
	localnet_release(&net);
	return err;
}

#define OPTION_DIR \
	{"dir", 0, OPTION_VALUE, "DIR", \
	 "the network's folder; default $STELE_LOCALNET or ./stele-localnet"}
#define OPTION_STELED \
	{"steled", 0, OPTION_VALUE, "FILE", "the node's program; default beside this one, or in PATH"}
#define OPTIONS_END {NULL, 0, OPTION_FLAG, NULL, NULL}

static const struct option_spec options_up[] = {
	OPTION_DIR,
	{"validators", 0, OPTION_VALUE, "N", "how many, 1 to 16; default 4"},
	{"port", 0, OPTION_VALUE, "PORT",
	 "first port: nodes from here, APIs 20 above, metrics 40 above; default 26600"},
	{"name", 0, OPTION_VALUE, "NAME", "the network's name; default " NAME_DEFAULT},
	{"delta-ms", 0, OPTION_VALUE, "MS",
	 "bound of a one-way delay between nodes, of the timers; default 50"},
	OPTION_STELED,
	OPTIONS_END,
};
static const struct option_spec options_dir[] = {OPTION_DIR, OPTIONS_END};
static const struct option_spec options_kill[] = {
	OPTION_DIR,
	{"signal", 0, OPTION_VALUE, "NAME", "KILL, TERM, STOP, CONT, INT or HUP; default KILL"},
	OPTIONS_END,
};
static const struct option_spec options_start[] = {OPTION_DIR, OPTION_STELED, OPTIONS_END};

const struct command commands_localnet[] = {
	{.words = "localnet up",
	 .arguments = "",
	 .arguments_min = 0,
	 .arguments_max = 0,
	 .brief = "found and start a network of validators on this machine",
	 .text = "Makes keys, cards and a genesis that every founder signs, as separate "
		 "institutions would, then starts a steled process for each validator on loopback "
		 "and waits until all are ready. Example organisations are registered, with their "
		 "keys in DIR/keys. Run again it starts what does not run.",
	 .example = "stele localnet up\nstele localnet up --dir /tmp/net --validators 7 --port 27000",
	 .options = options_up,
	 .run = run_up},
	{.words = "localnet down",
	 .arguments = "",
	 .arguments_min = 0,
	 .arguments_max = 0,
	 .brief = "stop the local network; its data stays",
	 .text = "Ends every node by SIGTERM, and by SIGKILL what has not ended after ten seconds.",
	 .example = "stele localnet down --dir /tmp/net",
	 .options = options_dir,
	 .run = run_down},
	{.words = "localnet status",
	 .arguments = "",
	 .arguments_min = 0,
	 .arguments_max = 0,
	 .brief = "show the nodes of the local network",
	 .text = "One line a node: process, address, height, view.",
	 .example = "stele localnet status --dir /tmp/net --json",
	 .options = options_dir,
	 .run = run_status},
	{.words = "localnet kill",
	 .arguments = "N|all",
	 .arguments_min = 1,
	 .arguments_max = 1,
	 .brief = "send a signal to a node, or to all at once",
	 .text = "By default SIGKILL, as a power cut would be. STOP and CONT pause and resume.",
	 .example = "stele localnet kill 3\nstele localnet kill all --signal KILL",
	 .options = options_kill,
	 .run = run_kill},
	{.words = "localnet start",
	 .arguments = "N|all",
	 .arguments_min = 1,
	 .arguments_max = 1,
	 .brief = "start a node that does not run, or all of them",
	 .text = "Does not wait until it has caught up; see stele localnet status.",
	 .example = "stele localnet start 3",
	 .options = options_start,
	 .run = run_start},
	{.words = "localnet env",
	 .arguments = "",
	 .arguments_min = 0,
	 .arguments_max = 0,
	 .brief = "print the variables that point this tool at the local network",
	 .text = "Nodes, home (with the network pinned) and passphrase file, for the shell to "
		 "evaluate.",
	 .example = "eval \"$(stele localnet env --dir /tmp/net)\"",
	 .options = options_dir,
	 .run = run_env},
	{.words = NULL},
};
