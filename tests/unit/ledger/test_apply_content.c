/* Content provenance: rules C, T, CR, S, W, X.  Commitments and producer codes
 * have tests of their own. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/digest.h"
#include "tests/lib/unit.h"
#include "tests/unit/ledger/world.h"

static const Stele__ClaimValue *claim_at(struct world *world, uint64_t content, uint64_t k)
{
	ProtobufCBinaryData hash = world_hash(content);
	char hex[65];

	hex_encode(hex, hash.data, 32);
	if (k == 1)
		return world_value(world, VALUE_CLAIM, "content/%s", hex);
	return world_value(world, VALUE_CLAIM, "claim/%s/%d", hex, (int)k);
}

UNIT_TEST(anchor_becomes_first_claim_with_its_facts)
{
	struct world *world = world_new(NULL);
	uint64_t index = world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(7));
	const Stele__ClaimValue *claim = claim_at(world, 7, 1);

	ck_assert_str_eq(claim->org, world_id(LAB_1));
	ck_assert_uint_eq(claim->log_index, index);
	ck_assert_uint_eq(claim->size, 1234);
	ck_assert_str_eq(claim->media_type, "image/png");
	ck_assert_uint_eq(claim->entry, 0);
	ck_assert_uint_eq(claim->claims, 1);
	ck_assert_uint_eq(claim->first_claim, 1);
	ck_assert_uint_eq(claim->time, world->time_ms);
	ck_assert_int_eq(claim->state, STELE__CLAIM_STATE__CLAIM_LIVE);
	world_free(world);
}

UNIT_TEST(equal_content_of_two_issuers_is_two_claims)
{
	struct world *world = world_new(NULL);

	(void)world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(7));
	(void)world_accepts(world, LAB_2, OP(CONTENT_ANCHOR), make_anchor(7));
	(void)world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(7));
	ck_assert_uint_eq(claim_at(world, 7, 1)->claims, 3);
	ck_assert_str_eq(claim_at(world, 7, 1)->org, world_id(LAB_1));
	ck_assert_str_eq(claim_at(world, 7, 2)->org, world_id(LAB_2));
	ck_assert_uint_eq(claim_at(world, 7, 2)->claims, 0);
	ck_assert_str_eq(claim_at(world, 7, 3)->org, world_id(LAB_1));
	world_free(world);
}

static void ref(struct world *world, enum who who, uint32_t operation, uint64_t content,
		uint64_t claim, uint64_t by, uint64_t by_claim, enum err want)
{
	Stele__ContentSupersede supersede = STELE__CONTENT_SUPERSEDE__INIT;
	Stele__ContentWithdraw withdraw = STELE__CONTENT_WITHDRAW__INIT;

	supersede.target = make_ref(content, claim);
	supersede.by = make_ref(by, by_claim);
	withdraw.target = make_ref(content, claim);
	if (operation == OP(CONTENT_SUPERSEDE))
		world_expects(world, who, operation, &supersede, want);
	else
		world_expects(world, who, operation, &withdraw, want);
}

UNIT_TEST(an_own_live_claim_is_superseded_by_another_one)
{
	struct world *world = world_new(NULL);
	const Stele__ClaimValue *claim;

	for (uint64_t content = 1; content <= 3; content++)
		(void)world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(content));
	(void)world_accepts(world, LAB_2, OP(CONTENT_ANCHOR), make_anchor(1));
	ref(world, LAB_1, OP(CONTENT_SUPERSEDE), 9, 1, 2, 1, ERR_NOT_FOUND_CLAIM);
	ref(world, LAB_1, OP(CONTENT_SUPERSEDE), 1, 0, 2, 1, ERR_NOT_FOUND_CLAIM);
	ref(world, LAB_1, OP(CONTENT_SUPERSEDE), 1, 3, 2, 1, ERR_NOT_FOUND_CLAIM);
	ref(world, LAB_1, OP(CONTENT_SUPERSEDE), 1, 2, 2, 1, ERR_CLAIM_NOT_OWN);
	ref(world, LAB_1, OP(CONTENT_SUPERSEDE), 1, 1, 9, 1, ERR_SUPERSEDE_TARGET);
	ref(world, LAB_1, OP(CONTENT_SUPERSEDE), 1, 1, 1, 2, ERR_SUPERSEDE_TARGET);
	ref(world, LAB_1, OP(CONTENT_SUPERSEDE), 1, 1, 1, 1, ERR_SUPERSEDE_TARGET);
	ref(world, LAB_1, OP(CONTENT_SUPERSEDE), 1, 1, 2, 1, ERR_OK);
	claim = claim_at(world, 1, 1);
	ck_assert_int_eq(claim->state, STELE__CLAIM_STATE__CLAIM_SUPERSEDED);
	ck_assert_uint_eq(claim->superseded_by->claim, 1);
	ck_assert_uint_eq(claim->changed_log_index, world->log_size - 1);
	ck_assert_uint_eq(claim->claims, 2); /* the head keeps its count */
	ref(world, LAB_1, OP(CONTENT_SUPERSEDE), 1, 1, 3, 1, ERR_CLAIM_ENDED);
	ref(world, LAB_1, OP(CONTENT_SUPERSEDE), 2, 1, 1, 1, ERR_SUPERSEDE_TARGET);
	ref(world, LAB_1, OP(CONTENT_SUPERSEDE), 2, 1, 3, 1, ERR_OK);
	world_free(world);
}

