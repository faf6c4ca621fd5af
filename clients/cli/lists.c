#include "clients/cli/lists.h"

#include <stdlib.h>

#include "clients/cli/api.h"
#include "clients/cli/fields.h"
#include "clients/cli/files.h"
#include "clients/cli/signer.h"

/* Takes the path. */
static enum err show(struct cli *cli, char *path, const struct column *columns)
{
	json_t *list = NULL;
	enum err err = api_get_all(cli, &list, path);

	free(path);
	if (err == ERR_OK)
		out_list(cli, list, columns);
	return err;
}

enum err list_of_award(struct cli *cli, const char *resource, const struct column *columns)
{
	char *programme;
	uint64_t award;
	enum err err = args_award(cli, &programme, &award);

	if (err != ERR_OK)
		return err;
	return show(cli,
		    path_of("/v1/programmes/%.64s/awards/%llu/%s", programme,
			    (unsigned long long)award, resource),
		    columns);
}

enum err list_of_organisation(struct cli *cli, const char *resource, const struct column *columns)
{
	char own[LIMIT_SEGMENT + 1];
	const char *org = cli->args_count > 0 ? cli->args[0] : own;
	enum err err = cli->args_count > 0 ? api_segment(cli, "organisation", org)
					   : signer_organisation(cli, own);

	if (err != ERR_OK)
		return err;
	return show(cli, path_of("/v1/organisations/%s/%s", org, resource), columns);
}
