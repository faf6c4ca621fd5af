#include "tests/unit/ledger/v0_proof.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proofs/proof.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/mutants.h"
#include "tests/unit/ledger/town_records.h"

/* --- making by kind ------------------------------------------------------- */

enum kind {
	STATE, AWARDS_OF, ORG_AWARDS, CLAIMS, CLAIMS_NONE, EVIDENCE, INCLUSION, CONSISTENCY, REJECTED,
	KINDS
};

static enum err make_kind(struct ledger_view *view, enum kind kind, struct bytes set_text,
			  json_t **out)
{
	static const char *const keys[] = {"programme/P1", "programme/P2", "policy/limits"};
	struct hash content = {{0}};

	switch (kind) {
	case STATE:
		return proof_state(view, keys, 3, set_text, out);
	case AWARDS_OF:
		return proof_awards(view, "P1", set_text, out);
	case ORG_AWARDS:
		return proof_org_awards(view, world_id(LAB_1), set_text, out);
	case CLAIMS:
		memcpy(content.b, world_hash(7).data, sizeof(content.b));
		return proof_claims(view, &content, set_text, out);
	case CLAIMS_NONE:
		return proof_claims(view, &content, set_text, out);
	case EVIDENCE:
		return proof_evidence(view, set_text, out);
	case INCLUSION:
		return proof_inclusion(view, 3, set_text, out);
	case CONSISTENCY:
		return proof_consistency(view, 6, set_text, out);
	case REJECTED:
		return proof_rejected(view, 3, 1, set_text, out);
	case KINDS:
		break;
	}
	abort();
}

static json_t *make(struct town *town, enum kind kind)
{
	struct ledger_view *view;
	struct buf set_text;
	json_t *proof = NULL;

	buf_init(&set_text, LIMIT_SET_BYTES);
	set_render(&set_text, &town->world->genesis->set);
	ck_assert_int_eq(ledger_view_open(town->ledger, &view), ERR_OK);
	ck_assert_int_eq(make_kind(view, kind, buf_bytes(&set_text), &proof), ERR_OK);
	ledger_view_close(view);
	buf_release(&set_text);
	return proof;
}

/* The facts are to be released. */
static void check_good(struct town *town, enum kind kind, struct proof_facts *facts)
{
	json_t *proof = make(town, kind);
	struct trust trust;
	enum err err;

	town_trust(town, &trust);
	err = proof_check(proof, &trust, facts);
	ck_assert_msg(err == ERR_OK, "%d: %s", (int)kind, err_name(err));
	ck_assert(facts->is_trusted);
	ck_assert_uint_eq(facts->cover.last.height, 3);
	json_decref(proof);
}

UNIT_TEST(proof_of_awards_gives_all_of_them_and_their_sums)
{
	struct town *town = town_with_records();
	struct proof_facts facts;

	check_good(town, AWARDS_OF, &facts);
	ck_assert_uint_eq(facts.facts[0].count, TOWN_RECORDS_AWARDS);
	ck_assert_uint_eq(facts.facts[0].items_count, TOWN_RECORDS_AWARDS + 2);
	ck_assert_uint_eq(facts.facts[0].sums.committed, 3003);
	ck_assert_uint_eq(facts.facts[0].sums.paid, 77);
	ck_assert_uint_eq(facts.facts[0].sums.recovered, 0);
	ck_assert_uint_eq(facts.facts[0].budget, 100000);
	ck_assert_str_eq(facts.facts[0].currency, "CNY");
	proof_facts_release(&facts);
	check_good(town, ORG_AWARDS, &facts);
	ck_assert_uint_eq(facts.facts[0].count, TOWN_RECORDS_AWARDS);
	proof_facts_release(&facts);
	town_free(town);
}

UNIT_TEST(proof_of_claims_gives_all_of_them_or_that_there_is_none)
{
	struct town *town = town_with_records();
	struct proof_facts facts;

	check_good(town, CLAIMS, &facts);
	ck_assert_uint_eq(facts.facts[0].count, 2);
	ck_assert_uint_eq(facts.facts[0].items_count, 3);
	proof_facts_release(&facts);
	check_good(town, CLAIMS_NONE, &facts);
	ck_assert_uint_eq(facts.facts[0].count, 0);
	ck_assert(!facts.facts[0].items[0].is_present);
	proof_facts_release(&facts);
	town_free(town);
}

UNIT_TEST(proof_of_evidence_gives_all_of_it_or_that_there_is_none)
{
	struct town *town = town_with_records();
	struct proof_facts facts;
	struct ledger_committed committed;
	struct tx *tx;

	check_good(town, EVIDENCE, &facts);
	ck_assert_uint_eq(facts.facts[0].count, 2);
	ck_assert_uint_eq(facts.facts[0].items_count, 4);
	proof_facts_release(&facts);
	town_free(town);
	town = town_new();
	for (int i = 0; i < 3; i++) {
		tx = town_anchor(town, (uint64_t)i);
		town_decide(town, &tx, 1, &committed);
	}
	check_good(town, EVIDENCE, &facts);
	ck_assert_uint_eq(facts.facts[0].count, 0);
	ck_assert(!facts.facts[0].items[0].is_present);
	proof_facts_release(&facts);
	town_free(town);
}

UNIT_TEST(proof_of_state_gives_presence_and_absence)
{
	struct town *town = town_with_records();
	struct proof_facts facts;

	check_good(town, STATE, &facts);
	ck_assert_uint_eq(facts.entries_count, 3);
	ck_assert(facts.entries[0].is_present && !facts.entries[1].is_present);
	ck_assert_str_eq(facts.entries[1].key, "programme/P2");
	proof_facts_release(&facts);
	town_free(town);
}

