/* What `stele export check` makes of facts that anybody's set may have signed, and of the file that
 * somebody has: the facts are refused, or every format writes the same of them in any order, its
 * tables and lines are read again cell by cell, and a file is the export only byte for byte.
 *
 * The input: a byte that chooses the file that is held against the export, then facts, each
 * 'e' (a key behind a byte of length, a value behind two) or 'l' (the index of a leaf in a byte,
 * its data behind two of length), then anything else, and what is done to the file. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "clients/cli/export_check.h"
#include "clients/cli/export_compare.h"
#include "clients/cli/export_tables.h"
#include "clients/cli/import.h"
#include "clients/cli/table.h"
#include "tests/fuzz/keys.h"

#define INPUT_MAX 16384u
#define LIST_MAX 256u   /* a longer one is refused here, as only wants come of it */
#define FOUND_MAX ((size_t)1 << 22)
#define SHOWN_WHOLE (EXPORT_VALUE_MAX - 12u) /* a value that is as long may be cut */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* --- facts ------------------------------------------------------------------------------- */

struct given {
	bool is_leaf;
	uint8_t log_index;
	char key[UINT8_MAX + 1];
	struct bytes value;
};

/* A key, or an index, once: under one root it has one value. */
static bool is_given(const struct given *given, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (given[i].is_leaf == given[count].is_leaf &&
		    given[i].log_index == given[count].log_index &&
		    strcmp(given[i].key, given[count].key) == 0)
			return true;
	return false;
}

static size_t facts_read(struct given *given, struct cursor *cursor)
{
	size_t count = 0;

	while (count < LIST_MAX && cursor->left > 0) {
		struct given *one = &given[count];
		uint8_t kind = cursor_u8(cursor), number;
		struct bytes key = {NULL, 0};

		if (kind != 'e' && kind != 'l')
			break;
		number = cursor_u8(cursor);
		*one = (struct given){.is_leaf = kind == 'l'};
		if (one->is_leaf)
			one->log_index = number;
		else
			key = cursor_take(cursor, number);
		if (key.len > 0)
			memcpy(one->key, key.at, key.len);
		one->value = cursor_take(cursor, cursor_u16(cursor));
		if (cursor->has_failed)
			break;
		if ((one->is_leaf || key_is_valid(bytes_text(one->key))) && !is_given(given, count))
			count++;
	}
	return count;
}

static void add(struct export_facts *facts, const struct given *one)
{
	if (one->is_leaf)
		export_facts_add_leaf(facts, one->log_index, one->value);
	else
		export_facts_add(facts, one->key, one->value);
}

static void facts_make(struct export_facts *facts, const struct given *given, size_t count,
		       bool is_backwards)
{
	export_facts_init(facts);
	(void)snprintf(facts->programme, sizeof(facts->programme), "P");
	(void)snprintf(facts->header.origin, sizeof(facts->header.origin), "fuzz/0123456789abcdef");
	facts->header.chain = *keys_chain();
	facts->header.height = 7;
	facts->header.time_ms = 1767225600250;
	facts->block = *keys_chain();
	for (size_t i = 0; i < count; i++)
		add(facts, &given[is_backwards ? count - 1 - i : i]);
	if (is_backwards && count > 0)
		add(facts, &given[0]); /* another part of the proof may say it again */
	export_facts_sort(facts);
}

/* Whether a list below the value is so long that only wants would come of it. */
static bool is_long(const struct given *one)
{
	bool is = false;
	struct arena arena;
	void *value;

	arena_init(&arena, (size_t)1 << 20);
	if (one->is_leaf || one->value.len == 0)
		is = false;
	else if (one->value.at[0] == VALUE_PROGRAMME &&
		 value_decode(&arena, one->value, VALUE_PROGRAMME, &value) == ERR_OK)
		is = ((Stele__ProgrammeValue *)value)->awards > LIST_MAX ||
		     ((Stele__ProgrammeValue *)value)->calls > LIST_MAX;
	else if (one->value.at[0] == VALUE_AWARD &&
		 value_decode(&arena, one->value, VALUE_AWARD, &value) == ERR_OK)
		is = ((Stele__AwardValue *)value)->disbursements > LIST_MAX ||
		     ((Stele__AwardValue *)value)->recoveries > LIST_MAX ||
		     ((Stele__AwardValue *)value)->version > LIST_MAX;
	else if (one->value.at[0] == VALUE_CALL &&
		 value_decode(&arena, one->value, VALUE_CALL, &value) == ERR_OK)
		is = ((Stele__CallValue *)value)->proposals > LIST_MAX;
	arena_release(&arena);
	return is;
}

