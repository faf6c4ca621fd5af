#include "clients/cli/terms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/fields.h"
#include "clients/cli/files.h"
#include "clients/cli/money.h"
#include "clients/cli/out.h"
#include "clients/cli/when.h"

#define FILE_BYTES_MAX 65536

/* Option name -> its values, those of the file behind those of the command line. */
struct terms_source {
	struct cli *cli;
	struct arena *arena;
	const char *currency;
	json_t *values;
};

/* --- the file -------------------------------------------------------------------- */

static bool is_terms_option(const char *name)
{
	static const struct option_spec options[] = {TERMS_OPTIONS,
						     {NULL, 0, OPTION_FLAG, NULL, NULL}};

	for (const struct option_spec *o = options + 1; o->name != NULL; o++)
		if (strcmp(o->name, name) == 0)
			return true;
	return false;
}

static void add_value(json_t *values, const char *name, const char *value)
{
	json_t *list = json_object_get(values, name);

	if (list == NULL) {
		list = json_array();
		(void)json_object_set_new(values, name, list);
	}
	(void)json_array_append_new(list, json_string(value));
}

/* "name value", "name = value", "name: value"; quotes around the value fall. */
static bool line_read(json_t *values, char *line)
{
	size_t name_len = strcspn(line, " \t=:"), len;
	char *value = line + name_len;

	value += strspn(value, " \t=:");
	line[name_len] = '\0';
	len = strlen(value);
	while (len > 0 && strchr(" \t\r", value[len - 1]) != NULL)
		len--;
	if (len >= 2 && value[0] == '"' && value[len - 1] == '"') {
		value++;
		len -= 2;
	}
	value[len] = '\0';
	if (len == 0 || !is_terms_option(line))
		return false;
	add_value(values, line, value);
	return true;
}

static enum err file_parse(struct terms_source *source, const char *path, char *text)
{
	unsigned number = 0;

	for (char *line = text, *next; line != NULL; line = next) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		number++;
		line += strspn(line, " \t\r");
		if (line[0] == '\0' || line[0] == '#' || line_read(source->values, line))
			continue;
		cli_fail(source->cli, ERR_FILE_FORM, "%s", path);
		cli_fact(source->cli, "line", "%u: %s", number, line);
		cli_remedy(source->cli, "one option a line: stele call publish --help names them");
		return ERR_FILE_FORM;
	}
	return ERR_OK;
}

static enum err file_take(struct terms_source *source)
{
	const char *path = cli_value(source->cli, "terms");
	struct buf text;
	enum err err;

	if (path == NULL)
		return ERR_OK;
	buf_init(&text, FILE_BYTES_MAX);
	err = file_read(source->cli, path, &text);
	buf_u8(&text, 0);
	if (err == ERR_OK && (text.has_failed || strlen((char *)text.at) + 1 != text.len))
		err = cli_fail(source->cli, ERR_FILE_FORM, "%s is no text", path);
	if (err == ERR_OK)
		err = file_parse(source, path, (char *)text.at);
	buf_release(&text);
	return err;
}

static void options_take(struct terms_source *source)
{
	for (size_t i = 0; i < source->cli->given_count; i++) {
		const struct option_given *given = &source->cli->given[i];

		if (is_terms_option(given->spec->name))
			(void)json_object_del(source->values, given->spec->name);
	}
	for (size_t i = 0; i < source->cli->given_count; i++) {
		const struct option_given *given = &source->cli->given[i];

		if (is_terms_option(given->spec->name))
			add_value(source->values, given->spec->name, given->value);
	}
}

/* --- values ------------------------------------------------------------------------ */

static const json_t *list_of(const struct terms_source *source, const char *name)
{
	return json_object_get(source->values, name);
}

/* The last one counts; NULL where there is none. */
static const char *value_of(const struct terms_source *source, const char *name)
{
	const json_t *list = list_of(source, name);
	size_t count = json_array_size(list);

	return count == 0 ? NULL : json_string_value(json_array_get(list, count - 1));
}

