#include "ledger/apply/carried.h"

#include <inttypes.h>

#include "crypto/digest.h"
#include "ledger/apply/values.h"

#define OPERATION_BYTES_MAX ((size_t)LIMIT_MOTION_PARTS * LIMIT_MOTION_PART_BYTES)
#define OPERATION_CASE(name) STELE__MOTION_OPERATION__OPERATION_##name

static struct state_key key_of_part(uint64_t motion, uint32_t k)
{
	return state_key("motion/%" PRIu64 "/part/%" PRIu32, motion, k);
}

static enum err put_parts(struct apply *apply, Stele__MotionValue *motion,
			  const struct buf *operation)
{
	enum err err = ERR_OK;

	for (size_t from = 0; err == ERR_OK && from < operation->len;
	     from += LIMIT_MOTION_PART_BYTES) {
		Stele__PartValue part = STELE__PART_VALUE__INIT;
		size_t left = operation->len - from;

		part.data.data = operation->at + from;
		part.data.len = left < LIMIT_MOTION_PART_BYTES ? left : LIMIT_MOTION_PART_BYTES;
		motion->parts++;
		err = put_part(apply, key_of_part(motion->number, motion->parts), &part);
	}
	return err;
}

enum err carried_put(struct apply *apply, Stele__MotionValue *motion,
		     const Stele__MotionOperation *operation)
{
	struct hash *hash = arena_alloc(apply->arena, sizeof(*hash));
	struct buf encoded;
	enum err err;

	if (hash == NULL)
		return ERR_MEMORY;
	buf_init(&encoded, LIMIT_TX_BYTES);
	motion_operation_encode(&encoded, operation);
	if (encoded.has_failed) {
		err = ERR_MEMORY;
	} else if (encoded.len > OPERATION_BYTES_MAX) {
		err = ERR_VALUE_SIZE; /* M-02 */
	} else {
		sha256(hash, encoded.at, encoded.len);
		motion->operation_sha256 = (ProtobufCBinaryData){sizeof(hash->b), hash->b};
		err = put_parts(apply, motion, &encoded);
	}
	buf_release(&encoded);
	return err;
}

enum err carried_get(struct apply *apply, const Stele__MotionValue *motion,
		     Stele__MotionOperation **out)
{
	struct buf joined;
	enum err err = ERR_OK;

	buf_init(&joined, OPERATION_BYTES_MAX);
	for (uint32_t k = 1; err == ERR_OK && k <= motion->parts; k++) {
		Stele__PartValue *part;

		err = get_part(apply, key_of_part(motion->number, k), &part);
		if (err == ERR_OK)
			buf_add(&joined, part->data.data, part->data.len);
	}
	if (err == ERR_OK && joined.has_failed)
		err = ERR_MEMORY;
	if (err == ERR_OK)
		err = motion_operation_decode(apply->arena, buf_bytes(&joined), out);
	buf_release(&joined);
	if (err == ERR_NOT_FOUND || err == ERR_TX_ENCODING || err == ERR_TX_FIELD)
		return ERR_STORE_DAMAGED; /* what was put there had the form */
	return err;
}

enum err carried_apply(struct apply *apply, const Stele__MotionOperation *operation)
{
	switch (operation->operation_case) {
#define APPLY_CASE(NAME, name, type) \
	case OPERATION_CASE(NAME): \
		return name(apply, operation->name);
		OPERATIONS_CARRIED(APPLY_CASE)
#undef APPLY_CASE
	case OPERATION_CASE(_NOT_SET):
		break;
	}
	UNREACHABLE();
}
