/* Messages as JSON, by their descriptors, as docs/api.md says: members are named
 * as the fields, numbers of 64 bits are strings, bytes lower-case hex, enums their
 * lower-case names without prefix, and what is absent is left out. */
#ifndef STELE_PROTO_JSON_PB_H
#define STELE_PROTO_JSON_PB_H

#include <jansson.h>

#include "proto/state.pb-c.h"
#include "proto/tx.pb-c.h"
#include "proto/value.h"

/* message: any Stele__* message.  A new object; NULL when memory is short. */
json_t *json_of_message(const void *message);
/* The object that stands in an operation's oneof: a TransactionBody's or a
 * MotionOperation's; NULL when none is set. */
json_t *json_of_operation(const Stele__TransactionBody *body);
json_t *json_of_motion_operation(const Stele__MotionOperation *operation);

/* The longest name of an enum and its end. */
#define ENUM_NAME_MAX 48

/* "active" for ORG_ACTIVE; "" for a value without a name. */
void enum_name(char out[ENUM_NAME_MAX], const ProtobufCEnumDescriptor *type, int value);
/* The same of one enum each.  Roles and purposes: proto/role.h. */
void org_status_name(char out[ENUM_NAME_MAX], Stele__OrgStatus status);
void award_state_name(char out[ENUM_NAME_MAX], Stele__AwardState state);
void claim_state_name(char out[ENUM_NAME_MAX], Stele__ClaimState state);
void motion_state_name(char out[ENUM_NAME_MAX], Stele__MotionState state);
void proposal_state_name(char out[ENUM_NAME_MAX], Stele__ProposalState state);
void objection_state_name(char out[ENUM_NAME_MAX], Stele__ObjectionState state);
/* "programme" for the type byte of a state value that is a ProgrammeValue. */
void value_type_name(char out[ENUM_NAME_MAX], uint8_t type);
void assessment_name(char out[ENUM_NAME_MAX], Stele__Assessment result);

#endif
