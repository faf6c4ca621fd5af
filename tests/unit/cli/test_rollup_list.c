/* The list of a roll-up: what is written is read again, and lists of others are. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/cli/rollup_list.h"
#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "tests/lib/unit.h"

#define HEX_1 "1111111111111111111111111111111111111111111111111111111111111111"
#define HEX_2 "2222222222222222222222222222222222222222222222222222222222222222"

static enum err read_text(const char *text, struct rollup_list *out)
{
	char path[] = "/tmp/rollup-list-XXXXXX";
	int fd = mkstemp(path);
	struct cli cli = {.is_quiet = true};
	enum err err;

	ck_assert(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	*out = (struct rollup_list){.count = 0};
	err = rollup_list_read(&cli, path, out);
	(void)unlink(path);
	cli_release(&cli);
	return err;
}

static void refused(const char *text)
{
	struct rollup_list list;

	ck_assert_msg(read_text(text, &list) == ERR_FILE_FORM, "%s", text);
	rollup_list_release(&list);
}

UNIT_TEST(a_list_is_read_in_each_of_its_forms)
{
	struct rollup_list list;

	ck_assert_int_eq(read_text("stele/v1 rollup\n" HEX_1 " 17 a b.txt\n" HEX_2 " 0 \n", &list),
			 ERR_OK);
	ck_assert_uint_eq(list.count, 2);
	ck_assert_uint_eq(list.items[0].file.size, 17);
	ck_assert_uint_eq(list.items[0].file.sha256.b[31], 0x11);
	ck_assert_str_eq(list.items[0].name, "a b.txt");
	ck_assert_str_eq(list.items[1].name, "");
	rollup_list_release(&list);
	ck_assert_int_eq(read_text(HEX_1 "  17 a.txt\n" HEX_2 " *b.bin\n" HEX_1, &list), ERR_OK);
	ck_assert_uint_eq(list.count, 3);
	ck_assert_str_eq(list.items[0].name, "17 a.txt"); /* sha256sum has no sizes */
	ck_assert_uint_eq(list.items[0].file.size, 0);
	ck_assert_str_eq(list.items[1].name, "b.bin");
	ck_assert_str_eq(list.items[2].name, "");
	rollup_list_release(&list);
}

UNIT_TEST(a_line_that_is_no_item_is_refused)
{
	refused("\n");
	refused(HEX_1 "1 17 a\n");
	refused(HEX_1 " x a\n");
	refused(HEX_1 " 017 a\n");
	refused(HEX_1 " 9223372036854775808 a\n");
	refused(HEX_1 " ");
	refused(HEX_1 " 17 a\nstele/v1 rollup\n");
	refused("\\" HEX_1 " 17 a\\b\n");
	refused("\\" HEX_1 " 17 a\\\n");
}

UNIT_TEST(names_of_any_kind_come_back)
{
	static const char *const names[] = {"a", "", "two\nlines", "back\\slash", " blank", "*star"};
	struct rollup_list list = {.count = 0}, again;
	struct buf text;

	for (size_t i = 0; i < 6; i++) {
		struct receipt_file file = {.size = i};

		sha256(&file.sha256, names[i], strlen(names[i]));
		rollup_list_add(&list, &file, strdup(names[i]));
	}
	buf_init(&text, 1u << 20);
	rollup_list_render(&text, &list);
	buf_u8(&text, 0);
	ck_assert_int_eq(read_text((const char *)text.at, &again), ERR_OK);
	ck_assert_uint_eq(again.count, 6);
	for (size_t i = 0; i < 6; i++) {
		ck_assert_str_eq(again.items[i].name, names[i]);
		ck_assert_uint_eq(again.items[i].file.size, i);
		ck_assert(hash_equal(&again.items[i].file.sha256, &list.items[i].file.sha256));
	}
	buf_release(&text);
	rollup_list_release(&list);
	rollup_list_release(&again);
}

UNIT_TEST(an_item_is_a_batch_entry_of_hash_and_size)
{
	struct rollup_item item = {.file = {.size = 300}, .name = NULL};
	struct rollup_list list = {&item, 1, 1};
	struct hash *leaves, want;
	uint8_t bytes[37] = {0x0a, 0x20, [34] = 0x10, [35] = 0xac, [36] = 0x02};
	struct buf data;

	memset(item.file.sha256.b, 0x77, 32);
	memset(bytes + 2, 0x77, 32);
	buf_init(&data, 93);
	rollup_item_data(&data, &item);
	ck_assert(bytes_equal(buf_bytes(&data), bytes_of(bytes, sizeof(bytes))));
	buf_release(&data);
	leaves = rollup_list_leaves(&list);
	merkle_leaf(&want, bytes_of(bytes, sizeof(bytes)));
	ck_assert(hash_equal(&leaves[0], &want));
	free(leaves);
}

UNIT_MAIN("rollup_list", a_list_is_read_in_each_of_its_forms, a_line_that_is_no_item_is_refused,
	  names_of_any_kind_come_back, an_item_is_a_batch_entry_of_hash_and_size)
