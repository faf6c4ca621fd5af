/* R10 to R12: who hears what, what is asked of whom, what is answered. */
#include "consensus/peers.h"

#include <string.h>

#include "tests/unit/consensus/lone.h"

static uint32_t peer_of(const struct lone *lone)
{
	return lone_leader(lone, 2);
}

static enum verdict status(struct lone *lone, uint64_t view, uint64_t final_view, uint64_t base,
			   uint8_t notarized, uint8_t nullified)
{
	struct event event = {.kind = EVENT_STATUS, .peer = peer_of(lone)};

	event.status.view = view;
	event.status.final_view = final_view;
	event.status.bitmap_base = base;
	event.status.notarized = bytes_of(&notarized, 1);
	event.status.nullified = bytes_of(&nullified, 1);
	return cores_inject(lone->cores, lone->self, &event);
}

static uint32_t count_of(const struct lone *lone, enum effect_kind kind)
{
	uint32_t count = 0;

	while (lone_effect(lone, kind, count) != NULL)
		count++;
	return count;
}

UNIT_TEST(peers_status_is_answered_with_what_is_lacking_newest_first)
{
	struct lone *lone = lone_new();

	for (uint64_t view = 1; view <= 5; view++)
		lone_certificate(lone, VOTE_NULLIFY, view, NULL);
	/* the peer holds X of views 1, 2 and 4 */
	ck_assert_int_eq(status(lone, 5, 0, 1, 0, 0x0b), ACCEPTED);
	ck_assert_uint_eq(count_of(lone, EFFECT_CERTIFICATE), 2);
	ck_assert_uint_eq(load_u64(lone_effect(lone, EFFECT_CERTIFICATE, 0)->certificate.at + 41), 5);
	ck_assert_uint_eq(load_u64(lone_effect(lone, EFFECT_CERTIFICATE, 1)->certificate.at + 41), 3);
	ck_assert_uint_eq(lone_effect(lone, EFFECT_CERTIFICATE, 0)->to, peer_of(lone));
	lone_free(lone);
}

UNIT_TEST(peers_answer_to_a_status_has_at_most_16_certificates)
{
	struct lone *lone = lone_new();

	for (uint64_t view = 1; view <= 40; view++)
		lone_certificate(lone, VOTE_NULLIFY, view, NULL);
	status(lone, 1, 0, 1, 0, 0);
	ck_assert_uint_le(count_of(lone, EFFECT_CERTIFICATE), 16);
	ck_assert_uint_ge(count_of(lone, EFFECT_CERTIFICATE), 15);
	lone_free(lone);
}

UNIT_TEST(peers_behind_get_the_newest_finalization)
{
	struct lone *lone = lone_new();

	lone_certificate(lone, VOTE_FINALIZE, 3, lone_block(lone, 3, NULL, 0));
	status(lone, 1, 0, 1, 0, 0);
	ck_assert_uint_eq(count_of(lone, EFFECT_CERTIFICATE), 1);
	ck_assert_uint_eq(lone_effect(lone, EFFECT_CERTIFICATE, 0)->certificate.at[0], VOTE_FINALIZE);
	lone_free(lone);
}

UNIT_TEST(peers_ahead_are_asked_for_exactly_what_they_have)
{
	struct lone *lone = lone_new();
	const struct effect *effect;

	status(lone, 12, 9, 10, 0x02, 0x01);
	ck_assert_uint_eq(count_of(lone, EFFECT_REQUEST_CERTIFICATE), 3);
	effect = lone_effect(lone, EFFECT_REQUEST_CERTIFICATE, 0);
	ck_assert(effect->request.kind == VOTE_FINALIZE && effect->request.view == 9);
	effect = lone_effect(lone, EFFECT_REQUEST_CERTIFICATE, 1);
	ck_assert(effect->request.kind == VOTE_NOTARIZE && effect->request.view == 11);
	effect = lone_effect(lone, EFFECT_REQUEST_CERTIFICATE, 2);
	ck_assert(effect->request.kind == VOTE_NULLIFY && effect->request.view == 10);
	lone_free(lone);
}

UNIT_TEST(peers_status_with_absurd_numbers_is_harmless)
{
	struct lone *lone = lone_new();

	/* trap 15: bits beyond the bytes, a base at the end of the numbers */
	status(lone, UINT64_MAX, UINT64_MAX, UINT64_MAX, 0xff, 0xff);
	status(lone, UINT64_MAX, 0, UINT64_MAX - 100, 0xff, 0xff);
	status(lone, 0, 0, 0, 0xff, 0xff);
	ck_assert_uint_eq(lone_view(lone), 1);
	lone_free(lone);
}

static enum verdict ask_certificate(struct lone *lone, enum vote_kind kind, uint64_t view)
{
	struct event event = {.kind = EVENT_CERTIFICATE_REQUEST, .peer = peer_of(lone)};

	event.request.kind = kind;
	event.request.view = view;
	return cores_inject(lone->cores, lone->self, &event);
}

