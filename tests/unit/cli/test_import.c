/* Packages of awards: read exactly, or refused with the place of the fault. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/import.h"
#include "clients/cli/import_scan.h"
#include "crypto/digest.h"
#include "tests/lib/unit.h"

#define ROW_A \
	"{\"id\":\"A-1\",\"title\":\"First\",\"awardDate\":\"2021-01-26T00:00:00+00:00\"," \
	"\"amountAwarded\":30000,\"currency\":\"GBP\"," \
	"\"recipientOrganization\":[{\"id\":\"R-1\",\"name\":\"One\"}]}"
#define ROW_B \
	"{ \"id\": \"A-2\", \"title\": \"Second\", \"awardDate\": \"2021-02-28\",\n" \
	"  \"nested\": {\"amountAwarded\": 7, \"grants\": [{\"x\": \"} ] \\\" {\"}]},\n" \
	"  \"amountAwarded\": 12.5, \"currency\": \"GBP\",\n" \
	"  \"recipientOrganization\": [{\"id\": \"R-2\", \"name\": \"Two\"}] }"
#define PACKAGE(rows) "{\"meta\":[{\"amountAwarded\":1}],\"grants\":[" rows "],\"after\":[{}]}"

static bool read_text(struct import_package *package, const char *text, struct import_fault *fault)
{
	return import_read(package, bytes_text(text), "GBP", fault);
}

static void refused(const char *text, size_t row, const char *place, const char *why)
{
	struct import_fault fault = {.row = 99};
	struct import_package package;

	ck_assert_msg(!read_text(&package, text, &fault), "%s", text);
	ck_assert_msg(fault.row == row, "row %zu of %s", fault.row, text);
	ck_assert_msg(strstr(fault.place, place) != NULL, "place %s of %s", fault.place, text);
	ck_assert_msg(strstr(fault.why, why) != NULL, "%s, because it %s", text, fault.why);
}

/* ROW_A with one piece of it replaced, as the second row after ROW_B. */
static void refused_with(const char *old, const char *new, const char *place, const char *why)
{
	const char *at = strstr(ROW_A, old);
	char row[1024], text[2048];

	ck_assert_ptr_nonnull(at);
	(void)snprintf(row, sizeof(row), "%.*s%s%s", (int)(at - ROW_A), ROW_A, new,
		       at + strlen(old));
	(void)snprintf(text, sizeof(text), "{\"grants\":[" ROW_B ",%s]}", row);
	refused(text, 2, place, why);
}

UNIT_TEST(a_package_is_read_row_by_row)
{
	struct import_package package;
	struct import_fault fault;
	struct hash hash;

	ck_assert_msg(read_text(&package, PACKAGE(ROW_A "," ROW_B), &fault), "%s", fault.why);
	ck_assert_uint_eq(package.count, 2);
	ck_assert_uint_eq(package.amount, 3001250);
	ck_assert_str_eq(package.rows[0].id, "A-1");
	ck_assert_str_eq(package.rows[0].date, "2021-01-26");
	ck_assert_str_eq(package.rows[0].recipient_id, "R-1");
	ck_assert_uint_eq(package.rows[0].amount, 3000000);
	ck_assert_uint_eq(package.rows[1].amount, 1250);
	sha256(&hash, ROW_B, strlen(ROW_B));
	ck_assert(hash_equal(&hash, &package.rows[1].document));
	import_release(&package);
}

UNIT_TEST(a_package_that_is_cut_off_anywhere_is_refused)
{
	static const char whole[] = PACKAGE(ROW_A "," ROW_B);

	for (size_t len = 0; len < sizeof(whole) - 1; len++) {
		struct import_package package;
		struct import_fault fault;

		ck_assert(!import_read(&package, bytes_of(whole, len), "GBP", &fault));
		ck_assert_uint_eq(fault.row, 0);
		ck_assert_ptr_nonnull(strstr(fault.place, "line "));
	}
}

UNIT_TEST(a_package_of_another_shape_is_refused)
{
	refused("[]", 0, "package", "no object");
	refused("{}", 0, "grants", "no such list");
	refused("{\"grants\":{}}", 0, "grants", "no such list");
	refused("{\"grants\":[]}", 0, "grants", "empty");
	refused("{\"grants\":[7]}", 1, "grants[0]", "no object");
	refused("{\"grants\":[" ROW_A "]} x", 0, "line 1", "end of file");
	refused("{\"grants\":[" ROW_A "],\"grants\":[]}", 0, "line 1", "duplicate");
	refused("{\"gr\\u0061nts\":[" ROW_A "]}", 1, "grants[0]", "no object");
}

