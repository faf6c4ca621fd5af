#include "node/identity.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crypto/keyfile.h"
#include "node/home.h"
#include "proto/genesis_file.h"

static enum err say(char detail[IDENTITY_DETAIL_BYTES], enum err err, const char *format, ...)
	PRINTF_LIKE(3, 4);

static enum err say(char detail[IDENTITY_DETAIL_BYTES], enum err err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(detail, IDENTITY_DETAIL_BYTES, format, args);
	va_end(args);
	return err;
}

/* ---- genesis ------------------------------------------------------------------------ */

static enum err check_expected(char detail[IDENTITY_DETAIL_BYTES], const struct hash *chain,
			       const struct config *config)
{
	char here[HASH_HEX_LEN + 1];
	char expected[HASH_HEX_LEN + 1];

	if (!config->has_chain || hash_equal(chain, &config->chain))
		return ERR_OK;
	hex_encode(here, chain->b, sizeof(chain->b));
	hex_encode(expected, config->chain.b, sizeof(config->chain.b));
	return say(detail, ERR_GENESIS_MISMATCH, HOME_GENESIS " is chain %s, " HOME_CONFIG
		   " expects chain %s", here, expected);
}

static enum err take_genesis(struct identity *out, char detail[IDENTITY_DETAIL_BYTES],
			     struct genesis_file *file, const struct config *config)
{
	const char *missing = NULL;
	unsigned line = 0;
	enum err err;

	err = genesis_file_parse(file, buf_bytes(&out->genesis_file));
	if (err)
		return say(detail, err, HOME_GENESIS ": not a document with signatures");
	out->genesis_text = file->document;
	err = genesis_parse(out->genesis, file->document, &line);
	if (err)
		return say(detail, err, HOME_GENESIS ":%u", line);
	err = genesis_file_check(file, out->genesis, &missing);
	if (err)
		return say(detail, err, HOME_GENESIS ": of organisation %s",
			   missing != NULL ? missing : "(unknown)");
	return check_expected(detail, &out->genesis->chain, config);
}

static enum err read_genesis(struct identity *out, char detail[IDENTITY_DETAIL_BYTES],
			     const char *path, const struct config *config)
{
	struct genesis_file *file;
	enum err err;

	buf_init(&out->genesis_file, GENESIS_FILE_BYTES);
	err = home_read(&out->genesis_file, path, HOME_GENESIS);
	if (err)
		return say(detail, err, "%.300s/" HOME_GENESIS, path);
	file = calloc(1, sizeof(*file));
	out->genesis = calloc(1, sizeof(*out->genesis));
	if (file == NULL || out->genesis == NULL)
		err = ERR_MEMORY;
	else
		err = take_genesis(out, detail, file, config);
	free(file);
	return err;
}

/* ---- passphrase ------------------------------------------------------------------------ */

struct passphrase {
	uint8_t at[PASSPHRASE_BYTES_MAX + 1];
	size_t len;
};

/* The first line.  False: it cannot be read, or is too long. */
static bool read_line(struct passphrase *out, int fd)
{
	ssize_t count = 0;

	out->len = 0;
	while (out->len < sizeof(out->at)) {
		count = read(fd, out->at + out->len, sizeof(out->at) - out->len);
		if (count <= 0)
			break;
		out->len += (size_t)count;
	}
	for (size_t i = 0; i < out->len; i++) {
		if (out->at[i] == '\n') {
			out->len = i;
			return true;
		}
	}
	return count >= 0 && out->len <= PASSPHRASE_BYTES_MAX;
}

static enum err passphrase_from_variable(struct passphrase *out,
					 char detail[IDENTITY_DETAIL_BYTES], const char *variable)
{
	uint64_t fd;
	bool is_read;

	if (!decimal_decode(&fd, bytes_text(variable)) || fd > 65535)
		return say(detail, ERR_CONFIG, PASSPHRASE_FD_VARIABLE " is no descriptor");
	is_read = read_line(out, (int)fd);
	close((int)fd);
	return is_read ? ERR_OK
		       : say(detail, ERR_FILE_READ, "the descriptor of " PASSPHRASE_FD_VARIABLE);
}

