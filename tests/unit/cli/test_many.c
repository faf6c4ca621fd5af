/* Many requests at once: all are answered, failures are told apart, and a node
 * that is gone rests. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clients/cli/many.h"
#include "tests/lib/unit.h"

#define ROUNDS_MAX 2000

enum behaviour {
	ANSWERS,      /* with the path that was asked for */
	ANSWERS_ONCE, /* and closes, though it promised to stay */
	CLOSES,       /* after the request */
	BABBLES,
	KEEPS_SILENT,
};

struct server {
	enum behaviour behaviour;
	int fd;
	char url[64];
	pthread_t thread;
};

struct connection {
	enum behaviour behaviour;
	int fd;
};

static bool read_request(int fd, char path[64])
{
	char text[1024] = "";
	size_t len = 0;

	while (len + 1 < sizeof(text)) {
		ssize_t got = read(fd, text + len, sizeof(text) - 1 - len);

		if (got <= 0)
			return false;
		len += (size_t)got;
		text[len] = '\0';
		if (strstr(text, "\r\n\r\n") != NULL)
			return sscanf(text, "%*s %60s", path) == 1;
	}
	return false;
}

static void *serve_one(void *context)
{
	struct connection connection = *(struct connection *)context;
	char path[64], text[256];

	free(context);
	while (read_request(connection.fd, path)) {
		if (connection.behaviour == KEEPS_SILENT)
			continue;
		(void)snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s",
			       strlen(path), path);
		if (connection.behaviour == BABBLES)
			(void)snprintf(text, sizeof(text), "220 mail.example ESMTP\r\n");
		if (connection.behaviour != CLOSES)
			(void)!write(connection.fd, text, strlen(text));
		if (connection.behaviour == CLOSES || connection.behaviour == ANSWERS_ONCE)
			break;
	}
	(void)close(connection.fd);
	return NULL;
}

static void *serve(void *context)
{
	struct server *server = context;
	int fd;

	while ((fd = accept(server->fd, NULL, NULL)) >= 0) {
		struct connection *connection = malloc(sizeof(*connection));
		pthread_t thread;

		ck_assert_ptr_nonnull(connection);
		*connection = (struct connection){server->behaviour, fd};
		ck_assert_int_eq(pthread_create(&thread, NULL, serve_one, connection), 0);
		(void)pthread_detach(thread);
	}
	return NULL;
}

static void server_start(struct server *server, enum behaviour behaviour)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(address);

	*server = (struct server){.behaviour = behaviour, .fd = socket(AF_INET, SOCK_STREAM, 0)};
	ck_assert_int_eq(bind(server->fd, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(server->fd, 64), 0);
	ck_assert_int_eq(getsockname(server->fd, (struct sockaddr *)&address, &len), 0);
	(void)snprintf(server->url, sizeof(server->url), "http://127.0.0.1:%u",
		       (unsigned)ntohs(address.sin_port));
	ck_assert_int_eq(pthread_create(&server->thread, NULL, serve, server), 0);
}

/* --- what came back ------------------- */

struct tally {
	size_t answers;
	size_t good; /* the path that was asked for came back */
	size_t by_node[4];
	enum err last;
};

static void count_answer(void *owner, void *context, enum err err, const struct http_answer *answer)
{
	struct tally *tally = owner;
	char path[64];

	tally->answers++;
	tally->last = err;
	(void)snprintf(path, sizeof(path), "/%zu", (size_t)context);
	if (err == ERR_OK && bytes_equal(buf_bytes(&answer->body), bytes_text(path))) {
		tally->good++;
		tally->by_node[answer->node]++;
	}
}

static void ask_all(struct many *many, struct tally *tally, size_t count, unsigned timeout_ms)
{
	size_t asked = 0;

	for (unsigned round = 0; tally->answers < count && round < ROUNDS_MAX; round++) {
		while (asked < count && many_has_room(many, HTTP_NODE_ANY)) {
			char path[64];
			struct http_request request = {.method = "GET", .path = path,
						       .node = HTTP_NODE_ANY,
						       .timeout_ms = timeout_ms};

			(void)snprintf(path, sizeof(path), "/%zu", asked);
			if (many_ask(many, &request, (void *)asked))
				asked++;
		}
		many_step(many, 5);
	}
	ck_assert_uint_eq(tally->answers, count);
	ck_assert_uint_eq(many_count(many), 0);
}

