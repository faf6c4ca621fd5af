/* stele proposal: sealed until the deadline, then opened from the vault. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "clients/cli/api.h"
#include "clients/cli/fields.h"
#include "clients/cli/out.h"
#include "clients/cli/proposal_check.h"
#include "clients/cli/sealed.h"
#include "proto/json_pb.h"

#define ARENA_BYTES (4u << 20)
#define SHARE_WHOLE 10000
#define PROPOSALS "/v1/programmes/%.64s/calls/%.64s/proposals"

/* What commit and reveal work on. */
struct proposal {
	char *programme, *call;
	struct signer_names signer;
	struct network network;
	struct arena arena;
	struct vault vault;
};

static void proposal_release(struct proposal *p)
{
	vault_close(&p->vault);
	arena_release(&p->arena);
}

static enum err proposal_begin(struct cli *cli, struct proposal *p)
{
	enum err err;

	*p = (struct proposal){.vault = {.lock = -1}};
	arena_init(&p->arena, ARENA_BYTES);
	err = args_call(cli, &p->programme, &p->call);
	if (err == ERR_OK)
		err = api_network(cli, &p->network);
	if (err == ERR_OK)
		err = signer_names(cli, &p->signer);
	if (err == ERR_OK)
		err = vault_open(cli, &p->vault);
	if (err != ERR_OK)
		proposal_release(p);
	return err;
}

static enum err list_proposals(struct cli *cli, const struct proposal *p, json_t **out)
{
	char path[192];

	(void)snprintf(path, sizeof(path), PROPOSALS, p->programme, p->call);
	return api_get_all(cli, out, path);
}

/* The newest of the call's proposals with this commitment, borrowed from list. */
static const json_t *find_recorded(const json_t *list, const char *commitment)
{
	const json_t *items = json_object_get(list, "items");

	for (size_t i = json_array_size(items); i-- > 0;) {
		const json_t *item = json_array_get(items, i);

		if (strcmp(json_text(item, "commitment"), commitment) == 0)
			return item;
	}
	return NULL;
}

static uint64_t number_of(const json_t *object)
{
	uint64_t number = 0;

	(void)json_u64(object, "number", &number);
	return number;
}

/* --- commit --------------------------------------------------------------------------- */

static enum err read_content(struct cli *cli, struct proposal *p, const char *currency,
			     Stele__ProposalContent *out)
{
	enum err err = field_amount(cli, "requested", currency, &out->requested);

	if (err == ERR_OK)
		err = field_documents(cli, &p->arena, "document", &out->n_documents,
				      &out->documents);
	if (err == ERR_OK)
		err = field_recipients(cli, &p->arena, "member", &out->n_consortium,
				       &out->consortium);
	if (err != ERR_OK)
		return err;
	if (out->n_consortium == 0) {
		Stele__Recipient *alone = arena_alloc(&p->arena, sizeof(*alone));

		out->consortium = arena_alloc(&p->arena, sizeof(*out->consortium));
		ASSERT(alone != NULL && out->consortium != NULL);
		stele__recipient__init(alone);
		alone->org = p->signer.org;
		alone->share = SHARE_WHOLE;
		out->consortium[out->n_consortium++] = alone;
	}
	out->titles = field_names(cli, &p->arena, cli_value(cli, "title-zh"),
				  cli_value(cli, "title-en"));
	if (cli_has(cli, "area"))
		out->area = field_text(&p->arena, cli_value(cli, "area"));
	return ERR_OK;
}

static enum err make_content(struct cli *cli, struct proposal *p, Stele__ProposalContent *content)
{
	json_t *programme = NULL, *call = NULL;
	enum err err = api_get(cli, &programme, "/v1/programmes/%s", p->programme);

	if (err == ERR_OK)
		err = api_get(cli, &call, "/v1/programmes/%s/calls/%s", p->programme, p->call);
	if (err == ERR_OK)
		err = read_content(cli, p, json_text(programme, "currency"), content);
	if (err == ERR_OK)
		err = sealed_check_form(cli, &content->base);
	if (err == ERR_OK && !cli_has(cli, "no-simulate"))
		err = proposal_check(cli, programme, call, p->signer.org, content);
	json_decref(call);
	json_decref(programme);
	return err;
}

static json_t *file_paths(struct cli *cli, struct arena *arena)
{
	json_t *files = json_array();

	for (size_t i = 0; i < cli_count(cli, "document"); i++) {
		char *parts[2] = {NULL, NULL};

		(void)field_split(arena, cli_nth(cli, "document", i), 2, parts);
		(void)json_array_append_new(files, sealed_path(parts[0]));
	}
	return files;
}

/* The entry of an earlier run of the same command, unless its proposal was
 * withdrawn; else a new one. */
