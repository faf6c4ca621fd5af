#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clients/cli/export_format.h"
#include "clients/cli/export_row.h"
#include "clients/cli/when.h"
#include "proto/json_pb.h"

#define DAY_TIME "T00:00:00+00:00" /* the standard asks for date and time where a day is known */

struct package {
	struct export_facts *facts;
	const Stele__ProgrammeCreate *terms;
	struct export_file *file;
	bool is_first; /* of the members under way */
};

/* --- members -------------------------------------------------------------------- */

static void begin(struct package *package, char bracket)
{
	buf_u8(&package->file->text, (uint8_t)bracket);
	package->is_first = true;
}

static void finish(struct package *package, char bracket)
{
	buf_u8(&package->file->text, (uint8_t)bracket);
	package->is_first = false;
}

static void comma(struct package *package)
{
	if (!package->is_first)
		buf_u8(&package->file->text, ',');
	package->is_first = false;
}

static void name(struct package *package, const char *member)
{
	comma(package);
	export_json_text(&package->file->text, member);
	buf_u8(&package->file->text, ':');
	export_file_mark(package->file, member);
}

static void text(struct package *package, const char *member, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	name(package, member);
	export_json_text(&package->file->text, value);
}

static void number(struct package *package, const char *member, uint64_t value)
{
	char digits[24];

	(void)snprintf(digits, sizeof(digits), "%" PRIu64, value);
	text(package, member, digits);
}

static void hex(struct package *package, const char *member, ProtobufCBinaryData data)
{
	if (data.len == 0)
		return;
	name(package, member);
	buf_u8(&package->file->text, '"');
	buf_hex(&package->file->text, data.data, data.len);
	buf_u8(&package->file->text, '"');
}

static void money(struct package *package, const char *member, uint64_t minor)
{
	char decimal[EXPORT_DECIMAL_MAX];

	export_decimal(decimal, minor, package->terms->currency);
	name(package, member);
	buf_print(&package->file->text, "%s", decimal);
}

static void day(struct package *package, const char *member, const char *date)
{
	if (date == NULL || date[0] == '\0')
		return;
	name(package, member);
	buf_print(&package->file->text, "\"%s" DAY_TIME "\"", date);
}

static void time_of(struct package *package, const char *member, uint64_t ms)
{
	char formatted[WHEN_TEXT_MAX];

	when_format(formatted, ms);
	text(package, member, formatted);
}

static void organisation(struct package *package, const char *id, const char *full_name)
{
	comma(package);
	begin(package, '{');
	text(package, "id", id);
	text(package, "name", full_name);
	finish(package, '}');
}

static const char *one_of(const Stele__Names *names)
{
	if (names == NULL)
		return "";
	return names->en[0] != '\0' ? names->en : names->zh;
}

/* --- what every grant has --------------------------------------------------------- */

static void put_funder(struct package *package)
{
	const char *funder = package->terms->funder;

	name(package, "fundingOrganization");
	begin(package, '[');
	organisation(package, funder, export_org_name(package->facts, funder));
	finish(package, ']');
	name(package, "grantProgramme");
	begin(package, '[');
	comma(package);
	begin(package, '{');
	text(package, "code", package->terms->id);
	text(package, "title", one_of(package->terms->titles));
	finish(package, '}');
	finish(package, ']');
}

/* What the ledger holds besides, under a name of its own. */
static void put_stele(struct package *package, const Stele__AwardValue *award,
		      const char *document, ProtobufCBinaryData sha256)
{
	char state[ENUM_NAME_MAX];

	award_state_name(state, award->state);
	name(package, "stele");
	begin(package, '{');
	number(package, "award", award->number);
	text(package, "state", state);
	hex(package, document, sha256);
	number(package, "version", award->version);
	number(package, "log_index", award->log_index);
	finish(package, '}');
}

/* --- imported ------------------------------------------------------------------- */

