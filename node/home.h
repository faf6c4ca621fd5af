/* Home: the folder of one node, and the lock by which one process at a time
 * uses it.
 *
 *	format              "stele-home 1"
 *	lock                held while steled runs
 *	never-signed        until the first start; see node/sign_state.h
 *	steled.conf         settings
 *	genesis.txt         the genesis document and its founders' signatures
 *	keys/node.key       proves this node to others
 *	keys/consensus.key  signs votes; a validator's only
 *	chain/              the ledger            (LMDB)
 *	journal/            votes and bodies      (LMDB)
 *	checkpoints/        the state tree, for a short start; may be removed (LMDB)
 *
 * Beside it, never in it, HOME.sign-state/reserved: see node/sign_file.h. */
#ifndef STELE_NODE_HOME_H
#define STELE_NODE_HOME_H

#include "base/bytes.h"
#include "base/err.h"

#define HOME_FORMAT "format"
#define HOME_LOCK "lock"
#define HOME_NEVER_SIGNED "never-signed"
#define HOME_CONFIG "steled.conf"
#define HOME_GENESIS "genesis.txt"
#define HOME_KEYS "keys"
#define HOME_NODE_KEY "keys/node.key"
#define HOME_CONSENSUS_KEY "keys/consensus.key"
#define HOME_CHAIN "chain"
#define HOME_JOURNAL "journal"
#define HOME_CHECKPOINTS "checkpoints"

#define HOME_PATH_BYTES 4096
#define HOME_SIGN_FOLDER ".sign-state" /* after the home's own path */
#define HOME_SIGN_FILE "reserved"

struct home {
	char path[HOME_PATH_BYTES];
	int lock; /* descriptor */
};

/* Makes an absent or empty folder into a home: format, keys/ and never-signed,
 * for the owner alone.  ERR_FILE_EXISTS: there is something in it; ERR_FILE_WRITE. */
MUST_CHECK enum err home_create(const char *path);

/* Checks the format and takes the lock.  ERR_FILE_READ: there is no home;
 * ERR_STORE_FORMAT; ERR_STORE_LOCKED; ERR_FILE_WRITE. */
MUST_CHECK enum err home_open(struct home *out, const char *path);
void home_close(struct home *home);

/* path/name; a name that begins with '/' stands for itself.  False: too long. */
bool home_join(char out[HOME_PATH_BYTES], const char *path, const char *name);
/* Appends the whole file, up to what the buffer takes.  ERR_FILE_READ;
 * ERR_FILE_FORM: larger than that. */
MUST_CHECK enum err home_read(struct buf *out, const char *path, const char *name);
/* A new durable file, for the owner alone.  ERR_FILE_EXISTS, ERR_FILE_WRITE:
 * nothing is left behind. */
MUST_CHECK enum err home_write(const char *path, const char *name, struct bytes content);
/* Durably.  ERR_FILE_WRITE. */
MUST_CHECK enum err home_remove(const char *path, const char *name);

/* The absolute path of the home's sign file: configured, seen from the home, or,
 * where that is "", the one beside the home.  False: too long, or no home. */
bool home_sign_file(char out[HOME_PATH_BYTES], const char *path, const char *configured);
/* Makes the folder beside the home if it is absent.  ERR_FILE_WRITE. */
MUST_CHECK enum err home_make_sign_folder(const char *path);
/* Before a sign file is looked for: that none is there says something only where one
 * can be.  ERR_FILE_WRITE: its folder is absent or may not be written to; ERR_CONFIG:
 * it lies in the home, where a copy of the home takes it along. */
MUST_CHECK enum err home_check_sign_file(const char *path, const char *file);

#endif
