/* Which sets are sound, and the quorum of each size. */
#include "proto/set.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "tests/unit/proto/vectors.h"

static bool with(void (*change)(struct set *set))
{
	struct set *set = malloc(sizeof(*set));
	bool is_sound;

	ck_assert_ptr_nonnull(set);
	vector_set(set);
	change(set);
	is_sound = set_is_sound(set);
	free(set);
	return is_sound;
}

static void nothing(struct set *set)
{
	(void)set;
}

static void id_of_none(struct set *set)
{
	set->validators[2].id[0] = '\0';
}

static void org_with_a_blank(struct set *set)
{
	set->validators[2].org[0] = ' ';
}

static void keys_of_one(struct set *set)
{
	set->validators[2].node_key = set->validators[2].consensus_key;
}

static void consensus_key_off_the_curve(struct set *set)
{
	set->validators[3].consensus_key.b[0] = 0xff;
}

static void node_key_off_the_curve(struct set *set)
{
	set->validators[2].node_key.b[0] = 0x05;
}

static void node_key_is_a_later_ones_consensus_key(struct set *set)
{
	set->validators[0].node_key = set->validators[3].consensus_key;
}

static void node_key_is_an_earlier_ones_consensus_key(struct set *set)
{
	set->validators[3].node_key = set->validators[0].consensus_key;
}

static void out_of_order(struct set *set)
{
	struct validator first = set->validators[0];

	set->validators[0] = set->validators[1];
	set->validators[1] = first;
}

static void too_many(struct set *set)
{
	set->count = LIMIT_VALIDATORS + 1;
}

UNIT_TEST(set_is_sound_only_with_distinct_keys_in_order)
{
	ck_assert(with(nothing));
	ck_assert(!with(id_of_none));
	ck_assert(!with(org_with_a_blank));
	ck_assert(!with(keys_of_one));
	ck_assert(!with(consensus_key_off_the_curve));
	ck_assert(!with(node_key_off_the_curve));
	ck_assert(!with(node_key_is_a_later_ones_consensus_key));
	ck_assert(!with(node_key_is_an_earlier_ones_consensus_key));
	ck_assert(!with(out_of_order));
	ck_assert(!with(too_many));
}

UNIT_TEST(set_text_is_bounded_in_bytes_and_lines)
{
	struct set *set = malloc(sizeof(*set));
	uint8_t line[1024];
	struct buf text;
	size_t head, len;

	ck_assert_ptr_nonnull(set);
	vector_set(set);
	buf_init(&text, 2 * LIMIT_SET_BYTES);
	set->count = 0;
	set_render(&text, set);
	head = text.len;
	set->count = 1;
	buf_reset(&text);
	set_render(&text, set);
	len = text.len - head;
	ck_assert_uint_le(len, sizeof(line));
	memcpy(line, text.at + head, len);
	for (uint32_t i = 1; i < LIMIT_VALIDATORS + 1; i++)
		buf_add(&text, line, len);
	ck_assert_uint_lt(text.len, LIMIT_SET_BYTES);
	ck_assert_int_eq(set_parse(set, buf_bytes(&text)), ERR_TEXT_FORM);
	while (text.len <= LIMIT_SET_BYTES)
		buf_add(&text, line, len);
	ck_assert_int_eq(set_parse(set, buf_bytes(&text)), ERR_TEXT_FORM);
	buf_release(&text);
	free(set);
}

UNIT_TEST(set_finds_only_its_members)
{
	struct set set;

	vector_set(&set);
	ck_assert_uint_eq(set_find_consensus(&set, &set.validators[3].consensus_key), 3);
	ck_assert_uint_eq(set_find_consensus(&set, &set.validators[3].node_key), SET_NO_INDEX);
	ck_assert_uint_eq(set_find_node(&set, &set.validators[3].node_key), 3);
	ck_assert_uint_eq(set_find_node(&set, &set.validators[3].consensus_key), SET_NO_INDEX);
}

/* q = n - f for every size: two quorums share more than f, and n - f who are correct
 * are one. */
UNIT_TEST(set_quorums_of_every_size_intersect_in_a_correct_member)
{
	for (uint32_t n = 1; n <= LIMIT_VALIDATORS; n++) {
		ck_assert_uint_lt(3 * set_faults(n), n);
		ck_assert_uint_ge(3 * set_faults(n) + 3, n);
		ck_assert_uint_gt(2 * set_quorum(n), n + set_faults(n));
		ck_assert_uint_le(set_quorum(n), n - set_faults(n));
	}
}

UNIT_MAIN("set", set_is_sound_only_with_distinct_keys_in_order,
	  set_text_is_bounded_in_bytes_and_lines, set_finds_only_its_members,
	  set_quorums_of_every_size_intersect_in_a_correct_member)
