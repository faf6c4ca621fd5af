#include "proto/bounds.h"

#include <string.h>

#include "base/limits.h"

#define OPT false
#define REQ true
#define MAX63 INT64_MAX
#define NAME_MAX_BYTES 256
#define DIGESTS_MAX 256
#define VOTES_MAX LIMIT_VALIDATORS
#define OWN_VOTES_MAX 64

#define TEXT(m, f, need, max, form) {m, f, BOUND_TEXT, need, 1, max, 0, form}
#define SEGMENT(m, f, need) {m, f, BOUND_TEXT, need, 1, LIMIT_SEGMENT, 0, FORM_SEGMENT}
#define DATE(m, f, need) {m, f, BOUND_TEXT, need, 10, 10, 0, FORM_DATE}
#define BYTES(m, f, need, min, max) {m, f, BOUND_BYTES, need, min, max, 0, FORM_ANY}
#define HASH(m, f, need) BYTES(m, f, need, 32, 32)
#define NUMBER(m, f, need, max) {m, f, BOUND_NUMBER, need, 1, max, 0, FORM_ANY}
#define ENUM(m, f, need) {m, f, BOUND_NUMBER, need, 1, INT32_MAX, 0, FORM_ANY}
#define MESSAGE(m, f, need) {m, f, BOUND_MESSAGE, need, 0, UINT32_MAX, 0, FORM_ANY}
#define MESSAGES(m, f, need, count) {m, f, BOUND_MESSAGE, need, 0, UINT32_MAX, count, FORM_ANY}
#define BYTESES(m, f, need, min, max, count) {m, f, BOUND_BYTES, need, min, max, count, FORM_ANY}
#define NUMBERS(m, f, need, max, count) {m, f, BOUND_NUMBER, need, 1, max, count, FORM_ASCENDING}

/* Amounts take any 64 bits here: what is above zero and below 2^63 is a rule of
 * the ledger with an error of its own, and so are the values of a policy. */
