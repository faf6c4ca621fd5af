/* A call of the tool from its words, for what reads options. */
#ifndef STELE_TESTS_UNIT_CLI_ASKED_H
#define STELE_TESTS_UNIT_CLI_ASKED_H

#include "clients/cli/cli.h"

/* Words up to NULL, without "stele"; they must be understood.  asked_free it. */
struct cli *asked_new(const char *const *words);
void asked_free(struct cli *cli);
#define ASKED(...) asked_new((const char *const[]){__VA_ARGS__, NULL})

#endif
