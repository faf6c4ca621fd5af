#include "proofs/trust.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "proto/genesis.h"
#include "proto/lines.h"

#define PIN_LINE "stele/v1 pin"

bool trust_is_pin(struct bytes text)
{
	struct lines lines = lines_of(text);

	return lines_peek(&lines, PIN_LINE);
}

/* --- a genesis ------------------------------------------------------------------------- */

/* Up to the first empty line. */
static struct bytes document_of(struct bytes text)
{
	for (size_t i = 1; i < text.len; i++)
		if (text.at[i] == '\n' && text.at[i - 1] == '\n')
			return bytes_of(text.at, i);
	return text;
}

static enum err genesis_trust(struct trust *out, struct bytes text)
{
	struct genesis *genesis = malloc(sizeof(*genesis));
	struct bytes document = document_of(text);
	unsigned line;
	enum err err;

	if (genesis == NULL)
		return ERR_MEMORY;
	err = document.len <= LIMIT_GENESIS_BYTES ? genesis_parse(genesis, document, &line)
						  : ERR_GENESIS_FORM;
	if (err == ERR_OK) {
		memset(out, 0, sizeof(*out));
		genesis_origin(out->origin, genesis);
		out->chain = genesis->chain;
		out->sets_count = 1;
		out->sets[0] = genesis->set.hash;
	}
	free(genesis);
	return err;
}

/* --- a pin ----------------------------------------------------------------------------- */

static void read_sets(struct lines *lines, struct trust *out)
{
	do {
		struct bytes line = lines_field(lines, "set");
		uint64_t epoch = lines_word_decimal(lines, &line, INT64_MAX);

		if (out->sets_count == TRUST_SETS_MAX) {
			lines_fail(lines);
			return;
		}
		if (out->sets_count == 0)
			out->epoch = epoch;
		else if (epoch != out->epoch + out->sets_count)
			lines_fail(lines);
		lines_word_hash(lines, &line, &out->sets[out->sets_count++]);
		lines_end(lines, line);
	} while (!lines->has_failed && lines_peek(lines, "set"));
}

static void read_head(struct lines *lines, struct trust *out)
{
	struct bytes line = lines_field(lines, "head");

	out->has_head = true;
	out->head.height = lines_word_decimal(lines, &line, INT64_MAX);
	lines_word_hash(lines, &line, &out->head.block);
	out->head.log_size = lines_word_decimal(lines, &line, INT64_MAX);
	lines_word_hash(lines, &line, &out->head.log_root);
	lines_end(lines, line);
	if (out->head.log_size == 0)
		lines_fail(lines);
}

/* A network name, '/', and the first 16 hex digits of the chain. */
static bool origin_fits(const struct trust *trust)
{
	char hex[HASH_HEX_LEN + 1];
	size_t len = strlen(trust->origin);

	hex_encode(hex, trust->chain.b, sizeof(trust->chain.b));
	return len > 17 && trust->origin[len - 17] == '/' &&
	       memcmp(trust->origin + len - 16, hex, 16) == 0 &&
	       network_name_is_valid(bytes_of(trust->origin, len - 17));
}

static enum err pin_parse(struct trust *out, struct bytes text)
{
	struct lines lines = lines_of(text);

	memset(out, 0, sizeof(*out));
	if (text.len > PIN_BYTES_MAX)
		return ERR_TRUST;
	lines_expect(&lines, PIN_LINE);
	lines_copy(&lines, out->origin, ORIGIN_MAX, lines_field(&lines, "origin"));
	lines_hash(&lines, "chain", &out->chain);
	read_sets(&lines, out);
	read_head(&lines, out);
	return lines_is_done(&lines) && origin_fits(out) ? ERR_OK : ERR_TRUST;
}

void pin_render(struct buf *out, const struct trust *trust)
{
	ASSERT(trust->has_head && trust->sets_count > 0);
	buf_print(out, PIN_LINE "\norigin %s\nchain ", trust->origin);
	buf_hex(out, trust->chain.b, sizeof(trust->chain.b));
	for (uint32_t i = 0; i < trust->sets_count; i++) {
		buf_print(out, "\nset %" PRIu64 " ", trust->epoch + i);
		buf_hex(out, trust->sets[i].b, sizeof(trust->sets[i].b));
	}
	buf_print(out, "\nhead %" PRIu64 " ", trust->head.height);
	buf_hex(out, trust->head.block.b, sizeof(trust->head.block.b));
	buf_print(out, " %" PRIu64 " ", trust->head.log_size);
	buf_hex(out, trust->head.log_root.b, sizeof(trust->head.log_root.b));
	buf_u8(out, '\n');
}

/* --- both ------------------------------------------------------------------------------ */

enum err trust_parse(struct trust *out, struct bytes text)
{
	return trust_is_pin(text) ? pin_parse(out, text) : genesis_trust(out, text);
}

uint64_t trust_epoch_last(const struct trust *trust)
{
	return trust->epoch + trust->sets_count - 1;
}

const struct hash *trust_set(const struct trust *trust, uint64_t epoch)
{
	return epoch >= trust->epoch && epoch <= trust_epoch_last(trust)
		       ? &trust->sets[epoch - trust->epoch]
		       : NULL;
}

void trust_add_set(struct trust *trust, const struct hash *set)
{
	if (trust->sets_count == TRUST_SETS_MAX) {
		memmove(&trust->sets[0], &trust->sets[1],
			(TRUST_SETS_MAX - 1) * sizeof(trust->sets[0]));
		trust->sets_count--;
		trust->epoch++;
	}
	trust->sets[trust->sets_count++] = *set;
}
