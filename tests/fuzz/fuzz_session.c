/* A session with anybody: raw bytes in place of TLS, or, behind a true handshake, any
 * plaintext in place of the hello or after a right one.  Nobody who has no node key of
 * the set gets it open.  The first byte chooses; the second how the stream is cut. */
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "p2p/session.h"
#include "proto/session_text.h"
#include "tests/fuzz/keys.h"

#define STREAM_BYTES 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct talk {
	struct session *server;
	struct tls *client;
	uint8_t stream[STREAM_BYTES];
	unsigned frames;
};

static struct session_self self;

static void self_init(void)
{
	const struct set *set = keys_set(4);

	if (self.tls != NULL)
		return;
	ASSERT(tls_context_new(&self.tls) == ERR_OK);
	self.chain = *keys_chain();
	self.set = set;
	self.node_key = keys_node(set, 1);
	self.node_public = set->validators[1].node_key;
}

static bool on_frame(void *context, uint8_t type, struct bytes payload)
{
	struct talk *talk = context;

	talk->frames++;
	ASSERT(payload.len <= peer_payload_max(type));
	return talk->frames % 3 != 0;
}

/* False: the session is over. */
static bool receive(struct talk *talk, struct bytes in)
{
	bool was_open = session_state(talk->server) == SESSION_OPEN;

	if (session_receive(talk->server, in, on_frame, talk) != ERR_OK)
		return false;
	/* it stops where it opens; what came behind the hello is taken now */
	if (!was_open && session_state(talk->server) == SESSION_OPEN)
		return receive(talk, bytes_of(NULL, 0));
	return session_state(talk->server) != SESSION_OVER;
}

static bool to_client(struct talk *talk)
{
	size_t len = session_output_len(talk->server);

	if (len > STREAM_BYTES)
		len = STREAM_BYTES;
	session_output_take(talk->server, talk->stream, len);
	return tls_feed(talk->client, bytes_of(talk->stream, len)) == ERR_OK;
}

static bool to_server(struct talk *talk)
{
	size_t len = tls_output_len(talk->client);

	if (len > STREAM_BYTES)
		len = STREAM_BYTES;
	tls_output_take(talk->client, talk->stream, len);
	return receive(talk, bytes_of(talk->stream, len));
}

static bool shake_hands(struct talk *talk)
{
	bool is_done = false;

	for (int i = 0; i < 4 && !is_done; i++) {
		if (tls_handshake(talk->client, &is_done) != ERR_OK || !to_server(talk) ||
		    !to_client(talk))
			return false;
	}
	return is_done;
}

static void put_frame(struct buf *out, uint8_t type, struct bytes payload)
{
	buf_u32(out, (uint32_t)payload.len);
	buf_u8(out, type);
	buf_add_bytes(out, payload);
}

/* What validator 0 says first. */
static void put_hello(struct talk *talk, struct buf *out)
{
	Stele__HelloMessage hello = STELE__HELLO_MESSAGE__INIT;
	uint8_t exporter[SESSION_EXPORTER_BYTES];
	struct public_key key = self.set->validators[0].node_key;
	struct signature signature;
	struct hash digest;
	struct buf text;
	char agent[] = "fuzz";

	ASSERT(tls_exporter(talk->client, exporter) == ERR_OK);
	buf_init(&text, 1024);
	session_text(&text, &self.chain, SESSION_CLIENT, 0, exporter);
	sha256(&digest, text.at, text.len);
	ASSERT(sign_digest(&signature, keys_node(self.set, 0), &digest) == ERR_OK);
	hello.node_key = (ProtobufCBinaryData){sizeof(key.b), key.b};
	hello.signature = (ProtobufCBinaryData){sizeof(signature.b), signature.b};
	hello.chain = (ProtobufCBinaryData){sizeof(self.chain.b), self.chain.b};
	hello.version = SESSION_VERSION;
	hello.agent = agent;
	buf_reset(&text);
	ASSERT(peer_encode(&text, PEER_HELLO, &hello) == ERR_OK);
	put_frame(out, PEER_HELLO, buf_bytes(&text));
	buf_release(&text);
}

static void say(struct talk *talk, struct bytes plain, size_t piece)
{
	while (plain.len > 0) {
		size_t len = plain.len < piece ? plain.len : piece;

		if (tls_write(talk->client, bytes_of(plain.at, len)) != ERR_OK || !to_server(talk))
			return;
		plain = bytes_of(plain.at + len, plain.len - len);
	}
}

static void behind_tls(struct talk *talk, struct bytes plain, bool has_hello, size_t piece)
{
	struct buf out;

	if (tls_new(&talk->client, self.tls, true) != ERR_OK)
		return;
	buf_init(&out, (size_t)1 << 20);
	if (shake_hands(talk)) {
		if (has_hello)
			put_hello(talk, &out);
		buf_add_bytes(&out, plain);
		say(talk, buf_bytes(&out), piece);
		/* a hello alone, in one piece, is right */
		ASSERT(!has_hello || plain.len > 0 || session_state(talk->server) == SESSION_OPEN);
	}
	ASSERT(has_hello || session_state(talk->server) != SESSION_OPEN);
	buf_release(&out);
	tls_free(talk->client);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct talk talk;
	struct bytes rest;
	size_t piece;

	if (size < 2 || size > STREAM_BYTES)
		return 0;
	self_init();
	memset(&talk, 0, sizeof(talk));
	rest = bytes_of(data + 2, size - 2);
	piece = 1 + (size_t)data[1] * 64;
	if (session_new(&talk.server, &self, false) != ERR_OK)
		return 0;
	if (data[0] % 4 == 0)
		(void)receive(&talk, rest);
	else
		behind_tls(&talk, rest, data[0] % 4 == 1, piece);
	session_free(talk.server);
	return 0;
}
