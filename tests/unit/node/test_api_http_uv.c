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
	bool is_slow;        /* answers come only from give */
	struct call *slow;   /* who waits for that */
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

void service_end_turn(struct service *service)
{
	(void)service;
}

enum err service_view(struct service *service, struct ledger_view **out)
{
	(void)service;
	(void)out;
	return ERR_NOT_FOUND;
}

static void give(struct call *call)
{
	char *body = calloc(1, world.answer_bytes + 1);

	ck_assert_ptr_nonnull(body);
	world.slow = NULL;
	answer_bytes(&call->answer, "text/plain", bytes_of(body, world.answer_bytes));
	free(body);
	http_answer(call);
}

void service_handle(struct call *call)
{
	world.handled++;
	world.slow = call;
	if (!world.is_slow)
		give(call);
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
	world.slow = NULL;
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

#define GET "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

/* How many answers have come and are read now; whether more may follow. */
static unsigned count_answers(size_t which, bool *is_open)
{
	static char text[16 << 20];
	unsigned count = 0, silent = 0;
	size_t len = 0;

	*is_open = true;
	while (*is_open && silent < 3) {
		ssize_t got = recv(world.clients[which], text + len, sizeof(text) - len, 0);

		ck_assert_uint_lt(len, sizeof(text));
		*is_open = got != 0;
		len += got > 0 ? (size_t)got : 0;
		silent = got > 0 ? 0 : silent + 1;
		turn();
	}
	for (size_t i = 0; i + 12 <= len; i++)
		count += memcmp(text + i, "HTTP/1.1 200", 12) == 0;
	return count;
}

static void expect_answers(size_t which, bool *is_open, unsigned expected)
{
	unsigned count = count_answers(which, is_open);

	ck_assert_uint_eq(count, expected);
}

UNIT_TEST(http_requests_of_one_read_are_all_answered)
{
	bool is_open;

	setup(4, 1u << 20);
	dial(0);
	say_text(0, GET GET GET "GET / HT");
	expect_answers(0, &is_open, 3);
	say_text(0, "TP/1.1\r\nHost: h\r\n\r\n" GET);
	expect_answers(0, &is_open, 2);
	ck_assert(is_open);
	ck_assert_uint_eq(world.handled, 5);
	teardown();
}

UNIT_TEST(http_requests_behind_one_that_waits_are_answered_after_it)
{
	bool is_open;

	setup(4, 1u << 20);
	world.is_slow = true;
	dial(0);
	say_text(0, GET GET);
	say_text(0, GET);
	ck_assert_uint_eq(world.handled, 1);
	expect_answers(0, &is_open, 0);
	give(world.slow);
	ck_assert_uint_eq(world.handled, 2);
	expect_answers(0, &is_open, 1);
	world.is_slow = false;
	give(world.slow);
	expect_answers(0, &is_open, 2);
	ck_assert(is_open);
	teardown();
}

UNIT_TEST(http_who_asks_and_says_no_more_is_answered)
{
	bool is_open;

	setup(4, 1u << 20);
	world.is_slow = true;
	dial(0);
	say_text(0, GET GET GET);
	(void)shutdown(world.clients[0], SHUT_WR);
	turn();
	ck_assert_uint_eq(http_connections(world.http), 1);
	world.is_slow = false;
	give(world.slow);
	expect_answers(0, &is_open, 3);
	ck_assert(!is_open);
	ck_assert_uint_eq(http_connections(world.http), 0);
	teardown();
}

UNIT_TEST(http_who_is_gone_before_the_answer_is_given_up)
{
	struct linger reset = {.l_onoff = 1, .l_linger = 0};

	setup(4, 1u << 20);
	world.is_slow = true;
	dial(0);
	say_text(0, GET);
	ck_assert_ptr_nonnull(world.slow);
	(void)setsockopt(world.clients[0], SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	(void)close(world.clients[0]);
	world.clients[0] = -1;
	turn();
	ck_assert_ptr_null(world.slow);
	ck_assert_uint_eq(http_connections(world.http), 0);
	teardown();
}

UNIT_TEST(http_large_answers_to_a_slow_reader_come_whole_and_in_order)
{
	bool is_open;

	setup(4, 64u << 20);
	world.answer_bytes = 3u << 20;
	dial(0);
	say_text(0, GET GET GET);
	ck_assert_uint_eq(world.handled, 1); /* the others wait until it is out */
	expect_answers(0, &is_open, 3);
	ck_assert(is_open);
	teardown();
}

UNIT_TEST(http_who_says_too_much_at_once_is_left_to_wait)
{
	static const char line[] = GET;
	unsigned count = 4000;
	bool is_open;
	size_t sent = 0;
	char *many = calloc(count, sizeof(line));

	setup(4, 64u << 20);
	world.is_slow = true;
	for (unsigned i = 0; i < count; i++)
		memcpy(many + i * (sizeof(line) - 1), line, sizeof(line) - 1);
	dial(0);
	for (unsigned i = 0; i < 20; i++) {
		ssize_t took = send(world.clients[0], many + sent,
				    count * (sizeof(line) - 1) - sent, MSG_NOSIGNAL);

		sent += took > 0 ? (size_t)took : 0;
		turn();
	}
	ck_assert_uint_eq(world.handled, 1);
	world.is_slow = false;
	give(world.slow);
	for (unsigned answers = 0; answers < count;) {
		ssize_t took = send(world.clients[0], many + sent,
				    count * (sizeof(line) - 1) - sent, MSG_NOSIGNAL);

		sent += took > 0 ? (size_t)took : 0;
		turn();
		answers += count_answers(0, &is_open);
		ck_assert(is_open);
	}
	ck_assert_uint_eq(world.handled, count);
	free(many);
	teardown();
}

UNIT_MAIN("node/api/http_uv", http_requests_of_one_read_are_all_answered,
	  http_requests_behind_one_that_waits_are_answered_after_it,
	  http_who_asks_and_says_no_more_is_answered,
	  http_who_is_gone_before_the_answer_is_given_up,
	  http_large_answers_to_a_slow_reader_come_whole_and_in_order,
	  http_who_says_too_much_at_once_is_left_to_wait,
	  http_full_house_drops_who_was_silent_longest,
	  http_full_house_drops_who_takes_no_answer,
	  http_bodies_that_never_end_fill_no_memory,
	  http_answers_that_nobody_fetches_fill_no_memory)
