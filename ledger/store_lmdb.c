/* The store on LMDB: one environment a store, one named database a table.
 *
 * Every commit is synced (no MDB_NOSYNC, MDB_NOMETASYNC or MDB_WRITEMAP).  The
 * map grows between transactions: who grows it keeps newcomers out and waits
 * until nobody is inside, because a map that moves takes the readers' pages
 * with it.  So readers end soon: they also keep the file from reusing pages;
 * nobody holds one longer than STORE_READ_SECONDS_MAX. */
#include "ledger/store.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/mutant.h"

#define MAP_BYTES_MIN ((size_t)1 << 30)
/* What one transaction can need: parcels, leaves and attachments of a block,
 * its values, and the pages that are copied on the way. */
#define MAP_HEADROOM_BYTES ((size_t)256 << 20)
/* Below this no transaction begins: the disk then still has room for what is
 * under way elsewhere, and the refusal is clean. */
#define DISK_RESERVE_BYTES ((uint64_t)8 << 20)
#define READERS_MAX 1024
/* Of LMDB's table of readers: a cache line for each, and its head. */
#define READERS_BYTES (READERS_MAX * 64 + 4096)
#define PATH_BYTES_MAX 4000

static const char *const table_names[TABLE_COUNT] = {
	[TABLE_META] = "meta",	     [TABLE_BLOCK] = "block", [TABLE_BLOCK_HASH] = "block-hash",
	[TABLE_LEAF] = "leaf",	     [TABLE_ATTACHMENT] = "attachment",
	[TABLE_TILE] = "tile",	     [TABLE_VALUE] = "value", [TABLE_REJECTED] = "rejected",
	[TABLE_UNDO] = "undo",	     [TABLE_PARCEL] = "parcel",
	[TABLE_TX] = "tx",	     [TABLE_CHANGE] = "change",
	[TABLE_HISTORY] = "history", [TABLE_RECORD] = "record",
};

enum use {
	USE_DURABLE,
	USE_READING, /* MDB_RDONLY and no table of readers: nothing is written */
	USE_SCRATCH, /* not synced */
};

struct store {
	MDB_env *env;
	MDB_dbi tables[TABLE_COUNT];
	bool has_table[TABLE_COUNT]; /* one that is only read may lack some */
	enum use use;
	char *path;
	int lock_fd;
	size_t map_bytes; /* changed only by the writer, with nobody inside */
	pthread_mutex_t gate;
	pthread_cond_t gate_changed;
	unsigned inside;   /* transactions under way */
	bool is_growing;   /* newcomers wait */
	bool is_poisoned;
};

struct store_write {
	struct store *store;
	MDB_txn *txn;
};

struct store_read {
	struct store *store;
	MDB_txn *txn;
	/* Of a store that is only read: it is walked from end to end, and a cursor that stays
	 * finds the next row on the page where it stands. */
	MDB_cursor *cursors[TABLE_COUNT];
};

/* --- errors -------------------------------------------------------------- */

uint64_t store_disk_free(const struct store *store)
{
	struct statvfs stat;

	return statvfs(store->path, &stat) == 0 ? (uint64_t)stat.f_bavail * stat.f_frsize : 0;
}

static bool disk_is_low(const struct store *store)
{
	return store_disk_free(store) < DISK_RESERVE_BYTES;
}

static void poison(struct store *store)
{
	pthread_mutex_lock(&store->gate);
	store->is_poisoned = true;
	pthread_mutex_unlock(&store->gate);
}

/* LMDB reports a full disk as EIO where a write came back short, so the free
 * space decides.  Whatever it is, nothing is written after it. */
static enum err fail(struct store *store, int rc)
{
	poison(store);
	if (rc == ENOSPC || rc == EDQUOT || rc == MDB_MAP_FULL || (rc == EIO && disk_is_low(store)))
		return ERR_DISK_FULL;
	return rc == MDB_CORRUPTED || rc == MDB_PAGE_NOTFOUND ? ERR_STORE_DAMAGED : ERR_DISK_IO;
}

/* --- the gate ------------------------------------------------------------ */

/* is_inside: the caller has a transaction under way, which who grows waits for. */
static enum err gate_enter(struct store *store, bool is_inside)
{
	enum err err = ERR_OK;

	pthread_mutex_lock(&store->gate);
	while (store->is_growing && !is_inside)
		pthread_cond_wait(&store->gate_changed, &store->gate);
	if (store->is_poisoned)
		err = ERR_DISK_IO;
	else
		store->inside++;
	pthread_mutex_unlock(&store->gate);
	return err;
}

