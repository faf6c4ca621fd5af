/* Local files of the tool: whole files read with a bound, files written whole or
 * not at all, folders made. */
#ifndef STELE_CLIENTS_CLI_FILES_H
#define STELE_CLIENTS_CLI_FILES_H

#include <sys/types.h>

#include "clients/cli/cli.h"

/* Appends the file to out; "-" is standard input.  Failures name the path:
 * ERR_FILE_READ, ERR_FILE_FORM where it is larger than out's max. */
MUST_CHECK enum err file_read(struct cli *cli, const char *path, struct buf *out);
/* Written beside, synced, then put in place.  ERR_FILE_EXISTS unless may_replace;
 * ERR_FILE_WRITE. */
MUST_CHECK enum err file_write(struct cli *cli, const char *path, struct bytes data, mode_t mode,
			       bool may_replace);
/* With its parents; one that is there is a success.  ERR_FILE_WRITE. */
MUST_CHECK enum err folder_make(struct cli *cli, const char *path, mode_t mode);
/* The failure of a file's path, with what errno says of it; gives err back. */
enum err file_fail(struct cli *cli, enum err err, const char *path);
bool file_exists(const char *path);
/* Locks a file that is replaced when it is written, by PATH.lock beside it; closing *out,
 * which is -1 on an error, unlocks.  busy: the failure where another process has it, or
 * ERR_OK: it waits.  ERR_FILE_WRITE. */
MUST_CHECK enum err file_lock(struct cli *cli, const char *path, enum err busy, int *out);
/* printf for paths; ends the process when memory is short.  Free it. */
char *path_of(const char *format, ...) PRINTF_LIKE(1, 2);

#endif
