/* steled: one node of a Stele network. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/config.h"
#include "node/daemon_uv.h"
#include "node/exit_code.h"
#include "node/home.h"

const char *argp_program_version = "steled " STELE_VERSION;

enum { OPTION_HOME = 'd', OPTION_CONFIG = 'c', OPTION_CHECK = 0x100 };

struct arguments {
	const char *home;
	const char *config;
	bool is_check;
};

static const struct argp_option options[] = {
	{"home", OPTION_HOME, "DIR", 0, "The node's folder; its settings are DIR/" HOME_CONFIG, 0},
	{"config", OPTION_CONFIG, "FILE", 0,
	 "Settings; without --home, the folder FILE stands in is the home", 0},
	{"check-config", OPTION_CHECK, NULL, 0, "Read the settings, say whether they are good, end", 0},
	{0},
};

static error_t on_option(int key, char *value, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case OPTION_HOME:
		arguments->home = value;
		return 0;
	case OPTION_CONFIG:
		arguments->config = value;
		return 0;
	case OPTION_CHECK:
		arguments->is_check = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "\"%s\" is not expected", value);
		return 0;
	case ARGP_KEY_END:
		if (arguments->home == NULL && arguments->config == NULL)
			argp_error(state, "--home DIR or --config FILE is needed");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp parser = {
	.options = options,
	.parser = on_option,
	.doc = "Runs one node of a Stele network.\v"
	       "Log lines go to standard error, one JSON object each.  SIGTERM or SIGINT ends the "
	       "node after the work under way.\n\n"
	       "Exit codes: 0 ended, 1 error, 2 usage, 10 local file, settings or key, 12 integrity "
	       "alarm, 130 interrupted twice.",
};

/* Where the settings are, and the home. */
static bool find_places(char config[HOME_PATH_BYTES], char home[HOME_PATH_BYTES],
			const struct arguments *arguments)
{
	char *slash;

	if (arguments->config == NULL) {
		if (!home_join(config, arguments->home, HOME_CONFIG))
			return false;
	} else if (snprintf(config, HOME_PATH_BYTES, "%s", arguments->config) >= HOME_PATH_BYTES) {
		return false;
	}
	if (arguments->home != NULL)
		return snprintf(home, HOME_PATH_BYTES, "%s", arguments->home) < HOME_PATH_BYTES;
	memcpy(home, config, HOME_PATH_BYTES);
	slash = strrchr(home, '/');
	if (slash == NULL)
		memcpy(home, ".", 2);
	else
		slash[slash == home] = '\0'; /* the root keeps its slash */
	return true;
}

static int fail(enum err err, const char *detail)
{
	fprintf(stderr, "steled: error[E%04d]: %s\n  %s\n  do         %s\n", (int)err, err_text(err),
		detail, err_remedy(err));
	return exit_code(err);
}

int main(int argc, char **argv)
{
	struct arguments arguments = {0};
	char config_path[HOME_PATH_BYTES];
	char home_path[HOME_PATH_BYTES];
	char problem[CONFIG_PROBLEM_BYTES];
	struct config *config;
	enum err err;
	int code;

	argp_err_exit_status = 2;
	if (argp_parse(&parser, argc, argv, 0, NULL, &arguments) != 0)
		return exit_code(ERR_MEMORY);
	config = malloc(sizeof(*config));
	if (config == NULL)
		return fail(ERR_MEMORY, "");
	if (!find_places(config_path, home_path, &arguments)) {
		free(config);
		return fail(ERR_FILE_READ, "a path is too long");
	}
	err = config_read(config, problem, config_path);
	if (err) {
		code = fail(err, problem);
	} else if (arguments.is_check) {
		printf("%s: good\n", config_path);
		code = 0;
	} else {
		code = daemon_run(home_path, config);
	}
	free(config);
	return code;
}
