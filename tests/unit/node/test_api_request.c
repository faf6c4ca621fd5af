#include <string.h>

#include "base/limits.h"
#include "node/api/page.h"
#include "node/api/router.h"
#include "tests/lib/unit.h"

static struct request request;

static enum err split(const char *target)
{
	request_release(&request);
	request_init(&request);
	request.method = METHOD_GET;
	buf_add(&request.target, target, strlen(target));
	return request_split(&request);
}

/* --- splitting --------------------------------------------------------------- */

UNIT_TEST(request_is_split_and_decoded)
{
	ck_assert_int_eq(split("/v1/a%2Fb/c?x=1%202&y=&z"), ERR_OK);
	ck_assert_uint_eq(request.segments_count, 3);
	ck_assert_str_eq(request.segments[1], "a/b");
	ck_assert_str_eq(request_param(&request, "x"), "1 2");
	ck_assert_str_eq(request_param(&request, "y"), "");
	ck_assert_str_eq(request_param(&request, "z"), "");
	ck_assert_ptr_null(request_param(&request, "w"));
}

UNIT_TEST(request_with_a_bad_path_is_not_found)
{
	ck_assert_int_eq(split("*"), ERR_API_NOT_FOUND);
	ck_assert_int_eq(split("/%"), ERR_API_NOT_FOUND);
	ck_assert_int_eq(split("/%0g"), ERR_API_NOT_FOUND);
	ck_assert_int_eq(split("/a%00b"), ERR_API_NOT_FOUND);
	ck_assert_int_eq(split("/1/2/3/4/5/6/7/8/9"), ERR_API_NOT_FOUND);
}

UNIT_TEST(request_with_a_bad_query_is_refused)
{
	ck_assert_int_eq(split("/?=1"), ERR_API_PARAMETER);
	ck_assert_int_eq(split("/?a&&b"), ERR_API_PARAMETER);
	ck_assert_int_eq(split("/?a=%1"), ERR_API_PARAMETER);
	ck_assert_int_eq(split("/?a=%1f"), ERR_API_PARAMETER);
	ck_assert_int_eq(split("/?"), ERR_OK);
}

static struct preferences prefer(const char *value)
{
	struct preferences out;

	strcpy(request.prefer, value);
	request_preferences(&request, &out);
	return out;
}

UNIT_TEST(preferences_are_read_and_unknown_ones_ignored)
{
	ck_assert_uint_eq(prefer("").wait_s, 0);
	ck_assert(prefer("").simulate);
	ck_assert_uint_eq(prefer("wait=7").wait_s, 7);
	ck_assert_uint_eq(prefer("wait=9999").wait_s, PREFER_WAIT_MAX_S);
	ck_assert_uint_eq(prefer("wait=-1, wait=x").wait_s, 0);
	ck_assert(!prefer("respond-async,  Simulate=no ;wait=3").simulate);
	ck_assert_uint_eq(prefer("respond-async,  Simulate=no ;wait=3").wait_s, 3);
	ck_assert(prefer("simulate=nope").simulate);
	ck_assert(prefer("wait=3, return=minimal").is_minimal);
	ck_assert(!prefer("return=representation").is_minimal);
}

UNIT_TEST(etag_matches_any_of_a_list)
{
	strcpy(request.if_none_match, "\"x\", W/\"abc\"");
	ck_assert(request_matches_etag(&request, "\"abc\""));
	ck_assert(!request_matches_etag(&request, "\"ab\""));
	strcpy(request.if_none_match, "*");
	ck_assert(request_matches_etag(&request, "\"ab\""));
	strcpy(request.if_none_match, "");
	ck_assert(!request_matches_etag(&request, "\"ab\""));
}

/* --- routes ---------------------------------------------------------------------- */

static const struct route routes[] = {
	{METHOD_GET, "/v1/things", " limit cursor ", NULL, false},
	{METHOD_POST, "/v1/things", "", NULL, false},
	{METHOD_GET, "/v1/things/{}", "", NULL, false},
	{METHOD_GET, "/v1/things/{}/parts/{}", " key* ", NULL, false},
};

static struct route_match match;

static enum err find(enum method method, const char *target)
{
	ck_assert_int_eq(split(target), ERR_OK);
	request.method = method;
	return router_find(routes, 4, &request, &match);
}

UNIT_TEST(router_finds_by_method_and_path)
{
	ck_assert_int_eq(find(METHOD_GET, "/v1/things"), ERR_OK);
	ck_assert_ptr_eq(match.route, &routes[0]);
	ck_assert_int_eq(find(METHOD_HEAD, "/v1/things"), ERR_OK);
	ck_assert_ptr_eq(match.route, &routes[0]);
	ck_assert_int_eq(find(METHOD_POST, "/v1/things"), ERR_OK);
	ck_assert_ptr_eq(match.route, &routes[1]);
	ck_assert_int_eq(find(METHOD_GET, "/v1/things/a/parts/b"), ERR_OK);
	ck_assert_str_eq(match.args[0], "a");
	ck_assert_str_eq(match.args[1], "b");
}

