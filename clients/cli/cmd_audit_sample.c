/* stele audit sample: random records and blocks, each checked end to end. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/finalized.h"
#include "clients/cli/out.h"
#include "clients/cli/pins.h"
#include "clients/cli/progress.h"
#include "clients/cli/receipt_file.h"
#include "clients/cli/sample.h"
#include "crypto/random.h"
#include "proofs/proof.h"
#include "proofs/shape.h"
#include "proto/tx.h"

#define COUNT_DEFAULT 50
#define LEAF_TRANSACTION 0x01 /* docs/ledger.md section 4 */

struct sample {
	struct cli *cli;
	struct trust trust;
	struct rng rng;
	uint64_t seed;
	uint64_t log_size, height; /* of the head that was drawn from */
	uint64_t leaves, records, heights, rejected; /* checked */
	uint64_t pruned;           /* heights that the node does not keep */
	json_t *items;             /* what does not hold */
	enum err first;
};

/* What is wrong with the answer, as against what keeps us from asking. */
static enum err note(struct sample *sample, const char *what, uint64_t number, enum err err)
{
	json_array_append_new(sample->items,
			      json_pack("{s:s, s:I, s:o, s:s}", "what", what, "number",
					(json_int_t)number, "code", json_sprintf("E%04d", (int)err), "why",
					err_text(err)));
	if (sample->first == ERR_OK)
		sample->first = err;
	return ERR_OK;
}

/* An answer that the node refuses to give for good is wrong, too; where it cannot be
 * reached, or is busy, nothing can be said. */
static bool is_of_network(enum err err)
{
	return err == ERR_NET_CONNECT || err == ERR_NET_UNKNOWN || err == ERR_MEMORY ||
	       err == ERR_API_BUSY || err == ERR_API_RATE || err == ERR_API_UNCOVERED;
}

/* --- one proof ---------------------------------------------------------------------- */

/* facts are to be released in any case. */
static enum err get_proof(struct sample *sample, enum fact_kind kind, const char *path,
			  struct proof_facts *facts, json_t **proof)
{
	enum err err = api_get(sample->cli, proof, "%s", path);

	memset(facts, 0, sizeof(*facts));
	if (err == ERR_OK)
		err = proof_check(*proof, &sample->trust, facts);
	if (err == ERR_OK && proof_only(facts, kind) == NULL)
		err = ERR_PROOF_FORM;
	return err;
}

/* --- one record ------------------------------------------------------------------------ */

/* What could not be judged did not pass either. */
static enum err unless_passed(enum finding finding, enum err code)
{
	if (finding == FINDING_PASS)
		return ERR_OK;
	return code != ERR_OK ? code : ERR_RECEIPT_FORM;
}

static enum err judge_receipt(struct sample *sample, const json_t *receipt, uint64_t log_index,
			      struct bytes leaf)
{
	struct receipt_findings *found = calloc(1, sizeof(*found));
	enum err err;

	ASSERT(found != NULL);
	err = receipt_check(receipt, NULL, &sample->trust, found);
	if (err == ERR_OK)
		err = unless_passed(found->inclusion, found->inclusion_code);
	if (err == ERR_OK)
		err = unless_passed(found->finality, found->finality_code);
	if (err == ERR_OK)
		err = unless_passed(found->signer, found->signer_code);
	if (err == ERR_OK && found->content == FINDING_FAIL)
		err = found->content_code;
	if (err == ERR_OK && found->status == FINDING_FAIL)
		err = found->status_code;
	if (err == ERR_OK && !receipt_speaks_of(found, log_index, leaf))
		err = ERR_RECEIPT_INCLUSION; /* sound, but of another record */
	receipt_findings_release(found);
	free(found);
	return err;
}

/* The receipt of the transaction in that leaf, whose signature is checked as well. */
static enum err check_receipt(struct sample *sample, uint64_t log_index, struct bytes leaf)
{
	char id[HASH_HEX_LEN + 1];
	json_t *receipt = NULL;
	struct tx *tx = NULL;
	enum err err = tx_open_leaf(&tx, leaf, &sample->trust.chain);

