/* Identifiers of organisations, against the vectors and one character off. */
#include "ledger/apply/identifier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/unit.h"

static void check_list(json_t *vectors, const char *scheme, const char *prefix, const char *list,
		       enum err want)
{
	json_t *codes = unit_json_array(json_object_get(vectors, scheme), list);
	char id[128];

	ck_assert_uint_gt(json_array_size(codes), 0);
	for (size_t i = 0; i < json_array_size(codes); i++) {
		const char *code = json_string_value(json_array_get(codes, i));

		snprintf(id, sizeof(id), "%s-%s", prefix, code);
		ck_assert_msg(identifier_check(id) == want, "%s: not %s", id, err_name(want));
	}
}

UNIT_TEST(vectors_of_all_schemes_hold)
{
	char *path = unit_shared("grants/org-id/identifier-test-vectors.json");
	json_t *vectors;

	if (path == NULL)
		return;
	vectors = unit_json(path);
	check_list(vectors, "uscc", "CN-USCI", "valid", ERR_OK);
	check_list(vectors, "uscc", "CN-USCI", "invalid", ERR_ID_CHECK);
	check_list(vectors, "lei", "XI-LEI", "valid", ERR_OK);
	check_list(vectors, "lei", "XI-LEI", "invalid", ERR_ID_CHECK);
	check_list(vectors, "ror", "XI-ROR", "valid", ERR_OK);
	check_list(vectors, "ror", "XI-ROR", "invalid", ERR_ID_CHECK);
	json_decref(vectors);
	free(path);
}

static const char *const samples[] = {
	"CN-USCI-91110108551385082Q",
	"CN-USCI-G1330000MCW06863XQ",
	"XI-LEI-549300ITS31QK8VRBQ14",
	"XI-ROR-05asf4e91",
};

/* Mod 31 and mod 97 find every single wrong character; ROR's too. */
UNIT_TEST(any_one_wrong_character_is_found)
{
	static const char others[] = "0123456789ABCDEFGHJKLMNPQRTUWXYabcdefghjkmnpqrstvwxyz";

	for (size_t s = 0; s < sizeof(samples) / sizeof(samples[0]); s++) {
		const char *code;
		char id[64];
		size_t at;

		ck_assert_int_eq(identifier_check(samples[s]), ERR_OK);
		ck_assert_int_ne(identifier_scheme(samples[s], &code), SCHEME_NONE);
		at = (size_t)(code - samples[s]);
		for (size_t i = at; i < strlen(samples[s]); i++) {
			for (const char *c = others; *c != '\0'; c++) {
				snprintf(id, sizeof(id), "%s", samples[s]);
				if (id[i] == *c)
					continue;
				id[i] = *c;
				ck_assert_msg(identifier_check(id) == ERR_ID_CHECK, "%s", id);
			}
		}
	}
}

UNIT_TEST(one_character_more_or_less_is_found)
{
	for (size_t s = 0; s < sizeof(samples) / sizeof(samples[0]); s++) {
		char id[64];

		snprintf(id, sizeof(id), "%s0", samples[s]);
		ck_assert_int_eq(identifier_check(id), ERR_ID_CHECK);
		id[strlen(samples[s]) - 1] = '\0';
		ck_assert_int_eq(identifier_check(id), ERR_ID_CHECK);
	}
}

UNIT_TEST(unknown_schemes_are_named_so)
{
	static const char *const ids[] = {"", "CN-USCI", "cn-usci-91110108551385082Q",
					  "GB-COH-01234567", "XI-LEI213800KUD8LAJWSQ9D15"};

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		ck_assert_int_eq(identifier_check(ids[i]), ERR_ID_SCHEME);
	ck_assert_int_eq(identifier_check("CN-USCI-"), ERR_ID_CHECK);
	ck_assert_int_eq(scheme_find("XI-ROR"), SCHEME_ROR);
	ck_assert_int_eq(scheme_find("XI-RO"), SCHEME_NONE);
}

UNIT_TEST(division_is_characters_three_to_eight)
{
	const char *id = "CN-USCI-91110108551385082Q";

	ck_assert(identifier_has_division(id, ""));
	ck_assert(identifier_has_division(id, "11"));
	ck_assert(identifier_has_division(id, "110108"));
	ck_assert(!identifier_has_division(id, "110109"));
	ck_assert(!identifier_has_division(id, "91"));
	ck_assert(!identifier_has_division(id, "1101085"));
	ck_assert(identifier_has_division("CN-USCI-91MCW068551385082Q", "MCW"));
	ck_assert(!identifier_has_division("XI-LEI-211100KUD8LAJWSQ9D15", "11"));
}

UNIT_MAIN("identifier", vectors_of_all_schemes_hold, any_one_wrong_character_is_found,
	  one_character_more_or_less_is_found, unknown_schemes_are_named_so,
	  division_is_characters_three_to_eight)
