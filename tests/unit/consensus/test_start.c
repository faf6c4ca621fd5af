/* Section 10: what a restart brings back, whatever the order of the records. */
#include "consensus/start.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/consensus/lone.h"

/* Records as a journal of that core would hold them. */
struct past {
	struct cores *cores;
	uint32_t self;
	struct record records[64];
	size_t count;
	struct core *core;
	struct effects effects;
};

static struct past *past_new(void)
{
	struct past *past = calloc(1, sizeof(*past));

	past->cores = cores_new(4, 0);
	past->self = cores_leader(past->cores, 4);
	effects_init(&past->effects);
	return past;
}

static void past_free(struct past *past)
{
	for (size_t i = 0; i < past->count; i++)
		free((void *)(uintptr_t)past->records[i].data.at);
	core_free(past->core);
	effects_release(&past->effects);
	cores_free(past->cores);
	free(past);
}

static void had(struct past *past, enum record_kind kind, uint64_t view, uint8_t tag,
		struct bytes data)
{
	struct record *record = &past->records[past->count++];
	uint8_t *copy = malloc(data.len + 1);

	if (data.len > 0)
		memcpy(copy, data.at, data.len);
	*record = (struct record){.kind = kind, .view = view, .data = bytes_of(copy, data.len)};
	record->tag.b[0] = tag;
}

static void had_own(struct past *past, enum vote_kind kind, uint64_t view, const struct hash *block)
{
	had(past, RECORD_OWN, view, (uint8_t)kind,
	    block == NULL ? (struct bytes){NULL, 0} : bytes_of(block->b, sizeof(block->b)));
}

static void had_certificate(struct past *past, enum vote_kind kind, uint64_t view,
			    const struct cores_block *block)
{
	struct event_certificate made =
		cores_certificate(past->cores, kind, view, block == NULL ? NULL : &block->header);

	had(past, RECORD_CERTIFICATE, view, (uint8_t)kind, made.data);
	if (kind == VOTE_FINALIZE)
		had(past, RECORD_FINAL, 0, 0, made.data);
	cores_certificate_free(&made);
}

static void had_block(struct past *past, const struct cores_block *block)
{
	struct buf data;

	buf_init(&data, 1u << 20);
	buf_u32(&data, (uint32_t)block->header_text.len);
	buf_add_bytes(&data, buf_bytes(&block->header_text));
	buf_add_bytes(&data, buf_bytes(&block->body_text));
	had(past, RECORD_BLOCK, block->header.view, 0, buf_bytes(&data));
	past->records[past->count - 1].tag = block->hash;
	buf_release(&data);
}

static struct core_status begin(struct past *past)
{
	struct event event = {.kind = EVENT_START, .wall_ms = 1700000000000};
	struct core_status status;

	event.start.records = past->records;
	event.start.records_count = past->count;
	past->core = core_new(cores_config(past->cores, past->self));
	core_step(past->core, &event, &past->effects);
	core_status(past->core, &status);
	return status;
}

static uint32_t count_of(const struct past *past, enum effect_kind kind)
{
	uint32_t count = 0;

	for (size_t i = 0; i < past->effects.count; i++)
		count += past->effects.list[i].kind == kind;
	return count;
}

UNIT_TEST(start_from_nothing_is_view_one_with_timers_and_a_status)
{
	struct past *past = past_new();

	ck_assert_uint_eq(begin(past).view, 1);
	ck_assert_uint_ge(count_of(past, EFFECT_ARM), 3);
	ck_assert_uint_eq(count_of(past, EFFECT_STATUS), 1);
	ck_assert_uint_eq(count_of(past, EFFECT_VOTE), 0);
	past_free(past);
}

UNIT_TEST(start_resumes_from_the_highest_record_not_the_last)
{
	struct past *past = past_new();

	/* trap 6 */
	had_certificate(past, VOTE_NULLIFY, 1, NULL);
	had_certificate(past, VOTE_NULLIFY, 7, NULL);
	had_certificate(past, VOTE_NULLIFY, 3, NULL);
	had_own(past, VOTE_NULLIFY, 3, NULL);
	ck_assert_uint_eq(begin(past).view, 8);
	past_free(past);
}

