#include "clients/cli/findings.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "clients/cli/out.h"
#include "clients/cli/plain.h"
#include "proofs/shape.h"
#include "proto/genesis.h"
#include "proto/tx.h"

#define DETAIL_MAX 512

static const char *const names[] = {"form", "content", "inclusion", "finality", "signer", "status"};

static const char *finding_text(enum finding finding)
{
	switch (finding) {
	case FINDING_NOT_CHECKED:
		return "not checked";
	case FINDING_PASS:
		return "pass";
	case FINDING_FAIL:
		return "fail";
	}
	UNREACHABLE();
}

static json_t *add_finding(json_t *item, const char *name, enum finding finding, enum err code,
			   const char *detail)
{
	json_t *object = json_object();
	char text[8];

	json_object_set_new(object, "result", json_string(finding_text(finding)));
	if (code != ERR_OK) {
		(void)snprintf(text, sizeof(text), "E%04d", (int)code);
		json_object_set_new(object, "code", json_string(text));
		json_object_set_new(object, "why", json_string(err_text(code)));
		json_object_set_new(object, "do", json_string(err_remedy(code)));
	} else if (detail[0] != '\0') {
		json_object_set_new(object, "detail", json_string(detail));
	}
	json_object_set_new(item, name, object);
	return object;
}

/* --- one by one ------------------------------------------------------------------------- */

static void add_content(json_t *item, const struct receipt_findings *found)
{
	char hex[HASH_HEX_LEN + 1] = "";

	if (found->has_subject)
		hex_encode(hex, found->subject.b, sizeof(found->subject.b));
	add_finding(item, "content", found->content, found->content_code, hex);
}

const char *carried_name(const struct leaf *opened)
{
	const char *name = NULL;
	struct buf data;
	struct tx *tx;

	buf_init(&data, LIMIT_TX_BYTES);
	buf_u8(&data, 1);
	buf_add_bytes(&data, opened->transaction);
	if (tx_open_leaf(&tx, buf_bytes(&data), NULL) == ERR_OK) {
		if (tx->message->operation_case == STELE__TRANSACTION_BODY__OPERATION_MOTION_OPEN)
			name = operation_name((uint32_t)tx->message->motion_open->operation
						      ->operation_case);
		tx_free(tx);
	}
	buf_release(&data);
	return name != NULL ? name : "an operation that this version does not know";
}

static void add_inclusion(json_t *item, const struct receipt_findings *found)
{
	const struct header *last = &found->cover.last;
	char text[DETAIL_MAX], time[32];

	time_format(time, last->time_ms);
	(void)snprintf(text, sizeof(text), "leaf %" PRIu64 ", height %" PRIu64 ", %s UTC%s",
		       found->record.log_index, last->height, time,
		       found->has_entry ? ", one of those under the record's root" : "");
	add_finding(item, "inclusion", found->inclusion, found->inclusion_code, text);
	if (found->has_opened) {
		(void)snprintf(text, sizeof(text), "leaf %" PRIu64, found->opened.log_index);
		json_object_set_new(item, "opened", json_string(text));
		json_object_set_new(item, "carried", json_string(carried_name(&found->opened)));
	}
}

/* The members that signed, by name and organisation. */
static json_t *signers_json(const struct cover *cover)
{
	json_t *signers = json_array();

	for (uint32_t i = 0; i < cover->members; i++)
		if (cover_is_signed_by(cover, i))
			json_array_append_new(
				signers, json_pack("{s:s, s:s}", "id", cover->set->validators[i].id,
						   "organisation", cover->set->validators[i].org));
	return signers;
}

static void add_finality(json_t *item, const struct receipt_findings *found)
{
	const struct cover *cover = &found->cover;
	char text[DETAIL_MAX];

	(void)snprintf(text, sizeof(text), "%u of %u validators signed, %u are needed",
		       cover->signers, cover->members, set_quorum(cover->members));
	add_finding(item, "finality", found->finality, found->finality_code, text);
	if (found->finality == FINDING_PASS)
		json_object_set_new(item, "signers", signers_json(cover));
}

static void add_signer(json_t *item, const struct receipt_findings *found)
{
	const struct header *last = &found->cover.last;
	char text[DETAIL_MAX];
	struct buf words;

	buf_init(&words, 256);
	genesis_words(&words, &last->chain);
	(void)snprintf(text, sizeof(text), "%s, genesis %.*s", last->origin, (int)words.len,
		       (const char *)words.at);
	buf_release(&words);
	add_finding(item, "signer", found->signer, found->signer_code, text);
	json_object_set_new(item, "former_sets", json_integer(found->former));
}

static void add_status(json_t *item, const struct receipt_findings *found)
{
	const struct header *newest = &found->said.newest.header;
	char text[DETAIL_MAX] = "the receipt does not say what has become of it", time[32];

	if (found->status == FINDING_PASS) {
		time_format(time, newest->time_ms);
		(void)snprintf(text, sizeof(text), "%s at height %" PRIu64 ", %s UTC",
			       found->said.word, newest->height, time);
	}
	add_finding(item, "status", found->status, found->status_code, text);
	if (found->status != FINDING_PASS)
		return;
	json_object_set_new(item, "state", json_string(found->said.word));
	json_object_set_new(item, "state_height", json_integer((json_int_t)newest->height));
	json_object_set_new(item, "state_time", json_integer((json_int_t)newest->time_ms));
	if (found->said.org[0] == '\0')
		return; /* version 0 says nothing of the key */
	json_object_set_new(item, "organisation", json_string(found->said.org));
	if (found->said.revoked_height > 0)
		json_object_set_new(item, "key_revoked_height",
				    json_integer((json_int_t)found->said.revoked_height));
}

