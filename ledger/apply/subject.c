#include "ledger/apply/subject.h"

#include <stddef.h>

#include "base/assert.h"

#define OPERATION_CASE(name) STELE__MOTION_OPERATION__OPERATION_##name
#define AWARD_OF(record) \
	((struct subject){.programme = (record)->programme, .award = (record)->award})
#define CALL_OF(record) ((struct subject){.programme = (record)->programme, .call = (record)->call})

struct subject subject_of(const Stele__MotionOperation *operation)
{
	switch (operation->operation_case) {
	case OPERATION_CASE(AWARD_GRANT):
		return (struct subject){.grant = operation->award_grant};
	case OPERATION_CASE(AWARD_AMEND):
		return AWARD_OF(operation->award_amend);
	case OPERATION_CASE(MILESTONE_ASSESS):
		return AWARD_OF(operation->milestone_assess);
	case OPERATION_CASE(DISBURSEMENT_RECORD):
		return AWARD_OF(operation->disbursement_record);
	case OPERATION_CASE(DISBURSEMENT_REVERSE):
		return AWARD_OF(operation->disbursement_reverse);
	case OPERATION_CASE(AWARD_SUSPEND):
		return AWARD_OF(operation->award_suspend);
	case OPERATION_CASE(AWARD_RESUME):
		return AWARD_OF(operation->award_resume);
	case OPERATION_CASE(AWARD_TERMINATE):
		return AWARD_OF(operation->award_terminate);
	case OPERATION_CASE(AWARD_COMPLETE):
		return AWARD_OF(operation->award_complete);
	case OPERATION_CASE(AWARD_CLOSE):
		return AWARD_OF(operation->award_close);
	case OPERATION_CASE(RECOVERY_DEMAND):
		return AWARD_OF(operation->recovery_demand);
	case OPERATION_CASE(RECOVERY_RECEIVE):
		return AWARD_OF(operation->recovery_receive);
	case OPERATION_CASE(DECISION_PUBLISH):
		return CALL_OF(operation->decision_publish);
	case OPERATION_CASE(OBJECTION_RESOLVE):
		return CALL_OF(operation->objection_resolve);
	case OPERATION_CASE(ORG_REGISTER):
	case OPERATION_CASE(ORG_STATUS):
	case OPERATION_CASE(KEY_ADD):
	case OPERATION_CASE(KEY_ROTATE):
	case OPERATION_CASE(KEY_REVOKE):
	case OPERATION_CASE(POLICY_SET):
	case OPERATION_CASE(VALIDATORS_SET):
	case OPERATION_CASE(UPGRADE_PLAN):
	case OPERATION_CASE(PROGRAMME_CREATE):
	case OPERATION_CASE(PROGRAMME_AMEND):
	case OPERATION_CASE(PROGRAMME_CLOSE):
	case OPERATION_CASE(CALL_PUBLISH):
	case OPERATION_CASE(CALL_AMEND):
	case OPERATION_CASE(CALL_CANCEL):
	case OPERATION_CASE(PANEL_APPOINT):
	case OPERATION_CASE(AWARD_IMPORT):
		return (struct subject){.programme = NULL};
	case OPERATION_CASE(_NOT_SET):
		break;
	}
	UNREACHABLE();
}
