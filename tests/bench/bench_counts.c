/* What one record makes a node do, to be counted by callgrind and not timed: a block of
 * content.anchor by four organisations on its way through the ledger, each part in a dump of
 * its own.  tests/bench/counts.py runs it and reads the dumps.
 *
 *   valgrind --tool=callgrind --instr-atstart=no bench_counts                                  */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "ledger/ledger.h"
#include "ledger/mempool.h"
#include "tests/lib/bench.h"
#include "tests/lib/callgrind.h"

#define RECORDS 256u    /* of a block, and of its parcel */
#define BLOCKS_BEFORE 4 /* so that the state is not empty, nor any memory new */
#define REMEMBERED 65536u

/* Two nodes: one makes the block, the other votes for it. */
struct scene {
	struct bench_chain chain;
	struct ledger *leader, *voter;
	struct verified *of_leader, *of_voter;
	struct mempool *mempool;
	uint64_t sequence;
};

static bool is_counted; /* the last block is */

static void begin(void)
{
	if (!is_counted)
		return;
	CALLGRIND_START_INSTRUMENTATION;
	CALLGRIND_ZERO_STATS;
}

static void end(const char *part)
{
	if (!is_counted)
		return;
	CALLGRIND_DUMP_STATS_AT(part);
	CALLGRIND_STOP_INSTRUMENTATION;
}

/* A client's transaction: its bytes become a checked transaction in the pool. */
static void admit(struct scene *scene, struct bytes raw, uint64_t now_ms)
{
	struct admission admission;
	struct tx *tx;
	bool is_duplicate;

	MUST(tx_decode(&tx, raw, &scene->chain.genesis->chain));
	MUST(tx_check_signature(tx));
	verified_add(scene->of_leader, &tx->leaf_hash);
	MUST(ledger_admit(scene->leader, tx, now_ms, true, &admission));
	MUST(mempool_add(scene->mempool, tx, admission.org, &is_duplicate));
}

static void admit_all(struct scene *scene, uint64_t now_ms)
{
	static struct buf raws[RECORDS];

	for (uint32_t i = 0; i < RECORDS; i++)
		bench_anchor(&raws[i], &scene->chain, i, now_ms);
	begin();
	for (uint32_t i = 0; i < RECORDS; i++)
		admit(scene, buf_bytes(&raws[i]), now_ms);
	end("admit");
	for (uint32_t i = 0; i < RECORDS; i++)
		buf_release(&raws[i]);
}

static struct parcel *pack(struct scene *scene, uint64_t height)
{
	struct tx *txs[RECORDS];
	struct parcel *parcel;

	begin();
	if (mempool_take(scene->mempool, ++scene->sequence, RECORDS, LIMIT_PARCEL_BYTES, txs) !=
	    RECORDS)
		bench_must(ERR_INTERNAL, "packing");
	MUST(parcel_pack(&parcel, txs, RECORDS, &scene->chain.genesis->chain, 0, 0, scene->sequence,
			 height + 100, &scene->chain.node_key));
	end("pack");
	return parcel;
}

/* As it comes to those who did not make it. */
static struct parcel *open_again(struct scene *scene, const struct parcel *parcel)
{
	struct parcel *out;

	begin();
	MUST(parcel_open(&out, parcel->text_bytes, &parcel->signature, parcel->payload,
			 &scene->chain.genesis->chain, &scene->chain.genesis->set, 0,
			 scene->of_voter));
	end("open");
	return out;
}

static void commit(struct scene *scene, const struct hash *block)
{
	struct ledger_committed committed;

	begin();
	MUST(ledger_commit(scene->voter, block, (struct bytes){NULL, 0}, &committed));
	end("commit");
	MUST(ledger_commit(scene->leader, block, (struct bytes){NULL, 0}, &committed));
	if (committed.outcomes_count != RECORDS || !committed.outcomes[0].is_accepted)
		bench_must(ERR_INTERNAL, "a block of accepted records");
	for (size_t i = 0; i < committed.outcomes_count; i++)
		mempool_remove(scene->mempool, &committed.outcomes[i].id);
}

static void block_run(struct scene *scene)
{
	struct build_params params = {.proposer = 0};
	struct parcel *made, *opened;
	struct buf header, body;
	struct ledger_tip tip;
	struct hash hash;

	ledger_tip(scene->leader, &tip);
	admit_all(scene, tip.time_ms);
	made = pack(scene, tip.height);
	opened = open_again(scene, made);
	params.parent = tip.block;
	params.parent_view = tip.view;
	params.view = tip.view + 1;
	params.now_ms = tip.time_ms + 100;
	buf_init(&header, LIMIT_HEADER_BYTES);
	buf_init(&body, LIMIT_BODY_BYTES);
	begin();
	MUST(ledger_build(scene->leader, &params, &made, 1, &header, &body));
	end("build");
	begin();
	MUST(ledger_execute(scene->voter, &(struct block_input){.header_text = buf_bytes(&header),
								.body_text = buf_bytes(&body),
								.parcels = &opened,
								.parcels_count = 1}));
	end("execute");
	sha256(&hash, header.at, header.len);
	commit(scene, &hash);
	parcel_release(made);
	parcel_release(opened);
	buf_release(&header);
	buf_release(&body);
}

static struct ledger *open_ledger(const struct scene *scene, const char *folder, const char *name,
				  struct store **store)
{
	struct ledger *ledger;
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	MUST(store_open(store, path));
	MUST(ledger_open(&ledger, *store, scene->chain.genesis, buf_bytes(&scene->chain.text)));
	return ledger;
}

int main(void)
{
	static const struct mempool_bounds bounds = {10000, 64u << 20, 10000};
	char folder[] = "/tmp/bench_counts.XXXXXX", command[64];
	struct scene scene = {.sequence = 0};
	struct store *stores[2];

	if (mkdtemp(folder) == NULL)
		return 1;
	bench_chain_make(&scene.chain);
	scene.leader = open_ledger(&scene, folder, "leader", &stores[0]);
	scene.voter = open_ledger(&scene, folder, "voter", &stores[1]);
	scene.of_leader = verified_new(REMEMBERED);
	scene.of_voter = verified_new(REMEMBERED);
	scene.mempool = mempool_new(&bounds, 1);
	for (int i = 0; i <= BLOCKS_BEFORE; i++) {
		is_counted = i == BLOCKS_BEFORE;
		block_run(&scene);
	}
	mempool_free(scene.mempool);
	verified_free(scene.of_leader);
	verified_free(scene.of_voter);
	ledger_close(scene.leader);
	ledger_close(scene.voter);
	store_close(stores[0]);
	store_close(stores[1]);
	printf("%u records\n", RECORDS);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}