UNIT_TEST(start_takes_the_highest_finalization_for_final_not_the_last)
{
	for (unsigned order = 0; order < 2; order++) {
		struct past *past = past_new();
		struct cores_block one, two;
		struct core_status status;

		/* trap 6 */
		cores_block_make(past->cores, &one, 1, cores_header0(past->cores), 0, false);
		cores_block_make(past->cores, &two, 2, &one.header, 0, false);
		had_certificate(past, VOTE_FINALIZE, order ? 1 : 2, order ? &one : &two);
		had_certificate(past, VOTE_FINALIZE, order ? 2 : 1, order ? &two : &one);
		status = begin(past);
		ck_assert_uint_eq(status.final_view, 2);
		ck_assert_uint_eq(status.final_height, 2);
		ck_assert_uint_eq(status.view, 3);
		cores_block_free(&one);
		cores_block_free(&two);
		past_free(past);
	}
}

static void had_floor(struct past *past, uint64_t epoch, uint64_t view)
{
	uint8_t data[16];

	store_u64(data, epoch);
	store_u64(data + 8, view);
	had(past, RECORD_FLOOR, 0, 0, bytes_of(data, sizeof(data)));
}

UNIT_TEST(start_highest_floor_counts_in_any_order)
{
	for (unsigned order = 0; order < 2; order++) {
		struct past *past = past_new();

		/* trap 12: a floor never moves back, trap 19: nor over an epoch */
		had_floor(past, 0, order ? 1 : 9);
		had_floor(past, 0, order ? 9 : 1);
		had_certificate(past, VOTE_NULLIFY, 5, NULL);
		ck_assert(!begin(past).is_signing);
		past_free(past);
		past = past_new();
		had_floor(past, order, 1);
		had_floor(past, 1 - order, 1);
		had_certificate(past, VOTE_NULLIFY, 5, NULL);
		ck_assert(!begin(past).is_signing);
		past_free(past);
	}
}

UNIT_TEST(start_after_own_leaders_vote_whose_block_is_gone_sends_the_bare_vote)
{
	for (int with_header = 0; with_header < 2; with_header++) {
		struct past *past = past_new();
		struct cores_block four;

		cores_block_make(past->cores, &four, 4, cores_header0(past->cores), 0, false);
		had_own(past, VOTE_NOTARIZE, 4, &four.hash);
		if (with_header)
			had_certificate(past, VOTE_NOTARIZE, 4, &four);
		begin(past);
		ck_assert_uint_eq(count_of(past, EFFECT_PROPOSE), 0);
		ck_assert_uint_eq(count_of(past, EFFECT_VOTE), 1);
		cores_block_free(&four);
		past_free(past);
	}
}

UNIT_TEST(start_own_vote_ahead_of_certificates_counts_for_the_view)
{
	struct past *past = past_new();

	had_certificate(past, VOTE_NULLIFY, 1, NULL);
	had_own(past, VOTE_NULLIFY, 2, NULL);
	ck_assert_uint_eq(begin(past).view, 2);
	past_free(past);
}

UNIT_TEST(start_sends_every_own_vote_above_last_final_again)
{
	struct past *past = past_new();
	struct cores_block blocks[3];

	for (uint32_t i = 0; i < 3; i++)
		cores_block_make(past->cores, &blocks[i], i + 1,
				 i == 0 ? cores_header0(past->cores) : &blocks[i - 1].header, 0,
				 false);
	had_certificate(past, VOTE_FINALIZE, 1, &blocks[0]);
	had_own(past, VOTE_NOTARIZE, 1, &blocks[0].hash); /* at last_final: stays here */
	had_own(past, VOTE_NOTARIZE, 2, &blocks[1].hash);
	had_own(past, VOTE_FINALIZE, 2, &blocks[1].hash);
	had_certificate(past, VOTE_NOTARIZE, 2, &blocks[1]);
	had_own(past, VOTE_NOTARIZE, 3, &blocks[2].hash);
	had_own(past, VOTE_NULLIFY, 3, NULL); /* trap 2 */
	had_block(past, &blocks[0]);
	had_block(past, &blocks[1]);
	had_block(past, &blocks[2]);
	ck_assert_uint_eq(begin(past).view, 3);
	ck_assert_uint_eq(count_of(past, EFFECT_VOTE), 4);
	/* re-validation of what is not committed begins with the bodies */
	ck_assert_uint_eq(count_of(past, EFFECT_BODY), 3);
	for (uint32_t i = 0; i < 3; i++)
		cores_block_free(&blocks[i]);
	past_free(past);
}

