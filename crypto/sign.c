/* Keys and signatures in the forms of stock tools. */
#include "crypto/sign.h"

#include <string.h>

bool public_key_equal(const struct public_key *a, const struct public_key *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

int public_key_compare(const struct public_key *a, const struct public_key *b)
{
	return memcmp(a->b, b->b, sizeof(a->b));
}

/* A DER INTEGER of a non-negative 32-byte number; at most 35 bytes. */
static size_t der_integer(uint8_t *out, const uint8_t number[32])
{
	size_t skip = 0;
	size_t len;
	bool is_padded;

	while (skip < 31 && number[skip] == 0)
		skip++;
	len = 32 - skip;
	is_padded = number[skip] >= 0x80; /* else it would read as negative */
	*out++ = 0x02;
	*out++ = (uint8_t)(len + is_padded);
	if (is_padded)
		*out++ = 0;
	memcpy(out, number + skip, len);
	return 2 + is_padded + len;
}

size_t sign_der_encode(uint8_t out[72], const struct signature *signature)
{
	size_t len = 2;

	len += der_integer(out + len, signature->b);
	len += der_integer(out + len, signature->b + 32);
	ASSERT(len <= 72);
	out[0] = 0x30;
	out[1] = (uint8_t)(len - 2);
	return len;
}

enum err sign_key_pem(struct buf *out, const struct public_key *key)
{
	/* RFC 5480: SEQUENCE { SEQUENCE { id-ecPublicKey, secp256k1 },
	 * BIT STRING of 33 bytes with no unused bits }. */
	static const uint8_t prefix[] = {
		0x30, 0x36, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02,
		0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x0a, 0x03, 0x22, 0x00,
	};
	uint8_t info[sizeof(prefix) + sizeof(key->b)];
	const size_t line_len = 48; /* 64 characters, RFC 7468 */

	if (!sign_key_is_valid(key))
		return ERR_TX_KEY_FORM;
	memcpy(info, prefix, sizeof(prefix));
	memcpy(info + sizeof(prefix), key->b, sizeof(key->b));
	buf_print(out, "-----BEGIN PUBLIC KEY-----\n");
	buf_base64(out, info, line_len);
	buf_print(out, "\n");
	buf_base64(out, info + line_len, sizeof(info) - line_len);
	buf_print(out, "\n-----END PUBLIC KEY-----\n");
	return out->has_failed ? ERR_FULL : ERR_OK;
}
