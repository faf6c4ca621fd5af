/* Effects: what the core wants done, in order.  "Durable before sent" is that
 * order: nothing that depends on a record leaves before EVENT_DURABLE of it. */
#ifndef STELE_CONSENSUS_EFFECT_H
#define STELE_CONSENSUS_EFFECT_H

#include "consensus/event.h"
#include "consensus/record.h"

enum effect_kind {
	EFFECT_PERSIST,   /* write the record; answer EVENT_DURABLE(sequence).  RECORD_RESERVATION:
			   * then write the file outside the home too; answer EVENT_RESERVED(stamp) */
	EFFECT_FORGET,    /* drop OWN, CERTIFICATE and BLOCK records at or below (epoch, view) */
	EFFECT_VOTE,      /* sign this own vote, broadcast it, feed it back as EVENT_VOTE from PEER_SELF */
	EFFECT_PROPOSE,   /* the same for a proposal: its vote is the leader's notarize */
	EFFECT_CERTIFICATE, /* send an encoded certificate */
	EFFECT_ANNOUNCEMENT, /* say that one is held */
	EFFECT_BLOCK,     /* send a block in answer to a request */
	EFFECT_STATUS,    /* send my status */
	EFFECT_VOTES,     /* send these votes (they are signed) */
	EFFECT_REQUEST_CERTIFICATE,
	EFFECT_REQUEST_VOTES,
	EFFECT_REQUEST_BLOCK,
	EFFECT_ARM,
	EFFECT_CANCEL,
	EFFECT_BUILD,     /* answer EVENT_BUILT */
	EFFECT_BODY,      /* make the body complete and durable; answer EVENT_BODY */
	EFFECT_VALIDATE,  /* execute on the parent (asked for before, or delivered); answer EVENT_VERDICT */
	EFFECT_DELIVER,   /* commit a block whose verdict was OK; answer EVENT_COMMITTED */
	EFFECT_RANGE,     /* fetch the chain from this height, from whoever has it; answer EVENT_RANGE */
	EFFECT_EVIDENCE,  /* two votes that contradict each other */
	EFFECT_TRIP,      /* stop signing, raise the alarm */
};

/* Receivers of a message: one peer, or all validators and observers. */
#define PEER_ALL (UINT32_MAX - 1u)

struct effect_block {
	struct bytes header_text;
	struct bytes body_text;
	struct hash block;
	struct hash parent;
	uint64_t height;
	uint64_t view;
	uint32_t leader;
};

struct effect {
	enum effect_kind kind;
	uint32_t to; /* a peer or PEER_ALL, of the sending effects */
	union {
		struct {
			struct record record;
			uint64_t sequence; /* ascending by one */
		} persist;
		struct {
			uint64_t epoch;
			uint64_t view;
		} forget;
		struct vote vote; /* EFFECT_VOTE: signature still zero */
		struct {
			struct effect_block block;
			/* EFFECT_PROPOSE: signature still zero; EFFECT_BLOCK: see has_vote */
			struct vote vote;
			bool has_vote;
			const struct bytes *justification; /* encoded certificates */
			size_t justification_count;
		} proposal; /* EFFECT_PROPOSE and EFFECT_BLOCK */
		struct bytes certificate;
		struct {
			struct event_status status;
			const struct vote *votes;
			size_t votes_count;
		} status;
		struct {
			const struct vote *votes;
			size_t votes_count;
		} votes;
		struct event_request request;
		struct {
			enum timer_id timer;
			uint64_t delay_us; /* from the event's now_us; arming again replaces */
		} arm;
		struct {
			uint64_t view;
			struct hash parent;
			uint64_t parent_view;
			uint64_t parent_height;
			uint64_t parent_time_ms;
			uint32_t payload_bytes_max; /* the leader's body budget; 0: an empty body */
		} build;
		struct effect_block block; /* EFFECT_BODY, EFFECT_VALIDATE */
		struct {
			struct effect_block block;
			struct bytes finalization; /* empty: this height has none of its own here */
		} deliver;
		uint64_t from_height; /* EFFECT_RANGE */
		struct {
			struct vote first;
			struct vote second;
		} evidence;
		struct {
			enum err reason;
			struct hash block;
			uint64_t view;
		} trip;
	};
};

struct effects {
	struct effect *list;
	size_t count;
	size_t capacity;
};

/* Memory is kept between steps; reset forgets the content. */
void effects_init(struct effects *effects);
void effects_reset(struct effects *effects);
void effects_release(struct effects *effects);
/* A zeroed place at the end; ends the process when memory is short. */
struct effect *effects_add(struct effects *effects, enum effect_kind kind);

#endif
