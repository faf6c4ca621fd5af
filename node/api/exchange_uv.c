/* Requests in and answers out, in order.  The answers of all requests that one read
 * brought go out in one write, unless one of them waits for the pump or for a commit. */
#include <limits.h>
#include <string.h>

#include "base/limits.h"
#include "node/api/connection_uv.h"
#include "node/api/service.h"

#define LINGER_MS 2000
/* A body up to this size is read however much others hold. */
#define BODY_BYTES_SMALL 65536
/* Bytes that are kept behind a request under way; then nothing more is read. */
#define PENDING_BYTES 4096
/* Answers up to this size are copied to where those of one write stand together. */
#define COPIED_BYTES_MAX 32768
#define OUT_BYTES_ENOUGH 65536 /* for one write */

static void read_on(struct connection *connection);
static void flush(struct connection *connection);

void exchange_init(struct connection *connection)
{
	buf_init(&connection->pending, READ_BYTES + PENDING_BYTES);
	buf_init(&connection->rest, OUT_BYTES_MAX);
	buf_init(&connection->body, ANSWER_BYTES_MAX);
	http_parse_init(&connection->parse);
}

/* --- what is held -------------------------------------------------------------- */

static void count_large(struct connection *connection, bool is_large)
{
	if (is_large == connection->is_large)
		return;
	connection->is_large = is_large;
	connection->http->service->large_under_way += is_large ? 1u : UINT32_MAX;
}

void exchange_count(struct connection *connection)
{
	bool is_open = connection->phase != PHASE_CLOSING;
	size_t bytes = is_open ? connection->rest.cap + connection->body.cap : 0;

	if (connection->phase == PHASE_ANSWERING)
		bytes += connection->lent_bytes;
	else if (is_open && connection->call != NULL)
		bytes += connection->call->request.body.cap + connection->call->answer.body.cap;
	connection->http->held_bytes += bytes - connection->held_bytes;
	connection->held_bytes = bytes;
	count_large(connection, is_open && connection->body.len >= ANSWER_BYTES_LARGE);
}

/* --- writing --------------------------------------------------------------------- */

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
	if (connection->has_ended || uv_shutdown(&connection->shutdown, (uv_stream_t *)&connection->tcp,
						 on_shutdown) != 0)
		connection_close(connection);
	else
		read_on(connection);
}

static void next_request(struct connection *connection)
{
	connection->call = call_new(connection->http->service);
	if (connection->call == NULL) {
		connection_close(connection);
		return;
	}
	connection->call->connection = connection;
	connection->is_continue_sent = false;
	http_parse_begin(&connection->parse, &connection->call->request);
	connection->phase = PHASE_READING;
	connection->deadline_ms = uv_now(connection->http->loop) + connection->http->limits.idle_ms;
}

/* The call's answer joins those that go out; what has to go out before anything else
 * is done leaves the connection in PHASE_WRITING. */
static void add_answer(struct connection *connection)
{
	struct http *http = connection->http;
	struct call *call = connection->call;
	struct answer *answer = &call->answer;
	struct answer_frame frame;

	service_frame(call, &frame);
	frame.is_keep_alive = frame.is_keep_alive && !connection->closes_after && !http->is_closing;
	connection->closes_after = !frame.is_keep_alive;
	answer_head(&http->out, answer, &frame);
	if (call->request.method != METHOD_HEAD && answer->body.len > COPIED_BYTES_MAX) {
		connection->body = answer->body;
		buf_init(&answer->body, ANSWER_BYTES_MAX);
	} else if (call->request.method != METHOD_HEAD) {
		buf_add_bytes(&http->out, buf_bytes(&answer->body));
	}
	call_free(call);
	connection->call = NULL;
	connection->phase = PHASE_WRITING;
	if (!connection->closes_after && connection->body.len == 0 && http->out.len < OUT_BYTES_ENOUGH)
		next_request(connection);
}

/* All that was given to the socket is out. */
static void written(struct connection *connection)
{
	buf_release(&connection->rest);
	buf_release(&connection->body);
	if (connection->phase == PHASE_WRITING && connection->call != NULL) {
		add_answer(connection);
		flush(connection);
		return;
	}
	if (connection->phase == PHASE_WRITING && connection->closes_after)
		linger(connection);
	else if (connection->phase == PHASE_WRITING)
		next_request(connection);
	exchange_count(connection);
}

static void go_on(struct connection *connection);

static void on_written(uv_write_t *write, int status)
{
	struct connection *connection = write->data;

	connection->is_writing = false;
	if (connection->phase == PHASE_CLOSING)
		return;
	if (status != 0) {
		connection_close(connection);
		return;
	}
	written(connection);
	go_on(connection);
}

/* What the socket did not take goes when it can; until then no request is taken. */
static void write_rest(struct connection *connection, size_t sent)
{
	struct buf *out = &connection->http->out;
	size_t of_out = sent < out->len ? sent : out->len;
	size_t of_body = sent - of_out;
	uv_buf_t parts[2];

	buf_add(&connection->rest, out->at + of_out, out->len - of_out);
	buf_reset(out);
	parts[0] = uv_buf_init((char *)connection->rest.at, (unsigned)connection->rest.len);
	parts[1] = uv_buf_init((char *)connection->body.at + of_body,
			       (unsigned)(connection->body.len - of_body));
	connection->write.data = connection;
	connection->is_writing = true;
	connection->deadline_ms = uv_now(connection->http->loop) + connection->http->limits.write_ms;
	exchange_count(connection);
	if (connection->rest.has_failed ||
	    uv_write(&connection->write, (uv_stream_t *)&connection->tcp, parts,
		     connection->body.len > 0 ? 2 : 1, on_written) != 0)
		connection_close(connection);
}

