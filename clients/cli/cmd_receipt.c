/* stele receipt: looking at receipts, taking them apart, fetching them. */
#include <stdlib.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/files.h"
#include "clients/cli/findings.h"
#include "clients/cli/out.h"
#include "clients/cli/receipt_file.h"
#include "clients/cli/receipt_refresh.h"
#include "clients/cli/unpack.h"
#include "proofs/shape.h"
#include "proto/tx.h"

#define NO_ENTRY UINT64_MAX

/* --- show ------------------------------------------------------------------ */

static void print_receipt(const struct cli *cli, const struct receipt_findings *found)
{
	const struct header *last = &found->cover.last;
	char time[32], hex[HASH_HEX_LEN + 1], key[2 * sizeof(found->record.signer.b) + 1];

	time_format(time, last->time_ms);
	out_line(cli, "network    %s", last->origin);
	hex_encode(hex, last->chain.b, sizeof(last->chain.b));
	out_line(cli, "chain      %s", hex);
	hex_encode(hex, found->record.id.b, sizeof(found->record.id.b));
	out_line(cli, "record     %s, %s", operation_name(found->record.operation), hex);
	hex_encode(key, found->record.signer.b, sizeof(found->record.signer.b));
	out_line(cli, "signed by  key %s", key);
	if (found->has_subject) {
		hex_encode(hex, found->subject.b, sizeof(found->subject.b));
		out_line(cli, "content    sha256 %s, %llu bytes%s", hex,
			 (unsigned long long)found->subject_size,
			 found->has_entry ? ", one of those under the record's root" : "");
	}
	out_line(cli, "recorded   leaf %llu, height %llu, %s UTC",
		 (unsigned long long)found->record.log_index, (unsigned long long)last->height, time);
	out_line(cli, "finalized  height %llu, %u of %u validators signed",
		 (unsigned long long)found->cover.top.height, found->cover.signers,
		 found->cover.members);
	if (found->has_opened)
		out_line(cli, "motion     opened as leaf %llu: %s",
			 (unsigned long long)found->opened.log_index,
			 carried_name(&found->opened));
	if (found->status == FINDING_PASS) {
		time_format(time, found->said.newest.header.time_ms);
		out_line(cli, "status     %s at height %llu, %s UTC", found->said.word,
			 (unsigned long long)found->said.newest.header.height, time);
	}
	out_line(cli, "version    %u", found->version);
	out_line(cli, "\nThis shows what the receipt says. Check it with: stele verify FILE");
}

static json_t *receipt_json(const struct receipt_findings *found)
{
	json_t *result = json_object();

	json_object_set_new(result, "network", json_string(found->cover.last.origin));
	json_object_set_new(result, "chain", json_of_hash(&found->cover.last.chain));
	json_object_set_new(result, "operation", json_string(operation_name(found->record.operation)));
	json_object_set_new(result, "transaction", json_of_hash(&found->record.id));
	json_object_set_new(result, "key",
			    json_hex(found->record.signer.b, sizeof(found->record.signer.b)));
	json_object_set_new(result, "log_index", json_integer((json_int_t)found->record.log_index));
	json_object_set_new(result, "height", json_integer((json_int_t)found->cover.last.height));
	json_object_set_new(result, "time", json_integer((json_int_t)found->cover.last.time_ms));
	if (found->has_subject)
		json_object_set_new(result, "sha256", json_of_hash(&found->subject));
	if (found->has_opened) {
		json_object_set_new(result, "opened",
				    json_integer((json_int_t)found->opened.log_index));
		json_object_set_new(result, "carried", json_string(carried_name(&found->opened)));
	}
	if (found->status == FINDING_PASS) {
		json_object_set_new(result, "state", json_string(found->said.word));
		json_object_set_new(result, "state_height",
				    json_integer((json_int_t)found->said.newest.header.height));
	}
	json_object_set_new(result, "version", json_integer(found->version));
	return result;
}

static enum err run_show(struct cli *cli)
{
	struct receipt_findings *found = calloc(1, sizeof(*found));
	json_t *receipt;
	enum err err = receipt_read(cli, cli->args[0], &receipt);

	ASSERT(found != NULL);
	if (err == ERR_OK) {
		err = receipt_check(receipt, NULL, NULL, found);
		if (err != ERR_OK)
			err = cli_fail(cli, err, "%s", cli->args[0]);
		else if (!out_json(cli, receipt_json(found)))
			print_receipt(cli, found);
		receipt_findings_release(found);
		json_decref(receipt);
	}
	free(found);
	return err;
}

/* --- unpack ------------------------------------------------------------------ */

/* Whether it is of the form of a receipt: what is unpacked is read by a script. */
static enum err check_form(struct cli *cli, const json_t *receipt, const char *path)
{
	struct receipt_findings *found = calloc(1, sizeof(*found));
	enum err err;

	ASSERT(found != NULL);
	err = receipt_check(receipt, NULL, NULL, found);
	receipt_findings_release(found);
	free(found);
	return err == ERR_OK ? ERR_OK : cli_fail(cli, err, "%s", path);
}

static enum err run_unpack(struct cli *cli)
{
	const char *folder = cli->args[1];
	json_t *receipt;
	enum err err = receipt_read(cli, cli->args[0], &receipt);

	if (err != ERR_OK)
		return err;
	err = check_form(cli, receipt, cli->args[0]);
	if (err == ERR_OK) {
		err = unpack_receipt(receipt, folder);
		if (err != ERR_OK)
			cli_fail(cli, err, "%s", folder);
	}
	json_decref(receipt);
	if (err != ERR_OK)
		return err;
	if (!out_json(cli, json_pack("{s:s}", "folder", folder)))
		out_line(cli,
			 "unpacked into %s; check it with stock tools, by a sealed genesis or a "
			 "pin:\n  sh %s/verify.sh TRUST [FILE]",
			 folder, folder);
	return ERR_OK;
}

