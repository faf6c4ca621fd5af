#include "node/daemon_uv.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

#include "base/log.h"
#include "crypto/random.h"
#include "node/api/api.h"
#include "node/exit_code.h"
#include "node/home.h"
#include "node/identity.h"
#include "node/io_uv.h"
#include "node/node.h"
#include "node/service_manager.h"
#include "node/sign_state.h"

#define STOP_CHECK_MS 10
#define STOP_MS 3000 /* for work under way, before it is left to the next start */
#define EXIT_INTERRUPTED 130

struct daemon {
	const struct config *config;
	struct home home;
	struct identity identity;
	struct store *chain;
	struct store *journal;
	struct store *checkpoints; /* NULL: it does not open, and is done without */
	struct sign_file *sign_file; /* of a validator */
	uv_loop_t loop;
	struct io *io;
	struct node *node;
	struct net *net;
	struct api *api;
	uv_signal_t terminate;
	uv_signal_t interrupt;
	uv_timer_t stop_timer;
	uint64_t stop_at_ms;
	bool is_stopping;
};

/* ---- from the network to the pump -------------------------------------------------- */

/* While the daemon stops, the pump only finishes what it has begun. */
static void on_open(void *context, uint32_t peer, const struct public_key *node_key,
		    const char *address)
{
	struct daemon *daemon = context;

	if (!daemon->is_stopping)
		node_on_open(daemon->node, peer, node_key, address);
}

static void on_close(void *context, uint32_t peer, enum err reason)
{
	struct daemon *daemon = context;

	if (!daemon->is_stopping)
		node_on_close(daemon->node, peer, reason);
}

static void on_frame(void *context, uint32_t peer, uint8_t type, struct bytes payload)
{
	struct daemon *daemon = context;

	if (!daemon->is_stopping)
		node_on_frame(daemon->node, peer, type, payload);
}

static bool may_observe(void *context, const struct public_key *node_key)
{
	struct daemon *daemon = context;

	return !daemon->is_stopping && node_may_observe(daemon->node, node_key);
}

/* ---- stopping ------------------------------------------------------------------------ */

static void close_handles(struct daemon *daemon)
{
	uv_close((uv_handle_t *)&daemon->terminate, NULL);
	uv_close((uv_handle_t *)&daemon->interrupt, NULL);
	uv_close((uv_handle_t *)&daemon->stop_timer, NULL);
}

static void on_stop_timer(uv_timer_t *timer)
{
	struct daemon *daemon = timer->data;

	if (io_pending(daemon->io) > 0 && uv_now(&daemon->loop) < daemon->stop_at_ms)
		return;
	uv_stop(&daemon->loop);
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct daemon *daemon = handle->data;

	if (daemon->is_stopping) {
		log_event(LOG_WARN, "stopped_at_once", "signal %d came twice", number);
		_exit(EXIT_INTERRUPTED);
	}
	log_event(LOG_INFO, "stopping", "signal %d; work under way is finished", number);
	service_manager_tell("STOPPING=1");
	node_stop(daemon->node);
	daemon->is_stopping = true;
	daemon->stop_at_ms = uv_now(&daemon->loop) + STOP_MS;
	io_quiet(daemon->io);
	uv_timer_start(&daemon->stop_timer, on_stop_timer, 0, STOP_CHECK_MS);
}

/* ---- starting -------------------------------------------------------------------------- */

static int failed(enum err err, const char *what)
{
	log_event(LOG_ERROR, "start_failed", "[E%04d %s] %s%s%s; %s", (int)err, err_name(err),
		  err_text(err), what[0] != '\0' ? ": " : "", what, err_remedy(err));
	return exit_code(err);
}

static void prepare_process(void)
{
	struct rlimit files;

	/* a peer that went away is told by the write itself */
	signal(SIGPIPE, SIG_IGN);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
		files.rlim_cur = files.rlim_max;
		(void)!setrlimit(RLIMIT_NOFILE, &files);
	}
}

