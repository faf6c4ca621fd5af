#include "base/mutant.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

#ifdef STELE_MUTANTS
static const char *const names[] = {
#define MUTANT_NAME(name, text) #name,
	MUTANT_LIST(MUTANT_NAME)
#undef MUTANT_NAME
};

static const char *chosen;

/* Before anything else runs, so that it is the same for all threads. */
__attribute__((constructor)) static void choose(void)
{
	chosen = getenv("STELE_MUTANT");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && chosen != NULL; i++) {
		if (strcmp(names[i], chosen) == 0)
			return;
	}
	ASSERT(chosen == NULL); /* a name that no bug has */
}

bool mutant_on(const char *name)
{
	return chosen != NULL && strcmp(chosen, name) == 0;
}
#endif
