/* One round of a watch: every node is asked for its newest head, which is held against
 * all that was ever seen. */
#ifndef STELE_CLIENTS_CLI_WATCH_H
#define STELE_CLIENTS_CLI_WATCH_H

#include "clients/cli/cli.h"
#include "clients/cli/http.h"
#include "clients/cli/watch_state.h"
#include "proofs/trust.h"

enum watch_finding {
	WATCH_LEVEL,   /* its head stands in one ledger with all others */
	WATCH_LAGS,    /* the same, but it should have a newer one by now */
	WATCH_DOWN,    /* no answer, or one that says not now */
	WATCH_STRANGE, /* an answer that is no proof, or of another network */
	WATCH_ALARM,   /* what it shows contradicts what was seen or signed */
};

struct watch_node {
	enum watch_finding finding;
	enum err err; /* why, unless it is level */
	bool has_head;
	uint64_t height, log_size, time_ms; /* of the newest head that it showed */
};

struct watch {
	struct cli *cli;
	struct trust trust;
	struct watch_state state;
	const char *state_path; /* evidence is written beside it */
	uint64_t lag_ms;
	bool (*is_stopped)(void); /* asked before each node: whether the round ends here */
	bool is_changed; /* the state, since it was written */
	uint64_t rounds, round_ms; /* how many; when the last one ended, local clock */
	struct watch_node nodes[HTTP_NODES_MAX];
	size_t nodes_count;
};

/* "level", "lags" and so on. */
const char *watch_finding_name(enum watch_finding finding);
/* Whether a node with that head should have a newer one: it is lower than the reference,
 * and either older by more than lag_ms, or the reference was seen longer ago than that. */
bool watch_node_lags(const struct watch_node *node, const struct head *reference,
		     uint64_t lag_ms, uint64_t now_ms);
/* Nodes that were not asked any more, since it was stopped, stay as they were.  Only what
 * concerns this machine is an error: ERR_FILE_WRITE, of evidence. */
MUST_CHECK enum err watch_round(struct watch *watch, uint64_t now_ms);
bool watch_has_alarm(const struct watch *watch);

/* What node_exporter's textfile collector reads: Prometheus text. */
void watch_metrics(struct buf *out, const struct watch *watch);

#endif
