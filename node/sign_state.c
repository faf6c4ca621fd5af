#include "node/sign_state.h"

#include <string.h>
#include <unistd.h>

#include "consensus/record.h"
#include "node/home.h"

#define EPOCH_LOST UINT64_MAX

/* Of the floor record, docs of consensus/record.h; key as journal.c makes it. */
struct floor {
	uint8_t key[49];
	uint8_t value[16];
};

static struct floor floor_of(uint64_t epoch)
{
	struct floor floor;

	memset(&floor, 0, sizeof(floor));
	floor.key[0] = RECORD_FLOOR;
	store_u64(floor.value, epoch);
	return floor;
}

static enum err look(bool *is_empty, bool *is_lost, struct store *journal)
{
	struct floor floor = floor_of(EPOCH_LOST);
	struct bytes key, value;
	struct store_read *read;
	enum err err = store_read_begin(journal, &read);

	if (err)
		return err;
	err = store_seek(read, TABLE_RECORD, bytes_of(NULL, 0), false, &key, &value);
	*is_empty = err == ERR_NOT_FOUND;
	if (err == ERR_OK || err == ERR_NOT_FOUND)
		err = store_get(read, TABLE_RECORD, bytes_of(floor.key, sizeof(floor.key)), &value);
	*is_lost = err == ERR_OK &&
		   bytes_equal(value, bytes_of(floor.value, sizeof(floor.value)));
	store_read_end(read);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err put(struct store *journal, const struct floor *floor)
{
	struct store_write *write;
	enum err err = store_write_begin(journal, &write);

	if (err)
		return err;
	err = store_put(write, TABLE_RECORD, bytes_of(floor->key, sizeof(floor->key)),
			bytes_of(floor->value, sizeof(floor->value)), false);
	if (err) {
		store_abort(write);
		return err;
	}
	return store_commit(write);
}

enum err sign_state_open(bool *is_lost, const char *home, struct store *journal)
{
	char mark[HOME_PATH_BYTES];
	struct floor floor;
	bool is_empty = false, was_lost = false, is_new;
	enum err err;

	if (!home_join(mark, home, HOME_NEVER_SIGNED))
		return ERR_FILE_READ;
	is_new = access(mark, F_OK) == 0;
	err = look(&is_empty, &was_lost, journal);
	if (err == ERR_OK && is_empty) {
		floor = floor_of(is_new ? 0 : EPOCH_LOST);
		err = put(journal, &floor);
		was_lost = !is_new;
	}
	if (err)
		return err;
	/* only now: a crash before leaves a journal that is not empty */
	if (is_new && home_remove(home, HOME_NEVER_SIGNED) != ERR_OK)
		return ERR_FILE_WRITE;
	*is_lost = was_lost;
	return ERR_OK;
}
