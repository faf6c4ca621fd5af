#include "clients/cli/claims.h"

#include <stdlib.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/files.h"
#include "clients/cli/out.h"
#include "clients/cli/proofs.h"
#include "clients/cli/receipt_file.h"
#include "proto/value.h"

const char *claim_state_text(Stele__ClaimState state)
{
	switch (state) {
	case STELE__CLAIM_STATE__CLAIM_LIVE:
		return "live";
	case STELE__CLAIM_STATE__CLAIM_SUPERSEDED:
		return "superseded";
	case STELE__CLAIM_STATE__CLAIM_WITHDRAWN:
		return "withdrawn";
	}
	return "unknown";
}

enum err content_read(struct cli *cli, const char *text, struct hash *out, const char **rest)
{
	const char *colon = strrchr(text, ':');
	size_t len = colon != NULL ? (size_t)(colon - text) : strlen(text);
	struct receipt_file file;
	char *name;
	enum err err = ERR_OK;

	*rest = NULL;
	if (hex_decode(out->b, sizeof(out->b), bytes_text(text)) && !file_exists(text))
		return ERR_OK;
	if (!file_exists(text) && colon != NULL) {
		*rest = colon + 1;
		if (hex_decode(out->b, sizeof(out->b), bytes_of(text, len)))
			return ERR_OK;
	}
	name = path_of("%.*s", *rest != NULL ? (int)len : (int)strlen(text), text);
	err = content_hash(cli, name, &file);
	free(name);
	if (err == ERR_OK)
		*out = file.sha256;
	return err;
}

static enum err doubt(struct cli *cli, enum err err, const char *hex)
{
	err = cli_fail(cli, err, "the node's proof about %.16s… does not hold", hex);
	cli_remedy(cli, "ask another node, and keep what this one said as evidence");
	cli_exit(cli, EXIT_CODE_CHECK_FAILED);
	return err;
}

/* content/<hash>, claim/<hash>/2 and so on, as proof_check made sure. */
static enum err read_items(struct claims *claims)
{
	claims->count = claims->facts.count;
	claims->items = calloc(claims->count + 1, sizeof(*claims->items));
	ASSERT(claims->items != NULL && claims->count <= claims->facts.items_count);
	for (size_t i = 0; i < claims->count; i++) {
		void *value;
		enum err err = value_decode(&claims->facts.arena, claims->facts.items[i].value,
					    VALUE_CLAIM, &value);

		if (err != ERR_OK)
			return err;
		claims->items[i] = (struct claim){.number = i + 1, .value = value};
	}
	return ERR_OK;
}

static enum err judge(struct cli *cli, const json_t *proof, const char *hex, struct claims *out)
{
	enum err err;

	if (strcmp(json_text(proof, "sha256"), hex) != 0 ||
	    strcmp(json_text(proof, "kind"), "claims") != 0)
		return doubt(cli, ERR_PROOF_FORM, hex);
	err = proof_judge(cli, proof, &out->facts, &out->is_pinned);
	if (err == ERR_OK)
		err = read_items(out);
	if (err == ERR_OK || cli->failure.err == err)
		return err;
	return doubt(cli, err, hex);
}

enum err claims_get(struct cli *cli, const struct hash *content, struct claims *out)
{
	char hex[HASH_HEX_LEN + 1];
	enum err err;

	*out = (struct claims){.content = *content};
	arena_init(&out->facts.arena, 0);
	hex_encode(hex, content->b, sizeof(content->b));
	err = api_get(cli, &out->answer, "/v1/hashes/sha256/%s?limit=500", hex);
	if (err == ERR_OK)
		err = judge(cli, json_object_get(out->answer, "proof"), hex, out);
	if (err != ERR_OK)
		claims_release(out);
	return err;
}

void claims_release(struct claims *claims)
{
	free(claims->items);
	proof_facts_release(&claims->facts);
	json_decref(claims->answer);
	*claims = (struct claims){.count = 0};
}

/* The node's own words about a claim; NULL where it has none. */
static const json_t *claim_told(const struct claims *claims, uint64_t number)
{
	json_t *item;
	uint64_t k;
	size_t i;

	json_array_foreach(json_object_get(claims->answer, "claims"), i, item)
	{
		if (json_u64(item, "claim", &k) && k == number)
			return item;
	}
	return NULL;
}

const char *claim_transaction(const struct claims *claims, uint64_t number)
{
	return json_text(claim_told(claims, number), "transaction");
}

uint64_t claim_propagations(const struct claims *claims, uint64_t number)
{
	uint64_t count = 0;

	(void)json_u64(claim_told(claims, number), "propagations", &count);
	return count;
}
