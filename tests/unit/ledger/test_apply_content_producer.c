/* Producer codes, delegations and propagations: rules C-06, CD, CG. */
#include <stdio.h>
#include <string.h>

#include "tests/lib/unit.h"
#include "tests/unit/ledger/world.h"

#define CODE_MAX 40

/* The code of that organisation, as GB 45438 builds it. */
static char *code_of(enum who who)
{
	char *code = make_memory(CODE_MAX);

	snprintf(code, CODE_MAX, "0011%s00001", world_id(who) + strlen("CN-USCI-"));
	ck_assert_uint_eq(strlen(code), 27);
	return code;
}

static void anchors(struct world *world, enum who who, const char *producer,
		    const char *propagator, enum err want)
{
	Stele__ContentAnchor *anchor = make_anchor(60);
	Stele__AigcLabel aigc = STELE__AIGC_LABEL__INIT;

	aigc.label = (char *)"1";
	aigc.content_producer = (char *)producer;
	aigc.content_propagator = (char *)propagator;
	anchor->aigc = &aigc;
	world_expects(world, who, OP(CONTENT_ANCHOR), anchor, want);
}

static void delegates(struct world *world, enum who from, const char *to, bool is_ended,
		      enum err want)
{
	Stele__ContentDelegate delegate = STELE__CONTENT_DELEGATE__INIT;

	delegate.org = (char *)to;
	delegate.is_ended = is_ended;
	world_expects(world, from, OP(CONTENT_DELEGATE), &delegate, want);
}

UNIT_TEST(a_code_names_its_issuer)
{
	struct world *world = world_new(NULL);
	char *code = code_of(LAB_1);

	anchors(world, LAB_1, code, "", ERR_OK);
	anchors(world, LAB_1, "", code, ERR_OK);
	anchors(world, LAB_1, code, code, ERR_OK);
	anchors(world, LAB_2, code, "", ERR_LABEL_PRODUCER);
	anchors(world, LAB_2, "", code, ERR_LABEL_PRODUCER);
	anchors(world, LAB_1, code, code_of(LAB_2), ERR_LABEL_PRODUCER);
	anchors(world, FOREIGN, code, "", ERR_LABEL_PRODUCER);
	world_free(world);
}

UNIT_TEST(only_27_digits_and_capitals_are_a_code)
{
	struct world *world = world_new(NULL);
	char *code = code_of(LAB_1);
	char text[CODE_MAX];

	snprintf(text, sizeof(text), "%.26s", code);
	anchors(world, LAB_2, text, text, ERR_OK); /* 26: a name */
	anchors(world, LAB_2, code, "", ERR_LABEL_PRODUCER);
	snprintf(text, sizeof(text), "%s0", code);
	anchors(world, LAB_2, text, text, ERR_OK); /* 28 */
	snprintf(text, sizeof(text), "%sx", code);
	anchors(world, LAB_2, text, "", ERR_OK);
	snprintf(text, sizeof(text), "%.26sx", code);
	anchors(world, LAB_2, text, "", ERR_OK);
	snprintf(text, sizeof(text), "%.26s-", code);
	anchors(world, LAB_2, text, "", ERR_OK);
	snprintf(text, sizeof(text), "%.26sZ", code);
	anchors(world, LAB_2, text, "", ERR_LABEL_PRODUCER);
	anchors(world, LAB_2, "示例科技研究院九个", "", ERR_OK); /* nine letters, 27 bytes */
	world_free(world);
}

UNIT_TEST(a_code_is_of_an_organisation_bound_by_its_identifier)
{
	struct world *world = world_new(NULL);
	char *code = code_of(LAB_1);
	size_t check = 4 + 17;

	for (size_t i = 0; i < 4; i++) {
		char before = code[i];

		code[i] = '2';
		anchors(world, LAB_1, code, "", ERR_LABEL_PRODUCER);
		code[i] = before;
	}
	for (size_t i = 22; i < 27; i++)
		code[i] = 'Z'; /* the organisation's own choice */
	anchors(world, LAB_1, code, "", ERR_OK);
	code[check] = code[check] == '0' ? '1' : '0'; /* wrong check digit */
	anchors(world, LAB_1, code, "", ERR_LABEL_PRODUCER);
	world_free(world);
}

UNIT_TEST(a_delegation_lends_the_code_until_it_ends)
{
	struct world *world = world_new(NULL);
	char *code = code_of(LAB_1);
	const Stele__DelegationValue *value;

	delegates(world, LAB_1, world_id(FOREIGN), false, ERR_OK);
	anchors(world, FOREIGN, code, code, ERR_OK);
	anchors(world, LAB_2, code, "", ERR_LABEL_PRODUCER);
	anchors(world, LAB_1, code, "", ERR_OK);
	delegates(world, LAB_1, world_id(FOREIGN), true, ERR_OK);
	value = world_value(world, VALUE_DELEGATION, "delegation/%s/%s", world_id(LAB_1),
			    world_id(FOREIGN));
	ck_assert(value->is_ended);
	ck_assert_uint_eq(value->log_index, world->log_size - 1);
	anchors(world, FOREIGN, code, "", ERR_LABEL_PRODUCER);
	anchors(world, FOREIGN, "", code, ERR_LABEL_PRODUCER);
	delegates(world, LAB_1, world_id(FOREIGN), false, ERR_OK);
	anchors(world, FOREIGN, code, "", ERR_OK);
	world_free(world);
}

