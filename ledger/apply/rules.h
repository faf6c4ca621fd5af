/* What the rules of all records share: the transaction that is being applied,
 * and one function for each operation.
 *
 * Each function checks its rules in the order of docs/ledger.md section 7 and
 * gives the error of the first that fails; the state may then be half written,
 * apply.c takes it back.  A rule's number stands at its branch. */
#ifndef STELE_LEDGER_APPLY_RULES_H
#define STELE_LEDGER_APPLY_RULES_H

#include "base/arena.h"
#include "base/err.h"
#include "ledger/apply/operations.h"
#include "ledger/overlay.h"
#include "proto/state.pb-c.h"
#include "proto/tx.h"

struct apply {
	struct overlay *overlay;
	struct arena *arena;
	const struct tx *tx; /* NULL while genesis is applied */
	uint64_t height;
	uint64_t time_ms;
	uint64_t epoch_length;
	uint64_t log_index;
	uint64_t motion;   /* the motion that executes; 0: a bare transaction */
	const char *actor; /* the organisation that acts: the signer's, or the motion's opener */
	uint64_t roles;    /* its role bits, 1 << Stele__Role */
	uint32_t purposes; /* of the key that signed, 1 << Stele__Purpose */
};

#define ROLE_BIT(role) (UINT64_C(1) << STELE__ROLE__ROLE_##role)

/* --- policy.c, quota.c: before the rules --------------------------------- */

uint64_t role_bits(const Stele__Role *roles, size_t count);
/* The rule of an operation, lent as by read_policy.  ERR_OPERATION_UNAVAILABLE. */
MUST_CHECK enum err policy_rule(struct apply *apply, uint32_t operation,
				const Stele__PolicyRule **out);
/* Rules R: may the actor do this operation by a bare transaction, open a motion for it? */
MUST_CHECK enum err policy_check_bare(struct apply *apply, uint32_t operation);
/* R-01 alone: an organisation's own keys need no approval. */
MUST_CHECK enum err policy_check_own_key(struct apply *apply, uint32_t operation);
MUST_CHECK enum err policy_check_opener(struct apply *apply, uint32_t operation);
/* Whether policy.set and org.status could be met by those that are active, but for
 * this one, which is too.  ERR_GOVERNANCE_LOST. */
MUST_CHECK enum err policy_check_without(struct apply *apply, const Stele__OrgValue *org);
/* ERR_QUOTA, or what the value becomes. */
MUST_CHECK enum err quota_count(struct apply *apply, const Stele__PolicyLimits *limits,
				Stele__QuotaValue *out);

/* --- operations ----------------------------------------------------------- */

#define OPERATION_FUNCTION(NAME, name, type) \
	MUST_CHECK enum err name(struct apply *apply, const Stele__##type *record);
OPERATIONS(OPERATION_FUNCTION)
#undef OPERATION_FUNCTION

/* What an open motion carries, executed as if it had enough approvals now.
 * ERR_NOT_FOUND: it is not open. */
MUST_CHECK enum err motion_foresee(struct apply *apply, uint64_t number);

/* --- what several operations need ----------------------------------------- */

/* Registers a key for an organisation, as the next of its list.  is_proven: rule
 * K-04 was asked or does not apply.  ERR_EXISTS_KEY. */
MUST_CHECK enum err key_register(struct apply *apply, Stele__OrgValue *org,
				 const Stele__KeyValue *key);
/* K-03, K-04 and the registration of a key that a transaction brings. */
MUST_CHECK enum err key_register_proven(struct apply *apply, Stele__OrgValue *org,
					const Stele__OrgKey *key, uint64_t from_height);
/* Adds an organisation to the list and to the state.  ERR_EXISTS_ORG. */
MUST_CHECK enum err org_add(struct apply *apply, Stele__OrgValue *org);
/* X-01…X-03: a link to an award by one of its recipients. */
MUST_CHECK enum err award_link_check(struct apply *apply, const Stele__AwardLink *link);
/* Whether the organisation is a recipient of that award. */
bool award_has_recipient(const Stele__AwardGrant *grant, const char *org);
/* The award and, unless programme is NULL, its programme.  ERR_NOT_FOUND_PROGRAMME,
 * ERR_NOT_FOUND_AWARD. */
MUST_CHECK enum err award_find(struct apply *apply, const char *programme_id, uint64_t number,
			       Stele__ProgrammeValue **programme, Stele__AwardValue **award);
/* The programme, not closed, whose agency acts.  ERR_NOT_FOUND_PROGRAMME,
 * ERR_PROGRAMME_AGENCY, ERR_PROGRAMME_CLOSED. */
MUST_CHECK enum err programme_find_as_agency(struct apply *apply, const char *id,
					     Stele__ProgrammeValue **out);
/* A programme with areas takes awards in one of them only; one without, in none. */
bool programme_has_area(const Stele__ProgrammeCreate *programme, const char *area);
/* Of a programme that is there: its call, not cancelled.  ERR_NOT_FOUND_CALL,
 * ERR_CALL_CANCELLED. */
MUST_CHECK enum err call_find_in(struct apply *apply, const char *programme, const char *call,
				 Stele__CallValue **out);
/* Of a call that is there.  ERR_NOT_FOUND_PROPOSAL. */
MUST_CHECK enum err proposal_find_in(struct apply *apply, const Stele__CallValue *call,
				     uint64_t number, Stele__ProposalValue **out);
/* L-01…L-04, of a record that names a call: the programme (NULL: not wanted) and
 * its call. */
MUST_CHECK enum err call_find(struct apply *apply, const char *programme_id, const char *call_id,
			      Stele__ProgrammeValue **programme, Stele__CallValue **call);
/* L-01…L-05, of one that names a proposal too. */
MUST_CHECK enum err proposal_find(struct apply *apply, const char *programme_id,
				  const char *call_id, uint64_t number,
				  Stele__ProgrammeValue **programme, Stele__CallValue **call,
				  Stele__ProposalValue **proposal);
/* What the organisation did in the call so far: all zero where it did nothing. */
MUST_CHECK enum err party_get(struct apply *apply, const Stele__CallValue *call, const char *org,
			      Stele__PartyValue *out);
/* Reads what is known of contents that will be claimed; overlay_read_ahead. */
MUST_CHECK enum err claims_read_ahead(struct overlay *overlay, const uint8_t *const *contents,
				      size_t count);
/* The k-th claim on a content.  ERR_NOT_FOUND_CLAIM. */
MUST_CHECK enum err claim_find(struct apply *apply, const ProtobufCBinaryData *content,
			       uint64_t claim, Stele__ClaimValue **out);
/* Whether both name the same claim. */
bool content_ref_equal(const Stele__ContentRef *a, const Stele__ContentRef *b);

/* The chain that the transaction was signed for. */
struct hash apply_chain(const struct apply *apply);
/* Whether an amount is above zero and below 2^63. */
bool amount_is_valid(uint64_t amount);
/* a + b <= bound, without wrapping. */
bool sum_is_within(uint64_t a, uint64_t b, uint64_t bound);

#endif
