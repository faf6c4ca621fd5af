/* What the ledger says was paid in a programme and came back, each record with its proof:
 * the awards are all there are, and the state of each says how many payments it has. */
#ifndef STELE_CLIENTS_CLI_PAID_H
#define STELE_CLIENTS_CLI_PAID_H

#include "clients/cli/bank.h"
#include "clients/cli/cli.h"

struct paid {
	struct payments payments;
	uint64_t total, returned; /* of all awards, by their own proof */
	uint64_t height;          /* as of which */
	char currency[4];
	bool is_pinned;
};

/* Release it in any case.  What the node says that does not hold leaves with exit code 3. */
MUST_CHECK enum err paid_get(struct cli *cli, const char *programme, struct paid *out);
void paid_release(struct paid *paid);

#endif
