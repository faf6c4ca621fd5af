#include "node/peers.h"

#include <stdlib.h>

#include "node/pump.h"

struct peer_table {
	struct peer_list list;
	uint32_t count;
};

struct peer_table *peers_new(void)
{
	struct peer_table *table = pump_alloc(1, sizeof(*table));

	LIST_INIT(&table->list);
	return table;
}

static void peer_free(struct peer_state *peer)
{
	inbound_queue_release(&peer->queue);
	LIST_REMOVE(peer, link);
	free(peer);
}

void peers_free(struct peer_table *table)
{
	if (table == NULL)
		return;
	while (!LIST_EMPTY(&table->list))
		peer_free(LIST_FIRST(&table->list));
	free(table);
}

struct peer_state *peers_find(const struct node *node, uint32_t number)
{
	struct peer_state *peer;

	LIST_FOREACH(peer, &node->peers->list, link) {
		if (peer->number == number)
			return peer;
	}
	return NULL;
}

void peers_open(struct node *node, uint32_t number)
{
	struct peer_state *peer = peers_find(node, number);

	if (peer != NULL || node->peers->count == NODE_PEERS_MAX)
		return;
	peer = pump_alloc(1, sizeof(*peer));
	peer->number = number;
	inbound_queue_init(&peer->queue);
	quota_init(&peer->asking, &quota_asking, io_now_us(node->io));
	LIST_INSERT_HEAD(&node->peers->list, peer, link);
	node->peers->count++;
}

void peers_close(struct node *node, uint32_t number)
{
	struct peer_state *peer = peers_find(node, number);

	if (peer == NULL)
		return;
	peer_free(peer);
	node->peers->count--;
}

struct peer_list *peers_list(const struct node *node)
{
	return &node->peers->list;
}

void peers_hear_status(struct node *node, uint32_t number, const Stele__StatusMessage *status)
{
	struct peer_state *peer = peers_find(node, number);

	if (peer == NULL)
		return;
	peer->final_height = status->final_height;
	peer->committed_height = status->committed_height;
	if (status->time_ms != 0 && status->time_ms <= INT64_MAX) {
		peer->has_clock = true;
		peer->skew_ms = (int64_t)status->time_ms - (int64_t)io_wall_ms(node->io);
	}
}

uint64_t peers_height(const struct node *node)
{
	uint64_t claims[LIMIT_VALIDATORS]; /* descending */
	uint32_t count = 0, faults = set_faults(node->set->count);
	const struct peer_state *peer;

	LIST_FOREACH(peer, &node->peers->list, link) {
		uint32_t at;

		if (peer->number >= node->set->count)
			continue;
		for (at = count++; at > 0 && claims[at - 1] < peer->final_height; at--)
			claims[at] = claims[at - 1];
		claims[at] = peer->final_height;
	}
	return count > faults ? claims[faults] : 0;
}
