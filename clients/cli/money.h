/* Amounts of money between people and the ledger: text with a decimal point
 * against integers of minor units.  No floating point anywhere. */
#ifndef STELE_CLIENTS_CLI_MONEY_H
#define STELE_CLIENTS_CLI_MONEY_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#define MONEY_TEXT_MAX 40
#define CURRENCY_LEN 3

/* Decimals of an ISO 4217 currency; 2 where this table does not say otherwise.
 * False where it is no code of three capitals. */
bool money_digits(const char *currency, unsigned *digits);
/* "60,000,000.00", "2500000", "CNY 2,500,000.5"; thousands are grouped all
 * through or not at all.  A currency in the text must be this one.  False: not
 * an amount, more decimals than the currency has, or 2^63 and above. */
bool money_parse(uint64_t *minor, const char *text, const char *currency);
/* The same where the text brings the currency itself, before or after. */
bool money_parse_any(uint64_t *minor, char currency[CURRENCY_LEN + 1], const char *text);
/* "CNY 58,200,000.00" */
void money_format(char out[MONEY_TEXT_MAX], uint64_t minor, const char *currency);
/* The member as docs/api.md has money: a string of minor units. */
void money_set(json_t *object, const char *name, uint64_t minor);

#endif
