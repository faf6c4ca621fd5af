#include "node/node.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/ledger.h"
#include "node/bodies.h"
#include "node/clients.h"
#include "node/effects.h"
#include "node/evidences.h"
#include "node/execution.h"
#include "node/flight.h"
#include "node/inbound.h"
#include "node/journal.h"
#include "node/packer.h"
#include "node/passing.h"
#include "node/peers.h"
#include "node/pool.h"
#include "node/pump.h"
#include "node/ranges.h"
#include "node/room.h"
#include "node/status.h"
#include "node/work.h"

#define VERIFIED_MAX 262144u
#define HOUSE_US 1000000u
#define REMIND_DELTAS 8u /* after which a parcel is sent again, though views go on */

/* --- small services of pump.h -------------------------------------------- */

void *pump_alloc(size_t count, size_t size)
{
	void *at = calloc(count, size);

	ASSERT(at != NULL);
	return at;
}

struct bytes pump_copy(struct bytes bytes)
{
	uint8_t *at;

	if (bytes.len == 0)
		return (struct bytes){NULL, 0};
	at = pump_alloc(1, bytes.len);
	memcpy(at, bytes.at, bytes.len);
	return bytes_of(at, bytes.len);
}

void pump_stop(struct node *node, enum err reason, const char *what)
{
	if (node->is_stopped)
		return;
	node->is_stopped = true;
	io_stop(node->io, reason, what);
}

/* --- stepping the core --------------------------------------------------- */

static enum verdict step(struct node *node, const struct event *given)
{
	struct event event = *given;
	enum verdict verdict;

	event.now_us = io_now_us(node->io);
	event.wall_ms = io_wall_ms(node->io);
	effects_reset(&node->effects);
	verdict = core_step(node->core, &event, &node->effects);
	if (node->watcher != NULL)
		node->watcher(node->watcher_context, node->core, &event, verdict, &node->effects);
	effects_run(node);
	node->is_work_stale = true;
	return verdict;
}

static void queue_event(struct node *node, const struct event *event)
{
	if (node->queue_count == node->queue_room) {
		struct event *wider = pump_alloc(node->queue_room * 2, sizeof(*wider));

		for (size_t i = 0; i < node->queue_count; i++)
			wider[i] = node->queue[(node->queue_first + i) % node->queue_room];
		free(node->queue);
		node->queue = wider;
		node->queue_first = 0;
		node->queue_room *= 2;
	}
	node->queue[(node->queue_first + node->queue_count++) % node->queue_room] = *event;
}

enum verdict pump_event(struct node *node, const struct event *event)
{
	enum verdict verdict;

	if (node->is_stopped)
		return IGNORED_UNWANTED;
	if (node->is_stepping) {
		queue_event(node, event);
		return ACCEPTED;
	}
	node->is_stepping = true;
	verdict = step(node, event);
	while (node->queue_count > 0 && !node->is_stopped) {
		struct event queued = node->queue[node->queue_first];

		node->queue_first = (node->queue_first + 1) % node->queue_room;
		node->queue_count--;
		(void)step(node, &queued);
	}
	node->is_stepping = false;
	return verdict;
}

void pump_settle(struct node *node)
{
	if (node->is_stopped || node->is_settling || !node->is_started)
		return;
	node->is_settling = true;
	clients_run(node);
	if (!node->is_paused) {
		packer_run(node);
		work_update(node);
		execution_run(node);
	}
	if (!node->is_paused && !node->is_stopped)
		journal_flush(node);
	node->is_settling = false;
}

/* --- life ---------------------------------------------------------------- */

static enum err open_ledger(struct node *node)
{
	const struct node_config *config = &node->config;
	struct ledger_tip tip;
	enum err err = ledger_open_with(&node->ledger, config->chain_store,
					config->checkpoint_store, config->genesis,
					config->genesis_text);

	if (err)
		return err;
	ledger_tip(node->ledger, &tip);
	node->tip_height = tip.height;
	node->tip_time_ms = tip.time_ms;
	node->tip_block = tip.block;
	return ERR_OK;
}

static enum err open_core(struct node *node)
{
	struct core_config config = {
		.chain = node->chain,
		.epoch = node->epoch,
		.set = node->set,
		.self = node->self,
		.timers = node->config.genesis->timers,
		.jitter_seed = node->config.seed,
	};
	struct ledger_view *view;
	struct view_block zero;
	enum err err = ledger_view_open(node->ledger, &view);

	if (err)
		return err;
	err = view_block(view, 0, &zero);
	if (!err) {
		config.view0_header = zero.header_text;
		node->core = core_new(&config);
		err = node->core == NULL ? ERR_MEMORY : ERR_OK;
	}
	ledger_view_close(view);
	return err;
}

static enum err open_parts(struct node *node)
{
	const struct node_config *config = &node->config;
	struct mempool_bounds bounds = {
		.count_max = config->pool_count_max,
		.bytes_max = config->pool_bytes_max,
		.count_max_org = config->pool_count_max / 8 + 1,
	};
	enum err err;

	node->verified = verified_new(VERIFIED_MAX);
	node->votes = verified_new((size_t)KNOWN_VOTES_PER_SIGNER * node->set->count);
	node->mempool = mempool_new(&bounds, config->seed);
	if (node->verified == NULL || node->votes == NULL || node->mempool == NULL)
		return ERR_MEMORY;
	node->pool = pool_new(config->seed);
	node->passing = passing_new(node->set->count);
	node->evidences = evidences_new();
	node->flights = flights_new(config->seed);
	node->inbound = inbound_new();
	node->packer = packer_new();
	node->execution = execution_new();
	node->ranges = ranges_new();
	node->clients = clients_new(config->seed);
	node->peers = peers_new();
	node->queue = pump_alloc(EVENTS_QUEUED, sizeof(struct event));
	node->queue_room = EVENTS_QUEUED;
	err = open_ledger(node);
	if (!err)
		err = journal_open(&node->journal, node);
	if (!err)
		err = pool_load(node);
	if (!err)
		err = evidences_load(node);
	if (!err)
		err = open_core(node);
	return err;
}

