#include "clients/cli/bench/yardstick.h"

#include <lmdb.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "clients/cli/files.h"
#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "crypto/sign.h"

#define MAP_BYTES ((size_t)4 << 30) /* address space only */
#define BLOCK_RECORDS 500
#define RECORD_BYTES 192 /* signed; with its signature 256, as the bench's own */
#define SIGNERS 4
#define RECORDS 4096 /* distinct ones, visited in turn */

struct item {
	uint8_t bytes[RECORD_BYTES];
	struct signature signature;
};

struct bare {
	struct public_key keys[SIGNERS];
	struct item *items;
	MDB_env *env;
	struct merkle_frontier frontier;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	ASSERT(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void sign_items(struct bare *bare)
{
	struct secret secrets[SIGNERS];

	for (size_t i = 0; i < SIGNERS; i++) {
		ASSERT(sign_key_generate(&secrets[i]) == ERR_OK);
		ASSERT(sign_public(&bare->keys[i], &secrets[i]) == ERR_OK);
	}
	bare->items = calloc(RECORDS, sizeof(*bare->items));
	ASSERT(bare->items != NULL);
	for (size_t i = 0; i < RECORDS; i++) {
		struct item *item = &bare->items[i];
		struct hash digest;

		store_u64(item->bytes, i);
		sha256(&digest, item->bytes, sizeof(item->bytes));
		ASSERT(sign_digest(&item->signature, &secrets[i % SIGNERS], &digest) == ERR_OK);
	}
	for (size_t i = 0; i < SIGNERS; i++)
		secret_wipe(&secrets[i], sizeof(secrets[i]));
}

static bool put_record(struct bare *bare, MDB_txn *txn, MDB_dbi dbi)
{
	struct item *item = &bare->items[bare->frontier.size % RECORDS];
	uint8_t number[8];
	MDB_val key = {sizeof(number), number}, value = {sizeof(*item), item};
	struct hash digest, leaf;

	sha256(&digest, item->bytes, sizeof(item->bytes));
	ASSERT(sign_verify(&bare->keys[bare->frontier.size % RECORDS % SIGNERS], &digest,
			   &item->signature));
	merkle_leaf(&leaf, bytes_of(item, sizeof(*item)));
	store_u64(number, bare->frontier.size);
	merkle_frontier_append(&bare->frontier, &leaf);
	return mdb_put(txn, dbi, &key, &value, MDB_APPEND) == 0;
}

static bool put_block(struct bare *bare)
{
	bool is_good;
	MDB_txn *txn;
	MDB_dbi dbi;

	if (mdb_txn_begin(bare->env, NULL, 0, &txn) != 0)
		return false;
	is_good = mdb_dbi_open(txn, NULL, 0, &dbi) == 0;
	for (size_t i = 0; is_good && i < BLOCK_RECORDS; i++)
		is_good = put_record(bare, txn, dbi);
	if (is_good)
		return mdb_txn_commit(txn) == 0;
	mdb_txn_abort(txn);
	return false;
}

double yardstick_bare(const char *folder, uint32_t run_ms)
{
	char *path = path_of("%s/bare-%ld", folder, (long)getpid()), *lock = path_of("%s-lock", path);
	struct bare bare = {.env = NULL};
	uint64_t begin, end;
	bool is_good = mdb_env_create(&bare.env) == 0 &&
		       mdb_env_set_mapsize(bare.env, MAP_BYTES) == 0 &&
		       mdb_env_open(bare.env, path, MDB_NOSUBDIR, 0600) == 0;

	merkle_frontier_init(&bare.frontier);
	sign_items(&bare);
	begin = end = now_ns();
	while (is_good && end - begin < (uint64_t)run_ms * 1000000u) {
		is_good = put_block(&bare);
		end = now_ns();
	}
	mdb_env_close(bare.env);
	free(bare.items);
	(void)unlink(path);
	(void)unlink(lock);
	free(path);
	free(lock);
	return is_good ? (double)(end - begin) / (double)bare.frontier.size : -1;
}
