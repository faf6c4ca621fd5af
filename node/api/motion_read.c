#include "node/api/motion_read.h"

#include <inttypes.h>

#include "base/limits.h"

enum err motion_read_operation(struct call *call, const Stele__MotionValue *motion,
			       Stele__MotionOperation **out)
{
	struct buf data;
	Stele__PartValue *part;
	enum err err = ERR_OK;

	buf_init(&data, (size_t)LIMIT_MOTION_PARTS * LIMIT_VALUE_BYTES);
	for (uint32_t k = 1; err == ERR_OK && k <= motion->parts; k++) {
		err = call_value(call, VALUE_PART, &part, "motion/%" PRIu64 "/part/%" PRIu32,
				 motion->number, k);
		if (err == ERR_OK)
			buf_add(&data, part->data.data, part->data.len);
	}
	if (err == ERR_OK)
		err = motion_operation_decode(&call->arena, buf_bytes(&data), out);
	buf_release(&data);
	return err;
}
