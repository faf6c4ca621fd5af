/* Each judge of the simulator objects when it is shown what may not be.  What the
 * planted bugs of scripts/mutants show already is not repeated here. */
#include <string.h>

#include "crypto/digest.h"
#include "node/pump.h"
#include "tests/lib/unit.h"
#include "tests/sim/judge.h"
#include "tests/sim/judge_state.h"
#include "tests/sim/sign_sim.h"

#define BODY "stele/v1 body\n"

struct made {
	struct header header;
	struct hash hash;
	uint8_t text[LIMIT_HEADER_BYTES];
	size_t len;
};

/* As if the node had made its first reservation. */
static void reserve(struct world *world, uint32_t node)
{
	struct reservation reservation = {1, 0, 64};

	ck_assert_int_eq(sign_file_write(world->nodes[node].sign_file, &reservation), ERR_OK);
}

static struct world *begin(void)
{
	struct scene scene;
	struct world *world;

	ck_assert(scene_by_name(&scene, "timely", 1, 4, 10));
	world = world_new(1, &scene, false);
	for (uint32_t i = 0; i < world->count; i++)
		world_start(world, i);
	ck_assert(!world->has_failed);
	for (uint32_t i = 0; i < world->count; i++)
		reserve(world, i);
	return world;
}

static void expect(struct world *world, const char *judge)
{
	ck_assert_msg(world->has_failed, "%s is silent", judge);
	ck_assert_msg(strncmp(world->verdict, judge, strlen(judge)) == 0, "%s", world->verdict);
	world_free(world);
}

/* An empty block on that one, or on header 0. */
static struct made make(struct world *world, const struct made *parent, uint64_t view,
			uint64_t time_ms)
{
	struct made made;
	struct ledger_view *ledger;
	struct view_block zero;
	struct buf text;

	memset(&made, 0, sizeof(made));
	ck_assert_int_eq(ledger_view_open(node_ledger(world->nodes[0].node), &ledger), ERR_OK);
	ck_assert_int_eq(view_block(ledger, 0, &zero), ERR_OK);
	ck_assert_int_eq(header_parse(&made.header, zero.header_text), ERR_OK);
	sha256(&made.header.parent, zero.header_text.at, zero.header_text.len);
	ledger_view_close(ledger);
	if (parent != NULL) {
		made.header.parent = parent->hash;
		made.header.parent_view = parent->header.view;
		made.header.height = parent->header.height;
	}
	made.header.height++;
	made.header.view = view;
	made.header.time_ms = WORLD_TIME_MS + time_ms;
	sha256(&made.header.body, BODY, strlen(BODY));
	buf_init(&text, LIMIT_HEADER_BYTES);
	header_render(&text, &made.header);
	memcpy(made.text, text.at, text.len);
	made.len = text.len;
	sha256(&made.hash, text.at, text.len);
	buf_release(&text);
	return made;
}

static void record(struct world *world, uint32_t node, enum record_kind kind, uint64_t view,
		   const struct hash *tag, struct bytes value)
{
	uint8_t key[49] = {(uint8_t)kind};

	store_u64(key + 9, view);
	memcpy(key + 17, tag->b, sizeof(tag->b));
	judge_on_durable(world, node, TABLE_RECORD, bytes_of(key, sizeof(key)), value);
}

/* The block is durable at all, as those who notarize it must have it. */
static void keep(struct world *world, const struct made *made)
{
	struct buf value;

	buf_init(&value, LIMIT_HEADER_BYTES + LIMIT_BODY_BYTES);
	buf_u32(&value, (uint32_t)made->len);
	buf_add(&value, made->text, made->len);
	buf_print(&value, BODY);
	for (uint32_t i = 0; i < world->count; i++)
		record(world, i, RECORD_BLOCK, made->header.view, &made->hash, buf_bytes(&value));
	buf_release(&value);
}

static struct vote vote_of(struct world *world, enum vote_kind kind, uint64_t view,
			   const struct made *made, uint32_t signer)
{
	struct vote vote = {.kind = kind, .view = view, .signer = signer};
	struct hash digest;

	if (made != NULL)
		vote.block = made->hash;
	vote_digest(&digest, kind, &world->genesis->chain, 0, &world->genesis->set.hash, view,
		    &vote.block);
	ck_assert_int_eq(sign_digest(&vote.signature, &world->nodes[signer].consensus_key, &digest),
			 ERR_OK);
	return vote;
}

