/* Notes: rules N. */
#include "tests/lib/unit.h"
#include "tests/unit/ledger/world.h"

static Stele__NoteAttach note_on(Stele__NoteAttach__TargetCase target)
{
	Stele__NoteAttach note = STELE__NOTE_ATTACH__INIT;

	note.target_case = target;
	note.text_sha256 = world_hash(1);
	note.role = (char *)"remark";
	return note;
}

UNIT_TEST(notes_on_each_kind_of_target_are_counted_under_it)
{
	struct world *world = world_new(NULL);
	Stele__NoteAttach on_org = note_on(STELE__NOTE_ATTACH__TARGET_ORG);
	Stele__NoteAttach on_programme = note_on(STELE__NOTE_ATTACH__TARGET_PROGRAMME);
	Stele__NoteAttach on_award = note_on(STELE__NOTE_ATTACH__TARGET_AWARD);
	Stele__NoteAttach on_content = note_on(STELE__NOTE_ATTACH__TARGET_CONTENT);
	Stele__AwardLink award = STELE__AWARD_LINK__INIT;
	const Stele__CountValue *count;
	const Stele__NoteValue *note;
	char hex[65];

	award.programme = (char *)"P1";
	award.award = 1;
	on_org.org = world_usci("91110000EXAMPLE99");
	on_programme.programme = (char *)"P1";
	on_award.award = &award;
	on_content.content = make_ref(1, 1);
	world_refuses(world, LAB_1, OP(NOTE_ATTACH), &on_org, ERR_NOT_FOUND_ORG);
	world_refuses(world, LAB_1, OP(NOTE_ATTACH), &on_programme, ERR_NOT_FOUND_PROGRAMME);
	world_refuses(world, LAB_1, OP(NOTE_ATTACH), &on_award, ERR_NOT_FOUND_PROGRAMME);
	world_refuses(world, LAB_1, OP(NOTE_ATTACH), &on_content, ERR_NOT_FOUND_CLAIM);
	(void)world_accepts(world, FUNDER, OP(PROGRAMME_CREATE), make_programme());
	world_refuses(world, LAB_1, OP(NOTE_ATTACH), &on_award, ERR_NOT_FOUND_AWARD);
	(void)world_accepts(world, AGENCY, OP(AWARD_GRANT), make_grant(1));
	(void)world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(1));
	on_org.org = (char *)world_id(LAB_2);
	(void)world_accepts(world, LAB_1, OP(NOTE_ATTACH), &on_org);
	(void)world_accepts(world, LAB_1, OP(NOTE_ATTACH), &on_programme);
	(void)world_accepts(world, LAB_1, OP(NOTE_ATTACH), &on_award);
	(void)world_accepts(world, AUDITOR, OP(NOTE_ATTACH), &on_award);
	(void)world_accepts(world, LAB_1, OP(NOTE_ATTACH), &on_content);
	award.milestone = 1;
	world_refuses(world, LAB_1, OP(NOTE_ATTACH), &on_award, ERR_NOT_FOUND_MILESTONE);
	on_content.content = make_ref(1, 2);
	world_refuses(world, LAB_1, OP(NOTE_ATTACH), &on_content, ERR_NOT_FOUND_CLAIM);
	count = world_value(world, VALUE_COUNT, "note/award/P1/1");
	ck_assert_uint_eq(count->count, 2);
	note = world_value(world, VALUE_NOTE, "note/award/P1/1/2");
	ck_assert_str_eq(note->org, world_id(AUDITOR));
	ck_assert_str_eq(note->note->role, "remark");
	ck_assert_uint_eq(note->time, world->time_ms);
	hex_encode(hex, world_hash(1).data, 32);
	ck_assert(world_has(world, "note/content/%s/1/1", hex));
	ck_assert(world_has(world, "note/org/%s/1", world_id(LAB_2)));
	ck_assert(world_has(world, "note/programme/P1/1"));
	world_free(world);
}

UNIT_MAIN("apply_note", notes_on_each_kind_of_target_are_counted_under_it)
