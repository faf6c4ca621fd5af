/* The genesis document: everything a chain begins with, as one canonical text;
 * chain = SHA-256 of it.  docs/ledger.md section 3 has every line and bound. */
#ifndef STELE_PROTO_GENESIS_H
#define STELE_PROTO_GENESIS_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/limits.h"
#include "proto/header.h"
#include "proto/set.h"
#include "proto/tx.pb-c.h"

#define GENESIS_ORGS_MAX 160
#define GENESIS_ORG_KEYS_MAX 8
#define GENESIS_RULES_MAX 64
#define GENESIS_NAME_MAX 110
#define ORG_NAME_MAX 256 /* bytes, each of zh and en */

/* X(name in the text, member, least, greatest) */
#define GENESIS_TIMER_LIST(X) \
	X("delta-us", delta_us, 1000, 600000000) \
	X("fetch-us", fetch_us, 1000, 600000000) \
	X("build-us", build_us, 1000, 600000000) \
	X("validate-us", validate_us, 1000, 600000000) \
	X("disk-us", disk_us, 1000, 600000000) \
	X("idle-us", idle_us, 1000, 600000000) \
	X("skip-us", skip_us, 1000, 600000000) \
	X("skew-ms", skew_ms, 1, 600000) \
	X("late-ms", late_ms, 1, 600000)

#define GENESIS_LIMIT_LIST(X) \
	X("window-ms", window_ms, 1000, LIMIT_WINDOW_MS) \
	X("quota-window-ms", quota_window_ms, 1000, 86400000) \
	X("quota-transactions", quota_transactions, 1, INT64_MAX) \
	X("quota-bytes", quota_bytes, 1, INT64_MAX) \
	X("quota-entries", quota_entries, 1, INT64_MAX)

#define GENESIS_EPOCH_LENGTH_MAX 1000000000

struct genesis_key {
	struct public_key key;
	uint32_t purposes; /* bits 1 << Stele__Purpose */
};

struct genesis_org {
	char id[LIMIT_SEGMENT + 1];
	char name_zh[ORG_NAME_MAX + 1]; /* empty: none; one of the two is there */
	char name_en[ORG_NAME_MAX + 1];
	uint32_t roles; /* bits 1 << Stele__Role */
	struct genesis_key keys[GENESIS_ORG_KEYS_MAX]; /* ascending by key bytes */
	uint32_t keys_count;
};

struct genesis_rule {
	uint32_t operation;
	uint32_t openers; /* role bits */
	uint32_t approvals;
	Stele__Role approvers;
};

/* Consensus parameters; microseconds unless the name says otherwise. */
struct genesis_timers {
	uint64_t delta_us;
	uint64_t fetch_us;
	uint64_t build_us;
	uint64_t validate_us;
	uint64_t disk_us;
	uint64_t idle_us;
	uint64_t skip_us;
	uint64_t skew_ms; /* a header at most this far ahead of a voter's clock */
	uint64_t late_ms; /* a header at most this far behind it */
};

struct genesis {
	char name[GENESIS_NAME_MAX + 1];
	uint64_t time_ms;
	uint64_t epoch_length; /* K */
	struct genesis_timers timers;
	uint64_t window_ms; /* the policy limits, as in PolicyLimits */
	uint64_t quota_window_ms;
	uint64_t quota_transactions;
	uint64_t quota_bytes;
	uint64_t quota_entries;
	struct genesis_rule rules[GENESIS_RULES_MAX]; /* ascending by operation */
	uint32_t rules_count;
	struct genesis_org orgs[GENESIS_ORGS_MAX]; /* ascending by id */
	uint32_t orgs_count;
	struct set set;
	struct hash chain; /* of the parsed or rendered text */
};

/* ERR_GENESIS_FORM where the document breaks a bound or contradicts itself. */
MUST_CHECK enum err genesis_check(const struct genesis *genesis);
/* Checks, appends the text, sets genesis->chain. */
MUST_CHECK enum err genesis_render(struct buf *out, struct genesis *genesis);
/* Appends the lines of timers and limits; reads nothing else of it. */
void genesis_bounds_render(struct buf *out, const struct genesis *genesis);
/* Large: hold it on the heap.  *line gets the first bad line, from 1. */
MUST_CHECK enum err genesis_parse(struct genesis *out, struct bytes text, unsigned *line);
/* name '/' first 16 hex of chain. */
void genesis_origin(char out[ORIGIN_MAX + 1], const struct genesis *genesis);
/* Header 0 but for its state root, which ledger/genesis_state computes and
 * passes in.  text: the genesis document, leaf 0 of the log. */
void genesis_header(struct header *out, const struct genesis *genesis, struct bytes text,
		    const struct hash *state_root);
/* What a founder signs: "stele/v1 found\nchain <hex>\n". */
void genesis_found_text(struct buf *out, const struct hash *chain);
/* Words to read aloud: one for each of the first eight bytes of chain, out of
 * 256, joined by '-'; docs/ledger.md section 3. */
void genesis_words(struct buf *out, const struct hash *chain);

#endif
