#include "clients/cli/receipt_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "clients/cli/files.h"
#include "clients/cli/progress.h"
#include "crypto/digest.h"
#include "proofs/text.h"

#define READ_BYTES (1u << 20)

bool receipt_path_is(const char *path)
{
	size_t len = strlen(path);
	size_t suffix = strlen(RECEIPT_SUFFIX);

	return len > suffix && strcmp(path + len - suffix, RECEIPT_SUFFIX) == 0;
}

char *receipt_path_beside(const char *path)
{
	if (!receipt_path_is(path))
		return path_of("%s%s", path, RECEIPT_SUFFIX);
	return path_of("%.*s", (int)(strlen(path) - strlen(RECEIPT_SUFFIX)), path);
}

/* The file was given where its receipt is meant. */
static void hint_beside(struct cli *cli, const char *path)
{
	char *beside = receipt_path_beside(path);

	if (!receipt_path_is(path) && file_exists(beside))
		cli_remedy(cli, "its receipt lies beside it: give %s", beside);
	free(beside);
}

/* Where it is not even JSON; or that it is, but not as a receipt is written. */
static void fail_form(struct cli *cli, const char *path, struct bytes text, enum err err)
{
	json_error_t error;
	json_t *any = json_loadb((const char *)text.at, text.len, JSON_REJECT_DUPLICATES, &error);

	cli_fail(cli, err, "%s is not a receipt", path);
	if (any == NULL) {
		cli_fact(cli, "place", "line %d, column %d: %s", error.line, error.column,
			 error.text);
		hint_beside(cli, path);
	} else if (err == ERR_RECEIPT_FORM) {
		cli_fact(cli, "place", "it is JSON, but not canonical: spaces, order or characters "
				       "were changed");
	}
	json_decref(any);
}

enum err receipt_read(struct cli *cli, const char *path, json_t **out)
{
	struct buf text;
	enum err err;

	buf_init(&text, LIMIT_RECEIPT_BYTES);
	err = file_read(cli, path, &text);
	if (err == ERR_FILE_FORM) /* larger than any receipt */
		err = cli_fail(cli, ERR_RECEIPT_FORM, "%s is not a receipt", path);
	if (err == ERR_OK) {
		err = receipt_parse(buf_bytes(&text), out);
		if (err != ERR_OK)
			fail_form(cli, path, buf_bytes(&text), err);
	}
	buf_release(&text);
	return err;
}

char *receipt_text(const json_t *receipt)
{
	struct buf text;
	char *copy = NULL;

	buf_init(&text, LIMIT_RECEIPT_BYTES);
	if (text_render(&text, receipt) == ERR_OK)
		copy = strndup((const char *)text.at, text.len);
	buf_release(&text);
	return copy;
}

static bool is_leaf(const struct leaf *found, uint64_t log_index, struct bytes leaf)
{
	return found->log_index == log_index && leaf.len > 0 && leaf.at[0] == 0x01 &&
	       bytes_equal(found->transaction, bytes_of(leaf.at + 1, leaf.len - 1));
}

bool receipt_speaks_of(const struct receipt_findings *found, uint64_t log_index, struct bytes leaf)
{
	return is_leaf(&found->record, log_index, leaf) ||
	       (found->has_opened && is_leaf(&found->opened, log_index, leaf));
}

static enum err hash_all(struct cli *cli, int fd, uint64_t total, struct receipt_file *out)
{
	static uint8_t chunk[READ_BYTES];
	struct sha256 *sha256 = sha256_new();
	struct progress progress;
	ssize_t got;

	out->size = 0;
	progress_start(&progress, cli, "bytes hashed", total);
	for (;;) {
		got = read(fd, chunk, sizeof(chunk));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		sha256_add(sha256, chunk, (size_t)got);
		out->size += (uint64_t)got;
		progress_set(&progress, out->size);
	}
	progress_end(&progress, out->size);
	sha256_finish(sha256, &out->sha256);
	sha256_free(sha256);
	return got < 0 ? ERR_FILE_READ : ERR_OK;
}

enum err content_hash(struct cli *cli, const char *path, struct receipt_file *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat stat;
	enum err err = ERR_FILE_READ;

	if (fd >= 0 && fstat(fd, &stat) == 0 && !S_ISDIR(stat.st_mode))
		err = hash_all(cli, fd, (uint64_t)stat.st_size, out);
	if (err != ERR_OK)
		err = cli_fail(cli, err, "%s: %s", path,
			       fd >= 0 && S_ISDIR(stat.st_mode) ? "is a folder" : strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	return err;
}
