/* Villains: a Byzantine node is an honest pump whose words are twisted on their
 * way out, signed with its own keys only. */
#ifndef STELE_TESTS_SIM_VILLAIN_H
#define STELE_TESTS_SIM_VILLAIN_H

#include "proto/peer.h"
#include "tests/sim/world.h"

const char *villain_name(enum villain kind);
bool villain_by_name(enum villain *out, const char *name);
/* True: the frame was dealt with, and does not leave as it is. */
bool villain_on_send(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		     struct bytes payload);
bool villain_equivocator(struct world *world, uint32_t from, uint32_t to, uint8_t type,
			 struct bytes payload);
bool villain_skipper(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		     struct bytes payload);
bool villain_silent(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		    struct bytes payload);

bool villain_liar(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		  struct bytes payload);
bool villain_withholder(struct world *world, uint32_t from, uint32_t to, uint8_t type,
			struct bytes payload);
bool villain_inventor(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		      struct bytes payload);
bool villain_filler(struct world *world, uint32_t from, uint32_t to, uint8_t type,
		    struct bytes payload);
/* Signs a vote with the villain's key; block and signature are lent to it. */
void villain_sign(struct world *world, uint32_t from, Stele__VoteMessage *vote,
		  struct hash *block, struct signature *signature);
void villain_post(struct world *world, uint32_t from, uint32_t to, enum peer_type type,
		  const void *message);

#endif
