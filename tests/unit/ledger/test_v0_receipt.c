#include "tests/unit/ledger/v0_receipt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "tests/unit/ledger/v0_item.h"
#include "proofs/receipt.h"
#include "proofs/shape.h"
#include "proto/certificate.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/mutants.h"
#include "tests/unit/ledger/town.h"

#define ENTRIES 5

static Stele__ContentBatch *make_batch(Stele__BatchEntries *entries)
{
	Stele__ContentBatch *batch = make_memory(sizeof(*batch));

	*batch = (Stele__ContentBatch)STELE__CONTENT_BATCH__INIT;
	*entries = (Stele__BatchEntries)STELE__BATCH_ENTRIES__INIT;
	entries->n_entries = ENTRIES;
	entries->entries = make_memory(ENTRIES * sizeof(*entries->entries));
	for (uint64_t i = 0; i < ENTRIES; i++) {
		Stele__BatchEntry *entry = make_memory(sizeof(*entry));

		*entry = (Stele__BatchEntry)STELE__BATCH_ENTRY__INIT;
		entry->sha256 = world_hash(500 + i);
		entry->size = 10 + i;
		entries->entries[i] = entry;
	}
	return batch;
}

static struct tx *batch_tx(struct town *town)
{
	Stele__BatchEntries entries;
	Stele__TransactionBody body = world_body(OP(CONTENT_BATCH), make_batch(&entries));
	struct ledger_tip tip;

	ledger_tip(town->ledger, &tip);
	town->world->time_ms = tip.time_ms;
	return world_tx(town->world, LAB_1, &body, &entries);
}

/* Height 1: anchors at log 1 to 3, without a finalization of its own.  Height 2:
 * a batch at log 4.  Height 3 has more. */
static struct town *town_with_content(void)
{
	struct town *town = town_new();
	struct ledger_committed committed;
	struct tx *txs[3];

	for (uint64_t i = 0; i < 3; i++)
		txs[i] = town_anchor(town, 100 + i);
	town_decide_quietly(town, txs, 3);
	txs[0] = batch_tx(town);
	town_decide(town, txs, 1, &committed);
	txs[0] = town_anchor(town, 200);
	town_decide(town, txs, 1, &committed);
	return town;
}

static json_t *make(struct town *town, uint64_t log_index, uint32_t entry)
{
	struct ledger_view *view;
	struct buf set_text;
	json_t *receipt = NULL;

	buf_init(&set_text, LIMIT_SET_BYTES);
	set_render(&set_text, &town->world->genesis->set);
	ck_assert_int_eq(ledger_view_open(town->ledger, &view), ERR_OK);
	ck_assert_int_eq(receipt_make(view, log_index, entry, buf_bytes(&set_text), &receipt),
			 ERR_OK);
	ledger_view_close(view);
	buf_release(&set_text);
	return receipt;
}

static struct receipt_file file_of(uint64_t content, uint64_t size)
{
	struct receipt_file file = {.size = size};

	memcpy(file.sha256.b, world_hash(content).data, sizeof(file.sha256.b));
	return file;
}

static bool passes(const struct receipt_findings *findings)
{
	return findings->content == FINDING_PASS && findings->inclusion == FINDING_PASS &&
	       findings->finality == FINDING_PASS && findings->signer == FINDING_PASS &&
	       findings->status != FINDING_FAIL;
}

static void check_good(struct town *town, json_t *receipt, const struct receipt_file *file,
		       uint64_t log_index, uint64_t height)
{
	struct receipt_findings findings;
	struct trust trust;

	town_trust(town, &trust);
	ck_assert_int_eq(receipt_check(receipt, file, &trust, &findings), ERR_OK);
	ck_assert_msg(passes(&findings), "%s %s %s %s", err_name(findings.content_code),
		      err_name(findings.inclusion_code), err_name(findings.finality_code),
		      err_name(findings.signer_code));
	ck_assert_int_eq(findings.status, FINDING_NOT_CHECKED);
	ck_assert_uint_eq(findings.record.log_index, log_index);
	ck_assert_uint_eq(findings.cover.last.height, height);
	ck_assert_uint_eq(findings.cover.top.height, 2);
	ck_assert_uint_eq(findings.cover.signers, 3);
	ck_assert_uint_eq(findings.cover.members, TOWN_VALIDATORS);
	ck_assert(findings.has_subject && hash_equal(&findings.subject, &file->sha256));
	receipt_findings_release(&findings);
}

