/* Panels: rules NA. */
#include <stdio.h>
#include <string.h>

#include "crypto/digest.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/hearing.h"

static void appoint(struct world *world, size_t count, const enum reviewer *reviewers,
		    enum err want)
{
	world_expects(world, AGENCY, OP(PANEL_APPOINT), make_panel(count, reviewers), want);
}

static void appoint_one(struct world *world, enum reviewer reviewer, enum err want)
{
	appoint(world, 1, &reviewer, want);
}

/* The state key under which the key of that reviewer stands. */
static const char *path_of(const char *format, enum reviewer reviewer)
{
	static char path[160];
	struct public_key key = reviewer_key(reviewer);
	char hex[HASH_HEX_LEN + 1];
	struct hash hash;

	sha256(&hash, key.b, sizeof(key.b));
	hex_encode(hex, hash.b, sizeof(hash.b));
	snprintf(path, sizeof(path), format, hex);
	return path;
}

UNIT_TEST(a_panel_is_a_list_of_keys)
{
	static const enum reviewer two[] = {REVIEWER_LAB, REVIEWER_1};
	struct world *world = hearing_new(NULL);
	struct public_key key = reviewer_key(REVIEWER_1);
	const Stele__ReviewerValue *reviewer;
	const Stele__TakenValue *taken;
	Stele__CallValue call;

	appoint(world, 2, two, ERR_OK);
	appoint_one(world, REVIEWER_2, ERR_OK);
	reviewer = world_value(world, VALUE_REVIEWER, "panel/P1/C1/2");
	unit_assert_bytes(reviewer->key.data, reviewer->key.len, key.b, sizeof(key.b));
	ck_assert_str_eq(reviewer->org, world_id(AUDITOR));
	ck_assert_uint_eq(reviewer->log_index, world->log_size - 2);
	ck_assert_uint_eq(reviewer->motion, 0);
	taken = world_value(world, VALUE_TAKEN, "%s", path_of("reviewer/P1/C1/%s", REVIEWER_LAB));
	ck_assert_uint_eq(taken->number, 1);
	taken = world_value(world, VALUE_TAKEN, "%s", path_of("reviewer/P1/C1/%s", REVIEWER_2));
	ck_assert_uint_eq(taken->number, 3);
	call = tender_call(world);
	ck_assert_uint_eq(call.reviewers, 3);
	ck_assert_uint_eq(call.changed_log_index, 0);
	world_free(world);
}

UNIT_TEST(nobody_is_on_a_panel_twice)
{
	static const enum reviewer twice[] = {REVIEWER_1, REVIEWER_2, REVIEWER_1};
	static const enum reviewer again[] = {REVIEWER_3, REVIEWER_2};
	struct world *world = hearing_new(NULL);

	appoint(world, 3, twice, ERR_EXISTS_REVIEWER);
	appoint(world, 2, twice, ERR_OK);
	appoint(world, 2, again, ERR_EXISTS_REVIEWER);
	ck_assert_uint_eq(tender_call(world).reviewers, 2);
	world_free(world);
}

UNIT_TEST(what_stands_first_in_the_list_decides)
{
	static const enum reviewer stranger_first[] = {REVIEWER_NONE, REVIEWER_1};
	static const enum reviewer known_first[] = {REVIEWER_1, REVIEWER_NONE};
	struct world *world = hearing_new(NULL);

	appoint_one(world, REVIEWER_1, ERR_OK);
	appoint(world, 2, stranger_first, ERR_REVIEWER);
	appoint(world, 2, known_first, ERR_EXISTS_REVIEWER);
	world_free(world);
}

typedef void edit_key(struct world *world, Stele__KeyValue *key);

static void in_force_from_here(struct world *world, Stele__KeyValue *key)
{
	key->from_height = world->height;
}
static void in_force_later(struct world *world, Stele__KeyValue *key)
{
	key->from_height = world->height + 1;
}
static void revoked_here(struct world *world, Stele__KeyValue *key)
{
	key->revoked_height = world->height;
}
static void revoked_later(struct world *world, Stele__KeyValue *key)
{
	key->revoked_height = world->height + 1;
}
static void for_grants(struct world *world, Stele__KeyValue *key)
{
	(void)world;
	key->purposes[0] = STELE__PURPOSE__PURPOSE_GRANT;
}

UNIT_TEST(a_reviewer_is_a_key_in_force_with_the_purpose)
{
	static const struct {
		edit_key *edit;
		enum err want;
	} cases[] = {
		{in_force_from_here, ERR_OK}, {in_force_later, ERR_REVIEWER},
		{revoked_here, ERR_REVIEWER}, {revoked_later, ERR_OK},
		{for_grants, ERR_REVIEWER},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world *world = hearing_new(NULL);
		const char *path = path_of("key/%s", REVIEWER_1);
		Stele__KeyValue key =
			*(const Stele__KeyValue *)world_value(world, VALUE_KEY, "%s", path);

		cases[i].edit(world, &key);
		world_put(world, path, VALUE_KEY, &key);
		appoint_one(world, REVIEWER_1, cases[i].want);
		world_free(world);
	}
}

