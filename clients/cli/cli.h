/* One call of the tool: what was asked for, and how it went wrong if it did.
 *
 * A command returns ERR_OK or what cli_fail returned; main prints the failure
 * once and turns it into the exit code (exit.h). */
#ifndef STELE_CLIENTS_CLI_CLI_H
#define STELE_CLIENTS_CLI_CLI_H

#include <jansson.h>

#include "base/bytes.h"
#include "base/err.h"
#include "clients/cli/command.h"
#include "clients/cli/exit.h"

struct http;
struct signer;

struct option_given {
	const struct option_spec *spec;
	const char *value; /* NULL for a flag */
};

struct failure {
	enum err err; /* ERR_OK: none */
	char *what;   /* what was being done; NULL: the error's own text says it all */
	char *remedy; /* NULL: the error's own */
	json_t *facts; /* name -> text, in the order they were added */
	int exit;      /* EXIT_CODE_BY_ERR, or what the command chose */
};

struct cli {
	const struct command *command;
	struct option_given *given;
	size_t given_count;
	char **args; /* what is neither command nor option */
	size_t args_count;
	bool is_json;
	bool is_quiet;
	const char *home; /* the client's folder; need not exist yet */
	struct http *http;     /* made when first asked for: api.h */
	struct signer *signer; /* the same: signer.h */
	json_t *policy;        /* the same: submit.h, rule_get */
	struct hash chain;     /* what is signed for, once has_chain: submit.h */
	bool has_chain;
	struct failure failure;
};

/* --- what was asked for --------------------------------------------------- */

bool cli_has(const struct cli *cli, const char *option);
/* The last value given, or NULL. */
const char *cli_value(const struct cli *cli, const char *option);
size_t cli_count(const struct cli *cli, const char *option);
const char *cli_nth(const struct cli *cli, const char *option, size_t nth);
/* ERR_USAGE, as a failure, where the option is there and no decimal in [0, max];
 * *out stays as it was where the option is absent. */
MUST_CHECK enum err cli_number(struct cli *cli, const char *option, uint64_t max, uint64_t *out);
/* ERR_USAGE where it is absent. */
MUST_CHECK enum err cli_required(struct cli *cli, const char *option, const char **out);
/* An argument as a decimal in [0, max]; name is what usage calls it. */
MUST_CHECK enum err cli_arg_number(struct cli *cli, size_t index, const char *name, uint64_t max,
				   uint64_t *out);

/* --- how it went wrong ---------------------------------------------------- */

/* Starts a failure (an earlier one is forgotten) and returns err.  what: printf,
 * "award refused"; NULL leaves the error's own text alone. */
enum err cli_fail(struct cli *cli, enum err err, const char *what, ...) PRINTF_LIKE(3, 4);
/* Adds to the failure: a fact, the remedy, the exit code. */
void cli_fact(struct cli *cli, const char *name, const char *value, ...) PRINTF_LIKE(3, 4);
void cli_remedy(struct cli *cli, const char *remedy, ...) PRINTF_LIKE(2, 3);
void cli_exit(struct cli *cli, int exit);
/* Prints the failure to standard error and gives the exit code; a bare err
 * without a failure is printed by its own text. */
int cli_finish(struct cli *cli, enum err err);
void cli_release(struct cli *cli);

#endif
