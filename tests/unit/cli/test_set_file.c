/* A set of validators as people write it into a file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/set_file.h"
#include "tests/lib/unit.h"

#define MEMBERS 4

static struct cli cli;

/* The set of the vectors. */
static void good_set(struct set *out)
{
	char *file = unit_repo("tests/vectors/genesis.json");
	json_t *vectors = unit_json(file);

	ck_assert_int_eq(set_parse(out, bytes_text(unit_json_text(vectors, "set"))), ERR_OK);
	ck_assert_uint_eq(out->count, MEMBERS);
	json_decref(vectors);
	free(file);
}

/* Reads a file of that text. */
static enum err read_text(const char *text, size_t len, struct set *out)
{
	char *folder = unit_folder(), path[512];
	FILE *file;
	enum err err;

	(void)snprintf(path, sizeof(path), "%s/set.txt", folder);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(text, 1, len, file), len);
	ck_assert_int_eq(fclose(file), 0);
	err = set_file_read(&cli, path, out);
	free(folder);
	return err;
}

/* The members in that order, whatever it is. */
static enum err read_members(const struct set *set, const uint32_t *order, uint32_t count,
			     struct set *out)
{
	struct set mixed = *set;
	struct buf text;
	enum err err;

	for (uint32_t i = 0; i < count; i++)
		mixed.validators[i] = set->validators[order[i]];
	mixed.count = count;
	buf_init(&text, LIMIT_SET_BYTES);
	set_render(&text, &mixed);
	err = read_text((const char *)text.at, text.len, out);
	buf_release(&text);
	return err;
}

static void fails(enum err got, enum err want, const char *line)
{
	const char *fact = json_string_value(json_object_get(cli.failure.facts, "line"));

	ck_assert_int_eq(got, want);
	if (line != NULL)
		ck_assert_str_eq(fact, line);
	cli_release(&cli);
	cli = (struct cli){.is_json = false};
}

UNIT_TEST(the_order_of_lines_does_not_matter)
{
	static const uint32_t orders[][MEMBERS] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}};
	struct set set, read;

	good_set(&set);
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		ck_assert_int_eq(read_members(&set, orders[i], MEMBERS, &read), ERR_OK);
		ck_assert(hash_equal(&read.hash, &set.hash));
		ck_assert_str_eq(read.validators[3].id, set.validators[3].id);
	}
}

UNIT_TEST(a_line_that_is_no_validator_is_named)
{
	static const char *const texts[][2] = {
		{"", "1"},
		{"stele/v1 sets\n", "1"},
		{"stele/v1 set\nnode-1 org-1 02 03\n", "2"},
		{"stele/v1 set\n\n", "2"},
	};
	struct set set;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		fails(read_text(texts[i][0], strlen(texts[i][0]), &set), ERR_FILE_FORM, texts[i][1]);
}

UNIT_TEST(validators_that_share_something_are_no_set)
{
	static const uint32_t twice[] = {0, 1, 0};
	static const uint32_t good[] = {0, 1};
	struct set set, read;

	good_set(&set);
	fails(read_members(&set, twice, 3, &read), ERR_SET_FORM, NULL);
	fails(read_members(&set, twice, 0, &read), ERR_SET_FORM, NULL);
	memcpy(set.validators[1].org, set.validators[0].org, sizeof(set.validators[0].org));
	fails(read_members(&set, good, 2, &read), ERR_SET_FORM, NULL);
}

UNIT_MAIN("set_file", the_order_of_lines_does_not_matter, a_line_that_is_no_validator_is_named,
	  validators_that_share_something_are_no_set)
