#include "clients/cli/export_tables.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/json_pb.h"
#include "proto/role.h"

struct tables {
	struct export_facts *facts;
	const Stele__ProgrammeValue *programme;
	const char *currency;
	export_take_row *take;
	void *context;
	struct export_row row; /* under way */
	/* organisations that the tables name */
	char (*orgs)[LIMIT_SEGMENT + 1];
	size_t orgs_count, orgs_room;
};

static struct export_row *begin(struct tables *tables, const char *table)
{
	export_row_init(&tables->row, table);
	return &tables->row;
}

static void end(struct tables *tables, bool is_heading)
{
	tables->take(tables->context, &tables->row, is_heading);
	export_row_release(&tables->row);
}

static void name_org(struct tables *tables, const char *org)
{
	if (org == NULL || org[0] == '\0' || strlen(org) > LIMIT_SEGMENT)
		return;
	if (tables->orgs_count == tables->orgs_room) {
		tables->orgs_room = tables->orgs_room > 0 ? tables->orgs_room * 2 : 64;
		tables->orgs = reallocarray(tables->orgs, tables->orgs_room, sizeof(*tables->orgs));
		ASSERT(tables->orgs != NULL);
	}
	memcpy(tables->orgs[tables->orgs_count++], org, strlen(org) + 1);
}

static void row_org(struct tables *tables, const char *name, const char *org)
{
	name_org(tables, org);
	row_text(&tables->row, name, org);
}

static void row_names(struct export_row *row, const char *zh, const char *en,
		      const Stele__Names *names)
{
	row_text(row, zh, names != NULL ? names->zh : NULL);
	row_text(row, en, names != NULL ? names->en : NULL);
}

static void row_period(struct export_row *row, const Stele__Period *period)
{
	row_text(row, "start", period != NULL ? period->start : NULL);
	row_text(row, "end", period != NULL ? period->end : NULL);
}

/* --- what is exported, and from where --------------------------------------- */

static void put_export(struct tables *tables, bool is_heading)
{
	const struct header *header = &tables->facts->header;
	struct export_row *row = begin(tables, "export");
	ProtobufCBinaryData chain = {sizeof(header->chain.b), (uint8_t *)(uintptr_t)header->chain.b};
	ProtobufCBinaryData block = {sizeof(tables->facts->block.b), tables->facts->block.b};

	export_row_label(row, "the export's heading");
	row_number(row, "stele_export", EXPORT_VERSION);
	row_text(row, "programme", tables->facts->programme);
	row_text(row, "network", header->origin);
	row_hex(row, "chain", chain);
	row_number(row, "height", header->height);
	row_hex(row, "block", block);
	row_time(row, "time", header->time_ms);
	end(tables, is_heading);
}

/* --- the programme ------------------------------------------------------------- */

static void put_terms(struct tables *tables, const Stele__ProgrammeCreate *terms)
{
	const Stele__Eligibility *eligibility = terms->eligibility;
	struct export_row *row = &tables->row;

	row_text(row, "programme", terms->id);
	row_names(row, "title_zh", "title_en", terms->titles);
	row_org(tables, "funder", terms->funder);
	row_org(tables, "agency", terms->agency);
	row_text(row, "currency", terms->currency);
	row_money(row, "budget", "budget_minor", terms->budget, terms->currency);
	row_number(row, "max_awards", terms->max_awards);
	row_period(row, terms->period);
	row_text(row, "eligible_scheme", eligibility != NULL ? eligibility->scheme : NULL);
	row_text(row, "eligible_division", eligibility != NULL ? eligibility->division_prefix : NULL);
	row_text(row, "legal_basis", terms->legal_basis);
}

