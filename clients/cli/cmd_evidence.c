/* stele evidence: what validators signed against the rules, and its proof. */
#include <stdlib.h>
#include <string.h>

#include "clients/cli/accusation.h"
#include "clients/cli/api.h"
#include "clients/cli/out.h"
#include "proofs/shape.h"

#define SCRIPT_BYTES ((size_t)1 << 16)

/* --- list ------------------------------------------------------------------ */

static const struct column columns[] = {
	{"number", "NUMBER", COLUMN_NUMBER},   {"type", "TYPE", COLUMN_TEXT},
	{"validator_id", "VALIDATOR", COLUMN_TEXT}, {"organisation", "ORGANISATION", COLUMN_TEXT},
	{"epoch", "EPOCH", COLUMN_NUMBER},     {"view", "VIEW", COLUMN_NUMBER},
	{"time", "RECORDED (UTC)", COLUMN_TIME},     {"id", "ID", COLUMN_TEXT},
	{NULL, NULL, COLUMN_TEXT},
};

static enum err run_list(struct cli *cli)
{
	json_t *list = NULL;
	enum err err = api_get_all(cli, &list, "/v1/evidence");

	if (err == ERR_OK)
		out_list(cli, list, columns);
	return err;
}

/* --- one ------------------------------------------------------------------- */

/* Asks a node and believes none of it but what the proof shows. */
static enum err get(struct cli *cli, json_t **object, struct accusation *out)
{
	uint8_t wanted[32];
	enum err err;

	if (!hex_decode(wanted, sizeof(wanted), bytes_text(cli->args[0])))
		return cli_fail(cli, ERR_USAGE, "%s is no id of evidence, which has 64 "
				"lower-case hex digits", cli->args[0]);
	err = api_get(cli, object, "/v1/evidence/%s", cli->args[0]);
	if (err != ERR_OK)
		return err;
	err = accusation_open(cli, json_object_get(*object, "proof"), out);
	if (err == ERR_OK && memcmp(out->id.b, wanted, sizeof(wanted)) != 0)
		err = ERR_NET_ANSWER;
	if (err != ERR_OK && cli->failure.err == ERR_OK) {
		err = cli_fail(cli, err, "the evidence that the node gave does not hold");
		cli_exit(cli, EXIT_CODE_CHECK_FAILED);
	}
	return err;
}

/* What is shown stands, but for who the validators are. */
static enum err check_pinned(struct cli *cli, const struct accusation *found)
{
	enum err err;

	if (found->is_pinned)
		return ERR_OK;
	err = cli_fail(cli, ERR_RECEIPT_UNPINNED, NULL);
	cli_exit(cli, EXIT_CODE_UNDECIDED);
	return err;
}

static json_t *accusation_json(const struct accusation *found)
{
	const struct evidence *evidence = &found->evidence;
	char type[3] = {'E', (char)('0' + evidence->type), '\0'};
	json_t *result = json_object(), *votes = json_array();

	json_object_set_new(result, "id", json_of_hash(&found->id));
	json_object_set_new(result, "type", json_string(type));
	json_object_set_new(result, "meaning", json_string(accusation_meaning(evidence->type)));
	json_object_set_new(result, "validator", json_string(found->validator->id));
	json_object_set_new(result, "organisation", json_string(found->validator->org));
	json_object_set_new(result, "key", json_hex(evidence->signer.b, sizeof(evidence->signer.b)));
	json_object_set_new(result, "epoch", json_integer((json_int_t)evidence->epoch));
	json_object_set_new(result, "view", json_integer((json_int_t)evidence->view));
	json_object_set_new(result, "log_index", json_integer((json_int_t)found->facts.facts[0].log_index));
	json_object_set_new(result, "network", json_string(found->facts.cover.last.origin));
	json_object_set_new(result, "signers_pinned", json_boolean(found->is_pinned));
	json_object_set_new(result, "text", json_of_text(buf_bytes(&found->text)));
	for (int i = 0; i < 2; i++) {
		const struct signature *signature = &evidence->votes[i].signature;
		json_t *vote = json_object();

		json_object_set_new(vote, "text", json_of_text(buf_bytes(&found->signed_text[i])));
		json_object_set_new(vote, "signature",
				    json_hex(signature->b, sizeof(signature->b)));
		json_array_append_new(votes, vote);
	}
	json_object_set_new(result, "votes", votes);
	return result;
}

