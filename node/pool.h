/* The pool of parcels: every parcel this node holds, by digest, and the digests
 * of those that the newest blocks have already taken in.
 *
 * Uncommitted parcels are bounded in bytes and number for each author; a parcel that some
 * block waits for is taken beyond that.  A parcel enters the journal when a
 * block needs it, before the record of any vote for that block, and leaves it
 * once committed. */
#ifndef STELE_NODE_POOL_H
#define STELE_NODE_POOL_H

#include <sys/queue.h>

#include "ledger/parcel.h"

struct node;
struct pool;

struct held {
	struct hash digest;
	struct parcel *parcel; /* NULL: committed, and the bytes are the chain store's */
	uint64_t arrival;      /* its place in the journal */
	bool is_journaled;     /* durable with whatever the journal is given next */
	uint64_t since_us;     /* when it came */
	uint64_t reminded_us;  /* when leaders were sent it last; or when it came */
	uint64_t committed_height; /* 0: not yet */
	uint32_t blocks;       /* blocks on their way that reference it */
	uint32_t branch_blocks; /* of these, on the branch: node/branch.h */
	TAILQ_ENTRY(held) link;
	TAILQ_ENTRY(held) author_link; /* not committed, of its author */
};
TAILQ_HEAD(held_list, held);

struct pool *pool_new(uint64_t seed);
void pool_free(struct pool *pool);
/* The digests of the newest committed blocks, and the parcels of the journal. */
MUST_CHECK enum err pool_load(struct node *node);

/* NULL: unknown.  One that is committed long ago has no parcel any more. */
struct held *pool_find(const struct pool *pool, const struct hash *digest);
/* Whether a parcel of this text would be taken now, where so many bytes of its
 * author are on their way in. */
bool pool_wants(const struct node *node, const struct hash *digest, const struct parcel_text *text,
		uint64_t opening_bytes);
/* Takes the reference. */
struct held *pool_add(struct node *node, struct parcel *parcel);
/* Gives it to the journal, unless that happened. */
void pool_write(struct node *node, struct held *held);
/* The parcel is part of the committed block of that height. */
void pool_commit(struct node *node, const struct hash *digest, uint64_t height);
/* Drops what has expired unreferenced and what was committed long ago. */
void pool_trim(struct node *node);
/* Uncommitted parcels in order of arrival; committed ones are not in it. */
const struct held_list *pool_open_list(const struct pool *pool);
/* Those of one author, in the same order. */
const struct held_list *pool_author_list(const struct pool *pool, uint32_t author);
/* How many uncommitted ones no block of the branch references. */
uint32_t pool_unreferenced(const struct pool *pool);
uint32_t pool_count(const struct pool *pool);
/* One block more, or one less, of the branch (node/branch.h) references the parcel, if it is
 * held and not committed. */
void pool_join_branch(struct node *node, const struct hash *digest);
void pool_leave_branch(struct node *node, const struct hash *digest);
/* Own parcels on their way: waiting for a block. */
struct own_open {
	uint32_t count;
	uint64_t bytes;
};
struct own_open pool_own_open(const struct node *node);
uint64_t pool_sequence_max(const struct pool *pool);

#endif
