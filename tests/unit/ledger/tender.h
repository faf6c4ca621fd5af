/* A tender: records of calls and proposals as they should be, to be spoiled by the
 * test; the programme is "P1" of make_programme, the call "C1". */
#ifndef STELE_TESTS_UNIT_LEDGER_TENDER_H
#define STELE_TESTS_UNIT_LEDGER_TENDER_H

#include "tests/unit/ledger/world.h"

#define TENDER_OPENS (WORLD_TIME_MS + 5000)
#define TENDER_DEADLINE (WORLD_TIME_MS + 10000)
#define TENDER_REVEAL_UNTIL (WORLD_TIME_MS + 20000)
#define TENDER_REVIEW_UNTIL (WORLD_TIME_MS + 30000)

/* A world with P1; AUDITOR is an agency and a funder too, though not P1's. */
struct world *tender_world(void);
/* With C1 too, at the time when it opens. */
struct world *tender_new(void);
/* The next block, at that time. */
void tender_at(struct world *world, uint64_t time_ms);

/* Titles, areas and documents as long as their bounds let them be. */
Stele__Names *make_long_names(void);
Stele__Area **make_long_areas(size_t count);
Stele__Document **make_long_documents(size_t count);

/* Version 1 of P1 with its terms as they are. */
Stele__ProgrammeAmend *make_amendment(void);
Stele__ProgrammeClose *make_closing(void);

/* Awards of 100 to 50,000 out of 60,000, at most 2; two proposals an applicant, in
 * area A, CN-USCI with division prefix 11; a panel of 3, two reviews for a decision;
 * "novelty" of weight 6,000 up to 10, "team" of 4,000 up to 5; threshold 50,000. */
Stele__CallTerms *make_terms(void);
Stele__CallPublish *make_call(void);
/* Version 1 of C1, its deadline and what follows 1,000 ms later. */
Stele__CallAmend *make_call_amendment(void);
Stele__CallCancel *make_cancellation(void);
/* More criteria and documents, and longer ones: about 17,000 bytes. */
void terms_swell(Stele__CallTerms *terms);

/* By LAB_1 alone, in area A. */
Stele__ProposalContent *make_content(uint64_t requested);
void content_consortium(Stele__ProposalContent *content, size_t count,
			Stele__Recipient *const *list);
/* What opens that proposal; its salt is always the same. */
Stele__ProposalReveal *make_opening_of(uint64_t proposal, Stele__ProposalContent *content);
/* The commitment of who to what the record opens. */
Stele__ProposalCommit *make_commitment(struct world *world, enum who who,
				       const Stele__ProposalReveal *reveal);
Stele__ProposalWithdraw *make_withdrawal(uint64_t proposal);

/* Values that are there, to be changed and put back. */
Stele__ProgrammeValue tender_programme(struct world *world);
Stele__CallValue tender_call(struct world *world);
Stele__ProposalValue tender_proposal(struct world *world, uint64_t number);
void tender_put_programme(struct world *world, const Stele__ProgrammeValue *value);
void tender_put_call(struct world *world, const Stele__CallValue *value);
void tender_put_proposal(struct world *world, const Stele__ProposalValue *value);
void tender_put_party(struct world *world, enum who who, uint64_t proposals);

#endif
