/* What an anchor opens: commitments of the own organisation to its files, whose
 * salts lie in the vault. */
#include <string.h>

#include "clients/cli/anchor.h"
#include "clients/cli/out.h"
#include "clients/cli/seals.h"
#include "clients/cli/signer.h"

/* Gives the items that wait the salts that the vault has for them. */
static enum err take_salts(struct anchor *anchor, const char *org)
{
	struct vault vault;
	enum err err = vault_open(anchor->cli, &vault);

	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < anchor->count && err == ERR_OK; i++) {
		struct anchor_item *item = &anchor->items[i];
		const json_t *entry = seal_find(&vault, &anchor->chain, org, &item->file.sha256);

		if (item->state != ANCHOR_WAITING || entry == NULL)
			continue;
		err = seal_read(anchor->cli, entry, &item->commitment, &item->salt);
		item->has_salt = err == ERR_OK;
	}
	vault_close(&vault);
	return err;
}

/* A commitment that the ledger does not hold, or that was opened, opens nothing. */
static enum err keep_if_sealed(struct anchor *anchor, struct anchor_item *item, const char *org)
{
	char hex[HASH_HEX_LEN + 1];
	uint64_t log_index = 0;
	json_t *state;
	enum err err;

	hex_encode(hex, item->commitment.b, sizeof(item->commitment.b));
	err = seal_state(anchor->cli, org, hex, &state);
	if (err != ERR_OK)
		return err;
	(void)json_u64(state, "log_index", &log_index);
	item->has_salt = strcmp(json_text(state, "state"), "sealed") == 0;
	if (item->has_salt && anchor->is_batch)
		err = cli_fail(anchor->cli, ERR_USAGE, "%s was sealed, and a batch opens nothing",
			       item->path);
	else if (item->has_salt)
		out_remark(anchor->cli, "%s: opens the commitment of log index %llu", item->path,
			   (unsigned long long)log_index);
	else if (json_object_size(state) == 0)
		out_remark(anchor->cli,
			   "note: %s is in the vault, but its commitment is not recorded", item->path);
	json_decref(state);
	if (err != ERR_OK)
		cli_remedy(anchor->cli, "anchor it without --batch, or give --no-open");
	return err;
}

enum err anchor_unseal(struct anchor *anchor)
{
	char org[LIMIT_SEGMENT + 1];
	enum err err;

	if (cli_has(anchor->cli, "no-open") || !vault_is_there(anchor->cli))
		return ERR_OK;
	err = signer_organisation(anchor->cli, org);
	if (err == ERR_OK)
		err = take_salts(anchor, org);
	for (size_t i = 0; i < anchor->count && err == ERR_OK; i++)
		if (anchor->items[i].has_salt)
			err = keep_if_sealed(anchor, &anchor->items[i], org);
	return err;
}
