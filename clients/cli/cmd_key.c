/* stele key: key files, and what registration needs of them. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/api.h"
#include "clients/cli/files.h"
#include "clients/cli/orgkey.h"
#include "clients/cli/out.h"
#include "clients/cli/signer.h"
#include "clients/cli/submit.h"
#include "crypto/keyfile.h"

static const struct column columns[] = {
	{"label", "label", COLUMN_TEXT},
	{"public_key", "public key", COLUMN_TEXT},
	{"file", "file", COLUMN_TEXT},
	{NULL, NULL, COLUMN_TEXT},
};

static const struct column columns_proof[] = {
	{"organisation", "organisation", COLUMN_TEXT},
	{"chain", "chain", COLUMN_TEXT},
	{"key", "key", COLUMN_TEXT},
	{"purposes", "purposes", COLUMN_TEXT},
	{"proof", "proof", COLUMN_TEXT},
	{NULL, NULL, COLUMN_TEXT},
};

static json_t *key_json(const struct keyfile_info *info, const char *path)
{
	return json_pack("{s:s,s:o,s:s}", "label", info->label, "public_key",
			 json_hex(info->public_key.b, 33), "file", path);
}

/* A name without a slash lies in the home. */
static enum err place_of(struct cli *cli, const char *name, char **path)
{
	char *folder;
	enum err err;

	if (strchr(name, '/') != NULL) {
		*path = path_of("%s", name);
		return ERR_OK;
	}
	err = api_segment(cli, "key name", name);
	if (err != ERR_OK)
		return err;
	folder = path_of("%s/keys", cli->home);
	err = folder_make(cli, folder, 0700);
	if (err == ERR_OK)
		*path = path_of("%s/%s.key", folder, name);
	free(folder);
	return err;
}

/* The last part of the name, in the letters that labels have. */
static void label_of(char out[KEYFILE_LABEL_MAX + 1], const char *name)
{
	const char *slash = strrchr(name, '/');
	size_t len = 0;

	for (const char *c = slash != NULL ? slash + 1 : name;
	     *c != '\0' && strcmp(c, ".key") != 0 && len < KEYFILE_LABEL_MAX; c++) {
		char lower = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;

		out[len++] = strchr("abcdefghijklmnopqrstuvwxyz0123456789._-", lower) != NULL ? lower
											      : '-';
	}
	out[len] = '\0';
}

static enum err label_choose(struct cli *cli, char out[KEYFILE_LABEL_MAX + 1])
{
	const char *given = cli_value(cli, "label");

	label_of(out, given != NULL ? given : cli->args[0]);
	if (out[0] == '\0' || (given != NULL && strcmp(out, given) != 0)) {
		cli_fail(cli, ERR_USAGE, "--label %s", given != NULL ? given : "");
		cli_fact(cli, "expected", "1 to 64 of a-z 0-9 . _ -");
		return ERR_USAGE;
	}
	return ERR_OK;
}

static enum err make_key(struct cli *cli, const char *path, const char *label,
			 struct keyfile_info *out)
{
	struct secret secret;
	struct buf passphrase;
	enum err err;

	if (file_exists(path))
		return cli_fail(cli, ERR_FILE_EXISTS, "%s", path);
	err = passphrase_get(cli, path, true, &passphrase);
	if (err != ERR_OK)
		return err;
	err = sign_key_generate(&secret);
	if (err == ERR_OK)
		err = keyfile_write(path, &secret, label, buf_bytes(&passphrase));
	secret_wipe(&secret, sizeof(secret));
	passphrase_release(&passphrase);
	if (err == ERR_OK)
		err = keyfile_inspect(path, out);
	return err == ERR_OK ? ERR_OK : cli_fail(cli, err, "%s", path);
}

static enum err run_new(struct cli *cli)
{
	char label[KEYFILE_LABEL_MAX + 1];
	struct keyfile_info info;
	char *path = NULL;
	enum err err = label_choose(cli, label);

