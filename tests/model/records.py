"""Random records, mostly right against the state as it is and often spoiled at one edge.

Each method gives a record and who signs it; a third part is the public key, where it must be one."""
from context import BY_FIELD
from pieces import Pieces
from records_award import AwardRecords
from records_call import CallRecords
from records_content import ContentRecords
from records_org import OrgRecords


class Records(Pieces, OrgRecords, AwardRecords, CallRecords, ContentRecords):
    pass


WEIGHTS = {"motion_open": 2, "motion_approve": 14, "motion_withdraw": 1, "org_register": 2, "org_status": 2,
           "key_add": 2, "key_rotate": 2, "key_revoke": 2, "policy_set": 2, "validators_set": 1,
           "validator_ready": 2, "upgrade_plan": 1, "programme_create": 3, "programme_amend": 2,
           "programme_close": 1, "call_publish": 4, "call_amend": 2, "call_cancel": 1, "proposal_commit": 14,
           "proposal_withdraw": 1, "proposal_reveal": 16, "panel_appoint": 4, "coi_declare": 1,
           "review_commit": 16, "review_reveal": 14, "decision_publish": 10, "objection_file": 5,
           "objection_resolve": 5, "award_grant": 10, "award_accept": 10, "award_amend": 3, "award_import": 2,
           "milestone_claim": 8, "milestone_assess": 7, "disbursement_record": 8, "disbursement_reverse": 2,
           "award_suspend": 2, "award_resume": 2, "award_terminate": 1, "award_complete": 3, "award_close": 2,
           "recovery_demand": 3, "recovery_receive": 3, "content_commit": 2, "content_anchor": 7,
           "content_batch": 2, "content_rollup": 1, "content_propagate": 2, "content_supersede": 2,
           "content_withdraw": 2, "content_delegate": 2, "note_attach": 2}
assert set(WEIGHTS) == set(BY_FIELD)
