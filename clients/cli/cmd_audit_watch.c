/* stele audit watch: do all nodes show one ledger, now and ever since? */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clients/cli/api.h"
#include "clients/cli/files.h"
#include "clients/cli/out.h"
#include "clients/cli/pins.h"
#include "clients/cli/watch.h"
#include "proofs/shape.h"

#define INTERVAL_S_DEFAULT 30
#define INTERVAL_S_MAX 86400
#define LAG_S_DEFAULT 60
#define LAG_S_MAX 604800
#define METRICS_BYTES ((size_t)1 << 20)

/* --- whom to trust, and what was seen --------------------------------------------- */

struct only {
	struct hash chain;
	size_t count;
};

static enum err count_pin(struct cli *cli, const struct pinned *pinned, void *context)
{
	struct only *only = context;

	(void)cli;
	only->chain = pinned->trust.chain;
	only->count++;
	return ERR_OK;
}

/* The only pinned network, whatever the nodes say; of several, that of the nodes. */
static enum err find_trust(struct watch *watch)
{
	struct cli *cli = watch->cli;
	struct only only = {.count = 0};
	struct network network;
	bool is_found = false;
	enum err err = pins_each(cli, count_pin, &only);

	if (err == ERR_OK && only.count > 1) {
		err = api_network(cli, &network);
		only.chain = network.chain;
	}
	if (err == ERR_OK)
		err = pins_find(cli, &only.chain, &is_found, &watch->trust);
	if (err == ERR_OK && !is_found) {
		err = cli_fail(cli, ERR_RECEIPT_UNPINNED, NULL);
		cli_exit(cli, EXIT_CODE_UNDECIDED);
	}
	return err;
}

static char *state_path(const struct watch *watch)
{
	const char *given = cli_value(watch->cli, "state");
	char hex[HASH_HEX_LEN + 1];

	hex_encode(hex, watch->trust.chain.b, sizeof(watch->trust.chain.b));
	return given != NULL ? path_of("%s", given)
			     : path_of("%s/audit/%.16s.json", watch->cli->home, hex);
}

/* Two watches on one file would forget what the other saw. */
static enum err state_lock(struct watch *watch, int *lock)
{
	struct cli *cli = watch->cli;
	char *folder = path_of("%s/audit", cli->home);
	enum err err = cli_has(cli, "state") ? ERR_OK : folder_make(cli, folder, 0700);

	if (err == ERR_OK)
		err = file_lock(cli, watch->state_path, ERR_WATCH_LOCKED, lock);
	free(folder);
	return err;
}

static enum err state_load(struct watch *watch)
{
	struct cli *cli = watch->cli;
	struct buf text;
	enum err err;

	if (!file_exists(watch->state_path))
		return ERR_OK;
	buf_init(&text, WATCH_STATE_BYTES);
	err = file_read(cli, watch->state_path, &text);
	if (err == ERR_OK) {
		err = watch_state_parse(&watch->state, buf_bytes(&text), &watch->trust);
		if (err != ERR_OK) {
			cli_fail(cli, err, "%s", watch->state_path);
			cli_remedy(cli, "it is what was seen so far: find out what changed it, or name "
					"another file with --state");
		}
	}
	buf_release(&text);
	return err;
}

static enum err state_save(struct watch *watch)
{
	struct buf text;
	enum err err;

	if (!watch->is_changed)
		return ERR_OK;
	buf_init(&text, WATCH_STATE_BYTES);
	watch_state_render(&text, &watch->state, &watch->trust);
	err = text.has_failed ? cli_fail(watch->cli, ERR_FULL, "%s", watch->state_path)
			      : file_write(watch->cli, watch->state_path, buf_bytes(&text), 0600, true);
	buf_release(&text);
	if (err == ERR_OK)
		watch->is_changed = false;
	return err;
}

static enum err metrics_save(struct watch *watch)
{
	const char *path = cli_value(watch->cli, "metrics");
	struct buf text;
	enum err err;

	if (path == NULL)
		return ERR_OK;
	buf_init(&text, METRICS_BYTES);
	watch_metrics(&text, watch);
	err = file_write(watch->cli, path, buf_bytes(&text), 0644, true);
	buf_release(&text);
	return err;
}

/* --- what is said ------------------------------------------------------------------------ */

static json_t *node_json(const struct watch *watch, size_t index)
{
	const struct watch_node *node = &watch->nodes[index];
	uint64_t newest = watch->state.reference.header.height;
	json_t *object = json_pack("{s:s, s:s}", "node", http_node_name(watch->cli->http, index),
				   "state", watch_finding_name(node->finding));

	if (node->has_head) {
		json_object_set_new(object, "height", json_integer((json_int_t)node->height));
		json_object_set_new(object, "log_size", json_integer((json_int_t)node->log_size));
		json_object_set_new(object, "time", json_integer((json_int_t)node->time_ms));
		json_object_set_new(object, "behind",
				    json_integer(newest > node->height
							 ? (json_int_t)(newest - node->height)
							 : 0));
	}
	if (node->err != ERR_OK) {
		json_object_set_new(object, "code", json_sprintf("E%04d", (int)node->err));
		json_object_set_new(object, "why", json_string(err_text(node->err)));
	}
	return object;
}

