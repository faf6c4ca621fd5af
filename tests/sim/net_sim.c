/* The network between the nodes: sessions, and frames on their way. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/faults.h"
#include "tests/sim/judge.h"
#include "tests/sim/record.h"
#include "tests/sim/villain.h"

#define OPEN_MAX_US 20000u

struct net {
	struct world *world;
	uint32_t node;
	uint64_t coming[WORLD_NODES_MAX];  /* the number of a session that opens soon */
	uint64_t session[WORLD_NODES_MAX]; /* and of an open one; 0: none */
	uint64_t last_us[WORLD_NODES_MAX]; /* when the last frame to it arrives */
	uint64_t queued[WORLD_NODES_MAX];  /* bytes on their way to it */
};

struct frame {
	struct world *world;
	uint32_t from, to;
	uint64_t from_life;
	uint64_t session;
	uint8_t type;
	size_t len;
	uint8_t payload[];
};

struct knock {
	uint32_t peer; /* a node */
	uint64_t session;
	bool is_up;
};

struct net *net_sim_new(struct world *world, uint32_t node)
{
	struct net *net = calloc(1, sizeof(*net));

	ASSERT(net != NULL);
	net->world = world;
	net->node = node;
	return net;
}

void net_sim_free(struct net *net)
{
	free(net);
}

struct world *net_sim_world(const struct net *net)
{
	return net->world;
}

uint32_t net_sim_node(const struct net *net)
{
	return net->node;
}

/* How the others know a node: validators by index, which twins share. */
static uint32_t peer_of(const struct world *world, uint32_t node)
{
	return node < world->voters ? world->nodes[node].self : NET_OBSERVERS + node - world->voters;
}

/* --- sessions ------------------------------------------------------------ */

static void close_session(struct world *world, uint32_t node, uint32_t peer)
{
	world->nodes[node].net->session[peer] = 0;
	judge_on_close(world, node, peer);
	node_on_close(world->nodes[node].node, peer_of(world, peer), ERR_NET_CONNECT);
}

static void on_knock(struct world *world, uint32_t node, void *argument)
{
	struct knock knock = *(struct knock *)argument;
	struct sim_node *sim = &world->nodes[node];
	struct public_key key;

	free(argument);
	if (!knock.is_up) {
		if (sim->net->session[knock.peer] == knock.session)
			close_session(world, node, knock.peer);
		return;
	}
	if (sim->net->coming[knock.peer] != knock.session || sim->is_stopped)
		return; /* the other has gone meanwhile, or this one has */
	if (sim->net->session[knock.peer] != 0)
		close_session(world, node, knock.peer);
	sim->net->coming[knock.peer] = 0;
	if (sign_public(&key, &world->nodes[knock.peer].node_key) ||
	    (knock.peer >= world->voters && !node_may_observe(sim->node, &key))) {
		world_fail(world, "setup: node %u refuses node %u", node, knock.peer);
		return;
	}
	sim->net->session[knock.peer] = knock.session;
	node_on_open(sim->node, peer_of(world, knock.peer), &key, "simulated");
}

static void knock(struct world *world, uint32_t node, uint32_t peer, uint64_t session, bool is_up)
{
	struct knock *knock = calloc(1, sizeof(*knock));

	ASSERT(knock != NULL);
	*knock = (struct knock){peer, session, is_up};
	world_at(world, 1 + rng_below(&world->rng_net, OPEN_MAX_US), node, on_knock, free, knock);
}

/* The session that both ends know, open or about to be; 0: none. */
static uint64_t common(const struct world *world, uint32_t a, uint32_t b)
{
	const struct net *of_a = world->nodes[a].net, *of_b = world->nodes[b].net;
	uint64_t at_a = of_a->coming[b] != 0 ? of_a->coming[b] : of_a->session[b];
	uint64_t at_b = of_b->coming[a] != 0 ? of_b->coming[a] : of_b->session[a];

	return at_a == at_b ? at_a : 0;
}

void net_sim_connect(struct world *world, uint32_t a, uint32_t b)
{
	uint64_t session;

	if (a == b || world->nodes[a].node == NULL || world->nodes[b].node == NULL ||
	    !faults_net_has_line(world, a, b) || common(world, a, b) != 0)
		return;
	session = ++world->sessions;
	world->nodes[a].net->coming[b] = session;
	world->nodes[b].net->coming[a] = session;
	knock(world, a, b, session, true);
	knock(world, b, a, session, true);
}

bool net_sim_reset(struct world *world, uint32_t a, uint32_t b)
{
	uint64_t session;

	if (a == b || world->nodes[a].node == NULL || world->nodes[b].node == NULL)
		return false;
	session = world->nodes[a].net->session[b];
	if (session == 0 || world->nodes[b].net->session[a] != session)
		return false;
	world->statistics.resets++;
	knock(world, a, b, session, false);
	knock(world, b, a, session, false);
	return true;
}

void net_sim_up(struct world *world, uint32_t node)
{
	for (uint32_t i = 0; i < world->count; i++)
		net_sim_connect(world, node, i);
}

void net_sim_down(struct world *world, uint32_t node)
{
	for (uint32_t i = 0; i < world->count; i++) {
		struct net *net = world->nodes[i].net;

		if (i == node || world->nodes[i].node == NULL)
			continue;
		net->coming[node] = 0;
		if (net->session[node] != 0)
			knock(world, i, node, net->session[node], false);
	}
}

/* --- frames -------------------------------------------------------------- */

