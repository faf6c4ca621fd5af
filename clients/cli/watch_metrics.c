#include "clients/cli/watch.h"

#include <inttypes.h>


static void head(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_print(out, "# HELP stele_audit_%s %s\n# TYPE stele_audit_%s %s\n", name, help, name, type);
}

static void one(struct buf *out, const char *name, const char *type, const char *help,
		uint64_t value)
{
	head(out, name, type, help);
	buf_print(out, "stele_audit_%s %" PRIu64 "\n", name, value);
}

/* Of each node that showed a head, or of all. */
static void each(struct buf *out, const struct watch *watch, const char *name, const char *help,
		 bool wants_head, uint64_t (*value)(const struct watch *watch,
						    const struct watch_node *node))
{
	head(out, name, "gauge", help);
	for (size_t i = 0; i < watch->nodes_count; i++)
		if (watch->nodes[i].has_head || !wants_head)
			buf_print(out, "stele_audit_%s{node=\"%s\"} %" PRIu64 "\n", name,
				  http_node_name(watch->cli->http, i),
				  value(watch, &watch->nodes[i]));
}

static uint64_t height_of(const struct watch *watch, const struct watch_node *node)
{
	(void)watch;
	return node->height;
}

static uint64_t behind_of(const struct watch *watch, const struct watch_node *node)
{
	uint64_t newest = watch->state.reference.header.height;

	return newest > node->height ? newest - node->height : 0;
}

static uint64_t is_level(const struct watch *watch, const struct watch_node *node)
{
	(void)watch;
	return node->finding == WATCH_LEVEL;
}

static uint64_t is_up(const struct watch *watch, const struct watch_node *node)
{
	(void)watch;
	return node->finding != WATCH_DOWN;
}

void watch_metrics(struct buf *out, const struct watch *watch)
{
	const struct header *newest = &watch->state.reference.header;

	one(out, "alarm", "gauge", "1: a fork or a divergence was seen; page", watch_has_alarm(watch));
	one(out, "rounds_total", "counter", "rounds since the start", watch->rounds);
	one(out, "last_round_timestamp_seconds", "gauge", "when the last round ended",
	    watch->round_ms / 1000);
	one(out, "height", "gauge", "of the newest head ever seen", newest->height);
	one(out, "log_size", "gauge", "of the newest head ever seen", newest->log_size);
	one(out, "heads_waiting", "gauge", "heads not yet shown to be of one ledger with the newest",
	    watch->state.waiting_count);
	each(out, watch, "node_up", "1: it answered", false, is_up);
	each(out, watch, "node_level", "1: its head is of one ledger with the newest, and new", false,
	     is_level);
	each(out, watch, "node_height", "of the head that it proved", true, height_of);
	each(out, watch, "node_behind_blocks", "how far that is below the newest", true, behind_of);
}
