#include "node/api/page.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"

/* With a filter most items may be passed over; one request reads no more. */
#define LOOKED_MAX 10000

/* A number and the dash behind it. */
static bool read_number(const char **at, uint64_t *out)
{
	size_t len = strcspn(*at, "-");

	if ((*at)[len] == '\0' || !decimal_decode(out, bytes_of(*at, len)))
		return false;
	*at += len + 1;
	return true;
}

/* A cursor is <total>-<next>-<height>, with a letter before that tells the direction. */
static enum err read_cursor(struct page *page, const char *cursor, uint64_t count)
{
	const char *at = cursor + 1;
	uint64_t total, next, height;

	if (cursor[0] != (page->is_newest_first ? 'n' : 'o') || !read_number(&at, &total) ||
	    !read_number(&at, &next) || !decimal_decode(&height, bytes_text(at)))
		return ERR_API_PARAMETER;
	if (total > count || next == 0 || next > total || height > page->as_of_height)
		return ERR_API_PARAMETER;
	page->total = total;
	page->next = next;
	page->as_of_height = height;
	return ERR_OK;
}

enum err page_open(struct page *page, const struct request *request, uint64_t count,
		   uint64_t height, bool is_newest_first)
{
	const char *limit = request_param(request, "limit");
	const char *cursor = request_param(request, "cursor");

	*page = (struct page){.limit = PAGE_DEFAULT,
			      .total = count,
			      .next = is_newest_first ? count : count > 0,
			      .as_of_height = height,
			      .is_newest_first = is_newest_first};
	if (limit != NULL && (!decimal_decode(&page->limit, bytes_text(limit)) || page->limit == 0 ||
			      page->limit > LIMIT_PAGE))
		return ERR_API_PARAMETER;
	return cursor == NULL ? ERR_OK : read_cursor(page, cursor, count);
}

uint64_t page_next(struct page *page)
{
	uint64_t number = page->next;

	if (number == 0 || page->given == page->limit || page->looked == LOOKED_MAX)
		return 0;
	page->looked++;
	if (page->is_newest_first)
		page->next = number - 1;
	else
		page->next = number < page->total ? number + 1 : 0;
	return number;
}

void page_add(struct page *page)
{
	page->given++;
}

json_t *page_json(const struct page *page, json_t *items)
{
	json_t *json = json_object();
	char next[80];

	(void)json_object_set_new(json, "items", items);
	(void)json_object_set_new(json, "total", json_integer((json_int_t)page->total));
	(void)json_object_set_new(json, "as_of_height", json_integer((json_int_t)page->as_of_height));
	(void)snprintf(next, sizeof(next), "%c%" PRIu64 "-%" PRIu64 "-%" PRIu64,
		       page->is_newest_first ? 'n' : 'o', page->total, page->next,
		       page->as_of_height);
	(void)json_object_set_new(json, "next", page->next == 0 ? json_null() : json_string(next));
	return json;
}
