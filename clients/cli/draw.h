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
/* Budget, selected and committed of a call as the API shows it. */
void draw_call_budget(const struct cli *cli, const json_t *call);
/* Opens, deadline, opened until, reviews until, objections until; now: the ledger's
 * time. */
void draw_timeline(const struct cli *cli, const json_t *call, uint64_t now_ms);
/* The last end of time for objections in a call, as "objections_until", where there
 * is a decision: it stands with the proposals. */
MUST_CHECK enum err call_add_objections(struct cli *cli, json_t *call);

#endif
