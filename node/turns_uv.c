#include "node/turns_uv.h"

#include <stdlib.h>
#include <time.h>
#include <uv.h>

const uint32_t turns_bound_us[TURNS_BOUNDS] = {50, 100, 250, 500, 1000, 2000, 5000, 20000};

struct loop_turns {
	uv_prepare_t prepare; /* runs right before each wait */
	uint64_t last_ns;     /* 0: not one yet */
	struct turns_seen seen;
};

static uint64_t thread_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void on_prepare(uv_prepare_t *prepare)
{
	struct loop_turns *turns = prepare->data;
	uint64_t now_ns = thread_ns();
	uint64_t turn_ns = now_ns - turns->last_ns;
	size_t at = 0;

	if (turns->last_ns > 0) {
		while (at < TURNS_BOUNDS && turn_ns > (uint64_t)turns_bound_us[at] * 1000)
			at++;
		turns->seen.counts[at]++;
		turns->seen.sum_ns += turn_ns;
		if (turn_ns > turns->seen.max_ns)
			turns->seen.max_ns = turn_ns;
	}
	turns->last_ns = now_ns;
}

enum err turns_open(struct loop_turns **out, void *loop)
{
	struct loop_turns *turns = calloc(1, sizeof(*turns));

	if (turns == NULL)
		return ERR_MEMORY;
	/* neither fails */
	ASSERT(uv_prepare_init(loop, &turns->prepare) == 0);
	ASSERT(uv_prepare_start(&turns->prepare, on_prepare) == 0);
	uv_unref((uv_handle_t *)&turns->prepare);
	turns->prepare.data = turns;
	*out = turns;
	return ERR_OK;
}

const struct turns_seen *turns_seen(const struct loop_turns *turns)
{
	return &turns->seen;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void turns_close(struct loop_turns *turns)
{
	if (turns != NULL)
		uv_close((uv_handle_t *)&turns->prepare, on_closed);
}
