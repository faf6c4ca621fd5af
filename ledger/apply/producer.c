/* Who speaks under which producer code: rules C-06 (the code), CG (who
 * propagates a claim's content) and CD (who may use whose code) of
 * docs/ledger.md. */
#include "ledger/apply/producer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mutant.h"
#include "ledger/apply/identifier.h"
#include "ledger/apply/values.h"

/* 00, the format; 1, an organisation; 1, bound by its CN-USCI; that; five
 * characters of its own. */
#define CODE_LEN 27
#define CODE_BEGINNING "0011"
#define CODE_USCI_AT 4

/* Where a code can stand a name can, too; one of 27 bytes has other characters. */
static bool is_code(const char *text)
{
	return strlen(text) == CODE_LEN &&
	       strspn(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == CODE_LEN;
}

static struct state_key key_of_delegation(const char *from, const char *to)
{
	return state_key("delegation/%s/%s", from, to);
}

/* Whose keys sign nothing lends nothing either, and could not end what it lent. */
static enum err check_lent(struct apply *apply, const char *org)
{
	Stele__DelegationValue *delegation;
	Stele__OrgValue *issuer;
	enum err err = get_delegation(apply, key_of_delegation(org, apply->actor), &delegation);

	if (err == ERR_NOT_FOUND ||
	    (err == ERR_OK && delegation->is_ended && !mutant_on("ended_delegation_counts"))) /* C-06 */
		return ERR_LABEL_PRODUCER;
	if (err == ERR_OK)
		err = get_org(apply, key_of_org(org), &issuer);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_STORE_DAMAGED : err;
	return issuer->status == STELE__ORG_STATUS__ORG_ACTIVE ? ERR_OK : ERR_LABEL_PRODUCER;
}

enum err producer_check(struct apply *apply, const char *text)
{
	char org[LIMIT_SEGMENT + 1];

	if (!is_code(text))
		return ERR_OK;
	if (strncmp(text, CODE_BEGINNING, CODE_USCI_AT) != 0) /* C-06 */
		return ERR_LABEL_PRODUCER;
	/* Who has this identifier is registered, so its check digits are right. */
	(void)snprintf(org, sizeof(org), "CN-USCI-%.*s", USCI_LEN, text + CODE_USCI_AT);
	return strcmp(org, apply->actor) == 0 ? ERR_OK : check_lent(apply, org);
}

enum err content_propagate(struct apply *apply, const Stele__ContentPropagate *record)
{
	Stele__PropagationValue value = STELE__PROPAGATION_VALUE__INIT;
	const Stele__ContentRef *target = record->target;
	char hex[HASH_HEX_LEN + 1];
	struct state_key list;
	Stele__ClaimValue *claim;
	uint64_t number;
	enum err err = claim_find(apply, &target->sha256, target->claim, &claim);

	if (err != ERR_OK) /* CG-01 */
		return err;
	if (claim->state != STELE__CLAIM_STATE__CLAIM_LIVE) /* CG-02 */
		return ERR_CLAIM_ENDED;
	err = producer_check(apply, record->propagator);
	if (err != ERR_OK) /* CG-03 */
		return err;
	hex_encode(hex, target->sha256.data, target->sha256.len);
	list = state_key("propagation/%s/%" PRIu64, hex, target->claim);
	err = count_next(apply, list, &number);
	if (err != ERR_OK)
		return err;
	value.record = (Stele__ContentPropagate *)record; /* only read */
	value.org = (char *)apply->actor;
	value.log_index = apply->log_index;
	value.time = apply->time_ms;
	return put_propagation(apply, state_key("%s/%" PRIu64, list.text, number), &value);
}

/* The organisations that an issuer ever named are a list of their own. */
static enum err list_delegation(struct apply *apply, struct state_key key)
{
	uint64_t number;
	enum err err = count_next(apply, state_key("delegation-no/%s", apply->actor), &number);

	if (err != ERR_OK)
		return err;
	return put_place(apply, state_key("delegation-no/%s/%" PRIu64, apply->actor, number), key);
}

enum err content_delegate(struct apply *apply, const Stele__ContentDelegate *record)
{
	struct state_key key = key_of_delegation(apply->actor, record->org);
	Stele__DelegationValue value = STELE__DELEGATION_VALUE__INIT;
	Stele__DelegationValue *before;
	bool is_registered, was_named;
	enum err err = state_has(apply, key_of_org(record->org), &is_registered);

	if (err != ERR_OK)
		return err;
	if (!is_registered) /* CD-01 */
		return ERR_NOT_FOUND_ORG;
	err = get_delegation(apply, key, &before);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	was_named = err == ERR_OK;
	if (strcmp(record->org, apply->actor) == 0 || /* CD-02 */
	    record->is_ended == (was_named ? before->is_ended : true))
		return ERR_DELEGATION;
	value.is_ended = record->is_ended;
	value.log_index = apply->log_index;
	err = was_named ? ERR_OK : list_delegation(apply, key);
	return err == ERR_OK ? put_delegation(apply, key, &value) : err;
}
