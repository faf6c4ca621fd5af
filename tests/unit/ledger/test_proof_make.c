#include "ledger/proof_make.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proofs/proof.h"
#include "proofs/shape.h"
#include "proofs/text.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/town_records.h"

#define OBJECT_BYTES_MAX ((size_t)64 << 20)

/* --- a proof, and what can be said of any ------------------------------------------ */

struct bench {
	struct town *town;
	struct ledger_view *view;
	struct proof_make proof;
	struct buf set_text;
};

static void begin(struct bench *bench, struct town *town, uint64_t height)
{
	bench->town = town;
	buf_init(&bench->set_text, LIMIT_SET_BYTES);
	set_render(&bench->set_text, &town->world->genesis->set);
	ck_assert_int_eq(ledger_view_open_at(town->ledger, height, &bench->view), ERR_OK);
	ck_assert_int_eq(proof_begin(&bench->proof, bench->view, height), ERR_OK);
}

static void end(struct bench *bench)
{
	proof_release(&bench->proof);
	ledger_view_close(bench->view);
	buf_release(&bench->set_text);
}

/* Its members are those of a proof, its text is canonical, all its facts hold. */
static json_t *finish(struct bench *bench)
{
	static const char *const members[] = {"entries", "facts", "finalization", "headers", "set",
					      "set_changes", "stele_proof", "tree", NULL};
	json_t *proof = NULL, *again;
	struct proof_facts facts;
	struct trust trust;
	struct buf text;

	ck_assert_int_eq(proof_end(&bench->proof, buf_bytes(&bench->set_text), &proof), ERR_OK);
	ck_assert(json_has_only(proof, members));
	ck_assert_int_eq(json_integer_value(json_object_get(proof, "stele_proof")), 1);
	buf_init(&text, OBJECT_BYTES_MAX);
	ck_assert_int_eq(text_render(&text, proof), ERR_OK);
	ck_assert_int_eq(text_parse(buf_bytes(&text), LIMIT_PROOF_BYTES, &again), ERR_OK);
	ck_assert(json_equal(proof, again));
	json_decref(again);
	buf_release(&text);
	town_trust(bench->town, &trust);
	ck_assert_int_eq(proof_check(proof, &trust, &facts), ERR_OK);
	ck_assert(facts.is_trusted);
	ck_assert_uint_eq(facts.cover.last.height, bench->proof.height);
	proof_facts_release(&facts);
	return proof;
}

static const json_t *fact_of(const json_t *proof, size_t i, const char *name)
{
	const json_t *fact = json_array_get(json_object_get(proof, "facts"), i);

	ck_assert_str_eq(json_string_value(json_object_get(fact, "fact")), name);
	return fact;
}

static void expect_part(const json_t *fact, json_int_t from, json_int_t to)
{
	ck_assert_int_eq(json_integer_value(json_object_get(fact, "from")), from);
	ck_assert_int_eq(json_integer_value(json_object_get(fact, "to")), to);
}

/* Whether the keys, and no others, are entries; a key with ! before it is absent. */
static void expect_entries(const json_t *proof, const char *const *keys, size_t count)
{
	const json_t *entries = json_object_get(proof, "entries"), *entry;
	size_t i;

	ck_assert_uint_eq(json_array_size(entries), count);
	json_array_foreach(entries, i, entry)
	{
		char key[LIMIT_KEY_BYTES + 2];
		bool is_found = false;

		(void)snprintf(key, sizeof(key), "%s%s",
			       json_object_get(entry, "value") == NULL ? "!" : "",
			       json_string_value(json_object_get(entry, "key")));
		for (size_t k = 0; k < count; k++)
			is_found |= strcmp(keys[k], key) == 0;
		ck_assert_msg(is_found, "%s", key);
	}
}

static const struct proof_part whole = {0, 0};

/* --- lists --------------------------------------------------------------------------- */

