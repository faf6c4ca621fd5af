/* What an anchor says about its content: from options and a file of fields. */
#include <string.h>

#include "base/limits.h"
#include "clients/cli/anchor.h"
#include "clients/cli/claims.h"
#include "clients/cli/fields.h"
#include "clients/cli/files.h"
#include "clients/cli/json_read.h"
#include "clients/cli/out.h"

#define ENTRY_MEDIA_TYPE_MAX 40 /* as docs/ledger.md bounds it */

/* --- the record --------------------- */

static enum err read_from(struct anchor *anchor, const char *path)
{
	char place[JSON_PLACE_MAX] = "";
	json_error_t error;
	struct buf text;
	json_t *object = NULL;
	enum err err;

	buf_init(&text, LIMIT_TX_BYTES);
	err = file_read(anchor->cli, path, &text);
	if (err == ERR_OK) {
		object = json_loadb((const char *)text.at, text.len, JSON_REJECT_DUPLICATES, &error);
		if (object == NULL) {
			err = cli_fail(anchor->cli, ERR_FILE_FORM, "%s", path);
			cli_fact(anchor->cli, "place", "line %d, column %d: %s", error.line,
				 error.column, error.text);
		} else if (!json_read_anchor(&anchor->record, &anchor->arena, object, place)) {
			err = cli_fail(anchor->cli, ERR_FILE_FORM, "%s", path);
			cli_fact(anchor->cli, "place", "%s", place);
		}
	}
	json_decref(object);
	buf_release(&text);
	return err;
}

static void option_text(struct anchor *anchor, const char *option, char **out)
{
	const char *value = cli_value(anchor->cli, option);

	if (value != NULL)
		*out = field_text(&anchor->arena, value);
}

/* PROGRAMME:K[:MILESTONE] */
static enum err read_award(struct anchor *anchor, const char *text)
{
	Stele__AwardLink *link = arena_alloc(&anchor->arena, sizeof(*link));
	char *parts[3] = {NULL, NULL, NULL};
	uint64_t milestone = 0;
	size_t count = field_split(&anchor->arena, text, 3, parts);

	ASSERT(link != NULL);
	stele__award_link__init(link);
	if (count < 2 || !decimal_decode(&link->award, bytes_text(parts[1])) ||
	    (count == 3 && !decimal_decode(&milestone, bytes_text(parts[2]))) ||
	    milestone > UINT32_MAX)
		return cli_fail(anchor->cli, ERR_USAGE, "--award %s is not PROGRAMME:AWARD", text);
	link->programme = parts[0];
	link->milestone = (uint32_t)milestone;
	anchor->record.award = link;
	return ERR_OK;
}

static enum err read_parent(struct anchor *anchor, const char *text)
{
	Stele__Parent *parent = arena_alloc(&anchor->arena, sizeof(*parent));
	Stele__ContentAnchor *record = &anchor->record;
	const char *relation = NULL;
	enum err err = content_read(anchor->cli, text, &anchor->parent, &relation);
	Stele__Parent **list;

	if (err != ERR_OK)
		return err;
	list = arena_alloc(&anchor->arena, (record->n_parents + 1) * sizeof(*list));
	ASSERT(parent != NULL && list != NULL);
	stele__parent__init(parent);
	parent->relation = STELE__RELATION__RELATION_DERIVED;
	if (relation != NULL && !relation_read(&parent->relation, relation)) {
		err = cli_fail(anchor->cli, ERR_USAGE, "--parent %s: there is no relation \"%s\"",
			       text, relation);
		cli_remedy(anchor->cli, "derived, component, translation, transcode, prompt or "
					"training");
		return err;
	}
	parent->sha256 = (ProtobufCBinaryData){sizeof(anchor->parent.b), anchor->parent.b};
	if (record->n_parents > 0)
		memcpy(list, record->parents, record->n_parents * sizeof(*list));
	list[record->n_parents++] = parent;
	record->parents = list;
	anchor->has_parent = true;
	return ERR_OK;
}

static enum err read_source_type(struct anchor *anchor, const char *text)
{
	const char *instead = source_type_instead(text);

	if (source_type_read(&anchor->record.source_type, text))
		return ERR_OK;
	cli_fail(anchor->cli, ERR_USAGE, "there is no source type \"%s\"", text);
	if (instead != NULL)
		cli_remedy(anchor->cli, "IPTC has retired it: use %s", instead);
	else
		cli_remedy(anchor->cli, "use a term of the IPTC list, such as digitalCapture");
	return ERR_USAGE;
}

enum err anchor_record(struct anchor *anchor)
{
	struct cli *cli = anchor->cli;
	Stele__ContentAnchor *record = &anchor->record;
	const char *source = cli_value(cli, "source-type");
	enum err err = ERR_OK;

