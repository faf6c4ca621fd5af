#include "ledger/receipt_make.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proofs/receipt.h"
#include "proofs/shape.h"
#include "proofs/text.h"
#include "proto/certificate.h"
#include "proofs/tree.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/town.h"

#define ENTRIES 5
#define OBJECT_BYTES_MAX ((size_t)1 << 24)

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

/* Height 1, without a finalization of its own: three anchors at log 1 to 3, of which
 * log 3 claims what log 1 does.  Height 2: a batch at log 4.  Height 3: one more. */
static struct town *town_with_content(void)
{
	struct town *town = town_new();
	struct ledger_committed committed;
	struct tx *txs[3];

	for (uint64_t i = 0; i < 3; i++)
		txs[i] = town_anchor(town, 100 + i % 2);
	town_decide_quietly(town, txs, 3);
	txs[0] = batch_tx(town);
	town_decide(town, txs, 1, &committed);
	txs[0] = town_anchor(town, 200);
	town_decide(town, txs, 1, &committed);
	return town;
}

static enum err try_make(struct town *town, struct receipt_wish wish, json_t **out)
{
	struct ledger_view *view;
	struct buf set_text;
	enum err err;

	buf_init(&set_text, LIMIT_SET_BYTES);
	set_render(&set_text, &town->world->genesis->set);
	ck_assert_int_eq(ledger_view_open(town->ledger, &view), ERR_OK);
	err = receipt_of(town->ledger, view, &wish, buf_bytes(&set_text), out);
	ledger_view_close(view);
	buf_release(&set_text);
	return err;
}

static void expect_pass(enum finding finding, enum err code)
{
	ck_assert_msg(finding == FINDING_PASS, "%s", err_name(code));
}

/* All that can be checked holds against the town's genesis. */
static void check(struct town *town, const json_t *receipt)
{
	struct receipt_findings found;
	struct trust trust;

	town_trust(town, &trust);
	ck_assert_int_eq(receipt_check(receipt, NULL, &trust, &found), ERR_OK);
	ck_assert_int_eq(found.content, FINDING_NOT_CHECKED);
	ck_assert_int_eq(found.content_code, ERR_OK);
	expect_pass(found.inclusion, found.inclusion_code);
	expect_pass(found.finality, found.finality_code);
	expect_pass(found.signer, found.signer_code);
	expect_pass(found.status, found.status_code);
	receipt_findings_release(&found);
}

/* A receipt whose text is canonical, and that holds. */
static json_t *make(struct town *town, struct receipt_wish wish)
{
	json_t *receipt = NULL, *again;
	struct buf text;
	enum err err = try_make(town, wish, &receipt);

	ck_assert_msg(err == ERR_OK, "%s", err_name(err));
	check(town, receipt);
	buf_init(&text, LIMIT_RECEIPT_BYTES);
	ck_assert_int_eq(text_render(&text, receipt), ERR_OK);
	ck_assert_int_eq(text_parse(buf_bytes(&text), LIMIT_RECEIPT_BYTES, &again), ERR_OK);
	ck_assert(json_equal(receipt, again));
	json_decref(again);
	buf_release(&text);
	return receipt;
}

static json_t *whole(struct town *town, uint64_t log_index)
{
	return make(town, (struct receipt_wish){.log_index = log_index, .entry = RECEIPT_WHOLE});
}

static json_t *refreshed(struct town *town, uint64_t log_index)
{
	return make(town, (struct receipt_wish){.log_index = log_index,
						.entry = RECEIPT_WHOLE,
						.wants_newest = true});
}

static uint64_t leaf_of(const json_t *receipt, const char *name)
{
	uint64_t log_index;

	ck_assert_int_eq(json_read_number(json_object_get(receipt, name), "log_index", &log_index),
			 ERR_OK);
	return log_index;
}

/* The value of the only entry of the status whose key begins so; in the arena. */
static void *status_value(const json_t *receipt, const char *prefix, enum value_type type,
			  struct arena *arena)
{
	const json_t *entries = json_object_get(json_object_get(receipt, "status"), "entries"), *entry;
	void *message = NULL;
	struct bytes value;
	size_t i;

