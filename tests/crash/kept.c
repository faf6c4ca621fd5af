#include "tests/crash/kept.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "consensus/record.h"
#include "crypto/digest.h"
#include "ledger/verify.h"
#include "node/home.h"
#include "tests/crash/alone.h"

#define FINALS_LOOKED_AT 8 /* of the newest; older ones lie below them in the tree */
#define IDS_LOOKED_AT 32
#define BLOCKS_ON 3

struct kept {
	char *objection;
	bool is_bad;
	const struct mark *marks;
	size_t count;
	struct alone *alone;
	uint64_t final_view; /* of the journal's newest finalization */
};

static void object(struct kept *kept, const char *format, ...) PRINTF_LIKE(2, 3);

static void object(struct kept *kept, const char *format, ...)
{
	va_list args;

	if (kept->is_bad)
		return;
	va_start(args, format);
	(void)vsnprintf(kept->objection, 512, format, args);
	va_end(args);
	kept->is_bad = true;
}

/* --- votes ------------------------------------------------------------------- */

/* The pairs that no validator may sign, docs/protocol.md section 12. */
static bool contradict(const struct mark *a, const struct mark *b)
{
	bool is_same = memcmp(a->hash, b->hash, sizeof(a->hash)) == 0;

	if (a->number != b->number)
		return false;
	if (a->index == b->index)
		return !is_same;
	if (a->index == VOTE_NULLIFY || b->index == VOTE_NULLIFY)
		return a->index == VOTE_FINALIZE || b->index == VOTE_FINALIZE;
	return !is_same;
}

static void on_vote(void *context, const struct vote *vote)
{
	struct kept *kept = context;
	struct mark mark = {.kind = MARK_VOTE, .number = vote->view, .index = (uint64_t)vote->kind};

	memcpy(mark.hash, vote->block.b, sizeof(mark.hash));
	for (size_t i = 0; i < kept->count; i++) {
		if (kept->marks[i].kind == MARK_VOTE && contradict(&kept->marks[i], &mark))
			object(kept, "a vote of kind %d in view %llu contradicts one of kind %llu "
			       "before the crash", (int)vote->kind, (unsigned long long)vote->view,
			       (unsigned long long)kept->marks[i].index);
	}
}

static void on_committed(void *context, const struct ledger_committed *committed)
{
	(void)context, (void)committed;
}

struct own_key { /* as journal.c makes it: kind | epoch | view | tag */
	uint8_t b[49];
};

static struct own_key own_key_of(const struct mark *vote)
{
	struct own_key key;

	memset(&key, 0, sizeof(key));
	key.b[0] = RECORD_OWN;
	store_u64(key.b + 9, vote->number);
	key.b[17] = (uint8_t)vote->index;
	return key;
}

static enum err final_view_find(struct kept *kept, struct store_read *read)
{
	uint8_t from[49] = {RECORD_FINAL};
	struct certificate certificate;
	struct bytes key, value;
	enum err err = store_seek(read, TABLE_RECORD, bytes_of(from, sizeof(from)), false, &key,
				  &value);

	if (err == ERR_NOT_FOUND || (err == ERR_OK && key.at[0] != RECORD_FINAL))
		return ERR_OK;
	if (err == ERR_OK)
		err = certificate_decode(&certificate, value, 1);
	if (err == ERR_OK)
		kept->final_view = certificate.view;
	return err;
}

/* A vote is remembered by its own record, or by a finalization at or above its view. */
static void vote_check_kept(struct kept *kept, struct store_read *read, const struct mark *vote)
{
	struct own_key key = own_key_of(vote);
	struct bytes value;
	enum err err;

	if (vote->number <= kept->final_view)
		return;
	err = store_get(read, TABLE_RECORD, bytes_of(key.b, sizeof(key.b)), &value);
	if (err != ERR_OK)
		object(kept, "the vote of kind %llu in view %llu had left and is not in the journal",
		       (unsigned long long)vote->index, (unsigned long long)vote->number);
	else if (vote->index != VOTE_NULLIFY &&
		 !bytes_equal(value, bytes_of(vote->hash, sizeof(vote->hash))))
		object(kept, "the journal has another vote of kind %llu in view %llu",
		       (unsigned long long)vote->index, (unsigned long long)vote->number);
}

static void votes_check(struct kept *kept)
{
	struct store_read *read;
	enum err err = store_read_begin(alone_journal(kept->alone), &read);

	if (err == ERR_OK) {
		err = final_view_find(kept, read);
		for (size_t i = 0; i < kept->count && err == ERR_OK; i++) {
			if (kept->marks[i].kind == MARK_VOTE)
				vote_check_kept(kept, read, &kept->marks[i]);
		}
		store_read_end(read);
	}
	if (err != ERR_OK)
		object(kept, "the journal cannot be read: %s", err_name(err));
}

