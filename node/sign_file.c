#include "node/sign_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "node/home.h"
#include "proto/lines.h"

#define TEXT_MAX 512
#define KEY_HEX_LEN (2 * sizeof(((struct public_key *)0)->b))

struct sign_file {
	char path[HOME_PATH_BYTES];
	char fresh[HOME_PATH_BYTES]; /* the next one, until it takes the place */
	char folder[HOME_PATH_BYTES];
	struct hash chain;
	struct public_key key;
};

enum err sign_file_open(struct sign_file **out, const char *path, const struct hash *chain,
			const struct public_key *key)
{
	struct sign_file *file = calloc(1, sizeof(*file));
	const char *slash = strrchr(path, '/');
	int len;

	if (file == NULL)
		return ERR_MEMORY;
	ASSERT(slash != NULL);
	len = snprintf(file->path, sizeof(file->path), "%s", path);
	if (len < 0 || (size_t)len + 5 > sizeof(file->path)) {
		free(file);
		return ERR_FILE_READ;
	}
	memcpy(file->fresh, path, (size_t)len);
	memcpy(file->fresh + len, ".new", 5);
	memcpy(file->folder, path, slash == path ? 1 : (size_t)(slash - path));
	file->chain = *chain;
	file->key = *key;
	*out = file;
	return ERR_OK;
}

void sign_file_close(struct sign_file *file)
{
	free(file);
}

/* ---- reading ---------------------------------------------------------------------- */

static enum err parse(const struct sign_file *file, struct reservation *out, struct bytes text)
{
	struct lines lines = lines_of(text);
	struct public_key key = {{0}};
	struct hash chain;
	struct bytes word;

	lines_expect(&lines, "stele/v1 sign-state");
	lines_hash(&lines, "chain", &chain);
	word = lines_field(&lines, "key");
	if (!hex_decode(key.b, sizeof(key.b), word))
		lines_fail(&lines);
	out->stamp = lines_decimal(&lines, "stamp");
	out->epoch = lines_decimal(&lines, "epoch");
	out->view = lines_decimal(&lines, "view");
	if (!lines_is_done(&lines))
		return ERR_FILE_FORM;
	if (!hash_equal(&chain, &file->chain) || memcmp(&key, &file->key, sizeof(key)) != 0)
		return ERR_SIGN_FILE_FOREIGN;
	return ERR_OK;
}

enum err sign_file_read(const struct sign_file *file, struct reservation *out)
{
	struct buf text;
	enum err err;

	if (access(file->path, F_OK) != 0)
		return errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_FILE_READ;
	buf_init(&text, TEXT_MAX);
	err = home_read(&text, "", file->path);
	if (!err)
		err = parse(file, out, buf_bytes(&text));
	buf_release(&text);
	return err;
}

/* ---- writing ---------------------------------------------------------------------- */

static enum err disk_error(void)
{
	return errno == ENOSPC || errno == EDQUOT ? ERR_DISK_FULL : ERR_DISK_IO;
}

static enum err write_fresh(const struct sign_file *file, struct bytes text)
{
	int fd = open(file->fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	enum err err = ERR_OK;
	ssize_t count;

	if (fd < 0)
		return disk_error();
	count = write(fd, text.at, text.len);
	if (count != (ssize_t)text.len)
		err = count < 0 ? disk_error() : ERR_DISK_FULL;
	else if (fdatasync(fd) != 0)
		err = disk_error();
	if (close(fd) != 0 && !err)
		err = disk_error();
	return err;
}

static enum err sync_folder(const struct sign_file *file)
{
	int fd = open(file->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err err;

	if (fd < 0)
		return disk_error();
	err = fsync(fd) == 0 ? ERR_OK : disk_error();
	close(fd);
	return err;
}

enum err sign_file_write(const struct sign_file *file, const struct reservation *reservation)
{
	char chain[HASH_HEX_LEN + 1], key[KEY_HEX_LEN + 1];
	struct buf text;
	enum err err;

	hex_encode(chain, file->chain.b, sizeof(file->chain.b));
	hex_encode(key, file->key.b, sizeof(file->key.b));
	buf_init(&text, TEXT_MAX);
	buf_print(&text, "stele/v1 sign-state\nchain %s\nkey %s\nstamp %llu\nepoch %llu\nview %llu\n",
		  chain, key, (unsigned long long)reservation->stamp,
		  (unsigned long long)reservation->epoch, (unsigned long long)reservation->view);
	ASSERT(!text.has_failed);
	err = write_fresh(file, buf_bytes(&text));
	buf_release(&text);
	if (!err && rename(file->fresh, file->path) != 0)
		err = disk_error();
	return err ? err : sync_folder(file);
}
