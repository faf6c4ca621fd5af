/* Which files are anchored: gathered, hashed, and skipped where that was done. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "clients/cli/anchor.h"
#include "clients/cli/files.h"
#include "clients/cli/out.h"
#include "clients/cli/progress.h"

#define DEPTH_MAX 64

static void add_item(struct anchor *anchor, const char *path)
{
	if (anchor->count == anchor->room) {
		anchor->room = anchor->room > 0 ? anchor->room * 2 : 64;
		anchor->items =
			reallocarray(anchor->items, anchor->room, sizeof(*anchor->items));
		ASSERT(anchor->items != NULL);
	}
	anchor->items[anchor->count] =
		(struct anchor_item){.path = path_of("%s", path)};
	anchor->count++;
}

static enum err gather(struct anchor *anchor, const char *path, unsigned depth);

static enum err gather_folder(struct anchor *anchor, const char *path, unsigned depth)
{
	struct dirent **names;
	int count = depth < DEPTH_MAX ? scandir(path, &names, NULL, alphasort) : -1;
	enum err err = ERR_OK;

	if (count < 0)
		return cli_fail(anchor->cli, ERR_FILE_READ, "%s", path);
	for (int i = 0; i < count; i++) {
		const char *name = names[i]->d_name;
		char *below = path_of("%s/%s", path, name);

		if (err == ERR_OK && strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
			err = gather(anchor, below, depth + 1);
		free(below);
		free(names[i]);
	}
	free(names);
	return err;
}

/* What a run that was cut off left of a receipt. */
static bool is_leftover(const char *path)
{
	size_t len = strlen(path);

	return strstr(path, RECEIPT_SUFFIX ".") != NULL && len > 4 &&
	       strcmp(path + len - 4, ".tmp") == 0;
}

/* depth 0: named by the user, so nothing about it is passed over in silence. */
static enum err gather(struct anchor *anchor, const char *path, unsigned depth)
{
	struct stat status;

	if (lstat(path, &status) != 0 || (depth == 0 && stat(path, &status) != 0))
		return cli_fail(anchor->cli, ERR_FILE_READ, "%s", path);
	if (S_ISDIR(status.st_mode) && !cli_has(anchor->cli, "recursive"))
		return cli_fail(anchor->cli, ERR_USAGE, "%s is a folder: give -r to walk it", path);
	if (S_ISDIR(status.st_mode))
		return gather_folder(anchor, path, depth);
	if (depth == 0 && !S_ISREG(status.st_mode))
		return cli_fail(anchor->cli, ERR_FILE_READ, "%s is no plain file", path);
	if (depth == 0 && receipt_path_is(path))
		return cli_fail(anchor->cli, ERR_USAGE, "%s is a receipt", path);
	if (S_ISREG(status.st_mode) && !receipt_path_is(path) && (depth == 0 || !is_leftover(path)))
		add_item(anchor, path);
	return ERR_OK;
}

enum err anchor_gather(struct anchor *anchor)
{
	enum err err = ERR_OK;

	for (size_t i = 0; i < anchor->cli->args_count && err == ERR_OK; i++)
		err = gather(anchor, anchor->cli->args[i], 0);
	if (err == ERR_OK && anchor->count == 0)
		err = cli_fail(anchor->cli, ERR_FILE_READ, "there is no file to anchor");
	return err;
}

/* --- hashes --------------------- */

static int compare_content(const void *a, const void *b)
{
	const struct anchor_item *first = *(const struct anchor_item *const *)a;
	const struct anchor_item *second = *(const struct anchor_item *const *)b;
	int order = hash_compare(&first->file.sha256, &second->file.sha256);

	return order != 0 ? order : (first > second) - (first < second);
}

static void sort(struct anchor *anchor)
{
	anchor->by_hash = calloc(anchor->count, sizeof(struct anchor_item *));
	ASSERT(anchor->by_hash != NULL);
	for (size_t i = 0; i < anchor->count; i++)
		anchor->by_hash[i] = &anchor->items[i];
	qsort(anchor->by_hash, anchor->count, sizeof(struct anchor_item *), compare_content);
}

void anchor_hash(struct anchor *anchor)
{
	struct progress progress;

	progress_start(&progress, anchor->cli, "files hashed", anchor->count);
	for (size_t i = 0; i < anchor->count; i++) {
		struct anchor_item *item = &anchor->items[i];
		enum err err = content_hash(anchor->cli, item->path, &item->file);

		if (err != ERR_OK) {
			item->state = ANCHOR_FAILED;
			item->err = err;
		}
		progress_set(&progress, i + 1);
	}
	progress_end(&progress, anchor->count);
	sort(anchor);
}

struct anchor_item **anchor_find(const struct anchor *anchor, const struct hash *content,
				 size_t *count)
{
	size_t low = 0, high = anchor->count, end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (hash_compare(&anchor->by_hash[middle]->file.sha256, content) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < anchor->count &&
			hash_equal(&anchor->by_hash[end]->file.sha256, content);
	     end++)
		;
	*count = end - low;
	return &anchor->by_hash[low];
}

/* --- what was done before --------------------- */

static void skip_one(struct anchor *anchor, struct anchor_item *item)
{
	char *beside = receipt_path_beside(item->path);
	json_t *receipt = NULL;
	bool is_good = false;

	if (file_exists(beside) && receipt_read(anchor->cli, beside, &receipt) == ERR_OK)
		is_good = anchor_receipt_is_good(anchor, &item->file, receipt);
	if (is_good) {
		item->state = ANCHOR_SKIPPED;
	} else if (file_exists(beside) && !anchor->may_replace) {
		item->state = ANCHOR_FAILED;
		item->err = ERR_FILE_EXISTS;
		item->why = "the receipt beside it is of other content, of another network, or "
			    "damaged; move it away or give --replace";
	}
	json_decref(receipt);
	free(beside);
}

/* A twin's receipt is as good. */
static void skip_twins(struct anchor *anchor, const struct anchor_item *good)
{
	char *beside = receipt_path_beside(good->path);
	struct anchor_item **twins;
	json_t *receipt = NULL;
	char *text = NULL;
	size_t count;

	twins = anchor_find(anchor, &good->file.sha256, &count);
	if (count > 1 && receipt_read(anchor->cli, beside, &receipt) == ERR_OK)
		text = receipt_text(receipt);
	for (size_t i = 0; text != NULL && i < count; i++)
		if (twins[i]->state == ANCHOR_WAITING)
			anchor_write_beside(anchor, twins[i], text, ANCHOR_SKIPPED);
	free(text);
	json_decref(receipt);
	free(beside);
}

void anchor_skip(struct anchor *anchor)
{
	struct progress progress;

	if (!anchor->wants_receipts)
		return;
	progress_start(&progress, anchor->cli, "receipts looked for", anchor->count);
	for (size_t i = 0; i < anchor->count; i++) {
		if (anchor->items[i].state == ANCHOR_WAITING)
			skip_one(anchor, &anchor->items[i]);
		progress_set(&progress, i + 1);
	}
	for (size_t i = 0; i < anchor->count; i++)
		if (anchor->items[i].state == ANCHOR_SKIPPED)
			skip_twins(anchor, &anchor->items[i]);
	progress_end(&progress, anchor->count);
}

void anchor_release(struct anchor *anchor)
{
	for (size_t i = 0; i < anchor->count; i++)
		free(anchor->items[i].path);
	free(anchor->items);
	free(anchor->by_hash);
	arena_release(&anchor->arena);
}
