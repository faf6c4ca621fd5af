/* The choice of what a leader's block references: the parcels of all authors that are not
 * passed over, one author's turn after the other's, so that none fills a block while
 * others wait. */
#ifndef STELE_NODE_CHOICE_H
#define STELE_NODE_CHOICE_H

#include "base/bytes.h"

struct node;
struct parcel;

struct choice_bounds {
	struct hash parent; /* of the block, */
	uint64_t view;      /* its view */
	uint64_t height;    /* and its height */
	uint64_t bytes_max;
	uint64_t steps_max; /* of tx_steps; a first parcel may have more */
};

/* A reference to each chosen parcel, at most LIMIT_BODY_PARCELS; gives their number. */
uint32_t choice_make(const struct node *node, const struct choice_bounds *bounds,
		     struct parcel **out);

#endif
