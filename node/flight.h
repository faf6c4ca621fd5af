/* Blocks on their way from proposal to commit, by hash: their texts, the parcels
 * and evidence they are made of, and how far each has come. */
#ifndef STELE_NODE_FLIGHT_H
#define STELE_NODE_FLIGHT_H

#include <sys/queue.h>

#include "consensus/effect.h"
#include "ledger/parcel.h"
#include "proto/body.h"

struct node;
struct flight_table;

enum flight_stage {
	FLIGHT_KNOWN,
	FLIGHT_EXECUTING,
	FLIGHT_EXECUTED, /* its overlay is there */
	FLIGHT_INVALID,  /* breaks a rule, or a root differs: see reason */
	FLIGHT_COMMITTING,
};

struct flight {
	struct hash hash, parent;
	uint64_t height, view;
	uint32_t leader;
	struct bytes header_text, body_text; /* owned */
	struct body_parcel *lines;           /* of the body, in order */
	struct parcel **parcels;             /* a reference each; NULL while missing */
	uint32_t count;
	struct body_evidence evidence[LIMIT_EVIDENCE_PER_BLOCK]; /* of the body, in order */
	bool has_evidence[LIMIT_EVIDENCE_PER_BLOCK];             /* its text is held */
	uint32_t evidence_count;
	uint32_t missing; /* parcels and texts of evidence */

	enum flight_stage stage;
	enum err reason;
	bool is_body_wanted, is_body_told;
	bool is_verdict_wanted;
	bool is_final;      /* deliver was asked for, or it came in a range */
	bool is_commit_wanted;
	bool is_malformed;  /* one of its parcels holds a malformed transaction */
	bool is_on_branch;     /* node/branch.h */
	struct flight *above;  /* what stands on it there; NULL: it is the tip */
	bool is_left;       /* behind: its commit, or that of another branch, has passed */
	uint64_t judged_height; /* of the commit that is_left was judged by */
	struct bytes finalization; /* owned */

	uint64_t asked_us;  /* when missing parcels were asked for last */
	uint32_t asked_rounds;
	uint32_t asked_others; /* of the ring of validators, from behind the leader on */
	TAILQ_ENTRY(flight) link;
};
TAILQ_HEAD(flight_list, flight);

struct flight_table *flights_new(uint64_t seed);
void flights_free(struct flight_table *table);
struct flight *flight_find(const struct node *node, const struct hash *hash);
/* The block of that hash, made if absent, with the parcels that are held
 * attached.  NULL: there are too many, or the body's text is malformed. */
struct flight *flight_add(struct node *node, const struct effect_block *from);
/* Attaches a parcel that came in wherever it is missing. */
void flights_attach(struct node *node, struct parcel *parcel);
/* The same for a text of evidence that is held now. */
void flights_attach_evidence(struct node *node, const struct hash *text_hash);
/* All, in order of arrival. */
struct flight_list *flights_list(const struct node *node);
/* Drops what the commit of that block leaves behind: all up to its height and up
 * to its view, and what stands on another branch. */
void flights_commit(struct node *node, const struct hash *hash, uint64_t height, uint64_t view);

#endif
