#include "clients/cli/export_facts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FACTS_MEMORY ((size_t)1 << 30)
#define WANTS_MAX ((size_t)1 << 18)

void export_facts_init(struct export_facts *facts)
{
	memset(facts, 0, sizeof(*facts));
	arena_init(&facts->arena, FACTS_MEMORY);
}

void export_facts_release(struct export_facts *facts)
{
	for (size_t i = 0; i < facts->leaves_count; i++)
		tx_free(facts->leaves[i].tx);
	free(facts->entries);
	free(facts->leaves);
	free(facts->wants);
	arena_release(&facts->arena);
	memset(facts, 0, sizeof(*facts));
}

/* Room for one more. */
static void *grown(void *items, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return items;
	*room = *room > 0 ? *room * 2 : 64;
	items = reallocarray(items, *room, size);
	ASSERT(items != NULL);
	return items;
}

/* A copy; empty past what may be kept. */
static struct bytes kept(struct export_facts *facts, struct bytes bytes)
{
	void *copy = facts->has_failed ? NULL : arena_copy(&facts->arena, bytes.at, bytes.len);

	facts->has_failed = copy == NULL;
	return copy != NULL ? bytes_of(copy, bytes.len) : (struct bytes){NULL, 0};
}

/* --- what is known ------------------------------------------------------------ */

void export_facts_add(struct export_facts *facts, const char *key, struct bytes value)
{
	struct bytes key_kept = kept(facts, bytes_text(key));
	struct bytes value_kept = {NULL, 0};

	if (value.len > 0)
		value_kept = kept(facts, value);
	if (facts->has_failed)
		return;
	facts->entries = grown(facts->entries, facts->entries_count, &facts->entries_room,
			       sizeof(*facts->entries));
	facts->entries[facts->entries_count++] =
		(struct export_entry){.key = (const char *)key_kept.at, .value = value_kept};
}

void export_facts_add_leaf(struct export_facts *facts, uint64_t log_index, struct bytes data)
{
	struct bytes data_kept = kept(facts, data);

	if (facts->has_failed)
		return;
	facts->leaves = grown(facts->leaves, facts->leaves_count, &facts->leaves_room,
			      sizeof(*facts->leaves));
	facts->leaves[facts->leaves_count++] =
		(struct export_leaf){.log_index = log_index, .data = data_kept};
}

static int compare_entries(const void *a, const void *b)
{
	return strcmp(((const struct export_entry *)a)->key, ((const struct export_entry *)b)->key);
}

static int compare_leaves(const void *a, const void *b)
{
	uint64_t first = ((const struct export_leaf *)a)->log_index;
	uint64_t second = ((const struct export_leaf *)b)->log_index;

	return (first > second) - (first < second);
}

/* Under one root equal keys have equal values, and one index one leaf: any may stay. */
void export_facts_sort(struct export_facts *facts)
{
	size_t entries = 0, leaves = 0;

	if (facts->entries_count > 0)
		qsort(facts->entries, facts->entries_count, sizeof(*facts->entries), compare_entries);
	for (size_t i = 0; i < facts->entries_count; i++)
		if (entries == 0 || strcmp(facts->entries[entries - 1].key, facts->entries[i].key) != 0)
			facts->entries[entries++] = facts->entries[i];
	facts->entries_count = entries;
	if (facts->leaves_count > 0)
		qsort(facts->leaves, facts->leaves_count, sizeof(*facts->leaves), compare_leaves);
	for (size_t i = 0; i < facts->leaves_count; i++) {
		if (leaves == 0 ||
		    facts->leaves[leaves - 1].log_index != facts->leaves[i].log_index) {
			facts->leaves[leaves++] = facts->leaves[i];
		} else {
			if (facts->leaves[leaves - 1].tx == NULL)
				facts->leaves[leaves - 1].tx = facts->leaves[i].tx;
			else
				tx_free(facts->leaves[i].tx);
		}
	}
	facts->leaves_count = leaves;
	facts->wants_count = 0;
	facts->is_full = facts->is_damaged = false;
}

/* --- what is asked ------------------------------------------------------------ */

