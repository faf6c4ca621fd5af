/* stele key rotate, stele key revoke: how keys end in the ledger.  The key files
 * stay where they are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/fields.h"
#include "clients/cli/orgkey.h"
#include "clients/cli/out.h"
#include "clients/cli/registered.h"
#include "clients/cli/signer.h"
#include "clients/cli/submit.h"
#include "crypto/keyfile.h"
#include "proto/role.h"

#define ARENA_BYTES 65536
#define GOVERN (1u << STELE__PURPOSE__PURPOSE_GOVERN)

/* An own key ends by a bare transaction, another organisation's by motion: R-05.
 * Takes extra. */
static enum err send(struct cli *cli, Stele__TransactionBody *body, bool is_own, const char *what,
		     json_t *extra)
{
	struct outcome outcome;
	enum err err;

	outcome_init(&outcome);
	err = is_own ? submit_bare(cli, body, bytes_of(NULL, 0), what, &outcome)
		     : submit_motion(cli, body, what, &outcome);
	if (err == ERR_OK)
		err = submit_finish(cli, what, &outcome, extra);
	else
		json_decref(extra);
	outcome_release(&outcome);
	return err;
}

/* --- rotate ---------------------------------------------------------------------- */

static enum err read_proof(struct cli *cli, const struct registered *old, struct orgkey *out)
{
	struct network network;
	enum err err = api_network(cli, &network);

	if (err == ERR_OK)
		err = orgkey_read(cli, cli->args[0], &network.chain, old->org, out);
	if (err != ERR_OK || out->purposes == old->purposes)
		return err;
	cli_fail(cli, ERR_KEY_PROOF, "%s speaks of other purposes than the old key has",
		 cli->args[0]);
	cli_remedy(cli, "make it again with the old key's purposes: stele org show %s", old->org);
	return ERR_KEY_PROOF;
}

/* The new key proves itself here where its file is at hand, else by a proof that was
 * made elsewhere. */
static enum err read_new(struct cli *cli, const struct registered *old, struct orgkey *out)
{
	char *path = key_path(cli, cli->args[0]);
	bool is_here = keyfile_inspect(path, &(struct keyfile_info){0}) == ERR_OK;
	struct signer *signer = NULL;
	struct network network;
	enum err err;

	free(path);
	if (!is_here)
		return read_proof(cli, old, out);
	err = api_network(cli, &network);
	if (err == ERR_OK)
		err = signer_open(cli, cli->args[0], &signer);
	if (err == ERR_OK)
		err = orgkey_prove(out, &signer->secret, &signer->key, &network.chain, old->org,
				   old->purposes);
	signer_free(signer);
	return err;
}

static enum err read_old(struct cli *cli, struct registered *out, bool *is_own)
{
	const char *given = cli_value(cli, "old");
	const struct signer *signer = NULL;
	struct public_key key;
	enum err err = signer_get(cli, &signer);

	if (err != ERR_OK)
		return err;
	key = signer->key;
	if (given != NULL)
		err = key_named(cli, given, &key);
	*is_own = public_key_equal(&key, &signer->key);
	return err == ERR_OK ? registered_get(cli, &key, out) : err;
}

static enum err run_rotate(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__KeyRotate record = STELE__KEY_ROTATE__INIT;
	struct registered old;
	struct orgkey key;
	bool is_own = false;
	char what[128];
	enum err err = cli_number(cli, "from-height", INT64_MAX, &record.from_height);

	if (err == ERR_OK)
		err = read_old(cli, &old, &is_own);
	if (err == ERR_OK)
		err = read_new(cli, &old, &key);
	if (err != ERR_OK)
		return err;
	record.old_key = (ProtobufCBinaryData){sizeof(old.key.b), old.key.b};
	record.key = key.message.key;
	record.proof = key.message.proof;
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_KEY_ROTATE;
	body.key_rotate = &record;
	(void)snprintf(what, sizeof(what), "new key of %s", old.org);
	return send(cli, &body, is_own, what,
		    json_pack("{s:s,s:o,s:o}", "organisation", old.org, "old_key",
			      json_hex(old.key.b, 33), "key", json_hex(key.key.b, 33)));
}

/* --- revoke ---------------------------------------------------------------------- */

/* Whether the organisation would keep a key that governs. */
static enum err others_govern(struct cli *cli, const struct registered *key, bool *out)
{
	char path[LIMIT_SEGMENT + 32], hex[2 * sizeof(key->key.b) + 1];
	json_t *list = NULL, *item;
	size_t index, at;
	enum err err;

