#include "clients/cli/fields.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "clients/cli/api.h"
#include "clients/cli/files.h"
#include "clients/cli/money.h"
#include "clients/cli/out.h"
#include "clients/cli/receipt_file.h"
#include "crypto/digest.h"

#define SHARE_WHOLE 10000

char *field_text(struct arena *arena, const char *text)
{
	char *copy = arena_copy(arena, text, strlen(text));

	ASSERT(copy != NULL);
	return copy;
}

size_t field_split(struct arena *arena, const char *text, size_t max, char **parts)
{
	char *left = field_text(arena, text);
	size_t count = 0;

	while (left != NULL && count < max) {
		parts[count++] = left;
		left = count < max ? strchr(left, ':') : NULL;
		if (left != NULL)
			*left++ = '\0';
	}
	return count;
}

enum err field_hash(struct cli *cli, struct arena *arena, const char *text,
		    ProtobufCBinaryData *out)
{
	struct receipt_file file;
	uint8_t *hash = arena_alloc(arena, sizeof(file.sha256.b));
	enum err err;

	ASSERT(hash != NULL);
	if (file_exists(text) || !hex_decode(hash, sizeof(file.sha256.b), bytes_text(text))) {
		err = content_hash(cli, text, &file);
		if (err != ERR_OK)
			return err;
		memcpy(hash, file.sha256.b, sizeof(file.sha256.b));
	}
	*out = (ProtobufCBinaryData){sizeof(file.sha256.b), hash};
	return ERR_OK;
}

static const struct {
	const char *suffix;
	const char *type;
} media_types[] = {
	{".jpg", "image/jpeg"},	      {".jpeg", "image/jpeg"},	    {".png", "image/png"},
	{".webp", "image/webp"},      {".gif", "image/gif"},	    {".svg", "image/svg+xml"},
	{".mp4", "video/mp4"},	      {".mp3", "audio/mpeg"},	    {".wav", "audio/wav"},
	{".pdf", "application/pdf"},  {".json", "application/json"}, {".xml", "application/xml"},
	{".csv", "text/csv"},	      {".txt", "text/plain"},	    {".md", "text/markdown"},
	{".html", "text/html"},	      {".zip", "application/zip"},  {".c2pa", "application/c2pa"},
	{".xmp", "application/rdf+xml"},
};

const char *media_type_of(const char *path)
{
	const char *dot = strrchr(path, '.');

	for (size_t i = 0; dot != NULL && i < sizeof(media_types) / sizeof(media_types[0]); i++)
		if (strcasecmp(dot, media_types[i].suffix) == 0)
			return media_types[i].type;
	return "application/octet-stream";
}

enum err field_document(struct cli *cli, struct arena *arena, const char *text,
			Stele__Document **out)
{
	Stele__Document *document = arena_alloc(arena, sizeof(*document));
	char *parts[2] = {NULL, NULL};
	struct receipt_file file;
	enum err err;

	ASSERT(document != NULL);
	stele__document__init(document);
	(void)field_split(arena, text, 2, parts);
	err = content_hash(cli, parts[0], &file);
	if (err != ERR_OK)
		return err;
	document->sha256.data = arena_copy(arena, file.sha256.b, sizeof(file.sha256.b));
	document->sha256.len = sizeof(file.sha256.b);
	document->size = file.size;
	document->media_type = field_text(arena, media_type_of(parts[0]));
	if (parts[1] != NULL)
		document->role = parts[1];
	*out = document;
	return ERR_OK;
}

/* --- lists --------------------- */

#define LIST_MAX 64

/* Room for the option's values behind the pointers that are there; the lists of
 * messages are lists of pointers. */
static enum err list_grow(struct cli *cli, struct arena *arena, const char *option, size_t count,
			  void *list)
{
	size_t more = cli_count(cli, option);
	void **grown, **old;

	if (count + more > LIST_MAX)
		return cli_fail(cli, ERR_USAGE, "--%s is given too often", option);
	grown = arena_alloc(arena, (count + more + 1) * sizeof(*grown));
	ASSERT(grown != NULL);
	memcpy(&old, list, sizeof(old));
	if (count > 0)
		memcpy(grown, old, count * sizeof(*grown));
	memcpy(list, &grown, sizeof(grown));
	return ERR_OK;
}

enum err field_documents(struct cli *cli, struct arena *arena, const char *option, size_t *count,
			 Stele__Document ***list)
{
	enum err err = list_grow(cli, arena, option, *count, list);

	for (size_t i = 0; err == ERR_OK && i < cli_count(cli, option); i++) {
		err = field_document(cli, arena, cli_nth(cli, option, i), &(*list)[*count]);
		*count += err == ERR_OK;
	}
	return err;
}

enum err field_areas(struct cli *cli, struct arena *arena, const char *option, size_t *count,
		     Stele__Area ***list)
{
	enum err err = list_grow(cli, arena, option, *count, list);

	for (size_t i = 0; err == ERR_OK && i < cli_count(cli, option); i++) {
		Stele__Area *area = arena_alloc(arena, sizeof(*area));
		char *parts[3] = {NULL, NULL, NULL};

		ASSERT(area != NULL);
		stele__area__init(area);
		(void)field_split(arena, cli_nth(cli, option, i), 3, parts);
		area->code = parts[0];
		area->names = field_names(cli, arena, parts[2], parts[1]);
		(*list)[(*count)++] = area;
	}
	return err;
}

