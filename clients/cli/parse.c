#include "clients/cli/parse.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 3
#define SPECS_MAX 64
#define TOPIC_MAX 64

/* How many places of argv the option at this place takes; the command is not
 * known yet, so only global ones can stand before it. */
static int option_places(const char *text)
{
	const struct option_spec *spec;
	const char *equals = strchr(text, '=');
	char name[TOPIC_MAX];
	size_t len = equals != NULL ? (size_t)(equals - text) - 2 : strlen(text) - 2;

	if (strncmp(text, "--", 2) != 0 || equals != NULL || len >= sizeof(name))
		return 1;
	memcpy(name, text + 2, len);
	name[len] = '\0';
	spec = option_find(NULL, name);
	return spec != NULL && spec->kind != OPTION_FLAG ? 2 : 1;
}

/* The longest run of words from argv[first] that is a command, or the beginning
 * of one; its length, 0 for none. */
static int words_match(int argc, char **argv, int first, char topic[TOPIC_MAX])
{
	char words[TOPIC_MAX * 2] = "";
	int matched = 0;

	for (int i = 0; i < WORDS_MAX && first + i < argc; i++) {
		size_t len = strlen(words);

		if (argv[first + i][0] == '-' || len + strlen(argv[first + i]) + 2 > TOPIC_MAX)
			break;
		(void)snprintf(words + len, sizeof(words) - len, "%s%s", len > 0 ? " " : "",
			       argv[first + i]);
		if (command_find(words) == NULL && command_count_below(words) == 0)
			break;
		(void)snprintf(topic, TOPIC_MAX, "%.63s", words);
		matched = i + 1;
	}
	return matched;
}

static enum err fail_unknown_command(struct cli *cli, int argc, char **argv, int first,
				     const char *topic)
{
	char words[256] = "";
	const char *nearest;

	for (int i = first; i < argc && i < first + 2 && argv[i][0] != '-'; i++)
		(void)snprintf(words + strlen(words), sizeof(words) - strlen(words), "%s%.*s",
			       words[0] != '\0' ? " " : "", 100, argv[i]);
	nearest = command_nearest(words);
	if (nearest == NULL && first < argc)
		nearest = command_nearest(argv[first]);
	cli_fail(cli, ERR_USAGE, "there is no command \"%s\"", words);
	if (nearest != NULL)
		cli_fact(cli, "nearest", "stele %s", nearest);
	cli_remedy(cli, "see: stele %s%s--help", topic, topic[0] != '\0' ? " " : "");
	return ERR_USAGE;
}

/* --- options --------------------------------------------------------------- */

struct spec_list {
	const struct option_spec *specs[SPECS_MAX];
	size_t count;
	struct option longs[SPECS_MAX + 1];
	char shorts[2 * SPECS_MAX + 2];
};

static void spec_list_add(struct spec_list *list, const struct option_spec *specs)
{
	for (; specs != NULL && specs->name != NULL; specs++) {
		size_t n = list->count;
		bool has_value = specs->kind != OPTION_FLAG;

		ASSERT(n < SPECS_MAX);
		list->specs[n] = specs;
		list->longs[n] = (struct option){specs->name,
						 has_value ? required_argument : no_argument, NULL,
						 (int)(256 + n)};
		if (specs->letter != 0) {
			char letter[3] = {specs->letter, has_value ? ':' : '\0', '\0'};

			strcat(list->shorts, letter);
		}
		list->count++;
	}
}

static const struct option_spec *spec_of(const struct spec_list *list, int code)
{
	if (code >= 256)
		return list->specs[code - 256];
	for (size_t i = 0; i < list->count; i++)
		if (list->specs[i]->letter == code)
			return list->specs[i];
	return NULL;
}

static enum err fail_option(struct cli *cli, int code, const char *typed)
{
	char name[TOPIC_MAX] = "";
	const char *nearest = NULL;

	if (strncmp(typed, "--", 2) == 0) {
		(void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(typed + 2, "="), typed + 2);
		nearest = option_nearest(cli->command, name);
	}
	if (code == ':')
		cli_fail(cli, ERR_USAGE, "%s needs a value", typed);
	else if (option_find(cli->command, name) != NULL)
		cli_fail(cli, ERR_USAGE, "--%s takes no value", name);
	else
		cli_fail(cli, ERR_USAGE, "there is no option %s", typed);
	if (code != ':' && nearest != NULL && strcmp(nearest, name) != 0)
		cli_fact(cli, "nearest", "--%s", nearest);
	cli_remedy(cli, "see: stele %s --help", cli->command->words);
	return ERR_USAGE;
}

/* rest[0] is the tool's name; the command's words are not among rest. */
static enum err parse_options(struct cli *cli, int count, char **rest, bool *wants_help)
{
	struct spec_list list = {.shorts = ":"};
	int code;

