#include "proofs/v0/receipt.h"

#include <string.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "proofs/shape.h"
#include "proofs/signer.h"
#include "proofs/v0/item.h"
#include "proto/value.h"

static const char *const receipt_members[] = {
	"stele_receipt", "subject",      "transaction", "entry",       "log_index", "path",
	"headers",       "previous",     "finalization", "set",        "set_changes", "state", NULL};
static const char *const entry_members[] = {"index", "data", "path", "count", NULL};
static const char *const subject_members[] = {"sha256", "size", NULL};

static enum err read_record(const json_t *receipt, struct receipt_findings *out)
{
	struct bytes transaction;
	enum err err = json_read_base64(receipt, "transaction", LIMIT_LEAF_BYTES, &out->arena,
					&transaction);

	return err == ERR_OK ? leaf_walk(transaction, &out->record) : err;
}

/* Its path leads to the root in the signed body. */
static enum err check_entry(const json_t *entry, struct receipt_findings *out)
{
	const struct leaf *record = &out->record;
	json_t *bare;
	uint64_t count;
	enum err err;

	if (!json_is_object(entry) || !json_has_only(entry, entry_members) ||
	    (record->operation != OPERATION_CONTENT_BATCH &&
	     record->operation != OPERATION_CONTENT_ROLLUP) ||
	    json_read_number(entry, "count", &count) != ERR_OK || count != record->number)
		return ERR_RECEIPT_FORM;
	bare = json_copy((json_t *)entry);
	json_object_del(bare, "count");
	err = leaf_entry_read(bare, &out->arena, &out->entry);
	json_decref(bare);
	if (err == ERR_OK)
		err = leaf_entry_check(&out->entry, record);
	if (err != ERR_OK)
		return err;
	out->subject = out->entry.sha256;
	out->subject_size = out->entry.size;
	out->has_subject = true;
	out->has_entry = true;
	/* an item of a roll-up may have been known by its hash alone */
	out->is_size_open =
		out->entry.size == 0 && record->operation == OPERATION_CONTENT_ROLLUP;
	return ERR_OK;
}

/* What the signed record says it is about. */
static enum err find_subject(const json_t *receipt, struct receipt_findings *out)
{
	const json_t *entry = json_object_get(receipt, "entry");

	if (entry != NULL)
		return check_entry(entry, out);
	if (out->record.operation == OPERATION_CONTENT_ANCHOR) {
		out->subject = out->record.hash;
		out->subject_size = out->record.number;
		out->has_subject = true;
	}
	return ERR_OK;
}

/* The receipt's own subject is a convenience: it must say what the record says. */
static enum err check_subject(const json_t *receipt, const struct receipt_findings *found)
{
	const json_t *subject = json_object_get(receipt, "subject");
	struct hash hash;
	uint64_t size;

	if (subject == NULL)
		return ERR_OK;
	if (!json_is_object(subject) || !json_has_only(subject, subject_members) ||
	    json_read_hash(subject, "sha256", &hash) || json_read_number(subject, "size", &size))
		return ERR_RECEIPT_FORM;
	if (!found->has_subject || !hash_equal(&hash, &found->subject) ||
	    size != found->subject_size)
		return ERR_RECEIPT_CONTENT;
	return ERR_OK;
}

static bool is_the_subject(const struct receipt_file *file, const struct receipt_findings *found)
{
	return found->has_subject && hash_equal(&file->sha256, &found->subject) &&
	       (file->size == found->subject_size || found->is_size_open);
}

static void judge_content(const json_t *receipt, const struct receipt_file *file,
			  struct receipt_findings *out)
{
	enum err err = check_subject(receipt, out);

	if (err == ERR_OK && file != NULL && !is_the_subject(file, out))
		err = ERR_RECEIPT_CONTENT;
	if (err != ERR_OK) {
		out->content = FINDING_FAIL;
		out->content_code = err;
	} else if (file != NULL) {
		out->content = FINDING_PASS;
	}
}

/* The leaf stands under the top header's root, and in the block of the last one. */
static enum err check_inclusion(const json_t *receipt, struct receipt_findings *out)
{
	const struct header *last = &out->cover.last;
	struct leaf *record = &out->record;
	struct block before;

