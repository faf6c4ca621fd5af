/* What the files of node/evidences.h share. */
#ifndef STELE_NODE_EVIDENCES_INTERNAL_H
#define STELE_NODE_EVIDENCES_INTERNAL_H

#include <sys/queue.h>

#include "base/limits.h"
#include "node/evidences.h"
#include "proto/evidence.h"

#define TYPES 4u
#define PLACES (LIMIT_VALIDATORS * TYPES)
#define CHECKING_MAX 64u /* texts with the workers */

struct accusation {
	struct hash text_hash;
	struct bytes text; /* owned */
	uint32_t place;    /* validator and type */
	uint32_t blocks;   /* on their way that name it */
	bool is_offered;   /* the one of its place that goes to leaders */
	uint64_t since_us;
	TAILQ_ENTRY(accusation) link;
};
TAILQ_HEAD(accusation_list, accusation);

struct checking {
	struct hash text_hash;
	uint32_t place;
	uint32_t peer;
};

struct evidences {
	struct accusation_list list; /* by arrival */
	bool is_recorded[PLACES];
	uint32_t branch_blocks[PLACES]; /* blocks of the branch that name a text of it */
	struct checking checking[CHECKING_MAX];
	uint32_t checking_count;
};

/* NULL: not held. */
struct accusation *accusation_find(const struct node *node, const struct hash *text_hash);
/* The one of that place that goes to leaders; NULL: none. */
struct accusation *accusation_offered(const struct node *node, uint32_t place);
/* PLACES: the signer is no member.  type: 1 … 4. */
uint32_t accusation_place(const struct node *node, const struct public_key *signer,
			  uint32_t type);
/* Holds a copy of a text that was not held. */
struct accusation *accusation_add(struct node *node, struct bytes text, uint32_t place);

#endif
