#include "tests/lib/desk.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "ledger/ledger_internal.h"
#include "node/api/resources.h"
#include "node/api/service.h"
#include "tests/lib/unit.h"

struct desk {
	struct genesis genesis;
	json_t *vectors;
	char *folder;
	struct store *store;
	struct ledger *ledger;
	struct service *service;
};

static struct bytes genesis_text(const struct desk *desk)
{
	return bytes_text(unit_json_text(desk->vectors, "document"));
}

struct desk *desk_new(void)
{
	struct service_config config = {.waiters_max = 16, .recent_max = 16, .seed = 1};
	struct desk *desk = calloc(1, sizeof(*desk));
	char *file = unit_repo("tests/vectors/genesis.json");
	unsigned line;

	ck_assert_ptr_nonnull(desk);
	desk->vectors = unit_json(file);
	free(file);
	desk->folder = unit_folder();
	ck_assert_int_eq(genesis_parse(&desk->genesis, genesis_text(desk), &line), ERR_OK);
	ck_assert_int_eq(store_open(&desk->store, desk->folder), ERR_OK);
	ck_assert_int_eq(ledger_open(&desk->ledger, desk->store, &desk->genesis, genesis_text(desk)),
			 ERR_OK);
	config.ledger = desk->ledger;
	config.genesis = &desk->genesis;
	ck_assert_int_eq(service_new(&desk->service, &config), ERR_OK);
	return desk;
}

void desk_free(struct desk *desk)
{
	service_free(desk->service);
	ledger_close(desk->ledger);
	store_close(desk->store);
	json_decref(desk->vectors);
	free(desk->folder);
	free(desk);
}

void desk_set_time(struct desk *desk, uint64_t time_ms)
{
	desk->ledger->tip.header.time_ms = time_ms;
}

void desk_set_height(struct desk *desk, uint64_t height)
{
	desk->ledger->tip.header.height = height;
}

/* --- state -------------------------------------------------------------------- */

static void put_in(struct desk *desk, struct store_write *write, const char *key,
		   struct bytes value)
{
	struct ledger *ledger = desk->ledger;
	struct state_change change = {.leaf = ledger->tip.value_next++};
	struct buf row;

	buf_init(&row, 2 * LIMIT_VALUE_BYTES);
	row_value_encode(&row, key, value);
	ck_assert_int_eq(row_put(write, TABLE_VALUE, row_key_u64(change.leaf), buf_bytes(&row), true),
			 ERR_OK);
	buf_release(&row);
	sha256(&change.key_hash, key, strlen(key));
	sha256(&change.value_hash, value.at, value.len);
	ck_assert_int_eq(state_update(ledger->tree, ledger->base.version, &change, 1,
				      &ledger->base.version),
			 ERR_OK);
}

/* Under the key, or under key/1 … key/<count>. */
static void put_all(struct desk *desk, const char *key, uint64_t count, enum value_type type,
		    const void *message)
{
	struct store_write *write;
	struct buf value;

	buf_init(&value, LIMIT_VALUE_BYTES);
	ck_assert_int_eq(value_encode(&value, type, message), ERR_OK);
	ck_assert_int_eq(store_write_begin(desk->store, &write), ERR_OK);
	if (count == 0)
		put_in(desk, write, key, buf_bytes(&value));
	for (uint64_t k = 1; k <= count; k++) {
		char numbered[LIMIT_KEY_BYTES + 1];

		(void)snprintf(numbered, sizeof(numbered), "%s/%llu", key, (unsigned long long)k);
		put_in(desk, write, numbered, buf_bytes(&value));
	}
	ck_assert_int_eq(store_commit(write), ERR_OK);
	buf_release(&value);
}

void desk_put(struct desk *desk, const char *key, enum value_type type, const void *message)
{
	put_all(desk, key, 0, type, message);
}

void desk_put_each(struct desk *desk, const char *list, uint64_t count, enum value_type type,
		   const void *message)
{
	put_all(desk, list, count, type, message);
}

/* --- asking ------------------------------------------------------------------- */

static struct call *call_of(struct desk *desk, const char *target)
{
	struct call *call = call_new(desk->service);
	enum err err;

	call->request.method = METHOD_GET;
	buf_add(&call->request.target, target, strlen(target));
	ck_assert_int_eq(request_split(&call->request), ERR_OK);
	err = router_find(api_routes, api_routes_count, &call->request, &call->match);
	ck_assert_msg(err == ERR_OK, "%s: %s", target, err_text(err));
	return call;
}

json_t *desk_ask(struct desk *desk, const char *target, unsigned status)
{
	struct call *call = call_of(desk, target);
	json_error_t error;
	json_t *json;

	ck_assert_int_eq(call->match.route->handler(call), CALL_DONE);
	ck_assert_msg(call->answer.status == status, "%s: %u %.*s", target, call->answer.status,
		      (int)call->answer.body.len, (const char *)call->answer.body.at);
	json = json_loadb((const char *)call->answer.body.at, call->answer.body.len, 0, &error);
	ck_assert_msg(json != NULL, "%s: %s", target, error.text);
	call_free(call);
	service_end_turn(desk->service); /* what is put next is seen */
	return json;
}

void desk_expects(struct desk *desk, const char *target, size_t count, int64_t first)
{
	json_t *json = desk_ask(desk, target, 200);
	json_t *items = unit_json_array(json, "items");

	ck_assert_msg(json_array_size(items) == count, "%s: %zu", target, json_array_size(items));
	if (count > 0)
		ck_assert_int_eq(unit_json_integer(json_array_get(items, 0), "number"), first);
	json_decref(json);
}
