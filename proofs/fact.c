#include "proofs/fact.h"

#include <string.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "proofs/shape.h"
#include "proto/rejected.h"
#include "proto/value.h"


/* --- names ----------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	const char *members[9]; /* "fact" among them */
} kinds[] = {
	[FACT_STATE] = {"state", {"fact", "key"}},
	[FACT_AWARDS] = {"awards", {"fact", "from", "programme", "to"}},
	[FACT_ORG_AWARDS] = {"org-awards", {"fact", "from", "organisation", "to"}},
	[FACT_CLAIMS] = {"claims", {"fact", "from", "sha256", "to"}},
	[FACT_EVIDENCE] = {"evidence", {"fact", "from", "to"}},
	[FACT_INCLUSION] = {"inclusion", {"data", "fact", "log_index", "path"}},
	[FACT_CONSISTENCY] = {"consistency", {"fact", "from", "path", "root"}},
	[FACT_REJECTED] = {"rejected",
			   {"code", "count", "fact", "id", "index", "parcel", "path", "position"}},
};

const char *fact_name(enum fact_kind kind)
{
	return kinds[kind].name;
}

bool fact_kind_of(const char *name, enum fact_kind *out)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(name, kinds[i].name) != 0)
			continue;
		*out = (enum fact_kind)i;
		return true;
	}
	return false;
}

bool fact_is_list(enum fact_kind kind)
{
	return kind == FACT_AWARDS || kind == FACT_ORG_AWARDS || kind == FACT_CLAIMS ||
	       kind == FACT_EVIDENCE;
}

/* --- form ------------------------------------------------------------------------------------ */

static enum err read_subject(const json_t *object, const char *member, struct fact *out)
{
	struct bytes text;

	if (json_read_text(object, member, &text) != ERR_OK ||
	    !(out->kind == FACT_STATE ? key_is_valid(text) : key_segment_is_valid(text)))
		return ERR_RECEIPT_FORM;
	memcpy(out->subject, text.at, text.len);
	out->subject[text.len] = '\0';
	return ERR_OK;
}

static enum err read_list(const json_t *object, struct fact *out)
{
	enum err err = json_read_number(object, "from", &out->from);
	struct hash hash;

	if (err == ERR_OK)
		err = json_read_number(object, "to", &out->to);
	if (err == ERR_OK && out->kind == FACT_CLAIMS)
		err = json_read_hash(object, "sha256", &hash);
	if (err != ERR_OK || out->kind == FACT_EVIDENCE)
		return err;
	return read_subject(object,
			    out->kind == FACT_AWARDS       ? "programme"
			    : out->kind == FACT_ORG_AWARDS ? "organisation"
							   : "sha256",
			    out);
}

static enum err read_inclusion(const json_t *object, struct arena *arena, struct fact *out)
{
	enum err err = json_read_number(object, "log_index", &out->log_index);

	if (err == ERR_OK)
		err = json_read_base64(object, "data", LIMIT_LEAF_BYTES, arena, &out->data);
	if (err == ERR_OK && out->data.len == 0)
		err = ERR_RECEIPT_FORM;
	return err;
}

static enum err read_consistency(const json_t *object, struct fact *out)
{
	enum err err = json_read_number(object, "from", &out->from_size);

	if (err == ERR_OK && out->from_size == 0)
		err = ERR_RECEIPT_FORM;
	return err == ERR_OK ? json_read_hash(object, "root", &out->from_root) : err;
}

static enum err read_rejected(const json_t *object, struct fact *out)
{
	uint64_t code;

	if (json_read_number(object, "code", &code) != ERR_OK ||
	    json_read_hash(object, "id", &out->rejected_id) != ERR_OK ||
	    json_read_number(object, "index", &out->rejected_index) != ERR_OK ||
	    json_read_number(object, "count", &out->rejected_count) != ERR_OK ||
	    json_read_number(object, "parcel", &out->parcel) != ERR_OK ||
	    json_read_number(object, "position", &out->position) != ERR_OK)
		return ERR_RECEIPT_FORM;
	out->rejected_code = (uint32_t)code;
	return code <= UINT16_MAX && out->parcel <= UINT32_MAX && out->position <= UINT32_MAX
		       ? ERR_OK
		       : ERR_RECEIPT_FORM;
}