UNIT_TEST(router_refuses_what_is_not_in_the_table)
{
	ck_assert_int_eq(find(METHOD_GET, "/v1"), ERR_API_NOT_FOUND);
	ck_assert_int_eq(find(METHOD_GET, "/v1/thing"), ERR_API_NOT_FOUND);
	ck_assert_int_eq(find(METHOD_GET, "/v1/things/"), ERR_API_NOT_FOUND);
	ck_assert_int_eq(find(METHOD_GET, "/v1/things/a/parts"), ERR_API_NOT_FOUND);
	ck_assert_int_eq(find(METHOD_OTHER, "/v1/things"), ERR_API_METHOD);
	ck_assert_str_eq(match.allow, "GET, HEAD, POST, OPTIONS");
	ck_assert_int_eq(find(METHOD_POST, "/v1/things/a"), ERR_API_METHOD);
	ck_assert_str_eq(match.allow, "GET, HEAD, OPTIONS");
	ck_assert_int_eq(find(METHOD_OPTIONS, "/v1/things"), ERR_OK);
}

UNIT_TEST(router_refuses_unknown_and_repeated_parameters)
{
	ck_assert_int_eq(find(METHOD_GET, "/v1/things?limit=1&cursor=x"), ERR_OK);
	ck_assert_int_eq(find(METHOD_GET, "/v1/things?limi=1"), ERR_API_PARAMETER);
	ck_assert_str_eq(match.bad_param, "limi");
	ck_assert_int_eq(find(METHOD_GET, "/v1/things?imit=1"), ERR_API_PARAMETER);
	ck_assert_int_eq(find(METHOD_GET, "/v1/things?limit%20cursor=1"), ERR_API_PARAMETER);
	ck_assert_int_eq(find(METHOD_GET, "/v1/things?limit=1&limit=1"), ERR_API_PARAMETER);
	ck_assert_int_eq(find(METHOD_GET, "/v1/things/a/parts/b?key=1&key=2"), ERR_OK);
	ck_assert_int_eq(find(METHOD_GET, "/v1/things/a/parts/b?key*=1"), ERR_API_PARAMETER);
}

/* --- pages ------------------------------------------------------------------------- */

static enum err open_page(struct page *page, const char *query, uint64_t count, uint64_t height,
			  bool is_newest_first)
{
	char target[64] = "/?";

	ck_assert_int_eq(split(strcat(target, query)), ERR_OK);
	return page_open(page, &request, count, height, is_newest_first);
}

UNIT_TEST(page_walks_the_list_by_its_cursors)
{
	static const uint64_t newest[] = {7, 6, 5, 4, 3, 2, 1};
	char query[64] = "limit=3";
	size_t seen = 0;

	for (unsigned pages = 0; pages < 3; pages++) {
		struct page page;
		uint64_t number;
		json_t *json;

		/* the list has grown meanwhile; the cursor knows how long it was, and when */
		ck_assert_int_eq(open_page(&page, query, 7 + 5 * pages, 9 + pages, true), ERR_OK);
		while ((number = page_next(&page)) != 0) {
			ck_assert_uint_eq(number, newest[seen++]);
			page_add(&page);
		}
		json = page_json(&page, json_array());
		ck_assert_int_eq(unit_json_integer(json, "total"), 7);
		ck_assert_int_eq(unit_json_integer(json, "as_of_height"), 9);
		if (pages == 2)
			ck_assert(json_is_null(json_object_get(json, "next")));
		else
			snprintf(query, sizeof(query), "limit=3&cursor=%s", unit_json_text(json, "next"));
		json_decref(json);
	}
	ck_assert_uint_eq(seen, 7);
}

UNIT_TEST(page_of_an_empty_list_is_empty)
{
	struct page page;

	ck_assert_int_eq(open_page(&page, "", 0, 9, false), ERR_OK);
	ck_assert_uint_eq(page_next(&page), 0);
	ck_assert_int_eq(open_page(&page, "", 0, 9, true), ERR_OK);
	ck_assert_uint_eq(page_next(&page), 0);
}

UNIT_TEST(page_refuses_bad_limits_and_cursors)
{
	static const char *const bad[] = {"limit=0", "limit=501", "limit=", "cursor=", "cursor=5-1",
					  "cursor=o", "cursor=o5", "cursor=o5-1", "cursor=o5-1-",
					  "cursor=o5-0-9", "cursor=o5-6-9", "cursor=o6-1-9",
					  "cursor=o5-1-10", "cursor=n5-1-9", "cursor=o05-1-9",
					  "cursor=o5-1-9x", "cursor=o5-1-9-", "cursor=o5-1-9-1"};
	struct page page;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(open_page(&page, bad[i], 5, 9, false) == ERR_API_PARAMETER, "%s", bad[i]);
	ck_assert_int_eq(open_page(&page, "cursor=o5-5-9&limit=500", 5, 9, false), ERR_OK);
	ck_assert_uint_eq(page_next(&page), 5);
	ck_assert_uint_eq(page_next(&page), 0);
}

UNIT_TEST(page_with_a_filter_looks_at_a_bounded_number)
{
	struct page page;
	uint64_t looked = 0;

	ck_assert_int_eq(open_page(&page, "", 1000000, 9, false), ERR_OK);
	while (page_next(&page) != 0)
		looked++;
	ck_assert_uint_le(looked, 10000);
	ck_assert_uint_eq(page.next, looked + 1);
}

UNIT_MAIN("api_request", request_is_split_and_decoded, request_with_a_bad_path_is_not_found,
	  request_with_a_bad_query_is_refused, preferences_are_read_and_unknown_ones_ignored,
	  etag_matches_any_of_a_list, router_finds_by_method_and_path,
	  router_refuses_what_is_not_in_the_table, router_refuses_unknown_and_repeated_parameters,
	  page_walks_the_list_by_its_cursors, page_of_an_empty_list_is_empty,
	  page_refuses_bad_limits_and_cursors, page_with_a_filter_looks_at_a_bounded_number)
