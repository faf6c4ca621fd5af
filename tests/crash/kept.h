/* Kept: whether a home that was opened after a crash keeps what was promised
 * before it. */
#ifndef STELE_TESTS_CRASH_KEPT_H
#define STELE_TESTS_CRASH_KEPT_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/crash/trace.h"

enum depth {
	KEPT_FAST,   /* opened as the daemon does, records compared with the promises */
	KEPT_ON,     /* and goes on for a few blocks without contradicting a vote */
	KEPT_AGAIN,  /* and verify-ledger executes all of it anew */
};

/* folder/home is the home, scratch a folder of the caller's for KEPT_AGAIN.  True:
 * all is there.  objection: in words, what is not. */
bool kept_check(char objection[512], const char *folder, const char *scratch,
		const struct mark *marks, size_t count, enum depth depth);

#endif
