/* Lists of the state: items 1 … N under a parent, by page and filter, and one item
 * by its number.  What differs from list to list stands in a struct list. */
#ifndef STELE_NODE_API_LIST_H
#define STELE_NODE_API_LIST_H

#include "node/api/call.h"
#include "node/api/scope.h"

/* A filter of a list: a parameter and the words that it may say, each in blanks;
 * NULL: any text.  The route names the parameter too. */
struct list_filter {
	const char *name;
	const char *words;
};

#define LIST_FILTERS_MAX 4

struct list {
	/* Reads what stands on the path, and N. */
	enum err (*open)(struct call *call, struct scope *scope, uint64_t *count);
	/* The value of an item, which is decoded in the call's arena. */
	enum err (*find)(struct call *call, const struct scope *scope, uint64_t number, void *value_out);
	/* Whether the filters let it through; NULL: the list has none. */
	bool (*fits)(const struct call *call, const struct scope *scope, const void *value);
	json_t *(*json)(const struct call *call, const struct scope *scope, uint64_t number,
			const void *value);
	struct list_filter filters[LIST_FILTERS_MAX];
	bool is_newest_first;
	bool is_sparse; /* not every number has an item */
};

enum progress list_page(struct call *call, const struct list *list);
/* The item whose number is that argument of the path. */
enum progress list_item(struct call *call, const struct list *list, size_t arg);

#endif