static void put_programme(struct tables *tables, const Stele__ProgrammeValue *value,
			  bool is_heading)
{
	Stele__ProgrammeCreate none = STELE__PROGRAMME_CREATE__INIT;
	const Stele__ProgrammeCreate *terms = value->programme != NULL ? value->programme : &none;
	struct export_row *row = begin(tables, "programme");

	export_row_label(row, "programme %s", terms->id);
	put_terms(tables, terms);
	row_money(row, "committed", "committed_minor", value->committed, terms->currency);
	row_money(row, "paid", "paid_minor", value->paid, terms->currency);
	row_money(row, "recovered", "recovered_minor", value->recovered, terms->currency);
	row_number(row, "awards", value->awards);
	row_number(row, "live_awards", value->live_awards);
	row_number(row, "open_awards", value->open_awards);
	row_number(row, "calls", value->calls);
	row_money(row, "call_budgets", "call_budgets_minor", value->call_budgets, terms->currency);
	row_flag(row, "closed", value->closed);
	row_number(row, "number", value->number);
	row_number(row, "version", value->version);
	row_number(row, "log_index", value->log_index);
	row_index(row, "motion", value->motion);
	row_index(row, "changed_log_index", value->changed_log_index);
	end(tables, is_heading);
}

static void put_area(struct tables *tables, const Stele__Area *area, bool is_heading)
{
	struct export_row *row = begin(tables, "areas");

	export_row_label(row, "area %s", area->code);
	row_text(row, "area", area->code);
	row_names(row, "name_zh", "name_en", area->names);
	end(tables, is_heading);
}

static void put_document(struct tables *tables, const char *call, size_t number,
			 const Stele__Document *document, bool is_heading)
{
	struct export_row *row = begin(tables, "documents");

	export_row_label(row, "document %zu of %s%s", number,
			 call != NULL ? "call " : "the programme", call != NULL ? call : "");
	row_text(row, "call", call);
	row_number(row, "document", number);
	row_hex(row, "sha256", document->sha256);
	row_number(row, "size", document->size);
	row_text(row, "media_type", document->media_type);
	row_text(row, "role", document->role);
	end(tables, is_heading);
}

/* --- calls ---------------------------------------------------------------------- */

/* Lent; NULL where it is wanted. */
static const Stele__CallValue *call_at(struct tables *tables, uint64_t k)
{
	const Stele__NameValue *name = export_value(tables->facts, VALUE_NAME, "call-no/%s/%" PRIu64,
						    tables->facts->programme, k);

	return name != NULL ? export_value(tables->facts, VALUE_CALL, "%s", name->key) : NULL;
}

static uint64_t calls_count(const struct tables *tables)
{
	return tables->programme != NULL ? tables->programme->calls : 0;
}

static const char *call_state(const Stele__CallValue *value)
{
	return value->state == STELE__CALL_STATE__CALL_CANCELLED ? "cancelled" : "published";
}

static void put_call_terms(struct tables *tables, const Stele__CallTerms *terms)
{
	const Stele__Eligibility *eligibility = terms->eligibility;
	const Stele__ReviewTerms *review = terms->review;
	struct export_row *row = &tables->row;
	struct buf areas;

	buf_init(&areas, 16384);
	for (size_t i = 0; i < terms->n_areas; i++)
		buf_print(&areas, "%s%s", i > 0 ? " " : "", terms->areas[i]);
	buf_u8(&areas, 0);
	row_names(row, "title_zh", "title_en", terms->titles);
	row_time(row, "opens", terms->opens);
	row_time(row, "deadline", terms->deadline);
	row_time(row, "reveal_until", terms->reveal_until);
	row_time(row, "review_until", terms->review_until);
	row_number(row, "objection_ms", terms->objection_ms);
	row_money(row, "award_min", "award_min_minor", terms->award_min, tables->currency);
	row_money(row, "award_max", "award_max_minor", terms->award_max, tables->currency);
	row_money(row, "budget", "budget_minor", terms->budget, tables->currency);
	row_number(row, "max_awards", terms->max_awards);
	row_number(row, "proposals_per_applicant", terms->proposals_per_applicant);
	row_text(row, "eligible_scheme", eligibility != NULL ? eligibility->scheme : NULL);
	row_text(row, "eligible_division", eligibility != NULL ? eligibility->division_prefix : NULL);
	row_text(row, "areas", areas.has_failed ? NULL : (const char *)areas.at);
	row_number(row, "panel_min", review != NULL ? review->panel_min : 0);
	row_number(row, "quorum", review != NULL ? review->quorum : 0);
	row_number(row, "threshold", review != NULL ? review->threshold : 0);
	buf_release(&areas);
}