/* Shows the judges a certificate by three; flip: a byte of it is changed. */
static void certify(struct world *world, enum vote_kind kind, uint64_t view,
		    const struct made *made, size_t flip)
{
	struct certificate certificate;
	struct buf data;

	memset(&certificate, 0, sizeof(certificate));
	certificate.kind = kind;
	certificate.set_hash = world->genesis->set.hash;
	certificate.view = view;
	certificate.signers[0] = 7;
	certificate.signatures_count = 3;
	for (uint32_t i = 0; i < 3; i++)
		certificate.signatures[i] = vote_of(world, kind, view, made, i).signature;
	if (made != NULL) {
		certificate.block = made->hash;
		certificate.header = bytes_of(made->text, made->len);
	}
	buf_init(&data, LIMIT_CERTIFICATE_BYTES);
	certificate_encode(&data, &certificate, world->count);
	ck_assert(!data.has_failed);
	if (flip > 0)
		data.at[flip] ^= 1;
	judge_certificate(world->judge, 0, buf_bytes(&data));
	buf_release(&data);
}

static void commit(struct world *world, uint32_t node, const struct made *made)
{
	struct ledger_committed committed = {.height = made->header.height, .block = made->hash};

	judge_on_commit(world->nodes[node].net, &committed);
}

UNIT_TEST(judges_are_silent_while_all_is_well)
{
	struct world *world = begin();
	struct made a = make(world, NULL, 1, 1000), b = make(world, &a, 3, 1001);

	keep(world, &a);
	keep(world, &b);
	certify(world, VOTE_NOTARIZE, 1, &a, 0);
	certify(world, VOTE_FINALIZE, 1, &a, 0);
	certify(world, VOTE_NULLIFY, 2, NULL, 0);
	certify(world, VOTE_NOTARIZE, 3, &b, 0);
	certify(world, VOTE_FINALIZE, 3, &b, 0);
	for (uint32_t i = 0; i < world->count; i++) {
		commit(world, i, &a);
		commit(world, i, &b);
	}
	judge_at_end(world);
	ck_assert_msg(!world->has_failed, "%s", world->verdict);
	world_free(world);
}

UNIT_TEST(judge_1_sees_two_blocks_of_a_height)
{
	struct world *world = begin();
	struct made a = make(world, NULL, 1, 1000), b = make(world, NULL, 1, 1001);

	keep(world, &a);
	keep(world, &b);
	commit(world, 0, &a);
	commit(world, 1, &b);
	expect(world, "judge 1:");
}

UNIT_TEST(judge_2_sees_two_notarizations_of_a_view)
{
	struct world *world = begin();
	struct made a = make(world, NULL, 1, 1000), b = make(world, NULL, 1, 1001);

	keep(world, &a);
	keep(world, &b);
	certify(world, VOTE_NOTARIZE, 1, &a, 0);
	certify(world, VOTE_NOTARIZE, 1, &b, 0);
	expect(world, "judge 2:");
}

UNIT_TEST(judge_3_sees_a_view_both_nullified_and_final)
{
	struct world *world = begin();
	struct made a = make(world, NULL, 1, 1000);

	keep(world, &a);
	certify(world, VOTE_NOTARIZE, 1, &a, 0);
	certify(world, VOTE_NULLIFY, 1, NULL, 0);
	ck_assert(!world->has_failed);
	certify(world, VOTE_FINALIZE, 1, &a, 0);
	expect(world, "judge 3:");
}

UNIT_TEST(judge_4_sees_a_finalization_of_what_was_never_notarized)
{
	struct world *world = begin();
	struct made a = make(world, NULL, 1, 1000);

	keep(world, &a);
	certify(world, VOTE_FINALIZE, 1, &a, 0);
	expect(world, "judge 4:");
}

UNIT_TEST(judge_5_sees_a_final_view_skipped)
{
	struct world *world = begin();
	struct made a = make(world, NULL, 1, 1000), b = make(world, NULL, 2, 1001);

	keep(world, &a);
	keep(world, &b);
	certify(world, VOTE_NOTARIZE, 1, &a, 0);
	certify(world, VOTE_FINALIZE, 1, &a, 0);
	commit(world, 0, &b);
	expect(world, "judge 5:");
}

UNIT_TEST(judge_8_sees_a_view_that_falls)
{
	struct world *world = begin();
	struct event event = {.kind = EVENT_WORK};
	struct effects effects = {.count = 0};

	world->judge->lives[0] = (struct life){.view = 10, .has_status = true};
	judge_on_step(world->nodes[0].net, world->nodes[0].node->core, &event, ACCEPTED, &effects);
	expect(world, "judge 8:");
}