static enum err open_store(struct daemon *daemon, struct store **out, const char *name)
{
	char path[HOME_PATH_BYTES];

	if (!home_join(path, daemon->home.path, name))
		return ERR_FILE_READ;
	return store_open(out, path);
}

static enum err start_node(struct daemon *daemon)
{
	const struct identity *identity = &daemon->identity;
	const struct config *config = daemon->config;
	struct node_config node = {
		.io = daemon->io,
		.genesis = identity->genesis,
		.genesis_text = identity->genesis_text,
		.chain_store = daemon->chain,
		.journal_store = daemon->journal,
		.checkpoint_store = daemon->checkpoints,
		.sign_file = daemon->sign_file,
		.consensus_key = identity->is_validator ? &identity->consensus_key : NULL,
		.node_key = &identity->node_key,
		.self = identity->self,
		.pool_count_max = config->pool_transactions,
		.pool_bytes_max = config->pool_bytes,
		.parcel_bytes_max = config->parcel_bytes,
		.disk_free_min = config->disk_free_min,
	};
	enum err err;

	random_bytes(&node.seed, sizeof(node.seed));
	err = node_new(&daemon->node, &node);
	if (!err)
		io_attach(daemon->io, daemon->node);
	return err;
}

static enum err start_net(struct daemon *daemon)
{
	const struct config *config = daemon->config;
	struct net_config net = {
		.listen = config->listen,
		.peers = config->peers,
		.peers_count = config->peers_count,
		.chain = daemon->identity.genesis->chain,
		.set = &daemon->identity.genesis->set,
		.self = daemon->identity.self,
		.node_key = &daemon->identity.node_key,
		.sessions_max = config->observers_max,
		.queue_bytes_max = config->queue_bytes,
		.callbacks = {.context = daemon, .on_open = on_open, .on_close = on_close,
			      .on_frame = on_frame, .may_observe = may_observe},
	};

	return net_open(&daemon->net, &daemon->loop, &net);
}

static enum err start_api(struct daemon *daemon)
{
	const struct config *config = daemon->config;
	struct api_config api;

	api_config_init(&api);
	api.node = daemon->node;
	api.net = daemon->net;
	api.chain_store = daemon->chain;
	api.journal_store = daemon->journal;
	api.pump_loop = &daemon->loop;
	api.genesis = daemon->identity.genesis;
	api.genesis_sealed = buf_bytes(&daemon->identity.genesis_file);
	api.self = daemon->identity.self;
	if (config->api_listen.ip[0] != '\0')
		api.listen[api.listen_count++] = config->api_listen;
	if (config->metrics_listen.ip[0] != '\0')
		api.metrics_listen[api.metrics_listen_count++] = config->metrics_listen;
	for (uint32_t i = 0; i < config->api_hosts_count; i++)
		api.hosts[api.hosts_count++] = config->api_hosts[i];
	random_bytes(&api.seed, sizeof(api.seed));
	return api_start(&daemon->api, &api);
}

static void start_handles(struct daemon *daemon)
{
	ASSERT(uv_signal_init(&daemon->loop, &daemon->terminate) == 0);
	ASSERT(uv_signal_init(&daemon->loop, &daemon->interrupt) == 0);
	ASSERT(uv_timer_init(&daemon->loop, &daemon->stop_timer) == 0);
	daemon->terminate.data = daemon;
	daemon->interrupt.data = daemon;
	daemon->stop_timer.data = daemon;
	ASSERT(uv_signal_start(&daemon->terminate, on_signal, SIGTERM) == 0);
	ASSERT(uv_signal_start(&daemon->interrupt, on_signal, SIGINT) == 0);
}

