/* stele block: blocks, and what was rejected in them, with proof. */
#include <stdlib.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/out.h"
#include "clients/cli/proofs.h"

#define LIST_DEFAULT 20

static enum err read_height(struct cli *cli, uint64_t *out)
{
	struct network network;
	enum err err;

	if (strcmp(cli->args[0], "latest") != 0)
		return cli_arg_number(cli, 0, "height", INT64_MAX, out);
	err = api_network(cli, &network);
	if (err == ERR_OK)
		*out = network.height;
	return err;
}

/* --- what was rejected ------------------------------- */

/* The entry's own words against its proof, and all entries there. */
static enum err check_entry(struct cli *cli, const json_t *entry, uint64_t height, uint64_t *total,
			    bool *is_pinned)
{
	const json_t *proof = json_object_get(entry, "proof");
	struct proof_facts *facts = calloc(1, sizeof(*facts));
	const struct fact *fact;
	char id[HASH_HEX_LEN + 1];
	uint64_t code = 0;
	enum err err;

	ASSERT(facts != NULL);
	err = proof_judge(cli, proof, facts, is_pinned);
	fact = err == ERR_OK ? proof_only(facts, FACT_REJECTED) : NULL;
	if (err == ERR_OK && fact == NULL)
		err = ERR_PROOF_FORM;
	if (fact != NULL) {
		hex_encode(id, fact->rejected_id.b, sizeof(fact->rejected_id.b));
		if (facts->cover.last.height != height || !json_u64(entry, "code", &code) ||
		    code != fact->rejected_code || strcmp(json_text(entry, "id"), id) != 0)
			err = ERR_PROOF_FORM;
	}
	*total = facts->cover.last.rejected_count;
	proof_facts_release(facts);
	free(facts);
	if (err != ERR_OK && cli->failure.err != err) {
		err = cli_fail(cli, err, "the proof of a rejected entry does not hold");
		cli_fact(cli, "entry", "%s", json_text(entry, "id"));
		cli_exit(cli, EXIT_CODE_CHECK_FAILED);
	}
	return err;
}

static void name_error(json_t *entry)
{
	uint64_t code = 0;
	enum err err;

	if (json_u64(entry, "code", &code) && code <= UINT32_MAX &&
	    err_from_number((uint32_t)code, &err))
		json_object_set_new(entry, "what", json_string(err_text(err)));
}

