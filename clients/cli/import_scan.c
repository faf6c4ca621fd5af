#include "clients/cli/import_scan.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_ROOT 1  /* within the package */
#define DEPTH_LIST 2  /* within "grants" */
#define DEPTH_ROW 3   /* within one of them */
#define DECIMALS_MAX 400 /* digits that are looked at; more are refused */

struct scan {
	const char *at, *end;
	unsigned depth;
	bool is_grants; /* the root's member that we are in is "grants" */
	bool is_amount; /* the row's member that we are in is "amountAwarded" */
	const char *row_start;
	struct import_span *spans;
	size_t count, room;
};

static void skip_string(struct scan *scan)
{
	for (scan->at++; scan->at < scan->end && *scan->at != '"'; scan->at++)
		if (*scan->at == '\\')
			scan->at++;
	scan->at++;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* A string: a member's name, if a colon follows. */
static void on_string(struct scan *scan)
{
	struct bytes name = {(const uint8_t *)scan->at + 1, 0};
	const char *next;

	skip_string(scan);
	name.len = (size_t)((const uint8_t *)scan->at - name.at) - 1;
	for (next = scan->at; next < scan->end && is_blank(*next); next++)
		;
	if (next == scan->end || *next != ':')
		return;
	if (scan->depth == DEPTH_ROOT)
		scan->is_grants = bytes_equal(name, bytes_text("grants"));
	if (scan->depth == DEPTH_ROW)
		scan->is_amount = bytes_equal(name, bytes_text("amountAwarded"));
}

static void on_row(struct scan *scan)
{
	if (scan->count == scan->room) {
		scan->room = scan->room > 0 ? scan->room * 2 : 256;
		scan->spans = reallocarray(scan->spans, scan->room, sizeof(*scan->spans));
		ASSERT(scan->spans != NULL);
	}
	scan->spans[scan->count++] = (struct import_span){.row = {NULL, 0}};
	scan->row_start = scan->at;
	scan->is_amount = false;
}

static void on_open(struct scan *scan)
{
	scan->depth++;
	if (scan->depth == DEPTH_ROW && scan->is_grants && *scan->at == '{')
		on_row(scan);
	scan->at++;
}

static void on_close(struct scan *scan)
{
	scan->at++;
	if (scan->depth == DEPTH_ROW && scan->row_start != NULL) {
		scan->spans[scan->count - 1].row =
			bytes_of(scan->row_start, (size_t)(scan->at - scan->row_start));
		scan->row_start = NULL;
	}
	scan->depth--;
}

static bool is_of_number(char c)
{
	return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

static void on_number(struct scan *scan)
{
	const char *start = scan->at;

	while (scan->at < scan->end && is_of_number(*scan->at))
		scan->at++;
	if (scan->depth == DEPTH_ROW && scan->row_start != NULL && scan->is_amount)
		scan->spans[scan->count - 1].amount =
			bytes_of(start, (size_t)(scan->at - start));
}

void import_scan(struct bytes text, struct import_span **out, size_t *count)
{
	struct scan scan = {.at = (const char *)text.at, .end = (const char *)text.at + text.len};

	while (scan.at < scan.end) {
		if (*scan.at == '"')
			on_string(&scan);
		else if (*scan.at == '{' || *scan.at == '[')
			on_open(&scan);
		else if (*scan.at == '}' || *scan.at == ']')
			on_close(&scan);
		else if (*scan.at == '-' || (*scan.at >= '0' && *scan.at <= '9'))
			on_number(&scan);
		else
			scan.at++;
	}
	*out = scan.spans;
	*count = scan.count;
}

/* --- numbers --------------------- */

/* A decimal: digits, of which the last `decimals` stand behind the point, once
 * the exponent is counted in. */
struct decimal {
	char digits[DECIMALS_MAX];
	size_t count;
	long decimals;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *take_digits(struct decimal *decimal, const char *at, const char *end)
{
	for (; at < end && is_digit(*at); at++)
		if (decimal->count < DECIMALS_MAX)
			decimal->digits[decimal->count++] = *at;
	return at;
}

static bool take_exponent(struct decimal *decimal, const char *at, const char *end)
{
	bool is_negative = at < end && *at == '-';
	long exponent = 0;

	at += at < end && (*at == '-' || *at == '+');
	if (at == end)
		return false;
	for (; at < end && is_digit(*at); at++)
		if (exponent < 2 * DECIMALS_MAX)
			exponent = exponent * 10 + (*at - '0');
	decimal->decimals += is_negative ? exponent : -exponent;
	return at == end;
}

static bool decimal_read(struct decimal *out, const char *at, const char *end)
{
	const char *point;

	out->count = 0;
	out->decimals = 0;
	if (at == end || !is_digit(*at))
		return false;
	point = take_digits(out, at, end);
	at = point;
	if (at < end && *at == '.') {
		at = take_digits(out, at + 1, end);
		if (at == point + 1)
			return false;
		out->decimals = (long)(at - point) - 1;
	}
	if (at < end && (*at == 'e' || *at == 'E'))
		return take_exponent(out, at + 1, end) && out->count < DECIMALS_MAX;
	return at == end && out->count < DECIMALS_MAX;
}

enum number_verdict import_number(uint64_t *minor, struct bytes token, unsigned digits)
{
	const char *at = token.len > 0 ? (const char *)token.at : "", *end = at + token.len;
	bool is_negative = token.len > 0 && *at == '-';
	struct decimal decimal;
	uint64_t value = 0;

	if (!decimal_read(&decimal, at + is_negative, end))
		return NUMBER_FORM;
	while (decimal.count > 0 && decimal.digits[decimal.count - 1] == '0') {
		decimal.count--;
		decimal.decimals--;
	}
	if (decimal.count == 0)
		return NUMBER_ZERO;
	if (is_negative)
		return NUMBER_NEGATIVE;
	for (size_t i = 0; i < decimal.count; i++) {
		if (value > (INT64_MAX - (uint64_t)(decimal.digits[i] - '0')) / 10)
			return decimal.decimals > (long)digits ? NUMBER_PRECISE : NUMBER_LARGE;
		value = value * 10 + (uint64_t)(decimal.digits[i] - '0');
	}
	if (decimal.decimals > (long)digits)
		return NUMBER_PRECISE;
	for (long i = decimal.decimals; value > 0 && i < (long)digits; i++) {
		if (value > INT64_MAX / 10)
			return NUMBER_LARGE;
		value *= 10;
	}
	*minor = value;
	return NUMBER_OK;
}
