/* The effect of an operation on budget and state, told before it is sent: what the
 * objects that it names are now, and what they would be.
 *
 * A node says whether the rules let the transaction through; the numbers are computed
 * here, from the operation and the objects as the API gives them, so that whoever signs
 * sees them before.  Only where that says nothing, as for organisations, keys and policy,
 * it is the node's word that is shown. */
#ifndef STELE_CLIENTS_CLI_EFFECT_H
#define STELE_CLIENTS_CLI_EFFECT_H

#include <jansson.h>

#include "clients/cli/submit.h"

/* Reads what the operation names and gives
 *   {"operation","simulated","changes":[{"object","what","before","after"[,"currency"]}…],
 *    "approvals":{"needed","role","may_approve":[…]}}
 * approvals only where policy asks for some.  An object that is not there yet, or
 * that the node does not show, has no changes. */
MUST_CHECK enum err effect_read(struct cli *cli, const Stele__TransactionBody *body,
				json_t **out);
/* What the node's simulation has beyond that: "carried" {"outcome"[,"error","title"]}, of
 * what a motion carries, were it approved now; and the changes, where there are none. */
void effect_add_simulation(json_t *effect, const json_t *simulation);
/* For people: a table, and who would still have to approve. */
void effect_print(const struct cli *cli, const json_t *effect);

/* The changes alone, as that list.  operation and op: "award.grant" and its fields as
 * the API shows them.  objects: programme, call, proposal, proposals, award,
 * milestone, disbursement, objection, review, as the API shows each; those that are
 * not needed, or not there, are absent. */
json_t *effect_changes(const char *operation, const json_t *op, const json_t *objects);

#endif