	json_array_foreach(entries, i, entry)
	{
		const char *key = json_string_value(json_object_get(entry, "key"));

		if (strncmp(key, prefix, strlen(prefix)) != 0)
			continue;
		ck_assert_ptr_null(message);
		ck_assert_int_eq(json_read_base64(entry, "value", LIMIT_VALUE_BYTES, arena, &value),
				 ERR_OK);
		ck_assert_int_eq(value_decode(arena, value, type, &message), ERR_OK);
	}
	ck_assert_msg(message != NULL, "%s", prefix);
	return message;
}

static size_t count_entries(const json_t *receipt)
{
	return json_array_size(json_object_get(json_object_get(receipt, "status"), "entries"));
}

static bool is_newer(const json_t *receipt)
{
	const json_t *status = json_object_get(receipt, "status");

	ck_assert((json_object_get(status, "finalization") != NULL) ==
		  (json_object_get(status, "consistency") != NULL));
	return json_object_get(status, "finalization") != NULL;
}

static bool is_newer_of(struct town *town, uint64_t log_index)
{
	json_t *receipt = whole(town, log_index);
	bool is = is_newer(receipt);

	json_decref(receipt);
	return is;
}

static void expect_claim(json_t *receipt, const char *prefix, uint64_t log_index, uint64_t entry,
			 Stele__ClaimState state)
{
	const Stele__ClaimValue *claim;
	struct arena arena;

	arena_init(&arena, OBJECT_BYTES_MAX);
	claim = status_value(receipt, prefix, VALUE_CLAIM, &arena);
	ck_assert_uint_eq(claim->log_index, log_index);
	ck_assert_uint_eq(claim->entry, entry);
	ck_assert_int_eq(claim->state, state);
	ck_assert_uint_eq(count_entries(receipt), 2);
	(void)status_value(receipt, "key/", VALUE_KEY, &arena);
	arena_release(&arena);
	json_decref(receipt);
}

UNIT_TEST(receipt_of_an_anchor_has_its_own_claim_as_status)
{
	struct town *town = town_with_content();
	json_t *receipt = whole(town, 1);

	ck_assert_uint_eq(json_array_size(json_object_get(receipt, "headers")), 2);
	ck_assert_uint_eq(leaf_of(receipt, "record"), 1);
	ck_assert_ptr_null(json_object_get(receipt, "opened"));
	ck_assert(!is_newer(receipt)); /* the top is below the newest height */
	expect_claim(receipt, "content/", 1, 0, STELE__CLAIM_STATE__CLAIM_LIVE);
	expect_claim(whole(town, 2), "content/", 2, 0, STELE__CLAIM_STATE__CLAIM_LIVE);
	expect_claim(whole(town, 3), "claim/", 3, 0, STELE__CLAIM_STATE__CLAIM_LIVE);
	town_free(town);
}

UNIT_TEST(receipt_of_a_claim_is_found_among_many)
{
	struct town *town = town_new();
	struct ledger_committed committed;
	struct tx *txs[9];

	for (size_t i = 0; i < 9; i++)
		txs[i] = town_anchor(town, 77);
	town_decide(town, txs, 9, &committed);
	expect_claim(whole(town, 1), "content/", 1, 0, STELE__CLAIM_STATE__CLAIM_LIVE);
	for (uint64_t i = 2; i <= 9; i++)
		expect_claim(whole(town, i), "claim/", i, 0, STELE__CLAIM_STATE__CLAIM_LIVE);
	town_free(town);
}