/* --- what is written is read again ---------------------------------------------------------- */

/* Goes over the rows once more, and over the files beside. */
struct rereading {
	const struct export_files *csv;
	size_t csv_at; /* the next file */
	struct bytes lines;
};

static struct table table; /* of the file under way */

static const char *cell_text(const struct export_cell *cell)
{
	return cell->text != NULL ? cell->text : "";
}

static void cells_check(const struct export_row *row, bool is_heading)
{
	ASSERT(table_next(&table) && table.count == row->count);
	for (size_t i = 0; i < row->count; i++) {
		const char *text = is_heading ? row->cells[i].name : cell_text(&row->cells[i]);
		const char *found = table.cells[i];

		if (text[0] != '\0' && strchr("=+-@\t\r\n'", text[0]) != NULL)
			ASSERT(*found++ == '\'');
		ASSERT(strcmp(found, text) == 0);
	}
}

static void line_check(const struct export_row *row, struct bytes line)
{
	json_t *object = json_loadb((const char *)line.at, line.len, JSON_REJECT_DUPLICATES, NULL);
	size_t members = 1;

	ASSERT(object != NULL);
	ASSERT(strcmp(json_string_value(json_object_get(object, "table")), row->table) == 0);
	for (size_t i = 0; i < row->count; i++) {
		const struct export_cell *cell = &row->cells[i];
		const json_t *member = json_object_get(object, cell->name);

		ASSERT((member != NULL) == (cell->text != NULL));
		members += member != NULL;
		if (member != NULL && cell->is_flag)
			ASSERT(json_is_boolean(member) &&
			       json_is_true(member) == (strcmp(cell->text, "true") == 0));
		else if (member != NULL)
			ASSERT(strcmp(json_string_value(member), cell->text) == 0);
	}
	ASSERT(json_object_size(object) == members);
	json_decref(object);
}

static void row_check(void *context, const struct export_row *row, bool is_heading)
{
	struct rereading *reading = context;
	const uint8_t *end;

	if (is_heading) {
		ASSERT(reading->csv_at == 0 || !table_next(&table));
		ASSERT(table.fault.err == ERR_OK && reading->csv_at < reading->csv->count);
		table_init(&table, buf_bytes(&reading->csv->files[reading->csv_at++].text));
	}
	cells_check(row, is_heading);
	if (is_heading)
		return;
	end = memchr(reading->lines.at, '\n', reading->lines.len);
	ASSERT(end != NULL);
	line_check(row, bytes_of(reading->lines.at, (size_t)(end - reading->lines.at)));
	reading->lines.len -= (size_t)(end + 1 - reading->lines.at);
	reading->lines.at = end + 1;
}

static void rows_check(struct export_facts *facts, const struct export_files *csv,
		       const struct export_files *ndjson)
{
	struct rereading reading = {.csv = csv, .lines = buf_bytes(&ndjson->files[0].text)};

	memset(&table.fault, 0, sizeof(table.fault));
	export_facts_sort(facts); /* forgets what another format wanted */
	export_tables(facts, row_check, &reading);
	ASSERT(reading.csv_at == csv->count && reading.lines.len == 0 && !table_next(&table));
}

/* A package is one object with a grant for each award; where all were imported and are as the
 * ledger takes them, `stele award import` reads the same of it. */
