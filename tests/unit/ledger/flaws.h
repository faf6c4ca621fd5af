/* Records with flaws: a record that would be accepted, and for each rule something
 * that breaks this one alone.
 *
 * flaws_decide sees that each flaw alone is refused for its own reason, and that of
 * several flaws the first in the list decides, whatever follows. */
#ifndef STELE_TESTS_UNIT_LEDGER_FLAWS_H
#define STELE_TESTS_UNIT_LEDGER_FLAWS_H

#include "tests/unit/ledger/world.h"

struct attempt {
	struct world *world;
	enum who who;
	uint32_t operation;
	void *record;
};

struct flaw {
	void (*spoil)(struct attempt *attempt); /* the record, who sends it, or the world */
	enum err err;
};

/* prepare: a fresh world and a record that it accepts.  The flaws stand in the
 * documented order of their rules, and are made from the last to the first. */
void flaws_decide(struct attempt (*prepare)(void), const struct flaw *flaws, size_t count);

#endif
