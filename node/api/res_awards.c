/* Awards of a programme, and the payments on each. */
#include <inttypes.h>
#include <string.h>

#include "node/api/resources.h"
#include "ledger/payable.h"
#include "proto/json_pb.h"

static bool has_accepted(const Stele__AwardValue *award, size_t recipient)
{
	for (size_t i = 0; i < award->n_accepted; i++) {
		if (award->accepted[i] == recipient + 1)
			return true;
	}
	return false;
}

/* Each recipient says whether it has accepted. */
static void add_acceptance(const Stele__AwardValue *award, json_t *json)
{
	json_t *recipients = json_object_get(json, "recipients");
	json_t *recipient;
	size_t i;

	json_array_foreach (recipients, i, recipient)
		set_bool(recipient, "accepted", has_accepted(award, i));
}

static json_t *award_base(const Stele__AwardValue *award)
{
	if (award->grant != NULL)
		return json_of_message(award->grant);
	return award->import != NULL ? json_of_message(award->import) : json_object();
}

/* One line's worth of both kinds of award: a title, and who receives it. */
static void add_summary(const Stele__AwardValue *award, json_t *json)
{
	const Stele__AwardGrant *grant = award->grant;
	const Stele__AwardImport *import = award->import;

	if (grant != NULL && grant->titles != NULL)
		set_text(json, "title",
			 grant->titles->en[0] != '\0' ? grant->titles->en : grant->titles->zh);
	if (grant != NULL && grant->n_recipients > 0)
		set_text(json, "recipient", grant->recipients[0]->org);
	if (import != NULL)
		set_text(json, "recipient", import->recipient_name[0] != '\0' ? import->recipient_name
									      : import->recipient_id);
}

static json_t *award_json(const Stele__AwardValue *award, const Stele__ProgrammeValue *programme)
{
	json_t *json = award_base(award);
	char state[32];

	award_state_name(state, award->state);
	add_acceptance(award, json);
	add_summary(award, json);
	set_number(json, "number", award->number);
	set_text(json, "state", state);
	if (programme->programme != NULL)
		set_text(json, "currency", programme->programme->currency);
	set_money(json, "committed", award->committed);
	set_money(json, "paid", award->paid);
	set_money(json, "payable", award_payable(award));
	set_number(json, "disbursements", award->disbursements);
	set_bool(json, "imported", award->import != NULL);
	set_bool(json, "terminated", award->terminated);
	set_number(json, "log_index", award->log_index);
	if (award->motion > 0)
		set_number(json, "motion", award->motion);
	return json;
}

static enum err find_programme(struct call *call, Stele__ProgrammeValue **out)
{
	return call_value(call, VALUE_PROGRAMME, out, "programme/%s", call->match.args[0]);
}

static enum err find_award(struct call *call, Stele__AwardValue **out)
{
	uint64_t number;

	if (!call_number(call->match.args[1], &number))
		return ERR_NOT_FOUND;
	return call_value(call, VALUE_AWARD, out, "award/%s/%" PRIu64, call->match.args[0], number);
}

static bool is_state(const char *state)
{
	char name[32];

	for (int i = STELE__AWARD_STATE__AWARD_GRANTED; i <= STELE__AWARD_STATE__AWARD_IMPORTED; i++) {
		award_state_name(name, (Stele__AwardState)i);
		if (strcmp(name, state) == 0)
			return true;
	}
	return false;
}

static enum err add_awards(struct call *call, const Stele__ProgrammeValue *programme,
			   struct page *page, const char *wanted, json_t *items)
{
	Stele__AwardValue *award;
	uint64_t number;
	char state[32];

	while ((number = page_next(page)) != 0) {
		enum err err = call_value(call, VALUE_AWARD, &award, "award/%s/%" PRIu64,
					  call->match.args[0], number);

		if (err != ERR_OK)
			return err;
		award_state_name(state, award->state);
		if (wanted != NULL && strcmp(wanted, state) != 0)
			continue;
		(void)json_array_append_new(items, award_json(award, programme));
		page_add(page);
	}
	return ERR_OK;
}

enum progress res_awards(struct call *call)
{
	const char *wanted = request_param(&call->request, "state");
	Stele__ProgrammeValue *programme;
	json_t *items;
	struct page page;
	enum err err = find_programme(call, &programme);

	if (wanted != NULL && !is_state(wanted))
		return call_bad_param(call, "state");
	if (err == ERR_OK)
		err = call_page(call, &page, programme->awards, false);
	if (err != ERR_OK)
		return call_fail(call, err, NULL);
	items = json_array();
	err = add_awards(call, programme, &page, wanted, items);
	if (err == ERR_OK)
		return call_ok(call, page_json(&page, items, call->tip.height));
	json_decref(items);
	return call_fail(call, err, NULL);
}

static enum err disbursement_json(struct call *call, uint64_t number, const char *currency,
				  json_t **out)
{
	Stele__DisbursementValue *value;
	enum err err = call_value(call, VALUE_DISBURSEMENT, &value,
				  "disbursement/%s/%s/%" PRIu64, call->match.args[0],
				  call->match.args[1], number);

	if (err != ERR_OK)
		return err;
	*out = value->record == NULL ? json_object() : json_of_message(value->record);
	set_number(*out, "number", value->number);
	set_text(*out, "currency", currency);
	set_number(*out, "log_index", value->log_index);
	if (value->motion > 0)
		set_number(*out, "motion", value->motion);
	return ERR_OK;
}

static const char *currency_of(const Stele__ProgrammeValue *programme)
{
	return programme->programme == NULL ? "" : programme->programme->currency;
}

enum progress res_award(struct call *call)
{
	Stele__ProgrammeValue *programme;
	Stele__AwardValue *award;
	enum err err = find_programme(call, &programme);

	if (err == ERR_OK)
		err = find_award(call, &award);
	if (err != ERR_OK)
		return call_fail(call, err, NULL);
	return call_ok(call, award_json(award, programme));
}

enum progress res_disbursements(struct call *call)
{
	json_t *items = json_array(), *item;
	Stele__ProgrammeValue *programme;
	Stele__AwardValue *award;
	struct page page;
	uint64_t number;
	enum err err = find_programme(call, &programme);

	if (err == ERR_OK)
		err = find_award(call, &award);
	if (err == ERR_OK)
		err = call_page(call, &page, award->disbursements, false);
	while (err == ERR_OK && (number = page_next(&page)) != 0) {
		err = disbursement_json(call, number, currency_of(programme), &item);
		if (err == ERR_OK)
			(void)json_array_append_new(items, item);
		page_add(&page);
	}
	if (err == ERR_OK)
		return call_ok(call, page_json(&page, items, call->tip.height));
	json_decref(items);
	return call_fail(call, err, NULL);
}
