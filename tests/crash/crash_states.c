/* Crash states: from the trace of a workload makes the disks that a power cut could
 * have left, at any moment, and has production code open each and keep what was
 * promised by then.
 *
 *   crash_states TRACE FOLDER [--states N] [--seed S] [--quiet]
 *   crash_states TRACE FOLDER --leave [--seed S]
 *
 * FOLDER is this run's own, best in memory.  States are distinct by their image;
 * the last line is "crash states: N passed, M failed".
 * --leave: one such disk, with something promised, is left in FOLDER/work, and
 * FOLDER/trace begins with it, so that a second life after a power cut can be cut. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "tests/crash/disk.h"
#include "tests/crash/kept.h"

#define SEEN_ROOM (UINT64_C(1) << 22) /* more than all states of a run, twice */
#define EACH_MAX 400                  /* cuts at one moment, in one pass */
#define PASSES_MAX 12
#define ON_EVERY 8
#define AGAIN_EVERY 256
#define SHOWN_MAX 20
#define SECONDS_MAX 60 /* for the states of one moment */

/* What the processes that check share. */
struct shared {
	uint64_t distinct, checked, failed;
	uint64_t next; /* cut of the present moment */
	uint64_t seen[2][SEEN_ROOM]; /* images; images with the promises of their time */
};

struct run {
	struct disk *disk;
	struct shared *shared;
	char folder[4000];
	uint64_t states, seed, moment;
	bool is_quiet, is_left;
};

/* True: it is new. */
static bool remember(uint64_t *seen, uint64_t hash)
{
	uint64_t at = hash % SEEN_ROOM;

	hash += hash == 0;
	while (seen[at] != 0 && seen[at] != hash)
		at = (at + 1) % SEEN_ROOM;
	if (seen[at] == hash)
		return false;
	seen[at] = hash;
	return true;
}

static void tell_failure(struct run *run, uint64_t cut, const char *objection)
{
	run->shared->failed++;
	if (run->shared->failed <= SHOWN_MAX)
		printf("crash states: FAILED seed %llu moment %llu cut %llu: %s\n",
		       (unsigned long long)run->seed, (unsigned long long)run->moment,
		       (unsigned long long)cut, objection);
	(void)fflush(stdout);
}

static void cut_check(struct run *run, uint64_t cut)
{
	char image[4096], scratch[4096], objection[512];
	struct rng rng;
	size_t count;
	const struct mark *marks = disk_marks(run->disk, &count);
	enum depth depth = KEPT_FAST;
	uint64_t hash;

	rng_init(&rng, (run->seed << 40) ^ (run->moment << 16) ^ cut);
	hash = disk_cut(run->disk, &rng, cut < 2 ? (unsigned)cut : (unsigned)rng_below(&rng, 1000));
	if (!remember(run->shared->seen[1], hash * 31 + count))
		return;
	run->shared->distinct += remember(run->shared->seen[0], hash);
	run->shared->checked++;
	if (run->shared->checked % ON_EVERY == 0)
		depth = run->shared->checked % AGAIN_EVERY == 0 ? KEPT_AGAIN : KEPT_ON;
	(void)snprintf(image, sizeof(image), "%s/image", run->folder);
	(void)snprintf(scratch, sizeof(scratch), "%s/image/scratch", run->folder);
	disk_make(run->disk, image);
	if (!kept_check(objection, image, scratch, marks, count, depth))
		tell_failure(run, cut, objection);
}

/* In a process of its own, because a bad image may crash what opens it. */
static void moment_check(struct run *run, uint64_t cuts)
{
	run->shared->next = 0;
	while (run->shared->next < cuts) {
		pid_t child = fork();
		int status = 0;

		if (child == 0) {
			alarm(SECONDS_MAX);
			while (run->shared->next < cuts &&
			       run->shared->distinct < run->states) {
				cut_check(run, run->shared->next);
				run->shared->next++;
			}
			_exit(0);
		}
		if (child < 0 || waitpid(child, &status, 0) != child) {
			perror("crash_states: fork");
			exit(2);
		}
		if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
			return;
		tell_failure(run, run->shared->next,
			     WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "it ended");
		run->shared->next++;
	}
}

static struct bytes trace_map(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat stat;
	void *at;

	if (fd < 0 || fstat(fd, &stat) != 0 || stat.st_size == 0) {
		fprintf(stderr, "crash_states: %s: %s\n", path, strerror(errno));
		exit(2);
	}
	at = mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	ASSERT(at != MAP_FAILED);
	close(fd);
	return bytes_of(at, (size_t)stat.st_size);
}

