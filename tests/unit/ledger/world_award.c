#include "tests/unit/ledger/world_award.h"

#include <string.h>

#include "tests/lib/unit.h"

#define NEW(type, INIT) \
	type *made = make_memory(sizeof(*made)); \
	*made = (type)INIT; \
	made->programme = (char *)"P1"

static void all_roles_open(struct genesis *genesis)
{
	for (uint32_t i = 0; i < genesis->rules_count; i++)
		genesis->rules[i].openers = 0xfe;
}

struct world *world_of_anybody(void)
{
	struct world *world = world_new(all_roles_open);

	(void)world_accepts(world, FUNDER, OP(PROGRAMME_CREATE), make_programme());
	return world;
}

struct world *world_with_award(Stele__AwardGrant *grant)
{
	struct world *world = world_of_anybody();

	(void)world_accepts(world, AGENCY, OP(AWARD_GRANT), grant);
	return world;
}

struct world *world_with_active(Stele__AwardGrant *grant)
{
	struct world *world = world_with_award(grant);

	(void)world_accepts(world, LAB_1, OP(AWARD_ACCEPT), make_accept(1));
	return world;
}

const Stele__ProgrammeValue *world_programme(struct world *world)
{
	return world_value(world, VALUE_PROGRAMME, "programme/P1");
}

const Stele__AwardValue *world_award(struct world *world, uint64_t award)
{
	return world_value(world, VALUE_AWARD, "award/P1/%d", (int)award);
}

void world_step(struct world *world, uint32_t operation)
{
	(void)world_accepts(world, AGENCY, operation, make_step(1));
}

/* --- a call with a selected proposal ---------------------------------------- */

static Stele__Names *make_names(const char *en)
{
	Stele__Names *names = make_memory(sizeof(*names));

	*names = (Stele__Names)STELE__NAMES__INIT;
	names->en = (char *)en;
	return names;
}

static Stele__ReviewTerms *make_review_terms(void)
{
	Stele__ReviewTerms *terms = make_memory(sizeof(*terms));
	Stele__Criterion *criterion = make_memory(sizeof(*criterion));

	*criterion = (Stele__Criterion)STELE__CRITERION__INIT;
	criterion->code = (char *)"merit";
	criterion->weight = 10000;
	criterion->max = 10;
	*terms = (Stele__ReviewTerms)STELE__REVIEW_TERMS__INIT;
	terms->panel_min = 1;
	terms->quorum = 1;
	terms->n_criteria = 1;
	terms->criteria = make_memory(sizeof(*terms->criteria));
	terms->criteria[0] = criterion;
	return terms;
}

static void put_call(struct world *world)
{
	Stele__CallTerms terms = STELE__CALL_TERMS__INIT;
	Stele__CallValue call = STELE__CALL_VALUE__INIT;

	terms.titles = make_names("Call 1");
	terms.opens = world->time_ms - 5000;
	terms.deadline = world->time_ms - 4000;
	terms.reveal_until = world->time_ms - 3000;
	terms.review_until = world->time_ms - 2000;
	terms.objection_ms = WORLD_OBJECTION_MS;
	terms.award_min = 1;
	terms.award_max = 50000;
	terms.budget = 50000;
	terms.max_awards = 2;
	terms.proposals_per_applicant = 1;
	terms.review = make_review_terms();
	call.programme = (char *)"P1";
	call.call = (char *)"C1";
	call.terms = &terms;
	call.proposals = 1;
	call.revealed = 1;
	call.decided = 1;
	call.selected = 1;
	call.number = 1;
	world_put(world, "call/P1/C1", VALUE_CALL, &call);
}

void world_put_selected(struct world *world, uint64_t amount)
{
	Stele__ProposalContent content = STELE__PROPOSAL_CONTENT__INIT;
	Stele__ProposalValue proposal = STELE__PROPOSAL_VALUE__INIT;
	Stele__Recipient *consortium = make_recipient(world_id(LAB_1), 10000);

	put_call(world);
	content.titles = make_names("Proposal 1");
	content.area = (char *)"A";
	content.requested = amount;
	content.n_consortium = 1;
	content.consortium = &consortium;
	proposal.number = 1;
	proposal.org = (char *)world_id(LAB_1);
	proposal.commitment = world_hash(3);
	proposal.state = STELE__PROPOSAL_STATE__PROPOSAL_SELECTED;
	proposal.content = &content;
	proposal.amount = amount;
	proposal.decisions = 1;
	proposal.decided_time = world->time_ms;
	world_put(world, "proposal/P1/C1/1", VALUE_PROPOSAL, &proposal);
}

const Stele__CallValue *world_call(struct world *world)
{
	return world_value(world, VALUE_CALL, "call/P1/C1");
}

