/* The texts that prove possession of a key: of a node key in a session, of an
 * organisation key when it is registered, of a candidate's two keys when it says
 * that it is ready for a set.
 *
 *   stele/v1 session              stele/v1 key                   stele/v1 ready
 *   chain <64 hex>                chain <64 hex>                 chain <64 hex>
 *   role client | server          organisation <id>              set <64 hex>
 *   epoch <n>                     purposes <name>[,<name>…]
 *   exporter <64 hex>
 * role is the signer's own; exporter: 32 bytes of RFC 5705 with the label
 * EXPORTER-stele-v1 and no context.  Each is signed as SHA-256 of the text. */
#ifndef STELE_PROTO_SESSION_TEXT_H
#define STELE_PROTO_SESSION_TEXT_H

#include "base/bytes.h"
#include "proto/tx.pb-c.h"

#define SESSION_EXPORTER_LABEL "EXPORTER-stele-v1"
#define SESSION_EXPORTER_BYTES 32

enum session_role { SESSION_CLIENT, SESSION_SERVER };

void session_text(struct buf *out, const struct hash *chain, enum session_role role,
		  uint64_t epoch, const uint8_t exporter[SESSION_EXPORTER_BYTES]);
/* purposes: bits 1 << Stele__Purpose, at least one. */
void key_text(struct buf *out, const struct hash *chain, struct bytes organisation,
	      uint32_t purposes);
/* Whether the proof in an OrgKey verifies; its form was checked with the
 * transaction that carries it. */
bool key_proof_verifies(const Stele__OrgKey *key, const struct hash *chain,
			struct bytes organisation);
/* set: the hash of its text. */
void ready_text(struct buf *out, const struct hash *chain, const struct hash *set);
/* Whether both proofs verify, each with its key; their form was checked with the
 * transaction that carries them. */
bool ready_proofs_verify(const Stele__ValidatorReady *ready, const struct hash *chain);

#endif
