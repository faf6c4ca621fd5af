/* The command table holds together, and parsing finds what was meant. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/command.h"
#include "clients/cli/help.h"
#include "clients/cli/parse.h"
#include "tests/lib/unit.h"
#include "tests/unit/cli/heard.h"

static void check_line(const struct command *command, const char *text)
{
	ck_assert_msg(text != NULL && text[0] != '\0', "%s: a text is missing", command->words);
	ck_assert_msg(strchr(text, '\n') == NULL && text[strlen(text) - 1] != '.',
		      "%s: \"%s\" is one line without a full stop", command->words, text);
}

static void check_options(const struct command *command)
{
	for (const struct option_spec *o = command->options; o != NULL && o->name != NULL; o++) {
		check_line(command, o->help);
		ck_assert_msg((o->kind == OPTION_FLAG) == (o->value == NULL),
			      "%s --%s: only a flag has no value", command->words, o->name);
		ck_assert_msg(strcmp(o->name, "reason") != 0 || strcmp(o->value, "FILE|HASH") == 0,
			      "%s: a reason has one form in all commands", command->words);
		for (const struct option_spec *g = options_global; g->name != NULL; g++)
			ck_assert_msg(strcmp(o->name, g->name) != 0 &&
					      (o->letter == 0 || o->letter != g->letter),
				      "%s --%s is a global option too", command->words, o->name);
		for (const struct option_spec *other = o + 1; other->name != NULL; other++)
			ck_assert_msg(strcmp(o->name, other->name) != 0 &&
					      (o->letter == 0 || o->letter != other->letter),
				      "%s --%s is there twice", command->words, o->name);
	}
}

/* Each example begins with a stele command of the table, and this one is among them. */
static void check_example(const struct command *command)
{
	char start[96];

	(void)snprintf(start, sizeof(start), "stele %s", command->words);
	ck_assert_ptr_nonnull(command->example);
	ck_assert_msg(strstr(command->example, start) != NULL, "%s: no example shows it",
		      command->words);
}

static void check_one(const struct family *family, const struct command *command, void *context)
{
	static const char *const groups[] = {"check",    "content", "grants", "audit",
					     "identity", "operate", "help"};
	bool is_known = false;

	(*(size_t *)context)++;
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		is_known = is_known || strcmp(groups[i], family->group) == 0;
	ck_assert_msg(is_known, "%s: group %s", command->words, family->group);
	check_line(command, command->brief);
	ck_assert_msg(command->text != NULL && command->text[strlen(command->text) - 1] == '.',
		      "%s: the long help is sentences", command->words);
	ck_assert(command->run != NULL);
	ck_assert_ptr_nonnull(command->arguments);
	ck_assert_int_ge(command->arguments_min, 0);
	ck_assert(command->arguments_max == ARGUMENTS_ANY ||
		  command->arguments_max >= command->arguments_min);
	ck_assert_msg((command->arguments_max == 0) == (command->arguments[0] == '\0'),
		      "%s: usage and number of arguments differ", command->words);
	ck_assert_msg(command_find(command->words) == command, "%s is there twice",
		      command->words);
	check_options(command);
	check_example(command);
}

UNIT_TEST(every_command_has_help_example_and_distinct_options)
{
	size_t count = 0;

	command_each(check_one, &count);
	ck_assert_uint_gt(count, 20);
}

UNIT_TEST(the_nearest_word_is_found_and_a_far_one_is_not)
{
	ck_assert_str_eq(command_nearest("explian"), "explain");
	ck_assert_str_eq(command_nearest("genesis sing"), "genesis sign");
	ck_assert_ptr_null(command_nearest("xyzzyxyzzy"));
	ck_assert_str_eq(option_nearest(NULL, "jsn"), "json");
	ck_assert_str_eq(option_nearest(command_find("man"), "dri"), "dir");
	ck_assert_ptr_null(option_nearest(NULL, "xyzzyxyzzy"));
}

/* --- parsing -------------------------------------------------------------------- */

struct parsed {
	struct cli cli;
	enum err err;
	bool wants_help;
	char topic[64];
	char *argv[12];
};

static struct parsed *parse_words(const char *const *words)
{
	struct parsed *parsed = calloc(1, sizeof(*parsed));
	int count = 1;

	ck_assert_ptr_nonnull(parsed);
	parsed->argv[0] = strdup("stele");
	for (; *words != NULL; words++)
		parsed->argv[count++] = strdup(*words);
	parsed->err = parse(&parsed->cli, count, parsed->argv, &parsed->wants_help, parsed->topic);
	return parsed;
}
#define PARSE(...) parse_words((const char *const[]){__VA_ARGS__, NULL})

static void parsed_free(struct parsed *parsed)
{
	cli_release(&parsed->cli);
	for (int i = 0; parsed->argv[i] != NULL; i++)
		free(parsed->argv[i]);
	free(parsed);
}

UNIT_TEST(options_stand_before_between_and_behind_the_words)
{
	struct parsed *p = PARSE("--node", "http://127.0.0.1:1", "motion", "approve", "--json", "3",
				 "--node=http://127.0.0.1:2");

	ck_assert_int_eq(p->err, ERR_OK);
	ck_assert_str_eq(p->cli.command->words, "motion approve");
	ck_assert(p->cli.is_json);
	ck_assert_uint_eq(cli_count(&p->cli, "node"), 2);
	ck_assert_str_eq(cli_nth(&p->cli, "node", 0), "http://127.0.0.1:1");
	ck_assert_str_eq(cli_value(&p->cli, "node"), "http://127.0.0.1:2");
	ck_assert_uint_eq(p->cli.args_count, 1);
	ck_assert_str_eq(p->cli.args[0], "3");
	parsed_free(p);
}

