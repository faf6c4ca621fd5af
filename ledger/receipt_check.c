#include <string.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "ledger/proof_item.h"
#include "ledger/receipt.h"
#include "proto/value.h"

#define FINDINGS_MEMORY (4u * LIMIT_RECEIPT_BYTES)

static const char *const receipt_members[] = {
	"stele_receipt", "subject",      "transaction", "entry",       "log_index", "path",
	"headers",       "previous",     "finalization", "set",        "set_changes", "state", NULL};
static const char *const entry_members[] = {"index", "data", "path", "count", NULL};
static const char *const subject_members[] = {"sha256", "size", NULL};

/* The transaction as its leaf was hashed: fields 1 and 2, nothing behind them. */
static enum err read_transaction(const json_t *receipt, struct receipt_findings *out,
				 struct hash *leaf)
{
	struct bytes raw;
	struct buf data;
	enum err err;

	err = json_read_base64(receipt, "transaction", LIMIT_LEAF_BYTES, &out->arena, &raw);
	if (err != ERR_OK)
		return err;
	buf_init(&data, LIMIT_LEAF_BYTES);
	buf_u8(&data, 0x01);
	buf_add_bytes(&data, raw);
	merkle_leaf(leaf, buf_bytes(&data));
	err = data.has_failed ? ERR_RECEIPT_FORM
			      : tx_open_leaf(&out->tx, buf_bytes(&data), NULL);
	buf_release(&data);
	return err == ERR_OK || err == ERR_MEMORY ? err : ERR_RECEIPT_FORM;
}

/* Root and number of what the signed body speaks for: entries of a batch, items
 * of a roll-up.  False: of nothing. */
static bool entries_of(const Stele__TransactionBody *body, struct hash *root, uint64_t *count)
{
	const ProtobufCBinaryData *bytes;

	if (body->operation_case == STELE__TRANSACTION_BODY__OPERATION_CONTENT_BATCH) {
		bytes = &body->content_batch->root;
		*count = body->content_batch->count;
	} else if (body->operation_case == STELE__TRANSACTION_BODY__OPERATION_CONTENT_ROLLUP) {
		bytes = &body->content_rollup->root;
		*count = body->content_rollup->count;
	} else {
		return false;
	}
	memcpy(root->b, bytes->data, sizeof(root->b));
	return true;
}

/* Its path leads to the root in the signed body. */
static enum err check_entry(const json_t *entry, struct receipt_findings *out)
{
	const Stele__TransactionBody *body = out->tx->message;
	const Stele__BatchEntry *message;
	struct bytes data;
	struct hash *path, leaf, root;
	size_t path_count;
	uint64_t index, count, count_signed;

	if (!json_is_object(entry) || !json_has_only(entry, entry_members) ||
	    !entries_of(body, &root, &count_signed) ||
	    json_read_base64(entry, "data", LIMIT_BATCH_ENTRY_BYTES, &out->arena, &data) ||
	    json_read_hashes(entry, "path", LIMIT_LOG_PATH, &out->arena, &path, &path_count) ||
	    json_read_number(entry, "index", &index) || json_read_number(entry, "count", &count) ||
	    count != count_signed ||
	    batch_entry_decode(&out->arena, data, &message) != ERR_OK)
		return ERR_RECEIPT_FORM;
	merkle_leaf(&leaf, data);
	if (merkle_inclusion_check(&leaf, index, count, path, path_count, &root) != ERR_OK)
		return ERR_RECEIPT_INCLUSION;
	memcpy(out->subject.b, message->sha256.data, sizeof(out->subject.b));
	out->subject_size = message->size;
	out->has_subject = true;
	out->has_entry = true;
	/* an item of a roll-up may have been known by its hash alone */
	out->is_size_open =
		message->size == 0 &&
		body->operation_case == STELE__TRANSACTION_BODY__OPERATION_CONTENT_ROLLUP;
	return ERR_OK;
}

/* What the signed record says it is about. */
static enum err find_subject(const json_t *receipt, struct receipt_findings *out)
{
	const Stele__TransactionBody *body = out->tx->message;
	const json_t *entry = json_object_get(receipt, "entry");