static void package_check(struct export_facts *facts, struct bytes text)
{
	const Stele__ProgrammeValue *programme = export_value(facts, VALUE_PROGRAMME, "programme/P");
	json_t *json = json_loadb((const char *)text.at, text.len, JSON_REJECT_DUPLICATES, NULL);
	struct import_package package;
	struct import_fault fault;

	ASSERT(programme != NULL && json != NULL);
	ASSERT(json_array_size(json_object_get(json, "grants")) == programme->awards);
	json_decref(json);
	if (!import_read(&package, text, programme->programme->currency, &fault))
		return;
	ASSERT(package.count == programme->awards);
	for (size_t i = 0; i < package.count; i++) {
		const Stele__AwardValue *award =
			export_value(facts, VALUE_AWARD, "award/P/%zu", i + 1);

		ASSERT(award != NULL && (award->import != NULL || award->grant != NULL));
		if (award->import == NULL) {
			ASSERT(package.rows[i].amount == award->grant->amount);
			continue;
		}
		ASSERT(package.rows[i].amount == award->import->amount);
		ASSERT(strcmp(package.rows[i].id, award->import->publisher_id) == 0);
		ASSERT(strcmp(package.rows[i].title, award->import->title) == 0);
		ASSERT(strcmp(package.rows[i].recipient_name, award->import->recipient_name) == 0);
		ASSERT(strcmp(package.rows[i].date, award->import->date) == 0);
	}
	import_release(&package);
}

/* --- the file that somebody has ------------------------------------------------------------- */

/* Pieces of the export, left out, doubled, and with other bytes between them. */
static void found_make(struct buf *out, struct bytes text, struct cursor changes)
{
	size_t at = 0;

	while (changes.left > 1 && !changes.has_failed) {
		uint8_t what = cursor_u8(&changes);
		size_t count = cursor_u8(&changes), end = at;

		if (what % 8 == 7) {
			count = count < changes.left ? count : changes.left;
			buf_add_bytes(out, cursor_take(&changes, count));
			continue;
		}
		if (what % 8 == 6) /* the end is cut off */
			return;
		if (what % 2 == 0)
			end = text.len - at < count ? text.len : at + count;
		for (size_t i = 0; what % 2 == 1 && i < count % 32 + 1; i++) {
			while (end < text.len && text.at[end] != '\n')
				end++;
			end += end < text.len;
		}
		if (what % 8 < 4)
			buf_add(out, text.at + at, end - at);
		if (what % 8 >= 2 && what % 8 < 4)
			buf_add(out, text.at + at, end - at);
		at = end;
	}
	buf_add(out, text.at + at, text.len - at);
}

static bool is_utf8(struct bytes text)
{
	json_t *json = json_stringn((const char *)text.at, text.len);
	bool is = json != NULL;

	json_decref(json);
	return is;
}

static void compare_check(const struct export_file *file, struct bytes found)
{
	struct bytes text = buf_bytes(&file->text);
	size_t common = export_common(text, found), line = 1;
	struct export_difference difference;

	export_compare(file, found, &difference);
	ASSERT((difference.verdict == EXPORT_EQUAL) == bytes_equal(text, found));
	ASSERT(export_verdict_text(difference.verdict) != NULL);
	for (size_t i = 0; i < common; i++)
		line += text.at[i] == '\n';
	ASSERT(difference.offset == common &&
	       (difference.verdict == EXPORT_EQUAL || difference.line == line));
	ASSERT((difference.verdict == EXPORT_CUT) == (common == found.len && common < text.len));
	ASSERT(is_utf8(bytes_text(difference.label)));
	ASSERT(!is_utf8(text) || is_utf8(bytes_text(difference.expected)));
	if (difference.column[0] != '\0' && strlen(difference.expected) < SHOWN_WHOLE &&
	    strlen(difference.found) < SHOWN_WHOLE && memchr(found.at, '\0', found.len) == NULL)
		ASSERT(strcmp(difference.expected, difference.found) != 0);
	if (difference.verdict == EXPORT_ADDED || difference.verdict == EXPORT_DOUBLED)
		ASSERT(difference.expected[0] == '\0');
}

/* What printf makes of a missing text, which a fact may say as well: libFuzzer puts into its inputs
 * what they are compared with. */
