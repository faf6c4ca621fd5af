#include "ledger/log.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "ledger/row.h"
#include "tests/lib/unit.h"

#define LEAVES 70000 /* one full tile of level 1 and some */

static struct hash *leaves_make(void)
{
	struct hash *leaves = calloc(LEAVES, sizeof(*leaves));

	for (uint64_t i = 0; i < LEAVES; i++)
		sha256(&leaves[i], &i, sizeof(i));
	return leaves;
}

static void append(struct store *store, struct log_edge *edge, const struct hash *leaves,
		   size_t count)
{
	struct merkle_frontier after = edge->frontier;
	struct store_write *write;

	for (size_t i = 0; i < count; i++)
		merkle_frontier_append(&after, &leaves[i]);
	ck_assert_int_eq(store_write_begin(store, &write), ERR_OK);
	ck_assert_int_eq(log_append(edge, write, leaves, count, &after), ERR_OK);
	ck_assert_int_eq(store_commit(write), ERR_OK);
}

static void check_paths(struct store_read *read, const struct hash *leaves, uint64_t index,
			uint64_t size1, uint64_t size2)
{
	struct hash path[MERKLE_PATH_MAX], root1, root2;
	size_t count;

	merkle_root(&root1, leaves, (size_t)size1);
	merkle_root(&root2, leaves, (size_t)size2);
	ck_assert_int_eq(merkle_inclusion_path(log_subtree, read, index, size2, path, &count),
			 ERR_OK);
	ck_assert_int_eq(merkle_inclusion_check(&leaves[index], index, size2, path, count, &root2),
			 ERR_OK);
	ck_assert_int_eq(merkle_consistency_path(log_subtree, read, size1, size2, path, &count),
			 ERR_OK);
	ck_assert_int_eq(merkle_consistency_check(size1, &root1, size2, &root2, path, count),
			 ERR_OK);
}

UNIT_TEST(log_proves_between_any_sizes_from_its_tiles)
{
	char *folder = unit_folder();
	struct hash *leaves = leaves_make();
	struct log_edge *edge = calloc(1, sizeof(*edge));
	static const size_t steps[] = {1, 255, 1, 255, 513, 64000, 4974, 1};
	struct store_read *read;
	struct store *store;
	size_t size = 0;

	ck_assert_int_eq(store_open(&store, folder), ERR_OK);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		append(store, edge, leaves + size, steps[i]);
		size += steps[i];
	}
	ck_assert_uint_eq(size, LEAVES);
	ck_assert_int_eq(store_read_begin(store, &read), ERR_OK);
	check_paths(read, leaves, 0, 1, 2);
	check_paths(read, leaves, 255, 256, 257);
	check_paths(read, leaves, 300, 511, 1000);
	check_paths(read, leaves, 65535, 65536, LEAVES);
	check_paths(read, leaves, LEAVES - 1, 65537, LEAVES);
	for (uint64_t i = 1; i < 30; i++)
		check_paths(read, leaves, i * 1741, i * 1700, i * 1741 + 1 + i * 13);
	store_read_end(read);
	store_close(store);
	free(edge);
	free(leaves);
	free(folder);
}

/* As rows were before there were groups. */
static void strip_groups(struct store *store, size_t size)
{
	static uint8_t hashes[LOG_TILE_HASHES * sizeof(struct hash)];
	struct store_write *write;
	struct log_tile tile;
	struct bytes row;

	ck_assert_int_eq(store_write_begin(store, &write), ERR_OK);
	for (uint8_t level = 0; level < 3; level++) {
		uint64_t count = size >> (8 * level);

		for (uint64_t k = 0; k * LOG_TILE_HASHES < count; k++) {
			struct row_key key = row_key_tile(level, k);
			struct bytes at = row_key_bytes(&key);

			ck_assert_int_eq(store_write_get(write, TABLE_TILE, at, &row), ERR_OK);
			ck_assert_int_eq(log_tile_decode(&tile, row), ERR_OK);
			ck_assert_uint_eq(tile.groups.len, tile.hashes.len / 512 * 32);
			memcpy(hashes, tile.hashes.at, tile.hashes.len);
			ck_assert_int_eq(store_put(write, TABLE_TILE, at,
						   bytes_of(hashes, tile.hashes.len), false),
					 ERR_OK);
		}
	}
	ck_assert_int_eq(store_commit(write), ERR_OK);
}

UNIT_TEST(log_paths_are_the_same_from_tiles_without_groups)
{
	struct hash path[MERKLE_PATH_MAX], before[MERKLE_PATH_MAX];
	struct log_edge *edge = calloc(1, sizeof(*edge));
	struct hash *leaves = leaves_make();
	char *folder = unit_folder();
	struct store_read *read;
	size_t count, count_before;
	struct store *store;

	ck_assert_int_eq(store_open(&store, folder), ERR_OK);
	append(store, edge, leaves, LEAVES);
	ck_assert_int_eq(store_read_begin(store, &read), ERR_OK);
	ck_assert_int_eq(merkle_inclusion_path(log_subtree, read, 4711, LEAVES, before,
					       &count_before),
			 ERR_OK);
	store_read_end(read);
	strip_groups(store, LEAVES);
	ck_assert_int_eq(store_read_begin(store, &read), ERR_OK);
	ck_assert_int_eq(merkle_inclusion_path(log_subtree, read, 4711, LEAVES, path, &count),
			 ERR_OK);
	ck_assert_uint_eq(count, count_before);
	ck_assert_mem_eq(path, before, count * sizeof(path[0]));
	check_paths(read, leaves, 300, 511, 1000);
	store_read_end(read);
	store_close(store);
	free(edge);
	free(leaves);
	free(folder);
}

UNIT_TEST(log_edge_is_rebuilt_from_tiles_at_any_size)
{
	char *folder = unit_folder();
	struct hash *leaves = leaves_make();
	struct log_edge *edge = calloc(1, sizeof(*edge));
	struct log_edge *loaded = calloc(1, sizeof(*edge));
	struct store_read *read;
	struct store *store;
	struct hash root, want;

	ck_assert_int_eq(store_open(&store, folder), ERR_OK);
	for (size_t size = 0; size < 66500;) {
		size_t step = size % 7 == 0 ? 1 : 997;

		append(store, edge, leaves + size, step);
		size += step;
		ck_assert_int_eq(store_read_begin(store, &read), ERR_OK);
		ck_assert_int_eq(log_edge_load(loaded, read, size), ERR_OK);
		store_read_end(read);
		merkle_frontier_root(&loaded->frontier, &root);
		merkle_root(&want, leaves, size);
		ck_assert_mem_eq(root.b, want.b, 32);
		*edge = *loaded; /* goes on from what was loaded */
	}
	store_close(store);
	free(loaded);
	free(edge);
	free(leaves);
	free(folder);
}

UNIT_MAIN("log", log_paths_are_the_same_from_tiles_without_groups,
	  log_proves_between_any_sizes_from_its_tiles,
	  log_edge_is_rebuilt_from_tiles_at_any_size)
