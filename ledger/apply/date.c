#include "ledger/apply/date.h"

#include <string.h>

#define DATE_LEN 10

/* The number that the digits from..to are; -1 where one is no digit. */
static int number_of(const char *date, int from, int to)
{
	int number = 0;

	for (int i = from; i <= to; i++) {
		if (date[i] < '0' || date[i] > '9')
			return -1;
		number = number * 10 + (date[i] - '0');
	}
	return number;
}

static int days_of(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && is_leap ? 29 : days[month - 1];
}

bool date_is_valid(const char *date)
{
	int year, month, day;

	if (strlen(date) != DATE_LEN || date[4] != '-' || date[7] != '-')
		return false;
	year = number_of(date, 0, 3);
	month = number_of(date, 5, 6);
	day = number_of(date, 8, 9);
	return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= days_of(year, month);
}

bool period_is_valid(const Stele__Period *period)
{
	return date_is_valid(period->start) && date_is_valid(period->end) &&
	       strcmp(period->start, period->end) <= 0;
}

bool period_is_within(const Stele__Period *inner, const Stele__Period *outer)
{
	return strcmp(inner->start, outer->start) >= 0 && strcmp(inner->end, outer->end) <= 0;
}
