/* Alone: one validator that is a whole network, on real files and one thread.
 *
 * The pump, the core, the ledger and the store are those of steled; clock, timers
 * and lanes are a queue of this file's, and there is no wire.  The same seed makes
 * the same blocks and the same calls of the system.  Time jumps, so nothing waits. */
#ifndef STELE_TESTS_CRASH_ALONE_H
#define STELE_TESTS_CRASH_ALONE_H

#include "node/node.h"

struct alone;

/* What the node has promised, as it promises it. */
struct promises {
	void *context;
	/* An own vote has left. */
	void (*voted)(void *context, const struct vote *vote);
	/* A block is final and stored; its outcomes are what clients are told. */
	void (*committed)(void *context, const struct ledger_committed *committed);
};

/* Opens the home at the path, which is made if absent, as the daemon does; the
 * node is not started.  Errors of home, stores, sign state and node. */
MUST_CHECK enum err alone_open(struct alone **out, const char *path, uint64_t seed,
			       const struct promises *promises);
void alone_close(struct alone *alone);
/* Starts the node if it is not started, and lets it go on until it has committed
 * that height, with clients that send.  The error that stopped the node, or
 * ERR_INTERNAL after a time in which nothing came. */
MUST_CHECK enum err alone_run(struct alone *alone, uint64_t height);

struct store *alone_chain(struct alone *alone);
struct store *alone_journal(struct alone *alone);
struct node *alone_node(struct alone *alone);
const struct genesis *alone_genesis(const struct alone *alone);
struct bytes alone_genesis_text(const struct alone *alone);

#endif
