#include "p2p/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mutant.h"
#include "crypto/digest.h"
#include "proto/session_text.h"

#define READ_BYTES 16384 /* plaintext of one TLS record */
#define HELLO_BYTES_MAX 512 /* of any frame before the peer is proven */
#define ARENA_BYTES 8192

struct session {
	const struct session_self *self;
	struct tls *tls;
	enum session_state state;
	bool is_client;
	bool was_refused;
	struct session_peer peer;
	char detail[SESSION_DETAIL_MAX + 1];
	struct frame_reader reader;
	uint8_t plain[READ_BYTES];
};

enum err session_new(struct session **out, const struct session_self *self, bool is_client)
{
	struct session *session = calloc(1, sizeof(*session));
	enum err err;

	if (session == NULL)
		return ERR_MEMORY;
	session->self = self;
	session->is_client = is_client;
	session->peer.index = SET_NO_INDEX;
	frame_reader_init(&session->reader, HELLO_BYTES_MAX);
	err = tls_new(&session->tls, self->tls, is_client);
	if (err) {
		free(session);
		return err;
	}
	*out = session;
	return ERR_OK;
}

void session_free(struct session *session)
{
	if (session == NULL)
		return;
	frame_reader_release(&session->reader);
	tls_free(session->tls);
	free(session);
}

/* ---- saying ------------------------------------------------------------------- */

static enum err write_message(struct session *session, enum peer_type type, const void *message)
{
	struct frame *frame = NULL;
	struct buf payload;
	enum err err;

	buf_init(&payload, HELLO_BYTES_MAX);
	err = peer_encode(&payload, type, message);
	if (!err) {
		frame = frame_new(type, buf_bytes(&payload));
		err = frame == NULL ? ERR_MEMORY
				    : tls_write(session->tls, bytes_of(frame->at, frame->len));
	}
	frame_drop(frame);
	buf_release(&payload);
	return err;
}

/* The digest that the side with this role signs.  The exporter binds it to this
 * TLS session, the role to this end of it. */
static enum err session_digest(struct session *session, struct hash *out, bool of_client,
			       uint64_t epoch)
{
	uint8_t exporter[SESSION_EXPORTER_BYTES];
	struct buf text;
	enum err err;

	err = tls_exporter(session->tls, exporter);
	if (err)
		return err;
	buf_init(&text, LIMIT_VOTE_BYTES);
	session_text(&text, &session->self->chain, of_client ? SESSION_CLIENT : SESSION_SERVER,
		     epoch, exporter);
	if (text.has_failed)
		err = ERR_MEMORY;
	else
		sha256(out, text.at, text.len);
	buf_release(&text);
	return err;
}

static enum err say_hello(struct session *session)
{
	Stele__HelloMessage hello = STELE__HELLO_MESSAGE__INIT;
	const struct session_self *self = session->self;
	char agent[] = "stele/" STELE_VERSION;
	struct public_key key = self->node_public;
	struct hash chain = self->chain;
	struct signature signature;
	struct hash digest;
	enum err err;

	err = session_digest(session, &digest, session->is_client, self->epoch);
	if (!err)
		err = sign_digest(&signature, self->node_key, &digest);
	if (err)
		return err;
	hello.node_key.data = key.b;
	hello.node_key.len = sizeof(key.b);
	hello.signature.data = signature.b;
	hello.signature.len = sizeof(signature.b);
	hello.epoch = self->epoch;
	hello.chain.data = chain.b;
	hello.chain.len = sizeof(chain.b);
	hello.version = SESSION_VERSION;
	hello.agent = agent;
	return write_message(session, PEER_HELLO, &hello);
}

static void set_detail(struct session *session, const char *detail)
{
	snprintf(session->detail, sizeof(session->detail), "%s", detail);
}

void session_refuse(struct session *session, enum err reason, const char *detail)
{
	Stele__RefuseMessage refuse = STELE__REFUSE_MESSAGE__INIT;

	if (session->state == SESSION_OVER)
		return;
	set_detail(session, detail);
	if (session->state != SESSION_TLS) {
		refuse.error = (uint32_t)reason;
		refuse.detail = session->detail;
		/* where even this fails, the peer sees the end of the stream alone */
		(void)!write_message(session, PEER_REFUSE, &refuse);
	}
	tls_end(session->tls);
	session->state = SESSION_OVER;
}

