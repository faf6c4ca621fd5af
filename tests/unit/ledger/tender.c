#include "tests/unit/ledger/tender.h"

#include <stdio.h>
#include <string.h>

#include "proto/seal.h"
#include "tests/lib/unit.h"

#define NEW(type, INIT) \
	type *made = make_memory(sizeof(*made)); \
	*made = (type)INIT

#define ROLE(name) (1u << STELE__ROLE__ROLE_##name)
#define SALT 77
#define CRITERIA_MAX 16
#define LIST_MAX 32

static void second_agency(struct genesis *genesis)
{
	genesis->orgs[AUDITOR].roles |= ROLE(AGENCY) | ROLE(FUNDER);
}

struct world *tender_world(void)
{
	struct world *world = world_new(second_agency);

	(void)world_accepts(world, FUNDER, OP(PROGRAMME_CREATE), make_programme());
	return world;
}

struct world *tender_new(void)
{
	struct world *world = tender_world();

	(void)world_accepts(world, AGENCY, OP(CALL_PUBLISH), make_call());
	tender_at(world, TENDER_OPENS);
	return world;
}

void tender_at(struct world *world, uint64_t time_ms)
{
	ck_assert_uint_gt(time_ms, world->time_ms);
	world_pass(world, time_ms - world->time_ms);
}

/* --- as long as can be ------------------------------------------------------ */

static char *long_text(size_t len)
{
	char *text = make_memory(len + 1);

	memset(text, 'x', len);
	return text;
}

/* A segment that differs by its place. */
static char *long_segment(size_t place)
{
	char *text = long_text(64);

	text[0] = (char)('a' + place % 26);
	text[1] = (char)('a' + place / 26);
	return text;
}

Stele__Names *make_long_names(void)
{
	NEW(Stele__Names, STELE__NAMES__INIT);
	made->zh = long_text(256);
	made->en = long_text(256);
	return made;
}

Stele__Area **make_long_areas(size_t count)
{
	Stele__Area **list = make_memory(count * sizeof(*list));

	for (size_t i = 0; i < count; i++) {
		NEW(Stele__Area, STELE__AREA__INIT);
		made->code = long_segment(i);
		list[i] = made;
	}
	return list;
}

Stele__Document **make_long_documents(size_t count)
{
	Stele__Document **list = make_memory(count * sizeof(*list));

	for (size_t i = 0; i < count; i++) {
		NEW(Stele__Document, STELE__DOCUMENT__INIT);
		made->sha256 = world_hash(i);
		made->size = INT64_MAX;
		made->media_type = long_text(127);
		made->role = long_text(64);
		list[i] = made;
	}
	return list;
}

/* --- programmes -------------------------------------------------------------- */

Stele__ProgrammeAmend *make_amendment(void)
{
	const Stele__ProgrammeCreate *programme = make_programme();
	NEW(Stele__ProgrammeAmend, STELE__PROGRAMME_AMEND__INIT);
	made->programme = programme->id;
	made->version = 1;
	made->titles = programme->titles;
	made->budget = programme->budget;
	made->max_awards = programme->max_awards;
	made->period = programme->period;
	made->n_areas = programme->n_areas;
	made->areas = programme->areas;
	return made;
}

Stele__ProgrammeClose *make_closing(void)
{
	NEW(Stele__ProgrammeClose, STELE__PROGRAMME_CLOSE__INIT);
	made->programme = (char *)"P1";
	return made;
}

/* --- calls ------------------------------------------------------------------- */

static Stele__Criterion *make_criterion(const char *code, uint32_t weight, uint32_t max)
{
	NEW(Stele__Criterion, STELE__CRITERION__INIT);
	made->code = (char *)code;
	made->weight = weight;
	made->max = max;
	return made;
}

static Stele__ReviewTerms *make_review_terms(void)
{
	NEW(Stele__ReviewTerms, STELE__REVIEW_TERMS__INIT);
	made->panel_min = 3;
	made->quorum = 2;
	made->n_criteria = 2;
	made->criteria = make_memory(CRITERIA_MAX * sizeof(*made->criteria));
	made->criteria[0] = make_criterion("novelty", 6000, 10);
	made->criteria[1] = make_criterion("team", 4000, 5);
	made->threshold = 50000;
	return made;
}

Stele__CallTerms *make_terms(void)
{
	NEW(Stele__CallTerms, STELE__CALL_TERMS__INIT);
	made->titles = make_programme()->titles;
	made->opens = TENDER_OPENS;
	made->deadline = TENDER_DEADLINE;
	made->reveal_until = TENDER_REVEAL_UNTIL;
	made->review_until = TENDER_REVIEW_UNTIL;
	made->objection_ms = 5000;
	made->award_min = 100;
	made->award_max = 50000;
	made->budget = 60000;
	made->max_awards = 2;
	made->proposals_per_applicant = 2;
	made->eligibility = make_programme()->eligibility;
	made->n_areas = 1;
	made->areas = make_memory(LIST_MAX * sizeof(*made->areas));
	made->areas[0] = (char *)"A";
	made->review = make_review_terms();
	return made;
}

