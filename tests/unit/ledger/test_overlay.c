#include "ledger/overlay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "ledger/ledger_internal.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/town.h"

static const struct overlay_base nothing;

static void put(struct overlay *overlay, const char *key, const char *value)
{
	ck_assert_int_eq(overlay_put(overlay, key, bytes_text(value)), ERR_OK);
}

/* want NULL: there is none. */
static void expect(struct overlay *overlay, const char *key, const char *want)
{
	struct bytes value;
	enum err err = overlay_get(overlay, key, &value);

	ck_assert_int_eq(err, want == NULL ? ERR_NOT_FOUND : ERR_OK);
	if (want != NULL)
		ck_assert(bytes_equal(value, bytes_text(want)));
}

UNIT_TEST(overlay_rolls_back_to_nested_marks)
{
	struct overlay *overlay = overlay_new(NULL, &nothing, 0);
	overlay_mark outer, inner;

	put(overlay, "a", "1");
	outer = overlay_set_mark(overlay);
	put(overlay, "a", "2");
	put(overlay, "b", "1");
	inner = overlay_set_mark(overlay);
	put(overlay, "b", "2");
	put(overlay, "c", "1");
	overlay_roll_back(overlay, inner);
	expect(overlay, "b", "1");
	expect(overlay, "c", NULL);
	overlay_roll_back(overlay, outer);
	expect(overlay, "a", "1");
	expect(overlay, "b", NULL);
	overlay_free(overlay);
}

UNIT_TEST(overlay_that_settles_holds_each_value_once)
{
	struct overlay *overlay = overlay_new(NULL, &nothing, 0);
	char value[16001];
	size_t once = 0;

	memset(value, 'v', sizeof(value));
	value[16000] = '\0';
	for (int i = 0; i < 1000; i++) {
		overlay_mark mark = overlay_set_mark(overlay);

		put(overlay, "a", value);
		overlay_roll_back(overlay, mark);
		put(overlay, "a", value);
		overlay_settle(overlay);
		once = i == 0 ? overlay_bytes(overlay) : once;
		ck_assert_uint_eq(overlay_bytes(overlay), once);
	}
	ck_assert_uint_eq(overlay_puts(overlay), 1000);
	expect(overlay, "a", value);
	overlay_roll_back(overlay, 0);
	expect(overlay, "a", value);
	overlay_free(overlay);
}

UNIT_TEST(overlay_reads_through_its_ancestors_and_hides_them)
{
	struct overlay *grandparent = overlay_new(NULL, &nothing, 0);
	struct overlay *parent = overlay_new(grandparent, &nothing, 1);
	struct overlay *child = overlay_new(parent, &nothing, 2);

	put(grandparent, "a", "old");
	put(grandparent, "b", "old");
	put(parent, "b", "new");
	expect(child, "a", "old");
	expect(child, "b", "new");
	put(child, "a", "own");
	expect(child, "a", "own");
	expect(parent, "a", "old");
	overlay_roll_back(child, 0);
	expect(child, "a", "old");
	overlay_free(child);
	overlay_free(parent);
	overlay_free(grandparent);
}

UNIT_TEST(overlay_changes_are_sorted_and_hold_only_what_stands)
{
	struct overlay *overlay = overlay_new(NULL, &nothing, 0);
	struct overlay_change *changes;
	overlay_mark mark;
	size_t count;

	for (int i = 0; i < 50; i++) {
		char key[8] = {'k', (char)('0' + i / 10), (char)('0' + i % 10)};

		put(overlay, key, "value");
	}
	mark = overlay_set_mark(overlay);
	put(overlay, "gone", "value");
	overlay_roll_back(overlay, mark);
	expect(overlay, "only-read", NULL);
	ck_assert_int_eq(overlay_changes(overlay, 700, &changes, &count), ERR_OK);
	ck_assert_uint_eq(count, 50);
	for (size_t i = 0; i < count; i++) {
		struct hash key_hash;

		sha256(&key_hash, changes[i].key, strlen(changes[i].key));
		ck_assert(hash_equal(&key_hash, &changes[i].change.key_hash));
		ck_assert_uint_eq(changes[i].change.leaf, 700 + i);
		if (i > 0)
			ck_assert_int_lt(hash_compare(&changes[i - 1].change.key_hash,
						      &changes[i].change.key_hash), 0);
	}
	free(changes);
	overlay_free(overlay);
}

#define LARGE 16384
#define LARGE_COUNT 4200 /* together more than is held of what was only read */

