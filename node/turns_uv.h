/* The turns of an event loop: how much time of its thread each took, from one
 * wait for events to the next, whatever it did in between.  A turn that takes
 * long keeps all others waiting.
 *
 * It is CPU time: that another process had the core is not the loop's doing. */
#ifndef STELE_NODE_TURNS_UV_H
#define STELE_NODE_TURNS_UV_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define TURNS_BOUNDS 8 /* of the histogram, in microseconds: turns_bound_us */
extern const uint32_t turns_bound_us[TURNS_BOUNDS];

struct turns_seen {
	uint64_t counts[TURNS_BOUNDS + 1]; /* up to each bound, and the longer ones */
	uint64_t sum_ns;
	uint64_t max_ns;
};

struct loop_turns;

/* loop: a uv_loop_t, on whose thread all is called.  The handle keeps no loop running.
 * ERR_MEMORY. */
MUST_CHECK enum err turns_open(struct loop_turns **out, void *loop);
/* Since it was opened.  On the loop's thread once it runs. */
const struct turns_seen *turns_seen(const struct loop_turns *turns);
/* Memory goes once the loop has run the handle down. */
void turns_close(struct loop_turns *turns);

#endif
