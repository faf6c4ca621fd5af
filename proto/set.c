#include "proto/set.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "proto/bounds.h"
#include "proto/lines.h"

void set_render(struct buf *out, const struct set *set)
{
	buf_print(out, "stele/v1 set\n");
	for (uint32_t i = 0; i < set->count; i++) {
		const struct validator *validator = &set->validators[i];

		buf_print(out, "%s %s ", validator->id, validator->org);
		buf_hex(out, validator->consensus_key.b, sizeof(validator->consensus_key.b));
		buf_u8(out, ' ');
		buf_hex(out, validator->node_key.b, sizeof(validator->node_key.b));
		buf_u8(out, '\n');
	}
}

static void segment(struct lines *lines, struct bytes *line, char out[LIMIT_SEGMENT + 1])
{
	struct bytes word = lines_word(lines, line);

	lines_copy(lines, out, LIMIT_SEGMENT, word);
	/* Here too: a NUL inside would cut the copy short. */
	if (!bound_form_fits(FORM_SEGMENT, word))
		lines_fail(lines);
}

static void validator_parse(struct lines *lines, struct validator *out)
{
	struct bytes line = lines_next(lines);

	segment(lines, &line, out->id);
	segment(lines, &line, out->org);
	lines_word_key(lines, &line, &out->consensus_key);
	lines_word_key(lines, &line, &out->node_key);
	lines_end(lines, line);
}

static bool validator_is_sound(const struct validator *validator)
{
	return bound_form_fits(FORM_SEGMENT, bytes_text(validator->id)) &&
	       bound_form_fits(FORM_SEGMENT, bytes_text(validator->org)) &&
	       !public_key_equal(&validator->consensus_key, &validator->node_key) &&
	       sign_key_is_valid(&validator->consensus_key) &&
	       sign_key_is_valid(&validator->node_key);
}

/* Whether two validators share what each has alone; a consensus key may not be
 * anybody's node key either. */
static bool are_apart(const struct validator *a, const struct validator *b)
{
	return strcmp(a->id, b->id) != 0 && strcmp(a->org, b->org) != 0 &&
	       !public_key_equal(&a->node_key, &b->node_key) &&
	       !public_key_equal(&a->node_key, &b->consensus_key) &&
	       !public_key_equal(&a->consensus_key, &b->node_key);
}

bool set_is_sound(const struct set *set)
{
	if (set->count == 0 || set->count > LIMIT_VALIDATORS)
		return false;
	for (uint32_t i = 0; i < set->count; i++) {
		const struct validator *validator = &set->validators[i];

		if (!validator_is_sound(validator))
			return false;
		if (i > 0 && public_key_compare(&validator[-1].consensus_key,
						&validator->consensus_key) >= 0)
			return false;
		for (uint32_t k = 0; k < i; k++) {
			if (!are_apart(validator, &set->validators[k]))
				return false;
		}
	}
	return true;
}

enum err set_parse(struct set *out, struct bytes text)
{
	struct lines lines = lines_of(text);

	out->count = 0;
	if (text.len > LIMIT_SET_BYTES)
		return ERR_TEXT_FORM;
	lines_expect(&lines, "stele/v1 set");
	while (!lines.has_failed && lines.left.len > 0) {
		if (out->count == LIMIT_VALIDATORS)
			return ERR_TEXT_FORM;
		validator_parse(&lines, &out->validators[out->count]);
		out->count++;
	}
	if (!lines_is_done(&lines) || !set_is_sound(out))
		return ERR_TEXT_FORM;
	sha256(&out->hash, text.at, text.len);
	return ERR_OK;
}

static int by_consensus_key(const void *a, const void *b)
{
	const struct validator *left = a;
	const struct validator *right = b;

	return public_key_compare(&left->consensus_key, &right->consensus_key);
}

void set_seal(struct set *set)
{
	struct buf text;

	ASSERT(set->count <= LIMIT_VALIDATORS);
	qsort(set->validators, set->count, sizeof(set->validators[0]), by_consensus_key);
	buf_init(&text, LIMIT_SET_BYTES);
	set_render(&text, set);
	ASSERT(!text.has_failed);
	sha256(&set->hash, text.at, text.len);
	buf_release(&text);
}

uint32_t set_faults(uint32_t count)
{
	ASSERT(count > 0);
	return (count - 1) / 3;
}

uint32_t set_quorum(uint32_t count)
{
	return count - set_faults(count);
}

uint32_t set_find_node(const struct set *set, const struct public_key *node_key)
{
	for (uint32_t i = 0; i < set->count; i++) {
		if (public_key_equal(&set->validators[i].node_key, node_key))
			return i;
	}
	return SET_NO_INDEX;
}

uint32_t set_find_consensus(const struct set *set, const struct public_key *consensus_key)
{
	for (uint32_t i = 0; i < set->count; i++) {
		if (public_key_equal(&set->validators[i].consensus_key, consensus_key))
			return i;
	}
	return SET_NO_INDEX;
}
