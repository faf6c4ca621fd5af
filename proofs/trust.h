/* Trust: what a reader relies on, and never takes from a receipt; docs/receipt.md
 * section 7.  A chain, the validator sets of consecutive epochs, and perhaps a head. */
#ifndef STELE_PROOFS_TRUST_H
#define STELE_PROOFS_TRUST_H

#include "base/bytes.h"
#include "base/err.h"
#include "proto/header.h"

#define TRUST_SETS_MAX 512
#define PIN_BYTES_MAX 65536

struct trust_head {
	uint64_t height;
	struct hash block;
	uint64_t log_size;
	struct hash log_root;
};

struct trust {
	char origin[ORIGIN_MAX + 1];
	struct hash chain;
	uint64_t epoch; /* of the first set */
	uint32_t sets_count; /* 1 … TRUST_SETS_MAX */
	struct hash sets[TRUST_SETS_MAX];
	bool has_head;
	struct trust_head head;
};

/* A sealed genesis file (whose signatures are not looked at) or a pin.
 * ERR_GENESIS_FORM, ERR_TRUST, ERR_MEMORY; out is then undefined. */
MUST_CHECK enum err trust_parse(struct trust *out, struct bytes text);
/* Whether the text is meant to be a pin. */
bool trust_is_pin(struct bytes text);
/* Of one that has a head. */
void pin_render(struct buf *out, const struct trust *trust);

/* The set hash of that epoch, or NULL. */
const struct hash *trust_set(const struct trust *trust, uint64_t epoch);
uint64_t trust_epoch_last(const struct trust *trust);
/* That of the next epoch; where there is no room for it, the oldest goes. */
void trust_add_set(struct trust *trust, const struct hash *set);

#endif