enum err field_recipients(struct cli *cli, struct arena *arena, const char *option, size_t *count,
			  Stele__Recipient ***list)
{
	size_t given = cli_count(cli, option);
	enum err err = list_grow(cli, arena, option, *count, list);

	for (size_t i = 0; err == ERR_OK && i < given; i++) {
		Stele__Recipient *recipient = arena_alloc(arena, sizeof(*recipient));
		char *parts[2] = {NULL, NULL};
		uint64_t share = given == 1 ? SHARE_WHOLE : 0;

		ASSERT(recipient != NULL);
		stele__recipient__init(recipient);
		(void)field_split(arena, cli_nth(cli, option, i), 2, parts);
		if (parts[1] != NULL &&
		    (!decimal_decode(&share, bytes_text(parts[1])) || share > SHARE_WHOLE))
			return cli_fail(cli, ERR_USAGE, "--%s %s: a share is 1 to %d", option,
					parts[0], SHARE_WHOLE);
		recipient->org = parts[0];
		recipient->share = (uint32_t)share;
		(*list)[(*count)++] = recipient;
	}
	return err;
}

/* DATE:AMOUNT:CRITERIA */
static enum err read_milestone(struct cli *cli, struct arena *arena, const char *text,
			       const char *currency, Stele__Milestone *out)
{
	char *parts[3] = {NULL, NULL, NULL};

	if (field_split(arena, text, 3, parts) != 3 ||
	    !money_parse(&out->amount, parts[1], currency))
		return cli_fail(cli, ERR_USAGE, "--milestone %s is not DATE:AMOUNT:FILE", text);
	out->due = parts[0];
	return field_hash(cli, arena, parts[2], &out->criteria_sha256);
}

enum err field_milestones(struct cli *cli, struct arena *arena, const char *currency,
			  size_t *count, Stele__Milestone ***list)
{
	enum err err = list_grow(cli, arena, "milestone", 0, list);

	*count = 0;
	for (size_t i = 0; err == ERR_OK && i < cli_count(cli, "milestone"); i++) {
		Stele__Milestone *milestone = arena_alloc(arena, sizeof(*milestone));

		ASSERT(milestone != NULL);
		stele__milestone__init(milestone);
		milestone->number = (uint32_t)i + 1;
		err = read_milestone(cli, arena, cli_nth(cli, "milestone", i), currency, milestone);
		(*list)[(*count)++] = milestone;
	}
	return err;
}

/* --- hashes, amounts, days, names --------------------- */

enum err field_reason(struct cli *cli, struct arena *arena, const char *option,
		      ProtobufCBinaryData *out)
{
	const char *text = cli_value(cli, option);
	enum err err = text == NULL ? ERR_OK : field_hash(cli, arena, text, out);

	if (err != ERR_OK && !file_exists(text)) /* it may be the very words */
		cli_remedy(cli, "--%s takes a file: write the words to one and keep it", option);
	return err;
}

void field_text_hash(struct arena *arena, const char *text, ProtobufCBinaryData *out)
{
	struct hash hash;

	sha256(&hash, text, strlen(text));
	*out = (ProtobufCBinaryData){sizeof(hash.b), arena_copy(arena, hash.b, sizeof(hash.b))};
	ASSERT(out->data != NULL);
}

enum err field_amount(struct cli *cli, const char *option, const char *currency, uint64_t *out)
{
	const char *text;
	enum err err = cli_required(cli, option, &text);

	if (err == ERR_OK && !money_parse(out, text, currency)) {
		err = cli_fail(cli, ERR_USAGE, "--%s %s is no amount of %s", option, text, currency);
		cli_remedy(cli, "write it as 2,500,000.00 or 2500000");
	}
	return err;
}

enum err field_period(struct cli *cli, struct arena *arena, Stele__Period **out)
{
	Stele__Period *period = arena_alloc(arena, sizeof(*period));
	const char *start, *end;
	enum err err = cli_required(cli, "start", &start);

	if (err == ERR_OK)
		err = cli_required(cli, "end", &end);
	if (err != ERR_OK)
		return err;
	ASSERT(period != NULL);
	stele__period__init(period);
	period->start = field_text(arena, start);
	period->end = field_text(arena, end);
	*out = period;
	return ERR_OK;
}

Stele__Names *field_names(struct cli *cli, struct arena *arena, const char *zh, const char *en)
{
	Stele__Names *names = arena_alloc(arena, sizeof(*names));

	(void)cli;
	if (zh == NULL && en == NULL)
		return NULL;
	ASSERT(names != NULL);
	stele__names__init(names);
	if (zh != NULL)
		names->zh = field_text(arena, zh);
	if (en != NULL)
		names->en = field_text(arena, en);
	return names;
}

enum err args_call(struct cli *cli, char **programme, char **call)
{
	enum err err = api_segment(cli, "programme", cli->args[0]);

	if (err == ERR_OK)
		err = api_segment(cli, "call", cli->args[1]);
	if (err == ERR_OK) {
		*programme = cli->args[0];
		*call = cli->args[1];
	}
	return err;
}

enum err args_award(struct cli *cli, char **programme, uint64_t *award)
{
	enum err err = api_segment(cli, "programme", cli->args[0]);

	if (err == ERR_OK)
		err = cli_arg_number(cli, 1, "award", INT64_MAX, award);
	if (err == ERR_OK)
		*programme = cli->args[0];
	return err;
}

enum err programme_currency(struct cli *cli, const char *programme, char out[4])
{
	json_t *answer;
	enum err err = api_segment(cli, "programme", programme);

	if (err == ERR_OK)
		err = api_get(cli, &answer, "/v1/programmes/%s", programme);
	if (err != ERR_OK)
		return err;
	(void)snprintf(out, 4, "%.3s", json_text(answer, "currency"));
	json_decref(answer);
	if (strlen(out) != 3)
		return cli_fail(cli, ERR_NET_ANSWER, "programme %s has no currency", programme);
	return ERR_OK;
}
