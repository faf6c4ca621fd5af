#include "clients/cli/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/random.h"

char *path_of(const char *format, ...)
{
	va_list list;
	char *path = NULL;
	int len;

	va_start(list, format);
	len = vasprintf(&path, format, list);
	va_end(list);
	ASSERT(len >= 0);
	return path;
}

bool file_exists(const char *path)
{
	struct stat stat_of;

	return stat(path, &stat_of) == 0;
}

enum err file_fail(struct cli *cli, enum err err, const char *path)
{
	int number = errno;

	cli_fail(cli, err, "%s", path);
	if (number != 0)
		cli_fact(cli, "system", "%s", strerror(number));
	return err;
}

enum err file_read(struct cli *cli, const char *path, struct buf *out)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	char piece[16384];
	ssize_t got = 0;
	enum err err = ERR_OK;

	if (fd < 0)
		return file_fail(cli, ERR_FILE_READ, path);
	while (!out->has_failed && (got = read(fd, piece, sizeof(piece))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			break;
		buf_add(out, piece, (size_t)got);
	}
	if (got < 0) {
		err = file_fail(cli, ERR_FILE_READ, path);
	} else if (out->has_failed) {
		err = cli_fail(cli, ERR_FILE_FORM, "%s", path);
		cli_fact(cli, "size", "more than %zu bytes", out->max);
	}
	if (out->at == NULL) { /* nothing was read, and yet a view of it has an address */
		(void)buf_grow(out, 1);
		out->len = 0;
	}
	if (!is_stdin)
		(void)close(fd);
	return err;
}

static bool write_all(int fd, struct bytes data)
{
	while (data.len > 0) {
		ssize_t written = write(fd, data.at, data.len);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		data = bytes_of(data.at + written, data.len - (size_t)written);
	}
	return fsync(fd) == 0;
}

/* A new name is durable once its folder is. */
static bool folder_sync(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash == NULL ? path_of(".") : path_of("%.*s", (int)(slash - path + 1), path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool is_synced = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		(void)close(fd);
	free(folder);
	return is_synced;
}

enum err file_write(struct cli *cli, const char *path, struct bytes data, mode_t mode,
		    bool may_replace)
{
	uint8_t random[8];
	char hex[2 * sizeof(random) + 1];
	char *beside;
	int fd;
	bool is_written;
	enum err err = ERR_OK;

	/* a name that nobody can have laid a link under in a shared folder */
	random_bytes(random, sizeof(random));
	hex_encode(hex, random, sizeof(random));
	beside = path_of("%s.%s.tmp", path, hex);
	fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	is_written = fd >= 0 && write_all(fd, data);
	is_written = (fd < 0 || close(fd) == 0) && is_written;
	if (!is_written)
		err = file_fail(cli, ERR_FILE_WRITE, path);
	else if (may_replace && rename(beside, path) != 0)
		err = file_fail(cli, ERR_FILE_WRITE, path);
	else if (!may_replace && link(beside, path) != 0)
		err = file_fail(cli, errno == EEXIST ? ERR_FILE_EXISTS : ERR_FILE_WRITE, path);
	if (fd >= 0)
		(void)unlink(beside);
	if (err == ERR_OK && !folder_sync(path))
		err = file_fail(cli, ERR_FILE_WRITE, path);
	free(beside);
	return err;
}

enum err folder_make(struct cli *cli, const char *path, mode_t mode)
{
	char *copy = path_of("%s", path);
	enum err err = ERR_OK;

	for (char *at = copy + 1; err == ERR_OK && *at != '\0'; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		if (mkdir(copy, 0755) != 0 && errno != EEXIST)
			err = file_fail(cli, ERR_FILE_WRITE, copy);
		*at = '/';
	}
	if (err == ERR_OK && mkdir(copy, mode) != 0 && errno != EEXIST)
		err = file_fail(cli, ERR_FILE_WRITE, path);
	free(copy);
	return err;
}

enum err file_lock(struct cli *cli, const char *path, enum err busy, int *out)
{
	char *beside = path_of("%s.lock", path);
	enum err err = ERR_OK;

	*out = open(beside, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (*out < 0)
		err = file_fail(cli, ERR_FILE_WRITE, beside);
	else if (flock(*out, busy == ERR_OK ? LOCK_EX : LOCK_EX | LOCK_NB) != 0)
		err = busy != ERR_OK && errno == EWOULDBLOCK
			      ? cli_fail(cli, busy, "%s", path)
			      : file_fail(cli, ERR_FILE_WRITE, beside);
	if (err != ERR_OK && *out >= 0) {
		(void)close(*out);
		*out = -1;
	}
	free(beside);
	return err;
}
