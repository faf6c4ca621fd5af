/* The handlers of all resources, one file each, and their two tables of routes. */
#ifndef STELE_NODE_API_RESOURCES_H
#define STELE_NODE_API_RESOURCES_H

#include "node/api/call.h"
#include "node/node.h"

extern const struct route api_routes[];
extern const size_t api_routes_count;
extern const struct route metrics_routes[];
extern const size_t metrics_routes_count;

/* res_network.c */
enum progress res_network(struct call *call);
enum progress res_genesis(struct call *call);
enum progress res_status(struct call *call);
enum progress res_peers(struct call *call);
/* res_validators.c */
enum progress res_validators(struct call *call);
enum progress res_validators_pending(struct call *call);
enum progress res_validators_ready(struct call *call);
/* res_upgrade.c */
enum progress res_upgrade(struct call *call);
/* res_policy.c */
enum progress res_policy(struct call *call);
/* res_submit.c */
enum progress res_submit(struct call *call);
enum progress res_simulate(struct call *call);
/* What the pump said of a submission; the wait begins, or the answer is there. */
enum progress res_submit_result(struct call *call, const struct submit_result *result);
/* The wait ran out. */
void res_submit_pending(struct call *call);
/* res_transactions.c */
enum progress res_transaction(struct call *call);
enum progress res_transaction_raw(struct call *call);
enum progress res_transaction_receipt(struct call *call);
/* res_blocks.c */
enum progress res_blocks(struct call *call);
enum progress res_block(struct call *call);
enum progress res_block_header(struct call *call);
enum progress res_block_certificate(struct call *call);
enum progress res_block_rejected(struct call *call);
enum progress res_leaf(struct call *call);
/* res_hashes.c */
enum progress res_hash(struct call *call);
/* res_content.c */
enum progress res_propagations(struct call *call);
enum progress res_rollups(struct call *call);
enum progress res_rollup(struct call *call);
enum progress res_delegations(struct call *call);
enum progress res_commitment(struct call *call);
/* res_organisations.c */
enum progress res_organisations(struct call *call);
enum progress res_organisation(struct call *call);
enum progress res_org_keys(struct call *call);
enum progress res_org_awards(struct call *call);
enum progress res_key(struct call *call);
/* res_programmes.c */
enum progress res_programmes(struct call *call);
enum progress res_programme(struct call *call);
/* res_calls.c */
enum progress res_calls(struct call *call);
enum progress res_call(struct call *call);
enum progress res_panel(struct call *call);
enum progress res_party(struct call *call);
enum progress res_objections(struct call *call);
enum progress res_objection(struct call *call);
/* res_proposals.c */
enum progress res_proposals(struct call *call);
enum progress res_proposal(struct call *call);
enum progress res_reviews(struct call *call);
/* res_awards.c */
enum progress res_awards(struct call *call);
enum progress res_award(struct call *call);
enum progress res_milestones(struct call *call);
enum progress res_milestone(struct call *call);
enum progress res_disbursements(struct call *call);
enum progress res_disbursement(struct call *call);
enum progress res_recoveries(struct call *call);
enum progress res_recovery(struct call *call);
/* res_motions.c */
enum progress res_motions(struct call *call);
enum progress res_motion(struct call *call);
/* res_evidence.c */
enum progress res_evidences(struct call *call);
enum progress res_evidence(struct call *call);
/* res_history.c */
enum progress res_org_history(struct call *call);
enum progress res_key_history(struct call *call);
enum progress res_programme_history(struct call *call);
enum progress res_call_history(struct call *call);
enum progress res_proposal_history(struct call *call);
enum progress res_award_history(struct call *call);
enum progress res_motion_history(struct call *call);
enum progress res_claim_history(struct call *call);
/* res_notes.c */
enum progress res_notes(struct call *call);
/* res_proofs.c */
enum progress res_proof_state(struct call *call);
enum progress res_proof_awards(struct call *call);
enum progress res_proof_claims(struct call *call);
enum progress res_proof_org_awards(struct call *call);
enum progress res_proof_inclusion(struct call *call);
enum progress res_proof_consistency(struct call *call);
enum progress res_proof_evidence(struct call *call);
enum progress res_proof_rejected(struct call *call);
enum progress res_proofs_post(struct call *call);
/* metrics.c */
enum progress res_metrics(struct call *call);
enum progress res_livez(struct call *call);
enum progress res_readyz(struct call *call);

#endif
