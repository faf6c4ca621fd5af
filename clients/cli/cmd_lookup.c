/* stele lookup: who claimed a content, or the proof that nobody did. */
#include <stdio.h>
#include <string.h>

#include "clients/cli/claims.h"
#include "clients/cli/out.h"
#include "proofs/shape.h"

static json_t *claim_json(const struct claims *claims, const struct claim *claim)
{
	const Stele__ClaimValue *value = claim->value;
	const char *transaction = claim_transaction(claims, claim->number);
	json_t *item = json_pack("{s:I, s:s, s:s, s:I, s:I, s:I, s:I, s:I}", "claim",
				 (json_int_t)claim->number, "organisation", value->org, "state",
				 claim_state_text(value->state), "time", (json_int_t)value->time,
				 "log_index", (json_int_t)value->log_index, "rank",
				 (json_int_t)value->rank, "size", (json_int_t)value->size,
				 "propagations",
				 (json_int_t)claim->propagations);

	if (value->media_type[0] != '\0')
		json_object_set_new(item, "media_type", json_string(value->media_type));
	if (value->entry > 0)
		json_object_set_new(item, "entry", json_integer((json_int_t)value->entry - 1));
	if (value->superseded_by != NULL)
		json_object_set_new(item, "superseded_by",
				    json_pack("{s:o, s:I}", "sha256",
					      json_hex(value->superseded_by->sha256.data,
						       value->superseded_by->sha256.len),
					      "claim", (json_int_t)value->superseded_by->claim));
	if (transaction[0] != '\0')
		json_object_set_new(item, "transaction", json_string(transaction));
	return item;
}

static json_t *claims_json(const struct claims *claims)
{
	const struct header *last = &claims->facts.cover.last;
	json_t *items = json_array(), *result;

	for (size_t i = 0; i < claims->count; i++)
		json_array_append_new(items, claim_json(claims, &claims->items[i]));
	result = json_pack("{s:o, s:b, s:o, s:I, s:I, s:s, s:b}", "sha256",
			   json_of_hash(&claims->content), "recorded", (int)(claims->count > 0),
			   "claims", items, "as_of_height", (json_int_t)last->height, "as_of_time",
			   (json_int_t)last->time_ms, "network", last->origin, "signers_pinned",
			   (int)claims->is_pinned);
	if (claims->count > 0) {
		const Stele__ClaimValue *head = claims->items[0].value;

		json_object_set_new(result, "first_claim",
				    json_integer((json_int_t)head->first_claim));
		json_object_set_new(result, "first_rank",
				    json_integer((json_int_t)head->first_rank));
		json_object_set_new(result, "propagations_as_of_height",
				    json_integer((json_int_t)claims->counted_height));
	}
	return result;
}

static void print_successors(const struct cli *cli, const json_t *claims)
{
	json_t *item;
	size_t i;

	json_array_foreach((json_t *)claims, i, item)
	{
		const json_t *by = json_object_get(item, "superseded_by");

		if (by != NULL)
			out_line(cli, "claim %zu is superseded by claim %lld on sha256 %s", i + 1,
				 (long long)json_integer_value(json_object_get(by, "claim")),
				 json_text(by, "sha256"));
	}
}

static void print_first(const struct cli *cli, const struct claims *claims)
{
	const Stele__ClaimValue *head = claims->items[0].value;

	out_line(cli,
		 "claim %llu is the first, by its rank %llu, as of height %llu; an unopened commitment "
		 "may precede it",
		 (unsigned long long)head->first_claim, (unsigned long long)head->first_rank,
		 (unsigned long long)claims->facts.cover.last.height);
}

static void print_claims(const struct cli *cli, const struct claims *claims, const json_t *result)
{
	static const struct column columns[] = {
		{"claim", "claim", COLUMN_NUMBER},
		{"organisation", "organisation", COLUMN_TEXT},
		{"state", "state", COLUMN_TEXT},
		{"time", "claimed (UTC)", COLUMN_TIME},
		{"log_index", "log index", COLUMN_NUMBER},
		{"rank", "rank", COLUMN_NUMBER},
		{"propagations", "propagated", COLUMN_NUMBER},
		{"transaction", "transaction", COLUMN_HASH},
		{NULL, NULL, COLUMN_TEXT},
	};
	const struct header *last = &claims->facts.cover.last;
	char time[32];

	time_format(time, last->time_ms);
	out_line(cli, "sha256 %s", json_text(result, "sha256"));
	if (claims->count > 0) {
		out_table(json_object_get(result, "claims"), columns);
		print_first(cli, claims);
	}
	print_successors(cli, json_object_get(result, "claims"));
	out_line(cli, "%s as of height %llu, %s UTC: %s",
		 claims->count > 0 ? "These are all claims" : "Not recorded",
		 (unsigned long long)last->height, time,
		 claims->count > 0 ? "there is no further one, proved"
				   : "there is no claim on it, proved; it may be in a roll-up");
	out_line(cli, "  finality   %u of %u validators signed", claims->facts.cover.signers,
		 claims->facts.cover.members);
	out_line(cli, "  signers    %s%s", last->origin,
		 claims->is_pinned ? ", the pinned network" : ": NOT CHECKED, nothing is pinned");
}

static enum err run_lookup(struct cli *cli)
{
	struct claims claims;
	struct hash content;
	const char *rest;
	json_t *result;
	enum err err = content_read(cli, cli->args[0], &content, &rest);

	if (err == ERR_OK && rest != NULL)
		err = cli_fail(cli, ERR_USAGE, "%s is neither a file nor 64 hex digits", cli->args[0]);
	if (err == ERR_OK)
		err = claims_get(cli, &content, &claims);
	if (err != ERR_OK)
		return err;
	err = claims_count_propagations(cli, &claims);
	if (err != ERR_OK) {
		claims_release(&claims);
		return err;
	}
	result = claims_json(&claims);
	if (!out_json(cli, json_incref(result)))
		print_claims(cli, &claims, result);
	json_decref(result);
	if (!claims.is_pinned) {
		err = cli_fail(cli, ERR_RECEIPT_UNPINNED, NULL);
		cli_exit(cli, EXIT_CODE_UNDECIDED);
	} else if (claims.count == 0) {
		err = cli_fail(cli, ERR_NOT_RECORDED, "%s", cli->args[0]);
		cli_fact(cli, "as of", "height %llu, proved",
			 (unsigned long long)claims.facts.cover.last.height);
	}
	claims_release(&claims);
	return err;
}

const struct command commands_lookup[] = {
	{"lookup", "FILE|HASH", 1, 1, "all claims on a content, or the proof that there is none",
	 "Asks a node for every claim on the content and checks the proof that came with the answer "
	 "against the pinned genesis, so the node is trusted for nothing: neither for a claim nor "
	 "for its absence. Says as of which height that holds. A claim's rank is the log index of the "
	 "commitment that it opened (stele anchor seal), else its own; the lowest is first, as of that "
	 "height, for a commitment that nobody has opened yet may precede it. How often a content is "
	 "propagated is proved too; stele propagate list names who does. Exit code 4 where the content "
	 "is proven not to be recorded; it may still be an item of a roll-up.",
	 "stele lookup photo.jpg\nstele lookup "
	 "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
	 NULL, run_lookup},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
