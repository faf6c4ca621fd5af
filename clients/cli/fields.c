#include "clients/cli/fields.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "clients/cli/api.h"
#include "clients/cli/files.h"
#include "clients/cli/money.h"
#include "clients/cli/out.h"
#include "clients/cli/receipt_file.h"

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
