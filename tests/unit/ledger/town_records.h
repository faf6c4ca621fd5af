/* A town with records of every kind that proofs speak of. */
#ifndef STELE_TESTS_UNIT_LEDGER_TOWN_RECORDS_H
#define STELE_TESTS_UNIT_LEDGER_TOWN_RECORDS_H

#include "tests/unit/ledger/town.h"

#define TOWN_RECORDS_AWARDS 3
#define TOWN_RECORDS_HEIGHT 3

/* A programme "P1" with three awards, of which one is accepted and paid, at height 1;
 * two claims on content 7 and one on 8 at height 2; two rejected acceptances and two
 * pieces of evidence at height 3. */
struct town *town_with_records(void);

#endif
