#include "tests/unit/p2p/crew.h"

#include <stdio.h>
#include <string.h>

#include "crypto/digest.h"
#include "tests/lib/unit.h"

void crew_key(struct secret *out, struct public_key *public_key)
{
	ck_assert_int_eq(sign_key_generate(out), ERR_OK);
	ck_assert_int_eq(sign_public(public_key, out), ERR_OK);
}

void crew_init(struct crew *crew)
{
	struct secret keys[CREW_COUNT];
	struct public_key publics[CREW_COUNT];
	struct secret unused;

	memset(crew, 0, sizeof(*crew));
	memset(crew->chain.b, 0xc5, sizeof(crew->chain.b));
	crew->set.count = CREW_COUNT;
	for (unsigned i = 0; i < CREW_COUNT; i++) {
		struct validator *validator = &crew->set.validators[i];

		snprintf(validator->id, sizeof(validator->id), "v%u", i);
		snprintf(validator->org, sizeof(validator->org), "o%u", i);
		crew_key(&unused, &validator->consensus_key);
		crew_key(&keys[i], &publics[i]);
		validator->node_key = publics[i];
	}
	set_seal(&crew->set);
	for (unsigned i = 0; i < CREW_COUNT; i++)
		crew->node_keys[set_find_node(&crew->set, &publics[i])] = keys[i];
	ck_assert_int_eq(tls_context_new(&crew->tls), ERR_OK);
}

void crew_release(struct crew *crew)
{
	tls_context_free(crew->tls);
}

void crew_self(struct session_self *out, const struct crew *crew, uint32_t index)
{
	memset(out, 0, sizeof(*out));
	out->tls = crew->tls;
	out->chain = crew->chain;
	out->set = &crew->set;
	out->node_key = &crew->node_keys[index];
	out->node_public = crew->set.validators[index].node_key;
}

void crew_prove(struct signature *out, const struct secret *key, const struct hash *chain,
		enum session_role role, uint64_t epoch,
		const uint8_t exporter[SESSION_EXPORTER_BYTES])
{
	struct hash digest;
	struct buf text;

	buf_init(&text, 1024);
	session_text(&text, chain, role, epoch, exporter);
	sha256(&digest, text.at, text.len);
	buf_release(&text);
	ck_assert_int_eq(sign_digest(out, key, &digest), ERR_OK);
}

struct frame *crew_hello(const struct public_key *key, const struct signature *signature,
			 const struct hash *chain, uint32_t version)
{
	Stele__HelloMessage hello = STELE__HELLO_MESSAGE__INIT;
	struct frame *frame;
	struct buf payload;
	char agent[] = "villain";

	hello.node_key.data = (uint8_t *)key->b;
	hello.node_key.len = sizeof(key->b);
	hello.signature.data = (uint8_t *)signature->b;
	hello.signature.len = sizeof(signature->b);
	hello.chain.data = (uint8_t *)chain->b;
	hello.chain.len = sizeof(chain->b);
	hello.version = version;
	hello.agent = agent;
	buf_init(&payload, 512);
	ck_assert_int_eq(peer_encode(&payload, PEER_HELLO, &hello), ERR_OK);
	frame = frame_new(PEER_HELLO, buf_bytes(&payload));
	ck_assert_ptr_nonnull(frame);
	buf_release(&payload);
	return frame;
}
