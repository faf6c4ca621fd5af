#include "ledger/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/chain.h"

/* --- opening ------------------------------------------------------------- */

static enum err memory_take(struct ledger *ledger)
{
	pthread_mutex_init(&ledger->lock, NULL);
	buf_init(&ledger->row, LEDGER_ROW_BYTES);
	buf_init(&ledger->tip.header_text, LIMIT_HEADER_BYTES);
	ledger->tree = state_tree_new();
	ledger->consumed = ids_new(LIMIT_WINDOW_MS);
	ledger->referenced = ids_new(LIMIT_PARCEL_EXPIRY);
	ledger->edge = calloc(1, sizeof(*ledger->edge));
	ledger->base.tree = ledger->tree;
	ledger->base.ids = ledger->consumed;
	return ledger->tree != NULL && ledger->consumed != NULL && ledger->referenced != NULL &&
			       ledger->edge != NULL ?
		       ERR_OK :
		       ERR_MEMORY;
}

/* ERR_NOT_FOUND: the store is empty. */
static enum err meta_check(const struct ledger *ledger)
{
	const struct hash *chain = &ledger->genesis->chain;
	struct store_read *read;
	struct bytes value;
	enum err err = store_read_begin(ledger->store, &read);

	if (err != ERR_OK)
		return err;
	err = store_get(read, TABLE_META, bytes_text(META_FORMAT), &value);
	if (err == ERR_OK && !row_format_is_known(value))
		err = ERR_STORE_FORMAT;
	if (err == ERR_OK) {
		err = store_get(read, TABLE_META, bytes_text(META_CHAIN), &value);
		if (err == ERR_NOT_FOUND)
			err = ERR_STORE_DAMAGED;
	}
	if (err == ERR_OK && !bytes_equal(value, bytes_of(chain->b, sizeof(chain->b))))
		err = ERR_STORE_CHAIN;
	store_read_end(read);
	return err;
}

enum err ledger_open(struct ledger **out, struct store *store, const struct genesis *genesis,
		     struct bytes genesis_text)
{
	return ledger_open_with(out, store, NULL, genesis, genesis_text);
}

enum err ledger_open_with(struct ledger **out, struct store *store, struct store *checkpoints,
			  const struct genesis *genesis, struct bytes genesis_text)
{
	struct ledger *ledger = calloc(1, sizeof(*ledger));
	enum err err;

	if (ledger == NULL)
		return ERR_MEMORY;
	ledger->store = store;
	ledger->genesis = genesis;
	ledger->genesis_text = genesis_text;
	arena_init(&ledger->scratch, LEDGER_APPLY_ARENA);
	ledger->dead_slack = LEDGER_DEAD_SLACK;
	ledger->keeps_versions = true;
	genesis_origin(ledger->origin, genesis);
	err = memory_take(ledger);
	if (err == ERR_OK && checkpoints != NULL) {
		ledger->checkpoint = checkpoint_new(checkpoints, ledger->tree);
		err = ledger->checkpoint != NULL ? ERR_OK : ERR_MEMORY;
	}
	if (err == ERR_OK)
		err = meta_check(ledger);
	if (err == ERR_NOT_FOUND)
		err = chain_begin(ledger);
	if (err == ERR_OK)
		err = ledger_load(ledger);
	if (err != ERR_OK) {
		ledger_close(ledger);
		return err;
	}
	*out = ledger;
	return ERR_OK;
}

void ledger_close(struct ledger *ledger)
{
	if (ledger == NULL)
		return;
	while (ledger->blocks != NULL) {
		struct executed *next = ledger->blocks->next;

		executed_free(ledger, ledger->blocks);
		ledger->blocks = next;
	}
	overlay_free(ledger->simulation);
	index_free(ledger->index);
	history_free(ledger->history);
	ids_free(ledger->consumed);
	ids_free(ledger->referenced);
	checkpoint_free(ledger->checkpoint);
	state_tree_free(ledger->tree);
	buf_release(&ledger->tip.header_text);
	buf_release(&ledger->row);
	arena_release(&ledger->scratch);
	pthread_mutex_destroy(&ledger->lock);
	free(ledger->outcomes);
	free(ledger->edge);
	free(ledger);
}

/* --- the tip ------------------------------------------------------------- */

void ledger_tip(const struct ledger *ledger, struct ledger_tip *out)
{
	const struct header *header = &ledger->tip.header;

	*out = (struct ledger_tip){.height = header->height,
				   .view = header->view,
				   .time_ms = header->time_ms,
				   .log_size = header->log_size,
				   .block = ledger->tip.hash,
				   .state_root = header->state,
				   .header_text = buf_bytes(&ledger->tip.header_text)};
}

enum err ledger_base_begin(struct ledger *ledger)
{
	ASSERT(ledger->base.read == NULL);
	return store_read_begin(ledger->store, &ledger->base.read);
}

void ledger_base_end(struct ledger *ledger)
{
	store_read_end(ledger->base.read);
	ledger->base.read = NULL;
}