/* ---- hearing ------------------------------------------------------------------ */

static enum err refuse(struct session *session, enum err reason, const char *detail)
{
	session_refuse(session, reason, detail);
	return reason;
}

static enum err refuse_chain(struct session *session, const uint8_t theirs[32])
{
	char detail[SESSION_DETAIL_MAX + 1];
	char hex_ours[HASH_HEX_LEN + 1];
	char hex_theirs[HASH_HEX_LEN + 1];

	hex_encode(hex_ours, session->self->chain.b, 32);
	hex_encode(hex_theirs, theirs, 32);
	snprintf(detail, sizeof(detail), "expected chain %s, you follow %s", hex_ours, hex_theirs);
	return refuse(session, ERR_PEER_CHAIN, detail);
}

static enum err refuse_key(struct session *session, enum err reason, const char *what)
{
	char detail[SESSION_DETAIL_MAX + 1];
	char hex[2 * sizeof(session->peer.node_key.b) + 1];

	hex_encode(hex, session->peer.node_key.b, sizeof(session->peer.node_key.b));
	snprintf(detail, sizeof(detail), "%s: %s", what, hex);
	return refuse(session, reason, detail);
}

/* Cheap questions first; the signature last. */
static enum err judge_hello(struct session *session, const Stele__HelloMessage *hello)
{
	const struct session_self *self = session->self;
	struct session_peer *peer = &session->peer;
	struct signature signature;
	struct hash digest;
	enum err err;

	if (hello->node_key.len != sizeof(peer->node_key.b) ||
	    hello->signature.len != sizeof(signature.b) ||
	    hello->chain.len != sizeof(self->chain.b))
		return refuse(session, ERR_PEER_MESSAGE, "a field of the hello has a wrong length");
	if (hello->version != SESSION_VERSION)
		return refuse(session, ERR_PEER_MESSAGE, "this node speaks version 1 only");
	if (memcmp(hello->chain.data, self->chain.b, sizeof(self->chain.b)) != 0 &&
	    !mutant_on("session_of_any_chain"))
		return refuse_chain(session, hello->chain.data);
	memcpy(peer->node_key.b, hello->node_key.data, sizeof(peer->node_key.b));
	memcpy(signature.b, hello->signature.data, sizeof(signature.b));
	if (public_key_equal(&peer->node_key, &self->node_public))
		return refuse_key(session, ERR_PEER_SELF, "your node key is this node's own");
	peer->index = set_find_node(self->set, &peer->node_key);
	if (peer->index == SET_NO_INDEX &&
	    (self->may_observe == NULL || !self->may_observe(self->context, &peer->node_key)))
		return refuse_key(session, ERR_PEER_UNKNOWN, "your node key is not known here");
	err = session_digest(session, &digest, !session->is_client, hello->epoch);
	if (err)
		return err;
	if (!sign_verify(&peer->node_key, &digest, &signature) &&
	    !mutant_on("session_proof_ignored"))
		return refuse_key(session, ERR_PEER_PROOF,
				  "you did not prove this node key in this session");
	session->state = SESSION_OPEN;
	session->reader.payload_max = SIZE_MAX;
	return ERR_OK;
}

/* The peer refused us: its reason is ours to report. */
static enum err hear_refuse(struct session *session, struct bytes payload)
{
	struct arena arena;
	void *message;
	enum err reason = ERR_PEER_MESSAGE;

	arena_init(&arena, ARENA_BYTES);
	if (peer_decode(&arena, PEER_REFUSE, payload, &message) == ERR_OK) {
		const Stele__RefuseMessage *said = message;

		set_detail(session, said->detail);
		if (!err_from_number(said->error, &reason) ||
		    err_class_of(reason) != ERR_CLASS_PEER)
			reason = ERR_PEER_MESSAGE;
	}
	arena_release(&arena);
	session->was_refused = true;
	session->state = SESSION_OVER;
	return reason;
}

