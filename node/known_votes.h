/* The votes whose signatures this node has found good or made itself: a vote comes
 * alone and in the certificates of several peers, and is checked once.  Bounded: the
 * oldest are forgotten, and would be checked again.  Thread-safe. */
#ifndef STELE_NODE_KNOWN_VOTES_H
#define STELE_NODE_KNOWN_VOTES_H

#include "proto/certificate.h"

struct node;

/* This very vote, with this very signature. */
bool known_vote(const struct node *node, const struct vote *vote);
void known_votes_add(const struct node *node, const struct vote *vote);
/* A bit for each signer whose vote in the certificate is known; gives how many are not. */
uint32_t known_votes_in(const struct node *node, const struct certificate *certificate,
			uint8_t known[LIMIT_QUORUM_BITMAP]);
/* All of a certificate that holds. */
void known_votes_add_all(const struct node *node, const struct certificate *certificate);

#endif