const struct bound bounds[] = {
	/* --- tx.proto: the envelope; its sizes are checked by tx_decode */
	BYTES("SignedTransaction", "body", REQ, 1, LIMIT_TX_BYTES),
	BYTES("SignedTransaction", "signature", REQ, 64, 64),
	BYTES("SignedTransaction", "attachment", OPT, 1, LIMIT_TX_BYTES),
	HASH("TransactionBody", "chain", REQ),
	BYTES("TransactionBody", "signer", REQ, 33, 33),
	NUMBER("TransactionBody", "valid_until", OPT, MAX63),
	NUMBER("TransactionBody", "nonce", OPT, UINT64_MAX),
	MESSAGE("TransactionBody", "motion_open", REQ),
	MESSAGE("TransactionBody", "motion_approve", REQ),
	MESSAGE("TransactionBody", "motion_withdraw", REQ),
	MESSAGE("TransactionBody", "org_register", REQ),
	MESSAGE("TransactionBody", "key_add", REQ),
	MESSAGE("TransactionBody", "policy_set", REQ),
	MESSAGE("TransactionBody", "programme_create", REQ),
	MESSAGE("TransactionBody", "award_grant", REQ),
	MESSAGE("TransactionBody", "award_accept", REQ),
	MESSAGE("TransactionBody", "award_import", REQ),
	MESSAGE("TransactionBody", "disbursement_record", REQ),
	MESSAGE("TransactionBody", "content_anchor", REQ),
	MESSAGE("TransactionBody", "content_batch", REQ),
	MESSAGE("TransactionBody", "content_supersede", REQ),
	MESSAGE("TransactionBody", "content_withdraw", REQ),
	MESSAGE("TransactionBody", "note_attach", REQ),
	/* shared pieces */
	TEXT("Names", "zh", OPT, NAME_MAX_BYTES, FORM_ANY),
	TEXT("Names", "en", OPT, NAME_MAX_BYTES, FORM_ANY),
	HASH("Document", "sha256", REQ),
	NUMBER("Document", "size", OPT, MAX63),
	TEXT("Document", "media_type", OPT, 127, FORM_ANY),
	TEXT("Document", "role", OPT, 64, FORM_ANY),
	DATE("Period", "start", REQ),
	DATE("Period", "end", REQ),
	/* governance */
	BYTES("OrgKey", "key", REQ, 33, 33),
	NUMBERS("OrgKey", "purposes", REQ, INT32_MAX, 4),
	BYTES("OrgKey", "proof", REQ, 64, 64),
	SEGMENT("OrgRegister", "id", REQ),
	MESSAGE("OrgRegister", "names", REQ),
	NUMBERS("OrgRegister", "roles", REQ, INT32_MAX, 7),
	MESSAGES("OrgRegister", "keys", REQ, 8),
	SEGMENT("KeyAdd", "org", REQ),
	MESSAGE("KeyAdd", "key", REQ),
	NUMBER("KeyAdd", "from_height", OPT, MAX63),
	NUMBER("PolicyRule", "operation", REQ, UINT32_MAX),
	NUMBERS("PolicyRule", "openers", OPT, INT32_MAX, 7),
	NUMBER("PolicyRule", "approvals", OPT, UINT32_MAX),
	ENUM("PolicyRule", "approvers", OPT),
	NUMBER("PolicyLimits", "window_ms", OPT, MAX63),
	NUMBER("PolicyLimits", "quota_window_ms", OPT, MAX63),
	NUMBER("PolicyLimits", "quota_transactions", OPT, MAX63),
	NUMBER("PolicyLimits", "quota_bytes", OPT, MAX63),
	NUMBER("PolicyLimits", "quota_entries", OPT, MAX63),
	MESSAGES("PolicySet", "rules", OPT, 64),
	MESSAGE("PolicySet", "limits", OPT),
	MESSAGE("MotionOperation", "org_register", REQ),
	MESSAGE("MotionOperation", "key_add", REQ),
	MESSAGE("MotionOperation", "policy_set", REQ),
	MESSAGE("MotionOperation", "programme_create", REQ),
	MESSAGE("MotionOperation", "award_grant", REQ),
	MESSAGE("MotionOperation", "award_import", REQ),
	MESSAGE("MotionOperation", "disbursement_record", REQ),
	MESSAGE("MotionOpen", "operation", REQ),
	NUMBER("MotionOpen", "expires", OPT, MAX63),
	NUMBER("MotionApprove", "motion", OPT, MAX63),
	NUMBER("MotionWithdraw", "motion", OPT, MAX63),
	/* grants */
	SEGMENT("Area", "code", REQ),
	MESSAGE("Area", "names", OPT),
	SEGMENT("Eligibility", "scheme", OPT),
	TEXT("Eligibility", "division_prefix", OPT, 6, FORM_SEGMENT),
	SEGMENT("ProgrammeCreate", "id", REQ),
	SEGMENT("ProgrammeCreate", "funder", REQ),
	SEGMENT("ProgrammeCreate", "agency", REQ),
	MESSAGE("ProgrammeCreate", "titles", REQ),
	TEXT("ProgrammeCreate", "currency", REQ, 3, FORM_CURRENCY),
	NUMBER("ProgrammeCreate", "budget", OPT, UINT64_MAX),
	NUMBER("ProgrammeCreate", "max_awards", OPT, UINT32_MAX),
	MESSAGE("ProgrammeCreate", "period", REQ),
	MESSAGES("ProgrammeCreate", "areas", OPT, 32),
	MESSAGE("ProgrammeCreate", "eligibility", OPT),
	TEXT("ProgrammeCreate", "legal_basis", OPT, 512, FORM_ANY),
	MESSAGES("ProgrammeCreate", "documents", OPT, 32),
	SEGMENT("Recipient", "org", REQ),
	NUMBER("Recipient", "share", OPT, UINT32_MAX),
	NUMBER("Milestone", "number", OPT, UINT32_MAX),
	DATE("Milestone", "due", OPT),
	NUMBER("Milestone", "amount", OPT, UINT64_MAX),
	HASH("Milestone", "criteria_sha256", OPT),
	SEGMENT("AwardGrant", "programme", REQ),
	SEGMENT("AwardGrant", "area", OPT),
	SEGMENT("AwardGrant", "call", OPT),
	NUMBER("AwardGrant", "proposal", OPT, MAX63),
	MESSAGES("AwardGrant", "recipients", REQ, 16),
	NUMBER("AwardGrant", "amount", OPT, UINT64_MAX),
	MESSAGE("AwardGrant", "period", REQ),
	HASH("AwardGrant", "terms_sha256", OPT),
	MESSAGES("AwardGrant", "milestones", OPT, 64),
	MESSAGE("AwardGrant", "titles", OPT),
	SEGMENT("AwardAccept", "programme", REQ),
	NUMBER("AwardAccept", "award", OPT, MAX63),
	SEGMENT("AwardImport", "programme", REQ),
	TEXT("AwardImport", "publisher_id", REQ, 256, FORM_ANY),
	TEXT("AwardImport", "title", OPT, 512, FORM_ANY),
	TEXT("AwardImport", "recipient_id", OPT, 256, FORM_ANY),
	TEXT("AwardImport", "recipient_name", OPT, 256, FORM_ANY),
	NUMBER("AwardImport", "amount", OPT, UINT64_MAX),
	DATE("AwardImport", "date", REQ),
	HASH("AwardImport", "document_sha256", REQ),
	SEGMENT("DisbursementRecord", "programme", REQ),
	NUMBER("DisbursementRecord", "award", OPT, MAX63),
	NUMBER("DisbursementRecord", "milestone", OPT, UINT32_MAX),
	NUMBER("DisbursementRecord", "amount", OPT, UINT64_MAX),
	SEGMENT("DisbursementRecord", "payer", REQ),
	SEGMENT("DisbursementRecord", "payee", REQ),
	DATE("DisbursementRecord", "value_date", REQ),
	HASH("DisbursementRecord", "reference_sha256", REQ),
	/* content */
	TEXT("Manifest", "id", OPT, 256, FORM_ANY),
	HASH("Manifest", "sha256", REQ),
	TEXT("AigcLabel", "label", REQ, 8, FORM_ANY),
	TEXT("AigcLabel", "content_producer", OPT, 64, FORM_ANY),
	TEXT("AigcLabel", "produce_id", OPT, 128, FORM_ANY),
	TEXT("AigcLabel", "reserved_code1", OPT, 256, FORM_ANY),
	TEXT("AigcLabel", "content_propagator", OPT, 64, FORM_ANY),
	TEXT("AigcLabel", "propagate_id", OPT, 128, FORM_ANY),
	TEXT("AigcLabel", "reserved_code2", OPT, 256, FORM_ANY),
	TEXT("SoftBinding", "alg", REQ, 64, FORM_ANY),
	BYTES("SoftBinding", "value", REQ, 1, 256),
	TEXT("Generator", "name", REQ, 128, FORM_ANY),
	TEXT("Generator", "version", OPT, 64, FORM_ANY),
	TEXT("Generator", "model", OPT, 128, FORM_ANY),
	HASH("Parent", "sha256", REQ),
	NUMBER("Parent", "claim", OPT, MAX63),
	ENUM("Parent", "relation", REQ),
	SEGMENT("AwardLink", "programme", REQ),
	NUMBER("AwardLink", "award", OPT, MAX63),
	NUMBER("AwardLink", "milestone", OPT, UINT32_MAX),
	HASH("ContentAnchor", "sha256", REQ),
	NUMBER("ContentAnchor", "size", OPT, MAX63),
	TEXT("ContentAnchor", "media_type", OPT, 127, FORM_ANY),
	TEXT("ContentAnchor", "title", OPT, 256, FORM_ANY),
	TEXT("ContentAnchor", "location", OPT, 1024, FORM_ANY),
	TEXT("ContentAnchor", "licence", OPT, 256, FORM_ANY),
	MESSAGE("ContentAnchor", "c2pa", OPT),
	ENUM("ContentAnchor", "source_type", OPT),
	MESSAGE("ContentAnchor", "aigc", OPT),
	MESSAGES("ContentAnchor", "soft_bindings", OPT, 16),
	TEXT("ContentAnchor", "iscc", OPT, 128, FORM_ANY),
	MESSAGE("ContentAnchor", "generator", OPT),
	MESSAGES("ContentAnchor", "parents", OPT, 32),
	MESSAGE("ContentAnchor", "award", OPT),
	HASH("ContentAnchor", "salt", OPT),
	NUMBER("ContentBatch", "count", REQ, LIMIT_BATCH_ENTRIES),
	HASH("ContentBatch", "root", REQ),
	TEXT("ContentBatch", "title", OPT, 256, FORM_ANY),
	TEXT("ContentBatch", "licence", OPT, 256, FORM_ANY),
	ENUM("ContentBatch", "source_type", OPT),
	MESSAGE("ContentBatch", "generator", OPT),
	MESSAGE("ContentBatch", "award", OPT),
	HASH("BatchEntry", "sha256", REQ),
	NUMBER("BatchEntry", "size", OPT, MAX63),
	TEXT("BatchEntry", "media_type", OPT, 40, FORM_ANY),
	ENUM("BatchEntry", "relation", OPT),
	MESSAGES("BatchEntries", "entries", REQ, LIMIT_BATCH_ENTRIES),
	HASH("ContentRef", "sha256", REQ),
	NUMBER("ContentRef", "claim", OPT, MAX63),
	MESSAGE("ContentSupersede", "target", REQ),
	MESSAGE("ContentSupersede", "by", REQ),
	HASH("ContentSupersede", "reason_sha256", OPT),
	MESSAGE("ContentWithdraw", "target", REQ),
	HASH("ContentWithdraw", "reason_sha256", OPT),
	SEGMENT("NoteAttach", "programme", REQ),
	MESSAGE("NoteAttach", "award", REQ),
	MESSAGE("NoteAttach", "content", REQ),
	SEGMENT("NoteAttach", "org", REQ),
	HASH("NoteAttach", "text_sha256", REQ),
	TEXT("NoteAttach", "role", OPT, 64, FORM_ANY),

	/* --- state.proto: what this node wrote; LIMIT_VALUE_BYTES bounds the whole */
	NUMBER("CountValue", "count", OPT, MAX63),
	SEGMENT("OrgValue", "id", REQ),
	MESSAGE("OrgValue", "names", OPT),
	NUMBERS("OrgValue", "roles", OPT, INT32_MAX, 7),
	ENUM("OrgValue", "status", OPT),
	NUMBER("OrgValue", "keys", OPT, MAX63),
	NUMBER("OrgValue", "awards", OPT, MAX63),
	MESSAGES("OrgValue", "open_motions", OPT, LIMIT_MOTIONS_OPEN),
	NUMBER("OrgValue", "log_index", OPT, MAX63),
	NUMBER("OrgValue", "motion", OPT, MAX63),
	NUMBER("OrgValue", "number", OPT, MAX63),
	NUMBER("OpenMotion", "motion", OPT, MAX63),
	NUMBER("OpenMotion", "expires", OPT, MAX63),
	BYTES("KeyValue", "key", REQ, 33, 33),
	SEGMENT("KeyValue", "org", REQ),
	NUMBERS("KeyValue", "purposes", OPT, INT32_MAX, 4),
	NUMBER("KeyValue", "from_height", OPT, MAX63),
	NUMBER("KeyValue", "revoked_height", OPT, MAX63),
	NUMBER("KeyValue", "log_index", OPT, MAX63),
	NUMBER("KeyValue", "motion", OPT, MAX63),
	TEXT("NameValue", "key", REQ, LIMIT_KEY_BYTES, FORM_ANY),
	MESSAGE("PolicyValue", "rule", REQ),
	NUMBER("PolicyValue", "log_index", OPT, MAX63),
	MESSAGE("LimitsValue", "limits", REQ),
	NUMBER("LimitsValue", "log_index", OPT, MAX63),
	SEGMENT("Approval", "org", REQ),
	NUMBER("Approval", "log_index", OPT, MAX63),
	NUMBER("MotionValue", "number", REQ, MAX63),
	SEGMENT("MotionValue", "opener", REQ),
	NUMBER("MotionValue", "operation", REQ, UINT32_MAX),
	NUMBER("MotionValue", "expires", OPT, MAX63),
	ENUM("MotionValue", "state", OPT),
	MESSAGES("MotionValue", "approvals", OPT, LIMIT_VALIDATORS),
	NUMBER("MotionValue", "parts", OPT, LIMIT_MOTION_PARTS),
	HASH("MotionValue", "operation_sha256", REQ),
	NUMBER("MotionValue", "log_index", OPT, MAX63),
	NUMBER("MotionValue", "executed_log_index", OPT, MAX63),
	BYTES("PartValue", "data", REQ, 1, LIMIT_MOTION_PART_BYTES),
	NUMBER("QuotaValue", "window", OPT, MAX63),
	NUMBER("QuotaValue", "transactions", OPT, MAX63),
	NUMBER("QuotaValue", "bytes", OPT, MAX63),
	NUMBER("QuotaValue", "entries", OPT, MAX63),
	NUMBER("TakenValue", "number", OPT, MAX63),
	MESSAGE("ProgrammeValue", "programme", REQ),
	NUMBER("ProgrammeValue", "awards", OPT, MAX63),
	NUMBER("ProgrammeValue", "live_awards", OPT, MAX63),
	NUMBER("ProgrammeValue", "committed", OPT, MAX63),
	NUMBER("ProgrammeValue", "paid", OPT, MAX63),
	NUMBER("ProgrammeValue", "recovered", OPT, MAX63),
	NUMBER("ProgrammeValue", "closed", OPT, 1),
	NUMBER("ProgrammeValue", "log_index", OPT, MAX63),
	NUMBER("ProgrammeValue", "motion", OPT, MAX63),
	NUMBER("ProgrammeValue", "number", OPT, MAX63),
	MESSAGE("AwardValue", "grant", OPT),
	MESSAGE("AwardValue", "import", OPT),
	ENUM("AwardValue", "state", REQ),
	NUMBERS("AwardValue", "accepted", OPT, 16, 16),
	NUMBER("AwardValue", "committed", OPT, MAX63),
	NUMBER("AwardValue", "paid", OPT, MAX63),
	NUMBER("AwardValue", "payable", OPT, MAX63),
	NUMBER("AwardValue", "terminated", OPT, 1),
	NUMBER("AwardValue", "disbursements", OPT, MAX63),
	NUMBER("AwardValue", "log_index", OPT, MAX63),
	NUMBER("AwardValue", "motion", OPT, MAX63),
	NUMBER("AwardValue", "number", OPT, MAX63),
	MESSAGE("DisbursementValue", "record", REQ),
	NUMBER("DisbursementValue", "log_index", OPT, MAX63),
	NUMBER("DisbursementValue", "motion", OPT, MAX63),
	NUMBER("DisbursementValue", "number", OPT, MAX63),
	SEGMENT("ClaimValue", "org", REQ),
	NUMBER("ClaimValue", "log_index", OPT, MAX63),
	NUMBER("ClaimValue", "size", OPT, MAX63),
	TEXT("ClaimValue", "media_type", OPT, 127, FORM_ANY),
	ENUM("ClaimValue", "state", OPT),
	MESSAGE("ClaimValue", "superseded_by", OPT),
	NUMBER("ClaimValue", "entry", OPT, LIMIT_BATCH_ENTRIES),
	NUMBER("ClaimValue", "changed_log_index", OPT, MAX63),
	NUMBER("ClaimValue", "claims", OPT, MAX63),
	NUMBER("ClaimValue", "first_claim", OPT, MAX63),
	NUMBER("ClaimValue", "time", OPT, MAX63),
	MESSAGE("NoteValue", "note", REQ),
	SEGMENT("NoteValue", "org", REQ),
	NUMBER("NoteValue", "log_index", OPT, MAX63),
	NUMBER("NoteValue", "time", OPT, MAX63),
	NUMBER("EvidenceValue", "epoch", OPT, MAX63),
	BYTES("EvidenceValue", "signer", REQ, 33, 33),
	NUMBER("EvidenceValue", "type", REQ, 4),
	NUMBER("EvidenceValue", "view", REQ, LIMIT_VIEW),
	BYTES("EvidenceValue", "text_sha256", REQ, 32, 32),
	NUMBER("EvidenceValue", "log_index", REQ, MAX63),
	NUMBER("EvidenceValue", "time", OPT, MAX63),

	/* --- peer.proto: PEER_LIST bounds each whole payload */
	BYTES("HelloMessage", "node_key", REQ, 33, 33),
	BYTES("HelloMessage", "signature", REQ, 64, 64),
	NUMBER("HelloMessage", "epoch", OPT, MAX63),
	HASH("HelloMessage", "chain", REQ),
	NUMBER("HelloMessage", "version", REQ, UINT32_MAX),
	TEXT("HelloMessage", "agent", OPT, 64, FORM_ANY),
	NUMBER("VoteMessage", "kind", REQ, 3),
	NUMBER("VoteMessage", "epoch", OPT, MAX63),
	NUMBER("VoteMessage", "view", OPT, MAX63),
	HASH("VoteMessage", "block", OPT),
	NUMBER("VoteMessage", "signer", OPT, LIMIT_VALIDATORS - 1),
	BYTES("VoteMessage", "signature", REQ, 64, 64),
	BYTES("ProposalMessage", "header", REQ, 1, LIMIT_HEADER_BYTES),
	BYTES("ProposalMessage", "body", REQ, 1, LIMIT_BODY_BYTES),
	MESSAGE("ProposalMessage", "vote", OPT),
	BYTESES("ProposalMessage", "justification", OPT, 1, LIMIT_CERTIFICATE_BYTES,
		LIMIT_JUSTIFICATION),
	BYTES("CertificateMessage", "certificate", REQ, 1, LIMIT_CERTIFICATE_BYTES),
	NUMBER("StatusMessage", "epoch", OPT, MAX63),
	NUMBER("StatusMessage", "view", OPT, MAX63),
	NUMBER("StatusMessage", "final_epoch", OPT, MAX63),
	NUMBER("StatusMessage", "final_view", OPT, MAX63),
	NUMBER("StatusMessage", "final_height", OPT, MAX63),
	NUMBER("StatusMessage", "committed_height", OPT, MAX63),
	NUMBER("StatusMessage", "signing", OPT, 1),
	NUMBER("StatusMessage", "bitmap_base", OPT, MAX63),
	BYTES("StatusMessage", "notarized", OPT, 1, LIMIT_STATUS_VIEWS / 8),
	BYTES("StatusMessage", "nullified", OPT, 1, LIMIT_STATUS_VIEWS / 8),
	NUMBER("StatusMessage", "time_ms", OPT, MAX63),
	MESSAGES("StatusMessage", "votes", OPT, OWN_VOTES_MAX),
	NUMBER("CertificateRequest", "kind", REQ, 3),
	NUMBER("CertificateRequest", "epoch", OPT, MAX63),
	NUMBER("CertificateRequest", "view", OPT, MAX63),
	NUMBER("VotesRequest", "kind", REQ, 3),
	NUMBER("VotesRequest", "epoch", OPT, MAX63),
	NUMBER("VotesRequest", "view", OPT, MAX63),
	BYTES("VotesRequest", "have", OPT, 1, LIMIT_QUORUM_BITMAP),
	MESSAGES("VotesMessage", "votes", REQ, VOTES_MAX),
	HASH("BlockRequest", "block", REQ),
	BYTES("ParcelMessage", "text", REQ, 1, 512),
	BYTES("ParcelMessage", "signature", REQ, 64, 64),
	BYTES("ParcelMessage", "payload", REQ, 1, LIMIT_PARCEL_BYTES),
	BYTESES("ParcelRequest", "digests", REQ, 32, 32, DIGESTS_MAX),
	NUMBER("RangeRequest", "from_height", REQ, MAX63),
	BYTES("RangeBlock", "header", REQ, 1, LIMIT_HEADER_BYTES),
	BYTES("RangeBlock", "body", REQ, 1, LIMIT_BODY_BYTES),
	MESSAGES("RangeBlock", "parcels", OPT, LIMIT_BODY_PARCELS),
	BYTESES("RangeBlock", "evidence", OPT, 1, LIMIT_EVIDENCE_BYTES, LIMIT_EVIDENCE_PER_BLOCK),
	NUMBER("RangeMessage", "from_height", REQ, MAX63),
	MESSAGES("RangeMessage", "blocks", OPT, LIMIT_RANGE_BLOCKS),
	BYTES("RangeMessage", "finalization", OPT, 1, LIMIT_CERTIFICATE_BYTES),
	BYTESES("TransactionsMessage", "transactions", REQ, 1, LIMIT_TX_BYTES,
		LIMIT_PARCEL_TRANSACTIONS),
	BYTES("EvidenceMessage", "text", REQ, 1, LIMIT_EVIDENCE_BYTES),
	NUMBER("RefuseMessage", "error", REQ, 65535),
	TEXT("RefuseMessage", "detail", OPT, 256, FORM_ANY),
};

