/* The sealed genesis file: the document, one empty line, and the founders'
 * signatures over the stele/v1 found text:
 *
 *   founder <organisation id> <govern key, 66 hex> <signature, 128 hex>
 * ascending by id, one for each organisation that has a validator. */
#ifndef STELE_PROTO_GENESIS_FILE_H
#define STELE_PROTO_GENESIS_FILE_H

#include "proto/genesis.h"

struct founder {
	char org[LIMIT_SEGMENT + 1];
	struct public_key key;
	struct signature signature;
};

struct genesis_file {
	struct bytes document; /* a view into what was parsed */
	struct founder founders[LIMIT_VALIDATORS];
	uint32_t founders_count;
};

#define GENESIS_FILE_BYTES (LIMIT_GENESIS_BYTES + 1 + LIMIT_VALIDATORS * 280)

void genesis_file_render(struct buf *out, const struct genesis_file *file);
/* Form alone; a document without signatures is one too.  ERR_GENESIS_FORM. */
MUST_CHECK enum err genesis_file_parse(struct genesis_file *out, struct bytes text);
/* Every founder is an organisation with a validator, signed with one of its
 * govern keys, and all of them signed; genesis is the parsed document.
 * ERR_GENESIS_SIGNATURES: *missing (may be NULL) names the first organisation
 * whose signature is absent or wrong, a pointer into file or genesis. */
MUST_CHECK enum err genesis_file_check(const struct genesis_file *file,
				       const struct genesis *genesis, const char **missing);
/* One founder's signature: the organisation founds, the key is a govern key of
 * its own, the signature verifies. */
bool founder_verifies(const struct founder *founder, const struct genesis *genesis);

#endif
