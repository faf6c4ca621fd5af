/* One JSON object with exactly these members; version 1 fixes the parameters,
 * so that a file cannot ask for more work or less than it should:
 *   {"type": "stele key", "version": 1, "suite": "secp256k1-sha256",
 *    "label": …, "public_key": 66 hex digits,
 *    "kdf": "scrypt n=32768 r=8 p=1", "salt": 64 hex digits,
 *    "cipher": "aes-256-gcm", "nonce": 24, "secret": 64, "tag": 32 hex digits}
 * The box is bound to "stele/v1 key file\n" || public key || label. */
#include "crypto/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/keybox.h"
#include "crypto/random.h"

#define TYPE "stele key"
#define VERSION 1
#define STRINGIFY_(number) #number
#define STRINGIFY(number) STRINGIFY_(number)
#define KDF \
	"scrypt n=" STRINGIFY(KEYBOX_SCRYPT_N) " r=" STRINGIFY(KEYBOX_SCRYPT_R) \
	" p=" STRINGIFY(KEYBOX_SCRYPT_P)
#define CIPHER "aes-256-gcm"
#define FILE_BYTES_MAX 4096
#define MEMBERS_COUNT 11
#define CLEAR_BYTES_MAX 128

static bool label_is_valid(const char *label)
{
	size_t len = strlen(label);

	return len > 0 && len <= KEYFILE_LABEL_MAX &&
	       strspn(label, "abcdefghijklmnopqrstuvwxyz0123456789._-") == len;
}

/* What is bound to the box. */
static size_t clear_text(uint8_t out[CLEAR_BYTES_MAX], const struct keyfile_info *info)
{
	static const char prefix[] = "stele/v1 key file\n";
	size_t prefix_len = sizeof(prefix) - 1;
	size_t label_len = strlen(info->label);
	size_t len = prefix_len + sizeof(info->public_key.b) + label_len;

	ASSERT(len <= CLEAR_BYTES_MAX);
	memcpy(out, prefix, prefix_len);
	memcpy(out + prefix_len, info->public_key.b, sizeof(info->public_key.b));
	memcpy(out + prefix_len + sizeof(info->public_key.b), info->label, label_len);
	return len;
}

/* --- writing ------------------------------------------------------------- */

static void add_hex_member(struct buf *out, const char *name, const uint8_t *at, size_t len)
{
	buf_print(out, "  \"%s\": \"", name);
	buf_hex(out, at, len);
	buf_print(out, "\",\n");
}

static void file_text(struct buf *out, const struct keyfile_info *info, const struct keybox *box)
{
	buf_print(out, "{\n  \"type\": \"%s\",\n  \"version\": %d,\n", TYPE, VERSION);
	buf_print(out, "  \"suite\": \"%s\",\n  \"label\": \"%s\",\n", SIGN_SUITE, info->label);
	add_hex_member(out, "public_key", info->public_key.b, sizeof(info->public_key.b));
	buf_print(out, "  \"kdf\": \"%s\",\n", KDF);
	add_hex_member(out, "salt", box->salt, sizeof(box->salt));
	buf_print(out, "  \"cipher\": \"%s\",\n", CIPHER);
	add_hex_member(out, "nonce", box->nonce, sizeof(box->nonce));
	add_hex_member(out, "secret", box->sealed, sizeof(box->sealed));
	buf_print(out, "  \"tag\": \"");
	buf_hex(out, box->tag, sizeof(box->tag));
	buf_print(out, "\"\n}\n");
}

/* Creates the file at path with the text on the disk; gone again on failure. */
static enum err file_create(const char *path, struct bytes text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool is_written = true;

	if (fd < 0)
		return ERR_FILE_WRITE;
	while (is_written && text.len > 0) {
		ssize_t written = write(fd, text.at, text.len);

		if (written < 0 && errno == EINTR)
			continue;
		is_written = written > 0;
		if (is_written)
			text = bytes_of(text.at + written, text.len - (size_t)written);
	}
	is_written = is_written && fsync(fd) == 0;
	is_written = close(fd) == 0 && is_written;
	if (is_written)
		return ERR_OK;
	(void)unlink(path);
	return ERR_FILE_WRITE;
}

/* Makes the folder's new entry durable. */
static bool folder_sync(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
	int fd = folder != NULL ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	bool is_synced = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		(void)close(fd);
	free(folder);
	return is_synced;
}

/* link refuses where path exists, and the name never shows half a file. */
static enum err file_place(const char *path, struct bytes text)
{
	struct buf name;
	uint8_t random[8];
	enum err err = ERR_FILE_WRITE;

	buf_init(&name, 8192);
	random_bytes(random, sizeof(random));
	buf_print(&name, "%s.", path);
	buf_hex(&name, random, sizeof(random));
	buf_print(&name, ".tmp");
	buf_u8(&name, 0);
	if (!name.has_failed)
		err = file_create((const char *)name.at, text);
	if (err == ERR_OK) {
		if (link((const char *)name.at, path) != 0)
			err = errno == EEXIST ? ERR_FILE_EXISTS : ERR_FILE_WRITE;
		(void)unlink((const char *)name.at);
		if (err == ERR_OK && !folder_sync(path)) {
			(void)unlink(path);
			err = ERR_FILE_WRITE;
		}
	}
	buf_release(&name);
	return err;
}

