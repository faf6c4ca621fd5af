#include "clients/cli/orgkey.h"

#include <string.h>

#include "clients/cli/files.h"
#include "clients/cli/out.h"
#include "crypto/digest.h"
#include "proto/session_text.h"

enum err purposes_read(struct cli *cli, const char *text, uint32_t *bits)
{
	uint32_t found = 0;

	for (const char *at = text; *at != '\0';) {
		size_t len = strcspn(at, ",");
		uint32_t purpose = purpose_from_name(bytes_of(at, len));

		if (purpose == 0) {
			cli_fail(cli, ERR_USAGE, "there is no purpose \"%.*s\"", (int)len, at);
			cli_fact(cli, "known", "govern, grant, content, peer, review");
			return ERR_USAGE;
		}
		found |= 1u << purpose;
		at += len + (at[len] == ',');
	}
	if (found == 0)
		return cli_fail(cli, ERR_USAGE, "a key needs a purpose");
	*bits = found;
	return ERR_OK;
}

static void message_fill(struct orgkey *key)
{
	stele__org_key__init(&key->message);
	key->message.key = (ProtobufCBinaryData){sizeof(key->key.b), key->key.b};
	key->message.proof = (ProtobufCBinaryData){sizeof(key->proof.b), key->proof.b};
	key->message.purposes = key->list;
	for (uint32_t purpose = 1; purpose <= PURPOSE_LAST; purpose++)
		if ((key->purposes & 1u << purpose) != 0)
			key->list[key->message.n_purposes++] = (Stele__Purpose)purpose;
}

enum err orgkey_prove(struct orgkey *out, const struct secret *secret,
		      const struct public_key *key, const struct hash *chain, const char *org,
		      uint32_t purposes)
{
	struct hash digest;
	struct buf text;
	enum err err;

	*out = (struct orgkey){.key = *key, .purposes = purposes};
	buf_init(&text, 512);
	key_text(&text, chain, bytes_text(org), purposes);
	err = text.has_failed ? ERR_FULL : ERR_OK;
	if (err == ERR_OK)
		sha256(&digest, text.at, text.len);
	buf_release(&text);
	if (err == ERR_OK)
		err = sign_digest(&out->proof, secret, &digest);
	if (err == ERR_OK)
		message_fill(out);
	return err;
}

json_t *orgkey_json(const struct orgkey *key, const struct hash *chain, const char *org)
{
	struct buf purposes;
	json_t *object;

	buf_init(&purposes, 128);
	purposes_render(&purposes, key->purposes);
	object = json_pack("{s:s,s:o,s:o,s:s%,s:o}", "organisation", org, "chain",
			   json_hex(chain->b, 32), "key", json_hex(key->key.b, 33), "purposes",
			   purposes.at, purposes.len, "proof", json_hex(key->proof.b, 64));
	buf_release(&purposes);
	return object;
}

static bool orgkey_parse(const json_t *object, struct orgkey *out, struct hash *chain)
{
	return hex_decode(chain->b, 32, bytes_text(json_text(object, "chain"))) &&
	       hex_decode(out->key.b, 33, bytes_text(json_text(object, "key"))) &&
	       hex_decode(out->proof.b, 64, bytes_text(json_text(object, "proof"))) &&
	       purposes_parse(&out->purposes, bytes_text(json_text(object, "purposes")));
}

enum err orgkey_read(struct cli *cli, const char *path, const struct hash *chain, const char *org,
		     struct orgkey *out)
{
	struct hash own_chain;
	struct buf text;
	json_t *object = NULL;
	enum err err;

	*out = (struct orgkey){.purposes = 0};
	buf_init(&text, 4096);
	err = file_read(cli, path, &text);
	if (err == ERR_OK)
		object = json_loadb((const char *)text.at, text.len, JSON_REJECT_DUPLICATES, NULL);
	buf_release(&text);
	if (err == ERR_OK && !orgkey_parse(object, out, &own_chain)) {
		err = cli_fail(cli, ERR_FILE_FORM, "%s", path);
		cli_remedy(cli, "make it with: stele key proof KEY --org ID --out FILE");
	}
	if (err == ERR_OK)
		message_fill(out);
	if (err == ERR_OK && (strcmp(json_text(object, "organisation"), org) != 0 ||
			      !hash_equal(&own_chain, chain) ||
			      !key_proof_verifies(&out->message, chain, bytes_text(org)))) {
		err = cli_fail(cli, ERR_KEY_PROOF, "%s", path);
		cli_fact(cli, "made for", "%s", json_text(object, "organisation"));
		cli_remedy(cli, "make it again for this organisation and network");
	}
	json_decref(object);
	return err;
}
