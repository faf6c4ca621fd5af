/* Fail at call n: the workload again and again, each time another call of the system
 * fails, once or from then on.  It must end by itself, with a named error or as if
 * nothing were, never by a signal (but the house's own abort where memory is
 * short), and whatever it promised is there: on the files as they stand, and after a
 * power cut at that moment.
 *
 *   fail_at_n PROGRAMS FOLDER [--each N] [--turn T] [--part K/OF]
 *
 * PROGRAMS holds workload and the shims.  --each N: every call of which there are at
 * most N, else N of them, spread and shifted by T; 0: all.  The last line is
 * "fail at call n: N passed, M failed". */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "tests/crash/disk.h"
#include "tests/crash/kept.h"

#define SECONDS_MAX 60 /* of one run; a machine under load is slow */
#define CUTS 3
#define TRACE_BYTES_MAX ((size_t)64 << 20)
#define MARKS_BYTES_MAX ((size_t)1 << 20)

struct way {
	const char *call;
	const char *number; /* as the shim takes it */
	bool is_on;
	bool may_abort;
};

static const struct way ways[] = {
	{"pwrite", "5", false, false},    /* EIO */
	{"pwrite", "28", false, false},   /* ENOSPC */
	{"pwrite", "28", true, false},
	{"pwrite", "short", false, false},
	{"fdatasync", "5", false, false},
	{"fdatasync", "28", true, false},
	{"fsync", "5", false, false},
	{"write", "28", false, false},
	{"write", "short", false, false},
	{"ftruncate", "5", false, false},
	{"fallocate", "28", false, false},
	{"mmap", "12", false, false},     /* ENOMEM */
	{"open", "24", false, false},     /* EMFILE */
	{"open", "5", true, false},
	{"rename", "5", false, false},
	{"unlink", "5", false, false},
	{"mkdir", "28", false, false},
	{"malloc", "12", false, true},
	{"malloc", "12", true, true},
};

struct run {
	const char *programs, *folder;
	uint64_t each, turn, part, of;
	uint64_t passed, failed, unharmed, named, aborted;
};

static int remove_one(const char *path, const struct stat *stat, int kind, struct FTW *walk)
{
	(void)stat, (void)kind, (void)walk;
	return remove(path);
}

static void set(const char *name, const char *format, const char *a, const char *b)
{
	char value[8192];

	(void)snprintf(value, sizeof(value), format, a, b);
	if (setenv(name, value, 1) != 0)
		abort();
}

static void workload_exec(const struct run *run, const struct way *way, uint64_t at)
{
	char program[4096], folder[4096], number[32];
	int null = open("/dev/null", O_WRONLY);

	(void)snprintf(program, sizeof(program), "%s/workload", run->programs);
	(void)snprintf(folder, sizeof(folder), "%s/work", run->folder);
	(void)snprintf(number, sizeof(number), "%llu", (unsigned long long)at);
	set(TRACE_ROOT, "%s%s", folder, "");
	set(TRACE_OUT, "%s/trace%s", run->folder, "");
	set("STELE_FAIL_ROOT", "%s%s", folder, "");
	set("STELE_FAIL_CALL", "%s%s", way->call, "");
	set("STELE_FAIL_AT", "%s%s", number, "");
	set("STELE_FAIL_ERRNO", "%s%s", way->number, "");
	set("STELE_FAIL_COUNT", "%s/count%s", run->folder, "");
	if (way->is_on)
		set("STELE_FAIL_ON", "yes%s%s", "", "");
	set("LD_PRELOAD", "%s/trace_shim.so:%s/fail_shim.so", run->programs, run->programs);
	(void)dup2(null, STDOUT_FILENO);
	(void)dup2(null, STDERR_FILENO);
	alarm(SECONDS_MAX);
	execl(program, program, folder, "1", "6", "2", (char *)NULL);
	_exit(127);
}

