#include "base/rate.h"

#include <stdlib.h>
#include <string.h>

#define ROWS 1024 /* a power of two */
#define WAYS 4
#define TOKEN 1000 /* in thousandths, so that slow rates add up */

struct bucket {
	uint8_t client[16];
	bool is_used;
	uint64_t tokens; /* thousandths */
	uint64_t at_ms;
};

struct rates {
	uint32_t per_s;
	uint64_t full; /* thousandths */
	uint64_t hash_key;
	struct bucket rows[ROWS][WAYS];
};

struct rates *rates_new(uint32_t per_s, uint32_t burst, uint64_t hash_key)
{
	struct rates *rates = calloc(1, sizeof(*rates));

	ASSERT(per_s > 0 && burst > 0);
	if (rates == NULL)
		return NULL;
	rates->per_s = per_s;
	rates->full = (uint64_t)burst * TOKEN;
	rates->hash_key = hash_key | 1;
	return rates;
}

void rates_free(struct rates *rates)
{
	free(rates);
}

static void refill(const struct rates *rates, struct bucket *bucket, uint64_t now_ms)
{
	uint64_t passed = now_ms > bucket->at_ms ? now_ms - bucket->at_ms : 0;

	if (passed >= rates->full / rates->per_s + 1)
		bucket->tokens = rates->full;
	else
		bucket->tokens += passed * rates->per_s;
	if (bucket->tokens > rates->full)
		bucket->tokens = rates->full;
	bucket->at_ms = now_ms;
}

static struct bucket *find(struct rates *rates, const uint8_t client[16], uint64_t now_ms)
{
	uint64_t mixed = (load_u64(client) * 0x9e3779b97f4a7c15u + load_u64(client + 8)) ^
			 rates->hash_key;
	struct bucket *row = rates->rows[(mixed * rates->hash_key) >> 54];
	struct bucket *oldest = &row[0];

	for (unsigned i = 0; i < WAYS; i++) {
		if (row[i].is_used && memcmp(row[i].client, client, 16) == 0)
			return &row[i];
		if (row[i].is_used)
			refill(rates, &row[i], now_ms);
		if (!row[i].is_used || (oldest->is_used && row[i].tokens > oldest->tokens))
			oldest = &row[i];
	}
	*oldest = (struct bucket){.is_used = true, .tokens = rates->full, .at_ms = now_ms};
	memcpy(oldest->client, client, 16);
	return oldest;
}

bool rates_take(struct rates *rates, const uint8_t client[16], uint64_t now_ms,
		struct rate_state *state)
{
	struct bucket *bucket = find(rates, client, now_ms);
	bool is_taken;

	refill(rates, bucket, now_ms);
	is_taken = bucket->tokens >= TOKEN;
	if (is_taken)
		bucket->tokens -= TOKEN;
	state->limit = rates->per_s;
	state->remaining = (uint32_t)(bucket->tokens / TOKEN);
	state->reset_s = (uint32_t)((rates->full - bucket->tokens + (uint64_t)rates->per_s * TOKEN - 1) /
				    ((uint64_t)rates->per_s * TOKEN));
	return is_taken;
}

void rates_charge(struct rates *rates, const uint8_t client[16], uint64_t now_ms, uint64_t tokens)
{
	struct bucket *bucket = find(rates, client, now_ms);
	uint64_t charge = tokens < rates->full / TOKEN ? tokens * TOKEN : rates->full;

	refill(rates, bucket, now_ms);
	bucket->tokens -= charge < bucket->tokens ? charge : bucket->tokens;
}