UNIT_TEST(start_own_nullify_forbids_finalize_and_notarize_as_before)
{
	struct past *past = past_new();
	struct cores_block block;
	struct event event;

	cores_block_make(past->cores, &block, 1, cores_header0(past->cores), 0, false);
	had_own(past, VOTE_NULLIFY, 1, NULL);
	had_block(past, &block);
	begin(past);
	event = cores_proposal(past->cores, &block);
	event.wall_ms = 1700000000000;
	core_step(past->core, &event, &past->effects);
	event = (struct event){.kind = EVENT_BODY, .body = block.hash, .wall_ms = 1700000000000};
	core_step(past->core, &event, &past->effects);
	event = (struct event){.kind = EVENT_VERDICT, .verdict = {.block = block.hash},
			       .wall_ms = 1700000000000};
	core_step(past->core, &event, &past->effects);
	event = (struct event){.kind = EVENT_CERTIFICATE, .wall_ms = 1700000000000};
	event.certificate = cores_certificate(past->cores, VOTE_NOTARIZE, 1, &block.header);
	effects_reset(&past->effects);
	core_step(past->core, &event, &past->effects);
	cores_certificate_free(&event.certificate);
	for (size_t i = 0; i < past->effects.count; i++) {
		const struct effect *effect = &past->effects.list[i];

		ck_assert(effect->kind != EFFECT_PERSIST ||
			  effect->persist.record.kind != RECORD_OWN);
	}
	cores_block_free(&block);
	past_free(past);
}

UNIT_TEST(start_delivers_what_was_final_and_not_committed)
{
	struct lone *lone = lone_new();
	const struct cores_block *one = lone_block(lone, 1, NULL, 0);

	lone_propose(lone, one);
	cores_run(lone->cores, 1000);
	lone_certificate(lone, VOTE_FINALIZE, 1, one);
	cores_run(lone->cores, 150); /* not durable yet: nothing is delivered */
	ck_assert_uint_eq(cores_height(lone->cores, lone->self), 0);
	cores_run(lone->cores, 60); /* durable now, and delivered, but the store lost it */
	lone_restart(lone);
	lone_settle(lone);
	ck_assert_uint_eq(cores_height(lone->cores, lone->self), 1);
	lone_free(lone);
}

UNIT_TEST(start_undurable_finalization_is_forgotten_without_harm)
{
	struct lone *lone = lone_new();
	const struct cores_block *one = lone_block(lone, 1, NULL, 0);

	lone_propose(lone, one);
	cores_run(lone->cores, 1000);
	cores_disk(lone->cores, lone->self, UINT64_MAX);
	lone_certificate(lone, VOTE_FINALIZE, 1, one);
	lone_settle(lone);
	ck_assert_uint_eq(cores_height(lone->cores, lone->self), 0);
	lone_restart(lone);
	ck_assert_uint_eq(cores_status(lone->cores, lone->self).final_view, 0);
	ck_assert_uint_eq(lone_view(lone), 1);
	lone_free(lone);
}

UNIT_TEST(start_journal_behind_the_chain_store_takes_the_store_for_final)
{
	struct past *past = past_new();
	struct cores_block block;
	struct event event = {.kind = EVENT_START, .wall_ms = 1700000000000};
	struct core_status status;

	cores_block_make(past->cores, &block, 1, cores_header0(past->cores), 0, false);
	event.start.committed_height = 1;
	event.start.committed_block = block.hash;
	event.start.committed_header = buf_bytes(&block.header_text);
	past->core = core_new(cores_config(past->cores, past->self));
	core_step(past->core, &event, &past->effects);
	core_status(past->core, &status);
	ck_assert_uint_eq(status.final_height, 1);
	ck_assert_uint_eq(status.view, 2);
	cores_block_free(&block);
	past_free(past);
}

