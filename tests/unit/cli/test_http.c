/* The HTTP client: what was certainly not submitted is told from what may have
 * been, connections are used again, and other nodes are tried. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "clients/cli/http.h"
#include "tests/lib/unit.h"

enum behaviour {
	ANSWERS,      /* 200, keeps the connection */
	ANSWERS_ONCE, /* 200 with keep-alive, and closes all the same */
	CLOSES,       /* reads the request and closes */
	CUTS,         /* half an answer */
	BABBLES,      /* no HTTP */
	IS_BUSY,      /* 503 */
	DRIPS,        /* an answer that never ends, byte by byte */
	PROMISES,     /* 100 Continue, for ever */
	BOASTS,       /* headers without an end */
	PREPARES,     /* 100 Continue, then as ANSWERS */
	RUNS_ON,      /* an answer, and one more that nobody asked for */
};

struct server {
	enum behaviour behaviour;
	int fd;
	char url[64];
	pthread_t thread;
	int connections, requests;
};

static const char *answer_of(enum behaviour behaviour)
{
	switch (behaviour) {
	case ANSWERS:
	case ANSWERS_ONCE:
		return "HTTP/1.1 200 OK\r\nStele-Network: n.example/0011223344556677\r\n"
		       "Stele-Height: 42\r\nStele-Duplicate: true\r\n"
		       "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
		       "3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n";
	case CLOSES:
		return "";
	case CUTS:
		return "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf";
	case BABBLES:
		return "220 mail.example ESMTP\r\n";
	case DRIPS:
	case PROMISES:
	case BOASTS:
		break;
	case PREPARES:
		return "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
	case RUNS_ON:
		return "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
		       "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n[]";
	case IS_BUSY:
		return "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n";
	}
	return "";
}

/* One whole request, whose body is "body" if it is a POST. */
static bool read_request(int fd)
{
	char text[4096] = "";
	size_t len = 0;

	while (len + 1 < sizeof(text)) {
		ssize_t got = read(fd, text + len, sizeof(text) - 1 - len);
		const char *end;

		if (got <= 0)
			return false;
		len += (size_t)got;
		text[len] = '\0';
		end = strstr(text, "\r\n\r\n");
		if (end != NULL && (text[0] != 'P' || strcmp(end + 4, "body") == 0))
			return true;
	}
	return false;
}

/* What is sent again and again until the client has had enough. */
static void flood(int fd, enum behaviour behaviour)
{
	const char *text = behaviour == DRIPS      ? "x"
			   : behaviour == PROMISES ? "HTTP/1.1 100 Continue\r\n\r\n"
						   : "X-Boast: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n";
	const char *head = behaviour == PROMISES ? "" : "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n";

	(void)send(fd, head, strlen(head), MSG_NOSIGNAL);
	if (behaviour == DRIPS)
		(void)send(fd, "\r\n", 2, MSG_NOSIGNAL);
	while (send(fd, text, strlen(text), MSG_NOSIGNAL) > 0)
		if (behaviour == DRIPS)
			(void)usleep(1000);
}

static void *serve(void *context)
{
	struct server *server = context;

	for (;;) {
		int fd = accept(server->fd, NULL, NULL);

		if (fd < 0)
			return NULL;
		server->connections++;
		while (read_request(fd)) {
			const char *answer = answer_of(server->behaviour);

			server->requests++;
			if (server->behaviour >= DRIPS && server->behaviour <= BOASTS)
				flood(fd, server->behaviour);
			(void)send(fd, answer, strlen(answer), MSG_NOSIGNAL);
			if (server->behaviour != ANSWERS && server->behaviour != IS_BUSY &&
			    server->behaviour != RUNS_ON)
				break;
		}
		(void)close(fd);
	}
}

static void start(struct server *server, enum behaviour behaviour)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t len = sizeof(address);

	*server = (struct server){.behaviour = behaviour};
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server->fd = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(server->fd, (struct sockaddr *)&address, len), 0);
	ck_assert_int_eq(listen(server->fd, 8), 0);
	ck_assert_int_eq(getsockname(server->fd, (struct sockaddr *)&address, &len), 0);
	(void)snprintf(server->url, sizeof(server->url), "http://127.0.0.1:%u",
		       ntohs(address.sin_port));
	ck_assert_int_eq(pthread_create(&server->thread, NULL, serve, server), 0);
}

/* A port that nobody listens on. */
static void dead_url(char url[64])
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, len), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	(void)close(fd);
	(void)snprintf(url, 64, "http://127.0.0.1:%u", ntohs(address.sin_port));
}