static void put_imported(struct package *package, const Stele__AwardValue *award)
{
	const Stele__AwardImport *import = award->import;
	struct buf *out = &package->file->text;

	text(package, "id", import->publisher_id);
	text(package, "title", import->title);
	name(package, "description");
	buf_print(out, "\"Published elsewhere and imported into programme %s as award %" PRIu64
		       "; SHA-256 of the published row: ",
		  package->terms->id, award->number);
	buf_hex(out, import->document_sha256.data, import->document_sha256.len);
	buf_u8(out, '"');
	text(package, "currency", package->terms->currency);
	money(package, "amountAwarded", import->amount);
	day(package, "awardDate", import->date);
	name(package, "recipientOrganization");
	begin(package, '[');
	organisation(package, import->recipient_id, import->recipient_name);
	finish(package, ']');
	put_funder(package);
	put_stele(package, award, "document_sha256", import->document_sha256);
}

/* --- granted here ---------------------------------------------------------------- */

/* When the applicant was selected; of an award without a call until when the record that
 * granted it was valid, at most ten minutes after it was recorded. */
static uint64_t awarded_ms(struct package *package, const Stele__AwardValue *award)
{
	const Stele__AwardGrant *grant = award->grant;
	const Stele__ProposalValue *proposal;
	const struct tx *tx;

	if (grant->call[0] != '\0') {
		proposal = export_value(package->facts, VALUE_PROPOSAL, "proposal/%s/%s/%" PRIu64,
					package->facts->programme, grant->call, grant->proposal);
		return proposal != NULL ? proposal->decided_time : 0;
	}
	tx = export_leaf_tx(package->facts, award->log_index);
	return tx != NULL ? tx->message->valid_until : 0;
}

static void put_dates(struct package *package, const Stele__Period *period)
{
	if (period == NULL)
		return;
	name(package, "plannedDates");
	begin(package, '[');
	comma(package);
	begin(package, '{');
	day(package, "startDate", period->start);
	day(package, "endDate", period->end);
	finish(package, '}');
	finish(package, ']');
}

static void put_area(struct package *package, const char *code)
{
	const Stele__Area *area = NULL;

	if (code[0] == '\0')
		return;
	for (size_t i = 0; i < package->terms->n_areas; i++)
		if (strcmp(package->terms->areas[i]->code, code) == 0)
			area = package->terms->areas[i];
	name(package, "classifications");
	begin(package, '[');
	comma(package);
	begin(package, '{');
	text(package, "vocabulary", "areas of the programme");
	text(package, "code", code);
	text(package, "title", area != NULL ? one_of(area->names) : NULL);
	finish(package, '}');
	finish(package, ']');
}

static void put_payment(struct package *package, const Stele__AwardValue *award,
			const Stele__DisbursementValue *payment)
{
	const Stele__DisbursementRecord *record = payment->record;

	if (record == NULL || payment->reversed_log_index > 0)
		return;
	comma(package);
	begin(package, '{');
	name(package, "id");
	buf_print(&package->file->text, "\"%" PRIu64 "/%" PRIu64 "\"", award->number,
		  payment->number);
	day(package, "transactionDate", record->value_date);
	text(package, "currency", package->terms->currency);
	money(package, "value", record->amount);
	text(package, "provider", record->payer);
	text(package, "recipient", record->payee);
	finish(package, '}');
}

/* Those that stand: they add up to amountDisbursed. */
static void put_payments(struct package *package, const Stele__AwardValue *award)
{
	name(package, "disbursementTransaction");
	begin(package, '[');
	for (uint64_t j = 1; j <= award->disbursements && export_facts_go_on(package->facts); j++) {
		const Stele__DisbursementValue *payment = export_value(
			package->facts, VALUE_DISBURSEMENT, "disbursement/%s/%" PRIu64 "/%" PRIu64,
			package->facts->programme, award->number, j);

		if (payment != NULL)
			put_payment(package, award, payment);
	}
	finish(package, ']');
}

static void put_recipients(struct package *package, const Stele__AwardGrant *grant)
{
	name(package, "recipientOrganization");
	begin(package, '[');
	for (size_t i = 0; i < grant->n_recipients; i++)
		organisation(package, grant->recipients[i]->org,
			     export_org_name(package->facts, grant->recipients[i]->org));
	finish(package, ']');
}