	if (err == ERR_OK)
		err = tx_check_signature(tx);
	if (err == ERR_OK) {
		hex_encode(id, tx->id.b, sizeof(tx->id.b));
		err = api_get(sample->cli, &receipt, "/v1/transactions/%s/receipt", id);
	}
	if (err == ERR_OK)
		err = judge_receipt(sample, receipt, log_index, leaf);
	if (err == ERR_OK)
		sample->records++;
	json_decref(receipt);
	tx_free(tx);
	return err;
}

static enum err check_leaf(struct sample *sample, uint64_t log_index)
{
	struct proof_facts *facts = calloc(1, sizeof(*facts));
	json_t *proof = NULL;
	struct bytes leaf;
	char path[80];
	enum err err;

	ASSERT(facts != NULL);
	(void)snprintf(path, sizeof(path), "/v1/proofs/inclusion?log_index=%" PRIu64, log_index);
	err = get_proof(sample, FACT_INCLUSION, path, facts, &proof);
	if (err == ERR_OK && facts->facts[0].log_index != log_index)
		err = ERR_PROOF_FORM;
	if (err == ERR_OK)
		leaf = facts->facts[0].data;
	if (err == ERR_OK && leaf.len > 0 && leaf.at[0] == LEAF_TRANSACTION)
		err = check_receipt(sample, log_index, leaf);
	proof_facts_release(facts);
	free(facts);
	json_decref(proof);
	sample->leaves++;
	return err == ERR_OK || is_of_network(err) ? err : note(sample, "leaf", log_index, err);
}

/* --- one block --------------------------------------------------------------------------- */

/* One of the entries that the block rejected. */
static enum err check_rejected(struct sample *sample, const struct header *header)
{
	struct proof_facts *facts = calloc(1, sizeof(*facts));
	json_t *proof = NULL;
	char path[80];
	enum err err;

	ASSERT(facts != NULL);
	(void)snprintf(path, sizeof(path), "/v1/proofs/rejected/%" PRIu64 "/%" PRIu64, header->height,
		       rng_below(&sample->rng, header->rejected_count));
	err = get_proof(sample, FACT_REJECTED, path, facts, &proof);
	if (err == ERR_OK && (facts->cover.last.height != header->height ||
			      !hash_equal(&facts->cover.last.rejected_root, &header->rejected_root)))
		err = ERR_PROOF_FORM;
	sample->rejected++;
	proof_facts_release(facts);
	free(facts);
	json_decref(proof);
	return err;
}

static enum err check_height(struct sample *sample, uint64_t height)
{
	struct cover cover;
	json_t *object = NULL;
	enum err err = finalized_get(sample->cli, HTTP_NODE_ANY, height, &sample->trust, &cover,
				     &object);

	json_decref(object);
	if (err == ERR_STORE_PRUNED || err == ERR_API_HEIGHT_GONE) {
		sample->pruned++;
		return ERR_OK;
	}
	sample->heights++;
	if (err == ERR_OK && cover.last.rejected_count > 0)
		err = check_rejected(sample, &cover.last);
	return err == ERR_OK || is_of_network(err) ? err : note(sample, "block", height, err);
}

/* --- all of them ------------------------------------------------------------------------- */

static enum err draw(struct sample *sample, uint64_t count, uint64_t bound, const char *what,
		     enum err (*check)(struct sample *sample, uint64_t number))
{
	uint64_t *numbers = calloc(count > 0 ? count : 1, sizeof(*numbers));
	struct progress progress;
	uint64_t picked;
	enum err err = ERR_OK;

