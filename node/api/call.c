#include "node/api/call.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "proofs/shape.h"
#include "node/api/resources.h"
#include "node/api/service.h"
#include "proofs/text.h"

/* A page of 500 of the largest values, decoded. */
#define ARENA_BYTES 33554432
/* Heights back that count as one more request. */
#define HEIGHTS_PER_TOKEN 8

struct call *call_new(struct service *service)
{
	struct call *call = calloc(1, sizeof(*call));

	if (call == NULL)
		return NULL;
	call->service = service;
	call->id = service_next_id(service);
	call->height = service->height;
	request_init(&call->request);
	answer_init(&call->answer);
	arena_init(&call->arena, ARENA_BYTES);
	return call;
}

void call_free(struct call *call)
{
	if (call == NULL)
		return;
	ASSERT(!call->waiter.is_waiting && !call->is_lent);
	call_end_reading(call);
	request_release(&call->request);
	answer_release(&call->answer);
	free(call);
}

void call_end_reading(struct call *call)
{
	if (call->is_view_own)
		ledger_view_close(call->view);
	call->view = NULL;
	call->is_view_own = false;
	arena_release(&call->arena);
}

static enum err keep_view(struct call *call, enum err err)
{
	if (err == ERR_OK)
		ledger_view_tip(call->view, &call->tip);
	else
		call->view = NULL;
	return err;
}

enum err call_open_view(struct call *call)
{
	if (call->view != NULL)
		return ERR_OK;
	call->is_view_own = call->is_long;
	return keep_view(call, call->is_long ? ledger_view_open(call->service->ledger, &call->view)
					     : service_view(call->service, &call->view));
}

enum err call_open_view_at(struct call *call, uint64_t height)
{
	if (call->view != NULL)
		return ERR_OK;
	if (height < call->height)
		call->tokens += (uint32_t)((call->height - height) / HEIGHTS_PER_TOKEN);
	call->is_view_own = true;
	return keep_view(call, ledger_view_open_at(call->service->ledger, height, &call->view));
}

static enum err find_value(struct call *call, enum value_type type, void *message_out,
			   const char *format, va_list args) PRINTF_LIKE(4, 0);

static enum err find_value(struct call *call, enum value_type type, void *message_out,
			   const char *format, va_list args)
{
	char key[LIMIT_KEY_BYTES + 1];
	struct bytes value;
	int len = vsnprintf(key, sizeof(key), format, args);
	enum err err;

	if (len < 0 || (size_t)len >= sizeof(key) || !key_is_valid(bytes_text(key)))
		return ERR_NOT_FOUND;
	err = call_open_view(call);
	if (err == ERR_OK)
		err = view_value(call->view, key, &value);
	if (err != ERR_OK)
		return err;
	return value_decode(&call->arena, value, type, (void **)message_out);
}

enum err call_value(struct call *call, enum value_type type, void *message_out,
		    const char *key_format, ...)
{
	va_list args;
	enum err err;

	va_start(args, key_format);
	err = find_value(call, type, message_out, key_format, args);
	va_end(args);
	return err;
}

enum err call_named(struct call *call, enum value_type type, void *message_out,
		    const char *name_format, ...)
{
	Stele__NameValue *name;
	va_list args;
	enum err err;

	va_start(args, name_format);
	err = find_value(call, VALUE_NAME, &name, name_format, args);
	va_end(args);
	return err == ERR_OK ? call_value(call, type, message_out, "%s", name->key) : err;
}

enum err call_count(struct call *call, uint64_t *count, const char *key_format, ...)
{
	Stele__CountValue *value;
	va_list args;
	enum err err;

	va_start(args, key_format);
	err = find_value(call, VALUE_COUNT, &value, key_format, args);
	va_end(args);
	if (err == ERR_OK)
		*count = value->count;
	if (err == ERR_NOT_FOUND)
		*count = 0;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

bool call_is_on_loop(const struct call *call)
{
	return !call->is_long && call->service->reads != NULL;
}

enum err call_check_cover(struct call *call, uint64_t height)
{
	uint64_t finalized;
	enum err err = call_open_view(call);

