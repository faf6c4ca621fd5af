#include "proto/session_text.h"

#include <string.h>

#include "crypto/digest.h"
#include "crypto/sign.h"
#include "proto/domain.h"
#include "proto/role.h"

#define KEY_TEXT_MAX 512

void session_text(struct buf *out, const struct hash *chain, enum session_role role,
		  uint64_t epoch, const uint8_t exporter[SESSION_EXPORTER_BYTES])
{
	buf_print(out, "%schain ", DOMAIN_SESSION);
	buf_hex(out, chain->b, sizeof(chain->b));
	buf_print(out, "\nrole %s\nepoch %llu\nexporter ",
		  role == SESSION_CLIENT ? "client" : "server", (unsigned long long)epoch);
	buf_hex(out, exporter, SESSION_EXPORTER_BYTES);
	buf_u8(out, '\n');
}

void key_text(struct buf *out, const struct hash *chain, struct bytes organisation,
	      uint32_t purposes)
{
	buf_print(out, "%schain ", DOMAIN_KEY);
	buf_hex(out, chain->b, sizeof(chain->b));
	buf_print(out, "\norganisation ");
	buf_add_bytes(out, organisation);
	buf_print(out, "\npurposes ");
	purposes_render(out, purposes);
	buf_u8(out, '\n');
}

bool key_proof_verifies(const Stele__OrgKey *key, const struct hash *chain,
			struct bytes organisation)
{
	struct public_key public_key;
	struct signature signature;
	struct hash digest;
	struct buf text;
	uint32_t purposes = 0;
	bool verifies;

	if (key->key.len != sizeof(public_key.b) || key->proof.len != sizeof(signature.b))
		return false;
	memcpy(public_key.b, key->key.data, sizeof(public_key.b));
	memcpy(signature.b, key->proof.data, sizeof(signature.b));
	for (size_t i = 0; i < key->n_purposes; i++)
		purposes |= 1u << key->purposes[i];
	buf_init(&text, KEY_TEXT_MAX);
	key_text(&text, chain, organisation, purposes);
	ASSERT(!text.has_failed); /* short memory is no verdict: others would differ */
	sha256(&digest, text.at, text.len);
	verifies = sign_verify(&public_key, &digest, &signature);
	buf_release(&text);
	return verifies;
}