UNIT_TEST(proof_of_log_and_rejected_gives_their_places)
{
	struct town *town = town_with_records();
	struct proof_facts facts;

	check_good(town, INCLUSION, &facts);
	ck_assert_uint_eq(facts.facts[0].log_index, 3);
	proof_facts_release(&facts);
	check_good(town, CONSISTENCY, &facts);
	ck_assert_uint_eq(facts.facts[0].from_size, 6);
	proof_facts_release(&facts);
	check_good(town, REJECTED, &facts);
	ck_assert_uint_eq(facts.facts[0].rejected_code, ERR_NOT_FOUND_AWARD);
	proof_facts_release(&facts);
	town_free(town);
}

UNIT_TEST(proof_of_another_chain_is_refused)
{
	struct town *town = town_with_records();
	json_t *proof = make(town, CLAIMS);
	struct proof_facts facts;
	struct trust trusts[2];

	for (size_t i = 0; i < 2; i++)
		town_trust(town, &trusts[i]);
	trusts[0].chain.b[9] ^= 1;
	trusts[1].sets[0].b[9] ^= 1;
	for (size_t i = 0; i < 2; i++) {
		ck_assert_int_eq(proof_check(proof, &trusts[i], &facts), ERR_RECEIPT_SIGNER);
		proof_facts_release(&facts);
	}
	ck_assert_int_eq(proof_check(proof, NULL, &facts), ERR_OK);
	ck_assert(!facts.is_trusted);
	proof_facts_release(&facts);
	json_decref(proof);
	town_free(town);
}

/* --- one change each ------------------------------------------------------ */

struct hunt {
	enum kind kind;
	struct trust trust;
	struct ledger_view *view;
};

static bool is_true(const struct hunt *hunt, const struct entry *item)
{
	struct bytes value;
	enum err err = view_value(hunt->view, item->key, &value);

	return item->is_present ? err == ERR_OK && bytes_equal(value, item->value)
				: err == ERR_NOT_FOUND;
}

/* Items of a state proof are claims of their own: fewer, twice, in another order, or
 * of another key that is absent too, they are as true.  Nothing else may pass. */
static void hunt_visit(void *context, const json_t *mutant, const char *where, const char *how)
{
	struct hunt *hunt = context;
	struct proof_facts facts;
	enum err err = proof_check(mutant, &hunt->trust, &facts);

	if (err == ERR_OK) {
		ck_assert_msg(hunt->kind == STATE, "%s %s, and it passes", where, how);
		ck_assert_msg(strncmp(where, "/items/", 7) == 0, "%s %s", where, how);
		for (size_t i = 0; i < facts.entries_count; i++)
			ck_assert_msg(is_true(hunt, &facts.entries[i]), "%s %s", where, how);
	}
	proof_facts_release(&facts);
}

UNIT_TEST(proof_with_any_one_change_does_not_pass)
{
	struct town *town = town_with_records();

	for (enum kind kind = STATE; kind < KINDS; kind++) {
		json_t *proof = make(town, kind);
		json_t *before = json_deep_copy(proof);
		struct hunt hunt = {.kind = kind};

		town_trust(town, &hunt.trust);
		ck_assert_int_eq(ledger_view_open(town->ledger, &hunt.view), ERR_OK);
		ck_assert_uint_gt(mutants_each(proof, hunt_visit, &hunt), 200);
		ck_assert(json_equal(before, proof));
		ledger_view_close(hunt.view);
		json_decref(before);
		json_decref(proof);
	}
	town_free(town);
}

/* --- lists that are not whole ---------------------------------------------- */

static json_t *items_of(json_t *proof)
{
	return json_object_get(proof, "items");
}

static void expect_form(struct town *town, json_t *proof)
{
	struct proof_facts facts;
	struct trust trust;

	town_trust(town, &trust);
	ck_assert_int_eq(proof_check(proof, &trust, &facts), ERR_PROOF_FORM);
	proof_facts_release(&facts);
	json_decref(proof);
}

UNIT_TEST(proof_of_a_list_needs_its_end)
{
	struct town *town = town_with_records();
	json_t *state = make(town, STATE);
	json_t *claims = make(town, CLAIMS);
	json_t *proof = json_deep_copy(claims);

	/* the absence of claim 3 replaced by another true absence */
	json_array_remove(items_of(proof), 2);
	json_array_append(items_of(proof), json_array_get(items_of(state), 1));
	expect_form(town, proof);
	/* one claim of two, and an absence */
	proof = json_deep_copy(claims);
	json_array_remove(items_of(proof), 1);
	expect_form(town, proof);
	/* a list of awards passed off as claims */
	proof = make(town, AWARDS_OF);
	json_object_set_new(proof, "kind", json_string("claims"));
	json_object_del(proof, "programme");
	json_object_set(proof, "sha256", json_object_get(claims, "sha256"));
	expect_form(town, proof);
	/* nothing claimed, of a content that is */
	proof = make(town, CLAIMS_NONE);
	json_object_set(proof, "sha256", json_object_get(claims, "sha256"));
	expect_form(town, proof);
	json_decref(state);
	json_decref(claims);
	town_free(town);
}

UNIT_MAIN("proof", proof_of_awards_gives_all_of_them_and_their_sums,
	  proof_of_claims_gives_all_of_them_or_that_there_is_none,
	  proof_of_evidence_gives_all_of_it_or_that_there_is_none,
	  proof_of_state_gives_presence_and_absence, proof_of_log_and_rejected_gives_their_places,
	  proof_of_another_chain_is_refused, proof_with_any_one_change_does_not_pass,
	  proof_of_a_list_needs_its_end)
