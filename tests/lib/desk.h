/* A desk: the handlers of the API over a ledger whose state the test writes, value
 * by value, as no execution has to make it.  The genesis is that of the vectors. */
#ifndef STELE_TESTS_LIB_DESK_H
#define STELE_TESTS_LIB_DESK_H

#include <jansson.h>

#include "proto/value.h"

/* Organisations of the genesis. */
#define DESK_FUNDER "CN-USCI-12110000EXAMPLE11Q"
#define DESK_AGENCY "CN-USCI-12110000EXAMPLE2XG"
#define DESK_LAB "CN-USCI-91110000EXAMPLE541"

struct desk;

struct desk *desk_new(void);
void desk_free(struct desk *desk);
/* The time of the newest header; the genesis has 1763800000000. */
void desk_set_time(struct desk *desk, uint64_t time_ms);
/* Its height, 0 at first. */
void desk_set_height(struct desk *desk, uint64_t height);
void desk_put(struct desk *desk, const char *key, enum value_type type, const void *message);
/* The same value under list/1 … list/<count>. */
void desk_put_each(struct desk *desk, const char *list, uint64_t count, enum value_type type,
		   const void *message);

/* What a GET of the target gives, which must have that status.  json_decref it. */
json_t *desk_ask(struct desk *desk, const char *target, unsigned status);
/* The number of items of a list, of which the first has that number. */
void desk_expects(struct desk *desk, const char *target, size_t count, int64_t first);

#endif
