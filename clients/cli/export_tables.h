/* A programme as tables: export, programme, areas, documents, organisations, calls,
 * decisions, awards, recipients, milestones, amendments, payments, recoveries.
 * docs/cli.md says what each column is. */
#ifndef STELE_CLIENTS_CLI_EXPORT_TABLES_H
#define STELE_CLIENTS_CLI_EXPORT_TABLES_H

#include "clients/cli/export_facts.h"
#include "clients/cli/export_row.h"

#define EXPORT_VERSION 1

/* One row; a table begins with its heading, which tells the names of its cells. */
typedef void export_take_row(void *context, const struct export_row *row, bool is_heading);

/* All tables, in their order, of what the facts say; what they do not say is wanted
 * (export_facts.h), and missing from the rows. */
void export_tables(struct export_facts *facts, export_take_row *take, void *context);

#endif
