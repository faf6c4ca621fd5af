/* What execution.c and building.c share: jobs of the ledger's lane, and what is known
 * of how long they take.  For these two only. */
#ifndef STELE_NODE_EXECUTION_INTERNAL_H
#define STELE_NODE_EXECUTION_INTERNAL_H

#include "node/execution.h"
#include "node/pump.h"

#define AHEAD_MAX 16u /* heights above the committed one that take a body, section 8 */

enum task { TASK_BUILD, TASK_EXECUTE, TASK_COMMIT };

struct execution_job {
	struct job job;
	enum task task;
	struct ledger *ledger;
	enum err result;
	struct hash hash;
	struct parcel **parcels; /* a reference each */
	uint32_t parcels_count;
	struct bytes evidence[LIMIT_EVIDENCE_PER_BLOCK]; /* texts, owned */
	uint32_t evidence_count;
	/* build */
	struct build_params params;
	struct effect request; /* its build member is used */
	bool is_ahead;         /* the core has not asked for it */
	struct buf header, body;
	uint64_t run_us; /* how long building or executing took */
	/* execute and commit */
	struct bytes header_text, body_text, finalization;
	struct ledger_committed committed;
};

struct executor {
	uint64_t step_ns; /* what a step (tx_steps) costs to execute here; 0: not measured */
	bool is_busy;
	bool has_build;
	struct effect build;         /* what the core asks for; its build member is used */
	uint64_t ahead_view;         /* the newest that was built ahead, or tried */
	struct execution_job *ahead; /* done, and not asked for so far; NULL: none */
};

struct execution_job *execution_job(struct node *node, enum task task, void (*done)(struct job *));
void execution_job_release(struct job *job);
void execution_start(struct node *node, struct execution_job *job);

enum parent { PARENT_READY, PARENT_PENDING, PARENT_INVALID, PARENT_UNKNOWN };

/* Whether a block of that hash is executed here. */
enum parent execution_parent(const struct node *node, const struct hash *hash);

/* Takes the time of a job that has built or executed. */
void building_measure(struct node *node, const struct execution_job *job);
/* Tells the core of a block that was built ahead, if that is what it asks for; the lane
 * may be busy. */
void building_use_ahead(struct node *node);
/* Builds what the core asks for.  False: nothing was begun. */
bool building_run(struct node *node);
/* While a view gathers votes: builds on its block where the next view is this node's to
 * lead and something waits.  The lane is free. */
void building_run_ahead(struct node *node);

#endif
