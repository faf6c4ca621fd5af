#include "node/api/resources.h"

#define LIST " limit cursor "

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
	{METHOD_GET, "/v1/organisations", LIST, res_organisations, false},
	{METHOD_GET, "/v1/organisations/{}", "", res_organisation, false},
	{METHOD_GET, "/v1/keys/{}", "", res_key, false},
	{METHOD_GET, "/v1/programmes", LIST, res_programmes, false},
	{METHOD_GET, "/v1/programmes/{}", "", res_programme, false},
	{METHOD_GET, "/v1/programmes/{}/awards", LIST "state ", res_awards, false},
	{METHOD_GET, "/v1/programmes/{}/awards/{}", "", res_award, false},
	{METHOD_GET, "/v1/programmes/{}/awards/{}/disbursements", LIST, res_disbursements, false},
	{METHOD_GET, "/v1/motions", LIST "state ", res_motions, false},
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
