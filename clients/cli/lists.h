/* Lists below one object that the arguments name: asked for whole, shown as a table. */
#ifndef STELE_CLIENTS_CLI_LISTS_H
#define STELE_CLIENTS_CLI_LISTS_H

#include "clients/cli/out.h"

/* /v1/programmes/PROGRAMME/awards/AWARD/<resource> */
MUST_CHECK enum err list_of_award(struct cli *cli, const char *resource,
				  const struct column *columns);
/* /v1/organisations/ORGANISATION/<resource>; without an argument the key's own one. */
MUST_CHECK enum err list_of_organisation(struct cli *cli, const char *resource,
					 const struct column *columns);

#endif
