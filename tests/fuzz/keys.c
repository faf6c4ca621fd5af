#include "tests/fuzz/keys.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "crypto/digest.h"

static struct {
	struct set set;
	struct secret consensus[KEYS_MAX], node[KEYS_MAX];
} crews[KEYS_MAX + 1];

static void secret_of(struct secret *out, const char *what, uint32_t number)
{
	char text[32];
	struct hash hash;

	snprintf(text, sizeof(text), "fuzz %s %u", what, number);
	sha256(&hash, text, strlen(text));
	memcpy(out->b, hash.b, sizeof(out->b));
	out->b[0] = 0; /* below the order of the group */
}

static void make(uint32_t n)
{
	struct set *set = &crews[n].set;

	set->count = n;
	for (uint32_t i = 0; i < n; i++) {
		struct validator *validator = &set->validators[i];
		struct secret secret;

		snprintf(validator->id, sizeof(validator->id), "v%u", i);
		snprintf(validator->org, sizeof(validator->org), "o%u", i);
		secret_of(&secret, "consensus", i);
		ASSERT(sign_public(&validator->consensus_key, &secret) == ERR_OK);
		secret_of(&secret, "node", i);
		ASSERT(sign_public(&validator->node_key, &secret) == ERR_OK);
	}
	set_seal(set);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t number = (uint32_t)(set->validators[i].id[1] - '0');

		secret_of(&crews[n].consensus[i], "consensus", number);
		secret_of(&crews[n].node[i], "node", number);
	}
}

const struct set *keys_set(uint32_t n)
{
	ASSERT(n >= 1 && n <= KEYS_MAX);
	if (crews[n].set.count == 0)
		make(n);
	return &crews[n].set;
}

const struct hash *keys_chain(void)
{
	static struct hash chain;

	memset(chain.b, 0xc5, sizeof(chain.b));
	return &chain;
}

void keys_sign_vote(struct signature *out, const struct set *set, uint32_t index,
		    const struct hash *digest)
{
	ASSERT(index < set->count);
	ASSERT(sign_digest(out, &crews[set->count].consensus[index], digest) == ERR_OK);
}

const struct secret *keys_node(const struct set *set, uint32_t index)
{
	ASSERT(index < set->count);
	return &crews[set->count].node[index];
}
