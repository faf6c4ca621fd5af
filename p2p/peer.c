#include "p2p/peer.h"

#include <string.h>

#include "base/mutant.h"
#include "proto/set.h"

#define SECOND_US 1000000
#define BURST_SECONDS 2

const struct quota_rate quota_validator = {.bytes = 134217728, .messages = 10000};
const struct quota_rate quota_observer = {.bytes = 4194304, .messages = 500};
const struct quota_rate quota_asking = {.bytes = 33554432, .messages = 500};

uint32_t backoff_next(struct backoff *backoff, struct rng *rng)
{
	if (backoff->pause_ms == 0)
		backoff->pause_ms = BACKOFF_MS_MIN;
	else
		backoff->pause_ms *= 2;
	if (backoff->pause_ms > BACKOFF_MS_MAX)
		backoff->pause_ms = BACKOFF_MS_MAX;
	return backoff->pause_ms - (uint32_t)rng_below(rng, backoff->pause_ms / 4);
}

void backoff_reset(struct backoff *backoff)
{
	backoff->pause_ms = 0;
}

void quota_init(struct quota *quota, const struct quota_rate *rate, uint64_t now_us)
{
	quota->rate = rate;
	quota->bytes_us = (int64_t)rate->bytes * BURST_SECONDS * SECOND_US;
	quota->messages_us = (int64_t)rate->messages * BURST_SECONDS * SECOND_US;
	quota->last_us = now_us;
}

static void refill(int64_t *credit, uint64_t rate, uint64_t passed_us)
{
	int64_t full = (int64_t)rate * BURST_SECONDS * SECOND_US;

	*credit += (int64_t)(rate * passed_us);
	if (*credit > full)
		*credit = full;
}

/* Microseconds until the credit is level again. */
static uint64_t until_level(int64_t credit, uint64_t rate)
{
	return credit >= 0 ? 0 : (uint64_t)-credit / rate + 1;
}

static void refill_both(struct quota *quota, uint64_t now_us)
{
	uint64_t passed = now_us > quota->last_us ? now_us - quota->last_us : 0;

	/* longer makes no difference, and keeps the product small */
	if (passed > 4 * BURST_SECONDS * SECOND_US)
		passed = 4 * BURST_SECONDS * SECOND_US;
	quota->last_us = now_us;
	refill(&quota->bytes_us, quota->rate->bytes, passed);
	refill(&quota->messages_us, quota->rate->messages, passed);
}

uint64_t quota_take(struct quota *quota, size_t len, uint64_t now_us)
{
	uint64_t bytes_wait;
	uint64_t messages_wait;

	if (mutant_on("quota_uncapped"))
		return 0;
	refill_both(quota, now_us);
	quota->bytes_us -= (int64_t)len * SECOND_US;
	quota->messages_us -= SECOND_US;
	bytes_wait = until_level(quota->bytes_us, quota->rate->bytes);
	messages_wait = until_level(quota->messages_us, quota->rate->messages);
	return bytes_wait > messages_wait ? bytes_wait : messages_wait;
}

bool quota_try(struct quota *quota, uint64_t now_us)
{
	refill_both(quota, now_us);
	if (quota->bytes_us < 0 || quota->messages_us < SECOND_US)
		return false;
	quota->messages_us -= SECOND_US;
	return true;
}

void quota_charge(struct quota *quota, size_t len)
{
	quota->bytes_us -= (int64_t)len * SECOND_US;
}

void punished_add(struct punished *punished, const struct public_key *key, uint64_t now_us)
{
	uint32_t at = punished->next;

	for (uint32_t i = 0; i < PUNISHED_MAX; i++) {
		if (punished->until_us[i] != 0 && public_key_equal(&punished->keys[i], key))
			at = i;
	}
	if (at == punished->next)
		punished->next = (punished->next + 1) % PUNISHED_MAX;
	punished->keys[at] = *key;
	punished->until_us[at] = now_us + PUNISHED_US;
}

bool punished_has(const struct punished *punished, const struct public_key *key, uint64_t now_us)
{
	for (uint32_t i = 0; i < PUNISHED_MAX; i++) {
		if (punished->until_us[i] > now_us && public_key_equal(&punished->keys[i], key))
			return true;
	}
	return false;
}

bool peer_prefers_own_dial(uint32_t self, const struct public_key *self_key, uint32_t peer,
			   const struct public_key *peer_key)
{
	if (self != SET_NO_INDEX && peer != SET_NO_INDEX)
		return self < peer;
	return public_key_compare(self_key, peer_key) < 0;
}
