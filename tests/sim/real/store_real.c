/* The disk of sim-real: ledger/store_lmdb.c itself, on files in memory.  The linker
 * wraps its writes (Makefile), so that judges see what is durable and scenes can let
 * it fail.  A crash leaves a copy of the file, made before LMDB could close it. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/sim/world.h"

#define STORES_MAX (3 * WORLD_NODES_MAX) /* chain, journal, and a copy of that */
#define KEY_ROOM 512u
#define PATH_BYTES 128u
#define COPY_BYTES ((size_t)1 << 20)

struct put {
	enum table table;
	struct buf key, value;
};

struct disk {
	struct store *store; /* NULL: a free place */
	struct store_write *write;
	char path[PATH_BYTES];
	void (*on_put)(void *context, enum table table, struct bytes key, struct bytes value);
	void *context;
	bool is_broken, is_kept, is_full;
	struct put *puts;
	size_t puts_count, puts_room;
};

static struct {
	struct disk disks[STORES_MAX];
	char folder[PATH_BYTES], scratch[PATH_BYTES];
	uint64_t number; /* of the newest environment */
} real;

enum err __real_store_write_begin(struct store *store, struct store_write **out);
enum err __real_store_put(struct store_write *write, enum table table, struct bytes key,
			  struct bytes value, bool is_append);
enum err __real_store_commit(struct store_write *write);
void __real_store_abort(struct store_write *write);
uint64_t __real_store_disk_free(const struct store *store);
enum err __wrap_store_write_begin(struct store *store, struct store_write **out);
enum err __wrap_store_put(struct store_write *write, enum table table, struct bytes key,
			  struct bytes value, bool is_append);
enum err __wrap_store_commit(struct store_write *write);
void __wrap_store_abort(struct store_write *write);
uint64_t __wrap_store_disk_free(const struct store *store);

/* --- files --------------------------------------------------------------- */

static void remove_environment(const char *path)
{
	static const char *const files[] = {"data.mdb", "lock.mdb", "lock"};
	char name[PATH_BYTES + 16];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(name, sizeof(name), "%s/%s", path, files[i]);
		(void)unlink(name);
	}
	(void)rmdir(path);
}

static void remove_folder(void)
{
	remove_environment(real.scratch);
	(void)rmdir(real.folder);
}

static void make_folder(void)
{
	static const char *const places[] = {"/dev/shm", "/tmp"};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && real.folder[0] == '\0'; i++) {
		(void)snprintf(real.folder, sizeof(real.folder), "%s/stele-sim-XXXXXX", places[i]);
		if (mkdtemp(real.folder) == NULL)
			real.folder[0] = '\0';
	}
	ASSERT(real.folder[0] != '\0');
	atexit(remove_folder);
}

static void next_path(char out[PATH_BYTES])
{
	if (real.folder[0] == '\0')
		make_folder();
	(void)snprintf(out, PATH_BYTES, "%.64s/%llu", real.folder,
		       (unsigned long long)++real.number);
}

static void copy_data(const char *from, const char *to)
{
	char name[PATH_BYTES + 16];
	char *block = malloc(COPY_BYTES);
	int in, out;
	ssize_t got;

	ASSERT(block != NULL && mkdir(to, 0700) == 0);
	(void)snprintf(name, sizeof(name), "%s/data.mdb", from);
	in = open(name, O_RDONLY | O_CLOEXEC);
	(void)snprintf(name, sizeof(name), "%s/data.mdb", to);
	out = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ASSERT(in >= 0 && out >= 0);
	while ((got = read(in, block, COPY_BYTES)) > 0)
		ASSERT(write(out, block, (size_t)got) == got);
	ASSERT(got == 0 && close(in) == 0 && close(out) == 0);
	free(block);
}

const char *store_sim_scratch(void)
{
	remove_environment(real.scratch);
	next_path(real.scratch);
	return real.scratch;
}

/* --- disks --------------------------------------------------------------- */

static struct disk *disk_of(const struct store *store)
{
	for (size_t i = 0; i < STORES_MAX; i++) {
		if (real.disks[i].store == store)
			return &real.disks[i];
	}
	return NULL;
}

static struct disk *disk_of_write(const struct store_write *write)
{
	for (size_t i = 0; i < STORES_MAX; i++) {
		if (real.disks[i].store != NULL && real.disks[i].write == write)
			return &real.disks[i];
	}
	return NULL;
}

struct store *store_sim_new(void (*on_put)(void *context, enum table table, struct bytes key,
					   struct bytes value), void *context)
{
	struct disk *disk = disk_of(NULL);

	ASSERT(disk != NULL);
	*disk = (struct disk){.on_put = on_put, .context = context};
	next_path(disk->path);
	ASSERT(store_open(&disk->store, disk->path) == ERR_OK);
	return disk->store;
}

static void forget_puts(struct disk *disk)
{
	for (size_t i = 0; i < disk->puts_count; i++) {
		buf_release(&disk->puts[i].key);
		buf_release(&disk->puts[i].value);
	}
	disk->puts_count = 0;
	disk->write = NULL;
}

