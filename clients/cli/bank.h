/* Payments as a bank tells of them: a table whose first line names its columns.
 *
 *   reference         as the bank has it; only its SHA-256 is compared
 *   reference_sha256  that hash instead, 64 lower-case hex digits: one of the two
 *   amount            "1,000,000.00", in units of the currency; above zero
 *   currency          ISO 4217
 *   value_date        YYYY-MM-DD
 *   payee             the organisation at the other end, as the ledger names it
 *   direction         out (a payment) or in (money that came back); may be absent: out
 *
 * Other columns are passed over.  Pure. */
#ifndef STELE_CLIENTS_CLI_BANK_H
#define STELE_CLIENTS_CLI_BANK_H

#include "clients/cli/table.h"

/* One payment, of a bank or of the ledger. */
struct payment {
	struct hash reference; /* SHA-256 */
	uint64_t amount;
	char currency[4];
	char date[11];
	char party[LIMIT_SEGMENT + 1]; /* who was paid; of money that came back, who paid it */
	bool is_return;                /* money that came back: a recovery */
	size_t line;                   /* of the bank's file */
	uint64_t award, number;        /* of the ledger */
	bool is_reversed;              /* the same: it is said not to have happened */
};

struct payments {
	struct payment *items;
	size_t count, room;
	size_t passed_over; /* columns of the bank's file that nothing was read from */
};

/* Ends the process when memory is short. */
void payments_add(struct payments *payments, const struct payment *payment);
void payments_release(struct payments *payments);

/* Appends.  ERR_TABLE_SIZE, ERR_TABLE_FORM, ERR_BANK_COLUMNS, ERR_BANK_VALUE: *fault says
 * where; what was read until then is in payments. */
MUST_CHECK enum err bank_read(struct payments *payments, struct table_fault *fault,
			      struct bytes text);

#endif