static void want(struct export_facts *facts, const struct export_want *wanted)
{
	facts->is_full = facts->wants_count == WANTS_MAX;
	if (facts->is_full)
		return;
	facts->wants =
		grown(facts->wants, facts->wants_count, &facts->wants_room, sizeof(*facts->wants));
	facts->wants[facts->wants_count++] = *wanted;
}

static int compare_wants(const void *a, const void *b)
{
	const struct export_want *first = a, *second = b;
	int order = (first->kind > second->kind) - (first->kind < second->kind);

	if (order == 0)
		order = strcmp(first->key, second->key);
	if (order == 0)
		order = (first->log_index > second->log_index) -
			(first->log_index < second->log_index);
	if (order == 0)
		order = (first->award > second->award) - (first->award < second->award);
	if (order == 0)
		order = (first->version > second->version) - (first->version < second->version);
	return order;
}

void export_facts_settle(struct export_facts *facts)
{
	size_t count = 0;

	if (facts->wants_count > 0)
		qsort(facts->wants, facts->wants_count, sizeof(*facts->wants), compare_wants);
	for (size_t i = 0; i < facts->wants_count; i++)
		if (count == 0 || compare_wants(&facts->wants[count - 1], &facts->wants[i]) != 0)
			facts->wants[count++] = facts->wants[i];
	facts->wants_count = count;
}

static struct export_entry *find_entry(const struct export_facts *facts, const char *key)
{
	struct export_entry wanted = {.key = key};

	if (facts->entries_count == 0)
		return NULL;
	return bsearch(&wanted, facts->entries, facts->entries_count, sizeof(wanted),
		       compare_entries);
}

static struct export_leaf *known_leaf(const struct export_facts *facts, uint64_t log_index)
{
	struct export_leaf leaf = {.log_index = log_index};

	if (facts->leaves_count == 0)
		return NULL;
	return bsearch(&leaf, facts->leaves, facts->leaves_count, sizeof(leaf), compare_leaves);
}

static struct export_leaf *find_leaf(struct export_facts *facts, uint64_t log_index)
{
	struct export_want wanted = {.kind = WANT_LEAF, .log_index = log_index};
	struct export_leaf *found = known_leaf(facts, log_index);

	if (found == NULL)
		want(facts, &wanted);
	return found;
}

bool export_facts_go_on(const struct export_facts *facts)
{
	return !facts->is_full && !facts->is_damaged;
}

bool export_facts_know(const struct export_facts *facts, const char *key)
{
	return find_entry(facts, key) != NULL;
}

bool export_facts_know_leaf(const struct export_facts *facts, uint64_t log_index)
{
	return known_leaf(facts, log_index) != NULL;
}

static const void *decoded(struct export_facts *facts, struct export_entry *entry,
			   enum value_type type)
{
	if (entry->message == NULL &&
	    value_decode(&facts->arena, entry->value, type, &entry->message) != ERR_OK) {
		entry->message = NULL;
		facts->is_damaged = true;
	}
	return entry->message;
}

/* is_absent: a proof says that there is none. */
static const void *value_of(struct export_facts *facts, enum value_type type, bool *is_absent,
			    const char *key, va_list list)
{
	struct export_want wanted = {.kind = WANT_KEY};
	int len = vsnprintf(wanted.key, sizeof(wanted.key), key, list);
	struct export_entry *entry;

	*is_absent = false;
	if (len < 0 || (size_t)len >= sizeof(wanted.key) || !key_is_valid(bytes_text(wanted.key))) {
		facts->is_damaged = true;
		return NULL;
	}
	entry = find_entry(facts, wanted.key);
	if (entry == NULL) {
		want(facts, &wanted);
		return NULL;
	}
	*is_absent = entry->value.len == 0;
	return *is_absent ? NULL : decoded(facts, entry, type);
}

const void *export_value(struct export_facts *facts, enum value_type type, const char *key, ...)
{
	const void *value;
	bool is_absent;
	va_list list;

	va_start(list, key);
	value = value_of(facts, type, &is_absent, key, list);
	va_end(list);
	facts->is_damaged = facts->is_damaged || is_absent;
	return value;
}

