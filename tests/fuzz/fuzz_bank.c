/* A bank's file from anywhere: it is read or refused with a place, and what was read adds up
 * and matches itself. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/reconcile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	size_t pairs, twice, others;
};

static void see(void *context, enum reconciled what, const struct payment *of_bank,
		const struct payment *of_ledger, unsigned differs)
{
	struct seen *seen = context;

	(void)of_bank, (void)of_ledger, (void)differs;
	if (what == RECONCILED_MATCH)
		seen->pairs++;
	else if (what == RECONCILED_TWICE)
		seen->twice++;
	else
		seen->others++;
}

/* A file against itself: as many pairs as references, and nothing is on one side only. */
static void against_itself(struct payments *bank)
{
	struct payments ledger = {.items = NULL};
	struct seen seen = {.pairs = 0};
	struct payment_sums sums;
	size_t kept = 0;

	reconcile(bank, &ledger, see, &seen);
	for (size_t i = 0; i < bank->count; i++)
		if (i == 0 || !hash_equal(&bank->items[i].reference, &bank->items[i - 1].reference)) {
			payments_add(&ledger, &bank->items[i]);
			kept++;
		}
	seen = (struct seen){.pairs = 0};
	reconcile(bank, &ledger, see, &seen);
	ASSERT(seen.pairs == kept && seen.pairs + seen.twice == bank->count && seen.others == 0);
	(void)!payments_sum(&sums, bank);
	payments_release(&ledger);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct payments bank = {.items = NULL};
	struct table_fault fault;
	enum err err = bank_read(&bank, &fault, bytes_of(data, size));

	if (err == ERR_OK)
		against_itself(&bank);
	else
		ASSERT(fault.line > 0 && fault.line <= size + 1 && fault.what[0] != '\0' &&
		       memchr(fault.what, '\0', sizeof(fault.what)) != NULL);
	payments_release(&bank);
	return 0;
}
