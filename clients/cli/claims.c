#include "clients/cli/claims.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
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
static enum err read_items(struct claims *claims, const struct fact *fact)
{
	claims->count = fact->count;
	claims->items = calloc(claims->count + 1, sizeof(*claims->items));
	ASSERT(claims->items != NULL && claims->count <= fact->items_count);
	for (size_t i = 0; i < claims->count; i++) {
		void *value;
		enum err err = value_decode(&claims->facts.arena, fact->items[i].value, VALUE_CLAIM,
					    &value);

		if (err != ERR_OK)
			return err;
		claims->items[i] = (struct claim){.number = i + 1, .value = value};
	}
	return ERR_OK;
}

/* True, but a part: there are more than one answer shows. */
static enum err too_many(struct cli *cli, const struct fact *fact, const char *hex)
{
	enum err err = cli_fail(cli, ERR_API_PROOF_SIZE, "sha256 %s has %llu claims", hex,
				(unsigned long long)fact->count);

	cli_remedy(cli, "get them in parts: stele proof get claims %s -o FILE", hex);
	return err;
}

static enum err judge(struct cli *cli, const json_t *proof, const char *hex, struct claims *out)
{
	enum err err = proof_judge(cli, proof, &out->facts, &out->is_pinned);
	const struct fact *fact = NULL;

	if (err == ERR_OK)
		fact = proof_only(&out->facts, FACT_CLAIMS);
	if (fact != NULL && strcmp(fact->subject, hex) == 0 && !fact_is_whole(fact))
		return too_many(cli, fact, hex);
	if (err == ERR_OK)
		fact = proof_list(&out->facts, FACT_CLAIMS, hex);
	if (err == ERR_OK)
		err = fact != NULL ? read_items(out, fact) : ERR_PROOF_FORM;
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

const char *claim_transaction(const struct claims *claims, uint64_t number)
{
	json_t *item;
	uint64_t k;
	size_t i;

	json_array_foreach(json_object_get(claims->answer, "claims"), i, item)
	{
		if (json_u64(item, "claim", &k) && k == number)
			return json_text(item, "transaction");
	}
	return "";
}

/* --- propagations --------------------------------------------------------------------- */

#define KEYS_MAX 32 /* of one proof */

static void count_key(char out[LIMIT_KEY_BYTES + 1], const char *hex, uint64_t claim)
{
	(void)snprintf(out, LIMIT_KEY_BYTES + 1, "propagation/%s/%llu", hex,
		       (unsigned long long)claim);
}

/* The counts of these claims; absent: none was propagated. */
static enum err take_counts(struct proof_facts *facts, const char *hex, struct claim *claims,
			    size_t count)
{
	if (facts->facts_count != count)
		return ERR_PROOF_FORM;
	for (size_t i = 0; i < count; i++) {
		const struct fact *fact = &facts->facts[i];
		const Stele__CountValue *value;
		char key[LIMIT_KEY_BYTES + 1];
		void *message;

		count_key(key, hex, claims[i].number);
		if (fact->kind != FACT_STATE || strcmp(fact->subject, key) != 0)
			return ERR_PROOF_FORM;
		if (!fact->items[0].is_present)
			continue;
		if (value_decode(&facts->arena, fact->items[0].value, VALUE_COUNT, &message) !=
		    ERR_OK)
			return ERR_PROOF_FORM;
		value = message;
		claims[i].propagations = value->count;
	}
	return ERR_OK;
}

static enum err count_some(struct cli *cli, const char *hex, struct claim *claims, size_t count,
			   uint64_t *height)
{
	struct proof_facts facts;
	struct buf path;
	bool is_pinned;
	json_t *proof;
	enum err err;

	buf_init(&path, LIMIT_HTTP_URL_BYTES);
	buf_print(&path, "/v1/proofs/state");
	for (size_t i = 0; i < count; i++) {
		char key[LIMIT_KEY_BYTES + 1];

		count_key(key, hex, claims[i].number);
		buf_print(&path, "%ckey=%s", i == 0 ? '?' : '&', key);
	}
	buf_u8(&path, 0);
	ASSERT(!path.has_failed);
	err = api_get(cli, &proof, "%s", (const char *)path.at);
	buf_release(&path);
	if (err != ERR_OK)
		return err;
	err = proof_judge(cli, proof, &facts, &is_pinned);
	if (err == ERR_OK)
		err = take_counts(&facts, hex, claims, count);
	if (err == ERR_OK && facts.cover.last.height < *height)
		*height = facts.cover.last.height;
	proof_facts_release(&facts);
	json_decref(proof);
	return err == ERR_OK || cli->failure.err == err ? err : doubt(cli, err, hex);
}

enum err claims_count_propagations(struct cli *cli, struct claims *claims)
{
	char hex[HASH_HEX_LEN + 1];
	enum err err = ERR_OK;

	hex_encode(hex, claims->content.b, sizeof(claims->content.b));
	claims->counted_height = UINT64_MAX;
	for (size_t i = 0; i < claims->count && err == ERR_OK; i += KEYS_MAX) {
		size_t left = claims->count - i;

		err = count_some(cli, hex, claims->items + i, left < KEYS_MAX ? left : KEYS_MAX,
				 &claims->counted_height);
	}
	return err;
}