static enum err fail_value(const struct terms_source *source, const char *name,
			   const char *expected)
{
	cli_fail(source->cli, ERR_USAGE, "--%s %s", name, value_of(source, name));
	cli_fact(source->cli, "expected", "%s", expected);
	return ERR_USAGE;
}

static enum err read_times(const struct terms_source *source, Stele__CallTerms *terms)
{
	const struct {
		const char *name;
		uint64_t *to;
	} times[] = {{"opens", &terms->opens},
		     {"deadline", &terms->deadline},
		     {"reveal-until", &terms->reveal_until},
		     {"review-until", &terms->review_until}};
	const char *text = value_of(source, "objection");

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		const char *time = value_of(source, times[i].name);

		if (time != NULL && !when_read(times[i].to, time))
			return fail_value(source, times[i].name,
					  "2026-04-15T17:00:00+08:00, or ms since 1970");
	}
	if (text != NULL && !duration_read(&terms->objection_ms, text))
		return fail_value(source, "objection", "7d, 12h, 30m, 90s or 500ms");
	return ERR_OK;
}

static enum err read_amounts(const struct terms_source *source, Stele__CallTerms *terms)
{
	const struct {
		const char *name;
		uint64_t *to;
	} amounts[] = {{"award-min", &terms->award_min},
		       {"award-max", &terms->award_max},
		       {"budget", &terms->budget}};

	for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++) {
		const char *text = value_of(source, amounts[i].name);

		if (text != NULL && !money_parse(amounts[i].to, text, source->currency))
			return fail_value(source, amounts[i].name, "an amount, such as 2,500,000.00");
	}
	return ERR_OK;
}

static bool read_u32(const char *text, uint32_t *out)
{
	uint64_t number;

	if (text == NULL || !decimal_decode(&number, bytes_text(text)) || number > UINT32_MAX)
		return false;
	*out = (uint32_t)number;
	return true;
}

static enum err read_counts(const struct terms_source *source, Stele__CallTerms *terms)
{
	const struct {
		const char *name;
		uint32_t *to;
	} counts[] = {{"max-awards", &terms->max_awards},
		      {"proposals-per-applicant", &terms->proposals_per_applicant},
		      {"quorum", &terms->review->quorum},
		      {"panel-min", &terms->review->panel_min}};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		const char *text = value_of(source, counts[i].name);

		if (text != NULL && !read_u32(text, counts[i].to))
			return fail_value(source, counts[i].name, "a whole number");
	}
	if (terms->proposals_per_applicant == 0)
		terms->proposals_per_applicant = 1;
	if (terms->review->panel_min == 0)
		terms->review->panel_min = terms->review->quorum;
	return ERR_OK;
}

/* CODE:WEIGHT:MAX[:EN[:ZH]] */
static enum err read_criterion(const struct terms_source *source, const char *text,
			       Stele__Criterion *out)
{
	char *parts[5] = {NULL, NULL, NULL, NULL, NULL};

	(void)field_split(source->arena, text, 5, parts);
	if (!read_u32(parts[1], &out->weight) || !read_u32(parts[2], &out->max))
		return cli_fail(source->cli, ERR_USAGE, "--criterion %s is not CODE:WEIGHT:MAX", text);
	out->code = parts[0];
	out->names = field_names(source->cli, source->arena, parts[4], parts[3]);
	return ERR_OK;
}

static enum err read_criteria(const struct terms_source *source, Stele__ReviewTerms *review)
{
	const json_t *list = list_of(source, "criterion");
	size_t count = json_array_size(list);
	enum err err = ERR_OK;

	if (count == 0)
		return ERR_OK;
	review->criteria = arena_alloc(source->arena, count * sizeof(*review->criteria));
	ASSERT(review->criteria != NULL);
	for (size_t i = 0; i < count && err == ERR_OK; i++) {
		Stele__Criterion *criterion = arena_alloc(source->arena, sizeof(*criterion));

		ASSERT(criterion != NULL);
		stele__criterion__init(criterion);
		err = read_criterion(source, json_string_value(json_array_get(list, i)), criterion);
		review->criteria[i] = criterion;
	}
	review->n_criteria = count;
	return err;
}

