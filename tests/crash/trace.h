/* Trace: the calls by which a program changes its files, as trace_shim.c writes
 * them and disk.c reads them, in the order in which they returned.
 *
 * Paths are seen from the traced folder.  A write to the file TRACE_MARKS there
 * is no write but a mark: what the program had promised by then. */
#ifndef STELE_TESTS_CRASH_TRACE_H
#define STELE_TESTS_CRASH_TRACE_H

#include <stdint.h>

#define TRACE_ROOT "STELE_TRACE_ROOT" /* environment: the folder, absolute */
#define TRACE_OUT "STELE_TRACE_OUT"   /* environment: the file that gets the trace */
#define TRACE_MARKS "marks"
#define TRACE_TOP "."                 /* the folder itself */
#define TRACE_PATH_MAX 512

enum trace_kind {
	TRACE_WRITE = 1,      /* data at offset */
	TRACE_WRITE_DURABLE,  /* the same through a descriptor with O_DSYNC or O_SYNC */
	TRACE_TRUNCATE,       /* to offset */
	TRACE_SYNC,           /* fsync or fdatasync of a file or folder */
	TRACE_CREATE,         /* a file that was not there */
	TRACE_MKDIR,
	TRACE_UNLINK,
	TRACE_RENAME,         /* data: the new path */
	TRACE_MARK,           /* data: a struct mark */
	TRACE_UNTRACEABLE,    /* a writable shared map: its stores are not seen here */
	TRACE_RETOLD,         /* first: the offset calls that follow tell a disk that was there */
};

/* Followed by path_len bytes of path and data_len of data. */
struct trace_head {
	uint32_t kind;
	uint32_t path_len;
	uint64_t offset;
	uint64_t data_len;
};

enum mark_kind {
	MARK_HOME = 1, /* the home has been opened once */
	MARK_VOTE,     /* an own vote has left: number is its view, index its kind, hash its block */
	MARK_FINAL,    /* a block is final: number is its height */
	MARK_ACCEPTED, /* a client was told: hash is the id, index the place in the log */
};

struct mark {
	uint32_t kind;
	uint32_t zero;
	uint64_t number;
	uint64_t index;
	uint8_t hash[32];
};

#endif
