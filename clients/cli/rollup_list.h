/* The list of a roll-up: what stands under its root, kept by its issuer.
 *
 * A text: "stele/v1 rollup", then a line for each item, in order:
 *   <sha256> <size> <name>     size 0: not known
 * Lists of sha256sum ("<sha256>  <name>") and bare hashes are read too.  A name
 * begins behind one blank; where one has a line feed or a backslash, the line
 * begins with a backslash and they stand as \n and \\, as sha256sum has it. */
#ifndef STELE_CLIENTS_CLI_ROLLUP_LIST_H
#define STELE_CLIENTS_CLI_ROLLUP_LIST_H

#include "clients/cli/cli.h"
#include "proofs/receipt.h"
#include "proto/tx.h"

struct rollup_item {
	struct receipt_file file;
	char *name; /* "" where there is none */
};

struct rollup_list {
	struct rollup_item *items;
	size_t count, room;
};

/* Takes name. */
void rollup_list_add(struct rollup_list *list, const struct receipt_file *file, char *name);
void rollup_list_release(struct rollup_list *list);
/* Appends.  ERR_FILE_READ, ERR_FILE_FORM with the line. */
MUST_CHECK enum err rollup_list_read(struct cli *cli, const char *path, struct rollup_list *list);
void rollup_list_render(struct buf *out, const struct rollup_list *list);

/* The bytes that an item is under the root: a BatchEntry. */
void rollup_item_data(struct buf *out, const struct rollup_item *item);
/* The hashes of all; free it. */
struct hash *rollup_list_leaves(const struct rollup_list *list);

#endif
