/* A package of published awards in the form of 360Giving: read and checked as a
 * whole, before anything of it is sent.  Pure. */
#ifndef STELE_CLIENTS_CLI_IMPORT_H
#define STELE_CLIENTS_CLI_IMPORT_H

#include <jansson.h>
#include <stdbool.h>

#include "base/bytes.h"

struct import_row {
	const char *id; /* texts are the package's */
	const char *title;
	const char *recipient_id;
	const char *recipient_name;
	uint64_t amount; /* minor units */
	char date[11];
	struct hash document; /* SHA-256 of the row's bytes */
};

struct import_package {
	json_t *json;
	struct import_row *rows;
	size_t count;
	uint64_t amount; /* of all rows; UINT64_MAX: over 2^64 */
};

/* What is wrong, and where. */
struct import_fault {
	size_t row;      /* from 1; 0: the package as a whole */
	char place[160]; /* "grants[3].amountAwarded", "line 12, column 8" */
	char why[200];
};

/* currency: the programme's, which every row has to have.  False: fault says
 * why, and there is no package to release.  text may go afterwards. */
bool import_read(struct import_package *out, struct bytes text, const char *currency,
		 struct import_fault *fault);
void import_release(struct import_package *package);

#endif