UNIT_TEST(receipt_of_an_anchor_passes_with_its_height_and_place)
{
	struct town *town = town_with_content();
	struct receipt_file file = file_of(101, 1234);
	json_t *receipt = make(town, 2, RECEIPT_NO_ENTRY);

	ck_assert_uint_eq(json_array_size(json_object_get(receipt, "headers")), 2);
	check_good(town, receipt, &file, 2, 1);
	json_decref(receipt);
	town_free(town);
}

UNIT_TEST(receipt_of_each_entry_of_a_batch_passes)
{
	struct town *town = town_with_content();

	for (uint32_t i = 0; i < ENTRIES; i++) {
		struct receipt_file file = file_of(500 + i, 10 + i);
		json_t *receipt = make(town, 4, i);

		check_good(town, receipt, &file, 4, 2);
		json_decref(receipt);
	}
	town_free(town);
}

UNIT_TEST(receipt_is_made_of_accepted_transactions_only)
{
	struct town *town = town_with_content();
	struct bytes none = {NULL, 0};
	struct ledger_view *view;
	json_t *receipt = NULL;

	ck_assert_int_eq(ledger_view_open(town->ledger, &view), ERR_OK);
	ck_assert_int_eq(receipt_make(view, 0, RECEIPT_NO_ENTRY, none, &receipt), ERR_NOT_FOUND);
	ck_assert_int_eq(receipt_make(view, 6, RECEIPT_NO_ENTRY, none, &receipt), ERR_NOT_FOUND);
	ck_assert_int_eq(receipt_make(view, 4, ENTRIES, none, &receipt), ERR_NOT_FOUND);
	ck_assert_int_eq(receipt_make(view, 1, 0, none, &receipt), ERR_NOT_FOUND);
	ck_assert_ptr_null(receipt);
	ledger_view_close(view);
	town_free(town);
}

static void find(struct town *town, const json_t *receipt, const struct receipt_file *file,
		 struct receipt_findings *out)
{
	struct trust trust;

	town_trust(town, &trust);
	ck_assert_int_eq(receipt_check(receipt, file, &trust, out), ERR_OK);
}

UNIT_TEST(receipt_fails_by_content_for_another_file)
{
	struct town *town = town_with_content();
	const struct receipt_file files[] = {file_of(102, 1234), file_of(101, 1235)};
	json_t *receipt = make(town, 2, RECEIPT_NO_ENTRY);
	struct receipt_findings findings;

	for (size_t i = 0; i < 2; i++) {
		find(town, receipt, &files[i], &findings);
		ck_assert_int_eq(findings.content, FINDING_FAIL);
		ck_assert_int_eq(findings.content_code, ERR_RECEIPT_CONTENT);
		ck_assert_int_eq(findings.inclusion, FINDING_PASS);
		receipt_findings_release(&findings);
	}
	find(town, receipt, NULL, &findings);
	ck_assert_int_eq(findings.content, FINDING_NOT_CHECKED);
	receipt_findings_release(&findings);
	json_decref(receipt);
	town_free(town);
}

UNIT_TEST(receipt_without_a_pin_has_no_signer)
{
	struct town *town = town_with_content();
	struct receipt_file file = file_of(101, 1234);
	json_t *receipt = make(town, 2, RECEIPT_NO_ENTRY);
	struct receipt_findings findings;

	ck_assert_int_eq(receipt_check(receipt, &file, NULL, &findings), ERR_OK);
	ck_assert_int_eq(findings.signer, FINDING_NOT_CHECKED);
	ck_assert_int_eq(findings.finality, FINDING_PASS);
	receipt_findings_release(&findings);
	json_decref(receipt);
	town_free(town);
}

