/* Whether the ledger slows down as it grows: content.anchor by four organisations, block
 * by block at the pace of 5,000 records a second of its own time, on a real store.
 * Told at each step: microseconds of CPU a record for building and for committing, bytes
 * handed to the system a record, the store's size, and anonymous memory; at the end how
 * long a start takes.  Signatures are checked elsewhere and not counted.
 *
 *   bench_growth [records [step [records a block [folder]]]]
 *   bench_growth start folder
 *
 * The store is made in a folder below TMPDIR (/tmp) and removed, or in the folder that is
 * named and kept: for starts by themselves, and to grow on from there another time.
 * 10,000,000 records need 12 GB. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "ledger/ledger_internal.h"
#include "proto/tx.h"
#include "tests/lib/bench.h"

#define PARCEL 512       /* transactions */
#define RECORDS_PER_MS 5 /* of the ledger's time */

/* Of all threads, so that what is done behind the commit counts too. */
static double cpu_us(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/* The number behind a name in a file of /proc/self. */
static uint64_t proc_number(const char *file, const char *name)
{
	FILE *in = fopen(file, "r");
	char line[256];
	uint64_t number = 0;

	while (in != NULL && fgets(line, sizeof(line), in) != NULL) {
		if (strncmp(line, name, strlen(name)) == 0)
			number = strtoull(line + strlen(name), NULL, 10);
	}
	if (in != NULL)
		fclose(in);
	return number;
}

struct spent {
	double build, commit, commit_clock;
	uint64_t written;
};

static struct parcel *parcel_make(struct bench_chain *chain, const struct ledger_tip *tip,
				  uint32_t count)
{
	struct tx *txs[PARCEL] = {NULL};
	struct parcel *parcel;

	for (uint32_t i = 0; i < count; i++) {
		struct buf raw;

		bench_anchor_unsigned(&raw, chain, i, tip->time_ms);
		MUST(tx_decode(&txs[i], buf_bytes(&raw), &chain->genesis->chain));
		buf_release(&raw);
	}
	MUST(parcel_pack(&parcel, txs, count, &chain->genesis->chain, 0, 0, chain->nonce,
			 tip->height + 100, &chain->node_key));
	for (uint32_t i = 0; i < count; i++)
		tx_free(txs[i]);
	return parcel;
}

static void block_run(struct ledger *ledger, struct bench_chain *chain, uint32_t count,
		      struct spent *spent)
{
	struct parcel *parcels[LIMIT_BODY_PARCELS];
	struct build_params params = {.proposer = 0};
	struct ledger_committed committed;
	struct ledger_tip tip;
	struct buf header, body;
	uint32_t parcels_count = 0;
	uint64_t written;
	struct hash hash;
	double start, clock;

	ledger_tip(ledger, &tip);
	for (uint32_t left = count, part; left > 0; left -= part) {
		part = left < PARCEL ? left : PARCEL;
		parcels[parcels_count++] = parcel_make(chain, &tip, part);
	}
	params.parent = tip.block;
	params.parent_view = tip.view;
	params.view = tip.view + 1;
	params.now_ms = tip.time_ms + count / RECORDS_PER_MS;
	buf_init(&header, LIMIT_HEADER_BYTES);
	buf_init(&body, LIMIT_BODY_BYTES);
	start = cpu_us();
	MUST(ledger_build(ledger, &params, parcels, parcels_count, &header, &body));
	spent->build += cpu_us() - start;
	sha256(&hash, header.at, header.len);
	written = proc_number("/proc/self/io", "wchar:");
	clock = bench_now_us();
	start = cpu_us();
	MUST(ledger_commit(ledger, &hash, (struct bytes){NULL, 0}, &committed));
	spent->commit += cpu_us() - start;
	spent->commit_clock += bench_now_us() - clock;
	spent->written += proc_number("/proc/self/io", "wchar:") - written;
	if (committed.outcomes_count != count)
		bench_must(ERR_NOT_FOUND, "a record");
	for (uint32_t i = 0; i < parcels_count; i++)
		parcel_release(parcels[i]);
	buf_release(&header);
	buf_release(&body);
}

static void step_print(struct ledger *ledger, uint64_t records, uint64_t step,
		       const struct spent *spent)
{
	uint64_t used, disk_free;

	store_size(ledger->store, &used, &disk_free);
	printf("%9" PRIu64 " %7.2f %7.2f %8.2f %10.0f %9.1f %9.1f %9.1f %9zu\n", records,
	       spent->build / (double)step, spent->commit / (double)step,
	       spent->commit_clock / (double)step, (double)spent->written / (double)step,
	       (double)used / (1 << 20),
	       (double)proc_number("/proc/self/status", "RssAnon:") / 1024,
	       (double)state_memory(ledger->tree) / (1 << 20), ids_count(ledger->consumed));
	fflush(stdout);
}

static void grow(struct ledger *ledger, struct bench_chain *chain, uint64_t records, uint64_t step,
		 uint32_t block)
{
	struct spent spent = {0};
	uint64_t done = chain->nonce, begun = done;

	printf("  records   build  commit  elapsed    written     store      anon      tree"
	       "  consumed\n"
	       "               us      us       us    bytes/r       MiB       MiB       MiB"
	       "       ids\n");
	while (done + block <= records) {
		block_run(ledger, chain, block, &spent);
		done += block;
		if (done - begun < step)
			continue;
		step_print(ledger, done, done - begun, &spent);
		memset(&spent, 0, sizeof(spent));
		begun = done;
	}
}

/* --- starting ------------------------------------------------------------------ */

static void genesis_path(char out[300], const char *folder)
{
	snprintf(out, 300, "%s/genesis.txt", folder);
}

static void genesis_keep(const char *folder, struct bytes text)
{
	char path[300];
	FILE *file;

	genesis_path(path, folder);
	file = fopen(path, "w");
	if (file == NULL || fwrite(text.at, 1, text.len, file) != text.len || fclose(file) != 0)
		bench_must(ERR_DISK_IO, path);
}

/* The ledger with its checkpoints, as a node has them. */
struct opened {
	struct store *store;
	struct store *checkpoints;
	struct ledger *ledger;
};

static void ledger_start(struct opened *out, const char *folder, const struct genesis *genesis,
			 struct bytes text)
{
	char path[300];

	snprintf(path, sizeof(path), "%s/checkpoints", folder);
	MUST(store_open(&out->store, folder));
	MUST(store_open(&out->checkpoints, path));
	MUST(ledger_open_with(&out->ledger, out->store, out->checkpoints, genesis, text));
}

static void ledger_stop(struct opened *opened)
{
	ledger_close(opened->ledger);
	store_close(opened->checkpoints);
	store_close(opened->store);
}

static bool genesis_is_kept(const char *folder)
{
	char path[300];

	genesis_path(path, folder);
	return access(path, R_OK) == 0;
}

static void genesis_read(struct genesis *genesis, struct buf *text, const char *folder)
{
	char path[300];
	uint8_t part[4096];
	unsigned line;
	size_t len;
	FILE *file;

	genesis_path(path, folder);
	file = fopen(path, "r");
	if (file == NULL)
		bench_must(ERR_DISK_IO, path);
	buf_init(text, LIMIT_GENESIS_BYTES);
	while ((len = fread(part, 1, sizeof(part), file)) > 0)
		buf_add(text, part, len);
	fclose(file);
	MUST(genesis_parse(genesis, buf_bytes(text), &line));
}

/* A start, as a node's, and what it needs then. */
static void start_run(const char *folder)
{
	struct genesis *genesis = calloc(1, sizeof(*genesis));
	double cpu = cpu_us(), start = bench_now_us();
	struct opened opened;
	struct buf text;

	if (genesis == NULL)
		bench_must(ERR_MEMORY, "genesis");
	genesis_read(genesis, &text, folder);
	ledger_start(&opened, folder, genesis, buf_bytes(&text));
	printf("start: %.2f s, %.2f s of CPU; anonymous %.1f MiB, of it the tree %.1f\n",
	       (bench_now_us() - start) / 1e6, (cpu_us() - cpu) / 1e6,
	       (double)proc_number("/proc/self/status", "RssAnon:") / 1024,
	       (double)state_memory(opened.ledger->tree) / (1 << 20));
	ledger_stop(&opened);
	buf_release(&text);
	free(genesis);
}

/* --- all ----------------------------------------------------------------------- */

static void grow_run(const char *folder, uint64_t records, uint64_t step, uint32_t block)
{
	struct bench_chain chain = {0};
	struct opened opened;
	struct ledger_tip tip;

	bench_chain_make(&chain);
	if (genesis_is_kept(folder)) {
		buf_release(&chain.text);
		genesis_read(chain.genesis, &chain.text, folder); /* its keys sign nothing here */
	} else {
		genesis_keep(folder, buf_bytes(&chain.text));
	}
	ledger_start(&opened, folder, chain.genesis, buf_bytes(&chain.text));
	ledger_tip(opened.ledger, &tip);
	chain.nonce = tip.log_size;
	grow(opened.ledger, &chain, records, step, block);
	ledger_stop(&opened);
}

int main(int argc, char **argv)
{
	uint64_t records = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
	uint64_t step = argc > 2 ? strtoull(argv[2], NULL, 10) : 100000;
	uint32_t block = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 500;
	const char *parent = getenv("TMPDIR");
	char folder[256], command[300];

	if (argc == 3 && strcmp(argv[1], "start") == 0) {
		start_run(argv[2]);
		return 0;
	}
	if (argc > 4) {
		grow_run(argv[4], records, step, block);
		start_run(argv[4]);
		return 0;
	}
	snprintf(folder, sizeof(folder), "%s/bench_growth.XXXXXX", parent != NULL ? parent : "/tmp");
	if (mkdtemp(folder) == NULL)
		return 1;
	grow_run(folder, records, step, block);
	start_run(folder);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}