	(void)snprintf(path, sizeof(path), "/v1/organisations/%s/keys", key->org);
	err = api_get_all(cli, &list, path);
	if (err != ERR_OK)
		return err;
	hex_encode(hex, key->key.b, sizeof(key->key.b));
	json_array_foreach(json_object_get(list, "items"), index, item) {
		json_t *purpose;

		if (json_object_get(item, "revoked_height") != NULL ||
		    strcmp(json_text(item, "key"), hex) == 0)
			continue;
		json_array_foreach(json_object_get(item, "purposes"), at, purpose)
			*out = *out || strcmp(json_string_value(purpose), "govern") == 0;
	}
	json_decref(list);
	return ERR_OK;
}

/* Without a key that governs, an organisation depends on the others' motions. */
static enum err check_last(struct cli *cli, const struct registered *key)
{
	bool governs = (key->purposes & GOVERN) == 0 || cli_has(cli, "last");
	enum err err = governs ? ERR_OK : others_govern(cli, key, &governs);

	if (err != ERR_OK || governs)
		return err;
	cli_fail(cli, ERR_USAGE, "without --last, the last key of %s that governs is not ended",
		 key->org);
	cli_remedy(cli, "replace it: stele key rotate. With --last only a motion of others can give "
			"the organisation another one");
	return ERR_USAGE;
}

static enum err run_revoke(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__KeyRevoke record = STELE__KEY_REVOKE__INIT;
	struct registered key, signer;
	struct public_key named;
	struct arena arena;
	bool is_own = false;
	char what[128];
	enum err err = cli_number(cli, "from-height", INT64_MAX, &record.from_height);

	if (err == ERR_OK)
		err = key_named(cli, cli->args[0], &named);
	if (err == ERR_OK)
		err = registered_get(cli, &named, &key);
	if (err == ERR_OK)
		err = registered_signer(cli, &signer);
	if (err == ERR_OK) {
		is_own = strcmp(key.org, signer.org) == 0;
		err = is_own ? check_last(cli, &key) : ERR_OK;
	}
	if (err != ERR_OK)
		return err;
	record.key = (ProtobufCBinaryData){sizeof(key.key.b), key.key.b};
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_KEY_REVOKE;
	body.key_revoke = &record;
	(void)snprintf(what, sizeof(what), "end of a key of %s", key.org);
	arena_init(&arena, ARENA_BYTES);
	err = field_reason(cli, &arena, "reason", &record.reason_sha256);
	if (err == ERR_OK)
		err = send(cli, &body, is_own, what,
			   json_pack("{s:s,s:o}", "organisation", key.org, "key",
				     json_hex(key.key.b, 33)));
	arena_release(&arena);
	return err;
}

static const struct option_spec options_rotate[] = {
	{"old", 0, OPTION_VALUE, "KEY",
	 "the key that ends, as a file or 66 hex digits; default the one that signs"},
	{"from-height", 0, OPTION_VALUE, "HEIGHT", "height from which the new one signs; default at once"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};
static const struct option_spec options_revoke[] = {
	{"from-height", 0, OPTION_VALUE, "HEIGHT", "height from which it signs no more; default at once"},
	{"last", 0, OPTION_FLAG, NULL, "even if the organisation then has no key that governs"},
	OPTION_REASON,
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_key_end[] = {
	{.words = "key rotate",
	 .arguments = "NEW|PROOF",
	 .arguments_min = 1,
	 .arguments_max = 1,
	 .brief = "let a new key take over from a registered one, in the ledger",
	 .text = "NEW is the file, or the name in the home, of a key that nobody registered; where it "
		 "lies elsewhere, give its PROOF, made by stele key proof with the old key's "
		 "organisation and purposes. The key that signs is the one that ends, and needs "
		 "nobody's approval; to replace another one (--old), which is lost or not the own "
		 "organisation's, a motion is opened. The old key's file stays as it is, but from "
		 "that height on the ledger takes nothing that it signs. Both files are opened with "
		 "--passphrase-file; with --passphrase-fd one line is read for each.",
	 .example = "stele key new office-2\nstele key rotate office-2 --key office\n"
		    "stele key rotate office-2.proof --old 02… --key validator-1",
	 .options = options_rotate,
	 .run = run_rotate},
	{.words = "key revoke",
	 .arguments = "KEY",
	 .arguments_min = 1,
	 .arguments_max = 1,
	 .brief = "end a registered key, in the ledger",
	 .text = "KEY is a public key of 66 hex digits, or a key file or name, of which only the public "
		 "part is read. An organisation ends its own keys, each by itself or by one with the "
		 "purpose govern; for those of others a motion is opened. What is ended never comes "
		 "back; an end that lies ahead can only be moved nearer.",
	 .example = "stele key revoke office --key office --reason report.txt\n"
		    "stele key revoke 02… --key validator-1 --from-height 120000",
	 .options = options_revoke,
	 .run = run_revoke},
	{.words = NULL},
};