/* --- blocks and records --------------------------------------------------------- */

static void final_check(struct kept *kept, struct ledger_view *view, const struct mark *mark)
{
	struct view_block block;
	struct hash hash;
	enum err err = view_block(view, mark->number, &block);

	if (err != ERR_OK) {
		object(kept, "block %llu was final and is lost: %s",
		       (unsigned long long)mark->number, err_name(err));
		return;
	}
	sha256(&hash, block.header_text.at, block.header_text.len);
	if (memcmp(hash.b, mark->hash, sizeof(mark->hash)) != 0)
		object(kept, "block %llu is another one", (unsigned long long)mark->number);
}

static void accepted_check(struct kept *kept, struct ledger_view *view, const struct mark *mark)
{
	struct view_tx tx;
	struct hash id;
	enum err err;

	memcpy(id.b, mark->hash, sizeof(id.b));
	err = view_tx(view, &id, &tx);
	if (err != ERR_OK)
		object(kept, "a record of block %llu was acknowledged and is lost: %s",
		       (unsigned long long)mark->number, err_name(err));
	else if (!tx.is_accepted || tx.log_index != mark->index || tx.height != mark->number)
		object(kept, "a record of block %llu is at another place",
		       (unsigned long long)mark->number);
}

static void ledger_check(struct kept *kept)
{
	size_t finals = 0, ids = 0;
	struct ledger_view *view;
	enum err err = ledger_view_open(node_ledger(alone_node(kept->alone)), &view);

	if (err != ERR_OK) {
		object(kept, "the ledger cannot be read: %s", err_name(err));
		return;
	}
	for (size_t i = kept->count; i-- > 0;) {
		if (kept->marks[i].kind == MARK_FINAL && finals++ < FINALS_LOOKED_AT)
			final_check(kept, view, &kept->marks[i]);
		if (kept->marks[i].kind == MARK_ACCEPTED && ids++ < IDS_LOOKED_AT)
			accepted_check(kept, view, &kept->marks[i]);
	}
	ledger_view_close(view);
}

/* What blocks replaced was written with them, or the state of block 0 could not be had
 * again. */
static void older_check(struct kept *kept)
{
	struct ledger_view *view;
	enum err err = ledger_view_open_at(node_ledger(alone_node(kept->alone)), 0, &view);

	if (err == ERR_OK)
		ledger_view_close(view);
	else
		object(kept, "the state of block 0 cannot be had again: %s", err_name(err));
}

/* --- going on -------------------------------------------------------------------- */

static void on_check(struct kept *kept)
{
	struct ledger_tip tip;
	enum err err;

	ledger_tip(node_ledger(alone_node(kept->alone)), &tip);
	err = alone_run(kept->alone, tip.height + BLOCKS_ON);
	if (err != ERR_OK)
		object(kept, "the node does not go on: %s", err_name(err));
}

static void again_check(struct kept *kept, const char *scratch)
{
	struct verify_report report;
	struct verify_order order = {.genesis = alone_genesis(kept->alone),
				     .genesis_text = alone_genesis_text(kept->alone),
				     .scratch = scratch};
	enum err err = verify_ledger(alone_chain(kept->alone), &order, &report);

	if (err != ERR_OK)
		object(kept, "verify-ledger: %s at %llu: %s", err_name(err),
		       (unsigned long long)report.bad_height, report.what != NULL ? report.what : "");
}

bool kept_check(char objection[512], const char *folder, const char *scratch,
		const struct mark *marks, size_t count, enum depth depth)
{
	struct kept *kept = calloc(1, sizeof(*kept));
	struct promises promises = {kept, on_vote, on_committed};
	char home[HOME_PATH_BYTES];
	bool is_good;
	enum err err;

	ASSERT(kept != NULL && home_join(home, folder, "home"));
	kept->objection = objection;
	kept->marks = marks;
	kept->count = count;
	err = alone_open(&kept->alone, home, UINT64_C(0xc0ffee), &promises);
	if (err != ERR_OK) {
		/* nothing was promised before the home had been opened once */
		if (count > 0)
			object(kept, "it does not open: %s", err_name(err));
	} else {
		ledger_check(kept);
		older_check(kept);
		votes_check(kept);
		if (depth >= KEPT_ON && !kept->is_bad)
			on_check(kept);
		if (depth >= KEPT_AGAIN && !kept->is_bad)
			again_check(kept, scratch);
		alone_close(kept->alone);
	}
	is_good = !kept->is_bad;
	free(kept);
	return is_good;
}
