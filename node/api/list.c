#include "node/api/list.h"

#include <stdio.h>
#include <string.h>

#define WORD_MAX 64
#define ITEM_BYTES_MAX ((size_t)1 << 20) /* what one item may take, decoded */

static bool is_word(const char *words, const char *value)
{
	char quoted[WORD_MAX + 3];

	if (strlen(value) > WORD_MAX || strchr(value, ' ') != NULL)
		return false;
	(void)snprintf(quoted, sizeof(quoted), " %s ", value);
	return words == NULL || strstr(words, quoted) != NULL;
}

/* NULL, or the filter that says what it can't. */
static const char *find_bad_filter(const struct call *call, const struct list *list)
{
	for (size_t i = 0; i < LIST_FILTERS_MAX && list->filters[i].name != NULL; i++) {
		const char *value = request_param(&call->request, list->filters[i].name);

		if (value != NULL && !is_word(list->filters[i].words, value))
			return list->filters[i].name;
	}
	return NULL;
}

static enum err add_item(struct call *call, const struct list *list, const struct scope *scope,
			 uint64_t number, struct page *page, json_t *items)
{
	void *value;
	enum err err = list->find(call, scope, number, &value);

	if (err == ERR_NOT_FOUND && list->is_sparse)
		return ERR_OK;
	if (err != ERR_OK)
		return err;
	if (list->fits != NULL && !list->fits(call, scope, value))
		return ERR_OK;
	(void)json_array_append_new(items, list->json(call, scope, number, value));
	page_add(page);
	return ERR_OK;
}

/* Items that a filter passes over take memory too; who asks goes on by the cursor. */
static bool has_room(const struct call *call)
{
	return call->arena.used < call->arena.max - ITEM_BYTES_MAX;
}

enum progress list_page(struct call *call, const struct list *list)
{
	const char *bad = find_bad_filter(call, list);
	struct scope scope = {.programme = NULL};
	json_t *items;
	struct page page;
	uint64_t count, number;
	enum err err;

	if (bad != NULL)
		return call_bad_param(call, bad);
	err = list->open(call, &scope, &count);
	if (err == ERR_OK)
		err = call_page(call, &page, count, list->is_newest_first);
	if (err != ERR_OK)
		return call_fail(call, err, NULL);
	items = json_array();
	while (err == ERR_OK && has_room(call) && (number = page_next(&page)) != 0)
		err = add_item(call, list, &scope, number, &page, items);
	if (err == ERR_OK)
		return call_ok(call, page_json(&page, items));
	json_decref(items);
	return call_fail(call, err, NULL);
}

enum progress list_item(struct call *call, const struct list *list, size_t arg)
{
	struct scope scope = {.programme = NULL};
	uint64_t count, number;
	void *value;
	enum err err = list->open(call, &scope, &count);

	if (err == ERR_OK && !call_number(call->match.args[arg], &number))
		err = ERR_NOT_FOUND;
	if (err == ERR_OK)
		err = list->find(call, &scope, number, &value);
	if (err != ERR_OK)
		return call_fail(call, err, NULL);
	return call_ok(call, list->json(call, &scope, number, value));
}
