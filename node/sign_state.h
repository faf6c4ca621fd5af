/* Sign state: whether the journal of this home is the one that holds every vote
 * of its validator.  A new home carries the file never-signed until its journal
 * has its first record.  A journal that is empty without that file was lost: the
 * node could contradict votes it does not remember, so a floor that no view
 * passes is put into the journal, and the node follows without signing
 * (docs/protocol.md section 10). */
#ifndef STELE_NODE_SIGN_STATE_H
#define STELE_NODE_SIGN_STATE_H

#include "ledger/store.h"

/* Before the journal's first use.  out: it was lost, now or at an earlier start.
 * Durable on return.  Errors of the store; ERR_FILE_WRITE. */
MUST_CHECK enum err sign_state_open(bool *is_lost, const char *home, struct store *journal);

#endif