UNIT_TEST(receipt_of_an_entry_has_the_entrys_claim_and_a_whole_batch_none)
{
	struct town *town = town_with_content();
	json_t *receipt;

	for (uint32_t i = 0; i < ENTRIES; i++) {
		receipt = make(town, (struct receipt_wish){.log_index = 4, .entry = i});
		ck_assert_int_eq(json_integer_value(json_object_get(
					 json_object_get(receipt, "entry"), "index")),
				 i);
		ck_assert_int_eq(json_integer_value(json_object_get(
					 json_object_get(receipt, "subject"), "size")),
				 10 + i);
		expect_claim(receipt, "content/", 4, 1 + i, STELE__CLAIM_STATE__CLAIM_LIVE);
	}
	receipt = whole(town, 4);
	ck_assert_ptr_null(json_object_get(receipt, "subject"));
	ck_assert_uint_eq(count_entries(receipt), 1);
	json_decref(receipt);
	town_free(town);
}

UNIT_TEST(receipt_is_made_of_accepted_transactions_only)
{
	const struct receipt_wish wishes[] = {{0, RECEIPT_WHOLE, false},
					      {6, RECEIPT_WHOLE, false},
					      {4, ENTRIES, false},
					      {1, 0, false}};
	struct town *town = town_with_content();
	struct tx *tx = town_anchor(town, 300);
	json_t *receipt = NULL;

	for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++)
		ck_assert_int_eq(try_make(town, wishes[i], &receipt), ERR_NOT_FOUND);
	town_decide_quietly(town, &tx, 1);
	ck_assert_int_eq(try_make(town, (struct receipt_wish){6, RECEIPT_WHOLE, false}, &receipt),
			 ERR_API_UNCOVERED);
	ck_assert_ptr_null(receipt);
	town_free(town);
}

/* --- what became of it ------------------------------------------------------------------ */

static void withdraw(struct town *town, uint64_t content)
{
	Stele__ContentWithdraw *record = make_memory(sizeof(*record));
	struct ledger_committed committed;
	struct tx *tx;

	*record = (Stele__ContentWithdraw)STELE__CONTENT_WITHDRAW__INIT;
	record->target = make_ref(content, 1);
	tx = town_tx(town, LAB_1, OP(CONTENT_WITHDRAW), record);
	town_decide(town, &tx, 1, &committed);
	ck_assert(committed.outcomes[0].is_accepted);
}

UNIT_TEST(receipt_says_by_its_newest_status_what_became_of_the_claim)
{
	struct town *town = town_with_content();
	json_t *receipt;

	withdraw(town, 101);
	receipt = whole(town, 2);
	ck_assert(!is_newer(receipt)); /* the state of the top can still be had */
	expect_claim(receipt, "content/", 2, 0, STELE__CLAIM_STATE__CLAIM_LIVE);
	receipt = refreshed(town, 2);
	ck_assert(is_newer(receipt));
	expect_claim(receipt, "content/", 2, 0, STELE__CLAIM_STATE__CLAIM_WITHDRAWN);
	town_free(town);
}

/* To undo many blocks for a receipt would cost more than it says. */
UNIT_TEST(receipt_of_long_ago_has_its_status_under_the_newest_header)
{
	struct town *town = town_with_content();
	struct ledger_committed committed;

	for (uint64_t i = 0; i < 17; i++) {
		struct tx *tx = town_anchor(town, 400 + i);

		town_decide(town, &tx, 1, &committed);
		expect_claim(whole(town, 5), "content/", 5, 0, STELE__CLAIM_STATE__CLAIM_LIVE);
		if (i == 15)
			ck_assert(!is_newer_of(town, 5));
	}
	ck_assert(is_newer_of(town, 5));
	town_free(town);
}

UNIT_TEST(receipt_of_the_newest_record_needs_no_newer_header)
{
	struct town *town = town_with_content();
	json_t *receipt = refreshed(town, 5);

	ck_assert(!is_newer(receipt));
	expect_claim(receipt, "content/", 5, 0, STELE__CLAIM_STATE__CLAIM_LIVE);
	town_free(town);
}

/* The newest height has no finalization of its own: the one before it is the newest that
 * a status can stand under. */
