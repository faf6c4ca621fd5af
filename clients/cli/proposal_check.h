/* Whether a proposal could be opened later.  Once it is sealed nothing of it can be
 * mended, so the rules of proposal.reveal are asked before. */
#ifndef STELE_CLIENTS_CLI_PROPOSAL_CHECK_H
#define STELE_CLIENTS_CLI_PROPOSAL_CHECK_H

#include <jansson.h>

#include "clients/cli/cli.h"
#include "proto/tx.pb-c.h"

/* PR-06 to PR-11 in their order, by the programme, the call and the organisations as
 * they are now: what becomes of these until then is not known.  The rule's error, as
 * a failure. */
MUST_CHECK enum err proposal_check(struct cli *cli, const json_t *programme, const json_t *call,
				   const char *applicant, const Stele__ProposalContent *content);

#endif
