#include "node/api/connection_uv.h"

#include <arpa/inet.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "node/api/service.h"

#define LINGER_MS 2000
/* A body up to this size is read however much others hold. */
#define BODY_BYTES_SMALL 65536

static void read_on(struct connection *connection);

/* --- closing ------------------------------------------------------------------- */

static void on_closed(uv_handle_t *handle)
{
	struct connection *connection = handle->data;

	LIST_REMOVE(connection, entry);
	connection->http->count--;
	buf_release(&connection->pending);
	buf_release(&connection->head);
	free(connection);
}

static void count_large(struct connection *connection, bool is_large)
{
	if (is_large == connection->is_large)
		return;
	connection->is_large = is_large;
	connection->http->service->heavy_under_way += is_large ? 1u : UINT32_MAX;
}

static void count_held(struct connection *connection, size_t bytes)
{
	connection->http->held_bytes += bytes - connection->held_bytes;
	connection->held_bytes = bytes;
}

static void close_now(struct connection *connection)
{
	if (connection->phase == PHASE_CLOSING)
		return;
	count_large(connection, false);
	count_held(connection, 0);
	if (connection->phase == PHASE_ANSWERING)
		service_abandon(connection->call);
	else
		call_free(connection->call);
	connection->call = NULL;
	connection->phase = PHASE_CLOSING;
	uv_close((uv_handle_t *)&connection->tcp, on_closed);
}

static void on_shutdown(uv_shutdown_t *shutdown, int status)
{
	(void)shutdown;
	(void)status;
}

/* Closing with unread bytes would reset the connection and take the answer with
 * it, so the other side is given a moment to finish. */
static void linger(struct connection *connection)
{
	connection->phase = PHASE_LINGERING;
	connection->deadline_ms = uv_now(connection->http->loop) + LINGER_MS;
	connection->shutdown.data = connection;
	if (uv_shutdown(&connection->shutdown, (uv_stream_t *)&connection->tcp, on_shutdown) !=
	    0)
		close_now(connection);
	else
		read_on(connection);
}

/* --- writing --------------------------------------------------------------------- */

static void next_request(struct connection *connection);

static void on_written(uv_write_t *write, int status)
{
	struct connection *connection = write->data;

	if (connection->phase == PHASE_CLOSING)
		return;
	count_large(connection, false);
	count_held(connection, 0);
	call_free(connection->call);
	connection->call = NULL;
	if (status != 0)
		close_now(connection);
	else if (connection->closes_after)
		linger(connection);
	else
		next_request(connection);
}

static void write_answer(struct connection *connection)
{
	const struct answer *answer = &connection->call->answer;
	bool has_body = connection->call->request.method != METHOD_HEAD && answer->body.len > 0;
	uv_buf_t parts[2] = {
		uv_buf_init((char *)connection->head.at, (unsigned)connection->head.len),
		uv_buf_init((char *)answer->body.at, (unsigned)answer->body.len),
	};

	connection->phase = PHASE_WRITING;
	connection->deadline_ms = uv_now(connection->http->loop) + connection->http->limits.write_ms;
	connection->write.data = connection;
	count_large(connection, has_body && answer->body.len >= ANSWER_BYTES_LARGE);
	buf_release(&connection->call->request.body);
	count_held(connection, answer->body.cap);
	if (uv_write(&connection->write, (uv_stream_t *)&connection->tcp, parts, has_body ? 2 : 1,
		     on_written) != 0)
		close_now(connection);
}

void http_answer(struct call *call)
{
	struct connection *connection = call->connection;
	struct answer_frame frame;

	if (connection == NULL || connection->phase == PHASE_CLOSING) {
		call_free(call);
		return;
	}
	service_frame(call, &frame);
	frame.is_keep_alive = frame.is_keep_alive && !connection->closes_after;
	connection->closes_after = !frame.is_keep_alive;
	buf_reset(&connection->head);
	answer_head(&connection->head, &call->answer, &frame);
	if (connection->head.has_failed)
		close_now(connection);
	else
		write_answer(connection);
}

/* --- reading --------------------------------------------------------------------- */

/* Answers that nobody fetches and bodies that never end must not fill the memory.
 * The other listener is that of whoever watches over the node. */
static bool is_crowded(const struct connection *connection)
{
	return connection->http->held_bytes > connection->http->limits.bytes_max &&
	       !connection->is_metrics;
}

static void refuse_crowd(struct connection *connection)
{
	connection->parse.state = PARSE_REFUSED;
	connection->parse.error = ERR_API_BUSY;
	connection->parse.status = 503;
	connection->parse.detail = "too much is under way for others";
}