	return err == ERR_OK ? view_finalized(call->view, height, &finalized) : err;
}

/* --- answering -------------------------------------------------------------- */

enum progress call_ok(struct call *call, json_t *json)
{
	answer_json(&call->answer, 200, json);
	return CALL_DONE;
}

enum progress call_ok_immutable(struct call *call, json_t *json)
{
	call->answer.is_immutable = true;
	return call_ok(call, json);
}

enum progress call_ok_canonical(struct call *call, json_t *json)
{
	struct answer *answer = &call->answer;
	enum err err;

	buf_reset(&answer->body);
	err = text_render(&answer->body, json);
	json_decref(json);
	if (err == ERR_OK && answer->body.len > LIMIT_PROOF_BYTES)
		err = ERR_API_PROOF_SIZE;
	if (err != ERR_OK)
		return call_fail(call, err == ERR_API_PROOF_SIZE ? err : ERR_MEMORY, NULL);
	answer->status = 200;
	answer->type = "application/json";
	return CALL_DONE;
}

enum progress call_ok_bytes(struct call *call, const char *type, struct bytes body,
			    bool is_immutable)
{
	call->answer.is_immutable = is_immutable;
	answer_bytes(&call->answer, type, body);
	return CALL_DONE;
}

/* Or may have been one: no route was found for it. */
static bool is_submission(const struct call *call)
{
	const struct route *route = call->match.route;

	return call->request.method == METHOD_POST &&
	       (route == NULL || route->handler != res_proofs_post);
}

enum progress call_fail(struct call *call, enum err err, const char *detail)
{
	if (err == ERR_NOT_FOUND)
		err = ERR_NOT_RECORDED;
	problem_answer(&call->answer, err, is_submission(call) ? SUBMITTED_NO : SUBMITTED_NOT_SAID,
		       detail, NULL);
	return CALL_DONE;
}

enum progress call_bad_param(struct call *call, const char *name)
{
	char detail[160];

	(void)snprintf(detail, sizeof(detail), "the parameter \"%.100s\"", name);
	return call_fail(call, ERR_API_PARAMETER, detail);
}

enum err call_page(struct call *call, struct page *page, uint64_t count, bool is_newest_first)
{
	enum err err = call_open_view(call);

	return err == ERR_OK ? page_open(page, &call->request, count, call->tip.height, is_newest_first)
			     : err;
}

bool call_wants(const struct call *call, const char *name, const char *value)
{
	const char *wanted = request_param(&call->request, name);

	return wanted == NULL || strcmp(wanted, value) == 0;
}

bool call_number(const char *text, uint64_t *out)
{
	return text != NULL && decimal_decode(out, bytes_text(text));
}

bool call_hash(const char *text, struct hash *out)
{
	return text != NULL && hex_decode(out->b, sizeof(out->b), bytes_text(text));
}

/* --- JSON ------------------------------------------------------------------ */

void set_text(json_t *object, const char *name, const char *value)
{
	(void)json_object_set_new(object, name, json_string(value));
}

void set_number(json_t *object, const char *name, uint64_t value)
{
	/* JSON integers have 63 bits here; as text a number says the same */
	if (value > INT64_MAX)
		set_money(object, name, value);
	else
		(void)json_object_set_new(object, name, json_integer((json_int_t)value));
}

void set_money(json_t *object, const char *name, uint64_t minor_units)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRIu64, minor_units);
	set_text(object, name, text);
}

void set_bool(json_t *object, const char *name, bool value)
{
	(void)json_object_set_new(object, name, json_boolean(value));
}

void set_hex(json_t *object, const char *name, const void *at, size_t len)
{
	struct buf hex;

	buf_init(&hex, 2 * len + 1);
	buf_hex(&hex, at, len);
	if (!hex.has_failed)
		(void)json_object_set_new(object, name, json_stringn((const char *)hex.at, hex.len));
	buf_release(&hex);
}

void set_json(json_t *object, const char *name, json_t *value)
{
	(void)json_object_set_new(object, name, value);
}

void set_missing(json_t *object, json_t *other)
{
	if (other != NULL)
		(void)json_object_update_missing(object, other);
	json_decref(other);
}

void set_error(json_t *object, const char *name, enum err err)
{
	char code[16];

	(void)snprintf(code, sizeof(code), "E%04u", (unsigned)err);
	set_text(object, name, code);
}
