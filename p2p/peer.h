/* Peer: how patient this node is with others: pauses between attempts to
 * connect, how much a peer may send, and for how long one that broke a rule is
 * kept out.  Pure: time comes in as an argument. */
#ifndef STELE_P2P_PEER_H
#define STELE_P2P_PEER_H

#include "base/bytes.h"
#include "base/rng.h"
#include "crypto/sign.h"

/* --- pauses between attempts to connect ------------------------------------ */

#define BACKOFF_MS_MIN 100u
#define BACKOFF_MS_MAX 5000u

struct backoff {
	uint32_t pause_ms; /* 0: the last attempt succeeded */
};

/* The pause before the next attempt: doubling up to the greatest, then a random
 * part of up to a quarter less, so that nodes do not knock in step. */
uint32_t backoff_next(struct backoff *backoff, struct rng *rng);
void backoff_reset(struct backoff *backoff);

/* --- quota of what a peer sends --------------------------------------------- */

struct quota_rate {
	uint64_t bytes;    /* per second */
	uint64_t messages; /* per second */
};

/* Validators are many times below this even at full load and while they serve a
 * laggard; observers have no reason to send much. */
extern const struct quota_rate quota_validator;
extern const struct quota_rate quota_observer;
/* What it asks of this node, and the bytes that it is sent for that: small words that
 * call for large answers. */
extern const struct quota_rate quota_asking;

/* Two buckets that hold two seconds' worth and may be overdrawn by one message:
 * whoever overdraws waits until they are level again. */
struct quota {
	const struct quota_rate *rate;
	int64_t bytes_us;    /* credit: bytes times a second in microseconds */
	int64_t messages_us;
	uint64_t last_us;
};

void quota_init(struct quota *quota, const struct quota_rate *rate, uint64_t now_us);
/* Takes one message of len bytes; gives for how long the peer is not listened
 * to, 0 while it is within its quota. */
uint64_t quota_take(struct quota *quota, size_t len, uint64_t now_us);
/* Takes one message if the buckets are level; false: nothing is taken. */
bool quota_try(struct quota *quota, uint64_t now_us);
/* Takes bytes without a message, whatever the level. */
void quota_charge(struct quota *quota, size_t len);

/* --- who is kept out --------------------------------------------------------- */

#define PUNISHED_MAX 64
#define PUNISHED_US 30000000u

struct punished {
	struct public_key keys[PUNISHED_MAX];
	uint64_t until_us[PUNISHED_MAX];
	uint32_t next; /* the oldest gives way */
};

void punished_add(struct punished *punished, const struct public_key *key, uint64_t now_us);
bool punished_has(const struct punished *punished, const struct public_key *key, uint64_t now_us);

/* --- two sessions with one peer ---------------------------------------------- */

/* Of two sessions between the same nodes, dialled from either end, the one
 * dialled by the lower index stays; by the lower node key where one of them has
 * no index.  Both ends come to the same answer. */
bool peer_prefers_own_dial(uint32_t self, const struct public_key *self_key, uint32_t peer,
			   const struct public_key *peer_key);

#endif
