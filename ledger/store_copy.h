/* A copy of a store that another process writes to, as of one moment.
 *
 * The writer waits for the time in which two pages are written, no longer.  Until the
 * copy is there it reuses no page that the copy still needs, so its file may grow by
 * what it writes meanwhile. */
#ifndef STELE_LEDGER_STORE_COPY_H
#define STELE_LEDGER_STORE_COPY_H

#include "base/err.h"

/* from: a store's folder.  to: the copy's file, which must not be there yet, in a
 * folder of the caller's that then opens with store_open_reading.  ERR_DISK_FULL,
 * ERR_DISK_IO, ERR_STORE_DAMAGED: from is no store. */
MUST_CHECK enum err store_copy(const char *from, const char *to);
/* After a process was killed while it copied: the writer reuses the pages again that the
 * dead one held back. */
void store_copy_forget(const char *from);

#endif
