/* The rules of docs/ledger.md section 7, as its tables say them: what a rule wants, and with which
 * error it refuses.  Made of that page when the tool is built (scripts/rules). */
#ifndef STELE_CLIENTS_CLI_RULES_H
#define STELE_CLIENTS_CLI_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct rule {
	const char *id;     /* "A-13" */
	const char *of;     /* what it is a rule of: "award.grant" */
	const char *text;   /* of the page; may refer to another rule or to what stands above */
	const char *errors; /* numbers, parted by ", "; "" where it names other rules */
};

/* NULL: there is none.  Upper and lower case are one. */
const struct rule *rule_find(const char *id);
/* The k-th of all, in the order in which they are checked; NULL behind the last. */
const struct rule *rule_at(size_t k);
/* Whether it names the error. */
bool rule_refuses_with(const struct rule *rule, enum err err);

#endif
