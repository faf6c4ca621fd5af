#include "tests/crash/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTOR 512u
#define NODES_MAX 64
#define PATH_BYTES 4096

struct piece { /* of a write, within one sector */
	uint64_t offset;
	const uint8_t *data;
	uint32_t len;
	uint32_t write; /* which write it is of */
};

/* A file or folder. */
struct node {
	char path[TRACE_PATH_MAX];
	bool is_folder;
	bool is_there; /* durably */
	uint8_t *bytes, *image;
	size_t len, room;
	size_t image_len, image_room;
	bool is_chosen; /* is there in the image */
	struct piece *pieces;
	size_t pieces_count, pieces_room;
};

struct name { /* a change of names that is not durable */
	struct node *node;
	bool is_there;
};

struct disk {
	struct bytes trace;
	size_t at;
	struct node nodes[NODES_MAX];
	size_t nodes_count;
	struct name *names;
	size_t names_count, names_room;
	struct mark *marks;
	size_t marks_count, marks_room;
	struct node *settling;
	uint32_t writes;
};

static void *grow(void *list, size_t need, size_t *room, size_t size)
{
	if (need <= *room)
		return list;
	while (*room < need)
		*room = *room == 0 ? 64 : *room * 2;
	list = realloc(list, *room * size);
	ASSERT(list != NULL);
	return list;
}

struct disk *disk_new(struct bytes trace)
{
	struct disk *disk = calloc(1, sizeof(*disk));

	ASSERT(disk != NULL);
	disk->trace = trace;
	return disk;
}

void disk_free(struct disk *disk)
{
	for (size_t i = 0; i < disk->nodes_count; i++) {
		free(disk->nodes[i].bytes);
		free(disk->nodes[i].image);
		free(disk->nodes[i].pieces);
	}
	free(disk->names);
	free(disk->marks);
	free(disk);
}

static struct node *node_of(struct disk *disk, const char *path)
{
	struct node *node;

	for (size_t i = 0; i < disk->nodes_count; i++) {
		if (strcmp(disk->nodes[i].path, path) == 0)
			return &disk->nodes[i];
	}
	ASSERT(disk->nodes_count < NODES_MAX);
	node = &disk->nodes[disk->nodes_count++];
	(void)snprintf(node->path, sizeof(node->path), "%s", path);
	return node;
}

static bool lies_in(const struct node *node, const char *folder)
{
	const char *slash = strrchr(node->path, '/');
	size_t len = slash != NULL ? (size_t)(slash - node->path) : 0;

	if (slash == NULL)
		return strcmp(folder, TRACE_TOP) == 0;
	return strlen(folder) == len && memcmp(folder, node->path, len) == 0;
}

/* --- what is durable ----------------------------------------------------------- */

static void put(uint8_t **bytes, size_t *len, size_t *room, const struct piece *piece)
{
	size_t end = piece->offset + piece->len;

	if (end > *len) {
		*bytes = grow(*bytes, end, room, 1);
		memset(*bytes + *len, 0, end - *len);
		*len = end;
	}
	memcpy(*bytes + piece->offset, piece->data, piece->len);
}

/* The newest write only, or all. */
static void make_durable(struct node *node, bool is_newest_only, uint32_t newest)
{
	size_t kept = 0;

	for (size_t i = 0; i < node->pieces_count; i++) {
		if (is_newest_only && node->pieces[i].write != newest)
			node->pieces[kept++] = node->pieces[i];
		else
			put(&node->bytes, &node->len, &node->room, &node->pieces[i]);
	}
	node->pieces_count = kept;
}

static void names_make_durable(struct disk *disk, const char *folder)
{
	size_t kept = 0;

	for (size_t i = 0; i < disk->names_count; i++) {
		if (lies_in(disk->names[i].node, folder))
			disk->names[i].node->is_there = disk->names[i].is_there;
		else
			disk->names[kept++] = disk->names[i];
	}
	disk->names_count = kept;
}

/* --- the trace -------------------------------------------------------------------- */

