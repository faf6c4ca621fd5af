#include "ledger/store.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/store_copy.h"
#include "tests/lib/unit.h"

static struct store *open_store(const char *path)
{
	struct store *store;

	ck_assert_int_eq(store_open(&store, path), ERR_OK);
	return store;
}

static struct bytes number(uint8_t at[8], uint64_t value)
{
	store_u64(at, value);
	return bytes_of(at, 8);
}

static void put(struct store_write *write, uint64_t key, const char *value)
{
	uint8_t at[8];

	ck_assert_int_eq(store_put(write, TABLE_BLOCK, number(at, key), bytes_text(value), true),
			 ERR_OK);
}

static void put_one(struct store *store, uint64_t key, const char *value)
{
	struct store_write *write;

	ck_assert_int_eq(store_write_begin(store, &write), ERR_OK);
	put(write, key, value);
	ck_assert_int_eq(store_commit(write), ERR_OK);
}

static enum err get(struct store_read *read, uint64_t key, struct bytes *value)
{
	uint8_t at[8];

	return store_get(read, TABLE_BLOCK, number(at, key), value);
}

UNIT_TEST(store_keeps_what_was_committed_and_forgets_what_was_aborted)
{
	char *path = unit_folder();
	struct store *store = open_store(path);
	struct store_write *write;
	struct store_read *read;
	struct bytes value;

	put_one(store, 1, "one");
	ck_assert_int_eq(store_write_begin(store, &write), ERR_OK);
	put(write, 2, "two");
	store_abort(write);
	store_close(store);
	store = open_store(path);
	ck_assert_int_eq(store_read_begin(store, &read), ERR_OK);
	ck_assert_int_eq(get(read, 1, &value), ERR_OK);
	ck_assert(bytes_equal(value, bytes_text("one")));
	ck_assert_int_eq(get(read, 2, &value), ERR_NOT_FOUND);
	store_read_end(read);
	store_close(store);
	free(path);
}

UNIT_TEST(store_reader_sees_one_state_throughout)
{
	char *path = unit_folder();
	struct store *store = open_store(path);
	struct store_read *read;
	struct bytes value;

	put_one(store, 1, "one");
	ck_assert_int_eq(store_read_begin(store, &read), ERR_OK);
	put_one(store, 2, "two");
	ck_assert_int_eq(get(read, 2, &value), ERR_NOT_FOUND);
	store_read_end(read);
	store_close(store);
	free(path);
}

static void check_seek(struct store_read *read, uint64_t from, bool is_backwards, uint64_t want)
{
	struct bytes key, value;
	uint8_t at[8];
	enum err err = store_seek(read, TABLE_BLOCK, number(at, from), is_backwards, &key, &value);

	ck_assert_int_eq(err, want == 0 ? ERR_NOT_FOUND : ERR_OK);
	if (want != 0)
		ck_assert_uint_eq(load_u64(key.at), want);
}

UNIT_TEST(store_seeks_to_either_side)
{
	char *path = unit_folder();
	struct store *store = open_store(path);
	struct store_read *read;
	struct bytes key, value;

	put_one(store, 10, "ten");
	put_one(store, 20, "twenty");
	ck_assert_int_eq(store_read_begin(store, &read), ERR_OK);
	check_seek(read, 11, false, 20);
	check_seek(read, 10, false, 10);
	check_seek(read, 21, false, 0);
	check_seek(read, 19, true, 10);
	check_seek(read, 20, true, 20);
	check_seek(read, 99, true, 20);
	check_seek(read, 9, true, 0);
	ck_assert_int_eq(store_seek(read, TABLE_BLOCK, bytes_of(NULL, 0), false, &key, &value),
			 ERR_OK);
	ck_assert_uint_eq(load_u64(key.at), 10);
	store_read_end(read);
	store_close(store);
	free(path);
}

UNIT_TEST(store_is_opened_by_one_process_only)
{
	char *path = unit_folder();
	struct store *store = open_store(path);
	struct store *second;

	ck_assert_int_eq(store_open(&second, path), ERR_STORE_LOCKED);
	store_close(store);
	store_close(open_store(path));
	free(path);
}

static bool read_number(int from, uint64_t *out)
{
	return read(from, out, sizeof(*out)) == sizeof(*out);
}

/* The child commits numbers and says so after each, until it is killed. */
static void commit_on(const char *path, int out)
{
	struct store *store;

	if (store_open(&store, path) != ERR_OK)
		_exit(1);
	for (uint64_t i = 1;; i++) {
		put_one(store, i, "acknowledged");
		if (write(out, &i, sizeof(i)) != sizeof(i))
			_exit(1);
	}
}

