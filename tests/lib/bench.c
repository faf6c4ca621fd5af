#include "tests/lib/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "ledger/apply/identifier.h"

void bench_must(enum err err, const char *call)
{
	if (err == ERR_OK)
		return;
	fprintf(stderr, "%s: %s\n", call, err_name(err));
	exit(1);
}

double bench_now_us(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

void bench_genesis(struct genesis *out, const char *name)
{
	snprintf(out->name, sizeof(out->name), "%s", name);
	out->time_ms = BENCH_TIME_MS;
	out->epoch_length = 1000;
	out->timers = (struct genesis_timers){50000,   50000,   50000, 50000, 50000,
					      1000000, 1000000, 500,   10000};
	out->window_ms = LIMIT_WINDOW_MS;
	out->quota_window_ms = 86400000;
	out->quota_transactions = out->quota_bytes = out->quota_entries = INT64_MAX;
}

void bench_check_digit(char *id, size_t size)
{
	static const char characters[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	size_t len = strlen(id);

	if (len + 2 > size)
		bench_must(ERR_FULL, "an id");
	for (const char *c = characters; *c != '\0'; c++) {
		id[len] = *c;
		id[len + 1] = '\0';
		if (identifier_check(id) == ERR_OK)
			return;
	}
	bench_must(ERR_ID_CHECK, "an id");
}

void bench_org(struct genesis_org *out, int i, struct secret *key)
{
	snprintf(out->id, sizeof(out->id), "CN-USCI-91110000EXAMPLE0%d", i);
	bench_check_digit(out->id, sizeof(out->id));
	snprintf(out->name_en, sizeof(out->name_en), "Example Institute %d", i);
	out->roles = 1u << STELE__ROLE__ROLE_ANCHORER | 1u << STELE__ROLE__ROLE_VALIDATOR;
	MUST(sign_key_generate(key));
	MUST(sign_public(&out->keys[0].key, key));
	out->keys[0].purposes =
		1u << STELE__PURPOSE__PURPOSE_CONTENT | 1u << STELE__PURPOSE__PURPOSE_GOVERN;
	out->keys_count = 1;
}
