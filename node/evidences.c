#include "node/evidences.h"

#include <stdlib.h>

#include "base/mutant.h"
#include "crypto/digest.h"
#include "node/bodies.h"
#include "node/evidences_internal.h"
#include "node/flight.h"
#include "node/journal.h"
#include "node/outbound.h"
#include "node/pump.h"

#define REMIND_MAX 8u

struct evidences *evidences_new(void)
{
	struct evidences *evidences = pump_alloc(1, sizeof(*evidences));

	TAILQ_INIT(&evidences->list);
	return evidences;
}

static void accusation_drop(struct evidences *evidences, struct accusation *held)
{
	TAILQ_REMOVE(&evidences->list, held, link);
	free((void *)(uintptr_t)held->text.at);
	free(held);
}

void evidences_free(struct evidences *evidences)
{
	if (evidences == NULL)
		return;
	while (!TAILQ_EMPTY(&evidences->list))
		accusation_drop(evidences, TAILQ_FIRST(&evidences->list));
	free(evidences);
}

struct accusation *accusation_find(const struct node *node, const struct hash *text_hash)
{
	struct accusation *held;

	TAILQ_FOREACH(held, &node->evidences->list, link) {
		if (hash_equal(&held->text_hash, text_hash))
			return held;
	}
	return NULL;
}

struct accusation *accusation_offered(const struct node *node, uint32_t place)
{
	struct accusation *held;

	TAILQ_FOREACH(held, &node->evidences->list, link) {
		if (held->place == place && held->is_offered)
			return held;
	}
	return NULL;
}

uint32_t accusation_place(const struct node *node, const struct public_key *signer, uint32_t type)
{
	uint32_t validator = set_find_consensus(node->set, signer);

	return validator == SET_NO_INDEX ? PLACES : validator * TYPES + type - 1;
}

/* --- holding ------------------------------------------------------------- */

static void write(struct node *node, const struct accusation *held)
{
	struct record record = {
		.kind = RECORD_EVIDENCE,
		.epoch = node->epoch,
		.tag = held->text_hash,
		.data = held->text,
	};

	if (!mutant_on("evidence_not_durable"))
		journal_add(node, &record);
}

struct accusation *accusation_add(struct node *node, struct bytes text, uint32_t place)
{
	struct accusation *held = pump_alloc(1, sizeof(*held));

	sha256(&held->text_hash, text.at, text.len);
	held->text = pump_copy(text);
	held->place = place;
	held->is_offered = !node->evidences->is_recorded[place] &&
			   accusation_offered(node, place) == NULL;
	held->since_us = io_now_us(node->io);
	TAILQ_INSERT_TAIL(&node->evidences->list, held, link);
	node->is_work_stale = true;
	return held;
}

void evidences_take(struct node *node, struct bytes text)
{
	struct evidence evidence;
	struct accusation *held;
	struct hash text_hash;
	uint32_t place;

	sha256(&text_hash, text.at, text.len);
	if (accusation_find(node, &text_hash) != NULL || evidence_parse(&evidence, text) != ERR_OK)
		return;
	place = accusation_place(node, &evidence.signer, (uint32_t)evidence.type);
	ASSERT(place < PLACES);
	if ((node->evidences->is_recorded[place] || accusation_offered(node, place) != NULL) &&
	    !bodies_wait_for_evidence(node, &text_hash))
		return;
	held = accusation_add(node, text, place);
	write(node, held);
	flights_attach_evidence(node, &text_hash);
	bodies_tell(node);
	if (!held->is_offered)
		return;
	log_event(LOG_WARN, "evidence", "validator %u contradicted itself in view %llu: E%d",
		  place / TYPES, (unsigned long long)evidence.view, (int)evidence.type);
	outbound_evidence(node, PEER_ALL, held->text);
}

void evidences_found(struct node *node, const struct vote *first, const struct vote *second)
{
	struct evidence evidence;
	struct buf text;

	if (first->view > LIMIT_VIEW || mutant_on("evidence_not_kept"))
		return;
	evidence_make(&evidence, first, second, node->set);
	buf_init(&text, LIMIT_EVIDENCE_BYTES);
	evidence_render(&text, &evidence);
	ASSERT(!text.has_failed);
	evidences_take(node, buf_bytes(&text));
	buf_release(&text);
}

struct bytes evidences_text(const struct node *node, const struct hash *text_hash)
{
	const struct accusation *held = accusation_find(node, text_hash);

