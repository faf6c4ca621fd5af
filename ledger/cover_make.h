/* Covers as a node makes them: the headers, finalization and set under which a
 * receipt or a proof stands; docs/receipt.md section 2. */
#ifndef STELE_LEDGER_COVER_MAKE_H
#define STELE_LEDGER_COVER_MAKE_H

#include <jansson.h>

#include "base/bytes.h"
#include "base/err.h"

struct ledger_view;

/* The four members of a cover for the record or state of that height, into the
 * object.  ERR_NOT_FOUND: no height from there on has its own finalization yet. */
MUST_CHECK enum err cover_add(struct ledger_view *view, uint64_t height, struct bytes set_text,
			      json_t *object);
/* The text of a header. */
MUST_CHECK enum err cover_header_text(struct ledger_view *view, uint64_t height,
				      struct bytes *out);
/* The log size in the header of a height. */
MUST_CHECK enum err cover_log_size(struct ledger_view *view, uint64_t height, uint64_t *out);

#endif