/* As the ledger counts, or "60%" of the greatest score of one review. */
static enum err read_threshold(const struct terms_source *source, Stele__ReviewTerms *review)
{
	const char *text = value_of(source, "threshold");
	size_t len = text != NULL ? strlen(text) : 0;
	uint64_t number, greatest = 0;

	if (text == NULL)
		return ERR_OK;
	if (decimal_decode(&number, bytes_text(text))) {
		review->threshold = number;
		return ERR_OK;
	}
	for (size_t i = 0; i < review->n_criteria; i++)
		greatest += (uint64_t)review->criteria[i]->weight * review->criteria[i]->max;
	if (text[len - 1] != '%' || !decimal_decode(&number, bytes_of(text, len - 1)) ||
	    number > 100 || greatest > UINT64_MAX / 100)
		return fail_value(source, "threshold", "a whole number, or one with % up to 100%");
	review->threshold = (greatest * number + 99) / 100; /* never below what was said */
	return ERR_OK;
}

static void read_eligibility(const struct terms_source *source, Stele__CallTerms *terms)
{
	const char *scheme = value_of(source, "eligible-scheme");
	const char *prefix = value_of(source, "eligible-prefix");

	if (scheme == NULL && prefix == NULL)
		return;
	if (terms->eligibility == NULL) {
		terms->eligibility = arena_alloc(source->arena, sizeof(*terms->eligibility));
		ASSERT(terms->eligibility != NULL);
		stele__eligibility__init(terms->eligibility);
	}
	if (scheme != NULL)
		terms->eligibility->scheme = field_text(source->arena, scheme);
	if (prefix != NULL)
		terms->eligibility->division_prefix = field_text(source->arena, prefix);
}

static void read_areas(const struct terms_source *source, Stele__CallTerms *terms)
{
	const json_t *list = list_of(source, "area");
	size_t count = json_array_size(list);

	if (count == 0)
		return;
	terms->areas = arena_alloc(source->arena, count * sizeof(*terms->areas));
	ASSERT(terms->areas != NULL);
	for (size_t i = 0; i < count; i++)
		terms->areas[i] = field_text(source->arena,
					     json_string_value(json_array_get(list, i)));
	terms->n_areas = count;
}

static enum err read_documents(const struct terms_source *source, Stele__CallTerms *terms)
{
	const json_t *list = list_of(source, "document");
	size_t count = json_array_size(list);
	enum err err = ERR_OK;

	if (count == 0)
		return ERR_OK;
	terms->documents = arena_alloc(source->arena, count * sizeof(*terms->documents));
	ASSERT(terms->documents != NULL);
	for (size_t i = 0; i < count && err == ERR_OK; i++)
		err = field_document(source->cli, source->arena,
				     json_string_value(json_array_get(list, i)),
				     &terms->documents[i]);
	terms->n_documents = count;
	return err;
}

static void read_titles(const struct terms_source *source, Stele__CallTerms *terms)
{
	const char *en = value_of(source, "title-en"), *zh = value_of(source, "title-zh");

	if (en == NULL && terms->titles != NULL)
		en = terms->titles->en;
	if (zh == NULL && terms->titles != NULL)
		zh = terms->titles->zh;
	terms->titles = field_names(source->cli, source->arena, zh, en);
}

static enum err values_read(const struct terms_source *source, Stele__CallTerms *terms)
{
	enum err err;

	if (terms->review == NULL) {
		terms->review = arena_alloc(source->arena, sizeof(*terms->review));
		ASSERT(terms->review != NULL);
		stele__review_terms__init(terms->review);
	}
	read_titles(source, terms);
	read_eligibility(source, terms);
	read_areas(source, terms);
	err = read_times(source, terms);
	if (err == ERR_OK)
		err = read_amounts(source, terms);
	if (err == ERR_OK)
		err = read_counts(source, terms);
	if (err == ERR_OK)
		err = read_criteria(source, terms->review);
	if (err == ERR_OK)
		err = read_threshold(source, terms->review);
	return err == ERR_OK ? read_documents(source, terms) : err;
}