	if (entry != NULL)
		return check_entry(entry, out);
	if (body->operation_case == STELE__TRANSACTION_BODY__OPERATION_CONTENT_ANCHOR) {
		memcpy(out->subject.b, body->content_anchor->sha256.data, sizeof(out->subject.b));
		out->subject_size = body->content_anchor->size;
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
static enum err check_inclusion(const json_t *receipt, const struct hash *leaf,
				struct receipt_findings *out)
{
	const struct header *last = &out->cover.last;
	const json_t *previous = json_object_get(receipt, "previous");
	struct header before;
	struct hash *path, block;
	struct bytes text;
	size_t path_count;

	if (json_read_number(receipt, "log_index", &out->log_index) ||
	    json_read_hashes(receipt, "path", LIMIT_LOG_PATH, &out->arena, &path, &path_count) ||
	    !json_is_string(previous))
		return ERR_RECEIPT_FORM;
	text = bytes_of(json_string_value(previous), json_string_length(previous));
	if (header_parse(&before, text) != ERR_OK)
		return ERR_RECEIPT_FORM;
	sha256(&block, text.at, text.len);
	if (!hash_equal(&block, &last->parent) || before.height + 1 != last->height ||
	    out->log_index < before.log_size || out->log_index >= last->log_size)
		return ERR_RECEIPT_INCLUSION;
	if (merkle_inclusion_check(leaf, out->log_index, out->cover.top.log_size, path, path_count,
				   &out->cover.top.log_root) != ERR_OK)
		return ERR_RECEIPT_INCLUSION;
	if (!hash_equal((const struct hash *)(const void *)out->tx->message->chain.data,
			&last->chain))
		return ERR_RECEIPT_INCLUSION;
	return tx_check_signature(out->tx) == ERR_OK ? ERR_OK : ERR_RECEIPT_INCLUSION;
}

static void judge_inclusion(const json_t *receipt, const struct hash *leaf,
			    struct receipt_findings *out)
{
	const json_t *entry = json_object_get(receipt, "entry");
	enum err err = find_subject(receipt, out);

	if (err == ERR_OK)
		err = check_inclusion(receipt, leaf, out);
	if (err == ERR_OK && entry != NULL && !out->has_entry)
		err = ERR_RECEIPT_INCLUSION;
	out->inclusion = err == ERR_OK ? FINDING_PASS : FINDING_FAIL;
	out->inclusion_code = err;
}

static void judge_finality(const json_t *receipt, struct receipt_findings *out)
{
	enum err err = cover_check(receipt, &out->arena, &out->cover);

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
static enum err check_status_item(const struct state_item *item, struct receipt_findings *out)
{
	char want[sizeof("content/") + HASH_HEX_LEN];
	char hex[HASH_HEX_LEN + 1];
	Stele__ClaimValue *claim;
	void *message;

	hex_encode(hex, out->subject.b, sizeof(out->subject.b));
	memcpy(want, "content/", 8);
	memcpy(want + 8, hex, sizeof(hex));
	if (strcmp(item->key, want) != 0 &&
	    (strncmp(item->key, "claim/", 6) != 0 || strncmp(item->key + 6, hex, HASH_HEX_LEN) != 0))
		return ERR_RECEIPT_FORM;
	if (!item->is_present ||
	    value_decode(&out->arena, item->value, VALUE_CLAIM, &message) != ERR_OK)
		return ERR_RECEIPT_FORM;
	claim = message;
	if (claim->log_index != out->log_index)
		return ERR_RECEIPT_FORM;
	out->claim_state = claim->state;
	return ERR_OK;
}

static void judge_status(const json_t *receipt, struct receipt_findings *out)
{
	const json_t *state = json_object_get(receipt, "state");
	struct state_item item;
	enum err err;

	if (state == NULL || !out->has_subject || out->finality != FINDING_PASS)
		return;
	if (!json_is_array(state) || json_array_size(state) != 1)
		err = ERR_RECEIPT_FORM;
	else
		err = state_item_check(json_array_get(state, 0), &out->cover.top.state, &out->arena,
				       &item);
	if (err == ERR_OK)
		err = check_status_item(&item, out);
	out->status = err == ERR_OK ? FINDING_PASS : FINDING_FAIL;
	out->status_code = err;
}

enum err receipt_check(const json_t *receipt, const struct receipt_file *file,
		       const struct trust *trust, struct receipt_findings *out)
{
	const json_t *version = json_object_get(receipt, "stele_receipt");
	struct hash leaf;
	enum err err;

	memset(out, 0, sizeof(*out));
	arena_init(&out->arena, FINDINGS_MEMORY);
	if (!json_is_object(receipt) || !json_is_integer(version))
		return ERR_RECEIPT_FORM;
	if (json_integer_value(version) != RECEIPT_VERSION)
		return ERR_RECEIPT_VERSION;
	if (!json_has_only(receipt, receipt_members))
		return ERR_RECEIPT_FORM;
	err = read_transaction(receipt, out, &leaf);
	if (err != ERR_OK)
		return err;
	judge_finality(receipt, out);
	judge_inclusion(receipt, &leaf, out);
	judge_content(receipt, file, out);
	judge_signer(trust, out);
	judge_status(receipt, out);
	return ERR_OK;
}

void receipt_findings_release(struct receipt_findings *findings)
{
	if (findings->tx != NULL)
		tx_free(findings->tx);
	findings->tx = NULL;
	arena_release(&findings->arena);
}
