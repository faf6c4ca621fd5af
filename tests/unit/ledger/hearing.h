/* A hearing: the tender's world when its reviews begin, and the records of panels,
 * reviews, decisions and objections. */
#ifndef STELE_TESTS_UNIT_LEDGER_HEARING_H
#define STELE_TESTS_UNIT_LEDGER_HEARING_H

#include "tests/unit/ledger/tender.h"

#define HEARING_OBJECTION_MS 5000

/* In C1; all but the last are revealed. */
enum proposal {
	BOTH_LABS = 1, /* of LAB_1 with LAB_2, 30,000 */
	ONE_LAB,       /* of LAB_2, 40,000 */
	OTHER_LAB,     /* of LAB_1, 20,000 */
	SEALED,        /* of LAB_2, never revealed */
	NO_PROPOSAL,
};

/* Keys with the purpose review. */
enum reviewer {
	REVIEWER_1 = 1, /* of AUDITOR, which has the role */
	REVIEWER_2,     /* of AUDITOR */
	REVIEWER_3,     /* of AUDITOR */
	REVIEWER_LAB,   /* of LAB_2, which has it too */
	REVIEWER_NONE,  /* not registered */
};

/* At TENDER_REVEAL_UNTIL, with nobody on the panel; edit as in world_new. */
struct world *hearing_new(void (*edit)(struct genesis *genesis));
/* Makes NOBODY sign with the reviewer's key. */
enum who as(struct world *world, enum reviewer reviewer);
struct public_key reviewer_key(enum reviewer reviewer);

void hearing_put_party(struct world *world, enum who who, uint64_t revealed);
/* So many reviews of that score in all, revealed. */
void hearing_put_score(struct world *world, uint64_t number, uint64_t reviews, uint64_t score);

/* For the order of checks: the programme is closed and the call cancelled. */
void hearing_spoil(struct world *world);
/* Sends the record with its programme and call as they should not be, and mends one
 * after the other: L-01 to L-04, each refused for its reason.  What follows them is
 * to be wrong too, or one of them could not be seen to come first. */
void hearing_mend_call(struct world *world, enum who who, uint32_t operation, void *record,
		       char **programme, char **call);
/* The same with L-05: the proposal of that number is there at the end. */
void hearing_mend_proposal(struct world *world, enum who who, uint32_t operation, void *record,
			   char **programme, char **call, uint64_t *proposal);
/* The review time ends that much after the present time. */
void hearing_prolong(struct world *world, uint64_t ms);

Stele__PanelAppoint *make_panel(size_t count, const enum reviewer *reviewers);
/* Appoints REVIEWER_1, REVIEWER_2, REVIEWER_3 and REVIEWER_LAB. */
void hearing_panel(struct world *world);
Stele__CoiDeclare *make_conflict(uint64_t proposal);
Stele__ReviewContent *make_scores(uint32_t novelty, uint32_t team);
/* The commitment of that reviewer to the scores, and what opens it. */
Stele__ReviewCommit *make_review(struct world *world, enum reviewer reviewer, uint64_t proposal,
				 const Stele__ReviewContent *content);
Stele__ReviewReveal *make_opening(uint64_t proposal, Stele__ReviewContent *content);
Stele__DecisionPublish *make_decision(void);
void decision_add(Stele__DecisionPublish *decision, uint64_t proposal, Stele__Outcome outcome,
		  uint64_t amount);
Stele__ObjectionFile *make_objection(uint64_t proposal);
Stele__ObjectionResolve *make_resolution(uint64_t objection, bool is_upheld);

#endif