static void gate_leave(struct store *store)
{
	pthread_mutex_lock(&store->gate);
	ASSERT(store->inside > 0);
	store->inside--;
	pthread_cond_broadcast(&store->gate_changed);
	pthread_mutex_unlock(&store->gate);
}

static size_t map_used(const struct store *store)
{
	MDB_envinfo info;
	MDB_stat stat;

	ASSERT(mdb_env_info(store->env, &info) == 0 && mdb_env_stat(store->env, &stat) == 0);
	return (info.me_last_pgno + 1) * stat.ms_psize;
}

static int map_grow(struct store *store, size_t used)
{
	size_t bytes = store->map_bytes;
	int dead, rc;

	(void)mdb_reader_check(store->env, &dead); /* of processes that copied and were killed */
	while (bytes - used < MAP_HEADROOM_BYTES)
		bytes *= 2;
	pthread_mutex_lock(&store->gate);
	store->is_growing = true;
	while (store->inside > 0)
		pthread_cond_wait(&store->gate_changed, &store->gate);
	rc = mdb_env_set_mapsize(store->env, bytes);
	if (rc == 0)
		store->map_bytes = bytes;
	store->is_growing = false;
	pthread_cond_broadcast(&store->gate_changed);
	pthread_mutex_unlock(&store->gate);
	return rc;
}

/* --- opening ------------------------------------------------------------- */

/* Who only reads keeps writers out, where ever one was: a copy may have no lock. */
static enum err lock_share(struct store *store, const char *name)
{
	store->lock_fd = open(name, O_RDONLY | O_CLOEXEC);
	if (store->lock_fd < 0)
		return errno == ENOENT ? ERR_OK : ERR_DISK_IO;
	if (flock(store->lock_fd, LOCK_SH | LOCK_NB) == 0)
		return ERR_OK;
	return errno == EWOULDBLOCK ? ERR_STORE_LOCKED : ERR_DISK_IO;
}

/* Held until the process ends or closes: one process, one store. */
static enum err lock_take(struct store *store)
{
	char name[PATH_BYTES_MAX + 8];

