#include "tests/unit/ledger/hearing.h"

#include <stdio.h>
#include <string.h>

#include "crypto/digest.h"
#include "proto/seal.h"
#include "tests/lib/unit.h"

#define NEW(type, INIT) \
	type *made = make_memory(sizeof(*made)); \
	*made = (type)INIT

#define ROLE(name) (1u << STELE__ROLE__ROLE_##name)
#define REVIEW_PURPOSE (1u << STELE__PURPOSE__PURPOSE_REVIEW)
#define OUTCOMES_MAX 256
#define SALT 77

/* --- people ---------------------------------------------------------------- */

static struct secret secret_of(enum reviewer reviewer)
{
	struct secret secret;
	char text[32];

	snprintf(text, sizeof(text), "reviewer %d", (int)reviewer);
	sha256((struct hash *)&secret, text, strlen(text));
	return secret;
}

struct public_key reviewer_key(enum reviewer reviewer)
{
	struct secret secret = secret_of(reviewer);
	struct public_key key;

	ck_assert_int_eq(sign_public(&key, &secret), ERR_OK);
	return key;
}

enum who as(struct world *world, enum reviewer reviewer)
{
	world->secrets[NOBODY] = secret_of(reviewer);
	world->keys[NOBODY] = reviewer_key(reviewer);
	return NOBODY;
}

static void add_key(struct genesis_org *org, enum reviewer reviewer)
{
	org->roles |= ROLE(REVIEWER);
	org->keys[org->keys_count].key = reviewer_key(reviewer);
	org->keys[org->keys_count].purposes = REVIEW_PURPOSE;
	org->keys_count++;
}

static void (*more)(struct genesis *genesis);

static void staff(struct genesis *genesis)
{
	for (int reviewer = REVIEWER_1; reviewer <= REVIEWER_3; reviewer++)
		add_key(&genesis->orgs[AUDITOR], (enum reviewer)reviewer);
	add_key(&genesis->orgs[LAB_2], REVIEWER_LAB);
	if (more != NULL)
		more(genesis);
}

/* --- from the call to the reviews ------------------------------------------- */

struct sealed {
	enum who who;
	enum who partner; /* NOBODY: none */
	uint64_t requested;
};

static const struct sealed proposals[] = {
	[BOTH_LABS] = {LAB_1, LAB_2, 30000},
	[ONE_LAB] = {LAB_2, NOBODY, 40000},
	[OTHER_LAB] = {LAB_1, NOBODY, 20000},
	[SEALED] = {LAB_2, NOBODY, 10000},
};

static Stele__ProposalReveal *opening_of(uint64_t number)
{
	const struct sealed *proposal = &proposals[number];
	Stele__ProposalContent *content = make_content(proposal->requested);
	Stele__Recipient *list[2] = {make_recipient(world_id(proposal->who), 10000)};

	if (proposal->partner != NOBODY) {
		list[0]->share = 6000;
		list[1] = make_recipient(world_id(proposal->partner), 4000);
	}
	content_consortium(content, proposal->partner != NOBODY ? 2 : 1, list);
	return make_opening_of(number, content);
}

struct world *hearing_new(void (*edit)(struct genesis *genesis))
{
	struct world *world;

	more = edit;
	world = world_new(staff);
	(void)world_accepts(world, FUNDER, OP(PROGRAMME_CREATE), make_programme());
	(void)world_accepts(world, AGENCY, OP(CALL_PUBLISH), make_call());
	tender_at(world, TENDER_OPENS);
	for (uint64_t number = BOTH_LABS; number <= SEALED; number++) {
		enum who who = proposals[number].who;

		(void)world_accepts(world, who, OP(PROPOSAL_COMMIT),
				    make_commitment(world, who, opening_of(number)));
	}
	tender_at(world, TENDER_DEADLINE);
	for (uint64_t number = BOTH_LABS; number < SEALED; number++)
		(void)world_accepts(world, proposals[number].who, OP(PROPOSAL_REVEAL),
				    opening_of(number));
	tender_at(world, TENDER_REVEAL_UNTIL);
	return world;
}

void hearing_put_party(struct world *world, enum who who, uint64_t revealed)
{
	Stele__PartyValue party = STELE__PARTY_VALUE__INIT;
	char key[128];

	party.proposals = 1;
	party.revealed = revealed;
	snprintf(key, sizeof(key), "party/P1/C1/%s", world_id(who));
	world_put(world, key, VALUE_PARTY, &party);
}

void hearing_put_score(struct world *world, uint64_t number, uint64_t reviews, uint64_t score)
{
	Stele__ProposalValue proposal = tender_proposal(world, number);

	proposal.reviews = reviews;
	proposal.revealed_reviews = reviews;
	proposal.score = score;
	tender_put_proposal(world, &proposal);
}

/* --- the order of checks ------------------------------------------------------ */

static void put_closed(struct world *world, bool is_closed)
{
	Stele__ProgrammeValue programme =
		*(const Stele__ProgrammeValue *)world_value(world, VALUE_PROGRAMME, "programme/P1");

	programme.closed = is_closed;
	world_put(world, "programme/P1", VALUE_PROGRAMME, &programme);
}

static void put_state(struct world *world, Stele__CallState state)
{
	Stele__CallValue call = tender_call(world);

	call.state = state;
	tender_put_call(world, &call);
}

void hearing_spoil(struct world *world)
{
	put_closed(world, true);
	put_state(world, STELE__CALL_STATE__CALL_CANCELLED);
}

