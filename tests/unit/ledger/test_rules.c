/* The rules of docs/ledger.md section 7 and the code: each cites the other. */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/unit.h"

#define LETTERS 27 /* none, A to Z */
#define FAMILIES (LETTERS * LETTERS) /* a rule's prefix: one or two letters */
#define NUMBERS 100

struct rules {
	bool is_there[FAMILIES][NUMBERS];
	unsigned count;
};

static bool is_word(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int letter(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 1 : 0;
}

/* Every X-nn and XX-nn that stands alone. */
static void collect(struct rules *rules, const char *text)
{
	for (const char *c = text; (c = strchr(c, '-')) != NULL; c++) {
		int second = c > text ? letter(c[-1]) : 0;
		int first = second != 0 && c > text + 1 ? letter(c[-2]) : 0;
		const char *from = c - 1 - (first != 0);

		if (second == 0 || !is_digit(c[1]) || !is_digit(c[2]) || is_word(c[3]))
			continue;
		if (from > text && (is_word(from[-1]) || from[-1] == '['))
			continue;
		rules->is_there[first * LETTERS + second][(c[1] - '0') * 10 + c[2] - '0'] = true;
	}
}

static void count(struct rules *rules)
{
	for (int i = 0; i < FAMILIES * NUMBERS; i++)
		rules->count += rules->is_there[i / NUMBERS][i % NUMBERS];
}

static void collect_file(struct rules *rules, const char *path)
{
	size_t len;
	uint8_t *text = unit_file(path, &len);

	collect(rules, (const char *)text);
	free(text);
}

static void collect_code(struct rules *rules)
{
	char *folder = unit_repo("ledger/apply");
	DIR *dir = opendir(folder);
	struct dirent *entry;

	ck_assert(dir != NULL);
	while ((entry = readdir(dir)) != NULL) {
		size_t len = strlen(entry->d_name);
		char path[1024];

		if (len < 2 || strcmp(entry->d_name + len - 2, ".c") != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		collect_file(rules, path);
	}
	closedir(dir);
	free(folder);
}

/* The first cell of each row of the tables in the section "Rules". */
static void collect_docs(struct rules *rules)
{
	char *path = unit_repo("docs/ledger.md");
	size_t len;
	char *text = (char *)unit_file(path, &len);
	char *from = strstr(text, "### Rules");
	char *end;

	ck_assert_msg(from != NULL, "no section Rules");
	end = strstr(from, "### Identifiers");
	ck_assert_msg(end != NULL, "no section Identifiers");
	*end = '\0';
	for (char *line = strtok(from, "\n"); line != NULL; line = strtok(NULL, "\n")) {
		char *cell_end = line[0] == '|' ? strchr(line + 1, '|') : NULL;

		if (cell_end == NULL && strstr(line, "(V-01,") != NULL)
			collect(rules, "V-01");
		if (cell_end == NULL)
			continue;
		*cell_end = '\0';
		collect(rules, line);
	}
	free(text);
	free(path);
}

UNIT_TEST(each_rule_is_documented_and_cited)
{
	struct rules code = {0}, docs = {0};

	collect_code(&code);
	collect_docs(&docs);
	count(&code);
	count(&docs);
	ck_assert_uint_gt(code.count, 90);
	for (int family = 0; family < FAMILIES; family++) {
		for (int number = 0; number < NUMBERS; number++) {
			ck_assert_msg(code.is_there[family][number] == docs.is_there[family][number],
				      "%c%c-%02d is %s only", " ABCDEFGHIJKLMNOPQRSTUVWXYZ"[family / LETTERS],
				      " ABCDEFGHIJKLMNOPQRSTUVWXYZ"[family % LETTERS], number,
				      code.is_there[family][number] ? "in the code" : "in the docs");
		}
	}
}

UNIT_MAIN("rules", each_rule_is_documented_and_cited)
