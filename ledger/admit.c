/* Admission: the newest committed state is asked what it would do with a
 * transaction, on an overlay that is thrown away. */
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "ledger/apply/apply.h"
#include "ledger/outlook.h"
#include "ledger/ledger_internal.h"
#include "proto/value.h"

#define SIMULATION_BYTES_MAX ((size_t)16 << 20) /* then it is made anew */

/* One overlay serves until the tip moves: what it read stays true. */
static enum err simulation_ready(struct ledger *ledger, uint64_t now_ms)
{
	if (ledger->simulation != NULL &&
	    overlay_bytes(ledger->simulation) > SIMULATION_BYTES_MAX) {
		overlay_free(ledger->simulation);
		ledger->simulation = NULL;
	}
	if (ledger->simulation == NULL)
		ledger->simulation = overlay_new(NULL, &ledger->base, now_ms);
	if (ledger->simulation == NULL)
		return ERR_MEMORY;
	overlay_reset(ledger->simulation, now_ms);
	return ERR_OK;
}

/* What was put since the mark, at the height and time of the block. */
static enum err look(const struct apply_block *block, overlay_mark since, struct outlook **out)
{
	enum err err = outlook_make(out, block->overlay, since);

	if (err != ERR_OK)
		return err;
	(*out)->height = block->height;
	(*out)->time_ms = block->time_ms;
	return ERR_OK;
}

/* What the transaction did, and what the motion that it leaves open would do. */
static enum err look_ahead(const struct apply_block *block, const struct tx *tx, uint64_t log_index,
			   overlay_mark since, struct arena *arena, struct outlook **out)
{
	overlay_mark between = overlay_set_mark(block->overlay);
	enum outcome outcome;
	enum err err = look(block, since, out);

	if (err != ERR_OK)
		return err;
	outcome = apply_foresee(block, tx, log_index, arena, &(*out)->carried_reason);
	(*out)->has_carried = outcome != OUTCOME_SKIPPED;
	if (outcome == OUTCOME_ACCEPTED)
		err = look(block, between, &(*out)->carried);
	if (outcome == OUTCOME_FAILED)
		err = (*out)->carried_reason;
	if (err == ERR_OK)
		return ERR_OK;
	outlook_free(*out);
	*out = NULL;
	return err;
}

/* outlook: NULL where nobody asks for it. */
static enum err simulate(struct ledger *ledger, const struct tx *tx, uint64_t now_ms,
			 bool simulate_rules, struct admission *out, struct outlook **outlook)
{
	struct apply_block block = {ledger->simulation, ledger->tip.header.height + 1, now_ms,
				    ledger->genesis->epoch_length};
	overlay_mark before = overlay_set_mark(ledger->simulation);
	uint64_t log_index = ledger->tip.header.log_size;
	struct arena *scratch = &ledger->scratch;
	enum err err = ERR_OK;

	if (simulate_rules)
		out->outcome = (int)apply_simulate(&block, tx, log_index, scratch, out->org,
						   &out->reason);
	else
		out->outcome = (int)apply_admit(&block, tx, scratch, out->org, &out->reason);
	if (out->outcome == OUTCOME_ACCEPTED && outlook != NULL)
		err = look_ahead(&block, tx, log_index, before, scratch, outlook);
	overlay_reset(ledger->simulation, now_ms);
	arena_reset(scratch);
	return err;
}

static enum err admit(struct ledger *ledger, const struct tx *tx, uint64_t now_ms,
		      bool simulate_rules, struct admission *out, struct outlook **outlook)
{
	struct admission result = {.outcome = OUTCOME_SKIPPED, .reason = ERR_OK};
	enum err err;

	if (now_ms <= ledger->tip.header.time_ms)
		now_ms = ledger->tip.header.time_ms + 1; /* as the next header's will be */
	err = simulation_ready(ledger, now_ms);
	if (err == ERR_OK)
		err = ledger_base_begin(ledger);
	if (err != ERR_OK)
		return err;
	err = simulate(ledger, tx, now_ms, simulate_rules, &result, outlook);
	ledger_base_end(ledger);
	if (err == ERR_OK && result.outcome == OUTCOME_FAILED)
		err = result.reason;
	if (err == ERR_OK)
		*out = result;
	return err;
}

enum err ledger_admit(struct ledger *ledger, const struct tx *tx, uint64_t now_ms,
		      bool simulate_rules, struct admission *out)
{
	return admit(ledger, tx, now_ms, simulate_rules, out, NULL);
}

enum err ledger_simulate(struct ledger *ledger, const struct tx *tx, uint64_t now_ms,
			 struct admission *out, struct outlook **outlook)
{
	*outlook = NULL;
	return admit(ledger, tx, now_ms, true, out, outlook);
}

/* --- peers --------------------------------------------------------------- */

static bool may_hold_session(const Stele__KeyValue *key, uint64_t height)
{
	bool is_peer = false;

	for (size_t i = 0; i < key->n_purposes; i++)
		is_peer = is_peer || key->purposes[i] == STELE__PURPOSE__PURPOSE_PEER;
	return is_peer && key->from_height <= height &&
	       (key->revoked_height == 0 || key->revoked_height > height);
}

static enum err peer_key_read(struct ledger_view *view, const struct public_key *key,
			      struct arena *arena, char org[LIMIT_SEGMENT + 1])
{
	char name[4 + HASH_HEX_LEN + 1] = "key/";
	struct ledger_tip tip;
	struct hash hash;
	struct bytes value;
	void *message;
	const Stele__KeyValue *found;
	enum err err;

	sha256(&hash, key->b, sizeof(key->b));
	hex_encode(name + 4, hash.b, sizeof(hash.b));
	err = view_value(view, name, &value);
	if (err == ERR_OK)
		err = value_decode(arena, value, VALUE_KEY, &message);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_PEER_UNKNOWN : err;
	found = message;
	ledger_view_tip(view, &tip);
	if (!may_hold_session(found, tip.height))
		return ERR_PEER_UNKNOWN;
	if (found->org == NULL || strlen(found->org) > LIMIT_SEGMENT)
		return ERR_STORE_DAMAGED;
	memcpy(org, found->org, strlen(found->org) + 1);
	return ERR_OK;
}

enum err ledger_find_peer_key(struct ledger *ledger, const struct public_key *key,
			      char org[LIMIT_SEGMENT + 1])
{
	struct ledger_view *view;
	struct arena arena;
	enum err err = ledger_view_open(ledger, &view);

	if (err != ERR_OK)
		return err;
	arena_init(&arena, (size_t)1 << 20);
	err = peer_key_read(view, key, &arena, org);
	arena_release(&arena);
	ledger_view_close(view);
	return err;
}