/* --- one change each ------------------------------------------------------ */

struct hunt {
	const struct receipt_file *file;
	struct trust trust;
	size_t passed;
};

/* A receipt need not say what it is about: the record does. */
static bool is_harmless(const char *where, const char *how)
{
	return strcmp(where, "/subject") == 0 && strcmp(how, "dropped") == 0;
}

static void hunt_visit(void *context, const json_t *mutant, const char *where, const char *how)
{
	struct hunt *hunt = context;
	struct receipt_findings findings;
	enum err err = receipt_check(mutant, hunt->file, &hunt->trust, &findings);

	if (err == ERR_OK && passes(&findings)) {
		ck_assert_msg(is_harmless(where, how), "%s: %s, and it passes", where, how);
		hunt->passed++;
	}
	receipt_findings_release(&findings);
}

static void hunt(struct town *town, const struct receipt_file *file, json_t *receipt)
{
	struct hunt hunt = {.file = file};
	json_t *before = json_deep_copy(receipt);
	size_t count;

	town_trust(town, &hunt.trust);
	count = mutants_each(receipt, hunt_visit, &hunt);
	ck_assert_uint_gt(count, 300);
	ck_assert_uint_eq(hunt.passed, 1);
	ck_assert(json_equal(before, receipt));
	json_decref(before);
	json_decref(receipt);
}

UNIT_TEST(receipt_with_any_one_change_does_not_pass)
{
	struct town *town = town_with_content();
	struct receipt_file anchor = file_of(101, 1234);
	struct receipt_file entry = file_of(503, 13);

	hunt(town, &anchor, make(town, 2, RECEIPT_NO_ENTRY));
	hunt(town, &entry, make(town, 4, 3));
	town_free(town);
}

/* --- forgeries ------------------------------------------------------------ */

static void certificate_set(json_t *receipt, struct buf *certificate)
{
	json_object_set_new(receipt, "finalization", json_of_base64(buf_bytes(certificate)));
	buf_release(certificate);
}

/* The only header of a receipt as a block, to be certified. */
static struct town_block top_of(const json_t *receipt)
{
	const json_t *text = json_array_get(json_object_get(receipt, "headers"), 0);
	struct town_block block;
	struct header header;

	buf_init(&block.header_text, LIMIT_HEADER_BYTES);
	buf_add(&block.header_text, json_string_value(text), json_string_length(text));
	ck_assert_int_eq(header_parse(&header, buf_bytes(&block.header_text)), ERR_OK);
	block.view = header.view;
	sha256(&block.hash, block.header_text.at, block.header_text.len);
	return block;
}

static void expect_finality(struct town *town, const json_t *receipt, enum finding want)
{
	struct receipt_findings findings;

	find(town, receipt, NULL, &findings);
	ck_assert_int_eq(findings.finality, want);
	ck_assert_int_eq(findings.signer,
			 want == FINDING_PASS ? FINDING_PASS : FINDING_NOT_CHECKED);
	receipt_findings_release(&findings);
}

UNIT_TEST(receipt_is_final_by_a_quorum_of_finalize_votes_alone)
{
	struct town *town = town_with_content();
	json_t *receipt = make(town, 4, 0);
	struct town_block top = top_of(receipt);
	const struct {
		enum vote_kind kind;
		uint32_t signers;
		enum finding want;
	} tries[] = {
		{VOTE_FINALIZE, 3, FINDING_PASS}, {VOTE_FINALIZE, 4, FINDING_PASS},
		{VOTE_FINALIZE, 2, FINDING_FAIL}, {VOTE_NOTARIZE, 4, FINDING_FAIL},
		{VOTE_NULLIFY, 4, FINDING_FAIL},
	};

	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		struct buf certificate;

		buf_init(&certificate, LIMIT_CERTIFICATE_BYTES);
		town_certify(town, &top, tries[i].kind, tries[i].signers, &certificate);
		certificate_set(receipt, &certificate);
		expect_finality(town, receipt, tries[i].want);
	}
	buf_release(&top.header_text);
	json_decref(receipt);
	town_free(town);
}

