/* What the judges know; private to tests/sim/judge*.c. */
#ifndef STELE_TESTS_SIM_JUDGE_STATE_H
#define STELE_TESTS_SIM_JUDGE_STATE_H

#include "node/digests.h"
#include "proto/header.h"
#include "proto/vote.h"
#include "tests/sim/judge.h"

/* What one node said about one view. */
struct said {
	bool has_notarize, has_nullify, has_finalize;
	bool is_notarize_late; /* entered after the nullify */
	bool is_contradicted;  /* by something heard later */
	uint64_t contradicted_us;
	uint64_t heard_us; /* the newest vote */
	struct hash notarize, finalize;
};

/* Who signed this, by certificates that correct nodes hold. */
struct held_votes {
	enum vote_kind kind;
	struct hash block;
	struct node_set signers;
};
#define HELD_MAX 6u /* N, X, F, and as many that contradict them */

struct seen_view {
	bool has_n, has_x, has_f; /* a valid certificate was held by somebody */
	struct hash n, f;
	struct node_set durable[4]; /* by kind: the nodes that have one on disk */
	struct said *sent, *durable_own; /* by node */
	struct said *heard; /* by who spoke, of the villains, and who heard it in this life */
	struct held_votes held[HELD_MAX];
	uint32_t held_count;
	struct node_set reported;
};

struct seen_block {
	struct hash hash, parent, body;
	uint64_t view, parent_view, height, time_ms;
	struct header header;
	struct hash *parcels; /* and texts of evidence */
	uint32_t parcels_count;
	struct node_set durable;
};

struct seen_parcel {
	struct node_set durable;
};

struct life {
	uint64_t view, final_view, final_height;
	bool has_status;
};

/* What correct nodes have at a height, by what they executed. */
struct seen_state {
	bool is_known;
	uint64_t log_size;
	struct hash root, log_root;
};

/* What was judged already. */
struct seen_word {
	uint8_t type;
	size_t len, room;
	uint8_t *at;
};

/* What one key signed, in all lives. */
struct seen_signer {
	uint64_t voted_view;   /* the highest */
	bool is_lost;          /* in its present life, or the one before */
	uint64_t unknown_view; /* up to here the node cannot know what it signed */
};

struct judge {
	struct world *world;
	struct seen_view *views;
	size_t views_count;
	struct digests *blocks, *parcels;
	void **owned; /* what those two tables hold */
	size_t owned_count, owned_room;
	struct hash *chain; /* by height */
	uint64_t chain_count, chain_room;
	uint64_t committed[WORLD_NODES_MAX];
	struct life lives[WORLD_NODES_MAX];
	uint64_t durable_final_view[WORLD_NODES_MAX];
	uint64_t durable_view[WORLD_NODES_MAX]; /* the highest that a durable certificate ends */
	struct seen_state *states; /* by height */
	size_t states_count;
	uint64_t nullified[WORLD_NODES_MAX];
	struct seen_signer signers[WORLD_NODES_MAX];
	/* by signer and type: correct nodes that found it in this life; it was durable once */
	struct node_set found[WORLD_NODES_MAX][4];
	bool kept[WORLD_NODES_MAX][4];
	struct hash taken; /* the watched transaction */
	bool is_taken;
	struct seen_word last_sent[WORLD_NODES_MAX]; /* in this life: to the others it says the same */
	struct seen_word last_certificate[WORLD_NODES_MAX];
};

struct seen_view *judge_view(struct judge *judge, uint64_t view);
void *judge_own(struct judge *judge, size_t size);
struct seen_block *judge_block(const struct judge *judge, const struct hash *hash);
/* What that one heard from the villain in its present life. */
struct said *judge_heard_by(struct judge *judge, uint64_t view, uint32_t from, uint32_t node);
/* A vote that a correct node lets out. */
void judge_vote(struct judge *judge, uint32_t node, const struct vote *vote);
void judge_sign(struct judge *judge, uint32_t node, const struct vote *vote);
void judge_signing(struct judge *judge, uint32_t node, const struct core_status *status);
/* The record of a vote of that view is durable. */
void judge_sign_entered(struct judge *judge, uint32_t node, uint64_t view);
/* A certificate that a correct node holds or sends. */
void judge_certificate(struct judge *judge, uint32_t node, struct bytes data);
/* What the node holds, after a commit. */
void judge_room(struct judge *judge, uint32_t node);
void judge_passing(struct judge *judge, uint32_t node);
/* A vote that a twin lets out: does it contradict the other one's? */
void judge_twin_vote(struct judge *judge, uint32_t node, const struct vote *vote);
/* judge_replay.c: after a commit or a start; after a start; at the end. */
void judge_state(struct judge *judge, uint32_t node, const char *number);
void judge_replayed(struct judge *judge, uint32_t node);
void judge_again(struct judge *judge, uint32_t node);
void judge_heard(struct judge *judge, uint32_t node, const struct vote *vote);
void judge_evidence(struct judge *judge, uint32_t node, const struct vote *first,
		    const struct vote *second);
/* What a correct node found, what one loses by a crash, and what one wrote. */
void judge_found(struct judge *judge, uint32_t node, const struct vote *first,
		 const struct vote *second);
void judge_found_lost(struct judge *judge, uint32_t node);
void judge_kept(struct judge *judge, uint32_t node, struct bytes text);
void judge_hold_votes(struct judge *judge, uint64_t view, enum vote_kind kind,
		      const struct hash *block, const struct node_set *signers);
/* Validators that pairs of votes show to be faulty. */
struct node_set judge_guilty(const struct judge *judge);
void judge_name_guilty(struct judge *judge);
bool judge_vote_of(struct vote *out, const Stele__VoteMessage *message);

#endif
