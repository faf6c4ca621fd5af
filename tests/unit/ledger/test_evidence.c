/* Evidence in blocks: recorded before the parcels, once, provably, and by every
 * check of docs/ledger.md section 2. */
#include "proto/evidence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "ledger/ledger.h"
#include "ledger/row.h"
#include "ledger/verify.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/town.h"

#define TEXTS_MAX 16

/* Texts on offer. */
struct offer {
	struct buf buf[TEXTS_MAX];
	struct bytes text[TEXTS_MAX];
	uint32_t count;
};

static void offer_add(const struct town *town, struct offer *offer, uint32_t validator,
		      enum evidence_type type, uint64_t view)
{
	struct buf *buf = &offer->buf[offer->count];

	buf_init(buf, LIMIT_EVIDENCE_BYTES);
	town_evidence(town, validator, type, view, buf);
	offer->text[offer->count++] = buf_bytes(buf);
}

static void offer_release(struct offer *offer)
{
	for (uint32_t i = 0; i < offer->count; i++)
		buf_release(&offer->buf[i]);
}

static struct hash id_of(struct bytes text)
{
	struct evidence evidence;
	struct hash id;

	ck_assert_int_eq(evidence_parse(&evidence, text), ERR_OK);
	evidence_id(&id, &evidence);
	return id;
}

static int by_id(const void *a, const void *b)
{
	struct hash one = id_of(*(const struct bytes *)a), two = id_of(*(const struct bytes *)b);

	return hash_compare(&one, &two);
}

/* As a body names them. */
static void offer_sort(struct offer *offer)
{
	qsort(offer->text, offer->count, sizeof(offer->text[0]), by_id);
}

static void decide(struct town *town, const struct offer *offer)
{
	struct ledger_committed committed;
	struct town_block block;

	town_build_with(town, town->ledger, NULL, offer->text, offer->count, NULL, 0, &block);
	town_commit(town, town->ledger, &block, &committed);
	town_block_release(&block);
}

static uint64_t recorded(struct town *town)
{
	struct ledger_view *view;
	struct arena arena;
	struct bytes value;
	void *count;
	uint64_t number = 0;
	enum err err;

	arena_init(&arena, 1 << 16);
	ck_assert_int_eq(ledger_view_open(town->ledger, &view), ERR_OK);
	err = view_value(view, "count/evidence", &value);
	if (err == ERR_OK) {
		ck_assert_int_eq(value_decode(&arena, value, VALUE_COUNT, &count), ERR_OK);
		number = ((Stele__CountValue *)count)->count;
	}
	ck_assert(err == ERR_OK || err == ERR_NOT_FOUND);
	ledger_view_close(view);
	arena_release(&arena);
	return number;
}

static void check_value(struct ledger_view *view, const char *key, struct bytes text,
			uint64_t log_index)
{
	const Stele__EvidenceValue *value;
	struct evidence evidence;
	struct arena arena;
	struct bytes bytes;
	struct hash hash;
	void *message;

	arena_init(&arena, 1 << 16);
	ck_assert_int_eq(evidence_parse(&evidence, text), ERR_OK);
	sha256(&hash, text.at, text.len);
	ck_assert_int_eq(view_value(view, key, &bytes), ERR_OK);
	ck_assert_int_eq(value_decode(&arena, bytes, VALUE_EVIDENCE, &message), ERR_OK);
	value = message;
	ck_assert_uint_eq(value->epoch, 0);
	ck_assert_mem_eq(value->signer.data, evidence.signer.b, 33);
	ck_assert_uint_eq(value->type, evidence.type);
	ck_assert_uint_eq(value->view, evidence.view);
	ck_assert_mem_eq(value->text_sha256.data, hash.b, 32);
	ck_assert_uint_eq(value->log_index, log_index);
	ck_assert_uint_eq(value->time, WORLD_TIME_MS + TOWN_STEP_MS);
	arena_release(&arena);
}

static void check_leaf(struct ledger_view *view, struct bytes text, uint64_t log_index)
{
	struct bytes data, attachment, found;
	struct hash path[MERKLE_PATH_MAX], leaf, root;
	struct ledger_tip tip;
	size_t count;

	ledger_view_tip(view, &tip);
	ck_assert_int_eq(view_leaf(view, log_index, &data, &attachment), ERR_OK);
	ck_assert(evidence_leaf_text(data, &found) && bytes_equal(found, text));
	merkle_leaf(&leaf, data);
	ck_assert_int_eq(view_inclusion(view, log_index, tip.log_size, path, &count), ERR_OK);
	ck_assert_int_eq(view_log_root(view, tip.log_size, &root), ERR_OK);
	ck_assert_int_eq(merkle_inclusion_check(&leaf, log_index, tip.log_size, path, count,
						&root), ERR_OK);
}

