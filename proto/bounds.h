/* Bounds: the one table of what each field of each message may hold.
 *
 * A row for every field of every message of the .proto files; a test compares the
 * table with the descriptors.  proto/canon.h checks messages against it on the
 * wire, before anything is allocated. */
#ifndef STELE_PROTO_BOUNDS_H
#define STELE_PROTO_BOUNDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

enum bound_form {
	FORM_ANY,
	FORM_SEGMENT,   /* [A-Za-z0-9._-]{1,64}: part of a state key */
	FORM_DATE,      /* YYYY-MM-DD, month 01-12, day 01-31; the calendar is a rule */
	FORM_CURRENCY,  /* three upper-case letters */
	FORM_ASCENDING, /* packed numbers, each above the one before, the first above 0 */
};

enum bound_kind {
	BOUND_TEXT,    /* string */
	BOUND_BYTES,
	BOUND_NUMBER,  /* integers, enums, booleans */
	BOUND_MESSAGE,
};

struct bound {
	const char *message; /* without the package */
	const char *field;
	enum bound_kind kind;
	bool is_required;   /* present; for a list: at least one element */
	uint64_t min;       /* length in bytes, or value, of what is present */
	uint64_t max;
	uint32_t count_max; /* elements of a list; 0: no list */
	enum bound_form form;
};

extern const struct bound bounds[];
extern const size_t bounds_count;

/* The row; NULL when there is none. */
const struct bound *bound_find(const char *message, const char *field);
/* Whether text, already UTF-8 and within its length, has the form. */
bool bound_form_fits(enum bound_form form, struct bytes text);

#endif
