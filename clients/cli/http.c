#include "clients/cli/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <llhttp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECT_MS 3000
#define TIMEOUT_MS_DEFAULT 10000
#define HEADER_NAME_MAX 32
#define HEADER_VALUE_MAX 256

struct http_node {
	char name[64]; /* host and port, as the Host header has them */
	struct sockaddr_storage address;
	socklen_t address_len;
	int fd; /* -1: not connected */
};

struct http {
	struct http_node nodes[HTTP_NODES_MAX];
	size_t count;
	size_t current; /* who answered last: asked first */
};

/* One answer while it comes in. */
struct reading {
	llhttp_t parser;
	struct http_answer *answer;
	char name[HEADER_NAME_MAX];
	char value[HEADER_VALUE_MAX];
	size_t name_len, value_len;
	bool is_done;
	bool is_kept; /* the connection can be used again */
};

struct http *http_new(void)
{
	return calloc(1, sizeof(struct http));
}

static void node_close(struct http_node *node)
{
	if (node->fd >= 0)
		(void)close(node->fd);
	node->fd = -1;
}

void http_free(struct http *http)
{
	if (http == NULL)
		return;
	for (size_t i = 0; i < http->count; i++)
		node_close(&http->nodes[i]);
	free(http);
}

void http_answer_init(struct http_answer *answer)
{
	*answer = (struct http_answer){.status = 0};
	buf_init(&answer->body, HTTP_ANSWER_BYTES_MAX);
}

void http_answer_release(struct http_answer *answer)
{
	buf_release(&answer->body);
}

size_t http_nodes_count(const struct http *http)
{
	return http->count;
}

const char *http_node_name(const struct http *http, size_t node)
{
	ASSERT(node < http->count);
	return http->nodes[node].name;
}

void url_add(struct buf *out, const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789._~-";

	for (; *text != '\0'; text++) {
		if (strchr(plain, *text) != NULL)
			buf_u8(out, (uint8_t)*text);
		else
			buf_print(out, "%%%02X", (unsigned)(unsigned char)*text);
	}
}

/* --- addresses -------------------------------------------------------------- */

static bool address_parse(struct http_node *out, const char *host, bool is_ip6, uint16_t port)
{
	struct sockaddr_in *ip4 = (struct sockaddr_in *)&out->address;
	struct sockaddr_in6 *ip6 = (struct sockaddr_in6 *)&out->address;

	memset(&out->address, 0, sizeof(out->address));
	if (is_ip6) {
		ip6->sin6_family = AF_INET6;
		ip6->sin6_port = htons(port);
		out->address_len = sizeof(*ip6);
		return inet_pton(AF_INET6, host, &ip6->sin6_addr) == 1;
	}
	ip4->sin_family = AF_INET;
	ip4->sin_port = htons(port);
	out->address_len = sizeof(*ip4);
	return inet_pton(AF_INET, host, &ip4->sin_addr) == 1;
}

enum err http_add_node(struct http *http, const char *url)
{
	struct http_node node = {.fd = -1};
	const char *at = strncmp(url, "http://", 7) == 0 ? url + 7 : url;
	bool is_ip6 = at[0] == '[';
	const char *host_end = is_ip6 ? strchr(at, ']') : strchr(at, ':');
	const char *colon = is_ip6 && host_end != NULL ? host_end + 1 : host_end;
	char host[INET6_ADDRSTRLEN + 1];
	size_t host_len, port_len;
	uint64_t port;

	if (host_end == NULL || colon[0] != ':')
		return ERR_USAGE;
	at += is_ip6;
	host_len = (size_t)(host_end - at);
	port_len = strcspn(colon + 1, "/");
	if (host_len >= sizeof(host) || strspn(colon + 1 + port_len, "/") > 1 ||
	    strlen(colon + 1 + port_len) > 1 ||
	    !decimal_decode(&port, bytes_of(colon + 1, port_len)) || port == 0 || port > 65535)
		return ERR_USAGE;
	memcpy(host, at, host_len);
	host[host_len] = '\0';
	if (!address_parse(&node, host, is_ip6, (uint16_t)port))
		return ERR_USAGE;
	if (http->count == HTTP_NODES_MAX)
		return ERR_FULL;
	(void)snprintf(node.name, sizeof(node.name), is_ip6 ? "[%s]:%u" : "%s:%u", host,
		       (unsigned)port);
	http->nodes[http->count++] = node;
	return ERR_OK;
}

/* --- sockets ---------------------------------------------------------------- */

