#include "ledger/cover_make.h"

#include "base/limits.h"
#include "ledger/ledger.h"
#include "proofs/shape.h"

enum err cover_header_text(struct ledger_view *view, uint64_t height, struct bytes *out)
{
	struct view_block block;
	enum err err = view_block(view, height, &block);

	if (err == ERR_OK)
		*out = block.header_text;
	return err;
}

enum err cover_log_size(struct ledger_view *view, uint64_t height, uint64_t *out)
{
	struct ledger_tip tip;
	struct header header;
	struct bytes text;
	enum err err;

	ledger_view_tip(view, &tip);
	if (tip.height == height) {
		*out = tip.log_size;
		return ERR_OK;
	}
	err = cover_header_text(view, height, &text);
	if (err == ERR_OK)
		err = header_parse(&header, text);
	if (err == ERR_OK)
		*out = header.log_size;
	return err;
}

/* From the top down to the height, which is not above it. */
static enum err add_headers(struct ledger_view *view, uint64_t top, uint64_t height,
			    json_t *object)
{
	json_t *headers = json_array();
	enum err err = ERR_OK;

	json_object_set_new(object, "headers", headers);
	for (uint64_t k = 0; err == ERR_OK && k <= top - height; k++) {
		struct bytes text;

		err = cover_header_text(view, top - k, &text);
		if (err == ERR_OK)
			json_array_append_new(headers, json_of_text(text));
	}
	return err;
}

enum err cover_add(struct ledger_view *view, uint64_t height, struct bytes set_text,
		   json_t *object)
{
	struct view_block top;
	uint64_t finalized;
	enum err err = view_finalized(view, height, &finalized);

	if (err == ERR_OK && finalized - height >= LIMIT_RECEIPT_HEADERS)
		err = ERR_NOT_FOUND;
	if (err == ERR_OK)
		err = add_headers(view, finalized, height, object);
	if (err == ERR_OK)
		err = view_block(view, finalized, &top);
	if (err != ERR_OK)
		return err;
	json_object_set_new(object, "finalization", json_of_base64(top.finalization));
	json_object_set_new(object, "set", json_of_text(set_text));
	json_object_set_new(object, "set_changes", json_array());
	return ERR_OK;
}
