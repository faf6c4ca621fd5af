#include "clients/cli/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "clients/cli/http_reading.h"

#define CONNECT_MS 3000
#define TIMEOUT_MS_DEFAULT 10000

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

int http_dial(const struct http *http, size_t node)
{
	const struct http_node *to = &http->nodes[node];
	int fd = socket(to->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int one = 1;

	ASSERT(node < http->count);
	if (fd < 0)
		return -1;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(fd, (const struct sockaddr *)&to->address, to->address_len) == 0 ||
	    errno == EINPROGRESS)
		return fd;
	(void)close(fd);
	return -1;
}

static bool node_open(struct http *http, size_t index)
{
	int fd = http_dial(http, index), failed = 0;
	socklen_t len = sizeof(failed);

	if (fd < 0)
		return false;
	if (!wait_for(fd, POLLOUT, now_ms() + CONNECT_MS) ||
	    getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &len) != 0 || failed != 0) {
		(void)close(fd);
		return false;
	}
	http->nodes[index].fd = fd;
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
	struct http_reading reading;
	char *data = malloc(piece);
	enum exchange state = EXCHANGE_SILENT;

	ASSERT(data != NULL);
	http_reading_init(&reading, answer);
	while (!reading.is_done) {
		ssize_t got = recv(fd, data, piece, 0);

		if (now_ms() >= end_ms) { /* also where bytes come without an end */
			state = EXCHANGE_BROKEN;
			break;
		}
		if (got < 0 && errno == EAGAIN) {
			(void)wait_for(fd, POLLIN, end_ms);
			continue;
		}
		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			http_reading_end(&reading);
		if (got <= 0)
			break;
		state = EXCHANGE_BROKEN;
		if (!http_reading_feed(&reading, data, (size_t)got)) {
			state = EXCHANGE_GARBAGE;
			break;
		}
	}
	free(data);
	*is_kept = reading.is_done && reading.is_kept;
	return reading.is_done ? EXCHANGE_DONE : state;
}

void http_request_text(struct buf *out, const struct http *http, size_t node,
		       const struct http_request *request)
{
	buf_print(out, "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: stele/%s\r\n", request->method,
		  request->path, http_node_name(http, node), STELE_VERSION);
	if (request->content_type != NULL)
		buf_print(out, "Content-Type: %s\r\nContent-Length: %zu\r\n", request->content_type,
			  request->body.len);
	if (request->prefer != NULL)
		buf_print(out, "Prefer: %s\r\n", request->prefer);
	buf_print(out, "\r\n");
	buf_add_bytes(out, request->body);
}

static enum exchange exchange(struct http *http, size_t index, const struct http_request *request,
			      struct http_answer *answer)
{
	unsigned timeout_ms = request->timeout_ms > 0 ? request->timeout_ms : TIMEOUT_MS_DEFAULT;
	struct http_node *node = &http->nodes[index];
	enum exchange state = EXCHANGE_NOT_SENT;
	bool is_kept = false;
	struct buf text;

	buf_init(&text, HTTP_ANSWER_BYTES_MAX);
	http_request_text(&text, http, index, request);
	ASSERT(!text.has_failed);
	if (send_all(node->fd, buf_bytes(&text), now_ms() + timeout_ms))
		state = read_answer(node->fd, answer, now_ms() + timeout_ms, &is_kept);
	buf_release(&text);
	if (!is_kept)
		node_close(node);
	return state;
}

/* On a kept connection that the node has closed meanwhile, once more on a new one. */
static enum exchange ask_node(struct http *http, size_t index, const struct http_request *request,
			      struct http_answer *answer)
{
	bool was_open = http->nodes[index].fd >= 0;
	enum exchange first = EXCHANGE_NOT_SENT, state = EXCHANGE_NOT_SENT;

	if (was_open)
		first = exchange(http, index, request, answer);
	if (was_open && first != EXCHANGE_NOT_SENT && first != EXCHANGE_SILENT)
		return first;
	if (node_open(http, index))
		state = exchange(http, index, request, answer);
	/* what was sent whole once stays sent, whatever became of the second time */
	return state == EXCHANGE_NOT_SENT ? first : state;
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
		state = ask_node(http, index, request, out);
		was_garbage = was_garbage || state == EXCHANGE_GARBAGE;
		was_sent = was_sent || state == EXCHANGE_SILENT || state == EXCHANGE_BROKEN ||
			   state == EXCHANGE_GARBAGE;
		if (state != EXCHANGE_DONE || (is_busy(out) && i + 1 < tries))
			continue;
		if (is_busy(out) && was_sent && strcmp(request->method, "POST") == 0)
			break; /* this one has not taken it, but another may have */
		out->node = index;
		if (!is_one)
			http->current = index;
		return ERR_OK;
	}
	if (was_sent && strcmp(request->method, "POST") == 0)
		return ERR_NET_UNKNOWN;
	return was_garbage ? ERR_NET_ANSWER : ERR_NET_CONNECT;
}
