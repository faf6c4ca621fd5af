/* A node's work on its files, to be traced and disturbed: a validator alone makes
 * blocks, is closed and opened again, and writes down each promise it has made.
 *
 *   workload FOLDER SEED HEIGHTS LIVES
 *
 * The home is FOLDER/home, the promises FOLDER/marks (struct mark).  Exit code 0,
 * or 1 with the named error that ended the work. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "node/home.h"
#include "tests/crash/alone.h"
#include "tests/crash/trace.h"

static void promise(void *context, enum mark_kind kind, uint64_t number, uint64_t index,
		    const struct hash *hash)
{
	const int *marks = context;
	struct mark mark = {.kind = (uint32_t)kind, .number = number, .index = index};

	if (hash != NULL)
		memcpy(mark.hash, hash->b, sizeof(mark.hash));
	if (write(*marks, &mark, sizeof(mark)) != (ssize_t)sizeof(mark))
		abort(); /* a promise that the test does not know of */
}

static void on_vote(void *context, const struct vote *vote)
{
	promise(context, MARK_VOTE, vote->view, (uint64_t)vote->kind, &vote->block);
}

static void on_committed(void *context, const struct ledger_committed *committed)
{
	promise(context, MARK_FINAL, committed->height, 0, &committed->block);
	for (size_t i = 0; i < committed->outcomes_count; i++) {
		const struct ledger_outcome *outcome = &committed->outcomes[i];

		if (outcome->is_accepted)
			promise(context, MARK_ACCEPTED, committed->height, outcome->log_index,
				&outcome->id);
	}
}

static enum err live(const char *home, uint64_t seed, uint64_t height, int *marks)
{
	struct promises promises = {marks, on_vote, on_committed};
	struct alone *alone;
	enum err err = alone_open(&alone, home, seed, &promises);

	if (err != ERR_OK)
		return err;
	promise(marks, MARK_HOME, 0, 0, NULL);
	err = alone_run(alone, height);
	alone_close(alone);
	return err;
}

int main(int argc, char **argv)
{
	char path[HOME_PATH_BYTES];
	uint64_t seed, heights, lives;
	enum err err = ERR_OK;
	int marks;

	if (argc != 5 || !home_join(path, argv[1], TRACE_MARKS)) {
		fprintf(stderr, "usage: workload FOLDER SEED HEIGHTS LIVES\n");
		return 2;
	}
	log_level_set(LOG_ERROR);
	seed = strtoull(argv[2], NULL, 10);
	heights = strtoull(argv[3], NULL, 10);
	lives = strtoull(argv[4], NULL, 10);
	marks = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (marks < 0 || !home_join(path, argv[1], "home"))
		return 2;
	for (uint64_t life = 1; life <= lives && err == ERR_OK; life++)
		err = live(path, seed * 16 + life, heights * life / lives, &marks);
	close(marks);
	if (err != ERR_OK)
		printf("E%04d %s\n", (int)err, err_name(err));
	return err != ERR_OK;
}
