/* Peers: status, requests and their answers (R11, R12), and whom to ask. */
#ifndef STELE_CONSENSUS_PEERS_H
#define STELE_CONSENSUS_PEERS_H

#include "consensus/state.h"

/* Whether it is time to ask (again); peers_asked notes that it was done. */
bool peers_ask_due(const struct core *core, const struct ask *ask);
void peers_asked(struct core *core, struct ask *ask);
/* The first time one peer (first, if it can be asked), later f+1 others. */
void peers_ask_certificate(struct core *core, const struct ask *ask, uint32_t first,
			   enum vote_kind kind, uint64_t view);
void peers_ask_block(struct core *core, const struct ask *ask, uint32_t first,
		     const struct hash *block);

void peers_send_status(struct core *core, uint32_t to);
/* A peer still nullifies a view that this node has left. */
void peers_answer_late(struct core *core, uint64_t view, uint32_t peer);
/* R11 */
void peers_retry(struct core *core);

enum verdict peers_on_status(struct core *core, const struct event_status *status, uint32_t peer);
enum verdict peers_on_certificate_request(struct core *core, const struct event_request *request,
					  uint32_t peer);
enum verdict peers_on_votes_request(struct core *core, const struct event_request *request,
				    uint32_t peer);
enum verdict peers_on_block_request(struct core *core, const struct event_request *request,
				    uint32_t peer);
enum verdict peers_on_change(struct core *core, uint32_t peer, bool is_up);

#endif
