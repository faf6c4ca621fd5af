/* verify-ledger's work, shared among child processes: one walks and executes, the others
 * check signatures of ranges of heights; who is through with its own helps.  What was
 * executed and what was checked is held together by a hash over each range. */
#ifndef STELE_CLIENTS_CLI_LEDGER_CHECK_H
#define STELE_CLIENTS_CLI_LEDGER_CHECK_H

#include "clients/cli/cli.h"
#include "ledger/verify.h"
#include "proto/header.h"

enum head_found {
	HEAD_NOT_ASKED,
	HEAD_THERE,
	HEAD_ABOVE, /* the ledger ends below it */
	HEAD_OTHER, /* another block stands at its height */
};

struct ledger_check {
	struct cli *cli;
	const char *store;    /* its folder; nobody writes to it */
	const char *scratch;  /* a folder that is absent */
	const struct genesis *genesis;
	struct bytes genesis_text;
	bool is_export;
	unsigned jobs;        /* 1 … CREW_MAX */
	unsigned silence_s;
	const struct header *head; /* NULL: none is asked for */
	struct hash head_block;
};

struct ledger_verdict {
	enum err err; /* ERR_OK, ERR_STORE_DAMAGED, or why it could not be concluded */
	struct verify_report report; /* its what is NULL: it stands here */
	char what[200];
	enum head_found head;
};

/* With progress.  ERR_INTERRUPTED, ERR_INTERNAL, ERR_MEMORY: there is no verdict. */
MUST_CHECK enum err ledger_check_run(const struct ledger_check *check, struct ledger_verdict *out);

#endif
