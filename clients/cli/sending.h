/* Many transactions at once: a window of them under way over several connections
 * to several nodes, each seen through to its outcome.
 *
 * What can be mended is: a node that is busy or gone is followed by another one,
 * bytes that may or may not have arrived are sent again (which is safe), and a
 * transaction that expired undecided is signed anew. */
#ifndef STELE_CLIENTS_CLI_SENDING_H
#define STELE_CLIENTS_CLI_SENDING_H

#include "base/arena.h"
#include "clients/cli/submit.h"

#define SENDING_WINDOW 64

/* What became of one; answer is the node's and NULL where none came. */
struct sent {
	enum err err; /* ERR_OK: accepted; ERR_PENDING; else why not */
	bool is_rejected; /* by a rule in a block: final */
	bool is_duplicate;
	struct hash id;
	uint64_t height, time_ms, log_index;
	const json_t *answer;
	struct bytes raw;
};

struct sending {
	const char *what; /* for progress: "files anchored" */
	size_t count;
	size_t done; /* those that are done already: only for the progress bar */
	/* Fills in the operation of number index and its attachment, in the arena;
	 * called again where it must be signed anew.  Errors are failures of the run.
	 * NULL: all have bytes of an earlier run, and nothing is signed anew. */
	enum err (*make)(struct cli *cli, void *context, size_t index, struct arena *arena,
			 Stele__TransactionBody *body, struct buf *attachment);
	/* Takes the outcome; an error ends the run. */
	enum err (*on_sent)(struct cli *cli, void *context, size_t index, const struct sent *sent);
	/* Bytes that were signed in an earlier run, or none; NULL: never any. */
	struct bytes (*earlier)(void *context, size_t index);
	/* Signed and about to leave; NULL: nobody wants to know. */
	enum err (*on_signed)(struct cli *cli, void *context, size_t index, struct bytes raw);
	void *context;
};

/* Sends all; ERR_OK whatever the outcomes are.  Failures: nothing could be signed,
 * or no node was reached for --timeout seconds (default 30). */
MUST_CHECK enum err sending_run(struct cli *cli, const struct sending *sending);

#endif
