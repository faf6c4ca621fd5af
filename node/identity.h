/* Identity: which chain this node belongs to and as whom: the genesis in its
 * home, checked with all its founders' signatures, and its keys, unlocked and
 * matched against the validator set. */
#ifndef STELE_NODE_IDENTITY_H
#define STELE_NODE_IDENTITY_H

#include "base/bytes.h"
#include "base/err.h"
#include "crypto/secret.h"
#include "node/config.h"
#include "proto/genesis.h"

#define IDENTITY_DETAIL_BYTES 512
#define PASSPHRASE_BYTES_MAX 1024
/* The variable that may hold the number of a descriptor to read the passphrase
 * from; it goes before the file of the configuration. */
#define PASSPHRASE_FD_VARIABLE "STELE_PASSPHRASE_FD"

struct identity {
	struct buf genesis_file;    /* the document with its signatures */
	struct bytes genesis_text;  /* the document: what the chain's name is the hash of */
	struct genesis *genesis;
	struct secret node_key;
	struct secret consensus_key;
	bool is_validator;          /* consensus_key is set */
	uint32_t self;              /* index in the set, or SET_NO_INDEX */
};

/* From the home folder at path.  On an error detail has the facts, and nothing
 * is held.  ERR_FILE_READ, ERR_GENESIS_*, ERR_KEY_*, ERR_CONFIG. */
MUST_CHECK enum err identity_open(struct identity *out, char detail[IDENTITY_DETAIL_BYTES],
				  const char *path, const struct config *config);
/* Wipes the keys. */
void identity_release(struct identity *identity);

#endif