UNIT_TEST(behind_two_dashes_all_is_argument)
{
	struct parsed *p = PARSE("explain", "--", "--json");

	ck_assert_int_eq(p->err, ERR_OK);
	ck_assert(!cli_has(&p->cli, "json"));
	ck_assert_str_eq(p->cli.args[0], "--json");
	parsed_free(p);
}

static void is_usage(struct parsed *p, const char *nearest)
{
	const char *fact = json_string_value(json_object_get(p->cli.failure.facts, "nearest"));

	ck_assert_int_eq(p->err, ERR_USAGE);
	if (nearest != NULL)
		ck_assert_str_eq(fact, nearest);
	parsed_free(p);
}

UNIT_TEST(what_is_not_understood_is_usage_with_the_nearest)
{
	is_usage(PARSE("explian", "E4107"), "stele explain");
	is_usage(PARSE("motion", "aprove", "3"), "stele motion approve");
	is_usage(PARSE("explain", "E4107", "--jsno"), "--json");
	is_usage(PARSE("explain", "E4107", "-z"), NULL);
	is_usage(PARSE("explain"), NULL);
	is_usage(PARSE("explain", "E1", "E2"), NULL);
	is_usage(PARSE("explain", "E1", "--node"), NULL);
	is_usage(PARSE("explain", "E1", "--json=yes"), NULL);
}

UNIT_TEST(help_is_asked_for_at_every_level)
{
	struct parsed *p = PARSE("--help");

	ck_assert(p->err == ERR_OK && p->wants_help && p->topic[0] == '\0');
	parsed_free(p);
	p = PARSE("motion");
	ck_assert(p->err == ERR_OK && p->wants_help);
	ck_assert_str_eq(p->topic, "motion");
	parsed_free(p);
	p = PARSE("motion", "--help");
	ck_assert(p->err == ERR_OK && p->wants_help);
	parsed_free(p);
	p = PARSE("motion", "approve", "--help");
	ck_assert(p->err == ERR_OK && p->wants_help);
	ck_assert_str_eq(p->topic, "motion approve");
	parsed_free(p);
}

/* --- what is made from the table -------------------------------------------------- */

static void check_page(const struct family *family, const struct command *command, void *context)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	(void)family;
	(void)context;
	man_print(out, command);
	(void)fclose(out);
	ck_assert_ptr_nonnull(strstr(text, ".SH NAME\n"));
	ck_assert_ptr_nonnull(strstr(text, ".SH EXAMPLES\n"));
	ck_assert_ptr_nonnull(strstr(text, ".SH EXIT STATUS\n"));
	free(text);
}

static void check_dry_run(const char *words, bool has_dry_run)
{
	char *page = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&page, &len);
	int kept = listen_to();

	help_print(words);
	ck_assert_msg((strstr(heard(kept), "  --dry-run") != NULL) == has_dry_run, "%s", words);
	man_print(out, command_find(words));
	(void)fclose(out);
	ck_assert_msg((strstr(page, "\\-\\-dry\\-run\n") != NULL) == has_dry_run, "%s", words);
	free(page);
}

UNIT_TEST(a_dry_run_is_offered_where_there_is_one_and_refused_elsewhere)
{
	struct parsed *p = PARSE("anchor", "withdraw", "a.jpg", "--dry-run");

	ck_assert_int_eq(p->err, ERR_OK);
	parsed_free(p);
	check_dry_run("anchor withdraw", true);
	check_dry_run("award grant", true);
	check_dry_run("", true);
	check_dry_run("anchor", false);
	check_dry_run("anchor seal", false);
	check_dry_run("tx submit", false);
	check_dry_run("verify", false);
	is_usage(PARSE("anchor", "a.jpg", "--dry-run"), NULL);
	is_usage(PARSE("anchor", "seal", "a.jpg", "--dry-run"), NULL);
	is_usage(PARSE("tx", "submit", "a.tx", "--dry-run"), NULL);
}

static void check_completes(const struct family *family, const struct command *command,
			    void *context)
{
	const char *last = strrchr(command->words, ' ');

	(void)family;
	ck_assert_msg(strstr(context, last != NULL ? last + 1 : command->words) != NULL, "%s",
		      command->words);
}

UNIT_TEST(every_command_has_a_page_and_completes_in_every_shell)
{
	static const char *const shells[] = {"bash", "zsh", "fish"};

	command_each(check_page, NULL);
	for (size_t i = 0; i < 3; i++) {
		char *text = NULL;
		size_t len = 0;
		FILE *out = open_memstream(&text, &len);

		ck_assert(completion_print(out, shells[i]));
		(void)fclose(out);
		command_each(check_completes, text);
		free(text);
	}
	ck_assert(!completion_print(stderr, "csh"));
}

UNIT_MAIN("command", every_command_has_help_example_and_distinct_options,
	  the_nearest_word_is_found_and_a_far_one_is_not,
	  options_stand_before_between_and_behind_the_words, behind_two_dashes_all_is_argument,
	  what_is_not_understood_is_usage_with_the_nearest, help_is_asked_for_at_every_level,
	  every_command_has_a_page_and_completes_in_every_shell,
	  a_dry_run_is_offered_where_there_is_one_and_refused_elsewhere)
