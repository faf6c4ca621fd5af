/* stele validator: who validates, and the agreement on who is to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/files.h"
#include "clients/cli/out.h"
#include "clients/cli/registered.h"
#include "clients/cli/set_file.h"
#include "clients/cli/signer.h"
#include "clients/cli/submit.h"
#include "crypto/digest.h"
#include "node/home.h"
#include "proto/session_text.h"

static void tell_effect(struct cli *cli)
{
	out_remark(cli, "this version records the new set and does not act on it: the validators stay "
			"those of genesis");
}

/* --- list, pending ----------------------------------------------------------------- */

/* Takes the answer. */
static void print_set(struct cli *cli, json_t *answer, const struct column *columns)
{
	if (cli_has(cli, "text"))
		(void)fputs(json_text(answer, "text"), stdout);
	else if (!cli->is_json)
		out_table(json_object_get(answer, "items"), columns);
	if (cli_has(cli, "text"))
		json_decref(answer);
	else
		(void)out_json(cli, answer);
}

static enum err run_list(struct cli *cli)
{
	static const struct column columns[] = {
		{"index", "INDEX", COLUMN_NUMBER},
		{"id", "ID", COLUMN_TEXT},
		{"organisation", "ORGANISATION", COLUMN_TEXT},
		{"consensus_key", "CONSENSUS KEY", COLUMN_HASH},
		{"node_key", "NODE KEY", COLUMN_HASH},
		{NULL, NULL, COLUMN_TEXT},
	};
	json_t *answer = NULL;
	enum err err = api_get(cli, &answer, "/v1/validators");

	if (err == ERR_OK)
		print_set(cli, answer, columns);
	return err;
}

static enum err run_pending(struct cli *cli)
{
	static const struct column columns[] = {
		{"index", "INDEX", COLUMN_NUMBER},
		{"id", "ID", COLUMN_TEXT},
		{"organisation", "ORGANISATION", COLUMN_TEXT},
		{"consensus_key", "CONSENSUS KEY", COLUMN_HASH},
		{"ready", "READY", COLUMN_TEXT},
		{"ready_until", "UNTIL HEIGHT", COLUMN_NUMBER},
		{NULL, NULL, COLUMN_TEXT},
	};
	json_t *answer = NULL;
	enum err err = api_get(cli, &answer, "/v1/validators/pending");

	if (err == ERR_NOT_RECORDED)
		cli_remedy(cli, "nobody has set another set yet: stele validator set");
	if (err != ERR_OK)
		return err;
	print_set(cli, answer, columns);
	tell_effect(cli);
	return ERR_OK;
}

/* --- ready -------------------------------------------------------------------------- */

struct readiness {
	struct signature consensus_proof;
	struct signature node_proof;
	struct validator *validator; /* the line of the set */
};

static enum err own_line(struct cli *cli, struct set *set, struct validator **out)
{
	struct registered signer;
	enum err err = registered_signer(cli, &signer);

	if (err != ERR_OK)
		return err;
	for (uint32_t i = 0; i < set->count; i++) {
		if (strcmp(set->validators[i].org, signer.org) == 0) {
			*out = &set->validators[i];
			return ERR_OK;
		}
	}
	cli_fail(cli, ERR_SET_MEMBER, "the set has no validator of %s", signer.org);
	cli_remedy(cli, "sign with a key of an organisation that is in it");
	return ERR_SET_MEMBER;
}

/* The key's file is the option, or that of the node's home. */
static enum err prove(struct cli *cli, const char *option, const char *in_home,
		      const struct public_key *key, const struct hash *digest,
		      struct signature *out)
{
	const char *given = cli_value(cli, option), *home = cli_value(cli, "node-home");
	char *path;
	struct signer *signer = NULL;
	enum err err;

	if (given == NULL && home == NULL)
		return cli_fail(cli, ERR_USAGE, "give --node-home, or --consensus-key and --node-key");
	path = given != NULL ? path_of("%s", given) : path_of("%s/%s", home, in_home);
	err = signer_open(cli, path, &signer);
	if (err == ERR_OK && !public_key_equal(&signer->key, key)) {
		char hex[2 * sizeof(key->b) + 1];

		hex_encode(hex, key->b, sizeof(key->b));
		err = cli_fail(cli, ERR_READY_PROOF, "%s is another key than the set names", path);
		cli_fact(cli, "in the set", "%s", hex);
	}
	if (err == ERR_OK)
		err = sign_digest(out, &signer->secret, digest);
	signer_free(signer);
	free(path);
	return err;
}