static void check_recorded(struct town *town, const struct offer *offer)
{
	struct ledger_view *view;
	struct view_block block;
	char key[32];

	ck_assert_uint_eq(recorded(town), offer->count);
	ck_assert_int_eq(ledger_view_open(town->ledger, &view), ERR_OK);
	ck_assert_int_eq(view_block(view, 1, &block), ERR_OK);
	ck_assert_uint_eq(block.evidence, offer->count);
	ck_assert_uint_eq(block.accepted, 1);
	ck_assert_uint_eq(block.log_first, 1);
	for (uint32_t i = 0; i < offer->count; i++) {
		snprintf(key, sizeof(key), "evidence/%u", i + 1);
		check_value(view, key, offer->text[i], 1 + i);
		check_leaf(view, offer->text[i], 1 + i);
	}
	snprintf(key, sizeof(key), "evidence/%u", offer->count + 1);
	ck_assert_int_eq(view_value(view, key, &(struct bytes){0}), ERR_NOT_FOUND);
	ledger_view_close(view);
}

UNIT_TEST(evidence_is_recorded_before_the_parcels_and_survives)
{
	struct town *town = town_new();
	char *folder = unit_folder();
	struct store *store;
	struct ledger *voter = town_second(town, folder, &store);
	struct tx *tx = town_anchor(town, 1);
	struct hash tx_id = tx->id;
	struct parcel *parcel = town_parcel(town, &tx, 1);
	struct offer offer = {.count = 0};
	struct ledger_committed committed;
	struct ledger_view *view;
	struct town_block block;
	struct view_tx place;

	offer_add(town, &offer, 2, EVIDENCE_E1, 5);
	offer_add(town, &offer, 2, EVIDENCE_E3, 6);
	offer_add(town, &offer, 0, EVIDENCE_E4, LIMIT_VIEW);
	town_build_with(town, town->ledger, NULL, offer.text, offer.count, &parcel, 1, &block);
	offer_sort(&offer);
	ck_assert_int_eq(town_execute_with(voter, &block, offer.text, offer.count, &parcel, 1),
			 ERR_OK);
	town_commit(town, town->ledger, &block, &committed);
	ck_assert_uint_eq(committed.outcomes_count, 1);
	ck_assert_uint_eq(committed.outcomes[0].log_index, 4);
	check_recorded(town, &offer);
	town_reopen(town);
	check_recorded(town, &offer);
	ck_assert_int_eq(ledger_view_open(town->ledger, &view), ERR_OK);
	ck_assert_int_eq(view_tx(view, &tx_id, &place), ERR_OK);
	ck_assert_uint_eq(place.log_index, 4);
	ledger_view_close(view);
	town_block_release(&block);
	parcel_release(parcel);
	ledger_close(voter);
	store_close(store);
	free(folder);
	offer_release(&offer);
	town_free(town);
}

UNIT_TEST(evidence_of_a_block_is_at_most_four_and_the_rest_waits)
{
	struct town *town = town_new();
	struct offer offer = {.count = 0};

	ck_assert_uint_eq(recorded(town), 0);
	for (uint32_t i = 0; i < 9; i++)
		offer_add(town, &offer, i / 4, (enum evidence_type)(1 + i % 4), 7);
	decide(town, &offer);
	ck_assert_uint_eq(recorded(town), 4);
	decide(town, &offer);
	ck_assert_uint_eq(recorded(town), 8);
	decide(town, &offer);
	ck_assert_uint_eq(recorded(town), 9);
	decide(town, &offer);
	ck_assert_uint_eq(recorded(town), 9);
	offer_release(&offer);
	town_free(town);
}

/* The same validator, type and epoch: one, whatever the views and blocks are. */
UNIT_TEST(evidence_spam_from_one_key_is_recorded_once_for_each_type)
{
	struct town *town = town_new();
	struct offer offer = {.count = 0};

	for (uint32_t i = 0; i < TEXTS_MAX; i++)
		offer_add(town, &offer, 3, (enum evidence_type)(1 + i % 4), 1 + i);
	decide(town, &offer);
	ck_assert_uint_eq(recorded(town), 4);
	decide(town, &offer);
	ck_assert_uint_eq(recorded(town), 4);
	offer_release(&offer);
	town_free(town);
}

