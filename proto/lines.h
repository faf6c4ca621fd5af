/* Lines: the strict reader of canonical texts.
 *
 * UTF-8, every line ended by one LF, single spaces, lower-case hex, decimals
 * without leading zeros below 2^63.  A failure is sticky: a parser reads its
 * whole sequence and asks once at the end.  What these readers accept is exactly
 * what the renderers write. */
#ifndef STELE_PROTO_LINES_H
#define STELE_PROTO_LINES_H

#include "base/bytes.h"
#include "crypto/sign.h"

struct lines {
	struct bytes left;
	unsigned number; /* of the line read last, from 1 */
	bool has_failed;
};

struct lines lines_of(struct bytes text);
/* The next line without its LF; empty on failure and at the end. */
struct bytes lines_next(struct lines *lines);
/* Whether the next line begins with word, followed by a space or its end; reads
 * nothing. */
bool lines_peek(const struct lines *lines, const char *word);
/* The next line must be exactly this. */
void lines_expect(struct lines *lines, const char *line);
/* What follows "<name> " in the next line: not empty, or it fails. */
struct bytes lines_field(struct lines *lines, const char *name);
uint64_t lines_decimal(struct lines *lines, const char *name);
/* As above, and at most max. */
uint64_t lines_decimal_max(struct lines *lines, const char *name, uint64_t max);
void lines_hash(struct lines *lines, const char *name, struct hash *out);
void lines_fail(struct lines *lines);
/* True when nothing failed and nothing is left. */
bool lines_is_done(const struct lines *lines);

/* Takes the next word off a line: up to a space (taken too, and then something
 * must follow it) or to the end.  Empty, and failed, where there is none. */
struct bytes lines_word(struct lines *lines, struct bytes *line);
uint64_t lines_word_decimal(struct lines *lines, struct bytes *line, uint64_t max);
void lines_word_hash(struct lines *lines, struct bytes *line, struct hash *out);
void lines_word_key(struct lines *lines, struct bytes *line, struct public_key *out);
void lines_word_signature(struct lines *lines, struct bytes *line, struct signature *out);
/* Nothing of the line may be left. */
void lines_end(struct lines *lines, struct bytes line);
/* Copies text of 1 to max bytes, none of them NUL, and a NUL into out. */
void lines_copy(struct lines *lines, char *out, size_t max, struct bytes text);

#endif
