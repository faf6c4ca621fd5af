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
/* The same for each time the option was given, after those that are in the list
 * already; both are the members of a message.  ERR_USAGE beyond max. */
MUST_CHECK enum err field_documents(struct cli *cli, struct arena *arena, const char *option,
				    size_t *count, Stele__Document ***list);
/* CODE[:EN[:ZH]], likewise. */
MUST_CHECK enum err field_areas(struct cli *cli, struct arena *arena, const char *option,
				size_t *count, Stele__Area ***list);
/* ORG[:SHARE], likewise; without a share all is the only one's. */
MUST_CHECK enum err field_recipients(struct cli *cli, struct arena *arena, const char *option,
				     size_t *count, Stele__Recipient ***list);
/* --milestone DATE:AMOUNT:FILE|HASH, numbered in the order given; they replace what
 * is in the list. */
MUST_CHECK enum err field_milestones(struct cli *cli, struct arena *arena, const char *currency,
				     size_t *count, Stele__Milestone ***list);
/* Why something was done stays with whoever wrote it, for it may name persons: one form for
 * all commands that take a reason. */
#define OPTION_REASON \
	{"reason", 0, OPTION_VALUE, "FILE|HASH", "why; keep the file, the ledger holds its SHA-256 only"}

/* --reason and the like: FILE or HASH; empty where the option is absent. */
MUST_CHECK enum err field_reason(struct cli *cli, struct arena *arena, const char *option,
				 ProtobufCBinaryData *out);
/* The hash of a text that stays out of the ledger: it may name persons. */
void field_text_hash(struct arena *arena, const char *text, ProtobufCBinaryData *out);
/* "image/jpeg" for x.jpg; "application/octet-stream" for what is not known. */
const char *media_type_of(const char *path);
/* Minor units of that currency.  ERR_USAGE. */
MUST_CHECK enum err field_amount(struct cli *cli, const char *option, const char *currency,
				 uint64_t *out);
/* --start and --end.  ERR_USAGE. */
MUST_CHECK enum err field_period(struct cli *cli, struct arena *arena, Stele__Period **out);
/* --title-zh and --title-en; NULL where neither is given. */
Stele__Names *field_names(struct cli *cli, struct arena *arena, const char *zh, const char *en);

/* Arguments as names of things: PROGRAMME CALL, and PROGRAMME AWARD.  ERR_USAGE. */
MUST_CHECK enum err args_call(struct cli *cli, char **programme, char **call);
MUST_CHECK enum err args_award(struct cli *cli, char **programme, uint64_t *award);

/* The currency of a programme, asked of the node. */
MUST_CHECK enum err programme_currency(struct cli *cli, const char *programme, char out[4]);

#endif
