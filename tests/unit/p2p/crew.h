/* Crew: a validator set with its node keys, and sessions that speak to each
 * other through memory; for the tests of this folder. */
#ifndef STELE_TESTS_UNIT_P2P_CREW_H
#define STELE_TESTS_UNIT_P2P_CREW_H

#include "p2p/session.h"

#define CREW_COUNT 4

struct crew {
	struct set set;
	struct hash chain;
	struct secret node_keys[CREW_COUNT]; /* by index in the set */
	struct tls_context *tls;
};

void crew_init(struct crew *crew);
void crew_release(struct crew *crew);
/* The identity of one validator. */
void crew_self(struct session_self *out, const struct crew *crew, uint32_t index);
void crew_key(struct secret *out, struct public_key *public_key);

/* Signs the session text as its holder would. */
void crew_prove(struct signature *out, const struct secret *key, const struct hash *chain,
		enum session_role role, uint64_t epoch,
		const uint8_t exporter[SESSION_EXPORTER_BYTES]);
/* A hello frame; free with frame_drop. */
struct frame *crew_hello(const struct public_key *key, const struct signature *signature,
			 const struct hash *chain, uint32_t version);

#endif
