/* Evidence: two votes of one epoch, view and signer that no honest node signs. */
#ifndef STELE_CONSENSUS_EVIDENCE_H
#define STELE_CONSENSUS_EVIDENCE_H

#include "consensus/state.h"

enum evidence_type {
	EVIDENCE_NONE,
	EVIDENCE_E1, /* two notarize of different blocks */
	EVIDENCE_E2, /* two finalize of different blocks */
	EVIDENCE_E3, /* nullify and finalize */
	EVIDENCE_E4, /* notarize of one block and finalize of another */
};

/* What the pair proves, in either order.  Same epoch, view and signer. */
enum evidence_type evidence_of(const struct vote *a, const struct vote *b);
/* Compares a vote that was just stored with all others of its signer. */
void evidence_look(struct core *core, const struct view *view, const struct vote *vote);
/* One that contradicts what is held of its view: whoever signed both is named, at
 * least f + 1 by the size of quorums. */
void evidence_look_at_certificate(struct core *core, const struct certificate *certificate);

#endif
