#include "clients/cli/rules.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct rule rules[] = {
#include "docs/ledger.md.rules.inc"
};

const struct rule *rule_at(size_t k)
{
	return k < sizeof(rules) / sizeof(rules[0]) ? &rules[k] : NULL;
}

const struct rule *rule_find(const char *id)
{
	const struct rule *rule;

	for (size_t k = 0; (rule = rule_at(k)) != NULL; k++) {
		if (strcasecmp(rule->id, id) == 0)
			return rule;
	}
	return NULL;
}

bool rule_refuses_with(const struct rule *rule, enum err err)
{
	const char *at = rule->errors;

	while (*at != '\0') {
		char *end;

		if (strtoul(at, &end, 10) == (unsigned long)err)
			return true;
		at = end > at ? end : at + 1;
		at += strspn(at, ", ");
	}
	return false;
}
