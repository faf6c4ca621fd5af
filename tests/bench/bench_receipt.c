/* Prints what judging a receipt costs in CPU time, also in signature checks: a receipt without
 * set changes and status needs q + 1 of them (q + 2 where a motion was opened).  The rest is
 * mostly the 2 n keys of a set text, each of which has to be a point.
 *
 * bench_receipt [RUN-MS [RECEIPT…]]     receipts of tests/vectors/receipts/v1 unless given */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/limits.h"
#include "crypto/sign.h"
#include "proofs/receipt.h"

static const char *const usual[] = {
	"tests/vectors/receipts/v1/good/one-anchor.stele.json",
	"tests/vectors/receipts/v1/good/anchor.stele.json",
	"tests/vectors/receipts/v1/good/seven-validators.stele.json",
	"tests/vectors/receipts/v1/good/sixteen-validators.stele.json",
	"tests/vectors/receipts/v1/good/distance-40.stele.json",
	"tests/vectors/receipts/v1/good/changes-5.stele.json",
};

static double now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static struct bytes read_file(const char *path)
{
	uint8_t *text = malloc(LIMIT_RECEIPT_BYTES);
	FILE *file = fopen(path, "rb");
	size_t len = text != NULL && file != NULL ? fread(text, 1, LIMIT_RECEIPT_BYTES, file) : 0;

	if (file != NULL)
		(void)fclose(file);
	return bytes_of(text, len);
}

/* From the bytes to the findings; how many signatures that took is *checks. */
static void judge(struct bytes text, uint32_t *checks)
{
	struct receipt_findings *found = calloc(1, sizeof(*found));
	json_t *receipt = NULL;

	if (found == NULL || receipt_parse(text, &receipt) != ERR_OK ||
	    receipt_check(receipt, NULL, NULL, found) != ERR_OK ||
	    found->finality != FINDING_PASS) {
		(void)fprintf(stderr, "bench_receipt: that is no good receipt\n");
		exit(1);
	}
	*checks = found->cover.signers + 1 + found->has_opened;
	for (size_t k = 0; k < found->cover.changes_count; k++)
		*checks += set_quorum(cover_set(&found->cover, found->cover.epoch + k)->count);
	receipt_findings_release(found);
	free(found);
	json_decref(receipt);
}

static double cost_ns(struct bytes text, uint32_t run_ms, uint32_t *checks)
{
	double start = now_ns(), spent;
	unsigned count = 0;

	do {
		judge(text, checks);
		count++;
		spent = now_ns() - start;
	} while (spent < run_ms * 1e6);
	return spent / count;
}

/* One signature by a key that was met before. */
static double check_ns(uint32_t run_ms)
{
	struct secret secret;
	struct public_key key;
	struct signature signature;
	struct hash digest = {{1}};
	double start, spent;
	unsigned count = 0;

	if (sign_key_generate(&secret) != ERR_OK || sign_public(&key, &secret) != ERR_OK ||
	    sign_digest(&signature, &secret, &digest) != ERR_OK)
		exit(1);
	start = now_ns();
	do {
		if (!sign_verify(&key, &digest, &signature))
			exit(1);
		count++;
		spent = now_ns() - start;
	} while (spent < run_ms * 1e6);
	return spent / count;
}

int main(int argc, char **argv)
{
	uint32_t run_ms = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 500;
	const char *const *files = argc > 2 ? (const char *const *)&argv[2] : usual;
	size_t count = argc > 2 ? (size_t)(argc - 2) : sizeof(usual) / sizeof(usual[0]);
	double check = check_ns(run_ms);

	printf("a signature check, known key: %.1f us\n", check / 1e3);
	for (size_t i = 0; i < count; i++) {
		struct bytes text = read_file(files[i]);
		uint32_t checks;
		double cost = cost_ns(text, run_ms, &checks);

		printf("%8.1f us, %6zu bytes, %3u signatures: %5.1f checks' time, %4.2f each  %s\n",
		       cost / 1e3, text.len, checks, cost / check, cost / check / checks, files[i]);
		free((void *)(uintptr_t)text.at);
	}
	return 0;
}
