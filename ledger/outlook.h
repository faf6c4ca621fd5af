/* Outlook: what a transaction would do to the state, for people to look at before it is
 * signed. */
#ifndef STELE_LEDGER_OUTLOOK_H
#define STELE_LEDGER_OUTLOOK_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "ledger/overlay.h"

#define OUTLOOK_CHANGES_MAX 500

struct outlook_change {
	const char *key;
	struct bytes before; /* at = NULL: there was none */
	struct bytes after;
};

struct outlook {
	uint64_t height; /* of the block that it would stand in */
	uint64_t time_ms;
	size_t total;    /* values that would be made or changed, but for quotas */
	size_t count;    /* of these, ascending by key, the first ones */
	struct outlook_change *changes;
	struct arena arena; /* what they point to */
	bool has_carried;        /* it opens or approves a motion that stays open */
	enum err carried_reason; /* why what that carries would be refused now */
	struct outlook *carried; /* what that would do, on top of this; NULL: it is refused */
};

/* Of all that was put since the mark.  ERR_MEMORY. */
MUST_CHECK enum err outlook_make(struct outlook **out, struct overlay *overlay, overlay_mark since);
void outlook_free(struct outlook *outlook);

#endif
