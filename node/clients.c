#include "node/clients.h"

#include <stdlib.h>
#include <sys/queue.h>

#include "ledger/apply/apply.h"
#include "ledger/outlook.h"
#include "node/execution.h"
#include "node/peers.h"
#include "node/pump.h"
#include "node/turns.h"

#define UNDERWAY_MAX 4096u
#define UNDERWAY_BYTES_MAX ((uint64_t)64 << 20)
#define SIGNER_MAX (UNDERWAY_MAX / 8) /* of one signer, waiting for a check */
#define BATCH_MAX 256u
#define AHEAD_MAX (2 * BATCH_MAX) /* in checks and after them, in order of arrival: whoever waits, waits
			     * before them and for its turn */

/* One submission, from raw bytes to its answer. */
struct submission {
	struct turn turn; /* first: it waits for a check */
	struct bytes raw;
	size_t raw_len;
	struct tx *tx;
	struct verified *verified;
	const struct hash *chain;
	bool is_simulated;
	bool is_dry;
	bool is_alone; /* checked and admitted in one job */
	bool is_forwarded;
	uint32_t peer; /* who forwarded it */
	enum err result;
	submit_done *done;
	void *context;
	struct admission admission;
	struct outlook *outlook; /* of a dry one */
	STAILQ_ENTRY(submission) next;
};
STAILQ_HEAD(submission_list, submission);

struct clients {
	struct turns *unchecked;
	struct submission_list checked; /* wait for admission */
	uint32_t checking, checked_count;
	bool is_admitting;
	uint32_t underway;
	uint64_t underway_bytes;
};

struct check_job {
	struct job job;
	struct submission *submission; /* NULL once it moved on */
};

struct admission_job {
	struct job job;
	struct ledger *ledger;
	uint64_t now_ms;
	struct submission_list list;
	enum err result;
};

struct clients *clients_new(uint64_t seed)
{
	struct clients *clients = pump_alloc(1, sizeof(*clients));

	clients->unchecked = turns_new(SIGNER_MAX, seed);
	STAILQ_INIT(&clients->checked);
	return clients;
}

static void submission_free(struct submission *submission)
{
	tx_free(submission->tx);
	outlook_free(submission->outlook);
	free((void *)(uintptr_t)submission->raw.at);
	free(submission);
}

static void list_free(struct submission_list *list)
{
	while (!STAILQ_EMPTY(list)) {
		struct submission *submission = STAILQ_FIRST(list);

		STAILQ_REMOVE_HEAD(list, next);
		submission_free(submission);
	}
}

void clients_free(struct clients *clients)
{
	struct turn *turn;

	if (clients == NULL)
		return;
	while ((turn = turns_take(clients->unchecked)) != NULL)
		submission_free((struct submission *)turn);
	turns_free(clients->unchecked);
	list_free(&clients->checked);
	free(clients);
}

/* --- answering ----------------------------------------------------------- */

static void answer(struct node *node, struct submission *submission, enum submit_state state,
		   enum err reason)
{
	struct submit_result result = {.state = state, .reason = reason};

	node->clients->underway--;
	node->clients->underway_bytes -= submission->raw_len;
	if (state == SUBMIT_REFUSED)
		node->counters.refused++;
	else if (!submission->is_dry)
		node->counters.submitted++;
	if (submission->tx != NULL)
		result.id = submission->tx->id;
	result.is_simulated = submission->result == ERR_OK &&
			      submission->admission.outcome == OUTCOME_REJECTED;
	if (submission->done == NULL)
		return;
	result.outlook = submission->outlook;
	submission->outlook = NULL;
	submission->done(submission->context, &result);
}

/* --- check on a worker --------------------------------------------------- */

static void check(struct submission *submission)
{
	if (submission->result) /* refused already */
		return;
	submission->result = tx_decode(&submission->tx, submission->raw, submission->chain);
	if (submission->result || verified_has(submission->verified, &submission->tx->leaf_hash))
		return;
	submission->result = tx_check_signature(submission->tx);
	if (!submission->result)
		verified_add(submission->verified, &submission->tx->leaf_hash);
}

static void check_run(struct job *at)
{
	check(((struct check_job *)at)->submission);
}