/* A child of an uncommitted block sees what its parent records. */
UNIT_TEST(evidence_that_an_ancestor_records_is_left_out)
{
	struct town *town = town_new();
	struct offer offer = {.count = 0};
	struct town_block first, second;
	struct body *body = calloc(1, sizeof(*body));

	offer_add(town, &offer, 1, EVIDENCE_E2, 7);
	town_build_with(town, town->ledger, NULL, offer.text, 1, NULL, 0, &first);
	town_build_with(town, town->ledger, &first, offer.text, 1, NULL, 0, &second);
	ck_assert_int_eq(body_parse(body, buf_bytes(&first.body_text)), ERR_OK);
	ck_assert_uint_eq(body->evidence_count, 1);
	ck_assert_int_eq(body_parse(body, buf_bytes(&second.body_text)), ERR_OK);
	ck_assert_uint_eq(body->evidence_count, 0);
	town_block_release(&first);
	town_block_release(&second);
	free(body);
	offer_release(&offer);
	town_free(town);
}

/* --- blocks that a lying leader makes -------------------------------------- */

/* The block with a body that names these texts; its roots stay the other's. */
static void name_texts(const struct town_block *from, const struct bytes *texts, uint32_t count,
		       struct town_block *out)
{
	struct body *body = calloc(1, sizeof(*body));
	struct header header;

	for (uint32_t i = 0; i < count; i++) {
		struct evidence evidence;

		if (evidence_parse(&evidence, texts[i]) == ERR_OK)
			evidence_id(&body->evidence[i].id, &evidence);
		sha256(&body->evidence[i].text_hash, texts[i].at, texts[i].len);
	}
	body->evidence_count = count;
	ck_assert_int_eq(header_parse(&header, buf_bytes(&from->header_text)), ERR_OK);
	buf_init(&out->body_text, LIMIT_BODY_BYTES);
	buf_init(&out->header_text, LIMIT_HEADER_BYTES);
	body_render(&out->body_text, body);
	sha256(&header.body, out->body_text.at, out->body_text.len);
	header_render(&out->header_text, &header);
	free(body);
}

/* What a voter says to a block that names the texts given and brings them. */
static enum err judge(struct town *town, const struct bytes *texts, uint32_t count)
{
	struct town_block empty, lying;
	enum err err;

	town_build(town, town->ledger, NULL, NULL, 0, &empty);
	name_texts(&empty, texts, count, &lying);
	err = town_execute_with(town->ledger, &lying, texts, count, NULL, 0);
	town_block_release(&empty);
	town_block_release(&lying);
	return err;
}

UNIT_TEST(evidence_that_is_good_makes_a_block_with_the_wrong_roots_diverge_only)
{
	struct town *town = town_new();
	struct offer offer = {.count = 0};

	offer_add(town, &offer, 1, EVIDENCE_E2, 7);
	ck_assert_int_eq(judge(town, offer.text, 1), ERR_BLOCK_ROOT);
	offer_release(&offer);
	town_free(town);
}

UNIT_TEST(evidence_that_is_recorded_makes_a_body_invalid)
{
	struct town *town = town_new();
	struct offer offer = {.count = 0};

	offer_add(town, &offer, 1, EVIDENCE_E2, 7);
	offer_add(town, &offer, 1, EVIDENCE_E2, 8); /* another pair of the same type */
	offer.count = 1;
	decide(town, &offer);
	offer.count = 2;
	ck_assert_int_eq(judge(town, &offer.text[0], 1), ERR_BLOCK_INVALID);
	ck_assert_int_eq(judge(town, &offer.text[1], 1), ERR_BLOCK_INVALID);
	town_reopen(town);
	ck_assert_int_eq(judge(town, &offer.text[1], 1), ERR_BLOCK_INVALID);
	offer_release(&offer);
	town_free(town);
}

UNIT_TEST(evidence_without_its_signatures_makes_a_body_invalid)
{
	struct town *town = town_new();
	struct offer offer = {.count = 0};
	uint8_t *last;

	offer_add(town, &offer, 1, EVIDENCE_E2, 7);
	last = &offer.buf[0].at[offer.buf[0].len - 2];
	*last = *last == '0' ? '1' : '0';
	ck_assert_int_eq(judge(town, offer.text, 1), ERR_BLOCK_INVALID);
	offer_release(&offer);
	town_free(town);
}

