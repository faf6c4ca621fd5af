/* stele milestone: what recipients claim to have done, and what the agency finds. */
#include <stdio.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/fields.h"
#include "clients/cli/files.h"
#include "clients/cli/lists.h"
#include "clients/cli/out.h"
#include "clients/cli/submit.h"

#define ARENA_BYTES (1u << 20)
#define EVIDENCE_MAX 32

static enum err args_milestone(struct cli *cli, char **programme, uint64_t *award,
			       uint32_t *milestone)
{
	uint64_t number = 0;
	enum err err = args_award(cli, programme, award);

	if (err == ERR_OK)
		err = cli_arg_number(cli, 2, "milestone", UINT32_MAX, &number);
	*milestone = (uint32_t)number;
	return err;
}

/* --- claim ----------------------------------------------------------------------------- */

/* FILE|HASH[:CLAIM]; the first claim where no number is given. */
static enum err read_evidence(struct cli *cli, struct arena *arena, const char *text,
			      Stele__ContentRef **out)
{
	Stele__ContentRef *reference = arena_alloc(arena, sizeof(*reference));
	const char *colon = strrchr(text, ':');
	char *name = field_text(arena, text);

	ASSERT(reference != NULL);
	stele__content_ref__init(reference);
	reference->claim = 1;
	if (!file_exists(text) && colon != NULL) {
		name[colon - text] = '\0';
		if (!decimal_decode(&reference->claim, bytes_text(colon + 1)))
			return cli_fail(cli, ERR_USAGE, "--evidence %s is not FILE|HASH[:CLAIM]",
					text);
	}
	*out = reference;
	return field_hash(cli, arena, name, &reference->sha256);
}

static enum err run_claim(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__MilestoneClaim claim = STELE__MILESTONE_CLAIM__INIT;
	Stele__ContentRef *evidence[EVIDENCE_MAX];
	size_t count = cli_count(cli, "evidence");
	struct arena arena;
	enum err err = args_milestone(cli, &claim.programme, &claim.award, &claim.milestone);

	if (err == ERR_OK && (count == 0 || count > EVIDENCE_MAX))
		err = cli_fail(cli, ERR_USAGE, "give --evidence 1 to %d times", EVIDENCE_MAX);
	arena_init(&arena, ARENA_BYTES);
	for (size_t i = 0; err == ERR_OK && i < count; i++)
		err = read_evidence(cli, &arena, cli_nth(cli, "evidence", i), &evidence[i]);
	claim.evidence = evidence;
	claim.n_evidence = count;
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_MILESTONE_CLAIM;
	body.milestone_claim = &claim;
	if (err == ERR_OK)
		err = submit_record(cli, &body, "claim of milestone %s/%s/%s", cli->args[0],
				    cli->args[1], cli->args[2]);
	arena_release(&arena);
	return err;
}

/* --- assess ------------------------------------------------------------------------------ */

/* The newest claim, and the amount that the award's terms give. */
static enum err read_milestone(struct cli *cli, Stele__MilestoneAssess *out, uint64_t *amount)
{
	json_t *milestone = NULL;
	enum err err = api_get(cli, &milestone, "/v1/programmes/%s/awards/%llu/milestones/%lu",
			       out->programme, (unsigned long long)out->award,
			       (unsigned long)out->milestone);

	if (err != ERR_OK)
		return err;
	(void)json_u64(milestone, "claims", &out->claim);
	(void)json_u64(milestone, "amount", amount);
	json_decref(milestone);
	return ERR_OK;
}

static enum err read_result(struct cli *cli, Stele__MilestoneAssess *out)
{
	static const struct {
		const char *name;
		Stele__Assessment result;
	} results[] = {{"met", STELE__ASSESSMENT__ASSESSMENT_MET},
		       {"partly", STELE__ASSESSMENT__ASSESSMENT_PARTLY},
		       {"not-met", STELE__ASSESSMENT__ASSESSMENT_NOT_MET}};
	const char *text;
	enum err err = cli_required(cli, "result", &text);