	if (err == ERR_OK)
		err = place_of(cli, cli->args[0], &path);
	if (err == ERR_OK)
		err = make_key(cli, path, label, &info);
	if (err == ERR_OK) {
		out_object(cli, key_json(&info, path), columns);
		out_remark(cli, "keep the file and its passphrase: neither can be recovered");
	}
	free(path);
	return err;
}

static int is_key(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 4 && strcmp(entry->d_name + len - 4, ".key") == 0;
}

static enum err run_list(struct cli *cli)
{
	const char *given = cli->args_count > 0 ? cli->args[0] : NULL;
	char *folder = given != NULL ? path_of("%s", given) : path_of("%s/keys", cli->home);
	struct dirent **entries = NULL;
	int count = scandir(folder, &entries, is_key, alphasort);
	json_t *items = json_array();

	for (int i = 0; i < count; i++) {
		char *path = path_of("%s/%s", folder, entries[i]->d_name);
		struct keyfile_info info;

		if (keyfile_inspect(path, &info) == ERR_OK)
			(void)json_array_append_new(items, key_json(&info, path));
		else
			out_remark(cli, "%s is no key file", path);
		free(path);
		free(entries[i]);
	}
	free(entries);
	free(folder);
	out_list(cli, json_pack("{s:o}", "items", items), columns);
	return ERR_OK;
}

static enum err run_show(struct cli *cli)
{
	char *path = key_path(cli, cli->args[0]);
	struct keyfile_info info;
	struct buf pem;
	enum err err = keyfile_inspect(path, &info);

	if (err != ERR_OK) {
		cli_fail(cli, err, "%s", path);
	} else if (cli_has(cli, "pem")) {
		buf_init(&pem, 4096);
		err = sign_key_pem(&pem, &info.public_key);
		if (err == ERR_OK)
			(void)fwrite(pem.at, 1, pem.len, stdout);
		buf_release(&pem);
	} else {
		out_object(cli, key_json(&info, path), columns);
	}
	free(path);
	return err;
}

/* --- proof ---------------------------------------------------------------------- */

static enum err run_proof(struct cli *cli)
{
	const char *purposes_text = cli_value(cli, "purposes");
	const char *org = NULL, *file = cli_value(cli, "out");
	uint32_t purposes = 0;
	struct signer *signer = NULL;
	struct network network;
	struct orgkey key;
	enum err err = cli_required(cli, "org", &org);

	if (err == ERR_OK)
		err = purposes_read(cli, purposes_text != NULL ? purposes_text : "govern,grant,content",
				    &purposes);
	if (err == ERR_OK)
		err = api_network_offline(cli, &network);
	if (err == ERR_OK)
		err = signer_open(cli, cli->args[0], &signer);
	if (err == ERR_OK)
		err = orgkey_prove(&key, &signer->secret, &signer->key, &network.chain, org,
				   purposes);
	signer_free(signer);
	if (err != ERR_OK)
		return err;
	if (file != NULL) {
		json_t *object = orgkey_json(&key, &network.chain, org);
		char *text = json_dumps(object, JSON_INDENT(2) | JSON_PRESERVE_ORDER);

		json_decref(object);
		ASSERT(text != NULL);
		err = file_write(cli, file, bytes_text(text), 0644, false);
		free(text);
	}
	if (err == ERR_OK)
		out_object(cli, orgkey_json(&key, &network.chain, org), columns_proof);
	return err;
}

/* --- add -------------------------------------------------------------------------- */

static enum err run_add(struct cli *cli)
{
	Stele__TransactionBody body = STELE__TRANSACTION_BODY__INIT;
	Stele__KeyAdd add = STELE__KEY_ADD__INIT;
	struct network network;
	struct orgkey key;
	uint64_t from = 0;
	char what[128];
	enum err err = api_segment(cli, "organisation", cli->args[0]);