/* How it ended. */
static int workload_run(const struct run *run, const struct way *way, uint64_t at)
{
	char work[4096];
	int status = 0;
	pid_t child;

	(void)nftw(run->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	(void)snprintf(work, sizeof(work), "%s/work", run->folder);
	if (mkdir(run->folder, 0700) != 0 || mkdir(work, 0700) != 0) {
		fprintf(stderr, "fail_at_n: %s: %s\n", work, strerror(errno));
		exit(2);
	}
	child = fork();
	if (child == 0)
		workload_exec(run, way, at);
	if (child < 0 || waitpid(child, &status, 0) != child)
		exit(2);
	return status;
}

static struct bytes file_read(const struct run *run, const char *name, size_t len_max)
{
	char path[4096];
	uint8_t *at = malloc(len_max);
	size_t len = 0;
	ssize_t count;
	int fd;

	ASSERT(at != NULL);
	(void)snprintf(path, sizeof(path), "%s/%s", run->folder, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && len < len_max && (count = read(fd, at + len, len_max - len)) > 0)
		len += (size_t)count;
	if (fd >= 0)
		close(fd);
	return bytes_of(at, len);
}

static uint64_t calls_count(const struct run *run)
{
	struct bytes text = file_read(run, "count", 32);
	char number[33] = "";
	uint64_t count;

	memcpy(number, text.at, text.len);
	count = strtoull(number, NULL, 10);
	free((void *)(uintptr_t)text.at);
	return count;
}

/* --- judging ----------------------------------------------------------------------- */

static bool keeps_after_cuts(const struct run *run, char objection[512])
{
	struct bytes trace = file_read(run, "trace", TRACE_BYTES_MAX);
	struct disk *disk = disk_new(trace);
	char image[4000];
	bool is_good = true;
	struct rng rng;

	(void)snprintf(image, sizeof(image), "%s/image", run->folder);
	while (disk_step(disk))
		;
	for (unsigned cut = 0; cut < CUTS && is_good; cut++) {
		size_t count;
		const struct mark *marks = disk_marks(disk, &count);

		rng_init(&rng, run->passed * CUTS + cut);
		(void)disk_cut(disk, &rng, cut);
		disk_make(disk, image);
		is_good = kept_check(objection, image, "", marks, count, KEPT_FAST);
	}
	disk_free(disk);
	free((void *)(uintptr_t)trace.at);
	return is_good;
}

static bool keeps(const struct run *run, char objection[512])
{
	struct bytes marks = file_read(run, "work/" TRACE_MARKS, MARKS_BYTES_MAX);
	char work[4000];
	bool is_good;

	(void)snprintf(work, sizeof(work), "%s/work", run->folder);
	is_good = kept_check(objection, work, "", (const struct mark *)(const void *)marks.at,
			     marks.len / sizeof(struct mark), KEPT_ON);
	free((void *)(uintptr_t)marks.at);
	return is_good;
}

/* In a process of its own: an image may crash who opens it. */
static int judge(const struct run *run, char objection[512])
{
	int pipes[2], status = 0;
	ssize_t count;
	pid_t child;

	if (pipe(pipes) != 0)
		exit(2);
	child = fork();
	if (child == 0) {
		char text[512] = "";
		bool is_good = keeps(run, text) && keeps_after_cuts(run, text);

		(void)!write(pipes[1], text, sizeof(text));
		_exit(is_good ? 0 : 1);
	}
	close(pipes[1]);
	count = read(pipes[0], objection, 512);
	close(pipes[0]);
	if (child < 0 || waitpid(child, &status, 0) != child)
		exit(2);
	if (count != 512)
		(void)snprintf(objection, 512, "the judge crashed");
	return status;
}

static void one(struct run *run, const struct way *way, uint64_t at)
{
	int status = workload_run(run, way, at);
	bool is_abort = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT && way->may_abort;
	bool has_ended = WIFEXITED(status) && WEXITSTATUS(status) <= 1;
	char objection[512] = "";

	if (!is_abort && !has_ended)
		(void)snprintf(objection, sizeof(objection), "it ends by %s",
			       WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "an exit code");
	else if (judge(run, objection) == 0)
		objection[0] = '\0';
	run->aborted += is_abort;
	run->unharmed += has_ended && WEXITSTATUS(status) == 0;
	run->named += has_ended && WEXITSTATUS(status) == 1;
	if (objection[0] == '\0') {
		run->passed++;
		return;
	}
	run->failed++;
	printf("fail at call n: FAILED %s %s%s at %llu: %s\n", way->call, way->number,
	       way->is_on ? " and on" : "", (unsigned long long)at, objection);
}

static void way_run(struct run *run, const struct way *way)
{
	uint64_t count, step, before = run->passed + run->failed;

	if (workload_run(run, way, 0) != 0) {
		printf("fail at call n: FAILED the workload does not run\n");
		run->failed++;
		return;
	}
	count = calls_count(run);
	run->unharmed = run->named = run->aborted = 0;
	step = run->each == 0 || count <= run->each ? 1 : count / run->each;
	for (uint64_t at = 1 + run->turn % step; at <= count; at += step) {
		if (at / step % run->of == run->part)
			one(run, way, at);
	}
	printf("%-10s %-5s%s  %6llu calls, %5llu failed: %llu ended by name, %llu by abort, %llu "
	       "unharmed\n", way->call, way->number, way->is_on ? "+" : " ",
	       (unsigned long long)count,
	       (unsigned long long)(run->passed + run->failed - before),
	       (unsigned long long)run->named, (unsigned long long)run->aborted,
	       (unsigned long long)run->unharmed);
	(void)fflush(stdout);
}

static bool arguments(struct run *run, int argc, char **argv)
{
	if (argc < 3 || argc % 2 == 0)
		return false;
	run->programs = argv[1];
	run->folder = argv[2];
	for (int i = 3; i < argc; i += 2) {
		char *rest;

		if (strcmp(argv[i], "--each") == 0) {
			run->each = strtoull(argv[i + 1], NULL, 10);
		} else if (strcmp(argv[i], "--turn") == 0) {
			run->turn = strtoull(argv[i + 1], NULL, 10);
		} else if (strcmp(argv[i], "--part") == 0) {
			run->part = strtoull(argv[i + 1], &rest, 10);
			run->of = *rest == '/' ? strtoull(rest + 1, NULL, 10) : 0;
		} else {
			return false;
		}
	}
	return run->of > 0 && run->part < run->of;
}

int main(int argc, char **argv)
{
	struct run run = {.each = 0, .of = 1};

	if (!arguments(&run, argc, argv)) {
		fprintf(stderr, "usage: fail_at_n PROGRAMS FOLDER [--each N] [--turn T] "
				"[--part K/OF]\n");
		return 2;
	}
	log_level_set(LOG_ERROR + (enum log_level)1);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		way_run(&run, &ways[i]);
	printf("fail at call n: %llu passed, %llu failed\n", (unsigned long long)run.passed,
	       (unsigned long long)run.failed);
	return run.failed > 0 || run.passed == 0;
}
