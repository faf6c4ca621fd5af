#include "proofs/shape.h"

#include <string.h>

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

enum err json_read_text(const json_t *object, const char *name, struct bytes *out)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_string(value))
		return ERR_RECEIPT_FORM;
	*out = bytes_of(json_string_value(value), json_string_length(value));
	return ERR_OK;
}

enum err json_read_base64(const json_t *object, const char *name, size_t max, struct arena *arena,
			  struct bytes *out)
{
	struct bytes text;
	uint8_t *data;
	size_t len;

	if (json_read_text(object, name, &text) || text.len > (max + 2) / 3 * 4)
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

	if (json_read_text(object, name, &text) || !hex_decode(out->b, sizeof(out->b), text))
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
	return json_stringn_nocheck(text, HASH_HEX_LEN); /* plain ASCII, as base64 is */
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
	value = buf.has_failed ? NULL : json_stringn_nocheck((const char *)buf.at, buf.len);
	buf_release(&buf);
	return value;
}

json_t *json_of_text(struct bytes text)
{
	return json_stringn((const char *)text.at, text.len);
}
