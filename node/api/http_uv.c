#include "node/api/http.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <time.h>
#include <uv.h>

#include "node/api/connection_uv.h"
#include "node/api/service.h"

#define SWEEP_MS 100
#define BACKLOG 511

void http_set_time(struct http *http)
{
	struct timespec wall;

	(void)clock_gettime(CLOCK_REALTIME, &wall);
	service_set_time(http->service, uv_now(http->loop),
			 (uint64_t)wall.tv_sec * 1000 + (uint64_t)wall.tv_nsec / 1000000);
}

static void on_sweep(uv_timer_t *timer)
{
	struct http *http = timer->data;

	http_set_time(http);
	service_on_tick(http->service);
	connections_sweep(http);
	if (http->is_closing && uv_now(http->loop) >= http->grace_ends_ms)
		connections_cut(http);
	if (http->is_closing && http->count == 0 && !uv_is_closing((uv_handle_t *)timer)) {
		uv_close((uv_handle_t *)timer, NULL);
		uv_close((uv_handle_t *)&http->turn, NULL);
	}
}

static void on_turn(uv_prepare_t *turn)
{
	struct http *http = turn->data;

	service_end_turn(http->service);
}

static void on_connect(uv_stream_t *stream, int status)
{
	struct listener *listener = stream->data;

	if (status == 0 && !listener->http->is_closing)
		connection_accept(listener);
}

static int bind_to(struct listener *listener, const struct net_address *address)
{
	struct sockaddr_storage at;
	int len = sizeof(at);
	int failed = uv_ip4_addr(address->ip, address->port, (struct sockaddr_in *)(void *)&at);

	if (failed != 0)
		failed = uv_ip6_addr(address->ip, address->port, (struct sockaddr_in6 *)(void *)&at);
	if (failed == 0)
		failed = uv_tcp_bind(&listener->tcp, (const struct sockaddr *)&at, 0);
	if (failed == 0)
		failed = uv_listen((uv_stream_t *)&listener->tcp, BACKLOG, on_connect);
	if (failed == 0)
		failed = uv_tcp_getsockname(&listener->tcp, (struct sockaddr *)&at, &len);
	if (failed == 0) /* the port stands at the same place in both families */
		listener->port = ntohs(((struct sockaddr_in *)(void *)&at)->sin_port);
	return failed;
}

static enum err listen_all(struct http *http, const struct http_listen *listens, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct listener *listener = &http->listeners[i];

		if (uv_tcp_init(http->loop, &listener->tcp) != 0)
			return ERR_NET_CONNECT;
		http->listeners_count++;
		listener->tcp.data = listener;
		listener->http = http;
		listener->is_metrics = listens[i].is_metrics;
		if (bind_to(listener, &listens[i].address) != 0)
			return ERR_NET_CONNECT;
	}
	return ERR_OK;
}

static void close_listeners(struct http *http)
{
	for (size_t i = 0; i < http->listeners_count; i++)
		uv_close((uv_handle_t *)&http->listeners[i].tcp, NULL);
	http->listeners_count = 0;
}

enum err http_open(struct http **out, void *loop, struct service *service,
		   const struct http_listen *listens, size_t count, const struct http_limits *limits)
{
	struct http *http;
	enum err err;

	ASSERT(count <= HTTP_LISTENERS_MAX);
	http = calloc(1, sizeof(*http));
	if (http == NULL)
		return ERR_MEMORY;
	http->loop = loop;
	http->service = service;
	http->limits = *limits;
	buf_init(&http->out, OUT_BYTES_MAX);
	LIST_INIT(&http->connections);
	ASSERT(uv_timer_init(loop, &http->sweep) == 0);
	http->sweep.data = http;
	(void)uv_timer_start(&http->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
	ASSERT(uv_prepare_init(loop, &http->turn) == 0);
	http->turn.data = http;
	(void)uv_prepare_start(&http->turn, on_turn);
	err = listen_all(http, listens, count);
	if (err != ERR_OK) { /* the handles close as the caller runs the loop down */
		http_close(http, 0);
		while (uv_run(loop, UV_RUN_ONCE) != 0 && !http->is_swept)
			http->is_swept = uv_is_closing((uv_handle_t *)&http->sweep) != 0;
		(void)uv_run(loop, UV_RUN_NOWAIT);
		http_free(http);
		return err;
	}
	*out = http;
	return ERR_OK;
}

uint16_t http_port(const struct http *http, size_t k)
{
	return http->listeners[k].port;
}

uint32_t http_connections(const struct http *http)
{
	return http->count;
}

void http_close(struct http *http, uint32_t grace_ms)
{
	http->is_closing = true;
	http->grace_ends_ms = uv_now(http->loop) + grace_ms;
	close_listeners(http);
	connections_close_idle(http);
}

void http_free(struct http *http)
{
	if (http != NULL)
		buf_release(&http->out);
	free(http);
}
