/* Every operation: X(NAME in the oneof, function and member, record).  The list says
 * which functions there are (rules.h), and leads a transaction (apply.c) or a motion
 * (carried.c) to the right one; proto/operation.c has what is known about them before. */
#ifndef STELE_LEDGER_APPLY_OPERATIONS_H
#define STELE_LEDGER_APPLY_OPERATIONS_H

/* What a motion can carry, too. */
#define OPERATIONS_CARRIED(X) \
	X(ORG_REGISTER, org_register, OrgRegister) \
	X(ORG_STATUS, org_status, OrgStatusChange) \
	X(KEY_ADD, key_add, KeyAdd) \
	X(KEY_ROTATE, key_rotate, KeyRotate) \
	X(KEY_REVOKE, key_revoke, KeyRevoke) \
	X(POLICY_SET, policy_set, PolicySet) \
	X(VALIDATORS_SET, validators_set, ValidatorsSet) \
	X(UPGRADE_PLAN, upgrade_plan, UpgradePlan) \
	X(PROGRAMME_CREATE, programme_create, ProgrammeCreate) \
	X(PROGRAMME_AMEND, programme_amend, ProgrammeAmend) \
	X(PROGRAMME_CLOSE, programme_close, ProgrammeClose) \
	X(CALL_PUBLISH, call_publish, CallPublish) \
	X(CALL_AMEND, call_amend, CallAmend) \
	X(CALL_CANCEL, call_cancel, CallCancel) \
	X(PANEL_APPOINT, panel_appoint, PanelAppoint) \
	X(DECISION_PUBLISH, decision_publish, DecisionPublish) \
	X(OBJECTION_RESOLVE, objection_resolve, ObjectionResolve) \
	X(AWARD_GRANT, award_grant, AwardGrant) \
	X(AWARD_AMEND, award_amend, AwardAmend) \
	X(AWARD_IMPORT, award_import, AwardImport) \
	X(MILESTONE_ASSESS, milestone_assess, MilestoneAssess) \
	X(DISBURSEMENT_RECORD, disbursement_record, DisbursementRecord) \
	X(DISBURSEMENT_REVERSE, disbursement_reverse, DisbursementReverse) \
	X(AWARD_SUSPEND, award_suspend, AwardStep) \
	X(AWARD_RESUME, award_resume, AwardStep) \
	X(AWARD_TERMINATE, award_terminate, AwardTerminate) \
	X(AWARD_COMPLETE, award_complete, AwardStep) \
	X(AWARD_CLOSE, award_close, AwardStep) \
	X(RECOVERY_DEMAND, recovery_demand, RecoveryDemand) \
	X(RECOVERY_RECEIVE, recovery_receive, RecoveryReceive)

/* By its own transaction only. */
#define OPERATIONS_BARE(X) \
	X(MOTION_OPEN, motion_open, MotionOpen) \
	X(MOTION_APPROVE, motion_approve, MotionApprove) \
	X(MOTION_WITHDRAW, motion_withdraw, MotionWithdraw) \
	X(VALIDATOR_READY, validator_ready, ValidatorReady) \
	X(PROPOSAL_COMMIT, proposal_commit, ProposalCommit) \
	X(PROPOSAL_WITHDRAW, proposal_withdraw, ProposalWithdraw) \
	X(PROPOSAL_REVEAL, proposal_reveal, ProposalReveal) \
	X(COI_DECLARE, coi_declare, CoiDeclare) \
	X(REVIEW_COMMIT, review_commit, ReviewCommit) \
	X(REVIEW_REVEAL, review_reveal, ReviewReveal) \
	X(OBJECTION_FILE, objection_file, ObjectionFile) \
	X(AWARD_ACCEPT, award_accept, AwardAccept) \
	X(MILESTONE_CLAIM, milestone_claim, MilestoneClaim) \
	X(CONTENT_COMMIT, content_commit, ContentCommit) \
	X(CONTENT_ANCHOR, content_anchor, ContentAnchor) \
	X(CONTENT_BATCH, content_batch, ContentBatch) \
	X(CONTENT_ROLLUP, content_rollup, ContentRollup) \
	X(CONTENT_PROPAGATE, content_propagate, ContentPropagate) \
	X(CONTENT_SUPERSEDE, content_supersede, ContentSupersede) \
	X(CONTENT_WITHDRAW, content_withdraw, ContentWithdraw) \
	X(CONTENT_DELEGATE, content_delegate, ContentDelegate) \
	X(NOTE_ATTACH, note_attach, NoteAttach)

#define OPERATIONS(X) OPERATIONS_CARRIED(X) OPERATIONS_BARE(X)

#endif
