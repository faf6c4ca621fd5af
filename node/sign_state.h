/* Sign state: whether the journal of this home is the one that holds every vote
 * of its validator (docs/protocol.md section 10).
 *
 * The journal's reservation is never behind that of the sign file, unless it was
 * put back from a copy.  A new home carries the mark never-signed until journal
 * and file both have their first reservation; else neither may be missing.  What
 * is lost is written into the journal as a floor that no view passes, and the
 * core asks the others. */
#ifndef STELE_NODE_SIGN_STATE_H
#define STELE_NODE_SIGN_STATE_H

#include "ledger/store.h"
#include "node/sign_file.h"

enum sign_state {
	SIGN_STATE_INTACT,
	SIGN_STATE_NEW,         /* this key has never voted */
	SIGN_STATE_ROLLED_BACK, /* the file is above the journal */
	SIGN_STATE_NO_JOURNAL,  /* the file is there, a reservation in the journal is not */
	SIGN_STATE_NO_FILE,     /* the other way round */
	SIGN_STATE_NOTHING,     /* neither */
	SIGN_STATE_STILL_LOST,  /* since an earlier start */
};

/* Before the journal's first use; durable on return.  Errors of the store and of
 * the sign file. */
MUST_CHECK enum err sign_state_open(enum sign_state *out, struct store *journal,
				    const struct sign_file *file, bool is_marked_new);
/* In words. */
const char *sign_state_text(enum sign_state state);

#endif
