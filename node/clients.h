/* Clients: transactions from submission to the pool.
 *
 * Form and signature on a worker, admission in the ledger's lane in batches,
 * then the pool; one that comes alone goes through both in one job.
 * Bounded: beyond it a submission is refused as if the pool were full. */
#ifndef STELE_NODE_CLIENTS_H
#define STELE_NODE_CLIENTS_H

#include "base/bytes.h"

struct node;
struct clients;

struct clients *clients_new(uint64_t seed);
void clients_free(struct clients *clients);
/* A transaction that a peer forwards; nobody waits for its outcome.  The peer has
 * checked its form and signature, or is punished. */
void clients_forwarded(struct node *node, uint32_t peer, struct bytes raw);
/* Starts the admission of what waits for it. */
void clients_run(struct node *node);

#endif
