#include "clients/cli/bench/yardstick.h"

#include <lmdb.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "clients/cli/files.h"

#define MAP_BYTES ((size_t)256 << 20)
#define VALUE_BYTES 1024

static uint64_t now_ns(void)
{
	struct timespec now;

	ASSERT(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static bool put_one(MDB_env *env, uint64_t number)
{
	static char zeros[VALUE_BYTES];
	uint8_t key_bytes[8];
	MDB_val key = {sizeof(key_bytes), key_bytes}, value = {sizeof(zeros), zeros};
	MDB_txn *txn;
	MDB_dbi dbi;

	store_u64(key_bytes, number);
	if (mdb_txn_begin(env, NULL, 0, &txn) != 0)
		return false;
	if (mdb_dbi_open(txn, NULL, 0, &dbi) == 0 &&
	    mdb_put(txn, dbi, &key, &value, MDB_APPEND) == 0)
		return mdb_txn_commit(txn) == 0;
	mdb_txn_abort(txn);
	return false;
}

double yardstick_lmdb_commit(const char *folder, uint32_t run_ms)
{
	char *path = path_of("%s/lmdb-%ld", folder, (long)getpid()), *lock = path_of("%s-lock", path);
	uint64_t begin, end, count = 0;
	MDB_env *env = NULL;
	bool is_good = mdb_env_create(&env) == 0 && mdb_env_set_mapsize(env, MAP_BYTES) == 0 &&
		       mdb_env_open(env, path, MDB_NOSUBDIR, 0600) == 0;

	begin = end = now_ns();
	while (is_good && end - begin < (uint64_t)run_ms * 1000000u) {
		is_good = put_one(env, count++);
		end = now_ns();
	}
	mdb_env_close(env);
	(void)unlink(path);
	(void)unlink(lock);
	free(path);
	free(lock);
	return is_good && count > 0 ? (double)(end - begin) / (double)count : -1;
}
