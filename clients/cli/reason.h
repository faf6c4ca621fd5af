/* Why something was done: a text or a file that stays with whoever wrote it, for it
 * may name persons.  The ledger holds its SHA-256. */
#ifndef STELE_CLIENTS_CLI_REASON_H
#define STELE_CLIENTS_CLI_REASON_H

#include "base/arena.h"
#include "clients/cli/cli.h"
#include "proto/tx.pb-c.h"

/* For the options of a command. */
#define OPTIONS_REASON \
	{"reason", 0, OPTION_VALUE, "TEXT", "why; keep the text, the ledger holds its SHA-256 only"}, \
	{"reason-file", 0, OPTION_VALUE, "FILE", "the same as a file"}

/* Of --reason or --reason-file, in the arena; empty where neither is given.
 * ERR_USAGE: both are, or the text
 * names a file; ERR_FILE_READ. */
MUST_CHECK enum err reason_read(struct cli *cli, struct arena *arena, ProtobufCBinaryData *out);

#endif
