#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "tests/lib/unit.h"

UNIT_TEST(arena_refuses_past_its_bound_and_keeps_what_it_gave)
{
	struct arena arena;
	char *first;

	arena_init(&arena, 1000);
	first = arena_copy(&arena, "kept", 4);
	ck_assert_str_eq(first, "kept");
	ck_assert_ptr_null(arena_alloc(&arena, 1000));
	ck_assert_ptr_null(arena_alloc(&arena, SIZE_MAX));
	ck_assert_ptr_null(arena_copy(&arena, "", SIZE_MAX));
	ck_assert_ptr_nonnull(arena_alloc(&arena, 900));
	while (arena_alloc(&arena, 1) != NULL)
		ck_assert_uint_le(arena.used, 1000 + alignof(max_align_t));
	ck_assert_str_eq(first, "kept");
	arena_release(&arena);
	ck_assert_uint_eq(arena.used, 0);
	ck_assert_ptr_nonnull(arena_alloc(&arena, 1000));
	arena_release(&arena);
}

UNIT_TEST(arena_that_was_reset_gives_zeroed_memory_up_to_its_bound)
{
	static const size_t lens[] = {100, 1400, 5000, 60000};
	struct arena arena;

	arena_init(&arena, 100000);
	for (size_t i = 0; i < 4 * 4; i++) {
		uint8_t *given = arena_alloc(&arena, lens[i / 4]);

		ck_assert_ptr_nonnull(given);
		for (size_t j = 0; j < lens[i / 4]; j++)
			ck_assert_uint_eq(given[j], 0);
		memset(given, 0xff, lens[i / 4]);
		ck_assert_ptr_nonnull(arena_alloc(&arena, 30000));
		arena_reset(&arena);
		ck_assert_uint_eq(arena.used, 0);
	}
	ck_assert_ptr_null(arena_alloc(&arena, 100001));
	ck_assert_ptr_nonnull(arena_alloc(&arena, 100000));
	arena_reset(&arena);
	arena_release(&arena);
}

UNIT_TEST(arena_gives_as_much_as_its_bound_says)
{
	struct arena arena;
	size_t given = 0;

	arena_init(&arena, 100000);
	while (arena_alloc(&arena, 160) != NULL)
		given += 160;
	ck_assert_uint_eq(given, 100000);
	arena_release(&arena);
}

UNIT_TEST(arena_gives_zeroed_aligned_memory_that_does_not_overlap)
{
	struct arena arena;
	uint8_t *given[300];

	arena_init(&arena, 1 << 20);
	for (size_t i = 0; i < 300; i++) {
		given[i] = arena_alloc(&arena, i * 5);
		ck_assert_ptr_nonnull(given[i]);
		ck_assert_uint_eq((uintptr_t)given[i] % alignof(max_align_t), 0);
		for (size_t j = 0; j < i * 5; j++)
			ck_assert_uint_eq(given[i][j], 0);
		memset(given[i], (int)(i % 255 + 1), i * 5);
	}
	for (size_t i = 1; i < 300; i++) {
		ck_assert_uint_eq(given[i][0], i % 255 + 1);
		ck_assert_uint_eq(given[i][i * 5 - 1], i % 255 + 1);
	}
	arena_release(&arena);
}

UNIT_TEST(arena_copy_ends_with_a_nul)
{
	struct arena arena;
	char *copy;

	arena_init(&arena, 100);
	copy = arena_copy(&arena, "abcdef", 3);
	ck_assert_str_eq(copy, "abc");
	copy = arena_copy(&arena, NULL, 0);
	ck_assert_str_eq(copy, "");
	arena_release(&arena);
}

UNIT_MAIN("arena", arena_that_was_reset_gives_zeroed_memory_up_to_its_bound,
	  arena_refuses_past_its_bound_and_keeps_what_it_gave,
	  arena_gives_as_much_as_its_bound_says,
	  arena_gives_zeroed_aligned_memory_that_does_not_overlap, arena_copy_ends_with_a_nul)
