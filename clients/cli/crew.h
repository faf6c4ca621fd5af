/* Child processes that do one work together, since a damaged file may bring down who
 * reads it: they tell on shared memory how far they are, and who dies or stands still is
 * named with the place it was at. */
#ifndef STELE_CLIENTS_CLI_CREW_H
#define STELE_CLIENTS_CLI_CREW_H

#include <stdatomic.h>

#include "clients/cli/cli.h"

#define CREW_MAX 64

enum crew_end {
	CREW_DONE,
	CREW_DIED,   /* by a signal that bad memory or an assertion gives */
	CREW_SILENT, /* gave no sign of life, and was ended */
	CREW_KILLED, /* by somebody else: nothing follows from it */
};

/* What one child tells; of shared memory. */
struct crew_sign {
	_Atomic uint64_t at;    /* what it works on */
	_Atomic uint64_t signs; /* of life, besides */
};

struct crew {
	unsigned count;         /* of children, 1 … CREW_MAX */
	unsigned silence_s;     /* how long one may give no sign of life */
	struct crew_sign *signs; /* of each, on shared memory */
	void *context;
	int (*work)(void *context, unsigned child);   /* in the child; its exit code, 0: done */
	void (*tick)(void *context);                  /* in the parent, often */
	void (*ended)(void *context, unsigned child, enum crew_end end, uint64_t at);
};

/* Memory that children share, zeroed and taken as it is used; NULL when it is short. */
void *crew_share(size_t bytes);
void crew_unshare(void *memory, size_t bytes);

/* Starts the children and waits for all.  SIGINT or SIGTERM end all at once:
 * ERR_INTERRUPTED.  ERR_INTERNAL: no process can be made.  None is left. */
MUST_CHECK enum err crew_run(struct crew *crew);

#endif