UNIT_TEST(store_keeps_every_acknowledged_commit_when_killed)
{
	char *path = unit_folder();
	uint64_t acknowledged = 0, next;
	struct store_read *read;
	struct store *store;
	struct bytes value;
	int ends[2];
	pid_t pid;

	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		commit_on(path, ends[1]);
	}
	close(ends[1]);
	while (acknowledged < 20 && read_number(ends[0], &next))
		acknowledged = next;
	kill(pid, SIGKILL);
	while (read_number(ends[0], &next))
		acknowledged = next;
	waitpid(pid, NULL, 0);
	ck_assert_uint_ge(acknowledged, 20);
	store = open_store(path);
	ck_assert_int_eq(store_read_begin(store, &read), ERR_OK);
	for (uint64_t i = 1; i <= acknowledged; i++)
		ck_assert_int_eq(get(read, i, &value), ERR_OK);
	store_read_end(read);
	store_close(store);
	close(ends[0]);
	free(path);
}

struct reader {
	struct store *store;
	_Atomic bool is_over;
};

/* Holds each reader a while, so that a map that moved under it would be felt. */
static void *read_on(void *argument)
{
	struct reader *reader = argument;
	struct store_read *read;
	struct bytes value;

	while (!reader->is_over) {
		ck_assert_int_eq(store_read_begin(reader->store, &read), ERR_OK);
		ck_assert_int_eq(get(read, 1, &value), ERR_OK);
		usleep(1000);
		ck_assert_uint_eq(value.at[0], 'o');
		store_read_end(read);
	}
	return NULL;
}

#define LARGE ((size_t)150 << 20)

/* Values of 150 MiB under from … to - 1. */
static void fill(struct store *store, uint64_t from, uint64_t to)
{
	void *large = calloc(1, LARGE);
	struct store_write *write;
	uint8_t at[8];

	for (uint64_t i = from; i < to; i++) {
		ck_assert_int_eq(store_write_begin(store, &write), ERR_OK);
		ck_assert_int_eq(store_put(write, TABLE_LEAF, number(at, i),
					   bytes_of(large, LARGE), true), ERR_OK);
		ck_assert_int_eq(store_commit(write), ERR_OK);
	}
	free(large);
}

static bool has_disk(struct store *store)
{
	uint64_t used, disk_free;

	store_size(store, &used, &disk_free);
	if (disk_free < (uint64_t)3 << 30)
		unit_skip("less than 3 GiB of disk");
	return disk_free >= (uint64_t)3 << 30;
}

/* More than the first map of 1 GiB holds, while readers come and go. */
UNIT_TEST(store_map_grows_under_readers)
{
	char *path = unit_folder();
	struct store *store = open_store(path);
	struct reader reader = {.store = store};
	uint64_t used, disk_free;
	pthread_t thread;

	put_one(store, 1, "one");
	if (has_disk(store)) {
		ck_assert_int_eq(pthread_create(&thread, NULL, read_on, &reader), 0);
		fill(store, 2, 10);
		reader.is_over = true;
		pthread_join(thread, NULL);
		store_size(store, &used, &disk_free);
		ck_assert_uint_gt(used, (uint64_t)1 << 30);
	}
	store_close(store);
	free(path);
}

/* The writer needs the map to grow and waits for the reader that is held. */
static void *write_on(void *argument)
{
	put_one(argument, 99, "beyond the first map");
	return NULL;
}

UNIT_TEST(store_second_reader_of_a_thread_does_not_wait_for_the_map)
{
	char *path = unit_folder();
	struct store *store = open_store(path);
	struct store_read *held, *newest;
	struct bytes value;
	pthread_t thread;

	if (has_disk(store)) {
		fill(store, 1, 7);
		ck_assert_int_eq(store_read_begin(store, &held), ERR_OK);
		ck_assert_int_eq(pthread_create(&thread, NULL, write_on, store), 0);
		usleep(200000); /* it waits by now */
		alarm(20);
		ck_assert_int_eq(store_read_newest(held, &newest), ERR_OK);
		ck_assert_int_eq(get(newest, 99, &value), ERR_NOT_FOUND);
		store_read_end(newest);
		store_read_end(held);
		pthread_join(thread, NULL);
		ck_assert_int_eq(store_read_begin(store, &held), ERR_OK);
		ck_assert_int_eq(get(held, 99, &value), ERR_OK);
		store_read_end(held);
	}
	store_close(store);
	free(path);
}

/* --- only read ------------------------------------------------------------------ */

static void name_of(char out[512], const char *folder, const char *name)
{
	ck_assert_int_lt(snprintf(out, 512, "%s/%s", folder, name), 512);
}

static unsigned files_in(const char *folder)
{
	DIR *dir = opendir(folder);
	unsigned count = 0;

	ck_assert_ptr_nonnull(dir);
	while (readdir(dir) != NULL)
		count++;
	closedir(dir);
	return count - 2;
}

