#include "clients/cli/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/limits.h"
#include "proofs/receipt.h"
#include "proofs/shape.h"

#define PATH_MAX_HASHES 126

static const uint8_t script[] = {
#include "clients/cli/verify_receipt.sh.inc"
};

struct folder {
	int fd;
	struct arena arena;
};

static enum err put(const struct folder *folder, const char *name, struct bytes data)
{
	int fd = openat(folder->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	ssize_t written;

	if (fd < 0)
		return ERR_FILE_WRITE;
	written = data.len == 0 ? 0 : write(fd, data.at, data.len);
	if (close(fd) != 0 || written != (ssize_t)data.len)
		return ERR_FILE_WRITE;
	return ERR_OK;
}

/* --- members, each a file ---------------------------------------------------------- */

static enum err put_text(const struct folder *folder, const json_t *value, const char *name)
{
	if (!json_is_string(value))
		return ERR_RECEIPT_FORM;
	return put(folder, name, bytes_of(json_string_value(value), json_string_length(value)));
}

static enum err put_number(const struct folder *folder, const json_t *object, const char *member,
			   const char *name)
{
	char text[24];
	uint64_t number;
	int len;

	if (json_read_number(object, member, &number) != ERR_OK)
		return ERR_RECEIPT_FORM;
	len = snprintf(text, sizeof(text), "%llu\n", (unsigned long long)number);
	return put(folder, name, bytes_of(text, (size_t)len));
}

static enum err put_bytes(struct folder *folder, const json_t *object, const char *member,
			  const char *name)
{
	struct bytes data;
	enum err err =
		json_read_base64(object, member, LIMIT_RECEIPT_BYTES, &folder->arena, &data);

	return err == ERR_OK ? put(folder, name, data) : err;
}

/* One hash a line. */
static enum err put_path(struct folder *folder, const json_t *object, const char *member,
			 const char *name)
{
	struct hash *path;
	size_t count;
	struct buf text;
	enum err err = json_read_hashes(object, member, PATH_MAX_HASHES, &folder->arena, &path,
					&count);

	if (err != ERR_OK)
		return err;
	buf_init(&text, PATH_MAX_HASHES * (HASH_HEX_LEN + 1));
	for (size_t i = 0; i < count; i++) {
		buf_hex(&text, path[i].b, sizeof(path[i].b));
		buf_u8(&text, '\n');
	}
	err = text.has_failed ? ERR_MEMORY : put(folder, name, buf_bytes(&text));
	buf_release(&text);
	return err;
}

/* --- the parts of a receipt -------------------------------------------------------- */

/* header-0.txt is the finalized one, the last is the record's own. */
static enum err put_headers(struct folder *folder, const json_t *receipt)
{
	const json_t *headers = json_object_get(receipt, "headers");
	size_t count = json_array_size(headers);
	char name[32];
	enum err err = count > 0 && count <= LIMIT_RECEIPT_HEADERS ? ERR_OK : ERR_RECEIPT_FORM;

	for (size_t i = 0; i < count && err == ERR_OK; i++) {
		(void)snprintf(name, sizeof(name), "header-%zu.txt", i);
		err = put_text(folder, json_array_get(headers, i), name);
	}
	return err == ERR_OK ? put_text(folder, json_object_get(receipt, "previous"), "previous.txt")
			     : err;
}

/* <prefix>change-0.bin ended the epoch before that of <prefix>set-1.txt, and so on. */
static enum err put_changes(struct folder *folder, const json_t *object, const char *prefix)
{
	const json_t *changes = json_object_get(object, "set_changes"), *change;
	char name[48];
	enum err err = json_is_array(changes) && json_array_size(changes) <= LIMIT_SET_CHANGES
			       ? ERR_OK
			       : ERR_RECEIPT_FORM;

	for (size_t i = 0; i < json_array_size(changes) && err == ERR_OK; i++) {
		change = json_array_get(changes, i);
		(void)snprintf(name, sizeof(name), "%schange-%zu.bin", prefix, i);
		err = put_bytes(folder, change, "finalization", name);
		(void)snprintf(name, sizeof(name), "%sset-%zu.txt", prefix, i + 1);
		if (err == ERR_OK)
			err = put_text(folder, json_object_get(change, "set"), name);
	}
	return err;
}

static enum err put_finality(struct folder *folder, const json_t *receipt)
{
	enum err err = put_text(folder, json_object_get(receipt, "set"), "set-0.txt");

