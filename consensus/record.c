#include "consensus/record.h"

void reservation_encode(uint8_t out[RESERVATION_BYTES], const struct reservation *reservation)
{
	ASSERT(out != NULL);
	ASSERT(reservation != NULL);
	store_u64(out, reservation->stamp);
	store_u64(out + 8, reservation->epoch);
	store_u64(out + 16, reservation->view);
}

bool reservation_decode(struct reservation *out, struct bytes data)
{
	struct cursor cursor = cursor_of(data);

	ASSERT(out != NULL);
	ASSERT(data.len == 0 || data.at != NULL);
	out->stamp = cursor_u64(&cursor);
	out->epoch = cursor_u64(&cursor);
	out->view = cursor_u64(&cursor);
	return cursor_is_done(&cursor);
}
