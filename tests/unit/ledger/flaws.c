#include "tests/unit/ledger/flaws.h"

#include "tests/lib/unit.h"

/* The attempt with the flaws from the first up to the last but one. */
static void try_with(struct attempt (*prepare)(void), const struct flaw *flaws, size_t from,
		     size_t to, enum err want)
{
	struct attempt attempt = prepare();

	for (size_t i = to; i > from; i--)
		flaws[i - 1].spoil(&attempt);
	world_expects(attempt.world, attempt.who, attempt.operation, attempt.record, want);
	world_free(attempt.world);
}

void flaws_decide(struct attempt (*prepare)(void), const struct flaw *flaws, size_t count)
{
	try_with(prepare, flaws, 0, 0, ERR_OK);
	for (size_t i = 0; i < count; i++) {
		try_with(prepare, flaws, i, i + 1, flaws[i].err);
		try_with(prepare, flaws, i, count, flaws[i].err);
	}
}