static bool has_null(struct bytes text)
{
	return memmem(text.at, text.len, "(null)", 6) != NULL;
}

static void files_check(const struct export_files *files, uint8_t choice, bool may_have_null,
			struct cursor changes)
{
	const struct export_file *chosen = &files->files[choice % files->count];
	struct buf found;

	for (size_t i = 0; i < files->count; i++) {
		ASSERT(!files->files[i].text.has_failed);
		compare_check(&files->files[i], buf_bytes(&files->files[i].text));
		for (size_t k = 0; k < i; k++)
			ASSERT(strcmp(files->files[i].name, files->files[k].name) != 0);
		ASSERT(may_have_null || !has_null(buf_bytes(&files->files[i].text)));
	}
	buf_init(&found, FOUND_MAX);
	found_make(&found, buf_bytes(&chosen->text), changes);
	if (!found.has_failed)
		compare_check(chosen, buf_bytes(&found));
	buf_release(&found);
}

/* --- the whole -------------------------------------------------------------------------------- */

static bool is_said(const struct export_facts *facts)
{
	return facts->wants_count == 0 && !facts->is_damaged;
}

static void wants_check(struct export_facts *facts)
{
	export_facts_settle(facts);
	for (size_t i = 0; i < facts->wants_count; i++) {
		const struct export_want *want = &facts->wants[i];

		if (want->kind == WANT_KEY)
			ASSERT(key_is_valid(bytes_text(want->key)) &&
			       !export_facts_know(facts, want->key));
		if (want->kind == WANT_LEAF)
			ASSERT(!export_facts_know_leaf(facts, want->log_index));
	}
}

/* In one format from the facts in two orders; false: they do not say enough. */
static bool both_ways(const struct export_kind *kind, struct export_facts *facts,
		      struct export_facts *others, struct export_files *out)
{
	struct export_files again;
	bool is = false;

	export_files_init(out);
	export_files_init(&again);
	export_facts_sort(facts);
	export_facts_sort(others);
	kind->format(facts, out);
	kind->format(others, &again);
	is = is_said(facts);
	ASSERT(is == is_said(others) && out->count > 0);
	ASSERT(!is || out->count == again.count);
	for (size_t i = 0; is && i < out->count; i++) {
		ASSERT(strcmp(out->files[i].name, again.files[i].name) == 0);
		ASSERT(bytes_equal(buf_bytes(&out->files[i].text), buf_bytes(&again.files[i].text)));
	}
	if (!is)
		wants_check(facts);
	export_files_release(&again);
	return is;
}

static void all_formats(struct export_facts *facts, struct export_facts *others, uint8_t choice,
			bool may_have_null, struct cursor changes)
{
	struct export_files files[4];
	bool has[4] = {false};

	for (size_t i = 0; export_kinds[i].word != NULL; i++) {
		ASSERT(i < 4);
		has[i] = both_ways(&export_kinds[i], facts, others, &files[i]);
		if (has[i])
			files_check(&files[i], choice, may_have_null, changes);
		if (has[i] && export_kinds[i].format == export_360giving)
			package_check(facts, buf_bytes(&files[i].files[0].text));
	}
	ASSERT(has[1] == has[2]);
	if (has[1])
		rows_check(facts, &files[1], &files[2]);
	for (size_t i = 0; i < 4; i++)
		export_files_release(&files[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct given given[LIST_MAX + 1];
	struct cursor cursor = cursor_of(bytes_of(data, size));
	struct export_facts facts, others;
	uint8_t choice;
	size_t count;

	if (size < 2 || size > INPUT_MAX)
		return 0;
	choice = cursor_u8(&cursor);
	count = facts_read(given, &cursor);
	for (size_t i = 0; i < count; i++)
		if (is_long(&given[i]))
			return 0;
	facts_make(&facts, given, count, false);
	facts_make(&others, given, count, true);
	all_formats(&facts, &others, choice, has_null(bytes_of(data, size)), cursor);
	export_facts_release(&facts);
	export_facts_release(&others);
	return 0;
}
