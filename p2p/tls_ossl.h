/* Tls: encrypted streams over memory, TLS 1.3 and nothing older, both sides
 * with a self-signed P-256 certificate made afresh when the process starts; no
 * tickets, no resumption, no early data.
 *
 * TLS gives secrecy and a session of its own; it says nothing about who the
 * other side is.  That is proven by the node key's signature over the exporter
 * of the session (p2p/session.h).  No socket here: ciphertext goes in and comes
 * out as bytes. */
#ifndef STELE_P2P_TLS_OSSL_H
#define STELE_P2P_TLS_OSSL_H

#include "base/bytes.h"
#include "base/err.h"
#include "proto/session_text.h"

/* Certificate and settings, shared by all sessions of a process. */
struct tls_context;

/* ERR_CRYPTO. */
MUST_CHECK enum err tls_context_new(struct tls_context **out);
void tls_context_free(struct tls_context *context);

/* One end of a session; context is lent for its life. */
struct tls;

MUST_CHECK enum err tls_new(struct tls **out, struct tls_context *context, bool is_client);
void tls_free(struct tls *tls);

/* Ciphertext that arrived. */
MUST_CHECK enum err tls_feed(struct tls *tls, struct bytes in);
/* Goes on with the handshake as far as what was fed allows.  ERR_PEER_TLS: it
 * failed; an alert may stand in the output. */
MUST_CHECK enum err tls_handshake(struct tls *tls, bool *is_done);
/* The next plaintext, at most max bytes; 0: nothing more for now.
 * ERR_PEER_TLS; *is_ended: the other side said that it is done. */
MUST_CHECK enum err tls_read(struct tls *tls, uint8_t *at, size_t max, size_t *len,
			     bool *is_ended);
/* Encrypts all of plain into the output. */
MUST_CHECK enum err tls_write(struct tls *tls, struct bytes plain);
/* Says to the other side that nothing more will come. */
void tls_end(struct tls *tls);

/* Bytes of ciphertext that wait to be sent, and taking len of them. */
size_t tls_output_len(const struct tls *tls);
void tls_output_take(struct tls *tls, uint8_t *at, size_t len);

/* After the handshake: 32 bytes that only the two ends of this session know,
 * RFC 8446 section 7.5, label EXPORTER-stele-v1, without context. */
MUST_CHECK enum err tls_exporter(struct tls *tls, uint8_t out[SESSION_EXPORTER_BYTES]);
/* What OpenSSL says about the last failure; for the log. */
const char *tls_reason(const struct tls *tls);

#endif