	ASSERT(numbers != NULL);
	picked = sample_pick(numbers, count, bound, &sample->rng);
	progress_start(&progress, sample->cli, what, picked);
	for (uint64_t i = 0; err == ERR_OK && i < picked; i++) {
		err = check(sample, numbers[i]);
		progress_set(&progress, i + 1);
	}
	progress_end(&progress, picked);
	free(numbers);
	return err;
}

/* The newest head, which says how much there is to draw from. */
static enum err get_head(struct sample *sample)
{
	struct proof_facts *facts = calloc(1, sizeof(*facts));
	struct network network;
	json_t *proof = NULL;
	bool is_pinned = false;
	enum err err = api_network(sample->cli, &network);

	ASSERT(facts != NULL);
	if (err == ERR_OK)
		err = pins_find(sample->cli, &network.chain, &is_pinned, &sample->trust);
	if (err == ERR_OK && !is_pinned) {
		err = cli_fail(sample->cli, ERR_RECEIPT_UNPINNED, NULL);
		cli_exit(sample->cli, EXIT_CODE_UNDECIDED);
	}
	if (err == ERR_OK) {
		err = get_proof(sample, FACT_CONSISTENCY, "/v1/proofs/consistency?from=1", facts, &proof);
		if (err != ERR_OK && sample->cli->failure.err != err) {
			cli_fail(sample->cli, err, "the node's newest head does not hold");
			cli_exit(sample->cli, EXIT_CODE_CHECK_FAILED);
		}
		sample->log_size = facts->cover.last.log_size;
		sample->height = facts->cover.last.height;
		proof_facts_release(facts);
	}
	free(facts);
	json_decref(proof);
	return err;
}

/* --- what comes of it ------------------------------------------------------------------- */

static const double fractions[] = {0.001, 0.01, 0.05, 0.1};
#define FRACTIONS (sizeof(fractions) / sizeof(fractions[0]))

static json_t *result_json(const struct sample *sample)
{
	json_t *powers = json_array(), *result;

	for (size_t i = 0; i < FRACTIONS; i++)
		json_array_append_new(powers,
				      json_pack("{s:f, s:f}", "fraction", fractions[i], "probability",
						sample->leaves >= sample->log_size
							? 1.0
							: sample_power(sample->leaves, fractions[i])));
	result = json_pack("{s:s, s:I, s:I, s:o, s:O, s:o}", "network", sample->trust.origin, "height",
			   (json_int_t)sample->height, "log_size", (json_int_t)sample->log_size, "seed",
			   json_sprintf("%" PRIu64, sample->seed), "items", sample->items, "found_with",
			   powers);
	json_object_set_new(result, "checked",
			    json_pack("{s:I, s:I, s:I, s:I}", "leaves", (json_int_t)sample->leaves,
				      "receipts", (json_int_t)sample->records, "blocks",
				      (json_int_t)sample->heights, "rejected",
				      (json_int_t)sample->rejected));
	json_object_set_new(result, "pruned", json_integer((json_int_t)sample->pruned));
	return result;
}

static void print_meaning(const struct sample *sample)
{
	const struct cli *cli = sample->cli;

	if (sample->leaves >= sample->log_size) {
		out_line(cli, "  meaning    all leaves of the log were checked");
		return;
	}
	out_line(cli,
		 "  meaning    if a fraction p of the leaves were not as they should be, one of them is "
		 "among %" PRIu64 " with probability 1-(1-p)^%" PRIu64 ":",
		 sample->leaves, sample->leaves);
	for (size_t i = 0; i < FRACTIONS; i++)
		out_line(cli, "             p = %4.1f %%: %5.1f %%", fractions[i] * 100,
			 sample_power(sample->leaves, fractions[i]) * 100);
	out_line(cli, "             with 95 %% confidence fewer than %.2f %% are not",
		 sample_fraction(sample->leaves, 0.95) * 100);
}