static struct bytes large(int number)
{
	static uint8_t value[LARGE];

	memset(value, 'a' + number % 26, sizeof(value));
	return bytes_of(value, sizeof(value));
}

static void read_all(struct overlay *overlay)
{
	for (int i = 0; i < LARGE_COUNT; i++) {
		struct bytes value;
		char key[32];

		snprintf(key, sizeof(key), "large/%d", i);
		ck_assert_int_eq(overlay_get(overlay, key, &value), ERR_OK);
		ck_assert(bytes_equal(value, large(i)));
		if (i % 100 == 0)
			overlay_settle(overlay);
	}
}

/* A block of few bytes can read more than there is memory. */
UNIT_TEST(overlay_forgets_what_was_only_read_and_reads_it_again)
{
	struct overlay *parent = overlay_new(NULL, &nothing, 0);
	struct overlay *child = overlay_new(parent, &nothing, 0);
	struct overlay *grandchild = overlay_new(child, &nothing, 0);
	overlay_mark mark;

	for (int i = 0; i < LARGE_COUNT; i++) {
		char key[32];

		snprintf(key, sizeof(key), "large/%d", i);
		ck_assert_int_eq(overlay_put(parent, key, large(i)), ERR_OK);
	}
	put(child, "own", "1");
	expect(child, "none", NULL);
	for (int round = 0; round < 3; round++) {
		read_all(child);
		ck_assert_uint_lt(overlay_bytes(child), (size_t)LARGE * LARGE_COUNT);
		expect(child, "own", "1");
		expect(child, "none", NULL);
	}
	read_all(grandchild); /* past what its parent forgot */
	mark = overlay_set_mark(child);
	put(child, "large/0", "2");
	put(child, "large/0", "3");
	overlay_roll_back(child, mark);
	ck_assert_uint_eq(overlay_puts(child), 1);
	read_all(child);
	put(child, "large/0", "4");
	overlay_settle(child);
	expect(child, "large/0", "4");
	overlay_free(grandchild);
	overlay_free(child);
	overlay_free(parent);
}

/* What was read ahead is there when the state below is not any more. */
UNIT_TEST(overlay_reads_ahead_what_it_will_be_asked)
{
	static const char *const keys[] = {"none", "policy/limits", "above", "own", "none", "policy/3"};
	struct town *town = town_new();
	struct overlay_base base;
	struct overlay *parent, *child, *other;
	struct bytes limits, value;

	ck_assert_int_eq(ledger_base_begin(town->ledger), ERR_OK);
	base = town->ledger->base;
	parent = overlay_new(NULL, &base, 0);
	child = overlay_new(parent, &base, 0);
	other = overlay_new(NULL, &base, 0);
	ck_assert_int_eq(overlay_get(other, "policy/limits", &limits), ERR_OK);
	put(parent, "above", "1");
	put(child, "own", "2");
	ck_assert_int_eq(overlay_read_ahead(child, keys, sizeof(keys) / sizeof(keys[0])), ERR_OK);
	ck_assert_int_eq(overlay_read_ahead(child, keys, 0), ERR_OK);
	base.version = 0;
	ck_assert_int_eq(overlay_get(child, "policy/limits", &value), ERR_OK);
	ck_assert(bytes_equal(value, limits));
	expect(child, "none", NULL);
	expect(child, "above", "1");
	expect(child, "own", "2");
	ck_assert_uint_eq(overlay_puts(child), 1);
	ck_assert_int_eq(overlay_get(parent, "policy/limits", &value), ERR_NOT_FOUND);
	overlay_free(other);
	overlay_free(child);
	overlay_free(parent);
	ledger_base_end(town->ledger);
	town_free(town);
}

static void put_count(struct overlay *overlay, const char *key, uint64_t count)
{
	Stele__CountValue value = STELE__COUNT_VALUE__INIT;

	value.count = count;
	ck_assert_int_eq(overlay_put_message(overlay, key, VALUE_COUNT, &value), ERR_OK);
}

static const Stele__CountValue *count_at(struct overlay *overlay, const char *key)
{
	const void *message;

	ck_assert_int_eq(overlay_get_message(overlay, key, VALUE_COUNT, &message), ERR_OK);
	return message;
}

