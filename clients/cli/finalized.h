/* The block at a height, with what proves that it is final: asked of a node, which is
 * trusted for none of it. */
#ifndef STELE_CLIENTS_CLI_FINALIZED_H
#define STELE_CLIENTS_CLI_FINALIZED_H

#include "clients/cli/cli.h"
#include "proofs/cover.h"
#include "proofs/trust.h"

/* A cover (docs/receipt.md) whose last header is of that height, checked against the
 * trust.  node: as in api_get_from.  out->set is not kept.  Bare errors of cover_check
 * and cover_check_trust say that what the node gave does not hold; failures are those of
 * asking.  Free *object. */
MUST_CHECK enum err finalized_get(struct cli *cli, size_t node, uint64_t height,
				  const struct trust *trust, struct cover *out, json_t **object);

#endif