void hearing_mend_call(struct world *world, enum who who, uint32_t operation, void *record,
		       char **programme, char **call)
{
	*programme = (char *)"P2";
	*call = (char *)"C2";
	world_refuses(world, who, operation, record, ERR_NOT_FOUND_PROGRAMME);
	*programme = (char *)"P1";
	world_refuses(world, who, operation, record, ERR_PROGRAMME_CLOSED);
	put_closed(world, false);
	world_refuses(world, who, operation, record, ERR_NOT_FOUND_CALL);
	*call = (char *)"C1";
	world_refuses(world, who, operation, record, ERR_CALL_CANCELLED);
	put_state(world, STELE__CALL_STATE__CALL_PUBLISHED);
}

void hearing_mend_proposal(struct world *world, enum who who, uint32_t operation, void *record,
			   char **programme, char **call, uint64_t *proposal)
{
	uint64_t right = *proposal;

	*proposal = NO_PROPOSAL;
	hearing_mend_call(world, who, operation, record, programme, call);
	world_refuses(world, who, operation, record, ERR_NOT_FOUND_PROPOSAL);
	*proposal = right;
}

void hearing_prolong(struct world *world, uint64_t ms)
{
	Stele__CallValue call = tender_call(world);

	call.terms->review_until = world->time_ms + ms;
	tender_put_call(world, &call);
}

/* --- records --------------------------------------------------------------- */

Stele__PanelAppoint *make_panel(size_t count, const enum reviewer *reviewers)
{
	NEW(Stele__PanelAppoint, STELE__PANEL_APPOINT__INIT);
	made->programme = (char *)"P1";
	made->call = (char *)"C1";
	made->n_reviewers = count;
	made->reviewers = make_memory(count * sizeof(*made->reviewers));
	for (size_t i = 0; i < count; i++) {
		struct public_key *key = make_memory(sizeof(*key));

		*key = reviewer_key(reviewers[i]);
		made->reviewers[i] = (ProtobufCBinaryData){sizeof(key->b), key->b};
	}
	return made;
}

void hearing_panel(struct world *world)
{
	static const enum reviewer all[] = {REVIEWER_1, REVIEWER_2, REVIEWER_3, REVIEWER_LAB};

	(void)world_accepts(world, AGENCY, OP(PANEL_APPOINT), make_panel(4, all));
}

Stele__CoiDeclare *make_conflict(uint64_t proposal)
{
	NEW(Stele__CoiDeclare, STELE__COI_DECLARE__INIT);
	made->programme = (char *)"P1";
	made->call = (char *)"C1";
	made->proposal = proposal;
	made->reason_sha256 = world_hash(3);
	return made;
}

static Stele__Score *make_score(const char *criterion, uint32_t value)
{
	NEW(Stele__Score, STELE__SCORE__INIT);
	made->criterion = (char *)criterion;
	made->value = value;
	return made;
}

Stele__ReviewContent *make_scores(uint32_t novelty, uint32_t team)
{
	NEW(Stele__ReviewContent, STELE__REVIEW_CONTENT__INIT);
	made->n_scores = 2;
	made->scores = make_memory(2 * sizeof(*made->scores));
	made->scores[0] = make_score("novelty", novelty);
	made->scores[1] = make_score("team", team);
	return made;
}

Stele__ReviewReveal *make_opening(uint64_t proposal, Stele__ReviewContent *content)
{
	NEW(Stele__ReviewReveal, STELE__REVIEW_REVEAL__INIT);
	made->programme = (char *)"P1";
	made->call = (char *)"C1";
	made->proposal = proposal;
	made->salt = world_hash(SALT);
	made->content = content;
	return made;
}

Stele__ReviewCommit *make_review(struct world *world, enum reviewer reviewer, uint64_t proposal,
				 const Stele__ReviewContent *content)
{
	NEW(Stele__ReviewCommit, STELE__REVIEW_COMMIT__INIT);
	struct public_key key = reviewer_key(reviewer);
	ProtobufCBinaryData salt = world_hash(SALT);
	struct hash *sealed = make_memory(sizeof(*sealed));

	seal_review(sealed, &world->genesis->chain, "P1", "C1", proposal,
		    bytes_of(key.b, sizeof(key.b)), content, bytes_of(salt.data, salt.len));
	made->programme = (char *)"P1";
	made->call = (char *)"C1";
	made->proposal = proposal;
	made->commitment = (ProtobufCBinaryData){sizeof(sealed->b), sealed->b};
	return made;
}

Stele__DecisionPublish *make_decision(void)
{
	NEW(Stele__DecisionPublish, STELE__DECISION_PUBLISH__INIT);
	made->programme = (char *)"P1";
	made->call = (char *)"C1";
	made->outcomes = make_memory(OUTCOMES_MAX * sizeof(*made->outcomes));
	return made;
}

void decision_add(Stele__DecisionPublish *decision, uint64_t proposal, Stele__Outcome outcome,
		  uint64_t amount)
{
	NEW(Stele__ProposalOutcome, STELE__PROPOSAL_OUTCOME__INIT);
	made->proposal = proposal;
	made->outcome = outcome;
	made->amount = amount;
	ck_assert_uint_lt(decision->n_outcomes, OUTCOMES_MAX);
	decision->outcomes[decision->n_outcomes++] = made;
}

Stele__ObjectionFile *make_objection(uint64_t proposal)
{
	NEW(Stele__ObjectionFile, STELE__OBJECTION_FILE__INIT);
	made->programme = (char *)"P1";
	made->call = (char *)"C1";
	made->proposal = proposal;
	made->grounds_sha256 = world_hash(4);
	return made;
}

Stele__ObjectionResolve *make_resolution(uint64_t objection, bool is_upheld)
{
	NEW(Stele__ObjectionResolve, STELE__OBJECTION_RESOLVE__INIT);
	made->programme = (char *)"P1";
	made->call = (char *)"C1";
	made->objection = objection;
	made->is_upheld = is_upheld;
	made->reason_sha256 = world_hash(5);
	return made;
}
