/* stele export blocks: a ledger's records, as they were agreed on, in one file that needs
 * no database to be read. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/cli/crew.h"
#include "clients/cli/files.h"
#include "clients/cli/ledger_source.h"
#include "clients/cli/out.h"
#include "clients/cli/progress.h"
#include "ledger/export.h"
#include "ledger/row.h"

/* What the child tells, on shared memory. */
struct told {
	struct crew_sign sign;
	_Atomic uint64_t heights;
	uint64_t pruned; /* heights without their parcels */
	uint64_t bytes;
	enum err err;
};

struct blocks {
	struct cli *cli;
	struct ledger_source source;
	const char *to;
	int fd;
	struct told *told;
	struct progress progress;
	bool has_progress;
	enum crew_end end;
};

/* --- the child ----------------------------------------------------------------- */

static enum err write_all(struct blocks *blocks, struct buf *out)
{
	const uint8_t *at = out->at;
	size_t left = out->len;

	if (out->has_failed)
		return ERR_MEMORY;
	while (left > 0) {
		ssize_t done = write(blocks->fd, at, left);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return errno == ENOSPC || errno == EDQUOT ? ERR_DISK_FULL : ERR_FILE_WRITE;
		at += done;
		left -= (size_t)done;
	}
	blocks->told->bytes += out->len;
	buf_reset(out);
	return ERR_OK;
}

static enum err head_write(struct blocks *blocks, struct store_read *read, struct buf *out)
{
	struct row_tip tip;
	struct bytes row;
	struct hash chain;
	enum err err = store_get(read, TABLE_META, bytes_text(META_FORMAT), &row);

	if (err == ERR_OK && !row_format_is_known(row))
		return ERR_STORE_FORMAT;
	if (err == ERR_OK)
		err = store_get(read, TABLE_META, bytes_text(META_CHAIN), &row);
	if (err == ERR_OK && row.len != sizeof(chain.b))
		err = ERR_STORE_DAMAGED;
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
	memcpy(chain.b, row.at, row.len);
	err = store_get(read, TABLE_META, bytes_text(META_TIP), &row);
	if (err == ERR_OK)
		err = row_tip_decode(&tip, row);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
	atomic_store(&blocks->told->heights, tip.height);
	export_head(out, &chain);
	return write_all(blocks, out);
}

static enum err pruned_count(struct blocks *blocks, struct store_read *read, uint64_t height)
{
	struct row_block block;
	struct bytes row;
	enum err err = row_block_get(read, height, &block);

	if (err != ERR_OK || block.parcels == 0)
		return err;
	err = row_get(read, TABLE_PARCEL, row_key_pair(height, 0), &row);
	blocks->told->pruned += err == ERR_NOT_FOUND;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err blocks_write(struct blocks *blocks, struct store_read *read)
{
	struct buf out;
	uint64_t heights;
	enum err err;

	buf_init(&out, EXPORT_FRAME_MAX + 16);
	err = head_write(blocks, read, &out);
	heights = atomic_load(&blocks->told->heights);
	for (uint64_t h = 0; h <= heights && err == ERR_OK; h++) {
		atomic_store(&blocks->told->sign.at, h);
		err = export_block(&out, read, h);
		if (err == ERR_OK)
			err = pruned_count(blocks, read, h);
		if (err == ERR_OK)
			err = write_all(blocks, &out);
	}
	export_end(&out, heights);
	if (err == ERR_OK)
		err = write_all(blocks, &out);
	buf_release(&out);
	return err == ERR_OK && fsync(blocks->fd) != 0 ? ERR_FILE_WRITE : err;
}

static int work(void *context, unsigned child)
{
	struct blocks *blocks = context;
	struct store_read *read;
	struct store *store;
	enum err err = store_open_reading(&store, blocks->source.store);

	(void)child;
	if (err == ERR_OK) {
		err = store_read_begin(store, &read);
		if (err == ERR_OK) {
			err = blocks_write(blocks, read);
			store_read_end(read);
		}
		store_close(store);
	}
	blocks->told->err = err;
	return 0;
}

/* --- the parent ------------------------------------------------------------------ */

static void on_tick(void *context)
{
	struct blocks *blocks = context;
	uint64_t heights = atomic_load(&blocks->told->heights);

	if (heights == 0)
		return;
	if (!blocks->has_progress)
		progress_start(&blocks->progress, blocks->cli, "heights written", heights);
	blocks->has_progress = true;
	progress_set(&blocks->progress, atomic_load(&blocks->told->sign.at));
}

static void on_ended(void *context, unsigned child, enum crew_end end, uint64_t at)
{
	struct blocks *blocks = context;

	(void)child, (void)at;
	blocks->end = end;
}

static enum err write_once(struct blocks *blocks)
{
	struct crew crew = {.count = 1,
			    .silence_s = blocks->source.silence_s,
			    .signs = &blocks->told->sign,
			    .context = blocks,
			    .work = work,
			    .tick = on_tick,
			    .ended = on_ended};
	enum err err = crew_run(&crew);