enum err keyfile_write(const char *path, const struct secret *secret, const char *label,
		       struct bytes passphrase)
{
	struct keyfile_info info = {.label = ""};
	uint8_t clear[CLEAR_BYTES_MAX];
	struct keybox box;
	struct buf text;
	enum err err;

	ASSERT(label_is_valid(label));
	memcpy(info.label, label, strlen(label));
	err = sign_public(&info.public_key, secret);
	if (err != ERR_OK)
		return err;
	err = keybox_seal(&box, secret, passphrase, bytes_of(clear, clear_text(clear, &info)));
	if (err != ERR_OK)
		return err;
	buf_init(&text, FILE_BYTES_MAX);
	file_text(&text, &info, &box);
	err = text.has_failed ? ERR_MEMORY : file_place(path, buf_bytes(&text));
	buf_release(&text);
	return err;
}

/* --- reading ------------------------------------------------------------- */

static bool hex_member(json_t *object, const char *name, uint8_t *out, size_t len)
{
	json_t *member = json_object_get(object, name);

	return json_is_string(member) &&
	       hex_decode(out, len, bytes_of(json_string_value(member), json_string_length(member)));
}

static bool text_member_is(json_t *object, const char *name, const char *text)
{
	json_t *member = json_object_get(object, name);

	return json_is_string(member) &&
	       bytes_equal(bytes_of(json_string_value(member), json_string_length(member)),
			   bytes_text(text));
}

static bool label_member(json_t *object, char out[KEYFILE_LABEL_MAX + 1])
{
	json_t *member = json_object_get(object, "label");
	const char *label = json_string_value(member);

	/* jansson refuses U+0000 in strings, so the length is that of the text. */
	if (label == NULL || !label_is_valid(label))
		return false;
	memcpy(out, label, strlen(label) + 1);
	return true;
}

static enum err file_parse(struct bytes text, struct keyfile_info *info, struct keybox *box)
{
	json_t *object =
		json_loadb((const char *)text.at, text.len, JSON_REJECT_DUPLICATES, NULL);
	json_t *version = json_object_get(object, "version");
	bool has_form;

	has_form = json_object_size(object) == MEMBERS_COUNT &&
		   text_member_is(object, "type", TYPE) && json_is_integer(version) &&
		   json_integer_value(version) == VERSION &&
		   text_member_is(object, "suite", SIGN_SUITE) &&
		   text_member_is(object, "kdf", KDF) && text_member_is(object, "cipher", CIPHER) &&
		   label_member(object, info->label) &&
		   hex_member(object, "public_key", info->public_key.b, 33) &&
		   hex_member(object, "salt", box->salt, sizeof(box->salt)) &&
		   hex_member(object, "nonce", box->nonce, sizeof(box->nonce)) &&
		   hex_member(object, "secret", box->sealed, sizeof(box->sealed)) &&
		   hex_member(object, "tag", box->tag, sizeof(box->tag)) &&
		   sign_key_is_valid(&info->public_key);
	json_decref(object);
	return has_form ? ERR_OK : ERR_KEY_FILE;
}

/* Fills text with the whole of a regular file.  O_NONBLOCK: opening a FIFO
 * must not wait for its writer. */
static enum err file_text_read(const char *path, bool is_private, struct buf *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat stat;
	enum err err = ERR_OK;

	if (fd < 0)
		return ERR_FILE_READ;
	if (fstat(fd, &stat) != 0 || !S_ISREG(stat.st_mode))
		err = ERR_FILE_READ;
	else if (is_private && (stat.st_mode & 077) != 0)
		err = ERR_KEY_PERMISSIONS;
	else if (stat.st_size > FILE_BYTES_MAX)
		err = ERR_KEY_FILE;
	while (err == ERR_OK) {
		uint8_t piece[512];
		ssize_t got = read(fd, piece, sizeof(piece));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			err = ERR_FILE_READ;
		if (got <= 0)
			break;
		buf_add(text, piece, (size_t)got);
	}
	(void)close(fd);
	return err == ERR_OK && text->has_failed ? ERR_KEY_FILE : err;
}

static enum err file_read(const char *path, bool is_private, struct keyfile_info *info,
			  struct keybox *box)
{
	struct buf text;
	enum err err;

	buf_init(&text, FILE_BYTES_MAX);
	err = file_text_read(path, is_private, &text);
	if (err == ERR_OK)
		err = file_parse(buf_bytes(&text), info, box);
	buf_release(&text);
	return err;
}

enum err keyfile_inspect(const char *path, struct keyfile_info *out)
{
	struct keyfile_info info;
	struct keybox box;
	enum err err = file_read(path, false, &info, &box);

	if (err == ERR_OK)
		*out = info;
	return err;
}

enum err keyfile_read(const char *path, struct bytes passphrase, struct secret *out)
{
	struct keyfile_info info;
	struct keybox box;
	uint8_t clear[CLEAR_BYTES_MAX];
	struct public_key public_key;
	struct secret secret;
	enum err err = file_read(path, true, &info, &box);

	if (err != ERR_OK)
		return err;
	err = keybox_open(&secret, &box, passphrase, bytes_of(clear, clear_text(clear, &info)));
	if (err == ERR_OK)
		err = sign_public(&public_key, &secret);
	if (err == ERR_OK && !public_key_equal(&public_key, &info.public_key))
		err = ERR_KEY_FILE;
	if (err == ERR_OK)
		*out = secret;
	secret_wipe(&secret, sizeof(secret));
	return err;
}