	if (err == ERR_OK)
		err = put_changes(folder, receipt, "");
	return err == ERR_OK ? put_bytes(folder, receipt, "finalization", "final.bin") : err;
}

static enum err put_leaf(struct folder *folder, const json_t *object, const char *name)
{
	char file[32];
	struct bytes data;
	struct buf leaf;
	enum err err;

	(void)snprintf(file, sizeof(file), "%s.index", name);
	err = put_number(folder, object, "log_index", file);
	(void)snprintf(file, sizeof(file), "%s.path", name);
	if (err == ERR_OK)
		err = put_path(folder, object, "path", file);
	if (err == ERR_OK)
		err = json_read_base64(object, "transaction", LIMIT_LEAF_BYTES, &folder->arena,
				       &data);
	if (err != ERR_OK)
		return err;
	(void)snprintf(file, sizeof(file), "%s.bin", name);
	buf_init(&leaf, LIMIT_LEAF_BYTES + 1);
	buf_u8(&leaf, 0x01);
	buf_add_bytes(&leaf, data);
	err = leaf.has_failed ? ERR_MEMORY : put(folder, file, buf_bytes(&leaf));
	buf_release(&leaf);
	return err;
}

static enum err put_entry(struct folder *folder, const json_t *entry)
{
	enum err err;

	if (entry == NULL)
		return ERR_OK;
	err = put_bytes(folder, entry, "data", "entry.bin");
	if (err == ERR_OK)
		err = put_number(folder, entry, "index", "entry.index");
	return err == ERR_OK ? put_path(folder, entry, "path", "entry.path") : err;
}

static enum err put_state(struct folder *folder, const json_t *status)
{
	const json_t *entries = json_object_get(status, "entries"), *entry;
	char name[48];
	enum err err = put_bytes(folder, status, "tree", "status-tree.bin");

	for (size_t i = 0; i < json_array_size(entries) && err == ERR_OK; i++) {
		entry = json_array_get(entries, i);
		(void)snprintf(name, sizeof(name), "status-%zu.key", i);
		err = put_text(folder, json_object_get(entry, "key"), name);
		(void)snprintf(name, sizeof(name), "status-%zu.value", i);
		if (err == ERR_OK && json_object_get(entry, "value") != NULL)
			err = put_bytes(folder, entry, "value", name);
	}
	return err;
}

static enum err put_status(struct folder *folder, const json_t *status)
{
	enum err err;

	if (status == NULL)
		return ERR_OK;
	err = put_state(folder, status);
	if (err != ERR_OK || json_object_get(status, "finalization") == NULL)
		return err;
	err = put_bytes(folder, status, "finalization", "newer.bin");
	if (err == ERR_OK)
		err = put_path(folder, status, "consistency", "newer.path");
	return err == ERR_OK ? put_changes(folder, status, "newer-") : err;
}

static enum err unpack(struct folder *folder, const json_t *receipt)
{
	/* version 0 has the members of the leaf itself */
	const json_t *record = json_object_get(receipt, "record");
	const json_t *opened = json_object_get(receipt, "opened");
	const json_t *subject = json_object_get(receipt, "subject");
	enum err err = put_headers(folder, receipt);

	if (err == ERR_OK)
		err = put_finality(folder, receipt);
	if (err == ERR_OK)
		err = put_leaf(folder, record != NULL ? record : receipt, "record");
	if (err == ERR_OK && opened != NULL)
		err = put_leaf(folder, opened, "opened");
	if (err == ERR_OK)
		err = put_entry(folder, json_object_get(receipt, "entry"));
	if (err == ERR_OK && subject != NULL)
		err = put_text(folder, json_object_get(subject, "sha256"), "subject.sha256");
	if (err == ERR_OK && subject != NULL)
		err = put_number(folder, subject, "size", "subject.size");
	if (err == ERR_OK)
		err = put_status(folder, json_object_get(receipt, "status"));
	return err == ERR_OK ? put(folder, "verify.sh", bytes_of(script, sizeof(script))) : err;
}

enum err unpack_receipt(const json_t *receipt, const char *path)
{
	struct folder folder;
	enum err err;

	if (mkdir(path, 0755) != 0)
		return errno == EEXIST ? ERR_FILE_EXISTS : ERR_FILE_WRITE;
	folder.fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder.fd < 0)
		return ERR_FILE_WRITE;
	arena_init(&folder.arena, 2u * LIMIT_RECEIPT_BYTES);
	err = unpack(&folder, receipt);
	arena_release(&folder.arena);
	(void)close(folder.fd);
	return err;
}