	if (blocks->has_progress)
		progress_end(&blocks->progress, atomic_load(&blocks->told->sign.at));
	if (err != ERR_OK)
		return err;
	return blocks->end == CREW_DONE ? blocks->told->err : ERR_STORE_DAMAGED;
}

static enum err write_file(struct blocks *blocks)
{
	struct cli *cli = blocks->cli;
	uint64_t at;
	enum err err = write_once(blocks);

	if (err == ERR_STORE_LOCKED) {
		err = ledger_source_copy(&blocks->source);
		if (err == ERR_OK)
			err = write_once(blocks);
	}
	if (err == ERR_OK)
		return ERR_OK;
	at = atomic_load(&blocks->told->sign.at);
	if (err == ERR_STORE_DAMAGED) {
		err = cli_fail(cli, err, "%s", blocks->source.store);
		cli_fact(cli, "at height", "%llu", (unsigned long long)at);
		return err;
	}
	return cli_fail(cli, err, err == ERR_INTERRUPTED ? NULL : "%s", blocks->to);
}

static void print_result(const struct blocks *blocks)
{
	static const struct column columns[] = {
		{"heights", "height", COLUMN_NUMBER},
		{"bytes", "bytes", COLUMN_NUMBER},
		{"parcels_pruned", "heights whose parcels were pruned", COLUMN_NUMBER},
		{NULL, NULL, COLUMN_TEXT},
	};

	out_object(blocks->cli,
		   json_pack("{s:s, s:I, s:I, s:I, s:b}", "file", blocks->to, "heights",
			     (json_int_t)atomic_load(&blocks->told->heights), "bytes",
			     (json_int_t)blocks->told->bytes, "parcels_pruned",
			     (json_int_t)blocks->told->pruned, "of_copy", (int)blocks->source.is_copy),
		   columns);
}

/* The file is there whole or not at all. */
static enum err make(struct blocks *blocks)
{
	enum err err;

	blocks->fd = open(blocks->to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (blocks->fd < 0)
		return cli_fail(blocks->cli, errno == EEXIST ? ERR_FILE_EXISTS : ERR_FILE_WRITE,
				"%s: %s", blocks->to, strerror(errno));
	err = write_file(blocks);
	if (close(blocks->fd) != 0 && err == ERR_OK)
		err = cli_fail(blocks->cli, ERR_FILE_WRITE, "%s: %s", blocks->to, strerror(errno));
	if (err != ERR_OK)
		(void)unlink(blocks->to);
	else
		print_result(blocks);
	return err;
}

static enum err run_blocks(struct cli *cli)
{
	struct blocks blocks = {.cli = cli, .to = cli->args[1]};
	enum err err = ledger_source_find(&blocks.source, cli, cli->args[0]);

	if (err == ERR_OK && blocks.source.file != NULL)
		err = cli_fail(cli, ERR_USAGE, "give a node's home or its chain folder, then a new file");
	blocks.told = crew_share(sizeof(*blocks.told));
	if (err == ERR_OK && blocks.told == NULL)
		err = ERR_MEMORY;
	if (err == ERR_OK)
		err = ledger_source_begin(&blocks.source);
	if (err == ERR_OK)
		err = make(&blocks);
	ledger_source_end(&blocks.source);
	crew_unshare(blocks.told, sizeof(*blocks.told));
	return err;
}

static const struct option_spec options_blocks[] = {
	{"scratch", 0, OPTION_VALUE, "DIR",
	 "where a running node's store is copied to; default $TMPDIR or /var/tmp"},
	{"silence", 0, OPTION_VALUE, "SECONDS",
	 "how long the reading process may show no progress before it is ended; default 300"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_export_blocks[] = {
	{"export blocks", "DIR FILE", 2, 2, "a node's ledger as one file of raw records",
	 "Writes what the network agreed on, height by height: headers, bodies, finalizations, leaves, "
	 "attachments, rejected entries and the parcels that are kept; nothing that follows from them. "
	 "DIR is the home of a node, a copy of one, or its chain folder; while the node runs, a copy "
	 "of one moment is made first. stele verify-ledger FILE --genesis FILE executes all of it anew. "
	 "Nothing is overwritten. Opens no socket.",
	 "stele export blocks /var/lib/stele ledger.blocks\n"
	 "stele verify-ledger ledger.blocks --genesis net.genesis",
	 options_blocks, run_blocks},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
