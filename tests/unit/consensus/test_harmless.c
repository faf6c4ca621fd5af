/* What others may ask or leave undone without harm: absurd requests are no reason
 * to stop, and a leader that nobody waited for is a leader still. */
#include "tests/unit/consensus/lone.h"

/* One request with those values, by each kind of message that asks. */
static void ask_all(struct lone *lone, uint64_t epoch, uint64_t view, unsigned kind,
		    struct bytes have)
{
	static const enum event_kind kinds[] = {EVENT_CERTIFICATE_REQUEST, EVENT_VOTES_REQUEST,
						EVENT_BLOCK_REQUEST, EVENT_ANNOUNCEMENT};

	for (size_t i = 0; i < 4; i++) {
		struct event event = {.kind = kinds[i], .peer = (lone->self + 1) % 4};
		enum verdict verdict;

		event.request.kind = (enum vote_kind)kind;
		event.request.epoch = epoch;
		event.request.view = view;
		event.request.have = have;
		event.request.block.b[0] = (uint8_t)view;
		verdict = cores_inject(lone->cores, lone->self, &event);
		ck_assert(verdict == IGNORED_UNWANTED || verdict == IGNORED_DUPLICATE ||
			  verdict == REJECTED_FORM || verdict == ACCEPTED);
	}
}

UNIT_TEST(harmless_absurd_requests_halt_nothing)
{
	static const uint64_t numbers[] = {0, 1, 2, 63, 64, 65, INT64_MAX, UINT64_MAX - 1, UINT64_MAX};
	static const uint8_t bits[16] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	struct lone *lone = lone_new();
	const struct cores_block *one = lone_block(lone, 1, NULL, 0);

	/* trap 14; before anything is known, then with a view to tell of */
	for (int round = 0; round < 2; round++) {
		for (size_t n = 0; n < sizeof(numbers) / sizeof(numbers[0]); n++) {
			for (unsigned kind = 0; kind < 6; kind++) {
				ask_all(lone, numbers[n], 1, kind, (struct bytes){NULL, 0});
				ask_all(lone, 0, numbers[n], kind, bytes_of(bits, 0));
				ask_all(lone, 0, numbers[n], kind, bytes_of(bits, 1));
				ask_all(lone, 0, numbers[n], kind, bytes_of(bits, sizeof(bits)));
			}
		}
		if (round == 0) {
			lone_propose(lone, one);
			lone_settle(lone);
			lone_certificate(lone, VOTE_NOTARIZE, 1, one);
			lone_certificate(lone, VOTE_NULLIFY, 1, NULL);
			lone_settle(lone);
		}
	}
	ck_assert_uint_eq(lone_view(lone), 2);
	ck_assert_int_eq(cores_tripped(lone->cores, lone->self), ERR_OK);
	lone_free(lone);
}

/* Others made a list of leaders to skip a part of the ledger, and a weapon.  Here it
 * is each node's own haste: what such a leader got certified is built upon. */
UNIT_TEST(harmless_leader_that_was_not_waited_for_is_followed_once_certified)
{
	struct lone *lone = lone_new();
	const struct cores_block *two = lone_block(lone, 2, NULL, 0);
	const struct cores_block *three = lone_block(lone, 3, two, 0);
	uint32_t silent = lone_leader(lone, 2);

	/* trap 9: beyond t_skip and t_idle only the others are heard */
	cores_run(lone->cores, 6 * SECOND);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 1), 1);
	for (uint32_t i = 0; i < 4; i++) {
		if (i != lone->self && i != silent)
			lone_vote(lone, VOTE_NULLIFY, 1, NULL, i);
	}
	ck_assert_uint_eq(lone_view(lone), 2);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NULLIFY, 2), 1);
	ck_assert_int_eq(lone_propose(lone, two), ACCEPTED);
	lone_settle(lone);
	ck_assert_int_eq(lone_certificate(lone, VOTE_NOTARIZE, 2, two), ACCEPTED);
	ck_assert_int_eq(lone_propose(lone, three), ACCEPTED);
	lone_settle(lone);
	ck_assert_uint_eq(lone_sent(lone, VOTE_NOTARIZE, 3), 1);
	ck_assert_int_eq(cores_tripped(lone->cores, lone->self), ERR_OK);
	lone_free(lone);
}

UNIT_MAIN("harmless", harmless_absurd_requests_halt_nothing,
	  harmless_leader_that_was_not_waited_for_is_followed_once_certified)