/* Moments at which something may be lost; those are cut more than once. */
static uint64_t count_loose(struct bytes trace, uint64_t *all)
{
	struct disk *disk = disk_new(trace);
	uint64_t loose = 0;

	*all = 0;
	while (disk_step(disk)) {
		(*all)++;
		loose += disk_loose(disk) > 0;
	}
	disk_free(disk);
	return loose;
}

static void pass(struct run *run, struct bytes trace, uint64_t each)
{
	run->disk = disk_new(trace);
	run->moment = 0;
	while (run->shared->distinct < run->states && disk_step(run->disk)) {
		run->moment++;
		moment_check(run, disk_loose(run->disk) > 0 ? each : 1);
	}
	disk_free(run->disk);
}

static int leave(struct run *run, struct bytes trace)
{
	char path[4096];
	uint64_t all, moment;
	struct rng rng;
	size_t count;
	FILE *out;

	rng_init(&rng, run->seed);
	(void)count_loose(trace, &all);
	moment = 1 + rng_below(&rng, all);
	run->disk = disk_new(trace);
	/* on to the next write under way, and to the first promise */
	for (uint64_t at = 1; disk_step(run->disk); at++) {
		(void)disk_marks(run->disk, &count);
		if (at >= moment && count > 0 && disk_loose(run->disk) > 2)
			break;
	}
	(void)disk_cut(run->disk, &rng, (unsigned)rng_below(&rng, 1000));
	(void)snprintf(path, sizeof(path), "%s/work", run->folder);
	disk_make(run->disk, path);
	(void)snprintf(path, sizeof(path), "%s/trace", run->folder);
	out = fopen(path, "w");
	if (out == NULL)
		return 2;
	disk_retell(run->disk, out);
	disk_free(run->disk);
	return fclose(out) == 0 ? 0 : 2;
}

static bool arguments(struct run *run, int argc, char **argv)
{
	if (argc < 3)
		return false;
	(void)snprintf(run->folder, sizeof(run->folder), "%s", argv[2]);
	for (int i = 3; i < argc; i++) {
		if (strcmp(argv[i], "--quiet") == 0)
			run->is_quiet = true;
		else if (strcmp(argv[i], "--leave") == 0)
			run->is_left = true;
		else if (i + 1 < argc && strcmp(argv[i], "--states") == 0)
			run->states = strtoull(argv[++i], NULL, 10);
		else if (i + 1 < argc && strcmp(argv[i], "--seed") == 0)
			run->seed = strtoull(argv[++i], NULL, 10);
		else
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	struct run run = {.states = 1000, .seed = 1};
	uint64_t all, loose, each, seed;
	struct bytes trace;

	if (!arguments(&run, argc, argv)) {
		fprintf(stderr, "usage: crash_states TRACE FOLDER [--states N] [--seed S] [--quiet] "
				"[--leave]\n");
		return 2;
	}
	log_level_set(LOG_ERROR + (enum log_level)1);
	run.shared = mmap(NULL, sizeof(*run.shared), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	ASSERT(run.shared != MAP_FAILED);
	(void)mkdir(run.folder, 0700);
	trace = trace_map(argv[1]);
	if (run.is_left)
		return leave(&run, trace);
	loose = count_loose(trace, &all);
	each = 2 + (loose > 0 ? run.states / loose : 0);
	each = each < EACH_MAX ? each : EACH_MAX;
	seed = run.seed;
	for (unsigned i = 0; i < PASSES_MAX && run.shared->distinct < run.states; i++) {
		run.seed = seed + i * 1000003;
		pass(&run, trace, each);
	}
	if (!run.is_quiet)
		printf("%llu calls, power cut after each (%llu with something to lose): %llu images, "
		       "%llu checks\n", (unsigned long long)all, (unsigned long long)loose,
		       (unsigned long long)run.shared->distinct,
		       (unsigned long long)run.shared->checked);
	printf("crash states: %llu passed, %llu failed\n",
	       (unsigned long long)(run.shared->distinct > run.shared->failed
					    ? run.shared->distinct - run.shared->failed : 0),
	       (unsigned long long)run.shared->failed);
	return run.shared->failed > 0 || run.shared->distinct == 0;
}
