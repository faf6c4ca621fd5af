/* Rates: one token bucket for each client, so that one client cannot starve the
 * others.  Bounded: when the table is full, the fullest bucket of the newcomer's
 * row makes room, which is the one whose loss matters least.  Pure: time comes
 * with the call. */
#ifndef STELE_BASE_RATE_H
#define STELE_BASE_RATE_H

#include "base/bytes.h"

struct rates;

/* What the RateLimit headers say. */
struct rate_state {
	uint32_t limit;     /* requests a second that are sustained */
	uint32_t remaining; /* that may come at once now */
	uint32_t reset_s;   /* until the bucket is full again */
};

/* per_s: tokens a second; burst: the bucket's size.  NULL when memory is short. */
struct rates *rates_new(uint32_t per_s, uint32_t burst, uint64_t hash_key);
void rates_free(struct rates *rates);
/* Takes one token of the client's; false when there is none. */
bool rates_take(struct rates *rates, const uint8_t client[16], uint64_t now_ms,
		struct rate_state *state);
/* Takes further tokens afterwards, as far as there are any: what was asked for turned
 * out to be large. */
void rates_charge(struct rates *rates, const uint8_t client[16], uint64_t now_ms, uint64_t tokens);

#endif
