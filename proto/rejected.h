/* Rejected entries: what a block keeps of a transaction that a rule refused.
 *
 * Entry = 32-byte id | u16be error number | u32be parcel index | u32be position
 * within the parcel.  The header names their count and their RFC 6962 root;
 * without any, the root is SHA-256 of nothing. */
#ifndef STELE_PROTO_REJECTED_H
#define STELE_PROTO_REJECTED_H

#include "base/bytes.h"

#define REJECTED_ENTRY_BYTES 42

void rejected_encode(uint8_t out[REJECTED_ENTRY_BYTES], const struct hash *id, uint16_t code,
		     uint32_t parcel, uint32_t position);
/* The hash of the entry as a leaf of the rejected tree. */
void rejected_leaf(struct hash *out, const struct hash *id, uint16_t code, uint32_t parcel,
		   uint32_t position);

#endif
