#include "node/api/tx_lookup.h"

#include "node/api/service.h"
#include "proto/header.h"

/* In the canonical encoding the body begins with the chain (2 + 32 bytes) and the
 * signer (2 + 33); valid_until follows, field 3. */
#define BODY_BEFORE_VALID_UNTIL 69
#define TAG_BODY 0x0a
#define TAG_VALID_UNTIL 0x18

static bool read_varint(struct cursor *cursor, uint64_t *out)
{
	*out = 0;
	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t byte = cursor_u8(cursor);

		*out |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return !cursor->has_failed;
	}
	return false;
}

bool tx_raw_valid_until(struct bytes raw, uint64_t *out)
{
	struct cursor cursor = cursor_of(raw);
	uint64_t len;

	if (cursor_u8(&cursor) != TAG_BODY || !read_varint(&cursor, &len))
		return false;
	(void)cursor_take(&cursor, BODY_BEFORE_VALID_UNTIL);
	return cursor_u8(&cursor) == TAG_VALID_UNTIL && read_varint(&cursor, out);
}

static enum err block_time(struct call *call, uint64_t height, uint64_t *time_ms)
{
	struct view_block block;
	struct header header;
	enum err err = view_block(call->view, height, &block);

	if (err == ERR_OK)
		err = header_parse(&header, block.header_text);
	if (err == ERR_OK)
		*time_ms = header.time_ms;
	return err;
}

static enum err find_in_ledger(struct call *call, const struct hash *id, struct tx_place *out)
{
	struct view_rejected rejected;
	struct view_tx found;
	enum err err = call_open_view(call);

	if (err == ERR_OK)
		err = view_tx(call->view, id, &found);
	if (err != ERR_OK)
		return err;
	*out = (struct tx_place){.state = found.is_accepted ? TX_ACCEPTED : TX_REJECTED,
				 .height = found.height,
				 .log_index = found.log_index,
				 .rejected = found.rejected};
	if (!found.is_accepted) {
		err = view_rejected(call->view, found.height, found.rejected, &rejected);
		if (err != ERR_OK)
			return err;
		out->reason = rejected.reason;
	}
	return block_time(call, found.height, &out->time_ms);
}

/* The entry's place in its block, which only the index names directly. */
static enum err find_rejected(struct call *call, struct tx_place *place, const struct hash *id)
{
	struct view_block block;
	struct view_rejected entry;
	enum err err = view_block(call->view, place->height, &block);

	for (uint32_t k = 0; err == ERR_OK && k < block.rejected; k++) {
		err = view_rejected(call->view, place->height, k, &entry);
		if (err == ERR_OK && hash_equal(&entry.id, id)) {
			place->rejected = k;
			return ERR_OK;
		}
	}
	return err == ERR_OK ? ERR_NOT_FOUND : err;
}

static enum err find_recent(struct call *call, const struct hash *id, struct tx_place *out)
{
	const struct recent_tx *recent = recent_find(call->service->recent, id);

	if (recent == NULL)
		return ERR_NOT_FOUND;
	*out = (struct tx_place){.height = recent->height,
				 .time_ms = recent->time_ms,
				 .valid_until = recent->until_ms,
				 .log_index = recent->log_index,
				 .reason = recent->reason};
	switch (recent->state) {
	case RECENT_PENDING:
		out->state = TX_PENDING;
		return recent->until_ms < call->service->wall_ms ? ERR_NOT_FOUND : ERR_OK;
	case RECENT_ACCEPTED:
		out->state = TX_ACCEPTED;
		return ERR_OK;
	case RECENT_REJECTED:
		out->state = TX_REJECTED;
		return find_rejected(call, out, id);
	}
	UNREACHABLE();
}

enum err tx_find(struct call *call, const struct hash *id, struct tx_place *out)
{
	enum err err = find_in_ledger(call, id, out);

	return err == ERR_NOT_FOUND ? find_recent(call, id, out) : err;
}

json_t *tx_place_json(const struct hash *id, const struct tx_place *place)
{
	json_t *json = json_object();

	set_hex(json, "id", id->b, sizeof(id->b));
	switch (place->state) {
	case TX_PENDING:
		set_text(json, "state", "pending");
		set_number(json, "valid_until", place->valid_until);
		return json;
	case TX_ACCEPTED:
		set_text(json, "state", "accepted");
		break;
	case TX_REJECTED:
		set_text(json, "state", "rejected");
		break;
	}
	set_number(json, "height", place->height);
	set_number(json, "time", place->time_ms);
	if (place->state == TX_ACCEPTED) {
		set_number(json, "log_index", place->log_index);
	} else {
		set_error(json, "error", place->reason);
		set_text(json, "title", err_text(place->reason));
	}
	return json;
}
