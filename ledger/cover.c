#include "ledger/cover.h"

#include <string.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "proto/certificate.h"

bool json_has_only(const json_t *object, const char *const *names)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value)
	{
		size_t i = 0;

		while (names[i] != NULL && strcmp(names[i], key) != 0)
			i++;
		if (names[i] == NULL)
			return false;
	}
	return true;
}

static bool json_text(const json_t *object, const char *name, struct bytes *out)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_string(value))
		return false;
	*out = bytes_of(json_string_value(value), json_string_length(value));
	return true;
}

enum err json_read_base64(const json_t *object, const char *name, size_t max, struct arena *arena,
			  struct bytes *out)
{
	struct bytes text;
	uint8_t *data;
	size_t len;

	if (!json_text(object, name, &text) || text.len > (max + 2) / 3 * 4)
		return ERR_RECEIPT_FORM;
	data = arena_alloc(arena, text.len / 4 * 3 + 1);
	if (data == NULL)
		return ERR_MEMORY;
	if (!base64_decode(data, text.len / 4 * 3 + 1, &len, text) || len > max)
		return ERR_RECEIPT_FORM;
	*out = bytes_of(data, len);
	return ERR_OK;
}

enum err json_read_hash(const json_t *object, const char *name, struct hash *out)
{
	struct bytes text;

	if (!json_text(object, name, &text) || !hex_decode(out->b, sizeof(out->b), text))
		return ERR_RECEIPT_FORM;
	return ERR_OK;
}

enum err json_read_number(const json_t *object, const char *name, uint64_t *out)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return ERR_RECEIPT_FORM;
	*out = (uint64_t)json_integer_value(value);
	return ERR_OK;
}

enum err json_read_hashes(const json_t *object, const char *name, size_t max, struct arena *arena,
			  struct hash **out, size_t *count)
{
	const json_t *array = json_object_get(object, name);
	struct hash *hashes;

	if (!json_is_array(array) || json_array_size(array) > max)
		return ERR_RECEIPT_FORM;
	hashes = arena_alloc(arena, (json_array_size(array) + 1) * sizeof(*hashes));
	if (hashes == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *item = json_array_get(array, i);

		if (!json_is_string(item) ||
		    !hex_decode(hashes[i].b, sizeof(hashes[i].b),
				bytes_of(json_string_value(item), json_string_length(item))))
			return ERR_RECEIPT_FORM;
	}
	*out = hashes;
	*count = json_array_size(array);
	return ERR_OK;
}

json_t *json_of_hash(const struct hash *hash)
{
	char text[HASH_HEX_LEN + 1];

	hex_encode(text, hash->b, sizeof(hash->b));
	return json_string(text);
}

json_t *json_of_hashes(const struct hash *hashes, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, json_of_hash(&hashes[i]));
	return array;
}

json_t *json_of_base64(struct bytes bytes)
{
	struct buf buf;
	json_t *value;

	buf_init(&buf, (bytes.len + 2) / 3 * 4);
	buf_base64(&buf, bytes.at, bytes.len);
	value = buf.has_failed ? NULL : json_stringn((const char *)buf.at, buf.len);
	buf_release(&buf);
	return value;
}

json_t *json_of_text(struct bytes text)
{
	return json_stringn((const char *)text.at, text.len);
}

/* headers[i].parent is the hash of headers[i+1]; one chain, epoch and set. */
static bool header_follows(const struct header *child, const struct header *parent,
			   const struct hash *parent_block)
{
	return hash_equal(&child->parent, parent_block) && child->height == parent->height + 1 &&
	       child->log_size >= parent->log_size && child->time_ms > parent->time_ms &&
	       hash_equal(&child->chain, &parent->chain) &&
	       strcmp(child->origin, parent->origin) == 0 && child->epoch == parent->epoch &&
	       hash_equal(&child->validators, &parent->validators);
}

static enum err check_headers(const json_t *object, struct cover *out)
{
	const json_t *array = json_object_get(object, "headers");
	size_t count = json_array_size(array);

	if (count == 0 || count > LIMIT_RECEIPT_HEADERS)
		return ERR_RECEIPT_FORM;
	for (size_t i = 0; i < count; i++) {
		const json_t *item = json_array_get(array, i);
		struct bytes text;
		struct header header;
		struct hash block;

		if (!json_is_string(item))
			return ERR_RECEIPT_FORM;
		text = bytes_of(json_string_value(item), json_string_length(item));
		if (header_parse(&header, text) != ERR_OK)
			return ERR_RECEIPT_FORM;
		sha256(&block, text.at, text.len);
		if (i == 0) {
			out->top = header;
			out->top_block = block;
		} else if (!header_follows(&out->last, &header, &block)) {
			return ERR_RECEIPT_FINALITY;
		}
		out->last = header;
		out->last_block = block;
	}
	return ERR_OK;
}

static enum err check_finalization(const json_t *object, struct arena *arena, struct cover *out)
{
	struct certificate *certificate = arena_alloc(arena, sizeof(*certificate));
	struct bytes data;
	enum err err;

	if (certificate == NULL)
		return ERR_MEMORY;
	err = json_read_base64(object, "finalization", LIMIT_CERTIFICATE_BYTES, arena, &data);
	if (err != ERR_OK)
		return err;
	if (certificate_decode(certificate, data, out->set->count) != ERR_OK)
		return ERR_RECEIPT_FORM;
	if (certificate->kind != VOTE_FINALIZE || !hash_equal(&certificate->block, &out->top_block))
		return ERR_RECEIPT_FINALITY;
	if (certificate_check(certificate, &out->top.chain, out->set, out->top.epoch, NULL) !=
	    ERR_OK)
		return ERR_RECEIPT_FINALITY;
	out->signers = certificate->signatures_count;
	return ERR_OK;
}

enum err cover_check(const json_t *object, struct arena *arena, struct cover *out)
{
	struct bytes set_text;
	enum err err;

	memset(out, 0, sizeof(*out));
	if (json_array_size(json_object_get(object, "set_changes")) != 0 ||
	    !json_is_array(json_object_get(object, "set_changes")))
		return ERR_RECEIPT_FORM;
	err = check_headers(object, out);
	if (err != ERR_OK)
		return err;
	out->set = arena_alloc(arena, sizeof(*out->set));
	if (out->set == NULL)
		return ERR_MEMORY;
	if (!json_text(object, "set", &set_text) || set_text.len > LIMIT_SET_BYTES ||
	    set_parse(out->set, set_text) != ERR_OK)
		return ERR_RECEIPT_FORM;
	out->members = out->set->count;
	if (!hash_equal(&out->set->hash, &out->top.validators))
		return ERR_RECEIPT_FINALITY;
	return check_finalization(object, arena, out);
}

enum err cover_check_trust(const struct cover *cover, const struct trust *trust)
{
	if (!hash_equal(&cover->top.chain, &trust->chain) ||
	    strcmp(cover->top.origin, trust->origin) != 0 ||
	    !hash_equal(&cover->set->hash, &trust->set_hash))
		return ERR_RECEIPT_SIGNER;
	return ERR_OK;
}
