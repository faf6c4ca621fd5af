/* Events: everything the core ever learns.  Each carries the time. */
#ifndef STELE_CONSENSUS_EVENT_H
#define STELE_CONSENSUS_EVENT_H

#include "base/bytes.h"
#include "base/err.h"
#include "consensus/record.h"
#include "proto/body.h"
#include "proto/certificate.h"
#include "proto/header.h"
#include "proto/vote.h"

/* Where a message came from: validators by index, observers above PEER_OBSERVERS. */
#define PEER_SELF UINT32_MAX
#define PEER_OBSERVERS 1000u

enum timer_id {
	TIMER_PROPOSAL, /* t_prop */
	TIMER_VIEW,     /* t_view */
	TIMER_RETRY,    /* t_retry */
	TIMER_STAND,    /* t_stand */
	TIMER_IDLE,     /* the leader's wait in an idle view, or for a finalization */
	TIMER_EARLY,    /* a proposal whose time lies ahead of the clock */
	TIMER_RESERVE,  /* time for the next reservation of votes */
	TIMER_COUNT
};

enum event_kind {
	EVENT_START,
	EVENT_VOTE,
	EVENT_PROPOSAL,
	EVENT_CERTIFICATE,
	EVENT_STATUS,
	EVENT_CERTIFICATE_REQUEST,
	EVENT_VOTES_REQUEST,
	EVENT_BLOCK_REQUEST,
	EVENT_ANNOUNCEMENT, /* of a certificate */
	EVENT_RANGE,
	EVENT_TIMER,
	EVENT_BODY,
	EVENT_VERDICT,
	EVENT_BUILT,
	EVENT_DURABLE,
	EVENT_COMMITTED,
	EVENT_WORK,
	EVENT_PEER,
	EVENT_RESERVED,
	EVENT_STOP,
};

enum execution { EXECUTION_OK, EXECUTION_INVALID, EXECUTION_DIVERGED };

/* First event of a life: what the journal and the chain store held. */
struct event_start {
	const struct record *records; /* in any order */
	size_t records_count;
	uint64_t committed_height;    /* of the chain store */
	struct hash committed_block;
	struct bytes committed_header;
};

/* A block as it travels: a leader's proposal (has_vote), or the answer to a
 * block request (no vote, no justification). */
struct event_proposal {
	struct bytes header_text;
	struct bytes body_text;
	const struct header *header;
	const struct body *body;
	struct hash block;
	bool has_vote;
	struct vote vote; /* the leader's notarize */
	const struct certificate *justification; /* verified, only the wanted ones */
	const struct bytes *justification_bytes;
	size_t justification_count;
};

struct event_certificate {
	const struct certificate *certificate;
	const struct header *header; /* NULL in nullify */
	struct bytes data;           /* encoded */
};

struct event_status {
	uint64_t epoch;
	uint64_t view;
	uint64_t final_epoch;
	uint64_t final_view;
	uint64_t final_height;
	uint64_t committed_height;
	bool is_signing;
	uint64_t bitmap_base;
	struct bytes notarized;
	struct bytes nullified;
};

struct event_request {
	enum vote_kind kind;
	uint64_t epoch;
	uint64_t view;
	struct bytes have;  /* votes request: bitmap of signers */
	struct hash block;  /* block request, announcement */
};

/* Consecutive finalized headers from the height after the last delivered one;
 * the certificate finalizes the last.  The pump has linked, hashed and verified
 * them and keeps their bodies. */
struct event_range {
	const struct header *headers;
	const struct bytes *header_texts;
	const struct bytes *body_texts;
	const struct hash *blocks;
	size_t count;
	const struct certificate *certificate;
	struct bytes certificate_data;
};

struct event_verdict {
	struct hash block;
	enum execution execution;
	enum err reason; /* which rule, for EXECUTION_INVALID and _DIVERGED */
};

/* The answer to a build effect; ok false: nothing could be built. */
struct event_built {
	uint64_t view;
	bool is_ok;
	struct bytes header_text;
	struct bytes body_text;
};

struct event {
	enum event_kind kind;
	uint64_t now_us;  /* monotonic */
	uint64_t wall_ms; /* since 1970 */
	uint32_t peer;    /* of a message; PEER_SELF for own votes after signing */
	union {
		struct event_start start;
		struct vote vote;
		struct event_proposal proposal;
		struct event_certificate certificate;
		struct event_status status;
		struct event_request request;
		struct event_range range;
		enum timer_id timer;
		struct hash body;       /* EVENT_BODY: block whose body is complete and durable */
		struct event_verdict verdict;
		struct event_built built;
		uint64_t sequence;      /* EVENT_DURABLE */
		struct {
			uint64_t height;
			struct hash block;
		} committed;            /* EVENT_COMMITTED: in the chain store, durable */
		struct {
			bool has_work;      /* unreferenced parcels, evidence or pooled transactions */
		} work;
		struct {
			bool is_up;
		} peer_change;          /* EVENT_PEER: session with `peer` opened or closed */
		uint64_t stamp;         /* EVENT_RESERVED: of the reservation that is durable in the
					 * journal and in the file outside the home */
	};
};

/* What became of a message. */
enum verdict {
	ACCEPTED,
	IGNORED_DUPLICATE,
	IGNORED_OLD,
	IGNORED_AHEAD,
	IGNORED_UNWANTED,
	REJECTED_LEADER,   /* a proposal by whoever does not lead the view */
	REJECTED_CONFLICT, /* contradicts an earlier word of the same signer */
	REJECTED_FORM,     /* does not fit chain, epoch or justification */
};

#endif