static json_t *result_json(const struct watch *watch)
{
	const struct head *newest = &watch->state.reference;
	json_t *nodes = json_array(), *result;

	for (size_t i = 0; i < watch->nodes_count; i++)
		json_array_append_new(nodes, node_json(watch, i));
	result = json_pack("{s:s, s:I, s:I, s:o, s:I, s:O}", "network", watch->trust.origin, "rounds",
			   (json_int_t)watch->rounds, "time", (json_int_t)watch->round_ms, "nodes",
			   nodes, "waiting", (json_int_t)watch->state.waiting_count, "alarms",
			   watch->state.alarms);
	if (newest->proof != NULL)
		json_object_set_new(result, "newest",
				    json_pack("{s:s, s:I, s:o, s:I, s:o}", "node", newest->node,
					      "height", (json_int_t)newest->header.height, "block",
					      json_of_hash(&newest->block), "log_size",
					      (json_int_t)newest->header.log_size, "log_root",
					      json_of_hash(&newest->header.log_root)));
	return result;
}

static void print_result(const struct watch *watch)
{
	static const struct column columns[] = {
		{"node", "NODE", COLUMN_TEXT},	   {"state", "STATE", COLUMN_TEXT},
		{"height", "HEIGHT", COLUMN_NUMBER}, {"log_size", "LOG", COLUMN_NUMBER},
		{"behind", "BEHIND", COLUMN_NUMBER}, {"time", "OF (UTC)", COLUMN_TIME},
		{"why", "WHY", COLUMN_TEXT},	   {NULL, NULL, COLUMN_TEXT},
	};
	json_t *result = result_json(watch);

	if (!out_json(watch->cli, json_incref(result))) {
		out_table(json_object_get(result, "nodes"), columns);
		if (watch->state.waiting_count > 0)
			out_remark(watch->cli,
				   "%zu heads wait until a node shows that the newest extends them",
				   watch->state.waiting_count);
	}
	json_decref(result);
}

static void tell_changes(const struct watch *watch, const struct watch_node *before)
{
	for (size_t i = 0; i < watch->nodes_count; i++) {
		const struct watch_node *node = &watch->nodes[i];

		if (watch->rounds > 1 && node->finding == before[i].finding &&
		    node->err == before[i].err)
			continue;
		if (watch->rounds == 1 && node->finding == WATCH_LEVEL)
			continue;
		out_remark(watch->cli, "%s: %s%s%s", http_node_name(watch->cli->http, i),
			   watch_finding_name(node->finding), node->err != ERR_OK ? ", " : "",
			   node->err != ERR_OK ? err_text(node->err) : "");
	}
}

static enum err fail_alarm(struct watch *watch)
{
	struct cli *cli = watch->cli;
	const json_t *alarms = watch->state.alarms;
	bool is_fork = false;
	enum err err;
	json_t *alarm;
	size_t i;

	json_array_foreach(alarms, i, alarm)
		is_fork = is_fork || strcmp(json_text(alarm, "code"), "E9001") == 0;
	err = cli_fail(cli, is_fork ? ERR_FORK : ERR_DIVERGED, NULL);
	json_array_foreach(alarms, i, alarm)
		cli_fact(cli, json_text(alarm, "node"), "%s, evidence in %s", json_text(alarm, "code"),
			 json_text(alarm, "evidence"));
	cli_remedy(cli,
		   "keep the evidence and send it to all institutions; once it is settled, move %s "
		   "away: until then this alarm stands",
		   watch->state_path);
	return err;
}

/* --- rounds ------------------------------------------------------------------------------- */

/* Between two nodes: each may take its time to be silent. */
static bool signal_waits(void)
{
	sigset_t pending;

	return sigpending(&pending) == 0 &&
	       (sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1);
}

/* Waits so long; the signal that ended the wait, or 0. */
static int wait_signal(const sigset_t *signals, uint64_t seconds)
{
	const struct timespec time = {.tv_sec = (time_t)seconds};
	int number;

	do
		number = sigtimedwait(signals, NULL, &time);
	while (number < 0 && errno == EINTR);
	return number > 0 ? number : 0;
}

static enum err round_once(struct watch *watch)
{
	struct watch_node before[HTTP_NODES_MAX];
	enum err err, saved;

	memcpy(before, watch->nodes, sizeof(before));
	err = watch_round(watch, time_now_ms());
	tell_changes(watch, before);
	saved = state_save(watch);
	if (err == ERR_OK)
		err = saved;
	saved = metrics_save(watch);
	return err == ERR_OK ? saved : err;
}

