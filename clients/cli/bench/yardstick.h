/* The machine's own speed at what Stele lives on, measured in the same run as
 * a benchmark, so that figures of different machines can be compared as
 * ratios.  Each function runs for about the time given and says how long one
 * operation took, in nanoseconds. */
#ifndef STELE_CLIENTS_CLI_BENCH_YARDSTICK_H
#define STELE_CLIENTS_CLI_BENCH_YARDSTICK_H

#include <stdint.h>

/* SHA-256 of 64 bytes, as one node of a tree. */
double yardstick_sha256_64(uint32_t run_ms);
/* Verification under a key that was seen before. */
double yardstick_verify_known(uint32_t run_ms);
/* Verification under a key that is seen for the first time. */
double yardstick_verify_new(uint32_t run_ms);
double yardstick_sign(uint32_t run_ms);
/* Appending a leaf to a growing Merkle tree. */
double yardstick_merkle_append(uint32_t run_ms);

/* Making a small append to a file in that folder durable, and committing a small
 * LMDB transaction with a node's flags; negative where it cannot be measured. */
double yardstick_fdatasync(const char *folder, uint32_t run_ms);
double yardstick_lmdb_commit(const char *folder, uint32_t run_ms);

#endif
