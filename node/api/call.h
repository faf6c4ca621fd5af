/* A call: one request on its way to its answer, and what handlers use to read
 * the ledger and to answer. */
#ifndef STELE_NODE_API_CALL_H
#define STELE_NODE_API_CALL_H

#include <jansson.h>

#include "base/arena.h"
#include "base/rate.h"
#include "ledger/ledger.h"
#include "node/api/answer.h"
#include "node/api/page.h"
#include "node/api/problem.h"
#include "node/api/request.h"
#include "node/api/router.h"
#include "node/api/waiters.h"
#include "proto/value.h"

struct service;

struct call {
	struct service *service;
	struct request request;
	struct route_match match;
	struct answer answer;
	enum progress (*handler)(struct call *call); /* what goes on with it */
	uint64_t id;
	bool is_metrics;   /* came in at the metrics listener */
	bool is_loopback;
	uint8_t client[16]; /* address, as the rates know it */
	char local[48];     /* the address it came in at */
	bool has_rate;
	struct rate_state rate;
	uint32_t tokens;    /* what it costs beside its answer's bytes, in requests */
	struct waiter waiter;
	uint64_t deadline_ms; /* of a wait; 0: none yet */
	bool is_long;       /* its handler runs on a thread that reads */
	uint64_t height;    /* newest when it came */
	/* a write */
	bool is_write;
	bool is_dry;
	bool is_minimal;      /* return=minimal */
	bool is_lent;         /* to the pump, or to a thread that reads */
	LIST_ENTRY(call) lent; /* then */
	bool is_abandoned; /* its connection is gone */
	struct hash tx_id;
	/* only while a handler runs */
	struct ledger_view *view;
	bool is_view_own; /* to be closed; otherwise the service's */
	struct ledger_tip tip;
	struct arena arena;
	struct connection *connection; /* http's own */
};

struct call *call_new(struct service *service); /* NULL when memory is short */
void call_free(struct call *call);
/* Closes the view and frees what the handler took. */
void call_end_reading(struct call *call);

/* --- for handlers --------------------------------------------------------- */

/* Opens the view and fills tip, once a call. */
MUST_CHECK enum err call_open_view(struct call *call);
/* The same of an older height, as ledger_view_open_at does. */
MUST_CHECK enum err call_open_view_at(struct call *call, uint64_t height);
/* The value under a key, decoded; it lives until the handler returns.
 * ERR_NOT_FOUND, also where the key can't be one. */
MUST_CHECK enum err call_value(struct call *call, enum value_type type, void *message_out,
			       const char *key_format, ...) PRINTF_LIKE(4, 5);
/* The value whose key stands at a place of a list of names: org-no/<k> and such. */
MUST_CHECK enum err call_named(struct call *call, enum value_type type, void *message_out,
			       const char *name_format, ...) PRINTF_LIKE(4, 5);
/* The N of a list; 0 where there is none. */
MUST_CHECK enum err call_count(struct call *call, uint64_t *count, const char *key_format, ...)
	PRINTF_LIKE(3, 4);
/* Whether the handler does not yet run where it may take long. */
bool call_is_on_loop(const struct call *call);
/* Whether a finalization covers the height; ERR_NOT_FOUND: none does yet. */
MUST_CHECK enum err call_check_cover(struct call *call, uint64_t height);

/* Takes json: a 200. */
enum progress call_ok(struct call *call, json_t *json);
/* A 200 that never changes. */
enum progress call_ok_immutable(struct call *call, json_t *json);
/* Takes json, a receipt or a proof: a 200 with its canonical text. */
enum progress call_ok_canonical(struct call *call, json_t *json);
enum progress call_ok_bytes(struct call *call, const char *type, struct bytes body,
			    bool is_immutable);
/* A problem; ERR_NOT_FOUND becomes ERR_NOT_RECORDED.  detail may be NULL. */
enum progress call_fail(struct call *call, enum err err, const char *detail);
/* ERR_API_PARAMETER naming it. */
enum progress call_bad_param(struct call *call, const char *name);
/* A page of a list: see page.h.  ERR_API_PARAMETER. */
MUST_CHECK enum err call_page(struct call *call, struct page *page, uint64_t count,
			      bool is_newest_first);

/* Whether the filter is not given, or is this value. */
bool call_wants(const struct call *call, const char *name, const char *value);

/* A decimal path segment or parameter. */
bool call_number(const char *text, uint64_t *out);
bool call_hash(const char *text, struct hash *out);

/* --- JSON ------------------------------------------------------------------ */

void set_text(json_t *object, const char *name, const char *value);
void set_number(json_t *object, const char *name, uint64_t value);
void set_money(json_t *object, const char *name, uint64_t minor_units);
void set_bool(json_t *object, const char *name, bool value);
void set_hex(json_t *object, const char *name, const void *at, size_t len);
/* Takes value. */
void set_json(json_t *object, const char *name, json_t *value);
/* Takes other: its members come in where object has none of that name. */
void set_missing(json_t *object, json_t *other);
/* "E4107" */
void set_error(json_t *object, const char *name, enum err err);

#endif
