#include "ledger/apply/values.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "crypto/digest.h"

struct state_key state_key(const char *format, ...)
{
	struct state_key key;
	va_list arguments;
	int len;

	va_start(arguments, format);
	len = vsnprintf(key.text, sizeof(key.text), format, arguments);
	va_end(arguments);
	ASSERT(len > 0 && (size_t)len < sizeof(key.text));
	ASSERT(key_is_valid(bytes_text(key.text)));
	return key;
}

/* prefix '/' segment, as most keys are. */
static struct state_key state_key_of(const char *prefix, const char *segment)
{
	size_t prefix_len = strlen(prefix);
	size_t segment_len = strlen(segment);
	struct state_key key;

	ASSERT(prefix_len + 1 + segment_len < sizeof(key.text));
	memcpy(key.text, prefix, prefix_len);
	key.text[prefix_len] = '/';
	memcpy(key.text + prefix_len + 1, segment, segment_len + 1);
	ASSERT(key_segment_is_valid(bytes_of(segment, segment_len)));
	return key;
}

struct state_key state_key_hash(const char *prefix, const uint8_t hash[32])
{
	size_t prefix_len = strlen(prefix);
	struct state_key key;

	ASSERT(prefix_len + 1 + HASH_HEX_LEN < sizeof(key.text));
	memcpy(key.text, prefix, prefix_len);
	key.text[prefix_len] = '/';
	hex_encode(key.text + prefix_len + 1, hash, 32); /* which is a segment */
	return key;
}

struct state_key key_of_org(const char *org)
{
	return state_key_of("org", org);
}

struct state_key key_of_quota(const char *org)
{
	return state_key_of("quota", org);
}

struct state_key key_of_policy(uint32_t operation)
{
	char digits[11]; /* the last one first, from its end */
	char *at = digits + sizeof(digits) - 1;

	*at = '\0';
	do {
		*--at = (char)('0' + operation % 10);
		operation /= 10;
	} while (operation > 0);
	return state_key_of("policy", at);
}

struct state_key key_of_public_key(const uint8_t key[33])
{
	struct hash hash;

	sha256(&hash, key, 33);
	return state_key_hash("key", hash.b);
}

struct state_key key_of_programme(const char *programme)
{
	return state_key_of("programme", programme);
}

struct state_key key_of_award(const char *programme, uint64_t number)
{
	return state_key("award/%s/%" PRIu64, programme, number);
}

struct state_key key_of_motion(uint64_t number)
{
	return state_key("motion/%" PRIu64, number);
}

struct state_key key_of_call(const char *programme, const char *call)
{
	return state_key("call/%s/%s", programme, call);
}

struct state_key key_of_proposal(const char *programme, const char *call, uint64_t number)
{
	return state_key("proposal/%s/%s/%" PRIu64, programme, call, number);
}

struct state_key key_of_party(const char *programme, const char *call, const char *org)
{
	return state_key("party/%s/%s/%s", programme, call, org);
}

struct state_key key_of_claim(const uint8_t content[32], uint64_t claim)
{
	char hex[HASH_HEX_LEN + 1];

	if (claim == 1)
		return state_key_hash("content", content);
	hex_encode(hex, content, 32);
	return state_key("claim/%s/%" PRIu64, hex, claim);
}

static enum err get_value(struct apply *apply, struct state_key key, enum value_type type,
			  void **out)
{
	struct bytes value;
	enum err err = overlay_get(apply->overlay, key.text, &value);

	if (err != ERR_OK)
		return err;
	return value_decode(apply->arena, value, type, out);
}

#define STATE_VALUE(name, type, message) \
	enum err get_##name(struct apply *apply, struct state_key key, message **out) \
	{ \
		void *found; \
		enum err err = get_value(apply, key, VALUE_##type, &found); \
\
		if (err == ERR_OK) \
			*out = found; \
		return err; \
	} \
	enum err read_##name(struct apply *apply, struct state_key key, const message **out) \
	{ \
		const void *found; \
		enum err err = overlay_get_message(apply->overlay, key.text, VALUE_##type, &found); \
\
		if (err == ERR_OK) \
			*out = found; \
		return err; \
	} \
	enum err put_##name(struct apply *apply, struct state_key key, const message *value) \
	{ \
		return overlay_put_message(apply->overlay, key.text, VALUE_##type, value); /* V-01 */ \
	}
STATE_VALUES(STATE_VALUE)
#undef STATE_VALUE

enum err state_has(struct apply *apply, struct state_key key, bool *out)
{
	struct bytes value;
	enum err err = overlay_get(apply->overlay, key.text, &value);

	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	*out = err == ERR_OK;
	return ERR_OK;
}

enum err put_place(struct apply *apply, struct state_key place, struct state_key thing)
{
	Stele__NameValue value = STELE__NAME_VALUE__INIT;

	value.key = thing.text;
	return put_name(apply, place, &value);
}

struct hash apply_chain(const struct apply *apply)
{
	struct hash chain;

	ASSERT(apply->tx->message->chain.len == sizeof(chain.b));
	memcpy(chain.b, apply->tx->message->chain.data, sizeof(chain.b));
	return chain;
}

enum err count_next(struct apply *apply, struct state_key key, uint64_t *number)
{
	Stele__CountValue next = STELE__COUNT_VALUE__INIT;
	Stele__CountValue *value;
	enum err err = get_count(apply, key, &value);

	if (err == ERR_OK)
		next.count = value->count;
	else if (err != ERR_NOT_FOUND)
		return err;
	next.count++;
	err = put_count(apply, key, &next);
	if (err == ERR_OK)
		*number = next.count;
	return err;
}