/* All hashes are right, but the record is of the block before. */
UNIT_TEST(receipt_cannot_make_a_record_younger)
{
	struct town *town = town_with_content();
	struct receipt_file file = file_of(101, 1234);
	json_t *receipt = make(town, 2, RECEIPT_NO_ENTRY);
	json_t *headers = json_object_get(receipt, "headers");
	struct receipt_findings findings;

	json_object_set(receipt, "previous", json_array_get(headers, 1));
	json_array_remove(headers, 1);
	find(town, receipt, &file, &findings);
	ck_assert_int_eq(findings.finality, FINDING_PASS);
	ck_assert_int_eq(findings.inclusion, FINDING_FAIL);
	ck_assert_int_eq(findings.inclusion_code, ERR_RECEIPT_INCLUSION);
	receipt_findings_release(&findings);
	json_decref(receipt);
	town_free(town);
}

/* Keys of the forger's own for the set; the chain's line stays the true one. */
static void forge_set(struct town *town, json_t *receipt)
{
	struct set *set = &town->world->genesis->set;
	struct town_block top = top_of(receipt);
	struct buf text, certificate;
	struct header header;

	for (uint32_t i = 0; i < set->count; i++)
		ck_assert_int_eq(sign_key_generate(&town->consensus_keys[i]), ERR_OK);
	for (uint32_t i = 0; i < set->count; i++) /* sorted by key: one swap at a time */
		for (uint32_t k = 0; k < set->count; k++) {
			struct public_key a, b;
			struct secret swap = town->consensus_keys[i];

			ck_assert_int_eq(sign_public(&a, &town->consensus_keys[i]), ERR_OK);
			ck_assert_int_eq(sign_public(&b, &town->consensus_keys[k]), ERR_OK);
			if ((i < k) != (public_key_compare(&a, &b) < 0) && i != k) {
				town->consensus_keys[i] = town->consensus_keys[k];
				town->consensus_keys[k] = swap;
			}
		}
	for (uint32_t i = 0; i < set->count; i++)
		ck_assert_int_eq(sign_public(&set->validators[i].consensus_key,
					     &town->consensus_keys[i]),
				 ERR_OK);
	set_seal(set);
	ck_assert_int_eq(header_parse(&header, buf_bytes(&top.header_text)), ERR_OK);
	header.validators = set->hash;
	buf_reset(&top.header_text);
	header_render(&top.header_text, &header);
	sha256(&top.hash, top.header_text.at, top.header_text.len);
	buf_init(&certificate, LIMIT_CERTIFICATE_BYTES);
	town_certify(town, &top, VOTE_FINALIZE, 4, &certificate);
	certificate_set(receipt, &certificate);
	json_array_set_new(json_object_get(receipt, "headers"), 0,
			   json_of_text(buf_bytes(&top.header_text)));
	buf_init(&text, LIMIT_SET_BYTES);
	set_render(&text, set);
	json_object_set_new(receipt, "set", json_of_text(buf_bytes(&text)));
	buf_release(&text);
	buf_release(&top.header_text);
}

UNIT_TEST(receipt_by_a_forgers_own_set_fails_by_its_signer_alone)
{
	struct town *town = town_with_content();
	struct receipt_file file = file_of(502, 12);
	json_t *receipt = make(town, 4, 2);
	struct receipt_findings findings;
	struct trust trust;

	town_trust(town, &trust);
	forge_set(town, receipt);
	ck_assert_int_eq(receipt_check(receipt, &file, &trust, &findings), ERR_OK);
	ck_assert_int_eq(findings.content, FINDING_PASS);
	ck_assert_int_eq(findings.inclusion, FINDING_PASS);
	ck_assert_int_eq(findings.finality, FINDING_PASS); /* the forgery is a good one */
	ck_assert_int_eq(findings.signer, FINDING_FAIL);
	ck_assert_int_eq(findings.signer_code, ERR_RECEIPT_SIGNER);
	receipt_findings_release(&findings);
	json_decref(receipt);
	town_free(town);
}

