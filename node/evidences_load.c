/* Evidence at a start: what the ledger has recorded, and the texts of the journal. */
#include <stdio.h>

#include "crypto/digest.h"
#include "node/evidences_internal.h"
#include "node/journal.h"
#include "node/pump.h"
#include "proto/value.h"

#define SCRATCH_BYTES (4u * LIMIT_VALUE_BYTES)

static enum err load_recorded(struct node *node, struct ledger_view *view, uint64_t number)
{
	const Stele__EvidenceValue *value;
	struct public_key signer;
	struct bytes bytes;
	struct arena arena;
	char key[LIMIT_KEY_BYTES];
	void *message;
	enum err err;

	arena_init(&arena, SCRATCH_BYTES);
	(void)snprintf(key, sizeof(key), "evidence/%llu", (unsigned long long)number);
	err = view_value(view, key, &bytes);
	if (!err)
		err = value_decode(&arena, bytes, VALUE_EVIDENCE, &message);
	if (!err) {
		uint32_t place;

		value = message;
		for (size_t i = 0; i < sizeof(signer.b); i++)
			signer.b[i] = value->signer.data[i];
		place = accusation_place(node, &signer, value->type);
		if (value->epoch == node->epoch && place < PLACES)
			node->evidences->is_recorded[place] = true;
	}
	arena_release(&arena);
	return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
}

static enum err load_ledger(struct node *node)
{
	struct ledger_view *view;
	struct arena arena;
	struct bytes bytes;
	uint64_t count = 0;
	void *message;
	enum err err = ledger_view_open(node->ledger, &view);

	if (err)
		return err;
	arena_init(&arena, SCRATCH_BYTES);
	err = view_value(view, "count/evidence", &bytes);
	if (!err)
		err = value_decode(&arena, bytes, VALUE_COUNT, &message);
	if (!err)
		count = ((Stele__CountValue *)message)->count;
	else if (err == ERR_NOT_FOUND)
		err = ERR_OK;
	arena_release(&arena);
	for (uint64_t i = 1; i <= count && !err; i++)
		err = load_recorded(node, view, i);
	ledger_view_close(view);
	return err;
}

/* It was checked before it was written; the parse shows that it is the same. */
static enum err load_record(struct node *node, const struct record *record)
{
	struct evidence evidence;
	struct hash text_hash;
	uint32_t place;

	sha256(&text_hash, record->data.at, record->data.len);
	if (!hash_equal(&text_hash, &record->tag) ||
	    evidence_parse(&evidence, record->data) != ERR_OK)
		return ERR_STORE_DAMAGED;
	place = accusation_place(node, &evidence.signer, (uint32_t)evidence.type);
	if (place == PLACES)
		return ERR_STORE_DAMAGED;
	(void)accusation_add(node, record->data, place);
	return ERR_OK;
}

enum err evidences_load(struct node *node)
{
	const struct record *records;
	size_t count;
	enum err err = load_ledger(node);

	records = journal_records(node->journal, &count);
	for (size_t i = 0; i < count && !err; i++) {
		if (records[i].kind == RECORD_EVIDENCE && records[i].epoch == node->epoch)
			err = load_record(node, &records[i]);
	}
	return err;
}
