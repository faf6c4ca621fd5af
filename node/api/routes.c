#include "node/api/resources.h"

#define LIST " limit cursor "
#define PROGRAMME "/v1/programmes/{}"
#define CALL PROGRAMME "/calls/{}"
#define AWARD PROGRAMME "/awards/{}"

const struct route api_routes[] = {
	{METHOD_POST, "/v1/transactions", "", res_submit, false},
	{METHOD_POST, "/v1/transactions/simulate", "", res_simulate, false},
	{METHOD_GET, "/v1/network", "", res_network, false},
	{METHOD_GET, "/v1/genesis", "", res_genesis, false},
	{METHOD_GET, "/v1/validators", "", res_validators, false},
	{METHOD_GET, "/v1/status", "", res_status, false},
	{METHOD_GET, "/v1/peers", "", res_peers, false},
	{METHOD_GET, "/v1/policy", "", res_policy, false},
	{METHOD_GET, "/v1/transactions/{}", "", res_transaction, false},
	{METHOD_GET, "/v1/transactions/{}/raw", "", res_transaction_raw, false},
	{METHOD_GET, "/v1/transactions/{}/receipt", " entry ", res_transaction_receipt, false},
	{METHOD_GET, "/v1/blocks", LIST, res_blocks, false},
	{METHOD_GET, "/v1/blocks/{}", LIST, res_block, false},
	{METHOD_GET, "/v1/blocks/{}/header", "", res_block_header, false},
	{METHOD_GET, "/v1/blocks/{}/certificate", "", res_block_certificate, false},
	{METHOD_GET, "/v1/blocks/{}/rejected", LIST, res_block_rejected, true},
	{METHOD_GET, "/v1/leaves/{}", "", res_leaf, false},
	{METHOD_GET, "/v1/hashes/sha256/{}", LIST, res_hash, true},
	{METHOD_GET, "/v1/organisations", LIST "state role ", res_organisations, false},
	{METHOD_GET, "/v1/organisations/{}", "", res_organisation, false},
	{METHOD_GET, "/v1/organisations/{}/keys", LIST "state ", res_org_keys, false},
	{METHOD_GET, "/v1/organisations/{}/awards", LIST "state programme ", res_org_awards, false},
	{METHOD_GET, "/v1/keys/{}", "", res_key, false},
	{METHOD_GET, "/v1/programmes", LIST "state organisation ", res_programmes, false},
	{METHOD_GET, PROGRAMME, "", res_programme, false},
	{METHOD_GET, PROGRAMME "/calls", LIST "state area ", res_calls, false},
	{METHOD_GET, CALL, "", res_call, false},
	{METHOD_GET, CALL "/panel", LIST "organisation ", res_panel, false},
	{METHOD_GET, CALL "/parties/{}", "", res_party, false},
	{METHOD_GET, CALL "/objections", LIST "state organisation proposal ", res_objections, false},
	{METHOD_GET, CALL "/objections/{}", "", res_objection, false},
	{METHOD_GET, CALL "/proposals", LIST "state organisation area ", res_proposals, false},
	{METHOD_GET, CALL "/proposals/{}", "", res_proposal, false},
	{METHOD_GET, CALL "/proposals/{}/reviews", LIST "state ", res_reviews, false},
	{METHOD_GET, PROGRAMME "/awards", LIST "state organisation call area ", res_awards, false},
	{METHOD_GET, AWARD, "", res_award, false},
	{METHOD_GET, AWARD "/milestones", LIST "state ", res_milestones, false},
	{METHOD_GET, AWARD "/milestones/{}", "", res_milestone, false},
	{METHOD_GET, AWARD "/disbursements", LIST "state ", res_disbursements, false},
	{METHOD_GET, AWARD "/disbursements/{}", "", res_disbursement, false},
	{METHOD_GET, AWARD "/recoveries", LIST "kind ", res_recoveries, false},
	{METHOD_GET, AWARD "/recoveries/{}", "", res_recovery, false},
	{METHOD_GET, "/v1/motions", LIST "state operation organisation ", res_motions, false},
	{METHOD_GET, "/v1/motions/{}", "", res_motion, false},
	{METHOD_GET, "/v1/evidence", LIST, res_evidences, false},
	{METHOD_GET, "/v1/evidence/{}", "", res_evidence, true},
	{METHOD_GET, "/v1/notes", LIST "target ", res_notes, false},
	{METHOD_GET, "/v1/proofs/state", " key* ", res_proof_state, true},
	{METHOD_GET, "/v1/proofs/awards/{}", "", res_proof_awards, true},
	{METHOD_GET, "/v1/proofs/claims/{}", "", res_proof_claims, true},
	{METHOD_GET, "/v1/proofs/org-awards/{}", "", res_proof_org_awards, true},
	{METHOD_GET, "/v1/proofs/evidence", "", res_proof_evidence, true},
	{METHOD_GET, "/v1/proofs/inclusion", " log_index ", res_proof_inclusion, true},
	{METHOD_GET, "/v1/proofs/consistency", " from ", res_proof_consistency, true},
	{METHOD_GET, "/v1/proofs/rejected/{}/{}", "", res_proof_rejected, true},
};
const size_t api_routes_count = sizeof(api_routes) / sizeof(api_routes[0]);

const struct route metrics_routes[] = {
	{METHOD_GET, "/metrics", "", res_metrics, false},
	{METHOD_GET, "/livez", "", res_livez, false},
	{METHOD_GET, "/readyz", " verbose ", res_readyz, false},
};
const size_t metrics_routes_count = sizeof(metrics_routes) / sizeof(metrics_routes[0]);