UNIT_TEST(a_missing_member_is_named)
{
	refused_with("\"id\":\"A-1\",", "", "grants[1].id", "missing");
	refused_with("\"title\":\"First\",", "", "grants[1].title", "missing");
	refused_with("\"awardDate\":\"2021-01-26T00:00:00+00:00\",", "", "grants[1].awardDate",
		     "missing");
	refused_with("\"amountAwarded\":30000,", "", "grants[1].amountAwarded", "missing");
	refused_with("\"currency\":\"GBP\",", "", "grants[1].currency", "missing");
	refused_with(",\"recipientOrganization\":[{\"id\":\"R-1\",\"name\":\"One\"}]", "",
		     "grants[1].recipientOrganization", "missing");
	refused_with("{\"id\":\"R-1\",\"name\":\"One\"}", "", "recipientOrganization", "names no");
	refused_with("\"id\":\"R-1\",", "", "recipientOrganization[0].id", "missing");
	refused_with(",\"name\":\"One\"", "", "recipientOrganization[0].name", "missing");
}

UNIT_TEST(a_text_that_the_ledger_does_not_take_is_named)
{
	char text[300];

	refused_with("\"A-1\"", "\"\"", "grants[1].id", "empty");
	refused_with("\"A-1\"", "17", "grants[1].id", "no text");
	refused_with("\"First\"", "\"a\\tb\"", "grants[1].title", "control");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	text[0] = text[sizeof(text) - 2] = '"';
	refused_with("\"A-1\"", text, "grants[1].id", "256");
}

UNIT_TEST(an_amount_that_is_not_exact_and_positive_is_named)
{
	refused_with("30000", "-1", "amountAwarded", "negative");
	refused_with("30000", "0", "amountAwarded", "zero");
	refused_with("30000", "0.001", "amountAwarded", "more decimals");
	refused_with("30000", "1e-3", "amountAwarded", "more decimals");
	refused_with("30000", "92233720368547758.08", "amountAwarded", "too large");
	refused_with("30000", "1e300", "amountAwarded", "too large");
	refused_with("30000", "\"30000\"", "amountAwarded", "no number");
	refused_with("\"amountAwarded\"", "\"amount\\u0041warded\"", "amountAwarded", "exactly");
}

UNIT_TEST(a_currency_that_is_unknown_or_another_is_named)
{
	refused_with("\"GBP\"", "\"ZZZ\"", "grants[1].currency", "ISO 4217");
	refused_with("\"GBP\"", "\"gbp\"", "grants[1].currency", "ISO 4217");
	refused_with("\"GBP\"", "7", "grants[1].currency", "ISO 4217");
	refused_with("\"GBP\"", "\"EUR\"", "grants[1].currency", "the programme's is GBP");
}

UNIT_TEST(a_date_that_is_none_is_named)
{
	static const char *const bad[] = {
		"2021-02-29", "2021-13-01", "2021-1-2",	       "26.01.2021",
		"",	      "2021-01-26 ", "2021-01-26T",    "2021-01-26T00:00",
		"2021-01-26T00:00:00", "2021-01-26T25:00:00Z", "2021-01-26T00:00:00+0000",
		"2021-01-26T00:00:00Zx", "2021-01-26T+1:+2:+3Z",  "2021-01-26T 1: 2: 3Z",
		"2021-01-26T00:00:00.Z", "2021-01-26T00:00:00+-0:+0", "2021-01-26T00:00:61Z",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char text[64];

		(void)snprintf(text, sizeof(text), "\"%s\"", bad[i]);
		refused_with("\"2021-01-26T00:00:00+00:00\"", text, "grants[1].awardDate", "no date");
	}
}

