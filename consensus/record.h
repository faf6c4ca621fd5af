/* Records: what the core keeps in the journal, and gets back at a start.
 * A record's place (kind, view, tag) is its key: writing it again replaces it. */
#ifndef STELE_CONSENSUS_RECORD_H
#define STELE_CONSENSUS_RECORD_H

#include "base/bytes.h"

enum record_kind {
	RECORD_OWN = 1,         /* own vote entered; tag = vote kind in b[0], data = block hash or empty */
	RECORD_CERTIFICATE = 2, /* tag = vote kind in b[0]; data = encoded certificate */
	RECORD_BLOCK = 3,       /* tag = block hash; data = u32be length | header text | body text */
	RECORD_FINAL = 4,       /* one place, view 0: data = the finalization certificate of last_final */
	RECORD_FLOOR = 5,       /* one place, view 0: data = u64be epoch | u64be view: vote_floor */
	RECORD_TRIP = 6,        /* one place, view 0: data = why */
	RECORD_PARCEL = 7,      /* the pump's: view = arrival number, tag = digest */
	RECORD_EVIDENCE = 8,    /* the pump's: view 0, tag = SHA-256 of the text, which is the data */
};

struct record {
	enum record_kind kind;
	uint64_t epoch;
	uint64_t view;
	struct hash tag;
	struct bytes data;
};

#endif