static enum err tripped_by(struct past *past)
{
	struct core_status status = begin(past);
	enum err reason = ERR_OK;

	for (size_t i = 0; i < past->effects.count; i++) {
		if (past->effects.list[i].kind == EFFECT_TRIP)
			reason = past->effects.list[i].trip.reason;
	}
	ck_assert(status.is_tripped == (reason != ERR_OK));
	past_free(past);
	return reason;
}

UNIT_TEST(start_damaged_records_stop_the_signing)
{
	struct past *past = past_new();

	had(past, RECORD_OWN, 1, 9, bytes_text("x"));
	ck_assert_int_eq(tripped_by(past), ERR_STORE_DAMAGED);
	past = past_new();
	had(past, RECORD_OWN, 1, VOTE_NOTARIZE, bytes_text("short"));
	ck_assert_int_eq(tripped_by(past), ERR_STORE_DAMAGED);
	past = past_new();
	had(past, RECORD_CERTIFICATE, 1, VOTE_NULLIFY, bytes_text("junk"));
	ck_assert_int_eq(tripped_by(past), ERR_STORE_DAMAGED);
	past = past_new();
	had(past, RECORD_BLOCK, 1, 1, bytes_text("\0\0\0\7headbody"));
	ck_assert_int_eq(tripped_by(past), ERR_STORE_DAMAGED);
	past = past_new();
	had(past, RECORD_FLOOR, 0, 0, bytes_text("short"));
	ck_assert_int_eq(tripped_by(past), ERR_STORE_DAMAGED);
}

/* Such records are no rows of this node: each would put a view above the current one. */
UNIT_TEST(start_own_votes_that_nobody_entered_stop_the_signing)
{
	struct hash block = {{1}};
	struct past *past = past_new();

	had(past, RECORD_OWN, 0, VOTE_NULLIFY, bytes_of(NULL, 0));
	ck_assert_int_eq(tripped_by(past), ERR_STORE_DAMAGED);
	past = past_new();
	had(past, RECORD_OWN, UINT64_MAX, VOTE_NULLIFY, bytes_of(NULL, 0));
	ck_assert_int_eq(tripped_by(past), ERR_STORE_DAMAGED);
	past = past_new();
	had(past, RECORD_OWN, 31, VOTE_NULLIFY, bytes_text("x"));
	ck_assert_int_eq(tripped_by(past), ERR_STORE_DAMAGED);
	past = past_new();
	had(past, RECORD_OWN, 31, VOTE_FINALIZE, bytes_of(block.b, sizeof(block.b))); /* without N */
	ck_assert_int_eq(tripped_by(past), ERR_STORE_DAMAGED);
}

UNIT_TEST(start_trip_record_survives)
{
	struct past *past = past_new();

	had(past, RECORD_TRIP, 0, 0, bytes_text("anything"));
	ck_assert_int_eq(tripped_by(past), ERR_TRIPPED);
}

UNIT_MAIN("start", start_from_nothing_is_view_one_with_timers_and_a_status,
	  start_resumes_from_the_highest_record_not_the_last,
	  start_takes_the_highest_finalization_for_final_not_the_last,
	  start_highest_floor_counts_in_any_order,
	  start_after_own_leaders_vote_whose_block_is_gone_sends_the_bare_vote,
	  start_own_vote_ahead_of_certificates_counts_for_the_view,
	  start_sends_every_own_vote_above_last_final_again,
	  start_own_nullify_forbids_finalize_and_notarize_as_before,
	  start_delivers_what_was_final_and_not_committed,
	  start_undurable_finalization_is_forgotten_without_harm,
	  start_journal_behind_the_chain_store_takes_the_store_for_final,
	  start_damaged_records_stop_the_signing, start_trip_record_survives,
	  start_own_votes_that_nobody_entered_stop_the_signing)
