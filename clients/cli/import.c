#include "clients/cli/import.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/import_scan.h"
#include "clients/cli/money.h"
#include "crypto/digest.h"
#include "ledger/apply/currency.h"
#include "ledger/apply/date.h"
#include "proto/bounds.h"
#include "proto/canon.h"

#define DATE_LEN 10

struct reading {
	struct import_fault *fault;
	const char *currency;
	unsigned digits;
	size_t row; /* from 0 */
};

/* Always false, so that it can be returned. */
PRINTF_LIKE(3, 4)
static bool faulty(struct reading *reading, const char *member, const char *why, ...)
{
	struct import_fault *fault = reading->fault;
	va_list list;

	fault->row = reading->row + 1;
	(void)snprintf(fault->place, sizeof(fault->place), "grants[%zu]%s%s", reading->row,
		       member[0] != '\0' ? "." : "", member);
	va_start(list, why);
	(void)vsnprintf(fault->why, sizeof(fault->why), why, list);
	va_end(list);
	return false;
}

/* A text that the ledger takes for that field of award.import. */
static bool read_text(struct reading *reading, const json_t *object, const char *member,
		      const char *place, const char *field, const char **out)
{
	const struct bound *bound = bound_find("AwardImport", field);
	const json_t *value = json_object_get(object, member);
	size_t len = json_string_length(value);

	ASSERT(bound != NULL);
	if (value == NULL)
		return faulty(reading, place, "is missing");
	if (!json_is_string(value))
		return faulty(reading, place, "is no text");
	if (len == 0)
		return faulty(reading, place, "is empty");
	if (len > bound->max)
		return faulty(reading, place, "has %zu bytes, the ledger takes %llu", len,
			      (unsigned long long)bound->max);
	if (!canon_text_is_valid(bytes_of(json_string_value(value), len)))
		return faulty(reading, place, "has control characters");
	*out = json_string_value(value);
	return true;
}

static bool read_amount(struct reading *reading, const json_t *grant,
			const struct import_span *span, uint64_t *out)
{
	static const char place[] = "amountAwarded";
	const json_t *value = json_object_get(grant, place);
	int len = (int)(span->amount.len < 40 ? span->amount.len : 40);
	const char *token = (const char *)span->amount.at;

	if (value == NULL)
		return faulty(reading, place, "is missing");
	if (!json_is_number(value))
		return faulty(reading, place, "is no number");
	switch (import_number(out, span->amount, reading->digits)) {
	case NUMBER_OK:
		return true;
	case NUMBER_NEGATIVE:
		return faulty(reading, place, "%.*s is negative", len, token);
	case NUMBER_ZERO:
		return faulty(reading, place, "is zero");
	case NUMBER_PRECISE:
		return faulty(reading, place, "%.*s has more decimals than %s has", len, token,
			      reading->currency);
	case NUMBER_LARGE:
		return faulty(reading, place, "%.*s is too large", len, token);
	case NUMBER_FORM:
		return faulty(reading, place, "cannot be read exactly");
	}
	UNREACHABLE();
}

static bool read_currency(struct reading *reading, const json_t *grant)
{
	const json_t *value = json_object_get(grant, "currency");
	const char *code = json_string_value(value);
	unsigned places;

	if (value == NULL)
		return faulty(reading, "currency", "is missing");
	if (code == NULL || strlen(code) != CURRENCY_LEN || !currency_places(code, &places))
		return faulty(reading, "currency", "%s%.20s%s is no currency of ISO 4217",
			      code != NULL ? "\"" : "", code != NULL ? code : "the value",
			      code != NULL ? "\"" : "");
	if (strcmp(code, reading->currency) != 0)
		return faulty(reading, "currency", "is %s, the programme's is %s", code,
			      reading->currency);
	return true;
}

/* Two digits of at most that much, and what has to follow them; past both. */
static bool take_two(const char **at, int most, const char *behind)
{
	const char *text = *at;
	size_t len = strlen(behind);

	if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9' ||
	    (text[0] - '0') * 10 + text[1] - '0' > most || strncmp(text + 2, behind, len) != 0)
		return false;
	*at += 2 + len;
	return true;
}

/* A day, or a day and a time of RFC 3339 behind it. */
static bool has_date_form(const char *text)
{
	if (strlen(text) == DATE_LEN)
		return true;
	if (text[DATE_LEN] != 'T' && text[DATE_LEN] != 't')
		return false;
	text += DATE_LEN + 1;
	if (!take_two(&text, 23, ":") || !take_two(&text, 59, ":") || !take_two(&text, 60, ""))
		return false;
	if (*text == '.') {
		size_t digits = strspn(text + 1, "0123456789");

		if (digits == 0)
			return false;
		text += 1 + digits;
	}
	if (strcmp(text, "Z") == 0 || strcmp(text, "z") == 0)
		return true;
	if (*text != '+' && *text != '-')
		return false;
	text++;
	return take_two(&text, 23, ":") && take_two(&text, 59, "") && *text == '\0';
}

static bool read_date(struct reading *reading, const json_t *grant, char out[DATE_LEN + 1])
{
	const json_t *value = json_object_get(grant, "awardDate");
	const char *text = json_string_value(value);

	if (value == NULL)
		return faulty(reading, "awardDate", "is missing");
	if (text == NULL || strlen(text) < DATE_LEN)
		return faulty(reading, "awardDate", "is no date");
	(void)snprintf(out, DATE_LEN + 1, "%.10s", text);
	if (!bound_form_fits(FORM_DATE, bytes_text(out)) || !date_is_valid(out) ||
	    !has_date_form(text))
		return faulty(reading, "awardDate", "\"%.40s\" is no date", text);
	return true;
}

