#include "clients/cli/command.h"

#include <stdlib.h>
#include <string.h>

const struct option_spec options_global[] = {
	{"node", 0, OPTION_LIST, "URL",
	 "address of a node, http://IP:PORT; repeat it to have others tried (also $STELE_NODE)"},
	{"key", 0, OPTION_VALUE, "FILE",
	 "key file, or the name of a key in the home, that signs (also $STELE_KEY)"},
	{"passphrase-file", 0, OPTION_VALUE, "FILE",
	 "the key file's passphrase is this file's first line (also $STELE_PASSPHRASE_FILE)"},
	{"passphrase-fd", 0, OPTION_VALUE, "N", "the passphrase is read from this file descriptor"},
	{"home", 0, OPTION_VALUE, "DIR",
	 "where keys and pinned networks lie (also $STELE_HOME; default ~/.local/share/stele)"},
	{"trust", 0, OPTION_VALUE, "FILE",
	 "sealed genesis, or a pin, to rely on for this call instead of those in the home"},
	{"json", 0, OPTION_FLAG, NULL, "results, errors and progress as JSON"},
	{"quiet", 'q', OPTION_FLAG, NULL, "results only: no progress, no remarks"},
	{"wait", 0, OPTION_FLAG, NULL, "wait until the record is final (this is the default)"},
	{"no-wait", 0, OPTION_FLAG, NULL, "do not wait: exit code 5 while it is pending"},
	{"timeout", 0, OPTION_VALUE, "SECONDS", "how long to wait for finality; default 30"},
	{"no-simulate", 0, OPTION_FLAG, NULL,
	 "submit even what the rules would refuse; a block then records the refusal"},
	{"dry-run", 0, OPTION_FLAG, NULL,
	 "submit nothing: show what the rules say, and what would become of budget and state"},
	{"expires", 0, OPTION_VALUE, "LENGTH",
	 "of a motion that this opens: 12h, 30d; default 14d, at most 90d"},
	{"help", 'h', OPTION_FLAG, NULL, "help for this command"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct family families[] = {
	{"identity", commands_key, false},
	{"identity", commands_key_add, true},
	{"identity", commands_key_end, true},
	{"identity", commands_org, true},
	{"identity", commands_trust, false},
	{"grants", commands_motion, true},
	{"operate", commands_localnet, false},
	{"operate", commands_init, false},
	{"operate", commands_genesis, false},
	{"operate", commands_status, false},
	{"operate", commands_policy, true},
	{"operate", commands_validator, true},
	{"operate", commands_upgrade, true},
	{"operate", commands_config, false},
	{"check", commands_verify, false},
	{"check", commands_receipt, false},
	{"check", commands_proof, false},
	{"check", commands_lookup, false},
	{"audit", commands_audit_watch, false},
	{"audit", commands_audit_sample, false},
	{"audit", commands_audit_reconcile, false},
	{"audit", commands_verify_ledger, false},
	{"audit", commands_export, false},
	{"audit", commands_export_blocks, false},
	{"audit", commands_evidence, false},
	{"audit", commands_tx, false},
	{"audit", commands_block, false},
	{"content", commands_anchor, false},
	{"content", commands_claim, true},
	{"content", commands_seal, false},
	{"content", commands_rollup, true},
	{"content", commands_propagate, true},
	{"grants", commands_programme, true},
	{"grants", commands_call, true},
	{"grants", commands_proposal, true},
	{"grants", commands_panel, true},
	{"grants", commands_review, true},
	{"grants", commands_decision, true},
	{"grants", commands_objection, true},
	{"grants", commands_award, true},
	{"grants", commands_award_life, true},
	{"grants", commands_import, true},
	{"grants", commands_milestone, true},
	{"grants", commands_disbursement, true},
	{"grants", commands_recovery, true},
	{"grants", commands_note, true},
	{"operate", commands_bench, false},
	{"help", commands_explain, false},
	{"help", commands_meta, false},
	{NULL, NULL, false},
};

void command_each(void (*visit)(const struct family *family, const struct command *command,
				void *context),
		  void *context)
{
	for (const struct family *family = families; family->commands != NULL; family++)
		for (const struct command *c = family->commands; c->words != NULL; c++)
			visit(family, c, context);
}

const struct command *command_find(const char *words)
{
	for (const struct family *family = families; family->commands != NULL; family++)
		for (const struct command *c = family->commands; c->words != NULL; c++)
			if (strcmp(c->words, words) == 0)
				return c;
	return NULL;
}

bool command_is_below(const struct command *command, const char *words)
{
	size_t len = strlen(words);

	return strncmp(command->words, words, len) == 0 && command->words[len] == ' ';
}

size_t command_count_below(const char *words)
{
	size_t count = 0;

	for (const struct family *family = families; family->commands != NULL; family++)
		for (const struct command *c = family->commands; c->words != NULL; c++)
			count += command_is_below(c, words);
	return count;
}

static const struct option_spec *option_in(const struct option_spec *list, const char *name)
{
	for (; list != NULL && list->name != NULL; list++)
		if (strcmp(list->name, name) == 0)
			return list;
	return NULL;
}

bool command_takes(const struct command *command, const struct option_spec *option)
{
	if (strcmp(option->name, "dry-run") != 0)
		return true;
	for (const struct family *family = families; family->commands != NULL; family++)
		for (const struct command *c = family->commands; c->words != NULL; c++)
			if (c == command)
				return family->has_dry_run;
	return true;
}

const struct option_spec *option_find(const struct command *command, const char *name)
{
	const struct option_spec *found =
		command != NULL ? option_in(command->options, name) : NULL;

	return found != NULL ? found : option_in(options_global, name);
}

/* --- what was meant ------------------------------------------------------- */

#define WORD_MAX 64

static size_t least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* How many insertions, deletions, changes and swaps of neighbours lie between
 * two words; words beyond WORD_MAX are as far as can be. */
static size_t distance(const char *a, const char *b)
{
	size_t rows[3][WORD_MAX + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2];
	size_t a_len = strlen(a), b_len = strlen(b);

	if (a_len > WORD_MAX || b_len > WORD_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= b_len; j++)
		above[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *free_row = before;

		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			bool is_equal = a[i - 1] == b[j - 1];

			row[j] = least(above[j] + 1, row[j - 1] + 1, above[j - 1] + !is_equal);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		before = above;
		above = row;
		row = free_row;
	}
	return above[b_len];
}

struct nearest {
	const char *typed;
	const char *best;
	size_t best_distance;
};

static void nearest_consider(struct nearest *nearest, const char *candidate)
{
	size_t d = distance(nearest->typed, candidate);

	if (d < nearest->best_distance) {
		nearest->best_distance = d;
		nearest->best = candidate;
	}
}

/* A third of the letters, at least one, may be wrong. */
static struct nearest nearest_of(const char *typed)
{
	return (struct nearest){typed, NULL, strlen(typed) / 3 + 2};
}

const char *command_nearest(const char *words)
{
	struct nearest nearest = nearest_of(words);

	for (const struct family *family = families; family->commands != NULL; family++)
		for (const struct command *c = family->commands; c->words != NULL; c++)
			nearest_consider(&nearest, c->words);
	return nearest.best;
}

const char *option_nearest(const struct command *command, const char *name)
{
	struct nearest nearest = nearest_of(name);

	for (const struct option_spec *o = command != NULL ? command->options : NULL;
	     o != NULL && o->name != NULL; o++)
		nearest_consider(&nearest, o->name);
	for (const struct option_spec *o = options_global; o->name != NULL; o++)
		nearest_consider(&nearest, o->name);
	return nearest.best;
}
