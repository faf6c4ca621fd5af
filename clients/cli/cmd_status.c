/* stele status, peers: how the nodes are. */
#include <stdio.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/out.h"

/* {"node", "reachable", and what /v1/status says}; a node that does not answer is
 * a line of its own, not a failure of all. */
static json_t *status_of(struct cli *cli, size_t node)
{
	json_t *object = json_pack("{s:s}", "node", http_node_name(cli->http, node));
	json_t *status = NULL;
	enum err err = api_get_from(cli, node, &status, "/v1/status");

	(void)json_object_set_new(object, "reachable", json_boolean(err == ERR_OK));
	if (err == ERR_OK)
		(void)json_object_update(object, status);
	else
		(void)json_object_set_new(object, "error", json_string(err_text(err)));
	json_decref(status);
	return object;
}

static enum err status_many(struct cli *cli)
{
	static const struct column columns[] = {
		{"node", "NODE", COLUMN_TEXT},
		{"reachable", "ANSWERS", COLUMN_TEXT},
		{"height", "HEIGHT", COLUMN_NUMBER},
		{"final_height", "FINAL", COLUMN_NUMBER},
		{"view", "VIEW", COLUMN_NUMBER},
		{"syncing", "SYNCING", COLUMN_TEXT},
		{"signing", "SIGNS", COLUMN_TEXT},
		{"sign_state", "SIGN STATE", COLUMN_TEXT},
		{"validators_connected", "PEERS", COLUMN_NUMBER},
		{"pool.count", "POOL", COLUMN_NUMBER},
		{NULL, NULL, COLUMN_TEXT},
	};
	json_t *items = json_array();
	size_t reachable = 0, count = http_nodes_count(cli->http);

	for (size_t i = 0; i < count; i++) {
		json_t *one = status_of(cli, i);

		reachable += json_is_true(json_object_get(one, "reachable"));
		(void)json_array_append_new(items, one);
	}
	out_list(cli, json_pack("{s:o}", "items", items), columns);
	if (reachable > 0)
		return ERR_OK;
	return cli_fail(cli, ERR_NET_CONNECT, NULL);
}

static enum err run_status(struct cli *cli)
{
	static const struct column columns[] = {
		{"network.origin", "network", COLUMN_TEXT},
		{"network.fingerprint", "fingerprint", COLUMN_TEXT},
		{"network.version", "version", COLUMN_TEXT},
		{"network.time", "newest block (UTC)", COLUMN_TIME},
		{"height", "height", COLUMN_NUMBER},
		{"final_height", "final height", COLUMN_NUMBER},
		{"best_height", "best height known", COLUMN_NUMBER},
		{"network.log_size", "records in the log", COLUMN_NUMBER},
		{"syncing", "syncing", COLUMN_TEXT},
		{"validator", "validator index", COLUMN_TEXT},
		{"signing", "signing", COLUMN_TEXT},
		{"sign_state", "sign state", COLUMN_TEXT},
		{"tripped", "tripped", COLUMN_TEXT},
		{"disk_full", "disk full", COLUMN_TEXT},
		{"view", "view", COLUMN_NUMBER},
		{"leader", "leader", COLUMN_TEXT},
		{"sessions", "sessions", COLUMN_NUMBER},
		{"validators_connected", "validators connected", COLUMN_NUMBER},
		{"pool.count", "transactions waiting", COLUMN_NUMBER},
		{"skew_ms", "clock skew, ms", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};
	json_t *network = NULL, *status = NULL;
	enum err err = api_open(cli);

	if (err != ERR_OK)
		return err;
	if (http_nodes_count(cli->http) > 1)
		return status_many(cli);
	err = api_get(cli, &network, "/v1/network");
	if (err == ERR_OK)
		err = api_get(cli, &status, "/v1/status");
	if (err == ERR_OK) {
		(void)json_object_set(status, "network", network);
		out_object(cli, json_incref(status), columns);
	}
	json_decref(network);
	json_decref(status);
	return err;
}

static enum err run_peers(struct cli *cli)
{
	static const struct column columns[] = {
		{"peer", "PEER", COLUMN_TEXT},
		{"address", "ADDRESS", COLUMN_TEXT},
		{"node_key", "NODE KEY", COLUMN_HASH},
		{"bytes_in", "BYTES IN", COLUMN_NUMBER},
		{"bytes_out", "BYTES OUT", COLUMN_NUMBER},
		{NULL, NULL, COLUMN_TEXT},
	};
	json_t *list = NULL;
	enum err err = api_get(cli, &list, "/v1/peers");

	if (err == ERR_OK)
		out_list(cli, list, columns);
	return err;
}

const struct command commands_status[] = {
	{.words = "status",
	 .arguments = "",
	 .arguments_min = 0,
	 .arguments_max = 0,
	 .brief = "show how a node, or several, are",
	 .text = "With one node its whole state, with several one line each. A node that does not "
		 "answer is said so; the exit code is 8 only if none answers.",
	 .example = "stele status\nstele status --node http://127.0.0.1:26620 --node "
		    "http://127.0.0.1:26621",
	 .run = run_status},
	{.words = "peers",
	 .arguments = "",
	 .arguments_min = 0,
	 .arguments_max = 0,
	 .brief = "show a node's sessions with other nodes",
	 .text = "Lists the sessions that are open now, with traffic counted since they opened.",
	 .example = "stele peers --node http://127.0.0.1:26620",
	 .run = run_peers},
	{.words = NULL},
};