const void *export_value_if_any(struct export_facts *facts, enum value_type type, const char *key,
				...)
{
	const void *value;
	bool is_absent;
	va_list list;

	va_start(list, key);
	value = value_of(facts, type, &is_absent, key, list);
	va_end(list);
	return value;
}

struct bytes export_leaf_data(struct export_facts *facts, uint64_t log_index)
{
	const struct export_leaf *leaf = find_leaf(facts, log_index);

	return leaf != NULL ? leaf->data : (struct bytes){NULL, 0};
}

static const struct tx *opened(struct export_facts *facts, struct export_leaf *leaf)
{
	struct tx *tx;

	if (leaf->tx == NULL && tx_open_leaf(&tx, leaf->data, &facts->header.chain) == ERR_OK)
		leaf->tx = tx;
	return leaf->tx;
}

const struct tx *export_leaf_tx(struct export_facts *facts, uint64_t log_index)
{
	struct export_leaf *leaf = find_leaf(facts, log_index);

	return leaf != NULL ? opened(facts, leaf) : NULL;
}

/* --- amendments --------------------------------------------------------------- */

/* The motion that was opened at that leaf, if a proof says that it was executed. */
static const Stele__MotionValue *executed_motion(struct export_facts *facts, uint64_t log_index)
{
	for (size_t i = 0; i < facts->entries_count; i++) {
		struct export_entry *entry = &facts->entries[i];
		const Stele__MotionValue *motion;

		if (entry->value.len == 0 || entry->value.at[0] != VALUE_MOTION)
			continue;
		motion = decoded(facts, entry, VALUE_MOTION);
		if (motion != NULL && motion->log_index == log_index &&
		    motion->state == STELE__MOTION_STATE__MOTION_EXECUTED)
			return motion;
	}
	return NULL;
}

/* The amendment that this leaf is, or carries; NULL: neither. */
static const Stele__AwardAmend *amendment_in(const struct tx *tx)
{
	const Stele__MotionOperation *carried;

	if (tx->message->operation_case == STELE__TRANSACTION_BODY__OPERATION_AWARD_AMEND)
		return tx->message->award_amend;
	if (tx->message->operation_case != STELE__TRANSACTION_BODY__OPERATION_MOTION_OPEN)
		return NULL;
	carried = tx->message->motion_open->operation;
	return carried->operation_case == STELE__MOTION_OPERATION__OPERATION_AWARD_AMEND
		       ? carried->award_amend
		       : NULL;
}

/* Whether it took effect, and by which record. */
static bool took_effect(struct export_facts *facts, const struct export_leaf *leaf,
			struct export_amendment *out)
{
	const Stele__MotionValue *motion;

	if (leaf->tx->message->operation_case == STELE__TRANSACTION_BODY__OPERATION_AWARD_AMEND) {
		out->log_index = leaf->log_index;
		out->motion = 0;
		return true;
	}
	motion = executed_motion(facts, leaf->log_index);
	if (motion == NULL)
		return false;
	out->log_index = motion->executed_log_index;
	out->motion = motion->number;
	return true;
}

bool export_amendment(struct export_facts *facts, uint64_t award, uint64_t version,
		      struct export_amendment *out)
{
	struct export_want wanted = {.kind = WANT_AMENDMENT, .award = award, .version = version};

	for (size_t i = 0; i < facts->leaves_count; i++) {
		const struct tx *tx = opened(facts, &facts->leaves[i]);

		out->terms = tx != NULL ? amendment_in(tx) : NULL;
		if (out->terms != NULL && out->terms->award == award &&
		    out->terms->version == version &&
		    strcmp(out->terms->programme, facts->programme) == 0 &&
		    took_effect(facts, &facts->leaves[i], out))
			return true;
	}
	memcpy(wanted.key, facts->programme, sizeof(facts->programme));
	want(facts, &wanted);
	return false;
}

/* --- names -------------------------------------------------------------------- */

const char *export_org_name(struct export_facts *facts, const char *org)
{
	const Stele__OrgValue *value = export_value_if_any(facts, VALUE_ORG, "org/%s", org);

	if (value == NULL || value->names == NULL)
		return org;
	if (value->names->en[0] != '\0')
		return value->names->en;
	return value->names->zh[0] != '\0' ? value->names->zh : org;
}