static enum err ask(struct http *http, const char *method, struct http_answer *answer)
{
	bool is_post = strcmp(method, "POST") == 0;
	struct http_request request = {.method = method,
				       .path = "/v1/transactions",
				       .content_type = is_post ? "application/protobuf" : NULL,
				       .body = bytes_text(is_post ? "body" : ""),
				       .timeout_ms = 2000,
				       .node = HTTP_NODE_ANY};

	return http_ask(http, &request, answer);
}

static enum err ask_one(const char *url, const char *method)
{
	struct http *http = http_new();
	struct http_answer answer;
	enum err err;

	http_answer_init(&answer);
	ck_assert_int_eq(http_add_node(http, url), ERR_OK);
	err = ask(http, method, &answer);
	http_answer_release(&answer);
	http_free(http);
	return err;
}

UNIT_TEST(an_answer_is_read_with_its_headers_and_the_connection_is_kept)
{
	struct server server;
	struct http *http = http_new();
	struct http_answer answer;

	start(&server, ANSWERS);
	http_answer_init(&answer);
	ck_assert_int_eq(http_add_node(http, server.url), ERR_OK);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(ask(http, i == 1 ? "POST" : "GET", &answer), ERR_OK);
		ck_assert_int_eq(answer.status, 200);
		ck_assert_uint_eq(answer.height, 42);
		ck_assert(answer.is_duplicate);
		ck_assert_str_eq(answer.network, "n.example/0011223344556677");
		ck_assert_str_eq(answer.content_type, "application/json");
		unit_assert_bytes(answer.body.at, answer.body.len, "{\"a\":1}", (size_t)7);
	}
	ck_assert_int_eq(server.connections, 1);
	http_answer_release(&answer);
	http_free(http);
}

UNIT_TEST(a_kept_connection_that_was_closed_is_opened_anew)
{
	struct server server;
	struct http *http = http_new();
	struct http_answer answer;

	start(&server, ANSWERS_ONCE);
	http_answer_init(&answer);
	ck_assert_int_eq(http_add_node(http, server.url), ERR_OK);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(ask(http, "POST", &answer), ERR_OK);
	ck_assert_int_eq(server.connections, 3);
	http_answer_release(&answer);
	http_free(http);
}

UNIT_TEST(nobody_there_means_certainly_not_submitted)
{
	char url[64];

	dead_url(url);
	ck_assert_int_eq(ask_one(url, "POST"), ERR_NET_CONNECT);
	ck_assert_int_eq(ask_one(url, "GET"), ERR_NET_CONNECT);
}

UNIT_TEST(sent_without_an_answer_means_outcome_unknown)
{
	static const enum behaviour bad[] = {CLOSES, CUTS, BABBLES};

	for (size_t i = 0; i < 3; i++) {
		struct server server;

		start(&server, bad[i]);
		ck_assert_int_eq(ask_one(server.url, "POST"), ERR_NET_UNKNOWN);
	}
}

UNIT_TEST(a_read_that_breaks_is_no_unknown_outcome)
{
	struct server cuts, babbles;

	start(&cuts, CUTS);
	start(&babbles, BABBLES);
	ck_assert_int_eq(ask_one(cuts.url, "GET"), ERR_NET_CONNECT);
	ck_assert_int_eq(ask_one(babbles.url, "GET"), ERR_NET_ANSWER);
}

UNIT_TEST(an_answer_without_an_end_is_not_waited_for)
{
	static const enum behaviour bad[] = {DRIPS, PROMISES, BOASTS};

	for (size_t i = 0; i < 3; i++) {
		struct server server;
		struct timespec from, to;

		start(&server, bad[i]);
		(void)clock_gettime(CLOCK_MONOTONIC, &from);
		ck_assert_int_eq(ask_one(server.url, "POST"), ERR_NET_UNKNOWN);
		(void)clock_gettime(CLOCK_MONOTONIC, &to);
		ck_assert_int_le(to.tv_sec - from.tv_sec, 6);
	}
}

UNIT_TEST(an_announcement_is_no_answer)
{
	struct server server;

	start(&server, PREPARES);
	ck_assert_int_eq(ask_one(server.url, "POST"), ERR_OK);
}

/* It is no part of the answer, nor of the next one. */
UNIT_TEST(what_follows_an_answer_is_not_read)
{
	struct server server;
	struct http *http = http_new();
	struct http_answer answer;

	start(&server, RUNS_ON);
	http_answer_init(&answer);
	ck_assert_int_eq(http_add_node(http, server.url), ERR_OK);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(ask(http, "GET", &answer), ERR_OK);
		ck_assert_int_eq(answer.status, 200);
		unit_assert_bytes(answer.body.at, answer.body.len, "{}", (size_t)2);
		ck_assert_int_eq(server.connections, i + 1);
	}
	http_answer_release(&answer);
	http_free(http);
}

