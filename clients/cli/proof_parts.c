#include "clients/cli/proof_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clients/cli/api.h"

#define LAG_PAUSE_MS 100
#define LAG_PAUSES 100

struct parts {
	struct cli *cli;
	const char *programme;
	size_t node;      /* who answers: all come from one */
	uint64_t next;    /* award of the next part */
	uint64_t height_min;
	unsigned pauses;  /* for a node that has not come so far */
	uint64_t height;  /* of the first part, as its block and its sums so far */
	struct hash block;
	struct fact_totals sums;
	bool is_whole;
};

static enum err get(struct parts *parts, json_t **out)
{
	struct http_answer answer;
	char path[192];
	enum err err;

	if (parts->next == 1)
		(void)snprintf(path, sizeof(path), "/v1/proofs/awards/%.64s", parts->programme);
	else
		(void)snprintf(path, sizeof(path),
			       "/v1/proofs/awards/%.64s?from=%" PRIu64 "&at_height=%" PRIu64,
			       parts->programme, parts->next, parts->height);
	http_answer_init(&answer);
	err = api_get_raw_from(parts->cli, parts->node, &answer, path);
	if (err == ERR_OK) {
		parts->node = answer.node;
		err = proof_parse(buf_bytes(&answer.body), out);
	}
	http_answer_release(&answer);
	return err;
}

static bool add(uint64_t *sum, uint64_t more)
{
	return !__builtin_add_overflow(*sum, more, sum);
}

/* The part goes on where the one before it ended, under the same block. */
static bool joins(struct parts *parts, const struct proof_facts *facts, const struct fact *fact)
{
	if (fact == NULL || strcmp(fact->subject, parts->programme) != 0 || fact->from != parts->next)
		return false;
	if (parts->next == 1) {
		parts->height = facts->cover.last.height;
		parts->block = facts->cover.last_block;
	}
	return hash_equal(&parts->block, &facts->cover.last_block) &&
	       (fact->count == 0 || fact->to >= fact->from) &&
	       add(&parts->sums.committed, fact->sums.committed) &&
	       add(&parts->sums.paid, fact->sums.paid) &&
	       add(&parts->sums.recovered, fact->sums.recovered) &&
	       add(&parts->sums.live, fact->sums.live);
}

static bool adds_up(const struct fact_totals *sums, const struct fact_totals *stated)
{
	return sums->committed == stated->committed && sums->paid == stated->paid &&
	       sums->recovered == stated->recovered && sums->live == stated->live;
}

static enum err take(struct parts *parts, struct proof_facts *facts, awards_visit *visit,
		     void *context)
{
	const struct fact *fact = proof_only(facts, FACT_AWARDS);

	if (!joins(parts, facts, fact))
		return ERR_PROOF_FORM;
	parts->is_whole = fact->to == fact->count;
	if (parts->is_whole && !adds_up(&parts->sums, &fact->stated))
		return ERR_PROOF_FORM;
	parts->next = fact->to + 1;
	return visit(context, facts, fact);
}

static bool lags(const struct parts *parts, const struct proof_facts *facts)
{
	return parts->next == 1 && facts->cover.last.height < parts->height_min;
}

/* Another node may answer next time. */
static enum err wait_for_more(struct parts *parts)
{
	struct timespec pause = {0, LAG_PAUSE_MS * 1000000L};

	if (parts->pauses++ == LAG_PAUSES)
		return cli_fail(parts->cli, ERR_SYNCING,
				"no proof of height %" PRIu64 ", which a node said of a record",
				parts->height_min);
	parts->node = HTTP_NODE_ANY;
	(void)nanosleep(&pause, NULL);
	return ERR_OK;
}

enum err proof_awards_each(struct cli *cli, const char *programme, uint64_t height_min, bool *is_pinned,
			   awards_visit *visit, void *context)
{
	struct parts parts = {.cli = cli,
			      .programme = programme,
			      .node = HTTP_NODE_ANY,
			      .next = 1,
			      .height_min = height_min};
	enum err err = ERR_OK;

	while (err == ERR_OK && !parts.is_whole) {
		struct proof_facts *facts = calloc(1, sizeof(*facts));
		json_t *proof = NULL;

		ASSERT(facts != NULL);
		err = get(&parts, &proof);
		if (err == ERR_OK)
			err = proof_judge(cli, proof, facts, is_pinned);
		if (err == ERR_OK)
			err = lags(&parts, facts) ? wait_for_more(&parts)
						  : take(&parts, facts, visit, context);
		proof_facts_release(facts);
		free(facts);
		json_decref(proof);
	}
	return err;
}