void findings_add(json_t *item, const struct receipt_findings *found)
{
	const struct leaf *record = &found->record;

	json_object_set_new(item, "version", json_integer(found->version));
	json_object_set_new(item, "operation", json_string(operation_name(record->operation)));
	json_object_set_new(item, "transaction", json_of_hash(&record->id));
	json_object_set_new(item, "key", json_hex(record->signer.b, sizeof(record->signer.b)));
	json_object_set_new(item, "log_index", json_integer((json_int_t)record->log_index));
	json_object_set_new(item, "height", json_integer((json_int_t)found->cover.last.height));
	json_object_set_new(item, "time", json_integer((json_int_t)found->cover.last.time_ms));
	json_object_set_new(item, "network", json_string(found->cover.last.origin));
	add_content(item, found);
	add_inclusion(item, found);
	add_finality(item, found);
	add_signer(item, found);
	add_status(item, found);
}

void findings_add_form(const struct cli *cli, json_t *item, enum err err)
{
	json_t *form = add_finding(item, "form", FINDING_FAIL, err, "");

	if (cli->failure.err == err)
		json_object_set(form, "place", json_object_get(cli->failure.facts, "place"));
}

/* --- for people -------------------------------------------------------------------------- */

/* What stands below a finding, of what it says more. */
static void print_signers(const struct cli *cli, const json_t *item)
{
	const json_t *signers = json_object_get(item, "signers"), *signer;
	size_t i;

	json_array_foreach(signers, i, signer)
		out_line(cli, "  %-10s %s of %s", i == 0 ? "  signed by" : "",
			 json_text(signer, "id"), json_text(signer, "organisation"));
}

static void print_former(const struct cli *cli, const json_t *item)
{
	json_int_t former = json_integer_value(json_object_get(item, "former_sets"));

	if (former == 1)
		out_line(cli, "  %-10s it relies on a set of validators that was replaced since, and "
			      "trusts it", "");
	else if (former > 1)
		out_line(cli, "  %-10s it relies on %" JSON_INTEGER_FORMAT " sets of validators that "
			      "were replaced since, and trusts each of them",
			 "", former);
}

static void print_key(const struct cli *cli, const json_t *item)
{
	const json_t *revoked = json_object_get(item, "key_revoked_height");

	if (json_text(item, "organisation")[0] == '\0')
		return;
	if (revoked == NULL)
		out_line(cli, "  %-10s the key is that of %s, and in force", "",
			 json_text(item, "organisation"));
	else
		out_line(cli, "  %-10s the key was that of %s, revoked from height %" JSON_INTEGER_FORMAT
			      " on", "", json_text(item, "organisation"), json_integer_value(revoked));
}

static void print_finding(const struct cli *cli, const char *name, const json_t *item)
{
	const json_t *finding = json_object_get(item, name);
	const char *code = json_text(finding, "code");

	if (finding == NULL)
		return;
	out_line(cli, "  %-10s %-12s %s%s%s", name, json_text(finding, "result"), code,
		 code[0] != '\0' ? " " : "", json_text(finding, code[0] != '\0' ? "why" : "detail"));
	if (json_text(finding, "place")[0] != '\0')
		out_line(cli, "  %-10s %s", "", json_text(finding, "place"));
	if (strcmp(name, "inclusion") == 0 && json_object_get(item, "opened") != NULL)
		out_line(cli, "  %-10s by a motion that was opened as %s: %s", "",
			 json_text(item, "opened"), json_text(item, "carried"));
	if (strcmp(name, "finality") == 0)
		print_signers(cli, item);
	if (strcmp(name, "signer") == 0)
		print_former(cli, item);
	if (strcmp(name, "status") == 0)
		print_key(cli, item);
}

void findings_print(const struct cli *cli, const json_t *item)
{
	out_named(cli, json_text(item, "file"), NULL);
	if (json_object_get(item, "found") != NULL)
		out_line(cli, "  %-10s %s", "receipt", json_text(item, "receipt"));
	if (json_text(item, "key")[0] != '\0')
		out_line(cli, "  %-10s %s by key %s", "record", json_text(item, "operation"),
			 json_text(item, "key"));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		print_finding(cli, names[i], item);
}

json_t *findings_limits(bool former, bool since)
{
	json_t *limits = json_array();

	json_array_append_new(limits, json_string("that the content is true, original or lawful: it "
						  "proves that the holder of this key claimed it by "
						  "then"));
	json_array_append_new(limits, json_string("that nobody claimed it earlier or elsewhere: ask "
						  "stele lookup for all claims, with proof"));
	json_array_append_new(
		limits, json_string(since ? "that it still stands, later than the height of its "
					    "status: stele receipt refresh"
					  : "that it still stands: a receipt speaks as of its own "
					    "height; stele receipt refresh"));
	if (former)
		json_array_append_new(limits,
				      json_string("that keys of validators which were replaced since "
						  "were never misused: stele receipt refresh"));
	return limits;
}