	stele__content_anchor__init(record);
	if (cli_has(cli, "from"))
		err = read_from(anchor, cli_value(cli, "from"));
	if (err != ERR_OK)
		return err;
	option_text(anchor, "title", &record->title);
	option_text(anchor, "media-type", &record->media_type);
	option_text(anchor, "licence", &record->licence);
	option_text(anchor, "location", &record->location);
	anchor->has_media_type = record->media_type[0] != '\0';
	if (source != NULL)
		err = read_source_type(anchor, source);
	if (err == ERR_OK && cli_has(cli, "award"))
		err = read_award(anchor, cli_value(cli, "award"));
	if (err == ERR_OK && cli_has(cli, "parent"))
		err = read_parent(anchor, cli_value(cli, "parent"));
	if (err == ERR_OK && anchor->is_batch &&
	    (record->n_parents > 0 || record->aigc != NULL || record->c2pa != NULL ||
	     record->location[0] != '\0')) {
		err = cli_fail(cli, ERR_USAGE, "a batch has no parents, labels, manifests and places");
		cli_remedy(cli, "anchor those files one by one, without --batch");
	}
	return err;
}

/* The first live claim on it; none: the content as such. */
enum err anchor_parent_claim(struct anchor *anchor)
{
	Stele__Parent *parent;
	struct claims claims;
	enum err err;

	if (!anchor->has_parent)
		return ERR_OK;
	err = claims_get(anchor->cli, &anchor->parent, &claims);
	if (err != ERR_OK)
		return err;
	parent = anchor->record.parents[anchor->record.n_parents - 1];
	parent->claim = claims.count > 0 ? 1 : 0;
	for (size_t i = claims.count; i > 0; i--)
		if (claims.items[i - 1].value->state == STELE__CLAIM_STATE__CLAIM_LIVE)
			parent->claim = claims.items[i - 1].number;
	claims_release(&claims);
	return ERR_OK;
}

/* --- operations --------------------- */

void anchor_operation(const struct anchor *anchor, const struct anchor_item *item,
		      struct arena *arena, Stele__TransactionBody *body)
{
	Stele__ContentAnchor *record = arena_alloc(arena, sizeof(*record));

	ASSERT(record != NULL);
	*record = anchor->record;
	record->sha256.len = sizeof(item->file.sha256.b);
	record->sha256.data = arena_copy(arena, item->file.sha256.b, sizeof(item->file.sha256.b));
	ASSERT(record->sha256.data != NULL);
	record->size = item->file.size;
	if (item->has_salt) {
		record->salt.len = sizeof(item->salt.b);
		record->salt.data = arena_copy(arena, item->salt.b, sizeof(item->salt.b));
		ASSERT(record->salt.data != NULL);
	}
	if (!anchor->has_media_type)
		record->media_type = field_text(arena, media_type_of(item->path));
	if (anchor->has_parent && hash_equal(&item->file.sha256, &anchor->parent))
		record->n_parents--; /* it is the parent itself, named last */
	body->operation_case = STELE__TRANSACTION_BODY__OPERATION_CONTENT_ANCHOR;
	body->content_anchor = record;
}

static Stele__BatchEntry *entry_of(const struct anchor *anchor, const struct anchor_item *item,
				   struct arena *arena)
{
	Stele__BatchEntry *entry = arena_alloc(arena, sizeof(*entry));
	const char *type =
		anchor->has_media_type ? anchor->record.media_type : media_type_of(item->path);

	ASSERT(entry != NULL);
	stele__batch_entry__init(entry);
	entry->sha256.len = sizeof(item->file.sha256.b);
	entry->sha256.data = arena_copy(arena, item->file.sha256.b, sizeof(item->file.sha256.b));
	entry->size = item->file.size;
	if (strlen(type) <= ENTRY_MEDIA_TYPE_MAX)
		entry->media_type = field_text(arena, type);
	ASSERT(entry->sha256.data != NULL);
	return entry;
}

enum err anchor_batch(const struct anchor *anchor, struct anchor_item *const *items, size_t count,
		      struct arena *arena, Stele__TransactionBody *body, struct buf *attachment)
{
	Stele__BatchEntries entries = STELE__BATCH_ENTRIES__INIT;
	Stele__ContentBatch *batch = arena_alloc(arena, sizeof(*batch));
	struct hash *root = arena_alloc(arena, sizeof(*root));
	enum err err;

	entries.n_entries = count;
	entries.entries = arena_alloc(arena, count * sizeof(Stele__BatchEntry *));
	ASSERT(batch != NULL && root != NULL && entries.entries != NULL);
	for (size_t i = 0; i < count; i++)
		entries.entries[i] = entry_of(anchor, items[i], arena);
	err = batch_entries_encode(attachment, &entries, root);
	if (err != ERR_OK)
		return cli_fail(anchor->cli, err, "a batch of %zu files", count);
	stele__content_batch__init(batch);
	batch->count = (uint32_t)count;
	batch->root = (ProtobufCBinaryData){sizeof(root->b), root->b};
	batch->title = anchor->record.title;
	batch->licence = anchor->record.licence;
	batch->source_type = anchor->record.source_type;
	batch->generator = anchor->record.generator;
	batch->award = anchor->record.award;
	body->operation_case = STELE__TRANSACTION_BODY__OPERATION_CONTENT_BATCH;
	body->content_batch = batch;
	return ERR_OK;
}