UNIT_TEST(receipt_stands_under_the_newest_finalized_header)
{
	struct town *town = town_with_content();
	struct tx *tx = town_anchor(town, 300);

	town_decide_quietly(town, &tx, 1);
	expect_claim(refreshed(town, 2), "content/", 2, 0, STELE__CLAIM_STATE__CLAIM_LIVE);
	ck_assert(!is_newer_of(town, 5));
	town_free(town);
}

/* --- motions ------------------------------------------------------------------------------ */

static uint64_t decide_one(struct town *town, struct tx *tx)
{
	struct ledger_committed committed;

	town_decide(town, &tx, 1, &committed);
	ck_assert_msg(committed.outcomes[0].is_accepted, "%s",
		      err_name(committed.outcomes[0].reason));
	return committed.outcomes[0].log_index;
}

static uint64_t open_motion(struct town *town, enum who who, const char *code, uint64_t seed)
{
	struct ledger_tip tip;
	void *record = make_org(town->world, world_usci(code), seed);

	ledger_tip(town->ledger, &tip);
	town->world->time_ms = tip.time_ms;
	return decide_one(town, town_tx(town, who, OP(MOTION_OPEN),
					world_motion(town->world, MOTION_OP(ORG_REGISTER), record)));
}

static uint64_t approve(struct town *town, enum who who, uint64_t motion)
{
	Stele__MotionApprove *record = make_memory(sizeof(*record));

	*record = (Stele__MotionApprove)STELE__MOTION_APPROVE__INIT;
	record->motion = motion;
	return decide_one(town, town_tx(town, who, OP(MOTION_APPROVE), record));
}

static void expect_motion(json_t *receipt, uint64_t record, uint64_t opened, uint64_t number,
			  Stele__MotionState state)
{
	const Stele__MotionValue *motion;
	struct arena arena;

	arena_init(&arena, OBJECT_BYTES_MAX);
	motion = status_value(receipt, "motion/", VALUE_MOTION, &arena);
	ck_assert_uint_eq(leaf_of(receipt, "record"), record);
	ck_assert_uint_eq(motion->number, number);
	ck_assert_int_eq(motion->state, state);
	ck_assert_uint_eq(count_entries(receipt), 2);
	if (opened == 0) {
		ck_assert_ptr_null(json_object_get(receipt, "opened"));
	} else {
		ck_assert_uint_eq(leaf_of(receipt, "opened"), opened);
		ck_assert_uint_eq(motion->log_index, opened);
		ck_assert_uint_eq(motion->executed_log_index, record);
	}
	arena_release(&arena);
	json_decref(receipt);
}

UNIT_TEST(receipt_of_a_motion_is_of_the_approval_that_executed_it)
{
	struct town *town = town_new();
	uint64_t opened[3], executed;

	opened[0] = open_motion(town, FUNDER, "91110000EXAMPLE71", 31);
	opened[1] = open_motion(town, AGENCY, "91110000EXAMPLE72", 32);
	opened[2] = open_motion(town, FUNDER, "91110000EXAMPLE73", 33);
	expect_motion(whole(town, opened[1]), opened[1], 0, 2, STELE__MOTION_STATE__MOTION_OPEN);
	executed = approve(town, LAB_1, 2);
	expect_motion(whole(town, executed), executed, opened[1], 2,
		      STELE__MOTION_STATE__MOTION_EXECUTED);
	expect_motion(whole(town, opened[1]), executed, opened[1], 2,
		      STELE__MOTION_STATE__MOTION_EXECUTED);
	for (uint64_t i = 0; i < 3; i += 2)
		expect_motion(whole(town, opened[i]), opened[i], 0, 1 + i,
			      STELE__MOTION_STATE__MOTION_OPEN);
	town_free(town);
}