static void name_change(struct disk *disk, struct node *node, bool is_there)
{
	disk->names = grow(disk->names, disk->names_count + 1, &disk->names_room,
			   sizeof(*disk->names));
	disk->names[disk->names_count++] = (struct name){node, is_there};
}

static void write_add(struct disk *disk, struct node *node, uint64_t offset, const uint8_t *data,
		      uint64_t len)
{
	disk->writes++;
	while (len > 0) {
		uint64_t room = SECTOR - offset % SECTOR;
		uint32_t part = (uint32_t)(len < room ? len : room);

		node->pieces = grow(node->pieces, node->pieces_count + 1, &node->pieces_room,
				    sizeof(*node->pieces));
		node->pieces[node->pieces_count++] =
			(struct piece){offset, data, part, disk->writes};
		offset += part;
		data += part;
		len -= part;
	}
}

static void mark_add(struct disk *disk, const uint8_t *data, uint64_t len)
{
	size_t count = len / sizeof(struct mark);

	ASSERT(len % sizeof(struct mark) == 0);
	disk->marks = grow(disk->marks, disk->marks_count + count, &disk->marks_room,
			   sizeof(*disk->marks));
	memcpy(disk->marks + disk->marks_count, data, len);
	disk->marks_count += count;
}

static void apply(struct disk *disk, const struct trace_head *head, const char *path,
		  const uint8_t *data)
{
	struct node *node = node_of(disk, path);

	switch ((enum trace_kind)head->kind) {
	case TRACE_WRITE:
	case TRACE_WRITE_DURABLE:
		write_add(disk, node, head->offset, data, head->data_len);
		disk->settling = head->kind == TRACE_WRITE_DURABLE ? node : NULL;
		return;
	case TRACE_SYNC:
		if (node->is_folder || strcmp(path, TRACE_TOP) == 0)
			names_make_durable(disk, path);
		else
			make_durable(node, false, 0);
		return;
	case TRACE_MKDIR:
	case TRACE_CREATE:
		node->is_folder = head->kind == TRACE_MKDIR;
		name_change(disk, node, true);
		return;
	case TRACE_UNLINK:
		name_change(disk, node, false);
		return;
	case TRACE_MARK:
		mark_add(disk, data, head->data_len);
		return;
	case TRACE_TRUNCATE:
	case TRACE_RENAME:
	case TRACE_UNTRACEABLE:
		break;
	}
	fprintf(stderr, "disk: this model does not know call %u of %s\n", head->kind, path);
	exit(2);
}

bool disk_step(struct disk *disk)
{
	struct trace_head head;
	char path[TRACE_PATH_MAX];

	disk_settle(disk);
	if (disk->trace.len - disk->at < sizeof(head))
		return false;
	memcpy(&head, disk->trace.at + disk->at, sizeof(head));
	disk->at += sizeof(head);
	ASSERT(head.path_len < sizeof(path) &&
	       disk->trace.len - disk->at >= head.path_len + head.data_len);
	memcpy(path, disk->trace.at + disk->at, head.path_len);
	path[head.path_len] = '\0';
	disk->at += head.path_len + head.data_len;
	apply(disk, &head, path, disk->trace.at + disk->at - head.data_len);
	return true;
}

void disk_settle(struct disk *disk)
{
	if (disk->settling != NULL)
		make_durable(disk->settling, true, disk->writes);
	disk->settling = NULL;
}

size_t disk_loose(const struct disk *disk)
{
	size_t loose = disk->names_count;

	for (size_t i = 0; i < disk->nodes_count; i++)
		loose += disk->nodes[i].pieces_count;
	return loose;
}

const struct mark *disk_marks(const struct disk *disk, size_t *count)
{
	*count = disk->marks_count;
	return disk->marks;
}

/* --- the power cut -------------------------------------------------------------------- */

enum choice { NOTHING, ALL, SOME_WRITES, HALF_OF_SECTORS, MOST_SECTORS, FEW_SECTORS, KINDS };

