/* Evidences: what this node holds against validators, until a block records it
 * (docs/protocol.md section 12).
 *
 * Each text was checked before it was taken: this node's own finds, what peers
 * gossip, what a body names, and what the journal kept.  One for each (epoch,
 * validator, type) is on offer to leaders; another text of the same place is
 * held only while a block on its way names it.  A text enters the journal when
 * it is taken, so whatever the core persists to vote for its block comes after
 * it, and leaves the journal with this pool. */
#ifndef STELE_NODE_EVIDENCES_H
#define STELE_NODE_EVIDENCES_H

#include "base/bytes.h"
#include "base/err.h"
#include "proto/vote.h"

struct node;
struct evidences;

struct evidences *evidences_new(void);
void evidences_free(struct evidences *evidences);
/* What the ledger has recorded, and the texts of the journal.  ERR_STORE_DAMAGED. */
MUST_CHECK enum err evidences_load(struct node *node);

/* Two verified votes of a signer that contradict each other, in any order. */
void evidences_found(struct node *node, const struct vote *first, const struct vote *second);
/* A peer's text; false: the peer is at fault.  Its signatures go to a worker. */
bool evidences_hear(struct node *node, uint32_t peer, struct bytes text);
/* A text that was checked, signatures included; copies it. */
void evidences_take(struct node *node, struct bytes text);
/* Lent until the pump's next step; empty where it is not held. */
struct bytes evidences_text(const struct node *node, const struct hash *text_hash);
/* One more, or one less, block on its way that names the text; it is held. */
void evidences_use(struct node *node, const struct hash *text_hash);
void evidences_leave(struct node *node, const struct hash *text_hash);

/* Up to LIMIT_EVIDENCE_PER_BLOCK texts for a block on that parent, copies to be
 * freed; gives their number. */
uint32_t evidences_choose(struct node *node, const struct hash *parent, struct bytes *out);
/* The text is part of the newest committed block. */
void evidences_commit(struct node *node, const struct hash *text_hash);
/* Drops what is recorded and no block on its way names. */
void evidences_trim(struct node *node);
/* How many on offer no block of the branch names. */
uint32_t evidences_unreferenced(const struct node *node);
uint32_t evidences_count(const struct node *node);
/* One block more, or one less, of the branch (node/branch.h) names that text; it is held. */
void evidences_join_branch(struct node *node, const struct hash *text_hash);
void evidences_leave_branch(struct node *node, const struct hash *text_hash);
/* Sends what waits for a block for long to who leads now and next. */
void evidences_remind(struct node *node);

#endif