	return held == NULL ? (struct bytes){NULL, 0} : held->text;
}

void evidences_use(struct node *node, const struct hash *text_hash)
{
	struct accusation *held = accusation_find(node, text_hash);

	ASSERT(held != NULL);
	held->blocks++;
}

void evidences_leave(struct node *node, const struct hash *text_hash)
{
	struct accusation *held = accusation_find(node, text_hash);

	ASSERT(held != NULL && held->blocks > 0);
	held->blocks--;
}

void evidences_commit(struct node *node, const struct hash *text_hash)
{
	struct accusation *held = accusation_find(node, text_hash);

	ASSERT(held != NULL); /* the block could not have been executed */
	node->evidences->is_recorded[held->place] = true;
	node->counters.evidence_recorded++;
	log_event(LOG_WARN, "evidence_recorded", "E%u against validator %u is in the ledger",
		  held->place % TYPES + 1, held->place / TYPES);
	node->is_work_stale = true;
}

void evidences_trim(struct node *node)
{
	struct evidences *evidences = node->evidences;
	struct accusation *held, *next;

	for (held = TAILQ_FIRST(&evidences->list); held != NULL; held = next) {
		next = TAILQ_NEXT(held, link);
		if (held->blocks > 0 ||
		    (held->is_offered && !evidences->is_recorded[held->place]))
			continue;
		journal_delete(node, RECORD_EVIDENCE, node->epoch, 0, &held->text_hash);
		accusation_drop(evidences, held);
	}
}

/* --- offering ------------------------------------------------------------ */

/* Whether one of the parent's uncommitted ancestors records this place. */
static bool is_on_path(const struct node *node, const struct hash *parent, uint32_t place)
{
	const struct flight *block = flight_find(node, parent);

	for (; block != NULL; block = flight_find(node, &block->parent)) {
		for (uint32_t i = 0; i < block->evidence_count; i++) {
			const struct accusation *held = accusation_find(node, &block->evidence[i].text_hash);

			if (held != NULL && held->place == place)
				return true;
		}
	}
	return false;
}

uint32_t evidences_choose(struct node *node, const struct hash *parent, struct bytes *out)
{
	const struct accusation *held;
	uint32_t count = 0;

	TAILQ_FOREACH(held, &node->evidences->list, link) {
		if (count == LIMIT_EVIDENCE_PER_BLOCK)
			break;
		if (held->is_offered && !node->evidences->is_recorded[held->place] &&
		    !is_on_path(node, parent, held->place))
			out[count++] = pump_copy(held->text);
	}
	return count;
}

static bool is_waiting(const struct node *node, const struct accusation *held)
{
	return held->is_offered && !node->evidences->is_recorded[held->place] &&
	       node->evidences->branch_blocks[held->place] == 0;
}

uint32_t evidences_unreferenced(const struct node *node)
{
	const struct accusation *held;
	uint32_t count = 0;

	TAILQ_FOREACH(held, &node->evidences->list, link)
		count += is_waiting(node, held);
	return count;
}

uint32_t evidences_count(const struct node *node)
{
	const struct accusation *held;
	uint32_t count = 0;

	TAILQ_FOREACH(held, &node->evidences->list, link)
		count++;
	return count;
}

void evidences_join_branch(struct node *node, const struct hash *text_hash)
{
	const struct accusation *named = accusation_find(node, text_hash);

	ASSERT(named != NULL);
	node->evidences->branch_blocks[named->place]++;
}

void evidences_leave_branch(struct node *node, const struct hash *text_hash)
{
	const struct accusation *named = accusation_find(node, text_hash);

	ASSERT(named != NULL && node->evidences->branch_blocks[named->place] > 0);
	node->evidences->branch_blocks[named->place]--;
}

void evidences_remind(struct node *node)
{
	uint64_t wait_us = 8 * node->config.genesis->timers.delta_us;
	uint64_t now_us = io_now_us(node->io);
	struct core_status status;
	struct accusation *held;
	uint32_t sent = 0;

	core_status(node->core, &status);
	TAILQ_FOREACH(held, &node->evidences->list, link) {
		if (!is_waiting(node, held) || now_us - held->since_us < wait_us)
			continue;
		if (sent++ == REMIND_MAX)
			break;
		held->since_us = now_us;
		for (uint64_t view = status.view; view <= status.view + 1; view++)
			outbound_evidence(node, core_leader(node->core, view), held->text);
	}
}

