#include "node/api/connection_uv.h"

#include <arpa/inet.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "node/api/service.h"

static void on_closed(uv_handle_t *handle)
{
	struct connection *connection = handle->data;

	LIST_REMOVE(connection, entry);
	connection->http->count--;
	buf_release(&connection->pending);
	buf_release(&connection->rest);
	buf_release(&connection->body);
	free(connection);
}

void connection_close(struct connection *connection)
{
	if (connection->phase == PHASE_CLOSING)
		return;
	if (connection->phase == PHASE_ANSWERING)
		service_abandon(connection->call);
	else
		call_free(connection->call);
	connection->call = NULL;
	connection->phase = PHASE_CLOSING;
	exchange_count(connection);
	uv_close((uv_handle_t *)&connection->tcp, on_closed);
}

/* An IPv4 address as it is mapped into IPv6; of IPv6 the network of 64 bits,
 * for that is what one client commands. */
static void set_client(struct connection *connection, const struct sockaddr_storage *from)
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	uint8_t ip[16];

	if (from->ss_family == AF_INET) {
		memcpy(ip, mapped, 12);
		memcpy(ip + 12, &((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
	} else {
		memcpy(ip, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, 16);
	}
	if (memcmp(ip, mapped, 12) == 0) {
		connection->is_loopback = ip[12] == 127;
		memcpy(connection->client, ip, 16);
	} else {
		connection->is_loopback =
			IN6_IS_ADDR_LOOPBACK((const struct in6_addr *)(const void *)ip);
		memcpy(connection->client, ip, 8);
	}
}

static bool look_at_peer(struct connection *connection)
{
	struct sockaddr_storage address = {0};
	int len = sizeof(address);

	if (uv_tcp_getpeername(&connection->tcp, (struct sockaddr *)&address, &len) != 0)
		return false;
	set_client(connection, &address);
	len = sizeof(address);
	if (uv_tcp_getsockname(&connection->tcp, (struct sockaddr *)&address, &len) != 0)
		return false;
	return uv_ip_name((const struct sockaddr *)&address, connection->local,
			  sizeof(connection->local)) == 0;
}

static struct connection *connection_new(struct listener *listener)
{
	struct connection *connection = calloc(1, sizeof(*connection));

	if (connection == NULL)
		return NULL;
	connection->http = listener->http;
	connection->is_metrics = listener->is_metrics;
	connection->tcp.data = connection;
	exchange_init(connection);
	if (uv_tcp_init(listener->http->loop, &connection->tcp) != 0) {
		free(connection);
		return NULL;
	}
	LIST_INSERT_HEAD(&listener->http->connections, connection, entry);
	listener->http->count++;
	return connection;
}

void connection_accept(struct listener *listener)
{
	struct connection *connection = connection_new(listener);

	if (connection == NULL)
		return;
	if (uv_accept((uv_stream_t *)&listener->tcp, (uv_stream_t *)&connection->tcp) != 0 ||
	    !look_at_peer(connection) ||
	    (listener->http->count > listener->http->limits.connections_max &&
	     !connections_make_room(listener->http) && !listener->is_metrics)) {
		connection_close(connection);
		return;
	}
	(void)uv_tcp_nodelay(&connection->tcp, 1);
	exchange_begin(connection);
}

#define WORTH_ALL UINT_MAX

/* How much is lost with it: silence between requests comes first, then who is long
 * in sending one, then who is long in taking the answer. */
static unsigned worth_of(const struct connection *connection)
{
	if (connection->is_writing && connection->phase == PHASE_READING)
		return 2;
	switch (connection->phase) {
	case PHASE_LINGERING:
		return 0;
	case PHASE_READING: /* without a call it is the newcomer itself */
		if (connection->call == NULL)
			return WORTH_ALL;
		return connection->parse.state == PARSE_IDLE ? 0 : 1;
	case PHASE_WRITING:
		return 2;
	case PHASE_ANSWERING:
	case PHASE_CLOSING:
		return WORTH_ALL;
	}
	UNREACHABLE();
}

static bool is_staler(const struct connection *a, const struct connection *b)
{
	unsigned worth_a = worth_of(a), worth_b = worth_of(b);

	return worth_a != worth_b ? worth_a < worth_b : a->deadline_ms < b->deadline_ms;
}

bool connections_make_room(struct http *http)
{
	struct connection *stalest = NULL, *connection;

	LIST_FOREACH (connection, &http->connections, entry) {
		if (!connection->is_metrics && worth_of(connection) != WORTH_ALL &&
		    (stalest == NULL || is_staler(connection, stalest)))
			stalest = connection;
	}
	if (stalest == NULL)
		return false;
	connection_close(stalest);
	return true;
}

static void time_out(struct connection *connection)
{
	bool is_within = connection->phase == PHASE_READING && connection->parse.state != PARSE_IDLE;

	if (connection->phase == PHASE_ANSWERING)
		return; /* the service minds its own time */
	if (is_within && !connection->is_writing)
		exchange_time_out(connection);
	else
		connection_close(connection);
}

void connections_sweep(struct http *http)
{
	struct connection *connection = LIST_FIRST(&http->connections);
	uint64_t now_ms = uv_now(http->loop);

	while (connection != NULL) {
		struct connection *next = LIST_NEXT(connection, entry);

		if (connection->phase != PHASE_CLOSING && connection->deadline_ms <= now_ms)
			time_out(connection);
		connection = next;
	}
}

void connections_close_idle(struct http *http)
{
	struct connection *connection;

	LIST_FOREACH (connection, &http->connections, entry) {
		if (connection->phase == PHASE_READING && !connection->is_writing)
			connection_close(connection);
	}
}

void connections_cut(struct http *http)
{
	struct connection *connection;

	LIST_FOREACH (connection, &http->connections, entry)
		connection_close(connection);
}