static bool is_kept(struct rng *rng, enum choice choice, uint64_t of_writes,
		    const struct piece *piece)
{
	switch (choice) {
	case NOTHING:
		return false;
	case ALL:
		return true;
	case SOME_WRITES:
		return of_writes >> piece->write % 64 & 1;
	case HALF_OF_SECTORS:
		return rng_u64(rng) & 1;
	case MOST_SECTORS:
		return rng_below(rng, 8) != 0;
	case FEW_SECTORS:
		return rng_below(rng, 8) == 0;
	case KINDS:
		break;
	}
	UNREACHABLE();
}

static void choose_names(struct disk *disk, struct rng *rng, enum choice choice)
{
	size_t kept = choice == NOTHING ? 0 : disk->names_count;

	if (choice > ALL)
		kept = rng_below(rng, disk->names_count + 1);
	for (size_t i = 0; i < disk->nodes_count; i++)
		disk->nodes[i].is_chosen = disk->nodes[i].is_there;
	for (size_t i = 0; i < kept; i++)
		disk->names[i].node->is_chosen = disk->names[i].is_there;
	/* what lies in a folder that is not there, is not there; folders come first */
	for (size_t i = 0; i < disk->nodes_count; i++) {
		const struct node *folder = &disk->nodes[i];

		if (folder->is_chosen || !folder->is_folder)
			continue;
		for (size_t k = 0; k < disk->nodes_count; k++) {
			if (lies_in(&disk->nodes[k], folder->path))
				disk->nodes[k].is_chosen = false;
		}
	}
}

static void choose_bytes(struct node *node, struct rng *rng, enum choice choice)
{
	uint64_t of_writes = rng_u64(rng);

	node->image = grow(node->image, node->len, &node->image_room, 1);
	if (node->len > 0)
		memcpy(node->image, node->bytes, node->len);
	node->image_len = node->len;
	for (size_t i = 0; i < node->pieces_count; i++) {
		if (is_kept(rng, choice, of_writes, &node->pieces[i]))
			put(&node->image, &node->image_len, &node->image_room, &node->pieces[i]);
	}
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 32;
}

static uint64_t hash_of(const struct node *node, uint64_t hash)
{
	size_t at;

	hash = mix(hash, node->is_chosen);
	if (!node->is_chosen)
		return hash;
	hash = mix(hash, node->image_len);
	for (at = 0; at + 8 <= node->image_len; at += 8) {
		uint64_t word;

		memcpy(&word, node->image + at, sizeof(word));
		hash = mix(hash, word);
	}
	for (; at < node->image_len; at++)
		hash = mix(hash, node->image[at]);
	return hash;
}

uint64_t disk_cut(struct disk *disk, struct rng *rng, unsigned choice)
{
	enum choice kind = choice < KINDS ? (enum choice)choice
					  : (enum choice)(SOME_WRITES + choice % (KINDS - SOME_WRITES));
	uint64_t hash = disk->nodes_count;

	choose_names(disk, rng, kind);
	for (size_t i = 0; i < disk->nodes_count; i++) {
		choose_bytes(&disk->nodes[i], rng, kind);
		hash = hash_of(&disk->nodes[i], hash);
	}
	return hash;
}

/* --- the image on the file system ------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *stat, int kind, struct FTW *walk)
{
	(void)stat, (void)kind, (void)walk;
	return remove(path);
}

static void file_make(const char *path, const struct node *node)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	size_t at = 0;

	while (fd >= 0 && at < node->image_len) {
		ssize_t count = write(fd, node->image + at, node->image_len - at);

		if (count <= 0)
			break;
		at += (size_t)count;
	}
	if (fd < 0 || at < node->image_len) {
		fprintf(stderr, "disk: %s: %s\n", path, strerror(errno));
		exit(2);
	}
	close(fd);
}

void disk_make(struct disk *disk, const char *folder)
{
	char path[PATH_BYTES];

	(void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	(void)mkdir(folder, 0700);
	for (size_t i = 0; i < disk->nodes_count; i++) {
		const struct node *node = &disk->nodes[i];

		if (!node->is_chosen || strcmp(node->path, TRACE_TOP) == 0)
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", folder, node->path);
		if (node->is_folder)
			(void)mkdir(path, 0700);
		else
			file_make(path, node);
	}
}
