#include "proofs/v0/item.h"

#include <string.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "proofs/shape.h"
#include "proto/value.h"

static const char *const item_members[] = {"key",         "value",    "end", "other_key",
					   "other_value", "siblings", NULL};

static const char *const end_names[] = {
	[SMT_PRESENT] = "present", [SMT_EMPTY] = "empty", [SMT_OTHER] = "other"};

static enum err read_end(const json_t *object, struct smt_proof *out)
{
	const char *end = json_string_value(json_object_get(object, "end"));

	if (end == NULL)
		return ERR_PROOF_FORM;
	for (unsigned i = 0; i < sizeof(end_names) / sizeof(end_names[0]); i++) {
		if (strcmp(end, end_names[i]) != 0)
			continue;
		out->end = (enum smt_end)i;
		if (out->end != SMT_OTHER)
			return json_object_get(object, "other_key") == NULL &&
					       json_object_get(object, "other_value") == NULL
				       ? ERR_OK
				       : ERR_PROOF_FORM;
		return json_read_hash(object, "other_key", &out->other_key) == ERR_OK &&
				       json_read_hash(object, "other_value", &out->other_value) ==
					       ERR_OK
			       ? ERR_OK
			       : ERR_PROOF_FORM;
	}
	return ERR_PROOF_FORM;
}

/* Siblings go straight to where they are used: a proof may hold many items. */
static enum err read_proof(const json_t *object, struct smt_proof *out)
{
	const json_t *siblings = json_object_get(object, "siblings");
	size_t count = json_array_size(siblings);

	if (read_end(object, out) != ERR_OK || !json_is_array(siblings) || count > SMT_DEPTH)
		return ERR_PROOF_FORM;
	for (size_t i = 0; i < count; i++) {
		const json_t *hash = json_array_get(siblings, i);

		if (!json_is_string(hash) ||
		    !hex_decode(out->siblings[i].b, sizeof(out->siblings[i].b),
				bytes_of(json_string_value(hash), json_string_length(hash))))
			return ERR_PROOF_FORM;
	}
	out->siblings_count = (uint16_t)count;
	return ERR_OK;
}

enum err v0_item_check(const json_t *object, const struct hash *state_root, struct arena *arena,
			  struct v0_item *out)
{
	const json_t *value = json_object_get(object, "value");
	const char *key = json_string_value(json_object_get(object, "key"));
	struct smt_proof proof;
	struct hash key_hash, value_hash;

	if (!json_is_object(object) || !json_has_only(object, item_members))
		return ERR_PROOF_FORM;
	if (key == NULL || !key_is_valid(bytes_text(key)) || read_proof(object, &proof) != ERR_OK)
		return ERR_PROOF_FORM;
	*out = (struct v0_item){.key = arena_copy(arena, key, strlen(key)),
				   .is_present = proof.end == SMT_PRESENT};
	if (out->key == NULL)
		return ERR_MEMORY;
	sha256(&key_hash, key, strlen(key));
	if (!out->is_present)
		return json_is_null(value) ? smt_check_absent(&proof, &key_hash, state_root)
					   : ERR_PROOF_FORM;
	if (json_read_base64(object, "value", LIMIT_VALUE_BYTES, arena, &out->value) != ERR_OK ||
	    out->value.len == 0)
		return ERR_PROOF_FORM;
	sha256(&value_hash, out->value.at, out->value.len);
	return smt_check_present(&proof, &key_hash, &value_hash, state_root);
}

enum err v0_cover_check(const json_t *object, struct arena *arena, struct cover *out)
{
	enum err err = cover_read(object, arena, out);

	if (err == ERR_OK && out->changes_count > 0)
		err = ERR_RECEIPT_FORM;
	return err == ERR_OK ? cover_check(out) : err;
}