UNIT_TEST(peers_get_the_kind_of_certificate_they_asked_for)
{
	struct lone *lone = lone_new();

	/* trap 13 */
	lone_certificate(lone, VOTE_NULLIFY, 1, NULL);
	lone_certificate(lone, VOTE_NOTARIZE, 1, lone_block(lone, 1, NULL, 0));
	ck_assert_int_eq(ask_certificate(lone, VOTE_NOTARIZE, 1), ACCEPTED);
	ck_assert_uint_eq(lone_effect(lone, EFFECT_CERTIFICATE, 0)->certificate.at[0], VOTE_NOTARIZE);
	ck_assert_int_eq(ask_certificate(lone, VOTE_NULLIFY, 1), ACCEPTED);
	ck_assert_uint_eq(lone_effect(lone, EFFECT_CERTIFICATE, 0)->certificate.at[0], VOTE_NULLIFY);
	ck_assert_int_eq(ask_certificate(lone, VOTE_FINALIZE, 1), IGNORED_UNWANTED);
	ck_assert_int_eq(ask_certificate(lone, 7, 1), REJECTED_FORM);
	ck_assert_int_eq(ask_certificate(lone, 0, 1), REJECTED_FORM);
	lone_free(lone);
}

UNIT_TEST(peers_asking_below_last_final_get_its_finalization)
{
	struct lone *lone = lone_new();

	lone_certificate(lone, VOTE_FINALIZE, 9, lone_block(lone, 9, NULL, 0));
	ck_assert_int_eq(ask_certificate(lone, VOTE_NULLIFY, 4), ACCEPTED);
	ck_assert_uint_eq(lone_effect(lone, EFFECT_CERTIFICATE, 0)->certificate.at[0], VOTE_FINALIZE);
	ck_assert_int_eq(ask_certificate(lone, VOTE_NULLIFY, 10), IGNORED_UNWANTED);
	lone_free(lone);
}

UNIT_TEST(peers_get_the_votes_they_do_not_have)
{
	struct lone *lone = lone_new();
	struct event event = {.kind = EVENT_VOTES_REQUEST, .peer = peer_of(lone)};
	uint8_t have = (uint8_t)(1u << lone_leader(lone, 3));

	lone_vote(lone, VOTE_NULLIFY, 1, NULL, lone_leader(lone, 2));
	lone_vote(lone, VOTE_NULLIFY, 1, NULL, lone_leader(lone, 3));
	event.request.kind = VOTE_NULLIFY;
	event.request.view = 1;
	event.request.have = bytes_of(&have, 1);
	ck_assert_int_eq(cores_inject(lone->cores, lone->self, &event), ACCEPTED);
	ck_assert_ptr_nonnull(lone_effect(lone, EFFECT_VOTES, 0));
	ck_assert_uint_eq(lone_effect(lone, EFFECT_VOTES, 0)->votes.votes_count, 1);
	ck_assert_uint_eq(lone_effect(lone, EFFECT_VOTES, 0)->votes.votes[0].signer,
			  lone_leader(lone, 2));
	event.request.view = 1000;
	ck_assert_int_eq(cores_inject(lone->cores, lone->self, &event), IGNORED_UNWANTED);
	lone_free(lone);
}

UNIT_TEST(peers_get_a_block_with_its_leaders_vote)
{
	struct lone *lone = lone_new();
	const struct cores_block *one = lone_block(lone, 1, NULL, 0);
	struct event event = {.kind = EVENT_BLOCK_REQUEST, .peer = peer_of(lone)};

	event.request.block = one->hash;
	ck_assert_int_eq(cores_inject(lone->cores, lone->self, &event), IGNORED_UNWANTED);
	lone_propose(lone, one);
	ck_assert_int_eq(cores_inject(lone->cores, lone->self, &event), ACCEPTED);
	ck_assert(lone_effect(lone, EFFECT_BLOCK, 0)->proposal.has_vote);
	ck_assert_uint_eq(lone_effect(lone, EFFECT_BLOCK, 0)->proposal.vote.signer,
			  lone_leader(lone, 1));
	lone_free(lone);
}

UNIT_TEST(peers_that_come_back_get_status_and_the_proposal_of_the_view)
{
	struct lone *lone = lone_new();
	struct event event = {.kind = EVENT_PEER, .peer = peer_of(lone), .peer_change = {true}};

	cores_inject(lone->cores, lone->self, &event);
	ck_assert_uint_eq(lone_effect(lone, EFFECT_STATUS, 0)->to, peer_of(lone));
	ck_assert_ptr_null(lone_effect(lone, EFFECT_BLOCK, 0));
	lone_propose(lone, lone_block(lone, 1, NULL, 0));
	cores_inject(lone->cores, lone->self, &event);
	ck_assert_ptr_nonnull(lone_effect(lone, EFFECT_BLOCK, 0));
	lone_free(lone);
}

