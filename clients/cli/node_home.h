/* Homes of nodes, made and completed by the tool: keys, settings, genesis, the
 * unit text for systemd.  steled itself only reads them. */
#ifndef STELE_CLIENTS_CLI_NODE_HOME_H
#define STELE_CLIENTS_CLI_NODE_HOME_H

#include "clients/cli/cli.h"
#include "node/config.h"

struct node_keys {
	struct secret node;
	struct secret consensus; /* of a validator only */
	struct public_key node_public;
	struct public_key consensus_public;
	bool is_validator;
};

/* The home with fresh keys under the passphrase; ERR_FILE_EXISTS as a failure.
 * keys->is_validator is read, the rest written; wipe it. */
MUST_CHECK enum err node_home_make(struct cli *cli, const char *path, struct bytes passphrase,
				   struct node_keys *keys);
/* steled.conf, replacing one that is there. */
MUST_CHECK enum err node_home_configure(struct cli *cli, const char *path,
					const struct config *config);
/* genesis.txt from a sealed file; another one there is ERR_FILE_EXISTS. */
MUST_CHECK enum err node_home_found(struct cli *cli, const char *path, struct bytes sealed);
/* A systemd unit for the home. */
void node_home_unit(struct buf *out, const char *path, const char *steled);
/* The steled beside this program, else the one in PATH.  Free it. */
char *steled_path(void);

#endif