UNIT_TEST(a_busy_node_does_not_undo_what_another_may_have_taken)
{
	struct server busy, closes;
	struct http *http = http_new();
	struct http_answer answer;

	start(&closes, CLOSES);
	start(&busy, IS_BUSY);
	http_answer_init(&answer);
	ck_assert_int_eq(http_add_node(http, closes.url), ERR_OK);
	ck_assert_int_eq(http_add_node(http, busy.url), ERR_OK);
	ck_assert_int_eq(ask(http, "POST", &answer), ERR_NET_UNKNOWN);
	http_answer_release(&answer);
	http_free(http);
}

UNIT_TEST(the_next_node_is_tried_and_remembered)
{
	struct server busy, closes, good;
	struct http *http = http_new();
	struct http_answer answer;
	char dead[64];

	dead_url(dead);
	start(&busy, IS_BUSY);
	start(&closes, CLOSES);
	start(&good, ANSWERS);
	http_answer_init(&answer);
	ck_assert_int_eq(http_add_node(http, dead), ERR_OK);
	ck_assert_int_eq(http_add_node(http, closes.url), ERR_OK);
	ck_assert_int_eq(http_add_node(http, busy.url), ERR_OK);
	ck_assert_int_eq(http_add_node(http, good.url), ERR_OK);
	ck_assert_int_eq(ask(http, "POST", &answer), ERR_OK);
	ck_assert_int_eq(answer.status, 200);
	ck_assert_uint_eq(answer.node, 3);
	ck_assert_int_eq(ask(http, "POST", &answer), ERR_OK);
	ck_assert_int_eq(busy.requests, 1);
	ck_assert_int_eq(good.requests, 2);
	http_answer_release(&answer);
	http_free(http);
}

UNIT_TEST(a_busy_node_alone_is_an_answer_that_says_when)
{
	struct server busy;
	struct http *http = http_new();
	struct http_answer answer;

	start(&busy, IS_BUSY);
	http_answer_init(&answer);
	ck_assert_int_eq(http_add_node(http, busy.url), ERR_OK);
	ck_assert_int_eq(ask(http, "POST", &answer), ERR_OK);
	ck_assert_int_eq(answer.status, 503);
	ck_assert_uint_eq(answer.retry_after_s, 7);
	http_answer_release(&answer);
	http_free(http);
}

UNIT_TEST(only_ip_literals_with_a_port_are_addresses)
{
	static const char *const good[] = {"http://127.0.0.1:26620", "http://[::1]:80",
					   "http://10.0.0.1:1/", "127.0.0.1:5"};
	static const char *const bad[] = {"http://localhost:1", "http://127.0.0.1", "https://1.2.3.4:5",
					  "http://1.2.3.4:0",	"http://1.2.3.4:65536",
					  "http://1.2.3.4:5/x", "http://[::1:5", "http://[1.2.3.4]:5", ""};
	struct http *http = http_new();

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ck_assert_msg(http_add_node(http, good[i]) == ERR_OK, "%s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(http_add_node(http, bad[i]) == ERR_USAGE, "%s", bad[i]);
	ck_assert_str_eq(http_node_name(http, 1), "[::1]:80");
	http_free(http);
}

UNIT_TEST(names_are_escaped_for_a_path)
{
	struct buf text;

	buf_init(&text, 256);
	url_add(&text, "a/b ?&\xe4\xb8\xad-_.~");
	unit_assert_bytes(text.at, text.len, "a%2Fb%20%3F%26%E4%B8%AD-_.~", (size_t)27);
	buf_release(&text);
}

UNIT_MAIN("http", an_answer_is_read_with_its_headers_and_the_connection_is_kept,
	  a_kept_connection_that_was_closed_is_opened_anew,
	  nobody_there_means_certainly_not_submitted, sent_without_an_answer_means_outcome_unknown,
	  a_read_that_breaks_is_no_unknown_outcome, the_next_node_is_tried_and_remembered,
	  a_busy_node_alone_is_an_answer_that_says_when,
	  an_answer_without_an_end_is_not_waited_for, an_announcement_is_no_answer,
	  what_follows_an_answer_is_not_read,
	  a_busy_node_does_not_undo_what_another_may_have_taken,
	  only_ip_literals_with_a_port_are_addresses, names_are_escaped_for_a_path)
