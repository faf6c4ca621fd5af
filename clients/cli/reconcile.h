/* Payments of a bank against those of the ledger: which belong together, and what
 * stands on one side only.  A payment is known by its reference, which the ledger
 * takes once in a programme.  Pure. */
#ifndef STELE_CLIENTS_CLI_RECONCILE_H
#define STELE_CLIENTS_CLI_RECONCILE_H

#include "clients/cli/bank.h"

enum reconciled {
	RECONCILED_MATCH,         /* both sides say the same */
	RECONCILED_DIFFERS,       /* both have it, and say different things */
	RECONCILED_ONLY_BANK,     /* the ledger has no such reference */
	RECONCILED_ONLY_LEDGER,   /* the bank has no such reference */
	RECONCILED_TWICE,         /* the bank has the reference once more */
	RECONCILED_REVERSED,      /* the ledger took it back, and the bank has it not */
	RECONCILED_REVERSED_PAID, /* the ledger took it back, and the bank has it */
};
#define RECONCILED_COUNT 7

/* What differs, as bits. */
#define DIFFERS_AMOUNT 1u /* or the currency */
#define DIFFERS_DATE 2u
#define DIFFERS_PARTY 4u
#define DIFFERS_DIRECTION 8u

/* Whether both sides agree with each other there. */
bool reconciled_is_good(enum reconciled what);

/* Sorts both by reference, then calls visit once for every payment of either side (the
 * two of a pair together); the side that has none is NULL. */
void reconcile(struct payments *bank, struct payments *ledger,
	       void (*visit)(void *context, enum reconciled what, const struct payment *of_bank,
			     const struct payment *of_ledger, unsigned differs),
	       void *context);

/* Sums of one side, one for each currency, in the order in which they came. */
struct payment_sum {
	char currency[4];
	uint64_t payments, paid;    /* how many, and how much */
	uint64_t returns, returned; /* money that came back */
};
struct payment_sums {
	struct payment_sum items[LIMIT_TABLE_CURRENCIES];
	size_t count;
};
/* Reversed ones are left out.  False: too many currencies, or a sum of 2^63 and above. */
MUST_CHECK bool payments_sum(struct payment_sums *out, const struct payments *payments);

#endif