/* Whoever forwards what no check lets through did not check it. */
static void blame(struct node *node, const struct submission *submission)
{
	if (!submission->is_forwarded || submission->result == ERR_POOL_FULL ||
	    submission->result == ERR_DISK_LOW || submission->result == ERR_MEMORY ||
	    peers_find(node, submission->peer) == NULL)
		return;
	node->counters.messages_refused++;
	log_event(LOG_WARN, "peer_refused", "peer %u forwards: %s", submission->peer,
		  err_text(submission->result));
	net_punish(node->net, submission->peer, ERR_PEER_MESSAGE);
}

/* True: answered already. */
static bool is_settled(struct node *node, struct submission *submission)
{
	node->counters.signatures_checked++;
	if (submission->result) {
		blame(node, submission);
		answer(node, submission, SUBMIT_REFUSED, submission->result);
		return true;
	}
	if (mempool_find(node->mempool, &submission->tx->id) != NULL) {
		answer(node, submission, SUBMIT_DUPLICATE, ERR_OK);
		return true;
	}
	return false;
}

static void check_done(struct job *at)
{
	struct check_job *job = (struct check_job *)at;
	struct submission *submission = job->submission;
	struct node *node = job->job.node;

	node->clients->checking--;
	if (is_settled(node, submission))
		return;
	job->submission = NULL;
	STAILQ_INSERT_TAIL(&node->clients->checked, submission, next);
	node->clients->checked_count++;
}

static void check_release(struct job *at)
{
	struct check_job *job = (struct check_job *)at;

	if (job->submission != NULL)
		submission_free(job->submission);
	free(job);
}

static void start_check(struct node *node, struct submission *submission)
{
	struct check_job *job = pump_alloc(1, sizeof(*job));

	job->job = (struct job){.run = check_run, .done = check_done, .release = check_release};
	job->submission = submission;
	node->clients->checking++;
	job_start(node, IO_LANE_CLIENTS, &job->job);
}

static void check_next(struct node *node)
{
	struct clients *clients = node->clients;
	struct turn *turn;

	while (clients->checking + clients->checked_count < AHEAD_MAX &&
	       (turn = turns_take(clients->unchecked)) != NULL)
		start_check(node, (struct submission *)turn);
}

static void submit(struct node *node, struct submission *submission, struct bytes raw)
{
	struct clients *clients = node->clients;

	if (raw.len > LIMIT_TX_BYTES)
		submission->result = ERR_TX_SIZE;
	else if (node->is_paused && !submission->is_dry)
		submission->result = ERR_DISK_LOW;
	else if (clients->underway >= UNDERWAY_MAX ||
		 clients->underway_bytes + raw.len > UNDERWAY_BYTES_MAX)
		submission->result = ERR_POOL_FULL;
	else
		submission->raw = pump_copy(raw);
	submission->raw_len = raw.len;
	submission->verified = node->verified;
	submission->chain = &node->chain;
	clients->underway++;
	clients->underway_bytes += raw.len;
	/* a hop to another thread would take longer than the check */
	submission->is_alone = clients->underway == 1 && execution_is_idle(node);
	if (submission->is_alone) {
		STAILQ_INSERT_TAIL(&clients->checked, submission, next);
		clients->checked_count++;
	} else if (submission->result ||
		   !turns_add(clients->unchecked, &submission->turn, tx_raw_signer(raw))) {
		if (!submission->result)
			submission->result = ERR_POOL_FULL;
		start_check(node, submission); /* only the answer comes later */
	}
	clients_run(node);
}

void node_submit(struct node *node, struct bytes raw, bool simulate_rules, bool is_dry,
		 submit_done *done, void *context)
{
	struct submission *submission = pump_alloc(1, sizeof(*submission));

	submission->is_simulated = simulate_rules;
	submission->is_dry = is_dry;
	submission->done = done;
	submission->context = context;
	submit(node, submission, raw);
}

void clients_forwarded(struct node *node, uint32_t peer, struct bytes raw)
{
	struct submission *submission;

	/* half of the room stays for our own clients */
	if (node->clients->underway >= UNDERWAY_MAX / 2)
		return;
	submission = pump_alloc(1, sizeof(*submission));
	submission->is_forwarded = true;
	submission->peer = peer;
	submit(node, submission, raw);
}

