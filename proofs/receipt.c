#include "proofs/receipt.h"

#include <string.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "proofs/shape.h"
#include "proofs/signer.h"
#include "proofs/text.h"
#include "proofs/v0/receipt.h"

#define FINDINGS_MEMORY ((size_t)64 << 20) /* mostly sets: 26 KB each, at most 1,025 */

/* --- form ---------------------------------------------------------------------------------- */

static bool is_about_content(const struct leaf *record, bool has_entry)
{
	return has_entry || record->operation == OPERATION_CONTENT_ANCHOR;
}

static bool has_entries(const struct leaf *record)
{
	return record->operation == OPERATION_CONTENT_BATCH ||
	       record->operation == OPERATION_CONTENT_ROLLUP;
}

static enum err read_subject(const json_t *subject, struct receipt_findings *out)
{
	static const char *const members[] = {"sha256", "size", NULL};

	if (!json_is_object(subject) || !json_has_only(subject, members) ||
	    json_read_hash(subject, "sha256", &out->subject) != ERR_OK)
		return ERR_RECEIPT_FORM;
	out->has_subject = true;
	return json_read_number(subject, "size", &out->subject_size);
}

/* The record and what is only there beside some records. */
static enum err read_record(const json_t *receipt, struct receipt_findings *out)
{
	const json_t *opened = json_object_get(receipt, "opened");
	const json_t *entry = json_object_get(receipt, "entry");
	const json_t *subject = json_object_get(receipt, "subject");
	enum err err = leaf_read(json_object_get(receipt, "record"), &out->arena, &out->record);

	if (err == ERR_OK && opened != NULL) {
		out->has_opened = true;
		err = out->record.operation == OPERATION_MOTION_APPROVE
			      ? leaf_read(opened, &out->arena, &out->opened)
			      : ERR_RECEIPT_FORM;
	}
	if (err == ERR_OK && entry != NULL) {
		out->has_entry = true;
		err = has_entries(&out->record) ? leaf_entry_read(entry, &out->arena, &out->entry)
						: ERR_RECEIPT_FORM;
	}
	if (err != ERR_OK)
		return err;
	if (is_about_content(&out->record, out->has_entry) != (subject != NULL))
		return ERR_RECEIPT_FORM;
	return subject == NULL ? ERR_OK : read_subject(subject, out);
}

static enum err read_form(const json_t *receipt, struct receipt_findings *out,
			  struct block *previous)
{
	static const char *const members[] = {
		"entry",   "finalization", "headers", "opened",        "previous", "record",
		"set",     "set_changes",  "status",  "stele_receipt", "subject",  NULL};
	const json_t *status = json_object_get(receipt, "status");
	enum err err;

	if (!json_has_only(receipt, members))
		return ERR_RECEIPT_FORM;
	err = read_record(receipt, out);
	if (err == ERR_OK)
		err = cover_read(receipt, &out->arena, &out->cover);
	if (err == ERR_OK)
		err = header_read(json_object_get(receipt, "previous"), previous);
	if (err == ERR_OK && status != NULL) {
		out->has_status = true;
		err = status_read(status, &out->arena, &out->said);
	}
	return err;
}

/* --- findings ------------------------------------------------------------------------------- */

/* What the signed record, or the entry under its root, says. */
static bool subject_fits(struct receipt_findings *out)
{
	const struct hash *hash = out->has_entry ? &out->entry.sha256 : &out->record.hash;
	uint64_t size = out->has_entry ? out->entry.size : out->record.number;

	out->is_size_open = size == 0 && out->record.operation == OPERATION_CONTENT_ROLLUP;
	return hash_equal(hash, &out->subject) && (size == out->subject_size || out->is_size_open);
}

static void judge_content(const struct receipt_file *file, struct receipt_findings *out)
{
	bool fits = !out->has_subject || subject_fits(out);

	if (fits && file == NULL)
		return;
	fits = fits && out->has_subject && hash_equal(&file->sha256, &out->subject) &&
	       (file->size == out->subject_size || out->is_size_open);
	out->content = fits ? FINDING_PASS : FINDING_FAIL;
	out->content_code = fits ? ERR_OK : ERR_RECEIPT_CONTENT;
}

/* I1: the block before ends below the record, and the record's own above it. */
static bool is_in_block(const struct leaf *record, const struct block *previous,
			const struct header *last)
{
	const struct header *before = &previous->header;

	return hash_equal(&previous->hash, &last->parent) &&
	       hash_equal(&before->chain, &last->chain) &&
	       strcmp(before->origin, last->origin) == 0 && before->height + 1 == last->height &&
	       before->log_size <= record->log_index && record->log_index < last->log_size;
}

