/* A light client's step beyond what the corpus shows: a pin that is full, and a reader that
 * has no head yet. */
#include "proofs/light.h"

#include <stdlib.h>
#include <string.h>

#include "tests/lib/unit.h"

struct scene {
	struct trust trust, moved;
	struct proof_facts facts;
	struct fact fact;
	struct set sets[2];
	struct set_change change;
};

/* A proof that was judged: one change, of the newest epoch of a full pin, to a header at 9. */
static struct scene *scene_new(void)
{
	struct scene *scene = calloc(1, sizeof(*scene));
	struct cover *cover;

	ck_assert_ptr_nonnull(scene);
	scene->trust.epoch = 4;
	scene->trust.sets_count = TRUST_SETS_MAX;
	for (uint32_t i = 0; i < TRUST_SETS_MAX; i++)
		store_u32(scene->trust.sets[i].b, i);
	scene->trust.has_head = true;
	scene->trust.head = (struct trust_head){.height = 7, .log_size = 5};
	scene->sets[1].hash.b[31] = 1;
	scene->change.set = &scene->sets[1];
	cover = &scene->facts.cover;
	cover->epoch = trust_epoch_last(&scene->trust);
	cover->first = &scene->sets[0];
	cover->changes = &scene->change;
	cover->changes_count = 1;
	cover->top.epoch = cover->epoch + 1;
	cover->last = cover->top;
	cover->last.height = 9;
	cover->last.log_size = 6;
	scene->fact = (struct fact){.kind = FACT_CONSISTENCY, .from_size = 5};
	scene->facts.facts = &scene->fact;
	scene->facts.facts_count = 1;
	scene->facts.finality = FINDING_PASS;
	scene->facts.signer = FINDING_PASS;
	scene->facts.promises = FINDING_PASS;
	return scene;
}

static enum err step(struct scene *scene)
{
	return light_step(&scene->facts, &scene->trust, &scene->moved);
}

UNIT_TEST(light_a_full_pin_lets_its_oldest_set_go)
{
	struct scene *scene = scene_new();

	ck_assert_int_eq(step(scene), ERR_OK);
	ck_assert(scene->moved.epoch == 5 && scene->moved.sets_count == TRUST_SETS_MAX);
	ck_assert_uint_eq(load_u32(scene->moved.sets[0].b), 1);
	ck_assert(hash_equal(&scene->moved.sets[TRUST_SETS_MAX - 1], &scene->sets[1].hash));
	ck_assert(scene->moved.head.height == 9 && scene->moved.head.log_size == 6);
	free(scene);
}

UNIT_TEST(light_without_a_head_begins_at_the_first_leaf)
{
	struct scene *scene = scene_new();

	scene->trust.has_head = false;
	ck_assert_int_eq(step(scene), ERR_PROOF_FORM);
	scene->fact.from_size = 1;
	ck_assert_int_eq(step(scene), ERR_OK);
	ck_assert(scene->moved.has_head);
	free(scene);
}

UNIT_TEST(light_moves_only_by_what_passed)
{
	struct scene *scene = scene_new();

	scene->facts.cover.last.height = 6;
	ck_assert_int_eq(step(scene), ERR_PROOF_FORM);
	scene->facts.cover.last.height = 7;
	ck_assert_int_eq(step(scene), ERR_OK);
	scene->facts.promises = FINDING_FAIL;
	scene->facts.promises_code = ERR_PROOF_ROOT;
	ck_assert_int_eq(step(scene), ERR_PROOF_ROOT);
	scene->facts.signer = FINDING_NOT_CHECKED;
	scene->facts.signer_code = ERR_RECEIPT_REACH;
	ck_assert_int_eq(step(scene), ERR_RECEIPT_REACH);
	scene->facts.finality = FINDING_FAIL;
	scene->facts.finality_code = ERR_RECEIPT_FINALITY;
	ck_assert_int_eq(step(scene), ERR_RECEIPT_FINALITY);
	free(scene);
}

UNIT_MAIN("light", light_a_full_pin_lets_its_oldest_set_go,
	  light_without_a_head_begins_at_the_first_leaf, light_moves_only_by_what_passed)
