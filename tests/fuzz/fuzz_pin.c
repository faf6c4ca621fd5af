/* Trust from anywhere: a pin that parses renders to the same bytes. */
#include <stdint.h>
#include <stdlib.h>

#include "proofs/trust.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trust *trust = calloc(1, sizeof(*trust));
	struct bytes text = bytes_of(data, size);
	struct buf again;

	if (trust != NULL && trust_parse(trust, text) == ERR_OK) {
		ASSERT(trust->sets_count >= 1 && trust->sets_count <= TRUST_SETS_MAX);
		ASSERT(trust_is_pin(text) == trust->has_head);
		ASSERT(trust_set(trust, trust_epoch_last(trust)) != NULL);
		if (trust->has_head) {
			buf_init(&again, PIN_BYTES_MAX);
			pin_render(&again, trust);
			ASSERT(bytes_equal(buf_bytes(&again), text));
			buf_release(&again);
		}
	}
	free(trust);
	return 0;
}
