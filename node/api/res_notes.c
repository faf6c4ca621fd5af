/* Notes on what is recorded. */
#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "node/api/list.h"
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

static enum err open(struct call *call, struct scope *scope, uint64_t *count)
{
	(void)scope;
	return call_count(call, count, "note/%s", request_param(&call->request, "target"));
}

static enum err find(struct call *call, const struct scope *scope, uint64_t number, void *out)
{
	(void)scope;
	return call_value(call, VALUE_NOTE, out, "note/%s/%" PRIu64,
			  request_param(&call->request, "target"), number);
}

static json_t *note_json(const struct call *call, const struct scope *scope, uint64_t number,
			 const void *at)
{
	const Stele__NoteValue *note = at;
	json_t *json = json_of_message(note->note);

	(void)call, (void)scope;
	set_number(json, "number", number);
	set_text(json, "organisation", note->org);
	set_number(json, "time", note->time);
	set_number(json, "log_index", note->log_index);
	return json;
}

static const struct list notes = {.open = open, .find = find, .json = note_json};

enum progress res_notes(struct call *call)
{
	const char *target = request_param(&call->request, "target");

	if (target == NULL || !is_target(target))
		return call_bad_param(call, "target");
	return list_page(call, &notes);
}