static void say_started(const struct daemon *daemon)
{
	const struct genesis *genesis = daemon->identity.genesis;
	char origin[ORIGIN_MAX + 1];
	char address[64] = "nowhere";
	struct buf text;

	genesis_origin(origin, genesis);
	if (daemon->config->listen.ip[0] != '\0') {
		buf_init(&text, sizeof(address) - 1);
		config_address_render(&text, &daemon->config->listen);
		if (!text.has_failed)
			snprintf(address, sizeof(address), "%.*s", (int)text.len,
				 (const char *)text.at);
		buf_release(&text);
	}
	log_event(LOG_INFO, "started", "steled " STELE_VERSION ", %s, network %s, %s, listens at %s",
		  daemon->config->name, origin,
		  daemon->identity.is_validator ? genesis->set.validators[daemon->identity.self].id
						: "an observer", address);
}

/* What stands, falls in reverse. */
static void run_down(struct daemon *daemon)
{
	if (daemon->api != NULL)
		api_stop(daemon->api);
	/* no job comes back from here on, so nothing of the pump runs */
	if (daemon->io != NULL)
		io_close(daemon->io);
	if (daemon->net != NULL)
		net_close(daemon->net);
	close_handles(daemon);
	(void)uv_run(&daemon->loop, UV_RUN_DEFAULT);
	if (daemon->node != NULL)
		node_free(daemon->node);
	api_free(daemon->api);
	(void)uv_loop_close(&daemon->loop);
}

/* A store of another chain is named with what genesis.txt says. */
static int failed_node(const struct daemon *daemon, enum err err)
{
	const struct hash *chain = &daemon->identity.genesis->chain;
	char hex[HASH_HEX_LEN + 1];
	char what[HASH_HEX_LEN + 80];

	hex_encode(hex, chain->b, sizeof(chain->b));
	snprintf(what, sizeof(what), HOME_CHAIN "/ and " HOME_JOURNAL "/, for chain %s of "
		 HOME_GENESIS, hex);
	return failed(err, what);
}

static int failed_listen(enum err err, const char *what)
{
	return failed(err == ERR_NET_CONNECT ? ERR_LISTEN : err, what);
}

/* The exit code; 0: all runs. */
static int start_all(struct daemon *daemon)
{
	enum err err = io_open(&daemon->io, &daemon->loop, daemon->config->workers);

	if (err)
		return failed(err, "threads");
	err = start_node(daemon);
	if (err)
		return failed_node(daemon, err);
	err = start_net(daemon);
	if (err)
		return failed_listen(err, "listen in " HOME_CONFIG);
	node_start(daemon->node, daemon->net);
	err = start_api(daemon);
	if (err)
		return failed_listen(err, "api-listen or metrics-listen in " HOME_CONFIG);
	return 0;
}

static int run_loop(struct daemon *daemon)
{
	int code;

	if (uv_loop_init(&daemon->loop) != 0)
		return failed(ERR_MEMORY, "event loop");
	start_handles(daemon);
	code = start_all(daemon);
	if (code == 0) {
		say_started(daemon);
		service_manager_tell("READY=1");
		(void)uv_run(&daemon->loop, UV_RUN_DEFAULT);
	}
	run_down(daemon);
	return code;
}

/* ---- what this key has signed -------------------------------------------------------------- */

static enum err open_sign_file(struct daemon *daemon, char path[HOME_PATH_BYTES])
{
	const struct identity *identity = &daemon->identity;
	const struct set *set = &identity->genesis->set;
	const char *configured = daemon->config->sign_state_file;
	enum err err;

	if (!home_sign_file(path, daemon->home.path, configured))
		return ERR_FILE_READ;
	if (configured[0] == '\0' && home_make_sign_folder(daemon->home.path) != ERR_OK)
		return ERR_FILE_WRITE;
	err = home_check_sign_file(daemon->home.path, path);
	if (err)
		return err;
	return sign_file_open(&daemon->sign_file, path, &identity->genesis->chain,
			      &set->validators[identity->self].consensus_key);
}

