/* A package of published awards from anywhere: it is refused with a place, or its rows are what
 * the JSON says, each stands in the text where it was found, and what is written from them is
 * read the same.  The first byte chooses the programme's currency. */
#include <math.h>
#include <regex.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/export_file.h"
#include "clients/cli/export_row.h"
#include "clients/cli/import.h"
#include "clients/cli/import_scan.h"

#define ALIKE 1e-12 /* of amounts through floating point */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
	const char *code;
	unsigned digits;
} currencies[] = {{"GBP", 2}, {"JPY", 0}, {"KWD", 3}, {"CLF", 4}};

static void fault_check(const struct import_fault *fault, struct bytes text)
{
	char place[32];

	ASSERT(memchr(fault->place, '\0', sizeof(fault->place)) != NULL && fault->place[0] != '\0');
	ASSERT(memchr(fault->why, '\0', sizeof(fault->why)) != NULL && fault->why[0] != '\0');
	ASSERT(fault->row <= text.len);
	if (fault->row == 0)
		return;
	(void)snprintf(place, sizeof(place), "grants[%zu]", fault->row - 1);
	ASSERT(strncmp(fault->place, place, strlen(place)) == 0);
}

/* --- rows against the JSON ------------------------------------------------------------ */

/* A day, or a time of RFC 3339. */
static bool is_date(const char *text)
{
	static const char form[] = "^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt][0-9]{2}:[0-9]{2}:[0-9]{2}"
				   "(\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2}))?$";
	static regex_t regex;
	static bool is_made;

	if (!is_made)
		ASSERT(regcomp(&regex, form, REG_EXTENDED | REG_NOSUB) == 0);
	is_made = true;
	return regexec(&regex, text, 0, NULL, 0) == 0;
}

static void row_check(const struct import_row *row, const json_t *grant, unsigned digits)
{
	const char *date = json_string_value(json_object_get(grant, "awardDate"));
	double amount = json_number_value(json_object_get(grant, "amountAwarded"));

	for (unsigned i = 0; i < digits; i++)
		amount *= 10;
	ASSERT(row->amount > 0 && row->amount <= INT64_MAX);
	ASSERT(fabs(amount - (double)row->amount) <= amount * ALIKE);
	ASSERT(is_date(date) && strncmp(date, row->date, sizeof(row->date) - 1) == 0);
	ASSERT(strcmp(row->id, json_string_value(json_object_get(grant, "id"))) == 0);
}

static void rows_check(const struct import_package *package, unsigned digits)
{
	const json_t *grants = json_object_get(package->json, "grants");
	uint64_t sum = 0;

	ASSERT(package->count > 0 && package->count == json_array_size(grants));
	for (size_t i = 0; i < package->count; i++) {
		row_check(&package->rows[i], json_array_get(grants, i), digits);
		sum = sum > UINT64_MAX - package->rows[i].amount ? UINT64_MAX
								 : sum + package->rows[i].amount;
		for (size_t k = 0; k < i; k++)
			ASSERT(strcmp(package->rows[i].id, package->rows[k].id) != 0);
	}
	ASSERT(package->amount == sum);
}

/* --- and written again --------------------------------------------------------------- */

static void read_again(const struct import_package *first, struct bytes text, const char *currency,
		       bool has_documents)
{
	struct import_package again;
	struct import_fault fault;

	ASSERT(import_read(&again, text, currency, &fault));
	ASSERT(again.count == first->count && again.amount == first->amount);
	for (size_t i = 0; i < again.count; i++) {
		const struct import_row *a = &first->rows[i], *b = &again.rows[i];

		ASSERT(a->amount == b->amount && strcmp(a->date, b->date) == 0);
		ASSERT(strcmp(a->id, b->id) == 0 && strcmp(a->title, b->title) == 0);
		ASSERT(strcmp(a->recipient_id, b->recipient_id) == 0);
		ASSERT(strcmp(a->recipient_name, b->recipient_name) == 0);
		ASSERT(!has_documents || hash_equal(&a->document, &b->document));
	}
	import_release(&again);
}

/* The bytes of each row are that row, whatever stands around them. */
static void cut_out(const struct import_package *package, struct bytes text, const char *currency)
{
	struct import_span *spans;
	struct buf out;
	size_t count;

	buf_init(&out, text.len + 64);
	import_scan(text, &spans, &count);
	ASSERT(count == package->count);
	for (size_t i = 0; i < count; i++) {
		json_t *row = json_loadb((const char *)spans[i].row.at, spans[i].row.len,
					 JSON_REJECT_DUPLICATES, NULL);

		ASSERT(row != NULL &&
		       json_equal(row, json_array_get(json_object_get(package->json, "grants"), i)));
		json_decref(row);
		buf_print(&out, i > 0 ? "," : "{\"grants\":[");
		buf_add_bytes(&out, spans[i].row);
	}
	buf_print(&out, "]}");
	ASSERT(!out.has_failed);
	read_again(package, buf_bytes(&out), currency, true);
	buf_release(&out);
	free(spans);
}

static void put(struct buf *out, const char *before, const char *text)
{
	buf_print(out, "%s", before);
	export_json_text(out, text);
}

/* From the rows alone, with amounts as an export writes them. */
static void written(const struct import_package *package, const char *currency)
{
	struct buf out;

	buf_init(&out, (size_t)1 << 22);
	for (size_t i = 0; i < package->count; i++) {
		const struct import_row *row = &package->rows[i];
		char decimal[EXPORT_DECIMAL_MAX];

		export_decimal(decimal, row->amount, currency);
		put(&out, i > 0 ? ",{\"id\":" : "{\"grants\":[{\"id\":", row->id);
		put(&out, ",\"title\":", row->title);
		put(&out, ",\"awardDate\":", row->date);
		put(&out, ",\"currency\":", currency);
		put(&out, ",\"recipientOrganization\":[{\"id\":", row->recipient_id);
		put(&out, ",\"name\":", row->recipient_name);
		buf_print(&out, "}],\"amountAwarded\":%s}", decimal);
	}
	buf_print(&out, "]}");
	if (!out.has_failed)
		read_again(package, buf_bytes(&out), currency, false);
	buf_release(&out);
}

/* --- numbers alone --------------------------------------------------------------------- */

static void number_check(struct bytes token, const char *currency, unsigned digits)
{
	char decimal[EXPORT_DECIMAL_MAX];
	uint64_t minor = 0, again = 0;

	if (import_number(&minor, token, digits) != NUMBER_OK)
		return;
	ASSERT(minor > 0 && minor <= INT64_MAX);
	export_decimal(decimal, minor, currency);
	ASSERT(import_number(&again, bytes_text(decimal), digits) == NUMBER_OK && again == minor);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct import_package package;
	struct import_fault fault;
	struct bytes text;
	const char *currency;
	size_t at;

	if (size == 0 || size > 65536)
		return 0;
	at = (size_t)(data[0] % 4);
	currency = currencies[at].code;
	text = bytes_of(data + 1, size - 1);
	number_check(text, currency, currencies[at].digits);
	if (!import_read(&package, text, currency, &fault)) {
		fault_check(&fault, text);
		return 0;
	}
	rows_check(&package, currencies[at].digits);
	cut_out(&package, text, currency);
	written(&package, currency);
	import_release(&package);
	return 0;
}
