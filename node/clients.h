/* Clients: transactions from submission to the pool.
 *
 * Form and signature on a worker, admission in the ledger's lane in batches,
 * then the pool.  Bounded: beyond it a submission is refused as if the pool
 * were full. */
#ifndef STELE_NODE_CLIENTS_H
#define STELE_NODE_CLIENTS_H

#include "base/bytes.h"

struct node;
struct clients;

struct clients *clients_new(void);
void clients_free(struct clients *clients);
/* Transactions that a peer forwards; nobody waits for their outcome. */
void clients_forwarded(struct node *node, struct bytes raw);
/* Starts the admission of what waits for it. */
void clients_run(struct node *node);

#endif
