/* Completions for bash, zsh and fish, written from the command table. */
#include <string.h>

#include "clients/cli/help.h"

static bool completes_path(const struct option_spec *option)
{
	return option->value != NULL &&
	       (strcmp(option->value, "FILE") == 0 || strcmp(option->value, "DIR") == 0);
}

/* --- bash ---------------------------------------------------------------------- */

static void bash_options(FILE *out, const struct option_spec *options)
{
	for (const struct option_spec *o = options; o != NULL && o->name != NULL; o++)
		(void)fprintf(out, " --%s", o->name);
}

static void bash_one(const struct family *family, const struct command *command, void *context)
{
	FILE *out = context;

	(void)family;
	(void)fprintf(out, "\t[\"%s\"]=\"", command->words);
	bash_options(out, command->options);
	(void)fputs("\"\n", out);
}

static void bash_print(FILE *out)
{
	(void)fputs("# bash completion of stele\ndeclare -gA _stele_commands=(\n", out);
	command_each(bash_one, out);
	(void)fputs(")\n_stele_global=\"", out);
	bash_options(out, options_global);
	(void)fputs("\"\n"
		    "_stele() {\n"
		    "\tlocal word=\"${COMP_WORDS[COMP_CWORD]}\" words=\"\" known next list=\"\"\n"
		    "\tlocal i\n"
		    "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		    "\t\t[[ ${COMP_WORDS[i]} == -* ]] && continue\n"
		    "\t\tnext=\"${words:+$words }${COMP_WORDS[i]}\"\n"
		    "\t\tfor known in \"${!_stele_commands[@]}\"; do\n"
		    "\t\t\tif [[ $known == \"$next\" || $known == \"$next \"* ]]; then\n"
		    "\t\t\t\twords=\"$next\"; break\n"
		    "\t\t\tfi\n"
		    "\t\tdone\n"
		    "\tdone\n"
		    "\tif [[ $word == -* ]]; then\n"
		    "\t\tlist=\"${_stele_commands[${words:-none}]} $_stele_global\"\n"
		    "\telse\n"
		    "\t\tfor known in \"${!_stele_commands[@]}\"; do\n"
		    "\t\t\t[[ -z $words ]] && list+=\" ${known%% *}\"\n"
		    "\t\t\tif [[ -n $words && $known == \"$words \"* ]]; then\n"
		    "\t\t\t\tnext=\"${known#\"$words \"}\"; list+=\" ${next%% *}\"\n"
		    "\t\t\tfi\n"
		    "\t\tdone\n"
		    "\tfi\n"
		    "\tCOMPREPLY=($(compgen -W \"$list\" -- \"$word\"))\n"
		    "}\n"
		    "complete -o default -F _stele stele\n", out);
}

/* --- fish ---------------------------------------------------------------------- */

static void fish_text(FILE *out, const char *text)
{
	(void)fputc('\'', out);
	for (; *text != '\0'; text++) {
		if (*text == '\'' || *text == '\\')
			(void)fputc('\\', out);
		(void)fputc(*text, out);
	}
	(void)fputc('\'', out);
}

static void fish_options(FILE *out, const char *words, const struct option_spec *options)
{
	for (const struct option_spec *o = options; o != NULL && o->name != NULL; o++) {
		(void)fputs("complete -c stele", out);
		if (words != NULL)
			(void)fprintf(out, " -n '__stele_in \"%s\"'", words);
		(void)fprintf(out, " -l %s", o->name);
		if (o->letter != 0)
			(void)fprintf(out, " -s %c", o->letter);
		if (o->value != NULL)
			(void)fputs(completes_path(o) ? " -r -F" : " -x", out);
		(void)fputs(" -d ", out);
		fish_text(out, o->help);
		(void)fputc('\n', out);
	}
}

static void fish_one(const struct family *family, const struct command *command, void *context)
{
	FILE *out = context;
	const char *blank = strchr(command->words, ' ');
	int first = blank != NULL ? (int)(blank - command->words) : (int)strlen(command->words);

	(void)family;
	(void)fprintf(out, "complete -c stele -n __fish_use_subcommand -a %.*s", first,
		      command->words);
	if (blank == NULL) {
		(void)fputs(" -d ", out);
		fish_text(out, command->brief);
	} else {
		(void)fprintf(out, "\ncomplete -c stele -n '__stele_in \"%.*s\"' -a %s -d ", first,
			      command->words, blank + 1);
		fish_text(out, command->brief);
	}
	(void)fputc('\n', out);
	fish_options(out, command->words, command->options);
}

static void fish_print(FILE *out)
{
	(void)fputs("# fish completion of stele\n"
		    "function __stele_in\n"
		    "\tset -l words (string match -v -- '-*' (commandline -opc)[2..-1])\n"
		    "\tstring match -q -- \"$argv[1]*\" (string join ' ' $words)\n"
		    "end\n", out);
	command_each(fish_one, out);
	fish_options(out, NULL, options_global);
}

/* --- zsh ----------------------------------------------------------------------- */

static void zsh_one(const struct family *family, const struct command *command, void *context)
{
	FILE *out = context;

	(void)family;
	(void)fprintf(out, "\t\t\"%s\" \"", command->words);
	bash_options(out, command->options);
	(void)fputs("\"\n", out);
}

static void zsh_print(FILE *out)
{
	(void)fputs("#compdef stele\n# zsh completion of stele\n"
		    "_stele() {\n\tlocal -A table\n\tlocal -a list\n"
		    "\tlocal joined=\"\" word next known global\n\ttable=(\n", out);
	command_each(zsh_one, out);
	(void)fputs("\t)\n\tglobal=\"", out);
	bash_options(out, options_global);
	(void)fputs("\"\n"
		    "\tfor word in \"${(@)words[2,CURRENT-1]}\"; do\n"
		    "\t\t[[ $word == -* ]] && continue\n"
		    "\t\tnext=\"${joined:+$joined }$word\"\n"
		    "\t\tfor known in \"${(@k)table}\"; do\n"
		    "\t\t\tif [[ $known == \"$next\" || $known == \"$next \"* ]]; then\n"
		    "\t\t\t\tjoined=\"$next\"; break\n"
		    "\t\t\tfi\n"
		    "\t\tdone\n"
		    "\tdone\n"
		    "\tif [[ $PREFIX == -* ]]; then\n"
		    "\t\tlist=(${=table[$joined]} ${=global})\n"
		    "\telse\n"
		    "\t\tfor known in \"${(@k)table}\"; do\n"
		    "\t\t\tif [[ -z $joined ]]; then\n"
		    "\t\t\t\tlist+=(\"${known%% *}\")\n"
		    "\t\t\telif [[ $known == \"$joined \"* ]]; then\n"
		    "\t\t\t\tnext=\"${known#\"$joined \"}\"; list+=(\"${next%% *}\")\n"
		    "\t\t\tfi\n"
		    "\t\tdone\n"
		    "\tfi\n"
		    "\tif (( $#list )); then compadd -- \"${(@u)list}\"; else _files; fi\n"
		    "}\n"
		    "if [[ $funcstack[1] == _stele ]]; then _stele \"$@\"; else compdef _stele stele; fi\n",
		    out);
}

bool completion_print(FILE *out, const char *shell)
{
	if (strcmp(shell, "bash") == 0)
		bash_print(out);
	else if (strcmp(shell, "zsh") == 0)
		zsh_print(out);
	else if (strcmp(shell, "fish") == 0)
		fish_print(out);
	else
		return false;
	return true;
}