static void start_call(struct connection *connection)
{
	struct call *call = connection->call;

	(void)uv_read_stop((uv_stream_t *)&connection->tcp);
	connection->phase = PHASE_ANSWERING;
	call->is_metrics = connection->is_metrics;
	call->is_loopback = connection->is_loopback;
	memcpy(call->client, connection->client, sizeof(call->client));
	memcpy(call->local, connection->local, sizeof(call->local));
	http_set_time(connection->http);
	if (connection->parse.state == PARSE_DONE && !is_crowded(connection)) {
		service_handle(call);
	} else {
		if (connection->parse.state == PARSE_DONE)
			refuse_crowd(connection);
		connection->closes_after = true;
		service_refuse(call, connection->parse.error, connection->parse.status,
			       connection->parse.detail);
	}
}

static void send_continue(struct connection *connection)
{
	static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
	uv_buf_t part = uv_buf_init((char *)(uintptr_t)text, sizeof(text) - 1);

	/* a short line into an empty buffer: if it does not fit, the client waits a
	 * moment and sends its body anyway */
	connection->is_continue_sent = true;
	(void)uv_try_write((uv_stream_t *)&connection->tcp, &part, 1);
}

static void set_deadline(struct connection *connection, enum parse_state before)
{
	const struct http_limits *limits = &connection->http->limits;
	enum parse_state state = connection->parse.state;
	uint64_t now_ms = uv_now(connection->http->loop);

	if (state == before)
		return;
	if (state == PARSE_HEADERS)
		connection->deadline_ms = now_ms + limits->header_ms;
	if (state == PARSE_BODY)
		connection->deadline_ms = now_ms + limits->body_ms;
}

static void feed(struct connection *connection, const char *at, size_t len)
{
	enum parse_state before = connection->parse.state;
	size_t taken = http_parse_feed(&connection->parse, at, len);

	set_deadline(connection, before);
	count_held(connection, connection->call->request.body.cap);
	if (connection->parse.state == PARSE_BODY && is_crowded(connection) &&
	    connection->held_bytes > BODY_BYTES_SMALL)
		refuse_crowd(connection);
	if (connection->parse.state == PARSE_DONE || connection->parse.state == PARSE_REFUSED) {
		buf_reset(&connection->pending);
		buf_add(&connection->pending, at + taken, len - taken);
		start_call(connection);
	} else if (connection->parse.state == PARSE_BODY && !connection->is_continue_sent &&
		   connection->call->request.expects_continue) {
		send_continue(connection);
	}
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
	struct connection *connection = handle->data;

	(void)suggested;
	*out = uv_buf_init(connection->http->read, READ_BYTES);
}

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *bytes)
{
	struct connection *connection = stream->data;

	if (len < 0)
		close_now(connection);
	else if (len > 0 && connection->phase == PHASE_READING)
		feed(connection, bytes->base, (size_t)len);
}

static void read_on(struct connection *connection)
{
	if (uv_read_start((uv_stream_t *)&connection->tcp, on_alloc, on_read) != 0)
		close_now(connection);
}

static void next_request(struct connection *connection)
{
	struct buf pending = connection->pending;

	if (connection->http->is_closing && pending.len == 0) {
		close_now(connection);
		return;
	}
	connection->call = call_new(connection->http->service);
	if (connection->call == NULL) {
		close_now(connection);
		return;
	}
	connection->call->connection = connection;
	connection->is_continue_sent = false;
	http_parse_begin(&connection->parse, &connection->call->request);
	connection->phase = PHASE_READING;
	connection->deadline_ms = uv_now(connection->http->loop) + connection->http->limits.idle_ms;
	buf_init(&connection->pending, READ_BYTES);
	if (pending.len > 0)
		feed(connection, (const char *)pending.at, pending.len);
	buf_release(&pending);
	if (connection->phase == PHASE_READING)
		read_on(connection);
}

/* --- coming and going -------------------------------------------------------------- */

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
	buf_init(&connection->pending, READ_BYTES);
	buf_init(&connection->head, 4096);
	http_parse_init(&connection->parse);
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
		close_now(connection);
		return;
	}
	(void)uv_tcp_nodelay(&connection->tcp, 1);
	next_request(connection);
}

#define WORTH_ALL UINT_MAX

/* How much is lost with it: silence between requests comes first, then who is long
 * in sending one, then who is long in taking the answer. */
static unsigned worth_of(const struct connection *connection)
{
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
	close_now(stalest);
	return true;
}

static void time_out(struct connection *connection)
{
	bool is_within = connection->phase == PHASE_READING && connection->parse.state != PARSE_IDLE;

	if (connection->phase == PHASE_ANSWERING)
		return; /* the service minds its own time */
	if (!is_within) {
		close_now(connection);
		return;
	}
	connection->parse.state = PARSE_REFUSED;
	connection->parse.error = ERR_API_REQUEST;
	connection->parse.status = 408;
	connection->parse.detail = "the request took too long";
	start_call(connection);
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
		if (connection->phase == PHASE_READING)
			close_now(connection);
	}
}

void connections_cut(struct http *http)
{
	struct connection *connection;

	LIST_FOREACH (connection, &http->connections, entry)
		close_now(connection);
}
