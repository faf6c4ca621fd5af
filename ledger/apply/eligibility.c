#include "ledger/apply/eligibility.h"

#include <string.h>

#include "ledger/apply/identifier.h"

static const char *scheme_of(const Stele__Eligibility *eligibility)
{
	return eligibility == NULL ? "" : eligibility->scheme;
}

static const char *prefix_of(const Stele__Eligibility *eligibility)
{
	return eligibility == NULL ? "" : eligibility->division_prefix;
}

enum err eligibility_check(const Stele__Eligibility *eligibility)
{
	const char *scheme = scheme_of(eligibility);

	if (scheme[0] == '\0')
		return ERR_OK;
	if (scheme_find(scheme) == SCHEME_NONE)
		return ERR_ID_SCHEME;
	if (prefix_of(eligibility)[0] != '\0' && scheme_find(scheme) != SCHEME_USCI)
		return ERR_ID_SCHEME;
	return ERR_OK;
}

bool eligibility_admits(const Stele__Eligibility *eligibility, const char *org)
{
	const char *scheme = scheme_of(eligibility);
	const char *prefix = prefix_of(eligibility);
	const char *code;

	if (scheme[0] != '\0' && scheme_find(scheme) != identifier_scheme(org, &code))
		return false;
	return prefix[0] == '\0' || identifier_has_division(org, prefix);
}

bool eligibility_narrows(const Stele__Eligibility *inner, const Stele__Eligibility *outer)
{
	const char *scheme = scheme_of(outer);
	const char *prefix = prefix_of(outer);

	if (scheme[0] != '\0' && strcmp(scheme_of(inner), scheme) != 0)
		return false;
	return strncmp(prefix_of(inner), prefix, strlen(prefix)) == 0;
}
