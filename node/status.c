#include "node/status.h"

#include "node/evidences.h"
#include "node/peers.h"
#include "node/pool.h"
#include "node/pump.h"

#define SYNC_GAP 8u           /* heights behind that count as catching up */
#define WARN_EVERY_MS 60000u

/* The median of the peers' clocks less ours; false: too few to tell. */
static bool median_skew(const struct node *node, int64_t *out)
{
	int64_t skews[LIMIT_VALIDATORS];
	uint32_t count = 0;
	const struct peer_state *peer;

	LIST_FOREACH(peer, peers_list(node), link) {
		uint32_t at;

		if (!peer->has_clock || peer->number >= node->set->count)
			continue;
		for (at = count++; at > 0 && skews[at - 1] > peer->skew_ms; at--)
			skews[at] = skews[at - 1];
		skews[at] = peer->skew_ms;
	}
	if (count == 0 || count <= set_faults(node->set->count))
		return false;
	*out = skews[count / 2];
	return true;
}

static void watch_clock(struct node *node)
{
	int64_t skew_ms;
	int64_t bound_ms = (int64_t)node->config.genesis->timers.skew_ms;
	uint64_t now_ms = io_now_us(node->io) / 1000;

	if (!median_skew(node, &skew_ms))
		return;
	if (skew_ms <= bound_ms / 2 && skew_ms >= -bound_ms / 2)
		return;
	if (node->skew_warned_ms != 0 && now_ms - node->skew_warned_ms < WARN_EVERY_MS)
		return;
	node->skew_warned_ms = now_ms;
	log_event(LOG_WARN, "clock_skew", "this clock is %lld ms off the median of the peers; a "
		  "proposal is put off or refused beyond %lld ms", (long long)-skew_ms,
		  (long long)bound_ms);
}

/* Whenever it changes; of most changes others speak. */
static void watch_signing(struct node *node)
{
	struct core_status status;
	enum signing before = node->signing_said;

	core_status(node->core, &status);
	node->signing_said = status.signing;
	if (status.signing == before)
		return;
	if (status.signing == SIGNING_REFUSED)
		log_event(LOG_ERROR, "sign_state_refused", "[E%04d %s] %s; %s",
			  (int)ERR_SIGN_STATE_REFUSED, err_name(ERR_SIGN_STATE_REFUSED),
			  err_text(ERR_SIGN_STATE_REFUSED), err_remedy(ERR_SIGN_STATE_REFUSED));
	else if (status.signing == SIGNING_LOST)
		log_event(LOG_WARN, "sign_state_asking", "this node does not know what it has signed: "
			  "%u of %u other validators have answered", status.answers,
			  status.answers_wanted);
	else if (before == SIGNING_LOST || before == SIGNING_REFUSED)
		log_event(LOG_INFO, "sign_state_recovered", "this node signs above view %llu",
			  (unsigned long long)status.vote_floor);
}

void status_begin(struct node *node)
{
	struct core_status status;

	core_status(node->core, &status);
	node->signing_said = status.signing; /* what is wrong at a start was said by then */
}

void status_on_house(struct node *node)
{
	watch_clock(node);
	watch_signing(node);
}

const char *status_sign_state(const struct node_status *status)
{
	static const char *const words[] = {
		[SIGNING_YES] = "signing",   [SIGNING_OBSERVER] = "observer",
		[SIGNING_TRIPPED] = "tripped", [SIGNING_LOST] = "lost",
		[SIGNING_REFUSED] = "refused", [SIGNING_FLOOR] = "floor",
		[SIGNING_CLOSED] = "stopping",
	};

	if (status->core.signing == SIGNING_YES && !status->core.is_signing)
		return "paused"; /* the disk is full */
	return words[status->core.signing];
}

void node_status(const struct node *node, struct node_status *out)
{
	const struct peer_state *peer;

	*out = node->counters;
	core_status(node->core, &out->core);
	out->committed_height = node->tip_height;
	out->is_disk_full = node->is_paused;
	out->core.is_signing &= !node->is_paused;
	out->evidence_held = evidences_count(node);
	out->best_height = out->core.final_height;
	LIST_FOREACH(peer, peers_list(node), link) {
		if (peer->final_height > out->best_height)
			out->best_height = peer->final_height;
		out->sessions++;
		if (peer->number < node->set->count)
			out->sessions_validators++;
	}
	/* one liar does not make a node think that it lags; a finalization is nobody's claim */
	out->is_syncing = peers_height(node) > node->tip_height + SYNC_GAP ||
			  out->core.final_height > node->tip_height + SYNC_GAP;
	out->pool_count = mempool_count(node->mempool);
	out->pool_bytes = mempool_bytes(node->mempool);
	out->parcels_held = pool_count(node->pool);
	if (!median_skew(node, &out->skew_ms))
		out->skew_ms = 0;
}
