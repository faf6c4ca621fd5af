/* The table of currencies against the published list. */
#include "ledger/apply/currency.h"

#include <stdlib.h>
#include <string.h>

#include "tests/lib/unit.h"

#define FIELDS 6
#define CODE 2
#define PLACES 4
#define WITHDRAWN 5

/* Cuts the line of comma-separated fields in place. */
static void cut(char *line, char *fields[FIELDS])
{
	char *from = line;

	for (int i = 0; i < FIELDS; i++) {
		bool is_quoted = *from == '"';
		char *end = is_quoted ? strchr(from + 1, '"') : from;

		fields[i] = is_quoted ? from + 1 : from;
		end += strcspn(end, ",\r\n");
		from = *end == ',' ? end + 1 : end;
		*end = '\0';
	}
}

/* The number of distinct codes in the table: all three-letter words tried. */
static unsigned codes_count(void)
{
	unsigned count = 0, places;
	char code[4] = "AAA";

	for (code[0] = 'A'; code[0] <= 'Z'; code[0]++) {
		for (code[1] = 'A'; code[1] <= 'Z'; code[1]++) {
			for (code[2] = 'A'; code[2] <= 'Z'; code[2]++)
				count += currency_places(code, &places);
		}
	}
	return count;
}

UNIT_TEST(table_is_the_published_list)
{
	char *path = unit_shared("grants/iso4217/codes-all.csv");
	unsigned seen = 0;
	char active[1024][4];
	size_t len;
	char *text, *rest;

	if (path == NULL)
		return;
	text = (char *)unit_file(path, &len);
	rest = text;
	strsep(&rest, "\n"); /* names of the fields */
	while (rest != NULL && *rest != '\0') {
		char *fields[FIELDS];
		unsigned places = 99, i = 0;
		bool is_known;

		cut(strsep(&rest, "\n"), fields);
		is_known = currency_places(fields[CODE], &places);
		/* A withdrawn code may be active elsewhere in the list. */
		if (fields[WITHDRAWN][0] != '\0' || fields[CODE][0] == '\0')
			continue;
		if (strcmp(fields[PLACES], "-") == 0) {
			ck_assert_msg(!is_known, "%s has no minor unit", fields[CODE]);
			continue;
		}
		ck_assert_msg(is_known, "%s is missing", fields[CODE]);
		ck_assert_msg(places == (unsigned)atoi(fields[PLACES]), "%s", fields[CODE]);
		while (i < seen && strcmp(active[i], fields[CODE]) != 0)
			i++;
		if (i == seen)
			memcpy(active[seen++], fields[CODE], 4);
	}
	ck_assert_uint_gt(seen, 150);
	ck_assert_uint_eq(codes_count(), seen);
	free(text);
	free(path);
}

UNIT_TEST(what_is_no_code_is_refused)
{
	static const char *const codes[] = {"", "CN", "CNYX", "cny", "XAU", "DEM", "NY ", "Y C", "   "};
	unsigned places = 7;

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		ck_assert_msg(!currency_places(codes[i], &places), "%s", codes[i]);
	ck_assert_uint_eq(places, 7);
	ck_assert(currency_places("CNY", &places) && places == 2);
	ck_assert(currency_places("JPY", &places) && places == 0);
	ck_assert(currency_places("KWD", &places) && places == 3);
	ck_assert(currency_places("UYW", &places) && places == 4);
}

UNIT_MAIN("currency", table_is_the_published_list, what_is_no_code_is_refused)
