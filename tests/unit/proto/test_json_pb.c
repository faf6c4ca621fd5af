#include "proto/json_pb.h"

#include <stdlib.h>
#include <string.h>

#include "tests/lib/unit.h"

static void expect(json_t *got, const char *want)
{
	char *text = json_dumps(got, JSON_COMPACT | JSON_SORT_KEYS);

	ck_assert_str_eq(text, want);
	free(text);
	json_decref(got);
}

UNIT_TEST(json_numbers_of_64_bits_are_strings)
{
	Stele__PolicyLimits limits = STELE__POLICY_LIMITS__INIT;

	limits.window_ms = UINT64_MAX;
	limits.quota_entries = 5;
	expect(json_of_message(&limits),
	       "{\"quota_entries\":\"5\",\"window_ms\":\"18446744073709551615\"}");
}

UNIT_TEST(json_leaves_out_what_is_absent)
{
	Stele__ProgrammeCreate programme = STELE__PROGRAMME_CREATE__INIT;

	expect(json_of_message(&programme), "{}");
	programme.id = (char *)"P";
	programme.max_awards = 12;
	expect(json_of_message(&programme), "{\"id\":\"P\",\"max_awards\":12}");
}

UNIT_TEST(json_of_bytes_is_hex_and_of_enums_is_their_bare_name)
{
	uint8_t hash[4] = {0xde, 0xad, 0xbe, 0xef};
	Stele__Parent parent = STELE__PARENT__INIT, *parents[] = {&parent};
	Stele__ContentAnchor anchor = STELE__CONTENT_ANCHOR__INIT;

	parent.relation = STELE__RELATION__RELATION_TRANSCODE;
	parent.sha256 = (ProtobufCBinaryData){sizeof(hash), hash};
	anchor.n_parents = 1;
	anchor.parents = parents;
	anchor.source_type = STELE__SOURCE_TYPE__SOURCE_TRAINED_ALGORITHMIC_MEDIA;
	expect(json_of_message(&anchor),
	       "{\"parents\":[{\"relation\":\"transcode\",\"sha256\":\"deadbeef\"}],"
	       "\"source_type\":\"trained_algorithmic_media\"}");
}

UNIT_TEST(json_of_lists_keeps_their_order)
{
	Stele__Role openers[] = {STELE__ROLE__ROLE_FUNDER, STELE__ROLE__ROLE_VALIDATOR};
	uint32_t accepted[] = {1, 3};
	Stele__PolicyRule rule = STELE__POLICY_RULE__INIT;
	Stele__AwardValue award = STELE__AWARD_VALUE__INIT;

	rule.operation = 60;
	rule.n_openers = 2;
	rule.openers = openers;
	expect(json_of_message(&rule), "{\"openers\":[\"funder\",\"validator\"],\"operation\":60}");
	award.n_accepted = 2;
	award.accepted = accepted;
	award.terminated = true;
	expect(json_of_message(&award), "{\"accepted\":[1,3],\"terminated\":true}");
}

UNIT_TEST(json_of_a_oneof_is_its_chosen_member)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__AwardAccept accept = STELE__AWARD_ACCEPT__INIT;
	Stele__NoteAttach note = STELE__NOTE_ATTACH__INIT;

	ck_assert_ptr_null(json_of_operation(&body));
	accept.programme = (char *)"P";
	accept.award = 7;
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_AWARD_ACCEPT;
	body.award_accept = &accept;
	expect(json_of_operation(&body), "{\"award\":\"7\",\"programme\":\"P\"}");
	/* chosen and empty is not absent */
	note.target_case = STELE__NOTE_ATTACH__TARGET_ORG;
	note.org = (char *)"";
	expect(json_of_message(&note), "{\"org\":\"\"}");
}

UNIT_TEST(json_names_of_states)
{
	char name[ENUM_NAME_MAX];

	claim_state_name(name, STELE__CLAIM_STATE__CLAIM_LIVE);
	ck_assert_str_eq(name, "live");
	award_state_name(name, STELE__AWARD_STATE__AWARD_IMPORTED);
	ck_assert_str_eq(name, "imported");
	assessment_name(name, STELE__ASSESSMENT__ASSESSMENT_NOT_MET);
	ck_assert_str_eq(name, "not_met");
	proposal_state_name(name, STELE__PROPOSAL_STATE__PROPOSAL_COMMITTED);
	ck_assert_str_eq(name, "committed");
	objection_state_name(name, STELE__OBJECTION_STATE__OBJECTION_UPHELD);
	ck_assert_str_eq(name, "upheld");
	value_type_name(name, VALUE_PENDING_SET);
	ck_assert_str_eq(name, "pending_set");
	value_type_name(name, 0xff);
	ck_assert_str_eq(name, "");
	motion_state_name(name, (Stele__MotionState)99);
	ck_assert_str_eq(name, "");
}

UNIT_TEST(json_names_the_longest_source_type_whole)
{
	Stele__ContentBatch batch = STELE__CONTENT_BATCH__INIT;

	batch.source_type =
		STELE__SOURCE_TYPE__SOURCE_COMPOSITE_WITH_TRAINED_ALGORITHMIC_MEDIA;
	expect(json_of_message(&batch),
	       "{\"source_type\":\"composite_with_trained_algorithmic_media\"}");
}

UNIT_MAIN("json_pb", json_numbers_of_64_bits_are_strings, json_leaves_out_what_is_absent,
	  json_of_bytes_is_hex_and_of_enums_is_their_bare_name, json_of_lists_keeps_their_order,
	  json_of_a_oneof_is_its_chosen_member, json_names_of_states,
	  json_names_the_longest_source_type_whole)