UNIT_TEST(an_own_live_claim_is_withdrawn_once)
{
	struct world *world = world_new(NULL);

	(void)world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), make_anchor(1));
	(void)world_accepts(world, LAB_2, OP(CONTENT_ANCHOR), make_anchor(1));
	ref(world, LAB_2, OP(CONTENT_WITHDRAW), 2, 1, 0, 0, ERR_NOT_FOUND_CLAIM);
	ref(world, LAB_2, OP(CONTENT_WITHDRAW), 1, 1, 0, 0, ERR_CLAIM_NOT_OWN);
	ref(world, LAB_2, OP(CONTENT_WITHDRAW), 1, 2, 0, 0, ERR_OK);
	ck_assert_int_eq(claim_at(world, 1, 2)->state, STELE__CLAIM_STATE__CLAIM_WITHDRAWN);
	ck_assert_int_eq(claim_at(world, 1, 1)->state, STELE__CLAIM_STATE__CLAIM_LIVE);
	ref(world, LAB_2, OP(CONTENT_WITHDRAW), 1, 2, 0, 0, ERR_CLAIM_ENDED);
	ref(world, LAB_2, OP(CONTENT_SUPERSEDE), 1, 2, 1, 1, ERR_CLAIM_ENDED);
	world_free(world);
}

/* --- rules of an anchor ---------------------------------------------------- */

static void parents_of(Stele__ContentAnchor *anchor, size_t count, const uint64_t contents[],
		       const uint64_t claims[])
{
	anchor->n_parents = count;
	anchor->parents = make_memory(count * sizeof(*anchor->parents));
	for (size_t i = 0; i < count; i++) {
		Stele__Parent *parent = make_memory(sizeof(*parent));

		*parent = (Stele__Parent)STELE__PARENT__INIT;
		parent->sha256 = world_hash(contents[i]);
		parent->claim = claims[i];
		parent->relation = STELE__RELATION__RELATION_DERIVED;
		anchor->parents[i] = parent;
	}
}

static void with_parents(struct world *world, size_t count, const uint64_t contents[],
			 const uint64_t claims[], enum err want)
{
	Stele__ContentAnchor *anchor = make_anchor(50);

	parents_of(anchor, count, contents, claims);
	world_expects(world, LAB_1, OP(CONTENT_ANCHOR), anchor, want);
}

