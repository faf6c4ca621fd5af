/* Session: one conversation with one peer, from the first byte of TLS on: the
 * handshake, then a hello each way by which both prove their node key for this
 * chain and this very session, then frames.
 *
 * No socket and no clock: bytes come in, bytes go out.  Who cannot be accepted
 * is refused by name: a refuse frame with the error stands in the output before
 * the session fails. */
#ifndef STELE_P2P_SESSION_H
#define STELE_P2P_SESSION_H

#include "base/bytes.h"
#include "base/err.h"
#include "crypto/sign.h"
#include "p2p/frame.h"
#include "p2p/tls_ossl.h"
#include "proto/set.h"

#define SESSION_VERSION 1    /* of the protocol between nodes */
#define SESSION_DETAIL_MAX 255

/* Who this node is and whom it talks to; lent for the life of its sessions. */
struct session_self {
	struct tls_context *tls;
	struct hash chain;
	uint64_t epoch;
	const struct set *set;
	const struct secret *node_key;
	struct public_key node_public;
	/* Whether a key outside the set may have a session; NULL: none may. */
	bool (*may_observe)(void *context, const struct public_key *node_key);
	void *context;
};

enum session_state {
	SESSION_TLS,   /* the handshake is under way */
	SESSION_HELLO, /* waits for the peer's hello */
	SESSION_OPEN,  /* the peer is proven */
	SESSION_OVER,  /* failed, refused, or ended by the peer */
};

/* What is known about the other side once the session is open. */
struct session_peer {
	uint32_t index; /* in the set, or SET_NO_INDEX */
	struct public_key node_key;
};

struct session;

/* Called for each frame of an open session; false: take no more of them. */
typedef bool session_on_frame(void *context, uint8_t type, struct bytes payload);

MUST_CHECK enum err session_new(struct session **out, const struct session_self *self,
				bool is_client);
void session_free(struct session *session);

/* Bytes from the wire.  Stops when the session opens (call again with nothing
 * to go on), so that frames come after the caller knows the peer.  ERR_PEER_*,
 * ERR_FRAME, ERR_PEER_MESSAGE: over, with session_detail; ERR_OK with
 * SESSION_OVER: the peer ended it. */
MUST_CHECK enum err session_receive(struct session *session, struct bytes in,
				    session_on_frame *on_frame, void *context);
/* Plaintext of whole frames into the output; only while open. */
MUST_CHECK enum err session_send(struct session *session, struct bytes frames);
/* Refuses the peer: a frame that says why, and the end of the stream. */
void session_refuse(struct session *session, enum err reason, const char *detail);

enum session_state session_state(const struct session *session);
const struct session_peer *session_peer(const struct session *session);
/* The facts behind an error, for the log; whether it was the peer who refused. */
const char *session_detail(const struct session *session);
bool session_was_refused(const struct session *session);
/* Ciphertext to be sent. */
size_t session_output_len(const struct session *session);
void session_output_take(struct session *session, uint8_t *at, size_t len);

#endif
