/* Canonical JSON, the one form in which receipts and proofs are written:
 * docs/receipt.md section 1.  An object has one text, and a text is either that
 * of its object or none. */
#ifndef STELE_PROOFS_TEXT_H
#define STELE_PROOFS_TEXT_H

#include <jansson.h>

#include "base/bytes.h"
#include "base/err.h"

#define TEXT_NUMBER_MAX INT64_C(9007199254740991) /* 2^53 - 1 */
#define TEXT_DEPTH 32                             /* levels of objects and arrays */
/* Values that one text is built of: more than any receipt or proof within its
 * bounds has, and little enough to be held. */
#define TEXT_VALUES_MAX 131072u

/* What can be said of a text without building anything. */
struct text_scan {
	size_t values; /* strings, numbers, arrays and objects in it */
	bool has_number; /* the outermost object has a member of the name asked for, a number */
	uint64_t number;
};

/* Whether it is the canonical text of an object, at most max bytes long. */
bool text_scan(struct bytes text, size_t max, const char *name, struct text_scan *out);

/* The object of a text that was scanned.  ERR_RECEIPT_FORM: more than TEXT_VALUES_MAX values;
 * ERR_MEMORY.  *out is the caller's. */
MUST_CHECK enum err text_build(struct bytes text, const struct text_scan *scan, json_t **out);
/* Both at once: canonical JSON of one object and its line feed, at most max bytes and
 * TEXT_VALUES_MAX values.  ERR_RECEIPT_FORM, ERR_MEMORY.  *out is the caller's. */
MUST_CHECK enum err text_parse(struct bytes text, size_t max, json_t **out);
/* Appends the canonical text and its line feed.  ERR_RECEIPT_FORM: the object holds
 * what no canonical text does; ERR_MEMORY: no room in out, or no memory.  On an
 * error what was appended is not to be used. */
MUST_CHECK enum err text_render(struct buf *out, const json_t *object);

#endif
