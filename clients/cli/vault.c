#include "clients/cli/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clients/cli/files.h"
#include "clients/cli/json_read.h"
#include "clients/cli/out.h"
#include "clients/cli/receipt_file.h"
#include "clients/cli/signer.h"
#include "crypto/random.h"
#include "proto/seal.h"

#define FORMAT "stele/v1 vault"
#define VAULT_BYTES_MAX ((size_t)64 << 20)
#define KEY_SUFFIX ".key"

/* --- the file ------------------------------------------------------------------- */

static enum err vault_path(struct cli *cli, char **out)
{
	const char *given = cli_value(cli, "vault"), *key = cli_value(cli, "key");
	char *path;
	size_t len;

	if (given != NULL) {
		*out = path_of("%s", given);
		return ERR_OK;
	}
	if (key == NULL)
		key = getenv("STELE_KEY");
	if (key == NULL || key[0] == '\0')
		return cli_fail(cli, ERR_USAGE, "no key is named, so its vault is not known");
	path = key_path(cli, key);
	len = strlen(path);
	if (len > strlen(KEY_SUFFIX) && strcmp(path + len - strlen(KEY_SUFFIX), KEY_SUFFIX) == 0)
		path[len - strlen(KEY_SUFFIX)] = '\0';
	*out = path_of("%s.vault.json", path);
	free(path);
	return ERR_OK;
}

bool vault_is_there(struct cli *cli)
{
	char *path;
	bool is_there;

	if (vault_path(cli, &path) != ERR_OK)
		return false;
	is_there = file_exists(path);
	free(path);
	return is_there;
}

enum err vault_lacks(const struct vault *vault, const char *what)
{
	return file_exists(vault->path)
		       ? cli_fail(vault->cli, ERR_VAULT_ENTRY, "no such %s in %s", what, vault->path)
		       : cli_fail(vault->cli, ERR_VAULT_ENTRY, "there is no %s", vault->path);
}

static bool has_texts(const json_t *entry, const char *const *names)
{
	for (; *names != NULL; names++)
		if (!json_is_string(json_object_get(entry, *names)))
			return false;
	return true;
}

static bool entry_is_whole(const json_t *entry)
{
	static const char *const of_all[] = {"kind", "chain", "by", "salt", "commitment", NULL};
	static const char *const of_contents[] = {"sha256", NULL};
	static const char *const of_others[] = {"programme", "call", NULL};

	if (!has_texts(entry, of_all) || !json_is_array(json_object_get(entry, "files")))
		return false;
	if (strcmp(json_text(entry, "kind"), "content") == 0)
		return has_texts(entry, of_contents);
	return has_texts(entry, of_others) && json_is_object(json_object_get(entry, "content"));
}

static enum err parse(struct vault *vault, struct bytes text)
{
	json_t *whole = json_loadb((const char *)text.at, text.len, JSON_REJECT_DUPLICATES, NULL);
	json_t *entries = json_object_get(whole, "entries"), *entry;
	bool is_sound = strcmp(json_text(whole, "format"), FORMAT) == 0 && json_is_array(entries);
	size_t index;

	json_array_foreach(entries, index, entry)
		is_sound = is_sound && entry_is_whole(entry);
	if (is_sound)
		vault->entries = json_incref(entries);
	json_decref(whole);
	if (is_sound)
		return ERR_OK;
	cli_fail(vault->cli, ERR_FILE_FORM, "%s is no vault", vault->path);
	cli_remedy(vault->cli, "get it back from a copy; without it nothing in it can be opened");
	return ERR_FILE_FORM;
}

static enum err load(struct vault *vault)
{
	struct stat stat_of;
	struct buf text;
	enum err err;

	if (stat(vault->path, &stat_of) != 0 && errno == ENOENT) {
		vault->entries = json_array();
		return ERR_OK;
	}
	if ((stat_of.st_mode & 077) != 0)
		out_remark(vault->cli, "note: others on this machine can read %s", vault->path);
	buf_init(&text, VAULT_BYTES_MAX);
	err = file_read(vault->cli, vault->path, &text);
	if (err == ERR_OK)
		err = parse(vault, buf_bytes(&text));
	buf_release(&text);
	return err;
}

enum err vault_open(struct cli *cli, struct vault *out)
{
	enum err err;

	*out = (struct vault){.cli = cli, .lock = -1};
	err = vault_path(cli, &out->path);
	if (err == ERR_OK)
		err = file_lock(cli, out->path, ERR_OK, &out->lock);
	if (err == ERR_OK)
		err = load(out);
	if (err != ERR_OK)
		vault_close(out);
	return err;
}

void vault_close(struct vault *vault)
{
	if (vault->lock >= 0)
		(void)close(vault->lock);
	json_decref(vault->entries);
	free(vault->path);
	*vault = (struct vault){.lock = -1};
}

