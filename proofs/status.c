#include "proofs/status.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "proofs/shape.h"
#include "proofs/walk.h"
#include "proto/value.h"

#define NUMBER_MAX ((uint64_t)INT64_MAX)

/* --- form -------------------------------------------------------------------------------- */

static enum err read_newer(const json_t *object, struct arena *arena, struct status *out)
{
	static const char *const names[] = {"consistency", "finalization", "set_changes"};
	size_t there = 0;
	enum err err;

	for (size_t i = 0; i < 3; i++)
		there += json_object_get(object, names[i]) != NULL;
	if (there == 0)
		return ERR_OK;
	if (there < 3)
		return ERR_RECEIPT_FORM;
	out->has_newer = true;
	err = json_read_hashes(object, "consistency", LIMIT_CONSISTENCY_PATH, arena, &out->consistency,
			       &out->consistency_count);
	if (err == ERR_OK)
		err = finalization_read(object, arena, &out->finalization);
	if (err == ERR_OK)
		err = changes_read(object, arena, &out->changes, &out->changes_count);
	return err;
}

enum err status_read(const json_t *object, struct arena *arena, struct status *out)
{
	static const char *const members[] = {"consistency", "entries",     "finalization",
					      "set_changes", "tree",        NULL};
	enum err err;

	memset(out, 0, sizeof(*out));
	if (!json_is_object(object) || !json_has_only(object, members))
		return ERR_RECEIPT_FORM;
	err = entries_read(object, LIMIT_STATUS_ENTRIES, arena, &out->entries, &out->entries_count);
	if (err == ERR_OK)
		err = json_read_base64(object, "tree", LIMIT_STATUS_TREE_BYTES, arena, &out->tree);
	return err == ERR_OK ? read_newer(object, arena, out) : err;
}

/* --- the newer header: T1, T2 ---------------------------------------------------------------- */

static bool is_same_or_above(const struct block *block, const struct block *before)
{
	return hash_equal(&block->hash, &before->hash) || block_is_above(block, before);
}

static bool newer_counts(struct status *status, const struct cover *cover)
{
	const struct block *before = &cover->headers[0];

	if (!changes_check(status->changes, status->changes_count, cover->top.epoch, cover->set,
			   &cover->top))
		return false;
	for (size_t k = 0; k < status->changes_count; k++) {
		if (!is_same_or_above(&status->changes[k].ended, before))
			return false;
		before = &status->changes[k].ended;
		status->set = status->changes[k].set;
	}
	return certificate_counts(status->finalization, status->set,
				  cover->top.epoch + status->changes_count, &cover->top,
				  &status->newest, NULL) &&
	       is_same_or_above(&status->newest, before);
}

static bool log_goes_on(const struct status *status, const struct header *top)
{
	const struct header *newest = &status->newest.header;

	return merkle_consistency_check(top->log_size, &top->log_root, newest->log_size,
					&newest->log_root, status->consistency,
					status->consistency_count) == ERR_OK;
}

/* --- the entries: T4 ------------------------------------------------------------------------- */

static bool key_is_of(const struct entry *entry, const struct public_key *signer)
{
	char key[sizeof("key/") + HASH_HEX_LEN] = "key/";
	struct hash hash;

	sha256(&hash, signer->b, sizeof(signer->b));
	hex_encode(key + 4, hash.b, sizeof(hash.b));
	return strcmp(entry->key, key) == 0;
}

static bool check_key(const struct entry *entry, const struct leaf *record, struct status *out)
{
	struct walk_field fields[] = {
		{.number = 1, .type = WALK_BYTES, .is_needed = true, .least = 33, .most = 33},
		{.number = 2, .type = WALK_BYTES, .is_needed = true, .least = 1, .most = LIMIT_SEGMENT},
		{.number = 5, .type = WALK_NUMBER, .least = 1, .most = NUMBER_MAX},
	};

	if (!entry_walk(entry, VALUE_KEY, fields, 3) ||
	    memcmp(fields[0].bytes.at, record->signer.b, sizeof(record->signer.b)) != 0 ||
	    !key_segment_is_valid(fields[1].bytes))
		return false;
	memcpy(out->org, fields[1].bytes.at, fields[1].bytes.len);
	out->org[fields[1].bytes.len] = '\0';
	out->revoked_height = fields[2].value;
	return true;
}