	if (err == ERR_OK)
		err = cli_number(cli, "from-height", INT64_MAX, &from);
	if (err == ERR_OK)
		err = api_network(cli, &network);
	if (err == ERR_OK)
		err = orgkey_read(cli, cli->args[1], &network.chain, cli->args[0], &key);
	if (err != ERR_OK)
		return err;
	add.org = cli->args[0];
	add.key = &key.message;
	add.from_height = from;
	body.operation_case = STELE__TRANSACTION_BODY__OPERATION_KEY_ADD;
	body.key_add = &add;
	(void)snprintf(what, sizeof(what), "key of %s", cli->args[0]);
	return submit_operation(cli, &body, bytes_of(NULL, 0), what);
}

static const struct option_spec options_new[] = {
	{"label", 0, OPTION_VALUE, "LABEL", "what the key is for; default: the name"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};
static const struct option_spec options_show[] = {
	{"pem", 0, OPTION_FLAG, NULL, "print the public key as PEM, for openssl"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};
static const struct option_spec options_proof[] = {
	{"org", 0, OPTION_VALUE, "ID", "the organisation that is to have the key"},
	{"purposes", 0, OPTION_VALUE, "LIST",
	 "of govern, grant, content, peer, review; default govern,grant,content"},
	{"out", 0, OPTION_VALUE, "FILE", "also write it to this file, for org register or key add"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};
static const struct option_spec options_add[] = {
	{"from-height", 0, OPTION_VALUE, "HEIGHT", "height from which the key is valid; default at once"},
	{NULL, 0, OPTION_FLAG, NULL, NULL},
};

const struct command commands_key[] = {
	{.words = "key new",
	 .arguments = "NAME|FILE",
	 .arguments_min = 1,
	 .arguments_max = 1,
	 .brief = "make a key and write it, encrypted, to a new file",
	 .text = "A NAME becomes keys/NAME.key in the home; with a slash it is the file itself. "
		 "The file is encrypted under a passphrase (scrypt, AES-256-GCM), readable by its "
		 "owner only, and never overwritten. The passphrase comes from a file, a "
		 "descriptor or the terminal.",
	 .example = "stele key new office\nstele key new ./office.key --passphrase-file pass.txt",
	 .options = options_new,
	 .run = run_new},
	{.words = "key list",
	 .arguments = "[DIR]",
	 .arguments_min = 0,
	 .arguments_max = 1,
	 .brief = "list key files with their public keys",
	 .text = "Lists the key files of the home, or of DIR. No passphrase is needed. What the ledger "
		 "knows of an organisation's keys: stele org show.",
	 .example = "stele key list\nstele key list ./net/keys --json",
	 .run = run_list},
	{.words = "key show",
	 .arguments = "NAME|FILE",
	 .arguments_min = 1,
	 .arguments_max = 1,
	 .brief = "show a key file's public part",
	 .text = "Shows label and public key, or the public key as PEM. No passphrase is needed.",
	 .example = "stele key show office\nstele key show office --pem > office.pem",
	 .options = options_show,
	 .run = run_show},
	{.words = "key proof",
	 .arguments = "NAME|FILE",
	 .arguments_min = 1,
	 .arguments_max = 1,
	 .brief = "sign a key's possession, so that it can be registered",
	 .text = "Whoever registers a key brings the key's own signature over network, "
		 "organisation and purposes. The network is the one of --trust, else the one the "
		 "node serves. The result goes to whoever registers the organisation or adds the "
		 "key; it holds no secret.",
	 .example = "stele key proof office --org CN-USCI-… --purposes grant,content --out office.proof\n"
		    "stele key proof office --org CN-USCI-… --trust net.genesis",
	 .options = options_proof,
	 .run = run_proof},
	{.words = NULL},
};

const struct command commands_key_add[] = {
	{.words = "key add",
	 .arguments = "ORGANISATION PROOF",
	 .arguments_min = 2,
	 .arguments_max = 2,
	 .brief = "add a key to an organisation",
	 .text = "PROOF is a file made by stele key proof. Where policy asks for approvals this "
		 "opens a motion.",
	 .example = "stele key add CN-USCI-… office.proof --key validator-1.key",
	 .options = options_add,
	 .run = run_add},
	{.words = NULL},
};