void store_sim_free(struct store *store)
{
	struct disk *disk = disk_of(store);

	store_close(store);
	remove_environment(disk->path);
	forget_puts(disk);
	free(disk->puts);
	*disk = (struct disk){.store = NULL};
}

struct store *store_sim_survive(struct store *store)
{
	struct disk *disk = disk_of(store);
	char copy[PATH_BYTES];

	next_path(copy);
	copy_data(disk->path, copy);
	store_close(store);
	remove_environment(disk->path);
	memcpy(disk->path, copy, sizeof(copy));
	ASSERT(store_open(&disk->store, disk->path) == ERR_OK);
	return disk->store;
}

void store_sim_break(struct store *store, bool is_kept)
{
	disk_of(store)->is_broken = true;
	disk_of(store)->is_kept = is_kept;
}

void store_sim_mend(struct store *store)
{
	disk_of(store)->is_broken = false;
}

void store_sim_fill(struct store *store, bool is_full)
{
	disk_of(store)->is_full = is_full;
}

/* --- behind its back ----------------------------------------------------- */

static void delete_row(struct store_write *write, enum table table, struct bytes key,
		       struct bytes value)
{
	(void)value;
	ASSERT(store_delete(write, table, key) == ERR_OK);
}

static void put_row(struct store_write *write, enum table table, struct bytes key,
		    struct bytes value)
{
	ASSERT(__real_store_put(write, table, key, value, false) == ERR_OK);
}

static void each_row(struct store *store, struct store_write *write,
		     void (*visit)(struct store_write *write, enum table table, struct bytes key,
				   struct bytes value))
{
	struct store_read *read;
	struct bytes key, value;

	ASSERT(store_read_begin(store, &read) == ERR_OK);
	for (size_t t = 0; t < TABLE_COUNT; t++) {
		uint8_t from[KEY_ROOM] = {0};
		size_t len = 1;

		while (store_seek(read, (enum table)t, bytes_of(from, len), false, &key, &value) ==
		       ERR_OK) {
			ASSERT(key.len < sizeof(from));
			visit(write, (enum table)t, key, value);
			memcpy(from, key.at, key.len);
			from[key.len] = 0; /* the smallest key above this one */
			len = key.len + 1;
		}
	}
	store_read_end(read);
}

void store_sim_replace(struct store *store, const struct store *with)
{
	struct store_write *write;

	ASSERT(__real_store_write_begin(store, &write) == ERR_OK);
	each_row(store, write, delete_row);
	if (with != NULL)
		each_row((struct store *)(uintptr_t)with, write, put_row);
	ASSERT(__real_store_commit(write) == ERR_OK);
}

/* --- what is wrapped ----------------------------------------------------- */

enum err __wrap_store_write_begin(struct store *store, struct store_write **out)
{
	struct disk *disk = disk_of(store);
	enum err err;

	if (disk != NULL && disk->is_full)
		return ERR_DISK_LOW;
	err = __real_store_write_begin(store, out);
	if (err == ERR_OK && disk != NULL)
		disk->write = *out;
	return err;
}

enum err __wrap_store_put(struct store_write *write, enum table table, struct bytes key,
			  struct bytes value, bool is_append)
{
	struct disk *disk = disk_of_write(write);
	struct put *put;

	if (disk != NULL && disk->on_put != NULL) {
		if (disk->puts_count == disk->puts_room) {
			disk->puts_room = disk->puts_room * 2 + 64;
			disk->puts = realloc(disk->puts, disk->puts_room * sizeof(*disk->puts));
			ASSERT(disk->puts != NULL);
		}
		put = &disk->puts[disk->puts_count++];
		put->table = table;
		buf_init(&put->key, key.len + 1);
		buf_init(&put->value, value.len + 1);
		buf_add(&put->key, key.at, key.len);
		buf_add(&put->value, value.at, value.len);
	}
	return __real_store_put(write, table, key, value, is_append);
}

enum err __wrap_store_commit(struct store_write *write)
{
	struct disk *disk = disk_of_write(write);
	enum err err;

	if (disk == NULL)
		return __real_store_commit(write);
	if (disk->is_broken && !disk->is_kept) {
		__wrap_store_abort(write);
		return ERR_DISK_IO;
	}
	err = __real_store_commit(write);
	for (size_t i = 0; err == ERR_OK && i < disk->puts_count; i++)
		disk->on_put(disk->context, disk->puts[i].table, buf_bytes(&disk->puts[i].key),
			     buf_bytes(&disk->puts[i].value));
	forget_puts(disk);
	return err == ERR_OK && disk->is_broken ? ERR_DISK_IO : err;
}

void __wrap_store_abort(struct store_write *write)
{
	struct disk *disk = disk_of_write(write);

	if (disk != NULL)
		forget_puts(disk);
	__real_store_abort(write);
}

uint64_t __wrap_store_disk_free(const struct store *store)
{
	const struct disk *disk = disk_of(store);

	return disk != NULL && disk->is_full ? 0 : __real_store_disk_free(store);
}