static enum err one(enum behaviour behaviour, unsigned timeout_ms)
{
	struct tally tally = {.last = ERR_OK};
	struct http *http = http_new();
	struct server server;
	struct many *many;

	server_start(&server, behaviour);
	ck_assert_int_eq(http_add_node(http, server.url), ERR_OK);
	many = many_new(http, 1, count_answer, &tally);
	ask_all(many, &tally, 1, timeout_ms);
	many_free(many);
	http_free(http);
	return tally.last;
}

UNIT_TEST(every_request_gets_its_own_answer_from_all_nodes)
{
	struct tally tally = {.last = ERR_OK};
	struct http *http = http_new();
	struct server servers[2];
	struct many *many;

	for (size_t i = 0; i < 2; i++) {
		server_start(&servers[i], ANSWERS);
		ck_assert_int_eq(http_add_node(http, servers[i].url), ERR_OK);
	}
	many = many_new(http, 8, count_answer, &tally);
	ask_all(many, &tally, 500, 0);
	ck_assert_uint_eq(tally.good, 500);
	ck_assert_uint_gt(tally.by_node[0], 50);
	ck_assert_uint_gt(tally.by_node[1], 50);
	many_free(many);
	http_free(http);
}

UNIT_TEST(a_kept_connection_that_was_closed_costs_no_answer)
{
	struct tally tally = {.last = ERR_OK};
	struct http *http = http_new();
	struct server server;
	struct many *many;

	server_start(&server, ANSWERS_ONCE);
	ck_assert_int_eq(http_add_node(http, server.url), ERR_OK);
	many = many_new(http, 4, count_answer, &tally);
	ask_all(many, &tally, 100, 0);
	ck_assert_uint_eq(tally.good, 100);
	many_free(many);
	http_free(http);
}

UNIT_TEST(what_may_have_arrived_is_told_from_what_did_not)
{
	struct tally tally = {.last = ERR_OK};
	struct http *http = http_new();
	struct many *many;

	ck_assert_int_eq(one(CLOSES, 0), ERR_NET_UNKNOWN);
	ck_assert_int_eq(one(KEEPS_SILENT, 300), ERR_NET_UNKNOWN);
	ck_assert_int_eq(one(BABBLES, 0), ERR_NET_ANSWER);
	ck_assert_int_eq(http_add_node(http, "http://127.0.0.1:1"), ERR_OK);
	many = many_new(http, 1, count_answer, &tally);
	ask_all(many, &tally, 1, 0);
	ck_assert_int_eq(tally.last, ERR_NET_CONNECT);
	many_free(many);
	http_free(http);
}

UNIT_TEST(a_node_that_is_gone_rests_and_the_others_are_asked)
{
	struct tally tally = {.last = ERR_OK};
	struct http *http = http_new();
	struct server server;
	struct many *many;

	server_start(&server, ANSWERS);
	ck_assert_int_eq(http_add_node(http, "http://127.0.0.1:1"), ERR_OK);
	ck_assert_int_eq(http_add_node(http, server.url), ERR_OK);
	many = many_new(http, 2, count_answer, &tally);
	ask_all(many, &tally, 100, 0);
	ck_assert_uint_ge(tally.good, 96); /* the first ones went to it */
	ck_assert(!many_has_room(many, 0));
	ck_assert(many_has_room(many, 1));
	many_free(many);
	http_free(http);
}

UNIT_MAIN("many", every_request_gets_its_own_answer_from_all_nodes,
	  a_kept_connection_that_was_closed_costs_no_answer,
	  what_may_have_arrived_is_told_from_what_did_not,
	  a_node_that_is_gone_rests_and_the_others_are_asked)