static enum err show_rejected(struct cli *cli, uint64_t height)
{
	static const struct column columns[] = {
		{"id", "transaction", COLUMN_HASH}, {"operation", "operation", COLUMN_TEXT},
		{"organisation", "organisation", COLUMN_TEXT},
		{"error", "error", COLUMN_TEXT},    {"what", "what", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};
	bool is_pinned = true;
	uint64_t total = 0, count;
	json_t *list = NULL, *entry;
	char path[64];
	size_t i;
	enum err err;

	(void)snprintf(path, sizeof(path), "/v1/blocks/%llu/rejected", (unsigned long long)height);
	err = api_get_all(cli, &list, path);
	if (err != ERR_OK)
		return err;
	count = json_array_size(json_object_get(list, "items"));
	json_array_foreach(json_object_get(list, "items"), i, entry)
	{
		if (err == ERR_OK)
			err = check_entry(cli, entry, height, &total, &is_pinned);
		name_error(entry);
	}
	if (err == ERR_OK && count > 0 && total != count) {
		err = cli_fail(cli, ERR_PROOF_FORM, "the block rejected %llu, the node showed %llu",
			       (unsigned long long)total, (unsigned long long)count);
		cli_exit(cli, EXIT_CODE_CHECK_FAILED);
	}
	if (err == ERR_OK && !out_json(cli, json_incref(list))) {
		out_line(cli, "block %llu rejected %llu transaction%s%s",
			 (unsigned long long)height, (unsigned long long)count, count == 1 ? "" : "s",
			 count == 0    ? ""
			 : is_pinned ? ", each proved against the pinned network"
				       : ", each proved; signers NOT CHECKED, nothing is pinned");
		if (count > 0)
			out_table(json_object_get(list, "items"), columns);
	}
	json_decref(list);
	return err;
}

/* --- blocks --------------------------------------------- */

static void print_block(const struct cli *cli, const json_t *block)
{
	static const struct column columns[] = {
		{"height", "height", COLUMN_NUMBER},
		{"block", "block", COLUMN_TEXT},
		{"time", "time (UTC)", COLUMN_TIME},
		{"proposer", "proposer", COLUMN_NUMBER},
		{"view", "view", COLUMN_NUMBER},
		{"accepted", "accepted", COLUMN_NUMBER},
		{"rejected_count", "rejected", COLUMN_NUMBER},
		{"log_size", "log size", COLUMN_NUMBER},
		{"finalized", "own finalization", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};
	static const struct column transactions[] = {
		{"id", "transaction", COLUMN_HASH},
		{"operation", "operation", COLUMN_TEXT},
		{"organisation", "organisation", COLUMN_TEXT},
		{"log_index", "log index", COLUMN_NUMBER},
		{NULL, NULL, COLUMN_TEXT},
	};
	static const struct column rejected[] = {
		{"id", "rejected", COLUMN_HASH},
		{"error", "error", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};
	size_t shown = json_array_size(json_object_get(block, "transactions")) +
		       json_array_size(json_object_get(block, "rejected"));
	uint64_t total = shown;

	out_fields(block, columns);
	if (json_array_size(json_object_get(block, "transactions")) > 0)
		out_table(json_object_get(block, "transactions"), transactions);
	if (json_array_size(json_object_get(block, "rejected")) > 0)
		out_table(json_object_get(block, "rejected"), rejected);
	(void)json_u64(block, "total", &total);
	if (total > shown)
		out_remark(cli, "note: %zu of %llu shown; --json has the cursor of the rest", shown,
			   (unsigned long long)total);
}

static enum err run_show(struct cli *cli)
{
	uint64_t height = 0;
	json_t *block;
	enum err err = read_height(cli, &height);

	if (err != ERR_OK)
		return err;
	if (cli_has(cli, "rejected"))
		return show_rejected(cli, height);
	err = api_get(cli, &block, "/v1/blocks/%llu?limit=500", (unsigned long long)height);
	if (err != ERR_OK)
		return err;
	if (!out_json(cli, json_incref(block)))
		print_block(cli, block);
	json_decref(block);
	return ERR_OK;
}

static enum err run_list(struct cli *cli)
{
	static const struct column columns[] = {
		{"height", "height", COLUMN_NUMBER},
		{"time", "time (UTC)", COLUMN_TIME},
		{"proposer", "proposer", COLUMN_NUMBER},
		{"transactions", "accepted", COLUMN_NUMBER},
		{"rejected", "rejected", COLUMN_NUMBER},
		{"log_size", "log size", COLUMN_NUMBER},
		{"block", "block", COLUMN_HASH},
		{NULL, NULL, COLUMN_TEXT},
	};
	uint64_t limit = LIST_DEFAULT;
	json_t *list;
	enum err err = cli_number(cli, "limit", 500, &limit);

	if (err == ERR_OK && limit == 0)
		err = cli_fail(cli, ERR_USAGE, "--limit is 1 to 500");
	if (err == ERR_OK)
		err = api_get(cli, &list, "/v1/blocks?limit=%llu", (unsigned long long)limit);
	if (err == ERR_OK)
		out_list(cli, list, columns);
	return err;
}

static const struct option_spec options_show[] = {
	{"rejected", 0, OPTION_FLAG, NULL, "the rejected transactions, each with its proof checked"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

static const struct option_spec options_list[] = {
	{"limit", 0, OPTION_VALUE, "N", "how many, newest first; default 20, at most 500"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_block[] = {
	{"block show", "HEIGHT|latest", 1, 1, "a block, and what it decided",
	 "What a node says of it. With --rejected the transactions that the block rejected by a "
	 "rule, each with the proof that it stands in the block's rejected root, checked against "
	 "the pinned network, and that none is missing.",
	 "stele block show latest\nstele block show 42 --rejected", options_show, run_show},
	{"block list", "", 0, 0, "the newest blocks", "What a node says, newest first.",
	 "stele block list --limit 50", options_list, run_list},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
