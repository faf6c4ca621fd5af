#include "tests/unit/crypto/vectors.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint8_t *vectors_base64(const json_t *text, size_t *len)
{
	size_t max = json_string_length(text);
	uint8_t *out = malloc(max + 1);

	ck_assert(json_is_string(text));
	ck_assert_ptr_nonnull(out);
	ck_assert(base64_decode(out, max, len, bytes_of(json_string_value(text), max)));
	return out;
}

bool vectors_hash(struct hash *out, const json_t *text)
{
	size_t len;
	uint8_t *at = vectors_base64(text, &len);
	bool is_hash = len == sizeof(out->b);

	if (is_hash)
		memcpy(out->b, at, len);
	free(at);
	return is_hash;
}

struct hash vectors_hash_hex(const char *hex)
{
	struct hash hash;

	ck_assert(hex_decode(hash.b, sizeof(hash.b), bytes_text(hex)));
	return hash;
}

void vectors_each_file(const char *folder, void (*visit)(const char *path, void *context),
		       void *context)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	ck_assert_msg(dir != NULL, "cannot open %s", folder);
	while ((entry = readdir(dir)) != NULL) {
		size_t len = strlen(entry->d_name);
		char path[4096];

		if (entry->d_name[0] == '.')
			continue;
		ck_assert_int_lt(snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name),
				 (int)sizeof(path));
		if (entry->d_type == DT_DIR)
			vectors_each_file(path, visit, context);
		else if (len > 5 && strcmp(entry->d_name + len - 5, ".json") == 0)
			visit(path, context);
	}
	closedir(dir);
}
