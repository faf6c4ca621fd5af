#include "p2p/tls_ossl.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "base/mutant.h"

#define CERTIFICATE_SECONDS (3650L * 24 * 3600)

struct tls_context {
	SSL_CTX *ssl;
};

struct tls {
	SSL *ssl;
	BIO *in;  /* owned by ssl, as out */
	BIO *out;
	char reason[120];
};

/* ---- certificate ------------------------------------------------------------ */

static bool fill_certificate(X509 *certificate, EVP_PKEY *key)
{
	X509_NAME *name = X509_get_subject_name(certificate);
	uint64_t serial;

	if (RAND_bytes((unsigned char *)&serial, sizeof(serial)) != 1)
		return false;
	/* the certificate names nobody: whose session it is, the hello says.  It
	 * begins a day ago, so that clocks need not agree. */
	return X509_set_version(certificate, X509_VERSION_3) == 1 &&
	       ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1) == 1 &&
	       X509_gmtime_adj(X509_getm_notBefore(certificate), -24L * 3600) != NULL &&
	       X509_gmtime_adj(X509_getm_notAfter(certificate), CERTIFICATE_SECONDS) != NULL &&
	       X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
					  (const unsigned char *)"stele node", -1, -1, 0) == 1 &&
	       X509_set_issuer_name(certificate, name) == 1 &&
	       X509_set_pubkey(certificate, key) == 1 &&
	       X509_sign(certificate, key, EVP_sha256()) > 0;
}

static bool use_fresh_certificate(SSL_CTX *ssl)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = X509_new();
	bool is_done = key != NULL && certificate != NULL && fill_certificate(certificate, key) &&
		       SSL_CTX_use_certificate(ssl, certificate) == 1 &&
		       SSL_CTX_use_PrivateKey(ssl, key) == 1;

	X509_free(certificate);
	EVP_PKEY_free(key);
	return is_done;
}

/* Any certificate will do, but one must be there, and the handshake has proven
 * possession of its key. */
static int take_any_certificate(int is_trusted, X509_STORE_CTX *store)
{
	(void)is_trusted;
	(void)store;
	return 1;
}

static bool set_up(SSL_CTX *ssl)
{
	SSL_CTX_set_options(ssl, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
					 SSL_OP_NO_COMPRESSION);
	SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
	if (mutant_on("tls_session_resumed"))
		SSL_CTX_clear_options(ssl, SSL_OP_NO_TICKET);
	SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
			   take_any_certificate);
	SSL_CTX_set_verify_depth(ssl, 0);
	return SSL_CTX_set_min_proto_version(ssl, TLS1_3_VERSION) == 1 &&
	       SSL_CTX_set_max_proto_version(ssl, TLS1_3_VERSION) == 1 &&
	       SSL_CTX_set_num_tickets(ssl, mutant_on("tls_session_resumed") ? 1 : 0) == 1 &&
	       SSL_CTX_set_max_early_data(ssl, 0) == 1 &&
	       SSL_CTX_set_ciphersuites(ssl, "TLS_AES_128_GCM_SHA256:"
					     "TLS_CHACHA20_POLY1305_SHA256") == 1 &&
	       SSL_CTX_set1_groups_list(ssl, "X25519:P-256") == 1 &&
	       SSL_CTX_set1_sigalgs_list(ssl, "ECDSA+SHA256:ed25519") == 1 &&
	       use_fresh_certificate(ssl);
}

enum err tls_context_new(struct tls_context **out)
{
	struct tls_context *context = calloc(1, sizeof(*context));

	if (context == NULL)
		return ERR_MEMORY;
	context->ssl = SSL_CTX_new(TLS_method());
	if (context->ssl == NULL || !set_up(context->ssl)) {
		tls_context_free(context);
		return ERR_CRYPTO;
	}
	*out = context;
	return ERR_OK;
}

void tls_context_free(struct tls_context *context)
{
	if (context == NULL)
		return;
	SSL_CTX_free(context->ssl);
	free(context);
}

/* ---- one session -------------------------------------------------------------- */

