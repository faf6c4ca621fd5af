#include "base/err.h"

#include <ctype.h>
#include <string.h>

#include "tests/lib/unit.h"

struct seen {
	unsigned count;
	uint32_t last;
};

static void visit(enum err err, void *context)
{
	struct seen *seen = context;
	uint32_t number = (uint32_t)err;
	enum err back;

	if (err == ERR_OK) {
		ck_assert_uint_eq(seen->count, 0);
	} else {
		ck_assert_msg(number > seen->last, "E%u comes after E%u", number, seen->last);
		ck_assert_msg(number >= 1000 && number < 10000, "E%u has not four digits", number);
		ck_assert_msg(strlen(err_remedy(err)) > 5, "E%u has no remedy", number);
		ck_assert_int_ne((int)err_class_of(err), (int)ERR_CLASS_NONE);
	}
	ck_assert(err_from_number(number, &back));
	ck_assert_int_eq((int)back, (int)err);
	ck_assert_uint_gt(strlen(err_text(err)), 1);
	for (const char *at = err_name(err); *at != '\0'; at++)
		ck_assert(isupper((unsigned char)*at) || isdigit((unsigned char)*at) || *at == '_');
	seen->last = number;
	seen->count++;
}

UNIT_TEST(err_entries_are_complete_unique_and_ascending)
{
	struct seen seen = {0};

	err_each(visit, &seen);
	ck_assert_uint_gt(seen.count, 100);
}

/* Consensus data: these stand in rejected entries and never change. */
UNIT_TEST(err_consensus_numbers_are_frozen)
{
	ck_assert_uint_eq(ERR_TX_SIZE, 2001);
	ck_assert_uint_eq(ERR_TX_SIGNATURE, 2007);
	ck_assert_uint_eq(ERR_TX_CONSUMED, 3001);
	ck_assert_uint_eq(ERR_QUOTA, 3009);
	ck_assert_uint_eq(ERR_ROLE, 4001);
	ck_assert_uint_eq(ERR_BUDGET, 4107);
	ck_assert_uint_eq(ERR_AWARDS_MAX, 4108);
	ck_assert_uint_eq(ERR_SUPERSEDE_TARGET, 4208);
}

UNIT_TEST(err_classes_follow_the_ranges)
{
	ck_assert_int_eq((int)err_class_of(ERR_OK), (int)ERR_CLASS_NONE);
	ck_assert_int_eq((int)err_class_of(ERR_INTERNAL), (int)ERR_CLASS_BUG);
	ck_assert_int_eq((int)err_class_of(ERR_FRAME), (int)ERR_CLASS_PEER);
	ck_assert_int_eq((int)err_class_of(ERR_DISK_IO), (int)ERR_CLASS_DISK);
	ck_assert_int_eq((int)err_class_of(ERR_FORK), (int)ERR_CLASS_ALARM);
	for (uint32_t number = 2000; number < 5000; number++) {
		enum err err;

		if (err_from_number(number, &err))
			ck_assert_int_eq((int)err_class_of(err), (int)ERR_CLASS_CALLER);
	}
}

UNIT_TEST(err_unknown_numbers_are_refused)
{
	enum err err = ERR_BUDGET;

	ck_assert(!err_from_number(1, &err));
	ck_assert(!err_from_number(9999, &err));
	ck_assert(!err_from_number(UINT32_MAX, &err));
	ck_assert_int_eq((int)err, (int)ERR_BUDGET);
	ck_assert_str_eq(err_name(ERR_BUDGET), "BUDGET");
}

UNIT_MAIN("err", err_entries_are_complete_unique_and_ascending, err_consensus_numbers_are_frozen,
	  err_classes_follow_the_ranges, err_unknown_numbers_are_refused)