void world_change_proposal(struct world *world, void (*change)(Stele__ProposalValue *value))
{
	Stele__ProposalValue value = *(const Stele__ProposalValue *)world_value(
		world, VALUE_PROPOSAL, "proposal/P1/C1/1");

	change(&value);
	world_put(world, "proposal/P1/C1/1", VALUE_PROPOSAL, &value);
}

void world_change_call(struct world *world, void (*change)(Stele__CallValue *value))
{
	Stele__CallValue value = *world_call(world);

	change(&value);
	world_put(world, "call/P1/C1", VALUE_CALL, &value);
}

Stele__AwardGrant *make_grant_on(uint64_t amount)
{
	Stele__AwardGrant *grant = make_grant(amount);

	grant->call = (char *)"C1";
	grant->proposal = 1;
	return grant;
}

struct world *world_with_award_on(uint64_t amount)
{
	struct world *world = world_of_anybody();

	world_put_selected(world, amount + 1000);
	world_pass(world, WORLD_OBJECTION_MS);
	(void)world_accepts(world, AGENCY, OP(AWARD_GRANT), make_grant_on(amount));
	(void)world_accepts(world, LAB_1, OP(AWARD_ACCEPT), make_accept(1));
	return world;
}

/* --- records ------------------------------------------------------------------ */

Stele__AwardStep *make_step(uint64_t award)
{
	NEW(Stele__AwardStep, STELE__AWARD_STEP__INIT);
	made->award = award;
	return made;
}

Stele__AwardTerminate *make_terminate(uint64_t award, uint64_t unspent)
{
	NEW(Stele__AwardTerminate, STELE__AWARD_TERMINATE__INIT);
	made->award = award;
	made->unspent = unspent;
	return made;
}

Stele__AwardAmend *make_amend(const Stele__AwardGrant *grant, uint64_t award, uint64_t version)
{
	NEW(Stele__AwardAmend, STELE__AWARD_AMEND__INIT);
	made->award = award;
	made->version = version;
	made->amount = grant->amount;
	made->period = grant->period;
	made->terms_sha256 = grant->terms_sha256;
	made->n_milestones = grant->n_milestones;
	made->milestones = grant->milestones;
	return made;
}

Stele__MilestoneClaim *make_milestone_claim(uint64_t award, uint32_t milestone, uint64_t content,
					    size_t count)
{
	NEW(Stele__MilestoneClaim, STELE__MILESTONE_CLAIM__INIT);
	made->award = award;
	made->milestone = milestone;
	made->n_evidence = count;
	made->evidence = make_memory(count * sizeof(*made->evidence));
	for (size_t i = 0; i < count; i++)
		made->evidence[i] = make_ref(content + i, 1);
	return made;
}

Stele__MilestoneAssess *make_assess(uint64_t award, uint32_t milestone, Stele__Assessment result,
				    uint64_t payable)
{
	return make_assess_of(award, milestone, result == NOT_MET ? 0 : 1, result, payable);
}

Stele__MilestoneAssess *make_assess_of(uint64_t award, uint32_t milestone, uint64_t claim,
				       Stele__Assessment result, uint64_t payable)
{
	NEW(Stele__MilestoneAssess, STELE__MILESTONE_ASSESS__INIT);
	made->award = award;
	made->milestone = milestone;
	made->claim = claim;
	made->result = result;
	made->payable = payable;
	return made;
}

Stele__DisbursementRecord *make_milestone_payment(uint64_t award, uint32_t milestone,
						  uint64_t amount, uint64_t reference)
{
	Stele__DisbursementRecord *record = make_payment(award, amount, reference);

	record->milestone = milestone;
	return record;
}

Stele__DisbursementReverse *make_reverse(uint64_t award, uint64_t disbursement)
{
	NEW(Stele__DisbursementReverse, STELE__DISBURSEMENT_REVERSE__INIT);
	made->award = award;
	made->disbursement = disbursement;
	return made;
}

Stele__RecoveryDemand *make_demand(uint64_t award, uint64_t amount)
{
	NEW(Stele__RecoveryDemand, STELE__RECOVERY_DEMAND__INIT);
	made->award = award;
	made->amount = amount;
	return made;
}

Stele__RecoveryReceive *make_receipt(uint64_t award, uint64_t amount, uint64_t reference)
{
	NEW(Stele__RecoveryReceive, STELE__RECOVERY_RECEIVE__INIT);
	made->award = award;
	made->amount = amount;
	made->payer = (char *)world_id(LAB_1);
	made->value_date = (char *)"2028-03-01";
	made->reference_sha256 = world_hash(reference);
	return made;
}
