#include "clients/cli/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/limits.h"
#include "proofs/cover.h"
#include "proofs/shape.h"
#include "proto/certificate.h"
#include "proto/vote.h"

static const uint8_t script[] = {
#include "clients/cli/verify_receipt.sh.inc"
};

struct folder {
	int fd;
	struct arena arena;
	struct certificate certificate;
	struct set set;
	struct header top;
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

static enum err put_print(const struct folder *folder, const char *name, uint64_t a, uint64_t b,
			  bool has_b)
{
	char text[64];
	int len = snprintf(text, sizeof(text), has_b ? "%llu\n%llu\n" : "%llu\n",
			   (unsigned long long)a, (unsigned long long)b);

	return put(folder, name, bytes_of(text, (size_t)len));
}

static enum err put_member(const struct folder *folder, const json_t *object, const char *member,
			   const char *name)
{
	const json_t *value = json_object_get(object, member);

	if (!json_is_string(value))
		return ERR_RECEIPT_FORM;
	return put(folder, name, bytes_of(json_string_value(value), json_string_length(value)));
}

/* header-0.txt is the finalized one, the last is the one before the record's. */
static enum err put_headers(struct folder *folder, const json_t *receipt)
{
	const json_t *headers = json_object_get(receipt, "headers");
	const json_t *first = json_array_get(headers, 0);
	size_t count = json_array_size(headers);
	char name[32];
	enum err err = ERR_OK;

	if (count == 0 || count > LIMIT_RECEIPT_HEADERS || !json_is_string(first) ||
	    header_parse(&folder->top,
			 bytes_of(json_string_value(first), json_string_length(first))) != ERR_OK)
		return ERR_RECEIPT_FORM;
	for (size_t i = 0; i < count && err == ERR_OK; i++) {
		const json_t *item = json_array_get(headers, i);

		(void)snprintf(name, sizeof(name), "header-%zu.txt", i);
		err = !json_is_string(item)
			      ? ERR_RECEIPT_FORM
			      : put(folder, name,
				    bytes_of(json_string_value(item), json_string_length(item)));
	}
	(void)snprintf(name, sizeof(name), "header-%zu.txt", count);
	return err == ERR_OK ? put_member(folder, receipt, "previous", name) : err;
}

static enum err put_vote(struct folder *folder)
{
	const struct certificate *certificate = &folder->certificate;
	struct buf text;
	enum err err;

	buf_init(&text, LIMIT_VOTE_BYTES);
	vote_text(&text, VOTE_FINALIZE, &folder->top.chain, certificate->epoch,
		  &certificate->set_hash, certificate->view, &certificate->block);
	err = text.has_failed ? ERR_MEMORY : put(folder, "vote.txt", buf_bytes(&text));
	buf_release(&text);
	return err;
}

static enum err put_signer(struct folder *folder, uint32_t index, const struct signature *signature)
{
	uint8_t der[72];
	size_t der_len = sign_der_encode(der, signature);
	char name[32];
	struct buf pem;
	enum err err;

	(void)snprintf(name, sizeof(name), "sig-%u.der", index);
	err = put(folder, name, bytes_of(der, der_len));
	if (err != ERR_OK)
		return err;
	buf_init(&pem, 1024);
	err = sign_key_pem(&pem, &folder->set.validators[index].consensus_key);
	(void)snprintf(name, sizeof(name), "key-%u.pem", index);
	if (err == ERR_OK)
		err = put(folder, name, buf_bytes(&pem));
	buf_release(&pem);
	return err;
}

static enum err put_finality(struct folder *folder, const json_t *receipt)
{
	const json_t *set = json_object_get(receipt, "set");
	struct bytes data;
	uint32_t used = 0;
	enum err err;

	if (!json_is_string(set) ||
	    set_parse(&folder->set, bytes_of(json_string_value(set), json_string_length(set))) !=
		    ERR_OK)
		return ERR_RECEIPT_FORM;
	err = json_read_base64(receipt, "finalization", LIMIT_CERTIFICATE_BYTES, &folder->arena,
			       &data);
	if (err != ERR_OK)
		return err;
	if (certificate_decode(&folder->certificate, data, folder->set.count) != ERR_OK)
		return ERR_RECEIPT_FORM;
	err = put_member(folder, receipt, "set", "set.txt");
	if (err == ERR_OK)
		err = put_vote(folder);
	for (uint32_t i = 0; i < folder->set.count && err == ERR_OK; i++)
		if (certificate_has_signer(&folder->certificate, i))
			err = put_signer(folder, i, &folder->certificate.signatures[used++]);
	return err;
}

static enum err put_path(struct folder *folder, const json_t *object, const char *name)
{
	struct hash *path;
	size_t count;
	struct buf text;
	enum err err = json_read_hashes(object, "path", LIMIT_LOG_PATH, &folder->arena, &path,
					&count);

	if (err != ERR_OK)
		return err;
	buf_init(&text, LIMIT_LOG_PATH * (HASH_HEX_LEN + 1));
	for (size_t i = 0; i < count; i++) {
		buf_hex(&text, path[i].b, sizeof(path[i].b));
		buf_u8(&text, '\n');
	}
	err = text.has_failed ? ERR_MEMORY : put(folder, name, buf_bytes(&text));
	buf_release(&text);
	return err;
}

static enum err put_record(struct folder *folder, const json_t *receipt)
{
	struct bytes data;
	struct buf leaf;
	uint64_t log_index;
	enum err err = json_read_number(receipt, "log_index", &log_index);

	if (err == ERR_OK)
		err = put_print(folder, "index.txt", log_index, 0, false);
	if (err == ERR_OK)
		err = put_path(folder, receipt, "path.txt");
	if (err == ERR_OK)
		err = json_read_base64(receipt, "transaction", LIMIT_LEAF_BYTES, &folder->arena,
				       &data);
	if (err != ERR_OK)
		return err;
	buf_init(&leaf, LIMIT_LEAF_BYTES + 1);
	buf_u8(&leaf, 0x01);
	buf_add_bytes(&leaf, data);
	err = leaf.has_failed ? ERR_MEMORY : put(folder, "leaf.bin", buf_bytes(&leaf));
	buf_release(&leaf);
	return err;
}

static enum err put_entry(struct folder *folder, const json_t *entry)
{
	uint64_t index, count;
	struct bytes data;
	enum err err;

	if (entry == NULL)
		return ERR_OK;
	if (json_read_number(entry, "index", &index) || json_read_number(entry, "count", &count))
		return ERR_RECEIPT_FORM;
	err = json_read_base64(entry, "data", LIMIT_BATCH_ENTRY_BYTES, &folder->arena, &data);
	if (err == ERR_OK)
		err = put(folder, "entry.bin", data);
	if (err == ERR_OK)
		err = put_print(folder, "entry-place.txt", index, count, true);
	return err == ERR_OK ? put_path(folder, entry, "entry-path.txt") : err;
}

static enum err unpack(struct folder *folder, const json_t *receipt)
{
	enum err err = put_headers(folder, receipt);

	if (err == ERR_OK)
		err = put_finality(folder, receipt);
	if (err == ERR_OK)
		err = put_record(folder, receipt);
	if (err == ERR_OK)
		err = put_entry(folder, json_object_get(receipt, "entry"));
	return err == ERR_OK ? put(folder, "verify.sh", bytes_of(script, sizeof(script))) : err;
}

enum err unpack_receipt(const json_t *receipt, const char *path)
{
	static struct folder folder;
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