UNIT_TEST(judge_9_sees_any_changed_byte_of_a_certificate)
{
	/* set hash, bitmap, signature, header */
	static const size_t flips[] = {20, 81, 100, 300};

	for (size_t i = 0; i < sizeof(flips) / sizeof(flips[0]); i++) {
		struct world *world = begin();
		struct made a = make(world, NULL, 1, 1000);

		keep(world, &a);
		certify(world, VOTE_NOTARIZE, 1, &a, flips[i]);
		expect(world, "judge 9:");
	}
}

UNIT_TEST(judge_10_sees_evidence_that_is_none_and_evidence_that_is_missing)
{
	struct world *world = begin();
	struct made a = make(world, NULL, 1, 1000), b = make(world, NULL, 1, 1001);
	struct vote first = vote_of(world, VOTE_NOTARIZE, 1, &a, 2);
	struct vote second = vote_of(world, VOTE_NOTARIZE, 1, &b, 2);

	judge_evidence(world->judge, 0, &first, &first);
	expect(world, "judge 10: node 0 reports what is no evidence");
	world = begin();
	judge_evidence(world->judge, 0, &first, &second);
	expect(world, "judge 10: node 0 accuses the correct node 2");
	world = begin();
	world->judge->lives[0] = (struct life){.view = 1, .has_status = true};
	judge_heard(world->judge, 0, &first);
	judge_heard(world->judge, 0, &second);
	world->now_us += 2000000;
	judge_at_end(world);
	expect(world, "judge 10: an equivocation of 2 in view 1 was heard and not reported");
}

UNIT_TEST(judge_11_sees_a_notarized_block_that_nobody_keeps)
{
	struct world *world = begin();
	struct made a = make(world, NULL, 1, 1000);

	certify(world, VOTE_NOTARIZE, 1, &a, 0);
	expect(world, "judge 11:");
}

UNIT_TEST(judge_13_sees_a_chain_that_is_shorter_after_a_restart)
{
	struct world *world = begin();

	world->judge->committed[0] = 5;
	judge_on_start(world, 0);
	expect(world, "judge 13:");
}

UNIT_TEST(judge_13_sees_another_state_or_an_earlier_view_after_a_restart)
{
	struct world *world = begin();

	ck_assert(world->judge->states_count > 0 && world->judge->states[0].is_known);
	judge_on_start(world, 0);
	ck_assert(!world->has_failed);
	world->judge->states[0].root.b[0] ^= 1;
	judge_on_start(world, 0);
	expect(world, "judge 13: node 0 has another state");
	world = begin();
	world->judge->states[0].log_root.b[31] ^= 1;
	judge_on_start(world, 0);
	expect(world, "judge 13: node 0 has another state");
	world = begin();
	world->judge->durable_view[0] = world->judge->lives[0].view;
	judge_on_start(world, 0);
	expect(world, "judge 13: node 0 starts in view");
}

/* A whole run, and then another value, leaf or block in one node's store. */
UNIT_TEST(judge_15_executes_everything_again)
{
	static const enum table tables[] = {TABLE_VALUE, TABLE_LEAF, TABLE_BLOCK, TABLE_PARCEL};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		struct scene scene;
		struct world *world;
		struct store_read *read;
		struct bytes key, value;

		ck_assert(scene_by_name(&scene, "calm", 1, 4, 20));
		world = world_new(1, &scene, false);
		ck_assert_msg(world_run(world), "%s", world->verdict);
		ck_assert_int_eq(store_read_begin(world->nodes[2].chain_store, &read), ERR_OK);
		ck_assert_int_eq(store_seek(read, tables[i], bytes_text("\xff\xff\xff\xff\xff\xff"),
					    true, &key, &value), ERR_OK);
		((uint8_t *)(uintptr_t)value.at)[value.len - 1] ^= 1;
		store_read_end(read);
		judge_again(world->judge, 1);
		ck_assert_msg(!world->has_failed, "%s", world->verdict);
		judge_again(world->judge, 2);
		expect(world, "judge 15: the ledger of node 2");
	}
}

UNIT_TEST(judge_14_sees_time_stand_still)
{
	struct world *world = begin();
	struct made a = make(world, NULL, 1, 1000), b = make(world, &a, 2, 1000);

	keep(world, &a);
	keep(world, &b);
	commit(world, 0, &a);
	commit(world, 0, &b);
	expect(world, "judge 14:");
}

