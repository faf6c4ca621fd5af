/* stele anchor supersede, stele anchor withdraw: what becomes of a claim. */
#include <string.h>

#include "base/limits.h"
#include "clients/cli/claims.h"
#include "clients/cli/fields.h"
#include "clients/cli/signer.h"
#include "clients/cli/submit.h"

#define ARENA_BYTES (1u << 20)

/* The newest live claim of the own organisation. */
static enum err own_claim(struct cli *cli, const struct hash *content, const char *text,
			  uint64_t *out)
{
	char own[LIMIT_SEGMENT + 1] = "";
	struct claims claims;
	enum err err = signer_organisation(cli, own);

	if (err == ERR_OK)
		err = claims_get(cli, content, &claims);
	if (err != ERR_OK)
		return err;
	*out = 0;
	for (size_t i = 0; i < claims.count; i++)
		if (claims.items[i].value->state == STELE__CLAIM_STATE__CLAIM_LIVE &&
		    strcmp(claims.items[i].value->org, own) == 0)
			*out = claims.items[i].number;
	claims_release(&claims);
	if (*out > 0)
		return ERR_OK;
	cli_fail(cli, ERR_NOT_FOUND_CLAIM, "%s", text);
	cli_fact(cli, "looked for", "a live claim of %s", own);
	return ERR_NOT_FOUND_CLAIM;
}

/* FILE|HASH[:CLAIM] */
static enum err read_target(struct cli *cli, struct arena *arena, const char *text,
			    Stele__ContentRef **out)
{
	Stele__ContentRef *target = arena_alloc(arena, sizeof(*target));
	const char *claim = NULL;
	struct hash content;
	enum err err = content_read(cli, text, &content, &claim);

	if (err != ERR_OK)
		return err;
	ASSERT(target != NULL);
	stele__content_ref__init(target);
	target->sha256.data = arena_copy(arena, content.b, sizeof(content.b));
	target->sha256.len = sizeof(content.b);
	if (claim == NULL)
		err = own_claim(cli, &content, text, &target->claim);
	else if (!decimal_decode(&target->claim, bytes_text(claim)) || target->claim == 0)
		err = cli_fail(cli, ERR_USAGE, "%s: \"%s\" is no claim number", text, claim);
	*out = target;
	return err;
}

static enum err run_supersede(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__ContentSupersede record = STELE__CONTENT_SUPERSEDE__INIT;
	struct arena arena;
	const char *by;
	enum err err = cli_required(cli, "by", &by);

	if (err != ERR_OK)
		return err;
	arena_init(&arena, ARENA_BYTES);
	err = read_target(cli, &arena, cli->args[0], &record.target);
	if (err == ERR_OK)
		err = read_target(cli, &arena, by, &record.by);
	if (err == ERR_OK)
		err = field_reason(cli, &arena, "reason", &record.reason_sha256);
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_CONTENT_SUPERSEDE;
	body.content_supersede = &record;
	if (err == ERR_OK)
		err = submit_operation(cli, &body, bytes_of(NULL, 0), "supersession");
	arena_release(&arena);
	return err;
}

static enum err run_withdraw(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__ContentWithdraw record = STELE__CONTENT_WITHDRAW__INIT;
	struct arena arena;
	enum err err;

	arena_init(&arena, ARENA_BYTES);
	err = read_target(cli, &arena, cli->args[0], &record.target);
	if (err == ERR_OK)
		err = field_reason(cli, &arena, "reason", &record.reason_sha256);
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_CONTENT_WITHDRAW;
	body.content_withdraw = &record;
	if (err == ERR_OK)
		err = submit_operation(cli, &body, bytes_of(NULL, 0), "withdrawal");
	arena_release(&arena);
	return err;
}

static const struct option_spec options_supersede[] = {
	{"by", 0, OPTION_VALUE, "FILE|HASH[:CLAIM]", "the claim that takes its place"},
	OPTION_REASON,
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

static const struct option_spec options_withdraw[] = {
	OPTION_REASON,
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_claim[] = {
	{"anchor supersede", "FILE|HASH[:CLAIM]", 1, 1, "replace an own claim by another one",
	 "The claim stays in the ledger and is marked as superseded; whoever looks it up is led to "
	 "the other one. Both must be live claims of the same organisation. Without a number the "
	 "organisation's newest live claim is meant.",
	 "stele anchor supersede draft.pdf --by final.pdf --reason errata.txt",
	 options_supersede, run_supersede},
	{"anchor withdraw", "FILE|HASH[:CLAIM]", 1, 1, "withdraw an own claim",
	 "The claim stays in the ledger and is marked as withdrawn. Nothing is ever deleted.",
	 "stele anchor withdraw photo.jpg:2 --reason reason.txt", options_withdraw, run_withdraw},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
