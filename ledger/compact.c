/* Compaction: the rows of TABLE_VALUE have numbers from low to next without a
 * gap, live and dead ones mixed.  When the dead outweigh the live, a block looks
 * at some rows from the low end on: a live value is put again (same value, so
 * the root stays; new number), and when the block is committed the rows it
 * looked at are deleted.  So work follows the number of changes, not the size
 * of history, and no reader sees a row vanish from under its version. */
#include "crypto/digest.h"
#include "ledger/ledger_internal.h"

static bool is_due(const struct ledger *ledger, const struct executed *block,
		   state_version below)
{
	uint64_t rows = block->value_next - block->value_low;
	uint64_t live = state_count(ledger->tree, below);

	return rows > 2 * live && rows - 2 * live > ledger->dead_slack;
}

/* Puts the row's value again if the row is the live one of its key. */
static enum err row_move(struct ledger *ledger, struct executed *block, state_version below,
			 uint64_t number)
{
	char name[LIMIT_KEY_BYTES + 1] = {0};
	struct hash key_hash;
	struct hash value_hash;
	struct bytes row;
	struct bytes key;
	struct bytes value;
	uint64_t live;
	enum err err = row_get(ledger->base.read, TABLE_VALUE, row_key_u64(number), &row);

	if (err == ERR_OK)
		err = row_value_decode(row, &key, &value);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
	sha256(&key_hash, key.at, key.len);
	err = state_find(ledger->tree, below, &key_hash, &live, &value_hash);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
	if (live != number)
		return ERR_OK;
	for (size_t i = 0; i < key.len; i++)
		name[i] = (char)key.at[i];
	err = overlay_get(block->overlay, name, &value); /* the block's own, if it changed it */
	return err == ERR_OK ? overlay_put(block->overlay, name, value) : err;
}

enum err compact_block(struct ledger *ledger, struct executed *block, state_version below)
{
	uint64_t budget = 2 * overlay_puts(block->overlay) + LEDGER_COMPACT_ROWS;
	enum err err = ERR_OK;

	for (; budget > 0 && err == ERR_OK && is_due(ledger, block, below); budget--) {
		if (block->value_low == ledger->tip.value_next)
			break; /* what lies above is not in the store yet */
		err = row_move(ledger, block, below, block->value_low);
		block->value_low++;
	}
	return err;
}

enum err compact_delete(struct ledger *ledger, struct store_write *write,
			const struct executed *block)
{
	enum err err = ERR_OK;

	for (uint64_t i = ledger->tip.value_low; i < block->value_low && err == ERR_OK; i++) {
		struct row_key key = row_key_u64(i);

		err = store_delete(write, TABLE_VALUE, row_key_bytes(&key));
	}
	return err;
}