UNIT_TEST(proof_of_awards_is_of_all_or_of_a_part)
{
	static const char *const all[] = {"programme/P1", "award/P1/1", "award/P1/2", "award/P1/3",
					  "!award/P1/4"};
	static const char *const middle[] = {"programme/P1", "award/P1/2"};
	const struct proof_part parts[] = {{0, 0}, {1, 3}, {2, 2}};
	struct town *town = town_with_records();

	for (size_t i = 0; i < 3; i++) {
		struct bench bench;
		json_t *proof;

		begin(&bench, town, TOWN_RECORDS_HEIGHT);
		ck_assert_int_eq(proof_add_awards(&bench.proof, "P1", parts[i]), ERR_OK);
		proof = finish(&bench);
		expect_part(fact_of(proof, 0, "awards"), i == 2 ? 2 : 1, i == 2 ? 2 : 3);
		expect_entries(proof, i == 2 ? middle : all, i == 2 ? 2 : 5);
		json_decref(proof);
		end(&bench);
	}
	town_free(town);
}

UNIT_TEST(proof_of_a_part_that_is_not_there_is_refused)
{
	const struct proof_part parts[] = {{1, 4}, {4, 4}, {4, 0}, {3, 2}, {UINT64_MAX, 0}};
	struct town *town = town_with_records();
	struct hash content = {{0}};
	struct bench bench;

	begin(&bench, town, TOWN_RECORDS_HEIGHT);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		ck_assert_int_eq(proof_add_awards(&bench.proof, "P1", parts[i]),
				 ERR_API_PROOF_RANGE);
	ck_assert_int_eq(proof_add_awards(&bench.proof, "P2", whole), ERR_NOT_FOUND);
	ck_assert_int_eq(proof_add_claims(&bench.proof, &content, (struct proof_part){2, 0}),
			 ERR_API_PROOF_RANGE);
	ck_assert_int_eq(proof_add_claims(&bench.proof, &content, (struct proof_part){1, 1}),
			 ERR_API_PROOF_RANGE);
	end(&bench);
	town_free(town);
}

UNIT_TEST(proof_of_claims_is_of_all_a_part_or_none)
{
	char first[80], second[80], third[80], absent[80], hex[HASH_HEX_LEN + 1];
	const char *const all[] = {first, second, third};
	const char *const last[] = {first, second, third};
	const char *const none[] = {absent};
	struct town *town = town_with_records();
	struct hash content, nothing = {{0}};
	struct bench bench;
	json_t *proof;

	memcpy(content.b, world_hash(7).data, sizeof(content.b));
	hex_encode(hex, content.b, sizeof(content.b));
	(void)snprintf(first, sizeof(first), "content/%s", hex);
	(void)snprintf(second, sizeof(second), "claim/%s/2", hex);
	(void)snprintf(third, sizeof(third), "!claim/%s/3", hex);
	(void)snprintf(absent, sizeof(absent), "!content/%064d", 0);
	begin(&bench, town, TOWN_RECORDS_HEIGHT);
	ck_assert_int_eq(proof_add_claims(&bench.proof, &content, whole), ERR_OK);
	proof = finish(&bench);
	expect_part(fact_of(proof, 0, "claims"), 1, 2);
	expect_entries(proof, all, 3);
	json_decref(proof);
	end(&bench);
	begin(&bench, town, TOWN_RECORDS_HEIGHT);
	ck_assert_int_eq(proof_add_claims(&bench.proof, &content, (struct proof_part){2, 2}), ERR_OK);
	proof = finish(&bench);
	expect_part(fact_of(proof, 0, "claims"), 2, 2);
	expect_entries(proof, last, 3); /* the first claim is the head that counts them */
	json_decref(proof);
	end(&bench);
	begin(&bench, town, TOWN_RECORDS_HEIGHT);
	ck_assert_int_eq(proof_add_claims(&bench.proof, &nothing, whole), ERR_OK);
	proof = finish(&bench);
	expect_part(fact_of(proof, 0, "claims"), 1, 0);
	expect_entries(proof, none, 1);
	json_decref(proof);
	end(&bench);
	town_free(town);
}