static bool read_recipient(struct reading *reading, const json_t *grant, struct import_row *row)
{
	const json_t *list = json_object_get(grant, "recipientOrganization");
	const json_t *recipient = json_array_get(list, 0);

	if (list == NULL)
		return faulty(reading, "recipientOrganization", "is missing");
	if (!json_is_object(recipient))
		return faulty(reading, "recipientOrganization", "names no organisation");
	return read_text(reading, recipient, "id", "recipientOrganization[0].id", "recipient_id",
			 &row->recipient_id) &&
	       read_text(reading, recipient, "name", "recipientOrganization[0].name",
			 "recipient_name", &row->recipient_name);
}

static bool read_row(struct reading *reading, const json_t *grant, const struct import_span *span,
		     struct import_row *row)
{
	if (!read_text(reading, grant, "id", "id", "publisher_id", &row->id) ||
	    !read_text(reading, grant, "title", "title", "title", &row->title) ||
	    !read_recipient(reading, grant, row) || !read_currency(reading, grant) ||
	    !read_amount(reading, grant, span, &row->amount) ||
	    !read_date(reading, grant, row->date))
		return false;
	sha256(&row->document, span->row.at, span->row.len);
	return true;
}

/* --- the whole --------------------- */

static int compare_ids(const void *a, const void *b)
{
	const struct import_row *first = *(const struct import_row *const *)a;
	const struct import_row *second = *(const struct import_row *const *)b;
	int order = strcmp(first->id, second->id);

	return order != 0 ? order : (first > second) - (first < second);
}

/* Names the first row whose id an earlier one has. */
static bool check_ids(struct reading *reading, const struct import_package *package)
{
	const struct import_row **sorted = calloc(package->count + 1, sizeof(*sorted));
	size_t second = SIZE_MAX, first = 0;

	ASSERT(sorted != NULL);
	for (size_t i = 0; i < package->count; i++)
		sorted[i] = &package->rows[i];
	qsort(sorted, package->count, sizeof(*sorted), compare_ids);
	for (size_t i = 1; i < package->count; i++) {
		size_t row = (size_t)(sorted[i] - package->rows);

		if (strcmp(sorted[i]->id, sorted[i - 1]->id) == 0 && row < second) {
			second = row;
			first = (size_t)(sorted[i - 1] - package->rows);
		}
	}
	free(sorted);
	if (second == SIZE_MAX)
		return true;
	reading->row = second;
	return faulty(reading, "id", "\"%.80s\" is also the id of row %zu",
		      package->rows[second].id, first + 1);
}

static bool read_rows(struct reading *reading, struct import_package *out, struct bytes text)
{
	const json_t *grants = json_object_get(out->json, "grants");
	struct import_span *spans;
	size_t spans_count, used = 0;
	bool is_good = true;

	import_scan(text, &spans, &spans_count);
	out->rows = calloc(json_array_size(grants) + 1, sizeof(*out->rows));
	ASSERT(out->rows != NULL);
	for (; is_good && reading->row < json_array_size(grants); reading->row++) {
		const json_t *grant = json_array_get(grants, reading->row);

		if (!json_is_object(grant) || used == spans_count) {
			is_good = faulty(reading, "", "is no object");
			break;
		}
		is_good = read_row(reading, grant, &spans[used++], &out->rows[out->count]);
		out->amount = out->amount > UINT64_MAX - out->rows[out->count].amount
				      ? UINT64_MAX
				      : out->amount + out->rows[out->count].amount;
		out->count++;
		if (!is_good)
			break;
	}
	free(spans);
	return is_good && check_ids(reading, out);
}

static bool whole_fault(struct import_fault *fault, const char *place, const char *why)
{
	fault->row = 0;
	(void)snprintf(fault->place, sizeof(fault->place), "%s", place);
	(void)snprintf(fault->why, sizeof(fault->why), "%s", why);
	return false;
}

static bool read_whole(struct import_package *out, struct bytes text, struct import_fault *fault)
{
	json_error_t error;
	char place[64];

	out->json = json_loadb((const char *)text.at, text.len, JSON_REJECT_DUPLICATES, &error);
	if (out->json == NULL) {
		(void)snprintf(place, sizeof(place), "line %d, column %d", error.line, error.column);
		return whole_fault(fault, place, error.text);
	}
	if (!json_is_object(out->json))
		return whole_fault(fault, "the package", "is no object");
	if (!json_is_array(json_object_get(out->json, "grants")))
		return whole_fault(fault, "grants", "there is no such list");
	if (json_array_size(json_object_get(out->json, "grants")) == 0)
		return whole_fault(fault, "grants", "the list is empty");
	return true;
}

bool import_read(struct import_package *out, struct bytes text, const char *currency,
		 struct import_fault *fault)
{
	struct reading reading = {.fault = fault, .currency = currency};

	*out = (struct import_package){.count = 0};
	if (!currency_places(currency, &reading.digits))
		return whole_fault(fault, "the programme", "its currency is not known");
	if (read_whole(out, text, fault) && read_rows(&reading, out, text))
		return true;
	import_release(out);
	return false;
}

void import_release(struct import_package *package)
{
	json_decref(package->json);
	free(package->rows);
	*package = (struct import_package){.count = 0};
}
