/* Receipts of a roll-up's items: made by whoever keeps them, judged as those of
 * a batch's entries. */
#include <string.h>

#include "crypto/merkle.h"
#include "tests/unit/ledger/v0_item.h"
#include "tests/unit/ledger/v0_receipt.h"
#include "proofs/receipt.h"
#include "proofs/shape.h"
#include "proto/canon.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/town.h"

#define ITEMS 5
#define LOG_INDEX 1 /* behind genesis */

struct items {
	struct buf data[ITEMS];
	struct hash leaves[ITEMS];
};

/* Item 0 is known by its hash alone. */
static void items_make(struct items *items)
{
	for (uint64_t i = 0; i < ITEMS; i++) {
		Stele__BatchEntry entry = STELE__BATCH_ENTRY__INIT;

		entry.sha256 = world_hash(i);
		entry.size = 10 * i;
		buf_init(&items->data[i], LIMIT_BATCH_ENTRY_BYTES);
		canon_pack(&items->data[i], &entry.base);
		merkle_leaf(&items->leaves[i], buf_bytes(&items->data[i]));
	}
}

static void items_release(struct items *items)
{
	for (size_t i = 0; i < ITEMS; i++)
		buf_release(&items->data[i]);
}

static json_t *whole_receipt(struct town *town, const struct items *items, uint64_t count)
{
	Stele__ContentRollup *record = make_memory(sizeof(*record));
	struct hash *root = make_memory(sizeof(*root));
	struct ledger_committed committed;
	struct ledger_view *view;
	struct buf set_text;
	json_t *receipt = NULL;
	struct tx *tx;

	*record = (Stele__ContentRollup)STELE__CONTENT_ROLLUP__INIT;
	merkle_root(root, items->leaves, ITEMS);
	record->root = (ProtobufCBinaryData){sizeof(root->b), root->b};
	record->count = count;
	tx = town_tx(town, LAB_1, OP(CONTENT_ROLLUP), record);
	town_decide(town, &tx, 1, &committed);
	buf_init(&set_text, LIMIT_SET_BYTES);
	set_render(&set_text, &town->world->genesis->set);
	ck_assert_int_eq(ledger_view_open(town->ledger, &view), ERR_OK);
	ck_assert_int_eq(receipt_make(view, LOG_INDEX, RECEIPT_NO_ENTRY, buf_bytes(&set_text),
				      &receipt),
			 ERR_OK);
	ledger_view_close(view);
	buf_release(&set_text);
	return receipt;
}

static void add_item(json_t *receipt, const struct items *items, uint64_t index)
{
	struct merkle_array array = {items->leaves, ITEMS};
	struct hash path[MERKLE_PATH_MAX];
	size_t path_count;

	ck_assert_int_eq(merkle_inclusion_path(merkle_array_subtree, &array, index, ITEMS, path,
					       &path_count),
			 ERR_OK);
	json_object_set_new(receipt, "entry",
			    json_pack("{s:I, s:I, s:o, s:o}", "index", (json_int_t)index, "count",
				      (json_int_t)ITEMS, "data",
				      json_of_base64(buf_bytes(&items->data[index])), "path",
				      json_of_hashes(path, path_count)));
}

static void judge(const json_t *receipt, uint64_t content, uint64_t size, enum finding inclusion,
		  enum finding of_content)
{
	struct receipt_file file = {.size = size};
	struct receipt_findings findings;

	memcpy(file.sha256.b, world_hash(content).data, sizeof(file.sha256.b));
	ck_assert_int_eq(receipt_check(receipt, &file, NULL, &findings), ERR_OK);
	ck_assert_int_eq(findings.inclusion, inclusion);
	ck_assert_int_eq(findings.content, of_content);
	receipt_findings_release(&findings);
}

UNIT_TEST(receipt_of_each_item_of_a_roll_up_passes)
{
	struct town *town = town_new();
	struct items items;
	json_t *receipt;

	items_make(&items);
	receipt = whole_receipt(town, &items, ITEMS);
	for (uint64_t i = 0; i < ITEMS; i++) {
		add_item(receipt, &items, i);
		judge(receipt, i, 10 * i, FINDING_PASS, FINDING_PASS);
		judge(receipt, i + 1, 10 * i, FINDING_PASS, FINDING_FAIL);
		judge(receipt, i, 10 * i + 1, FINDING_PASS,
		      i == 0 ? FINDING_PASS : FINDING_FAIL);
	}
	json_decref(receipt);
	items_release(&items);
	town_free(town);
}

UNIT_TEST(receipt_of_an_item_fails_at_another_place)
{
	struct town *town = town_new();
	struct items items;
	json_t *receipt;

	items_make(&items);
	receipt = whole_receipt(town, &items, ITEMS);
	add_item(receipt, &items, 1);
	json_object_set_new(json_object_get(receipt, "entry"), "index", json_integer(2));
	judge(receipt, 1, 10, FINDING_FAIL, FINDING_FAIL);
	add_item(receipt, &items, 1);
	json_object_set_new(json_object_get(receipt, "entry"), "count", json_integer(ITEMS - 1));
	judge(receipt, 1, 10, FINDING_FAIL, FINDING_FAIL);
	json_object_del(receipt, "entry");
	judge(receipt, 1, 10, FINDING_PASS, FINDING_FAIL); /* it speaks of no content itself */
	json_decref(receipt);
	items_release(&items);
	town_free(town);
}

UNIT_TEST(receipt_of_an_item_fails_where_the_signed_count_is_another)
{
	struct town *town = town_new();
	struct items items;
	json_t *receipt;

	items_make(&items);
	receipt = whole_receipt(town, &items, ITEMS + 1);
	add_item(receipt, &items, 1);
	judge(receipt, 1, 10, FINDING_FAIL, FINDING_FAIL);
	json_decref(receipt);
	items_release(&items);
	town_free(town);
}

UNIT_MAIN("receipt_rollup", receipt_of_each_item_of_a_roll_up_passes,
	  receipt_of_an_item_fails_at_another_place,
	  receipt_of_an_item_fails_where_the_signed_count_is_another)
