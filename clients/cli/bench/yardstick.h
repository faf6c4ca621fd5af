/* The machine's own speed at what Stele lives on, measured in the same run as
 * a benchmark, so that figures of different machines can be compared as
 * ratios.  One yardstick keeps one process busy; machine.h runs several at once. */
#ifndef STELE_CLIENTS_CLI_BENCH_YARDSTICK_H
#define STELE_CLIENTS_CLI_BENCH_YARDSTICK_H

#include <stdint.h>

/* Runs for about that time and gives the nanoseconds of one operation; negative
 * where it cannot be measured.  folder: where its files may lie, which it removes;
 * NULL for those that write none. */
typedef double yardstick_measure(const char *folder, uint32_t run_ms);

/* SHA-256 of 64 bytes, as one node of a tree. */
yardstick_measure yardstick_sha256_64;
/* Verification under a key that was seen before. */
yardstick_measure yardstick_verify_known;
/* Verification under a key that is seen for the first time. */
yardstick_measure yardstick_verify_new;
yardstick_measure yardstick_sign;
/* Appending a leaf to a growing Merkle tree. */
yardstick_measure yardstick_merkle_append;
/* Making a small append to a file durable. */
yardstick_measure yardstick_fdatasync;
/* Committing a small LMDB transaction with a node's flags. */
yardstick_measure yardstick_lmdb_commit;
/* A record of 256 bytes to another process over loopback TCP, and one byte back. */
yardstick_measure yardstick_tcp;
/* One record through the bare program: what any ledger of signed records does, and
 * nothing else.  Signature and hash of each record, its leaf appended to a Merkle
 * tree, and one durable LMDB transaction for each 500 of them; no network, no
 * consensus, no index. */
yardstick_measure yardstick_bare;

#endif
