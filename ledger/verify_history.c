/* The histories of objects, once the heights are through: exactly what the records
 * changed, each pair of record and object once, in the table or still in the rows of
 * the commit.  Without a second ledger nothing says what a record changed; then their
 * form and order are looked at. */
#include <string.h>

#include "base/mutant.h"
#include "ledger/verify_internal.h"

/* One row of TABLE_HISTORY; key and value as the store has them. */
struct history_row {
	struct bytes key;
	struct bytes object;
	uint64_t number;
	struct row_history row;
};

/* The row after this key.  ERR_NOT_FOUND. */
static enum err row_after(struct store_read *read, struct bytes after, struct history_row *out)
{
	uint8_t from[ROW_HISTORY_KEY_MAX + 1];
	struct bytes value;
	enum err err;

	if (after.len > ROW_HISTORY_KEY_MAX)
		return ERR_STORE_DAMAGED;
	if (after.len > 0)
		memcpy(from, after.at, after.len);
	from[after.len] = 0; /* the next key above */
	err = store_seek(read, TABLE_HISTORY, bytes_of(from, after.len + 1), false, &out->key, &value);
	if (err == ERR_OK)
		err = row_history_decode(&out->row, value);
	return err == ERR_OK ? row_history_key_decode(out->key, &out->object, &out->number) : err;
}

/* Whether the record's row of TABLE_CHANGE names the object. */
static enum err is_pending(struct store_read *read, const struct history_row *row, bool *out)
{
	struct row_change change;
	struct bytes bytes, object;
	enum err err = row_get(read, TABLE_CHANGE, row_key_u64(row->row.log_index), &bytes);

	*out = false;
	if (err == ERR_OK)
		err = row_change_decode(&change, bytes);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	while (!*out && row_change_next(&change, &object, &err))
		*out = bytes_equal(object, row->object) && change.motion == row->row.motion;
	return err;
}

/* A row that execution gave is in one place, and one only. */
static enum err row_find(struct verify *verify, const struct history_row *row, uint64_t *in_table,
			 uint64_t *pending)
{
	struct row_history found;
	struct bytes value;
	bool is_there = false;
	enum err err = store_get(verify->read, TABLE_HISTORY, row->key, &value);

	if (err == ERR_OK) {
		(*in_table)++;
		err = row_history_decode(&found, value);
		return err != ERR_OK || (found.log_index == row->row.log_index &&
					 found.motion == row->row.motion)
			       ? err
			       : ERR_STORE_DAMAGED;
	}
	if (err != ERR_NOT_FOUND)
		return err;
	err = is_pending(verify->read, row, &is_there);
	(*pending)++;
	return err == ERR_OK && !is_there ? ERR_STORE_DAMAGED : err;
}

/* --- what there is ------------------------------------------------------------------- */

/* Rows of TABLE_HISTORY: each object's numbered from 1, by ascending log indices. */
static enum err table_walk(struct verify *verify, uint64_t *count, uint64_t *at)
{
	struct history_row before = {.number = 0}, row = {.number = 0};
	enum err err;

	for (*count = 0;; (*count)++, before = row) {
		bool is_same;

		err = row_after(verify->read, before.key, &row);
		if (err == ERR_OK)
			err = verify_alive(verify);
		if (err == ERR_OK || err == ERR_STORE_DAMAGED)
			*at = row.row.log_index;
		if (err != ERR_OK)
			return err == ERR_NOT_FOUND ? ERR_OK : err;
		is_same = bytes_equal(row.object, before.object);
		if (row.number != (is_same ? before.number + 1 : 1) ||
		    (is_same && row.row.log_index <= before.row.log_index) ||
		    row.row.log_index >= verify->parent.log_size)
			return ERR_STORE_DAMAGED;
	}
}

/* Objects in the rows of TABLE_CHANGE. */
static enum err changes_walk(struct verify *verify, uint64_t *count, uint64_t *at)
{
	struct row_key from = row_key_u64(0);
	struct bytes key, bytes, object;
	struct row_change change;
	enum err err;

	for (*count = 0;;) {
		err = store_seek(verify->read, TABLE_CHANGE, row_key_bytes(&from), false, &key, &bytes);
		if (err == ERR_OK && key.len == 8)
			*at = load_u64(key.at);
		if (err == ERR_OK && (key.len != 8 || *at >= verify->parent.log_size))
			err = ERR_STORE_DAMAGED;
		if (err == ERR_OK)
			err = row_change_decode(&change, bytes);
		while (err == ERR_OK && row_change_next(&change, &object, &err))
			(*count)++;
		if (err == ERR_OK)
			err = verify_alive(verify);
		if (err != ERR_OK)
			return err == ERR_NOT_FOUND ? ERR_OK : err;
		from = row_key_u64(load_u64(key.at) + 1);
	}
}

