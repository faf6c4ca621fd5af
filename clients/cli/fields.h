/* Fields of records from options: hashes of files or given ones, areas,
 * recipients, amounts, names; everything lives in an arena. */
#ifndef STELE_CLIENTS_CLI_FIELDS_H
#define STELE_CLIENTS_CLI_FIELDS_H

#include "base/arena.h"
#include "clients/cli/cli.h"
#include "proto/tx.pb-c.h"

/* What protobuf-c needs of a string; const is kept by not writing to it. */
char *field_text(struct arena *arena, const char *text);
/* text split at each ':' into at most max parts; the last keeps what is left. */
size_t field_split(struct arena *arena, const char *text, size_t max, char **parts);

/* 64 hex digits, or the SHA-256 of the file of that name.  ERR_FILE_READ. */
MUST_CHECK enum err field_hash(struct cli *cli, struct arena *arena, const char *text,
			       ProtobufCBinaryData *out);
/* FILE[:ROLE]: hash, size, and a media type guessed from the name.  ERR_FILE_READ. */
MUST_CHECK enum err field_document(struct cli *cli, struct arena *arena, const char *text,
				   Stele__Document **out);
/* "image/jpeg" for x.jpg; "application/octet-stream" for what is not known. */
const char *media_type_of(const char *path);
/* Minor units of that currency.  ERR_USAGE. */
MUST_CHECK enum err field_amount(struct cli *cli, const char *option, const char *currency,
				 uint64_t *out);
/* --start and --end.  ERR_USAGE. */
MUST_CHECK enum err field_period(struct cli *cli, struct arena *arena, Stele__Period **out);
/* --title-zh and --title-en; NULL where neither is given. */
Stele__Names *field_names(struct cli *cli, struct arena *arena, const char *zh, const char *en);

/* The currency of a programme, asked of the node. */
MUST_CHECK enum err programme_currency(struct cli *cli, const char *programme, char out[4]);

#endif
