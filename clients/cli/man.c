/* Manual pages from the command table, as roff for man(7). */
#include <stdlib.h>
#include <string.h>

#include "clients/cli/exit.h"
#include "clients/cli/files.h"
#include "clients/cli/help.h"

/* Backslashes, minus signs, and dots that begin a line, as roff wants them. */
static void put_text(FILE *out, const char *text)
{
	bool is_line_start = true;

	for (; *text != '\0'; text++) {
		if (is_line_start && (*text == '.' || *text == '\''))
			(void)fputs("\\&", out);
		if (*text == '\\')
			(void)fputs("\\e", out);
		else if (*text == '-')
			(void)fputs("\\-", out);
		else
			(void)fputc(*text, out);
		is_line_start = *text == '\n';
	}
}

static void put_options(FILE *out, const struct command *command,
			const struct option_spec *options)
{
	for (const struct option_spec *o = options; o->name != NULL; o++) {
		if (!command_takes(command, o))
			continue;
		(void)fputs(".TP\n.B ", out);
		if (o->letter != 0)
			(void)fprintf(out, "\\-%c, ", o->letter);
		(void)fputs("\\-\\-", out);
		put_text(out, o->name);
		(void)fprintf(out, "%s%s\n", o->value != NULL ? " \\fI" : "",
			      o->value != NULL ? o->value : "");
		put_text(out, o->help);
		(void)fputs(".\n", out);
	}
}

char *man_name(const struct command *command)
{
	char *name = path_of("stele%s%s.1", command != NULL ? "-" : "",
			     command != NULL ? command->words : "");

	for (char *c = name; *c != '\0'; c++)
		if (*c == ' ')
			*c = '-';
	return name;
}

static void put_title(FILE *out, const struct command *command, const char *brief)
{
	char *name = man_name(command);

	name[strlen(name) - 2] = '\0';
	(void)fprintf(out, ".TH \"");
	put_text(out, name);
	(void)fprintf(out, "\" 1 \"\" \"Stele %s\" \"Stele\"\n.SH NAME\n", STELE_VERSION);
	put_text(out, name);
	(void)fputs(" \\- ", out);
	put_text(out, brief);
	(void)fputc('\n', out);
	free(name);
}

static void put_exit_codes(FILE *out)
{
	(void)fputs(".SH EXIT STATUS\n", out);
	for (int code = 0; code <= EXIT_CODE_ALARM; code++)
		(void)fprintf(out, ".TP\n.B %d\n%s\n", code, exit_code_text(code));
	(void)fputs(".TP\n.B 130\ninterrupted\n", out);
}

static void put_one(const struct family *family, const struct command *command, void *context)
{
	FILE *out = context;

	(void)family;
	(void)fputs(".TP\n.B ", out);
	put_text(out, command->words);
	(void)fputc('\n', out);
	put_text(out, command->brief);
	(void)fputs(".\n", out);
}

static void man_tool(FILE *out)
{
	put_title(out, NULL, "works with a Stele ledger, and checks its receipts without one");
	(void)fputs(".SH SYNOPSIS\n.B stele\n\\fICOMMAND\\fR [\\fIOPTION\\fR…] "
		    "[\\fIARGUMENT\\fR…]\n.SH COMMANDS\n", out);
	command_each(put_one, out);
	(void)fputs(".SH OPTIONS OF EVERY COMMAND\n", out);
	put_options(out, NULL, options_global);
	put_exit_codes(out);
}

void man_print(FILE *out, const struct command *command)
{
	if (command == NULL) {
		man_tool(out);
		return;
	}
	put_title(out, command, command->brief);
	(void)fputs(".SH SYNOPSIS\n.B stele ", out);
	put_text(out, command->words);
	(void)fputs("\n[\\fIOPTION\\fR…] ", out);
	put_text(out, command->arguments);
	(void)fputs("\n.SH DESCRIPTION\n", out);
	put_text(out, command->text);
	if (command->options != NULL) {
		(void)fputs("\n.SH OPTIONS\n", out);
		put_options(out, command, command->options);
	}
	(void)fputs("\n.SH OPTIONS OF EVERY COMMAND\n", out);
	put_options(out, command, options_global);
	(void)fputs(".SH EXAMPLES\n.nf\n", out);
	put_text(out, command->example);
	(void)fputs("\n.fi\n", out);
	put_exit_codes(out);
	(void)fputs(".SH SEE ALSO\n.BR stele (1)\n", out);
}
