#include "node/exit_code.h"

#include "tests/lib/unit.h"

UNIT_TEST(exit_code_tells_what_kind_of_help_is_needed)
{
	static const struct {
		enum err reason;
		int code;
	} cases[] = {
		{ERR_OK, 0},
		{ERR_MEMORY, 1}, {ERR_INTERNAL, 1}, {ERR_DISK_IO, 1}, {ERR_DISK_FULL, 1},
		{ERR_STORE_DAMAGED, 1}, {ERR_SIGN_STATE_LOST, 1},
		{ERR_CONFIG, 10}, {ERR_FILE_READ, 10}, {ERR_KEY_PASSPHRASE, 10},
		{ERR_GENESIS_MISMATCH, 10}, {ERR_STORE_CHAIN, 10}, {ERR_STORE_LOCKED, 10},
		{ERR_STORE_FORMAT, 10}, {ERR_LISTEN, 10},
		{ERR_FORK, 12}, {ERR_DIVERGED, 12}, {ERR_TRIPPED, 12},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_int_eq(exit_code(cases[i].reason), cases[i].code);
}

UNIT_MAIN("exit_code", exit_code_tells_what_kind_of_help_is_needed)