	for (size_t i = 0; err == ERR_OK && i < sizeof(results) / sizeof(results[0]); i++)
		if (strcmp(text, results[i].name) == 0)
			out->result = results[i].result;
	if (err == ERR_OK && out->result == STELE__ASSESSMENT__ASSESSMENT_NONE)
		err = cli_fail(cli, ERR_USAGE, "--result %s is not met, partly or not-met", text);
	return err;
}

/* Of its newest claim.  Met: the milestone's whole amount, not met: nothing; partly: as
 * given. */
static enum err read_terms(struct cli *cli, Stele__MilestoneAssess *out)
{
	char currency[4];
	uint64_t amount = 0;
	enum err err = read_milestone(cli, out, &amount);

	if (err != ERR_OK)
		return err;
	if (cli_has(cli, "payable") || out->result == STELE__ASSESSMENT__ASSESSMENT_PARTLY) {
		err = programme_currency(cli, out->programme, currency);
		return err == ERR_OK ? field_amount(cli, "payable", currency, &out->payable) : err;
	}
	if (out->result == STELE__ASSESSMENT__ASSESSMENT_MET)
		out->payable = amount;
	return ERR_OK;
}

static enum err run_assess(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__MilestoneAssess assess = STELE__MILESTONE_ASSESS__INIT;
	struct arena arena;
	enum err err = args_milestone(cli, &assess.programme, &assess.award, &assess.milestone);

	arena_init(&arena, ARENA_BYTES);
	if (err == ERR_OK)
		err = read_result(cli, &assess);
	if (err == ERR_OK)
		err = read_terms(cli, &assess);
	if (err == ERR_OK)
		err = field_reason(cli, &arena, "reason", &assess.reason_sha256);
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_MILESTONE_ASSESS;
	body.milestone_assess = &assess;
	if (err == ERR_OK)
		err = submit_record(cli, &body, "assessment of claim %llu of milestone %s/%s/%s",
				    (unsigned long long)assess.claim, cli->args[0], cli->args[1],
				    cli->args[2]);
	arena_release(&arena);
	return err;
}

/* --- list ------------------------------------------------------------------------------------ */

static enum err run_list(struct cli *cli)
{
	static const struct column columns[] = {
		{"number", "MILESTONE", COLUMN_NUMBER},
		{"state", "STATE", COLUMN_TEXT},
		{"due", "DUE", COLUMN_TEXT},
		{"amount", "AMOUNT", COLUMN_MONEY},
		{"payable", "PAYABLE", COLUMN_MONEY},
		{"claims", "CLAIMS", COLUMN_NUMBER},
		{"claimed_log_index", "CLAIMED AT", COLUMN_NUMBER},
		{"assessed_log_index", "ASSESSED AT", COLUMN_NUMBER},
		{NULL, NULL, COLUMN_TEXT},
	};

	return list_of_award(cli, "milestones", columns);
}

static const struct option_spec options_claim[] = {
	{"evidence", 0, OPTION_LIST, "FILE|HASH[:CLAIM]",
	 "what was anchored as evidence, and which claim on it; default its first; repeat"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

static const struct option_spec options_assess[] = {
	{"result", 0, OPTION_VALUE, "RESULT", "met, partly or not-met"},
	{"payable", 0, OPTION_VALUE, "AMOUNT", "partly: how much of it can be paid"},
	OPTION_REASON,
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_milestone[] = {
	{"milestone claim", "PROGRAMME AWARD MILESTONE", 3, 3, "claim that a milestone is reached",
	 "Signed by a recipient. The evidence is content that a recipient has anchored before.",
	 "stele anchor report.pdf && stele milestone claim CN-BJ-I3 1 1 --evidence report.pdf",
	 options_claim, run_claim},
	{"milestone assess", "PROGRAMME AWARD MILESTONE", 3, 3, "assess a milestone, for good",
	 "Signed by the programme's agency. What it finds payable can be paid from then on.",
	 "stele milestone assess CN-BJ-I3 1 1 --result partly --payable 1,500,000.00 --reason "
	 "finding.pdf --dry-run",
	 options_assess, run_assess},
	{"milestone list", "PROGRAMME AWARD", 2, 2, "milestones of an award",
	 "What each is worth, whether it was claimed, and what was found.",
	 "stele milestone list CN-BJ-I3 1", NULL, run_list},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
