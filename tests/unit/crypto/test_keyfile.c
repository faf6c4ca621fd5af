#include "crypto/keyfile.h"

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/keybox.h"
#include "tests/lib/unit.h"

#define LABEL "acme.anchor-1_x"

/* A key file in a folder of its own. */
struct home {
	char *folder;
	char path[512];
	struct secret secret;
	struct public_key key;
};

static struct home home_new(void)
{
	struct home home = {.folder = unit_folder()};

	ck_assert_int_lt(snprintf(home.path, sizeof(home.path), "%s/key", home.folder),
			 (int)sizeof(home.path));
	ck_assert_int_eq(sign_key_generate(&home.secret), ERR_OK);
	ck_assert_int_eq(sign_public(&home.key, &home.secret), ERR_OK);
	ck_assert_int_eq(keyfile_write(home.path, &home.secret, LABEL, bytes_text("open")), ERR_OK);
	return home;
}

static void home_write(const struct home *home, const void *at, size_t len)
{
	FILE *file = fopen(home->path, "wb"); /* keeps the mode */

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(at, 1, len, file), len);
	ck_assert_int_eq(fclose(file), 0);
}

static unsigned files_count(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	unsigned count = 0;

	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir)) != NULL)
		count += entry->d_name[0] == '.' ? 0 : 1;
	closedir(dir);
	return count;
}

UNIT_TEST(keyfile_gives_back_what_was_written)
{
	struct home home = home_new();
	struct keyfile_info info;
	struct secret got;
	struct stat stat_;

	ck_assert_int_eq(keyfile_read(home.path, bytes_text("open"), &got), ERR_OK);
	ck_assert(secret_equal(&got, &home.secret));
	ck_assert_int_eq(keyfile_inspect(home.path, &info), ERR_OK);
	ck_assert(public_key_equal(&info.public_key, &home.key));
	ck_assert_str_eq(info.label, LABEL);
	ck_assert_int_eq(stat(home.path, &stat_), 0);
	ck_assert_uint_eq(stat_.st_mode & 07777, 0600);
	ck_assert_uint_eq(files_count(home.folder), 1);
	free(home.folder);
}

UNIT_TEST(keyfile_opens_with_its_passphrase_only)
{
	static const char *const wrong[] = {"", "Open", "ope", "open ", "openn"};
	struct home home = home_new();
	struct secret got = {{0x55}};
	const struct secret before = got;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ck_assert_int_eq(keyfile_read(home.path, bytes_text(wrong[i]), &got),
				 ERR_KEY_PASSPHRASE);
	ck_assert_int_eq(keyfile_read(home.path, bytes_of(NULL, 0), &got), ERR_KEY_PASSPHRASE);
	ck_assert(secret_equal(&got, &before));
	free(home.folder);
}

UNIT_TEST(keyfile_is_never_overwritten)
{
	struct home home = home_new();
	struct secret other;
	struct secret got;
	char linked[600];

	ck_assert_int_eq(sign_key_generate(&other), ERR_OK);
	ck_assert_int_eq(keyfile_write(home.path, &other, LABEL, bytes_text("other")),
			 ERR_FILE_EXISTS);
	ck_assert_int_eq(keyfile_read(home.path, bytes_text("open"), &got), ERR_OK);
	ck_assert(secret_equal(&got, &home.secret));
	snprintf(linked, sizeof(linked), "%s/dangling", home.folder);
	ck_assert_int_eq(symlink("nowhere", linked), 0);
	ck_assert_int_eq(keyfile_write(linked, &other, LABEL, bytes_text("x")), ERR_FILE_EXISTS);
	ck_assert_uint_eq(files_count(home.folder), 2);
	free(home.folder);
}

UNIT_TEST(keyfile_leaves_nothing_behind_where_it_cannot_write)
{
	struct home home = home_new();
	struct secret zero = {{0}};
	char path[600];

	snprintf(path, sizeof(path), "%s/absent/key", home.folder);
	ck_assert_int_eq(keyfile_write(path, &home.secret, LABEL, bytes_text("x")), ERR_FILE_WRITE);
	snprintf(path, sizeof(path), "%s/key2", home.folder);
	ck_assert_int_eq(keyfile_write(path, &zero, LABEL, bytes_text("x")), ERR_KEY_FILE);
	ck_assert_uint_eq(files_count(home.folder), 1);
	free(home.folder);
}

