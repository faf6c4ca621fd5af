/* Justify: why a block may stand where it stands: the certificates between its
 * parent and its view (R2), and the walk that finds a leader's parent (R6). */
#ifndef STELE_CONSENSUS_JUSTIFY_H
#define STELE_CONSENSUS_JUSTIFY_H

#include "consensus/state.h"

enum justified {
	JUSTIFIED,
	JUSTIFIED_MISSING, /* a certificate or the parent's header is not here yet */
	JUSTIFIED_NEVER,   /* no certificate can change it: permanently invalid */
};

/* The certificates' half of R2. */
enum justified justify_check(const struct core *core, const struct block *block);
/* Asks for what is missing: the leader first, then others. */
void justify_ask(struct core *core, const struct block *block);

/* View and block of what the leader of a view builds on. */
struct parent {
	uint64_t view; /* 0: the last block of the epoch before */
	struct block *block;
};

/* R6: false when a view below has neither N nor X here. */
bool justify_parent(const struct core *core, uint64_t view, struct parent *out);
void justify_ask_parent(struct core *core, uint64_t view);
/* The encoded certificates that a proposal carries; scratch memory. */
const struct bytes *justify_list(struct core *core, uint64_t view, uint64_t parent_view,
				 size_t *count);

#endif