static uint64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* False once the time is up. */
static bool wait_for(int fd, short events, uint64_t end_ms)
{
	for (;;) {
		uint64_t now = now_ms();
		struct pollfd poll_fd = {.fd = fd, .events = events};
		int ready = poll(&poll_fd, 1, now < end_ms ? (int)(end_ms - now) : 0);

		if (ready > 0)
			return true;
		if (ready == 0 || errno != EINTR)
			return false;
	}
}

static bool node_open(struct http_node *node)
{
	int fd = socket(node->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int one = 1, failed = 0;
	socklen_t len = sizeof(failed);

	if (fd < 0)
		return false;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(fd, (struct sockaddr *)&node->address, node->address_len) != 0 &&
	    (errno != EINPROGRESS || !wait_for(fd, POLLOUT, now_ms() + CONNECT_MS) ||
	     getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &len) != 0 || failed != 0)) {
		(void)close(fd);
		return false;
	}
	node->fd = fd;
	return true;
}

static bool send_all(int fd, struct bytes data, uint64_t end_ms)
{
	while (data.len > 0) {
		ssize_t sent = send(fd, data.at, data.len, MSG_NOSIGNAL);

		if (sent < 0 && errno == EAGAIN && wait_for(fd, POLLOUT, end_ms))
			continue;
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return false;
		data = bytes_of(data.at + sent, data.len - (size_t)sent);
	}
	return true;
}

/* --- the answer --------------------------------------------------------------- */

static int on_header_field(llhttp_t *parser, const char *at, size_t len)
{
	struct reading *reading = parser->data;

	for (size_t i = 0; i < len; i++, reading->name_len++)
		if (reading->name_len + 1 < sizeof(reading->name))
			reading->name[reading->name_len] = at[i];
	return 0;
}

static int on_header_value(llhttp_t *parser, const char *at, size_t len)
{
	struct reading *reading = parser->data;

	for (size_t i = 0; i < len; i++, reading->value_len++)
		if (reading->value_len + 1 < sizeof(reading->value))
			reading->value[reading->value_len] = at[i];
	return 0;
}

static void header_keep(struct http_answer *answer, const char *name, const char *value)
{
	uint64_t number;

	if (strcasecmp(name, "Content-Type") == 0)
		(void)snprintf(answer->content_type, sizeof(answer->content_type), "%.63s", value);
	else if (strcasecmp(name, "Stele-Network") == 0)
		(void)snprintf(answer->network, sizeof(answer->network), "%.*s", ORIGIN_MAX, value);
	else if (strcasecmp(name, "Request-Id") == 0)
		(void)snprintf(answer->request_id, sizeof(answer->request_id), "%.71s", value);
	else if (strcasecmp(name, "Stele-Duplicate") == 0)
		answer->is_duplicate = strcmp(value, "true") == 0;
	else if (strcasecmp(name, "Stele-Height") == 0 &&
		 decimal_decode(&number, bytes_text(value)))
		answer->height = number;
	else if (strcasecmp(name, "Retry-After") == 0 &&
		 decimal_decode(&number, bytes_text(value)) && number < 3600)
		answer->retry_after_s = (unsigned)number;
}

static int on_header_done(llhttp_t *parser)
{
	struct reading *reading = parser->data;
	bool fits = reading->name_len < sizeof(reading->name) &&
		    reading->value_len < sizeof(reading->value);

	if (fits) {
		reading->name[reading->name_len] = '\0';
		reading->value[reading->value_len] = '\0';
		header_keep(reading->answer, reading->name, reading->value);
	}
	reading->name_len = 0;
	reading->value_len = 0;
	return 0;
}

static int on_body(llhttp_t *parser, const char *at, size_t len)
{
	struct reading *reading = parser->data;

	buf_add(&reading->answer->body, at, len);
	return reading->answer->body.has_failed ? -1 : 0;
}

static int on_done(llhttp_t *parser)
{
	struct reading *reading = parser->data;

	reading->is_done = true;
	reading->is_kept = llhttp_should_keep_alive(parser) != 0;
	reading->answer->status = parser->status_code;
	return 0;
}

static void reading_init(struct reading *reading, llhttp_settings_t *settings,
			 struct http_answer *answer)
{
	struct buf body = answer->body;

	buf_reset(&body);
	*answer = (struct http_answer){.body = body};
	*reading = (struct reading){.answer = answer};
	llhttp_settings_init(settings);
	settings->on_header_field = on_header_field;
	settings->on_header_value = on_header_value;
	settings->on_header_value_complete = on_header_done;
	settings->on_body = on_body;
	settings->on_message_complete = on_done;
	llhttp_init(&reading->parser, HTTP_RESPONSE, settings);
	reading->parser.data = reading;
}

