/* verdicts: judges receipts from standard input, one line for each; docs/testing.md.
 *
 * A frame:  u32be length of trust | trust
 *           | u32be 0 or 40 | SHA-256 of the file and u64be size
 *           | u32be length of receipt | receipt
 * and so on until the input ends.  No trust and no file have length 0.  The memory of
 * one frame is reused by the next.  With the word --proofs, proofs instead. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proofs/verdict.h"

#define TRUST_MAX (1u << 20)
#define RECEIPT_MAX (64u << 20) /* one that is too long is judged, too */
#define FILE_FACT_BYTES 40

static void broken(void)
{
	(void)fprintf(stderr, "verdicts: a frame is malformed\n");
	exit(2);
}

/* False at the end of the input; a frame that breaks off ends the program. */
static bool read_part(struct buf *part, size_t max, bool may_end)
{
	uint8_t head[4];
	size_t got = fread(head, 1, sizeof(head), stdin);
	uint8_t *room;
	uint32_t len;

	if (got == 0 && may_end && feof(stdin))
		return false;
	len = got == sizeof(head) ? load_u32(head) : UINT32_MAX;
	buf_reset(part);
	room = len <= max ? buf_grow(part, len) : NULL;
	if (room == NULL || fread(room, 1, len, stdin) != len)
		broken();
	return true;
}

static enum err line_of(struct buf *line, const struct buf *trust, const struct buf *fact,
			const struct buf *receipt)
{
	struct receipt_file file;

	if (fact->len == FILE_FACT_BYTES) {
		memcpy(file.sha256.b, fact->at, sizeof(file.sha256.b));
		file.size = load_u64(fact->at + sizeof(file.sha256.b));
	}
	return verdict_line(line, buf_bytes(receipt), buf_bytes(trust),
			    fact->len == FILE_FACT_BYTES ? &file : NULL);
}

static void judge(const struct buf *trust, const struct buf *fact, const struct buf *receipt,
		  bool is_proof)
{
	struct buf line;
	enum err err;

	buf_init(&line, 256);
	err = is_proof ? verdict_proof_line(&line, buf_bytes(receipt), buf_bytes(trust))
		       : line_of(&line, trust, fact, receipt);
	if (err != ERR_OK) {
		(void)fprintf(stderr, "verdicts: memory is short\n");
		exit(2);
	}
	printf("%.*s\n", (int)line.len, (const char *)line.at);
	(void)fflush(stdout);
	buf_release(&line);
}

int main(int argc, char **argv)
{
	bool is_proof = argc == 2 && strcmp(argv[1], "--proofs") == 0;
	struct buf trust, fact, receipt;

	buf_init(&trust, TRUST_MAX);
	buf_init(&fact, FILE_FACT_BYTES);
	buf_init(&receipt, RECEIPT_MAX);
	while (read_part(&trust, TRUST_MAX, true)) {
		(void)read_part(&fact, FILE_FACT_BYTES, false);
		if (fact.len != 0 && fact.len != FILE_FACT_BYTES)
			broken();
		(void)read_part(&receipt, RECEIPT_MAX, false);
		judge(&trust, &fact, &receipt, is_proof);
	}
	buf_release(&trust);
	buf_release(&fact);
	buf_release(&receipt);
	return 0;
}