static void print_facts(const struct cli *cli, const struct accusation *found)
{
	const struct evidence *evidence = &found->evidence;
	const struct cover *cover = &found->facts.cover;
	char hex[HASH_HEX_LEN + 1], key[2 * sizeof(evidence->signer.b) + 1];

	hex_encode(hex, found->id.b, sizeof(found->id.b));
	hex_encode(key, evidence->signer.b, sizeof(evidence->signer.b));
	out_line(cli, "evidence   %s", hex);
	out_line(cli, "E%d         %s", (int)evidence->type, accusation_meaning(evidence->type));
	out_line(cli, "validator  %s of %s", found->validator->id, found->validator->org);
	out_line(cli, "key        %s", key);
	out_line(cli, "view       %llu of epoch %llu", (unsigned long long)evidence->view,
		 (unsigned long long)evidence->epoch);
	out_line(cli, "recorded   leaf %llu; finality: %u of %u validators signed",
		 (unsigned long long)found->facts.facts[0].log_index, cover->signers, cover->members);
	out_line(cli, "signers    %s%s", cover->top.origin,
		 found->is_pinned ? ", the pinned network" : ": NOT CHECKED, nothing is pinned");
}

static void print_votes(const struct cli *cli, const struct accusation *found)
{
	char hex[2 * sizeof(struct signature) + 1];

	for (int i = 0; i < 2; i++) {
		const struct signature *signature = &found->evidence.votes[i].signature;

		hex_encode(hex, signature->b, sizeof(signature->b));
		out_line(cli, "\n%s signed text:\n%.*ssignature %s", i == 0 ? "First" : "Second",
			 (int)found->signed_text[i].len, (const char *)found->signed_text[i].at,
			 hex);
	}
}

static enum err print_script(const struct cli *cli, const struct accusation *found)
{
	struct buf script;
	bool has_failed;

	buf_init(&script, SCRIPT_BYTES);
	accusation_print_files(found, &script);
	accusation_print_check(found, &script);
	has_failed = script.has_failed;
	if (!has_failed)
		out_line(cli, "\n# To check it with openssl and xxd alone, in an empty folder:\n%.*s",
			 (int)script.len - 1, (const char *)script.at);
	buf_release(&script);
	return has_failed ? ERR_MEMORY : ERR_OK;
}

static enum err run_show(struct cli *cli)
{
	struct accusation *found = calloc(1, sizeof(*found));
	json_t *object = NULL;
	enum err err;

	ASSERT(found != NULL);
	err = get(cli, &object, found);
	if (err == ERR_OK && !out_json(cli, accusation_json(found))) {
		print_facts(cli, found);
		print_votes(cli, found);
		err = print_script(cli, found);
	}
	if (err == ERR_OK)
		err = check_pinned(cli, found);
	accusation_release(found);
	json_decref(object);
	free(found);
	return err;
}

static enum err run_unpack(struct cli *cli)
{
	struct accusation *found = calloc(1, sizeof(*found));
	const char *folder = cli->args[1];
	json_t *object = NULL;
	enum err err;

	ASSERT(found != NULL);
	err = get(cli, &object, found);
	if (err == ERR_OK)
		err = accusation_unpack(cli, found, folder);
	if (err == ERR_OK && !out_json(cli, json_pack("{s:s}", "folder", folder)))
		out_line(cli, "unpacked into %s; check it with stock tools:\n  sh %s/verify.sh",
			 folder, folder);
	if (err == ERR_OK)
		err = check_pinned(cli, found);
	accusation_release(found);
	json_decref(object);
	free(found);
	return err;
}

const struct command commands_evidence[] = {
	{.words = "evidence list",
	 .arguments = "",
	 .brief = "list the evidence against validators that is recorded",
	 .text = "Evidence is two votes of one validator that no correct one casts both. What a node "
		 "says; that it is all of it shows: stele proof get evidence.",
	 .example = "stele evidence list",
	 .run = run_list},
	{.words = "evidence show",
	 .arguments = "ID",
	 .arguments_min = 1,
	 .arguments_max = 1,
	 .brief = "show evidence: both signed texts, and how to check them with openssl",
	 .text = "Checks that the evidence is in the log, that a quorum finalized it, and both "
		 "signatures; then prints the two texts that contradict each other, and the commands "
		 "that check the signatures with openssl and xxd alone.",
	 .example = "stele evidence show 3f…a2",
	 .run = run_show},
	{.words = "evidence unpack",
	 .arguments = "ID FOLDER",
	 .arguments_min = 2,
	 .arguments_max = 2,
	 .brief = "take evidence apart for stock tools",
	 .text = "Writes both signed texts, signatures (DER) and the key (PEM) into a new folder, with "
		 "a script verify.sh that checks them with openssl.",
	 .example = "stele evidence unpack 3f…a2 e\nsh e/verify.sh",
	 .run = run_unpack},
	{.words = NULL},
};
