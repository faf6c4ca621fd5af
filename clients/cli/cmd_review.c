/* stele review: marks of a reviewer, sealed until all have given theirs. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "clients/cli/api.h"
#include "clients/cli/fields.h"
#include "clients/cli/out.h"
#include "clients/cli/sealed.h"
#include "proto/json_pb.h"

#define ARENA_BYTES (1u << 20)

struct review {
	char *programme, *call;
	uint64_t proposal;
	struct signer_names signer;
	struct network network;
	struct arena arena;
	struct vault vault;
};

static enum err args_review(struct cli *cli, char **programme, char **call, uint64_t *proposal)
{
	enum err err = args_call(cli, programme, call);

	return err == ERR_OK ? cli_arg_number(cli, 2, "proposal", INT64_MAX, proposal) : err;
}

static void review_release(struct review *r)
{
	vault_close(&r->vault);
	arena_release(&r->arena);
}

static enum err review_begin(struct cli *cli, struct review *r)
{
	enum err err;

	*r = (struct review){.vault = {.lock = -1}};
	arena_init(&r->arena, ARENA_BYTES);
	err = args_review(cli, &r->programme, &r->call, &r->proposal);
	if (err == ERR_OK)
		err = api_network(cli, &r->network);
	if (err == ERR_OK)
		err = signer_names(cli, &r->signer);
	if (err == ERR_OK)
		err = vault_open(cli, &r->vault);
	if (err != ERR_OK)
		review_release(r);
	return err;
}

static struct vault_place place_of(const struct review *r)
{
	return (struct vault_place){.kind = "review",
				    .chain = &r->network.chain,
				    .programme = r->programme,
				    .call = r->call,
				    .proposal = r->proposal,
				    .by = r->signer.key};
}

/* --- conflict ---------------------------------------------------------------------- */

static enum err run_conflict(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__CoiDeclare declare = STELE__COI_DECLARE__INIT;
	struct arena arena;
	enum err err = args_review(cli, &declare.programme, &declare.call, &declare.proposal);

	arena_init(&arena, ARENA_BYTES);
	if (err == ERR_OK)
		err = field_reason(cli, &arena, "reason", &declare.reason_sha256);
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_COI_DECLARE;
	body.coi_declare = &declare;
	if (err == ERR_OK)
		err = submit_record(cli, &body, "conflict of interest with proposal %s/%s/%s",
				    cli->args[0], cli->args[1], cli->args[2]);
	arena_release(&arena);
	return err;
}

/* --- commit ---------------------------------------------------------------------------- */

/* CODE=VALUE of that criterion; NULL where none was given. */
static const char *score_given(struct cli *cli, const char *criterion)
{
	size_t len = strlen(criterion);

	for (size_t i = 0; i < cli_count(cli, "score"); i++) {
		const char *text = cli_nth(cli, "score", i);

		if (strncmp(text, criterion, len) == 0 && text[len] == '=')
			return text + len + 1;
	}
	return NULL;
}

/* RR-09 here already: a review that is sealed wrongly can never be opened. */
static enum err read_score(struct cli *cli, struct arena *arena, const json_t *criterion,
			   Stele__Score **out)
{
	const char *code = json_text(criterion, "code"), *text = score_given(cli, code);
	Stele__Score *score = arena_alloc(arena, sizeof(*score));
	uint64_t value, max = 0;

	ASSERT(score != NULL);
	(void)json_u64(criterion, "max", &max);
	if (text == NULL || !decimal_decode(&value, bytes_text(text)) || value > max) {
		cli_fail(cli, ERR_SCORES, "criterion %s", code);
		cli_fact(cli, "expected", "--score %s=0 to %s=%llu", code, code,
			 (unsigned long long)max);
		return ERR_SCORES;
	}
	stele__score__init(score);
	score->criterion = field_text(arena, code);
	score->value = (uint32_t)value;
	*out = score;
	return ERR_OK;
}

static enum err read_scores(struct cli *cli, struct review *r, Stele__ReviewContent *out)
{
	json_t *call = NULL;
	const json_t *criteria;
	enum err err = api_get(cli, &call, "/v1/programmes/%s/calls/%s", r->programme, r->call);

	if (err != ERR_OK)
		return err;
	criteria = json_object_get(json_object_get(call, "review"), "criteria");
	out->scores = arena_alloc(&r->arena,
				  (json_array_size(criteria) + 1) * sizeof(*out->scores));
	ASSERT(out->scores != NULL);
	for (size_t i = 0; err == ERR_OK && i < json_array_size(criteria); i++)
		err = read_score(cli, &r->arena, json_array_get(criteria, i),
				 &out->scores[out->n_scores++]);
	if (err == ERR_OK && cli_count(cli, "score") != json_array_size(criteria))
		err = cli_fail(cli, ERR_SCORES, "%zu scores for %zu criteria",
			       cli_count(cli, "score"), json_array_size(criteria));
	json_decref(call);
	return err;
}

