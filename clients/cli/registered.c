#include "clients/cli/registered.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/out.h"
#include "clients/cli/signer.h"
#include "crypto/keyfile.h"
#include "proto/role.h"

enum err key_named(struct cli *cli, const char *text, struct public_key *out)
{
	struct keyfile_info info;
	char *path;
	enum err err;

	if (hex_decode(out->b, sizeof(out->b), bytes_text(text)))
		return ERR_OK;
	path = key_path(cli, text);
	err = keyfile_inspect(path, &info);
	if (err != ERR_OK) {
		cli_fail(cli, err, "%s", path);
		cli_remedy(cli, "give a key file, or a public key as 66 hex digits");
	} else {
		*out = info.public_key;
	}
	free(path);
	return err;
}

enum err registered_get(struct cli *cli, const struct public_key *key, struct registered *out)
{
	char hex[2 * sizeof(key->b) + 1];
	json_t *answer = NULL, *purpose;
	size_t index;
	enum err err;

	hex_encode(hex, key->b, sizeof(key->b));
	err = api_get(cli, &answer, "/v1/keys/%s", hex);
	if (err != ERR_OK)
		return err;
	*out = (struct registered){.key = *key};
	(void)snprintf(out->org, sizeof(out->org), "%s", json_text(answer, "organisation"));
	json_array_foreach(json_object_get(answer, "purposes"), index, purpose) {
		const char *name = json_string_value(purpose);

		if (name != NULL)
			out->purposes |= 1u << purpose_from_name(bytes_text(name));
	}
	json_decref(answer);
	return purposes_are_valid(out->purposes) && out->org[0] != '\0'
		       ? ERR_OK
		       : cli_fail(cli, ERR_NET_ANSWER, "/v1/keys/%s", hex);
}

enum err registered_signer(struct cli *cli, struct registered *out)
{
	const struct signer *signer = NULL;
	enum err err = signer_get(cli, &signer);

	return err == ERR_OK ? registered_get(cli, &signer->key, out) : err;
}