UNIT_TEST(times_of_rfc_3339_are_dates)
{
	static const char *const good[] = {
		"2021-01-26", "2021-01-26T00:00:00Z", "2021-01-26t23:59:59.123+08:00",
		"2021-01-26T12:00:00-05:30",
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct import_package package;
		struct import_fault fault;
		char text[1024];

		(void)snprintf(text, sizeof(text),
			       "{\"grants\":[{\"id\":\"A\",\"title\":\"T\",\"awardDate\":\"%s\","
			       "\"amountAwarded\":1,\"currency\":\"GBP\",\"recipientOrganization\":"
			       "[{\"id\":\"R\",\"name\":\"N\"}]}]}",
			       good[i]);
		ck_assert_msg(read_text(&package, text, &fault), "%s: %s", good[i], fault.why);
		ck_assert_str_eq(package.rows[0].date, "2021-01-26");
		import_release(&package);
	}
}

UNIT_TEST(the_second_of_two_rows_with_one_id_is_named)
{
	refused(PACKAGE(ROW_A "," ROW_B "," ROW_A), 3, "grants[2].id", "row 1");
}

UNIT_TEST(numbers_become_minor_units_exactly)
{
	static const struct {
		const char *token;
		unsigned digits;
		enum number_verdict verdict;
		uint64_t minor;
	} cases[] = {
		{"30000", 2, NUMBER_OK, 3000000},
		{"0.1", 2, NUMBER_OK, 10},
		{"0.10", 2, NUMBER_OK, 10},
		{"0.100", 2, NUMBER_OK, 10},
		{"1.005", 2, NUMBER_PRECISE, 0},
		{"1.005", 3, NUMBER_OK, 1005},
		{"1", 0, NUMBER_OK, 1},
		{"1.5", 0, NUMBER_PRECISE, 0},
		{"3e4", 2, NUMBER_OK, 3000000},
		{"3.5E+1", 2, NUMBER_OK, 3500},
		{"350e-1", 2, NUMBER_OK, 3500},
		{"12345e-3", 2, NUMBER_PRECISE, 0},
		{"92233720368547758.07", 2, NUMBER_OK, INT64_MAX},
		{"9223372036854775807", 0, NUMBER_OK, INT64_MAX},
		{"9223372036854775808", 0, NUMBER_LARGE, 0},
		{"1e99999999999", 2, NUMBER_LARGE, 0},
		{"1e-99999999999", 2, NUMBER_PRECISE, 0},
		{"0", 2, NUMBER_ZERO, 0},
		{"-0.0", 2, NUMBER_ZERO, 0},
		{"0e5", 2, NUMBER_ZERO, 0},
		{"-5", 2, NUMBER_NEGATIVE, 0},
		{"", 2, NUMBER_FORM, 0},
		{"-", 2, NUMBER_FORM, 0},
		{"1.", 2, NUMBER_FORM, 0},
		{"1e", 2, NUMBER_FORM, 0},
		{"1x", 2, NUMBER_FORM, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t minor = 0;

		ck_assert_msg(import_number(&minor, bytes_text(cases[i].token), cases[i].digits) ==
				      cases[i].verdict,
			      "%s", cases[i].token);
		ck_assert_msg(minor == cases[i].minor, "%s: %llu", cases[i].token,
			      (unsigned long long)minor);
	}
}

UNIT_TEST(the_published_awards_are_read)
{
	char *path = unit_shared("grants/360giving-awards/abct-783-awards.json");
	struct import_package package;
	struct import_fault fault;
	uint8_t *text;
	size_t len;

	if (path == NULL)
		return;
	text = unit_file(path, &len);
	ck_assert_msg(import_read(&package, bytes_of(text, len), "GBP", &fault), "%s %s",
		      fault.place, fault.why);
	ck_assert_uint_eq(package.count, 783);
	ck_assert_uint_eq(package.amount, 1278562500);
	import_release(&package);
	free(text);
	free(path);
}

UNIT_MAIN("import", a_package_is_read_row_by_row, a_package_that_is_cut_off_anywhere_is_refused,
	  a_package_of_another_shape_is_refused, a_missing_member_is_named,
	  a_text_that_the_ledger_does_not_take_is_named,
	  an_amount_that_is_not_exact_and_positive_is_named,
	  a_currency_that_is_unknown_or_another_is_named, a_date_that_is_none_is_named,
	  times_of_rfc_3339_are_dates, the_second_of_two_rows_with_one_id_is_named,
	  numbers_become_minor_units_exactly, the_published_awards_are_read)
