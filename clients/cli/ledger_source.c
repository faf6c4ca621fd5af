#include "clients/cli/ledger_source.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "clients/cli/crew.h"
#include "clients/cli/files.h"
#include "clients/cli/progress.h"
#include "ledger/export.h"
#include "ledger/store_copy.h"
#include "node/home.h"

#define FOLDERS_OPEN 16
#define SILENCE_S 300
#define SILENCE_S_MAX 86400

/* --- finding ---------------------------------------------------------------- */

static enum err find_store(struct ledger_source *source, const char *path)
{
	char *inner = path_of("%s/" HOME_CHAIN, path);
	bool is_home = file_exists(inner);
	char *data;
	enum err err = ERR_OK;

	source->store = path_of("%s", is_home ? inner : path);
	if (is_home)
		source->home = path_of("%s", path);
	data = path_of("%s/data.mdb", source->store);
	if (!file_exists(data))
		err = cli_fail(source->cli, ERR_FILE_READ, "%s holds no ledger", path);
	free(inner);
	free(data);
	return err;
}

enum err ledger_source_find(struct ledger_source *out, struct cli *cli, const char *path)
{
	uint64_t silence_s = SILENCE_S;
	struct stat status;
	enum err err = cli_number(cli, "silence", SILENCE_S_MAX, &silence_s);

	*out = (struct ledger_source){.cli = cli, .silence_s = (unsigned)silence_s};
	if (err != ERR_OK)
		return err;
	if (silence_s == 0)
		return cli_fail(cli, ERR_USAGE, "--silence is at least 1");
	if (stat(path, &status) != 0)
		return cli_fail(cli, ERR_FILE_READ, "%s: %s", path, strerror(errno));
	if (S_ISDIR(status.st_mode))
		return find_store(out, path);
	out->file = path_of("%s", path);
	return ERR_OK;
}

/* --- the scratch folder ------------------------------------------------------- */

enum err ledger_source_begin(struct ledger_source *source)
{
	const char *below = cli_value(source->cli, "scratch");
	const char *temporary = getenv("TMPDIR");
	char *scratch;
	sigset_t signals;

	if (below == NULL)
		below = temporary != NULL ? temporary : "/var/tmp";
	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &signals, &source->signals);
	scratch = path_of("%s/stele-ledger-XXXXXX", below);
	if (mkdtemp(scratch) != NULL) {
		source->scratch = scratch;
		return ERR_OK;
	}
	free(scratch);
	(void)sigprocmask(SIG_SETMASK, &source->signals, NULL);
	return cli_fail(source->cli, ERR_FILE_WRITE, "%s: %s", below, strerror(errno));
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	(void)status;
	(void)kind;
	(void)place;
	return remove(path);
}

void ledger_source_end(struct ledger_source *source)
{
	if (source->scratch != NULL) {
		(void)nftw(source->scratch, remove_one, FOLDERS_OPEN, FTW_DEPTH | FTW_PHYS);
		(void)sigprocmask(SIG_SETMASK, &source->signals, NULL);
	}
	free(source->home);
	free(source->store);
	free(source->file);
	free(source->scratch);
}

/* --- one child ------------------------------------------------------------------ */

/* What it tells, on shared memory. */
struct told {
	struct crew_sign sign;
	enum err err;
};

struct job {
	struct ledger_source *source;
	const struct hash *chain;
	char *to; /* the copy's file, or the unpacked store's folder */
	struct told *told;
	struct progress progress;
	enum crew_end end;
	uint64_t at;
};

static void on_ended(void *context, unsigned child, enum crew_end end, uint64_t at)
{
	struct job *job = context;

	(void)child;
	job->end = end;
	job->at = at;
}

/* what: of the progress, of which there are total. */
static enum err job_run(struct job *job, int (*work)(void *context, unsigned child),
			void (*tick)(void *context), const char *what, uint64_t total)
{
	struct crew crew = {.count = 1,
			    .silence_s = job->source->silence_s,
			    .context = job,
			    .work = work,
			    .tick = tick,
			    .ended = on_ended};
	enum err err;

	job->told = crew_share(sizeof(*job->told));
	if (job->told == NULL)
		return ERR_MEMORY;
	crew.signs = &job->told->sign;
	progress_start(&job->progress, job->source->cli, what, total);
	err = crew_run(&crew);
	progress_end(&job->progress, total);
	if (err == ERR_OK)
		err = job->end == CREW_DONE ? job->told->err : ERR_DISK_IO;
	crew_unshare(job->told, sizeof(*job->told));
	return err;
}

static uint64_t mib(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 ? (uint64_t)status.st_size >> 20 : 0;
}

/* --- a running node's store ----------------------------------------------------- */

