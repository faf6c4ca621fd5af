#include "clients/cli/sealed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/files.h"
#include "clients/cli/out.h"
#include "clients/cli/signer.h"
#include "proto/canon.h"

enum err sealed_check_form(struct cli *cli, const ProtobufCMessage *content)
{
	const char *message, *field;
	struct buf bytes;
	bool fits;

	buf_init(&bytes, LIMIT_TX_BYTES);
	canon_pack(&bytes, content);
	fits = !bytes.has_failed &&
	       canon_check(content->descriptor, buf_bytes(&bytes)) == CANON_OK;
	buf_release(&bytes);
	if (fits)
		return ERR_OK;
	canon_blamed(&message, &field);
	cli_fail(cli, ERR_TX_FIELD, "this could not be opened later");
	cli_fact(cli, "field", "%s of %s", field, message);
	cli_fact(cli, "submitted", "no, and nothing is in the vault");
	return ERR_TX_FIELD;
}

/* --- the signed bytes ------------------------------------------------------------ */

static void keep(json_t *entry, const Stele__TransactionBody *body, struct bytes raw)
{
	struct buf text;

	buf_init(&text, 2 * (size_t)LIMIT_TX_BYTES);
	buf_base64(&text, raw.at, raw.len);
	ASSERT(!text.has_failed);
	(void)json_object_set_new(entry, "transaction",
				  json_stringn((const char *)text.at, text.len));
	(void)json_object_set_new(entry, "valid_until",
				  json_integer((json_int_t)body->valid_until));
	buf_release(&text);
}

static void forget(json_t *entry)
{
	(void)json_object_del(entry, "transaction");
	(void)json_object_del(entry, "valid_until");
}

/* False where there are none that a block could still accept. */
static bool take_kept(const json_t *entry, uint64_t ledger_ms, struct outcome *out)
{
	const char *text = json_text(entry, "transaction");
	uint64_t valid_until = 0;
	uint8_t *room;
	size_t len;

	if (!json_u64(entry, "valid_until", &valid_until) || ledger_ms > valid_until)
		return false;
	buf_reset(&out->raw);
	room = buf_grow(&out->raw, LIMIT_TX_BYTES);
	if (room == NULL || !base64_decode(room, LIMIT_TX_BYTES, &len, bytes_text(text))) {
		buf_reset(&out->raw);
		return false;
	}
	out->raw.len = len;
	submit_id(&out->id, buf_bytes(&out->raw));
	return true;
}

enum err sealed_send(struct vault *vault, json_t *entry, Stele__TransactionBody *body,
		     const char *what, struct outcome *out)
{
	struct cli *cli = vault->cli;
	struct network network;
	enum err err = api_network(cli, &network);

	if (err == ERR_OK && !take_kept(entry, network.time_ms, out)) {
		err = submit_sign(cli, body, bytes_of(NULL, 0), out);
		if (err == ERR_OK) {
			keep(entry, body, buf_bytes(&out->raw));
			err = vault_save(vault);
		}
	}
	if (err == ERR_OK)
		err = submit_raw(cli, what, out);
	if (err == ERR_OK && out->state == OUTCOME_REJECTED) {
		forget(entry); /* that is final: the next run signs anew */
		err = vault_save(vault);
	}
	return err;
}

/* --- who signs ---------------------------------------------------------------------- */

enum err signer_names(struct cli *cli, struct signer_names *out)
{
	const struct signer *signer;
	enum err err = signer_get(cli, &signer);

	if (err != ERR_OK)
		return err;
	hex_encode(out->key, signer->key.b, sizeof(signer->key.b));
	return signer_organisation(cli, out->org);
}

json_t *sealed_path(const char *file)
{
	char *path = file_exists(file) ? realpath(file, NULL) : NULL;
	json_t *text = json_string(path != NULL ? path : "");

	free(path);
	return text != NULL ? text : json_string(""); /* a name that is no UTF-8 */
}
