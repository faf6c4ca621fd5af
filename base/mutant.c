#include "base/mutant.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

struct mutant {
	const char *name;
	const char *text;
};

static const struct mutant mutants[] = {
#define MUTANT_ENTRY(name, text) {#name, text},
	MUTANT_LIST(MUTANT_ENTRY)
#undef MUTANT_ENTRY
};

void mutant_each(void (*visit)(const char *name, const char *text, void *context), void *context)
{
	for (size_t i = 0; i < sizeof(mutants) / sizeof(mutants[0]); i++)
		visit(mutants[i].name, mutants[i].text, context);
}

#ifdef STELE_MUTANTS
static bool is_registered(const char *name)
{
	for (size_t i = 0; i < sizeof(mutants) / sizeof(mutants[0]); i++) {
		if (strcmp(mutants[i].name, name) == 0)
			return true;
	}
	return false;
}

bool mutant_on(const char *name)
{
	const char *chosen = getenv("STELE_MUTANT");

	ASSERT(is_registered(name));
	return chosen != NULL && strcmp(chosen, name) == 0;
}
#endif