static json_t *entry_for(struct cli *cli, struct proposal *p, json_t *content, const json_t *list,
			 const json_t **recorded)
{
	struct vault_place place = {.kind = "proposal",
				    .chain = &p->network.chain,
				    .programme = p->programme,
				    .call = p->call,
				    .by = p->signer.org};
	json_t *entry = vault_find(&p->vault, &place, content);

	*recorded = entry != NULL ? find_recorded(list, json_text(entry, "commitment")) : NULL;
	if (entry != NULL && strcmp(json_text(*recorded, "state"), "withdrawn") != 0) {
		json_decref(content);
		return entry;
	}
	*recorded = NULL;
	return vault_add(&p->vault, &place, content, file_paths(cli, &p->arena));
}

static enum err tell_recorded(struct cli *cli, const struct proposal *p, const json_t *recorded)
{
	uint64_t number = number_of(recorded);

	out_line(cli, "proposal %s/%s/%llu: committed before, with what is in %s", p->programme,
		 p->call, (unsigned long long)number, p->vault.path);
	(void)out_json(cli, json_pack("{s:I,s:s,s:s,s:b}", "proposal", (json_int_t)number,
				      "commitment", json_text(recorded, "commitment"), "vault",
				      p->vault.path, "duplicate", 1));
	return ERR_OK;
}

/* The number that the ledger gave it stands in no transaction. */
static enum err finish_commit(struct cli *cli, const struct proposal *p, const char *commitment,
			      const char *what, const struct outcome *outcome)
{
	json_t *extra = json_pack("{s:s,s:s}", "commitment", commitment, "vault", p->vault.path);
	json_t *list = NULL;
	const json_t *recorded;

	if (outcome->state == OUTCOME_ACCEPTED && list_proposals(cli, p, &list) == ERR_OK) {
		recorded = find_recorded(list, commitment);
		(void)json_object_set_new(extra, "proposal",
					  json_integer((json_int_t)number_of(recorded)));
		out_line(cli, "this is proposal %llu; what opens it lies in %s",
			 (unsigned long long)number_of(recorded), p->vault.path);
	}
	json_decref(list);
	return submit_finish(cli, what, outcome, extra);
}

static enum err send_commit(struct cli *cli, struct proposal *p, json_t *entry)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__ProposalCommit commit = STELE__PROPOSAL_COMMIT__INIT;
	const char *commitment = json_text(entry, "commitment");
	char what[2 * LIMIT_SEGMENT + 32];
	struct outcome outcome;
	struct hash hash;
	enum err err;

	ASSERT(hex_decode(hash.b, sizeof(hash.b), bytes_text(commitment)));
	commit.programme = p->programme;
	commit.call = p->call;
	commit.commitment = (ProtobufCBinaryData){sizeof(hash.b), hash.b};
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_PROPOSAL_COMMIT;
	body.proposal_commit = &commit;
	(void)snprintf(what, sizeof(what), "proposal in %s/%s", p->programme, p->call);
	if (cli_has(cli, "dry-run")) /* nothing is kept of it */
		return submit_record(cli, &body, "%s", what);
	outcome_init(&outcome);
	err = sealed_send(&p->vault, entry, &body, what, &outcome);
	if (err == ERR_OK)
		err = finish_commit(cli, p, commitment, what, &outcome);
	outcome_release(&outcome);
	return err;
}

static enum err run_commit(struct cli *cli)
{
	Stele__ProposalContent content = STELE__PROPOSAL_CONTENT__INIT;
	const json_t *recorded = NULL;
	json_t *list = NULL, *entry;
	struct proposal p;
	enum err err = proposal_begin(cli, &p);

	if (err != ERR_OK)
		return err;
	err = make_content(cli, &p, &content);
	if (err == ERR_OK)
		err = list_proposals(cli, &p, &list);
	if (err == ERR_OK) {
		entry = entry_for(cli, &p, json_of_message(&content), list, &recorded);
		err = recorded != NULL ? tell_recorded(cli, &p, recorded)
				       : send_commit(cli, &p, entry);
	}
	json_decref(list);
	proposal_release(&p);
	return err;
}

/* --- withdraw ----------------------------------------------------------------------------- */

static enum err run_withdraw(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__ProposalWithdraw withdraw = STELE__PROPOSAL_WITHDRAW__INIT;
	enum err err = args_call(cli, &withdraw.programme, &withdraw.call);

	if (err == ERR_OK)
		err = cli_arg_number(cli, 2, "proposal", INT64_MAX, &withdraw.proposal);
	if (err != ERR_OK)
		return err;
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_PROPOSAL_WITHDRAW;
	body.proposal_withdraw = &withdraw;
	return submit_record(cli, &body, "withdrawal of proposal %s/%s/%s", cli->args[0],
			     cli->args[1], cli->args[2]);
}

