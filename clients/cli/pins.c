#include "clients/cli/pins.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/files.h"
#include "clients/cli/out.h"

#define SUFFIX ".genesis"

static enum err sealed_parse(struct cli *cli, const char *path, struct sealed *sealed)
{
	const char *missing = NULL;
	unsigned line = 0;
	enum err err = genesis_file_parse(&sealed->file, buf_bytes(&sealed->text));

	if (err != ERR_OK)
		return cli_fail(cli, err, "%s", path);
	err = genesis_parse(&sealed->genesis, sealed->file.document, &line);
	if (err != ERR_OK) {
		cli_fail(cli, err, "%s", path);
		cli_fact(cli, "line", "%u", line);
		return err;
	}
	err = genesis_file_check(&sealed->file, &sealed->genesis, &missing);
	if (err != ERR_OK) {
		cli_fail(cli, err, "%s", path);
		if (missing != NULL)
			cli_fact(cli, "founder", "%s", missing);
	}
	return err;
}

enum err sealed_read(struct cli *cli, const char *path, struct sealed **out)
{
	struct sealed *sealed = calloc(1, sizeof(*sealed));
	enum err err;

	if (sealed == NULL)
		return cli_fail(cli, ERR_MEMORY, NULL);
	buf_init(&sealed->text, GENESIS_FILE_BYTES);
	err = file_read(cli, path, &sealed->text);
	if (err == ERR_OK)
		err = sealed_parse(cli, path, sealed);
	if (err == ERR_OK)
		*out = sealed;
	else
		sealed_free(sealed);
	return err;
}

void sealed_free(struct sealed *sealed)
{
	if (sealed == NULL)
		return;
	buf_release(&sealed->text);
	free(sealed);
}

struct trust sealed_trust(const struct sealed *sealed)
{
	struct trust trust = {.chain = sealed->genesis.chain, .sets_count = 1};

	trust.sets[0] = sealed->genesis.set.hash;
	genesis_origin(trust.origin, &sealed->genesis);
	return trust;
}

static char *pin_path(const struct cli *cli, const struct genesis *genesis)
{
	char hex[HASH_HEX_LEN + 1];
	char name[GENESIS_NAME_MAX + 1];

	hex_encode(hex, genesis->chain.b, sizeof(genesis->chain.b));
	memcpy(name, genesis->name, sizeof(name));
	for (char *c = name; *c != '\0'; c++)
		if (*c == '/')
			*c = '_';
	return path_of("%s/networks/%s@%.16s" SUFFIX, cli->home, name, hex);
}

enum err pins_add(struct cli *cli, const struct sealed *sealed, bool *was_there)
{
	char *folder = path_of("%s/networks", cli->home);
	char *path = pin_path(cli, &sealed->genesis);
	enum err err = folder_make(cli, folder, 0700);

	*was_there = err == ERR_OK && file_exists(path);
	if (err == ERR_OK && !*was_there)
		err = file_write(cli, path, buf_bytes(&sealed->text), 0644, false);
	free(path);
	free(folder);
	return err;
}

static int is_pin(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name), suffix = strlen(SUFFIX);

	return len > suffix && strcmp(entry->d_name + len - suffix, SUFFIX) == 0;
}

static enum err visit_file(struct cli *cli, const char *path,
			   enum err (*visit)(struct cli *cli, const struct sealed *sealed,
					     void *context),
			   void *context)
{
	struct sealed *sealed = NULL;
	enum err err = sealed_read(cli, path, &sealed);

	if (err == ERR_OK)
		err = visit(cli, sealed, context);
	sealed_free(sealed);
	return err;
}

enum err pins_each(struct cli *cli,
		   enum err (*visit)(struct cli *cli, const struct sealed *sealed, void *context),
		   void *context)
{
	const char *trust = cli_value(cli, "trust");
	char *folder = path_of("%s/networks", cli->home);
	struct dirent **entries = NULL;
	enum err err = ERR_OK;
	int count = 0;

	if (trust != NULL)
		err = visit_file(cli, trust, visit, context);
	else
		count = scandir(folder, &entries, is_pin, alphasort);
	for (int i = 0; i < count; i++) {
		char *path = path_of("%s/%s", folder, entries[i]->d_name);

		if (err == ERR_OK)
			err = visit_file(cli, path, visit, context);
		free(path);
		free(entries[i]);
	}
	free(entries);
	free(folder);
	return err;
}

struct search {
	const struct hash *chain;
	struct trust trust;
	size_t seen;
	bool is_found;
};

static enum err search_one(struct cli *cli, const struct sealed *sealed, void *context)
{
	struct search *search = context;

	(void)cli;
	search->seen++;
	if (hash_equal(&sealed->genesis.chain, search->chain)) {
		search->trust = sealed_trust(sealed);
		search->is_found = true;
	}
	return ERR_OK;
}

enum err pins_find(struct cli *cli, const struct hash *chain, bool *found, struct trust *out)
{
	struct search search = {.chain = chain};
	enum err err = pins_each(cli, search_one, &search);

	if (err != ERR_OK)
		return err;
	*found = search.is_found;
	if (search.is_found)
		*out = search.trust;
	return ERR_OK;
}

enum err pins_compare(struct cli *cli, const struct hash *chain, const char *origin)
{
	struct search search = {.chain = chain};
	enum err err = pins_each(cli, search_one, &search);

	if (err != ERR_OK || search.is_found)
		return err;
	if (cli_has(cli, "trust")) {
		cli_fail(cli, ERR_GENESIS_MISMATCH, "the node serves another network");
		cli_fact(cli, "it serves", "%s", origin);
		cli_fact(cli, "expected", "the genesis of %s", cli_value(cli, "trust"));
		return ERR_GENESIS_MISMATCH;
	}
	if (search.seen > 0)
		out_remark(cli, "note: %s is none of the pinned networks; see stele trust show",
			   origin);
	return ERR_OK;
}
