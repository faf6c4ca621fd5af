/* Pins: strict, bounded, and what is known of an epoch. */
#include "proofs/trust.h"

#include <stdlib.h>
#include <string.h>

#include "tests/lib/unit.h"

#define CHAIN "37de875c8bbc9efaa9a22579a1d72f5c947d13755f77b06d412c7fc156765887"
#define HASH "8ea19e7480a6b626471b2b99d4676c9a02f54f935019aa39248deb824685cbb6"
#define TOP "stele/v1 pin\norigin a.example/net/37de875c8bbc9efa\nchain " CHAIN "\n"
#define SET "set 3 " HASH "\n"
#define HEAD "head 7 " HASH " 12 " HASH "\n"

static enum err parse(const char *text)
{
	struct trust *trust = calloc(1, sizeof(*trust));
	enum err err;

	ck_assert_ptr_nonnull(trust);
	err = trust_parse(trust, bytes_text(text));
	free(trust);
	return err;
}

UNIT_TEST(pin_reads_each_of_its_lines)
{
	struct trust *trust = calloc(1, sizeof(*trust));
	const char *text = TOP SET "set 4 " CHAIN "\n" HEAD;
	struct buf again;

	ck_assert_ptr_nonnull(trust);
	ck_assert_int_eq(trust_parse(trust, bytes_text(text)), ERR_OK);
	ck_assert_str_eq(trust->origin, "a.example/net/37de875c8bbc9efa");
	ck_assert(trust->epoch == 3 && trust->sets_count == 2 && trust_epoch_last(trust) == 4);
	ck_assert(trust_set(trust, 2) == NULL && trust_set(trust, 5) == NULL);
	ck_assert(hash_equal(trust_set(trust, 4), &trust->chain));
	ck_assert(trust->has_head && trust->head.height == 7 && trust->head.log_size == 12);
	buf_init(&again, PIN_BYTES_MAX);
	pin_render(&again, trust);
	ck_assert(bytes_equal(buf_bytes(&again), bytes_text(text)));
	buf_release(&again);
	free(trust);
}

UNIT_TEST(pin_is_refused_for_any_line_that_is_not_so)
{
	static const char *const bad[] = {
		TOP SET,                       /* no head */
		TOP HEAD,                      /* no set */
		TOP SET HEAD "\n",
		TOP SET HEAD HEAD,
		TOP SET "set 5 " HASH "\n" HEAD, /* a gap */
		TOP SET SET HEAD,
		TOP "set 03 " HASH "\n" HEAD,
		TOP "set 3  " HASH "\n" HEAD,
		TOP SET "head 7 " HASH " 0 " HASH "\n",
		TOP SET "head 7 " HASH " 12\n",
		TOP SET "head 7 " HASH " 12 " HASH " x\n",
		TOP SET "head 9223372036854775808 " HASH " 12 " HASH "\n",
		"stele/v1 pin\norigin a.example/net/47de875c8bbc9efa\nchain " CHAIN "\n" SET HEAD,
		"stele/v1 pin\norigin /37de875c8bbc9efa\nchain " CHAIN "\n" SET HEAD,
		"stele/v1 pin\norigin A/37de875c8bbc9efa\nchain " CHAIN "\n" SET HEAD,
		"stele/v1 pin\nchain " CHAIN "\n" SET HEAD,
		"stele/v1 pin\n",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(parse(bad[i]) == ERR_TRUST, "%zu: %s", i, bad[i]);
	ck_assert_int_eq(parse(TOP SET HEAD), ERR_OK);
	ck_assert_int_ne(parse(""), ERR_OK);
	ck_assert_int_ne(parse("stele/v1 pins\n"), ERR_OK);
}

/* A text is read into a string, which would end there and be rendered without. */
UNIT_TEST(pin_has_no_nul_behind_its_origin)
{
	static const char text[] = "stele/v1 pin\norigin a.example/net/37de875c8bbc9efa\0\nchain " CHAIN
				   "\n" SET HEAD;
	struct trust *trust = calloc(1, sizeof(*trust));

	ck_assert_ptr_nonnull(trust);
	ck_assert_int_eq(trust_parse(trust, bytes_of(text, sizeof(text) - 1)), ERR_TRUST);
	free(trust);
}

static enum err parse_sets(unsigned count)
{
	struct trust *trust = calloc(1, sizeof(*trust));
	struct buf text;
	enum err err;

	ck_assert_ptr_nonnull(trust);
	buf_init(&text, 1u << 20);
	buf_print(&text, "%s", TOP);
	for (unsigned i = 0; i < count; i++)
		buf_print(&text, "set %u %s\n", i, HASH);
	buf_print(&text, "%s", HEAD);
	err = trust_parse(trust, buf_bytes(&text));
	buf_release(&text);
	free(trust);
	return err;
}

UNIT_TEST(pin_has_at_most_512_sets)
{
	ck_assert_int_eq(parse_sets(512), ERR_OK);
	ck_assert_int_eq(parse_sets(513), ERR_TRUST);
}

UNIT_TEST(pin_keeps_the_newest_512_sets)
{
	struct trust *trust = calloc(1, sizeof(*trust));
	struct hash set = {.b = {0}};

	ck_assert_ptr_nonnull(trust);
	trust->epoch = 7;
	for (unsigned k = 0; k < 514; k++) {
		set.b[0] = (uint8_t)(k >> 8);
		set.b[1] = (uint8_t)k;
		trust_add_set(trust, &set);
	}
	ck_assert(trust->epoch == 9 && trust->sets_count == 512);
	ck_assert(trust_epoch_last(trust) == 7 + 513);
	ck_assert(hash_equal(trust_set(trust, 7 + 513), &set));
	ck_assert(trust_set(trust, 9)->b[1] == 2 && trust_set(trust, 8) == NULL);
	free(trust);
}

UNIT_MAIN("trust", pin_reads_each_of_its_lines, pin_is_refused_for_any_line_that_is_not_so,
	  pin_has_no_nul_behind_its_origin, pin_has_at_most_512_sets, pin_keeps_the_newest_512_sets)
