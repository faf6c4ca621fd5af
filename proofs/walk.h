/* Walking over an encoded message: field after field, looking only at those that are
 * asked for; docs/receipt.md section 3.  What is bound by a hash is read no deeper
 * than it is needed, so that whoever reads it needs no schema. */
#ifndef STELE_PROOFS_WALK_H
#define STELE_PROOFS_WALK_H

#include "base/bytes.h"

enum walk_type { WALK_NUMBER = 0, WALK_BYTES = 2 }; /* wire types */

struct walk_field {
	uint32_t number;
	enum walk_type type;
	bool is_needed;
	bool is_repeated; /* may stand there again; counted */
	uint64_t least; /* of the number, or of the bytes' length */
	uint64_t most;
	/* found: */
	bool is_there;
	uint64_t value; /* 0 where it is absent; of one that is repeated, how often */
	struct bytes bytes; /* a view into the message */
};

/* False: the bytes are no message, or a field that is asked for stands there twice, has
 * another type, breaks its bounds, or is needed and absent. */
bool walk_message(struct bytes message, struct walk_field *fields, size_t fields_count);
/* Minimal, at most 64 bits; 0 and a failed cursor otherwise. */
uint64_t walk_varint(struct cursor *cursor);

#endif
