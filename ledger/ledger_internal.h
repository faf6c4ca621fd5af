/* What the parts of the ledger share: the committed tip, the blocks executed on
 * top of it, and the parts' doors to each other.
 *
 *   ledger.c  opening, closing, the tip     load.c   rebuilding from the store
 *   block.c   rules and execution           chain.c  commit
 *   admit.c   admission                     view.c   readers on any thread
 *   evidence.c evidence of a body           compact.c dead values
 *   undo.c    older states                                                      */
#ifndef STELE_LEDGER_LEDGER_INTERNAL_H
#define STELE_LEDGER_LEDGER_INTERNAL_H

#include <pthread.h>

#include "base/arena.h"
#include "ledger/checkpoint.h"
#include "ledger/history.h"
#include "ledger/ids.h"
#include "ledger/index.h"
#include "ledger/ledger.h"
#include "ledger/log.h"
#include "ledger/overlay_internal.h"
#include "ledger/row.h"
#include "proto/evidence.h"

#define LEDGER_PARCELS_KEPT 10000      /* heights whose parcels stay */
#define LEDGER_VERSIONS_KEPT 16        /* heights below the tip whose tree stays in memory */
#define LEDGER_APPLY_ARENA ((size_t)64 << 20)
#define LEDGER_ROW_BYTES ((size_t)16 << 20)
#define LEDGER_CHANGED_BYTES ((size_t)1 << 30) /* of a block; a bound for the sake of it */
#define LEDGER_COMPACT_ROWS 512        /* rows a block looks at, at least */
#define LEDGER_DEAD_SLACK 10000        /* dead rows over live ones that never matter */

/* A transaction that a block decided; tx is its parcel's. */
struct decided {
	struct tx *tx;
	size_t change_at; /* of an accepted one: its row in the block's changed, */
	size_t change_len; /* 0: it changed no object with a history */
	enum err reason;  /* of a rejected one */
	uint32_t parcel;
	uint32_t position;
	bool is_accepted;
};

/* Evidence that a block records, checked. */
struct recorded {
	struct evidence evidence;
	struct hash id;
	struct hash text_hash;
	struct hash hash; /* of its leaf */
	struct buf leaf;
};

/* A block that was executed and not yet committed. */
struct executed {
	struct executed *next;
	struct executed *parent; /* NULL: the committed tip */
	struct hash hash;
	struct header header;
	struct buf header_text;
	struct buf body_text;
	struct recorded evidence[LIMIT_EVIDENCE_PER_BLOCK]; /* ascending by id */
	uint32_t evidence_count;
	struct parcel **parcels;
	uint32_t parcels_count;
	struct overlay *overlay;
	struct overlay_change *changes;
	size_t changes_count;
	uint64_t *former; /* of each change, as state_replace says, below this block */
	struct buf changed;      /* rows of TABLE_CHANGE, one after the other */
	struct decided *decided; /* in order of execution */
	size_t decided_count;
	uint32_t accepted;
	uint32_t rejected;
	struct merkle_frontier frontier;
	state_version version;
	bool has_version;
	uint64_t value_low; /* rows of values below go when it is committed */
	uint64_t value_next;
};

struct tip {
	struct hash hash;
	struct header header;
	struct buf header_text;
	uint64_t value_low;  /* TABLE_VALUE has the numbers low … next - 1 */
	uint64_t value_next;
};

/* The state of one of the newest heights, as receipts ask for it. */
struct kept_version {
	uint64_t height; /* 0: there is none */
	state_version version;
	uint64_t value_low; /* as it was then: rows below were gone */
};

struct ledger {
	struct store *store;
	const struct genesis *genesis;
	struct bytes genesis_text;
	char origin[ORIGIN_MAX + 1];
	struct state_tree *tree;
	struct overlay_base base; /* the tip's state; base.read only while executing */
	struct ids *consumed;     /* transaction ids, until in ms */
	struct ids *referenced;   /* parcel digests, until in heights */
	struct log_edge *edge;
	struct index *index;
	struct history *history;
	struct checkpoint *checkpoint; /* NULL: none is kept */
	struct executed *blocks;
	struct overlay *simulation; /* for admission; NULL: make one */
	struct ledger_outcome *outcomes;
	size_t outcomes_max;
	struct buf row;
	struct arena scratch; /* of one transaction at a time; empty between them */
	uint64_t dead_slack;  /* LEDGER_DEAD_SLACK; verify-ledger never compacts */
	bool is_second;       /* verify-ledger's: stores what is read or compared later */
	uint64_t undo_first;  /* of a second one: nobody compares undo rows below */
	bool keeps_versions;  /* verify-ledger's does not */
	pthread_mutex_t lock; /* of tip, base.version, kept and undone, for views */
	struct kept_version kept[LEDGER_VERSIONS_KEPT]; /* by height, below the tip's */
	struct tip tip;
	size_t undone; /* changes that views of older heights hold, of UNDO_CHANGES_MAX */
};

/* base.read for the time of an execution. */
MUST_CHECK enum err ledger_base_begin(struct ledger *ledger);
void ledger_base_end(struct ledger *ledger);

struct executed *ledger_find_block(const struct ledger *ledger, const struct hash *hash);
void executed_free(struct ledger *ledger, struct executed *block);

/* evidence.c */
/* Takes of the texts, in their order, what is evidence and not recorded yet, up to
 * LIMIT_EVIDENCE_PER_BLOCK. */
MUST_CHECK enum err evidence_choose(struct ledger *ledger, struct executed *block,
				    const struct bytes *texts, uint32_t count);
/* Takes what the body names; a text for each of its lines.  ERR_BLOCK_INVALID. */
MUST_CHECK enum err evidence_take(const struct ledger *ledger, struct executed *block,
				  const struct body *body, const struct bytes *texts);
/* Records them.  ERR_BLOCK_INVALID: one is recorded already. */
MUST_CHECK enum err evidence_run(struct executed *block);

/* compact.c */
MUST_CHECK enum err compact_block(struct ledger *ledger, struct executed *block,
				  state_version below);
MUST_CHECK enum err compact_delete(struct ledger *ledger, struct store_write *write,
				   const struct executed *block);

/* load.c: everything in memory from what the store holds. */
MUST_CHECK enum err ledger_load(struct ledger *ledger);
/* The version that TABLE_VALUE gives: of each key the last number. */
struct values_loaded {
	state_version version;
	uint64_t low; /* leaf numbers met: low … next - 1 */
	uint64_t next;
};
MUST_CHECK enum err ledger_load_values(struct state_tree *tree, struct store_read *read,
				       struct values_loaded *out);
/* Calls visit for every transaction that a stored block decided and whose id is consumed at
 * least until then; 0: for all. */
struct stored_id {
	struct hash id;
	uint64_t until_ms; /* consumed until */
	struct row_tx place;
};
typedef enum err stored_visit(void *context, const struct stored_id *id);
MUST_CHECK enum err ledger_each_id(struct store_read *read, uint64_t height, uint64_t until_min,
				   stored_visit *visit, void *context);


#endif
