#include "clients/cli/pins.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/files.h"
#include "clients/cli/out.h"

#define GENESIS_SUFFIX ".genesis"
#define PIN_SUFFIX ".pin"

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

/* networks/<name>@<16 hex>, without the suffix. */
static char *place_of(const struct cli *cli, const struct genesis *genesis)
{
	char hex[HASH_HEX_LEN + 1];
	char name[GENESIS_NAME_MAX + 1];

	hex_encode(hex, genesis->chain.b, sizeof(genesis->chain.b));
	memcpy(name, genesis->name, sizeof(name));
	for (char *c = name; *c != '\0'; c++)
		if (*c == '/')
			*c = '_';
	return path_of("%s/networks/%s@%.16s", cli->home, name, hex);
}

enum err pins_add(struct cli *cli, const struct sealed *sealed, bool *was_there)
{
	char *folder = path_of("%s/networks", cli->home);
	char *place = place_of(cli, &sealed->genesis);
	char *path = path_of("%s" GENESIS_SUFFIX, place);
	enum err err = folder_make(cli, folder, 0700);

	*was_there = err == ERR_OK && file_exists(path);
	if (err == ERR_OK && !*was_there)
		err = file_write(cli, path, buf_bytes(&sealed->text), 0644, false);
	free(path);
	free(place);
	free(folder);
	return err;
}

static int is_pin(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name), suffix = strlen(GENESIS_SUFFIX);

	return len > suffix && strcmp(entry->d_name + len - suffix, GENESIS_SUFFIX) == 0;
}

/* A text that is trusted: a pin.  *is_pin: false where it is none, and nothing was read. */
static enum err pin_read(struct cli *cli, const char *path, struct trust *out, bool *is_pin)
{
	struct buf text;
	enum err err;

	buf_init(&text, GENESIS_FILE_BYTES > PIN_BYTES_MAX ? GENESIS_FILE_BYTES : PIN_BYTES_MAX);
	err = file_read(cli, path, &text);
	*is_pin = err == ERR_OK && trust_is_pin(buf_bytes(&text));
	if (*is_pin && trust_parse(out, buf_bytes(&text)) != ERR_OK)
		err = cli_fail(cli, ERR_TRUST, "%s", path);
	buf_release(&text);
	return err;
}

/* The newer state of a pinned network, kept beside its genesis. */
static enum err take_newer(struct cli *cli, struct pinned *pinned)
{
	struct trust *newer = malloc(sizeof(*newer));
	bool is_pin;
	enum err err;

	ASSERT(newer != NULL);
	err = pin_read(cli, pinned->pin_path, newer, &is_pin);
	if (err == ERR_OK && (!is_pin || !hash_equal(&newer->chain, &pinned->trust.chain) ||
			      strcmp(newer->origin, pinned->trust.origin) != 0))
		err = cli_fail(cli, ERR_TRUST, "%s is no pin of that network", pinned->pin_path);
	if (err == ERR_OK)
		pinned->trust = *newer;
	free(newer);
	return err;
}

static enum err visit_genesis(struct cli *cli, const char *path, bool is_kept, pins_visit *visit,
			      void *context)
{
	struct pinned *pinned = calloc(1, sizeof(*pinned));
	enum err err;

	ASSERT(pinned != NULL);
	err = sealed_read(cli, path, &pinned->sealed);
	if (err == ERR_OK) {
		char *place = place_of(cli, &pinned->sealed->genesis);

		pinned->trust = sealed_trust(pinned->sealed);
		pinned->pin_path = is_kept ? path_of("%s" PIN_SUFFIX, place) : NULL;
		if (is_kept && file_exists(pinned->pin_path))
			err = take_newer(cli, pinned);
		free(place);
	}
	if (err == ERR_OK)
		err = visit(cli, pinned, context);
	free(pinned->pin_path);
	sealed_free(pinned->sealed);
	free(pinned);
	return err;
}

/* --trust: a genesis file or a pin. */
static enum err visit_given(struct cli *cli, const char *path, pins_visit *visit, void *context)
{
	struct pinned *pinned = calloc(1, sizeof(*pinned));
	bool is_pin;
	enum err err;

	ASSERT(pinned != NULL);
	err = pin_read(cli, path, &pinned->trust, &is_pin);
	if (err == ERR_OK && is_pin)
		err = visit(cli, pinned, context);
	else if (err == ERR_OK)
		err = visit_genesis(cli, path, false, visit, context);
	free(pinned);
	return err;
}

enum err pins_each(struct cli *cli, pins_visit *visit, void *context)
{
	const char *trust = cli_value(cli, "trust");
	char *folder = path_of("%s/networks", cli->home);
	struct dirent **entries = NULL;
	enum err err = ERR_OK;
	int count = 0;

	if (trust != NULL)
		err = visit_given(cli, trust, visit, context);
	else
		count = scandir(folder, &entries, is_pin, alphasort);
	for (int i = 0; i < count; i++) {
		char *path = path_of("%s/%s", folder, entries[i]->d_name);

		if (err == ERR_OK)
			err = visit_genesis(cli, path, true, visit, context);
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

static enum err search_one(struct cli *cli, const struct pinned *pinned, void *context)
{
	struct search *search = context;

	(void)cli;
	search->seen++;
	if (!search->is_found)
		search->trust = pinned->trust;
	search->is_found =
		search->is_found || hash_equal(&pinned->trust.chain, search->chain);
	return ERR_OK;
}

enum err pins_find(struct cli *cli, const struct hash *chain, bool *found, struct trust *out)
{
	struct search search = {.chain = chain};
	enum err err = pins_each(cli, search_one, &search);

	if (err != ERR_OK)
		return err;
	*found = search.is_found || cli_has(cli, "trust");
	if (*found)
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
		cli_fail(cli, ERR_GENESIS_MISMATCH, "another network");
		cli_fact(cli, "found", "%s", origin);
		cli_fact(cli, "expected", "the network of %s", cli_value(cli, "trust"));
		return ERR_GENESIS_MISMATCH;
	}
	if (search.seen > 0)
		out_remark(cli, "note: %s is none of the pinned networks; see stele trust show",
			   origin);
	return ERR_OK;
}
