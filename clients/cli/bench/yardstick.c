#include "clients/cli/bench/yardstick.h"

#include <stdlib.h>
#include <time.h>

#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "crypto/sign.h"

/* More than a thread remembers, visited in turn, so that each is new again. */
#define KEYS_NEW 8192

struct run {
	struct secret secret;
	struct public_key key;
	struct public_key *keys; /* only where keys are to be new */
	size_t next;
	struct hash digest;
	struct signature signature;
	struct merkle_frontier frontier;
};

typedef void operation(struct run *run);

static uint64_t now_ns(void)
{
	struct timespec now;

	ASSERT(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void run_init(struct run *run)
{
	*run = (struct run){.next = 0};
	ASSERT(sign_key_generate(&run->secret) == ERR_OK);
	ASSERT(sign_public(&run->key, &run->secret) == ERR_OK);
	sha256(&run->digest, "yardstick", 9);
	ASSERT(sign_digest(&run->signature, &run->secret, &run->digest) == ERR_OK);
	merkle_frontier_init(&run->frontier);
}

/* Nanoseconds of one operation: batches until the time is over, after one
 * batch that warms caches and clocks. */
static double measure(struct run *run, operation *once, unsigned batch, uint32_t run_ms)
{
	uint64_t count = 0;
	uint64_t begin;
	uint64_t end;

	for (unsigned i = 0; i < batch; i++)
		once(run);
	begin = now_ns();
	do {
		for (unsigned i = 0; i < batch; i++)
			once(run);
		count += batch;
		end = now_ns();
	} while (end - begin < (uint64_t)run_ms * 1000000u);
	return (double)(end - begin) / (double)count;
}

static void hash_once(struct run *run)
{
	uint8_t data[64] = {0};

	store_u64(data, load_u64(run->digest.b)); /* each waits for the one before */
	sha256(&run->digest, data, sizeof(data));
}

static void verify_known_once(struct run *run)
{
	ASSERT(sign_verify(&run->key, &run->digest, &run->signature));
}

static void verify_new_once(struct run *run)
{
	ASSERT(!sign_verify(&run->keys[run->next], &run->digest, &run->signature));
	run->next = (run->next + 1) % KEYS_NEW;
}

static void sign_once(struct run *run)
{
	store_u64(run->digest.b, run->next++);
	ASSERT(sign_digest(&run->signature, &run->secret, &run->digest) == ERR_OK);
}

static void append_once(struct run *run)
{
	merkle_frontier_append(&run->frontier, &run->digest);
}

double yardstick_sha256_64(const char *folder, uint32_t run_ms)
{
	struct run run;

	(void)folder;
	run_init(&run);
	return measure(&run, hash_once, 1000, run_ms);
}

double yardstick_verify_known(const char *folder, uint32_t run_ms)
{
	struct run run;

	(void)folder;
	run_init(&run);
	return measure(&run, verify_known_once, 50, run_ms);
}

double yardstick_verify_new(const char *folder, uint32_t run_ms)
{
	struct run run;
	double result;

	(void)folder;
	run_init(&run);
	run.keys = calloc(KEYS_NEW, sizeof(*run.keys));
	ASSERT(run.keys != NULL);
	for (size_t i = 0; i < KEYS_NEW; i++) {
		struct secret secret;

		ASSERT(sign_key_generate(&secret) == ERR_OK);
		ASSERT(sign_public(&run.keys[i], &secret) == ERR_OK);
	}
	result = measure(&run, verify_new_once, 50, run_ms);
	free(run.keys);
	return result;
}

double yardstick_sign(const char *folder, uint32_t run_ms)
{
	struct run run;

	(void)folder;
	run_init(&run);
	return measure(&run, sign_once, 50, run_ms);
}

double yardstick_merkle_append(const char *folder, uint32_t run_ms)
{
	struct run run;

	(void)folder;
	run_init(&run);
	return measure(&run, append_once, 1000, run_ms);
}
