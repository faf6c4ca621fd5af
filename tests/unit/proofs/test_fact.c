/* Facts of lists: what a number that a proof states may cost before its entries are seen. */
#include "proofs/fact.h"

#include "tests/lib/unit.h"

#define ARENA_BYTES 4096

/* "There are 1,000,000 pieces of evidence, and these are all", under one entry or two. */
static enum err check(uint64_t to, size_t entries_count)
{
	static const uint8_t count[] = {0x01, 0x08, 0xc0, 0x84, 0x3d};
	static const uint8_t evidence[] = {0x30};
	struct entry entries[] = {
		{.key = "count/evidence", .is_present = true, .value = bytes_of(count, 5)},
		{.key = "evidence/1", .is_present = true, .value = bytes_of(evidence, 1)},
	};
	struct fact_source source = {.entries = entries, .count = entries_count, .is_ordered = true};
	struct fact fact = {.kind = FACT_EVIDENCE, .from = 1, .to = to};
	struct arena arena;
	enum err err;

	arena_init(&arena, ARENA_BYTES);
	err = fact_check_list(&fact, false, &source, &arena);
	arena_release(&arena);
	return err;
}

UNIT_TEST(a_list_costs_no_more_than_the_entries_that_are_there)
{
	ck_assert_int_eq(check(1, 2), ERR_OK);
	ck_assert_int_eq(check(2, 2), ERR_PROOF_FORM);
	ck_assert_int_eq(check(1000000, 2), ERR_PROOF_FORM); /* and not ERR_MEMORY */
	ck_assert_int_eq(check(1000000, 1), ERR_PROOF_FORM);
}

UNIT_MAIN("fact", a_list_costs_no_more_than_the_entries_that_are_there)