enum exchange {
	EXCHANGE_DONE,
	EXCHANGE_NOT_SENT, /* not the whole request left */
	EXCHANGE_SILENT,   /* sent, and not one byte came back */
	EXCHANGE_BROKEN,   /* sent, and the answer broke off or ran out of time */
	EXCHANGE_GARBAGE,
};

static enum exchange read_answer(int fd, struct http_answer *answer, uint64_t end_ms,
				 bool *is_kept)
{
	static const size_t piece = 65536;
	llhttp_settings_t settings;
	struct reading reading;
	char *data = malloc(piece);
	enum exchange state = EXCHANGE_SILENT;

	ASSERT(data != NULL);
	reading_init(&reading, &settings, answer);
	while (!reading.is_done) {
		ssize_t got = recv(fd, data, piece, 0);

		if (got < 0 && errno == EAGAIN && wait_for(fd, POLLIN, end_ms))
			continue;
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			state = EXCHANGE_BROKEN; /* out of time */
		if (got < 0 || (got == 0 && llhttp_finish(&reading.parser) != HPE_OK))
			break;
		if (got == 0)
			break;
		state = EXCHANGE_BROKEN;
		if (llhttp_execute(&reading.parser, data, (size_t)got) != HPE_OK) {
			state = EXCHANGE_GARBAGE;
			break;
		}
	}
	free(data);
	*is_kept = reading.is_done && reading.is_kept;
	return reading.is_done ? EXCHANGE_DONE : state;
}

static void request_text(struct buf *out, const struct http_node *node,
			 const struct http_request *request)
{
	buf_print(out, "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: stele/%s\r\n", request->method,
		  request->path, node->name, STELE_VERSION);
	if (request->content_type != NULL)
		buf_print(out, "Content-Type: %s\r\nContent-Length: %zu\r\n", request->content_type,
			  request->body.len);
	if (request->prefer != NULL)
		buf_print(out, "Prefer: %s\r\n", request->prefer);
	buf_print(out, "\r\n");
	buf_add_bytes(out, request->body);
}

static enum exchange exchange(struct http_node *node, const struct http_request *request,
			      struct http_answer *answer)
{
	unsigned timeout_ms = request->timeout_ms > 0 ? request->timeout_ms : TIMEOUT_MS_DEFAULT;
	enum exchange state = EXCHANGE_NOT_SENT;
	bool is_kept = false;
	struct buf text;

	buf_init(&text, HTTP_ANSWER_BYTES_MAX);
	request_text(&text, node, request);
	ASSERT(!text.has_failed);
	if (send_all(node->fd, buf_bytes(&text), now_ms() + timeout_ms))
		state = read_answer(node->fd, answer, now_ms() + timeout_ms, &is_kept);
	buf_release(&text);
	if (!is_kept)
		node_close(node);
	return state;
}

/* On a kept connection that the node has closed meanwhile, once more on a new one. */
static enum exchange ask_node(struct http_node *node, const struct http_request *request,
			      struct http_answer *answer)
{
	bool was_open = node->fd >= 0;
	enum exchange state = EXCHANGE_NOT_SENT;

	if (was_open)
		state = exchange(node, request, answer);
	if (was_open && state != EXCHANGE_NOT_SENT && state != EXCHANGE_SILENT)
		return state;
	return node_open(node) ? exchange(node, request, answer) : state;
}

static bool is_busy(const struct http_answer *answer)
{
	return answer->status == 429 || answer->status == 503;
}

enum err http_ask(struct http *http, const struct http_request *request, struct http_answer *out)
{
	bool is_one = request->node != HTTP_NODE_ANY;
	size_t tries = is_one ? 1 : http->count;
	bool was_sent = false, was_garbage = false;

	for (size_t i = 0; i < tries; i++) {
		size_t index = is_one ? request->node : (http->current + i) % http->count;
		enum exchange state;

		ASSERT(index < http->count);
		state = ask_node(&http->nodes[index], request, out);
		was_garbage = was_garbage || state == EXCHANGE_GARBAGE;
		was_sent = was_sent || state == EXCHANGE_SILENT || state == EXCHANGE_BROKEN ||
			   state == EXCHANGE_GARBAGE;
		if (state != EXCHANGE_DONE || (is_busy(out) && i + 1 < tries))
			continue;
		out->node = index;
		if (!is_one)
			http->current = index;
		return ERR_OK;
	}
	if (was_sent && strcmp(request->method, "POST") == 0)
		return ERR_NET_UNKNOWN;
	return was_garbage ? ERR_NET_ANSWER : ERR_NET_CONNECT;
}