enum err vault_save(struct vault *vault)
{
	json_t *whole = json_pack("{s:s,s:O}", "format", FORMAT, "entries", vault->entries);
	char *text = json_dumps(whole, JSON_COMPACT | JSON_SORT_KEYS);
	struct buf line;
	enum err err;

	ASSERT(text != NULL);
	buf_init(&line, VAULT_BYTES_MAX);
	buf_print(&line, "%s\n", text);
	err = line.has_failed ? cli_fail(vault->cli, ERR_FILE_WRITE, "%s is full", vault->path)
			      : file_write(vault->cli, vault->path, buf_bytes(&line), 0600, true);
	buf_release(&line);
	free(text);
	json_decref(whole);
	return err;
}

/* --- entries ---------------------------------------------------------------------- */

static bool is_at(const json_t *entry, const struct vault_place *place)
{
	char chain[HASH_HEX_LEN + 1];
	uint64_t proposal = 0;

	hex_encode(chain, place->chain->b, sizeof(place->chain->b));
	(void)json_u64(entry, "proposal", &proposal);
	return strcmp(json_text(entry, "kind"), place->kind) == 0 &&
	       strcmp(json_text(entry, "chain"), chain) == 0 &&
	       strcmp(json_text(entry, "programme"), place->programme) == 0 &&
	       strcmp(json_text(entry, "call"), place->call) == 0 &&
	       strcmp(json_text(entry, "by"), place->by) == 0 && proposal == place->proposal;
}

json_t *vault_find(const struct vault *vault, const struct vault_place *place,
		   const json_t *content)
{
	for (size_t i = json_array_size(vault->entries); i-- > 0;) {
		json_t *entry = json_array_get(vault->entries, i);

		if (is_at(entry, place) &&
		    (content == NULL || json_equal(json_object_get(entry, "content"), content)))
			return entry;
	}
	return NULL;
}

json_t *vault_find_commitment(const struct vault *vault, const char *commitment)
{
	size_t index;
	json_t *entry;

	json_array_foreach(vault->entries, index, entry)
		if (strcmp(json_text(entry, "commitment"), commitment) == 0)
			return entry;
	return NULL;
}

/* --- seals -------------------------------------------------------------------------- */

static enum err fail_entry(struct cli *cli, const char *why)
{
	cli_fail(cli, ERR_FILE_FORM, "the vault's entry does not open");
	cli_fact(cli, "entry", "%s", why);
	cli_remedy(cli, "get the vault back from a copy");
	return ERR_FILE_FORM;
}

static enum err salt_read(struct cli *cli, const json_t *entry, struct arena *arena,
			  ProtobufCBinaryData *salt)
{
	salt->len = sizeof(struct hash);
	salt->data = arena_alloc(arena, salt->len);
	ASSERT(salt->data != NULL);
	if (!hex_decode(salt->data, salt->len, bytes_text(json_text(entry, "salt"))))
		return fail_entry(cli, "its salt is not 32 bytes of hex");
	return ERR_OK;
}

static bool chain_read(const json_t *entry, struct hash *out)
{
	return hex_decode(out->b, sizeof(out->b), bytes_text(json_text(entry, "chain")));
}

/* The commitment that content and salt make; false where a member is not sound. */
static bool seal_of_proposal(const json_t *entry, const Stele__ProposalContent *content,
			     const ProtobufCBinaryData *salt, struct hash *out)
{
	struct hash chain;

	if (!chain_read(entry, &chain))
		return false;
	seal_proposal(out, &chain, json_text(entry, "programme"), json_text(entry, "call"),
		      json_text(entry, "by"), content, bytes_of(salt->data, salt->len));
	return true;
}

static bool seal_of_review(const json_t *entry, const Stele__ReviewContent *content,
			   const ProtobufCBinaryData *salt, struct hash *out)
{
	struct hash chain;
	uint64_t proposal;
	uint8_t key[33];

	if (!chain_read(entry, &chain) || !json_u64(entry, "proposal", &proposal) ||
	    !hex_decode(key, sizeof(key), bytes_text(json_text(entry, "by"))))
		return false;
	seal_review(out, &chain, json_text(entry, "programme"), json_text(entry, "call"), proposal,
		    bytes_of(key, sizeof(key)), content, bytes_of(salt->data, salt->len));
	return true;
}

static enum err commitment_compare(struct cli *cli, const json_t *entry, bool is_sealed,
				   const struct hash *seal)
{
	char hex[HASH_HEX_LEN + 1];

	hex_encode(hex, seal->b, sizeof(seal->b));
	if (!is_sealed || strcmp(hex, json_text(entry, "commitment")) != 0)
		return fail_entry(cli, "content and salt do not make its commitment");
	return ERR_OK;
}

