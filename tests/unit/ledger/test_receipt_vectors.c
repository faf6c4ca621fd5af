/* Frozen receipts and proofs of a network that is gone: they hold for ever under
 * its genesis, and under no other chain. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proofs/proof.h"
#include "proofs/receipt.h"
#include "proto/genesis_file.h"
#include "tests/lib/unit.h"

static json_t *vector(const char *name)
{
	char place[128];
	char *path;
	json_t *json;

	(void)snprintf(place, sizeof(place), "tests/vectors/receipts/v0/%s.json", name);
	path = unit_repo(place);
	json = unit_json(path);
	free(path);
	return json;
}

static struct trust pin(void)
{
	char *path = unit_repo("tests/vectors/receipts/v0/genesis.txt");
	struct genesis_file *file = calloc(1, sizeof(*file));
	struct genesis *genesis = calloc(1, sizeof(*genesis));
	struct trust trust;
	unsigned line;
	size_t len;
	uint8_t *text = unit_file(path, &len);

	ck_assert_ptr_nonnull(file);
	ck_assert_ptr_nonnull(genesis);
	memset(&trust, 0, sizeof(trust));
	ck_assert_int_eq(genesis_file_parse(file, bytes_of(text, len)), ERR_OK);
	ck_assert_int_eq(genesis_parse(genesis, file->document, &line), ERR_OK);
	ck_assert_int_eq(genesis_file_check(file, genesis, NULL), ERR_OK);
	genesis_origin(trust.origin, genesis);
	trust.chain = genesis->chain;
	trust.sets_count = 1;
	trust.sets[0] = genesis->set.hash;
	free(genesis);
	free(file);
	free(text);
	free(path);
	return trust;
}

static void receipt_holds(const char *name, bool has_entry)
{
	json_t *receipt = vector(name);
	struct trust trust = pin();
	struct receipt_findings *found = calloc(1, sizeof(*found));

	ck_assert_ptr_nonnull(found);
	ck_assert_int_eq(receipt_check(receipt, NULL, &trust, found), ERR_OK);
	ck_assert_int_eq(found->inclusion, FINDING_PASS);
	ck_assert_int_eq(found->finality, FINDING_PASS);
	ck_assert_int_eq(found->signer, FINDING_PASS);
	ck_assert_int_ne(found->content, FINDING_FAIL);
	ck_assert(found->has_entry == has_entry);
	receipt_findings_release(found);
	trust.chain.b[0] ^= 1;
	ck_assert_int_eq(receipt_check(receipt, NULL, &trust, found), ERR_OK);
	ck_assert_int_eq(found->signer, FINDING_FAIL);
	receipt_findings_release(found);
	free(found);
	json_decref(receipt);
}

UNIT_TEST(receipts_of_version_0_hold_under_their_genesis_alone)
{
	receipt_holds("award-grant", false);
	receipt_holds("content-anchor", false);
	receipt_holds("content-batch-entry", true);
}

UNIT_TEST(proofs_of_version_0_hold_under_their_genesis_alone)
{
	static const char *const names[] = {
		"proof-state",	     "proof-awards",	"proof-org-awards",  "proof-claims",
		"proof-claims-absent", "proof-inclusion", "proof-consistency", "proof-rejected",
	};
	struct trust trust = pin();
	struct proof_facts *facts = calloc(1, sizeof(*facts));

	ck_assert_ptr_nonnull(facts);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		json_t *proof = vector(names[i]);
		struct trust other = trust;

		ck_assert_msg(proof_check(proof, &trust, facts) == ERR_OK, "%s", names[i]);
		ck_assert(facts->is_trusted);
		proof_facts_release(facts);
		other.sets[0].b[31] ^= 1;
		ck_assert_msg(proof_check(proof, &other, facts) == ERR_RECEIPT_SIGNER, "%s", names[i]);
		proof_facts_release(facts);
		json_decref(proof);
	}
	free(facts);
}

UNIT_TEST(the_proof_of_all_awards_gives_their_totals)
{
	json_t *proof = vector("proof-awards");
	struct trust trust = pin();
	struct proof_facts *facts = calloc(1, sizeof(*facts));

	ck_assert_ptr_nonnull(facts);
	ck_assert_int_eq(proof_check(proof, &trust, facts), ERR_OK);
	ck_assert_uint_eq(facts->facts[0].count, 1);
	ck_assert_uint_eq(facts->facts[0].budget, 100000);
	ck_assert_uint_eq(facts->facts[0].sums.committed, 40000);
	ck_assert_uint_eq(facts->facts[0].sums.paid, 0);
	ck_assert_str_eq(facts->facts[0].currency, "CNY");
	proof_facts_release(facts);
	free(facts);
	json_decref(proof);
}

UNIT_MAIN("receipt_vectors", receipts_of_version_0_hold_under_their_genesis_alone,
	  proofs_of_version_0_hold_under_their_genesis_alone,
	  the_proof_of_all_awards_gives_their_totals)
