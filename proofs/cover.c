#include "proofs/cover.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "proofs/shape.h"
#include "proto/certificate.h"

#define FINALIZATION_BYTES_MIN 108

/* --- form -------------------------------------------------------------------------------- */

enum err header_read(const json_t *value, struct block *out)
{
	struct bytes text;

	if (!json_is_string(value))
		return ERR_RECEIPT_FORM;
	text = bytes_of(json_string_value(value), json_string_length(value));
	if (text.len > LIMIT_HEADER_BYTES || header_parse(&out->header, text) != ERR_OK)
		return ERR_RECEIPT_FORM;
	sha256(&out->hash, text.at, text.len);
	return ERR_OK;
}

enum err finalization_read(const json_t *object, struct arena *arena, struct bytes *out)
{
	enum err err =
		json_read_base64(object, "finalization", LIMIT_CERTIFICATE_BYTES, arena, out);

	return err == ERR_OK && out->len < FINALIZATION_BYTES_MIN ? ERR_RECEIPT_FORM : err;
}

static enum err set_read(const json_t *object, struct arena *arena, struct set **out)
{
	struct bytes text;

	if (json_read_text(object, "set", &text) != ERR_OK || text.len > LIMIT_SET_BYTES)
		return ERR_RECEIPT_FORM;
	*out = arena_alloc(arena, sizeof(**out));
	if (*out == NULL)
		return ERR_MEMORY;
	return set_parse(*out, text) == ERR_OK ? ERR_OK : ERR_RECEIPT_FORM;
}

enum err changes_read(const json_t *object, struct arena *arena, struct set_change **out,
		      size_t *count)
{
	static const char *const members[] = {"finalization", "set", NULL};
	const json_t *array = json_object_get(object, "set_changes");
	size_t size = json_array_size(array);
	struct set_change *changes;
	enum err err = ERR_OK;

	if (!json_is_array(array) || size > LIMIT_SET_CHANGES)
		return ERR_RECEIPT_FORM;
	changes = arena_alloc(arena, (size + 1) * sizeof(*changes));
	if (changes == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < size && err == ERR_OK; i++) {
		const json_t *change = json_array_get(array, i);

		if (!json_is_object(change) || !json_has_only(change, members))
			return ERR_RECEIPT_FORM;
		err = finalization_read(change, arena, &changes[i].finalization);
		if (err == ERR_OK)
			err = set_read(change, arena, &changes[i].set);
	}
	*out = changes;
	*count = size;
	return err;
}

static enum err headers_read(const json_t *object, struct arena *arena, struct cover *out)
{
	const json_t *array = json_object_get(object, "headers");
	size_t count = json_array_size(array);

	if (!json_is_array(array) || count == 0 || count > LIMIT_RECEIPT_HEADERS)
		return ERR_RECEIPT_FORM;
	out->headers = arena_alloc(arena, count * sizeof(*out->headers));
	if (out->headers == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		enum err err = header_read(json_array_get(array, i), &out->headers[i]);

		if (err != ERR_OK)
			return err;
	}
	out->headers_count = count;
	out->top = out->headers[0].header;
	out->top_block = out->headers[0].hash;
	out->last = out->headers[count - 1].header;
	out->last_block = out->headers[count - 1].hash;
	return ERR_OK;
}

enum err cover_read(const json_t *object, struct arena *arena, struct cover *out)
{
	enum err err;

	memset(out, 0, sizeof(*out));
	err = headers_read(object, arena, out);
	if (err == ERR_OK)
		err = finalization_read(object, arena, &out->finalization);
	if (err == ERR_OK)
		err = set_read(object, arena, &out->first);
	if (err == ERR_OK)
		err = changes_read(object, arena, &out->changes, &out->changes_count);
	if (err != ERR_OK)
		return err;
	out->set = out->changes_count == 0 ? out->first
					   : out->changes[out->changes_count - 1].set;
	out->members = out->set->count;
	return ERR_OK;
}

/* --- finality ------------------------------------------------------------------------------ */

