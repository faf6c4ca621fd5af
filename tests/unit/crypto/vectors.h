/* What the tests of published vectors share: reading their forms of bytes. */
#ifndef STELE_TESTS_UNIT_CRYPTO_VECTORS_H
#define STELE_TESTS_UNIT_CRYPTO_VECTORS_H

#include "base/bytes.h"
#include "tests/lib/unit.h"

/* Bytes of a base64 string member; the test fails where it is none.  Free
 * them. */
uint8_t *vectors_base64(const json_t *text, size_t *len);
/* False where the base64 member holds another length than 32. */
bool vectors_hash(struct hash *out, const json_t *text);
/* A hash in hex. */
struct hash vectors_hash_hex(const char *hex);
/* Calls visit for each file that ends in .json in the folder and below. */
void vectors_each_file(const char *folder, void (*visit)(const char *path, void *context),
		       void *context);

#endif