UNIT_TEST(judge_17_sees_a_nullification_while_all_is_well)
{
	struct world *world = begin();

	world->judge->nullified[0] = 1;
	judge_at_end(world);
	expect(world, "judge 17:");
}

UNIT_TEST(judge_18_sees_a_vote_in_a_view_that_was_not_entered)
{
	struct world *world = begin();
	struct vote vote = vote_of(world, VOTE_NULLIFY, 2, NULL, 0);
	struct hash tag = {{VOTE_NULLIFY}};

	record(world, 0, RECORD_OWN, 2, &tag, (struct bytes){NULL, 0});
	judge_vote(world->judge, 0, &vote);
	expect(world, "judge 18:");
}

/* 6: the table is of messages sent, and outlives a crash. */
UNIT_TEST(judge_6_remembers_across_a_restart)
{
	struct world *world = begin();
	struct vote nullify = vote_of(world, VOTE_NULLIFY, 1, NULL, 0);
	struct made a = make(world, NULL, 1, 1000);
	struct vote finalize = vote_of(world, VOTE_FINALIZE, 1, &a, 0);
	struct hash tag = {{VOTE_NULLIFY}};

	record(world, 0, RECORD_OWN, 1, &tag, (struct bytes){NULL, 0});
	judge_vote(world->judge, 0, &nullify);
	ck_assert(!world->has_failed);
	world_crash(world, 0);
	world_start(world, 0);
	judge_vote(world->judge, 0, &finalize);
	expect(world, "judge 6:");
}

/* 6: after a loss any word about an old view may contradict what is forgotten. */
UNIT_TEST(judge_6_sees_a_vote_in_a_view_that_may_be_forgotten)
{
	struct world *world = begin();
	struct vote nullify = vote_of(world, VOTE_NULLIFY, 1, NULL, 0);
	struct made a = make(world, NULL, 1, 1000);
	struct vote notarize = vote_of(world, VOTE_NOTARIZE, 1, &a, 0);
	struct hash tag = {{VOTE_NULLIFY}};

	record(world, 0, RECORD_OWN, 1, &tag, (struct bytes){NULL, 0});
	judge_vote(world->judge, 0, &nullify);
	ck_assert_uint_eq(judge_voted_view(world, 0), 1);
	judge_on_loss(world, 0);
	judge_vote(world->judge, 0, &nullify); /* others gave it back */
	ck_assert(!world->has_failed);
	judge_vote(world->judge, 0, &notarize);
	expect(world, "judge 6:");
}

UNIT_TEST(judge_7_sees_a_vote_that_no_reservation_covers)
{
	struct world *world = begin();
	struct vote nullify = vote_of(world, VOTE_NULLIFY, 65, NULL, 0);
	struct hash tag = {{VOTE_NULLIFY}};

	record(world, 0, RECORD_OWN, 65, &tag, (struct bytes){NULL, 0});
	judge_vote(world->judge, 0, &nullify);
	expect(world, "judge 7: node 0 votes in view 65, which");
	world = begin();
	world->nodes[0].sign_file->life = 0;
	record(world, 0, RECORD_OWN, 1, &tag, (struct bytes){NULL, 0});
	expect(world, "judge 7: node 0 votes in view 1 before");
}

UNIT_MAIN("judges", judges_are_silent_while_all_is_well, judge_1_sees_two_blocks_of_a_height,
	  judge_2_sees_two_notarizations_of_a_view, judge_3_sees_a_view_both_nullified_and_final,
	  judge_4_sees_a_finalization_of_what_was_never_notarized,
	  judge_5_sees_a_final_view_skipped, judge_6_remembers_across_a_restart,
	  judge_6_sees_a_vote_in_a_view_that_may_be_forgotten,
	  judge_7_sees_a_vote_that_no_reservation_covers,
	  judge_8_sees_a_view_that_falls, judge_9_sees_any_changed_byte_of_a_certificate,
	  judge_10_sees_evidence_that_is_none_and_evidence_that_is_missing,
	  judge_11_sees_a_notarized_block_that_nobody_keeps,
	  judge_13_sees_a_chain_that_is_shorter_after_a_restart,
	  judge_13_sees_another_state_or_an_earlier_view_after_a_restart,
	  judge_15_executes_everything_again, judge_14_sees_time_stand_still,
	  judge_17_sees_a_nullification_while_all_is_well,
	  judge_18_sees_a_vote_in_a_view_that_was_not_entered)