static enum err passphrase_from_file(struct passphrase *out, char detail[IDENTITY_DETAIL_BYTES],
				     const char *path, const char *name)
{
	char full[HOME_PATH_BYTES];
	bool is_read;
	int fd;

	if (!home_join(full, path, name))
		return say(detail, ERR_FILE_READ, "the path of passphrase-file is too long");
	fd = open(full, O_RDONLY | O_CLOEXEC);
	is_read = fd >= 0 && read_line(out, fd);
	if (fd >= 0)
		close(fd);
	return is_read ? ERR_OK : say(detail, ERR_FILE_READ, "passphrase-file %.400s", full);
}

static enum err get_passphrase(struct passphrase *out, char detail[IDENTITY_DETAIL_BYTES],
			       const char *path, const struct config *config)
{
	const char *variable = getenv(PASSPHRASE_FD_VARIABLE);

	if (variable != NULL)
		return passphrase_from_variable(out, detail, variable);
	if (config->passphrase_file[0] != '\0')
		return passphrase_from_file(out, detail, path, config->passphrase_file);
	return say(detail, ERR_CONFIG, "no passphrase for the key files: set passphrase-file, or "
		   PASSPHRASE_FD_VARIABLE);
}

/* ---- keys -------------------------------------------------------------------------------- */

static enum err unlock(struct secret *out, struct public_key *public_key,
		       char detail[IDENTITY_DETAIL_BYTES], const char *path, const char *name,
		       const struct passphrase *passphrase)
{
	char full[HOME_PATH_BYTES];
	enum err err = ERR_FILE_READ;

	if (home_join(full, path, name))
		err = keyfile_read(full, bytes_of(passphrase->at, passphrase->len), out);
	if (!err)
		err = sign_public(public_key, out);
	return err ? say(detail, err, "%.400s", full) : ERR_OK;
}

/* Two keys of one validator, or none of any. */
static enum err match(struct identity *out, char detail[IDENTITY_DETAIL_BYTES],
		      const struct public_key *node_key, const struct public_key *consensus_key)
{
	const struct set *set = &out->genesis->set;
	uint32_t by_node = set_find_node(set, node_key);
	uint32_t by_consensus =
		consensus_key != NULL ? set_find_consensus(set, consensus_key) : SET_NO_INDEX;

	out->self = by_consensus;
	out->is_validator = by_consensus != SET_NO_INDEX;
	if (by_node == by_consensus)
		return ERR_OK;
	if (by_consensus != SET_NO_INDEX)
		return say(detail, ERR_KEY_FILE, HOME_CONSENSUS_KEY " is validator %s's, but "
			   HOME_NODE_KEY " is not", set->validators[by_consensus].id);
	return say(detail, ERR_KEY_FILE, HOME_NODE_KEY " is validator %s's, but " HOME_CONSENSUS_KEY
		   " is %s", set->validators[by_node].id,
		   consensus_key != NULL ? "not" : "missing");
}

static enum err read_keys(struct identity *out, char detail[IDENTITY_DETAIL_BYTES],
			  const char *path, const struct passphrase *passphrase)
{
	struct public_key node_public;
	struct public_key consensus_public;
	char full[HOME_PATH_BYTES];
	bool has_consensus;
	enum err err;

	err = unlock(&out->node_key, &node_public, detail, path, HOME_NODE_KEY, passphrase);
	if (err)
		return err;
	has_consensus = home_join(full, path, HOME_CONSENSUS_KEY) && access(full, F_OK) == 0;
	if (has_consensus)
		err = unlock(&out->consensus_key, &consensus_public, detail, path,
			     HOME_CONSENSUS_KEY, passphrase);
	if (err)
		return err;
	return match(out, detail, &node_public, has_consensus ? &consensus_public : NULL);
}

enum err identity_open(struct identity *out, char detail[IDENTITY_DETAIL_BYTES], const char *path,
		       const struct config *config)
{
	struct passphrase passphrase;
	enum err err;

	memset(out, 0, sizeof(*out));
	detail[0] = '\0';
	err = read_genesis(out, detail, path, config);
	if (!err)
		err = get_passphrase(&passphrase, detail, path, config);
	if (!err)
		err = read_keys(out, detail, path, &passphrase);
	secret_wipe(&passphrase, sizeof(passphrase));
	if (err)
		identity_release(out);
	return err;
}

void identity_release(struct identity *identity)
{
	secret_wipe(&identity->node_key, sizeof(identity->node_key));
	secret_wipe(&identity->consensus_key, sizeof(identity->consensus_key));
	free(identity->genesis);
	identity->genesis = NULL;
	buf_release(&identity->genesis_file);
}