Stele__CallPublish *make_call(void)
{
	NEW(Stele__CallPublish, STELE__CALL_PUBLISH__INIT);
	made->programme = (char *)"P1";
	made->call = (char *)"C1";
	made->terms = make_terms();
	return made;
}

Stele__CallAmend *make_call_amendment(void)
{
	NEW(Stele__CallAmend, STELE__CALL_AMEND__INIT);
	made->programme = (char *)"P1";
	made->call = (char *)"C1";
	made->version = 1;
	made->terms = make_terms();
	made->terms->deadline += 1000;
	made->terms->reveal_until += 1000;
	made->terms->review_until += 1000;
	return made;
}

Stele__CallCancel *make_cancellation(void)
{
	NEW(Stele__CallCancel, STELE__CALL_CANCEL__INIT);
	made->programme = (char *)"P1";
	made->call = (char *)"C1";
	return made;
}

void terms_swell(Stele__CallTerms *terms)
{
	Stele__ReviewTerms *review = terms->review;

	while (review->n_criteria < CRITERIA_MAX) {
		Stele__Criterion *more = make_criterion(long_segment(review->n_criteria), 1, 1);

		review->criteria[0]->weight--;
		review->criteria[review->n_criteria++] = more;
	}
	for (size_t i = 0; i < CRITERIA_MAX; i++)
		review->criteria[i]->names = make_long_names();
	terms->n_documents = LIST_MAX;
	terms->documents = make_long_documents(LIST_MAX);
}

/* --- proposals --------------------------------------------------------------- */

Stele__ProposalContent *make_content(uint64_t requested)
{
	NEW(Stele__ProposalContent, STELE__PROPOSAL_CONTENT__INIT);
	Stele__Recipient *alone = make_recipient(world_id(LAB_1), 10000);

	made->titles = make_programme()->titles;
	made->area = (char *)"A";
	made->requested = requested;
	content_consortium(made, 1, &alone);
	return made;
}

void content_consortium(Stele__ProposalContent *content, size_t count,
			Stele__Recipient *const *list)
{
	content->n_consortium = count;
	content->consortium = make_memory(count * sizeof(*content->consortium));
	memcpy(content->consortium, list, count * sizeof(*list));
}

Stele__ProposalReveal *make_opening_of(uint64_t proposal, Stele__ProposalContent *content)
{
	NEW(Stele__ProposalReveal, STELE__PROPOSAL_REVEAL__INIT);
	made->programme = (char *)"P1";
	made->call = (char *)"C1";
	made->proposal = proposal;
	made->salt = world_hash(SALT);
	made->content = content;
	return made;
}

Stele__ProposalCommit *make_commitment(struct world *world, enum who who,
				       const Stele__ProposalReveal *reveal)
{
	NEW(Stele__ProposalCommit, STELE__PROPOSAL_COMMIT__INIT);
	struct hash *hash = make_memory(sizeof(*hash));

	seal_proposal(hash, &world->genesis->chain, reveal->programme, reveal->call, world_id(who),
		      reveal->content, bytes_of(reveal->salt.data, reveal->salt.len));
	made->programme = reveal->programme;
	made->call = reveal->call;
	made->commitment = (ProtobufCBinaryData){sizeof(hash->b), hash->b};
	return made;
}

Stele__ProposalWithdraw *make_withdrawal(uint64_t proposal)
{
	NEW(Stele__ProposalWithdraw, STELE__PROPOSAL_WITHDRAW__INIT);
	made->programme = (char *)"P1";
	made->call = (char *)"C1";
	made->proposal = proposal;
	return made;
}

/* --- values ------------------------------------------------------------------ */

Stele__ProgrammeValue tender_programme(struct world *world)
{
	return *(const Stele__ProgrammeValue *)world_value(world, VALUE_PROGRAMME, "programme/P1");
}

Stele__CallValue tender_call(struct world *world)
{
	return *(const Stele__CallValue *)world_value(world, VALUE_CALL, "call/P1/C1");
}

Stele__ProposalValue tender_proposal(struct world *world, uint64_t number)
{
	return *(const Stele__ProposalValue *)world_value(world, VALUE_PROPOSAL,
							  "proposal/P1/C1/%llu",
							  (unsigned long long)number);
}

void tender_put_programme(struct world *world, const Stele__ProgrammeValue *value)
{
	world_put(world, "programme/P1", VALUE_PROGRAMME, value);
}

void tender_put_call(struct world *world, const Stele__CallValue *value)
{
	world_put(world, "call/P1/C1", VALUE_CALL, value);
}

void tender_put_proposal(struct world *world, const Stele__ProposalValue *value)
{
	char key[64];

	snprintf(key, sizeof(key), "proposal/P1/C1/%llu", (unsigned long long)value->number);
	world_put(world, key, VALUE_PROPOSAL, value);
}

void tender_put_party(struct world *world, enum who who, uint64_t proposals)
{
	Stele__PartyValue party = STELE__PARTY_VALUE__INIT;
	char key[128];

	party.proposals = proposals;
	snprintf(key, sizeof(key), "party/P1/C1/%s", world_id(who));
	world_put(world, key, VALUE_PARTY, &party);
}