/* What follows the prefix is a number from least on, and nothing else. */
static bool number_follows(const char *key, const char *prefix, uint64_t least, uint64_t *out)
{
	size_t len = strlen(prefix);

	return strncmp(key, prefix, len) == 0 && decimal_decode(out, bytes_text(key + len)) &&
	       *out >= least;
}

static bool claim_is_of(const char *key, const struct hash *subject)
{
	char hex[HASH_HEX_LEN + 1], prefix[HASH_HEX_LEN + 16];
	uint64_t number;

	hex_encode(hex, subject->b, sizeof(subject->b));
	(void)snprintf(prefix, sizeof(prefix), "content/%s", hex);
	if (strcmp(key, prefix) == 0)
		return true;
	(void)snprintf(prefix, sizeof(prefix), "claim/%s/", hex);
	return number_follows(key, prefix, 2, &number);
}

static bool check_claim(const struct entry *entry, const struct status_of *of, struct status *out)
{
	static const char *const words[] = {"live", "superseded", "withdrawn"};
	struct walk_field fields[] = {
		{.number = 2, .type = WALK_NUMBER, .is_needed = true, .most = UINT64_MAX},
		{.number = 5, .type = WALK_NUMBER, .least = 1, .most = 2},
		{.number = 7, .type = WALK_NUMBER, .most = UINT64_MAX},
	};

	if (!entry_walk(entry, VALUE_CLAIM, fields, 3) || !claim_is_of(entry->key, of->subject) ||
	    fields[0].value != of->record->log_index ||
	    fields[2].value != (of->entry == NULL ? 0 : of->entry->index + 1))
		return false;
	out->word = words[fields[1].value];
	return true;
}

static bool check_motion(const struct entry *entry, const struct status_of *of, struct status *out)
{
	static const char *const words[] = {"open", "executed", "withdrawn"};
	const struct leaf *record = of->record;
	uint64_t number, opened, decided;
	struct walk_field fields[] = {
		{.number = 1, .type = WALK_NUMBER, .is_needed = true, .most = UINT64_MAX},
		{.number = 5, .type = WALK_NUMBER, .least = 1, .most = 2},
		{.number = 9, .type = WALK_NUMBER, .is_needed = true, .most = UINT64_MAX},
		{.number = 10, .type = WALK_NUMBER, .most = UINT64_MAX},
	};

	if (!number_follows(entry->key, "motion/", 1, &number) ||
	    !entry_walk(entry, VALUE_MOTION, fields, 4) || fields[0].value != number)
		return false;
	opened = fields[2].value;
	decided = fields[3].value;
	if (record->operation == OPERATION_MOTION_OPEN ? opened != record->log_index
						       : record->motion != number)
		return false;
	if (of->opened != NULL && (opened != of->opened->log_index || fields[1].value != 1 ||
				   decided != record->log_index))
		return false;
	out->word = words[fields[1].value];
	return true;
}

static bool is_about_motion(const struct leaf *record)
{
	return record->operation == OPERATION_MOTION_OPEN ||
	       record->operation == OPERATION_MOTION_APPROVE ||
	       record->operation == OPERATION_MOTION_WITHDRAW;
}

/* Exactly the entries that the record asks for; in which order, their keys' hashes say. */
static bool check_entries(struct status *status, const struct status_of *of)
{
	bool wants_claim = of->subject != NULL &&
			   of->record->operation != OPERATION_CONTENT_ROLLUP;
	bool wants_motion = is_about_motion(of->record);
	size_t keys = 0, claims = 0, motions = 0;

	status->word = "recorded";
	for (size_t i = 0; i < status->entries_count; i++) {
		const struct entry *entry = &status->entries[i];

		if (key_is_of(entry, &of->record->signer)) {
			keys += check_key(entry, of->record, status);
		} else if (wants_claim) {
			claims += check_claim(entry, of, status);
		} else if (wants_motion) {
			motions += check_motion(entry, of, status);
		}
	}
	return keys == 1 && claims == wants_claim && motions == wants_motion &&
	       status->entries_count == keys + claims + motions;
}

enum err status_check(struct status *status, const struct cover *cover, const struct status_of *of)
{
	status->newest = cover->headers[0];
	status->set = cover->set;
	if (status->has_newer &&
	    (!newer_counts(status, cover) || !log_goes_on(status, &cover->top)))
		return ERR_RECEIPT_STATUS;
	if (entries_check(status->entries, status->entries_count, status->tree,
			  &status->newest.header.state) != ERR_OK ||
	    !check_entries(status, of))
		return ERR_RECEIPT_STATUS;
	return ERR_OK;
}
