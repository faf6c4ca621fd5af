/* How long signature checks take, shared among processes: the bound that catching up is held
 * against (catchup.py).
 *
 *   bench_checks [checks] [processes]
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "crypto/digest.h"
#include "tests/lib/bench.h"

#define KEYS 4
#define LIST 4096

static struct bench_check list[LIST];

static void list_make(void)
{
	struct secret keys[KEYS];

	for (int i = 0; i < KEYS; i++)
		MUST(sign_key_generate(&keys[i]));
	for (uint32_t i = 0; i < LIST; i++) {
		sha256(&list[i].digest, &i, sizeof(i));
		MUST(sign_public(&list[i].key, &keys[i % KEYS]));
		MUST(sign_digest(&list[i].signature, &keys[i % KEYS], &list[i].digest));
	}
}

int main(int argc, char **argv)
{
	uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 100000;
	unsigned processes = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10)
				      : (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
	double elapsed_s;

	if (count == 0 || processes == 0)
		return 2;
	list_make();
	elapsed_s = bench_checks_s(list, LIST, count, processes);
	printf("{\"checks\": %llu, \"processes\": %u, \"seconds\": %.3f, \"cpu_s\": %.3f}\n",
	       (unsigned long long)count, processes, elapsed_s, bench_children_cpu_s());
	return 0;
}
