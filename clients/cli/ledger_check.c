#include "clients/cli/ledger_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "clients/cli/crew.h"
#include "clients/cli/files.h"
#include "clients/cli/progress.h"
#include "crypto/digest.h"
#include "ledger/row.h"

#define BLOCK_BYTES_MIN 256 /* of a block's row; its header alone is longer */
#define NEVER UINT64_MAX

/* A hash over what one side looked at in a range. */
struct bound {
	_Atomic bool is_there;
	struct hash hash;
};

/* What one child found. */
struct found {
	enum err err;
	bool is_there;
	uint64_t height;
	char what[200];
};

/* On shared memory; both sides' hashes of all ranges follow. */
struct board {
	_Atomic uint64_t range;   /* the next that nobody has taken */
	_Atomic uint64_t ranges_done;
	_Atomic uint64_t walked;  /* heights */
	_Atomic uint64_t heights; /* once the walk knows */
	_Atomic uint64_t limit;   /* a finding's height: above it nothing needs a look */
	_Atomic uint64_t signatures;
	struct crew_sign signs[CREW_MAX];
	struct found founds[CREW_MAX];
	struct verify_report report; /* of the walk */
	enum head_found head;
};

struct run {
	const struct ledger_check *check;
	struct board *board;
	struct bound *walked, *checked; /* ranges_max of each */
	size_t ranges_max;
	struct progress progress;
	bool has_progress;
	struct ledger_verdict *verdict;
	unsigned child; /* in a child: which */
};

/* --- findings ------------------------------------------------------------------ */

static void limit_to(struct board *board, uint64_t height)
{
	uint64_t limit = atomic_load(&board->limit);

	while (height < limit && !atomic_compare_exchange_weak(&board->limit, &limit, height))
		;
}

/* The lowest of a child's own counts. */
static void found_note(struct run *run, enum err err, uint64_t height, const char *what)
{
	struct found *found = &run->board->founds[run->child];

	if (err == ERR_OK || err == ERR_INTERRUPTED || (found->is_there && found->height <= height))
		return;
	found->err = err;
	found->height = height;
	(void)snprintf(found->what, sizeof(found->what), "%s", what != NULL ? what : "");
	found->is_there = true;
	limit_to(run->board, height);
}

static void report_note(struct run *run, enum err err, struct verify_report *report)
{
	found_note(run, err, err == ERR_STORE_DAMAGED ? report->bad_height : 0, report->what);
	report->what = NULL;
}

/* --- in a child: signatures ------------------------------------------------------ */

static bool on_sign(void *context, uint64_t height, uint64_t heights)
{
	struct run *run = context;
	struct crew_sign *sign = &run->board->signs[run->child];

	(void)heights;
	atomic_store(&sign->at, height);
	atomic_fetch_add(&sign->signs, 1);
	return height <= atomic_load(&run->board->limit);
}

static void ranges_sign(struct run *run, struct verify_signatures *signatures,
			struct verify_report *report)
{
	struct board *board = run->board;

	for (;;) {
		uint64_t range = atomic_fetch_add(&board->range, 1);
		struct hash hash;
		enum err err;

		if (range >= run->ranges_max || range * VERIFY_RANGE > report->heights ||
		    range * VERIFY_RANGE > atomic_load(&board->limit))
			return;
		err = verify_signatures_range(signatures, range, &hash);
		if (err == ERR_OK) {
			run->checked[range].hash = hash;
			atomic_store(&run->checked[range].is_there, true);
		}
		report_note(run, err, report);
		atomic_fetch_add(&board->ranges_done, 1);
	}
}

static void child_sign(struct run *run, struct store *store)
{
	struct verify_order order = {.genesis = run->check->genesis,
				     .genesis_text = run->check->genesis_text,
				     .is_export = run->check->is_export,
				     .progress = on_sign,
				     .context = run};
	struct verify_signatures *signatures = NULL;
	struct verify_report report;
	enum err err = verify_signatures_open(&signatures, store, &order, &report);

	if (err == ERR_OK)
		ranges_sign(run, signatures, &report);
	else
		report_note(run, err, &report);
	atomic_fetch_add(&run->board->signatures, report.signatures);
	verify_signatures_close(signatures);
}

/* --- in a child: the walk ---------------------------------------------------------- */

static bool on_walk(void *context, uint64_t height, uint64_t heights)
{
	struct run *run = context;

	atomic_store(&run->board->walked, height);
	atomic_store(&run->board->heights, heights);
	return on_sign(context, height, heights);
}

static void on_bound(void *context, uint64_t range, const struct hash *hash)
{
	struct run *run = context;

	if (range >= run->ranges_max)
		return; /* more heights than the file has room for: the walk will fail */
	run->walked[range].hash = *hash;
	atomic_store(&run->walked[range].is_there, true);
}

/* By the block that stands at its height, whatever an index says. */
static enum head_found head_find(const struct run *run, struct store *store, uint64_t heights)
{
	const struct ledger_check *check = run->check;
	struct store_read *read;
	struct row_block block;
	struct hash hash = {{0}};

	if (check->head == NULL)
		return HEAD_NOT_ASKED;
	if (check->head->height > heights)
		return HEAD_ABOVE;
	if (store_read_begin(store, &read) != ERR_OK)
		return HEAD_OTHER;
	if (row_block_get(read, check->head->height, &block) == ERR_OK)
		sha256(&hash, block.header_text.at, block.header_text.len);
	store_read_end(read);
	return hash_equal(&hash, &check->head_block) ? HEAD_THERE : HEAD_OTHER;
}

