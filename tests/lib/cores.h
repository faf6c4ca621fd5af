/* Cores: n consensus cores in one process with a small fake pump each: a clock
 * that jumps, a network of links that can be cut, a journal that loses what was
 * not durable in a crash, a chain store.  One thread, no randomness: the same
 * calls give the same run.  Every step is judged: chains agree, no own vote
 * contradicts an earlier one, nothing leaves before it is durable. */
#ifndef STELE_TESTS_LIB_CORES_H
#define STELE_TESTS_LIB_CORES_H

#include "consensus/core.h"

#define CORES_MAX 64
#define CORES_DELAY_US 1000 /* one way */

struct cores;

/* n validators and, above them, observers.  Nothing runs yet. */
struct cores *cores_new(uint32_t n, uint32_t observers);
void cores_free(struct cores *cores);

const struct core_config *cores_config(const struct cores *cores, uint32_t node);
struct core *cores_core(struct cores *cores, uint32_t node);
uint64_t cores_now_us(const struct cores *cores);

void cores_start(struct cores *cores, uint32_t node);
void cores_start_all(struct cores *cores);
/* Loses what is not durable, every timer and all messages under way to it. */
void cores_crash(struct cores *cores, uint32_t node);
/* Of a node that is down: its journal is gone, which its next start notices. */
void cores_lose(struct cores *cores, uint32_t node);
/* A copy of its journal as it is now; put back later, which its next start notices. */
void cores_keep(struct cores *cores, uint32_t node);
void cores_put_back(struct cores *cores, uint32_t node);
/* The same where nothing was voted in between: it is intact. */
void cores_restore(struct cores *cores, uint32_t node);
/* Its home is new: before its first start. */
void cores_new_home(struct cores *cores, uint32_t node);
/* From now on no message goes from a to b (or goes again). */
void cores_link(struct cores *cores, uint32_t from, uint32_t to, bool is_up);
/* Both ways, to and from all others. */
void cores_isolate(struct cores *cores, uint32_t node, bool is_isolated);
/* A node for whom this is false keeps silent about it: says whether it goes out. */
typedef bool cores_filter(void *context, uint32_t from, uint32_t to, const struct event *event);
void cores_filter_set(struct cores *cores, cores_filter *filter, void *context);

/* What the node knows to order; a proposal by itself does not change it. */
void cores_work(struct cores *cores, uint32_t node, bool has_work);
/* The node's parcels do not arrive (or arrive now). */
void cores_withhold_bodies(struct cores *cores, uint32_t node, bool is_withheld);
/* The node's execution of the block at this height gives that (OK: as usual). */
void cores_execution(struct cores *cores, uint32_t node, uint64_t height,
		     enum execution execution);
/* The disk answers after so long; UINT64_MAX: never. */
void cores_disk(struct cores *cores, uint32_t node, uint64_t delay_us);
/* The node's reservations of votes do not become durable (or do now); as a rule each
 * is before the node's next event. */
void cores_hold_reservations(struct cores *cores, uint32_t node, bool is_held);
/* The node's wall clock is wrong by so much. */
void cores_skew(struct cores *cores, uint32_t node, int64_t skew_ms);

/* Hands the node an event now, as the pump would. */
enum verdict cores_inject(struct cores *cores, uint32_t node, struct event *event);
/* A vote as if signed by that validator. */
struct vote cores_vote(const struct cores *cores, enum vote_kind kind, uint64_t view,
		       const struct hash *block, uint32_t signer);
/* A certificate signed by validators first … first + q - 1; header: NULL in
 * nullify.  Free with cores_certificate_free. */
struct event_certificate cores_certificate(const struct cores *cores, enum vote_kind kind,
					   uint64_t view, const struct header *header);
void cores_certificate_free(struct event_certificate *certificate);
uint32_t cores_leader(const struct cores *cores, uint64_t view);
/* A block on the given parent, by the view's leader; salt makes blocks differ. */
struct cores_block {
	struct header header;
	struct hash hash;
	struct buf header_text;
	struct buf body_text;
};
void cores_block_make(const struct cores *cores, struct cores_block *out, uint64_t view,
		      const struct header *parent, uint32_t salt, bool is_empty);
void cores_block_free(struct cores_block *block);
/* The event with which the leader's proposal of that block arrives. */
struct event cores_proposal(const struct cores *cores, const struct cores_block *block);
const struct header *cores_header0(const struct cores *cores);

/* Lets time pass. */
void cores_run(struct cores *cores, uint64_t us);
/* Until that node has committed the height; false after limit_us. */
bool cores_run_to_height(struct cores *cores, uint32_t node, uint64_t height, uint64_t limit_us);
/* Until all running validators have. */
bool cores_run_all_to_height(struct cores *cores, uint64_t height, uint64_t limit_us);

uint64_t cores_height(const struct cores *cores, uint32_t node);
struct core_status cores_status(const struct cores *cores, uint32_t node);
/* The hash at a height of the agreed chain; zero above it. */
struct hash cores_chain(const struct cores *cores, uint64_t height);
uint32_t cores_evidence(const struct cores *cores, uint32_t node, uint32_t guilty);
/* ERR_OK: the node did not trip. */
enum err cores_tripped(const struct cores *cores, uint32_t node);
/* 1 when the node has signed such a vote in any of its lives. */
uint32_t cores_sent(const struct cores *cores, uint32_t signer, enum vote_kind kind, uint64_t view);
/* How many effects of that kind the node has put out. */
uint64_t cores_effects(const struct cores *cores, uint32_t node, enum effect_kind kind);
/* The effects of the node's last step. */
const struct effects *cores_last(const struct cores *cores, uint32_t node);
size_t cores_journal_count(const struct cores *cores, uint32_t node);
const struct record *cores_journal(const struct cores *cores, uint32_t node, size_t index);

/* Every step of the nodes whose bit is set as a line goes here, until NULL. */
void cores_trace(struct cores *cores, uint32_t nodes, struct buf *out);

#endif
