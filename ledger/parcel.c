#include "ledger/parcel.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mutant.h"
#include "crypto/digest.h"

/* --- memory -------------------------------------------------------------- */

static struct parcel *parcel_new(uint32_t count)
{
	struct parcel *parcel = calloc(1, sizeof(*parcel));

	if (parcel == NULL)
		return NULL;
	parcel->references = 1;
	parcel->txs = calloc((size_t)count + 1, sizeof(struct tx *));
	if (parcel->txs != NULL)
		return parcel;
	free(parcel);
	return NULL;
}

static bool bytes_copy(struct bytes *out, struct bytes from)
{
	uint8_t *at = malloc(from.len + 1);

	if (at == NULL)
		return false;
	if (from.len > 0)
		memcpy(at, from.at, from.len);
	*out = bytes_of(at, from.len);
	return true;
}

static void bytes_free(struct bytes bytes)
{
	free((void *)(uintptr_t)bytes.at);
}

struct parcel *parcel_retain(struct parcel *parcel)
{
	uint32_t before = atomic_fetch_add(&parcel->references, 1);

	ASSERT(before > 0);
	return parcel;
}

void parcel_release(struct parcel *parcel)
{
	uint32_t before;

	if (parcel == NULL)
		return;
	before = atomic_fetch_sub(&parcel->references, 1);
	ASSERT(before > 0);
	if (before > 1)
		return;
	for (uint32_t i = 0; parcel->txs[i] != NULL; i++)
		tx_free(parcel->txs[i]);
	free(parcel->txs);
	bytes_free(parcel->text_bytes);
	bytes_free(parcel->payload);
	free(parcel);
}

/* --- opening ------------------------------------------------------------- */

static enum err tx_open(struct tx **out, struct bytes raw, const struct hash *chain,
			struct verified *verified)
{
	const struct hash *by;
	struct tx *tx;
	enum err err = tx_decode(&tx, raw, chain);

	if (err != ERR_OK)
		return err;
	by = mutant_on("verified_by_id") ? &tx->id : &tx->leaf_hash;
	if (verified == NULL || !verified_has(verified, by)) {
		err = tx_check_signature(tx);
		if (err != ERR_OK) {
			tx_free(tx);
			return err;
		}
		if (verified != NULL)
			verified_add(verified, by);
	}
	*out = tx;
	return ERR_OK;
}

static enum err txs_open(struct parcel *parcel, const struct hash *chain, bool is_unsigned,
			 struct verified *verified)
{
	struct cursor cursor = cursor_of(parcel->payload);
	struct bytes raw;
	uint32_t count = 0;

	while (parcel_next(&cursor, &raw)) {
		enum err err;

		if (count == parcel->text.count)
			return ERR_PARCEL_FORM;
		err = is_unsigned ? tx_decode(&parcel->txs[count], raw, chain)
				  : tx_open(&parcel->txs[count], raw, chain, verified);
		if (err != ERR_OK)
			return err;
		parcel->steps += tx_steps(parcel->txs[count++]);
	}
	return cursor.has_failed || count != parcel->text.count ? ERR_PARCEL_FORM : ERR_OK;
}

/* Room for what the checked text announces, with all but the transactions in it. */
static enum err parcel_take(struct parcel **out, const struct parcel_text *parsed,
			    struct bytes text, const struct signature *signature,
			    struct bytes payload)
{
	struct parcel *parcel = parcel_new(parsed->count);

	if (parcel == NULL)
		return ERR_MEMORY;
	parcel->text = *parsed;
	parcel->signature = *signature;
	sha256(&parcel->digest, text.at, text.len);
	if (!bytes_copy(&parcel->text_bytes, text) || !bytes_copy(&parcel->payload, payload)) {
		parcel_release(parcel);
		return ERR_MEMORY;
	}
	*out = parcel;
	return ERR_OK;
}

enum err parcel_open(struct parcel **out, struct bytes text, const struct signature *signature,
		     struct bytes payload, const struct hash *chain, const struct set *set,
		     uint64_t epoch, struct verified *verified)
{
	struct parcel_text parsed;
	struct parcel *parcel = NULL;
	enum err err = parcel_check(text, signature, payload, chain, set, epoch, &parsed);

	if (err == ERR_OK)
		err = parcel_take(&parcel, &parsed, text, signature, payload);
	if (err == ERR_OK)
		err = txs_open(parcel, chain, false, verified);
	if (err != ERR_OK) {
		parcel_release(parcel);
		return err;
	}
	*out = parcel;
	return ERR_OK;
}

enum err parcel_open_unsigned(struct parcel **out, struct bytes text,
			      const struct signature *signature, struct bytes payload,
			      const struct hash *chain, const struct set *set, uint64_t epoch)
{
	struct parcel_text parsed;
	struct parcel *parcel = NULL;
	enum err err = parcel_check_form(text, payload, chain, set, epoch, &parsed);

	if (err == ERR_OK)
		err = parcel_take(&parcel, &parsed, text, signature, payload);
	if (err == ERR_OK)
		err = txs_open(parcel, chain, true, NULL);
	if (err != ERR_OK) {
		parcel_release(parcel);
		return err;
	}
	*out = parcel;
	return ERR_OK;
}

/* --- packing ------------------------------------------------------------- */

static enum err payload_make(struct parcel *parcel, struct tx *const *txs, uint32_t count)
{
	struct buf payload;
	enum err err = ERR_OK;

	buf_init(&payload, LIMIT_PARCEL_BYTES);
	for (uint32_t i = 0; i < count; i++) {
		buf_u32(&payload, (uint32_t)txs[i]->raw.len);
		buf_add_bytes(&payload, txs[i]->raw);
	}
	if (payload.has_failed)
		err = ERR_FULL;
	else if (!bytes_copy(&parcel->payload, buf_bytes(&payload)))
		err = ERR_MEMORY;
	buf_release(&payload);
	return err;
}

static enum err text_sign(struct parcel *parcel, const struct secret *node_key)
{
	struct buf text;
	enum err err = ERR_OK;

	buf_init(&text, 1024);
	parcel_text_render(&text, &parcel->text);
	if (text.has_failed || !bytes_copy(&parcel->text_bytes, buf_bytes(&text)))
		err = ERR_MEMORY;
	buf_release(&text);
	if (err != ERR_OK)
		return err;
	sha256(&parcel->digest, parcel->text_bytes.at, parcel->text_bytes.len);
	return sign_digest(&parcel->signature, node_key, &parcel->digest);
}

enum err parcel_pack(struct parcel **out, struct tx *const *txs, uint32_t count,
		     const struct hash *chain, uint64_t epoch, uint32_t author,
		     uint64_t sequence, uint64_t expires, const struct secret *node_key)
{
	struct parcel *parcel = parcel_new(count);
	enum err err;

	if (parcel == NULL)
		return ERR_MEMORY;
	err = payload_make(parcel, txs, count);
	if (err == ERR_OK) {
		parcel->text = (struct parcel_text){.chain = *chain,
						    .epoch = epoch,
						    .author = author,
						    .sequence = sequence,
						    .expires = expires,
						    .count = count,
						    .bytes = (uint32_t)parcel->payload.len};
		sha256(&parcel->text.payload, parcel->payload.at, parcel->payload.len);
		err = text_sign(parcel, node_key);
	}
	if (err != ERR_OK) {
		parcel_release(parcel);
		return err;
	}
	for (uint32_t i = 0; i < count; i++) {
		parcel->txs[i] = tx_retain(txs[i]);
		parcel->steps += tx_steps(txs[i]);
	}
	*out = parcel;
	return ERR_OK;
}