UNIT_TEST(evidence_with_reordered_pair_makes_a_body_invalid)
{
	struct town *town = town_new();
	struct offer offer = {.count = 0};
	struct buf swapped;
	struct bytes text;
	size_t first, second;

	offer_add(town, &offer, 1, EVIDENCE_E2, 7);
	text = offer.text[0];
	first = (size_t)(strstr((const char *)text.at, "\nvote ") + 1 - (const char *)text.at);
	second = first + (text.len - first) / 2;
	buf_init(&swapped, LIMIT_EVIDENCE_BYTES);
	buf_add(&swapped, text.at, first);
	buf_add(&swapped, text.at + second, text.len - second);
	buf_add(&swapped, text.at + first, second - first);
	text = buf_bytes(&swapped);
	ck_assert_int_eq(judge(town, &text, 1), ERR_BLOCK_INVALID);
	decide(town, &offer);
	ck_assert_int_eq(judge(town, &text, 1), ERR_BLOCK_INVALID);
	ck_assert_uint_eq(recorded(town), 1);
	buf_release(&swapped);
	offer_release(&offer);
	town_free(town);
}

/* Another text than the one that the body's line names. */
UNIT_TEST(evidence_is_the_text_that_the_body_names)
{
	struct town *town = town_new();
	struct offer offer = {.count = 0};
	struct town_block empty, lying;

	offer_add(town, &offer, 1, EVIDENCE_E2, 7);
	offer_add(town, &offer, 1, EVIDENCE_E2, 8); /* the id is the same */
	town_build(town, town->ledger, NULL, NULL, 0, &empty);
	name_texts(&empty, offer.text, 1, &lying);
	ck_assert_int_eq(town_execute_with(town->ledger, &lying, &offer.text[1], 1, NULL, 0),
			 ERR_BLOCK_INVALID);
	town_block_release(&empty);
	town_block_release(&lying);
	offer_release(&offer);
	town_free(town);
}

/* --- the store --------------------------------------------------------------- */

static enum err verify(struct town *town, struct verify_report *report)
{
	char *scratch = unit_folder();
	struct verify_order order = {.genesis = town->world->genesis,
				     .genesis_text = buf_bytes(&town->genesis_text),
				     .scratch = scratch};
	enum err err = verify_ledger(town->store, &order, report);

	free(scratch);
	return err;
}

UNIT_TEST(evidence_in_a_store_is_verified_and_its_change_is_named)
{
	struct town *town = town_new();
	struct offer offer = {.count = 0};
	struct ledger_committed committed;
	struct verify_report report;
	struct store_write *write;
	struct row_key key = row_key_u64(1);
	struct tx *tx = town_anchor(town, 1);
	struct buf leaf;

	offer_add(town, &offer, 1, EVIDENCE_E2, 7);
	offer_add(town, &offer, 1, EVIDENCE_E1, 8);
	decide(town, &offer);
	town_decide(town, &tx, 1, &committed);
	ck_assert_msg(verify(town, &report) == ERR_OK, "%s", report.what);
	ck_assert_uint_eq(report.executed, 2);
	ck_assert_uint_eq(report.leaves, 4);
	buf_init(&leaf, LIMIT_LEAF_BYTES);
	evidence_leaf(&leaf, offer.text[1]);
	leaf.at[leaf.len - 2] ^= 1;
	ck_assert_int_eq(store_write_begin(town->store, &write), ERR_OK);
	ck_assert_int_eq(store_put(write, TABLE_LEAF, row_key_bytes(&key), buf_bytes(&leaf), false),
			 ERR_OK);
	ck_assert_int_eq(store_commit(write), ERR_OK);
	ck_assert_int_eq(verify(town, &report), ERR_STORE_DAMAGED);
	ck_assert_uint_eq(report.bad_height, 1);
	ck_assert_str_eq(report.what, "the evidence of a leaf does not hold");
	buf_release(&leaf);
	offer_release(&offer);
	town_free(town);
}

UNIT_MAIN("evidence", evidence_is_recorded_before_the_parcels_and_survives,
	  evidence_of_a_block_is_at_most_four_and_the_rest_waits,
	  evidence_spam_from_one_key_is_recorded_once_for_each_type,
	  evidence_that_an_ancestor_records_is_left_out,
	  evidence_that_is_good_makes_a_block_with_the_wrong_roots_diverge_only,
	  evidence_that_is_recorded_makes_a_body_invalid,
	  evidence_without_its_signatures_makes_a_body_invalid,
	  evidence_with_reordered_pair_makes_a_body_invalid,
	  evidence_is_the_text_that_the_body_names,
	  evidence_in_a_store_is_verified_and_its_change_is_named)