static enum err look_at_sign_state(struct daemon *daemon, const char *path)
{
	char mark[HOME_PATH_BYTES];
	enum sign_state state;
	bool is_marked;
	enum err err;

	if (!home_join(mark, daemon->home.path, HOME_NEVER_SIGNED))
		return ERR_FILE_READ;
	is_marked = access(mark, F_OK) == 0;
	err = sign_state_open(&state, daemon->journal, daemon->sign_file, is_marked);
	if (err)
		return err;
	if (state == SIGN_STATE_INTACT || state == SIGN_STATE_NEW)
		log_event(LOG_INFO, "sign_state", "%s; %s", sign_state_text(state), path);
	else
		log_event(LOG_ERROR, "sign_state_lost", "[E%04d %s] %s: %s (%s); %s",
			  (int)ERR_SIGN_STATE_LOST, err_name(ERR_SIGN_STATE_LOST),
			  err_text(ERR_SIGN_STATE_LOST), sign_state_text(state), path,
			  err_remedy(ERR_SIGN_STATE_LOST));
	/* only now: a start that was cut short before begins again */
	return is_marked ? home_remove(daemon->home.path, HOME_NEVER_SIGNED) : ERR_OK;
}

/* The exit code; 0: go on.  A validator that cannot know what it has signed goes on
 * too: it follows, and asks the others. */
static int open_sign_state(struct daemon *daemon)
{
	char path[HOME_PATH_BYTES] = "";
	enum err err;

	if (!daemon->identity.is_validator)
		return 0;
	err = open_sign_file(daemon, path);
	if (err == ERR_CONFIG)
		return failed(err, "sign-state-file lies in the home, with which it would be copied");
	if (!err)
		err = look_at_sign_state(daemon, path);
	return err ? failed(err, path) : 0;
}

/* Checkpoints only save time, so the node runs without them too. */
static void open_checkpoints(struct daemon *daemon)
{
	enum err err = open_store(daemon, &daemon->checkpoints, HOME_CHECKPOINTS);

	if (err == ERR_OK)
		return;
	daemon->checkpoints = NULL;
	log_event(LOG_WARN, "no_checkpoints",
		  "[E%04d %s] " HOME_CHECKPOINTS "/; starts take longer, remove the folder",
		  (int)err, err_name(err));
}

static int run_with_stores(struct daemon *daemon)
{
	enum err err = open_store(daemon, &daemon->chain, HOME_CHAIN);
	int code;

	if (err)
		return failed(err, HOME_CHAIN);
	err = open_store(daemon, &daemon->journal, HOME_JOURNAL);
	if (err) {
		code = failed(err, HOME_JOURNAL);
	} else {
		open_checkpoints(daemon);
		code = open_sign_state(daemon);
		if (code == 0)
			code = run_loop(daemon);
		sign_file_close(daemon->sign_file);
		store_close(daemon->checkpoints);
		store_close(daemon->journal);
	}
	store_close(daemon->chain);
	return code;
}

static int run_with_home(struct daemon *daemon)
{
	char detail[IDENTITY_DETAIL_BYTES];
	enum err err;
	int code;

	err = identity_open(&daemon->identity, detail, daemon->home.path, daemon->config);
	if (err)
		return failed(err, detail);
	code = run_with_stores(daemon);
	identity_release(&daemon->identity);
	return code;
}

int daemon_run(const char *home, const struct config *config)
{
	struct daemon *daemon = calloc(1, sizeof(*daemon));
	enum err err;
	int code;

	if (daemon == NULL)
		return failed(ERR_MEMORY, "");
	log_level_set(config->log_level);
	prepare_process();
	daemon->config = config;
	err = home_open(&daemon->home, home);
	if (err) {
		code = failed(err, home);
	} else {
		code = run_with_home(daemon);
		home_close(&daemon->home);
	}
	if (code == 0)
		log_event(LOG_INFO, "ended", "all stores are closed");
	free(daemon);
	return code;
}
