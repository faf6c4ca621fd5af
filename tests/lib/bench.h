/* What programs of tests/bench have in common: time, ending where something fails that
 * never does, and the genesis of a chain with room for any load. */
#ifndef STELE_TESTS_LIB_BENCH_H
#define STELE_TESTS_LIB_BENCH_H

#include "base/err.h"
#include "crypto/sign.h"
#include "proto/genesis.h"

#define BENCH_TIME_MS UINT64_C(1800000000000) /* of genesis */

/* The call, or the end of the process with what failed. */
#define MUST(call) bench_must((call), #call)
void bench_must(enum err err, const char *call);

double bench_now_us(void);
/* Of the calling thread: what others do on the machine is not counted. */
double bench_cpu_us(void);
/* CPU time of the processes that have ended, with theirs. */
double bench_children_cpu_s(void);

struct bench_check {
	struct public_key key;
	struct hash digest;
	struct signature signature;
};

/* How many seconds that number of signature checks takes, those of the list over and over,
 * shared among so many processes: who is free takes the next. */
double bench_checks_s(const struct bench_check *list, uint32_t list_count, uint64_t count,
		      unsigned processes);

/* Name, time, timers and quotas that nothing reaches; organisations, rules and set are the
 * caller's. */
void bench_genesis(struct genesis *out, const char *name);
/* The i-th organisation, 0 to 9, an anchorer and validator, with a new key. */
void bench_org(struct genesis_org *out, int i, struct secret *key);
/* A chain of one validator and a few organisations that anchor, and how many of its
 * transactions were made.  Zeroed at first. */
#define BENCH_ORGS 4
struct bench_chain {
	struct genesis *genesis; /* for good */
	struct buf text;         /* of the genesis */
	struct secret org_keys[BENCH_ORGS];
	struct secret node_key;
	uint64_t nonce;
};
void bench_chain_make(struct bench_chain *out);
/* A signed content.anchor of new content, by the i-th organisation modulo their number; the
 * buffer is the caller's to release. */
void bench_anchor(struct buf *out, struct bench_chain *chain, uint32_t i, uint64_t time_ms);
/* The same where nobody checks its signature, which is none. */
void bench_anchor_unsigned(struct buf *out, struct bench_chain *chain, uint32_t i,
			   uint64_t time_ms);
/* Appends the character that makes the identifier valid; size: of its array. */
void bench_check_digit(char *id, size_t size);

#endif
