/* The validator set: who votes in an epoch, and the text that its hash covers.
 *
 *   stele/v1 set
 *   <id> <organisation> <consensus key hex> <node key hex>     one line each,
 * sorted by the bytes of the consensus key; a validator's index is its line
 * from 0; the set's hash is SHA-256 of the text. */
#ifndef STELE_PROTO_SET_H
#define STELE_PROTO_SET_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/limits.h"
#include "crypto/sign.h"

struct validator {
	char id[LIMIT_SEGMENT + 1]; /* [A-Za-z0-9._-]{1,64} */
	char org[LIMIT_SEGMENT + 1];
	struct public_key consensus_key;
	struct public_key node_key;
};

struct set {
	struct validator validators[LIMIT_VALIDATORS];
	uint32_t count; /* 1 … LIMIT_VALIDATORS */
	struct hash hash;
};

#define SET_NO_INDEX UINT32_MAX

void set_render(struct buf *out, const struct set *set);
/* Strict; fills in the hash.  ERR_TEXT_FORM: form, order, a key, an id or an
 * organisation twice, a key that is no point; out is then undefined. */
MUST_CHECK enum err set_parse(struct set *out, struct bytes text);
/* Count, ids, keys (points, each in one place only) and order are those of a set
 * that set_parse would give; the hash is not looked at. */
bool set_is_sound(const struct set *set);
/* Sorts by consensus key and computes the hash. */
void set_seal(struct set *set);

/* f = floor((n-1)/3), q = n - f. */
uint32_t set_faults(uint32_t count);
uint32_t set_quorum(uint32_t count);
/* The index of whoever has this node key, or SET_NO_INDEX. */
uint32_t set_find_node(const struct set *set, const struct public_key *node_key);
uint32_t set_find_consensus(const struct set *set, const struct public_key *consensus_key);

#endif
