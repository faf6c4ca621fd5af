/* Evidence from peers: bounded, known or not, then its signatures on a worker. */
#include <stdlib.h>

#include "crypto/digest.h"
#include "node/bodies.h"
#include "node/evidences_internal.h"
#include "node/inbound.h"
#include "node/pump.h"

#define CHECKING_PEER_MAX 8u /* of the texts with the workers, brought by one peer */

struct check_job {
	struct job job;
	uint32_t peer;
	struct hash text_hash;
	struct bytes text; /* owned */
	enum err result;
};

static bool is_checking(const struct evidences *evidences, const struct hash *text_hash,
			uint32_t peer)
{
	uint32_t of_peer = 0;

	for (uint32_t i = 0; i < evidences->checking_count; i++) {
		if (hash_equal(&evidences->checking[i].text_hash, text_hash))
			return true;
		of_peer += evidences->checking[i].peer == peer;
	}
	return evidences->checking_count == CHECKING_MAX || of_peer == CHECKING_PEER_MAX;
}

static void checking_remove(struct evidences *evidences, const struct hash *text_hash)
{
	for (uint32_t i = 0; i < evidences->checking_count; i++) {
		if (hash_equal(&evidences->checking[i].text_hash, text_hash)) {
			evidences->checking[i] = evidences->checking[--evidences->checking_count];
			return;
		}
	}
}

static void check_run(struct job *at)
{
	struct check_job *job = (struct check_job *)at;
	const struct node *node = job->job.node; /* of which only what never changes is read */
	struct evidence evidence;

	job->result = evidence_parse(&evidence, job->text);
	if (!job->result)
		job->result = evidence_check(&evidence, &node->chain, node->set, node->epoch);
}

static void refuse(struct node *node, const struct hash *text_hash)
{
	node->counters.evidence_refused++;
	bodies_on_no_evidence(node, text_hash);
}

static void check_done(struct job *at)
{
	struct check_job *job = (struct check_job *)at;
	struct node *node = job->job.node;

	checking_remove(node->evidences, &job->text_hash);
	node->counters.signatures_checked += 2;
	if (!job->result) {
		node->counters.evidence_received++;
		evidences_take(node, job->text);
		return;
	}
	refuse(node, &job->text_hash);
	if (job->result != ERR_EVIDENCE_EPOCH) /* true in the epoch where the peer is */
		inbound_punish(node, job->peer, job->result);
}

static void check_release(struct job *at)
{
	struct check_job *job = (struct check_job *)at;

	free((void *)(uintptr_t)job->text.at);
	free(job);
}

static void check_start(struct node *node, uint32_t peer, const struct hash *text_hash,
			uint32_t place, struct bytes text)
{
	struct evidences *evidences = node->evidences;
	struct check_job *job = pump_alloc(1, sizeof(*job));

	evidences->checking[evidences->checking_count++] =
		(struct checking){*text_hash, place, peer};
	job->job = (struct job){.run = check_run, .done = check_done, .release = check_release};
	job->peer = peer;
	job->text_hash = *text_hash;
	job->text = pump_copy(text);
	job_start(node, IO_LANE_VOTES, &job->job);
}

bool evidences_hear(struct node *node, uint32_t peer, struct bytes text)
{
	struct evidences *evidences = node->evidences;
	struct evidence evidence;
	struct hash text_hash;
	uint32_t place;

	sha256(&text_hash, text.at, text.len);
	if (accusation_find(node, &text_hash) != NULL)
		return true;
	if (evidence_parse(&evidence, text) != ERR_OK) {
		refuse(node, &text_hash);
		return false;
	}
	place = accusation_place(node, &evidence.signer, (uint32_t)evidence.type);
	if (place == PLACES || !hash_equal(&evidence.set_hash, &node->set->hash)) {
		refuse(node, &text_hash);
		return false;
	}
	/* known in substance: as true as what is held, and dropped before it costs */
	if ((evidences->is_recorded[place] || accusation_offered(node, place) != NULL) &&
	    !bodies_wait_for_evidence(node, &text_hash))
		return true;
	if (!is_checking(evidences, &text_hash, peer))
		check_start(node, peer, &text_hash, place, text);
	return true;
}