enum err terms_read(struct cli *cli, struct arena *arena, const char *currency,
		    Stele__CallTerms *terms)
{
	struct terms_source source = {cli, arena, currency, json_object()};
	enum err err = file_take(&source);

	if (err == ERR_OK) {
		options_take(&source);
		err = values_read(&source, terms);
	}
	json_decref(source.values);
	return err;
}

/* --- as a file again -------------------------------------------------------------------- */

static void print_line(const struct cli *cli, const char *name, const char *value)
{
	if (value[0] != '\0')
		out_line(cli, "%-24s %s", name, value);
}

static void print_times(const struct cli *cli, const json_t *terms)
{
	static const char *const names[][2] = {{"opens", "opens"},
					       {"deadline", "deadline"},
					       {"reveal-until", "reveal_until"},
					       {"review-until", "review_until"}};
	char text[WHEN_TEXT_MAX];
	uint64_t ms = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!json_u64(terms, names[i][1], &ms))
			continue;
		when_format(text, ms);
		print_line(cli, names[i][0], text);
	}
	if (json_u64(terms, "objection_ms", &ms)) {
		duration_format(text, ms);
		print_line(cli, "objection", text);
	}
}

static void print_amounts(const struct cli *cli, const json_t *terms, const char *currency)
{
	static const char *const names[][2] = {
		{"award-min", "award_min"}, {"award-max", "award_max"}, {"budget", "budget"}};
	char text[MONEY_TEXT_MAX];
	uint64_t amount;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!json_u64(terms, names[i][1], &amount))
			continue;
		money_format(text, amount, currency);
		print_line(cli, names[i][0], text);
	}
}

static void print_number(const struct cli *cli, const json_t *object, const char *name,
			 const char *member)
{
	uint64_t number;

	if (json_u64(object, member, &number))
		out_line(cli, "%-24s %llu", name, (unsigned long long)number);
}

static void print_criteria(const struct cli *cli, const json_t *review)
{
	size_t index;
	json_t *item;

	json_array_foreach(json_object_get(review, "criteria"), index, item) {
		const json_t *names = json_object_get(item, "names");
		uint64_t weight = 0, max = 0;

		(void)json_u64(item, "weight", &weight);
		(void)json_u64(item, "max", &max);
		out_line(cli, "%-24s %s:%llu:%llu%s%s%s%s", "criterion", json_text(item, "code"),
			 (unsigned long long)weight, (unsigned long long)max,
			 names != NULL ? ":" : "", json_text(names, "en"),
			 json_text(names, "zh")[0] != '\0' ? ":" : "", json_text(names, "zh"));
	}
}

void terms_print(const struct cli *cli, const json_t *terms)
{
	const json_t *titles = json_object_get(terms, "titles");
	const json_t *eligibility = json_object_get(terms, "eligibility");
	const json_t *review = json_object_get(terms, "review");
	size_t index;
	json_t *item;

	print_line(cli, "title-en", json_text(titles, "en"));
	print_line(cli, "title-zh", json_text(titles, "zh"));
	print_times(cli, terms);
	print_amounts(cli, terms, json_text(terms, "currency"));
	print_number(cli, terms, "max-awards", "max_awards");
	print_number(cli, terms, "proposals-per-applicant", "proposals_per_applicant");
	print_line(cli, "eligible-scheme", json_text(eligibility, "scheme"));
	print_line(cli, "eligible-prefix", json_text(eligibility, "division_prefix"));
	json_array_foreach(json_object_get(terms, "areas"), index, item)
		print_line(cli, "area", json_is_string(item) ? json_string_value(item) : "");
	print_number(cli, review, "quorum", "quorum");
	print_number(cli, review, "panel-min", "panel_min");
	print_criteria(cli, review);
	print_number(cli, review, "threshold", "threshold");
	json_array_foreach(json_object_get(terms, "documents"), index, item)
		out_line(cli, "# document               %s  %s", json_text(item, "sha256"),
			 json_text(item, "role"));
}