static enum err prove_both(struct cli *cli, const struct set *set, struct readiness *out)
{
	struct network network;
	struct hash digest;
	struct buf text;
	enum err err = api_network(cli, &network);

	if (err != ERR_OK)
		return err;
	buf_init(&text, 512);
	ready_text(&text, &network.chain, &set->hash);
	ASSERT(!text.has_failed);
	sha256(&digest, text.at, text.len);
	buf_release(&text);
	err = prove(cli, "consensus-key", HOME_CONSENSUS_KEY, &out->validator->consensus_key,
		    &digest, &out->consensus_proof);
	if (err == ERR_OK)
		err = prove(cli, "node-key", HOME_NODE_KEY, &out->validator->node_key, &digest,
			    &out->node_proof);
	return err;
}

static enum err send_ready(struct cli *cli, struct set *set, struct readiness *ready)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__ValidatorReady record = STELE__VALIDATOR_READY__INIT;
	char what[LIMIT_SEGMENT + 32];

	record.set_sha256 = (ProtobufCBinaryData){32, set->hash.b};
	record.consensus_key = (ProtobufCBinaryData){33, ready->validator->consensus_key.b};
	record.node_key = (ProtobufCBinaryData){33, ready->validator->node_key.b};
	record.consensus_proof = (ProtobufCBinaryData){64, ready->consensus_proof.b};
	record.node_proof = (ProtobufCBinaryData){64, ready->node_proof.b};
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_VALIDATOR_READY;
	body.validator_ready = &record;
	(void)snprintf(what, sizeof(what), "readiness of %s", ready->validator->id);
	return submit_operation(cli, &body, bytes_of(NULL, 0), what);
}

static enum err run_ready(struct cli *cli)
{
	struct set *set = calloc(1, sizeof(*set));
	struct readiness ready = {.validator = NULL};
	enum err err;

	ASSERT(set != NULL);
	err = set_file_read(cli, cli->args[0], set);
	if (err == ERR_OK)
		err = own_line(cli, set, &ready.validator);
	if (err == ERR_OK)
		err = prove_both(cli, set, &ready);
	if (err == ERR_OK)
		err = send_ready(cli, set, &ready);
	free(set);
	return err;
}

/* --- set ----------------------------------------------------------------------------- */

static bool is_ready(const json_t *list, const struct validator *validator)
{
	char consensus[67], node[67];
	json_t *item;
	size_t index;

	hex_encode(consensus, validator->consensus_key.b, 33);
	hex_encode(node, validator->node_key.b, 33);
	json_array_foreach(json_object_get(list, "items"), index, item) {
		if (strcmp(json_text(item, "organisation"), validator->org) == 0)
			return json_is_true(json_object_get(item, "ready")) &&
			       strcmp(json_text(item, "consensus_key"), consensus) == 0 &&
			       strcmp(json_text(item, "node_key"), node) == 0;
	}
	return false;
}

/* Says who is not ready yet: the set can be agreed on, but takes their quorum. */
static enum err tell_ready(struct cli *cli, const struct set *set)
{
	char path[HASH_HEX_LEN + 32] = "/v1/validators/ready/";
	uint32_t count = 0, quorum = set_quorum(set->count);
	json_t *list = NULL;
	enum err err;

	hex_encode(path + strlen(path), set->hash.b, sizeof(set->hash.b));
	err = api_get_all(cli, &list, path);
	if (err != ERR_OK)
		return err;
	for (uint32_t i = 0; i < set->count; i++)
		count += is_ready(list, &set->validators[i]);
	out_remark(cli, "%u of %u are ready, %u must be when the set is decided", count, set->count,
		   quorum);
	for (uint32_t i = 0; count < quorum && i < set->count; i++) {
		if (!is_ready(list, &set->validators[i]))
			out_remark(cli, "not ready: %s of %s", set->validators[i].id,
				   set->validators[i].org);
	}
	json_decref(list);
	return ERR_OK;
}

