/* Source types and relations: what docs/ledger.md lists is what the records have and
 * the tool reads. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/json_read.h"
#include "tests/lib/unit.h"

#define SOURCE_TYPES 17
#define RELATIONS 6

/* The rows of the table under that heading, "| 1 | digitalCapture (camera) | `digital_capture` |". */
static unsigned rows(const char *heading, const char *end, void (*visit)(const char *row))
{
	char *path = unit_repo("docs/ledger.md"), *text, *at, *stop;
	size_t len;
	unsigned count = 0;

	text = (char *)unit_file(path, &len);
	at = strstr(text, heading);
	ck_assert_ptr_nonnull(at);
	stop = strstr(at, end);
	ck_assert_ptr_nonnull(stop);
	for (; (at = strstr(at, "\n| ")) != NULL && at < stop; at++) {
		if (!isdigit((unsigned char)at[3]))
			continue;
		visit(at + 3);
		count++;
	}
	free(text);
	free(path);
	return count;
}

static void check_source_type(const char *row)
{
	char term[64], name[64], hyphens[64], *c;
	Stele__SourceType value;
	unsigned number;
	bool is_camera = false, is_said = strstr(row, " (camera)") != NULL &&
					  strstr(row, " (camera)") < strchr(row, '`');

	ck_assert_int_eq(sscanf(row, "%u | %63[A-Za-z]%*[^`]`%63[a-z_]`", &number, term, name), 3);
	ck_assert_msg(source_type_read(&value, term) && (unsigned)value == number, "%s", term);
	ck_assert_msg(source_type_read(&value, name) && (unsigned)value == number, "%s", name);
	(void)snprintf(hyphens, sizeof(hyphens), "%s", name);
	for (c = hyphens; *c != '\0'; c++)
		*c = *c == '_' ? '-' : *c;
	ck_assert_msg(source_type_read(&value, hyphens) && (unsigned)value == number, "%s", name);
	is_camera = number <= 4 || number == 7; /* C-05 */
	ck_assert_msg(is_camera == is_said, "%s", term);
	ck_assert_ptr_null(source_type_instead(term));
}

UNIT_TEST(each_source_type_of_the_table_is_read_by_all_its_names)
{
	ck_assert_uint_eq(rows("| number | IPTC term |", "**Relations**", check_source_type),
			  SOURCE_TYPES);
	ck_assert_uint_eq(stele__source_type__descriptor.n_values, SOURCE_TYPES + 1);
}

static void check_relation(const char *row)
{
	Stele__Relation value;
	unsigned number;
	char name[64];

	ck_assert_int_eq(sscanf(row, "%u | `%63[a-z]`", &number, name), 2);
	ck_assert_msg(relation_read(&value, name) && (unsigned)value == number, "%s", name);
}

UNIT_TEST(each_relation_of_the_table_is_read)
{
	ck_assert_uint_eq(rows("| number | name | the parent is |", "### Rules", check_relation),
			  RELATIONS);
	ck_assert_uint_eq(stele__relation__descriptor.n_values, RELATIONS + 1);
}

UNIT_TEST(a_retired_term_names_the_one_in_its_place)
{
	Stele__SourceType value;

	ck_assert(!source_type_read(&value, "minorHumanEdits"));
	ck_assert_str_eq(source_type_instead("minorHumanEdits"), "humanEdits");
	ck_assert_str_eq(source_type_instead("digital-art"), "digitalCreation");
	ck_assert_str_eq(source_type_instead("softwareImage"), "digitalCreation");
	ck_assert(!source_type_read(&value, "unstated"));
	ck_assert(!source_type_read(&value, ""));
	ck_assert_ptr_null(source_type_instead("photo"));
}

UNIT_MAIN("source_types", each_source_type_of_the_table_is_read_by_all_its_names,
	  each_relation_of_the_table_is_read, a_retired_term_names_the_one_in_its_place)
