/* The terms of a call, as an officer writes them down: in a file, with options, or
 * both.  The file has one option a line, named as on the command line but without
 * the dashes; what stands on the command line goes before it:
 *
 *     # first call of the programme
 *     title-en      Internet 3.0 research
 *     deadline      2026-04-15T17:00:00+08:00
 *     award-max     8,000,000.00
 *     criterion     merit:6000:10:Scientific merit:科学价值 */
#ifndef STELE_CLIENTS_CLI_TERMS_H
#define STELE_CLIENTS_CLI_TERMS_H

#include "base/arena.h"
#include "clients/cli/cli.h"
#include "proto/tx.pb-c.h"

/* Lines of a command's options: everything that terms_read understands. */
#define TERMS_OPTIONS \
	{"terms", 0, OPTION_VALUE, "FILE", "terms, one option a line without the dashes"}, \
	{"title-en", 0, OPTION_VALUE, "TEXT", "title in English"}, \
	{"title-zh", 0, OPTION_VALUE, "TEXT", "title in Chinese"}, \
	{"opens", 0, OPTION_VALUE, "TIME", "proposals from then on; RFC 3339, or ms since 1970"}, \
	{"deadline", 0, OPTION_VALUE, "TIME", "sealed proposals before it"}, \
	{"reveal-until", 0, OPTION_VALUE, "TIME", "proposals are opened before it"}, \
	{"review-until", 0, OPTION_VALUE, "TIME", "sealed reviews before it, opened from then on"}, \
	{"objection", 0, OPTION_VALUE, "LENGTH", "for objections after a decision: 7d, 12h"}, \
	{"award-min", 0, OPTION_VALUE, "AMOUNT", "least amount of an award"}, \
	{"award-max", 0, OPTION_VALUE, "AMOUNT", "greatest amount of an award"}, \
	{"budget", 0, OPTION_VALUE, "AMOUNT", "of the call, within its programme's"}, \
	{"max-awards", 0, OPTION_VALUE, "N", "greatest number of awards"}, \
	{"proposals-per-applicant", 0, OPTION_VALUE, "N", "default 1"}, \
	{"eligible-scheme", 0, OPTION_VALUE, "SCHEME", "CN-USCI, XI-LEI or XI-ROR"}, \
	{"eligible-prefix", 0, OPTION_VALUE, "DIGITS", "prefix of the division code"}, \
	{"area", 0, OPTION_LIST, "CODE", "one of the programme's areas; repeat; none: all of them"}, \
	{"quorum", 0, OPTION_VALUE, "N", "opened reviews that a decision needs"}, \
	{"panel-min", 0, OPTION_VALUE, "N", "reviewers before reviewing begins; default quorum"}, \
	{"criterion", 0, OPTION_LIST, "CODE:WEIGHT:MAX[:EN[:ZH]]", \
	 "what reviewers mark; weights in 1/10,000 add up; repeat"}, \
	{"threshold", 0, OPTION_VALUE, "N|P%", \
	 "least mean of weight x mark of a selected proposal, or per cent of the greatest"}, \
	{"document", 0, OPTION_LIST, "FILE[:ROLE]", "a document, by its hash; repeat"}

/* Overwrites what file and options name, the rest stays: an amendment begins with
 * the present terms.  Amounts are of that currency.  ERR_USAGE names the option,
 * ERR_FILE_FORM the line. */
MUST_CHECK enum err terms_read(struct cli *cli, struct arena *arena, const char *currency,
			       Stele__CallTerms *terms);
/* The terms of a call as the API shows it, as such a file on standard output;
 * documents stand there as remarks, since only their hashes are known. */
void terms_print(const struct cli *cli, const json_t *call);

#endif