static int copy_work(void *context, unsigned child)
{
	struct job *job = context;

	(void)child;
	job->told->err = store_copy(job->source->store, job->to);
	return 0;
}

/* The file's growth is the sign of life. */
static void copy_tick(void *context)
{
	struct job *job = context;

	atomic_store(&job->told->sign.at, mib(job->to));
	progress_set(&job->progress, mib(job->to));
}

enum err ledger_source_copy(struct ledger_source *source)
{
	char *folder = path_of("%s/copy", source->scratch);
	char *data = path_of("%s/data.mdb", source->store);
	struct job job = {.source = source, .to = path_of("%s/data.mdb", folder)};
	enum err err = mkdir(folder, 0700) == 0 ? ERR_OK : ERR_FILE_WRITE;

	if (err == ERR_OK)
		err = job_run(&job, copy_work, copy_tick, "MiB copied from the running node",
			      mib(data));
	if (err != ERR_OK)
		store_copy_forget(source->store);
	free(job.to);
	free(data);
	if (err != ERR_OK) {
		free(folder);
		return err;
	}
	free(source->store);
	source->store = folder;
	source->is_copy = true;
	return ERR_OK;
}

/* --- an export ------------------------------------------------------------------- */

static bool read_all(FILE *file, uint8_t *at, size_t len)
{
	return fread(at, 1, len, file) == len;
}

/* The frame comes in steps, so that a length alone takes no memory. */
static enum err frame_read(FILE *file, struct buf *frame)
{
	uint8_t bytes[65536];
	uint32_t left;

	buf_reset(frame);
	if (!read_all(file, bytes, 4))
		return ERR_FILE_FORM;
	left = load_u32(bytes);
	if (left == 0 || left > EXPORT_FRAME_MAX)
		return ERR_FILE_FORM;
	while (left > 0) {
		size_t step = left < sizeof(bytes) ? left : sizeof(bytes);

		if (!read_all(file, bytes, step))
			return ERR_FILE_FORM;
		buf_add(frame, bytes, step);
		left -= (uint32_t)step;
	}
	return frame->has_failed ? ERR_MEMORY : ERR_OK;
}

static enum err frame_take(struct job *job, struct store *store, struct export_reading *reading,
			   struct bytes frame)
{
	struct store_write *write;
	enum err err = store_write_begin(store, &write);

	if (err != ERR_OK)
		return err;
	err = export_take(reading, write, frame, job->chain);
	if (err == ERR_OK)
		return store_commit(write);
	store_abort(write);
	return err;
}

static enum err frames_take(struct job *job, struct store *store, FILE *file)
{
	struct export_reading reading = {.height = 0};
	uint8_t head[EXPORT_HEAD_BYTES];
	struct buf frame;
	enum err err = read_all(file, head, sizeof(head))
			       ? export_head_read(bytes_of(head, sizeof(head)), job->chain)
			       : ERR_FILE_FORM;

	buf_init(&frame, EXPORT_FRAME_MAX);
	while (err == ERR_OK && !reading.has_ended) {
		atomic_store(&job->told->sign.at, reading.height);
		err = frame_read(file, &frame);
		if (err == ERR_OK)
			err = frame_take(job, store, &reading, buf_bytes(&frame));
		atomic_fetch_add(&job->told->sign.signs, 1);
	}
	if (err == ERR_OK && fgetc(file) != EOF)
		err = ERR_FILE_FORM; /* something stands after the end */
	buf_release(&frame);
	return err;
}

static enum err unpack(struct job *job)
{
	FILE *file = fopen(job->source->file, "rbe");
	struct store *store;
	enum err err;

	if (file == NULL)
		return ERR_FILE_READ;
	err = store_open_scratch(&store, job->to);
	if (err == ERR_OK) {
		err = frames_take(job, store, file);
		store_close(store);
	}
	(void)fclose(file);
	return err == ERR_FILE_FORM ? ERR_STORE_DAMAGED : err;
}

static int unpack_work(void *context, unsigned child)
{
	struct job *job = context;

	(void)child;
	job->told->err = unpack(job);
	return 0;
}

static void unpack_tick(void *context)
{
	struct job *job = context;

	progress_set(&job->progress, atomic_load(&job->told->sign.at));
}

enum err ledger_source_unpack(struct ledger_source *source, const struct hash *chain,
			      uint64_t *height)
{
	struct job job = {.source = source, .chain = chain, .to = path_of("%s/unpacked", source->scratch)};
	enum err err = job_run(&job, unpack_work, unpack_tick, "heights read", 0);

	*height = job.at;
	if (err != ERR_OK) {
		free(job.to);
		return err;
	}
	source->store = job.to;
	return ERR_OK;
}
