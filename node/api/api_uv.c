#include "node/api/api.h"

#include <stdlib.h>
#include <sys/prctl.h>
#include <uv.h>

#include "base/log.h"
#include "node/api/reads.h"
#include "node/api/service.h"

#define GRACE_MS 1000

struct api {
	uv_loop_t loop;
	uv_thread_t thread;
	uv_async_t stops;
	struct service *service;
	struct bridge *bridge;
	struct http *http;
	struct reads *reads;
	struct buf set_text;
	uint16_t port;
	uint16_t metrics_port;
};

void api_config_init(struct api_config *config)
{
	*config = (struct api_config){
		.self = SET_NO_INDEX,
		.rate_per_s = 2000,
		.rate_burst = 8000,
		.waiters_max = 2048, /* the other connections stay for those who do not wait */
		.recent_max = 131072,
		.limits = {.connections_max = 4096,
			   .idle_ms = 75000,
			   .header_ms = 10000,
			   .body_ms = 30000,
			   .write_ms = 60000,
			   .bytes_max = (size_t)256 << 20},
	};
}

/* --- the API's thread ------------------------------------------------------------- */

static void on_stop(uv_async_t *async)
{
	struct api *api = async->data;

	service_stop(api->service);
	http_close(api->http, GRACE_MS);
	reads_close(api->reads);
	bridge_close_api(api->bridge);
	uv_close((uv_handle_t *)async, NULL);
}

static void run(void *context)
{
	struct api *api = context;

	(void)prctl(PR_SET_NAME, "api", 0, 0, 0); /* for people who look at threads */
	(void)uv_run(&api->loop, UV_RUN_DEFAULT);
}

/* --- the pump's thread ---------------------------------------------------------------- */

static enum err open_service(struct api *api, const struct api_config *config)
{
	struct service_config service = {
		.ledger = node_ledger(config->node),
		.genesis = config->genesis,
		.genesis_sealed = config->genesis_sealed,
		.set_text = buf_bytes(&api->set_text),
		.self = config->self,
		.hosts_count = config->hosts_count,
		.rate_per_s = config->rate_per_s,
		.rate_burst = config->rate_burst,
		.limits_loopback = config->limits_loopback,
		.waiters_max = config->waiters_max,
		.recent_max = config->recent_max,
		.seed = config->seed,
	};

	for (size_t i = 0; i < config->hosts_count; i++)
		service.hosts[i] = config->hosts[i];
	return service_new(&api->service, &service);
}

static enum err open_http(struct api *api, const struct api_config *config)
{
	struct http_listen listens[2 * API_LISTENS_MAX];
	size_t count = 0;
	enum err err;

	for (size_t i = 0; i < config->listen_count; i++)
		listens[count++] = (struct http_listen){config->listen[i], false};
	for (size_t i = 0; i < config->metrics_listen_count; i++)
		listens[count++] = (struct http_listen){config->metrics_listen[i], true};
	err = http_open(&api->http, &api->loop, api->service, listens, count, &config->limits);
	if (err != ERR_OK)
		return err;
	api->service->http = api->http;
	if (config->listen_count > 0)
		api->port = http_port(api->http, 0);
	if (config->metrics_listen_count > 0)
		api->metrics_port = http_port(api->http, config->listen_count);
	return ERR_OK;
}

static enum err open_bridge(struct api *api, const struct api_config *config)
{
	struct bridge_config bridge = {
		.node = config->node,
		.net = config->net,
		.chain_store = config->chain_store,
		.journal_store = config->journal_store,
		.pump_loop = config->pump_loop,
		.api_loop = &api->loop,
		.service = api->service,
	};
	enum err err = bridge_open(&api->bridge, &bridge);

	if (err == ERR_OK)
		api->service->bridge = api->bridge;
	return err;
}

static void release(struct api *api)
{
	http_free(api->http);
	service_free(api->service);
	buf_release(&api->set_text);
	if (uv_loop_close(&api->loop) != 0)
		log_event(LOG_WARN, "api_loop_busy", "the API's loop still has handles");
	free(api);
}

enum err api_start(struct api **out, const struct api_config *config)
{
	struct api *api = calloc(1, sizeof(*api));
	enum err err;

	if (api == NULL)
		return ERR_MEMORY;
	ASSERT(uv_loop_init(&api->loop) == 0);
	buf_init(&api->set_text, LIMIT_SET_BYTES);
	set_render(&api->set_text, &config->genesis->set);
	err = open_service(api, config);
	if (err == ERR_OK)
		err = open_http(api, config);
	if (err != ERR_OK) {
		release(api);
		return err;
	}
	err = open_bridge(api, config);
	ASSERT(err == ERR_OK); /* for want of memory at start: there is no node then */
	err = reads_open(&api->reads, &api->loop);
	ASSERT(err == ERR_OK);
	api->service->reads = api->reads;
	ASSERT(uv_async_init(&api->loop, &api->stops, on_stop) == 0);
	api->stops.data = api;
	ASSERT(uv_thread_create(&api->thread, run, api) == 0);
	log_event(LOG_INFO, "api_started", "port %u, metrics port %u", (unsigned)api->port,
		  (unsigned)api->metrics_port);
	*out = api;
	return ERR_OK;
}

uint16_t api_port(const struct api *api)
{
	return api->port;
}

uint16_t api_metrics_port(const struct api *api)
{
	return api->metrics_port;
}

void api_stop(struct api *api)
{
	(void)uv_async_send(&api->stops);
	(void)uv_thread_join(&api->thread);
	bridge_close_pump(api->bridge);
}

void api_free(struct api *api)
{
	if (api == NULL)
		return;
	bridge_free(api->bridge);
	reads_free(api->reads);
	release(api);
}
