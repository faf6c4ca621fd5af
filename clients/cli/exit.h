/* Exit codes of the tool, the same with and without --json. */
#ifndef STELE_CLIENTS_CLI_EXIT_H
#define STELE_CLIENTS_CLI_EXIT_H

#include "base/err.h"

enum exit_code {
	EXIT_CODE_DONE = 0,
	EXIT_CODE_BUG = 1,
	EXIT_CODE_USAGE = 2,
	EXIT_CODE_CHECK_FAILED = 3,
	EXIT_CODE_NOT_RECORDED = 4,
	EXIT_CODE_UNDECIDED = 5, /* pending, unknown signer, syncing */
	EXIT_CODE_NOT_PERMITTED = 6,
	EXIT_CODE_REFUSED = 7,
	EXIT_CODE_NOT_SUBMITTED = 8, /* the network failed, certainly not submitted */
	EXIT_CODE_UNKNOWN = 9,       /* submitted, outcome unknown */
	EXIT_CODE_LOCAL = 10,        /* local file, config or key */
	EXIT_CODE_SOME_FAILED = 11,
	EXIT_CODE_ALARM = 12,
	EXIT_CODE_INTERRUPTED = 130,
};

#define EXIT_CODE_BY_ERR (-1)

int exit_code_of(enum err err);
/* "refused by a ledger rule": for help and manual. */
const char *exit_code_text(int code);

#endif