	(void)snprintf(name, sizeof(name), "%s/lock", store->path);
	if (store->use == USE_READING)
		return lock_share(store, name);
	store->lock_fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (store->lock_fd < 0)
		return errno == ENOSPC ? ERR_DISK_FULL : ERR_DISK_IO;
	if (flock(store->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return ERR_OK;
	return errno == EWOULDBLOCK ? ERR_STORE_LOCKED : ERR_DISK_IO;
}

static int tables_open(struct store *store)
{
	bool is_reading = store->use == USE_READING;
	MDB_txn *txn;
	int rc = mdb_txn_begin(store->env, NULL, is_reading ? MDB_RDONLY : 0, &txn);

	if (rc != 0)
		return rc;
	for (int i = 0; i < TABLE_COUNT && rc == 0; i++) {
		rc = mdb_dbi_open(txn, table_names[i], is_reading ? 0 : MDB_CREATE,
				  &store->tables[i]);
		store->has_table[i] = rc == 0;
		if (is_reading && rc == MDB_NOTFOUND)
			rc = 0;
	}
	if (rc != 0) {
		mdb_txn_abort(txn);
		return rc;
	}
	return mdb_txn_commit(txn);
}

/* LMDB writes its table of readers through a map, where a full disk is a SIGBUS:
 * so it gets its blocks now. */
static int readers_reserve(const struct store *store)
{
	char name[PATH_BYTES_MAX + 16];
	int fd, rc;

	(void)snprintf(name, sizeof(name), "%s/lock.mdb", store->path);
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	rc = posix_fallocate(fd, 0, READERS_BYTES);
	close(fd);
	return rc;
}

static unsigned flags_of(const struct store *store)
{
	if (store->use == USE_READING)
		return MDB_NOTLS | MDB_RDONLY | MDB_NOLOCK;
	if (store->use == USE_SCRATCH)
		return MDB_NOTLS | MDB_NOSYNC;
	if (mutant_on("store_nosync"))
		return MDB_NOTLS | MDB_NOSYNC;
	return mutant_on("store_nometasync") ? MDB_NOTLS | MDB_NOMETASYNC : MDB_NOTLS;
}

static int environment_open(struct store *store)
{
	int dead = 0;
	int rc = store->use == USE_READING ? 0 : readers_reserve(store);

	if (rc == 0)
		rc = mdb_env_create(&store->env);
	if (rc == 0)
		rc = mdb_env_set_maxdbs(store->env, TABLE_COUNT);
	if (rc == 0)
		rc = mdb_env_set_maxreaders(store->env, READERS_MAX);
	if (rc == 0)
		rc = mdb_env_set_mapsize(store->env, MAP_BYTES_MIN);
	if (rc == 0)
		rc = mdb_env_open(store->env, store->path, flags_of(store), 0600);
	if (rc == 0)
		rc = mdb_reader_check(store->env, &dead);
	if (rc == 0) {
		MDB_envinfo info;

		ASSERT(mdb_env_info(store->env, &info) == 0);
		store->map_bytes = info.me_mapsize; /* an older, larger map stays */
		rc = tables_open(store);
	}
	return rc;
}

static bool folder_sync(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool is_done = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return is_done;
}

/* A synced file whose name is not durable is gone after a power cut: its folder,
 * and the folder of that, are synced before anything relies on it.  Each time, for
 * nobody knows whether the process that made them came so far. */
static enum err names_sync(const struct store *store)
{
	char parent[PATH_BYTES_MAX + 8];

	if (store->use != USE_DURABLE || mutant_on("store_name_not_synced"))
		return ERR_OK;
	(void)snprintf(parent, sizeof(parent), "%s/..", store->path);
	return folder_sync(store->path) && folder_sync(parent) ? ERR_OK : ERR_DISK_IO;
}

static enum err open_for(enum use use, struct store **out, const char *path)
{
	struct store *store;
	enum err err;
	int rc;

	if (strlen(path) > PATH_BYTES_MAX)
		return ERR_DISK_IO;
	if (use != USE_READING && mkdir(path, 0700) != 0 && errno != EEXIST)
		return errno == ENOSPC ? ERR_DISK_FULL : ERR_DISK_IO;
	store = calloc(1, sizeof(*store));
	if (store == NULL)
		return ERR_MEMORY;
	store->use = use;
	store->lock_fd = -1;
	pthread_mutex_init(&store->gate, NULL);
	pthread_cond_init(&store->gate_changed, NULL);
	store->path = strdup(path);
	err = store->path == NULL ? ERR_MEMORY : lock_take(store);
	if (err == ERR_OK) {
		rc = environment_open(store);
		if (rc != 0)
			err = rc == MDB_INVALID || rc == MDB_VERSION_MISMATCH ? ERR_STORE_DAMAGED
									       : fail(store, rc);
	}
	if (err == ERR_OK)
		err = names_sync(store);
	if (err != ERR_OK) {
		store_close(store);
		return err;
	}
	*out = store;
	return ERR_OK;
}

enum err store_open(struct store **out, const char *path)
{
	return open_for(USE_DURABLE, out, path);
}

enum err store_open_reading(struct store **out, const char *path)
{
	return open_for(USE_READING, out, path);
}

enum err store_open_scratch(struct store **out, const char *path)
{
	return open_for(USE_SCRATCH, out, path);
}

void store_close(struct store *store)
{
	if (store == NULL)
		return;
	ASSERT(store->inside == 0);
	if (store->env != NULL)
		mdb_env_close(store->env);
	if (store->lock_fd >= 0)
		close(store->lock_fd);
	pthread_cond_destroy(&store->gate_changed);
	pthread_mutex_destroy(&store->gate);
	free(store->path);
	free(store);
}

/* --- writing ------------------------------------------------------------- */

static MDB_val val_of(struct bytes bytes)
{
	return (MDB_val){.mv_size = bytes.len, .mv_data = (void *)(uintptr_t)bytes.at};
}

static struct bytes bytes_of_val(const MDB_val *val)
{
	return bytes_of(val->mv_data, val->mv_size);
}

static void write_end(struct store_write *write)
{
	gate_leave(write->store);
	free(write);
}

enum err store_write_begin(struct store *store, struct store_write **out)
{
	struct store_write *write;
	size_t used;
	enum err err;
	int rc;

	if (disk_is_low(store))
		return ERR_DISK_LOW;
	err = gate_enter(store, false);
	if (err != ERR_OK)
		return err;
	used = map_used(store);
	if (used + MAP_HEADROOM_BYTES > store->map_bytes) {
		gate_leave(store);
		rc = map_grow(store, used);
		if (rc != 0)
			return fail(store, rc);
		err = gate_enter(store, false);
		if (err != ERR_OK)
			return err;
	}
	write = calloc(1, sizeof(*write));
	if (write == NULL) {
		gate_leave(store);
		return ERR_MEMORY;
	}
	write->store = store;
	rc = mdb_txn_begin(store->env, NULL, 0, &write->txn);
	if (rc != 0) {
		write_end(write);
		return fail(store, rc);
	}
	*out = write;
	return ERR_OK;
}

enum err store_put(struct store_write *write, enum table table, struct bytes key,
		   struct bytes value, bool is_append)
{
	MDB_dbi dbi = write->store->tables[table];
	MDB_val key_val = val_of(key);
	MDB_val value_val = val_of(value);
	int rc = mdb_put(write->txn, dbi, &key_val, &value_val, is_append ? MDB_APPEND : 0);

	if (rc == MDB_KEYEXIST) /* not above the others after all: slower, not wrong */
		rc = mdb_put(write->txn, dbi, &key_val, &value_val, 0);
	return rc == 0 ? ERR_OK : fail(write->store, rc);
}

enum err store_delete(struct store_write *write, enum table table, struct bytes key)
{
	MDB_val key_val = val_of(key);
	int rc = mdb_del(write->txn, write->store->tables[table], &key_val, NULL);

	return rc == 0 || rc == MDB_NOTFOUND ? ERR_OK : fail(write->store, rc);
}

enum err store_clear(struct store_write *write, enum table table)
{
	int rc = mdb_drop(write->txn, write->store->tables[table], 0);

	return rc == 0 ? ERR_OK : fail(write->store, rc);
}

static enum err got(struct store *store, int rc, const MDB_val *value_val, struct bytes *value)
{
	if (rc == MDB_NOTFOUND)
		return ERR_NOT_FOUND;
	if (rc != 0)
		return fail(store, rc);
	*value = bytes_of_val(value_val);
	return ERR_OK;
}

enum err store_write_get(struct store_write *write, enum table table, struct bytes key,
			 struct bytes *value)
{
	MDB_val key_val = val_of(key);
	MDB_val value_val;
	int rc = mdb_get(write->txn, write->store->tables[table], &key_val, &value_val);

	return got(write->store, rc, &value_val, value);
}

/* A put that failed earlier in the transaction has poisoned the store. */
enum err store_commit(struct store_write *write)
{
	struct store *store = write->store;
	bool is_poisoned;
	int rc;

	pthread_mutex_lock(&store->gate);
	is_poisoned = store->is_poisoned;
	pthread_mutex_unlock(&store->gate);
	if (is_poisoned) {
		store_abort(write);
		return ERR_DISK_IO;
	}
	rc = mdb_txn_commit(write->txn);
	write_end(write);
	return rc == 0 ? ERR_OK : fail(store, rc);
}

void store_abort(struct store_write *write)
{
	mdb_txn_abort(write->txn);
	write_end(write);
}

/* --- reading ------------------------------------------------------------- */

static enum err read_begin(struct store *store, bool is_inside, struct store_read **out)
{
	struct store_read *read;
	enum err err = gate_enter(store, is_inside);
	int rc;

	if (err != ERR_OK)
		return err;
	read = calloc(1, sizeof(*read));
	if (read == NULL) {
		gate_leave(store);
		return ERR_MEMORY;
	}
	read->store = store;
	rc = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &read->txn);
	if (rc != 0) {
		free(read);
		gate_leave(store);
		/* All reader slots taken is the callers' load, not the disk's fault. */
		return rc == MDB_READERS_FULL ? ERR_FULL : fail(store, rc);
	}
	*out = read;
	return ERR_OK;
}

enum err store_read_begin(struct store *store, struct store_read **out)
{
	return read_begin(store, false, out);
}

enum err store_read_newest(struct store_read *held, struct store_read **out)
{
	return read_begin(held->store, true, out);
}

bool store_read_is_waited_for(struct store_read *read)
{
	bool is_growing;

	pthread_mutex_lock(&read->store->gate);
	is_growing = read->store->is_growing;
	pthread_mutex_unlock(&read->store->gate);
	return is_growing;
}

void store_read_end(struct store_read *read)
{
	for (int i = 0; i < TABLE_COUNT; i++) {
		if (read->cursors[i] != NULL)
			mdb_cursor_close(read->cursors[i]);
	}
	mdb_txn_abort(read->txn);
	gate_leave(read->store);
	free(read);
}

/* The cursor that stays; *out is NULL where the store is written to as well. */
static int cursor_kept(struct store_read *read, enum table table, MDB_cursor **out)
{
	int rc = 0;

	if (read->store->use == USE_READING && read->cursors[table] == NULL)
		rc = mdb_cursor_open(read->txn, read->store->tables[table],
				     &read->cursors[table]);
	*out = read->cursors[table];
	return rc;
}

enum err store_get(struct store_read *read, enum table table, struct bytes key,
		   struct bytes *value)
{
	MDB_val key_val = val_of(key);
	MDB_val value_val;
	MDB_cursor *kept;
	int rc;