static void put_call(struct tables *tables, const Stele__CallValue *value, bool is_heading)
{
	Stele__CallTerms none = STELE__CALL_TERMS__INIT;
	struct export_row *row = begin(tables, "calls");

	export_row_label(row, "call %s", value->call);
	row_text(row, "call", value->call);
	row_text(row, "state", call_state(value));
	put_call_terms(tables, value->terms != NULL ? value->terms : &none);
	row_number(row, "proposals", value->proposals);
	row_number(row, "revealed", value->revealed);
	row_number(row, "decided", value->decided);
	row_number(row, "selected", value->selected);
	row_money(row, "selected_amount", "selected_amount_minor", value->selected_amount,
		  tables->currency);
	row_number(row, "awards", value->awards);
	row_number(row, "live_awards", value->live_awards);
	row_money(row, "committed", "committed_minor", value->committed, tables->currency);
	row_number(row, "reviewers", value->reviewers);
	row_number(row, "objections", value->objections);
	row_number(row, "open_objections", value->open_objections);
	row_number(row, "version", value->version);
	row_number(row, "log_index", value->log_index);
	row_index(row, "motion", value->motion);
	row_index(row, "changed_log_index", value->changed_log_index);
	end(tables, is_heading);
}

static void put_decision(struct tables *tables, const char *call, const Stele__ProposalValue *value,
			 bool is_heading)
{
	const Stele__ProposalContent *content = value->content;
	struct export_row *row = begin(tables, "decisions");
	char state[ENUM_NAME_MAX];

	proposal_state_name(state, value->state);
	export_row_label(row, "proposal %" PRIu64 " of call %s", value->number, call);
	row_text(row, "call", call);
	row_number(row, "proposal", value->number);
	row_org(tables, "applicant", value->org);
	row_text(row, "state", state);
	row_names(row, "title_zh", "title_en", content != NULL ? content->titles : NULL);
	row_text(row, "area", content != NULL ? content->area : NULL);
	row_money(row, "requested", "requested_minor", content != NULL ? content->requested : 0,
		  tables->currency);
	row_number(row, "reviews", value->revealed_reviews);
	row_number(row, "score", value->score);
	row_number(row, "decisions", value->decisions);
	row_time(row, "decided", value->decided_time);
	row_money(row, "amount", "amount_minor", value->amount, tables->currency);
	row_index(row, "award", value->award);
	row_number(row, "open_objections", value->open_objections);
	row_index(row, "decided_log_index", value->decided_log_index);
	row_index(row, "decided_motion", value->decided_motion);
	row_number(row, "log_index", value->log_index);
	row_index(row, "changed_log_index", value->changed_log_index);
	end(tables, is_heading);
}

static void put_decisions(struct tables *tables)
{
	Stele__ProposalValue none = STELE__PROPOSAL_VALUE__INIT;

	put_decision(tables, "", &none, true);
	for (uint64_t k = 1; k <= calls_count(tables) && export_facts_go_on(tables->facts); k++) {
		const Stele__CallValue *call = call_at(tables, k);
		uint64_t count = call != NULL ? call->proposals : 0;

		for (uint64_t j = 1; j <= count && export_facts_go_on(tables->facts); j++) {
			const Stele__ProposalValue *value =
				export_value(tables->facts, VALUE_PROPOSAL, "proposal/%s/%s/%" PRIu64,
					     tables->facts->programme, call->call, j);

			if (value != NULL)
				put_decision(tables, call->call, value, false);
		}
	}
}

/* --- awards --------------------------------------------------------------------- */

static void put_grant(struct tables *tables, const Stele__AwardGrant *grant)
{
	struct export_row *row = &tables->row;

	row_names(row, "title_zh", "title_en", grant->titles);
	row_text(row, "area", grant->area);
	row_text(row, "call", grant->call);
	row_index(row, "proposal", grant->proposal);
	row_period(row, grant->period);
	row_hex(row, "terms_sha256", grant->terms_sha256);
}

