/* Blocks: the table of headers and body texts above what is committed, and how
 * each goes from a hash to a block that this node has executed. */
#ifndef STELE_CONSENSUS_BLOCKS_H
#define STELE_CONSENSUS_BLOCKS_H

#include "consensus/state.h"

struct block *block_find(const struct core *core, const struct hash *hash);
/* Makes the entry if there is none; view: where its hash was named. */
struct block *block_get(struct core *core, const struct hash *hash, uint64_t view);
/* Copies the header; nothing if it is known. */
void block_set_header(struct block *block, const struct header *header, struct bytes text);
void block_set_body(struct block *block, struct bytes text);
/* Keeps a copy of the finalization of this very block, once. */
void block_set_finalization(struct block *block, struct bytes data);
bool block_has_empty_body(const struct block *block);
/* As effects name it. */
void block_describe(const struct core *core, const struct block *block, struct effect_block *out);
/* Header and body into the journal, once. */
void block_persist(struct core *core, struct block *block);
/* The first line of R2 that needs nothing but headers: does it follow its parent? */
bool block_follows(const struct block *block, const struct block *parent);
/* Asks for parcels and execution of all blocks that are ready for it. */
void blocks_advance(struct core *core);
/* Drops what is committed and lies R views behind last_final. */
void blocks_prune(struct core *core);
void blocks_free(struct core *core);

#endif