static enum err read_path(const json_t *object, struct arena *arena, struct fact *out)
{
	return json_read_hashes(object, "path",
				out->kind == FACT_CONSISTENCY ? LIMIT_CONSISTENCY_PATH : LIMIT_LOG_PATH,
				arena, &out->path, &out->path_count);
}

enum err fact_read(const json_t *object, struct arena *arena, struct fact *out)
{
	const char *name = json_string_value(json_object_get(object, "fact"));
	enum err err = ERR_OK;

	memset(out, 0, sizeof(*out));
	if (name == NULL || !fact_kind_of(name, &out->kind) ||
	    !json_has_only(object, kinds[out->kind].members))
		return ERR_RECEIPT_FORM;
	switch (out->kind) {
	case FACT_STATE:
		return read_subject(object, "key", out);
	case FACT_AWARDS:
	case FACT_ORG_AWARDS:
	case FACT_CLAIMS:
	case FACT_EVIDENCE:
		return read_list(object, out);
	case FACT_INCLUSION:
		err = read_inclusion(object, arena, out);
		break;
	case FACT_CONSISTENCY:
		err = read_consistency(object, out);
		break;
	case FACT_REJECTED:
		err = read_rejected(object, out);
		break;
	}
	return err == ERR_OK ? read_path(object, arena, out) : err;
}

/* --- whether they hold ----------------------------------------------------------------------- */

static size_t find(const struct fact_source *source, const struct hash *hash)
{
	size_t low = 0, high = source->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (hash_compare(&source->entries[middle].key_hash, hash) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct entry *fact_take(struct fact_source *source, const char *key)
{
	struct hash hash;
	size_t at = source->next;

	if (source->is_ordered) {
		source->next++;
	} else {
		sha256(&hash, key, strlen(key));
		at = find(source, &hash);
	}
	if (at >= source->count || strcmp(source->entries[at].key, key) != 0)
		return NULL;
	if (source->used != NULL)
		source->used[at] = true;
	return &source->entries[at];
}

static enum err check_state(struct fact *fact, struct fact_source *source, struct arena *arena)
{
	const struct entry *entry = fact_take(source, fact->subject);

	if (entry == NULL)
		return ERR_PROOF_FORM;
	fact->items = arena_alloc(arena, sizeof(*fact->items));
	if (fact->items == NULL)
		return ERR_MEMORY;
	fact->items[0] = *entry;
	fact->items_count = 1;
	return ERR_OK;
}

static enum err check_inclusion(const struct fact *fact, const struct header *last)
{
	struct hash leaf;

	merkle_leaf(&leaf, fact->data);
	return merkle_inclusion_check(&leaf, fact->log_index, last->log_size, fact->path,
				      fact->path_count, &last->log_root);
}

/* A path that leads elsewhere, however it fails to arrive. */
static enum err root_or(enum err err)
{
	return err == ERR_OK ? ERR_OK : ERR_PROOF_ROOT;
}

static enum err check_rejected(const struct fact *fact, const struct header *last)
{
	struct hash leaf;

	if (fact->rejected_count != last->rejected_count)
		return ERR_PROOF_ROOT;
	rejected_leaf(&leaf, &fact->rejected_id, (uint16_t)fact->rejected_code,
		      (uint32_t)fact->parcel, (uint32_t)fact->position);
	return root_or(merkle_inclusion_check(&leaf, fact->rejected_index, last->rejected_count,
					      fact->path, fact->path_count, &last->rejected_root));
}

enum err fact_check(struct fact *fact, struct fact_source *source, const struct header *last,
		    struct arena *arena)
{
	switch (fact->kind) {
	case FACT_STATE:
		return check_state(fact, source, arena);
	case FACT_AWARDS:
	case FACT_ORG_AWARDS:
	case FACT_CLAIMS:
	case FACT_EVIDENCE:
		return fact_check_list(fact, false, source, arena);
	case FACT_INCLUSION:
		return root_or(check_inclusion(fact, last));
	case FACT_CONSISTENCY:
		return root_or(merkle_consistency_check(fact->from_size, &fact->from_root,
							last->log_size, &last->log_root, fact->path,
							fact->path_count));
	case FACT_REJECTED:
		return check_rejected(fact, last);
	}
	UNREACHABLE();
}