static void put_import(struct tables *tables, const Stele__AwardImport *import)
{
	struct export_row *row = &tables->row;

	row_text(row, "publisher_id", import->publisher_id);
	row_text(row, "title", import->title);
	row_text(row, "recipient_id", import->recipient_id);
	row_text(row, "recipient_name", import->recipient_name);
	row_text(row, "date", import->date);
	row_hex(row, "document_sha256", import->document_sha256);
}

static uint64_t amount_of(const Stele__AwardValue *value)
{
	if (value->grant != NULL)
		return value->grant->amount;
	return value->import != NULL ? value->import->amount : 0;
}

static void put_award(struct tables *tables, const Stele__AwardValue *value, bool is_heading)
{
	Stele__AwardGrant no_grant = STELE__AWARD_GRANT__INIT;
	Stele__AwardImport no_import = STELE__AWARD_IMPORT__INIT;
	struct export_row *row = begin(tables, "awards");
	char state[ENUM_NAME_MAX];

	award_state_name(state, value->state);
	export_row_label(row, "award %" PRIu64, value->number);
	row_number(row, "award", value->number);
	row_text(row, "state", state);
	row_money(row, "amount", "amount_minor", amount_of(value), tables->currency);
	row_text(row, "currency", tables->currency);
	put_import(tables, value->import != NULL ? value->import : &no_import);
	put_grant(tables, value->grant != NULL ? value->grant : &no_grant);
	row_money(row, "committed", "committed_minor", value->committed, tables->currency);
	row_money(row, "payable", "payable_minor", value->payable, tables->currency);
	row_money(row, "paid", "paid_minor", value->paid, tables->currency);
	row_money(row, "demanded", "demanded_minor", value->demanded, tables->currency);
	row_money(row, "received", "received_minor", value->received, tables->currency);
	row_flag(row, "terminated", value->terminated);
	row_money(row, "unspent", "unspent_minor", value->unspent, tables->currency);
	row_number(row, "payments", value->disbursements);
	row_number(row, "recoveries", value->recoveries);
	row_number(row, "assessed", value->assessed);
	row_number(row, "version", value->version);
	row_number(row, "log_index", value->log_index);
	row_index(row, "motion", value->motion);
	row_index(row, "changed_log_index", value->changed_log_index);
	end(tables, is_heading);
}

static bool has_accepted(const Stele__AwardValue *value, size_t recipient)
{
	for (size_t i = 0; i < value->n_accepted; i++)
		if (value->accepted[i] == recipient + 1)
			return true;
	return false;
}

static void put_recipient(struct tables *tables, const Stele__AwardValue *value, size_t at,
			  const Stele__Recipient *recipient, bool is_heading)
{
	struct export_row *row = begin(tables, "recipients");

	export_row_label(row, "recipient %zu of award %" PRIu64, at + 1, value->number);
	row_number(row, "award", value->number);
	row_number(row, "recipient", at + 1);
	row_org(tables, "organisation", recipient->org);
	row_number(row, "share", recipient->share);
	row_flag(row, "accepted", has_accepted(value, at));
	end(tables, is_heading);
}

static void put_milestone(struct tables *tables, uint64_t award, const Stele__Milestone *milestone,
			  const Stele__MilestoneValue *done, bool is_heading)
{
	struct export_row *row = begin(tables, "milestones");
	char result[ENUM_NAME_MAX];

	assessment_name(result, done->result);
	export_row_label(row, "milestone %u of award %" PRIu64, milestone->number, award);
	row_number(row, "award", award);
	row_number(row, "milestone", milestone->number);
	row_text(row, "due", milestone->due);
	row_money(row, "amount", "amount_minor", milestone->amount, tables->currency);
	row_hex(row, "criteria_sha256", milestone->criteria_sha256);
	row_number(row, "claims", done->claims);
	row_number(row, "evidence", done->n_evidence);
	row_text(row, "result",
		 done->result != STELE__ASSESSMENT__ASSESSMENT_NONE ? result : NULL);
	row_money(row, "payable", "payable_minor", done->payable, tables->currency);
	row_index(row, "claimed_log_index", done->claimed_log_index);
	row_index(row, "assessed_log_index", done->assessed_log_index);
	row_index(row, "motion", done->motion);
	end(tables, is_heading);
}