UNIT_TEST(overlay_has_one_message_for_each_value_that_stands)
{
	struct overlay *parent = overlay_new(NULL, &nothing, 0);
	struct overlay *child = overlay_new(parent, &nothing, 0);
	const Stele__CountValue *one, *two;
	const void *message;
	overlay_mark mark;

	put_count(parent, "a", 1);
	one = count_at(child, "a");
	ck_assert_uint_eq(one->count, 1);
	ck_assert_ptr_eq(one, count_at(child, "a"));
	mark = overlay_set_mark(child);
	put_count(child, "a", 2);
	two = count_at(child, "a");
	ck_assert_uint_eq(two->count, 2);
	ck_assert_uint_eq(one->count, 1); /* lent until it settles */
	overlay_roll_back(child, mark);
	ck_assert_uint_eq(count_at(child, "a")->count, 1);
	put_count(child, "a", 3);
	overlay_settle(child);
	ck_assert_uint_eq(count_at(child, "a")->count, 3);
	ck_assert_uint_eq(count_at(parent, "a")->count, 1);
	ck_assert_int_eq(overlay_get_message(child, "b", VALUE_COUNT, &message), ERR_NOT_FOUND);
	ck_assert_int_eq(overlay_get_message(child, "a", VALUE_ORG, &message),
			 ERR_STORE_DAMAGED);
	put(child, "c", "\x01what no count says");
	ck_assert_int_eq(overlay_get_message(child, "c", VALUE_COUNT, &message),
			 ERR_STORE_DAMAGED);
	overlay_free(child);
	overlay_free(parent);
}

UNIT_TEST(overlay_forgets_messages_between_transactions)
{
	struct overlay *overlay = overlay_new(NULL, &nothing, 0);
	size_t most = 0;

	for (uint64_t i = 1; i <= 200000; i++) {
		put_count(overlay, i % 2 == 0 ? "even" : "odd", i);
		ck_assert_uint_eq(count_at(overlay, i % 2 == 0 ? "even" : "odd")->count, i);
		overlay_settle(overlay);
		most = overlay_bytes(overlay) > most ? overlay_bytes(overlay) : most;
	}
	ck_assert_uint_lt(most, (size_t)5 << 20);
	ck_assert_uint_eq(count_at(overlay, "odd")->count, 199999);
	overlay_free(overlay);
}

UNIT_TEST(overlay_holds_ids_of_itself_its_ancestors_and_the_chain_until_they_end)
{
	struct ids *ids = ids_new(1000);
	struct overlay_base base = {.ids = ids};
	struct overlay *parent = overlay_new(NULL, &base, 100);
	struct overlay *child = overlay_new(parent, &base, 200);
	struct hash one = {{1}}, two = {{2}}, three = {{3}};

	ck_assert_int_eq(ids_add(ids, &one, 150), ERR_OK);
	ck_assert_int_eq(overlay_consume(parent, &two, 200), ERR_OK);
	ck_assert_int_eq(overlay_consume(child, &three, 300), ERR_OK);
	ck_assert(overlay_is_consumed(parent, &one));
	ck_assert(!overlay_is_consumed(child, &one)); /* ended at 150 */
	ck_assert(overlay_is_consumed(child, &two));
	ck_assert(overlay_is_consumed(child, &three));
	ck_assert(!overlay_is_consumed(parent, &three));
	overlay_free(child);
	overlay_free(parent);
	ids_free(ids);
}

UNIT_TEST(overlay_after_a_reset_is_as_new)
{
	struct overlay *overlay = overlay_new(NULL, &nothing, 100);
	struct hash id = {{1}};

	put(overlay, "a", "1");
	ck_assert_int_eq(overlay_consume(overlay, &id, 900), ERR_OK);
	overlay_reset(overlay, 200);
	expect(overlay, "a", NULL);
	ck_assert(!overlay_is_consumed(overlay, &id));
	put(overlay, "a", "2");
	expect(overlay, "a", "2");
	overlay_free(overlay);
}

UNIT_MAIN("overlay", overlay_has_one_message_for_each_value_that_stands,
	  overlay_forgets_messages_between_transactions,
	  overlay_that_settles_holds_each_value_once,
	  overlay_rolls_back_to_nested_marks,
	  overlay_reads_through_its_ancestors_and_hides_them,
	  overlay_changes_are_sorted_and_hold_only_what_stands,
	  overlay_forgets_what_was_only_read_and_reads_it_again,
	  overlay_reads_ahead_what_it_will_be_asked,
	  overlay_holds_ids_of_itself_its_ancestors_and_the_chain_until_they_end,
	  overlay_after_a_reset_is_as_new)
