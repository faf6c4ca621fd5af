/* What a terminal shows better than a table: budgets as bars, and the times of a
 * call.  Without a terminal both are plain lines that say the same. */
#ifndef STELE_CLIENTS_CLI_DRAW_H
#define STELE_CLIENTS_CLI_DRAW_H

#include <jansson.h>

#include "clients/cli/cli.h"

/* One amount against the whole that bounds it; amounts of two currencies never
 * stand against each other. */
void draw_bar(const struct cli *cli, const char *title, uint64_t part, uint64_t whole,
	      const char *currency);
/* Budget, committed and what was selected, of a call as the API shows it. */
void draw_call_budget(const struct cli *cli, const json_t *call, const char *currency);
/* Opens, deadline, opened until, reviews until, objections until; now: the ledger's
 * time. */
void draw_timeline(const struct cli *cli, const json_t *call, uint64_t now_ms);
/* "to come", "open", "revealing", "reviewing", "deciding", "decided", "cancelled" */
const char *call_phase(const json_t *call, uint64_t now_ms);

#endif
