#include "clients/cli/export_compare.h"

#include <stdio.h>
#include <string.h>

size_t export_common(struct bytes a, struct bytes b)
{
	size_t len = a.len < b.len ? a.len : b.len, at = 0;

	while (at < len && a.at[at] == b.at[at])
		at++;
	return at;
}

const char *export_verdict_text(enum export_verdict verdict)
{
	switch (verdict) {
	case EXPORT_EQUAL:
		return "is what was proved";
	case EXPORT_CHANGED:
		return "a value was changed";
	case EXPORT_LEFT_OUT:
		return "a line was left out";
	case EXPORT_ADDED:
		return "a line was added";
	case EXPORT_DOUBLED:
		return "a line stands there twice";
	case EXPORT_MOVED:
		return "lines stand in another order";
	case EXPORT_CUT:
		return "the file ends too early";
	}
	UNREACHABLE();
}

/* --- lines ---------------------------------------------------------------------- */

static size_t line_start(struct bytes text, size_t at)
{
	while (at > 0 && text.at[at - 1] != '\n')
		at--;
	return at;
}

/* The line from there without its end, nor the comma between members of a list. */
static struct bytes line_from(struct bytes text, size_t start)
{
	size_t end = start;

	while (end < text.len && text.at[end] != '\n')
		end++;
	while (end > start && (text.at[end - 1] == '\r' || text.at[end - 1] == ','))
		end--;
	return bytes_of(text.at + start, end - start);
}

static size_t next_start(struct bytes text, size_t start)
{
	while (start < text.len && text.at[start] != '\n')
		start++;
	return start < text.len ? start + 1 : text.len;
}

/* Whether a line of text from start on, before end, is this one. */
static bool has_line(struct bytes text, size_t start, size_t end, struct bytes line)
{
	for (; start < end; start = next_start(text, start))
		if (bytes_equal(line_from(text, start), line))
			return true;
	return false;
}

/* --- what it means -------------------------------------------------------------- */

/* The lines that begin at start are the first that differ, at the given byte. */
static enum export_verdict judge(struct bytes expected, struct bytes found, size_t start, size_t at)
{
	struct bytes wanted = line_from(expected, start), got = line_from(found, start);
	bool is_later, is_kept;

	if (at == found.len)
		return EXPORT_CUT;
	if (start >= expected.len)
		return has_line(expected, 0, start, got) ? EXPORT_DOUBLED : EXPORT_ADDED;
	if (bytes_equal(wanted, got))
		return EXPORT_CHANGED; /* only in how it ends */
	is_later = has_line(expected, next_start(expected, start), expected.len, got);
	is_kept = has_line(found, next_start(found, start), found.len, wanted);
	if (is_later)
		return is_kept ? EXPORT_MOVED : EXPORT_LEFT_OUT;
	if (is_kept)
		return has_line(expected, 0, start, got) ? EXPORT_DOUBLED : EXPORT_ADDED;
	return EXPORT_CHANGED;
}

static void show(char out[EXPORT_VALUE_MAX], struct bytes value)
{
	bool is_cut = value.len >= EXPORT_VALUE_MAX;
	size_t len = is_cut ? EXPORT_VALUE_MAX - 8 : value.len;

	while (is_cut && len > 0 && (value.at[len] & 0xc0) == 0x80)
		len--; /* not within a character */
	(void)snprintf(out, EXPORT_VALUE_MAX, "%.*s%s", (int)len, (const char *)value.at,
		       is_cut ? " …" : "");
}

/* The value that begins there: to its closing quote, or to what parts values. */
static struct bytes value_from(struct bytes text, size_t start)
{
	size_t at = start;

	if (start >= text.len)
		return bytes_of(text.at, 0);
	if (text.at[start] == '"') {
		for (at++; at < text.len && text.at[at] != '"' && text.at[at] != '\n'; at++)
			if (text.at[at] == '\\' && at + 1 < text.len)
				at++;
		return bytes_of(text.at + start, (at < text.len ? at + 1 : at) - start);
	}
	while (at < text.len && strchr(",]}\r\n", text.at[at]) == NULL)
		at++;
	return bytes_of(text.at + start, at - start);
}

static void name_value(const struct export_file *file, struct bytes found, size_t at,
		       struct export_difference *out)
{
	const struct export_mark *mark = export_mark_at(file, at);
	struct bytes expected = buf_bytes(&file->text), wanted, got;
	size_t start = line_start(found, at);

	if (mark != NULL && mark->at >= start && mark->column[0] != '\0') {
		wanted = value_from(expected, mark->at);
		got = value_from(found, mark->at);
		if (!bytes_equal(wanted, got)) {
			(void)snprintf(out->column, sizeof(out->column), "%s", mark->column);
			show(out->expected, wanted);
			show(out->found, got);
			return;
		}
	}
	/* what differs is no value: it stands between two */
	show(out->expected, line_from(expected, start));
	show(out->found, line_from(found, start));
}

void export_compare(const struct export_file *file, struct bytes found,
		    struct export_difference *out)
{
	struct bytes expected = buf_bytes(&file->text);
	size_t at = export_common(expected, found), start = line_start(expected, at);
	const struct export_mark *mark;

	if (found.len == 0) /* the empty view may have no address */
		found = bytes_text("");
	*out = (struct export_difference){.verdict = EXPORT_EQUAL, .line = 1, .offset = at};
	if (at == expected.len && at == found.len)
		return;
	for (size_t i = 0; i < start; i++)
		out->line += expected.at[i] == '\n';
	mark = export_mark_at(file, at < expected.len ? at : expected.len - (expected.len > 0));
	if (mark != NULL)
		(void)snprintf(out->label, sizeof(out->label), "%s", export_label(file, mark));
	out->verdict = judge(expected, found, start, at);
	if (out->verdict == EXPORT_CHANGED) {
		name_value(file, found, at, out);
		return;
	}
	if (out->verdict != EXPORT_ADDED && out->verdict != EXPORT_DOUBLED)
		show(out->expected, line_from(expected, start));
	if (start < found.len && out->verdict != EXPORT_LEFT_OUT)
		show(out->found, line_from(found, start));
}
