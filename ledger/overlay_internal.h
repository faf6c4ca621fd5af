/* Overlays as block execution makes them: on a parent or on the committed
 * state, and read out again as changes of the state tree. */
#ifndef STELE_LEDGER_OVERLAY_INTERNAL_H
#define STELE_LEDGER_OVERLAY_INTERNAL_H

#include "ledger/ids.h"
#include "ledger/overlay.h"
#include "ledger/state.h"
#include "ledger/store.h"

/* What lies below the lowest overlay; owned by the ledger and kept current.
 * read is there while something executes. */
struct overlay_base {
	struct store_read *read; /* NULL: no state at all, as before genesis */
	struct state_tree *tree;
	state_version version;
	const struct ids *ids; /* consumed ids of the committed chain; may be NULL */
};

/* parent may be NULL: directly on the base.  Both are lent for its life, but
 * for overlay_rebase.  NULL when memory is short. */
struct overlay *overlay_new(struct overlay *parent, const struct overlay_base *base,
			    uint64_t time_ms);
void overlay_free(struct overlay *overlay);
/* The parent was committed and is part of the base now. */
void overlay_rebase(struct overlay *overlay);
/* A cheap second use: everything since overlay_new is forgotten but what was
 * read from the base. */
void overlay_reset(struct overlay *overlay, uint64_t time_ms);
/* Memory that is held. */
size_t overlay_bytes(const struct overlay *overlay);
/* How many puts there were and stand. */
uint64_t overlay_puts(const struct overlay *overlay);

struct overlay_change {
	struct state_change change;
	const char *key;
	struct bytes value;
};

/* What was put and stands, sorted by key hash; leaf numbers ascend from first.
 * The caller frees *out; keys and values are lent. */
MUST_CHECK enum err overlay_changes(const struct overlay *overlay, uint64_t first,
				    struct overlay_change **out, size_t *count);

/* Calls visit for each id consumed in this overlay, in order. */
MUST_CHECK enum err overlay_each_consumed(const struct overlay *overlay,
					  enum err (*visit)(void *context, const struct hash *id,
							    uint64_t until_ms),
					  void *context);

#endif
