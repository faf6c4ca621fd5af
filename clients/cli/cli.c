#include "clients/cli/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/cli/http.h"
#include "clients/cli/plain.h"
#include "clients/cli/signer.h"

/* --- what was asked for --------------------------------------------------- */

size_t cli_count(const struct cli *cli, const char *option)
{
	size_t count = 0;

	ASSERT(option_find(cli->command, option) != NULL); /* a typing error of ours otherwise */
	for (size_t i = 0; i < cli->given_count; i++)
		count += strcmp(cli->given[i].spec->name, option) == 0;
	return count;
}

const char *cli_nth(const struct cli *cli, const char *option, size_t nth)
{
	for (size_t i = 0; i < cli->given_count; i++)
		if (strcmp(cli->given[i].spec->name, option) == 0 && nth-- == 0)
			return cli->given[i].value;
	return NULL;
}

bool cli_has(const struct cli *cli, const char *option)
{
	return cli_count(cli, option) > 0;
}

const char *cli_value(const struct cli *cli, const char *option)
{
	size_t count = cli_count(cli, option);

	return count > 0 ? cli_nth(cli, option, count - 1) : NULL;
}

enum err cli_number(struct cli *cli, const char *option, uint64_t max, uint64_t *out)
{
	const char *text = cli_value(cli, option);
	uint64_t value;

	if (text == NULL)
		return ERR_OK;
	if (!decimal_decode(&value, bytes_text(text)) || value > max) {
		cli_fail(cli, ERR_USAGE, "--%s %s", option, text);
		cli_fact(cli, "expected", "a whole number from 0 to %llu", (unsigned long long)max);
		return ERR_USAGE;
	}
	*out = value;
	return ERR_OK;
}

enum err cli_required(struct cli *cli, const char *option, const char **out)
{
	const char *value = cli_value(cli, option);

	if (value == NULL) {
		cli_fail(cli, ERR_USAGE, "--%s is missing", option);
		cli_remedy(cli, "see: stele %s --help", cli->command->words);
		return ERR_USAGE;
	}
	*out = value;
	return ERR_OK;
}

enum err cli_arg_number(struct cli *cli, size_t index, const char *name, uint64_t max,
			uint64_t *out)
{
	uint64_t value;

	ASSERT(index < cli->args_count);
	if (!decimal_decode(&value, bytes_text(cli->args[index])) || value > max) {
		cli_fail(cli, ERR_USAGE, "%s %s", name, cli->args[index]);
		cli_fact(cli, "expected", "a whole number from 0 to %llu", (unsigned long long)max);
		return ERR_USAGE;
	}
	*out = value;
	return ERR_OK;
}

/* --- how it went wrong ---------------------------------------------------- */

static void failure_release(struct failure *failure)
{
	free(failure->what);
	free(failure->remedy);
	json_decref(failure->facts);
	*failure = (struct failure){.err = ERR_OK, .exit = EXIT_CODE_BY_ERR};
}

static char *format_plain(const char *format, va_list list, bool keeps_lines) PRINTF_LIKE(1, 0);

static char *format_plain(const char *format, va_list list, bool keeps_lines)
{
	char *raw = NULL, *plain;

	ASSERT(vasprintf(&raw, format, list) >= 0);
	plain = plain_text(raw, keeps_lines);
	free(raw);
	return plain;
}

enum err cli_fail(struct cli *cli, enum err err, const char *what, ...)
{
	va_list list;
	char *text = NULL;

	ASSERT(err != ERR_OK);
	va_start(list, what);
	if (what != NULL)
		text = format_plain(what, list, false);
	va_end(list);
	failure_release(&cli->failure);
	cli->failure.err = err;
	cli->failure.what = text;
	cli->failure.facts = json_object();
	return err;
}

void cli_fact(struct cli *cli, const char *name, const char *value, ...)
{
	char *plain = plain_text(name, false); /* a node names facts as well */
	va_list list;
	char *text;

	va_start(list, value);
	text = format_plain(value, list, false);
	va_end(list);
	(void)json_object_set_new(cli->failure.facts, plain, json_string(text));
	free(text);
	free(plain);
}

void cli_remedy(struct cli *cli, const char *remedy, ...)
{
	va_list list;

	free(cli->failure.remedy);
	va_start(list, remedy);
	cli->failure.remedy = format_plain(remedy, list, true);
	va_end(list);
}

void cli_exit(struct cli *cli, int exit)
{
	cli->failure.exit = exit;
}

static void finish_json(const struct failure *failure, int exit)
{
	const char *remedy =
		failure->remedy != NULL ? failure->remedy : err_remedy(failure->err);
	char code[16];
	json_t *error;

	(void)snprintf(code, sizeof(code), "E%d", (int)failure->err);
	error = json_pack("{s:{s:s,s:s,s:s*,s:O*,s:s,s:i}}", "error", "code", code, "text",
			  err_text(failure->err), "what", failure->what, "facts", failure->facts,
			  "remedy", remedy, "exit", exit);
	(void)plain_dump(stderr, error, JSON_COMPACT);
	json_decref(error);
}

static size_t facts_width(const json_t *facts)
{
	size_t width = strlen("do");
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)facts, name, value)
		if (strlen(name) > width)
			width = strlen(name);
	return width;
}

static void finish_text(const struct failure *failure)
{
	bool is_styled = isatty(STDERR_FILENO) == 1 && getenv("NO_COLOR") == NULL;
	const char *remedy =
		failure->remedy != NULL ? failure->remedy : err_remedy(failure->err);
	int width = (int)facts_width(failure->facts);
	const char *name;
	json_t *value;

	(void)fprintf(stderr, "%serror[E%d]%s: ", is_styled ? "\033[1;31m" : "", (int)failure->err,
		      is_styled ? "\033[0m" : "");
	if (failure->what != NULL)
		(void)fprintf(stderr, "%s: ", failure->what);
	(void)fprintf(stderr, "%s\n", err_text(failure->err));
	json_object_foreach(failure->facts, name, value)
		(void)fprintf(stderr, "  %-*s  %s\n", width, name, json_string_value(value));
	if (remedy[0] != '\0')
		(void)fprintf(stderr, "  %-*s  %s\n", width, "do", remedy);
}

int cli_finish(struct cli *cli, enum err err)
{
	int exit;

	if (err == ERR_OK)
		return EXIT_CODE_DONE;
	if (cli->failure.err != err)
		cli_fail(cli, err, NULL);
	exit = cli->failure.exit != EXIT_CODE_BY_ERR ? cli->failure.exit : exit_code_of(err);
	(void)fflush(stdout);
	if (cli->is_json)
		finish_json(&cli->failure, exit);
	else
		finish_text(&cli->failure);
	return exit;
}

void cli_release(struct cli *cli)
{
	failure_release(&cli->failure);
	http_free(cli->http);
	signer_free(cli->signer);
	json_decref(cli->policy);
	free(cli->given);
	free(cli->args);
	free((void *)(uintptr_t)cli->home);
	*cli = (struct cli){.failure = {.err = ERR_OK}};
}
