/* Founding: the same cards in any order give the same document, nothing that is
 * not signed gets in, and nothing is sealed without every founder. */
#include <stdlib.h>
#include <string.h>

#include "clients/cli/example_orgs.h"
#include "clients/cli/founding.h"
#include "ledger/apply/identifier.h"
#include "proto/tx.h"
#include "tests/lib/unit.h"

#define COUNT 5
#define VALIDATORS 4

struct scene {
	struct cli cli;
	struct card cards[COUNT];
	struct secret secrets[COUNT];
	struct buf parameters;
	struct genesis genesis;
};

static struct secret secret_of(unsigned number)
{
	struct secret secret = {{0}};

	secret.b[30] = 1;
	secret.b[31] = (uint8_t)number;
	return secret;
}

static void make_card(struct scene *scene, unsigned index, const struct example_org *example)
{
	struct card *card = &scene->cards[index];
	struct secret secrets[3] = {secret_of(3 * index + 1), secret_of(3 * index + 2),
				    secret_of(3 * index + 3)};

	scene->secrets[index] = secrets[0];
	memcpy(card->network, "test.example", 13);
	card->org = example->org;
	card->org.keys_count = 1;
	card->org.keys[0].purposes = 1u << STELE__PURPOSE__PURPOSE_GOVERN;
	ck_assert_int_eq(sign_public(&card->org.keys[0].key, &secrets[0]), ERR_OK);
	card->has_validator = example->is_validator;
	memcpy(card->validator.id, "node-0", 7);
	card->validator.id[5] = (char)('1' + index);
	memcpy(card->validator.org, card->org.id, sizeof(card->org.id));
	ck_assert_int_eq(sign_public(&card->validator.consensus_key, &secrets[1]), ERR_OK);
	ck_assert_int_eq(sign_public(&card->validator.node_key, &secrets[2]), ERR_OK);
	ck_assert_int_eq(card_sign(card, secrets), ERR_OK);
}

static struct scene *scene_new(uint32_t approvals)
{
	struct scene *scene = calloc(1, sizeof(*scene));
	struct example_org *examples = calloc(EXAMPLE_ORGS_MAX, sizeof(*examples));
	struct parameters parameters;

	ck_assert(scene != NULL && examples != NULL);
	(void)example_orgs(examples, VALIDATORS);
	for (unsigned i = 0; i < COUNT; i++)
		make_card(scene, i, &examples[i]);
	free(examples);
	parameters_init(&parameters, "test.example");
	parameters.time_ms = 1700000000000;
	parameters.approvals = approvals;
	buf_init(&scene->parameters, LIMIT_GENESIS_BYTES);
	parameters_render(&scene->parameters, &parameters);
	return scene;
}

static void scene_free(struct scene *scene)
{
	cli_release(&scene->cli);
	buf_release(&scene->parameters);
	free(scene);
}

static enum err assemble(struct scene *scene, struct card *cards, size_t count, struct buf *out)
{
	return founding_assemble(&scene->cli, buf_bytes(&scene->parameters), cards, count, out,
				 &scene->genesis);
}

UNIT_TEST(the_order_of_cards_does_not_matter)
{
	struct scene *scene = scene_new(2);
	struct card *other = calloc(COUNT, sizeof(*other));
	struct buf one, two;

	buf_init(&one, LIMIT_GENESIS_BYTES);
	buf_init(&two, LIMIT_GENESIS_BYTES);
	for (size_t i = 0; i < COUNT; i++)
		other[i] = scene->cards[COUNT - 1 - i];
	ck_assert_int_eq(assemble(scene, scene->cards, COUNT, &one), ERR_OK);
	ck_assert_int_eq(assemble(scene, other, COUNT, &two), ERR_OK);
	unit_assert_bytes(one.at, one.len, two.at, two.len);
	ck_assert_uint_eq(scene->genesis.set.count, VALIDATORS);
	ck_assert_uint_eq(scene->genesis.orgs_count, COUNT);
	buf_release(&one);
	buf_release(&two);
	free(other);
	scene_free(scene);
}

static void is_refused(struct scene *scene, size_t count, enum err want)
{
	struct buf out;

	buf_init(&out, LIMIT_GENESIS_BYTES);
	ck_assert_int_eq(assemble(scene, scene->cards, count, &out), want);
	ck_assert_int_eq(scene->cli.failure.err, want);
	buf_release(&out);
	scene_free(scene);
}

UNIT_TEST(a_card_that_was_changed_does_not_get_in)
{
	struct scene *scene = scene_new(2);

	scene->cards[1].org.roles |= 1u << STELE__ROLE__ROLE_FUNDER;
	scene->cards[1].org.name_en[0] = 'X';
	is_refused(scene, COUNT, ERR_GENESIS_SIGNATURES);
}

UNIT_TEST(a_card_of_another_network_or_twice_does_not_get_in)
{
	struct scene *scene = scene_new(2);

	memcpy(scene->cards[2].network, "text.example", 13);
	is_refused(scene, COUNT, ERR_GENESIS_FORM);
	scene = scene_new(2);
	scene->cards[1] = scene->cards[0];
	is_refused(scene, COUNT, ERR_GENESIS_FORM);
}

