/* What the command table says: help, manual pages, shell completions. */
#ifndef STELE_CLIENTS_CLI_HELP_H
#define STELE_CLIENTS_CLI_HELP_H

#include <stdio.h>

#include "clients/cli/command.h"

/* topic: "" for the tool, the beginning of several commands, or a command. */
void help_print(const char *topic);
/* A manual page as roff; command NULL is stele(1) itself. */
void man_print(FILE *out, const struct command *command);
/* "stele-genesis-new.1"; free it. */
char *man_name(const struct command *command);

/* False for a shell that is neither bash nor zsh nor fish. */
bool completion_print(FILE *out, const char *shell);

#endif