static void print_result(const struct sample *sample)
{
	static const struct column columns[] = {
		{"what", "WHAT", COLUMN_TEXT}, {"number", "NUMBER", COLUMN_NUMBER},
		{"code", "CODE", COLUMN_TEXT}, {"why", "WHY", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};
	const struct cli *cli = sample->cli;

	out_table(sample->items, columns);
	out_line(cli,
		 "checked: %" PRIu64 " of %" PRIu64 " leaves (%" PRIu64 " with their receipts), %" PRIu64
		 " of %" PRIu64 " blocks, %" PRIu64 " rejected entries",
		 sample->leaves, sample->log_size, sample->records, sample->heights,
		 sample->height + 1, sample->rejected);
	if (sample->pruned > 0)
		out_line(cli, "  not kept   %" PRIu64 " blocks; ask a node that keeps all", sample->pruned);
	out_line(cli, "  as of      height %" PRIu64 ", seed %" PRIu64, sample->height, sample->seed);
	if (json_array_size(sample->items) == 0)
		print_meaning(sample);
	out_line(cli, "  signers    %s, the pinned network", sample->trust.origin);
}

static enum err conclude(struct sample *sample)
{
	struct cli *cli = sample->cli;

	if (sample->first == ERR_OK)
		return ERR_OK;
	cli_fail(cli, sample->first, "%zu of what was drawn does not hold",
		 json_array_size(sample->items));
	cli_fact(cli, "again", "--seed %" PRIu64, sample->seed);
	cli_remedy(cli, "ask another node with the same seed; if it stays so, tell the institutions: "
			"stele audit watch, stele verify-ledger");
	cli_exit(cli, EXIT_CODE_CHECK_FAILED);
	return sample->first;
}

static enum err run_sample(struct cli *cli)
{
	struct sample sample = {.cli = cli, .items = json_array(), .first = ERR_OK};
	uint64_t count = COUNT_DEFAULT;
	enum err err = cli_number(cli, "count", SAMPLE_MAX, &count);

	random_bytes(&sample.seed, sizeof(sample.seed));
	sample.seed >>= 1; /* so that --seed takes it */
	if (err == ERR_OK && count == 0)
		err = cli_fail(cli, ERR_USAGE, "--count 0: at least one");
	if (err == ERR_OK)
		err = cli_number(cli, "seed", INT64_MAX, &sample.seed);
	rng_init(&sample.rng, sample.seed);
	if (err == ERR_OK)
		err = get_head(&sample);
	if (err == ERR_OK)
		err = draw(&sample, count, sample.log_size, "leaves checked", check_leaf);
	if (err == ERR_OK)
		err = draw(&sample, count, sample.height + 1, "blocks checked", check_height);
	if (err == ERR_OK) {
		if (!out_json(cli, cli->is_json ? result_json(&sample) : NULL))
			print_result(&sample);
		err = conclude(&sample);
	}
	json_decref(sample.items);
	return err;
}

static const struct option_spec options_sample[] = {
	{"count", 0, OPTION_VALUE, "N", "how many leaves, and how many blocks; 50 unless given"},
	{"seed", 0, OPTION_VALUE, "S", "draw what that seed draws; random unless given"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_audit_sample[] = {
	{.words = "audit sample",
	 .arguments = "",
	 .arguments_min = 0,
	 .arguments_max = 0,
	 .brief = "random records and blocks, each checked end to end",
	 .text = "Draws leaves of the log and heights at random. Of each leaf: that it stands in the "
		 "log of a finalized head, and of a transaction its signature and its receipt, judged as "
		 "stele verify does. Of each height: its header, and that a quorum finalized it; where "
		 "the block rejected anything, one such entry with its proof. Says what was checked and "
		 "what that means: of N leaves drawn, none wrong, a fraction p of wrong ones would have "
		 "been found with probability 1-(1-p)^N. Exit code 3 where something does not hold, 5 "
		 "where no network is pinned.",
	 .example = "stele audit sample --node http://192.0.2.1:26620\n"
		    "stele audit sample --count 300 --seed 7 --json",
	 .options = options_sample,
	 .run = run_sample},
	{.words = NULL},
};
