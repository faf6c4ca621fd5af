/* Connections and their bounds, on a loop of the test's own and with a service of
 * its own, which answers with what it is told to. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "node/api/http.h"
#include "node/api/service.h"
#include "tests/lib/unit.h"

#define CLIENTS_MAX 16

static struct {
	uv_loop_t loop;
	struct http *http;
	struct service service;
	int clients[CLIENTS_MAX];
	uint64_t ids;
	unsigned handled;
	size_t answer_bytes; /* of every answer */
} world;

/* --- the service --------------------------------------------------------------- */

uint64_t service_next_id(struct service *service)
{
	(void)service;
	return ++world.ids;
}

void service_set_time(struct service *service, uint64_t now_ms, uint64_t wall_ms)
{
	service->now_ms = now_ms;
	service->wall_ms = wall_ms;
}

void service_on_tick(struct service *service)
{
	(void)service;
}

void service_handle(struct call *call)
{
	char *body = calloc(1, world.answer_bytes + 1);

	ck_assert_ptr_nonnull(body);
	world.handled++;
	answer_bytes(&call->answer, "text/plain", bytes_of(body, world.answer_bytes));
	free(body);
	http_answer(call);
}

void service_refuse(struct call *call, enum err err, unsigned status, const char *detail)
{
	problem_answer_as(&call->answer, status, err, SUBMITTED_NOT_SAID, detail, NULL);
	http_answer(call);
}

void service_frame(const struct call *call, struct answer_frame *out)
{
	*out = (struct answer_frame){.network = "unit", .request_id = call->id,
				     .is_keep_alive = call->request.is_keep_alive};
}

void service_abandon(struct call *call)
{
	call_free(call);
}

/* --- the clients ----------------------------------------------------------------- */

static void setup(uint32_t connections_max, size_t bytes_max)
{
	struct http_listen listen = {.is_metrics = false};
	struct http_limits limits = {.connections_max = connections_max,
				     .idle_ms = 60000,
				     .header_ms = 60000,
				     .body_ms = 60000,
				     .write_ms = 60000,
				     .bytes_max = bytes_max};

	memset(&world, 0, sizeof(world));
	strcpy(listen.address.ip, "127.0.0.1");
	ck_assert_int_eq(uv_loop_init(&world.loop), 0);
	ck_assert_int_eq(http_open(&world.http, &world.loop, &world.service, &listen, 1, &limits), ERR_OK);
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		world.clients[i] = -1;
}

static void turn(void)
{
	for (unsigned i = 0; i < 50; i++) {
		(void)uv_run(&world.loop, UV_RUN_NOWAIT);
		(void)usleep(200);
	}
}

static void teardown(void)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (world.clients[i] >= 0)
			(void)close(world.clients[i]);
	http_close(world.http, 0);
	(void)uv_run(&world.loop, UV_RUN_DEFAULT);
	http_free(world.http);
	ck_assert_int_eq(uv_loop_close(&world.loop), 0);
}

static void dial(size_t which)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons(http_port(world.http, 0)),
				 .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
	int small = 4096;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_ge(fd, 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	ck_assert_int_eq(connect(fd, (const struct sockaddr *)&to, sizeof(to)), 0);
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	world.clients[which] = fd;
	turn();
}

static void say(size_t which, const char *at, size_t len)
{
	while (len > 0) {
		ssize_t sent = send(world.clients[which], at, len, MSG_NOSIGNAL);

		if (sent > 0) {
			at += sent;
			len -= (size_t)sent;
		}
		turn();
	}
}

/* The status of what has come; 0: nothing yet; -1: the connection is closed. */
static int hear(size_t which)
{
	char text[64] = "";
	ssize_t got = recv(world.clients[which], text, sizeof(text) - 1, MSG_PEEK);

	return got == 0 ? -1 : got < 12 ? 0 : atoi(text + 9);
}

static void say_text(size_t which, const char *text)
{
	say(which, text, strlen(text));
}

static void say_body(size_t which, size_t len)
{
	char *body = calloc(1, len);

	say_text(which, "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n");
	say(which, body, len);
	free(body);
}

/* --- the tests ------------------------------------------------------------------- */

UNIT_TEST(http_full_house_drops_who_was_silent_longest)
{
	setup(3, 1u << 20);
	dial(0);
	say_text(0, "GET / HTTP/1.1\r\nHo"); /* within a request: goes last */
	for (size_t i = 1; i < 5; i++)
		dial(i);
	ck_assert_int_eq(hear(0), 0);
	ck_assert_int_eq(hear(1), -1);
	ck_assert_int_eq(hear(2), -1);
	for (size_t i = 3; i < 5; i++) {
		say_text(i, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
		ck_assert_int_eq(hear(i), 200);
	}
	say_text(0, "st: h\r\n\r\n");
	ck_assert_int_eq(hear(0), 200);
	ck_assert_uint_eq(http_connections(world.http), 3);
	teardown();
}

UNIT_TEST(http_full_house_drops_who_takes_no_answer)
{
	setup(3, 64u << 20);
	world.answer_bytes = 8u << 20;
	for (size_t i = 0; i < 3; i++) {
		dial(i);
		say_text(i, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	}
	world.answer_bytes = 10;
	dial(3);
	say_text(3, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	ck_assert_int_eq(hear(3), 200);
	ck_assert_uint_eq(http_connections(world.http), 3);
	teardown();
}

UNIT_TEST(http_bodies_that_never_end_fill_no_memory)
{
	setup(16, 1u << 20);
	for (size_t i = 0; i < 4; i++) {
		dial(i);
		say_body(i, 500000);
	}
	ck_assert_int_eq(hear(0), 0);
	ck_assert_int_eq(hear(3), 503);
	dial(4); /* a small one is taken nevertheless; it is the answer that has to wait */
	say_body(4, 30000);
	ck_assert_int_eq(hear(4), 0);
	for (size_t i = 0; i < 4; i++) {
		(void)close(world.clients[i]);
		world.clients[i] = -1;
	}
	turn();
	dial(5);
	say_text(5, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	ck_assert_int_eq(hear(5), 200);
	teardown();
}

UNIT_TEST(http_answers_that_nobody_fetches_fill_no_memory)
{
	setup(16, 20u << 20);
	world.answer_bytes = 8u << 20;
	for (size_t i = 0; i < 8; i++) {
		dial(i);
		say_text(i, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	}
	ck_assert_uint_le(world.handled, 4);
	ck_assert_int_eq(hear(0), 200);
	ck_assert_int_eq(hear(7), 503);
	for (size_t i = 0; i < 8; i++) {
		(void)close(world.clients[i]);
		world.clients[i] = -1;
	}
	turn();
	world.answer_bytes = 10;
	dial(8);
	say_text(8, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	ck_assert_int_eq(hear(8), 200);
	teardown();
}

UNIT_MAIN("node/api/http_uv", http_full_house_drops_who_was_silent_longest,
	  http_full_house_drops_who_takes_no_answer,
	  http_bodies_that_never_end_fill_no_memory,
	  http_answers_that_nobody_fetches_fill_no_memory)
