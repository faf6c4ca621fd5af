/* LD_PRELOAD: one chosen call fails, of those that a program makes on the files of
 * one folder; of malloc and its kin, of all.
 *
 *   STELE_FAIL_ROOT    the folder, absolute
 *   STELE_FAIL_CALL    open, pwrite, write, fdatasync, fsync, ftruncate, mmap, rename,
 *                      unlink, mkdir, fallocate or malloc
 *   STELE_FAIL_AT      which one, from 1; 0: none
 *   STELE_FAIL_ERRNO   the number that it leaves; short: half of a write is done
 *   STELE_FAIL_ON      "yes": all after it fail as well
 *   STELE_FAIL_COUNT   a file that gets, at the end, how many there were
 *
 * What fails is not done.  The marks of trace.h never fail. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/crash/trace.h"

#define FILES_MAX 4096
#define REAL(name) ((__typeof__(&name))(uintptr_t)dlsym(RTLD_NEXT, #name))

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *at, size_t size);

static bool is_of_root[FILES_MAX];
static const char *chosen = "", *root = "";
static uint64_t fail_at;
static int fail_errno = EIO;
static bool is_short, is_on, is_ready;
static _Atomic uint64_t calls;

__attribute__((constructor)) static void begin(void)
{
	const char *at = getenv("STELE_FAIL_AT"), *number = getenv("STELE_FAIL_ERRNO");

	if (getenv("STELE_FAIL_CALL") == NULL || getenv("STELE_FAIL_ROOT") == NULL)
		return;
	chosen = getenv("STELE_FAIL_CALL");
	root = getenv("STELE_FAIL_ROOT");
	fail_at = at != NULL ? strtoull(at, NULL, 10) : 0;
	is_short = number != NULL && strcmp(number, "short") == 0;
	if (number != NULL && !is_short)
		fail_errno = atoi(number);
	is_on = getenv("STELE_FAIL_ON") != NULL;
	is_ready = true;
}

__attribute__((destructor)) static void end(void)
{
	const char *path = getenv("STELE_FAIL_COUNT");
	FILE *file;

	is_ready = false;
	file = path != NULL ? fopen(path, "w") : NULL;
	if (file == NULL)
		return;
	fprintf(file, "%llu\n", (unsigned long long)calls);
	(void)fclose(file);
}

/* True: this call is to fail, and errno says how. */
static bool fails(const char *call)
{
	uint64_t number;

	if (!is_ready || strcmp(call, chosen) != 0)
		return false;
	number = ++calls;
	if (fail_at == 0 || number < fail_at || (number > fail_at && !is_on))
		return false;
	errno = fail_errno;
	return true;
}

static bool is_below(const char *path)
{
	size_t len = strlen(root), path_len = strlen(path);
	const char *marks = "/" TRACE_MARKS;

	if (path_len > strlen(marks) && strcmp(path + path_len - strlen(marks), marks) == 0)
		return false;
	return is_ready && strncmp(path, root, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

static bool is_file(int fd)
{
	return fd >= 0 && fd < FILES_MAX && is_of_root[fd];
}

/* --- memory --------------------------------------------------------------------- */

void *malloc(size_t size)
{
	return fails("malloc") ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails("malloc") ? NULL : __libc_calloc(count, size);
}

void *realloc(void *at, size_t size)
{
	return fails("malloc") ? NULL : __libc_realloc(at, size);
}

/* --- files ------------------------------------------------------------------------ */

#define OPEN(name) \
	int name(const char *path, int flags, ...) \
	{ \
		va_list args; \
		mode_t mode; \
		int fd; \
		va_start(args, flags); \
		mode = va_arg(args, mode_t); \
		va_end(args); \
		if (is_below(path) && fails("open")) \
			return -1; \
		fd = REAL(name)(path, flags, mode); \
		if (fd >= 0 && fd < FILES_MAX) \
			is_of_root[fd] = is_below(path); \
		return fd; \
	}
OPEN(open)
OPEN(open64)

ssize_t pwrite(int fd, const void *data, size_t len, off_t offset)
{
	if (is_file(fd) && fails("pwrite"))
		return is_short ? REAL(pwrite)(fd, data, len / 2, offset) : -1;
	return REAL(pwrite)(fd, data, len, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t offset)
{
	return pwrite(fd, data, len, offset);
}

ssize_t write(int fd, const void *data, size_t len)
{
	if (is_file(fd) && fails("write"))
		return is_short ? REAL(write)(fd, data, len / 2) : -1;
	return REAL(write)(fd, data, len);
}

ssize_t writev(int fd, const struct iovec *vector, int parts)
{
	if (is_file(fd) && fails("pwrite"))
		return is_short ? REAL(writev)(fd, vector, parts / 2) : -1;
	return REAL(writev)(fd, vector, parts);
}

int fdatasync(int fd)
{
	return is_file(fd) && fails("fdatasync") ? -1 : REAL(fdatasync)(fd);
}

int fsync(int fd)
{
	return is_file(fd) && fails("fsync") ? -1 : REAL(fsync)(fd);
}

int ftruncate(int fd, off_t length)
{
	return is_file(fd) && fails("ftruncate") ? -1 : REAL(ftruncate)(fd, length);
}

int ftruncate64(int fd, off64_t length)
{
	return ftruncate(fd, length);
}

int posix_fallocate(int fd, off_t offset, off_t length)
{
	return is_file(fd) && fails("fallocate") ? fail_errno
						 : REAL(posix_fallocate)(fd, offset, length);
}

int posix_fallocate64(int fd, off64_t offset, off64_t length)
{
	return posix_fallocate(fd, offset, length);
}

void *mmap(void *at, size_t len, int protection, int flags, int fd, off_t offset)
{
	if (is_file(fd) && fails("mmap"))
		return MAP_FAILED;
	return REAL(mmap)(at, len, protection, flags, fd, offset);
}

void *mmap64(void *at, size_t len, int protection, int flags, int fd, off64_t offset)
{
	return mmap(at, len, protection, flags, fd, offset);
}

/* --- names -------------------------------------------------------------------------- */

int rename(const char *from, const char *to)
{
	return is_below(to) && fails("rename") ? -1 : REAL(rename)(from, to);
}

int unlink(const char *path)
{
	return is_below(path) && fails("unlink") ? -1 : REAL(unlink)(path);
}

int mkdir(const char *path, mode_t mode)
{
	return is_below(path) && fails("mkdir") ? -1 : REAL(mkdir)(path, mode);
}