/* --- what there should be ------------------------------------------------------------ */

/* Looks for all that the second ledger has; *at: the lowest log index whose row is not
 * there as it should be. */
static enum err rows_find(struct verify *verify, struct store_read *again, uint64_t *in_table,
			  uint64_t *pending, uint64_t *at)
{
	struct history_row row = {.number = 0};
	bool is_damaged = false;
	enum err err;

	for (;;) {
		err = row_after(again, row.key, &row);
		if (err == ERR_OK)
			err = verify_alive(verify);
		if (err != ERR_OK)
			break;
		err = row_find(verify, &row, in_table, pending);
		if (err == ERR_STORE_DAMAGED && (!is_damaged || row.row.log_index < *at)) {
			is_damaged = true;
			*at = row.row.log_index;
		} else if (err != ERR_OK && err != ERR_STORE_DAMAGED) {
			return err;
		}
	}
	if (err != ERR_NOT_FOUND)
		return err;
	return is_damaged ? ERR_STORE_DAMAGED : ERR_OK;
}

/* The first row of the table that the second ledger does not have. */
static enum err stranger_find(struct verify *verify, struct store_read *again, uint64_t *at)
{
	struct history_row row = {.number = 0};
	struct bytes value;
	enum err err;

	for (;;) {
		err = row_after(verify->read, row.key, &row);
		if (err != ERR_OK)
			return ERR_STORE_DAMAGED;
		*at = row.row.log_index;
		err = store_get(again, TABLE_HISTORY, row.key, &value);
		if (err != ERR_OK)
			return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
	}
}

/* Whether the second ledger has a row of the object with that log index. */
static bool has_changed(struct store_read *again, struct bytes object, uint64_t log_index)
{
	uint8_t key[ROW_HISTORY_KEY_MAX];
	struct history_row row = {.key = row_history_key(key, object, 0)};

	while (row_after(again, row.key, &row) == ERR_OK && bytes_equal(row.object, object)) {
		if (row.row.log_index == log_index)
			return true;
	}
	return false;
}

/* The first row of the commit that names an object which its record did not change. */
static enum err pending_stranger_find(struct verify *verify, struct store_read *again, uint64_t *at)
{
	struct row_key from = row_key_u64(0);
	struct bytes key, bytes, object;
	struct row_change change;
	enum err err = ERR_OK;

	while (store_seek(verify->read, TABLE_CHANGE, row_key_bytes(&from), false, &key, &bytes) ==
		       ERR_OK &&
	       row_change_decode(&change, bytes) == ERR_OK) {
		*at = load_u64(key.at);
		while (row_change_next(&change, &object, &err)) {
			if (!has_changed(again, object, *at))
				return ERR_STORE_DAMAGED;
		}
		from = row_key_u64(*at + 1);
	}
	return ERR_STORE_DAMAGED;
}

/* All that the second ledger has, and, where the form lets them be counted, as many rows
 * as that: so no others. */
static enum err same_as_again(struct verify *verify, bool is_counted, uint64_t in_table,
			      uint64_t pending, uint64_t *at)
{
	uint64_t found_in_table = 0, found_pending = 0;
	struct store_read *again;
	enum err err = history_block_done(verify->again->history, true);

	if (err == ERR_OK)
		err = store_read_begin(verify->again->store, &again);
	if (err != ERR_OK)
		return err;
	err = rows_find(verify, again, &found_in_table, &found_pending, at);
	if (err == ERR_OK && is_counted && found_in_table != in_table)
		err = stranger_find(verify, again, at);
	else if (err == ERR_OK && is_counted && found_pending != pending)
		err = pending_stranger_find(verify, again, at);
	store_read_end(again);
	return err;
}

/* What the form alone shows is named where what the records changed shows no lower one. */
enum err verify_history(struct verify *verify)
{
	uint64_t in_table = 0, pending = 0, at = verify->parent.log_size; /* of the row looked at */
	enum err form = table_walk(verify, &in_table, &at);
	enum err err;

	if (mutant_on("audit_trusts_history"))
		return ERR_OK;
	if (form == ERR_OK)
		form = changes_walk(verify, &pending, &at);
	err = form;
	if ((form == ERR_OK || form == ERR_STORE_DAMAGED) && verify->again != NULL)
		err = same_as_again(verify, form == ERR_OK, in_table, pending, &at);
	if (err == ERR_OK)
		err = form;
	if (err == ERR_OK)
		return ERR_OK;
	return verify_row(verify, verify_height_of(verify, at),
			  "the histories are not what the records changed", err);
}
