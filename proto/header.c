#include "proto/header.h"

#include <string.h>

#include "crypto/merkle.h"
#include "proto/lines.h"

#define NAME_FIRST_MAX 64 /* before the first slash */
#define NAME_PART_MAX 32  /* between slashes */
#define ORIGIN_CHAIN 16   /* hex digits of chain at the origin's end */

static bool is_name_character(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '.' ||
	       byte == '-';
}

bool network_name_is_valid(struct bytes name)
{
	size_t max = NAME_FIRST_MAX;
	size_t len = 0;

	if (name.len > NETWORK_NAME_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		if (name.at[i] == '/') {
			if (len == 0)
				return false;
			max = NAME_PART_MAX;
			len = 0;
		} else if (!is_name_character(name.at[i]) || ++len > max) {
			return false;
		}
	}
	return len > 0;
}

static void line_hash(struct buf *out, const char *name, const struct hash *hash)
{
	buf_print(out, "%s ", name);
	buf_hex(out, hash->b, sizeof(hash->b));
	buf_u8(out, '\n');
}

static void line_decimal(struct buf *out, const char *name, uint64_t value)
{
	buf_print(out, "%s %llu\n", name, (unsigned long long)value);
}

void header_render(struct buf *out, const struct header *header)
{
	buf_print(out, "%s\n%llu\n", header->origin, (unsigned long long)header->log_size);
	buf_base64(out, header->log_root.b, sizeof(header->log_root.b));
	buf_print(out, "\nformat stele/v1\n");
	line_hash(out, "chain", &header->chain);
	line_decimal(out, "height", header->height);
	line_decimal(out, "epoch", header->epoch);
	line_decimal(out, "view", header->view);
	line_hash(out, "parent", &header->parent);
	line_decimal(out, "parent-view", header->parent_view);
	line_decimal(out, "time", header->time_ms);
	line_decimal(out, "proposer", header->proposer);
	line_hash(out, "body", &header->body);
	line_hash(out, "state", &header->state);
	buf_print(out, "rejected %u ", header->rejected_count);
	buf_hex(out, header->rejected_root.b, sizeof(header->rejected_root.b));
	buf_u8(out, '\n');
	line_hash(out, "validators", &header->validators);
	if (header->has_next_validators)
		line_hash(out, "next-validators", &header->next_validators);
}

static void origin_parse(struct lines *lines, struct header *out)
{
	struct bytes origin = lines_next(lines);

	lines_copy(lines, out->origin, ORIGIN_MAX, origin);
	if (origin.len <= ORIGIN_CHAIN + 1 || origin.at[origin.len - ORIGIN_CHAIN - 1] != '/' ||
	    !network_name_is_valid(bytes_of(origin.at, origin.len - ORIGIN_CHAIN - 1)))
		lines_fail(lines);
}

static void log_parse(struct lines *lines, struct header *out)
{
	size_t len = 0;

	if (!decimal_decode(&out->log_size, lines_next(lines)) || out->log_size == 0)
		lines_fail(lines);
	if (!base64_decode(out->log_root.b, sizeof(out->log_root.b), &len, lines_next(lines)) ||
	    len != sizeof(out->log_root.b))
		lines_fail(lines);
}

static void rejected_parse(struct lines *lines, struct header *out)
{
	struct bytes line = lines_field(lines, "rejected");
	struct hash empty;

	out->rejected_count = (uint32_t)lines_word_decimal(lines, &line, LIMIT_BLOCK_TRANSACTIONS);
	lines_word_hash(lines, &line, &out->rejected_root);
	lines_end(lines, line);
	merkle_empty(&empty);
	if (out->rejected_count == 0 && !hash_equal(&out->rejected_root, &empty))
		lines_fail(lines);
}

/* The origin names the chain that the header belongs to. */
static bool origin_fits(const struct header *header)
{
	char hex[HASH_HEX_LEN + 1];
	size_t len = strlen(header->origin);

	hex_encode(hex, header->chain.b, sizeof(header->chain.b));
	return len > ORIGIN_CHAIN &&
	       memcmp(header->origin + len - ORIGIN_CHAIN, hex, ORIGIN_CHAIN) == 0;
}

enum err header_parse(struct header *out, struct bytes text)
{
	struct lines lines = lines_of(text);

	*out = (struct header){.log_size = 0};
	if (text.len > LIMIT_HEADER_BYTES)
		return ERR_TEXT_FORM;
	origin_parse(&lines, out);
	log_parse(&lines, out);
	lines_expect(&lines, "format stele/v1");
	lines_hash(&lines, "chain", &out->chain);
	out->height = lines_decimal(&lines, "height");
	out->epoch = lines_decimal(&lines, "epoch");
	out->view = lines_decimal(&lines, "view");
	lines_hash(&lines, "parent", &out->parent);
	out->parent_view = lines_decimal(&lines, "parent-view");
	out->time_ms = lines_decimal(&lines, "time");
	out->proposer = (uint32_t)lines_decimal_max(&lines, "proposer", LIMIT_VALIDATORS - 1);
	lines_hash(&lines, "body", &out->body);
	lines_hash(&lines, "state", &out->state);
	rejected_parse(&lines, out);
	lines_hash(&lines, "validators", &out->validators);
	out->has_next_validators = lines_peek(&lines, "next-validators");
	if (out->has_next_validators)
		lines_hash(&lines, "next-validators", &out->next_validators);
	return lines_is_done(&lines) && origin_fits(out) ? ERR_OK : ERR_TEXT_FORM;
}
