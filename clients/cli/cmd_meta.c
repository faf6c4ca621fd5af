/* stele completion, man, version. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/files.h"
#include "clients/cli/help.h"
#include "clients/cli/out.h"
#include "crypto/sign.h"

static enum err run_completion(struct cli *cli)
{
	if (completion_print(stdout, cli->args[0]))
		return ERR_OK;
	cli_fail(cli, ERR_USAGE, "there is no completion for \"%s\"", cli->args[0]);
	cli_fact(cli, "known", "bash, zsh, fish");
	return ERR_USAGE;
}

static enum err write_page(struct cli *cli, const char *folder, const struct command *command)
{
	char *name = man_name(command);
	char *path = path_of("%s/%s", folder, name);
	char *text = NULL;
	size_t len = 0;
	FILE *memory = open_memstream(&text, &len);
	enum err err;

	ASSERT(memory != NULL);
	man_print(memory, command);
	(void)fclose(memory);
	err = file_write(cli, path, bytes_of(text, len), 0644, true);
	free(text);
	free(path);
	free(name);
	return err;
}

struct pages {
	struct cli *cli;
	const char *folder;
	enum err err;
	int count;
};

static void write_one(const struct family *family, const struct command *command, void *context)
{
	struct pages *pages = context;

	(void)family;
	if (pages->err == ERR_OK)
		pages->err = write_page(pages->cli, pages->folder, command);
	pages->count++;
}

static enum err write_all(struct cli *cli, const char *folder)
{
	struct pages pages = {cli, folder, folder_make(cli, folder, 0755), 1};

	if (pages.err == ERR_OK)
		pages.err = write_page(cli, folder, NULL);
	command_each(write_one, &pages);
	if (pages.err == ERR_OK)
		out_remark(cli, "%d pages written to %s", pages.count, folder);
	return pages.err;
}

/* The page of a command of the group. */
static void print_below(const struct family *family, const struct command *command, void *context)
{
	const char *words = context;

	(void)family;
	if (command_is_below(command, words))
		man_print(stdout, command);
}

static enum err run_man(struct cli *cli)
{
	const char *folder = cli_value(cli, "dir");
	const struct command *command = NULL;
	char words[64] = "";

	if (folder != NULL)
		return write_all(cli, folder);
	for (size_t i = 0; i < cli->args_count; i++)
		(void)snprintf(words + strlen(words), sizeof(words) - strlen(words), "%s%s",
			       i > 0 ? " " : "", cli->args[i]);
	command = command_find(words);
	if (command == NULL && words[0] != '\0' && command_count_below(words) > 0) {
		command_each(print_below, words);
		return ERR_OK;
	}
	if (command == NULL && words[0] != '\0') {
		const char *nearest = command_nearest(words);

		cli_fail(cli, ERR_USAGE, "there is no command \"%s\"", words);
		if (nearest != NULL)
			cli_fact(cli, "nearest", "stele man %s", nearest);
		return ERR_USAGE;
	}
	man_print(stdout, command);
	return ERR_OK;
}

static enum err run_version(struct cli *cli)
{
	static const struct column columns[] = {
		{"version", "stele", COLUMN_TEXT},
		{"suite", "suite", COLUMN_TEXT},
		{"receipt_format", "receipt format", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};

	out_object(cli,
		   json_pack("{s:s,s:s,s:i,s:s}", "version", STELE_VERSION, "suite", SIGN_SUITE,
			     "receipt_format", 1, "ledger_format", "stele/v1"),
		   columns);
	return ERR_OK;
}

static const struct option_spec options_man[] = {
	{"dir", 0, OPTION_VALUE, "DIR", "write the pages of all commands into this folder"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_meta[] = {
	{.words = "completion",
	 .arguments = "bash|zsh|fish",
	 .arguments_min = 1,
	 .arguments_max = 1,
	 .brief = "print a shell's completion script",
	 .text = "The script knows every command and option of this version. Load it from the "
		 "shell's start-up file, or save it where the shell looks for completions.",
	 .example = "stele completion bash > /etc/bash_completion.d/stele\n"
		    "stele completion fish > ~/.config/fish/completions/stele.fish",
	 .run = run_completion},
	{.words = "man",
	 .arguments = "[COMMAND…]",
	 .arguments_min = 0,
	 .arguments_max = 3,
	 .brief = "print the manual page of a command",
	 .text = "Prints roff to standard output: of a command, of each command of a group such as "
		 "\"award\", or of the tool. With --dir the pages of all commands are written there.",
	 .example = "stele man genesis new | man -l -\n"
		    "stele man --dir /usr/local/share/man/man1",
	 .options = options_man,
	 .run = run_man},
	{.words = "version",
	 .arguments = "",
	 .arguments_min = 0,
	 .arguments_max = 0,
	 .brief = "print the version of tool and formats",
	 .text = "The receipt format of this version is 1; receipts of version 0 are still read.",
	 .example = "stele version\nstele version --json",
	 .run = run_version},
	{.words = NULL},
};
