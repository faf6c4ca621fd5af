#include "node/effects.h"

#include "node/bodies.h"
#include "node/evidences.h"
#include "node/execution.h"
#include "node/journal.h"
#include "node/known_votes.h"
#include "node/outbound.h"
#include "node/pump.h"
#include "node/ranges.h"

/* The only user of the consensus key: a vote that the core put out after its
 * record was durable. */
static bool sign_vote(struct node *node, struct vote *vote)
{
	struct hash digest;
	enum err err;

	ASSERT(node->config.consensus_key != NULL && vote->signer == node->self);
	vote_digest(&digest, vote->kind, &node->chain, vote->epoch, &node->set->hash, vote->view,
		    &vote->block);
	err = sign_digest(&vote->signature, node->config.consensus_key, &digest);
	if (err)
		pump_stop(node, err, "a vote could not be signed");
	else
		known_votes_add(node, vote); /* certificates bring it back */
	return !err;
}

static void feed_back(struct node *node, const struct vote *vote)
{
	struct event event = {.kind = EVENT_VOTE, .peer = PEER_SELF};

	event.vote = *vote;
	(void)pump_event(node, &event);
}

static void on_vote(struct node *node, const struct effect *effect)
{
	struct vote vote = effect->vote;

	if (!sign_vote(node, &vote))
		return;
	outbound_vote(node, effect->to, &vote);
	feed_back(node, &vote);
}

static void on_propose(struct node *node, const struct effect *effect)
{
	struct vote vote = effect->proposal.vote;

	if (!sign_vote(node, &vote))
		return;
	outbound_block(node, effect->to, &effect->proposal.block, &vote,
		       effect->proposal.justification, effect->proposal.justification_count);
	feed_back(node, &vote);
}

static void on_persist(struct node *node, const struct effect *effect)
{
	journal_put(node, &effect->persist.record, effect->persist.sequence);
}

static void on_body(struct node *node, const struct effect *effect)
{
	struct flight *block = flight_add(node, &effect->block);

	if (block != NULL)
		bodies_want(node, block);
}

static void on_evidence(struct node *node, const struct effect *effect)
{
	const struct vote *first = &effect->evidence.first;
	const struct vote *second = &effect->evidence.second;

	node->counters.equivocations++;
	log_event(LOG_WARN, "equivocation", "validator %u signed votes of kind %d and %d in view "
		  "%llu that contradict each other", first->signer, (int)first->kind,
		  (int)second->kind, (unsigned long long)first->view);
	evidences_found(node, first, second);
}

static void on_trip(struct node *node, const struct effect *effect)
{
	char hex[HASH_HEX_LEN + 1];

	node->is_tripped = true;
	hex_encode(hex, effect->trip.block.b, sizeof(effect->trip.block.b));
	log_event(LOG_ERROR, "tripped", "this node stops signing: view %llu block %s: %s",
		  (unsigned long long)effect->trip.view, hex, err_text(effect->trip.reason));
}

static void on_sending(struct node *node, const struct effect *effect);

static void carry_out(struct node *node, const struct effect *effect)
{
	switch (effect->kind) {
	case EFFECT_PERSIST:
		on_persist(node, effect);
		return;
	case EFFECT_FORGET:
		journal_forget(node, effect->forget.epoch, effect->forget.view);
		return;
	case EFFECT_ARM:
		io_arm(node->io, SLOT_CORE + (unsigned)effect->arm.timer, effect->arm.delay_us);
		return;
	case EFFECT_CANCEL:
		io_cancel(node->io, SLOT_CORE + (unsigned)effect->arm.timer);
		return;
	case EFFECT_BUILD:
		execution_build(node, effect);
		return;
	case EFFECT_BODY:
		on_body(node, effect);
		return;
	case EFFECT_VALIDATE:
		execution_validate(node, &effect->block);
		return;
	case EFFECT_DELIVER:
		execution_deliver(node, &effect->deliver.block, effect->deliver.finalization);
		return;
	case EFFECT_RANGE:
		ranges_want(node, effect->from_height);
		return;
	case EFFECT_EVIDENCE:
		on_evidence(node, effect);
		return;
	case EFFECT_TRIP:
		on_trip(node, effect);
		return;
	case EFFECT_VOTE:
	case EFFECT_PROPOSE:
	case EFFECT_CERTIFICATE:
	case EFFECT_ANNOUNCEMENT:
	case EFFECT_BLOCK:
	case EFFECT_STATUS:
	case EFFECT_VOTES:
	case EFFECT_REQUEST_CERTIFICATE:
	case EFFECT_REQUEST_VOTES:
	case EFFECT_REQUEST_BLOCK:
		on_sending(node, effect);
		return;
	}
	UNREACHABLE();
}

static void on_sending(struct node *node, const struct effect *effect)
{
	switch (effect->kind) {
	case EFFECT_VOTE:
		on_vote(node, effect);
		return;
	case EFFECT_PROPOSE:
		on_propose(node, effect);
		return;
	case EFFECT_CERTIFICATE:
		outbound_certificate(node, effect->to, effect->certificate);
		return;
	case EFFECT_ANNOUNCEMENT:
		outbound_announcement(node, effect->to, &effect->request);
		return;
	case EFFECT_BLOCK:
		outbound_block(node, effect->to, &effect->proposal.block,
			       effect->proposal.has_vote ? &effect->proposal.vote : NULL,
			       effect->proposal.justification, effect->proposal.justification_count);
		return;
	case EFFECT_STATUS:
		outbound_status(node, effect->to, &effect->status.status, effect->status.votes,
				effect->status.votes_count);
		return;
	case EFFECT_VOTES:
		outbound_votes(node, effect->to, effect->votes.votes, effect->votes.votes_count);
		return;
	case EFFECT_REQUEST_CERTIFICATE:
		outbound_certificate_request(node, effect->to, &effect->request);
		return;
	case EFFECT_REQUEST_VOTES:
		outbound_votes_request(node, effect->to, &effect->request);
		return;
	case EFFECT_REQUEST_BLOCK:
		outbound_block_request(node, effect->to, &effect->request.block);
		return;
	case EFFECT_PERSIST:
	case EFFECT_FORGET:
	case EFFECT_ARM:
	case EFFECT_CANCEL:
	case EFFECT_BUILD:
	case EFFECT_BODY:
	case EFFECT_VALIDATE:
	case EFFECT_DELIVER:
	case EFFECT_RANGE:
	case EFFECT_EVIDENCE:
	case EFFECT_TRIP:
		break;
	}
	UNREACHABLE();
}

void effects_run(struct node *node)
{
	for (size_t i = 0; i < node->effects.count && !node->is_stopped; i++)
		carry_out(node, &node->effects.list[i]);
}