/* What LAB_2 may do for LAB_1 says nothing of what LAB_1 may do for LAB_2, and
 * is not LAB_2's to lend on. */
UNIT_TEST(who_is_suspended_lends_nothing)
{
	struct world *world = world_new(NULL);
	char *code = code_of(LAB_1);

	delegates(world, LAB_1, world_id(FOREIGN), false, ERR_OK);
	world_set_status(world, LAB_1, STELE__ORG_STATUS__ORG_SUSPENDED);
	anchors(world, FOREIGN, code, "", ERR_LABEL_PRODUCER);
	anchors(world, FOREIGN, "", code, ERR_LABEL_PRODUCER);
	world_set_status(world, LAB_1, STELE__ORG_STATUS__ORG_ACTIVE);
	anchors(world, FOREIGN, code, code, ERR_OK);
	world_set_status(world, LAB_1, STELE__ORG_STATUS__ORG_DELISTED);
	anchors(world, FOREIGN, code, "", ERR_LABEL_PRODUCER);
	world_free(world);
}

UNIT_TEST(a_delegation_has_a_direction_and_is_not_passed_on)
{
	struct world *world = world_new(NULL);

	delegates(world, LAB_1, world_id(LAB_2), false, ERR_OK);
	delegates(world, LAB_2, world_id(OUTSIDE), false, ERR_OK);
	anchors(world, LAB_1, code_of(LAB_2), "", ERR_LABEL_PRODUCER);
	anchors(world, OUTSIDE, code_of(LAB_1), "", ERR_LABEL_PRODUCER);
	anchors(world, OUTSIDE, code_of(LAB_2), "", ERR_OK);
	world_free(world);
}

UNIT_TEST(a_delegation_names_another_organisation_and_changes_something)
{
	struct world *world = world_new(NULL);

	delegates(world, LAB_1, "CN-USCI-nobody", false, ERR_NOT_FOUND_ORG);
	delegates(world, LAB_1, "CN-USCI-nobody", true, ERR_NOT_FOUND_ORG); /* before CD-02 */
	delegates(world, LAB_1, world_id(LAB_1), false, ERR_DELEGATION);
	delegates(world, LAB_1, world_id(LAB_1), true, ERR_DELEGATION);
	delegates(world, LAB_1, world_id(LAB_2), true, ERR_DELEGATION);
	delegates(world, LAB_1, world_id(LAB_2), false, ERR_OK);
	delegates(world, LAB_1, world_id(LAB_2), false, ERR_DELEGATION);
	delegates(world, LAB_1, world_id(LAB_2), true, ERR_OK);
	delegates(world, LAB_1, world_id(LAB_2), true, ERR_DELEGATION);
	delegates(world, LAB_1, world_id(LAB_2), false, ERR_OK);
	world_free(world);
}

static void place_is(struct world *world, uint64_t k, enum who to)
{
	const Stele__NameValue *name = world_value(world, VALUE_NAME, "delegation-no/%s/%d",
						   world_id(LAB_1), (int)k);
	char want[160];

	snprintf(want, sizeof(want), "delegation/%s/%s", world_id(LAB_1), world_id(to));
	ck_assert_str_eq(name->key, want);
}

UNIT_TEST(delegations_are_a_dense_list_of_each_organisation_once)
{
	struct world *world = world_new(NULL);
	const Stele__CountValue *count;

	delegates(world, LAB_2, world_id(LAB_1), false, ERR_OK); /* of another list */
	delegates(world, LAB_1, world_id(FOREIGN), false, ERR_OK);
	delegates(world, LAB_1, world_id(FOREIGN), true, ERR_OK);
	delegates(world, LAB_1, world_id(OUTSIDE), false, ERR_OK);
	delegates(world, LAB_1, world_id(FOREIGN), false, ERR_OK);
	count = world_value(world, VALUE_COUNT, "delegation-no/%s", world_id(LAB_1));
	ck_assert_uint_eq(count->count, 2);
	place_is(world, 1, FOREIGN);
	place_is(world, 2, OUTSIDE);
	ck_assert(!world_has(world, "delegation-no/%s/3", world_id(LAB_1)));
	world_free(world);
}

/* --- propagation ------------------------------------------------------------ */

static Stele__ContentPropagate *make_propagation(uint64_t content, uint64_t claim,
						 const char *propagator)
{
	Stele__ContentPropagate *made = make_memory(sizeof(*made));

	*made = (Stele__ContentPropagate)STELE__CONTENT_PROPAGATE__INIT;
	made->target = make_ref(content, claim);
	made->propagator = (char *)propagator;
	made->propagate_id = (char *)"P-1";
	return made;
}

