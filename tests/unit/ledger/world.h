/* A small world for tests of the rules: a genesis with seven organisations, one
 * overlay on nothing, and ways to send records as them.
 *
 * Records go the whole way: encoded, signed, decoded, applied.  world_refuses
 * also sees that nothing but the quota changed. */
#ifndef STELE_TESTS_UNIT_LEDGER_WORLD_H
#define STELE_TESTS_UNIT_LEDGER_WORLD_H

#include "base/arena.h"
#include "crypto/secret.h"
#include "ledger/apply/apply.h"
#include "ledger/overlay_internal.h"
#include "proto/genesis.h"
#include "proto/state.pb-c.h"
#include "proto/value.h"

enum who {
	FUNDER,  /* funder, validator */
	AGENCY,  /* agency, validator */
	LAB_1,   /* applicant, anchorer, validator; division 110000 */
	LAB_2,   /* applicant, anchorer; division 110108 */
	OUTSIDE, /* applicant, anchorer; division 310000 */
	FOREIGN, /* applicant, anchorer; an XI-LEI */
	AUDITOR, /* auditor, validator */
	ORGS,
	NOBODY = ORGS, /* a key that is not registered */
	WHO_COUNT,
};

/* What policies name; every operation of this version has a rule without motion
 * but those of governance, which ask for 2 approvals of validators. */
#define OP(name) STELE__TRANSACTION_BODY__OPERATION_##name
#define MOTION_OP(name) STELE__MOTION_OPERATION__OPERATION_##name

#define WORLD_BLOCKS_MAX 64
#define WORLD_TIME_MS UINT64_C(1800000000000)

struct world {
	struct overlay_base base;
	struct overlay *overlay;
	struct overlay *parents[WORLD_BLOCKS_MAX];
	size_t parents_count;
	struct genesis *genesis;
	struct arena arena;
	struct secret secrets[WHO_COUNT];
	struct public_key keys[WHO_COUNT];
	uint64_t height;
	uint64_t time_ms;
	uint64_t log_size;
	uint64_t nonce;
	uint64_t valid_for_ms; /* of what is sent from now on; 60,000 */
};

/* edit may be NULL; else it may change the genesis before it is applied. */
struct world *world_new(void (*edit)(struct genesis *genesis));
void world_free(struct world *world);
const char *world_id(enum who who);
/* An organisation identifier with its check character: 17 characters of a CN-USCI
 * completed.  Lives until the process ends. */
char *world_usci(const char *first_17);
/* The next block, ms later. */
void world_pass(struct world *world, uint64_t ms);

/* A body around the record of that operation. */
Stele__TransactionBody world_body(uint32_t operation, void *record);
/* motion.open around the record. */
Stele__MotionOpen *world_motion(struct world *world, uint32_t operation, void *record);

/* Encodes and signs as who; tx_free it. */
struct tx *world_tx(struct world *world, enum who who, Stele__TransactionBody *body,
		    const Stele__BatchEntries *entries);
enum outcome world_apply(struct world *world, const struct tx *tx, enum err *reason);
/* One transaction that must be accepted; gives its log index. */
uint64_t world_accepts(struct world *world, enum who who, uint32_t operation, void *record);
/* One that must be refused for that reason, whose class says how, and leaves no
 * trace but, when rejected, in its quota. */
void world_refuses(struct world *world, enum who who, uint32_t operation, void *record,
		   enum err reason);
/* err ERR_OK: accepts. */
void world_expects(struct world *world, enum who who, uint32_t operation, void *record,
		   enum err err);

/* Over all that was put but quotas. */
struct hash world_digest(const struct world *world);
/* The value under the key, which must be there and of that type. */
const void *world_value(struct world *world, enum value_type type, const char *format, ...)
	PRINTF_LIKE(3, 4);
/* Puts a changed value: what only later records will do to it. */
void world_put(struct world *world, const char *key, enum value_type type, const void *message);
void world_set_status(struct world *world, enum who who, Stele__OrgStatus status);
bool world_has(struct world *world, const char *format, ...) PRINTF_LIKE(2, 3);

/* --- records as they should be, to be spoiled by the test ------------------ */

ProtobufCBinaryData world_hash(uint64_t seed); /* 32 bytes that differ by seed */
Stele__OrgRegister *make_org(struct world *world, const char *id, uint64_t key_seed);
Stele__OrgKey *make_key(struct world *world, const char *org, uint64_t key_seed);
/* "P1" by FUNDER and AGENCY: CNY 1,000.00, at most 3 awards, areas A and B, CN-USCI
 * with division prefix 11, 2027-01-01 to 2028-12-31. */
Stele__ProgrammeCreate *make_programme(void);
/* In P1, area A, LAB_1 alone, the amount, 2027-02-01 to 2028-01-31. */
Stele__AwardGrant *make_grant(uint64_t amount);
Stele__Recipient *make_recipient(const char *org, uint32_t share);
void grant_recipients(Stele__AwardGrant *grant, size_t count, Stele__Recipient *const *list);
void grant_milestones(Stele__AwardGrant *grant, size_t count, const uint64_t *amounts);
/* Of the terms as they were granted. */
Stele__AwardAccept *make_accept(uint64_t award);
Stele__AwardAccept *make_accept_of(uint64_t award, uint64_t version);
Stele__AwardImport *make_import(const char *publisher_id, uint64_t amount);
/* In P1 from FUNDER to LAB_1. */
Stele__DisbursementRecord *make_payment(uint64_t award, uint64_t amount, uint64_t reference);
Stele__ContentAnchor *make_anchor(uint64_t content);
Stele__ContentRef *make_ref(uint64_t content, uint64_t claim);
/* Zeroed memory that lives until the process ends. */
void *make_memory(size_t len);

#endif
