/* Dates: days of the calendar, written YYYY-MM-DD, which compare as texts. */
#ifndef STELE_LEDGER_APPLY_DATE_H
#define STELE_LEDGER_APPLY_DATE_H

#include <stdbool.h>

#include "proto/tx.pb-c.h"

/* Whether it is a day of the proleptic Gregorian calendar, years 0001 to 9999. */
bool date_is_valid(const char *date);
/* Both days valid, the end not before the start. */
bool period_is_valid(const Stele__Period *period);
/* Of valid periods. */
bool period_is_within(const Stele__Period *inner, const Stele__Period *outer);

#endif
