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
#define NAMES_MAX 64
#define PATH_BYTES 4096

struct piece { /* of a write, within one sector */
	uint64_t offset;
	const uint8_t *data;
	uint32_t len;
	uint32_t write; /* which write it is of */
};

/* A file or folder, whatever its name. */
struct node {
	bool is_folder;
	uint8_t *bytes, *image;
	size_t len, room;
	size_t image_len, image_room;
	struct piece *pieces;
	size_t pieces_count, pieces_room;
};

#define ABSENT (-1)

struct name {
	char path[TRACE_PATH_MAX];
	int node;    /* that it is of now, or ABSENT */
	int durable; /* that it is of durably */
	int chosen;  /* in the image */
};

/* A change of one name, or of two at once (a renaming). */
struct change {
	int name, node;
	int left; /* the name that is no more, or ABSENT */
};

struct disk {
	struct bytes trace;
	size_t at;
	struct node *nodes;
	size_t nodes_count, nodes_room;
	struct name names[NAMES_MAX];
	int names_count;
	struct change *changes; /* not durable */
	size_t changes_count, changes_room;
	struct mark *marks;
	size_t marks_count, marks_room;
	int settling; /* node, or ABSENT */
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

void disk_free(struct disk *disk)
{
	for (size_t i = 0; i < disk->nodes_count; i++) {
		free(disk->nodes[i].bytes);
		free(disk->nodes[i].image);
		free(disk->nodes[i].pieces);
	}
	free(disk->nodes);
	free(disk->changes);
	free(disk->marks);
	free(disk);
}

static int name_of(struct disk *disk, const char *path)
{
	struct name *name;

	for (int i = 0; i < disk->names_count; i++) {
		if (strcmp(disk->names[i].path, path) == 0)
			return i;
	}
	ASSERT(disk->names_count < NAMES_MAX);
	name = &disk->names[disk->names_count];
	*name = (struct name){.node = ABSENT, .durable = ABSENT, .chosen = ABSENT};
	(void)snprintf(name->path, sizeof(name->path), "%s", path);
	return disk->names_count++;
}

static int node_new(struct disk *disk, bool is_folder)
{
	disk->nodes = grow(disk->nodes, disk->nodes_count + 1, &disk->nodes_room,
			   sizeof(*disk->nodes));
	disk->nodes[disk->nodes_count] = (struct node){.is_folder = is_folder};
	return (int)disk->nodes_count++;
}

static bool lies_in(const struct name *name, const char *folder)
{
	const char *slash = strrchr(name->path, '/');
	size_t len = slash != NULL ? (size_t)(slash - name->path) : 0;

	if (slash == NULL)
		return strcmp(folder, TRACE_TOP) == 0;
	return strlen(folder) == len && memcmp(folder, name->path, len) == 0;
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

static void change_do(struct disk *disk, const struct change *change, bool is_durable)
{
	int *of = is_durable ? &disk->names[change->name].durable
			     : &disk->names[change->name].chosen;

	*of = change->node;
	if (change->left == ABSENT)
		return;
	of = is_durable ? &disk->names[change->left].durable : &disk->names[change->left].chosen;
	*of = ABSENT;
}

static void names_make_durable(struct disk *disk, const char *folder)
{
	size_t kept = 0;

	for (size_t i = 0; i < disk->changes_count; i++) {
		if (lies_in(&disk->names[disk->changes[i].name], folder))
			change_do(disk, &disk->changes[i], true);
		else
			disk->changes[kept++] = disk->changes[i];
	}
	disk->changes_count = kept;
}

/* --- the trace -------------------------------------------------------------------- */

static void change_add(struct disk *disk, int name, int node, int left)
{
	disk->changes = grow(disk->changes, disk->changes_count + 1, &disk->changes_room,
			     sizeof(*disk->changes));
	disk->changes[disk->changes_count++] = (struct change){name, node, left};
	disk->names[name].node = node;
	if (left != ABSENT)
		disk->names[left].node = ABSENT;
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

/* To what is written, or NULL. */
static struct node *file_at(struct disk *disk, int name)
{
	int node = disk->names[name].node;

	return node == ABSENT || disk->nodes[node].is_folder ? NULL : &disk->nodes[node];
}

static void rename_add(struct disk *disk, int from, const uint8_t *data, uint64_t len)
{
	char path[TRACE_PATH_MAX];
	int to;

	ASSERT(len < sizeof(path));
	memcpy(path, data, len);
	path[len] = '\0';
	to = name_of(disk, path);
	change_add(disk, to, disk->names[from].node, from);
}

static void sync_add(struct disk *disk, const char *path, int name)
{
	struct node *file = file_at(disk, name);

	if (file != NULL)
		make_durable(file, false, 0);
	else
		names_make_durable(disk, path);
}

static void apply(struct disk *disk, const struct trace_head *head, const char *path,
		  const uint8_t *data)
{
	int name = name_of(disk, path);
	struct node *file = file_at(disk, name);

	switch ((enum trace_kind)head->kind) {
	case TRACE_WRITE:
	case TRACE_WRITE_DURABLE:
		ASSERT(file != NULL);
		write_add(disk, file, head->offset, data, head->data_len);
		if (head->kind == TRACE_WRITE_DURABLE)
			disk->settling = disk->names[name].node;
		return;
	case TRACE_SYNC:
		sync_add(disk, path, name);
		return;
	case TRACE_MKDIR:
	case TRACE_CREATE:
		change_add(disk, name, node_new(disk, head->kind == TRACE_MKDIR), ABSENT);
		return;
	case TRACE_UNLINK:
		change_add(disk, name, ABSENT, ABSENT);
		return;
	case TRACE_RENAME:
		rename_add(disk, name, data, head->data_len);
		return;
	case TRACE_MARK:
		mark_add(disk, data, head->data_len);
		return;
	case TRACE_TRUNCATE:
	case TRACE_UNTRACEABLE:
	case TRACE_RETOLD:
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
	if (disk->settling != ABSENT)
		make_durable(&disk->nodes[disk->settling], true, disk->writes);
	disk->settling = ABSENT;
}

size_t disk_loose(const struct disk *disk)
{
	size_t loose = disk->changes_count;

	for (size_t i = 0; i < disk->nodes_count; i++)
		loose += disk->nodes[i].pieces_count;
	return loose;
}

/* What a retelling begins with was durable before the first call that can be cut off. */
struct disk *disk_new(struct bytes trace)
{
	struct disk *disk = calloc(1, sizeof(*disk));
	struct trace_head head = {0};

	ASSERT(disk != NULL);
	disk->trace = trace;
	disk->settling = ABSENT;
	if (trace.len >= sizeof(head))
		memcpy(&head, trace.at, sizeof(head));
	if (head.kind != TRACE_RETOLD)
		return disk;
	disk->at = sizeof(head);
	while (head.offset-- > 0)
		ASSERT(disk_step(disk));
	ASSERT(disk_loose(disk) == 0);
	return disk;
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

static bool is_folder_there(const struct disk *disk, const struct name *of)
{
	for (int i = 0; i < disk->names_count; i++) {
		const struct name *folder = &disk->names[i];

		if (strcmp(folder->path, TRACE_TOP) != 0 && lies_in(of, folder->path))
			return folder->chosen != ABSENT && is_folder_there(disk, folder);
	}
	return true; /* in the traced folder itself */
}

static void choose_names(struct disk *disk, struct rng *rng, enum choice choice)
{
	size_t kept = choice == NOTHING ? 0 : disk->changes_count;

	if (choice > ALL)
		kept = rng_below(rng, disk->changes_count + 1);
	for (int i = 0; i < disk->names_count; i++)
		disk->names[i].chosen = disk->names[i].durable;
	for (size_t i = 0; i < kept; i++)
		change_do(disk, &disk->changes[i], false);
	for (int i = 0; i < disk->names_count; i++) {
		if (!is_folder_there(disk, &disk->names[i]))
			disk->names[i].chosen = ABSENT;
	}
}

static void choose_bytes(struct node *node, struct rng *rng, enum choice choice)
{
	uint64_t of_writes = rng_u64(rng);

	node->image = grow(node->image, node->len + 1, &node->image_room, 1);
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

	hash = mix(hash, node->image_len + ((uint64_t)node->is_folder << 63));
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
	uint64_t hash = 0;

	choose_names(disk, rng, kind);
	for (int i = 0; i < disk->names_count; i++) {
		int node = disk->names[i].chosen;

		hash = mix(hash, (uint64_t)i * 2 + (node != ABSENT));
		if (node == ABSENT)
			continue;
		choose_bytes(&disk->nodes[node], rng, kind);
		hash = hash_of(&disk->nodes[node], hash);
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
	for (int i = 0; i < disk->names_count; i++) {
		const struct name *name = &disk->names[i];

		if (name->chosen == ABSENT)
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", folder, name->path);
		if (disk->nodes[name->chosen].is_folder)
			(void)mkdir(path, 0700);
		else
			file_make(path, &disk->nodes[name->chosen]);
	}
}

static uint64_t retell(FILE *out, enum trace_kind kind, const char *path, const void *data,
		       size_t len)
{
	struct trace_head head = {(uint32_t)kind, (uint32_t)strlen(path), 0, len};

	(void)fwrite(&head, sizeof(head), 1, out);
	(void)fwrite(path, head.path_len, 1, out);
	if (len > 0)
		(void)fwrite(data, len, 1, out);
	return 1;
}

/* A folder's name comes before what lies in it, as when it was made. */
void disk_retell(const struct disk *disk, FILE *out)
{
	struct trace_head head = {.kind = TRACE_RETOLD};

	(void)fwrite(&head, sizeof(head), 1, out);
	for (int i = 0; i < disk->names_count; i++) {
		const struct name *name = &disk->names[i];
		const struct node *node;

		if (name->chosen == ABSENT)
			continue;
		node = &disk->nodes[name->chosen];
		head.offset += retell(out, node->is_folder ? TRACE_MKDIR : TRACE_CREATE,
				      name->path, NULL, 0);
		if (node->image_len > 0)
			head.offset += retell(out, TRACE_WRITE, name->path, node->image,
					      node->image_len);
	}
	for (int i = 0; i < disk->names_count; i++) {
		if (disk->names[i].chosen != ABSENT)
			head.offset += retell(out, TRACE_SYNC, disk->names[i].path, NULL, 0);
	}
	head.offset += retell(out, TRACE_SYNC, TRACE_TOP, NULL, 0);
	head.offset += retell(out, TRACE_MARK, TRACE_MARKS, disk->marks,
			      disk->marks_count * sizeof(struct mark));
	rewind(out);
	(void)fwrite(&head, sizeof(head), 1, out);
}