UNIT_TEST(without_a_validator_there_is_no_document)
{
	struct scene *scene = scene_new(2);

	scene->cards[0] = scene->cards[COUNT - 1]; /* the only one without */
	is_refused(scene, 1, ERR_GENESIS_FORM);
}

struct lookup {
	const struct genesis *genesis;
	unsigned operations, motions;
};

static void has_rule(uint32_t operation, void *context)
{
	struct lookup *lookup = context;
	const struct genesis *genesis = lookup->genesis;

	if (operation <= STELE__TRANSACTION_BODY__OPERATION_MOTION_WITHDRAW)
		return;
	for (uint32_t i = 0; i < genesis->rules_count; i++) {
		if (genesis->rules[i].operation != operation)
			continue;
		lookup->operations++;
		lookup->motions += genesis->rules[i].approvals > 0;
		return;
	}
	ck_abort_msg("no rule for %s", operation_name(operation));
}

UNIT_TEST(a_new_network_has_a_rule_for_every_operation)
{
	for (uint32_t approvals = 0; approvals <= 2; approvals += 2) {
		struct scene *scene = scene_new(approvals);
		struct lookup lookup = {.genesis = &scene->genesis};
		struct buf document;

		buf_init(&document, LIMIT_GENESIS_BYTES);
		ck_assert_int_eq(assemble(scene, scene->cards, COUNT, &document), ERR_OK);
		operation_each(has_rule, &lookup);
		ck_assert_uint_eq(lookup.operations, scene->genesis.rules_count);
		ck_assert_uint_eq(lookup.motions, approvals > 0 ? 11 : 0);
		buf_release(&document);
		scene_free(scene);
	}
}

UNIT_TEST(it_is_sealed_by_all_founders_and_by_nobody_else)
{
	struct scene *scene = scene_new(2);
	struct card *cards = calloc(COUNT, sizeof(*cards));
	struct founder founders[COUNT], stranger;
	struct public_key key;
	struct buf document, sealed, text;

	buf_init(&document, LIMIT_GENESIS_BYTES);
	buf_init(&sealed, GENESIS_FILE_BYTES);
	buf_init(&text, 1024);
	memcpy(cards, scene->cards, sizeof(scene->cards));
	ck_assert_int_eq(assemble(scene, cards, COUNT, &document), ERR_OK);
	for (unsigned i = 0; i < COUNT; i++) {
		enum err err;

		key = scene->cards[i].org.keys[0].key;
		err = founding_sign(&scene->cli, &scene->genesis, &scene->secrets[i], &key,
				    &founders[i]);
		ck_assert_int_eq(err, i < VALIDATORS ? ERR_OK : ERR_KEY_PURPOSE);
	}
	ck_assert_int_eq(founding_seal(&scene->cli, &scene->genesis, buf_bytes(&document), founders,
				       VALIDATORS - 1, &sealed),
			 ERR_GENESIS_SIGNATURES);
	ck_assert_uint_eq(sealed.len, 0);
	founder_render(&text, &founders[0]);
	ck_assert_int_eq(founder_parse(&stranger, buf_bytes(&text)), ERR_OK);
	ck_assert_str_eq(stranger.org, founders[0].org);
	ck_assert_int_eq(founding_seal(&scene->cli, &scene->genesis, buf_bytes(&document), founders,
				       VALIDATORS, &sealed),
			 ERR_OK);
	ck_assert_uint_gt(sealed.len, document.len);
	buf_release(&text);
	buf_release(&sealed);
	buf_release(&document);
	free(cards);
	scene_free(scene);
}

UNIT_TEST(example_identifiers_are_valid_distinct_and_say_example)
{
	struct example_org *orgs = calloc(EXAMPLE_ORGS_MAX, sizeof(*orgs));
	size_t count = example_orgs(orgs, EXAMPLE_VALIDATORS_MAX), elsewhere = 0, applicants = 0;

	for (size_t i = 0; i < count; i++) {
		ck_assert_int_eq(identifier_check(orgs[i].org.id), ERR_OK);
		ck_assert_ptr_nonnull(strstr(orgs[i].org.id, "EXAMPLE"));
		elsewhere += !identifier_has_division(orgs[i].org.id, "11");
		applicants += (orgs[i].org.roles & 1u << STELE__ROLE__ROLE_APPLICANT) != 0;
		for (size_t j = 0; j < i; j++)
			ck_assert_str_ne(orgs[i].org.id, orgs[j].org.id);
	}
	ck_assert_uint_eq(elsewhere, 1);
	ck_assert_uint_eq(applicants, EXAMPLE_INSTITUTES + 1);
	free(orgs);
}

UNIT_MAIN("founding", the_order_of_cards_does_not_matter, a_card_that_was_changed_does_not_get_in,
	  a_card_of_another_network_or_twice_does_not_get_in,
	  without_a_validator_there_is_no_document,
	  a_new_network_has_a_rule_for_every_operation,
	  it_is_sealed_by_all_founders_and_by_nobody_else,
	  example_identifiers_are_valid_distinct_and_say_example)
