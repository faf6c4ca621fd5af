/* What was signed and sent, noted in the home until it is settled: one line of
 * base64 for each transaction, in pending/<chain>-<key>.txt. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/limits.h"
#include "clients/cli/anchor.h"
#include "clients/cli/files.h"
#include "clients/cli/out.h"
#include "clients/cli/signer.h"

#define BYTES_MAX ((size_t)1 << 30)

struct anchor_journal {
	int fd;
	char *path;
	struct buf text;
	struct buf *raws;
	size_t count;
};

/* A last line without its end was cut off before its bytes were sent. */
static void read_lines(struct anchor_journal *journal)
{
	const char *at = (const char *)journal->text.at, *stop = at + journal->text.len, *end;

	while (at < stop && (end = memchr(at, '\n', (size_t)(stop - at))) != NULL) {
		struct buf raw;
		uint8_t *room;
		size_t len;

		buf_init(&raw, LIMIT_TX_BYTES);
		room = buf_grow(&raw, LIMIT_TX_BYTES);
		if (room != NULL && base64_decode(room, LIMIT_TX_BYTES, &len,
						  bytes_of(at, (size_t)(end - at)))) {
			journal->raws = reallocarray(journal->raws, journal->count + 1,
						     sizeof(*journal->raws));
			ASSERT(journal->raws != NULL);
			buf_init(&journal->raws[journal->count], LIMIT_TX_BYTES);
			buf_add(&journal->raws[journal->count++], room, len);
		}
		buf_release(&raw);
		at = end + 1;
	}
}

static enum err journal_path(struct anchor *anchor, char **out)
{
	char *folder = path_of("%s/pending", anchor->cli->home);
	char chain[HASH_HEX_LEN + 1], key[67];
	const struct signer *signer;
	enum err err = signer_get(anchor->cli, &signer);

	if (err == ERR_OK)
		err = folder_make(anchor->cli, folder, 0700);
	if (err == ERR_OK) {
		hex_encode(chain, anchor->chain.b, sizeof(anchor->chain.b));
		hex_encode(key, signer->key.b, sizeof(signer->key.b));
		*out = path_of("%s/%.16s-%.16s.txt", folder, chain, key);
	}
	free(folder);
	return err;
}

enum err anchor_journal_open(struct anchor *anchor)
{
	struct anchor_journal *journal = calloc(1, sizeof(*journal));
	enum err err;

	ASSERT(journal != NULL);
	err = journal_path(anchor, &journal->path);
	journal->fd = -1;
	buf_init(&journal->text, BYTES_MAX);
	anchor->journal = journal;
	if (err == ERR_OK)
		journal->fd = open(journal->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (err == ERR_OK && journal->fd < 0)
		err = cli_fail(anchor->cli, ERR_FILE_WRITE, "%s: %s", journal->path,
			       strerror(errno));
	if (err == ERR_OK && flock(journal->fd, LOCK_EX | LOCK_NB) != 0) {
		out_remark(anchor->cli, "note: another run anchors with this key; if this one is "
					"cut off, what it sent just then is not known to the next");
		(void)close(journal->fd);
		journal->fd = -1;
	} else if (err == ERR_OK) {
		err = file_read(anchor->cli, journal->path, &journal->text);
	}
	if (err == ERR_OK && journal->fd >= 0)
		read_lines(journal);
	if (err != ERR_OK)
		anchor_journal_close(anchor, false);
	return err;
}

enum err anchor_journal_add(struct anchor *anchor, struct bytes raw)
{
	struct anchor_journal *journal = anchor->journal;
	struct buf line;
	enum err err = ERR_OK;

	if (journal == NULL || journal->fd < 0)
		return ERR_OK;
	buf_init(&line, 2 * (size_t)LIMIT_TX_BYTES);
	buf_base64(&line, raw.at, raw.len);
	buf_u8(&line, '\n');
	if (line.has_failed || write(journal->fd, line.at, line.len) != (ssize_t)line.len)
		err = cli_fail(anchor->cli, ERR_FILE_WRITE, "%s", journal->path);
	buf_release(&line);
	return err;
}

size_t anchor_journal_count(const struct anchor *anchor)
{
	return anchor->journal != NULL ? anchor->journal->count : 0;
}

struct bytes anchor_journal_get(const struct anchor *anchor, size_t index)
{
	ASSERT(index < anchor->journal->count);
	return buf_bytes(&anchor->journal->raws[index]);
}

void anchor_journal_close(struct anchor *anchor, bool is_settled)
{
	struct anchor_journal *journal = anchor->journal;

	if (journal == NULL)
		return;
	if (is_settled && journal->fd >= 0)
		(void)unlink(journal->path); /* while it is locked */
	if (journal->fd >= 0)
		(void)close(journal->fd);
	for (size_t i = 0; i < journal->count; i++)
		buf_release(&journal->raws[i]);
	free(journal->raws);
	buf_release(&journal->text);
	free(journal->path);
	free(journal);
	anchor->journal = NULL;
}
