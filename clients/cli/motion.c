/* Opening a motion around an operation that policy does not let through bare. */
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/out.h"
#include "clients/cli/submit.h"
#include "clients/cli/when.h"

#define EXPIRES_DEFAULT "14d"

/* False where no motion can carry it.  Numbers and messages are the same in both
 * oneofs, and whichever member is set is a pointer to a message. */
static bool carry(Stele__MotionOperation *out, const Stele__TransactionBody *body)
{
	stele__motion_operation__init(out);
	if (!operation_is_motionable((uint32_t)body->operation_case))
		return false;
	out->operation_case = (Stele__MotionOperation__OperationCase)body->operation_case;
	out->org_register = body->org_register;
	return true;
}

/* The motion that the accepted transaction opened, found by its log index among
 * the newest. */
static enum err find_number(struct cli *cli, struct outcome *out)
{
	json_t *list = NULL, *item;
	enum err err = api_get_all(cli, &list, "/v1/motions");
	size_t index;

	if (err != ERR_OK)
		return err;
	json_array_foreach(json_object_get(list, "items"), index, item) {
		uint64_t log_index = 0, number = 0;

		if (!json_u64(item, "log_index", &log_index) || log_index != out->log_index ||
		    !json_u64(item, "number", &number))
			continue;
		out->motion = number;
		out->motion_is_open = strcmp(json_text(item, "state"), "open") == 0;
	}
	json_decref(list);
	return out->motion > 0 ? ERR_OK : cli_fail(cli, ERR_NET_ANSWER, "/v1/motions");
}

static void tell_next(struct cli *cli, const struct outcome *out, uint32_t operation)
{
	struct rule rule;

	if (!out->motion_is_open || rule_get(cli, operation, &rule) != ERR_OK)
		return;
	out_remark(cli, "%s needs %u approval%s by the role %s; each of them runs:\n"
			"  stele motion approve %llu --key KEY",
		   operation_name(operation), rule.approvals, rule.approvals == 1 ? "" : "s",
		   rule.approvers, (unsigned long long)out->motion);
}

/* How long is for the ledger to judge, by its own clock: M-01. */
static enum err read_expires(struct cli *cli, uint64_t *out)
{
	const char *text = cli_value(cli, "expires");
	uint64_t length, now = time_now_ms();

	if (!duration_read(&length, text != NULL ? text : EXPIRES_DEFAULT) || length == 0 ||
	    length > INT64_MAX - now)
		return cli_fail(cli, ERR_USAGE, "--expires %s is no length of time as 12h or 30d", text);
	*out = now + length;
	return ERR_OK;
}

enum err submit_motion(struct cli *cli, const Stele__TransactionBody *body, const char *what,
		       struct outcome *out)
{
	Stele__TransactionBody outer = STELE__TRANSACTION_BODY__INIT;
	Stele__MotionOpen open = STELE__MOTION_OPEN__INIT;
	Stele__MotionOperation operation;
	enum err err;

	if (!carry(&operation, body))
		return cli_fail(cli, ERR_OPERATION_UNAVAILABLE, "%s", what);
	err = read_expires(cli, &open.expires);
	if (err != ERR_OK)
		return err;
	open.operation = &operation;
	outer.operation_case = STELE__TRANSACTION_BODY__OPERATION_MOTION_OPEN;
	outer.motion_open = &open;
	err = submit(cli, &outer, bytes_of(NULL, 0), what, out);
	if (err != ERR_OK || out->state != OUTCOME_ACCEPTED)
		return err;
	err = find_number(cli, out);
	if (err == ERR_OK)
		tell_next(cli, out, (uint32_t)body->operation_case);
	return err;
}