static void put_amendment(struct tables *tables, uint64_t award, uint64_t version,
			  const struct export_amendment *amendment, bool is_heading)
{
	const Stele__AwardAmend *terms = amendment->terms;
	struct export_row *row = begin(tables, "amendments");

	export_row_label(row, "amendment %" PRIu64 " of award %" PRIu64, version, award);
	row_number(row, "award", award);
	row_number(row, "version", version);
	row_money(row, "amount", "amount_minor", terms->amount, tables->currency);
	row_period(row, terms->period);
	row_hex(row, "terms_sha256", terms->terms_sha256);
	row_number(row, "milestones", terms->n_milestones);
	row_hex(row, "reason_sha256", terms->reason_sha256);
	row_index(row, "log_index", amendment->log_index);
	row_index(row, "motion", amendment->motion);
	end(tables, is_heading);
}

static void put_payment(struct tables *tables, uint64_t award, const Stele__DisbursementValue *value,
			bool is_heading)
{
	Stele__DisbursementRecord none = STELE__DISBURSEMENT_RECORD__INIT;
	const Stele__DisbursementRecord *record = value->record != NULL ? value->record : &none;
	struct export_row *row = begin(tables, "payments");

	export_row_label(row, "payment %" PRIu64 " of award %" PRIu64, value->number, award);
	row_number(row, "award", award);
	row_number(row, "payment", value->number);
	row_text(row, "state", value->reversed_log_index > 0 ? "reversed" : "standing");
	row_index(row, "milestone", record->milestone);
	row_money(row, "amount", "amount_minor", record->amount, tables->currency);
	row_text(row, "currency", tables->currency);
	row_org(tables, "payer", record->payer);
	row_org(tables, "payee", record->payee);
	row_text(row, "value_date", record->value_date);
	row_hex(row, "reference_sha256", record->reference_sha256);
	row_number(row, "log_index", value->log_index);
	row_index(row, "motion", value->motion);
	row_index(row, "reversed_log_index", value->reversed_log_index);
	row_index(row, "reverse_motion", value->reverse_motion);
	end(tables, is_heading);
}

static void put_recovery(struct tables *tables, uint64_t award, const Stele__RecoveryValue *value,
			 bool is_heading)
{
	Stele__RecoveryDemand no_demand = STELE__RECOVERY_DEMAND__INIT;
	Stele__RecoveryReceive no_receipt = STELE__RECOVERY_RECEIVE__INIT;
	const Stele__RecoveryDemand *demand = value->demand != NULL ? value->demand : &no_demand;
	const Stele__RecoveryReceive *receipt = value->receipt != NULL ? value->receipt : &no_receipt;
	struct export_row *row = begin(tables, "recoveries");

	export_row_label(row, "recovery %" PRIu64 " of award %" PRIu64, value->number, award);
	row_number(row, "award", award);
	row_number(row, "recovery", value->number);
	row_text(row, "kind", value->receipt != NULL ? "receipt" : "demand");
	row_money(row, "amount", "amount_minor",
		  value->receipt != NULL ? receipt->amount : demand->amount, tables->currency);
	row_text(row, "currency", tables->currency);
	row_text(row, "due", demand->due);
	row_hex(row, "reason_sha256", demand->reason_sha256);
	row_org(tables, "payer", receipt->payer);
	row_text(row, "value_date", receipt->value_date);
	row_hex(row, "reference_sha256", receipt->reference_sha256);
	row_number(row, "log_index", value->log_index);
	row_index(row, "motion", value->motion);
	end(tables, is_heading);
}

/* --- what stands below awards ------------------------------------------------ */

/* What of one award goes into the table under way. */
typedef void below_award(struct tables *tables, const Stele__AwardValue *award);