static void put_description(struct package *package, const Stele__AwardValue *award)
{
	const Stele__AwardGrant *grant = award->grant;
	struct buf description;

	buf_init(&description, 4096);
	buf_print(&description, "Award %" PRIu64 " of programme %s", award->number,
		  package->terms->id);
	if (grant->call[0] != '\0')
		buf_print(&description, ", proposal %" PRIu64 " of call %s", grant->proposal,
			  grant->call);
	if (grant->titles != NULL && grant->titles->en[0] != '\0' && grant->titles->zh[0] != '\0')
		buf_print(&description, "; %s", grant->titles->zh);
	buf_u8(&description, 0);
	text(package, "description", (const char *)description.at);
	buf_release(&description);
}

static void put_granted(struct package *package, const Stele__AwardValue *award)
{
	const Stele__AwardGrant *grant = award->grant;
	const char *title = one_of(grant->titles);
	struct buf id;

	buf_init(&id, 512);
	buf_print(&id, "%s/%s/%" PRIu64, package->facts->header.origin, package->terms->id,
		  award->number);
	buf_u8(&id, 0);
	text(package, "id", (const char *)id.at);
	text(package, "title", title[0] != '\0' ? title : (const char *)id.at);
	buf_release(&id);
	put_description(package, award);
	text(package, "currency", package->terms->currency);
	money(package, "amountAwarded", grant->amount);
	money(package, "amountDisbursed", award->paid);
	time_of(package, "awardDate", awarded_ms(package, award));
	put_dates(package, grant->period);
	put_recipients(package, grant);
	put_funder(package);
	text(package, "fromOpenCall", grant->call[0] != '\0' ? "Yes" : "No");
	put_area(package, grant->area);
	put_payments(package, award);
	put_stele(package, award, "terms_sha256", grant->terms_sha256);
}

/* --- the package ------------------------------------------------------------------- */

static void put_heading(struct package *package)
{
	const struct header *header = &package->facts->header;
	const char *funder = package->terms->funder;

	export_file_row(package->file, "the package");
	begin(package, '{');
	text(package, "version", "1.4");
	text(package, "title", one_of(package->terms->titles));
	name(package, "publisher");
	begin(package, '{');
	text(package, "identifier", funder);
	text(package, "name", export_org_name(package->facts, funder));
	finish(package, '}');
	name(package, "identifier");
	buf_print(&package->file->text, "\"%s/%s\"", header->origin, package->terms->id);
	time_of(package, "modified", header->time_ms);
	name(package, "stele");
	begin(package, '{');
	text(package, "export", "1");
	text(package, "network", header->origin);
	hex(package, "chain", (ProtobufCBinaryData){sizeof(header->chain.b),
						    (uint8_t *)(uintptr_t)header->chain.b});
	number(package, "height", header->height);
	hex(package, "block",
	    (ProtobufCBinaryData){sizeof(package->facts->block.b), package->facts->block.b});
	finish(package, '}');
	name(package, "grants");
	begin(package, '[');
	buf_u8(&package->file->text, '\n');
}

static void put_grant(struct package *package, const Stele__AwardValue *award, bool is_last)
{
	char label[48];

	(void)snprintf(label, sizeof(label), "award %" PRIu64, award->number);
	export_file_row(package->file, label);
	begin(package, '{');
	if (award->import != NULL)
		put_imported(package, award);
	else if (award->grant != NULL)
		put_granted(package, award);
	finish(package, '}');
	buf_print(&package->file->text, is_last ? "\n" : ",\n");
}

void export_360giving(struct export_facts *facts, struct export_files *out)
{
	struct package package = {.facts = facts, .file = export_files_add(out, "")};
	const Stele__ProgrammeValue *programme =
		export_value(facts, VALUE_PROGRAMME, "programme/%s", facts->programme);

	if (programme == NULL || programme->programme == NULL)
		return;
	package.terms = programme->programme;
	put_heading(&package);
	for (uint64_t k = 1; k <= programme->awards && export_facts_go_on(facts); k++) {
		const Stele__AwardValue *award = export_value(
			facts, VALUE_AWARD, "award/%s/%" PRIu64, facts->programme, k);

		if (award != NULL)
			put_grant(&package, award, k == programme->awards);
	}
	export_file_row(package.file, "the end of the package");
	buf_print(&package.file->text, "]}\n");
}
