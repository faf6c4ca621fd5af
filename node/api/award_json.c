#include "node/api/award_json.h"

#include "ledger/payable.h"
#include "node/api/scope.h"
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

static void add_money(const Stele__AwardValue *award, json_t *json)
{
	uint64_t payable = award_payable(award);

	set_money(json, "committed", award->committed);
	set_money(json, "paid", award->paid);
	set_money(json, "payable", payable);
	set_money(json, "remaining", payable - award->paid);
	set_money(json, "demanded", award->demanded);
	set_money(json, "received", award->received);
	set_money(json, "outstanding", award->demanded - award->received);
	if (award->terminated)
		set_money(json, "unspent", award->unspent);
}

json_t *award_json(const Stele__AwardValue *award, const char *currency)
{
	json_t *json = award_base(award);
	char state[ENUM_NAME_MAX];

	award_state_name(state, award->state);
	add_acceptance(award, json);
	add_summary(award, json);
	set_number(json, "number", award->number);
	set_number(json, "version", award->version);
	set_text(json, "state", state);
	set_text(json, "currency", currency);
	add_money(award, json);
	set_number(json, "assessed", award->assessed);
	set_number(json, "disbursements", award->disbursements);
	set_number(json, "recoveries", award->recoveries);
	set_bool(json, "imported", award->import != NULL);
	set_bool(json, "terminated", award->terminated);
	set_made(json, award->log_index, award->changed_log_index, award->motion);
	return json;
}

static bool is_recipient(const struct call *call, const Stele__AwardGrant *grant)
{
	for (size_t i = 0; grant != NULL && i < grant->n_recipients; i++) {
		if (call_wants(call, "organisation", grant->recipients[i]->org))
			return true;
	}
	return request_param(&call->request, "organisation") == NULL;
}

bool award_fits(const struct call *call, const Stele__AwardValue *award)
{
	const Stele__AwardGrant *grant = award->grant;
	char state[ENUM_NAME_MAX];

	award_state_name(state, award->state);
	return call_wants(call, "state", state) && is_recipient(call, grant) &&
	       call_wants(call, "call", grant == NULL ? "" : grant->call) &&
	       call_wants(call, "area", grant == NULL ? "" : grant->area);
}
