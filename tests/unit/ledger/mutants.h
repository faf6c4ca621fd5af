/* Every small change of a JSON document, one at a time: members dropped, added
 * and nulled, elements dropped, doubled and swapped, characters and numbers
 * changed.  For checkers that must notice each. */
#ifndef STELE_TESTS_UNIT_LEDGER_MUTANTS_H
#define STELE_TESTS_UNIT_LEDGER_MUTANTS_H

#include <jansson.h>
#include <stddef.h>

/* where: the path of what was changed, "headers/0"; how: what was done to it.
 * The document is changed in place and as before when the visit returns. */
typedef void mutant_visit(void *context, const json_t *mutant, const char *where, const char *how);

/* How many were visited. */
size_t mutants_each(json_t *document, mutant_visit *visit, void *context);

#endif
