#include "clients/cli/signer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/files.h"
#include "clients/cli/out.h"
#include "crypto/keyfile.h"

char *key_path(const struct cli *cli, const char *key)
{
	if (strchr(key, '/') == NULL && !file_exists(key)) {
		char *path = path_of("%s/keys/%s.key", cli->home, key);

		if (file_exists(path))
			return path;
		free(path);
	}
	return path_of("%s", key);
}

void signer_free(struct signer *signer)
{
	if (signer == NULL)
		return;
	secret_wipe(signer, sizeof(*signer));
	free(signer);
}

static enum err open_with(struct cli *cli, const char *path, struct bytes passphrase,
			  struct signer *signer)
{
	struct keyfile_info info;
	enum err err = keyfile_inspect(path, &info);

	if (err == ERR_OK)
		err = keyfile_read(path, passphrase, &signer->secret);
	if (err != ERR_OK)
		return cli_fail(cli, err, "%s", path);
	signer->key = info.public_key;
	(void)snprintf(signer->label, sizeof(signer->label), "%s", info.label);
	return ERR_OK;
}

enum err signer_open(struct cli *cli, const char *key, struct signer **out)
{
	char *path = key_path(cli, key);
	struct signer *signer = calloc(1, sizeof(*signer));
	struct keyfile_info info;
	struct buf passphrase;
	enum err err;

	ASSERT(signer != NULL);
	/* What can be wrong without a passphrase is told before asking for one. */
	err = keyfile_inspect(path, &info);
	if (err != ERR_OK) {
		cli_fail(cli, err, "%s", path);
	} else {
		err = passphrase_get(cli, path, false, &passphrase);
		if (err == ERR_OK) {
			err = open_with(cli, path, buf_bytes(&passphrase), signer);
			passphrase_release(&passphrase);
		}
	}
	free(path);
	if (err == ERR_OK)
		*out = signer;
	else
		signer_free(signer);
	return err;
}

enum err signer_get(struct cli *cli, const struct signer **out)
{
	const char *key = cli_value(cli, "key");
	enum err err = ERR_OK;

	if (key == NULL)
		key = getenv("STELE_KEY");
	if (cli->signer == NULL && (key == NULL || key[0] == '\0')) {
		cli_fail(cli, ERR_USAGE, "no key is named that would sign this");
		cli_remedy(cli, "give --key FILE, or make a key: stele key new NAME");
		return ERR_USAGE;
	}
	if (cli->signer == NULL)
		err = signer_open(cli, key, &cli->signer);
	if (err == ERR_OK)
		*out = cli->signer;
	return err;
}

enum err signer_organisation(struct cli *cli, char out[LIMIT_SEGMENT + 1])
{
	const struct signer *signer;
	json_t *answer;
	char hex[67];
	enum err err = signer_get(cli, &signer);

	if (err != ERR_OK)
		return err;
	hex_encode(hex, signer->key.b, sizeof(signer->key.b));
	err = api_get(cli, &answer, "/v1/keys/%s", hex);
	if (err == ERR_NOT_RECORDED) {
		err = cli_fail(cli, ERR_KEY_UNKNOWN, NULL);
		cli_fact(cli, "key", "%s", hex);
	}
	if (err != ERR_OK)
		return err;
	(void)snprintf(out, LIMIT_SEGMENT + 1, "%.64s", json_text(answer, "organisation"));
	json_decref(answer);
	return ERR_OK;
}
