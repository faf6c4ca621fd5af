/* What the network's policy says: approvals of an operation, the window. */
#include <stdio.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/out.h"
#include "clients/cli/submit.h"

#define WINDOW_MS_DEFAULT 180000

static enum err policy_get(struct cli *cli, const json_t **out)
{
	enum err err = ERR_OK;

	if (cli->policy == NULL)
		err = api_get(cli, &cli->policy, "/v1/policy");
	if (err == ERR_OK)
		*out = cli->policy;
	return err;
}

static bool rule_is_for(const json_t *rule, uint32_t operation)
{
	const char *name = operation_name(operation);
	uint64_t number;

	if (json_u64(rule, "operation", &number))
		return number == operation;
	return name != NULL && strcmp(json_text(rule, "name"), name) == 0;
}

static void rule_fill(struct rule *out, const json_t *rule)
{
	uint64_t approvals = 0;
	size_t index, len = 0;
	json_t *opener;

	(void)json_u64(rule, "approvals", &approvals);
	*out = (struct rule){.approvals = (uint32_t)approvals};
	(void)snprintf(out->approvers, sizeof(out->approvers), "%s", json_text(rule, "approvers"));
	json_array_foreach(json_object_get(rule, "openers"), index, opener) {
		const char *name = json_string_value(opener);

		if (name != NULL && len + strlen(name) + 3 < sizeof(out->openers))
			len += (size_t)snprintf(out->openers + len, sizeof(out->openers) - len,
						"%s%s", len > 0 ? ", " : "", name);
	}
}

enum err rule_get(struct cli *cli, uint32_t operation, struct rule *out)
{
	const json_t *policy = NULL;
	enum err err = policy_get(cli, &policy);
	size_t index;
	json_t *rule;

	if (err != ERR_OK)
		return err;
	*out = (struct rule){.approvals = 0};
	json_array_foreach(json_object_get(policy, "rules"), index, rule)
		if (rule_is_for(rule, operation))
			rule_fill(out, rule);
	return ERR_OK;
}

enum err window_get(struct cli *cli, uint64_t *window_ms)
{
	const json_t *policy = NULL;
	enum err err = policy_get(cli, &policy);

	if (err != ERR_OK)
		return err;
	*window_ms = WINDOW_MS_DEFAULT;
	(void)json_u64(json_object_get(policy, "limits"), "window_ms", window_ms);
	return ERR_OK;
}
