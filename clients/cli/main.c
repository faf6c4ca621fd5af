/* stele: the tool.  Parses, runs one command, prints how it went. */
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "clients/cli/cli.h"
#include "clients/cli/help.h"
#include "clients/cli/parse.h"

/* Widths of characters in tables are those of UTF-8; formats stay as they are. */
static void locale_set(void)
{
	if (setlocale(LC_CTYPE, "") == NULL || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		(void)setlocale(LC_CTYPE, "C.UTF-8");
}

int main(int argc, char **argv)
{
	struct cli cli;
	bool wants_help = false;
	char topic[64];
	enum err err;
	int code;

	locale_set();
	(void)signal(SIGPIPE, SIG_IGN);
	log_level_set(LOG_ERROR);
	err = parse(&cli, argc, argv, &wants_help, topic);
	if (err == ERR_OK && wants_help)
		help_print(topic);
	else if (err == ERR_OK)
		err = cli.command->run(&cli);
	if (fflush(stdout) != 0 || ferror(stdout) != 0)
		err = err != ERR_OK ? err : cli_fail(&cli, ERR_FILE_WRITE, "standard output");
	code = cli_finish(&cli, err);
	cli_release(&cli);
	return code;
}
