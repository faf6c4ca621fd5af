/* Tally: the votes per view, kind and signer; who counts, and when it is enough.
 * One slot each for the first vote and at most one conflicting one. */
#ifndef STELE_CONSENSUS_TALLY_H
#define STELE_CONSENSUS_TALLY_H

#include "consensus/state.h"

enum tally_result { TALLY_ADDED, TALLY_BEFORE, TALLY_CONFLICT, TALLY_FULL };

/* CONFLICT: the signer voted for another block before; the vote is kept beside
 * the first.  FULL: a third one, not kept. */
enum tally_result tally_add(const struct core *core, struct view *view, const struct vote *vote);
/* Distinct signers of this. */
uint32_t tally_count(const struct core *core, const struct view *view, enum vote_kind kind,
		     const struct hash *block);
bool tally_has_quorum(const struct core *core, const struct view *view, enum vote_kind kind,
		      const struct hash *block);
/* The signer's vote of that kind for that block, or NULL. */
const struct vote *tally_vote(const struct core *core, const struct view *view,
			      enum vote_kind kind, uint32_t signer, const struct hash *block);
/* The certificate that the votes make; header: empty for nullify. */
void tally_certificate(const struct core *core, const struct view *view, enum vote_kind kind,
		       const struct hash *block, struct bytes header, struct certificate *out);

#endif
