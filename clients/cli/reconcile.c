#include "clients/cli/reconcile.h"

#include <stdlib.h>
#include <string.h>

bool reconciled_is_good(enum reconciled what)
{
	return what == RECONCILED_MATCH || what == RECONCILED_REVERSED;
}

/* By reference; those of one reference in the order of the file. */
static int compare(const void *a, const void *b)
{
	const struct payment *left = a, *right = b;
	int order = hash_compare(&left->reference, &right->reference);

	return order != 0 ? order : (left->line > right->line) - (left->line < right->line);
}

static unsigned differences(const struct payment *a, const struct payment *b)
{
	unsigned differs = 0;

	if (a->amount != b->amount || strcmp(a->currency, b->currency) != 0)
		differs |= DIFFERS_AMOUNT;
	if (strcmp(a->date, b->date) != 0)
		differs |= DIFFERS_DATE;
	if (strcmp(a->party, b->party) != 0)
		differs |= DIFFERS_PARTY;
	if (a->is_return != b->is_return)
		differs |= DIFFERS_DIRECTION;
	return differs;
}

void reconcile(struct payments *bank, struct payments *ledger,
	       void (*visit)(void *context, enum reconciled what, const struct payment *of_bank,
			     const struct payment *of_ledger, unsigned differs),
	       void *context)
{
	size_t b = 0, l = 0;

	if (bank->count > 0)
		qsort(bank->items, bank->count, sizeof(*bank->items), compare);
	if (ledger->count > 0)
		qsort(ledger->items, ledger->count, sizeof(*ledger->items), compare);
	while (b < bank->count || l < ledger->count) {
		const struct payment *of_bank = b < bank->count ? &bank->items[b] : NULL;
		const struct payment *of_ledger = l < ledger->count ? &ledger->items[l] : NULL;
		int order = of_bank == NULL	? 1
			    : of_ledger == NULL ? -1
						: hash_compare(&of_bank->reference, &of_ledger->reference);

		if (of_bank != NULL && b > 0 &&
		    hash_equal(&of_bank->reference, &bank->items[b - 1].reference)) {
			visit(context, RECONCILED_TWICE, of_bank, NULL, 0);
			b++;
		} else if (order < 0) {
			visit(context, RECONCILED_ONLY_BANK, of_bank, NULL, 0);
			b++;
		} else if (order > 0) {
			visit(context,
			      of_ledger->is_reversed ? RECONCILED_REVERSED : RECONCILED_ONLY_LEDGER,
			      NULL, of_ledger, 0);
			l++;
		} else {
			unsigned differs = differences(of_bank, of_ledger);

			visit(context,
			      of_ledger->is_reversed ? RECONCILED_REVERSED_PAID
			      : differs != 0	     ? RECONCILED_DIFFERS
						     : RECONCILED_MATCH,
			      of_bank, of_ledger, differs);
			b++;
			l++;
		}
	}
}

static struct payment_sum *sum_of(struct payment_sums *sums, const char *currency)
{
	size_t i = 0;

	while (i < sums->count && strcmp(sums->items[i].currency, currency) != 0)
		i++;
	if (i == LIMIT_TABLE_CURRENCIES)
		return NULL;
	if (i == sums->count) {
		sums->items[sums->count++] = (struct payment_sum){.payments = 0};
		memcpy(sums->items[i].currency, currency, sizeof(sums->items[i].currency));
	}
	return &sums->items[i];
}

bool payments_sum(struct payment_sums *out, const struct payments *payments)
{
	out->count = 0;
	for (size_t i = 0; i < payments->count; i++) {
		const struct payment *payment = &payments->items[i];
		struct payment_sum *sum;
		uint64_t *money;

		if (payment->is_reversed)
			continue;
		sum = sum_of(out, payment->currency);
		if (sum == NULL)
			return false;
		money = payment->is_return ? &sum->returned : &sum->paid;
		*(payment->is_return ? &sum->returns : &sum->payments) += 1;
		if (payment->amount > LIMIT_MONEY - *money)
			return false;
		*money += payment->amount;
	}
	return true;
}