UNIT_TEST(peers_that_are_down_are_not_asked)
{
	struct lone *lone = lone_new();
	uint32_t leader = lone_leader(lone, 1);
	struct event event = {.kind = EVENT_PEER, .peer = leader, .peer_change = {false}};

	cores_inject(lone->cores, lone->self, &event);
	lone_certificate(lone, VOTE_NOTARIZE, 1, lone_block(lone, 1, NULL, 0));
	ck_assert_ptr_nonnull(lone_effect(lone, EFFECT_REQUEST_BLOCK, 0));
	ck_assert_uint_ne(lone_effect(lone, EFFECT_REQUEST_BLOCK, 0)->to, leader);
	ck_assert_uint_ne(lone_effect(lone, EFFECT_REQUEST_BLOCK, 0)->to, lone->self);
	lone_free(lone);
}

UNIT_TEST(peers_later_requests_go_to_f_plus_1_others)
{
	struct lone *lone = lone_new();

	lone_certificate(lone, VOTE_NOTARIZE, 1, lone_block(lone, 1, NULL, 0));
	ck_assert_uint_eq(count_of(lone, EFFECT_REQUEST_BLOCK), 1);
	cores_run(lone->cores, 120000); /* 2 Delta */
	cores_work(lone->cores, lone->self, true);
	ck_assert_uint_eq(count_of(lone, EFFECT_REQUEST_BLOCK), 2);
	ck_assert_uint_ne(lone_effect(lone, EFFECT_REQUEST_BLOCK, 0)->to,
			  lone_effect(lone, EFFECT_REQUEST_BLOCK, 1)->to);
	lone_free(lone);
}

struct asked {
	const struct lone *lone;
	uint32_t peers[8]; /* a bit each, by block */
};

static bool note_asked(void *context, uint32_t from, uint32_t to, const struct event *event)
{
	struct asked *asked = context;

	for (size_t i = 0; event->kind == EVENT_BLOCK_REQUEST && i < 8; i++) {
		if (from == asked->lone->self &&
		    hash_equal(&event->request.block, &asked->lone->blocks[i].hash))
			asked->peers[i] |= 1u << to;
	}
	return false; /* nobody ever answers */
}

UNIT_TEST(peers_are_all_asked_in_turn_however_many_requests_there_are)
{
	/* as many requests at once as there are validators: turns must not repeat */
	for (uint32_t wanted = 1; wanted <= 8; wanted++) {
		struct lone *lone = lone_new();
		struct asked asked = {.lone = lone};

		cores_filter_set(lone->cores, note_asked, &asked);
		for (uint32_t i = 0; i < 4; i++) {
			if (i != lone->self)
				cores_start(lone->cores, i);
		}
		for (uint32_t i = 0; i < wanted; i++) {
			const struct cores_block *parent = i == 0 ? NULL : &lone->blocks[i - 1];

			lone_certificate(lone, VOTE_NOTARIZE, i + 1, lone_block(lone, i + 1, parent, 0));
		}
		for (int round = 0; round < 6; round++) {
			cores_run(lone->cores, 1000000);
			cores_work(lone->cores, lone->self, round % 2 == 0);
		}
		for (uint32_t i = 0; i < wanted; i++)
			ck_assert_uint_eq(asked.peers[i], 15u & ~(1u << lone->self));
		lone_free(lone);
	}
}

UNIT_TEST(peers_status_holds_the_newest_512_views)
{
	struct lone *lone = lone_new();
	const struct event_status *sent;

	for (uint64_t view = 1; view <= 600; view++)
		lone_certificate(lone, VOTE_NULLIFY, view, NULL);
	cores_inject(lone->cores, lone->self,
		     &(struct event){.kind = EVENT_PEER, .peer = 0, .peer_change = {true}});
	if (lone->self == 0)
		cores_inject(lone->cores, lone->self,
			     &(struct event){.kind = EVENT_PEER, .peer = 1, .peer_change = {true}});
	sent = &lone_effect(lone, EFFECT_STATUS, 0)->status.status;
	ck_assert_uint_eq(sent->bitmap_base, 601 - 511);
	ck_assert_uint_eq(sent->nullified.len, 64);
	lone_free(lone);
}

UNIT_MAIN("peers", peers_status_is_answered_with_what_is_lacking_newest_first,
	  peers_answer_to_a_status_has_at_most_16_certificates,
	  peers_behind_get_the_newest_finalization, peers_ahead_are_asked_for_exactly_what_they_have,
	  peers_status_with_absurd_numbers_is_harmless,
	  peers_get_the_kind_of_certificate_they_asked_for,
	  peers_asking_below_last_final_get_its_finalization, peers_get_the_votes_they_do_not_have,
	  peers_get_a_block_with_its_leaders_vote,
	  peers_that_come_back_get_status_and_the_proposal_of_the_view,
	  peers_are_all_asked_in_turn_however_many_requests_there_are,
	  peers_that_are_down_are_not_asked, peers_later_requests_go_to_f_plus_1_others,
	  peers_status_holds_the_newest_512_views)
