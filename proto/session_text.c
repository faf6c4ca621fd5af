#include "proto/session_text.h"

#include <string.h>

#include "crypto/digest.h"
#include "crypto/sign.h"
#include "proto/domain.h"
#include "proto/role.h"

#define TEXT_MAX 512

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

void ready_text(struct buf *out, const struct hash *chain, const struct hash *set)
{
	buf_print(out, "%schain ", DOMAIN_READY);
	buf_hex(out, chain->b, sizeof(chain->b));
	buf_print(out, "\nset ");
	buf_hex(out, set->b, sizeof(set->b));
	buf_u8(out, '\n');
}

static bool proof_verifies(const ProtobufCBinaryData *key, const ProtobufCBinaryData *proof,
			   const struct buf *text)
{
	struct public_key public_key;
	struct signature signature;
	struct hash digest;

	ASSERT(!text->has_failed); /* short memory is no verdict: others would differ */
	if (key->len != sizeof(public_key.b) || proof->len != sizeof(signature.b))
		return false;
	memcpy(public_key.b, key->data, sizeof(public_key.b));
	memcpy(signature.b, proof->data, sizeof(signature.b));
	sha256(&digest, text->at, text->len);
	return sign_verify(&public_key, &digest, &signature);
}

bool key_proof_verifies(const Stele__OrgKey *key, const struct hash *chain,
			struct bytes organisation)
{
	uint32_t purposes = 0;
	struct buf text;
	bool verifies;

	for (size_t i = 0; i < key->n_purposes; i++)
		purposes |= 1u << key->purposes[i];
	buf_init(&text, TEXT_MAX);
	key_text(&text, chain, organisation, purposes);
	verifies = proof_verifies(&key->key, &key->proof, &text);
	buf_release(&text);
	return verifies;
}

bool ready_proofs_verify(const Stele__ValidatorReady *ready, const struct hash *chain)
{
	struct hash set;
	struct buf text;
	bool verify;

	if (ready->set_sha256.len != sizeof(set.b))
		return false;
	memcpy(set.b, ready->set_sha256.data, sizeof(set.b));
	buf_init(&text, TEXT_MAX);
	ready_text(&text, chain, &set);
	verify = proof_verifies(&ready->consensus_key, &ready->consensus_proof, &text) &&
		 proof_verifies(&ready->node_key, &ready->node_proof, &text);
	buf_release(&text);
	return verify;
}