enum err node_new(struct node **out, const struct node_config *config)
{
	struct node *node = pump_alloc(1, sizeof(*node));
	enum err err;

	node->config = *config;
	node->io = config->io;
	node->set = &config->genesis->set;
	node->chain = config->genesis->chain;
	node->self = config->self;
	LIST_INIT(&node->jobs);
	rng_init(&node->rng, config->seed);
	effects_init(&node->effects);
	err = open_parts(node);
	if (err) {
		node_free(node);
		return err;
	}
	*out = node;
	return ERR_OK;
}

void node_free(struct node *node)
{
	if (node == NULL)
		return;
	peers_free(node->peers); /* before the jobs that hold their messages */
	jobs_release(&node->jobs);
	core_free(node->core);
	effects_release(&node->effects);
	flights_free(node->flights);
	evidences_free(node->evidences);
	pool_free(node->pool);
	passing_free(node->passing);
	journal_free(node->journal);
	inbound_free(node->inbound);
	packer_free(node->packer);
	execution_free(node->execution);
	ranges_free(node->ranges);
	clients_free(node->clients);
	mempool_free(node->mempool);
	verified_free(node->verified);
	verified_free(node->votes);
	ledger_close(node->ledger);
	free(node->queue);
	free(node);
}

void node_start(struct node *node, struct net *net)
{
	struct event event = {.kind = EVENT_START};
	struct ledger_tip tip;
	struct bytes header;

	node->net = net;
	room_check(node);
	ledger_tip(node->ledger, &tip);
	header = pump_copy(tip.header_text);
	event.start.records = journal_records(node->journal, &event.start.records_count);
	event.start.committed_height = tip.height;
	event.start.committed_block = tip.block;
	event.start.committed_header = header;
	packer_load(node);
	(void)pump_event(node, &event);
	status_begin(node);
	journal_records_drop(node->journal);
	free((void *)(uintptr_t)header.at);
	node->is_started = true;
	io_arm(node->io, SLOT_HOUSE, HOUSE_US);
	pump_settle(node);
}

void node_stop(struct node *node)
{
	struct event event = {.kind = EVENT_STOP};

	(void)pump_event(node, &event);
	pump_settle(node);
}

/* --- from the seams ------------------------------------------------------ */

static void on_house(struct node *node)
{
	(void)mempool_expire(node->mempool, io_wall_ms(node->io));
	packer_on_house(node);
	room_check(node);
	if (!node->is_paused) {
		bodies_remind(node, REMIND_DELTAS * node->config.genesis->timers.delta_us);
		evidences_remind(node);
	}
	status_on_house(node);
	io_arm(node->io, SLOT_HOUSE, HOUSE_US);
}

void node_on_timer(struct node *node, unsigned slot)
{
	struct event event = {.kind = EVENT_TIMER};

	if (node->is_stopped || room_holds(node, slot))
		return;
	if (slot < TIMER_COUNT) {
		event.timer = (enum timer_id)slot;
		(void)pump_event(node, &event);
	} else if (slot == SLOT_FETCH) {
		bodies_on_timer(node);
	} else if (slot == SLOT_REMIND) {
		work_on_timer(node);
	} else if (slot == SLOT_RANGE) {
		ranges_on_timer(node);
	} else if (slot == SLOT_PACK) {
		packer_on_timer(node);
	} else {
		ASSERT(slot == SLOT_HOUSE);
		on_house(node);
	}
	pump_settle(node);
}

void node_on_open(struct node *node, uint32_t peer, const struct public_key *node_key,
		  const char *address)
{
	struct event event = {.kind = EVENT_PEER, .peer = peer};

	(void)node_key;
	if (node->is_stopped)
		return;
	log_event(LOG_INFO, "peer_open", "peer %u at %s", peer, address);
	peers_open(node, peer);
	event.peer_change.is_up = true;
	(void)pump_event(node, &event);
	pump_settle(node);
}

void node_on_close(struct node *node, uint32_t peer, enum err reason)
{
	struct event event = {.kind = EVENT_PEER, .peer = peer};

	if (node->is_stopped)
		return;
	log_event(LOG_INFO, "peer_close", "peer %u: %s", peer, err_text(reason));
	peers_close(node, peer);
	ranges_on_close(node, peer);
	event.peer_change.is_up = false;
	(void)pump_event(node, &event);
	pump_settle(node);
}

void node_on_frame(struct node *node, uint32_t peer, uint8_t type, struct bytes payload)
{
	if (node->is_stopped)
		return;
	inbound_on_frame(node, peer, type, payload);
	pump_settle(node);
}

bool node_may_observe(struct node *node, const struct public_key *node_key)
{
	char org[LIMIT_SEGMENT + 1];

	return ledger_find_peer_key(node->ledger, node_key, org) == ERR_OK;
}

void node_listen(struct node *node, committed_listener *listener, void *context)
{
	node->listener = listener;
	node->listener_context = context;
}

void node_watch(struct node *node, node_watcher *watcher, void *context)
{
	node->watcher = watcher;
	node->watcher_context = context;
}

struct ledger *node_ledger(struct node *node)
{
	return node->ledger;
}