UNIT_TEST(keyfile_that_others_may_read_is_refused)
{
	static const mode_t modes[] = {0640, 0604, 0620, 0610, 0677};
	struct home home = home_new();
	struct keyfile_info info;
	struct secret got;

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		ck_assert_int_eq(chmod(home.path, modes[i]), 0);
		ck_assert_int_eq(keyfile_read(home.path, bytes_text("open"), &got),
				 ERR_KEY_PERMISSIONS);
	}
	ck_assert_int_eq(keyfile_inspect(home.path, &info), ERR_OK);
	ck_assert_int_eq(chmod(home.path, 0400), 0);
	ck_assert_int_eq(keyfile_read(home.path, bytes_text("open"), &got), ERR_OK);
	free(home.folder);
}

UNIT_TEST(keyfile_that_is_no_file_is_not_read)
{
	struct home home = home_new();
	struct keyfile_info info;
	struct secret got;
	char path[600];

	snprintf(path, sizeof(path), "%s/absent", home.folder);
	ck_assert_int_eq(keyfile_read(path, bytes_text("open"), &got), ERR_FILE_READ);
	ck_assert_int_eq(keyfile_inspect(home.folder, &info), ERR_FILE_READ);
	snprintf(path, sizeof(path), "%s/fifo", home.folder);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(keyfile_inspect(path, &info), ERR_FILE_READ); /* and does not hang */
	free(home.folder);
}

UNIT_TEST(keyfile_cut_anywhere_is_refused)
{
	struct home home = home_new();
	size_t len;
	uint8_t *text = unit_file(home.path, &len);
	struct keyfile_info info;

	while (len > 2) { /* the last line break may be missing */
		len--;
		home_write(&home, text, len - 1);
		ck_assert_int_eq(keyfile_inspect(home.path, &info), ERR_KEY_FILE);
	}
	free(text);
	free(home.folder);
}

/* Every changed byte is noticed: by the form, or by the tag. */
UNIT_TEST(keyfile_changed_anywhere_does_not_open)
{
	struct home home = home_new();
	size_t len;
	uint8_t *text = unit_file(home.path, &len);

	for (size_t i = 0; i < len; i++) {
		struct secret got;
		enum err err;

		if (text[i] == ' ' || text[i] == '\n')
			continue; /* between the members: means nothing */
		if (i % 16 != 0 && text[i] >= '0' && text[i] <= '9')
			continue; /* scrypt takes its time; a sample of the digits does */
		text[i] = text[i] == '3' ? '4' : (uint8_t)(text[i] ^ 1);
		home_write(&home, text, len);
		err = keyfile_read(home.path, bytes_text("open"), &got);
		ck_assert_msg(err == ERR_KEY_FILE || err == ERR_KEY_PASSPHRASE, "byte %zu: %s", i,
			      err_name(err));
		text[i] = text[i] == '4' ? '3' : (uint8_t)(text[i] ^ 1);
		if (i % 16 != 0)
			i += 8;
	}
	free(text);
	free(home.folder);
}

UNIT_TEST(keyfile_of_garbage_is_refused)
{
	static const char *const texts[] = {
		"", "{}", "[]", "null", "{\"type\":\"stele key\"}", "\xff\xfe", "{\"a\":1,\"a\":1}",
	};
	struct home home = home_new();
	struct keyfile_info info;
	char *large = malloc(100000);

	ck_assert_ptr_nonnull(large);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		home_write(&home, texts[i], strlen(texts[i]));
		ck_assert_int_eq(keyfile_inspect(home.path, &info), ERR_KEY_FILE);
	}
	memset(large, '[', 100000);
	home_write(&home, large, 100000);
	ck_assert_int_eq(keyfile_inspect(home.path, &info), ERR_KEY_FILE);
	free(large);
	free(home.folder);
}

/* The text with its one occurrence of from replaced. */
static void home_replace(const struct home *home, const char *text, const char *from,
			 const char *to)
{
	const char *at = strstr(text, from);
	struct buf buf;

	ck_assert_msg(at != NULL, "%s", from);
	buf_init(&buf, 8192);
	buf_add(&buf, text, (size_t)(at - text));
	buf_print(&buf, "%s%s", to, at + strlen(from));
	home_write(home, buf.at, buf.len);
	buf_release(&buf);
}

