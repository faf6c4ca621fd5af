#include "clients/cli/localnet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/files.h"
#include "clients/cli/out.h"

char *localnet_dir(const struct cli *cli)
{
	const char *dir = cli_value(cli, "dir");

	if (dir == NULL)
		dir = getenv("STELE_LOCALNET");
	return path_of("%s", dir != NULL && dir[0] != '\0' ? dir : "stele-localnet");
}

bool localnet_exists(const char *dir)
{
	char *file = path_of("%s/localnet.json", dir);
	bool exists = file_exists(file);

	free(file);
	return exists;
}

static bool fill(struct localnet *out, const json_t *object)
{
	uint64_t validators = 0, port = 0;

	(void)snprintf(out->name, sizeof(out->name), "%s", json_text(object, "name"));
	if (!json_u64(object, "validators", &validators) || !json_u64(object, "port", &port) ||
	    validators < 1 || validators > LIMIT_VALIDATORS || port < 1 || port > 65000)
		return false;
	out->validators = (unsigned)validators;
	out->port = (uint16_t)port;
	return true;
}

enum err localnet_open(struct cli *cli, struct localnet *out)
{
	char *file;
	struct buf text;
	json_t *object = NULL;
	enum err err;

	*out = (struct localnet){.dir = localnet_dir(cli)};
	if (!localnet_exists(out->dir)) {
		err = cli_fail(cli, ERR_FILE_READ, "there is no network in %s", out->dir);
		cli_remedy(cli, "make one: stele localnet up --dir %s", out->dir);
		return err;
	}
	file = path_of("%s/localnet.json", out->dir);
	buf_init(&text, 4096);
	err = file_read(cli, file, &text);
	if (err == ERR_OK)
		object = json_loadb((const char *)text.at, text.len, JSON_REJECT_DUPLICATES, NULL);
	if (err == ERR_OK && !fill(out, object))
		err = cli_fail(cli, ERR_FILE_FORM, "%s", file);
	json_decref(object);
	buf_release(&text);
	free(file);
	return err;
}

void localnet_release(struct localnet *net)
{
	free(net->dir);
	net->dir = NULL;
}
