#include "node/sign_state.h"

#include <string.h>

#include "base/mutant.h"
#include "consensus/record.h"

/* As journal.c makes it: kind | epoch | view | tag, the last three zero. */
#define KEY_BYTES 49

struct found {
	bool has_journal, has_file, is_lost;
	struct reservation journal, file;
};

static struct bytes key_of(uint8_t key[KEY_BYTES], enum record_kind kind)
{
	memset(key, 0, KEY_BYTES);
	key[0] = (uint8_t)kind;
	return bytes_of(key, KEY_BYTES);
}

static enum err look_at_journal(struct found *out, struct store *journal)
{
	uint8_t key[KEY_BYTES];
	struct bytes value;
	struct store_read *read;
	enum err err = store_read_begin(journal, &read);

	if (err)
		return err;
	err = store_get(read, TABLE_RECORD, key_of(key, RECORD_RESERVATION), &value);
	if (err == ERR_OK) {
		out->has_journal = true;
		if (!reservation_decode(&out->journal, value))
			err = ERR_STORE_DAMAGED;
	}
	if (err == ERR_OK || err == ERR_NOT_FOUND)
		err = store_get(read, TABLE_RECORD, key_of(key, RECORD_FLOOR), &value);
	if (err == ERR_OK)
		out->is_lost = value.len == 16 && load_u64(value.at) == FLOOR_EPOCH_LOST;
	store_read_end(read);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err look_at_file(struct found *out, const struct sign_file *file)
{
	enum err err = sign_file_read(file, &out->file);

	out->has_file = err == ERR_OK;
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static bool is_above(const struct reservation *a, const struct reservation *b)
{
	return a->stamp > b->stamp;
}

static enum sign_state judge(const struct found *found, bool is_marked_new)
{
	bool is_unused = found->journal.stamp == 0 && found->file.stamp == 0;

	if (found->is_lost)
		return SIGN_STATE_STILL_LOST;
	/* again where a first start was cut short */
	if (is_marked_new && is_unused)
		return SIGN_STATE_NEW;
	if (!found->has_journal)
		return found->has_file ? SIGN_STATE_NO_JOURNAL : SIGN_STATE_NOTHING;
	if (!found->has_file)
		return SIGN_STATE_NO_FILE;
	if (is_above(&found->file, &found->journal) && !mutant_on("stale_sign_state_accepted"))
		return SIGN_STATE_ROLLED_BACK;
	return SIGN_STATE_INTACT;
}

static enum err put(struct store_write *write, enum record_kind kind, struct bytes value)
{
	uint8_t key[KEY_BYTES];

	return store_put(write, TABLE_RECORD, key_of(key, kind), value, false);
}

/* The reservation to go on from, and, where it is lost, the floor. */
static enum err write_journal(struct store *journal, const struct reservation *reservation,
			      bool is_lost)
{
	uint8_t data[RESERVATION_BYTES], floor[16] = {0};
	struct store_write *write;
	enum err err = store_write_begin(journal, &write);

	if (err)
		return err;
	reservation_encode(data, reservation);
	store_u64(floor, FLOOR_EPOCH_LOST);
	err = put(write, RECORD_RESERVATION, bytes_of(data, sizeof(data)));
	if (!err && is_lost)
		err = put(write, RECORD_FLOOR, bytes_of(floor, sizeof(floor)));
	if (err) {
		store_abort(write);
		return err;
	}
	return store_commit(write);
}

enum err sign_state_open(enum sign_state *out, struct store *journal,
			 const struct sign_file *file, bool is_marked_new)
{
	struct found found = {.is_lost = false};
	const struct reservation *highest = &found.journal;
	enum err err = look_at_journal(&found, journal);

	if (!err)
		err = look_at_file(&found, file);
	if (err)
		return err;
	*out = judge(&found, is_marked_new);
	if (is_above(&found.file, highest))
		highest = &found.file;
	switch (*out) {
	case SIGN_STATE_INTACT:
		return ERR_OK;
	case SIGN_STATE_NEW:
		err = write_journal(journal, highest, false);
		return err ? err : sign_file_write(file, highest);
	case SIGN_STATE_ROLLED_BACK:
	case SIGN_STATE_NO_JOURNAL:
	case SIGN_STATE_NO_FILE:
	case SIGN_STATE_NOTHING:
	case SIGN_STATE_STILL_LOST:
		/* the next reservation stands above all that were ever made */
		return write_journal(journal, highest, true);
	}
	UNREACHABLE();
}

const char *sign_state_text(enum sign_state state)
{
	static const char *const texts[] = {
		[SIGN_STATE_INTACT] = "intact",
		[SIGN_STATE_NEW] = "new: this key has never voted",
		[SIGN_STATE_ROLLED_BACK] = "the journal is older than the sign-state file: it was "
					   "rolled back",
		[SIGN_STATE_NO_JOURNAL] = "there is a sign-state file, and no journal to it",
		[SIGN_STATE_NO_FILE] = "there is a journal, and no sign-state file to it",
		[SIGN_STATE_NOTHING] = "there is neither journal nor sign-state file, and the home "
				       "is not new",
		[SIGN_STATE_STILL_LOST] = "it was lost before an earlier start",
	};

	return texts[state];
}
