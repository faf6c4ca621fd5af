/* An export of blocks: whatever its frames are, they are refused or become rows of a store
 * of records, which gives the same frames again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ledger/export.h"
#include "tests/fuzz/keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[] = "/tmp/fuzz_export.XXXXXX";

static void folder_remove(void)
{
	static const char *const names[] = {"data.mdb", "lock.mdb", "lock"};
	char path[64];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		(void)unlink(path);
	}
	(void)rmdir(folder);
}

static struct store *store_of(void)
{
	static struct store *store;

	if (store == NULL) {
		ASSERT(mkdtemp(folder) != NULL);
		atexit(folder_remove);
		ASSERT(store_open_scratch(&store, folder) == ERR_OK);
	}
	return store;
}

/* What was taken is what comes out again. */
static void frames_compare(struct store *store, uint64_t height, struct bytes frame)
{
	struct store_read *read;
	struct buf again;

	buf_init(&again, (size_t)EXPORT_FRAME_MAX + 16);
	ASSERT(store_read_begin(store, &read) == ERR_OK);
	ASSERT(export_block(&again, read, height) == ERR_OK);
	store_read_end(read);
	ASSERT(again.len == frame.len + 4);
	ASSERT(memcmp(again.at + 4, frame.at, frame.len) == 0);
	buf_release(&again);
}

static void rows_delete(struct store *store)
{
	static const enum table tables[] = {TABLE_META, TABLE_BLOCK, TABLE_LEAF, TABLE_ATTACHMENT,
					    TABLE_REJECTED, TABLE_PARCEL};
	struct store_write *write;
	struct store_read *read;
	struct bytes key, row;

	ASSERT(store_read_begin(store, &read) == ERR_OK);
	ASSERT(store_write_begin(store, &write) == ERR_OK);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		uint8_t from[64] = {0};
		size_t len = 0;

		while (store_seek(read, tables[i], bytes_of(from, len), false, &key, &row) ==
		       ERR_OK) {
			ASSERT(key.len < sizeof(from));
			memcpy(from, key.at, key.len);
			from[key.len] = 0;
			len = key.len + 1;
			ASSERT(store_delete(write, tables[i], key) == ERR_OK);
		}
	}
	ASSERT(store_commit(write) == ERR_OK);
	store_read_end(read);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct export_reading reading = {.height = 0};
	struct cursor cursor = cursor_of(bytes_of(data, size));
	struct store *store = store_of();
	bool has_rows = false;

	if (export_head_read(bytes_of(data, size), keys_chain()) == ERR_OK)
		ASSERT(size == EXPORT_HEAD_BYTES);
	while (cursor.left > 0 && !reading.has_ended) {
		uint32_t len = cursor_u32(&cursor);
		struct bytes frame = cursor_take(&cursor, len < cursor.left ? len : cursor.left);
		uint64_t height = reading.height;
		struct store_write *write;

		if (cursor.has_failed)
			break;
		ASSERT(store_write_begin(store, &write) == ERR_OK);
		if (export_take(&reading, write, frame, keys_chain()) != ERR_OK) {
			ASSERT(reading.height == height && !reading.has_ended);
			store_abort(write);
			break;
		}
		ASSERT(store_commit(write) == ERR_OK);
		has_rows = true;
		if (!reading.has_ended) {
			ASSERT(reading.height == height + 1);
			frames_compare(store, height, frame);
		}
	}
	if (has_rows)
		rows_delete(store);
	return 0;
}
