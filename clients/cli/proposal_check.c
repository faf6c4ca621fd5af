#include "clients/cli/proposal_check.h"

#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/out.h"
#include "ledger/apply/eligibility.h"

#define SHARE_WHOLE 10000

static bool has_area(const json_t *areas, const char *area)
{
	size_t index;
	json_t *item;

	json_array_foreach(areas, index, item) {
		const char *code = json_is_string(item) ? json_string_value(item)
							: json_text(item, "code");

		if (strcmp(code, area) == 0)
			return true;
	}
	return json_array_size(areas) == 0 && area[0] == '\0';
}

/* PR-06, PR-07 */
static enum err check_terms(const json_t *programme, const json_t *call,
			    const Stele__ProposalContent *content)
{
	const json_t *areas = json_object_get(call, "areas");
	uint64_t least = 0, greatest = 0;

	(void)json_u64(call, "award_min", &least);
	(void)json_u64(call, "award_max", &greatest);
	if (json_array_size(areas) == 0)
		areas = json_object_get(programme, "areas");
	if (!has_area(areas, content->area))
		return ERR_AREA;
	return content->requested < least || content->requested > greatest ? ERR_REQUESTED : ERR_OK;
}

/* --- members ------------------------------------------------------------------------ */

static bool is_named_before(const Stele__ProposalContent *content, size_t member)
{
	for (size_t i = 0; i < member; i++)
		if (strcmp(content->consortium[i]->org, content->consortium[member]->org) == 0)
			return true;
	return false;
}

static bool is_eligible(const json_t *call, const char *org)
{
	const json_t *terms = json_object_get(call, "eligibility");
	Stele__Eligibility eligibility = STELE__ELIGIBILITY__INIT;

	eligibility.scheme = (char *)(uintptr_t)json_text(terms, "scheme");
	eligibility.division_prefix = (char *)(uintptr_t)json_text(terms, "division_prefix");
	return eligibility_admits(&eligibility, org);
}

static bool has_role(const json_t *organisation, const char *role)
{
	size_t index;
	json_t *item;

	json_array_foreach(json_object_get(organisation, "roles"), index, item)
		if (json_is_string(item) && strcmp(json_string_value(item), role) == 0)
			return true;
	return false;
}

/* PR-08, and PR-11 for who is not the applicant. */
static enum err check_member(struct cli *cli, const json_t *call, const char *org,
			     bool is_applicant)
{
	json_t *organisation = NULL;
	enum err err = api_segment(cli, "member", org);

	if (err == ERR_OK)
		err = api_get(cli, &organisation, "/v1/organisations/%s", org);
	if (err != ERR_OK)
		return err == ERR_NOT_RECORDED ? ERR_NOT_FOUND_ORG : err;
	if (!is_eligible(call, org) || strcmp(json_text(organisation, "status"), "active") != 0 ||
	    (!is_applicant && !has_role(organisation, "applicant")))
		err = ERR_ELIGIBILITY;
	json_decref(organisation);
	return err;
}

/* PR-08 to PR-11; member is who the error is about. */
static enum err check_consortium(struct cli *cli, const json_t *call, const char *applicant,
				 const Stele__ProposalContent *content, const char **member)
{
	bool is_member = false, has_empty = false;
	uint64_t shares = 0;

	for (size_t i = 0; i < content->n_consortium; i++) {
		const Stele__Recipient *recipient = content->consortium[i];
		bool is_applicant = strcmp(recipient->org, applicant) == 0;
		enum err err = is_named_before(content, i)
				       ? ERR_AREA_DUPLICATE
				       : check_member(cli, call, recipient->org, is_applicant);

		*member = recipient->org;
		if (err != ERR_OK)
			return err;
		is_member = is_member || is_applicant;
		has_empty = has_empty || recipient->share == 0;
		shares += recipient->share;
	}
	*member = NULL;
	if (!is_member)
		return ERR_CONSORTIUM;
	return has_empty || shares != SHARE_WHOLE ? ERR_SHARES : ERR_OK;
}

enum err proposal_check(struct cli *cli, const json_t *programme, const json_t *call,
			const char *applicant, const Stele__ProposalContent *content)
{
	const char *member = NULL;
	enum err err = check_terms(programme, call, content);

	if (err == ERR_OK)
		err = check_consortium(cli, call, applicant, content, &member);
	if (err == ERR_OK || (unsigned)err / 1000 != 4)
		return err; /* of the network: a failure already */
	cli_fail(cli, err, "this proposal could not be opened later");
	if (member != NULL)
		cli_fact(cli, "member", "%s", member);
	cli_fact(cli, "submitted", "no, and nothing is in the vault");
	return err;
}