static void flush(struct connection *connection)
{
	struct buf *out = &connection->http->out;
	uv_buf_t parts[2] = {
		uv_buf_init((char *)out->at, (unsigned)out->len),
		uv_buf_init((char *)connection->body.at, (unsigned)connection->body.len),
	};
	int sent;

	if (connection->phase == PHASE_CLOSING || out->has_failed) {
		buf_reset(out);
		connection_close(connection);
		return;
	}
	if (out->len == 0)
		return;
	sent = uv_try_write((uv_stream_t *)&connection->tcp, parts, parts[1].len > 0 ? 2 : 1);
	if (sent < 0 && sent != UV_EAGAIN) {
		buf_reset(out);
		connection_close(connection);
	} else if (sent < 0 || (size_t)sent < parts[0].len + parts[1].len) {
		write_rest(connection, sent < 0 ? 0 : (size_t)sent);
	} else {
		buf_reset(out);
		written(connection);
	}
}

void http_answer(struct call *call)
{
	struct connection *connection = call->connection;

	if (connection == NULL || connection->phase == PHASE_CLOSING) {
		call_free(call);
		return;
	}
	if (connection->is_writing) {
		connection->phase = PHASE_WRITING;
		exchange_count(connection);
		return;
	}
	add_answer(connection);
	if (connection->http->serving == connection)
		return;
	ASSERT(connection->http->serving == NULL);
	flush(connection);
	go_on(connection);
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

	connection->phase = PHASE_ANSWERING;
	connection->lent_bytes = call->request.body.cap;
	call->is_metrics = connection->is_metrics;
	call->is_loopback = connection->is_loopback;
	memcpy(call->client, connection->client, sizeof(call->client));
	memcpy(call->local, connection->local, sizeof(call->local));
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

void exchange_time_out(struct connection *connection)
{
	connection->parse.state = PARSE_REFUSED;
	connection->parse.error = ERR_API_REQUEST;
	connection->parse.status = 408;
	connection->parse.detail = "the request took too long";
	start_call(connection);
}

static void send_continue(struct connection *connection)
{
	static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
	uv_buf_t part = uv_buf_init((char *)(uintptr_t)text, sizeof(text) - 1);

	/* a short line into an empty buffer: if it does not fit, the client waits a
	 * moment and sends its body anyway */
	connection->is_continue_sent = true;
	flush(connection);
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

/* Gives what is left behind the request, if it is whole. */
static struct bytes feed(struct connection *connection, struct bytes in)
{
	enum parse_state before = connection->parse.state;
	size_t taken = http_parse_feed(&connection->parse, (const char *)in.at, in.len);

	set_deadline(connection, before);
	exchange_count(connection);
	if (connection->parse.state == PARSE_BODY && is_crowded(connection) &&
	    connection->held_bytes > BODY_BYTES_SMALL)
		refuse_crowd(connection);
	if (connection->parse.state == PARSE_DONE || connection->parse.state == PARSE_REFUSED)
		start_call(connection);
	else if (connection->parse.state == PARSE_BODY && !connection->is_continue_sent &&
		 connection->call->request.expects_continue)
		send_continue(connection);
	return bytes_of(in.at + taken, in.len - taken);
}

/* Keeps what is not yet dealt with; of too much the client is left to wait. */
static void keep(struct connection *connection, struct bytes in)
{
	if (connection->phase == PHASE_LINGERING || connection->phase == PHASE_CLOSING)
		return;
	buf_add_bytes(&connection->pending, in);
	if (connection->pending.has_failed) {
		connection_close(connection);
	} else if (connection->pending.len >= PENDING_BYTES) {
		(void)uv_read_stop((uv_stream_t *)&connection->tcp);
		connection->is_reading = false;
	}
}

static bool takes_requests(const struct connection *connection)
{
	return connection->phase == PHASE_READING && !connection->is_writing;
}

/* Takes requests until the bytes end, or one has to be waited for. */
static void serve(struct connection *connection, struct bytes in)
{
	struct http *http = connection->http;

	ASSERT(http->serving == NULL && http->out.len == 0);
	http->serving = connection;
	http_set_time(http);
	while (in.len > 0 && takes_requests(connection)) {
		in = feed(connection, in);
		if (connection->phase == PHASE_WRITING)
			flush(connection);
	}
	flush(connection);
	http->serving = NULL;
	keep(connection, in);
}

/* After an answer, or when it is out: with what came meanwhile, then with what comes. */
static void go_on(struct connection *connection)
{
	struct buf pending = connection->pending;

	if (!takes_requests(connection))
		return;
	buf_init(&connection->pending, pending.max);
	if (pending.len > 0)
		serve(connection, buf_bytes(&pending));
	buf_release(&pending);
	if (!takes_requests(connection))
		return;
	if (connection->has_ended || connection->http->is_closing)
		connection_close(connection);
	else
		read_on(connection);
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
	struct bytes in = bytes_of(bytes->base, len > 0 ? (size_t)len : 0);

	if (len == UV_EOF && connection->phase != PHASE_LINGERING && !takes_requests(connection))
		connection->has_ended = true;
	else if (len < 0)
		connection_close(connection);
	else if (len > 0 && takes_requests(connection))
		serve(connection, in);
	else if (len > 0)
		keep(connection, in);
}

static void read_on(struct connection *connection)
{
	if (connection->is_reading)
		return;
	connection->is_reading = true;
	if (uv_read_start((uv_stream_t *)&connection->tcp, on_alloc, on_read) != 0)
		connection_close(connection);
}

void exchange_begin(struct connection *connection)
{
	next_request(connection);
	if (connection->phase == PHASE_READING)
		read_on(connection);
}
