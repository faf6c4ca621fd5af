#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/export_format.h"
#include "clients/cli/export_tables.h"

static const uint8_t readme[] = {
#include "clients/cli/export_readme.txt.inc"
};

/* Log indexes of the records that rows name. */
struct named {
	struct export_facts *facts;
	uint64_t *items;
	size_t count, room;
};

static void name_record(struct named *named, uint64_t log_index)
{
	if (log_index == 0) /* the genesis document, which is no record */
		return;
	if (named->count == named->room) {
		named->room = named->room > 0 ? named->room * 2 : 256;
		named->items = reallocarray(named->items, named->room, sizeof(*named->items));
		ASSERT(named->items != NULL);
	}
	named->items[named->count++] = log_index;
}

/* What a motion carried stands where it was opened; each approval is a record too. */
static void name_motion(struct named *named, uint64_t number)
{
	const Stele__MotionValue *motion =
		export_value(named->facts, VALUE_MOTION, "motion/%" PRIu64, number);

	if (motion == NULL)
		return;
	name_record(named, motion->log_index);
	for (size_t i = 0; i < motion->n_approvals; i++)
		name_record(named, motion->approvals[i]->log_index);
}

static bool ends_with(const char *name, const char *end)
{
	size_t len = strlen(name), end_len = strlen(end);

	return len >= end_len && strcmp(name + len - end_len, end) == 0;
}

static void take(void *context, const struct export_row *row, bool is_heading)
{
	struct named *named = context;
	uint64_t number;

	for (size_t i = 0; !is_heading && i < row->count; i++) {
		const struct export_cell *cell = &row->cells[i];

		if (cell->text == NULL || !decimal_decode(&number, bytes_text(cell->text)))
			continue;
		if (ends_with(cell->name, "log_index"))
			name_record(named, number);
		else if (ends_with(cell->name, "motion"))
			name_motion(named, number);
	}
}

static int compare_numbers(const void *a, const void *b)
{
	uint64_t first = *(const uint64_t *)a, second = *(const uint64_t *)b;

	return (first > second) - (first < second);
}

static void put_leaf(struct export_files *out, const char *name, struct bytes data)
{
	struct export_file *file = export_files_add(out, name);

	export_file_row(file, "the leaf");
	buf_add_bytes(&file->text, data);
}

static void put_leaves(struct named *named, struct export_files *out)
{
	struct bytes genesis = export_leaf_data(named->facts, 0);
	char name[EXPORT_NAME_MAX];

	if (genesis.len > 0) /* without the byte that says what the leaf is */
		put_leaf(out, "genesis.txt", bytes_of(genesis.at + 1, genesis.len - 1));
	if (named->count > 0)
		qsort(named->items, named->count, sizeof(*named->items), compare_numbers);
	for (size_t i = 0; i < named->count && export_facts_go_on(named->facts); i++) {
		struct bytes data;

		if (i > 0 && named->items[i] == named->items[i - 1])
			continue;
		data = export_leaf_data(named->facts, named->items[i]);
		(void)snprintf(name, sizeof(name), EXPORT_RECORDS "/%" PRIu64 ".leaf",
			       named->items[i]);
		if (data.len > 0)
			put_leaf(out, name, data);
	}
}

void export_evidence(struct export_facts *facts, struct export_files *out)
{
	struct named named = {.facts = facts};
	struct export_file *file;

	export_ndjson(facts, out); /* into the first file, which gets its name */
	(void)snprintf(out->files[0].name, sizeof(out->files[0].name), "ledger.ndjson");
	file = export_files_add(out, "README.txt");
	export_file_row(file, "the text");
	buf_add(&file->text, readme, sizeof(readme));
	export_tables(facts, take, &named);
	put_leaves(&named, out);
	free(named.items);
}
