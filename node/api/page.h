/* Pages of dense lists: items 1 … N that are only ever appended, oldest or newest
 * first.  A cursor fixes the N and the height at which the list was first read, so
 * that paging through a growing list neither repeats nor leaves out an item.  Pure. */
#ifndef STELE_NODE_API_PAGE_H
#define STELE_NODE_API_PAGE_H

#include <jansson.h>

#include "base/err.h"
#include "node/api/request.h"

#define PAGE_DEFAULT 100

struct page {
	uint64_t limit;
	uint64_t total;   /* N as the list was first read */
	uint64_t next;    /* number of the next item to look at, 1 … total; 0: none left */
	uint64_t as_of_height; /* at which it was */
	bool is_newest_first;
	uint64_t given;   /* items on this page so far */
	uint64_t looked;  /* items looked at for it */
};

/* A page of a list that has count items now, at this height.  ERR_API_PARAMETER:
 * limit out of 1 … LIMIT_PAGE, or a cursor that is none of this list's. */
MUST_CHECK enum err page_open(struct page *page, const struct request *request, uint64_t count,
			      uint64_t height, bool is_newest_first);
/* The number of the next item to look at; 0: the page is full, the list at its
 * end, or enough was looked at for one answer. */
uint64_t page_next(struct page *page);
/* The item just looked at belongs to the page. */
void page_add(struct page *page);
/* {"items","total","as_of_height","next"}; takes items. */
json_t *page_json(const struct page *page, json_t *items);

#endif
