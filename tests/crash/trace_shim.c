/* LD_PRELOAD: writes down what a program does to the files of one folder; see
 * trace.h.  Lock files are left out: they hold nothing that outlives a process. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/crash/trace.h"

#define FILES_MAX 4096

static struct {
	char path[TRACE_PATH_MAX]; /* "": not of the folder */
	bool is_durable;
} files[FILES_MAX];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int out = -1;

#define REAL(name) ((__typeof__(&name))(uintptr_t)real(#name))

static void *real(const char *name)
{
	void *at = dlsym(RTLD_NEXT, name);

	if (at == NULL)
		abort();
	return at;
}

static void put(const void *data, size_t len)
{
	while (len > 0) {
		ssize_t count = syscall(SYS_write, out, data, len);

		if (count <= 0)
			abort(); /* half a trace would show what never was */
		data = (const char *)data + count;
		len -= (size_t)count;
	}
}

static void record(enum trace_kind kind, const char *path, uint64_t offset, const void *data,
		   size_t len)
{
	struct trace_head head = {(uint32_t)kind, (uint32_t)strlen(path), offset, len};
	int kept = errno;

	pthread_mutex_lock(&lock);
	if (out < 0)
		out = (int)syscall(SYS_openat, AT_FDCWD, getenv(TRACE_OUT),
				   O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	put(&head, sizeof(head));
	put(path, head.path_len);
	put(data, len);
	pthread_mutex_unlock(&lock);
	errno = kept;
}

/* The path below the folder, or NULL. */
static const char *below(char full[PATH_MAX], const char *path)
{
	const char *root = getenv(TRACE_ROOT);
	size_t len = root != NULL ? strlen(root) : 0, len_full;
	const char *name;

	if (len == 0 || getenv(TRACE_OUT) == NULL)
		return NULL;
	if (path[0] == '/') {
		(void)snprintf(full, PATH_MAX, "%s", path);
	} else if (getcwd(full, PATH_MAX) == NULL || strlen(full) + strlen(path) + 2 > PATH_MAX) {
		return NULL;
	} else {
		strcat(full, "/");
		strcat(full, path);
	}
	len_full = strlen(full);
	if (len_full > 3 && strcmp(full + len_full - 3, "/..") == 0) {
		full[len_full - 3] = '\0';
		*strrchr(full, '/') = '\0';
	}
	if (strcmp(full, root) == 0)
		return TRACE_TOP;
	if (strncmp(full, root, len) != 0 || full[len] != '/' ||
	    strlen(full + len + 1) >= TRACE_PATH_MAX)
		return NULL;
	name = strrchr(full, '/') + 1;
	return strcmp(name, "lock") == 0 || strcmp(name, "lock.mdb") == 0 ? NULL : full + len + 1;
}

static bool is_traced(int fd)
{
	return fd >= 0 && fd < FILES_MAX && files[fd].path[0] != '\0';
}

/* --- descriptors ------------------------------------------------------------ */

static int open_traced(int fd, const char *path, int flags, bool was_there)
{
	char full[PATH_MAX];
	const char *name = below(full, path);

	if (fd < 0 || fd >= FILES_MAX)
		return fd;
	files[fd].path[0] = '\0';
	if (name == NULL)
		return fd;
	(void)snprintf(files[fd].path, TRACE_PATH_MAX, "%s", name);
	files[fd].is_durable = (flags & (O_DSYNC | O_SYNC)) != 0;
	if (!was_there && strcmp(name, TRACE_MARKS) != 0)
		record(TRACE_CREATE, name, 0, NULL, 0);
	else if (flags & O_TRUNC)
		record(TRACE_TRUNCATE, name, 0, NULL, 0);
	return fd;
}

static bool exists(const char *path)
{
	struct stat stat;

	return syscall(SYS_newfstatat, AT_FDCWD, path, &stat, 0) == 0;
}

#define OPEN(name) \
	int name(const char *path, int flags, ...) \
	{ \
		va_list args; \
		mode_t mode; \
		bool was_there = exists(path); \
		va_start(args, flags); \
		mode = va_arg(args, mode_t); \
		va_end(args); \
		return open_traced(REAL(name)(path, flags, mode), path, flags, was_there); \
	}
OPEN(open)
OPEN(open64)

int close(int fd)
{
	if (fd >= 0 && fd < FILES_MAX)
		files[fd].path[0] = '\0';
	return REAL(close)(fd);
}

/* LMDB makes its second descriptor by open; a copied one keeps its name here. */
int dup(int fd)
{
	int copy = REAL(dup)(fd);

	if (is_traced(fd) && copy >= 0 && copy < FILES_MAX)
		files[copy] = files[fd];
	return copy;
}

/* --- writing ------------------------------------------------------------------- */

static ssize_t wrote(int fd, const void *data, ssize_t count, off_t offset)
{
	enum trace_kind kind = files[fd].is_durable ? TRACE_WRITE_DURABLE : TRACE_WRITE;

	if (strcmp(files[fd].path, TRACE_MARKS) == 0)
		kind = TRACE_MARK;
	if (count > 0)
		record(kind, files[fd].path, (uint64_t)offset, data, (size_t)count);
	return count;
}

static ssize_t wrote_vector(int fd, const struct iovec *vector, int parts, ssize_t count,
			    off_t offset)
{
	ssize_t left = count;

	for (int i = 0; i < parts && left > 0; i++) {
		ssize_t part = (ssize_t)vector[i].iov_len < left ? (ssize_t)vector[i].iov_len : left;

		(void)wrote(fd, vector[i].iov_base, part, offset);
		offset += part;
		left -= part;
	}
	return count;
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t offset)
{
	ssize_t count = REAL(pwrite)(fd, data, len, offset);

	return is_traced(fd) ? wrote(fd, data, count, offset) : count;
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t offset)
{
	return pwrite(fd, data, len, offset);
}

ssize_t write(int fd, const void *data, size_t len)
{
	off_t offset = is_traced(fd) ? lseek(fd, 0, SEEK_CUR) : 0;
	ssize_t count = REAL(write)(fd, data, len);

	return is_traced(fd) ? wrote(fd, data, count, offset) : count;
}

ssize_t writev(int fd, const struct iovec *vector, int parts)
{
	off_t offset = is_traced(fd) ? lseek(fd, 0, SEEK_CUR) : 0;
	ssize_t count = REAL(writev)(fd, vector, parts);

	return is_traced(fd) ? wrote_vector(fd, vector, parts, count, offset) : count;
}

ssize_t pwritev(int fd, const struct iovec *vector, int parts, off_t offset)
{
	ssize_t count = REAL(pwritev)(fd, vector, parts, offset);

	return is_traced(fd) ? wrote_vector(fd, vector, parts, count, offset) : count;
}

ssize_t pwritev64(int fd, const struct iovec *vector, int parts, off64_t offset)
{
	return pwritev(fd, vector, parts, offset);
}

int ftruncate(int fd, off_t length)
{
	int rc = REAL(ftruncate)(fd, length);

	if (rc == 0 && is_traced(fd))
		record(TRACE_TRUNCATE, files[fd].path, (uint64_t)length, NULL, 0);
	return rc;
}

int ftruncate64(int fd, off64_t length)
{
	return ftruncate(fd, length);
}

void *mmap(void *at, size_t len, int protection, int flags, int fd, off_t offset)
{
	if (is_traced(fd) && (protection & PROT_WRITE) && (flags & MAP_SHARED))
		record(TRACE_UNTRACEABLE, files[fd].path, 0, NULL, 0);
	return REAL(mmap)(at, len, protection, flags, fd, offset);
}

void *mmap64(void *at, size_t len, int protection, int flags, int fd, off64_t offset)
{
	return mmap(at, len, protection, flags, fd, offset);
}

/* --- syncing ---------------------------------------------------------------------- */

static int synced(int fd, int rc)
{
	if (rc == 0 && is_traced(fd))
		record(TRACE_SYNC, files[fd].path, 0, NULL, 0);
	return rc;
}

int fsync(int fd)
{
	return synced(fd, REAL(fsync)(fd));
}

int fdatasync(int fd)
{
	return synced(fd, REAL(fdatasync)(fd));
}

/* --- folders ------------------------------------------------------------------------ */

int mkdir(const char *path, mode_t mode)
{
	char full[PATH_MAX];
	int rc = REAL(mkdir)(path, mode);
	const char *name = rc == 0 ? below(full, path) : NULL;

	if (name != NULL)
		record(TRACE_MKDIR, name, 0, NULL, 0);
	return rc;
}

int unlink(const char *path)
{
	char full[PATH_MAX];
	int rc = REAL(unlink)(path);
	const char *name = rc == 0 ? below(full, path) : NULL;

	if (name != NULL)
		record(TRACE_UNLINK, name, 0, NULL, 0);
	return rc;
}

int rename(const char *from, const char *to)
{
	char full[PATH_MAX], full_to[PATH_MAX];
	int rc = REAL(rename)(from, to);
	const char *name = rc == 0 ? below(full, from) : NULL;
	const char *name_to = rc == 0 ? below(full_to, to) : NULL;

	if (name != NULL && name_to != NULL)
		record(TRACE_RENAME, name, 0, name_to, strlen(name_to));
	return rc;
}
