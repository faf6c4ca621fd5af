/* stele config: settings of a node. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "clients/cli/files.h"
#include "clients/cli/out.h"
#include "node/config.h"

static json_t *address_json(const struct net_address *address)
{
	struct buf text;
	json_t *value;

	if (address->ip[0] == '\0')
		return json_null();
	buf_init(&text, 128);
	config_address_render(&text, address);
	value = json_stringn((const char *)text.at, text.len);
	buf_release(&text);
	return value;
}

static enum err run_check(struct cli *cli)
{
	static const struct column columns[] = {
		{"file", "file", COLUMN_TEXT},	     {"name", "name", COLUMN_TEXT},
		{"listen", "listen", COLUMN_TEXT},   {"peers", "peers", COLUMN_TEXT},
		{"api_listen", "api", COLUMN_TEXT},  {"metrics_listen", "metrics", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};
	struct config *config = calloc(1, sizeof(*config));
	char *problem = calloc(1, CONFIG_PROBLEM_BYTES);
	struct stat stat_of;
	bool is_folder = stat(cli->args[0], &stat_of) == 0 && S_ISDIR(stat_of.st_mode);
	char *path = path_of("%s%s", cli->args[0], is_folder ? "/" CONFIG_FILE : "");
	enum err err;

	ASSERT(config != NULL && problem != NULL);
	err = config_read(config, problem, path);
	if (err != ERR_OK) {
		cli_fail(cli, err, NULL);
		cli_fact(cli, "place", "%s", problem);
	} else {
		json_t *peers = json_array();

		for (uint32_t i = 0; i < config->peers_count; i++)
			(void)json_array_append_new(peers, address_json(&config->peers[i]));
		out_object(cli,
			   json_pack("{s:s,s:s,s:o,s:o,s:o,s:o}", "file", path, "name",
				     config->name, "listen", address_json(&config->listen), "peers",
				     peers, "api_listen", address_json(&config->api_listen),
				     "metrics_listen", address_json(&config->metrics_listen)),
			   columns);
		out_remark(cli, "the settings are good");
	}
	free(path);
	free(problem);
	free(config);
	return err;
}

const struct command commands_config[] = {
	{.words = "config check",
	 .arguments = "FILE|HOME",
	 .arguments_min = 1,
	 .arguments_max = 1,
	 .brief = "check a steled.conf",
	 .text = "Reads the settings as steled would. An unknown key is an error that names file, "
		 "line and the nearest known key.",
	 .example = "stele config check /var/lib/stele/steled.conf",
	 .run = run_check},
	{.words = NULL},
};
