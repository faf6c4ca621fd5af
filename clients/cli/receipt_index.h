/* Receipts by the hash of the content that they speak of, whatever their files are called:
 * so that a file finds its receipt wherever that lies.  Nothing of a receipt is believed
 * here; what is found is judged like any other. */
#ifndef STELE_CLIENTS_CLI_RECEIPT_INDEX_H
#define STELE_CLIENTS_CLI_RECEIPT_INDEX_H

#include "clients/cli/cli.h"

struct receipt_place {
	struct hash sha256;
	char *path;
	bool is_used;
};

struct receipt_index {
	struct receipt_place *places; /* ascending by hash once it is sorted */
	size_t count, room;
	bool is_sorted;
};

/* Adds every receipt below the folder; with any_name files of whatever name are tried, else
 * those that are called as receipts are.  What is no receipt is left out.  ERR_FILE_READ: the
 * folder cannot be read. */
MUST_CHECK enum err receipt_index_add(struct cli *cli, struct receipt_index *index,
				      const char *folder, bool any_name);
/* Those of that content: the first, and how many. */
struct receipt_place *receipt_index_find(struct receipt_index *index, const struct hash *sha256,
					 size_t *count);
void receipt_index_release(struct receipt_index *index);

#endif
