#include "clients/cli/crew.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/unit.h"

#define CHILDREN 3

struct play {
	struct crew_sign *signs;
	int (*part)(struct play *play, unsigned child);
	enum crew_end ends[CHILDREN];
	uint64_t ats[CHILDREN];
	unsigned ended, ticks;
	pid_t parent;
};

static int work(void *context, unsigned child)
{
	struct play *play = context;

	atomic_store(&play->signs[child].at, 10 + child);
	return play->part(play, child);
}

static void tick(void *context)
{
	struct play *play = context;

	play->ticks++;
}

static void ended(void *context, unsigned child, enum crew_end end, uint64_t at)
{
	struct play *play = context;

	play->ends[child] = end;
	play->ats[child] = at;
	play->ended++;
}

static enum err run(struct play *play, int (*part)(struct play *play, unsigned child))
{
	struct crew crew = {.count = CHILDREN,
			    .silence_s = 1,
			    .context = play,
			    .work = work,
			    .tick = tick,
			    .ended = ended};
	enum err err;

	*play = (struct play){.part = part, .parent = getpid()};
	play->signs = crew_share(CHILDREN * sizeof(*play->signs));
	ck_assert_ptr_nonnull(play->signs);
	crew.signs = play->signs;
	err = crew_run(&crew);
	crew_unshare(play->signs, CHILDREN * sizeof(*play->signs));
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1); /* none is left */
	return err;
}

static int ends_well(struct play *play, unsigned child)
{
	(void)play, (void)child;
	return 0;
}

UNIT_TEST(crew_waits_for_all)
{
	struct play play;

	ck_assert_int_eq(run(&play, ends_well), ERR_OK);
	ck_assert_uint_eq(play.ended, CHILDREN);
	for (unsigned i = 0; i < CHILDREN; i++)
		ck_assert_int_eq(play.ends[i], CREW_DONE);
}

/* One each: memory that is not there, an assertion, and one that is ended from outside. */
static int dies(struct play *play, unsigned child)
{
	static const int signals[CHILDREN] = {SIGBUS, SIGABRT, SIGKILL};

	(void)play;
	(void)raise(signals[child]);
	return 0;
}

UNIT_TEST(crew_names_who_died_and_where)
{
	static const enum crew_end ends[CHILDREN] = {CREW_DIED, CREW_DIED, CREW_KILLED};
	struct play play;

	ck_assert_int_eq(run(&play, dies), ERR_OK);
	for (unsigned i = 0; i < CHILDREN; i++) {
		ck_assert_int_eq(play.ends[i], ends[i]);
		ck_assert_uint_eq(play.ats[i], 10 + i);
	}
}

/* The second stands still; the others work for longer than a crew waits in silence. */
static int stands_still(struct play *play, unsigned child)
{
	while (child == 1)
		(void)pause();
	for (int i = 0; i < 15; i++) {
		(void)usleep(100000);
		atomic_fetch_add(&play->signs[child].signs, 1);
	}
	return 0;
}

UNIT_TEST(crew_ends_who_gives_no_sign_of_life)
{
	struct play play;

	ck_assert_int_eq(run(&play, stands_still), ERR_OK);
	ck_assert_int_eq(play.ends[0], CREW_DONE);
	ck_assert_int_eq(play.ends[1], CREW_SILENT);
	ck_assert_int_eq(play.ends[2], CREW_DONE);
	ck_assert_uint_gt(play.ticks, 5);
}

static int interrupts(struct play *play, unsigned child)
{
	if (child == 0)
		(void)kill(play->parent, SIGINT);
	(void)pause();
	return 0;
}

UNIT_TEST(crew_is_interrupted_at_once)
{
	struct play play;

	ck_assert_int_eq(run(&play, interrupts), ERR_INTERRUPTED);
	ck_assert_uint_eq(play.ended, 0);
}

UNIT_MAIN("crew", crew_waits_for_all, crew_names_who_died_and_where,
	  crew_ends_who_gives_no_sign_of_life, crew_is_interrupted_at_once)
