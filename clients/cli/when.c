#include "clients/cli/when.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"

#define SECOND_MS 1000ull
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

static const struct {
	const char *name;
	uint64_t ms;
} units[] = {{"d", DAY_MS}, {"h", HOUR_MS}, {"m", MINUTE_MS}, {"s", SECOND_MS}, {"ms", 1}};
#define UNITS_COUNT (sizeof(units) / sizeof(units[0]))

/* Exactly count digits. */
static bool take_digits(const char **at, unsigned count, unsigned *out)
{
	unsigned value = 0;

	for (unsigned i = 0; i < count; i++, (*at)++) {
		if (**at < '0' || **at > '9')
			return false;
		value = value * 10 + (unsigned)(**at - '0');
	}
	*out = value;
	return true;
}

static bool take(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

/* ".250": at most three digits count, as the ledger has no more. */
static bool take_fraction(const char **at, unsigned *ms)
{
	unsigned count = 0;

	*ms = 0;
	if (!take(at, '.'))
		return true;
	for (; **at >= '0' && **at <= '9'; (*at)++, count++)
		if (count < 3)
			*ms = *ms * 10 + (unsigned)(**at - '0');
	for (unsigned i = count; i < 3; i++)
		*ms *= 10;
	return count > 0;
}

/* "Z" or "+08:00", in minutes. */
static bool take_zone(const char **at, int *minutes)
{
	unsigned hour, minute;
	bool is_west = **at == '-';

	*minutes = 0;
	if (take(at, 'Z') || take(at, 'z'))
		return true;
	if (!take(at, '+') && !take(at, '-'))
		return false;
	if (!take_digits(at, 2, &hour) || !take(at, ':') || !take_digits(at, 2, &minute) ||
	    hour > 23 || minute > 59)
		return false;
	*minutes = (int)(hour * 60 + minute) * (is_west ? -1 : 1);
	return true;
}

static bool rfc3339_read(uint64_t *ms, const char *at)
{
	unsigned year, month, day, hour, minute, second, fraction;
	struct tm tm = {.tm_isdst = 0}, back;
	int zone;
	time_t seconds;

	if (!take_digits(&at, 4, &year) || !take(&at, '-') || !take_digits(&at, 2, &month) ||
	    !take(&at, '-') || !take_digits(&at, 2, &day) ||
	    (!take(&at, 'T') && !take(&at, 't') && !take(&at, ' ')) ||
	    !take_digits(&at, 2, &hour) || !take(&at, ':') || !take_digits(&at, 2, &minute) ||
	    !take(&at, ':') || !take_digits(&at, 2, &second) || !take_fraction(&at, &fraction) ||
	    !take_zone(&at, &zone) || *at != '\0')
		return false;
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	tm.tm_year = (int)year - 1900;
	tm.tm_mon = (int)month - 1;
	tm.tm_mday = (int)day;
	tm.tm_hour = (int)hour;
	tm.tm_min = (int)minute;
	tm.tm_sec = (int)second;
	seconds = timegm(&tm);
	/* timegm takes the 31st of April for the 1st of May */
	if (gmtime_r(&seconds, &back) == NULL || back.tm_mday != (int)day ||
	    back.tm_mon != (int)month - 1)
		return false;
	seconds -= (time_t)zone * 60;
	if (seconds < 0)
		return false;
	*ms = (uint64_t)seconds * SECOND_MS + fraction;
	return true;
}

bool when_read(uint64_t *ms, const char *text)
{
	uint64_t number;

	if (decimal_decode(&number, bytes_text(text)) && number <= INT64_MAX) {
		*ms = number;
		return true;
	}
	return rfc3339_read(ms, text);
}

void when_format(char out[WHEN_TEXT_MAX], uint64_t ms)
{
	time_t seconds = (time_t)(ms / SECOND_MS);
	struct tm tm;
	size_t len;

	if (gmtime_r(&seconds, &tm) == NULL || tm.tm_year > 9999 - 1900) {
		(void)snprintf(out, WHEN_TEXT_MAX, "%llu", (unsigned long long)ms);
		return;
	}
	len = strftime(out, WHEN_TEXT_MAX, "%Y-%m-%dT%H:%M:%S", &tm);
	if (ms % SECOND_MS > 0)
		len += (size_t)snprintf(out + len, WHEN_TEXT_MAX - len, ".%03u",
					(unsigned)(ms % SECOND_MS));
	(void)snprintf(out + len, WHEN_TEXT_MAX - len, "Z");
}

bool duration_read(uint64_t *ms, const char *text)
{
	size_t digits = strspn(text, "0123456789");
	uint64_t number;

	if (!decimal_decode(&number, bytes_of(text, digits)))
		return false;
	for (size_t i = 0; i < UNITS_COUNT; i++) {
		if (strcmp(text + digits, units[i].name) != 0)
			continue;
		if (number > (uint64_t)INT64_MAX / units[i].ms)
			return false;
		*ms = number * units[i].ms;
		return true;
	}
	*ms = 0;
	return number == 0 && text[digits] == '\0';
}

void duration_format(char out[WHEN_TEXT_MAX], uint64_t ms)
{
	size_t i = 0;

	while (ms % units[i].ms != 0)
		i++;
	(void)snprintf(out, WHEN_TEXT_MAX, "%llu%s", (unsigned long long)(ms / units[i].ms),
		       ms == 0 ? "" : units[i].name);
}

void duration_rough(char out[WHEN_TEXT_MAX], uint64_t ms)
{
	size_t i = 0;

	while (i + 2 < UNITS_COUNT && ms < units[i].ms)
		i++;
	if (units[i].ms == SECOND_MS || ms % units[i].ms < units[i + 1].ms)
		(void)snprintf(out, WHEN_TEXT_MAX, "%llu %s",
			       (unsigned long long)(ms / units[i].ms), units[i].name);
	else
		(void)snprintf(out, WHEN_TEXT_MAX, "%llu %s %llu %s",
			       (unsigned long long)(ms / units[i].ms), units[i].name,
			       (unsigned long long)(ms % units[i].ms / units[i + 1].ms),
			       units[i + 1].name);
}
