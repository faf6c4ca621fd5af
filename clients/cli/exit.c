#include "clients/cli/exit.h"

#include <stddef.h>

/* Who may do it, rather than what was asked, is the matter. */
static bool is_about_permission(enum err err)
{
	static const enum err list[] = {
		ERR_KEY_UNKNOWN,       ERR_KEY_NOT_YET,      ERR_KEY_REVOKED,
		ERR_KEY_PURPOSE,       ERR_ORG_INACTIVE,     ERR_ROLE,
		ERR_MOTION_NOT_ELIGIBLE, ERR_MOTION_OWN_AWARD, ERR_MOTION_NOT_OPENER,
		ERR_PROGRAMME_FUNDER,  ERR_PROGRAMME_AGENCY, ERR_AWARD_RECIPIENT,
		ERR_CLAIM_NOT_OWN,     ERR_AWARD_LINK,       ERR_API_HOST,
		ERR_KEY_NOT_OWN,       ERR_PROPOSAL_NOT_OWN, ERR_NOT_ON_PANEL,
		ERR_NOT_A_PARTY,
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (list[i] == err)
			return true;
	return false;
}

/* Those whose thousand does not say it. */
static int exit_code_special(enum err err)
{
	static const struct {
		enum err err;
		int code;
	} list[] = {
		{ERR_OK, EXIT_CODE_DONE},
		{ERR_SYNCING, EXIT_CODE_UNDECIDED},
		{ERR_PENDING, EXIT_CODE_UNDECIDED},
		{ERR_RECEIPT_UNPINNED, EXIT_CODE_UNDECIDED},
		{ERR_RECEIPT_REACH, EXIT_CODE_UNDECIDED},
		{ERR_RECEIPT_SILENT, EXIT_CODE_UNDECIDED},
		{ERR_NOT_RECORDED, EXIT_CODE_NOT_RECORDED},
		{ERR_API_NOT_FOUND, EXIT_CODE_NOT_RECORDED},
		{ERR_NOT_FOUND, EXIT_CODE_NOT_RECORDED},
		{ERR_STORE_PRUNED, EXIT_CODE_UNDECIDED},
		{ERR_API_HEIGHT_GONE, EXIT_CODE_UNDECIDED},
		{ERR_API_HEIGHT_AHEAD, EXIT_CODE_UNDECIDED},
		{ERR_API_HEIGHT_FAR, EXIT_CODE_UNDECIDED},
		{ERR_API_UNCOVERED, EXIT_CODE_UNDECIDED},
		{ERR_API_PARAMETER, EXIT_CODE_USAGE},
		{ERR_API_PROOF_SIZE, EXIT_CODE_USAGE},
		{ERR_API_PROOF_RANGE, EXIT_CODE_USAGE},
		{ERR_NET_UNKNOWN, EXIT_CODE_UNKNOWN},
		{ERR_USAGE, EXIT_CODE_USAGE},
		{ERR_GENESIS_SIGNATURES, EXIT_CODE_CHECK_FAILED},
		{ERR_GENESIS_MISMATCH, EXIT_CODE_CHECK_FAILED},
		{ERR_ITEMS_FAILED, EXIT_CODE_SOME_FAILED},
		{ERR_EXPORT_DIFFERS, EXIT_CODE_CHECK_FAILED},
		{ERR_EXPORT_PROOF, EXIT_CODE_CHECK_FAILED},
		{ERR_EXPORT_EMPTY, EXIT_CODE_NOT_RECORDED},
		{ERR_INTERRUPTED, EXIT_CODE_INTERRUPTED},
		{ERR_STORE_DAMAGED, EXIT_CODE_ALARM},
		{ERR_DISK_LOW, EXIT_CODE_NOT_SUBMITTED},
		{ERR_TRIPPED, EXIT_CODE_ALARM},
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (list[i].err == err)
			return list[i].code;
	return is_about_permission(err) ? EXIT_CODE_NOT_PERMITTED : EXIT_CODE_BY_ERR;
}

int exit_code_of(enum err err)
{
	int code = exit_code_special(err);

	if (code != EXIT_CODE_BY_ERR)
		return code;
	switch ((unsigned)err / 1000) {
	case 2:
	case 3:
	case 4:
		return EXIT_CODE_REFUSED;
	case 5:
		return EXIT_CODE_NOT_SUBMITTED;
	case 6:
	case 8:
		return EXIT_CODE_LOCAL;
	case 7:
		return EXIT_CODE_CHECK_FAILED;
	case 9:
		return EXIT_CODE_ALARM;
	}
	return EXIT_CODE_BUG;
}

const char *exit_code_text(int code)
{
	static const char *const texts[] = {
		"done, or verified",
		"an internal error: a defect",
		"the command line is not understood",
		"a check failed",
		"not recorded",
		"cannot conclude: pending, signer unknown, node syncing",
		"not permitted",
		"refused by a rule of the ledger",
		"the network failed; certainly not submitted",
		"submitted, outcome unknown",
		"a local file, configuration or key",
		"some items failed",
		"integrity alarm: fork or divergence",
	};

	if (code >= 0 && (size_t)code < sizeof(texts) / sizeof(texts[0]))
		return texts[code];
	return code == EXIT_CODE_INTERRUPTED ? "interrupted" : "unknown";
}