UNIT_TEST(its_organisation_is_active_and_has_the_role)
{
	struct world *world = hearing_new(NULL);
	Stele__OrgValue org;
	char path[80];

	appoint_one(world, REVIEWER_NONE, ERR_REVIEWER);
	world_set_status(world, AUDITOR, STELE__ORG_STATUS__ORG_SUSPENDED);
	appoint_one(world, REVIEWER_1, ERR_REVIEWER);
	world_set_status(world, AUDITOR, STELE__ORG_STATUS__ORG_DELISTED);
	appoint_one(world, REVIEWER_1, ERR_REVIEWER);
	world_set_status(world, AUDITOR, STELE__ORG_STATUS__ORG_ACTIVE);
	appoint_one(world, REVIEWER_1, ERR_OK);
	snprintf(path, sizeof(path), "org/%s", world_id(AUDITOR));
	org = *(const Stele__OrgValue *)world_value(world, VALUE_ORG, "%s", path);
	ck_assert_int_eq(org.roles[0], STELE__ROLE__ROLE_REVIEWER);
	org.roles++;
	org.n_roles--;
	world_put(world, path, VALUE_ORG, &org);
	appoint_one(world, REVIEWER_2, ERR_REVIEWER);
	world_free(world);
}

static void put_reviewers(struct world *world, uint64_t count)
{
	Stele__CallValue call = tender_call(world);

	call.reviewers = count;
	tender_put_call(world, &call);
}

UNIT_TEST(a_panel_has_at_most_256_reviewers)
{
	static const enum reviewer three[] = {REVIEWER_1, REVIEWER_2, REVIEWER_3};
	static const enum reviewer last_unknown[] = {REVIEWER_1, REVIEWER_2, REVIEWER_NONE};
	struct world *world = hearing_new(NULL);

	put_reviewers(world, 254);
	appoint(world, 3, three, ERR_CALL_TERMS);
	appoint(world, 3, last_unknown, ERR_REVIEWER); /* each key goes before NA-06 */
	appoint(world, 2, three, ERR_OK);
	ck_assert(world_has(world, "panel/P1/C1/256"));
	appoint_one(world, REVIEWER_3, ERR_CALL_TERMS);
	put_reviewers(world, 255);
	appoint_one(world, REVIEWER_3, ERR_OK);
	world_free(world);
}

UNIT_TEST(a_panel_is_appointed_before_the_review_time)
{
	struct world *world = hearing_new(NULL);

	tender_at(world, TENDER_REVIEW_UNTIL - 1);
	appoint_one(world, REVIEWER_1, ERR_OK);
	tender_at(world, TENDER_REVIEW_UNTIL);
	appoint_one(world, REVIEWER_2, ERR_REVIEW_WINDOW);
	tender_at(world, TENDER_REVIEW_UNTIL + 1);
	appoint_one(world, REVIEWER_2, ERR_REVIEW_WINDOW);
	world_free(world);
}

static void anybody_appoints(struct genesis *genesis)
{
	for (uint32_t i = 0; i < genesis->rules_count; i++)
		genesis->rules[i].openers = 0xfe;
}

/* Everything is wrong at first, and is mended in the order of the rules. */
UNIT_TEST(the_rules_of_a_panel_are_asked_in_their_order)
{
	static const enum reviewer wrong[] = {REVIEWER_NONE, REVIEWER_1};
	struct world *world = hearing_new(anybody_appoints);
	Stele__PanelAppoint *record = make_panel(2, wrong);
	struct public_key second = reviewer_key(REVIEWER_2);

	appoint_one(world, REVIEWER_1, ERR_OK);
	put_reviewers(world, 255);
	hearing_spoil(world);
	tender_at(world, TENDER_REVIEW_UNTIL);
	hearing_mend_call(world, FUNDER, OP(PANEL_APPOINT), record, &record->programme,
			  &record->call);
	world_refuses(world, FUNDER, OP(PANEL_APPOINT), record, ERR_PROGRAMME_AGENCY);
	world_refuses(world, AGENCY, OP(PANEL_APPOINT), record, ERR_REVIEW_WINDOW);
	hearing_prolong(world, 1);
	world_refuses(world, AGENCY, OP(PANEL_APPOINT), record, ERR_REVIEWER);
	record->reviewers[0] = (ProtobufCBinaryData){sizeof(second.b), second.b};
	world_refuses(world, AGENCY, OP(PANEL_APPOINT), record, ERR_EXISTS_REVIEWER);
	record->n_reviewers = 1;
	(void)world_accepts(world, AGENCY, OP(PANEL_APPOINT), record);
	world_free(world);
}

UNIT_MAIN("apply_panel", a_panel_is_a_list_of_keys, nobody_is_on_a_panel_twice,
	  what_stands_first_in_the_list_decides, a_reviewer_is_a_key_in_force_with_the_purpose,
	  its_organisation_is_active_and_has_the_role, a_panel_has_at_most_256_reviewers,
	  a_panel_is_appointed_before_the_review_time,
	  the_rules_of_a_panel_are_asked_in_their_order)
