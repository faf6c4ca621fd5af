/* The commands of the tool: one table that parsing, help, manual pages and
 * completions are made from.  A command is a line in its family's list; the
 * families stand in command.c in the order in which help shows them. */
#ifndef STELE_CLIENTS_CLI_COMMAND_H
#define STELE_CLIENTS_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/err.h"

struct cli;

enum option_kind {
	OPTION_FLAG,
	OPTION_VALUE, /* the last one given counts */
	OPTION_LIST,  /* every one given counts */
};

struct option_spec {
	const char *name; /* without the dashes; NULL ends a list */
	char letter;      /* 0: none */
	enum option_kind kind;
	const char *value; /* what help calls the value, FILE or DIR complete paths; NULL for a flag */
	const char *help;  /* one line, no full stop */
};

#define ARGUMENTS_ANY (-1)

struct command {
	const char *words;     /* "genesis new"; NULL ends a list */
	const char *arguments; /* "FILE [CARD…]"; "" for none */
	int arguments_min;
	int arguments_max; /* ARGUMENTS_ANY: no bound */
	const char *brief; /* one line, no full stop */
	const char *text;  /* sentences; lines are broken anew */
	const char *example; /* command lines, one a line */
	const struct option_spec *options; /* NULL: only the global ones */
	enum err (*run)(struct cli *cli);
};

struct family {
	const char *group; /* "check", "content", "grants", "audit", "identity", "operate", "help" */
	const struct command *commands;
	bool has_dry_run; /* each that submits can be simulated */
};

extern const struct option_spec options_global[];
/* Ends with commands NULL. */
extern const struct family families[];

void command_each(void (*visit)(const struct family *family, const struct command *command,
				void *context),
		  void *context);
/* The command of exactly these words, or NULL. */
const struct command *command_find(const char *words);
/* How many commands begin with these words ("genesis"). */
size_t command_count_below(const char *words);
bool command_is_below(const struct command *command, const char *words);
/* The option of that name among the command's (may be NULL) and the global ones. */
const struct option_spec *option_find(const struct command *command, const char *name);
/* Whether the command (NULL: any) takes an option of its own or a global one: all, but --dry-run
 * only where some command of its family has use for it. */
bool command_takes(const struct command *command, const struct option_spec *option);
/* The known words, or option name, nearest to what was typed; NULL: none is near. */
const char *command_nearest(const char *words);
const char *option_nearest(const struct command *command, const char *name);

/* The families, each in a file of its name. */
extern const struct command commands_verify[];
extern const struct command commands_lookup[];
extern const struct command commands_anchor[];
extern const struct command commands_claim[];
extern const struct command commands_seal[];
extern const struct command commands_rollup[];
extern const struct command commands_propagate[];
extern const struct command commands_verify_ledger[];
extern const struct command commands_export[];
extern const struct command commands_export_blocks[];
extern const struct command commands_evidence[];
extern const struct command commands_audit_watch[];
extern const struct command commands_audit_sample[];
extern const struct command commands_audit_reconcile[];
extern const struct command commands_tx[];
extern const struct command commands_block[];
extern const struct command commands_programme[];
extern const struct command commands_call[];
extern const struct command commands_proposal[];
extern const struct command commands_panel[];
extern const struct command commands_review[];
extern const struct command commands_decision[];
extern const struct command commands_objection[];
extern const struct command commands_award[];
extern const struct command commands_award_life[];
extern const struct command commands_milestone[];
extern const struct command commands_recovery[];
extern const struct command commands_import[];
extern const struct command commands_disbursement[];
extern const struct command commands_note[];
extern const struct command commands_receipt[];
extern const struct command commands_proof[];
extern const struct command commands_key[];
extern const struct command commands_key_add[];
extern const struct command commands_key_end[];
extern const struct command commands_genesis[];
extern const struct command commands_trust[];
extern const struct command commands_org[];
extern const struct command commands_policy[];
extern const struct command commands_validator[];
extern const struct command commands_upgrade[];
extern const struct command commands_motion[];
extern const struct command commands_init[];
extern const struct command commands_localnet[];
extern const struct command commands_status[];
extern const struct command commands_config[];
extern const struct command commands_bench[];
extern const struct command commands_explain[];
extern const struct command commands_meta[];

#endif
