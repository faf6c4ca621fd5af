#include "ledger/export.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/row.h"
#include "ledger/verify.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/town.h"

#define STREAM_MAX ((size_t)4 << 20)
#define HEIGHTS 4

/* Heights with accepted and rejected records; one without any. */
static struct town *town_lived_in(void)
{
	struct town *town = town_new();
	struct ledger_committed committed;

	for (uint64_t i = 0; i < HEIGHTS - 1; i++) {
		struct tx *txs[2] = {town_tx(town, LAB_1, OP(AWARD_ACCEPT), make_accept(90)),
				     town_anchor(town, i)};

		town_decide(town, txs, 2, &committed);
	}
	town_decide(town, NULL, 0, &committed);
	return town;
}

static void stream_make(struct town *town, struct buf *out, size_t places[HEIGHTS + 2])
{
	struct store_read *read;

	buf_init(out, STREAM_MAX);
	export_head(out, &town->world->genesis->chain);
	ck_assert_uint_eq(out->len, EXPORT_HEAD_BYTES);
	ck_assert_int_eq(store_read_begin(town->store, &read), ERR_OK);
	for (uint64_t h = 0; h <= HEIGHTS; h++) {
		places[h] = out->len;
		ck_assert_int_eq(export_block(out, read, h), ERR_OK);
	}
	ck_assert_int_eq(export_block(out, read, HEIGHTS + 1), ERR_STORE_DAMAGED);
	buf_reset(out);
	export_head(out, &town->world->genesis->chain);
	for (uint64_t h = 0; h <= HEIGHTS; h++)
		ck_assert_int_eq(export_block(out, read, h), ERR_OK);
	store_read_end(read);
	places[HEIGHTS + 1] = out->len;
	export_end(out, HEIGHTS);
	ck_assert(!out->has_failed);
}

/* As a reader of the file does it. */
static enum err stream_read(struct town *town, struct bytes stream, struct store *store,
			    struct export_reading *reading)
{
	const struct hash *chain = &town->world->genesis->chain;
	struct cursor cursor = cursor_of(stream);
	enum err err = export_head_read(cursor_take(&cursor, EXPORT_HEAD_BYTES), chain);

	*reading = (struct export_reading){.height = 0};
	while (err == ERR_OK && !reading->has_ended) {
		uint32_t len = cursor_u32(&cursor);
		struct bytes frame = cursor_take(&cursor, len);
		struct store_write *write;

		if (cursor.has_failed)
			return ERR_FILE_FORM;
		ck_assert_int_eq(store_write_begin(store, &write), ERR_OK);
		err = export_take(reading, write, frame, chain);
		if (err != ERR_OK)
			store_abort(write);
		else
			ck_assert_int_eq(store_commit(write), ERR_OK);
	}
	return err == ERR_OK && !cursor_is_done(&cursor) ? ERR_FILE_FORM : err;
}

static enum err stream_verify(struct town *town, struct bytes stream, struct verify_report *report)
{
	char *folder = unit_folder(), *scratch = unit_folder();
	struct verify_order order = {.genesis = town->world->genesis,
				     .genesis_text = buf_bytes(&town->genesis_text),
				     .scratch = scratch,
				     .is_export = true};
	struct export_reading reading;
	struct store *store;
	enum err err;

	ck_assert_int_eq(store_open_scratch(&store, folder), ERR_OK);
	err = stream_read(town, stream, store, &reading);
	if (err == ERR_OK)
		err = verify_ledger(store, &order, report);
	store_close(store);
	free(folder);
	free(scratch);
	return err;
}

UNIT_TEST(export_is_executed_anew_as_the_store_was)
{
	struct town *town = town_lived_in();
	size_t places[HEIGHTS + 2];
	struct verify_report report;
	struct buf stream;

	stream_make(town, &stream, places);
	ck_assert_msg(stream_verify(town, buf_bytes(&stream), &report) == ERR_OK, "%s at %llu",
		      report.what ? report.what : "?", (unsigned long long)report.bad_height);
	ck_assert_uint_eq(report.heights, HEIGHTS);
	ck_assert_uint_eq(report.executed, HEIGHTS);
	ck_assert_uint_eq(report.rejected, HEIGHTS - 1);
	ck_assert_uint_eq(report.finalizations, HEIGHTS);
	buf_release(&stream);
	town_free(town);
}