static enum err hear_hello(struct session *session, uint8_t type, struct bytes payload)
{
	struct arena arena;
	void *message;
	enum err err;

	if (type == PEER_REFUSE)
		return hear_refuse(session, payload);
	if (type != PEER_HELLO)
		return refuse(session, ERR_PEER_MESSAGE, "the first frame is not a hello");
	arena_init(&arena, ARENA_BYTES);
	err = peer_decode(&arena, PEER_HELLO, payload, &message);
	if (err)
		err = refuse(session, err, "the hello is malformed");
	else
		err = judge_hello(session, message);
	arena_release(&arena);
	return err;
}

/* Frames that the reader has; *is_stopped when the caller wants no more, or the
 * session opened or ended. */
static enum err give_frames(struct session *session, session_on_frame *on_frame, void *context,
			    bool *is_stopped)
{
	struct bytes payload;
	uint8_t type = 0;
	bool is_frame;
	enum err err;

	*is_stopped = false;
	while (!*is_stopped) {
		err = frame_reader_next(&session->reader, &is_frame, &type, &payload);
		if (err == ERR_FRAME)
			return refuse(session, err, "unknown type of frame, or too long");
		if (err || !is_frame)
			return err;
		if (session->state == SESSION_HELLO) {
			*is_stopped = true;
			return hear_hello(session, type, payload);
		}
		if (type == PEER_REFUSE)
			return hear_refuse(session, payload);
		if (type == PEER_HELLO)
			return refuse(session, ERR_PEER_MESSAGE, "a second hello");
		*is_stopped = !on_frame(context, type, payload) || session->state != SESSION_OPEN;
	}
	return ERR_OK;
}

static enum err go_on_with_handshake(struct session *session)
{
	bool is_done = false;
	enum err err = tls_handshake(session->tls, &is_done);

	if (err) {
		set_detail(session, tls_reason(session->tls));
		return err;
	}
	if (!is_done)
		return ERR_OK;
	session->state = SESSION_HELLO;
	return say_hello(session);
}

static enum err receive(struct session *session, session_on_frame *on_frame, void *context)
{
	bool is_stopped = false;
	bool is_ended = false;
	size_t len = 0;
	enum err err = ERR_OK;

	if (session->state == SESSION_TLS)
		err = go_on_with_handshake(session);
	if (err || session->state == SESSION_TLS)
		return err;
	for (;;) {
		err = give_frames(session, on_frame, context, &is_stopped);
		if (err || is_stopped)
			return err;
		err = tls_read(session->tls, session->plain, sizeof(session->plain), &len,
			       &is_ended);
		if (err) {
			set_detail(session, tls_reason(session->tls));
			return err;
		}
		if (is_ended)
			session->state = SESSION_OVER;
		if (len == 0)
			return ERR_OK;
		frame_reader_feed(&session->reader, bytes_of(session->plain, len));
	}
}

enum err session_receive(struct session *session, struct bytes in, session_on_frame *on_frame,
			 void *context)
{
	enum err err;

	if (session->state == SESSION_OVER)
		return ERR_OK;
	err = tls_feed(session->tls, in);
	if (!err)
		err = receive(session, on_frame, context);
	if (err)
		session->state = SESSION_OVER;
	return err;
}

enum err session_send(struct session *session, struct bytes frames)
{
	ASSERT(session->state == SESSION_OPEN);
	return tls_write(session->tls, frames);
}

enum session_state session_state(const struct session *session)
{
	return session->state;
}

const struct session_peer *session_peer(const struct session *session)
{
	return &session->peer;
}

const char *session_detail(const struct session *session)
{
	return session->detail;
}

bool session_was_refused(const struct session *session)
{
	return session->was_refused;
}

size_t session_output_len(const struct session *session)
{
	return tls_output_len(session->tls);
}

void session_output_take(struct session *session, uint8_t *at, size_t len)
{
	tls_output_take(session->tls, at, len);
}