UNIT_TEST(proof_of_evidence_and_of_an_organisations_awards)
{
	static const char *const evidence[] = {"count/evidence", "evidence/1", "evidence/2",
					       "!evidence/3"};
	static const char *const none[] = {"!count/evidence"};
	struct town *town = town_with_records();
	struct bench bench;
	json_t *proof;

	begin(&bench, town, TOWN_RECORDS_HEIGHT);
	ck_assert_int_eq(proof_add_evidence(&bench.proof, whole), ERR_OK);
	proof = finish(&bench);
	expect_part(fact_of(proof, 0, "evidence"), 1, 2);
	expect_entries(proof, evidence, 4);
	json_decref(proof);
	end(&bench);
	begin(&bench, town, TOWN_RECORDS_HEIGHT - 1); /* before there was any */
	ck_assert_int_eq(proof_add_evidence(&bench.proof, whole), ERR_OK);
	proof = finish(&bench);
	expect_part(fact_of(proof, 0, "evidence"), 1, 0);
	expect_entries(proof, none, 1);
	json_decref(proof);
	end(&bench);
	begin(&bench, town, TOWN_RECORDS_HEIGHT);
	ck_assert_int_eq(proof_add_org_awards(&bench.proof, world_id(LAB_1), whole), ERR_OK);
	proof = finish(&bench);
	expect_part(fact_of(proof, 0, "org-awards"), 1, TOWN_RECORDS_AWARDS);
	json_decref(proof);
	end(&bench);
	town_free(town);
}

/* --- several facts ------------------------------------------------------------------- */

UNIT_TEST(proof_of_many_facts_shares_header_and_entries)
{
	struct town *town = town_with_records();
	struct bench bench;
	json_t *proof;

	begin(&bench, town, TOWN_RECORDS_HEIGHT);
	ck_assert_int_eq(proof_add_awards(&bench.proof, "P1", whole), ERR_OK);
	ck_assert_int_eq(proof_add_state(&bench.proof, "programme/P1"), ERR_OK); /* is there already */
	ck_assert_int_eq(proof_add_state(&bench.proof, "programme/P2"), ERR_OK);
	ck_assert_int_eq(proof_add_inclusion(&bench.proof, 3), ERR_OK);
	ck_assert_int_eq(proof_add_consistency(&bench.proof, 6), ERR_OK);
	ck_assert_int_eq(proof_add_rejected(&bench.proof, 1), ERR_OK);
	proof = finish(&bench);
	ck_assert_uint_eq(json_array_size(json_object_get(proof, "facts")), 6);
	ck_assert_uint_eq(json_array_size(json_object_get(proof, "entries")), 6);
	(void)fact_of(proof, 1, "state");
	(void)fact_of(proof, 3, "inclusion");
	(void)fact_of(proof, 4, "consistency");
	ck_assert_int_eq(json_integer_value(json_object_get(fact_of(proof, 5, "rejected"), "code")),
			 ERR_NOT_FOUND_AWARD);
	json_decref(proof);
	end(&bench);
	town_free(town);
}

UNIT_TEST(proof_of_the_log_alone_has_no_entries)
{
	struct town *town = town_with_records();
	struct bench bench;
	json_t *proof;

	begin(&bench, town, TOWN_RECORDS_HEIGHT);
	ck_assert_int_eq(proof_add_inclusion(&bench.proof, 3), ERR_OK);
	ck_assert_int_eq(proof_add_inclusion(&bench.proof, bench.proof.log_size), ERR_NOT_FOUND);
	ck_assert_int_eq(proof_add_consistency(&bench.proof, 0), ERR_NOT_FOUND);
	ck_assert_int_eq(proof_add_consistency(&bench.proof, bench.proof.log_size + 1),
			 ERR_NOT_FOUND);
	ck_assert_int_eq(proof_add_rejected(&bench.proof, 2), ERR_NOT_FOUND);
	proof = finish(&bench);
	ck_assert_ptr_null(json_object_get(proof, "entries"));
	ck_assert_ptr_null(json_object_get(proof, "tree"));
	json_decref(proof);
	end(&bench);
	town_free(town);
}