static void frame_free(void *argument)
{
	struct frame *frame = argument;
	struct sim_node *from = &frame->world->nodes[frame->from];

	if (from->net != NULL && from->life == frame->from_life)
		from->net->queued[frame->to] -= frame->len;
	free(frame);
}

static void arrive(struct world *world, uint32_t node, void *argument)
{
	struct frame *frame = argument;
	struct sim_node *sim = &world->nodes[node];
	struct bytes payload = bytes_of(frame->payload, frame->len);

	if (sim->net->session[frame->from] == frame->session &&
	    !villain_on_arrival(world, node, frame->from, frame->type, payload)) {
		record_got(world, node, frame->from, frame->type, payload);
		judge_on_arrival(world, node, frame->from, frame->type, payload);
		meter = (struct meter){.frames_in = 1};
		node_on_frame(sim->node, peer_of(world, frame->from), frame->type, payload);
	}
	frame_free(frame);
}

/* The frame has come as far as the receiver's own line. */
static void land(struct world *world, uint32_t node, void *argument)
{
	struct frame *frame = argument;

	world_at(world, costs_land_us(world, node, frame->len), node, arrive, frame_free, frame);
}

static void post_one(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		     struct bytes payload)
{
	struct net *net = world->nodes[from].net;
	struct frame *frame = malloc(sizeof(*frame) + payload.len);
	uint64_t delay = faults_net_delay(world, to, payload.len);

	ASSERT(frame != NULL);
	*frame = (struct frame){
		.world = world,
		.from = from,
		.to = to,
		.from_life = world->nodes[from].life,
		.session = net->session[to],
		.type = type,
		.len = payload.len,
	};
	if (payload.len > 0)
		memcpy(frame->payload, payload.at, payload.len);
	net->queued[to] += payload.len;
	if (costs_count(world))
		delay = costs_carry_us(world, from, to, payload.len, world->scene.delay_min_us);
	if (world->scene.is_ordered) {
		uint64_t at_us = world->now_us + delay;

		if (at_us <= net->last_us[to])
			at_us = net->last_us[to] + 1;
		net->last_us[to] = at_us;
		delay = at_us - world->now_us;
	}
	if (costs_count(world))
		world_at_beside(world, delay, to, land, frame_free, frame);
	else
		world_at(world, delay, to, arrive, frame_free, frame);
}

void net_sim_post(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		  struct bytes payload)
{
	struct meter own = meter;

	record_sent(world, from, to, type, payload);
	judge_on_send(world, from, to, type, payload);
	meter = own;
	world->statistics.parcel_requests += type == PEER_PARCEL_REQUEST;
	if (world->nodes[to].node == NULL || !scene_passes(world, from, to))
		return;
	if (!world->is_calm && rng_chance(&world->rng_net, world->scene.loss_ppm))
		return;
	post_one(world, from, to, type, payload);
	if (!world->is_calm && rng_chance(&world->rng_net, world->scene.duplicate_ppm))
		post_one(world, from, to, type, payload);
}

/* An empty queue takes any frame. */
static bool fits(const struct net *net, uint32_t to, size_t len)
{
	uint64_t max = net->world->scene.queue_bytes;

	return max == 0 || net->queued[to] == 0 || net->queued[to] + len <= max;
}

static bool send_to(struct net *net, uint32_t to, uint8_t type, struct bytes payload)
{
	struct world *world = net->world;

	if (to >= world->count || net->session[to] == 0 || !fits(net, to, payload.len))
		return false;
	if (world_is_correct(world, net->node) ||
	    !villain_on_send(world, net->node, to, type, payload))
		net_sim_post(world, net->node, to, type, payload);
	return true;
}

bool net_send(struct net *net, uint32_t peer, enum peer_type type, struct bytes payload)
{
	struct world *world = net->world;
	bool is_sent = false;

	if (world->nodes[net->node].is_stopped)
		world_fail(world, "judge 7: node %u speaks after its disk failed", net->node);
	if (peer >= NET_OBSERVERS)
		return send_to(net, peer - NET_OBSERVERS + world->voters, (uint8_t)type, payload);
	for (uint32_t to = peer; to < world->voters; to += world->scene.nodes)
		is_sent = send_to(net, to, (uint8_t)type, payload) || is_sent;
	return is_sent;
}

bool net_has_room(const struct net *net, uint32_t peer, uint64_t bytes)
{
	const struct world *world = net->world;
	uint32_t to = peer < NET_OBSERVERS ? peer : peer - NET_OBSERVERS + world->voters;
	uint64_t most = world->scene.queue_bytes / 2;

	return world->scene.queue_bytes == 0 ||
	       (to < world->count && net->queued[to] < (bytes < most ? bytes : most));
}

void net_broadcast(struct net *net, enum peer_type type, struct bytes payload, bool is_all)
{
	const struct world *world = net->world;
	uint32_t observers = is_all ? world->scene.observers : 0;

	for (uint32_t i = 0; i < world->scene.nodes; i++)
		(void)net_send(net, i, type, payload);
	for (uint32_t i = 0; i < observers; i++)
		(void)net_send(net, NET_OBSERVERS + i, type, payload);
}

void net_punish(struct net *net, uint32_t peer, enum err reason)
{
	struct world *world = net->world;
	uint32_t node = peer < NET_OBSERVERS ? peer : peer - NET_OBSERVERS + world->voters;

	if (world_is_correct(world, net->node) && world_is_correct(world, node))
		world_fail(world, "punish: node %u punishes the correct node %u: %s", net->node,
			   node, err_name(reason));
}

size_t net_peers(const struct net *net, struct net_peer_status *out, size_t max)
{
	(void)net;
	(void)out;
	(void)max;
	return 0;
}
