#include "clients/cli/receipt_index.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "clients/cli/files.h"
#include "clients/cli/receipt_file.h"
#include "proofs/shape.h"

#define DEPTH_MAX 32

/* The text of a file that may be a receipt: not too long, and an object. */
static bool read_text(const char *path, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;
	uint8_t *room;
	bool is_read = false;

	buf_reset(out);
	if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 &&
	    status.st_size <= LIMIT_RECEIPT_BYTES) {
		uint8_t first = 0;

		is_read = pread(fd, &first, 1, 0) == 1 && first == '{';
		room = is_read ? buf_grow(out, (size_t)status.st_size) : NULL;
		is_read = room != NULL &&
			  read(fd, room, (size_t)status.st_size) == (ssize_t)status.st_size;
	}
	if (fd >= 0)
		(void)close(fd);
	return is_read;
}

static bool read_subject(const char *path, struct hash *out)
{
	json_t *receipt = NULL;
	struct buf text;
	bool has_subject;

	buf_init(&text, LIMIT_RECEIPT_BYTES);
	has_subject = read_text(path, &text) && receipt_parse(buf_bytes(&text), &receipt) == ERR_OK &&
		      json_read_hash(json_object_get(receipt, "subject"), "sha256", out) == ERR_OK;
	json_decref(receipt);
	buf_release(&text);
	return has_subject;
}

static void add_file(struct receipt_index *index, const char *path)
{
	struct hash sha256;

	if (!read_subject(path, &sha256))
		return;
	if (index->count == index->room) {
		index->room = index->room > 0 ? index->room * 2 : 64;
		index->places = reallocarray(index->places, index->room, sizeof(*index->places));
		ASSERT(index->places != NULL);
	}
	index->places[index->count++] =
		(struct receipt_place){.sha256 = sha256, .path = path_of("%s", path)};
	index->is_sorted = false;
}

static enum err add_folder(struct cli *cli, struct receipt_index *index, const char *folder,
			   bool any_name, unsigned depth)
{
	struct dirent **names;
	int count = depth < DEPTH_MAX ? scandir(folder, &names, NULL, alphasort) : -1;
	enum err err = ERR_OK;

	if (count < 0) /* whoever walks the folder for its files says so then */
		return any_name ? cli_fail(cli, ERR_FILE_READ, "%s", folder) : ERR_OK;
	for (int i = 0; i < count; i++) {
		char *below = path_of("%s/%s", folder, names[i]->d_name);
		struct stat status;

		if (err == ERR_OK && strcmp(names[i]->d_name, ".") != 0 &&
		    strcmp(names[i]->d_name, "..") != 0 && lstat(below, &status) == 0) {
			if (S_ISDIR(status.st_mode))
				err = add_folder(cli, index, below, any_name, depth + 1);
			else if (S_ISREG(status.st_mode) && (any_name || receipt_path_is(below)))
				add_file(index, below);
		}
		free(below);
		free(names[i]);
	}
	free(names);
	return err;
}

enum err receipt_index_add(struct cli *cli, struct receipt_index *index, const char *folder,
			   bool any_name)
{
	return add_folder(cli, index, folder, any_name, 0);
}

static int compare(const void *a, const void *b)
{
	const struct receipt_place *one = a, *other = b;
	int order = hash_compare(&one->sha256, &other->sha256);

	return order != 0 ? order : strcmp(one->path, other->path);
}

struct receipt_place *receipt_index_find(struct receipt_index *index, const struct hash *sha256,
					 size_t *count)
{
	size_t low = 0, high = index->count;

	if (!index->is_sorted && index->count > 0)
		qsort(index->places, index->count, sizeof(*index->places), compare);
	index->is_sorted = true;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (hash_compare(&index->places[middle].sha256, sha256) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*count = 0;
	while (low + *count < index->count &&
	       hash_equal(&index->places[low + *count].sha256, sha256))
		(*count)++;
	return *count > 0 ? &index->places[low] : NULL;
}

void receipt_index_release(struct receipt_index *index)
{
	for (size_t i = 0; i < index->count; i++)
		free(index->places[i].path);
	free(index->places);
	*index = (struct receipt_index){.places = NULL};
}
