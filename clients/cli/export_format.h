/* The formats of exports: each a pure function from proved facts to bytes.  What the
 * facts do not say is wanted (export_facts.h); the files count only where nothing is. */
#ifndef STELE_CLIENTS_CLI_EXPORT_FORMAT_H
#define STELE_CLIENTS_CLI_EXPORT_FORMAT_H

#include "clients/cli/export_facts.h"
#include "clients/cli/export_file.h"

typedef void export_format(struct export_facts *facts, struct export_files *out);

/* A 360Giving package of version 1.4, a grant a line. */
export_format export_360giving;
/* A folder of tables, RFC 4180 in UTF-8. */
export_format export_csv;
/* The same rows as objects, one a line, in one file. */
export_format export_ndjson;

/* A folder for whoever wants to check without this tool: the same rows, the leaf of each
 * record that they name, the genesis document, and how to check all that. */
export_format export_evidence;

/* In the evidence: where the leaf, and the receipt, of a record stand. */
#define EXPORT_RECORDS "records"
#define EXPORT_RECEIPTS "receipts"

/* The cell as it stands in a comma-separated file: quoted where it has to be; what a
 * spreadsheet would take for a formula has a ' before it, and so has what begins with '. */
void export_csv_cell(struct buf *out, const char *text);

#endif
