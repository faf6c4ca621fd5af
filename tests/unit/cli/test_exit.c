/* Exit codes: each error has the one that interfaces promise. */
#include <stdio.h>
#include <string.h>

#include "clients/cli/exit.h"
#include "tests/lib/unit.h"

UNIT_TEST(exit_codes_are_those_promised)
{
	static const struct {
		enum err err;
		int code;
	} promised[] = {
		{ERR_OK, 0},		   {ERR_INTERNAL, 1},	      {ERR_MEMORY, 1},
		{ERR_USAGE, 2},		   {ERR_RECEIPT_CONTENT, 3},  {ERR_RECEIPT_SIGNER, 3},
		{ERR_CERT_QUORUM, 3},	   {ERR_GENESIS_MISMATCH, 3}, {ERR_NOT_RECORDED, 4},
		{ERR_PENDING, 5},	   {ERR_RECEIPT_UNPINNED, 5}, {ERR_SYNCING, 5},
		{ERR_ROLE, 6},		   {ERR_KEY_PURPOSE, 6},      {ERR_KEY_UNKNOWN, 6},
		{ERR_MOTION_OWN_AWARD, 6}, {ERR_BUDGET, 7},	      {ERR_AWARDS_MAX, 7},
		{ERR_AREA, 7},		   {ERR_ELIGIBILITY, 7},      {ERR_TX_EXPIRED, 7},
		{ERR_TX_ENCODING, 7},	   {ERR_NET_CONNECT, 8},      {ERR_POOL_FULL, 8},
		{ERR_NET_UNKNOWN, 9},	   {ERR_FILE_READ, 10},	      {ERR_KEY_PASSPHRASE, 10},
		{ERR_CONFIG, 10},	   {ERR_ITEMS_FAILED, 11},    {ERR_FORK, 12},
		{ERR_DIVERGED, 12},	   {ERR_INTERRUPTED, 130},
		{ERR_DISK_LOW, 8},	   {ERR_API_PROOF_RANGE, 2},  {ERR_API_PROOF_SIZE, 2},
		{ERR_API_UNCOVERED, 5},	   {ERR_RECEIPT_NONE, 10},
		{ERR_RECEIPT_REACH, 5},
	};

	for (size_t i = 0; i < sizeof(promised) / sizeof(promised[0]); i++)
		ck_assert_msg(exit_code_of(promised[i].err) == promised[i].code, "E%d gives %d",
			      (int)promised[i].err, exit_code_of(promised[i].err));
}

static void check_one(enum err err, void *context)
{
	int code = exit_code_of(err);

	(void)context;
	ck_assert_msg((code >= 0 && code <= 12) || err == ERR_INTERRUPTED, "E%d gives %d", (int)err, code);
	ck_assert_msg((code == 0) == (err == ERR_OK), "E%d gives %d", (int)err, code);
	ck_assert_str_ne(exit_code_text(code), "unknown");
}

UNIT_TEST(no_error_leaves_with_success_and_each_code_has_a_text)
{
	err_each(check_one, NULL);
	ck_assert_str_eq(exit_code_text(130), "interrupted");
	ck_assert_str_eq(exit_code_text(99), "unknown");
}

UNIT_TEST(the_manual_has_each_exit_code_with_its_text)
{
	static const int codes[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 130};
	char page[32768] = "", row[128];
	FILE *file = fopen("docs/cli.md", "re");

	ck_assert_msg(file != NULL, "run this in the root of the repository");
	ck_assert_uint_gt(fread(page, 1, sizeof(page) - 1, file), 0);
	(void)fclose(file);
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		(void)snprintf(row, sizeof(row), "| %d | %s |", codes[i], exit_code_text(codes[i]));
		ck_assert_msg(strstr(page, row) != NULL, "docs/cli.md has no \"%s\"", row);
	}
}

UNIT_MAIN("exit", exit_codes_are_those_promised, the_manual_has_each_exit_code_with_its_text,
	  no_error_leaves_with_success_and_each_code_has_a_text)
