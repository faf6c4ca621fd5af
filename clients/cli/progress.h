/* Progress on standard error of what takes longer than a second: a bar on a
 * terminal; with --json one JSON object a second, where more is done than the last one
 * said; nothing otherwise. */
#ifndef STELE_CLIENTS_CLI_PROGRESS_H
#define STELE_CLIENTS_CLI_PROGRESS_H

#include "clients/cli/cli.h"

struct progress {
	const struct cli *cli;
	const char *what; /* "files anchored" */
	uint64_t total;   /* 0: unknown */
	uint64_t start_ms;
	uint64_t shown_ms, shown; /* when, and how much was done */
	bool is_bar;
	bool was_shown;
};

void progress_start(struct progress *progress, const struct cli *cli, const char *what,
		    uint64_t total);
void progress_set(struct progress *progress, uint64_t done);
/* Removes the bar. */
void progress_end(struct progress *progress, uint64_t done);

#endif
