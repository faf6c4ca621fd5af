#include "node/api/outlook_json.h"

#include "base/limits.h"
#include "node/api/call.h"
#include "proto/json_pb.h"

/* Two values decoded: as messages they take a multiple of their bytes. */
#define ARENA_BYTES_MAX ((size_t)64 * LIMIT_VALUE_BYTES)

/* NULL: it can't be read. */
static json_t *value_json(struct arena *arena, struct bytes value)
{
	void *message;

	if (value_decode(arena, value, (enum value_type)value.at[0], &message) != ERR_OK)
		return NULL;
	return json_of_message(message);
}

/* Leaves in both what the other does not say alike. */
static void leave_differences(json_t *before, json_t *after)
{
	const char *name;
	json_t *value;
	void *next;

	json_object_foreach_safe (before, next, name, value) {
		if (!json_equal(value, json_object_get(after, name)))
			continue;
		(void)json_object_del(after, name);
		(void)json_object_del(before, name);
	}
}

static json_t *change_json(struct arena *arena, const struct outlook_change *change)
{
	json_t *json = json_object(), *before = NULL, *after = value_json(arena, change->after);
	bool is_new = change->before.at == NULL;
	char type[ENUM_NAME_MAX];

	value_type_name(type, change->after.at[0]);
	set_text(json, "key", change->key);
	set_text(json, "type", type);
	set_bool(json, "is_new", is_new);
	if (!is_new) {
		before = value_json(arena, change->before);
		leave_differences(before, after);
		set_json(json, "before", before);
	}
	set_json(json, "after", after);
	return json;
}

json_t *outlook_json(const struct outlook *outlook)
{
	json_t *json = json_object(), *changes = json_array();
	struct arena arena;

	set_number(json, "height", outlook->height);
	set_number(json, "time", outlook->time_ms);
	set_number(json, "total", outlook->total);
	for (size_t i = 0; i < outlook->count; i++) {
		arena_init(&arena, ARENA_BYTES_MAX);
		(void)json_array_append_new(changes, change_json(&arena, &outlook->changes[i]));
		arena_release(&arena);
	}
	set_json(json, "changes", changes);
	return json;
}
