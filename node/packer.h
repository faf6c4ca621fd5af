/* Packer: admitted transactions into this node's own parcels.
 *
 * A parcel is made at once when none of ours is on its way, else when 64 KB
 * wait or 5 ms have passed, and goes to all validators at once: it becomes
 * durable where a block needs it.  Own parcels that no block references
 * are bounded to about what one block takes of an author: the rest waits in the
 * mempool, in turns of organisations.  What a block skipped, or what lay in a parcel
 * that expired, is packed again. */
#ifndef STELE_NODE_PACKER_H
#define STELE_NODE_PACKER_H

#include "ledger/parcel.h"

struct node;
struct packer;

struct packer *packer_new(void);
void packer_free(struct packer *packer);
/* After the pool was loaded: goes on with the sequence of own parcels. */
void packer_load(struct node *node);
/* Packs what waits, if it is time. */
void packer_run(struct node *node);
void packer_on_timer(struct node *node);
/* Once a second: transactions that a block skipped wait again. */
void packer_on_house(struct node *node);
void packer_on_committed(struct node *node, const struct parcel *parcel);
void packer_on_expired(struct node *node, const struct parcel *parcel);

#endif