/* --- fetch ------------------------------------------------------------------- */

/* The transaction, and its entry if it was a batch, of an organisation's claim on a hash:
 * the first, or that of --claim. */
static enum err find_claim(struct cli *cli, const char *hash, char id[HASH_HEX_LEN + 1],
			   uint64_t *entry)
{
	const json_t *claim = NULL;
	json_t *answer, *item;
	uint64_t number = 1, k;
	size_t i;
	enum err err = cli_number(cli, "claim", UINT32_MAX, &number);

	if (err == ERR_OK)
		err = api_get(cli, &answer, "/v1/hashes/sha256/%s", hash);
	if (err != ERR_OK)
		return err;
	json_array_foreach(json_object_get(answer, "claims"), i, item)
	{
		if (json_u64(item, "claim", &k) && k == number)
			claim = item;
	}
	if (claim == NULL || strlen(json_text(claim, "transaction")) != HASH_HEX_LEN) {
		err = cli_fail(cli, ERR_NOT_RECORDED, "no claim %llu on %s",
			       (unsigned long long)number, hash);
		cli_exit(cli, EXIT_CODE_NOT_RECORDED);
	} else {
		memcpy(id, json_text(claim, "transaction"), HASH_HEX_LEN + 1);
		(void)json_u64(claim, "entry", entry);
	}
	json_decref(answer);
	return err;
}

static enum err fetch(struct cli *cli, const char *id, uint64_t entry, const char *path)
{
	struct http_answer answer;
	enum err err;

	http_answer_init(&answer);
	err = entry == NO_ENTRY
		      ? api_get_raw(cli, &answer, "/v1/transactions/%s/receipt", id)
			 : api_get_raw(cli, &answer, "/v1/transactions/%s/receipt?entry=%llu", id,
				       (unsigned long long)entry);
	if (err == ERR_OK && strcmp(path, "-") == 0) {
		(void)fwrite(answer.body.at, 1, answer.body.len, stdout);
	} else if (err == ERR_OK) {
		err = file_write(cli, path, buf_bytes(&answer.body), 0644, false);
		if (err == ERR_OK && !out_json(cli, json_pack("{s:s}", "receipt", path)))
			out_line(cli, "receipt written to %s", path);
	}
	http_answer_release(&answer);
	return err;
}

static enum err run_fetch(struct cli *cli)
{
	const char *what = cli->args[0];
	const char *to = cli_value(cli, "output");
	char id[HASH_HEX_LEN + 1], hash[HASH_HEX_LEN + 1];
	struct receipt_file file;
	uint8_t raw[32];
	uint64_t entry = NO_ENTRY;
	char *path;
	enum err err = ERR_OK;

	if (!file_exists(what) && hex_decode(raw, sizeof(raw), bytes_text(what))) {
		memcpy(id, what, sizeof(id));
		path = path_of("%s", to != NULL ? to : "-");
	} else {
		err = content_hash(cli, what, &file);
		if (err == ERR_OK) {
			hex_encode(hash, file.sha256.b, sizeof(file.sha256.b));
			err = find_claim(cli, hash, id, &entry);
		}
		path = to != NULL ? path_of("%s", to) : receipt_path_beside(what);
	}
	if (err == ERR_OK)
		err = fetch(cli, id, entry, path);
	free(path);
	return err;
}

static const struct option_spec options_fetch[] = {
	{"output", 'o', OPTION_VALUE, "FILE", "where to write it; - is standard output"},
	{"claim", 0, OPTION_VALUE, "N", "the claim on the content, 1 unless given"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_receipt[] = {
	{"receipt show", "FILE", 1, 1, "what a receipt says",
	 "Prints what the receipt says, without judging the signers; stele verify does that.",
	 "stele receipt show photo.jpg.stele.json", NULL, run_show},
	{"receipt fetch", "FILE|TRANSACTION", 1, 1, "get a receipt from a node",
	 "For a file, the receipt of the first claim on its content (or of --claim N) is written "
	 "beside it; for a transaction id it goes to standard output unless --output names a file. "
	 "A node is not trusted for it: stele verify checks what it gave, and a file that is there "
	 "already is not replaced; stele receipt refresh does that, and checks before.",
	 "stele receipt fetch photo.jpg\nstele receipt fetch 7f…e1 -o award.stele.json", options_fetch,
	 run_fetch},
	{"receipt refresh", "FILE…", 1, ARGUMENTS_ANY, "ask what has become of the record since",
	 "Asks a node for the status of the record under its newest finalized block, checks all of it "
	 "against the pinned network, and only then puts it into the receipt: whether a claim is live, "
	 "superseded or withdrawn, a motion open, executed or withdrawn, and whether the signer's key is "
	 "revoked. A receipt of version 0 becomes one of version 1. FILE is a receipt, or what it lies "
	 "beside.",
	 "stele receipt refresh photo.jpg\nstele receipt refresh archive/*.stele.json", NULL,
	 receipt_refresh_run},
	{"receipt unpack", "FILE FOLDER", 2, 2, "take a receipt apart for stock tools",
	 "Writes headers, vote text, signatures (DER), keys (PEM), leaf and paths into a new folder, "
	 "with a script verify.sh that checks all of it with openssl and coreutils alone.",
	 "stele receipt unpack photo.jpg.stele.json r\nsh r/verify.sh genesis.txt photo.jpg", NULL,
	 run_unpack},
	{NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
