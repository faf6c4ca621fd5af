/* Range check: a peer's answer of consecutive blocks, and all that consensus would
 * check of it, before anything of it is used.
 *
 * Its links first: headers, bodies and parcels' texts hash to one another, up to a header that
 * a quorum finalized.  Then only signatures inside of parcels are open, and
 * those are checked in slices, by as many workers as there are. */
#ifndef STELE_NODE_RANGE_CHECK_H
#define STELE_NODE_RANGE_CHECK_H

#include <sys/queue.h>

#include "base/limits.h"
#include "ledger/parcel.h"
#include "proto/certificate.h"
#include "proto/header.h"
#include "proto/peer.h"

struct node;

struct range_answer {
	const struct node *node; /* of which only what never changes is read */
	uint32_t peer;
	uint64_t from_height;    /* where it has to begin */
	uint32_t references;     /* counted on the pump's thread */
	struct bytes payload;    /* owned */
	/* once the links are checked; all bytes lie in the arena */
	struct arena arena;
	const Stele__RangeMessage *message;
	size_t count;
	struct header headers[LIMIT_RANGE_BLOCKS];
	struct bytes header_texts[LIMIT_RANGE_BLOCKS];
	struct bytes body_texts[LIMIT_RANGE_BLOCKS];
	struct hash hashes[LIMIT_RANGE_BLOCKS];
	struct certificate certificate;
	struct bytes certificate_data;
	struct parcel **parcels[LIMIT_RANGE_BLOCKS]; /* NULL: not opened yet */
	/* its way through node/ranges.c */
	size_t jobs;
	uint64_t signatures; /* checked */
	bool is_linked, is_dropped;
	enum err result;
	TAILQ_ENTRY(range_answer) link;
};

/* Consecutive parcels of one block: the work of one job. */
struct range_slice {
	size_t block, first, count;
};

/* Copies the payload; has one reference. */
struct range_answer *range_answer_new(const struct node *node, uint32_t peer,
				      uint64_t from_height, struct bytes payload);
void range_answer_release(struct range_answer *answer);

/* Decodes, checks the links and the certificate, and makes room for the parcels.
 * ERR_NOT_FOUND: it begins elsewhere, which is no lie.  Slow: for a worker, as is the
 * next; the two never run at once on one answer. */
MUST_CHECK enum err range_check_links(struct range_answer *answer);
/* The first slice, or the one after; false: there are no more. */
bool range_slice_next(const struct range_answer *answer, struct range_slice *slice);
/* Opens the parcels of a slice; *signatures: of those that it opened. */
MUST_CHECK enum err range_check_parcels(struct range_answer *answer,
					const struct range_slice *slice, uint64_t *signatures);

#endif
