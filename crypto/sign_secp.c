#include "crypto/sign.h"

#include <pthread.h>
#include <secp256k1.h>
#include <string.h>

#include "base/mutant.h"
#include "crypto/random.h"

/* --- the context --------------------------------------------------------- */

/* Made and blinded once, constant from then on, so threads share it. */
static secp256k1_context *shared_context;
static pthread_once_t shared_once = PTHREAD_ONCE_INIT;

/* Keys the choice of cache slots, so that nobody can choose keys that all
 * fall into one. */
static uint64_t cache_seed[2];

static void shared_init(void)
{
	uint8_t seed[32];

	shared_context = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
	ASSERT(shared_context != NULL);
	random_bytes(seed, sizeof(seed));
	ASSERT(secp256k1_context_randomize(shared_context, seed) == 1);
	secret_wipe(seed, sizeof(seed));
	random_bytes(cache_seed, sizeof(cache_seed));
	cache_seed[1] |= 1;
}

static const secp256k1_context *context(void)
{
	ASSERT(pthread_once(&shared_once, shared_init) == 0);
	return shared_context;
}

/* --- parsed public keys -------------------------------------------------- */

/* Per thread, so that no lock stands on the way of a verification.  A set is
 * kept in the order of last use; the least recent makes room. */
#define CACHE_SETS 256
#define CACHE_WAYS 4

struct parsed_key {
	struct public_key key;
	bool is_used;
	secp256k1_pubkey parsed;
};

static _Thread_local struct parsed_key cache[CACHE_SETS][CACHE_WAYS];

static struct parsed_key *cache_set(const struct public_key *key)
{
	uint64_t mixed = cache_seed[0];

	for (size_t i = 1; i < sizeof(key->b); i += 8) {
		mixed = (mixed ^ load_u64(key->b + i)) * cache_seed[1];
		mixed ^= mixed >> 32;
	}
	return cache[mixed % CACHE_SETS];
}

/* Moves entry nth of the set to the front. */
static void cache_touch(struct parsed_key *set, size_t nth)
{
	struct parsed_key entry;

	if (nth == 0)
		return;
	entry = set[nth];
	memmove(set + 1, set, nth * sizeof(*set));
	set[0] = entry;
}

/* NULL where the bytes are no point; valid until the thread's next call. */
static const secp256k1_pubkey *parsed_get(const struct public_key *key)
{
	const secp256k1_context *secp = context();
	struct parsed_key *set = cache_set(key);
	secp256k1_pubkey parsed;

	for (size_t i = 0; i < CACHE_WAYS; i++) {
		if (set[i].is_used && public_key_equal(&set[i].key, key)) {
			cache_touch(set, i);
			return &set[0].parsed;
		}
	}
	if (secp256k1_ec_pubkey_parse(secp, &parsed, key->b, sizeof(key->b)) != 1)
		return NULL;
	cache_touch(set, CACHE_WAYS - 1);
	set[0] = (struct parsed_key){.key = *key, .is_used = true, .parsed = parsed};
	return &set[0].parsed;
}

bool sign_key_is_valid(const struct public_key *key)
{
	return parsed_get(key) != NULL;
}

/* --- signing and verifying ----------------------------------------------- */

enum err sign_key_generate(struct secret *out)
{
	struct secret secret;

	do {
		random_bytes(secret.b, sizeof(secret.b));
	} while (secp256k1_ec_seckey_verify(context(), secret.b) != 1);
	*out = secret;
	secret_wipe(&secret, sizeof(secret));
	return ERR_OK;
}

enum err sign_public(struct public_key *out, const struct secret *secret)
{
	secp256k1_pubkey parsed;
	size_t len = sizeof(out->b);

	if (secp256k1_ec_pubkey_create(context(), &parsed, secret->b) != 1)
		return ERR_KEY_FILE;
	ASSERT(secp256k1_ec_pubkey_serialize(context(), out->b, &len, &parsed,
					     SECP256K1_EC_COMPRESSED) == 1);
	ASSERT(len == sizeof(out->b));
	return ERR_OK;
}

enum err sign_digest(struct signature *out, const struct secret *secret, const struct hash *digest)
{
	secp256k1_ecdsa_signature parsed;

	/* The default nonce is that of RFC 6979, and s comes out low. */
	if (secp256k1_ecdsa_sign(context(), &parsed, digest->b, secret->b, NULL, NULL) != 1)
		return ERR_KEY_FILE;
	ASSERT(secp256k1_ecdsa_signature_serialize_compact(context(), out->b, &parsed) == 1);
	return ERR_OK;
}

bool sign_verify(const struct public_key *key, const struct hash *digest,
		 const struct signature *signature)
{
	const secp256k1_pubkey *parsed_key = parsed_get(key);
	secp256k1_ecdsa_signature parsed;

	if (parsed_key == NULL)
		return false;
	if (secp256k1_ecdsa_signature_parse_compact(context(), &parsed, signature->b) != 1)
		return false;
	if (mutant_on("high_s_accepted"))
		(void)secp256k1_ecdsa_signature_normalize(context(), &parsed, &parsed);
	/* Refuses a high s too, by its contract: one signature, one form. */
	return secp256k1_ecdsa_verify(context(), &parsed, digest->b, parsed_key) == 1;
}
