/* Where a ledger is read from: a node's home, a chain folder, or an export of blocks; and
 * the scratch folder in which a running node's store is copied, or an export unpacked.
 * Whatever reads the bytes is a child process. */
#ifndef STELE_CLIENTS_CLI_LEDGER_SOURCE_H
#define STELE_CLIENTS_CLI_LEDGER_SOURCE_H

#include <signal.h>

#include "clients/cli/cli.h"

struct ledger_source {
	struct cli *cli;
	unsigned silence_s; /* how long a child may show no progress */
	char *home;         /* NULL: only a store or an export was given */
	char *store;        /* the folder to read; from a copy on, the copy's */
	char *file;         /* an export; NULL */
	char *scratch;      /* a folder, from ledger_source_begin to ledger_source_end */
	bool is_copy;
	sigset_t signals;
};

/* --silence and what was given.  Failures name the path. */
MUST_CHECK enum err ledger_source_find(struct ledger_source *out, struct cli *cli,
				       const char *path);
/* Makes the scratch folder below --scratch, $TMPDIR or /var/tmp.  From here on SIGINT and
 * SIGTERM wait for a crew, or for the end. */
MUST_CHECK enum err ledger_source_begin(struct ledger_source *source);
/* Copies the store that another process writes to.  ERR_INTERRUPTED and errors of
 * store_copy. */
MUST_CHECK enum err ledger_source_copy(struct ledger_source *source);
/* An export into a store of records alone.  ERR_STORE_DAMAGED: the export is malformed or
 * breaks off at *height; ERR_STORE_CHAIN, ERR_FILE_READ, ERR_INTERRUPTED, errors of a
 * store. */
MUST_CHECK enum err ledger_source_unpack(struct ledger_source *source, const struct hash *chain,
					 uint64_t *height);
/* Removes the scratch folder, if there is one, and frees. */
void ledger_source_end(struct ledger_source *source);

#endif