enum err vault_open_proposal(struct cli *cli, const json_t *entry, struct arena *arena,
			     ProtobufCBinaryData *salt, Stele__ProposalContent **out)
{
	Stele__ProposalContent *content = arena_alloc(arena, sizeof(*content));
	char place[JSON_PLACE_MAX];
	struct hash seal = {{0}};
	enum err err = salt_read(cli, entry, arena, salt);

	ASSERT(content != NULL);
	stele__proposal_content__init(content);
	if (err == ERR_OK &&
	    !json_read_proposal(content, arena, json_object_get(entry, "content"), place))
		err = fail_entry(cli, place);
	if (err == ERR_OK)
		err = commitment_compare(cli, entry, seal_of_proposal(entry, content, salt, &seal),
					 &seal);
	if (err == ERR_OK)
		*out = content;
	return err;
}

enum err vault_open_review(struct cli *cli, const json_t *entry, struct arena *arena,
			   ProtobufCBinaryData *salt, Stele__ReviewContent **out)
{
	Stele__ReviewContent *content = arena_alloc(arena, sizeof(*content));
	char place[JSON_PLACE_MAX];
	struct hash seal = {{0}};
	enum err err = salt_read(cli, entry, arena, salt);

	ASSERT(content != NULL);
	stele__review_content__init(content);
	if (err == ERR_OK &&
	    !json_read_review(content, arena, json_object_get(entry, "content"), place))
		err = fail_entry(cli, place);
	if (err == ERR_OK)
		err = commitment_compare(cli, entry, seal_of_review(entry, content, salt, &seal),
					 &seal);
	if (err == ERR_OK)
		*out = content;
	return err;
}

/* --- a new entry ---------------------------------------------------------------------- */

#define ARENA_BYTES (4u << 20)

/* Sealed from the JSON, so that what is kept is what was sealed. */
static bool seal_of_entry(const json_t *entry, struct hash *out)
{
	Stele__ProposalContent proposal = STELE__PROPOSAL_CONTENT__INIT;
	Stele__ReviewContent review = STELE__REVIEW_CONTENT__INIT;
	const json_t *content = json_object_get(entry, "content");
	uint8_t bytes[sizeof(struct hash)];
	ProtobufCBinaryData salt = {sizeof(bytes), bytes};
	char place[JSON_PLACE_MAX];
	struct arena arena;
	bool is_sealed;

	arena_init(&arena, ARENA_BYTES);
	is_sealed = hex_decode(bytes, sizeof(bytes), bytes_text(json_text(entry, "salt")));
	if (strcmp(json_text(entry, "kind"), "review") == 0)
		is_sealed = is_sealed && json_read_review(&review, &arena, content, place) &&
			    seal_of_review(entry, &review, &salt, out);
	else
		is_sealed = is_sealed && json_read_proposal(&proposal, &arena, content, place) &&
			    seal_of_proposal(entry, &proposal, &salt, out);
	arena_release(&arena);
	return is_sealed;
}

json_t *vault_add(struct vault *vault, const struct vault_place *place, json_t *content,
		  json_t *files)
{
	struct hash salt, seal = {{0}};
	json_t *entry;

	random_bytes(salt.b, sizeof(salt.b));
	entry = json_pack("{s:s,s:o,s:s,s:s,s:s,s:o,s:o,s:o,s:I}", "kind", place->kind, "chain",
			  json_hex(place->chain->b, sizeof(place->chain->b)), "programme",
			  place->programme, "call", place->call, "by", place->by, "content", content,
			  "files", files, "salt", json_hex(salt.b, sizeof(salt.b)), "made",
			  (json_int_t)time_now_ms());
	ASSERT(entry != NULL);
	if (place->proposal > 0)
		(void)json_object_set_new(entry, "proposal",
					  json_integer((json_int_t)place->proposal));
	ASSERT(seal_of_entry(entry, &seal)); /* it was written a moment ago */
	(void)json_object_set_new(entry, "commitment", json_hex(seal.b, sizeof(seal.b)));
	(void)json_array_append_new(vault->entries, entry);
	return entry;
}

/* --- the files behind it ---------------------------------------------------------------- */

static const char *hash_expected(const json_t *entry, size_t index)
{
	const json_t *content = json_object_get(entry, "content");
	const json_t *documents = json_object_get(content, "documents");

	return documents != NULL ? json_text(json_array_get(documents, index), "sha256")
				 : json_text(content, "comment_sha256");
}

void vault_check_files(struct cli *cli, const json_t *entry)
{
	size_t index;
	json_t *path;

	json_array_foreach(json_object_get(entry, "files"), index, path) {
		const char *name = json_string_value(path);
		char hex[HASH_HEX_LEN + 1] = "";
		struct receipt_file file;

		if (name == NULL || name[0] == '\0')
			continue; /* it was given by its hash */
		if (!file_exists(name)) {
			out_remark(cli, "note: %s is no longer there", name);
			continue;
		}
		if (content_hash(cli, name, &file) == ERR_OK)
			hex_encode(hex, file.sha256.b, sizeof(file.sha256.b));
		if (strcmp(hex, hash_expected(entry, index)) != 0)
			out_remark(cli, "note: %s is no longer what was sealed; keep the sealed version "
					"where you can show it", name);
	}
}