static void child_walk(struct run *run, struct store *store)
{
	const struct ledger_check *check = run->check;
	struct verify_order order = {.genesis = check->genesis,
				     .genesis_text = check->genesis_text,
				     .scratch = check->scratch,
				     .is_export = check->is_export,
				     .progress = on_walk,
				     .bound = check->jobs > 1 ? on_bound : NULL,
				     .context = run};
	struct verify_report report;
	enum err err = verify_ledger(store, &order, &report);

	atomic_fetch_add(&run->board->signatures, report.signatures);
	run->board->head = head_find(run, store, report.heights);
	report_note(run, err, &report);
	run->board->report = report;
}

static int child(void *context, unsigned number)
{
	struct run *run = context;
	struct store *store;
	enum err err = store_open_reading(&store, run->check->store);

	run->child = number;
	if (err != ERR_OK) {
		found_note(run, err, 0, "the file is no store");
		return 0;
	}
	if (number == 0)
		child_walk(run, store);
	if (run->check->jobs > 1)
		child_sign(run, store);
	store_close(store);
	return 0;
}

/* --- in the parent -------------------------------------------------------------------- */

static void on_tick(void *context)
{
	struct run *run = context;
	uint64_t heights = atomic_load(&run->board->heights);
	uint64_t done = atomic_load(&run->board->walked);
	uint64_t checked = atomic_load(&run->board->ranges_done) * VERIFY_RANGE;

	if (heights == 0)
		return;
	if (!run->has_progress)
		progress_start(&run->progress, run->check->cli, "heights verified", heights);
	run->has_progress = true;
	if (run->check->jobs > 1 && checked < done)
		done = checked;
	progress_set(&run->progress, done);
}

static void on_ended(void *context, unsigned number, enum crew_end end, uint64_t at)
{
	struct run *run = context;

	run->child = number;
	switch (end) {
	case CREW_DONE:
		return;
	case CREW_DIED:
		found_note(run, ERR_STORE_DAMAGED, at,
			   "the file brought down the process that read it, at this height");
		return;
	case CREW_SILENT:
		found_note(run, ERR_STORE_DAMAGED, at,
			   "the process that read the file stood still at this height");
		return;
	case CREW_KILLED:
		found_note(run, ERR_INTERNAL, 0,
			   "a process was killed, as where memory is short: run it again");
		return;
	}
	UNREACHABLE();
}

static void verdict_take(struct ledger_verdict *verdict, enum err err, uint64_t height,
			 const char *what)
{
	verdict->err = err;
	verdict->report.bad_height = height;
	(void)snprintf(verdict->what, sizeof(verdict->what), "%s", what);
}

/* Where nothing is bad, both sides have a hash of every range and it is the same. */
static void bounds_compare(const struct run *run)
{
	uint64_t heights = run->verdict->report.heights;

	for (uint64_t range = 0; range * VERIFY_RANGE <= heights; range++) {
		if (range < run->ranges_max && atomic_load(&run->walked[range].is_there) &&
		    atomic_load(&run->checked[range].is_there) &&
		    hash_equal(&run->walked[range].hash, &run->checked[range].hash))
			continue;
		verdict_take(run->verdict, ERR_STORE_DAMAGED, range * VERIFY_RANGE,
			     "two reads of these heights gave different bytes");
		return;
	}
}

/* What could not be concluded counts before what was found: the rest was not looked at. */
static void judge(struct run *run)
{
	struct ledger_verdict *verdict = run->verdict;

	*verdict = (struct ledger_verdict){.report = run->board->report, .head = run->board->head};
	verdict->report.signatures = atomic_load(&run->board->signatures);
	if (verdict->report.heights == 0)
		verdict->report.heights = atomic_load(&run->board->heights);
	for (unsigned i = 0; i < run->check->jobs; i++) {
		const struct found *found = &run->board->founds[i];
		bool is_lower = verdict->err == ERR_OK || found->height < verdict->report.bad_height;

		if (!found->is_there)
			continue;
		if (found->err != ERR_STORE_DAMAGED) {
			verdict_take(verdict, found->err, 0, found->what);
			return;
		}
		if (is_lower)
			verdict_take(verdict, found->err, found->height, found->what);
	}
	if (verdict->err == ERR_OK && run->check->jobs > 1)
		bounds_compare(run);
}

static size_t ranges_of(const struct ledger_check *check)
{
	char *data = path_of("%s/data.mdb", check->store);
	struct stat status;
	size_t bytes = stat(data, &status) == 0 ? (size_t)status.st_size : 0;

	free(data);
	return bytes / (BLOCK_BYTES_MIN * VERIFY_RANGE) + 2;
}

enum err ledger_check_run(const struct ledger_check *check, struct ledger_verdict *out)
{
	struct run run = {.check = check, .verdict = out, .ranges_max = ranges_of(check)};
	struct crew crew = {.count = check->jobs,
			    .silence_s = check->silence_s,
			    .context = &run,
			    .work = child,
			    .tick = on_tick,
			    .ended = on_ended};
	size_t bytes = sizeof(struct board) + 2 * run.ranges_max * sizeof(struct bound);
	enum err err;

	run.board = crew_share(bytes);
	if (run.board == NULL)
		return ERR_MEMORY;
	run.walked = (struct bound *)(run.board + 1);
	run.checked = run.walked + run.ranges_max;
	atomic_store(&run.board->limit, NEVER);
	crew.signs = run.board->signs;
	err = crew_run(&crew);
	if (run.has_progress)
		progress_end(&run.progress, atomic_load(&run.board->walked));
	if (err == ERR_OK)
		judge(&run);
	crew_unshare(run.board, bytes);
	return err;
}