	if (json_read_number(receipt, "log_index", &record->log_index) ||
	    json_read_hashes(receipt, "path", LIMIT_LOG_PATH, &out->arena, &record->path,
			     &record->path_count) ||
	    header_read(json_object_get(receipt, "previous"), &before))
		return ERR_RECEIPT_FORM;
	if (!hash_equal(&before.hash, &last->parent) ||
	    before.header.height + 1 != last->height ||
	    record->log_index < before.header.log_size || record->log_index >= last->log_size)
		return ERR_RECEIPT_INCLUSION;
	return leaf_check(record, &out->cover.top);
}

static void judge_inclusion(const json_t *receipt, struct receipt_findings *out)
{
	const json_t *entry = json_object_get(receipt, "entry");
	enum err err = find_subject(receipt, out);

	if (err == ERR_OK)
		err = check_inclusion(receipt, out);
	if (err == ERR_OK && entry != NULL && !out->has_entry)
		err = ERR_RECEIPT_INCLUSION;
	out->inclusion = err == ERR_OK ? FINDING_PASS : FINDING_FAIL;
	out->inclusion_code = err;
}

static void judge_finality(const json_t *receipt, struct receipt_findings *out)
{
	enum err err = v0_cover_check(receipt, &out->arena, &out->cover);

	out->finality = err == ERR_OK ? FINDING_PASS : FINDING_FAIL;
	out->finality_code = err;
}

static void judge_signer(const struct trust *trust, struct receipt_findings *out)
{
	if (trust == NULL || out->finality != FINDING_PASS) {
		out->signer = FINDING_NOT_CHECKED;
		out->signer_code = trust == NULL ? ERR_RECEIPT_UNPINNED : ERR_OK;
		return;
	}
	out->signer_code = cover_check_trust(&out->cover, trust);
	out->signer = out->signer_code == ERR_OK ? FINDING_PASS : FINDING_FAIL;
}

/* The claim that this very record made: its log index says which one it is. */
static enum err check_status_item(const struct v0_item *item, struct receipt_findings *out)
{
	static const char *const words[] = {"live", "superseded", "withdrawn"};
	char want[sizeof("content/") + HASH_HEX_LEN] = "content/";
	char *hex = want + 8;
	Stele__ClaimValue *claim;
	void *message;

	hex_encode(hex, out->subject.b, sizeof(out->subject.b));
	if (strcmp(item->key, want) != 0 &&
	    (strncmp(item->key, "claim/", 6) != 0 || strncmp(item->key + 6, hex, HASH_HEX_LEN) != 0))
		return ERR_RECEIPT_FORM;
	if (!item->is_present ||
	    value_decode(&out->arena, item->value, VALUE_CLAIM, &message) != ERR_OK)
		return ERR_RECEIPT_FORM;
	claim = message;
	if (claim->log_index != out->record.log_index || (unsigned)claim->state > 2)
		return ERR_RECEIPT_FORM;
	out->said.word = words[claim->state];
	out->said.newest = out->cover.headers[0];
	return ERR_OK;
}

static void judge_status(const json_t *receipt, struct receipt_findings *out)
{
	const json_t *state = json_object_get(receipt, "state");
	struct v0_item item;
	enum err err;

	if (state == NULL || !out->has_subject || out->finality != FINDING_PASS)
		return;
	if (!json_is_array(state) || json_array_size(state) != 1)
		err = ERR_RECEIPT_FORM;
	else
		err = v0_item_check(json_array_get(state, 0), &out->cover.top.state, &out->arena,
				    &item);
	if (err == ERR_OK)
		err = check_status_item(&item, out);
	out->status = err == ERR_OK ? FINDING_PASS : FINDING_FAIL;
	out->status_code = err;
}

enum err v0_receipt_check(const json_t *receipt, const struct receipt_file *file,
			  const struct trust *trust, struct receipt_findings *out)
{
	enum err err;

	if (!json_has_only(receipt, receipt_members))
		return ERR_RECEIPT_FORM;
	err = read_record(receipt, out);
	if (err != ERR_OK)
		return err;
	judge_finality(receipt, out);
	judge_inclusion(receipt, out);
	judge_content(receipt, file, out);
	judge_signer(trust, out);
	judge_status(receipt, out);
	return ERR_OK;
}