/* --- reveal ------------------------------------------------------------------------------- */

/* The proposal of that number, or the only one of the call that this vault can
 * still open. */
static enum err choose(struct cli *cli, const struct proposal *p, const json_t *list,
		       uint64_t wanted, const json_t **proposal, json_t **entry)
{
	const json_t *items = json_object_get(list, "items");
	size_t found = 0, index;
	json_t *item;

	json_array_foreach(items, index, item) {
		json_t *own = vault_find_commitment(&p->vault, json_text(item, "commitment"));
		const char *state = json_text(item, "state");
		bool is_sealed = strcmp(state, "committed") == 0 || strcmp(state, "lapsed") == 0;

		if (own == NULL || (wanted == 0 ? !is_sealed : number_of(item) != wanted))
			continue;
		*proposal = item;
		*entry = own;
		found++;
	}
	if (found == 1)
		return ERR_OK;
	if (found > 1)
		return cli_fail(cli, ERR_USAGE, "%zu proposals of this call can be opened: name one",
				found);
	return vault_lacks(&p->vault, "proposal of this call");
}

static enum err send_reveal(struct cli *cli, struct proposal *p, const json_t *proposal,
			    const json_t *entry)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__ProposalReveal reveal = STELE__PROPOSAL_REVEAL__INIT;
	enum err err = vault_open_proposal(cli, entry, &p->arena, &reveal.salt, &reveal.content);

	if (err != ERR_OK)
		return err;
	vault_check_files(cli, entry);
	reveal.programme = p->programme;
	reveal.call = p->call;
	reveal.proposal = number_of(proposal);
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_PROPOSAL_REVEAL;
	body.proposal_reveal = &reveal;
	return submit_record(cli, &body, "opening of proposal %s/%s/%llu", p->programme, p->call,
			     (unsigned long long)reveal.proposal);
}

static enum err run_reveal(struct cli *cli)
{
	const json_t *proposal = NULL;
	json_t *list = NULL, *entry = NULL;
	uint64_t wanted = 0;
	struct proposal p;
	enum err err = proposal_begin(cli, &p);

	if (err != ERR_OK)
		return err;
	if (cli->args_count > 2)
		err = cli_arg_number(cli, 2, "proposal", INT64_MAX, &wanted);
	if (err == ERR_OK)
		err = list_proposals(cli, &p, &list);
	if (err == ERR_OK)
		err = choose(cli, &p, list, wanted, &proposal, &entry);
	if (err == ERR_OK)
		err = send_reveal(cli, &p, proposal, entry);
	json_decref(list);
	proposal_release(&p);
	return err;
}

/* --- show and list ---------------------------------------------------------------------------- */