static void each_award(struct tables *tables, below_award *put)
{
	uint64_t count = tables->programme != NULL ? tables->programme->awards : 0;

	for (uint64_t k = 1; k <= count && export_facts_go_on(tables->facts); k++) {
		const Stele__AwardValue *award =
			export_value(tables->facts, VALUE_AWARD, "award/%s/%" PRIu64,
				     tables->facts->programme, k);

		if (award != NULL)
			put(tables, award);
	}
}

static void put_the_award(struct tables *tables, const Stele__AwardValue *award)
{
	put_award(tables, award, false);
}

static void put_recipients(struct tables *tables, const Stele__AwardValue *award)
{
	for (size_t i = 0; award->grant != NULL && i < award->grant->n_recipients; i++)
		put_recipient(tables, award, i, award->grant->recipients[i], false);
}

static void put_milestones(struct tables *tables, const Stele__AwardValue *award)
{
	for (size_t i = 0; award->grant != NULL && i < award->grant->n_milestones; i++) {
		const Stele__Milestone *milestone = award->grant->milestones[i];
		const Stele__MilestoneValue *done =
			export_value_if_any(tables->facts, VALUE_MILESTONE, "milestone/%s/%" PRIu64 "/%u",
				     tables->facts->programme, award->number, milestone->number);
		Stele__MilestoneValue none = STELE__MILESTONE_VALUE__INIT;

		put_milestone(tables, award->number, milestone, done != NULL ? done : &none, false);
	}
}

static void put_amendments(struct tables *tables, const Stele__AwardValue *award)
{
	for (uint64_t version = 1; version <= award->version && export_facts_go_on(tables->facts);
	     version++) {
		struct export_amendment amendment;

		if (export_amendment(tables->facts, award->number, version, &amendment))
			put_amendment(tables, award->number, version, &amendment, false);
	}
}

static void put_payments(struct tables *tables, const Stele__AwardValue *award)
{
	for (uint64_t j = 1; j <= award->disbursements && export_facts_go_on(tables->facts); j++) {
		const Stele__DisbursementValue *value = export_value(
			tables->facts, VALUE_DISBURSEMENT, "disbursement/%s/%" PRIu64 "/%" PRIu64,
			tables->facts->programme, award->number, j);

		if (value != NULL)
			put_payment(tables, award->number, value, false);
	}
}

static void put_recoveries(struct tables *tables, const Stele__AwardValue *award)
{
	for (uint64_t j = 1; j <= award->recoveries && export_facts_go_on(tables->facts); j++) {
		const Stele__RecoveryValue *value =
			export_value(tables->facts, VALUE_RECOVERY,
				     "recovery/%s/%" PRIu64 "/%" PRIu64, tables->facts->programme,
				     award->number, j);

		if (value != NULL)
			put_recovery(tables, award->number, value, false);
	}
}

/* --- organisations --------------------------------------------------------------- */

static void put_org(struct tables *tables, const char *id, const Stele__OrgValue *value,
		    bool is_heading)
{
	struct export_row *row = begin(tables, "organisations");
	char status[ENUM_NAME_MAX];
	struct buf roles;

	buf_init(&roles, 256);
	for (size_t i = 0; i < value->n_roles; i++)
		buf_print(&roles, "%s%s", i > 0 ? " " : "", role_name((uint32_t)value->roles[i]));
	buf_u8(&roles, 0);
	org_status_name(status, value->status);
	export_row_label(row, "organisation %s", id);
	row_text(row, "organisation", id);
	row_names(row, "name_zh", "name_en", value->names);
	row_text(row, "status", status);
	row_text(row, "roles", roles.has_failed ? NULL : (const char *)roles.at);
	row_number(row, "number", value->number);
	row_number(row, "log_index", value->log_index);
	row_index(row, "motion", value->motion);
	row_index(row, "status_log_index", value->status_log_index);
	buf_release(&roles);
	end(tables, is_heading);
}

