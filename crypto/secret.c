#include "crypto/secret.h"

#include <string.h>

void secret_wipe(void *at, size_t len)
{
	explicit_bzero(at, len);
}

bool secret_equal(const struct secret *a, const struct secret *b)
{
	unsigned difference = 0;

	for (size_t i = 0; i < sizeof(a->b); i++)
		difference |= (unsigned)(a->b[i] ^ b->b[i]);
	return difference == 0;
}