/* Of blocks with 1 to 11 rejected entries each of them, all in one proof. */
UNIT_TEST(proof_of_rejected_entries_is_of_any_of_a_block)
{
	struct town *town = town_with_records();

	for (uint32_t count = 1; count <= 11; count++) {
		struct ledger_committed committed;
		struct tx *txs[11];
		struct bench bench;

		for (uint32_t i = 0; i < count; i++)
			txs[i] = town_tx(town, LAB_1, OP(AWARD_ACCEPT), make_accept(90 + i));
		town_decide(town, txs, count, &committed);
		begin(&bench, town, TOWN_RECORDS_HEIGHT + count);
		for (uint32_t i = 0; i < count; i++)
			ck_assert_int_eq(proof_add_rejected(&bench.proof, i), ERR_OK);
		json_decref(finish(&bench));
		end(&bench);
	}
	town_free(town);
}

UNIT_TEST(proof_holds_at_most_256_facts)
{
	struct town *town = town_with_records();
	struct bench bench;
	char key[32];
	json_t *proof;

	begin(&bench, town, TOWN_RECORDS_HEIGHT);
	for (int i = 0; i < LIMIT_PROOF_FACTS; i++) {
		(void)snprintf(key, sizeof(key), "programme/Q%d", i);
		ck_assert_int_eq(proof_add_state(&bench.proof, key), ERR_OK);
	}
	proof = finish(&bench);
	ck_assert_uint_eq(json_array_size(json_object_get(proof, "entries")), LIMIT_PROOF_FACTS);
	json_decref(proof);
	ck_assert_int_eq(proof_add_state(&bench.proof, "programme/R"), ERR_API_PROOF_SIZE);
	end(&bench);
	town_free(town);
}

UNIT_TEST(entries_have_bounds_of_their_own)
{
	struct town *town = town_with_records();
	struct ledger_view *view;
	struct entries entries;
	json_t *object = json_object();

	ck_assert_int_eq(ledger_view_open(town->ledger, &view), ERR_OK);
	entries_init(&entries, view, 2, 10000, 10000);
	ck_assert_int_eq(entries_add(&entries, "programme/P1", NULL), ERR_OK);
	ck_assert_int_eq(entries_add(&entries, "programme/P2", NULL), ERR_NOT_FOUND);
	ck_assert_int_eq(entries_add(&entries, "programme/P3", NULL), ERR_API_PROOF_SIZE);
	ck_assert_int_eq(entries_write(&entries, object), ERR_OK);
	entries_release(&entries);
	entries_init(&entries, view, 9, 60, 10000);
	ck_assert_int_eq(entries_add(&entries, "programme/P2", NULL), ERR_NOT_FOUND);
	ck_assert_int_eq(entries_add(&entries, "programme/P1", NULL), ERR_API_PROOF_SIZE);
	ck_assert_int_eq(entries_take_bytes(&entries, 60), ERR_API_PROOF_SIZE);
	entries_release(&entries);
	entries_init(&entries, view, 9, 10000, 64);
	ck_assert_int_eq(entries_add(&entries, "programme/P1", NULL), ERR_OK);
	ck_assert_int_eq(entries_write(&entries, object), ERR_API_PROOF_SIZE);
	entries_release(&entries);
	ledger_view_close(view);
	json_decref(object);
	town_free(town);
}

UNIT_MAIN("proof_make", proof_of_awards_is_of_all_or_of_a_part,
	  proof_of_a_part_that_is_not_there_is_refused, proof_of_claims_is_of_all_a_part_or_none,
	  proof_of_evidence_and_of_an_organisations_awards,
	  proof_of_many_facts_shares_header_and_entries, proof_of_the_log_alone_has_no_entries,
	  proof_of_rejected_entries_is_of_any_of_a_block, proof_holds_at_most_256_facts,
	  entries_have_bounds_of_their_own)