	spec_list_add(&list, cli->command->options);
	spec_list_add(&list, options_global);
	opterr = 0;
	optind = 0; /* GNU: begin anew */
	while ((code = getopt_long(count, rest, list.shorts, list.longs, NULL)) != -1) {
		const struct option_spec *spec = spec_of(&list, code);

		if (spec == NULL) {
			char letter[3] = {'-', (char)optopt, '\0'};
			bool is_short = optopt > 0 && optopt < 256;

			return fail_option(cli, code, is_short ? letter : rest[optind - 1]);
		}
		if (!command_takes(cli->command, spec))
			return cli_fail(cli, ERR_USAGE, "%s has no --%s", cli->command->words,
					spec->name);
		if (strcmp(spec->name, "help") == 0)
			*wants_help = true;
		cli->given[cli->given_count++] = (struct option_given){spec, optarg};
	}
	for (int i = optind; i < count; i++)
		cli->args[cli->args_count++] = rest[i];
	return ERR_OK;
}

static enum err check_arguments(struct cli *cli)
{
	const struct command *command = cli->command;
	size_t most = (size_t)command->arguments_max;

	if (cli->args_count >= (size_t)command->arguments_min &&
	    (command->arguments_max == ARGUMENTS_ANY || cli->args_count <= most))
		return ERR_OK;
	if (cli->args_count < (size_t)command->arguments_min)
		cli_fail(cli, ERR_USAGE, "an argument is missing");
	else
		cli_fail(cli, ERR_USAGE, "there is an argument too many: %s", cli->args[most]);
	cli_fact(cli, "usage", "stele %s %s", command->words, command->arguments);
	cli_remedy(cli, "see: stele %s --help", command->words);
	return ERR_USAGE;
}

static char *home_choose(const struct cli *cli)
{
	const char *given = cli_value(cli, "home");
	const char *xdg = getenv("XDG_DATA_HOME");
	const char *user = getenv("HOME");
	char *home = NULL;

	if (given == NULL)
		given = getenv("STELE_HOME");
	if (given != NULL && given[0] != '\0')
		return strdup(given);
	if (xdg != NULL && xdg[0] == '/')
		return asprintf(&home, "%s/stele", xdg) < 0 ? NULL : home;
	return asprintf(&home, "%s/.local/share/stele", user != NULL ? user : ".") < 0 ? NULL
										      : home;
}

static bool is_word(int argc, char **argv, const char *word)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], word) == 0)
			return true;
	return false;
}

/* What other tools call so: stele --version, stele help award. */
static void parse_customs(int argc, char **argv)
{
	static char version[] = "version", help[] = "--help";

	if (argc > 1 && strcmp(argv[1], "--version") == 0)
		argv[1] = version;
	if (argc > 1 && strcmp(argv[1], "help") == 0)
		argv[1] = help;
}

/* Without a command only global options can be meant. */
static enum err check_lone_options(struct cli *cli, int argc, char **argv)
{
	for (int i = 1; i < argc; i += option_places(argv[i])) {
		char name[TOPIC_MAX];

		if (strncmp(argv[i], "--", 2) != 0)
			continue;
		(void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(argv[i] + 2, "="), argv[i] + 2);
		if (option_find(NULL, name) != NULL)
			continue;
		cli_fail(cli, ERR_USAGE, "there is no option %s", argv[i]);
		cli_remedy(cli, "see: stele --help");
		return ERR_USAGE;
	}
	return ERR_OK;
}

enum err parse(struct cli *cli, int argc, char **argv, bool *wants_help, char topic[TOPIC_MAX])
{
	char **rest = calloc((size_t)argc + 1, sizeof(*rest));
	int first = 1, words, count = 0;
	enum err err;

	*cli = (struct cli){.failure = {.err = ERR_OK, .exit = EXIT_CODE_BY_ERR}};
	parse_customs(argc, argv);
	cli->given = calloc((size_t)argc + 1, sizeof(*cli->given));
	cli->args = calloc((size_t)argc + 1, sizeof(*cli->args));
	cli->is_json = is_word(argc, argv, "--json"); /* also for errors of parsing */
	topic[0] = '\0';
	if (rest == NULL || cli->given == NULL || cli->args == NULL) {
		free(rest);
		return cli_fail(cli, ERR_MEMORY, NULL);
	}
	while (first < argc && argv[first][0] == '-')
		first += option_places(argv[first]);
	words = first < argc ? words_match(argc, argv, first, topic) : 0;
	cli->command = command_find(topic);
	*wants_help = first >= argc || (cli->command == NULL && words > 0 &&
					(first + words >= argc || is_word(argc, argv, "--help") ||
					 is_word(argc, argv, "-h")));
	if (*wants_help) {
		free(rest);
		return first >= argc ? check_lone_options(cli, argc, argv) : ERR_OK;
	}
	if (cli->command == NULL) {
		free(rest);
		return fail_unknown_command(cli, argc, argv, first, topic);
	}
	for (int i = 0; i < argc; i++)
		if (i < first || i >= first + words)
			rest[count++] = argv[i];
	err = parse_options(cli, count, rest, wants_help);
	free(rest);
	cli->is_quiet = err == ERR_OK && cli_has(cli, "quiet");
	cli->is_json = cli->is_json || (err == ERR_OK && cli_has(cli, "json"));
	if (err == ERR_OK && (cli->home = home_choose(cli)) == NULL)
		err = cli_fail(cli, ERR_MEMORY, NULL);
	return err == ERR_OK && !*wants_help ? check_arguments(cli) : err;
}
