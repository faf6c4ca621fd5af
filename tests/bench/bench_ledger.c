/* What a transaction costs the ledger: microseconds for building a block of
 * content.anchor by four organisations, for executing it as a voter does, and
 * for its commit, and of that what keeping the replaced values costs; signatures are
 * checked elsewhere and not counted.  Then what a view of an older height costs.
 *
 *   bench_ledger [transactions a block] [blocks]                               */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "ledger/ledger.h"
#include "ledger/undo.h"
#include "proto/tx.h"
#include "tests/lib/bench.h"

#define PARCEL 512 /* transactions */

static struct bench_chain chain;

static struct tx *anchor(uint32_t i, uint64_t time_ms)
{
	struct buf raw;
	struct tx *tx;

	bench_anchor(&raw, &chain, i, time_ms);
	MUST(tx_decode(&tx, buf_bytes(&raw), &chain.genesis->chain));
	buf_release(&raw);
	return tx;
}

static struct parcel *parcel_make(const struct ledger_tip *tip, uint32_t count)
{
	struct tx *txs[PARCEL];
	struct parcel *parcel;

	for (uint32_t i = 0; i < count; i++)
		txs[i] = anchor(i, tip->time_ms);
	MUST(parcel_pack(&parcel, txs, count, &chain.genesis->chain, 0, 0, chain.nonce,
			 tip->height + 100, &chain.node_key));
	for (uint32_t i = 0; i < count; i++)
		tx_free(txs[i]);
	return parcel;
}

struct spent {
	double build, execute, commit, commit_voter, undo;
};

/* What the block replaces, in a transaction that comes to nothing. */
static void undo_time(struct ledger *ledger, const struct hash *hash, struct spent *spent)
{
	struct store_write *write;
	double start;

	MUST(store_write_begin(ledger->store, &write));
	start = bench_now_us();
	MUST(undo_write(write, ledger_find_block(ledger, hash)));
	spent->undo += bench_now_us() - start;
	store_abort(write);
}

static void round_run(struct ledger *leader, struct ledger *voter, uint32_t count,
		      struct spent *spent)
{
	struct parcel *parcels[LIMIT_BODY_PARCELS];
	struct build_params params = {.proposer = 0};
	struct ledger_committed committed;
	struct buf header, body;
	struct ledger_tip tip;
	struct block_input input;
	struct hash hash;
	uint32_t parcels_count = 0;
	double start;

	ledger_tip(leader, &tip);
	for (uint32_t left = count; left > 0; parcels_count++) {
		uint32_t part = left < PARCEL ? left : PARCEL;

		parcels[parcels_count] = parcel_make(&tip, part);
		left -= part;
	}
	params.parent = tip.block;
	params.parent_view = tip.view;
	params.view = tip.view + 1;
	params.now_ms = tip.time_ms + 100;
	buf_init(&header, LIMIT_HEADER_BYTES);
	buf_init(&body, LIMIT_BODY_BYTES);
	start = bench_now_us();
	MUST(ledger_build(leader, &params, parcels, parcels_count, &header, &body));
	spent->build += bench_now_us() - start;
	sha256(&hash, header.at, header.len);
	input = (struct block_input){.header_text = buf_bytes(&header),
				     .body_text = buf_bytes(&body),
				     .parcels = parcels,
				     .parcels_count = parcels_count};
	start = bench_now_us();
	MUST(ledger_execute(voter, &input));
	spent->execute += bench_now_us() - start;
	undo_time(leader, &hash, spent);
	start = bench_now_us();
	MUST(ledger_commit(leader, &hash, (struct bytes){NULL, 0}, &committed));
	spent->commit += bench_now_us() - start;
	start = bench_now_us();
	MUST(ledger_commit(voter, &hash, (struct bytes){NULL, 0}, &committed));
	spent->commit_voter += bench_now_us() - start;
	if (committed.outcomes_count != count)
		exit(1);
	for (uint32_t i = 0; i < parcels_count; i++)
		parcel_release(parcels[i]);
	buf_release(&header);
	buf_release(&body);
}

static struct ledger *open_one(const char *folder, const char *name, struct store **store)
{
	char path[256];
	struct ledger *ledger;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	MUST(store_open(store, path));
	MUST(ledger_open(&ledger, *store, chain.genesis, buf_bytes(&chain.text)));
	return ledger;
}

/* --- older heights -------------------------------------------------------- */

struct rows {
	uint64_t changes;
	uint64_t bytes;
};

static enum err row_count(void *context, const struct row_undo *change)
{
	struct rows *rows = context;

	rows->changes++;
	rows->bytes += sizeof(struct hash) + 2 + change->value.len;
	return ERR_OK;
}

static struct rows rows_count(struct ledger *ledger, uint64_t from, uint64_t to)
{
	struct rows rows = {0};
	struct store_read *read;

	MUST(store_read_begin(ledger->store, &read));
	for (uint64_t h = from; h <= to; h++)
		MUST(undo_each(read, h, row_count, &rows));
	store_read_end(read);
	return rows;
}

static void view_time(struct ledger *ledger, uint64_t below)
{
	uint64_t tip = ledger->tip.header.height;
	struct rows rows = rows_count(ledger, tip - below + 1, tip);
	size_t memory = state_memory(ledger->tree);
	struct ledger_view *view;
	double start = bench_cpu_us();
	enum err err = ledger_view_open_at(ledger, tip - below, &view);
	double open = bench_cpu_us() - start;

	printf("%4u below the tip: %8u changes, %10u bytes of rows: ", (unsigned)below,
	       (unsigned)rows.changes, (unsigned)rows.bytes);
	if (err != ERR_OK) {
		printf("%s after %.1f ms\n", err_name(err), open / 1000);
		return;
	}
	memory = state_memory(ledger->tree) - memory;
	start = bench_cpu_us();
	ledger_view_close(view);
	printf("open %.1f ms of CPU, tree %.1f MiB more, close %.1f ms\n", open / 1000,
	       (double)memory / (1 << 20), (bench_cpu_us() - start) / 1000);
}

int main(int argc, char **argv)
{
	uint32_t count = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 2000;
	uint32_t blocks = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 20;
	char folder[] = "/tmp/bench_ledger.XXXXXX";
	struct store *stores[2];
	struct ledger *leader, *voter;
	struct spent spent = {0};
	char command[64];
	double all;

	if (mkdtemp(folder) == NULL)
		return 1;
	bench_chain_make(&chain);
	leader = open_one(folder, "leader", &stores[0]);
	voter = open_one(folder, "voter", &stores[1]);
	for (uint32_t i = 0; i < blocks; i++)
		round_run(leader, voter, count, &spent);
	all = (double)count * blocks;
	printf("%u blocks of %u content.anchor, microseconds a transaction:\n", blocks, count);
	printf("build %.1f  execute %.1f  commit %.1f (leader) %.1f (voter)\n", spent.build / all,
	       spent.execute / all, spent.commit / all, spent.commit_voter / all);
	printf("of the commit, what was replaced: %.2f\n", spent.undo / all);
	for (uint64_t below = 1; below <= blocks && below <= UNDO_HEIGHTS; below *= 4)
		view_time(leader, below);
	ledger_close(leader);
	ledger_close(voter);
	store_close(stores[0]);
	store_close(stores[1]);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}
