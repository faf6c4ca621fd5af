/* Villains: a Byzantine node is an honest pump whose words are twisted on their
 * way out, signed with its own keys only. */
#ifndef STELE_TESTS_SIM_VILLAIN_H
#define STELE_TESTS_SIM_VILLAIN_H

#include "proto/header.h"
#include "proto/peer.h"
#include "tests/sim/world.h"

const char *villain_name(enum villain kind);
bool villain_by_name(enum villain *out, const char *name);
/* True: the frame was dealt with, and does not leave as it is. */
bool villain_on_send(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		     struct bytes payload);
bool villain_play(struct world *world, enum villain part, uint32_t from, uint32_t to,
		  uint8_t type, struct bytes payload);
/* The kind that the node is, or plays at present. */
enum villain villain_part(const struct world *world, uint32_t node);
#define VILLAIN_DECLARE(NAME, name) \
	bool villain_##name(struct world *world, uint32_t from, uint32_t to, uint8_t type, \
			    struct bytes payload);
VILLAIN_LIST(VILLAIN_DECLARE)
#undef VILLAIN_DECLARE

/* Decodes the frame for twist, which answers as villain_on_send does. */
typedef bool villain_twist(struct world *world, uint32_t from, uint32_t to, void *message);
bool villain_decoded(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		     struct bytes payload, villain_twist *twist);

/* A proposal with another header, and the villain's vote for it; release its text. */
struct resigned {
	struct buf text;
	struct hash block;
	struct signature signature;
};
void villain_resign(struct world *world, uint32_t from, Stele__ProposalMessage *proposal,
		    const struct header *header, struct resigned *out);
/* A number of these and of the seed only. */
uint64_t villain_dice(const struct world *world, uint64_t a, uint64_t b);
/* Signs a vote with the villain's key; block and signature are lent to it. */
void villain_sign(struct world *world, uint32_t from, Stele__VoteMessage *vote,
		  struct hash *block, struct signature *signature);
void villain_post(struct world *world, uint32_t from, uint32_t to, enum peer_type type,
		  const void *message);
/* True: this villain does not hear the frame. */
bool villain_on_arrival(struct world *world, uint32_t node, uint32_t from, uint8_t type,
			struct bytes payload);
/* Before this villain's node starts: what it has forgotten. */
void villain_on_start(struct world *world, uint32_t node);

#endif
