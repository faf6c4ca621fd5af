/* Sets of validators whose keys the fuzz targets have, with real signatures. */
#ifndef STELE_TESTS_FUZZ_KEYS_H
#define STELE_TESTS_FUZZ_KEYS_H

#include "proto/set.h"
#include "proto/vote.h"

#define KEYS_MAX 7u

/* n of 1 to KEYS_MAX; made once for each n. */
const struct set *keys_set(uint32_t n);
const struct hash *keys_chain(void);
/* Of the validator at that index of that set. */
void keys_sign_vote(struct signature *out, const struct set *set, uint32_t index,
		    const struct hash *digest);
const struct secret *keys_node(const struct set *set, uint32_t index);

#endif
