/* Judges: independent code that watches every word sent, every record written,
 * every step and every commit, and objects when something may not be.
 *
 * Numbers are those of docs/testing.md. */
#ifndef STELE_TESTS_SIM_JUDGE_H
#define STELE_TESTS_SIM_JUDGE_H

#include "tests/sim/world.h"

struct judge *judge_new(struct world *world);
void judge_free(struct judge *judge);

/* context: the node's struct net, which knows world and node. */
void judge_on_step(void *context, const struct core *core, const struct event *event,
		   enum verdict verdict, const struct effects *effects);
void judge_on_commit(const struct net *net, const struct ledger_committed *committed);
void judge_on_send(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		   struct bytes payload);
void judge_on_arrival(struct world *world, uint32_t node, uint32_t from, uint8_t type,
		      struct bytes payload);
void judge_on_durable(struct world *world, uint32_t node, enum table table, struct bytes key,
		      struct bytes value);
void judge_on_start(struct world *world, uint32_t node);
void judge_on_crash(struct world *world, uint32_t node);
/* The node's session with the peer ended. */
void judge_on_close(struct world *world, uint32_t node, uint32_t peer);
/* Of a node that is down: what it has signed is lost to it. */
void judge_on_loss(struct world *world, uint32_t node);
/* It does not know what it signed, or is silent still since it did not. */
bool judge_is_lost(const struct world *world, uint32_t node);
/* Of the newest vote it sent. */
uint64_t judge_voted_view(const struct world *world, uint32_t node);
/* A villain contradicted itself towards these. */
void judge_on_injection(struct world *world, uint64_t view);
/* A watched transaction was taken by a node: it must be in a block soon. */
void judge_on_taken(struct world *world, const struct hash *id);
bool judge_awaits_taken(const struct world *world);
/* Whether a correct node's ledger lacks evidence that correct nodes know; what: says so. */
bool judge_awaits_evidence(struct world *world, char *what, size_t what_max);
void judge_at_end(struct world *world);
/* The lowest height that all correct nodes have committed. */
uint64_t judge_height(const struct world *world);

struct world *net_sim_world(const struct net *net);
uint32_t net_sim_node(const struct net *net);

#endif
