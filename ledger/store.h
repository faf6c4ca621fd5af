/* Store: an ordered key-value file with atomic durable transactions; the seam
 * behind which LMDB (store_lmdb.c) or the simulator's disk (tests/sim) stands.
 *
 * One writer at a time, any number of readers on any thread; a reader sees one
 * state throughout.  A commit that returned ERR_OK is durable.  A begin that
 * finds the disk nearly full gives ERR_DISK_LOW and changes nothing.  Any other
 * error of begin, put or commit is ERR_DISK_IO, ERR_DISK_FULL or
 * ERR_STORE_DAMAGED: the store is poisoned and every later begin fails.
 * begin and commit of one write are called on one thread. */
#ifndef STELE_LEDGER_STORE_H
#define STELE_LEDGER_STORE_H

#include "base/bytes.h"
#include "base/err.h"

enum table {
	TABLE_META,       /* short text keys: format, chain, tip … */
	TABLE_BLOCK,      /* u64be height -> block entry, docs/ledger.md section 9 */
	TABLE_BLOCK_HASH, /* block hash -> u64be height */
	TABLE_LEAF,       /* u64be log index -> leaf data */
	TABLE_ATTACHMENT, /* u64be log index -> attachment */
	TABLE_TILE,       /* u8 level | u64be tile -> up to 256 hashes, and roots */
	TABLE_VALUE,      /* u64be leaf number -> key, value */
	TABLE_REJECTED,   /* u64be height | u32be k -> entry and transaction bytes */
	TABLE_UNDO,       /* u64be height | u32be k -> values that its block replaced */
	TABLE_PARCEL,     /* u64be height | u32be k -> parcel of a committed block */
	TABLE_TX,         /* transaction id -> where it is; built behind the commit */
	TABLE_CHANGE,     /* u64be log index -> objects that the record changed */
	TABLE_HISTORY,    /* object | 0 | u64be k -> its k-th record; built behind the commit */
	TABLE_RECORD,     /* the journal's own */
	TABLE_COUNT
};

/* A reader holds back the reuse of freed space and the growth of the file, so
 * nobody keeps one longer than this. */
#define STORE_READ_SECONDS_MAX 10

struct store;
struct store_write;
struct store_read;

/* path: a folder, made if absent.  ERR_STORE_LOCKED, ERR_DISK_IO. */
MUST_CHECK enum err store_open(struct store **out, const char *path);
/* A store that is only read, and that nobody writes to meanwhile: nothing in its
 * folder is made or changed, any number of processes may have it open so, and a
 * table that is not there is empty.  ERR_STORE_LOCKED: a process writes to it. */
MUST_CHECK enum err store_open_reading(struct store **out, const char *path);
/* A store that is thrown away: a commit is not durable, so it costs no sync. */
MUST_CHECK enum err store_open_scratch(struct store **out, const char *path);
void store_close(struct store *store);

MUST_CHECK enum err store_write_begin(struct store *store, struct store_write **out);
/* is_append: the key is above all others of the table (faster). */
MUST_CHECK enum err store_put(struct store_write *write, enum table table, struct bytes key,
			      struct bytes value, bool is_append);
/* A key that is absent is a success. */
MUST_CHECK enum err store_delete(struct store_write *write, enum table table, struct bytes key);
/* Takes all rows of the table away. */
MUST_CHECK enum err store_clear(struct store_write *write, enum table table);
/* Sees the transaction's own puts; value is lent until the next call on write.
 * ERR_NOT_FOUND. */
MUST_CHECK enum err store_write_get(struct store_write *write, enum table table, struct bytes key,
				    struct bytes *value);
/* Ends the transaction either way. */
MUST_CHECK enum err store_commit(struct store_write *write);
void store_abort(struct store_write *write);

MUST_CHECK enum err store_read_begin(struct store *store, struct store_read **out);
/* A second, newest reader for a thread that holds one: store_read_begin may wait
 * for the map to grow, which waits for the one that is held. */
MUST_CHECK enum err store_read_newest(struct store_read *held, struct store_read **out);
void store_read_end(struct store_read *read);
/* Whether the writer waits for readers to end, because the map must grow: who reads long
 * gives up then. */
bool store_read_is_waited_for(struct store_read *read);
/* Lent until store_read_end.  ERR_NOT_FOUND. */
MUST_CHECK enum err store_get(struct store_read *read, enum table table, struct bytes key,
			      struct bytes *value);
/* The first entry whose key is >= (or, backwards, <=) from.  ERR_NOT_FOUND;
 * ERR_STORE_DAMAGED where the table's order is broken. */
MUST_CHECK enum err store_seek(struct store_read *read, enum table table, struct bytes from,
			       bool is_backwards, struct bytes *key, struct bytes *value);
/* How many rows the table has, one by one; no further than max + 1. */
MUST_CHECK enum err store_count(struct store_read *read, enum table table, uint64_t max,
				uint64_t *out);
/* Free bytes of its file system for who is not root; 0 where that is not known. */
uint64_t store_disk_free(const struct store *store);
/* Bytes used on disk, and store_disk_free. */
void store_size(struct store *store, uint64_t *used, uint64_t *disk_free);

#endif
