/* Pinned networks: sealed genesis files that the user decided to rely on, in the
 * home under networks/<name>@<16 hex>.genesis, and beside each, in .pin, what trust
 * update has followed since.  Trust comes from here or from --trust, never from a
 * node and never from a receipt. */
#ifndef STELE_CLIENTS_CLI_PINS_H
#define STELE_CLIENTS_CLI_PINS_H

#include "clients/cli/cli.h"
#include "proofs/cover.h"
#include "proofs/trust.h"
#include "proto/genesis.h"
#include "proto/genesis_file.h"

/* A sealed genesis read from a file, with every founder's signature checked. */
struct sealed {
	struct buf text; /* the whole file */
	struct genesis_file file;
	struct genesis genesis;
};

/* Failures name the path: ERR_FILE_READ, ERR_GENESIS_FORM with the line,
 * ERR_GENESIS_SIGNATURES with the organisation.  Free *out with sealed_free. */
MUST_CHECK enum err sealed_read(struct cli *cli, const char *path, struct sealed **out);
void sealed_free(struct sealed *sealed);
struct trust sealed_trust(const struct sealed *sealed);

/* Stores it; a pin of the same chain is a success. *was_there says which. */
MUST_CHECK enum err pins_add(struct cli *cli, const struct sealed *sealed, bool *was_there);
/* What is relied on of one network. */
struct pinned {
	struct trust trust;    /* the newest that is known: of the pin, or else of the genesis */
	struct sealed *sealed; /* NULL where --trust names a pin */
	char *pin_path;        /* where trust update keeps it; NULL with --trust */
};

typedef enum err pins_visit(struct cli *cli, const struct pinned *pinned, void *context);

/* Calls visit for each pinned network, or for --trust alone (a genesis file or a pin) where
 * that is given; stops at the first error. */
MUST_CHECK enum err pins_each(struct cli *cli, pins_visit *visit, void *context);
/* The pin of that chain: *found says whether there is one.  With --trust it is that one
 * whatever its chain, so that another network's fails by its signers. */
MUST_CHECK enum err pins_find(struct cli *cli, const struct hash *chain, bool *found,
			      struct trust *out);
/* Of a network that a node says it serves, or that a proof is of: with --trust another chain is
 * ERR_GENESIS_MISMATCH; without, one that no pin knows gets a remark. */
MUST_CHECK enum err pins_compare(struct cli *cli, const struct hash *chain, const char *origin);

#endif
