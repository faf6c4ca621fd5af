/* The types of message that are encoded by themselves. */
#ifndef STELE_TESTS_UNIT_PROTO_TOPS_H
#define STELE_TESTS_UNIT_PROTO_TOPS_H

#include "proto/peer.pb-c.h"
#include "proto/state.pb-c.h"
#include "proto/tx.pb-c.h"

static const ProtobufCMessageDescriptor *const tops[] = {
	&stele__transaction_body__descriptor,     &stele__signed_transaction__descriptor,
	&stele__motion_operation__descriptor,
	&stele__batch_entries__descriptor,        &stele__count_value__descriptor,
	&stele__org_value__descriptor,            &stele__key_value__descriptor,
	&stele__name_value__descriptor,           &stele__policy_value__descriptor,
	&stele__limits_value__descriptor,         &stele__motion_value__descriptor,
	&stele__part_value__descriptor,           &stele__quota_value__descriptor,
	&stele__taken_value__descriptor,          &stele__programme_value__descriptor,
	&stele__award_value__descriptor,          &stele__disbursement_value__descriptor,
	&stele__claim_value__descriptor,          &stele__note_value__descriptor,
	&stele__evidence_value__descriptor,
	&stele__pending_set_value__descriptor,
	&stele__pending_member_value__descriptor,
	&stele__ready_value__descriptor,
	&stele__upgrade_value__descriptor,
	&stele__call_value__descriptor,
	&stele__proposal_value__descriptor,
	&stele__party_value__descriptor,
	&stele__reviewer_value__descriptor,
	&stele__review_value__descriptor,
	&stele__objection_value__descriptor,
	&stele__milestone_value__descriptor,
	&stele__recovery_value__descriptor,
	&stele__delegation_value__descriptor,
	&stele__commit_value__descriptor,
	&stele__rollup_value__descriptor,
	&stele__propagation_value__descriptor,
	&stele__hello_message__descriptor,        &stele__vote_message__descriptor,
	&stele__proposal_message__descriptor,     &stele__certificate_message__descriptor,
	&stele__status_message__descriptor,       &stele__certificate_request__descriptor,
	&stele__votes_request__descriptor,        &stele__votes_message__descriptor,
	&stele__block_request__descriptor,        &stele__parcel_message__descriptor,
	&stele__parcel_request__descriptor,       &stele__range_request__descriptor,
	&stele__range_message__descriptor,        &stele__transactions_message__descriptor,
	&stele__evidence_message__descriptor,     &stele__refuse_message__descriptor,
	&stele__announcement__descriptor,
};

#endif
