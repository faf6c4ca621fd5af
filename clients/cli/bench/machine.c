#include "clients/cli/bench/machine.h"

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"

#define PROCESSES_MAX 1024
#define BARE_RUNS 4 /* its files grow: it runs longer than the others */

struct result {
	double ns;        /* of one operation, by the clock */
	double cpu_share; /* of that time, the process had a core */
};

static double now_s(clockid_t clock)
{
	struct timespec now;

	ASSERT(clock_gettime(clock, &now) == 0);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* In the child: begins when the gate is closed on the other side. */
static _Noreturn void measure(yardstick_measure *yardstick, const char *folder, uint32_t run_ms, int gate,
			      int out)
{
	double begin, cpu;
	struct result result;
	char nothing;

	(void)!read(gate, &nothing, 1);
	begin = now_s(CLOCK_MONOTONIC);
	cpu = now_s(CLOCK_PROCESS_CPUTIME_ID);
	result.ns = yardstick(folder, run_ms);
	result.cpu_share = (now_s(CLOCK_PROCESS_CPUTIME_ID) - cpu) / (now_s(CLOCK_MONOTONIC) - begin);
	_exit(write(out, &result, sizeof(result)) == (ssize_t)sizeof(result) ? 0 : 1);
}

static struct pace collect(int from, unsigned processes)
{
	struct pace pace = {.per_s = 0};
	struct result result;

	for (unsigned i = 0; i < processes; i++) {
		if (read(from, &result, sizeof(result)) != (ssize_t)sizeof(result) || result.ns <= 0)
			return (struct pace){.per_s = 0};
		pace.per_s += 1e9 / result.ns;
		pace.cpu_ns += result.ns * result.cpu_share / processes;
	}
	return pace;
}

struct pace machine_pace(yardstick_measure *yardstick, const char *folder, uint32_t run_ms,
			 unsigned processes)
{
	int gate[2], results[2];
	pid_t children[PROCESSES_MAX];
	unsigned started = 0;
	struct pace pace;

	ASSERT(processes <= PROCESSES_MAX && pipe(gate) == 0 && pipe(results) == 0);
	for (; started < processes; started++) {
		children[started] = fork();
		if (children[started] < 0)
			break;
		if (children[started] == 0) {
			(void)close(gate[1]);
			(void)close(results[0]);
			measure(yardstick, folder, run_ms, gate[0], results[1]);
		}
	}
	(void)close(gate[0]);
	(void)close(gate[1]);
	(void)close(results[1]);
	pace = collect(results[0], started);
	(void)close(results[0]);
	for (unsigned i = 0; i < started; i++)
		(void)waitpid(children[i], NULL, 0);
	return started == processes ? pace : (struct pace){.per_s = 0};
}

void machine_measure(struct machine *out, const char *folder, uint32_t run_ms,
		     unsigned bare_processes)
{
	static yardstick_measure *const all[YARDSTICKS] = {
		[YARDSTICK_VERIFY] = yardstick_verify_known, [YARDSTICK_SIGN] = yardstick_sign,
		[YARDSTICK_SHA256] = yardstick_sha256_64,    [YARDSTICK_FDATASYNC] = yardstick_fdatasync,
		[YARDSTICK_LMDB] = yardstick_lmdb_commit,    [YARDSTICK_TCP] = yardstick_tcp,
	};
	long found = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned cores = found < 1 ? 1 : found > PROCESSES_MAX ? PROCESSES_MAX : (unsigned)found;

	*out = (struct machine){.is_measured = true,
				.cores = cores,
				.bare_processes = bare_processes};
	for (unsigned i = 0; i < YARDSTICKS; i++) {
		out->alone[i] = machine_pace(all[i], folder, run_ms, 1);
		out->together[i] = machine_pace(all[i], folder, run_ms, out->cores);
	}
	if (bare_processes > 0)
		out->bare = machine_pace(yardstick_bare, folder, run_ms * BARE_RUNS, bare_processes).per_s /
			    bare_processes;
}
