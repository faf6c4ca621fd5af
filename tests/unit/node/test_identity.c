#include "node/identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/keyfile.h"
#include "node/home.h"
#include "tests/lib/unit.h"

/* Homes made of the frozen genesis and test keys in tests/vectors. */

static char path[HOME_PATH_BYTES];
static struct config config;
static struct identity identity;
static char detail[IDENTITY_DETAIL_BYTES];

static json_t *vectors(const char *name)
{
	char *file = unit_repo(name);
	json_t *json = unit_json(file);

	free(file);
	return json;
}

static void key_of(struct secret *out, const char *name)
{
	json_t *json = vectors("tests/vectors/keys.json");
	json_t *keys = unit_json_array(json, "keys");
	bool is_found = false;
	json_t *key;
	size_t i;

	json_array_foreach(keys, i, key) {
		if (strcmp(unit_json_text(key, "name"), name) != 0)
			continue;
		is_found = hex_decode(out->b, sizeof(out->b), bytes_text(unit_json_text(key, "secret")));
	}
	ck_assert_msg(is_found, "%s", name);
	json_decref(json);
}

static void write_key(const char *file, const char *name)
{
	char full[HOME_PATH_BYTES];
	struct secret secret;

	key_of(&secret, name);
	ck_assert(home_join(full, path, file));
	ck_assert_int_eq(keyfile_write(full, &secret, "test", bytes_text("open sesame")), ERR_OK);
}

static void write_genesis(const char *from, const char *to)
{
	json_t *json = vectors("tests/vectors/genesis.json");
	char *sealed = strdup(unit_json_text(json, "sealed"));
	char *at = from != NULL ? strstr(sealed, from) : NULL;

	ck_assert_ptr_nonnull(sealed);
	if (from != NULL) {
		ck_assert_ptr_nonnull(at);
		ck_assert_uint_eq(strlen(from), strlen(to));
		memcpy(at, to, strlen(to));
	}
	ck_assert_int_eq(home_write(path, HOME_GENESIS, bytes_text(sealed)), ERR_OK);
	free(sealed);
	json_decref(json);
}

static void begin(void)
{
	char *folder = unit_folder();

	snprintf(path, sizeof(path), "%s/home", folder);
	free(folder);
	ck_assert_int_eq(home_create(path), ERR_OK);
	ck_assert_int_eq(home_write(path, "passphrase", bytes_text("open sesame\nignored")), ERR_OK);
	config_init(&config);
	strcpy(config.passphrase_file, "passphrase");
	unsetenv(PASSPHRASE_FD_VARIABLE);
}

static void expect_refusal(enum err err, const char *words)
{
	ck_assert_int_eq(identity_open(&identity, detail, path, &config), err);
	ck_assert_msg(strstr(detail, words) != NULL, "%s not in: %s", words, detail);
	ck_assert_ptr_null(identity.genesis);
}

UNIT_TEST(identity_of_a_validator_is_its_index)
{
	struct secret want;

	begin();
	write_genesis(NULL, NULL);
	write_key(HOME_NODE_KEY, "node 2");
	write_key(HOME_CONSENSUS_KEY, "consensus 2");
	ck_assert_int_eq(identity_open(&identity, detail, path, &config), ERR_OK);
	ck_assert(identity.is_validator);
	ck_assert_str_eq(identity.genesis->set.validators[identity.self].id, "v2");
	key_of(&want, "consensus 2");
	ck_assert(secret_equal(&identity.consensus_key, &want));
	identity_release(&identity);
	ck_assert(!secret_equal(&identity.consensus_key, &want));
}

UNIT_TEST(identity_without_a_consensus_key_is_an_observer)
{
	begin();
	write_genesis(NULL, NULL);
	write_key(HOME_NODE_KEY, "consensus 0"); /* some key that is no node's */
	ck_assert_int_eq(identity_open(&identity, detail, path, &config), ERR_OK);
	ck_assert(!identity.is_validator);
	ck_assert_uint_eq(identity.self, SET_NO_INDEX);
	identity_release(&identity);
}

