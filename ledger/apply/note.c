/* Notes on what is recorded: rules N of docs/ledger.md.  Append only. */
#include <inttypes.h>

#include "ledger/apply/rules.h"
#include "ledger/apply/values.h"

#define TARGET_CASE(name) STELE__NOTE_ATTACH__TARGET_##name

static enum err exists(struct apply *apply, struct state_key key, enum err absent)
{
	bool is_there;
	enum err err = state_has(apply, key, &is_there);

	if (err != ERR_OK)
		return err;
	return is_there ? ERR_OK : absent;
}

static enum err award_target(struct apply *apply, const Stele__AwardLink *link,
			     struct state_key *list)
{
	Stele__AwardValue *award;
	enum err err = award_find(apply, link->programme, link->award, NULL, &award);
	size_t milestones;

	if (err != ERR_OK)
		return err;
	milestones = award->grant != NULL ? award->grant->n_milestones : 0;
	if (link->milestone > milestones) /* N-02 */
		return ERR_NOT_FOUND_MILESTONE;
	*list = state_key("note/award/%s/%" PRIu64, link->programme, link->award);
	return ERR_OK;
}

static enum err content_target(struct apply *apply, const Stele__ContentRef *ref,
			       struct state_key *list)
{
	char hex[HASH_HEX_LEN + 1];
	Stele__ClaimValue *claim;
	enum err err = claim_find(apply, &ref->sha256, ref->claim, &claim);

	if (err != ERR_OK)
		return err;
	hex_encode(hex, ref->sha256.data, ref->sha256.len);
	*list = state_key("note/content/%s/%" PRIu64, hex, ref->claim);
	return ERR_OK;
}

/* N-01: what the note is about is recorded.  list: where its notes are counted. */
static enum err find_target(struct apply *apply, const Stele__NoteAttach *record,
			    struct state_key *list)
{
	switch (record->target_case) {
	case TARGET_CASE(PROGRAMME):
		*list = state_key("note/programme/%s", record->programme);
		return exists(apply, key_of_programme(record->programme), ERR_NOT_FOUND_PROGRAMME);
	case TARGET_CASE(AWARD):
		return award_target(apply, record->award, list);
	case TARGET_CASE(CONTENT):
		return content_target(apply, record->content, list);
	case TARGET_CASE(ORG):
		*list = state_key("note/org/%s", record->org);
		return exists(apply, key_of_org(record->org), ERR_NOT_FOUND_ORG);
	case TARGET_CASE(_NOT_SET):
		break;
	}
	UNREACHABLE();
}

enum err note_attach(struct apply *apply, const Stele__NoteAttach *record)
{
	Stele__NoteValue value = STELE__NOTE_VALUE__INIT;
	struct state_key list;
	uint64_t number;
	enum err err = find_target(apply, record, &list);

	if (err == ERR_OK)
		err = count_next(apply, list, &number);
	if (err != ERR_OK)
		return err;
	value.note = (Stele__NoteAttach *)record; /* only read */
	value.org = (char *)apply->actor;
	value.log_index = apply->log_index;
	value.time = apply->time_ms;
	return put_note(apply, state_key("%s/%" PRIu64, list.text, number), &value);
}