/* Until SIGTERM, which ends it well, or SIGINT; the signals wait while a node is asked. */
static enum err serve(struct watch *watch, uint64_t interval_s)
{
	sigset_t signals, before;
	int number = 0;
	enum err err = ERR_OK;

	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	(void)sigprocmask(SIG_BLOCK, &signals, &before);
	while (err == ERR_OK && number == 0 && !watch_has_alarm(watch)) {
		err = round_once(watch);
		if (err == ERR_OK && !watch_has_alarm(watch))
			number = wait_signal(&signals, interval_s);
	}
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	if (err == ERR_OK && number == SIGINT)
		err = cli_fail(watch->cli, ERR_INTERRUPTED, NULL);
	return err;
}

static enum err conclude_once(const struct watch *watch)
{
	size_t odd = 0;
	enum err err = ERR_OK;

	for (size_t i = 0; i < watch->nodes_count; i++)
		odd += watch->nodes[i].finding != WATCH_LEVEL;
	if (odd > 0) {
		err = cli_fail(watch->cli, ERR_ITEMS_FAILED, "%zu of %zu nodes are not level", odd,
			       watch->nodes_count);
		cli_remedy(watch->cli, "no alarm: what the others show is of one ledger; ask the "
				       "institutions of these nodes");
	}
	return err;
}

static enum err run_rounds(struct watch *watch, uint64_t interval_s)
{
	bool is_once = cli_has(watch->cli, "once");
	enum err err = ERR_OK;

	if (watch_has_alarm(watch))
		out_remark(watch->cli, "an alarm of an earlier run stands; no node was asked");
	else
		err = is_once ? round_once(watch) : serve(watch, interval_s);
	if (err == ERR_OK || err == ERR_INTERRUPTED)
		print_result(watch);
	if (err == ERR_OK && watch_has_alarm(watch))
		err = fail_alarm(watch);
	else if (err == ERR_OK && is_once)
		err = conclude_once(watch);
	return err;
}

static enum err run_watch(struct cli *cli)
{
	struct watch *watch = calloc(1, sizeof(*watch));
	uint64_t interval_s = INTERVAL_S_DEFAULT, lag_s = LAG_S_DEFAULT;
	char *path = NULL;
	int lock = -1;
	enum err err = cli_number(cli, "interval", INTERVAL_S_MAX, &interval_s);

	ASSERT(watch != NULL);
	watch->cli = cli;
	watch->is_stopped = signal_waits;
	watch_state_init(&watch->state);
	if (err == ERR_OK && interval_s == 0)
		err = cli_fail(cli, ERR_USAGE, "--interval 0: at least a second");
	if (err == ERR_OK)
		err = cli_number(cli, "lag", LAG_S_MAX, &lag_s);
	if (err == ERR_OK)
		err = api_open(cli);
	if (err == ERR_OK)
		err = find_trust(watch);
	if (err == ERR_OK) {
		path = state_path(watch);
		watch->state_path = path;
		watch->lag_ms = lag_s * 1000;
		err = state_lock(watch, &lock);
	}
	if (err == ERR_OK)
		err = state_load(watch);
	if (err == ERR_OK)
		err = run_rounds(watch, interval_s);
	watch_state_release(&watch->state);
	if (lock >= 0)
		(void)close(lock);
	free(path);
	free(watch);
	return err;
}

static const struct option_spec options_watch[] = {
	{"interval", 0, OPTION_VALUE, "SECONDS", "from one round to the next, 30 unless given"},
	{"lag", 0, OPTION_VALUE, "SECONDS", "how far a node may be behind, 60 unless given"},
	{"state", 0, OPTION_VALUE, "FILE", "what was seen; in the home unless given"},
	{"metrics", 0, OPTION_VALUE, "FILE", "write figures there for node_exporter's textfile collector"},
	{"once", 0, OPTION_FLAG, NULL, "one round"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_audit_watch[] = {
	{.words = "audit watch",
	 .arguments = "",
	 .arguments_min = 0,
	 .arguments_max = 0,
	 .brief = "whether several nodes show one ledger, now and ever since",
	 .text = "Asks each --node for its newest head, checks its certificate against the pinned "
		 "genesis, and that it extends all that this watch ever saw (RFC 6962), which it keeps "
		 "in a file. Two finalized heads that cannot stand in one ledger are a fork: it writes "
		 "both with their certificates beside that file, and ends with exit code 12 (E9001); "
		 "E9002 where what a node shows was signed by nobody. An alarm stands until the file is "
		 "moved away. A node that lags, is down or gives no proof is told of, and no alarm. It "
		 "runs until SIGTERM, which ends it with 0; with --once, 11 says that some nodes are not "
		 "level. Needs a pinned network: exit code 5 without.",
	 .example = "stele audit watch --node http://192.0.2.1:26620 --node http://192.0.2.2:26620 --once\n"
		    "stele audit watch --node http://192.0.2.1:26620 --node http://192.0.2.2:26620 "
		    "--trust net.genesis --state /var/lib/stele-audit/seen.json --metrics "
		    "/var/lib/node_exporter/stele_audit.prom",
	 .options = options_watch,
	 .run = run_watch},
	{.words = NULL},
};