static enum err send_commit(struct cli *cli, struct review *r, json_t *entry)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__ReviewCommit commit = STELE__REVIEW_COMMIT__INIT;
	char what[2 * LIMIT_SEGMENT + 64];
	struct outcome outcome;
	struct hash hash;
	enum err err;

	ASSERT(hex_decode(hash.b, sizeof(hash.b), bytes_text(json_text(entry, "commitment"))));
	commit.programme = r->programme;
	commit.call = r->call;
	commit.proposal = r->proposal;
	commit.commitment = (ProtobufCBinaryData){sizeof(hash.b), hash.b};
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_REVIEW_COMMIT;
	body.review_commit = &commit;
	(void)snprintf(what, sizeof(what), "review of proposal %s/%s/%llu", r->programme, r->call,
		       (unsigned long long)r->proposal);
	if (cli_has(cli, "dry-run")) /* nothing is kept of it */
		return submit_record(cli, &body, "%s", what);
	outcome_init(&outcome);
	err = sealed_send(&r->vault, entry, &body, what, &outcome);
	if (err == ERR_OK)
		err = submit_finish(cli, what, &outcome,
				    json_pack("{s:s,s:s}", "commitment",
					      json_text(entry, "commitment"), "vault",
					      r->vault.path));
	outcome_release(&outcome);
	return err;
}

static enum err list_reviews(struct cli *cli, const char *programme, const char *call,
			     uint64_t proposal, json_t **out)
{
	char path[224];

	(void)snprintf(path, sizeof(path),
		       "/v1/programmes/%.64s/calls/%.64s/proposals/%llu/reviews", programme, call,
		       (unsigned long long)proposal);
	return api_get_all(cli, out, path);
}

static bool is_recorded(const json_t *list, const char *commitment)
{
	size_t index;
	json_t *item;

	json_array_foreach(json_object_get(list, "items"), index, item)
		if (strcmp(json_text(item, "commitment"), commitment) == 0)
			return true;
	return false;
}

/* The same scores again are the same review; others are a new one, which the
 * ledger refuses where this reviewer has committed one already (RC-07). */
static enum err commit(struct cli *cli, struct review *r, json_t *content, const json_t *list)
{
	struct vault_place place = place_of(r);
	json_t *entry = vault_find(&r->vault, &place, content), *files;

	if (entry == NULL) {
		files = json_array();
		if (cli_has(cli, "comment"))
			(void)json_array_append_new(files, sealed_path(cli_value(cli, "comment")));
		entry = vault_add(&r->vault, &place, content, files);
	} else {
		json_decref(content);
	}
	if (!is_recorded(list, json_text(entry, "commitment")))
		return send_commit(cli, r, entry);
	out_line(cli, "review of proposal %s/%s/%llu: committed before, with what is in %s",
		 r->programme, r->call, (unsigned long long)r->proposal, r->vault.path);
	(void)out_json(cli, json_pack("{s:s,s:s,s:b}", "commitment", json_text(entry, "commitment"),
				      "vault", r->vault.path, "duplicate", 1));
	return ERR_OK;
}

static enum err run_commit(struct cli *cli)
{
	Stele__ReviewContent content = STELE__REVIEW_CONTENT__INIT;
	json_t *list = NULL;
	struct review r;
	enum err err = review_begin(cli, &r);

	if (err != ERR_OK)
		return err;
	err = read_scores(cli, &r, &content);
	if (err == ERR_OK)
		err = field_reason(cli, &r.arena, "comment", &content.comment_sha256);
	if (err == ERR_OK)
		err = sealed_check_form(cli, &content.base);
	if (err == ERR_OK)
		err = list_reviews(cli, r.programme, r.call, r.proposal, &list);
	if (err == ERR_OK)
		err = commit(cli, &r, json_of_message(&content), list);
	json_decref(list);
	review_release(&r);
	return err;
}

/* --- reveal ------------------------------------------------------------------------------ */

/* Of all reviews of this proposal in the vault, the one that was recorded. */
static json_t *choose(const struct review *r, const json_t *list)
{
	struct vault_place place = place_of(r);
	size_t index;
	json_t *item;

	json_array_foreach(json_object_get(list, "items"), index, item) {
		json_t *entry = vault_find_commitment(&r->vault, json_text(item, "commitment"));

		if (entry != NULL)
			return entry;
	}
	return vault_find(&r->vault, &place, NULL);
}

