/* Prints what the cryptographic operations cost on this machine. */
#include <stdio.h>
#include <stdlib.h>

#include "clients/cli/bench/yardstick.h"

static void show(const char *what, double ns)
{
	printf("%-38s %10.0f ns %12.0f /s\n", what, ns, 1e9 / ns);
}

int main(int argc, char **argv)
{
	uint32_t run_ms = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 500;

	show("SHA-256 of 64 bytes", yardstick_sha256_64(NULL, run_ms));
	show("append to a Merkle tree", yardstick_merkle_append(NULL, run_ms));
	show("verify, known key", yardstick_verify_known(NULL, run_ms));
	show("verify, new key", yardstick_verify_new(NULL, run_ms));
	show("sign", yardstick_sign(NULL, run_ms));
	return 0;
}