bool block_is_above(const struct block *block, const struct block *other)
{
	return block->header.height > other->header.height &&
	       block->header.time_ms > other->header.time_ms;
}

static bool is_of_chain(const struct header *header, const struct header *chain)
{
	return hash_equal(&header->chain, &chain->chain) &&
	       strcmp(header->origin, chain->origin) == 0;
}

bool certificate_counts(struct bytes certificate, const struct set *set, uint64_t epoch,
			const struct header *chain, struct block *out, struct cover *signers)
{
	struct certificate *decoded = malloc(sizeof(*decoded));
	bool counts;

	if (decoded == NULL)
		return false;
	counts = certificate_decode(decoded, certificate, set->count) == ERR_OK &&
		 decoded->kind == VOTE_FINALIZE &&
		 certificate_check(decoded, &chain->chain, set, epoch, &out->header) == ERR_OK &&
		 is_of_chain(&out->header, chain);
	if (counts)
		out->hash = decoded->block;
	if (counts && signers != NULL) {
		signers->signers = decoded->signatures_count;
		memcpy(signers->signed_by, decoded->signers, sizeof(signers->signed_by));
	}
	free(decoded);
	return counts;
}

bool changes_check(struct set_change *changes, size_t count, uint64_t epoch,
		   const struct set *set, const struct header *chain)
{
	for (size_t k = 0; k < count; k++) {
		const struct header *ended = &changes[k].ended.header;

		if (!certificate_counts(changes[k].finalization, set, epoch + k, chain,
					&changes[k].ended, NULL) ||
		    !ended->has_next_validators ||
		    !hash_equal(&ended->next_validators, &changes[k].set->hash))
			return false;
		set = changes[k].set;
	}
	return true;
}

/* F4: the second is the parent of the first. */
static bool is_parent(const struct block *child, const struct block *parent)
{
	const struct header *above = &child->header, *below = &parent->header;

	return hash_equal(&above->parent, &parent->hash) && above->height == below->height + 1 &&
	       above->time_ms > below->time_ms && above->log_size >= below->log_size &&
	       is_of_chain(below, above) && below->epoch == above->epoch &&
	       hash_equal(&below->validators, &above->validators) && !below->has_next_validators;
}

/* F3 */
static bool changes_rise(const struct cover *cover)
{
	const struct block *above = &cover->headers[cover->headers_count - 1];

	for (size_t k = cover->changes_count; k-- > 0; above = &cover->changes[k].ended)
		if (!block_is_above(above, &cover->changes[k].ended))
			return false;
	return true;
}

enum err cover_check(struct cover *cover)
{
	struct block certified;

	if (cover->top.epoch < cover->changes_count) /* F1 */
		return ERR_RECEIPT_FINALITY;
	cover->epoch = cover->top.epoch - cover->changes_count;
	for (size_t i = 1; i < cover->headers_count; i++)
		if (!is_parent(&cover->headers[i - 1], &cover->headers[i]))
			return ERR_RECEIPT_FINALITY;
	if (!certificate_counts(cover->finalization, cover->set, cover->top.epoch, &cover->top,
				&certified, cover) ||
	    !hash_equal(&certified.hash, &cover->top_block)) /* F5 */
		return ERR_RECEIPT_FINALITY;
	if (!changes_check(cover->changes, cover->changes_count, cover->epoch, cover->first,
			   &cover->top) ||
	    !changes_rise(cover))
		return ERR_RECEIPT_FINALITY;
	return ERR_OK;
}

bool cover_is_signed_by(const struct cover *cover, uint32_t index)
{
	return index < LIMIT_VALIDATORS && (cover->signed_by[index / 8] >> index % 8 & 1) != 0;
}

const struct set *cover_set(const struct cover *cover, uint64_t epoch)
{
	ASSERT(epoch >= cover->epoch && epoch - cover->epoch <= cover->changes_count);
	return epoch == cover->epoch ? cover->first
				     : cover->changes[epoch - cover->epoch - 1].set;
}
