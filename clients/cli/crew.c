#include "clients/cli/crew.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TICK_MS 50
#define STEP_MS_MAX 1000 /* of the clock at once: the whole crew may have been suspended */

struct member {
	pid_t pid; /* 0: ended */
	uint64_t at, signs;
	uint64_t silent_ms;
	bool was_silent;
};

void *crew_share(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

void crew_unshare(void *memory, size_t bytes)
{
	if (memory != NULL)
		(void)munmap(memory, bytes);
}

static uint64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* --- the child -------------------------------------------------------------- */

/* It goes when its parent goes, leaves no core file and says nothing: what there is to
 * say stands on shared memory. */
static void child_settle(pid_t parent)
{
	const struct rlimit none = {0, 0};
	int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_CODE_INTERRUPTED);
	(void)setrlimit(RLIMIT_CORE, &none);
	if (nowhere >= 0) {
		(void)dup2(nowhere, STDOUT_FILENO);
		(void)dup2(nowhere, STDERR_FILENO);
	}
}

/* --- the parent --------------------------------------------------------------- */

static void kill_all(struct member *members, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (members[i].pid == 0)
			continue;
		(void)kill(members[i].pid, SIGKILL);
		while (waitpid(members[i].pid, NULL, 0) < 0 && errno == EINTR)
			;
		members[i].pid = 0;
	}
}

static enum crew_end end_of(const struct member *member, int status)
{
	if (member->was_silent)
		return CREW_SILENT;
	if (WIFEXITED(status))
		return WEXITSTATUS(status) == 0 ? CREW_DONE : CREW_DIED;
	switch (WTERMSIG(status)) {
	case SIGABRT:
	case SIGBUS:
	case SIGSEGV:
	case SIGFPE:
	case SIGILL:
		return CREW_DIED;
	default:
		return CREW_KILLED;
	}
}

/* How many are left. */
static unsigned reap(struct crew *crew, struct member *members)
{
	unsigned left = 0;

	for (unsigned i = 0; i < crew->count; i++) {
		int status;

		if (members[i].pid == 0)
			continue;
		if (waitpid(members[i].pid, &status, WNOHANG) != members[i].pid) {
			left++;
			continue;
		}
		members[i].pid = 0;
		crew->ended(crew->context, i, end_of(&members[i], status),
			    atomic_load(&crew->signs[i].at));
	}
	return left;
}

static void watch(struct crew *crew, struct member *members, uint64_t step_ms)
{
	for (unsigned i = 0; i < crew->count; i++) {
		struct member *member = &members[i];
		uint64_t at = atomic_load(&crew->signs[i].at);
		uint64_t signs = atomic_load(&crew->signs[i].signs);

		member->silent_ms = at == member->at && signs == member->signs
					    ? member->silent_ms + step_ms
					    : 0;
		member->at = at;
		member->signs = signs;
		if (member->pid == 0 || member->silent_ms < (uint64_t)crew->silence_s * 1000)
			continue;
		member->was_silent = true;
		(void)kill(member->pid, SIGKILL);
	}
}

static enum err wait_for_all(struct crew *crew, struct member *members, const sigset_t *signals)
{
	const struct timespec tick = {0, TICK_MS * 1000000L};
	uint64_t before = now_ms();

	while (reap(crew, members) > 0) {
		int signal = sigtimedwait(signals, NULL, &tick);
		uint64_t now = now_ms();

		if (signal == SIGINT || signal == SIGTERM)
			return ERR_INTERRUPTED;
		watch(crew, members, now - before < STEP_MS_MAX ? now - before : STEP_MS_MAX);
		before = now;
		crew->tick(crew->context);
	}
	return ERR_OK;
}

static enum err start_all(struct crew *crew, struct member *members)
{
	pid_t parent = getpid();

	for (unsigned i = 0; i < crew->count; i++) {
		pid_t pid = fork();

		if (pid < 0)
			return ERR_INTERNAL;
		if (pid == 0) {
			child_settle(parent);
			_exit(crew->work(crew->context, i));
		}
		members[i].pid = pid;
	}
	return ERR_OK;
}

/* The signals stay blocked in the children, which the parent ends itself. */
enum err crew_run(struct crew *crew)
{
	struct member members[CREW_MAX];
	sigset_t signals, before;
	enum err err;

	ASSERT(crew->count >= 1 && crew->count <= CREW_MAX);
	memset(members, 0, sizeof(members));
	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &signals, &before);
	err = start_all(crew, members);
	if (err == ERR_OK)
		err = wait_for_all(crew, members, &signals);
	kill_all(members, crew->count);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return err;
}