static void print_proposal(const json_t *proposal)
{
	static const struct column columns[] = {
		{"number", "proposal", COLUMN_NUMBER},
		{"organisation", "applicant", COLUMN_TEXT},
		{"state", "state", COLUMN_TEXT},
		{"titles.en", "title (en)", COLUMN_TEXT},
		{"titles.zh", "title (zh)", COLUMN_TEXT},
		{"area", "area", COLUMN_TEXT},
		{"requested", "requested", COLUMN_MONEY},
		{"reviews", "reviews", COLUMN_NUMBER},
		{"revealed_reviews", "opened reviews", COLUMN_NUMBER},
		{"score", "score", COLUMN_NUMBER},
		{"amount", "amount decided", COLUMN_MONEY},
		{"decided_time", "decided (UTC)", COLUMN_TIME},
		{"open_objections", "open objections", COLUMN_NUMBER},
		{"award", "award", COLUMN_NUMBER},
		{"commitment", "commitment", COLUMN_TEXT},
		{"log_index", "log index", COLUMN_NUMBER},
		{NULL, NULL, COLUMN_TEXT},
	};
	static const struct column members[] = {
		{"org", "MEMBER", COLUMN_TEXT},
		{"share", "SHARE", COLUMN_NUMBER},
		{NULL, NULL, COLUMN_TEXT},
	};
	static const struct column documents[] = {
		{"role", "DOCUMENT", COLUMN_TEXT},
		{"media_type", "TYPE", COLUMN_TEXT},
		{"size", "SIZE", COLUMN_NUMBER},
		{"sha256", "SHA-256", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};
	out_fields(proposal, columns);
	(void)fflush(stdout);
	out_table(json_object_get(proposal, "consortium"), members);
	out_table(json_object_get(proposal, "documents"), documents);
}

static enum err run_show(struct cli *cli)
{
	char *programme, *call;
	json_t *proposal = NULL;
	uint64_t number;
	enum err err = args_call(cli, &programme, &call);

	if (err == ERR_OK)
		err = cli_arg_number(cli, 2, "proposal", INT64_MAX, &number);
	if (err == ERR_OK)
		err = api_get(cli, &proposal, "/v1/programmes/%s/calls/%s/proposals/%llu", programme,
			      call, (unsigned long long)number);
	if (err != ERR_OK)
		return err;
	if (!cli->is_json)
		print_proposal(proposal);
	(void)out_json(cli, proposal);
	return ERR_OK;
}

static enum err run_list(struct cli *cli)
{
	static const struct column columns[] = {
		{"number", "PROPOSAL", COLUMN_NUMBER},
		{"state", "STATE", COLUMN_TEXT},
		{"organisation", "APPLICANT", COLUMN_TEXT},
		{"area", "AREA", COLUMN_TEXT},
		{"requested", "REQUESTED", COLUMN_MONEY},
		{"revealed_reviews", "REVIEWS", COLUMN_NUMBER},
		{"score", "SCORE", COLUMN_NUMBER},
		{"amount", "DECIDED", COLUMN_MONEY},
		{"award", "AWARD", COLUMN_TEXT},
		{"titles.en", "TITLE", COLUMN_TEXT},
		{NULL, NULL, COLUMN_TEXT},
	};
	static const char *const filters[] = {"state", "organisation", "area", NULL};
	char *programme, *call, path[192];
	json_t *list = NULL;
	enum err err = args_call(cli, &programme, &call);

	if (err != ERR_OK)
		return err;
	(void)snprintf(path, sizeof(path), PROPOSALS, programme, call);
	err = api_get_filtered(cli, &list, path, filters);
	if (err == ERR_OK)
		out_list(cli, list, columns);
	return err;
}

static const struct option_spec options_commit[] = {
	{"title-en", 0, OPTION_VALUE, "TEXT", "title in English"},
	{"title-zh", 0, OPTION_VALUE, "TEXT", "title in Chinese"},
	{"area", 0, OPTION_VALUE, "CODE", "one of the call's areas"},
	{"requested", 0, OPTION_VALUE, "AMOUNT", "in units of the programme's currency"},
	{"member", 0, OPTION_LIST, "ORG[:SHARE]",
	 "of the consortium, the applicant too; shares in 1/10,000; default the applicant alone"},
	{"document", 0, OPTION_LIST, "FILE[:ROLE]", "a document, by its hash; repeat"},
	{"vault", 0, OPTION_VALUE, "FILE", "keeps what opens it; default beside the key file"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

static const struct option_spec options_reveal[] = {
	{"vault", 0, OPTION_VALUE, "FILE", "what opens it; default beside the key file"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

static const struct option_spec options_list[] = {
	{"state", 0, OPTION_VALUE, "STATE",
	 "committed, withdrawn, revealed, selected, declined or lapsed"},
	{"organisation", 0, OPTION_VALUE, "ORG", "the applicant, or in the consortium"},
	{"area", 0, OPTION_VALUE, "CODE", "of that area"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_proposal[] = {
	{"proposal commit", "PROGRAMME CALL", 2, 2, "hand in a proposal, sealed",
	 "Signed by the applicant before the deadline. Only a commitment is recorded; title, amount, "
	 "consortium, the documents' hashes and the salt that opens it are written to the vault first. "
	 "Keep a copy of the vault. If this is interrupted, run it again: the same proposal is handed "
	 "in once.",
	 "stele proposal commit CN-BJ-I3 2026-1 --title-en 'Neural capture' --area 3d --requested "
	 "5,000,000.00 --document plan.pdf:plan",
	 options_commit, run_commit},
	{"proposal withdraw", "PROGRAMME CALL PROPOSAL", 3, 3, "take a proposal back before the deadline",
	 "Signed by the applicant. What was sealed stays unknown.",
	 "stele proposal withdraw CN-BJ-I3 2026-1 4", NULL, run_withdraw},
	{"proposal reveal", "PROGRAMME CALL [PROPOSAL]", 2, 3, "open a proposal, from the vault",
	 "Signed by the applicant, from the deadline on until the call's reveal time. Without a "
	 "number it opens the only one that the vault can open.",
	 "stele proposal reveal CN-BJ-I3 2026-1", options_reveal, run_reveal},
	{"proposal show", "PROGRAMME CALL PROPOSAL", 3, 3, "one proposal",
	 "Before it is opened only its applicant and its commitment are known.",
	 "stele proposal show CN-BJ-I3 2026-1 4", NULL, run_show},
	{"proposal list", "PROGRAMME CALL", 2, 2, "all proposals of a call",
	 "All proposals of a call, with scores and decisions as far as there are any.",
	 "stele proposal list CN-BJ-I3 2026-1 --state revealed", options_list, run_list},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