UNIT_TEST(keyfile_of_another_version_or_with_other_members_is_refused)
{
	static const char *const changes[][2] = {
		{"\"version\": 1", "\"version\": 2"},
		{"\"version\": 1", "\"version\": 1.0"},
		{"\"version\": 1", "\"version\": \"1\""},
		{"n=32768", "n=1024"},
		{"aes-256-gcm", "aes-128-gcm"},
		{"secp256k1-sha256", "p256-sha256"},
		{"\"version\": 1", "\"version\": 1, \"more\": 1"},
		{"\"version\": 1", "\"version\": 1, \"version\": 1"},
		{LABEL, ""},
		{LABEL, "Upper"},
		{LABEL, "0123456789012345678901234567890123456789012345678901234567890123x"},
		{"\"tag\": \"", "\"tag\": \"00"},
		{"stele key", "stele cay"},
	};
	struct home home = home_new();
	size_t len;
	uint8_t *text = unit_file(home.path, &len);
	struct keyfile_info info;
	struct secret got;

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		home_replace(&home, (const char *)text, changes[i][0], changes[i][1]);
		ck_assert_msg(keyfile_inspect(home.path, &info) == ERR_KEY_FILE, "%s",
			      changes[i][1]);
	}
	home_replace(&home, (const char *)text, LABEL, "renamed"); /* of good form, but bound */
	ck_assert_int_eq(keyfile_inspect(home.path, &info), ERR_OK);
	ck_assert_int_eq(keyfile_read(home.path, bytes_text("open"), &got), ERR_KEY_PASSPHRASE);
	free(text);
	free(home.folder);
}

/* --- no secret stays on the stack ---------------------------------------- */

struct use {
	const struct home *home;
	struct secret *secret; /* on the heap */
	struct keybox *box;    /* on the heap */
	struct bytes found;    /* no secret, left there for sure: the search works; or empty */
	enum err err;
};

static void *use_read(void *context)
{
	struct use *use = context;

	use->err = keyfile_read(use->home->path, bytes_text("open"), use->secret);
	return NULL;
}

static void *use_write(void *context)
{
	struct use *use = context;
	char path[600];

	snprintf(path, sizeof(path), "%s/copy", use->home->folder);
	use->err = keyfile_write(path, use->secret, LABEL, bytes_text("x"));
	return NULL;
}

static void *use_box(void *context)
{
	struct use *use = context;
	volatile uint8_t deep[16384]; /* below what the ending thread writes over */

	deep[0] = 0;
	deep[sizeof(deep) - 1] = 0;
	use->err = keybox_open(use->secret, use->box, bytes_text("open"), bytes_text("clear"));
	return NULL;
}

/* Runs the function on a stack of its own and searches what it left there. */
static void assert_stack_is_clean(void *(*function)(void *), struct use *use)
{
	const size_t stack_len = 1 << 20;
	uint8_t *stack = aligned_alloc(4096, stack_len);
	pthread_attr_t attributes;
	pthread_t thread;

	ck_assert_ptr_nonnull(stack);
	memset(stack, 0, stack_len);
	use->err = ERR_INTERNAL;
	ck_assert_int_eq(pthread_attr_init(&attributes), 0);
	ck_assert_int_eq(pthread_attr_setstack(&attributes, stack, stack_len), 0);
	ck_assert_int_eq(pthread_create(&thread, &attributes, function, use), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_int_eq(use->err, ERR_OK);
	if (use->found.len > 0)
		ck_assert_ptr_nonnull(memmem(stack, stack_len, use->found.at, use->found.len));
	ck_assert_ptr_null(memmem(stack, stack_len, use->home->secret.b, 16));
	ck_assert_ptr_null(memmem(stack, stack_len, use->home->secret.b + 16, 16));
	pthread_attr_destroy(&attributes);
	free(stack);
}

UNIT_TEST(keyfile_leaves_no_secret_on_the_stack)
{
	struct home home = home_new();
	struct use use = {.home = &home,
			  .secret = malloc(sizeof(struct secret)),
			  .box = malloc(sizeof(struct keybox)),
			  .found = bytes_of(home.key.b, 16)};

	ck_assert(use.secret != NULL && use.box != NULL);
	assert_stack_is_clean(use_read, &use);
	ck_assert(secret_equal(use.secret, &home.secret));
	assert_stack_is_clean(use_write, &use);
	ck_assert_int_eq(keybox_seal(use.box, &home.secret, bytes_text("open"), bytes_text("clear")),
			 ERR_OK);
	use.found = bytes_of(NULL, 0);
	assert_stack_is_clean(use_box, &use);
	ck_assert(secret_equal(use.secret, &home.secret));
	free(use.secret);
	free(use.box);
	free(home.folder);
}

UNIT_MAIN("keyfile", keyfile_gives_back_what_was_written, keyfile_opens_with_its_passphrase_only,
	  keyfile_is_never_overwritten, keyfile_leaves_nothing_behind_where_it_cannot_write,
	  keyfile_that_others_may_read_is_refused, keyfile_that_is_no_file_is_not_read,
	  keyfile_cut_anywhere_is_refused, keyfile_changed_anywhere_does_not_open,
	  keyfile_of_garbage_is_refused,
	  keyfile_of_another_version_or_with_other_members_is_refused,
	  keyfile_leaves_no_secret_on_the_stack)