static void check_reading(const char *path, const char *want)
{
	struct store_read *read;
	struct store *store;
	struct bytes key, value;
	uint8_t at[8];

	ck_assert_int_eq(store_open_reading(&store, path), ERR_OK);
	ck_assert_int_eq(store_read_begin(store, &read), ERR_OK);
	ck_assert_int_eq(get(read, 1, &value), ERR_OK);
	ck_assert(bytes_equal(value, bytes_text(want)));
	ck_assert_int_eq(get(read, 9, &value), ERR_NOT_FOUND);
	check_seek(read, 0, false, 1);
	check_seek(read, 9, true, 1);
	ck_assert_int_eq(store_seek(read, TABLE_LEAF, number(at, 0), false, &key, &value),
			 ERR_NOT_FOUND);
	store_read_end(read);
	store_close(store);
}

UNIT_TEST(store_that_is_only_read_is_not_touched)
{
	char *path = unit_folder();
	char name[512];
	struct store *store = open_store(path);
	struct stat before, after;

	put_one(store, 1, "one");
	ck_assert_int_eq(store_open_reading(&store, path), ERR_STORE_LOCKED);
	store_close(store);
	name_of(name, path, "lock");
	ck_assert_int_eq(unlink(name), 0);
	name_of(name, path, "lock.mdb");
	ck_assert_int_eq(unlink(name), 0);
	name_of(name, path, "data.mdb");
	ck_assert_int_eq(stat(name, &before), 0);
	ck_assert_int_eq(chmod(path, 0500), 0);
	check_reading(path, "one");
	ck_assert_int_eq(stat(name, &after), 0);
	ck_assert_int_eq(before.st_mtim.tv_sec, after.st_mtim.tv_sec);
	ck_assert_int_eq(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
	ck_assert_uint_eq(files_in(path), 1);
	ck_assert_int_eq(chmod(path, 0700), 0);
	free(path);
}

UNIT_TEST(store_that_is_read_is_not_opened_for_writing)
{
	char *path = unit_folder();
	struct store *reading, *second;

	store_close(open_store(path));
	ck_assert_int_eq(store_open_reading(&reading, path), ERR_OK);
	ck_assert_int_eq(store_open_reading(&second, path), ERR_OK);
	store_close(second);
	ck_assert_int_eq(store_open(&second, path), ERR_STORE_LOCKED);
	store_close(reading);
	store_close(open_store(path));
	free(path);
}

/* --- copies ----------------------------------------------------------------------- */

UNIT_TEST(store_is_copied_while_it_is_written_to)
{
	char *path = unit_folder();
	char *to = unit_folder();
	char name[512];
	struct store *store = open_store(path);
	struct store_read *read;
	struct bytes value;
	int status;
	pid_t pid;

	put_one(store, 1, "one");
	name_of(name, to, "data.mdb");
	pid = fork();
	if (pid == 0)
		_exit(store_copy(path, name) == ERR_OK ? 0 : 1);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	put_one(store, 2, "two"); /* the writer goes on */
	store_close(store);
	check_reading(to, "one");
	ck_assert_int_eq(store_open_reading(&store, to), ERR_OK);
	ck_assert_int_eq(store_read_begin(store, &read), ERR_OK);
	ck_assert_int_eq(get(read, 2, &value), ERR_NOT_FOUND);
	store_read_end(read);
	store_close(store);
	ck_assert_int_ne(store_copy(path, name), ERR_OK); /* one is there */
	free(path);
	free(to);
}

UNIT_TEST(store_copy_of_what_is_no_store_says_so)
{
	char *path = unit_folder();
	char name[512];
	FILE *data;

	name_of(name, path, "data.mdb");
	data = fopen(name, "w");
	ck_assert_ptr_nonnull(data);
	for (int i = 0; i < 10000; i++)
		(void)fputc('x', data);
	ck_assert_int_eq(fclose(data), 0);
	name_of(name, path, "copy");
	ck_assert_int_eq(store_copy(path, name), ERR_STORE_DAMAGED);
	free(path);
}

UNIT_MAIN("store", store_keeps_what_was_committed_and_forgets_what_was_aborted,
	  store_reader_sees_one_state_throughout, store_seeks_to_either_side,
	  store_is_opened_by_one_process_only, store_keeps_every_acknowledged_commit_when_killed,
	  store_map_grows_under_readers,
	  store_second_reader_of_a_thread_does_not_wait_for_the_map,
	  store_that_is_only_read_is_not_touched, store_that_is_read_is_not_opened_for_writing,
	  store_is_copied_while_it_is_written_to, store_copy_of_what_is_no_store_says_so)
