/* What this machine can do, by all yardsticks: each by one process alone, and by as
 * many at once as there are cores, since cores share caches, power and the disk. */
#ifndef STELE_CLIENTS_CLI_BENCH_MACHINE_H
#define STELE_CLIENTS_CLI_BENCH_MACHINE_H

#include <stdbool.h>

#include "clients/cli/bench/yardstick.h"

enum yardstick_id {
	YARDSTICK_VERIFY,
	YARDSTICK_SIGN,
	YARDSTICK_SHA256,
	YARDSTICK_FDATASYNC,
	YARDSTICK_LMDB,
	YARDSTICK_TCP,
	YARDSTICKS,
};

struct pace {
	double per_s;  /* operations a second, of all processes; 0: not measured */
	double cpu_ns; /* CPU time of one operation */
};

struct machine {
	bool is_measured;
	unsigned cores;
	struct pace alone[YARDSTICKS];    /* one process */
	struct pace together[YARDSTICKS]; /* as many as there are cores */
	unsigned bare_processes;
	double bare; /* records a second that bare_processes bare programs each take */
};

/* Takes about run_ms for each yardstick, twice.  bare_processes: as there are validators. */
void machine_measure(struct machine *out, const char *folder, uint32_t run_ms,
		     unsigned bare_processes);
/* Of so many processes that do one thing at once; all 0: one of them could not. */
struct pace machine_pace(yardstick_measure *yardstick, const char *folder, uint32_t run_ms,
			 unsigned processes);

#endif