const size_t bounds_count = sizeof(bounds) / sizeof(bounds[0]);

const struct bound *bound_find(const char *message, const char *field)
{
	for (size_t i = 0; i < bounds_count; i++) {
		if (strcmp(bounds[i].message, message) == 0 && strcmp(bounds[i].field, field) == 0)
			return &bounds[i];
	}
	return NULL;
}

static bool is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_upper(uint8_t byte)
{
	return byte >= 'A' && byte <= 'Z';
}

static bool segment_fits(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t byte = text.at[i];

		if (!is_digit(byte) && !is_upper(byte) && !(byte >= 'a' && byte <= 'z') &&
		    byte != '.' && byte != '_' && byte != '-')
			return false;
	}
	return text.len >= 1 && text.len <= LIMIT_SEGMENT;
}

static bool date_fits(struct bytes text)
{
	unsigned month;
	unsigned day;

	if (text.len != 10)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (i == 4 || i == 7 ? text.at[i] != '-' : !is_digit(text.at[i]))
			return false;
	}
	month = (unsigned)(text.at[5] - '0') * 10 + (unsigned)(text.at[6] - '0');
	day = (unsigned)(text.at[8] - '0') * 10 + (unsigned)(text.at[9] - '0');
	return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

bool bound_form_fits(enum bound_form form, struct bytes text)
{
	switch (form) {
	case FORM_ANY:
	case FORM_ASCENDING:
		return true;
	case FORM_SEGMENT:
		return segment_fits(text);
	case FORM_DATE:
		return date_fits(text);
	case FORM_CURRENCY:
		return text.len == 3 && is_upper(text.at[0]) && is_upper(text.at[1]) &&
		       is_upper(text.at[2]);
	}
	UNREACHABLE();
}
