/* An answer: status, body and the headers that go with them, and their bytes on
 * the wire.  Pure. */
#ifndef STELE_NODE_API_ANSWER_H
#define STELE_NODE_API_ANSWER_H

#include <jansson.h>

#include "base/bytes.h"

/* Proofs of long lists may be large; nothing else comes near. */
#define ANSWER_BYTES_MAX 67108864
#define ANSWER_BYTES_LARGE 1048576
#define ETAG_MAX 40

struct answer {
	unsigned status;
	const char *type;  /* media type, a constant */
	struct buf body;
	bool is_too_large; /* for body, or for the memory there is; body is empty */
	char etag[ETAG_MAX]; /* with its quotes; empty: none */
	bool is_immutable; /* may be kept for ever; otherwise to be asked for again */
	bool is_duplicate; /* Stele-Duplicate */
	uint32_t retry_after_s; /* 0: none */
	char allow[48];    /* empty: none */
};

void answer_init(struct answer *answer);
void answer_release(struct answer *answer);
/* Takes json; compact, members in the order they were set. */
void answer_json(struct answer *answer, unsigned status, json_t *json);
void answer_bytes(struct answer *answer, const char *type, struct bytes body);
/* Gives a 200 its strong ETag: the first 16 bytes of the body's SHA-256. */
void answer_tag(struct answer *answer);

struct rate_state;

/* What every answer carries besides. */
struct answer_frame {
	const char *network;
	uint64_t height;
	uint64_t request_id;
	bool is_keep_alive;
	const struct rate_state *rate; /* NULL: not limited */
};
/* Status line and headers, down to the blank line. */
void answer_head(struct buf *out, const struct answer *answer, const struct answer_frame *frame);

#endif
