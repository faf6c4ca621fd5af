#include "clients/cli/watch_state.h"

#include "proofs/shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VERSION 1

void watch_state_init(struct watch_state *state)
{
	memset(state, 0, sizeof(*state));
	state->alarms = json_array();
}

void watch_state_release(struct watch_state *state)
{
	head_release(&state->reference);
	for (size_t i = 0; i < state->waiting_count; i++)
		head_release(&state->waiting[i]);
	json_decref(state->alarms);
	memset(state, 0, sizeof(*state));
}

bool watch_state_wait(struct watch_state *state, struct head *head, bool *is_new)
{
	*is_new = false;
	for (size_t i = 0; i < state->waiting_count; i++) {
		if (!hash_equal(&state->waiting[i].block, &head->block))
			continue;
		head_release(head);
		return true;
	}
	if (state->waiting_count == WATCH_WAITING_MAX)
		return false;
	*is_new = true;
	head_move(&state->waiting[state->waiting_count++], head);
	return true;
}

void watch_state_drop(struct watch_state *state, size_t waiting)
{
	size_t last = --state->waiting_count;

	if (waiting == last)
		head_release(&state->waiting[last]);
	else
		head_move(&state->waiting[waiting], &state->waiting[last]);
}

void watch_state_alarm(struct watch_state *state, enum err err, const char *node,
		       const char *evidence, uint64_t seen_ms)
{
	char code[8];

	if (json_array_size(state->alarms) == WATCH_ALARMS_MAX)
		return;
	(void)snprintf(code, sizeof(code), "E%04d", (int)err);
	json_array_append_new(state->alarms,
			      json_pack("{s:s, s:s, s:s, s:I}", "code", code, "node", node, "evidence",
					evidence, "seen", (json_int_t)seen_ms));
}

/* --- text -------------------------------------------------------------------------- */

static json_t *head_json(const struct head *head)
{
	return json_pack("{s:s, s:I, s:O}", "node", head->node, "seen", (json_int_t)head->seen_ms,
			 "proof", head->proof);
}

static void dump(struct buf *out, const json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);

	ASSERT(text != NULL);
	buf_add(out, text, strlen(text));
	buf_u8(out, '\n');
	free(text);
}

void watch_state_render(struct buf *out, const struct watch_state *state,
			const struct trust *trust)
{
	json_t *waiting = json_array(), *json;

	for (size_t i = 0; i < state->waiting_count; i++)
		json_array_append_new(waiting, head_json(&state->waiting[i]));
	json = json_pack("{s:i, s:o, s:o, s:O}", "stele_audit_watch", VERSION, "chain",
			 json_of_hash(&trust->chain), "waiting", waiting, "alarms", state->alarms);
	if (state->reference.proof != NULL)
		json_object_set_new(json, "reference", head_json(&state->reference));
	dump(out, json);
	json_decref(json);
}

static enum err read_head(struct head *out, const json_t *object, const struct trust *trust)
{
	static const char *const members[] = {"node", "proof", "seen", NULL};
	const char *node = json_string_value(json_object_get(object, "node"));
	uint64_t seen_ms;

	if (!json_has_only(object, members) || node == NULL || strlen(node) > HEAD_NODE_MAX ||
	    json_read_number(object, "seen", &seen_ms) != ERR_OK ||
	    head_read(out, node, seen_ms, json_object_get(object, "proof"), trust) != ERR_OK)
		return ERR_FILE_FORM;
	return ERR_OK;
}

static enum err read_waiting(struct watch_state *out, const json_t *array, const struct trust *trust)
{
	size_t i;
	json_t *item;
	enum err err = json_is_array(array) ? ERR_OK : ERR_FILE_FORM;

	json_array_foreach((json_t *)(uintptr_t)array, i, item) {
		struct head head = {.proof = NULL};
		bool is_new;

		if (err == ERR_OK)
			err = read_head(&head, item, trust);
		if (err == ERR_OK && (!watch_state_wait(out, &head, &is_new) || !is_new))
			err = ERR_FILE_FORM;
		head_release(&head);
	}
	return err;
}

static bool alarms_are_sound(const json_t *array)
{
	static const char *const members[] = {"code", "evidence", "node", "seen", NULL};
	json_t *item;
	uint64_t seen;
	size_t i;

	if (!json_is_array(array) || json_array_size(array) > WATCH_ALARMS_MAX)
		return false;
	json_array_foreach((json_t *)(uintptr_t)array, i, item)
		if (!json_has_only(item, members) || json_object_size(item) != 4 ||
		    !json_is_string(json_object_get(item, "code")) ||
		    !json_is_string(json_object_get(item, "evidence")) ||
		    !json_is_string(json_object_get(item, "node")) ||
		    json_read_number(item, "seen", &seen) != ERR_OK)
			return false;
	return true;
}

static bool is_canonical(const json_t *json, struct bytes text)
{
	struct buf again;
	bool is_same;

	buf_init(&again, WATCH_STATE_BYTES);
	dump(&again, json);
	is_same = !again.has_failed && bytes_equal(buf_bytes(&again), text);
	buf_release(&again);
	return is_same;
}

static enum err read_members(struct watch_state *out, const json_t *json, const struct trust *trust)
{
	static const char *const members[] = {"alarms",		   "chain",   "reference",
					      "stele_audit_watch", "waiting", NULL};
	json_t *reference = json_object_get(json, "reference");
	uint64_t version;
	struct hash chain;
	enum err err = ERR_OK;

	if (!json_has_only(json, members) ||
	    json_read_number(json, "stele_audit_watch", &version) != ERR_OK || version != VERSION ||
	    json_read_hash(json, "chain", &chain) != ERR_OK ||
	    !alarms_are_sound(json_object_get(json, "alarms")))
		return ERR_FILE_FORM;
	if (!hash_equal(&chain, &trust->chain))
		return ERR_GENESIS_MISMATCH;
	if (reference != NULL)
		err = read_head(&out->reference, reference, trust);
	if (err == ERR_OK)
		err = read_waiting(out, json_object_get(json, "waiting"), trust);
	if (err == ERR_OK)
		json_array_extend(out->alarms, json_object_get(json, "alarms"));
	return err;
}

enum err watch_state_parse(struct watch_state *out, struct bytes text, const struct trust *trust)
{
	json_t *json = json_loadb((const char *)text.at, text.len, JSON_REJECT_DUPLICATES, NULL);
	enum err err = json_is_object(json) && is_canonical(json, text) ? ERR_OK : ERR_FILE_FORM;

	if (err == ERR_OK)
		err = read_members(out, json, trust);
	json_decref(json);
	return err;
}