static void fill(Stele__ValidatorsSet *record, Stele__Validator *members, Stele__Validator **list,
		 struct set *set)
{
	for (uint32_t i = 0; i < set->count; i++) {
		struct validator *from = &set->validators[i];

		stele__validator__init(&members[i]);
		members[i].id = from->id;
		members[i].org = from->org;
		members[i].consensus_key = (ProtobufCBinaryData){33, from->consensus_key.b};
		members[i].node_key = (ProtobufCBinaryData){33, from->node_key.b};
		list[i] = &members[i];
	}
	record->validators = list;
	record->n_validators = set->count;
}

static enum err run_set(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__ValidatorsSet record = STELE__VALIDATORS_SET__INIT;
	Stele__Validator members[LIMIT_VALIDATORS], *list[LIMIT_VALIDATORS];
	struct set *set = calloc(1, sizeof(*set));
	char what[48];
	enum err err;

	ASSERT(set != NULL);
	err = set_file_read(cli, cli->args[0], set);
	if (err == ERR_OK)
		err = tell_ready(cli, set);
	if (err == ERR_OK) {
		fill(&record, members, list, set);
		body.operation_case = STELE__TRANSACTION_BODY__OPERATION_VALIDATORS_SET;
		body.validators_set = &record;
		(void)snprintf(what, sizeof(what), "set of %u validators", set->count);
		err = submit_operation(cli, &body, bytes_of(NULL, 0), what);
	}
	if (err == ERR_OK)
		tell_effect(cli);
	free(set);
	return err;
}

static const struct option_spec options_text[] = {
	{"text", 0, OPTION_FLAG, NULL, "print the set's text, to be edited"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};
static const struct option_spec options_ready[] = {
	{"node-home", 0, OPTION_VALUE, "DIR", "the validator's home, which holds both keys"},
	{"consensus-key", 0, OPTION_VALUE, "FILE", "its consensus key, where it lies elsewhere"},
	{"node-key", 0, OPTION_VALUE, "FILE", "its node key, where it lies elsewhere"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_validator[] = {
	{.words = "validator list",
	 .arguments = "",
	 .arguments_min = 0,
	 .arguments_max = 0,
	 .brief = "list the validators",
	 .text = "The set in force. With --text it is printed as the text that its hash covers: to "
		 "propose another one, write it to a file, and add or remove lines.",
	 .example = "stele validator list\nstele validator list --text > set.txt",
	 .options = options_text,
	 .run = run_list},
	{.words = "validator ready",
	 .arguments = "SET",
	 .arguments_min = 1,
	 .arguments_max = 1,
	 .brief = "say that the own validator is ready for a new set",
	 .text = "SET is the file with the text of the set that is to be, the same for all; the order of "
		 "its lines does not matter. Both keys of the own validator sign that they are there "
		 "for exactly this set. It holds for 10,000 heights and can be said again. All key "
		 "files are opened with --passphrase-file; with --passphrase-fd one line is read for "
		 "each: --key, consensus key, node key.",
	 .example = "stele validator ready set.txt --node-home /var/lib/stele --key office",
	 .options = options_ready,
	 .run = run_ready},
	{.words = "validator set",
	 .arguments = "SET",
	 .arguments_min = 1,
	 .arguments_max = 1,
	 .brief = "agree on a new set of validators",
	 .text = "SET is a file as for stele validator ready. Says who is not ready yet; a quorum of the "
		 "new set has to be when the last approval comes. Where policy asks for approvals "
		 "this opens a motion. In this version the new set is recorded, can be proved, and "
		 "takes no effect.",
	 .example = "stele validator set set.txt --key office",
	 .run = run_set},
	{.words = "validator pending",
	 .arguments = "",
	 .arguments_min = 0,
	 .arguments_max = 0,
	 .brief = "show the set that was agreed on last, and who of it is ready",
	 .text = "Exit code 4 where none was agreed on.",
	 .example = "stele validator pending",
	 .options = options_text,
	 .run = run_pending},
	{.words = NULL},
};
