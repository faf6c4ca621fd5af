/* Sign file: the small file outside the home that says up to where votes were
 * reserved last.  A home that was put back from a copy is behind it
 * (docs/protocol.md section 10).
 *
 *	stele/v1 sign-state
 *	chain <64 hex>
 *	key <66 hex>          the consensus key
 *	stamp <n>
 *	epoch <n>
 *	view <n>
 *
 * The simulator has one in memory (tests/sim/sign_file_sim.c). */
#ifndef STELE_NODE_SIGN_FILE_H
#define STELE_NODE_SIGN_FILE_H

#include "base/bytes.h"
#include "base/err.h"
#include "consensus/record.h"
#include "crypto/sign.h"

struct sign_file;

/* Neither reads nor writes yet.  path is absolute.  ERR_MEMORY, ERR_FILE_READ: the
 * path is too long. */
MUST_CHECK enum err sign_file_open(struct sign_file **out, const char *path,
				   const struct hash *chain, const struct public_key *key);
void sign_file_close(struct sign_file *file);
/* ERR_NOT_FOUND: there is none; ERR_SIGN_FILE_FOREIGN: of another chain or key;
 * ERR_FILE_FORM; ERR_FILE_READ. */
MUST_CHECK enum err sign_file_read(const struct sign_file *file, struct reservation *out);
/* Replaces it: durable on return, and at any moment the old one or the new one is
 * there, whole.  ERR_DISK_FULL, ERR_DISK_IO: which of them is not known. */
MUST_CHECK enum err sign_file_write(const struct sign_file *file,
				    const struct reservation *reservation);

#endif
