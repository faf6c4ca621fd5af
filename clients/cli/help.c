#include "clients/cli/help.h"

#include <string.h>

#include "clients/cli/exit.h"
#include "clients/cli/out.h"

#define WIDTH 88     /* longer lines are hard to read */
#define WIDTH_MIN 44 /* room for words beside the options */

static size_t width(void)
{
	size_t columns = out_columns();

	if (columns == 0 || columns > WIDTH)
		return WIDTH;
	return columns < WIDTH_MIN ? WIDTH_MIN : columns;
}

/* Words broken into lines; the first line continues at column. */
static void print_wrapped(const char *text, size_t indent, size_t column)
{
	size_t line = width();
	bool is_first = true;

	while (*text != '\0') {
		size_t len = strcspn(text, " \n");

		if (len == 0) {
			text++;
			continue;
		}
		if (!is_first && column + 1 + len > line) {
			(void)printf("\n%*s", (int)indent, "");
			column = indent;
		} else if (!is_first) {
			(void)putchar(' ');
			column++;
		}
		(void)printf("%.*s", (int)len, text);
		column += len;
		text += len;
		is_first = false;
	}
	(void)putchar('\n');
}

static void print_lines(const char *text, const char *before)
{
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		(void)printf("%s%.*s\n", before, (int)len, text);
		text += len + (text[len] == '\n');
	}
}

#define OPTION_COLUMN 28

static void print_options(const struct command *command, const struct option_spec *options)
{
	for (const struct option_spec *o = options; o->name != NULL; o++) {
		int len;

		if (!command_takes(command, o))
			continue;
		if (o->letter != 0)
			len = printf("  -%c, --%s", o->letter, o->name);
		else
			len = printf("      --%s", o->name);
		if (o->value != NULL)
			len += printf(" %s", o->value);
		if (len + 2 > OPTION_COLUMN) {
			(void)putchar('\n');
			len = 0;
		}
		(void)printf("%*s", OPTION_COLUMN - len, "");
		print_wrapped(o->help, OPTION_COLUMN, OPTION_COLUMN);
	}
}

static void help_command(const struct command *command)
{
	(void)printf("stele %s: %s.\n\n", command->words, command->brief);
	(void)printf("usage: stele %s [OPTION…]%s%s\n\n", command->words,
		     command->arguments[0] == '\0' ? "" : " ", command->arguments);
	print_wrapped(command->text, 0, 0);
	if (command->options != NULL) {
		(void)printf("\noptions\n");
		print_options(command, command->options);
	}
	(void)printf("\noptions of every command\n");
	print_options(command, options_global);
	(void)printf("\nexamples\n");
	print_lines(command->example, "  ");
}

struct listing {
	const char *topic;
	const char *group;
};

static void list_one(const struct family *family, const struct command *command, void *context)
{
	const struct listing *listing = context;
	int len;

	if (listing->topic[0] != '\0' && !command_is_below(command, listing->topic) &&
	    strcmp(command->words, listing->topic) != 0)
		return;
	if (listing->group != NULL && strcmp(listing->group, family->group) != 0)
		return;
	len = printf("  %s", command->words);
	(void)printf("%*s", len < OPTION_COLUMN - 2 ? OPTION_COLUMN - len : 2, "");
	print_wrapped(command->brief, OPTION_COLUMN, OPTION_COLUMN);
}

static void list_groups(void)
{
	static const char *const groups[] = {"check",    "content", "grants", "audit",
					     "identity", "operate", "help"};

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		struct listing listing = {"", groups[i]};

		(void)printf("\n%s\n", groups[i]);
		command_each(list_one, &listing);
	}
}

static void help_all(void)
{
	(void)printf("stele: works with a Stele ledger, and checks its receipts without one.\n\n"
		     "usage: stele COMMAND [OPTION…] [ARGUMENT…]\n");
	list_groups();
	(void)printf("\noptions of every command\n");
	print_options(NULL, options_global);
	(void)printf("\nexit codes\n");
	for (int code = 0; code <= EXIT_CODE_ALARM; code++)
		(void)printf("  %-4d%s\n", code, exit_code_text(code));
	(void)printf("  130 interrupted\n\nMore: stele COMMAND --help, stele man COMMAND, "
		     "stele explain CODE\n");
}

void help_print(const char *topic)
{
	const struct command *command = command_find(topic);
	struct listing listing = {topic, NULL};

	if (topic[0] == '\0') {
		help_all();
	} else if (command != NULL) {
		help_command(command);
	} else {
		(void)printf("usage: stele %s COMMAND [OPTION…] [ARGUMENT…]\n\n", topic);
		command_each(list_one, &listing);
	}
}
