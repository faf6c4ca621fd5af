#include "ledger/cover.h"

#include <string.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "proto/certificate.h"

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
	if (json_read_text(object, "set", &set_text) || set_text.len > LIMIT_SET_BYTES ||
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