UNIT_TEST(export_that_breaks_off_is_malformed)
{
	struct town *town = town_lived_in();
	size_t places[HEIGHTS + 2];
	struct verify_report report;
	struct buf stream;

	stream_make(town, &stream, places);
	for (size_t len = 0; len < stream.len; len += len < 60 ? 1 : 97)
		ck_assert_int_eq(stream_verify(town, bytes_of(stream.at, len), &report),
				 ERR_FILE_FORM);
	buf_u8(&stream, 0);
	ck_assert_int_eq(stream_verify(town, buf_bytes(&stream), &report), ERR_FILE_FORM);
	buf_release(&stream);
	town_free(town);
}

UNIT_TEST(export_with_any_byte_changed_is_not_sound)
{
	struct town *town = town_lived_in();
	size_t places[HEIGHTS + 2];
	struct buf stream;

	stream_make(town, &stream, places);
	for (size_t at = 0; at < stream.len; at += at < 64 ? 1 : 131) {
		struct verify_report report = {.bad_height = 0};
		enum err err;

		stream.at[at] ^= 0x10;
		err = stream_verify(town, buf_bytes(&stream), &report);
		stream.at[at] ^= 0x10;
		ck_assert_msg(err == ERR_FILE_FORM || err == ERR_STORE_CHAIN ||
				      err == ERR_STORE_DAMAGED,
			      "byte %zu: %s", at, err_name(err));
		if (err == ERR_STORE_DAMAGED)
			ck_assert_msg(at >= places[report.bad_height] &&
					      at < places[report.bad_height + 1],
				      "byte %zu is named at height %llu", at,
				      (unsigned long long)report.bad_height);
	}
	buf_release(&stream);
	town_free(town);
}

/* Two heights change places, one is left out, one comes twice. */
UNIT_TEST(export_with_frames_moved_is_malformed)
{
	static const unsigned orders[][HEIGHTS + 2] = {
		{0, 2, 1, 3, 4, 5}, {0, 1, 3, 4, 5, 5}, {0, 1, 1, 2, 3, 5}, {1, 2, 3, 4, 5, 5}};
	struct town *town = town_lived_in();
	size_t places[HEIGHTS + 3];
	struct verify_report report;
	struct buf stream, moved;

	stream_make(town, &stream, places);
	places[HEIGHTS + 2] = stream.len;
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		buf_init(&moved, STREAM_MAX);
		buf_add(&moved, stream.at, EXPORT_HEAD_BYTES);
		for (unsigned k = 0; k < HEIGHTS + 2; k++) {
			unsigned from = orders[i][k];

			buf_add(&moved, stream.at + places[from], places[from + 1] - places[from]);
		}
		ck_assert_int_eq(stream_verify(town, buf_bytes(&moved), &report), ERR_FILE_FORM);
		buf_release(&moved);
	}
	buf_release(&stream);
	town_free(town);
}

UNIT_TEST(export_without_a_parcel_is_named)
{
	struct town *town = town_lived_in();
	struct row_key key = row_key_pair(2, 0);
	size_t places[HEIGHTS + 2];
	struct verify_report report;
	struct store_write *write;
	struct buf stream;

	ck_assert_int_eq(store_write_begin(town->store, &write), ERR_OK);
	ck_assert_int_eq(store_delete(write, TABLE_PARCEL, row_key_bytes(&key)), ERR_OK);
	ck_assert_int_eq(store_commit(write), ERR_OK);
	stream_make(town, &stream, places);
	/* so low a ledger has all of its parcels */
	ck_assert_int_eq(stream_verify(town, buf_bytes(&stream), &report), ERR_STORE_DAMAGED);
	ck_assert_uint_eq(report.bad_height, 2);
	buf_release(&stream);
	town_free(town);
}

UNIT_MAIN("export", export_is_executed_anew_as_the_store_was, export_that_breaks_off_is_malformed,
	  export_with_any_byte_changed_is_not_sound, export_with_frames_moved_is_malformed,
	  export_without_a_parcel_is_named)
