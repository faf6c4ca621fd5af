/* The network between the nodes: delays, loss, duplicates, partitions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/judge.h"
#include "tests/sim/record.h"
#include "tests/sim/villain.h"
#include "tests/sim/world.h"

#define OPEN_MAX_US 20000u
#define US_PER_KB 10u /* 100 MB/s */

struct net {
	struct world *world;
	uint32_t node;
	uint64_t session[WORLD_NODES_MAX]; /* the other's life; 0: none */
	uint64_t last_us[WORLD_NODES_MAX]; /* when the last frame to it arrives */
};

struct frame {
	uint32_t from;
	uint64_t from_life;
	uint8_t type;
	size_t len;
	uint8_t payload[];
};

struct knock {
	uint32_t peer;
	uint64_t life;
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

/* --- sessions ------------------------------------------------------------ */

static void on_knock(struct world *world, uint32_t node, void *argument)
{
	struct knock knock = *(struct knock *)argument;
	struct sim_node *sim = &world->nodes[node];
	struct public_key key = {{0}};

	free(argument);
	if (knock.is_up) {
		if (world->nodes[knock.peer].life != knock.life)
			return;
		sim->net->session[knock.peer] = knock.life;
		node_on_open(sim->node, world->nodes[knock.peer].self, &key, "simulated");
	} else if (sim->net->session[knock.peer] == knock.life) {
		sim->net->session[knock.peer] = 0;
		node_on_close(sim->node, world->nodes[knock.peer].self, ERR_NET_CONNECT);
	}
}

static void knock(struct world *world, uint32_t node, uint32_t peer, bool is_up, uint64_t delay_us)
{
	struct knock *knock = calloc(1, sizeof(*knock));

	ASSERT(knock != NULL);
	*knock = (struct knock){peer, world->nodes[peer].life, is_up};
	world_at(world, delay_us, node, on_knock, free, knock);
}

void net_sim_up(struct world *world, uint32_t node)
{
	for (uint32_t i = 0; i < world->count; i++) {
		uint64_t delay_us = 1 + rng_below(&world->rng_net, OPEN_MAX_US);

		if (world->nodes[i].self == world->nodes[node].self ||
		    world->nodes[i].node == NULL)
			continue;
		knock(world, node, i, true, delay_us);
		knock(world, i, node, true, delay_us);
	}
}

void net_sim_down(struct world *world, uint32_t node)
{
	for (uint32_t i = 0; i < world->count; i++) {
		struct sim_node *other = &world->nodes[i];

		if (i == node || other->node == NULL || other->net->session[node] == 0)
			continue;

		knock(world, i, node, false, 1 + rng_below(&world->rng_net, OPEN_MAX_US));

	}
}

/* --- frames -------------------------------------------------------------- */

static void arrive(struct world *world, uint32_t node, void *argument)
{
	struct frame *frame = argument;
	struct sim_node *sim = &world->nodes[node];
	struct bytes payload = bytes_of(frame->payload, frame->len);

	if (sim->net->session[frame->from] == frame->from_life &&
	    !villain_on_arrival(world, node, frame->from, frame->type, payload)) {
		record_got(world, node, frame->from, frame->type, payload);
		judge_on_arrival(world, node, frame->from, frame->type, payload);
		node_on_frame(sim->node, world->nodes[frame->from].self, frame->type, payload);
	}
	free(frame);
}

static uint64_t delay_of(struct world *world, size_t len)
{
	const struct scene *scene = &world->scene;
	uint64_t delay = scene->delay_min_us;

	delay += rng_below(&world->rng_net, scene->delay_max_us - scene->delay_min_us + 1);
	if (!world->is_calm && rng_chance(&world->rng_net, scene->slow_ppm))
		delay += rng_below(&world->rng_net, scene->slow_max_us + 1);
	return delay + len / 1024 * US_PER_KB;
}

static void post_one(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		     struct bytes payload)
{
	struct net *net = world->nodes[from].net;
	struct frame *frame = calloc(1, sizeof(*frame) + payload.len);
	uint64_t delay = delay_of(world, payload.len);

	ASSERT(frame != NULL);
	frame->from = from;
	frame->from_life = world->nodes[from].life;
	frame->type = type;
	frame->len = payload.len;
	if (payload.len > 0)
		memcpy(frame->payload, payload.at, payload.len);
	if (world->scene.is_ordered) {
		uint64_t at_us = world->now_us + delay;

		if (at_us <= net->last_us[to])
			at_us = net->last_us[to] + 1;
		net->last_us[to] = at_us;
		delay = at_us - world->now_us;
	}
	world_at(world, delay, to, arrive, free, frame);
}

void net_sim_post(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		  struct bytes payload)
{
	record_sent(world, from, to, type, payload);
	judge_on_send(world, from, to, type, payload);
	if (world->nodes[to].node == NULL || world->nodes[from].is_mute ||
	    !scene_passes(world, from, to))
		return;
	if (!world->is_calm && rng_chance(&world->rng_net, world->scene.loss_ppm))
		return;
	post_one(world, from, to, type, payload);
	if (!world->is_calm && rng_chance(&world->rng_net, world->scene.duplicate_ppm))
		post_one(world, from, to, type, payload);
}

bool net_send(struct net *net, uint32_t peer, enum peer_type type, struct bytes payload)
{
	struct world *world = net->world;
	bool is_sent = false;

	if (world->nodes[net->node].is_stopped)
		world_fail(world, "judge 7: node %u speaks after its disk failed", net->node);
	for (uint32_t to = peer; to < world->count; to += world->scene.nodes) {
		if (net->session[to] == 0 || world->nodes[net->node].self == peer)
			continue;
		is_sent = true;
		if (world_is_correct(world, net->node) ||
		    !villain_on_send(world, net->node, to, (uint8_t)type, payload))
			net_sim_post(world, net->node, to, (uint8_t)type, payload);
	}
	return is_sent;
}

bool net_has_room(const struct net *net, uint32_t peer)
{
	(void)net;
	(void)peer;
	return true; /* its queues have no end */
}

void net_broadcast(struct net *net, enum peer_type type, struct bytes payload, bool is_all)
{
	(void)is_all;
	for (uint32_t i = 0; i < net->world->scene.nodes; i++)
		(void)net_send(net, i, type, payload);
}

void net_punish(struct net *net, uint32_t peer, enum err reason)
{
	struct world *world = net->world;

	if (world_is_correct(world, net->node) && world_is_correct(world, peer))
		world_fail(world, "punish: node %u punishes the correct node %u: %s", net->node,
			   peer, err_name(reason));
}

size_t net_peers(const struct net *net, struct net_peer_status *out, size_t max)
{
	(void)net;
	(void)out;
	(void)max;
	return 0;
}
