/* Puts evidence into the journal of a node that does not run, as if it had found
 * it: plant_evidence JOURNAL TEXT.  What follows from there is the node's own
 * work: gossip, a block, the log. */
#include <stdio.h>

#include "consensus/record.h"
#include "crypto/digest.h"
#include "ledger/store.h"

#define TEXT_MAX 4096

static enum err put(struct store *store, struct bytes text)
{
	uint8_t key[49] = {RECORD_EVIDENCE}; /* u8 kind | u64be epoch | u64be view | tag */
	struct store_write *write;
	struct hash hash;
	enum err err;

	sha256(&hash, text.at, text.len);
	for (size_t i = 0; i < sizeof(hash.b); i++)
		key[17 + i] = hash.b[i];
	err = store_write_begin(store, &write);
	if (err)
		return err;
	err = store_put(write, TABLE_RECORD, bytes_of(key, sizeof(key)), text, false);
	if (!err)
		return store_commit(write);
	store_abort(write);
	return err;
}

int main(int argc, char **argv)
{
	char text[TEXT_MAX];
	struct store *store;
	FILE *file;
	size_t len;
	enum err err;

	if (argc != 3 || (file = fopen(argv[2], "rb")) == NULL) {
		fprintf(stderr, "usage: plant_evidence JOURNAL TEXT\n");
		return 2;
	}
	len = fread(text, 1, sizeof(text), file);
	(void)fclose(file);
	err = store_open(&store, argv[1]);
	if (!err) {
		err = put(store, bytes_of(text, len));
		store_close(store);
	}
	if (err)
		fprintf(stderr, "plant_evidence: %s\n", err_text(err));
	return err ? 1 : 0;
}
