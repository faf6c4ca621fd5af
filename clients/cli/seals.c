#include "clients/cli/seals.h"

#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/out.h"
#include "clients/cli/sealed.h"
#include "crypto/random.h"
#include "proto/seal.h"

json_t *seal_find(const struct vault *vault, const struct hash *chain, const char *org,
		  const struct hash *content)
{
	char chain_hex[HASH_HEX_LEN + 1], hex[HASH_HEX_LEN + 1];
	json_t *entry;
	size_t i;

	hex_encode(chain_hex, chain->b, sizeof(chain->b));
	hex_encode(hex, content->b, sizeof(content->b));
	json_array_foreach(vault->entries, i, entry)
	{
		if (strcmp(json_text(entry, "kind"), "content") == 0 &&
		    strcmp(json_text(entry, "sha256"), hex) == 0 &&
		    strcmp(json_text(entry, "by"), org) == 0 &&
		    strcmp(json_text(entry, "chain"), chain_hex) == 0)
			return entry;
	}
	return NULL;
}

static void seal(struct hash *out, const struct hash *chain, const char *org,
		 const struct hash *content, const struct hash *salt)
{
	seal_content(out, chain, org, bytes_of(content->b, sizeof(content->b)),
		     bytes_of(salt->b, sizeof(salt->b)));
}

json_t *seal_add(struct vault *vault, const struct hash *chain, const char *org,
		 const struct receipt_file *file, const char *path)
{
	struct hash salt, commitment;
	json_t *entry;

	random_bytes(salt.b, sizeof(salt.b));
	seal(&commitment, chain, org, &file->sha256, &salt);
	entry = json_pack("{s:s,s:o,s:s,s:o,s:I,s:[o],s:o,s:o,s:I}", "kind", "content", "chain",
			  json_hex(chain->b, sizeof(chain->b)), "by", org, "sha256",
			  json_hex(file->sha256.b, sizeof(file->sha256.b)), "size",
			  (json_int_t)file->size, "files", sealed_path(path), "salt",
			  json_hex(salt.b, sizeof(salt.b)), "commitment",
			  json_hex(commitment.b, sizeof(commitment.b)), "made",
			  (json_int_t)time_now_ms());
	ASSERT(entry != NULL);
	(void)json_array_append_new(vault->entries, entry);
	return entry;
}

static bool read_hash(const json_t *entry, const char *name, struct hash *out)
{
	return hex_decode(out->b, sizeof(out->b), bytes_text(json_text(entry, name)));
}

enum err seal_read(struct cli *cli, const json_t *entry, struct hash *commitment,
		   struct hash *salt)
{
	struct hash chain, content, made;

	if (read_hash(entry, "chain", &chain) && read_hash(entry, "sha256", &content) &&
	    read_hash(entry, "salt", salt) && read_hash(entry, "commitment", commitment)) {
		seal(&made, &chain, json_text(entry, "by"), &content, salt);
		if (hash_equal(&made, commitment))
			return ERR_OK;
	}
	cli_fail(cli, ERR_FILE_FORM, "the vault's entry does not open");
	cli_fact(cli, "content", "%s", json_text(entry, "sha256"));
	cli_remedy(cli, "get the vault back from a copy");
	return ERR_FILE_FORM;
}

enum err seal_state(struct cli *cli, const char *org, const char *commitment, json_t **out)
{
	enum err err = api_get(cli, out, "/v1/commitments/%s/%s", org, commitment);

	if (err == ERR_NOT_RECORDED) {
		*out = json_object();
		return ERR_OK;
	}
	return err;
}
