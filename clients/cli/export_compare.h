/* A file that somebody has, held against what it has to be, byte by byte: where they
 * first differ, and what that means.  Nothing of the file is parsed. */
#ifndef STELE_CLIENTS_CLI_EXPORT_COMPARE_H
#define STELE_CLIENTS_CLI_EXPORT_COMPARE_H

#include "clients/cli/export_file.h"

enum export_verdict {
	EXPORT_EQUAL,
	EXPORT_CHANGED,  /* a value is another one */
	EXPORT_LEFT_OUT, /* the line is not in the file */
	EXPORT_ADDED,    /* the file has a line that is none of the export's */
	EXPORT_DOUBLED,  /* … a line once more that stands before it */
	EXPORT_MOVED,    /* … the export's lines in another order */
	EXPORT_CUT,      /* the file ends before the export does */
};

#define EXPORT_VALUE_MAX 160

struct export_difference {
	enum export_verdict verdict;
	size_t line;                     /* of the file, from 1 */
	size_t offset;                   /* the first byte that differs */
	char label[112];                 /* the row that stands, or has to stand, there: "award 3" */
	char column[48];                 /* where a value was changed; else empty */
	char expected[EXPORT_VALUE_MAX]; /* the value, or the line, cut to what fits */
	char found[EXPORT_VALUE_MAX];
};

/* found may be cut after more bytes than the file has to have. */
void export_compare(const struct export_file *file, struct bytes found,
		    struct export_difference *out);
/* How many first bytes are equal. */
size_t export_common(struct bytes a, struct bytes b);
const char *export_verdict_text(enum export_verdict verdict);

#endif
