#include "tests/unit/cli/asked.h"

#include <stdlib.h>
#include <string.h>

#include "clients/cli/parse.h"
#include "tests/lib/unit.h"

#define WORDS_MAX 64

struct asked {
	struct cli cli;
	char *argv[WORDS_MAX + 2];
};

struct cli *asked_new(const char *const *words)
{
	struct asked *asked = calloc(1, sizeof(*asked));
	bool wants_help = false;
	char topic[64];
	int count = 1;

	ck_assert_ptr_nonnull(asked);
	asked->argv[0] = strdup("stele");
	for (; *words != NULL && count <= WORDS_MAX; words++)
		asked->argv[count++] = strdup(*words);
	ck_assert_int_eq(parse(&asked->cli, count, asked->argv, &wants_help, topic), ERR_OK);
	return &asked->cli;
}

void asked_free(struct cli *cli)
{
	struct asked *asked = (struct asked *)cli; /* its first member */

	cli_release(cli);
	for (int i = 0; asked->argv[i] != NULL; i++)
		free(asked->argv[i]);
	free(asked);
}
