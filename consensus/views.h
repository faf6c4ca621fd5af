/* Views: the table of what is known per view, from R views behind last_final to
 * the newest that a vote or certificate may name. */
#ifndef STELE_CONSENSUS_VIEWS_H
#define STELE_CONSENSUS_VIEWS_H

#include "consensus/state.h"

struct view *view_find(const struct core *core, uint64_t view);
/* Makes the entry if there is none. */
struct view *view_get(struct core *core, uint64_t view);
/* The certificate of that kind, or NULL when it is not held. */
const struct slot *view_slot(const struct core *core, enum vote_kind kind, uint64_t view);
/* Whether the view is notarized or final here, with this block. */
bool view_is_notarized(const struct core *core, uint64_t view, const struct hash *block);
/* Keeps an encoded certificate: a copy. */
void view_keep(struct view *view, enum vote_kind kind, const struct hash *block, struct bytes data);
struct ballot *view_ballot(const struct core *core, const struct view *view, enum vote_kind kind,
			   uint32_t signer);
/* R13: drops what lies more than R views behind last_final. */
void views_prune(struct core *core);
void views_free(struct core *core);

#endif