UNIT_TEST(parents_that_are_records_exist_already)
{
	struct world *world = world_new(NULL);

	(void)world_accepts(world, LAB_2, OP(CONTENT_ANCHOR), make_anchor(1));
	with_parents(world, 1, (uint64_t[]){1}, (uint64_t[]){1}, ERR_OK);
	with_parents(world, 1, (uint64_t[]){1}, (uint64_t[]){2}, ERR_PARENT);
	with_parents(world, 1, (uint64_t[]){2}, (uint64_t[]){1}, ERR_PARENT);
	with_parents(world, 1, (uint64_t[]){2}, (uint64_t[]){0}, ERR_OK); /* content as such */
	with_parents(world, 1, (uint64_t[]){50}, (uint64_t[]){0}, ERR_PARENT_SELF);
	with_parents(world, 1, (uint64_t[]){50}, (uint64_t[]){1}, ERR_PARENT_SELF);
	with_parents(world, 2, (uint64_t[]){2, 2}, (uint64_t[]){0, 0}, ERR_AREA_DUPLICATE);
	with_parents(world, 2, (uint64_t[]){1, 1}, (uint64_t[]){0, 1}, ERR_OK);
	with_parents(world, 3, (uint64_t[]){1, 2, 1}, (uint64_t[]){1, 0, 9}, ERR_PARENT);
	world_free(world);
}

static void labelled(struct world *world, enum who who, const char *label, const char *producer,
		     Stele__SourceType source, enum err want)
{
	Stele__ContentAnchor *anchor = make_anchor(60);
	Stele__AigcLabel aigc = STELE__AIGC_LABEL__INIT;

	aigc.label = (char *)label;
	aigc.content_producer = (char *)producer;
	anchor->aigc = &aigc;
	anchor->source_type = source;
	world_expects(world, who, OP(CONTENT_ANCHOR), anchor, want);
}

UNIT_TEST(a_label_agrees_with_source_and_issuer)
{
	struct world *world = world_new(NULL);
	const char *usci = world_id(LAB_1) + strlen("CN-USCI-");
	Stele__SourceType made = STELE__SOURCE_TYPE__SOURCE_TRAINED_ALGORITHMIC_MEDIA;
	Stele__SourceType camera = STELE__SOURCE_TYPE__SOURCE_DIGITAL_CAPTURE;
	char code[32];

	snprintf(code, sizeof(code), "0011%s00001", usci);
	ck_assert_uint_eq(strlen(code), 27);
	labelled(world, LAB_1, "1", code, made, ERR_OK);
	labelled(world, LAB_1, "1", "", made, ERR_OK);
	labelled(world, LAB_1, "1", "", STELE__SOURCE_TYPE__SOURCE_UNSTATED, ERR_OK);
	labelled(world, LAB_1, "1", code, camera, ERR_LABEL_SOURCE);
	labelled(world, LAB_1, "2", code, camera, ERR_OK);
	labelled(world, LAB_1, "1", code, STELE__SOURCE_TYPE__SOURCE_COMPUTATIONAL_CAPTURE,
		 ERR_LABEL_SOURCE);
	labelled(world, LAB_1, "1", code, STELE__SOURCE_TYPE__SOURCE_POSITIVE_FILM,
		 ERR_LABEL_SOURCE);
	labelled(world, LAB_2, "1", code, made, ERR_LABEL_PRODUCER);
	labelled(world, FOREIGN, "1", code, made, ERR_LABEL_PRODUCER);
	labelled(world, LAB_2, "1", code, camera, ERR_LABEL_SOURCE);
	world_free(world);
}

