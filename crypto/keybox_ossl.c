#include "crypto/keybox.h"

#include <limits.h>
#include <openssl/evp.h>

#include "crypto/random.h"

/* 128 * N * r bytes are needed; OpenSSL counts a little more. */
#define SCRYPT_MEMORY_MAX (64u << 20)

static enum err box_key(struct secret *out, const struct keybox *box, struct bytes passphrase)
{
	/* A NULL passphrase would make OpenSSL skip the derivation. */
	const char *text = passphrase.len == 0 ? "" : (const char *)passphrase.at;
	int done = EVP_PBE_scrypt(text, passphrase.len, box->salt, sizeof(box->salt),
				  KEYBOX_SCRYPT_N, KEYBOX_SCRYPT_R, KEYBOX_SCRYPT_P,
				  SCRYPT_MEMORY_MAX, out->b, sizeof(out->b));

	return done == 1 ? ERR_OK : ERR_CRYPTO;
}

static bool gcm_seal(EVP_CIPHER_CTX *gcm, const struct secret *key, struct keybox *box,
		     const struct secret *secret, struct bytes clear)
{
	int len;

	return EVP_EncryptInit_ex(gcm, EVP_aes_256_gcm(), NULL, key->b, box->nonce) == 1 &&
	       EVP_EncryptUpdate(gcm, NULL, &len, clear.at, (int)clear.len) == 1 &&
	       EVP_EncryptUpdate(gcm, box->sealed, &len, secret->b, sizeof(secret->b)) == 1 &&
	       EVP_EncryptFinal_ex(gcm, NULL, &len) == 1 &&
	       EVP_CIPHER_CTX_ctrl(gcm, EVP_CTRL_GCM_GET_TAG, sizeof(box->tag), box->tag) == 1;
}

enum err keybox_seal(struct keybox *out, const struct secret *secret, struct bytes passphrase,
		     struct bytes clear)
{
	struct keybox box;
	struct secret key;
	EVP_CIPHER_CTX *gcm;
	enum err err;

	ASSERT(clear.len <= INT_MAX);
	random_bytes(box.salt, sizeof(box.salt));
	random_bytes(box.nonce, sizeof(box.nonce));
	err = box_key(&key, &box, passphrase);
	gcm = EVP_CIPHER_CTX_new();
	if (err == ERR_OK && (gcm == NULL || !gcm_seal(gcm, &key, &box, secret, clear)))
		err = ERR_CRYPTO;
	if (err == ERR_OK)
		*out = box;
	EVP_CIPHER_CTX_free(gcm); /* wipes its copy of the key */
	secret_wipe(&key, sizeof(key));
	return err;
}

/* ERR_KEY_PASSPHRASE where the tag does not fit; plain is then not to be used. */
static enum err gcm_open(EVP_CIPHER_CTX *gcm, const struct secret *key, const struct keybox *box,
			 struct secret *plain, struct bytes clear)
{
	uint8_t tag[sizeof(box->tag)];
	int len;

	for (size_t i = 0; i < sizeof(tag); i++)
		tag[i] = box->tag[i];
	if (EVP_DecryptInit_ex(gcm, EVP_aes_256_gcm(), NULL, key->b, box->nonce) != 1 ||
	    EVP_CIPHER_CTX_ctrl(gcm, EVP_CTRL_GCM_SET_TAG, sizeof(tag), tag) != 1 ||
	    EVP_DecryptUpdate(gcm, NULL, &len, clear.at, (int)clear.len) != 1 ||
	    EVP_DecryptUpdate(gcm, plain->b, &len, box->sealed, sizeof(box->sealed)) != 1)
		return ERR_CRYPTO;
	return EVP_DecryptFinal_ex(gcm, NULL, &len) == 1 ? ERR_OK : ERR_KEY_PASSPHRASE;
}

enum err keybox_open(struct secret *out, const struct keybox *box, struct bytes passphrase,
		     struct bytes clear)
{
	struct secret plain;
	struct secret key;
	EVP_CIPHER_CTX *gcm;
	enum err err;

	ASSERT(clear.len <= INT_MAX);
	err = box_key(&key, box, passphrase);
	gcm = EVP_CIPHER_CTX_new();
	if (err == ERR_OK)
		err = gcm != NULL ? gcm_open(gcm, &key, box, &plain, clear) : ERR_CRYPTO;
	if (err == ERR_OK)
		*out = plain;
	EVP_CIPHER_CTX_free(gcm);
	secret_wipe(&key, sizeof(key));
	secret_wipe(&plain, sizeof(plain));
	return err;
}
