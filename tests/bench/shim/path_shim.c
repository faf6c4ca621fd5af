/* LD_PRELOAD for steled: writes down when each of its threads reads, writes and syncs, for
 * tests/bench/path.py.  Kept in memory, and written to
 * $PATH_SHIM_LOG.<pid> at the end: a line "<ns> <thread> <what> <result>". */
#include <dlfcn.h>
#include <openssl/ssl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define EVENTS_MAX (1u << 21)
#define NAME_BYTES 16
#define THREADS_MAX 64

struct event {
	uint64_t ns;
	int64_t result;
	const char *what;
	const char *thread;
};

static struct event events[EVENTS_MAX];
static atomic_uint events_count;

#define REAL(name) ((__typeof__(&name))(uintptr_t)dlsym(RTLD_NEXT, #name))

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* Its name, kept for longer than the thread. */
static const char *thread(void)
{
	static char names[THREADS_MAX][NAME_BYTES];
	static atomic_uint count;
	static _Thread_local char *name;

	if (name == NULL) {
		name = names[atomic_fetch_add(&count, 1) % THREADS_MAX];
		prctl(PR_GET_NAME, name);
	}
	return name;
}

static void note(const char *what, int64_t result)
{
	unsigned k = atomic_fetch_add(&events_count, 1);

	if (k < EVENTS_MAX)
		events[k] = (struct event){now(), result, what, thread()};
}

__attribute__((destructor)) static void write_down(void)
{
	unsigned count = atomic_load(&events_count);
	const char *path = getenv("PATH_SHIM_LOG");
	char name[4096];
	FILE *file;

	if (path == NULL || count == 0)
		return;
	(void)snprintf(name, sizeof(name), "%s.%d", path, (int)getpid());
	file = fopen(name, "w");
	if (file == NULL)
		return;
	for (unsigned k = 0; k < count && k < EVENTS_MAX; k++)
		(void)fprintf(file, "%llu %s %s %lld\n", (unsigned long long)events[k].ns,
			      events[k].thread, events[k].what, (long long)events[k].result);
	(void)fclose(file);
}

/* --- what is written down ------------------------------------------------------------------ */

int fdatasync(int fd)
{
	int result;

	note("sync-begin", fd);
	result = REAL(fdatasync)(fd);
	note("sync-end", fd);
	return result;
}

int SSL_read_ex(SSL *ssl, void *at, size_t room, size_t *len)
{
	int result = REAL(SSL_read_ex)(ssl, at, room, len);

	if (result == 1)
		note("tls-in", (int64_t)*len);
	return result;
}

int SSL_write_ex(SSL *ssl, const void *at, size_t len, size_t *written)
{
	note("tls-out", (int64_t)len);
	return REAL(SSL_write_ex)(ssl, at, len, written);
}

ssize_t read(int fd, void *at, size_t room)
{
	ssize_t result = REAL(read)(fd, at, room);

	if (result > 8) /* 8: a wake */
		note("read", result);
	return result;
}

ssize_t write(int fd, const void *at, size_t len)
{
	if (len > 8)
		note("write", (int64_t)len);
	return REAL(write)(fd, at, len);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
	note("write", (int64_t)parts[0].iov_len);
	return REAL(writev)(fd, parts, count);
}