/* C-04, C-05, C-06, X-01: all broken, and mended one after the other. */
UNIT_TEST(rules_of_an_anchor_are_asked_in_their_order)
{
	struct world *world = world_new(NULL);
	Stele__ContentAnchor *anchor = make_anchor(60);
	Stele__AigcLabel aigc = STELE__AIGC_LABEL__INIT;
	Stele__AwardLink link = STELE__AWARD_LINK__INIT;
	char code[32];

	snprintf(code, sizeof(code), "0011%s00001", world_id(LAB_2) + strlen("CN-USCI-"));
	parents_of(anchor, 1, (uint64_t[]){61}, (uint64_t[]){1});
	aigc.label = (char *)"1";
	aigc.content_producer = code;
	link.programme = (char *)"P1";
	anchor->aigc = &aigc;
	anchor->award = &link;
	anchor->source_type = STELE__SOURCE_TYPE__SOURCE_COMPOSITE_CAPTURE;
	world_refuses(world, LAB_1, OP(CONTENT_ANCHOR), anchor, ERR_PARENT);
	anchor->n_parents = 0;
	world_refuses(world, LAB_1, OP(CONTENT_ANCHOR), anchor, ERR_LABEL_SOURCE);
	anchor->source_type = STELE__SOURCE_TYPE__SOURCE_COMPOSITE;
	world_refuses(world, LAB_1, OP(CONTENT_ANCHOR), anchor, ERR_LABEL_PRODUCER);
	aigc.content_producer = (char *)"a name";
	world_refuses(world, LAB_1, OP(CONTENT_ANCHOR), anchor, ERR_NOT_FOUND_PROGRAMME);
	anchor->award = NULL;
	(void)world_accepts(world, LAB_1, OP(CONTENT_ANCHOR), anchor);
	world_free(world);
}

/* C-05 at each side of its list: 1 to 4 and 7 of 1 to 17. */
UNIT_TEST(a_label_that_says_generated_excludes_cameras_alone)
{
	struct world *world = world_new(NULL);

	for (unsigned source = 0; source <= 17; source++)
		labelled(world, LAB_1, "1", "", (Stele__SourceType)source,
			 (source >= 1 && source <= 4) || source == 7 ? ERR_LABEL_SOURCE : ERR_OK);
	labelled(world, LAB_1, "10", "", STELE__SOURCE_TYPE__SOURCE_DIGITAL_CAPTURE, ERR_OK);
	labelled(world, LAB_1, "0", "", STELE__SOURCE_TYPE__SOURCE_DIGITAL_CAPTURE, ERR_OK);
	world_free(world);
}

static void linked(struct world *world, enum who who, const char *programme, uint64_t award,
		   uint32_t milestone, enum err want)
{
	Stele__ContentAnchor *anchor = make_anchor(70);
	Stele__AwardLink link = STELE__AWARD_LINK__INIT;

	link.programme = (char *)programme;
	link.award = award;
	link.milestone = milestone;
	anchor->award = &link;
	world_expects(world, who, OP(CONTENT_ANCHOR), anchor, want);
}

UNIT_TEST(only_a_recipient_links_to_an_award)
{
	struct world *world = world_new(NULL);
	Stele__AwardGrant *grant = make_grant(1000);
	uint64_t amounts[] = {1000};

	grant_milestones(grant, 1, amounts);
	linked(world, LAB_1, "P1", 1, 0, ERR_NOT_FOUND_PROGRAMME);
	(void)world_accepts(world, FUNDER, OP(PROGRAMME_CREATE), make_programme());
	linked(world, LAB_1, "P1", 1, 0, ERR_NOT_FOUND_AWARD);
	(void)world_accepts(world, AGENCY, OP(AWARD_GRANT), grant);
	(void)world_accepts(world, AGENCY, OP(AWARD_IMPORT), make_import("x", 1));
	linked(world, LAB_2, "P1", 1, 0, ERR_AWARD_LINK);
	linked(world, LAB_1, "P1", 2, 0, ERR_AWARD_LINK);
	linked(world, LAB_1, "P1", 1, 2, ERR_NOT_FOUND_MILESTONE);
	linked(world, LAB_1, "P1", 1, 1, ERR_OK);
	linked(world, LAB_1, "P1", 1, 0, ERR_OK);
	world_free(world);
}

/* --- batches --------------------------------------------------------------- */

