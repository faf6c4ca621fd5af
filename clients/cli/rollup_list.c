#include "clients/cli/rollup_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "clients/cli/files.h"
#include "crypto/merkle.h"
#include "proto/canon.h"

#define FIRST_LINE "stele/v1 rollup"
#define LIST_BYTES_MAX ((size_t)1 << 30)

void rollup_list_add(struct rollup_list *list, const struct receipt_file *file, char *name)
{
	if (list->count == list->room) {
		list->room = list->room > 0 ? list->room * 2 : 64;
		list->items = reallocarray(list->items, list->room, sizeof(*list->items));
		ASSERT(list->items != NULL);
	}
	list->items[list->count++] = (struct rollup_item){*file, name};
}

void rollup_list_release(struct rollup_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].name);
	free(list->items);
	*list = (struct rollup_list){.count = 0};
}

/* --- text --------------------------------------------------------------------------- */

/* NULL where an escape is none. */
static char *name_read(struct bytes text, bool is_escaped)
{
	char *name = malloc(text.len + 1);
	size_t len = 0;

	ASSERT(name != NULL);
	for (size_t i = 0; i < text.len; i++) {
		char c = (char)text.at[i];

		if (is_escaped && c == '\\') {
			c = ++i < text.len ? (char)text.at[i] : '\0';
			if (c != 'n' && c != '\\') {
				free(name);
				return NULL;
			}
			c = c == 'n' ? '\n' : '\\';
		}
		name[len++] = c;
	}
	name[len] = '\0';
	return name;
}

/* What stands behind the hash: size and name, a name of sha256sum's, nothing. */
static bool rest_read(struct bytes rest, bool is_escaped, struct rollup_item *out)
{
	const uint8_t *blank;

	out->file.size = 0;
	if (rest.len > 0 && (rest.len < 3 || rest.at[0] != ' '))
		return false;
	if (rest.len > 0 && rest.at[1] != ' ' && rest.at[1] != '*') {
		rest = bytes_of(rest.at + 1, rest.len - 1);
		blank = memchr(rest.at, ' ', rest.len);
		if (!decimal_decode(&out->file.size,
				    bytes_of(rest.at, blank != NULL ? (size_t)(blank - rest.at)
								    : rest.len)))
			return false;
		rest = blank != NULL ? bytes_of(blank + 1, rest.len - (size_t)(blank - rest.at) - 1)
				     : bytes_of(rest.at, 0);
	} else if (rest.len > 0) {
		rest = bytes_of(rest.at + 2, rest.len - 2);
	}
	out->name = name_read(rest, is_escaped);
	return out->name != NULL && out->file.size <= INT64_MAX;
}

static bool line_read(struct bytes line, struct rollup_item *out)
{
	bool is_escaped = line.len > 0 && line.at[0] == '\\';

	*out = (struct rollup_item){.name = NULL};
	if (is_escaped)
		line = bytes_of(line.at + 1, line.len - 1);
	return line.len >= HASH_HEX_LEN &&
	       hex_decode(out->file.sha256.b, sizeof(out->file.sha256.b),
			  bytes_of(line.at, HASH_HEX_LEN)) &&
	       rest_read(bytes_of(line.at + HASH_HEX_LEN, line.len - HASH_HEX_LEN), is_escaped,
			 out);
}

static enum err parse(struct cli *cli, const char *path, struct bytes text,
		      struct rollup_list *list)
{
	const uint8_t *at = text.at, *stop = text.at + text.len, *end;

	for (size_t number = 1; at < stop; number++, at = end + 1) {
		struct rollup_item item;
		struct bytes line;

		end = memchr(at, '\n', (size_t)(stop - at));
		if (end == NULL)
			end = stop;
		line = bytes_of(at, (size_t)(end - at));
		if (number == 1 && bytes_equal(line, bytes_text(FIRST_LINE)))
			continue;
		if (!line_read(line, &item)) {
			free(item.name);
			cli_fail(cli, ERR_FILE_FORM, "%s", path);
			cli_fact(cli, "place", "line %zu is no item", number);
			cli_remedy(cli, "write <sha256> <size> <name>, or what sha256sum prints");
			return ERR_FILE_FORM;
		}
		rollup_list_add(list, &item.file, item.name);
	}
	return ERR_OK;
}

enum err rollup_list_read(struct cli *cli, const char *path, struct rollup_list *list)
{
	struct buf text;
	enum err err;

	buf_init(&text, LIST_BYTES_MAX);
	err = file_read(cli, path, &text);
	if (err == ERR_OK)
		err = parse(cli, path, buf_bytes(&text), list);
	buf_release(&text);
	return err;
}

static void name_render(struct buf *out, const char *name)
{
	for (; *name != '\0'; name++) {
		if (*name == '\n' || *name == '\\')
			buf_u8(out, '\\');
		buf_u8(out, *name == '\n' ? (uint8_t)'n' : (uint8_t)*name);
	}
}

void rollup_list_render(struct buf *out, const struct rollup_list *list)
{
	buf_print(out, "%s\n", FIRST_LINE);
	for (size_t i = 0; i < list->count; i++) {
		const struct rollup_item *item = &list->items[i];

		if (strpbrk(item->name, "\n\\") != NULL)
			buf_u8(out, '\\');
		buf_hex(out, item->file.sha256.b, sizeof(item->file.sha256.b));
		buf_print(out, " %llu ", (unsigned long long)item->file.size);
		name_render(out, item->name);
		buf_u8(out, '\n');
	}
}

/* --- tree --------------------------------------------------------------------------- */

void rollup_item_data(struct buf *out, const struct rollup_item *item)
{
	Stele__BatchEntry entry = STELE__BATCH_ENTRY__INIT;
	struct hash sha256 = item->file.sha256;

	entry.sha256 = (ProtobufCBinaryData){sizeof(sha256.b), sha256.b};
	entry.size = item->file.size;
	canon_pack(out, &entry.base);
	ASSERT(!out->has_failed);
}

struct hash *rollup_list_leaves(const struct rollup_list *list)
{
	struct hash *leaves = calloc(list->count + 1, sizeof(*leaves));
	struct buf data;

	ASSERT(leaves != NULL);
	buf_init(&data, LIMIT_BATCH_ENTRY_BYTES);
	for (size_t i = 0; i < list->count; i++) {
		buf_reset(&data);
		rollup_item_data(&data, &list->items[i]);
		merkle_leaf(&leaves[i], buf_bytes(&data));
	}
	buf_release(&data);
	return leaves;
}