enum err tls_new(struct tls **out, struct tls_context *context, bool is_client)
{
	struct tls *tls = calloc(1, sizeof(*tls));

	if (tls == NULL)
		return ERR_MEMORY;
	tls->ssl = SSL_new(context->ssl);
	tls->in = BIO_new(BIO_s_mem());
	tls->out = BIO_new(BIO_s_mem());
	if (tls->ssl == NULL || tls->in == NULL || tls->out == NULL) {
		BIO_free(tls->in);
		BIO_free(tls->out);
		SSL_free(tls->ssl);
		free(tls);
		return ERR_MEMORY;
	}
	SSL_set_bio(tls->ssl, tls->in, tls->out);
	if (is_client)
		SSL_set_connect_state(tls->ssl);
	else
		SSL_set_accept_state(tls->ssl);
	*out = tls;
	return ERR_OK;
}

void tls_free(struct tls *tls)
{
	if (tls == NULL)
		return;
	SSL_free(tls->ssl);
	free(tls);
}

static enum err failed(struct tls *tls)
{
	unsigned long code = ERR_peek_error();
	const char *reason = ERR_reason_error_string(code);

	/* the alert's or the library's own words */
	strncpy(tls->reason, reason != NULL ? reason : "the stream broke",
		sizeof(tls->reason) - 1);
	ERR_clear_error();
	return ERR_PEER_TLS;
}

enum err tls_feed(struct tls *tls, struct bytes in)
{
	size_t written;

	if (in.len == 0)
		return ERR_OK;
	if (BIO_write_ex(tls->in, in.at, in.len, &written) != 1 || written != in.len)
		return ERR_MEMORY;
	return ERR_OK;
}

enum err tls_handshake(struct tls *tls, bool *is_done)
{
	int code;

	ERR_clear_error();
	code = SSL_do_handshake(tls->ssl);
	if (code != 1 && SSL_get_error(tls->ssl, code) != SSL_ERROR_WANT_READ)
		return failed(tls);
	*is_done = code == 1;
	return ERR_OK;
}

enum err tls_read(struct tls *tls, uint8_t *at, size_t max, size_t *len, bool *is_ended)
{
	int reason;
	int code;

	ERR_clear_error();
	*is_ended = false;
	*len = 0;
	code = SSL_read_ex(tls->ssl, at, max, len);
	if (code == 1)
		return ERR_OK;
	*len = 0;
	reason = SSL_get_error(tls->ssl, code);
	if (reason == SSL_ERROR_WANT_READ)
		return ERR_OK;
	if (reason == SSL_ERROR_ZERO_RETURN) {
		*is_ended = true;
		return ERR_OK;
	}
	return failed(tls);
}

enum err tls_write(struct tls *tls, struct bytes plain)
{
	size_t written;

	if (plain.len == 0)
		return ERR_OK;
	ERR_clear_error();
	if (SSL_write_ex(tls->ssl, plain.at, plain.len, &written) != 1 || written != plain.len)
		return failed(tls);
	return ERR_OK;
}

void tls_end(struct tls *tls)
{
	if (SSL_is_init_finished(tls->ssl))
		(void)SSL_shutdown(tls->ssl);
	ERR_clear_error();
}

size_t tls_output_len(const struct tls *tls)
{
	return BIO_ctrl_pending(tls->out);
}

void tls_output_take(struct tls *tls, uint8_t *at, size_t len)
{
	size_t taken = 0;

	if (len == 0)
		return;
	ASSERT(BIO_read_ex(tls->out, at, len, &taken) == 1 && taken == len);
}

enum err tls_exporter(struct tls *tls, uint8_t out[SESSION_EXPORTER_BYTES])
{
	if (SSL_export_keying_material(tls->ssl, out, SESSION_EXPORTER_BYTES,
				       SESSION_EXPORTER_LABEL, strlen(SESSION_EXPORTER_LABEL),
				       NULL, 0, 0) != 1)
		return ERR_CRYPTO;
	return ERR_OK;
}

const char *tls_reason(const struct tls *tls)
{
	return tls->reason[0] != '\0' ? tls->reason : "no reason was given";
}