static enum err send_batch(struct world *world, enum who who, size_t count,
			   const uint64_t contents[], Stele__AwardLink *link)
{
	Stele__ContentBatch record = STELE__CONTENT_BATCH__INIT;
	Stele__BatchEntries entries = STELE__BATCH_ENTRIES__INIT;
	Stele__TransactionBody body = world_body(OP(CONTENT_BATCH), &record);
	struct hash before = world_digest(world), after;
	enum err reason = ERR_OK;
	struct tx *tx;

	record.award = link;
	entries.n_entries = count;
	entries.entries = make_memory(count * sizeof(*entries.entries));
	for (size_t i = 0; i < count; i++) {
		Stele__BatchEntry *entry = make_memory(sizeof(*entry));

		*entry = (Stele__BatchEntry)STELE__BATCH_ENTRY__INIT;
		entry->sha256 = world_hash(contents != NULL ? contents[i] : 1000 + i);
		entry->size = i;
		entry->media_type = (char *)"text/plain";
		entries.entries[i] = entry;
	}
	tx = world_tx(world, who, &body, &entries);
	(void)world_apply(world, tx, &reason);
	after = world_digest(world);
	ck_assert(reason == ERR_OK || hash_equal(&before, &after));
	tx_free(tx);
	return reason;
}

UNIT_TEST(each_entry_of_a_batch_is_a_claim_with_its_place)
{
	struct world *world = world_new(NULL);
	const Stele__QuotaValue *quota;

	(void)world_accepts(world, LAB_2, OP(CONTENT_ANCHOR), make_anchor(2));
	ck_assert_int_eq(send_batch(world, LAB_1, 3, (uint64_t[]){1, 2, 3}, NULL), ERR_OK);
	ck_assert_uint_eq(claim_at(world, 1, 1)->entry, 1);
	ck_assert_uint_eq(claim_at(world, 2, 2)->entry, 2);
	ck_assert_uint_eq(claim_at(world, 2, 1)->claims, 2);
	ck_assert_uint_eq(claim_at(world, 3, 1)->entry, 3);
	ck_assert_uint_eq(claim_at(world, 3, 1)->size, 2);
	ck_assert_str_eq(claim_at(world, 3, 1)->media_type, "text/plain");
	ck_assert_uint_eq(claim_at(world, 3, 1)->log_index, world->log_size - 1);
	ck_assert_uint_eq(claim_at(world, 3, 1)->rank, world->log_size - 1);
	ck_assert_uint_eq(claim_at(world, 3, 1)->first_rank, world->log_size - 1);
	ck_assert_uint_eq(claim_at(world, 2, 2)->rank, world->log_size - 1);
	ck_assert_uint_eq(claim_at(world, 2, 1)->first_claim, 1);
	quota = world_value(world, VALUE_QUOTA, "quota/%s", world_id(LAB_1));
	ck_assert_uint_eq(quota->entries, 3);
	world_free(world);
}

UNIT_TEST(a_batch_names_each_content_once)
{
	struct world *world = world_new(NULL);
	uint64_t contents[] = {5, 1, 9, 5};

	ck_assert_int_eq(send_batch(world, LAB_1, 4, contents, NULL), ERR_BATCH_DUPLICATE);
	ck_assert_int_eq(send_batch(world, LAB_1, 3, contents, NULL), ERR_OK);
	world_free(world);
}

UNIT_TEST(a_full_batch_is_recorded_whole)
{
	struct world *world = world_new(NULL);

	ck_assert_int_eq(send_batch(world, LAB_1, LIMIT_BATCH_ENTRIES, NULL, NULL), ERR_OK);
	ck_assert_uint_eq(claim_at(world, 1000 + LIMIT_BATCH_ENTRIES - 1, 1)->entry,
			  LIMIT_BATCH_ENTRIES);
	world_free(world);
}