UNIT_TEST(receipt_of_a_self_made_genesis_fails_by_its_signer)
{
	struct town *town = town_with_content();
	struct receipt_file file = file_of(101, 1234);
	json_t *receipt = make(town, 2, RECEIPT_NO_ENTRY);
	struct receipt_findings findings;
	struct trust trusts[3];

	for (size_t i = 0; i < 3; i++)
		town_trust(town, &trusts[i]);
	trusts[0].chain.b[0] ^= 1;
	trusts[1].sets[0].b[31] ^= 1;
	trusts[2].origin[0] ^= 1;
	for (size_t i = 0; i < 3; i++) {
		ck_assert_int_eq(receipt_check(receipt, &file, &trusts[i], &findings), ERR_OK);
		ck_assert_int_eq(findings.finality, FINDING_PASS);
		ck_assert_int_eq(findings.signer, FINDING_FAIL);
		receipt_findings_release(&findings);
	}
	json_decref(receipt);
	town_free(town);
}

/* --- status --------------------------------------------------------------- */

static json_t *item_of(struct town *town, const char *key)
{
	struct smt_proof proof;
	struct ledger_view *view;
	struct bytes value;
	json_t *item;
	enum err err;

	ck_assert_int_eq(ledger_view_open(town->ledger, &view), ERR_OK);
	view_prove(view, key, &proof);
	err = view_value(view, key, &value);
	item = state_item_json(key, err == ERR_OK ? &value : NULL, &proof);
	ledger_view_close(view);
	return item;
}

static void expect_status(struct town *town, json_t *receipt, const char *key, enum finding want)
{
	struct receipt_findings findings;
	json_t *state = json_array();

	json_array_append_new(state, item_of(town, key));
	json_object_set_new(receipt, "state", state);
	find(town, receipt, NULL, &findings);
	ck_assert_msg(findings.status == want, "%s: %s", key, err_name(findings.status_code));
	receipt_findings_release(&findings);
}

/* Claims 1 and 2 on one content, under the tip that the newest receipt has. */
UNIT_TEST(receipt_has_the_status_of_its_own_claim_only)
{
	struct town *town = town_new();
	struct ledger_committed committed;
	char first[96], second[96], other[96], hex[HASH_HEX_LEN + 1];
	struct tx *txs[3];
	json_t *receipt;

	txs[0] = town_anchor(town, 7);
	txs[1] = town_anchor(town, 7);
	txs[2] = town_anchor(town, 8);
	town_decide(town, txs, 3, &committed);
	hex_encode(hex, world_hash(7).data, 32);
	(void)snprintf(first, sizeof(first), "content/%s", hex);
	(void)snprintf(second, sizeof(second), "claim/%s/2", hex);
	hex_encode(hex, world_hash(8).data, 32);
	(void)snprintf(other, sizeof(other), "content/%s", hex);
	receipt = make(town, 2, RECEIPT_NO_ENTRY);
	expect_status(town, receipt, second, FINDING_PASS);
	expect_status(town, receipt, first, FINDING_FAIL);
	expect_status(town, receipt, other, FINDING_FAIL);
	expect_status(town, receipt, "count/org", FINDING_FAIL);
	json_decref(receipt);
	town_free(town);
}

UNIT_MAIN("receipt", receipt_of_an_anchor_passes_with_its_height_and_place,
	  receipt_of_each_entry_of_a_batch_passes, receipt_is_made_of_accepted_transactions_only,
	  receipt_fails_by_content_for_another_file, receipt_without_a_pin_has_no_signer,
	  receipt_with_any_one_change_does_not_pass,
	  receipt_is_final_by_a_quorum_of_finalize_votes_alone,
	  receipt_cannot_make_a_record_younger,
	  receipt_by_a_forgers_own_set_fails_by_its_signer_alone,
	  receipt_of_a_self_made_genesis_fails_by_its_signer,
	  receipt_has_the_status_of_its_own_claim_only)
