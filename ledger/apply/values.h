/* State values as messages: reading and writing them through the overlay, and
 * the keys they lie under (docs/ledger.md section 5). */
#ifndef STELE_LEDGER_APPLY_VALUES_H
#define STELE_LEDGER_APPLY_VALUES_H

#include "base/limits.h"
#include "ledger/apply/rules.h"
#include "proto/value.h"

struct state_key {
	char text[LIMIT_KEY_BYTES + 1];
};

/* printf; the result is a valid key, for its segments were checked as fields. */
struct state_key state_key(const char *format, ...) PRINTF_LIKE(1, 2);
/* prefix '/' the hash in hex. */
struct state_key state_key_hash(const char *prefix, const uint8_t hash[32]);

struct state_key key_of_org(const char *org);
struct state_key key_of_quota(const char *org);
/* The rule of an operation. */
struct state_key key_of_policy(uint32_t operation);
/* key/<SHA-256 of the 33 bytes> */
struct state_key key_of_public_key(const uint8_t key[33]);
struct state_key key_of_programme(const char *programme);
struct state_key key_of_award(const char *programme, uint64_t number);
struct state_key key_of_motion(uint64_t number);
struct state_key key_of_call(const char *programme, const char *call);
struct state_key key_of_proposal(const char *programme, const char *call, uint64_t number);
/* An organisation's part in a call. */
struct state_key key_of_party(const char *programme, const char *call, const char *org);
/* content/<hash> for claim 1, claim/<hash>/<k> for the others. */
struct state_key key_of_claim(const uint8_t content[32], uint64_t claim);

/* X(name, NAME, Message): get_name, read_name, put_name.  get: the message lives in the
 * arena and is a copy; ERR_NOT_FOUND, ERR_STORE_DAMAGED, ERR_MEMORY, the disk's.
 * read: the same, but lent and shared as overlay_get_message says, for what most
 * transactions ask.  put: ERR_VALUE_SIZE, ERR_MEMORY. */
#define STATE_VALUES(X) \
	X(count, COUNT, Stele__CountValue) \
	X(org, ORG, Stele__OrgValue) \
	X(key, KEY, Stele__KeyValue) \
	X(name, NAME, Stele__NameValue) \
	X(policy, POLICY, Stele__PolicyValue) \
	X(limits, LIMITS, Stele__LimitsValue) \
	X(motion, MOTION, Stele__MotionValue) \
	X(part, PART, Stele__PartValue) \
	X(quota, QUOTA, Stele__QuotaValue) \
	X(taken, TAKEN, Stele__TakenValue) \
	X(programme, PROGRAMME, Stele__ProgrammeValue) \
	X(award, AWARD, Stele__AwardValue) \
	X(disbursement, DISBURSEMENT, Stele__DisbursementValue) \
	X(claim, CLAIM, Stele__ClaimValue) \
	X(note, NOTE, Stele__NoteValue) \
	X(evidence, EVIDENCE, Stele__EvidenceValue) \
	X(pending_set, PENDING_SET, Stele__PendingSetValue) \
	X(pending_member, PENDING_MEMBER, Stele__PendingMemberValue) \
	X(ready, READY, Stele__ReadyValue) \
	X(upgrade, UPGRADE, Stele__UpgradeValue) \
	X(call, CALL, Stele__CallValue) \
	X(proposal, PROPOSAL, Stele__ProposalValue) \
	X(party, PARTY, Stele__PartyValue) \
	X(reviewer, REVIEWER, Stele__ReviewerValue) \
	X(review, REVIEW, Stele__ReviewValue) \
	X(objection, OBJECTION, Stele__ObjectionValue) \
	X(milestone, MILESTONE, Stele__MilestoneValue) \
	X(recovery, RECOVERY, Stele__RecoveryValue) \
	X(delegation, DELEGATION, Stele__DelegationValue) \
	X(commit, COMMIT, Stele__CommitValue) \
	X(rollup, ROLLUP, Stele__RollupValue) \
	X(propagation, PROPAGATION, Stele__PropagationValue)

#define STATE_VALUE(name, type, message) \
	MUST_CHECK enum err get_##name(struct apply *apply, struct state_key key, message **out); \
	MUST_CHECK enum err read_##name(struct apply *apply, struct state_key key, \
					const message **out); \
	MUST_CHECK enum err put_##name(struct apply *apply, struct state_key key, \
				       const message *value);
STATE_VALUES(STATE_VALUE)
#undef STATE_VALUE

/* Whether anything lies under the key. */
MUST_CHECK enum err state_has(struct apply *apply, struct state_key key, bool *out);
/* list/<k> names the key of the thing at that place. */
MUST_CHECK enum err put_place(struct apply *apply, struct state_key place, struct state_key thing);
/* One more in the count value under the key (absent: 0); *number gets the new count. */
MUST_CHECK enum err count_next(struct apply *apply, struct state_key key, uint64_t *number);

#endif
