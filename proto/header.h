/* The block header: a canonical text whose first three lines are a C2SP
 * checkpoint; docs/ledger.md section 3.  Block hash = SHA-256 of the text. */
#ifndef STELE_PROTO_HEADER_H
#define STELE_PROTO_HEADER_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/limits.h"

#define ORIGIN_MAX 127

struct header {
	char origin[ORIGIN_MAX + 1]; /* network name, '/', first 16 hex of chain */
	uint64_t log_size;
	struct hash log_root;
	struct hash chain;
	uint64_t height;
	uint64_t epoch;
	uint64_t view;
	struct hash parent;
	uint64_t parent_view;
	uint64_t time_ms;
	uint32_t proposer;
	struct hash body;
	struct hash state;
	uint32_t rejected_count;
	struct hash rejected_root;
	struct hash validators;
	bool has_next_validators;
	struct hash next_validators;
};

/* [a-z0-9.-]{1,64}(/[a-z0-9.-]{1,32})*, so long that an origin still fits. */
#define NETWORK_NAME_MAX (ORIGIN_MAX - 17)
bool network_name_is_valid(struct bytes name);

void header_render(struct buf *out, const struct header *header);
/* Strict: rendering the result gives the text again.  Also: the origin ends with
 * the chain's first digits, no rejected entries give the empty root.
 * ERR_TEXT_FORM; out is then undefined. */
MUST_CHECK enum err header_parse(struct header *out, struct bytes text);

#endif
