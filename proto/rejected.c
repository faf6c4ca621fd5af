#include "proto/rejected.h"

#include <string.h>

#include "crypto/merkle.h"

void rejected_encode(uint8_t out[REJECTED_ENTRY_BYTES], const struct hash *id, uint16_t code,
		     uint32_t parcel, uint32_t position)
{
	memcpy(out, id->b, sizeof(id->b));
	out[32] = (uint8_t)(code >> 8);
	out[33] = (uint8_t)code;
	store_u32(out + 34, parcel);
	store_u32(out + 38, position);
}

void rejected_leaf(struct hash *out, const struct hash *id, uint16_t code, uint32_t parcel,
		   uint32_t position)
{
	uint8_t entry[REJECTED_ENTRY_BYTES];

	rejected_encode(entry, id, code, parcel, position);
	merkle_leaf(out, bytes_of(entry, sizeof(entry)));
}
