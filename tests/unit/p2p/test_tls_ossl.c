#include "p2p/tls_ossl.h"

#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/unit.h"

/* A stock client that is told what to offer. */
struct stock {
	SSL_CTX *context;
	SSL *ssl;
};

static void stock_start(struct stock *stock, int version)
{
	stock->context = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_max_proto_version(stock->context, version);
	stock->ssl = SSL_new(stock->context);
	SSL_set_bio(stock->ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	SSL_set_connect_state(stock->ssl);
}

static void stock_release(struct stock *stock)
{
	SSL_free(stock->ssl);
	SSL_CTX_free(stock->context);
}

/* The server's last word on the stock client. */
static enum err greet(struct stock *stock, struct tls *server, bool *is_done)
{
	enum err err = ERR_OK;

	*is_done = false;
	for (int round = 0; round < 4 && !err && !*is_done; round++) {
		uint8_t at[16384];
		int count;
		size_t len;

		(void)SSL_do_handshake(stock->ssl);
		count = BIO_read(SSL_get_wbio(stock->ssl), at, sizeof(at));
		ck_assert_int_eq(tls_feed(server, bytes_of(at, count > 0 ? (size_t)count : 0)),
				 ERR_OK);
		err = tls_handshake(server, is_done);
		len = tls_output_len(server);
		ck_assert_uint_le(len, sizeof(at));
		tls_output_take(server, at, len);
		if (len > 0)
			BIO_write(SSL_get_rbio(stock->ssl), at, (int)len);
	}
	return err;
}

static enum err outcome(int version, const char **reason)
{
	static char said[120];
	struct tls_context *context;
	struct stock stock;
	struct tls *server;
	bool is_done;
	enum err err;

	ck_assert_int_eq(tls_context_new(&context), ERR_OK);
	ck_assert_int_eq(tls_new(&server, context, false), ERR_OK);
	stock_start(&stock, version);
	err = greet(&stock, server, &is_done);
	ck_assert(!is_done);
	strncpy(said, tls_reason(server), sizeof(said) - 1);
	*reason = said;
	stock_release(&stock);
	tls_free(server);
	tls_context_free(context);
	return err;
}

UNIT_TEST(tls_client_of_version_1_2_is_refused)
{
	const char *reason;

	ck_assert_int_eq(outcome(TLS1_2_VERSION, &reason), ERR_PEER_TLS);
	ck_assert_str_eq(reason, "unsupported protocol");
}

UNIT_TEST(tls_client_without_a_certificate_is_refused)
{
	const char *reason;

	ck_assert_int_eq(outcome(TLS1_3_VERSION, &reason), ERR_PEER_TLS);
	ck_assert_str_eq(reason, "peer did not return a certificate");
}

/* Two ends of ours through memory. */
static void shake(struct tls *client, struct tls *server)
{
	struct tls *ends[2] = {client, server};
	bool is_done[2] = {false, false};

	for (int round = 0; round < 4; round++) {
		for (int from = 0; from < 2; from++) {
			uint8_t at[16384];
			size_t len;

			ck_assert_int_eq(tls_handshake(ends[from], &is_done[from]), ERR_OK);
			len = tls_output_len(ends[from]);
			ck_assert_uint_le(len, sizeof(at));
			tls_output_take(ends[from], at, len);
			ck_assert_int_eq(tls_feed(ends[1 - from], bytes_of(at, len)), ERR_OK);
		}
	}
	ck_assert(is_done[0] && is_done[1]);
}

UNIT_TEST(tls_exporter_is_the_same_at_both_ends_and_new_in_each_session)
{
	uint8_t exporters[3][SESSION_EXPORTER_BYTES];
	struct tls_context *context;
	struct tls *client;
	struct tls *server;

	ck_assert_int_eq(tls_context_new(&context), ERR_OK);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(tls_new(&client, context, true), ERR_OK);
		ck_assert_int_eq(tls_new(&server, context, false), ERR_OK);
		shake(client, server);
		ck_assert_int_eq(tls_exporter(client, exporters[i]), ERR_OK);
		ck_assert_int_eq(tls_exporter(server, exporters[2]), ERR_OK);
		ck_assert_mem_eq(exporters[i], exporters[2], SESSION_EXPORTER_BYTES);
		tls_free(client);
		tls_free(server);
	}
	ck_assert_mem_ne(exporters[0], exporters[1], SESSION_EXPORTER_BYTES);
	tls_context_free(context);
}

static void move(struct tls *from, struct tls *to)
{
	uint8_t at[16384];
	size_t len = tls_output_len(from);

	ck_assert_uint_le(len, sizeof(at));
	tls_output_take(from, at, len);
	ck_assert_int_eq(tls_feed(to, bytes_of(at, len)), ERR_OK);
}

/* A resumed session would be one whose certificate nobody asked for. */
UNIT_TEST(tls_gives_out_nothing_to_resume_a_session_by)
{
	struct tls_context *context;
	struct tls *client;
	struct tls *server;
	bool is_done[2] = {false, false};

	ck_assert_int_eq(tls_context_new(&context), ERR_OK);
	ck_assert_int_eq(tls_new(&client, context, true), ERR_OK);
	ck_assert_int_eq(tls_new(&server, context, false), ERR_OK);
	for (int round = 0; round < 4 && !is_done[1]; round++) {
		ck_assert_int_eq(tls_handshake(client, &is_done[0]), ERR_OK);
		move(client, server);
		ck_assert_int_eq(tls_handshake(server, &is_done[1]), ERR_OK);
		if (!is_done[1])
			move(server, client);
	}
	/* here a ticket would follow */
	ck_assert(is_done[0] && is_done[1]);
	ck_assert_uint_eq(tls_output_len(server), 0);
	tls_free(client);
	tls_free(server);
	tls_context_free(context);
}

UNIT_TEST(tls_end_is_told_from_a_cut)
{
	struct tls_context *context;
	struct tls *client;
	struct tls *server;
	uint8_t at[1024];
	bool is_ended;
	size_t len;

	ck_assert_int_eq(tls_context_new(&context), ERR_OK);
	ck_assert_int_eq(tls_new(&client, context, true), ERR_OK);
	ck_assert_int_eq(tls_new(&server, context, false), ERR_OK);
	shake(client, server);
	ck_assert_int_eq(tls_write(client, bytes_text("last words")), ERR_OK);
	tls_end(client);
	len = tls_output_len(client);
	ck_assert_uint_le(len, sizeof(at));
	tls_output_take(client, at, len);
	ck_assert_int_eq(tls_feed(server, bytes_of(at, len)), ERR_OK);
	ck_assert_int_eq(tls_read(server, at, sizeof(at), &len, &is_ended), ERR_OK);
	unit_assert_bytes(at, len, "last words", 10);
	ck_assert(!is_ended);
	ck_assert_int_eq(tls_read(server, at, sizeof(at), &len, &is_ended), ERR_OK);
	ck_assert(is_ended);
	tls_free(client);
	tls_free(server);
	tls_context_free(context);
}

UNIT_MAIN("tls_ossl", tls_client_of_version_1_2_is_refused,
	  tls_client_without_a_certificate_is_refused,
	  tls_exporter_is_the_same_at_both_ends_and_new_in_each_session,
	  tls_gives_out_nothing_to_resume_a_session_by, tls_end_is_told_from_a_cut)
