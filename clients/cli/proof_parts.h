/* A programme's awards from a node, all of them, in as many proofs as they need. */
#ifndef STELE_CLIENTS_CLI_PROOF_PARTS_H
#define STELE_CLIENTS_CLI_PROOF_PARTS_H

#include "clients/cli/proofs.h"

/* One proven part: items 1 and so on are the awards from … to. */
typedef enum err awards_visit(void *context, struct proof_facts *facts, const struct fact *fact);

/* Visits the parts in order: together they are all awards, under one header of at least that
 * height, for which a node that lags is given ten seconds (ERR_SYNCING), and add up to what the
 * programme says of them.  *is_pinned as proof_judge gives it, whose errors these are, too;
 * ERR_PROOF_FORM where the parts do not join.  The visitor's error ends it. */
MUST_CHECK enum err proof_awards_each(struct cli *cli, const char *programme, uint64_t height_min,
				      bool *is_pinned, awards_visit *visit, void *context);

#endif
