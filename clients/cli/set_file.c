#include "clients/cli/set_file.h"

#include "clients/cli/files.h"
#include "proto/lines.h"

#define HEAD "stele/v1 set"

/* A line is right if it were right as the only one. */
static bool member_parse(struct bytes line, struct validator *out)
{
	struct set alone;
	struct buf text;
	bool is_right;

	buf_init(&text, LIMIT_SET_BYTES);
	buf_print(&text, HEAD "\n");
	buf_add_bytes(&text, line);
	buf_u8(&text, '\n');
	is_right = !text.has_failed && set_parse(&alone, buf_bytes(&text)) == ERR_OK;
	buf_release(&text);
	if (is_right)
		*out = alone.validators[0];
	return is_right;
}

static enum err bad_line(struct cli *cli, enum err err, const char *path, unsigned line)
{
	cli_fail(cli, err, "set %s", path);
	cli_fact(cli, "line", "%u", line);
	cli_fact(cli, "expected", HEAD ", then: ID ORGANISATION CONSENSUS-KEY NODE-KEY");
	cli_remedy(cli, "begin with the set in force: stele validator list --text");
	return err;
}

static enum err members_parse(struct cli *cli, const char *path, struct bytes text, struct set *out)
{
	struct lines lines = lines_of(text);

	out->count = 0;
	lines_expect(&lines, HEAD);
	if (lines.has_failed)
		return bad_line(cli, ERR_FILE_FORM, path, 1);
	while (lines.left.len > 0) {
		struct bytes line = lines_next(&lines);

		if (lines.has_failed || out->count == LIMIT_VALIDATORS ||
		    !member_parse(line, &out->validators[out->count]))
			return bad_line(cli, ERR_FILE_FORM, path, lines.number);
		out->count++;
	}
	return ERR_OK;
}

enum err set_file_read(struct cli *cli, const char *path, struct set *out)
{
	struct buf text;
	enum err err;

	buf_init(&text, LIMIT_SET_BYTES);
	err = file_read(cli, path, &text);
	if (err == ERR_OK)
		err = members_parse(cli, path, buf_bytes(&text), out);
	buf_release(&text);
	if (err != ERR_OK)
		return err;
	if (out->count > 0)
		set_seal(out);
	if (!set_is_sound(out)) {
		err = cli_fail(cli, ERR_SET_FORM, "set %s", path);
		cli_remedy(cli, "give each validator an id, an organisation and two keys of its own");
	}
	return err;
}
