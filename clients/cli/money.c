#include "clients/cli/money.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"

/* ISO 4217, those that do not have two decimals. */
static const struct {
	char currency[CURRENCY_LEN + 1];
	unsigned digits;
} exceptions[] = {
	{"BIF", 0}, {"CLP", 0}, {"DJF", 0}, {"GNF", 0}, {"ISK", 0}, {"JPY", 0}, {"KMF", 0},
	{"KRW", 0}, {"PYG", 0}, {"RWF", 0}, {"UGX", 0}, {"UYI", 0}, {"VND", 0}, {"VUV", 0},
	{"XAF", 0}, {"XOF", 0}, {"XPF", 0}, {"BHD", 3}, {"IQD", 3}, {"JOD", 3}, {"KWD", 3},
	{"LYD", 3}, {"OMR", 3}, {"TND", 3}, {"CLF", 4}, {"UYW", 4},
};

static bool is_code(const char *text)
{
	for (int i = 0; i < CURRENCY_LEN; i++)
		if (text[i] < 'A' || text[i] > 'Z')
			return false;
	return true;
}

bool money_digits(const char *currency, unsigned *digits)
{
	if (strlen(currency) != CURRENCY_LEN || !is_code(currency))
		return false;
	*digits = 2;
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++)
		if (strcmp(exceptions[i].currency, currency) == 0)
			*digits = exceptions[i].digits;
	return true;
}

static bool add_digit(uint64_t *value, char digit)
{
	uint64_t add = (uint64_t)(digit - '0');

	if (*value > ((uint64_t)INT64_MAX - add) / 10)
		return false;
	*value = *value * 10 + add;
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The part before the point; *at moves behind it. */
static bool parse_whole(uint64_t *value, const char **at, const char *end)
{
	const char *first = *at, *c = *at;
	bool is_grouped = false;
	size_t run = 0; /* digits since the last comma */

	for (; c < end && (is_digit(*c) || *c == ','); c++) {
		if (*c != ',') {
			run++;
			if (!add_digit(value, *c))
				return false;
			continue;
		}
		if (run == 0 || run > 3 || (is_grouped && run != 3))
			return false;
		is_grouped = true;
		run = 0;
	}
	*at = c;
	return c > first && (!is_grouped || run == 3);
}

static bool parse_amount(uint64_t *minor, const char *at, const char *end, unsigned digits)
{
	uint64_t value = 0;
	unsigned decimals = 0;

	if (!parse_whole(&value, &at, end))
		return false;
	if (at < end && *at == '.') {
		for (at++; at < end && is_digit(*at) && decimals < digits; at++, decimals++)
			if (!add_digit(&value, *at))
				return false;
		if (decimals == 0)
			return false;
	}
	for (; decimals < digits; decimals++)
		if (!add_digit(&value, '0'))
			return false;
	if (at != end)
		return false;
	*minor = value;
	return true;
}

/* Cuts a code and its blank off either end; currency stays empty without one. */
static bool cut_currency(char currency[CURRENCY_LEN + 1], const char **at, const char **end)
{
	size_t len = (size_t)(*end - *at);

	currency[0] = '\0';
	if (len > CURRENCY_LEN + 1 && is_code(*at) && (*at)[CURRENCY_LEN] == ' ') {
		memcpy(currency, *at, CURRENCY_LEN);
		*at += CURRENCY_LEN + 1;
	} else if (len > CURRENCY_LEN + 1 && is_code(*end - CURRENCY_LEN) &&
		   (*end)[-CURRENCY_LEN - 1] == ' ') {
		memcpy(currency, *end - CURRENCY_LEN, CURRENCY_LEN);
		*end -= CURRENCY_LEN + 1;
	} else {
		return false;
	}
	currency[CURRENCY_LEN] = '\0';
	return true;
}

bool money_parse(uint64_t *minor, const char *text, const char *currency)
{
	const char *at = text, *end = text + strlen(text);
	char own[CURRENCY_LEN + 1];
	unsigned digits;

	if (!money_digits(currency, &digits))
		return false;
	if (cut_currency(own, &at, &end) && strcmp(own, currency) != 0)
		return false;
	return parse_amount(minor, at, end, digits);
}

bool money_parse_any(uint64_t *minor, char currency[CURRENCY_LEN + 1], const char *text)
{
	const char *at = text, *end = text + strlen(text);
	char own[CURRENCY_LEN + 1];
	unsigned digits;

	if (!cut_currency(own, &at, &end) || !money_digits(own, &digits) ||
	    !parse_amount(minor, at, end, digits))
		return false;
	memcpy(currency, own, sizeof(own));
	return true;
}

void money_format(char out[MONEY_TEXT_MAX], uint64_t minor, const char *currency)
{
	char plain[24];
	unsigned digits = 2;
	size_t len, whole, at;

	(void)money_digits(currency, &digits);
	len = (size_t)snprintf(plain, sizeof(plain), "%0*llu", (int)digits + 1,
			       (unsigned long long)minor);
	whole = len - digits;
	at = (size_t)snprintf(out, MONEY_TEXT_MAX, "%.3s ", currency);
	for (size_t i = 0; i < whole; i++) {
		if (i > 0 && (whole - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = plain[i];
	}
	if (digits > 0) {
		out[at++] = '.';
		memcpy(out + at, plain + whole, digits);
		at += digits;
	}
	ASSERT(at < MONEY_TEXT_MAX);
	out[at] = '\0';
}

void money_set(json_t *object, const char *name, uint64_t minor)
{
	char text[MONEY_TEXT_MAX];

	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)minor);
	json_object_set_new(object, name, json_string(text));
}