/* --- admission in the ledger's lane -------------------------------------- */

static enum err admit(const struct admission_job *job, struct submission *submission)
{
	if (submission->is_dry)
		return ledger_simulate(job->ledger, submission->tx, job->now_ms,
				       &submission->admission, &submission->outlook);
	return ledger_admit(job->ledger, submission->tx, job->now_ms, submission->is_simulated,
			    &submission->admission);
}

static void admit_run(struct job *at)
{
	struct admission_job *job = (struct admission_job *)at;
	struct submission *submission;

	STAILQ_FOREACH(submission, &job->list, next) {
		if (submission->is_alone)
			check(submission);
		if (submission->result)
			continue;
		job->result = admit(job, submission);
		if (job->result)
			return;
	}
}

static void add_to_pool(struct node *node, struct submission *submission)
{
	bool is_duplicate = false;
	enum err err = mempool_add(node->mempool, submission->tx, submission->admission.org,
				   &is_duplicate);

	if (err) {
		answer(node, submission, SUBMIT_REFUSED, err);
	} else if (is_duplicate) {
		answer(node, submission, SUBMIT_DUPLICATE, ERR_OK);
	} else {
		answer(node, submission, SUBMIT_TAKEN, ERR_OK);
		submission->tx = NULL; /* the pool's now */
	}
}

static void settle_admission(struct node *node, struct submission *submission)
{
	switch ((enum outcome)submission->admission.outcome) {
	case OUTCOME_ACCEPTED:
		if (submission->is_dry)
			answer(node, submission, SUBMIT_TAKEN, ERR_OK);
		else
			add_to_pool(node, submission);
		return;
	case OUTCOME_REJECTED:
		answer(node, submission, SUBMIT_REFUSED, submission->admission.reason);
		return;
	case OUTCOME_SKIPPED:
		if (submission->admission.reason == ERR_TX_CONSUMED)
			answer(node, submission, SUBMIT_DUPLICATE, ERR_OK);
		else
			answer(node, submission, SUBMIT_REFUSED, submission->admission.reason);
		return;
	case OUTCOME_FAILED:
		answer(node, submission, SUBMIT_REFUSED, ERR_INTERNAL);
		return;
	}
	UNREACHABLE();
}

static void admit_done(struct job *at)
{
	struct admission_job *job = (struct admission_job *)at;
	struct node *node = job->job.node;

	node->clients->is_admitting = false;
	if (job->result) {
		pump_stop(node, job->result, "the ledger could not be read for admission");
		return;
	}
	while (!STAILQ_EMPTY(&job->list)) {
		struct submission *submission = STAILQ_FIRST(&job->list);

		STAILQ_REMOVE_HEAD(&job->list, next);
		if (!submission->is_alone || !is_settled(node, submission))
			settle_admission(node, submission);
		submission_free(submission);
	}
}

static void admit_release(struct job *at)
{
	struct admission_job *job = (struct admission_job *)at;

	list_free(&job->list);
	free(job);
}

static void admit_next(struct node *node)
{
	struct clients *clients = node->clients;
	struct admission_job *job;

	if (clients->is_admitting || STAILQ_EMPTY(&clients->checked))
		return;
	job = pump_alloc(1, sizeof(*job));
	job->job = (struct job){.run = admit_run, .done = admit_done, .release = admit_release};
	job->ledger = node->ledger;
	job->now_ms = io_wall_ms(node->io);
	STAILQ_INIT(&job->list);
	for (uint32_t i = 0; i < BATCH_MAX && !STAILQ_EMPTY(&clients->checked); i++) {
		struct submission *submission = STAILQ_FIRST(&clients->checked);

		STAILQ_REMOVE_HEAD(&clients->checked, next);
		STAILQ_INSERT_TAIL(&job->list, submission, next);
		clients->checked_count--;
	}
	clients->is_admitting = true;
	job_start(node, IO_LANE_LEDGER, &job->job);
}

void clients_run(struct node *node)
{
	admit_next(node);
	check_next(node);
}
