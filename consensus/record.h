/* Records: what the core keeps in the journal, and gets back at a start.
 * A record's place (kind, view, tag) is its key: writing it again replaces it. */
#ifndef STELE_CONSENSUS_RECORD_H
#define STELE_CONSENSUS_RECORD_H

#include "base/bytes.h"
#include "base/err.h"

enum record_kind {
	RECORD_OWN = 1,         /* own vote entered; tag = vote kind in b[0], data = block hash or empty */
	RECORD_CERTIFICATE = 2, /* tag = vote kind in b[0]; data = encoded certificate */
	RECORD_BLOCK = 3,       /* tag = block hash; data = u32be length | header text | body text */
	RECORD_FINAL = 4,       /* one place, view 0: data = the finalization certificate of last_final */
	RECORD_FLOOR = 5,       /* one place, view 0: data = u64be epoch | u64be view: vote_floor */
	RECORD_TRIP = 6,        /* one place, view 0: data = why */
	RECORD_PARCEL = 7,      /* the pump's: view = arrival number, tag = digest */
	RECORD_EVIDENCE = 8,    /* the pump's: view 0, tag = SHA-256 of the text, which is the data */
	RECORD_RESERVATION = 9, /* one place, view 0: data = an encoded reservation */
};

/* The epoch of a RECORD_FLOOR that says: sign state lost, and not had back yet. */
#define FLOOR_EPOCH_LOST UINT64_MAX

struct record {
	enum record_kind kind;
	uint64_t epoch;
	uint64_t view;
	struct hash tag;
	struct bytes data;
};

/* Up to which (epoch, view) votes may be given: section 10 of docs/protocol.md.
 * The stamp orders them: the time in ms, or one above the stamp before.  Stamp 0:
 * nothing was ever reserved. */
struct reservation {
	uint64_t stamp;
	uint64_t epoch;
	uint64_t view;
};

#define RESERVATION_BYTES 24u /* three u64be */
void reservation_encode(uint8_t out[RESERVATION_BYTES], const struct reservation *reservation);
/* False: those bytes are none. */
MUST_CHECK bool reservation_decode(struct reservation *out, struct bytes data);

#endif
