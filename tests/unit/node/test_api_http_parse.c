#include <string.h>

#include "base/limits.h"
#include "node/api/http_parse.h"
#include "tests/lib/unit.h"

#define HOST "Host: h\r\n"

static struct http_parse parse;
static struct request request;

static void begin(void)
{
	request_init(&request);
	http_parse_init(&parse);
	http_parse_begin(&parse, &request);
}

static void next(void)
{
	request_release(&request);
	request_init(&request);
	http_parse_begin(&parse, &request);
}

static enum parse_state feed(const char *text)
{
	(void)http_parse_feed(&parse, text, strlen(text));
	return parse.state;
}

UNIT_TEST(parse_takes_one_request_at_a_time)
{
	const char *two = "GET /a HTTP/1.1\r\n" HOST "\r\nGET /b HTTP/1.1\r\n" HOST "\r\n";
	size_t taken;

	begin();
	taken = http_parse_feed(&parse, two, strlen(two));
	ck_assert_int_eq(parse.state, PARSE_DONE);
	ck_assert_uint_eq(taken, strlen(two) / 2);
	ck_assert_mem_eq(request.target.at, "/a", 2);
	ck_assert(request.is_keep_alive);
	next();
	taken += http_parse_feed(&parse, two + taken, strlen(two) - taken);
	ck_assert_int_eq(parse.state, PARSE_DONE);
	ck_assert_uint_eq(taken, strlen(two));
	ck_assert_mem_eq(request.target.at, "/b", 2);
	request_release(&request);
}

UNIT_TEST(parse_gives_the_same_for_any_cut)
{
	const char *text = "POST /x?y HTTP/1.1\r\nHOST: example\r\nPrefer: wait=3\r\nprefer: a=b\r\n"
			   "Content-Type: application/protobuf\r\nContent-Length: 4\r\n\r\nabcd";
	size_t len = strlen(text);

	for (size_t cut = 1; cut < len; cut++) {
		begin();
		(void)http_parse_feed(&parse, text, cut);
		ck_assert_int_ne(parse.state, PARSE_DONE);
		(void)http_parse_feed(&parse, text + cut, len - cut);
		ck_assert_int_eq(parse.state, PARSE_DONE);
		ck_assert_int_eq(request.method, METHOD_POST);
		ck_assert_str_eq(request.host, "example");
		ck_assert_str_eq(request.prefer, "wait=3,a=b,");
		ck_assert_str_eq(request.content_type, "application/protobuf");
		unit_assert_bytes(request.body.at, request.body.len, "abcd", 4);
		request_release(&request);
	}
}

static void expect_refusal(const char *text, unsigned status)
{
	begin();
	ck_assert_msg(feed(text) == PARSE_REFUSED, "taken: %s", text);
	ck_assert_msg(parse.status == status, "%u, not %u: %s", parse.status, status, text);
	request_release(&request);
}

UNIT_TEST(parse_refuses_what_is_ambiguous)
{
	expect_refusal("GET / HTTP/1.1\r\n\r\n", 400);
	expect_refusal("GET / HTTP/1.1\r\n" HOST HOST "\r\n", 400);
	expect_refusal("GET / HTTP/1.1\nHost: h\n\n", 400);
	expect_refusal("POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 1\r\n\r\na", 400);
	expect_refusal("POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
		       400);
	expect_refusal("GET / HTTP/1.1\r\n" HOST "a : b\r\n\r\n", 400);
	expect_refusal("GET / HTTP/3.0\r\n" HOST "\r\n", 400);
}

UNIT_TEST(parse_refuses_what_is_too_large)
{
	static char text[LIMIT_HTTP_HEADER_BYTES + 1024];

	memset(text, 'a', sizeof(text) - 1);
	memcpy(text, "GET /", 5);
	expect_refusal(text, 414);
	memcpy(text, "GET / HTTP/1.1\r\nx: ", 19);
	expect_refusal(text, 431);
	memcpy(text, "GET / HTTP/1.1\r\nhost: ", 22);
	expect_refusal(text, 431);
	expect_refusal("POST / HTTP/1.1\r\n" HOST "Content-Length: 1048577\r\n\r\n", 413);
	begin();
	ck_assert_int_eq(feed("POST / HTTP/1.1\r\n" HOST "Content-Length: 1048576\r\n\r\n"), PARSE_BODY);
	request_release(&request);
}

UNIT_TEST(parse_knows_when_the_connection_ends)
{
	begin();
	ck_assert_int_eq(feed("GET / HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n"), PARSE_DONE);
	ck_assert(!request.is_keep_alive);
	request_release(&request);
	begin();
	ck_assert_int_eq(feed("GET / HTTP/1.0\r\n" HOST "\r\n"), PARSE_DONE);
	ck_assert(!request.is_keep_alive);
	request_release(&request);
}

UNIT_MAIN("api_http_parse", parse_takes_one_request_at_a_time, parse_gives_the_same_for_any_cut,
	  parse_refuses_what_is_ambiguous, parse_refuses_what_is_too_large,
	  parse_knows_when_the_connection_ends)
