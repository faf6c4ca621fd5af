#include "proto/lines.h"

#include <string.h>

static const struct bytes empty = {NULL, 0};

struct lines lines_of(struct bytes text)
{
	return (struct lines){.left = text};
}

void lines_fail(struct lines *lines)
{
	lines->has_failed = true;
}

struct bytes lines_next(struct lines *lines)
{
	const uint8_t *end;
	struct bytes line;

	if (lines->has_failed)
		return empty;
	lines->number++;
	end = lines->left.len > 0 ? memchr(lines->left.at, '\n', lines->left.len) : NULL;
	if (end == NULL) {
		lines->has_failed = true;
		return empty;
	}
	line = bytes_of(lines->left.at, (size_t)(end - lines->left.at));
	lines->left.at += line.len + 1;
	lines->left.len -= line.len + 1;
	return line;
}

bool lines_peek(const struct lines *lines, const char *word)
{
	size_t len = strlen(word);

	if (lines->has_failed || lines->left.len <= len ||
	    memcmp(lines->left.at, word, len) != 0)
		return false;
	return lines->left.at[len] == ' ' || lines->left.at[len] == '\n';
}

void lines_expect(struct lines *lines, const char *line)
{
	if (!bytes_equal(lines_next(lines), bytes_text(line)))
		lines->has_failed = true;
}

struct bytes lines_field(struct lines *lines, const char *name)
{
	struct bytes line = lines_next(lines);
	size_t len = strlen(name);

	if (lines->has_failed || line.len <= len + 1 || memcmp(line.at, name, len) != 0 ||
	    line.at[len] != ' ') {
		lines->has_failed = true;
		return empty;
	}
	return bytes_of(line.at + len + 1, line.len - len - 1);
}

uint64_t lines_decimal(struct lines *lines, const char *name)
{
	uint64_t value = 0;

	if (!decimal_decode(&value, lines_field(lines, name)))
		lines->has_failed = true;
	return value;
}

uint64_t lines_decimal_max(struct lines *lines, const char *name, uint64_t max)
{
	uint64_t value = lines_decimal(lines, name);

	if (value > max)
		lines->has_failed = true;
	return value;
}

void lines_hash(struct lines *lines, const char *name, struct hash *out)
{
	if (!hex_decode(out->b, sizeof(out->b), lines_field(lines, name)))
		lines->has_failed = true;
}

bool lines_is_done(const struct lines *lines)
{
	return !lines->has_failed && lines->left.len == 0;
}

struct bytes lines_word(struct lines *lines, struct bytes *line)
{
	struct bytes word = *line;
	const uint8_t *space = line->len > 0 ? memchr(line->at, ' ', line->len) : NULL;

	if (space != NULL) {
		word.len = (size_t)(space - line->at);
		line->at += word.len + 1;
		line->len -= word.len + 1;
		if (line->len == 0)
			lines->has_failed = true;
	} else {
		*line = empty;
	}
	if (word.len == 0)
		lines->has_failed = true;
	return lines->has_failed ? empty : word;
}

uint64_t lines_word_decimal(struct lines *lines, struct bytes *line, uint64_t max)
{
	uint64_t value = 0;

	if (!decimal_decode(&value, lines_word(lines, line)) || value > max)
		lines->has_failed = true;
	return value;
}

void lines_word_hash(struct lines *lines, struct bytes *line, struct hash *out)
{
	if (!hex_decode(out->b, sizeof(out->b), lines_word(lines, line)))
		lines->has_failed = true;
}

void lines_word_key(struct lines *lines, struct bytes *line, struct public_key *out)
{
	if (!hex_decode(out->b, sizeof(out->b), lines_word(lines, line)))
		lines->has_failed = true;
}

void lines_word_signature(struct lines *lines, struct bytes *line, struct signature *out)
{
	if (!hex_decode(out->b, sizeof(out->b), lines_word(lines, line)))
		lines->has_failed = true;
}

void lines_end(struct lines *lines, struct bytes line)
{
	if (line.len != 0)
		lines->has_failed = true;
}

void lines_copy(struct lines *lines, char *out, size_t max, struct bytes text)
{
	if (lines->has_failed || text.len == 0 || text.len > max ||
	    memchr(text.at, '\0', text.len) != NULL) {
		lines->has_failed = true;
		out[0] = '\0';
		return;
	}
	memcpy(out, text.at, text.len);
	out[text.len] = '\0';
}
