/* Notes on what is recorded. */
#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "node/api/resources.h"
#include "proto/json_pb.h"

static bool is_target(const char *target)
{
	static const char *const kinds[] = {"programme/", "award/", "content/", "org/"};

	if (!key_is_valid(bytes_text(target)) || strlen(target) > LIMIT_KEY_BYTES - 32)
		return false;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strncmp(target, kinds[i], strlen(kinds[i])) == 0)
			return true;
	}
	return false;
}

static enum err add_note(struct call *call, const char *target, uint64_t number, json_t *items)
{
	Stele__NoteValue *note;
	json_t *json;
	enum err err = call_value(call, VALUE_NOTE, &note, "note/%s/%" PRIu64, target, number);

	if (err != ERR_OK)
		return err;
	json = note->note == NULL ? json_object() : json_of_message(note->note);
	set_number(json, "number", number);
	set_text(json, "organisation", note->org);
	set_number(json, "time", note->time);
	set_number(json, "log_index", note->log_index);
	(void)json_array_append_new(items, json);
	return ERR_OK;
}

enum progress res_notes(struct call *call)
{
	const char *target = request_param(&call->request, "target");
	json_t *items;
	struct page page;
	uint64_t count, number;
	enum err err;

	if (target == NULL || !is_target(target))
		return call_bad_param(call, "target");
	err = call_count(call, &count, "note/%s", target);
	if (err == ERR_OK)
		err = call_page(call, &page, count, false);
	if (err != ERR_OK)
		return call_fail(call, err, NULL);
	items = json_array();
	while (err == ERR_OK && (number = page_next(&page)) != 0) {
		err = add_note(call, target, number, items);
		page_add(&page);
	}
	if (err == ERR_OK)
		return call_ok(call, page_json(&page, items, call->tip.height));
	json_decref(items);
	return call_fail(call, err, NULL);
}