UNIT_TEST(receipt_of_a_withdrawn_motion_says_so)
{
	struct town *town = town_new();
	Stele__MotionWithdraw *record = make_memory(sizeof(*record));
	uint64_t opened = open_motion(town, FUNDER, "91110000EXAMPLE71", 31), withdrawn;

	*record = (Stele__MotionWithdraw)STELE__MOTION_WITHDRAW__INIT;
	record->motion = 1;
	withdrawn = decide_one(town, town_tx(town, FUNDER, OP(MOTION_WITHDRAW), record));
	expect_motion(whole(town, withdrawn), withdrawn, 0, 1,
		      STELE__MOTION_STATE__MOTION_WITHDRAWN);
	expect_motion(whole(town, opened), opened, 0, 1, STELE__MOTION_STATE__MOTION_OPEN);
	expect_motion(refreshed(town, opened), opened, 0, 1,
		      STELE__MOTION_STATE__MOTION_WITHDRAWN);
	town_free(town);
}

/* --- size -------------------------------------------------------------------------------- */

#define MEMBERS 16
#define DEEP 40 /* a log of 2^40 leaves */

/* The receipt's cover as if 16 members stood in the set and the log were deep: their number
 * and lengths count here, not whether they hold. */
static void widen(json_t *receipt, const struct town *town)
{
	const json_t *top = json_array_get(json_object_get(receipt, "headers"), 0);
	struct certificate *certificate = calloc(1, sizeof(*certificate));
	struct set *set = calloc(1, sizeof(*set));
	struct hash path[DEEP] = {{{1}}};
	struct buf text;

	set->count = MEMBERS;
	for (uint32_t i = 0; i < MEMBERS; i++)
		set->validators[i] = town->world->genesis->set.validators[i % TOWN_VALIDATORS];
	certificate->kind = VOTE_FINALIZE;
	certificate->signatures_count = MEMBERS - (MEMBERS - 1) / 3;
	for (uint32_t i = 0; i < certificate->signatures_count; i++)
		certificate->signers[i / 8] |= (uint8_t)(1 << i % 8);
	certificate->header = bytes_of(json_string_value(top), json_string_length(top));
	buf_init(&text, LIMIT_SET_BYTES);
	certificate_encode(&text, certificate, MEMBERS);
	json_object_set_new(receipt, "finalization", json_of_base64(buf_bytes(&text)));
	buf_reset(&text);
	set_render(&text, set);
	json_object_set_new(receipt, "set", json_of_text(buf_bytes(&text)));
	json_object_set_new(json_object_get(receipt, "record"), "path", json_of_hashes(path, DEEP));
	buf_release(&text);
	free(certificate);
	free(set);
}

static size_t text_size(const json_t *receipt)
{
	struct buf text;
	size_t len;

	buf_init(&text, LIMIT_RECEIPT_BYTES);
	ck_assert_int_eq(text_render(&text, receipt), ERR_OK);
	len = text.len;
	buf_release(&text);
	return len;
}

UNIT_TEST(receipt_by_16_validators_has_at_most_16_kilobytes)
{
	struct town *town = town_with_content();
	json_t *receipt = whole(town, 5);
	size_t with_status;

	widen(receipt, town);
	with_status = text_size(receipt);
	json_object_del(receipt, "status");
	ck_assert_uint_le(text_size(receipt), 16384);
	ck_assert_uint_le(with_status, 16384); /* in this small state */
	printf("receipt by %d validators: %zu bytes, %zu without its status\n", MEMBERS, with_status,
	       text_size(receipt));
	json_decref(receipt);
	town_free(town);
}

UNIT_MAIN("receipt_make", receipt_of_an_anchor_has_its_own_claim_as_status,
	  receipt_of_a_claim_is_found_among_many,
	  receipt_of_an_entry_has_the_entrys_claim_and_a_whole_batch_none,
	  receipt_is_made_of_accepted_transactions_only,
	  receipt_says_by_its_newest_status_what_became_of_the_claim,
	  receipt_of_long_ago_has_its_status_under_the_newest_header,
	  receipt_of_the_newest_record_needs_no_newer_header,
	  receipt_stands_under_the_newest_finalized_header,
	  receipt_of_a_motion_is_of_the_approval_that_executed_it,
	  receipt_of_a_withdrawn_motion_says_so,
	  receipt_by_16_validators_has_at_most_16_kilobytes)
