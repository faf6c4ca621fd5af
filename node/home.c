#include "node/home.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FORMAT_TEXT "stele-home 1\n"

bool home_join(char out[HOME_PATH_BYTES], const char *path, const char *name)
{
	int len = name[0] == '/' ? snprintf(out, HOME_PATH_BYTES, "%s", name)
				 : snprintf(out, HOME_PATH_BYTES, "%s/%s", path, name);

	return len >= 0 && len < HOME_PATH_BYTES;
}

/* ---- files ------------------------------------------------------------------------ */

enum err home_read(struct buf *out, const char *path, const char *name)
{
	char full[HOME_PATH_BYTES];
	uint8_t piece[16384];
	ssize_t count;
	int fd;

	if (!home_join(full, path, name))
		return ERR_FILE_READ;
	fd = open(full, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return ERR_FILE_READ;
	while ((count = read(fd, piece, sizeof(piece))) > 0)
		buf_add(out, piece, (size_t)count);
	close(fd);
	if (count < 0)
		return ERR_FILE_READ;
	return out->has_failed ? ERR_FILE_FORM : ERR_OK;
}

static bool write_all(int fd, struct bytes content)
{
	while (content.len > 0) {
		ssize_t count = write(fd, content.at, content.len);

		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return false;
		content.at += count;
		content.len -= (size_t)count;
	}
	return fsync(fd) == 0;
}

static bool sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool is_done = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return is_done;
}

enum err home_write(const char *path, const char *name, struct bytes content)
{
	char full[HOME_PATH_BYTES];
	bool is_done;
	int fd;

	if (!home_join(full, path, name))
		return ERR_FILE_WRITE;
	fd = open(full, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno == EEXIST ? ERR_FILE_EXISTS : ERR_FILE_WRITE;
	is_done = write_all(fd, content);
	if (close(fd) != 0 || !is_done || !sync_folder(path)) {
		unlink(full);
		return ERR_FILE_WRITE;
	}
	return ERR_OK;
}

enum err home_remove(const char *path, const char *name)
{
	char full[HOME_PATH_BYTES];

	if (!home_join(full, path, name) || unlink(full) != 0 || !sync_folder(path))
		return ERR_FILE_WRITE;
	return ERR_OK;
}

/* ---- beside the home ---------------------------------------------------------------- */

/* path<suffix>, whatever way led to the home. */
static bool beside(char out[HOME_PATH_BYTES], const char *path, const char *suffix)
{
	char *real = realpath(path, NULL);
	int len = real == NULL ? -1 : snprintf(out, HOME_PATH_BYTES, "%s%s", real, suffix);

	free(real);
	return len >= 0 && len < HOME_PATH_BYTES;
}

bool home_sign_file(char out[HOME_PATH_BYTES], const char *path, const char *configured)
{
	char home[HOME_PATH_BYTES];

	if (configured[0] == '\0')
		return beside(out, path, HOME_SIGN_FOLDER "/" HOME_SIGN_FILE);
	return beside(home, path, "") && home_join(out, home, configured);
}

enum err home_make_sign_folder(const char *path)
{
	char folder[HOME_PATH_BYTES], parent[HOME_PATH_BYTES];

	if (!beside(folder, path, HOME_SIGN_FOLDER) || !beside(parent, path, "/.."))
		return ERR_FILE_WRITE;
	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return ERR_FILE_WRITE;
	/* each time: whoever made it may not have come so far */
	return sync_folder(parent) ? ERR_OK : ERR_FILE_WRITE;
}

enum err home_check_sign_file(const char *path, const char *file)
{
	char name[HOME_PATH_BYTES];
	char *slash, *home, *folder;
	enum err err = ERR_FILE_WRITE;
	size_t len;

	snprintf(name, sizeof(name), "%s", file);
	slash = strrchr(name, '/');
	ASSERT(slash != NULL);
	slash[1] = '\0'; /* of a file that stands where a folder should, nothing is found */
	home = realpath(path, NULL);
	folder = realpath(name, NULL);
	if (home != NULL && folder != NULL && access(name, W_OK | X_OK) == 0) {
		len = strlen(home);
		err = strncmp(folder, home, len) == 0 &&
				      (folder[len] == '/' || folder[len] == '\0')
			      ? ERR_CONFIG
			      : ERR_OK;
	}
	free(home);
	free(folder);
	return err;
}

/* ---- a new home --------------------------------------------------------------------- */

static bool is_empty(const char *path)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;
	bool has_entry = false;

	if (folder == NULL)
		return false;
	while (!has_entry && (entry = readdir(folder)) != NULL)
		has_entry = strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(folder);
	return !has_entry;
}

enum err home_create(const char *path)
{
	char keys[HOME_PATH_BYTES], parent[HOME_PATH_BYTES];

	if (!home_join(keys, path, HOME_KEYS))
		return ERR_FILE_WRITE;
	if (mkdir(path, 0700) != 0) {
		if (errno != EEXIST)
			return ERR_FILE_WRITE;
		if (!is_empty(path))
			return ERR_FILE_EXISTS;
		if (chmod(path, 0700) != 0)
			return ERR_FILE_WRITE;
	}
	if (mkdir(keys, 0700) != 0)
		return ERR_FILE_WRITE;
	if (home_write(path, HOME_NEVER_SIGNED, bytes_of(NULL, 0)) != ERR_OK)
		return ERR_FILE_WRITE;
	/* last, so that half a home is none */
	if (home_write(path, HOME_FORMAT, bytes_text(FORMAT_TEXT)) != ERR_OK ||
	    !home_join(parent, path, ".."))
		return ERR_FILE_WRITE;
	return sync_folder(parent) ? ERR_OK : ERR_FILE_WRITE;
}

/* ---- the home in use ------------------------------------------------------------------- */

static enum err check_format(const char *path)
{
	struct buf text;
	enum err err;

	buf_init(&text, 256);
	err = home_read(&text, path, HOME_FORMAT);
	if (err == ERR_FILE_FORM ||
	    (err == ERR_OK && !bytes_equal(buf_bytes(&text), bytes_text(FORMAT_TEXT))))
		err = ERR_STORE_FORMAT;
	buf_release(&text);
	return err;
}

enum err home_open(struct home *out, const char *path)
{
	char lock_path[HOME_PATH_BYTES];
	char pid[32];
	int len;
	int fd;
	enum err err;

	if (!home_join(lock_path, path, HOME_LOCK))
		return ERR_FILE_READ;
	err = check_format(path);
	if (err)
		return err;
	fd = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return ERR_FILE_WRITE;
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		close(fd);
		return ERR_STORE_LOCKED;
	}
	/* who holds it, for people, and so not needed on a full disk; the lock itself
	 * is the kernel's and ends with the process */
	len = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());
	if (ftruncate(fd, 0) != 0 || (pwrite(fd, pid, (size_t)len, 0) != len && errno != ENOSPC)) {
		close(fd);
		return ERR_FILE_WRITE;
	}
	memcpy(out->path, path, strlen(path) + 1);
	out->lock = fd;
	return ERR_OK;
}

void home_close(struct home *home)
{
	close(home->lock);
	home->lock = -1;
}