UNIT_TEST(identity_of_mixed_keys_is_refused_by_name)
{
	begin();
	write_genesis(NULL, NULL);
	write_key(HOME_NODE_KEY, "node 1");
	expect_refusal(ERR_KEY_FILE, "keys/node.key is validator v1's, but keys/consensus.key is missing");
	write_key(HOME_CONSENSUS_KEY, "consensus 2");
	expect_refusal(ERR_KEY_FILE, "keys/consensus.key is validator v2's, but keys/node.key is not");
}

UNIT_TEST(identity_of_a_wrong_genesis_is_refused_by_name)
{
	begin();
	write_genesis(NULL, NULL);
	config.has_chain = true;
	expect_refusal(ERR_GENESIS_MISMATCH,
		       "genesis.txt is chain 711b774058e57dcb97191b05c6a6177e"
		       "dcb13bfa68c804794ff626748be4a6ca, steled.conf expects chain 0000");
}

UNIT_TEST(identity_of_a_genesis_that_a_founder_did_not_sign_is_refused)
{
	begin();
	/* one character of the document: no signature fits any more */
	write_genesis("window-ms 180000", "window-ms 190000");
	expect_refusal(ERR_GENESIS_SIGNATURES, "CN-USCI-");
}

UNIT_TEST(identity_of_a_malformed_genesis_names_the_line)
{
	begin();
	expect_refusal(ERR_FILE_READ, "/genesis.txt");
	write_genesis("epoch-length", "epoch_length");
	expect_refusal(ERR_GENESIS_FORM, "genesis.txt:5");
}

UNIT_TEST(identity_needs_the_right_passphrase)
{
	begin();
	write_genesis(NULL, NULL);
	write_key(HOME_NODE_KEY, "consensus 0");
	ck_assert_int_eq(home_write(path, "wrong", bytes_text("open barley\n")), ERR_OK);
	strcpy(config.passphrase_file, "wrong");
	expect_refusal(ERR_KEY_PASSPHRASE, "/keys/node.key");
	strcpy(config.passphrase_file, "absent");
	expect_refusal(ERR_FILE_READ, "passphrase-file");
	config.passphrase_file[0] = '\0';
	expect_refusal(ERR_CONFIG, "no passphrase");
}

UNIT_TEST(identity_takes_the_passphrase_from_a_descriptor)
{
	char number[16];
	int ends[2];

	begin();
	write_genesis(NULL, NULL);
	write_key(HOME_NODE_KEY, "consensus 0");
	config.passphrase_file[0] = '\0';
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(write(ends[1], "open sesame", 11), 11);
	close(ends[1]);
	snprintf(number, sizeof(number), "%d", ends[0]);
	setenv(PASSPHRASE_FD_VARIABLE, number, 1);
	ck_assert_int_eq(identity_open(&identity, detail, path, &config), ERR_OK);
	identity_release(&identity);
	setenv(PASSPHRASE_FD_VARIABLE, "-1", 1);
	expect_refusal(ERR_CONFIG, PASSPHRASE_FD_VARIABLE);
}

UNIT_TEST(identity_of_a_key_file_that_others_may_read_is_refused)
{
	char full[HOME_PATH_BYTES];

	begin();
	write_genesis(NULL, NULL);
	write_key(HOME_NODE_KEY, "consensus 0");
	ck_assert(home_join(full, path, HOME_NODE_KEY));
	ck_assert_int_eq(chmod(full, 0644), 0);
	expect_refusal(ERR_KEY_PERMISSIONS, "/keys/node.key");
}

UNIT_MAIN("identity", identity_of_a_validator_is_its_index,
	  identity_without_a_consensus_key_is_an_observer, identity_of_mixed_keys_is_refused_by_name,
	  identity_of_a_wrong_genesis_is_refused_by_name,
	  identity_of_a_genesis_that_a_founder_did_not_sign_is_refused,
	  identity_of_a_malformed_genesis_names_the_line, identity_needs_the_right_passphrase,
	  identity_takes_the_passphrase_from_a_descriptor,
	  identity_of_a_key_file_that_others_may_read_is_refused)