static enum err send_reveal(struct cli *cli, struct review *r, const json_t *entry)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__ReviewReveal reveal = STELE__REVIEW_REVEAL__INIT;
	enum err err = vault_open_review(cli, entry, &r->arena, &reveal.salt, &reveal.content);

	if (err != ERR_OK)
		return err;
	vault_check_files(cli, entry);
	reveal.programme = r->programme;
	reveal.call = r->call;
	reveal.proposal = r->proposal;
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_REVIEW_REVEAL;
	body.review_reveal = &reveal;
	return submit_record(cli, &body, "opening of the review of proposal %s/%s/%llu",
			     r->programme, r->call, (unsigned long long)r->proposal);
}

static enum err run_reveal(struct cli *cli)
{
	json_t *list = NULL, *entry;
	struct review r;
	enum err err = review_begin(cli, &r);

	if (err != ERR_OK)
		return err;
	err = list_reviews(cli, r.programme, r.call, r.proposal, &list);
	entry = choose(&r, list);
	if (err == ERR_OK && entry == NULL)
		err = vault_lacks(&r.vault, "review of this proposal");
	if (err == ERR_OK)
		err = send_reveal(cli, &r, entry);
	json_decref(list);
	review_release(&r);
	return err;
}

/* --- list ------------------------------------------------------------------------------------ */

/* "merit 8, plan 7" */
static json_t *marks_of(const json_t *review)
{
	json_t *list = json_array(), *score;
	size_t index;

	json_array_foreach(json_object_get(review, "scores"), index, score) {
		uint64_t value = 0;
		char text[LIMIT_SEGMENT + 24];

		(void)json_u64(score, "value", &value);
		(void)snprintf(text, sizeof(text), "%.64s %llu", json_text(score, "criterion"),
			       (unsigned long long)value);
		(void)json_array_append_new(list, json_string(text));
	}
	return list;
}

static enum err run_list(struct cli *cli)
{
	static const struct column columns[] = {
		{"reviewer", "NO", COLUMN_NUMBER},
		{"key", "REVIEWER", COLUMN_HASH},
		{"organisation", "ORGANISATION", COLUMN_TEXT},
		{"state", "STATE", COLUMN_TEXT},
		{"marks", "MARKS", COLUMN_TEXT},
		{"score", "SCORE", COLUMN_NUMBER},
		{"log_index", "LOG INDEX", COLUMN_NUMBER},
		{NULL, NULL, COLUMN_TEXT},
	};
	char *programme, *call;
	uint64_t proposal;
	json_t *list = NULL, *item;
	size_t index;
	enum err err = args_review(cli, &programme, &call, &proposal);

	if (err == ERR_OK)
		err = list_reviews(cli, programme, call, proposal, &list);
	if (err != ERR_OK)
		return err;
	if (!cli->is_json)
		json_array_foreach(json_object_get(list, "items"), index, item)
			(void)json_object_set_new(item, "marks", marks_of(item));
	out_list(cli, list, columns);
	return ERR_OK;
}

static const struct option_spec options_conflict[] = {
	OPTION_REASON,
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

static const struct option_spec options_commit[] = {
	{"score", 0, OPTION_LIST, "CRITERION=N", "a mark; one for each criterion of the call"},
	{"comment", 0, OPTION_VALUE, "FILE|HASH", "what is said in words, by hash"},
	{"vault", 0, OPTION_VALUE, "FILE", "keeps what opens it; default beside the key file"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

static const struct option_spec options_reveal[] = {
	{"vault", 0, OPTION_VALUE, "FILE", "what opens it; default beside the key file"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_review[] = {
	{"review conflict", "PROGRAMME CALL PROPOSAL", 3, 3, "declare a conflict of interest",
	 "Signed by a reviewer's key on the call's panel. From then on the ledger takes no review of "
	 "this proposal from it.",
	 "stele review conflict CN-BJ-I3 2026-1 4 --reason statement.pdf --key reviewer-2",
	 options_conflict, run_conflict},
	{"review commit", "PROGRAMME CALL PROPOSAL", 3, 3, "give marks, sealed",
	 "Signed by a reviewer's key on the panel, from the end of opening to that of reviewing. The "
	 "marks stay unknown "
	 "until then, so that nobody follows another; what opens them is written to the vault first.",
	 "stele review commit CN-BJ-I3 2026-1 4 --score merit=8 --score plan=7 --comment review.pdf "
	 "--key reviewer-2",
	 options_commit, run_commit},
	{"review reveal", "PROGRAMME CALL PROPOSAL", 3, 3, "open the own review, from the vault",
	 "From the end of reviewing on.", "stele review reveal CN-BJ-I3 2026-1 4 --key reviewer-2",
	 options_reveal, run_reveal},
	{"review list", "PROGRAMME CALL PROPOSAL", 3, 3, "reviews of a proposal",
	 "Who has reviewed, under which key, and the marks that are open.",
	 "stele review list CN-BJ-I3 2026-1 4", NULL, run_list},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