static void judge_inclusion(const struct block *previous, struct receipt_findings *out)
{
	const struct header *top = &out->cover.top;
	enum err err = ERR_OK;

	if (!is_in_block(&out->record, previous, &out->cover.last) ||
	    (out->has_opened && (out->opened.operation != OPERATION_MOTION_OPEN ||
				 out->opened.log_index >= out->record.log_index)))
		err = ERR_RECEIPT_INCLUSION;
	if (err == ERR_OK)
		err = leaf_check(&out->record, top);
	if (err == ERR_OK && out->has_opened)
		err = leaf_check(&out->opened, top);
	if (err == ERR_OK && out->has_entry)
		err = leaf_entry_check(&out->entry, &out->record);
	out->inclusion = err == ERR_OK ? FINDING_PASS : FINDING_FAIL;
	out->inclusion_code = err;
}

static void judge_finality(struct receipt_findings *out)
{
	out->finality_code = cover_check(&out->cover);
	out->finality = out->finality_code == ERR_OK ? FINDING_PASS : FINDING_FAIL;
}

static void judge_status(struct receipt_findings *out)
{
	const struct status_of of = {
		.record = &out->record,
		.opened = out->has_opened ? &out->opened : NULL,
		.entry = out->has_entry ? &out->entry : NULL,
		.subject = out->has_subject ? &out->subject : NULL,
	};

	if (!out->has_status || out->finality != FINDING_PASS)
		return;
	out->status_code = status_check(&out->said, &out->cover, &of);
	out->status = out->status_code == ERR_OK ? FINDING_PASS : FINDING_FAIL;
}

static void judge_signer(const struct trust *trust, struct receipt_findings *out)
{
	struct signer_finding found = {FINDING_NOT_CHECKED, ERR_OK, 0};

	if (out->finality == FINDING_PASS)
		found = signer_judge(&out->cover,
				     out->status == FINDING_PASS ? &out->said : NULL, trust);
	else if (trust == NULL)
		found.code = ERR_RECEIPT_UNPINNED;
	out->signer = found.finding;
	out->signer_code = found.code;
	out->former = found.former;
}

static enum err check_v1(const json_t *receipt, const struct receipt_file *file,
			 const struct trust *trust, struct receipt_findings *out)
{
	struct block previous;
	enum err err = read_form(receipt, out, &previous);

	if (err != ERR_OK)
		return err;
	judge_content(file, out);
	judge_inclusion(&previous, out);
	judge_finality(out);
	judge_status(out);
	judge_signer(trust, out);
	return ERR_OK;
}

enum err receipt_check(const json_t *receipt, const struct receipt_file *file,
		       const struct trust *trust, struct receipt_findings *out)
{
	const json_t *version = json_object_get(receipt, "stele_receipt");

	memset(out, 0, sizeof(*out));
	arena_init(&out->arena, FINDINGS_MEMORY);
	if (!json_is_integer(version))
		return ERR_RECEIPT_FORM;
	if (json_integer_value(version) == 0)
		return v0_receipt_check(receipt, file, trust, out);
	if (json_integer_value(version) != RECEIPT_VERSION)
		return ERR_RECEIPT_VERSION;
	out->version = RECEIPT_VERSION;
	return check_v1(receipt, file, trust, out);
}

enum err receipt_fault(const struct receipt_findings *found, bool needs_signer)
{
	if (found->content == FINDING_FAIL)
		return found->content_code;
	if (found->inclusion == FINDING_FAIL)
		return found->inclusion_code;
	if (found->finality == FINDING_FAIL)
		return found->finality_code;
	if (found->signer == FINDING_FAIL || (needs_signer && found->signer != FINDING_PASS))
		return found->signer_code;
	return found->status == FINDING_FAIL ? found->status_code : ERR_OK;
}

void receipt_findings_release(struct receipt_findings *findings)
{
	arena_release(&findings->arena);
}

/* --- the text --------------------------------------------------------------------------------- */

static enum err parse_v0(struct bytes text, json_t **out)
{
	json_t *receipt = text.len <= LIMIT_RECEIPT_BYTES
				  ? json_loadb((const char *)text.at, text.len,
					       JSON_REJECT_DUPLICATES, NULL)
				  : NULL;
	const json_t *version = json_object_get(receipt, "stele_receipt");

	if (!json_is_integer(version) || json_integer_value(version) != 0) {
		json_decref(receipt);
		return ERR_RECEIPT_FORM;
	}
	*out = receipt;
	return ERR_OK;
}

enum err receipt_parse(struct bytes text, json_t **out)
{
	struct text_scan scan;

	if (!text_scan(text, LIMIT_RECEIPT_BYTES, "stele_receipt", &scan))
		return parse_v0(text, out);
	if (scan.has_number && scan.number > RECEIPT_VERSION)
		return ERR_RECEIPT_VERSION;
	return text_build(text, &scan, out);
}