UNIT_TEST(a_batch_links_to_an_award_as_an_anchor_does)
{
	struct world *world = world_new(NULL);
	Stele__AwardLink link = STELE__AWARD_LINK__INIT;
	uint64_t contents[] = {1, 1};

	link.programme = (char *)"P1";
	link.award = 1;
	ck_assert_int_eq(send_batch(world, LAB_1, 2, contents, &link), ERR_BATCH_DUPLICATE);
	ck_assert_int_eq(send_batch(world, LAB_1, 1, contents, &link), ERR_NOT_FOUND_PROGRAMME);
	(void)world_accepts(world, FUNDER, OP(PROGRAMME_CREATE), make_programme());
	(void)world_accepts(world, AGENCY, OP(AWARD_GRANT), make_grant(1));
	ck_assert_int_eq(send_batch(world, LAB_2, 1, contents, &link), ERR_AWARD_LINK);
	ck_assert_int_eq(send_batch(world, LAB_1, 1, contents, &link), ERR_OK);
	world_free(world);
}

/* --- roll-ups -------------------------------------------------------------- */

static Stele__ContentRollup *make_rollup(uint64_t root, uint64_t count)
{
	Stele__ContentRollup *made = make_memory(sizeof(*made));

	*made = (Stele__ContentRollup)STELE__CONTENT_ROLLUP__INIT;
	made->root = world_hash(root);
	made->count = count;
	made->label = (char *)"archive";
	return made;
}

UNIT_TEST(roll_ups_of_an_issuer_are_a_dense_list)
{
	struct world *world = world_new(NULL);
	const Stele__RollupValue *value;
	const Stele__CountValue *count;

	(void)world_accepts(world, LAB_1, OP(CONTENT_ROLLUP), make_rollup(1, 1));
	(void)world_accepts(world, LAB_2, OP(CONTENT_ROLLUP), make_rollup(1, 1));
	(void)world_accepts(world, LAB_1, OP(CONTENT_ROLLUP), make_rollup(1, 9));
	count = world_value(world, VALUE_COUNT, "rollup/%s", world_id(LAB_1));
	ck_assert_uint_eq(count->count, 2);
	value = world_value(world, VALUE_ROLLUP, "rollup/%s/2", world_id(LAB_1));
	ck_assert_uint_eq(value->record->count, 9);
	ck_assert_str_eq(value->record->label, "archive");
	ck_assert_uint_eq(value->log_index, world->log_size - 1);
	ck_assert_uint_eq(value->time, world->time_ms);
	ck_assert(!world_has(world, "rollup/%s/3", world_id(LAB_1)));
	world_free(world);
}

UNIT_TEST(a_roll_up_holds_at_most_2_to_the_40_items)
{
	struct world *world = world_new(NULL);
	uint64_t most = UINT64_C(1) << 40;

	(void)world_accepts(world, LAB_1, OP(CONTENT_ROLLUP), make_rollup(1, most - 1));
	(void)world_accepts(world, LAB_1, OP(CONTENT_ROLLUP), make_rollup(1, most));
	world_refuses(world, LAB_1, OP(CONTENT_ROLLUP), make_rollup(1, most + 1),
		      ERR_ROLLUP_COUNT);
	world_free(world);
}

UNIT_MAIN("apply_content", anchor_becomes_first_claim_with_its_facts,
	  equal_content_of_two_issuers_is_two_claims,
	  an_own_live_claim_is_superseded_by_another_one, an_own_live_claim_is_withdrawn_once,
	  parents_that_are_records_exist_already, a_label_agrees_with_source_and_issuer,
	  rules_of_an_anchor_are_asked_in_their_order,
	  a_label_that_says_generated_excludes_cameras_alone, only_a_recipient_links_to_an_award,
	  each_entry_of_a_batch_is_a_claim_with_its_place, a_batch_names_each_content_once,
	  a_full_batch_is_recorded_whole, a_batch_links_to_an_award_as_an_anchor_does,
	  roll_ups_of_an_issuer_are_a_dense_list,
	  a_roll_up_holds_at_most_2_to_the_40_items)