	if (!read->store->has_table[table])
		return ERR_NOT_FOUND;
	rc = cursor_kept(read, table, &kept);
	if (rc == 0)
		rc = kept != NULL ? mdb_cursor_get(kept, &key_val, &value_val, MDB_SET)
				  : mdb_get(read->txn, read->store->tables[table], &key_val,
					    &value_val);
	return got(read->store, rc, &value_val, value);
}

/* LMDB knows "first >=" only: the last <= is that one if equal, else the one
 * before it, or the last of all. */
static int seek(MDB_cursor *cursor, bool is_backwards, MDB_val *key, MDB_val *value)
{
	MDB_val from = *key;
	int rc;

	if (from.mv_size == 0) /* no key of LMDB's, yet below all others */
		return is_backwards ? MDB_NOTFOUND : mdb_cursor_get(cursor, key, value, MDB_FIRST);
	rc = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
	if (!is_backwards)
		return rc;
	if (rc == MDB_NOTFOUND)
		return mdb_cursor_get(cursor, key, value, MDB_LAST);
	if (rc != 0 || (key->mv_size == from.mv_size &&
			memcmp(key->mv_data, from.mv_data, from.mv_size) == 0))
		return rc;
	return mdb_cursor_get(cursor, key, value, MDB_PREV);
}

/* A damaged page may hold keys out of order; whoever walks a table would then walk in
 * circles. */
static bool is_beyond(struct bytes key, struct bytes from, bool is_backwards)
{
	size_t len = key.len < from.len ? key.len : from.len;
	int order = len > 0 ? memcmp(key.at, from.at, len) : 0;

	if (order == 0)
		order = (key.len > from.len) - (key.len < from.len);
	return is_backwards ? order > 0 : order < 0;
}

enum err store_seek(struct store_read *read, enum table table, struct bytes from,
		    bool is_backwards, struct bytes *key, struct bytes *value)
{
	MDB_cursor *kept, *cursor;
	MDB_val key_val = val_of(from);
	MDB_val value_val;
	int rc;

	if (!read->store->has_table[table])
		return ERR_NOT_FOUND;
	rc = cursor_kept(read, table, &kept);
	cursor = kept;
	if (rc == 0 && kept == NULL)
		rc = mdb_cursor_open(read->txn, read->store->tables[table], &cursor);
	if (rc != 0)
		return fail(read->store, rc);
	rc = seek(cursor, is_backwards, &key_val, &value_val);
	if (kept == NULL)
		mdb_cursor_close(cursor);
	if (rc == MDB_NOTFOUND)
		return ERR_NOT_FOUND;
	if (rc != 0)
		return fail(read->store, rc);
	*key = bytes_of_val(&key_val);
	*value = bytes_of_val(&value_val);
	return is_beyond(*key, from, is_backwards) ? ERR_STORE_DAMAGED : ERR_OK;
}

enum err store_count(struct store_read *read, enum table table, uint64_t max, uint64_t *out)
{
	MDB_val key, value;
	MDB_cursor *cursor;
	uint64_t count = 0;
	int rc;

	*out = 0;
	if (!read->store->has_table[table])
		return ERR_OK;
	rc = mdb_cursor_open(read->txn, read->store->tables[table], &cursor);
	if (rc != 0)
		return fail(read->store, rc);
	rc = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
	for (; rc == 0 && count <= max; count++)
		rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
	mdb_cursor_close(cursor);
	if (rc != 0 && rc != MDB_NOTFOUND)
		return fail(read->store, rc);
	*out = count;
	return ERR_OK;
}

void store_size(struct store *store, uint64_t *used, uint64_t *disk_free)
{
	*disk_free = store_disk_free(store);
	*used = 0;
	if (gate_enter(store, false) == ERR_OK) {
		*used = map_used(store);
		gate_leave(store);
	}
}
