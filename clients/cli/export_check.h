/* stele export check: a file, or a folder, against the proof beside it. */
#ifndef STELE_CLIENTS_CLI_EXPORT_CHECK_H
#define STELE_CLIENTS_CLI_EXPORT_CHECK_H

#include "clients/cli/cli.h"
#include "clients/cli/export_format.h"

struct export_kind {
	const char *word; /* "360giving" */
	export_format *format;
	bool is_folder;
	bool has_receipts;
};

/* Ends with word NULL. */
extern const struct export_kind export_kinds[];

#define EXPORT_PROOF_NAME "proof.json" /* within a folder */
#define EXPORT_SUMS_NAME "SHA256SUMS"

/* Where the proof of an export lies.  Free it. */
char *export_proof_path(const char *path, bool is_folder);
/* SHA256SUMS of all files of a folder, as sha256sum writes it; proof: its parts. */
void export_sums(struct buf *out, const struct export_files *files,
		 const struct export_files *proof);

enum err export_check_run(struct cli *cli);

#endif
