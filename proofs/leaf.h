/* A leaf of the log as a receipt has it: the transaction, walked as deep as a verifier
 * needs to, its place and its path; docs/receipt.md section 3. */
#ifndef STELE_PROOFS_LEAF_H
#define STELE_PROOFS_LEAF_H

#include <jansson.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "crypto/sign.h"
#include "proto/header.h"

/* Numbers of the operations that a verifier looks into. */
enum leaf_operation {
	OPERATION_MOTION_OPEN = 16,
	OPERATION_MOTION_APPROVE = 17,
	OPERATION_MOTION_WITHDRAW = 18,
	OPERATION_CONTENT_ANCHOR = 81,
	OPERATION_CONTENT_BATCH = 82,
	OPERATION_CONTENT_ROLLUP = 83,
};

struct leaf {
	uint64_t log_index;
	struct hash *path;
	size_t path_count;
	struct bytes transaction; /* the data of the leaf without its first byte */
	struct bytes body;        /* the signed bytes, in it */
	struct signature signature;
	struct hash id; /* what was signed */
	struct hash chain;
	struct public_key signer;
	uint32_t operation; /* a known one */
	uint64_t motion;    /* of motion.approve and motion.withdraw */
	struct hash hash;   /* the content of content.anchor, the root of the others */
	uint64_t number;    /* its size, or how many lie under the root */
};

/* Paths and bytes are in the arena.  ERR_RECEIPT_FORM, ERR_MEMORY. */
MUST_CHECK enum err leaf_read(const json_t *object, struct arena *arena, struct leaf *out);
/* The transaction alone; out->path and log_index stay as they are.  ERR_RECEIPT_FORM. */
MUST_CHECK enum err leaf_walk(struct bytes transaction, struct leaf *out);
/* I2 and I3: the path leads to the header's log root, the chain is the header's, and the
 * signature verifies.  ERR_RECEIPT_INCLUSION. */
MUST_CHECK enum err leaf_check(const struct leaf *leaf, const struct header *top);

/* An entry of a batch or an item of a roll-up, in the tree whose root the record signed. */
struct leaf_entry {
	struct bytes data;
	uint64_t index;
	struct hash *path;
	size_t path_count;
	struct hash sha256;
	uint64_t size;
};

MUST_CHECK enum err leaf_entry_read(const json_t *object, struct arena *arena,
				    struct leaf_entry *out);
/* I4.  ERR_RECEIPT_INCLUSION. */
MUST_CHECK enum err leaf_entry_check(const struct leaf_entry *entry, const struct leaf *record);

#endif