static int compare_orgs(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void put_orgs(struct tables *tables)
{
	Stele__OrgValue none = STELE__ORG_VALUE__INIT;

	put_org(tables, "", &none, true);
	if (tables->orgs_count > 0)
		qsort(tables->orgs, tables->orgs_count, sizeof(*tables->orgs), compare_orgs);
	for (size_t i = 0; i < tables->orgs_count; i++) {
		const Stele__OrgValue *value;

		if (i > 0 && strcmp(tables->orgs[i - 1], tables->orgs[i]) == 0)
			continue;
		value = export_value_if_any(tables->facts, VALUE_ORG, "org/%s", tables->orgs[i]);
		if (value != NULL)
			put_org(tables, tables->orgs[i], value, false);
	}
}

/* --- all of it -------------------------------------------------------------------- */

static void put_areas(struct tables *tables)
{
	const Stele__ProgrammeCreate *terms = tables->programme->programme;
	Stele__Area none = STELE__AREA__INIT;

	put_area(tables, &none, true);
	for (size_t i = 0; terms != NULL && i < terms->n_areas; i++)
		put_area(tables, terms->areas[i], false);
}

static void put_calls(struct tables *tables)
{
	Stele__CallValue none = STELE__CALL_VALUE__INIT;

	put_call(tables, &none, true);
	for (uint64_t k = 1; k <= calls_count(tables) && export_facts_go_on(tables->facts); k++) {
		const Stele__CallValue *call = call_at(tables, k);

		if (call != NULL)
			put_call(tables, call, false);
	}
}

static void put_documents(struct tables *tables)
{
	const Stele__ProgrammeCreate *terms = tables->programme->programme;
	Stele__Document none = STELE__DOCUMENT__INIT;

	put_document(tables, NULL, 0, &none, true);
	for (size_t i = 0; terms != NULL && i < terms->n_documents; i++)
		put_document(tables, NULL, i + 1, terms->documents[i], false);
	for (uint64_t k = 1; k <= calls_count(tables) && export_facts_go_on(tables->facts); k++) {
		const Stele__CallValue *call = call_at(tables, k);

		for (size_t i = 0;
		     call != NULL && call->terms != NULL && i < call->terms->n_documents; i++)
			put_document(tables, call->call, i + 1, call->terms->documents[i], false);
	}
}

static void put_awards(struct tables *tables)
{
	Stele__AwardValue award = STELE__AWARD_VALUE__INIT;
	Stele__Recipient recipient = STELE__RECIPIENT__INIT;
	Stele__Milestone milestone = STELE__MILESTONE__INIT;
	Stele__MilestoneValue done = STELE__MILESTONE_VALUE__INIT;
	Stele__AwardAmend amend = STELE__AWARD_AMEND__INIT;
	const struct export_amendment amendment = {.terms = &amend};
	Stele__DisbursementValue payment = STELE__DISBURSEMENT_VALUE__INIT;
	Stele__RecoveryValue recovery = STELE__RECOVERY_VALUE__INIT;

	put_award(tables, &award, true);
	each_award(tables, put_the_award);
	put_recipient(tables, &award, 0, &recipient, true);
	each_award(tables, put_recipients);
	put_milestone(tables, 0, &milestone, &done, true);
	each_award(tables, put_milestones);
	put_amendment(tables, 0, 0, &amendment, true);
	each_award(tables, put_amendments);
	put_payment(tables, 0, &payment, true);
	each_award(tables, put_payments);
	put_recovery(tables, 0, &recovery, true);
	each_award(tables, put_recoveries);
}

void export_tables(struct export_facts *facts, export_take_row *take, void *context)
{
	Stele__ProgrammeValue none = STELE__PROGRAMME_VALUE__INIT;
	struct tables tables = {.facts = facts, .currency = "", .take = take, .context = context};
	const Stele__ProgrammeValue *programme =
		export_value(facts, VALUE_PROGRAMME, "programme/%s", facts->programme);

	put_export(&tables, true);
	put_export(&tables, false);
	put_programme(&tables, &none, true);
	if (programme != NULL && programme->programme != NULL) {
		tables.programme = programme;
		tables.currency = programme->programme->currency;
		put_programme(&tables, programme, false);
		put_areas(&tables);
		put_calls(&tables);
		put_documents(&tables);
		put_decisions(&tables);
		put_awards(&tables);
		put_orgs(&tables);
	}
	free(tables.orgs);
}