static void propagates(struct world *world, enum who who, uint64_t content, uint64_t claim,
		       const char *propagator, enum err want)
{
	world_expects(world, who, OP(CONTENT_PROPAGATE),
		      make_propagation(content, claim, propagator), want);
}

UNIT_TEST(anybody_propagates_a_live_claim)
{
	struct world *world = world_new(NULL);
	Stele__ContentWithdraw withdraw = STELE__CONTENT_WITHDRAW__INIT;

	(void)world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(7));
	(void)world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(7));
	propagates(world, LAB_2, 8, 1, "Example Portal", ERR_NOT_FOUND_CLAIM);
	propagates(world, LAB_2, 7, 0, "Example Portal", ERR_NOT_FOUND_CLAIM);
	propagates(world, LAB_2, 7, 3, "Example Portal", ERR_NOT_FOUND_CLAIM);
	propagates(world, LAB_2, 7, 2, "Example Portal", ERR_OK);
	propagates(world, LAB_1, 7, 2, "Example Portal", ERR_OK);
	withdraw.target = make_ref(7, 2);
	(void)world_accepts(world, LAB_1, OP(CONTENT_WITHDRAW), &withdraw);
	propagates(world, LAB_2, 7, 2, "Example Portal", ERR_CLAIM_ENDED);
	propagates(world, LAB_2, 7, 1, "Example Portal", ERR_OK);
	world_free(world);
}

UNIT_TEST(propagations_of_a_claim_are_a_dense_list)
{
	struct world *world = world_new(NULL);
	const Stele__PropagationValue *value;
	const Stele__CountValue *count;
	char hex[65];

	hex_encode(hex, world_hash(7).data, 32);
	(void)world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(7));
	propagates(world, LAB_2, 7, 1, "Example Portal", ERR_OK);
	propagates(world, FOREIGN, 7, 1, "Example Mirror", ERR_OK);
	count = world_value(world, VALUE_COUNT, "propagation/%s/1", hex);
	ck_assert_uint_eq(count->count, 2);
	value = world_value(world, VALUE_PROPAGATION, "propagation/%s/1/2", hex);
	ck_assert_str_eq(value->org, world_id(FOREIGN));
	ck_assert_str_eq(value->record->propagator, "Example Mirror");
	ck_assert_str_eq(value->record->propagate_id, "P-1");
	ck_assert_uint_eq(value->log_index, world->log_size - 1);
	ck_assert_uint_eq(value->time, world->time_ms);
	value = world_value(world, VALUE_PROPAGATION, "propagation/%s/1/1", hex);
	ck_assert_str_eq(value->org, world_id(LAB_2));
	ck_assert(!world_has(world, "propagation/%s/1/3", hex));
	world_free(world);
}

/* CG-01 before CG-02 before CG-03. */
UNIT_TEST(a_propagator_names_itself_or_who_lent_it_its_code)
{
	struct world *world = world_new(NULL);
	Stele__ContentWithdraw withdraw = STELE__CONTENT_WITHDRAW__INIT;
	char *code = code_of(LAB_1);
	char name[CODE_MAX];

	(void)world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(7));
	propagates(world, LAB_1, 7, 1, code, ERR_OK);
	propagates(world, LAB_2, 7, 1, code, ERR_LABEL_PRODUCER);
	propagates(world, LAB_2, 7, 2, code, ERR_NOT_FOUND_CLAIM);
	snprintf(name, sizeof(name), "%.26s", code);
	propagates(world, LAB_2, 7, 1, name, ERR_OK);
	snprintf(name, sizeof(name), "%s0", code);
	propagates(world, LAB_2, 7, 1, name, ERR_OK);
	delegates(world, LAB_1, world_id(LAB_2), false, ERR_OK);
	propagates(world, LAB_2, 7, 1, code, ERR_OK);
	withdraw.target = make_ref(7, 1);
	(void)world_accepts(world, LAB_1, OP(CONTENT_WITHDRAW), &withdraw);
	propagates(world, FOREIGN, 7, 1, code, ERR_CLAIM_ENDED);
	world_free(world);
}

UNIT_MAIN("apply_content_producer", a_code_names_its_issuer,
	  only_27_digits_and_capitals_are_a_code,
	  a_code_is_of_an_organisation_bound_by_its_identifier,
	  a_delegation_lends_the_code_until_it_ends, who_is_suspended_lends_nothing,
	  a_delegation_has_a_direction_and_is_not_passed_on,
	  a_delegation_names_another_organisation_and_changes_something,
	  delegations_are_a_dense_list_of_each_organisation_once, anybody_propagates_a_live_claim,
	  propagations_of_a_claim_are_a_dense_list,
	  a_propagator_names_itself_or_who_lent_it_its_code)
