#include "p2p/session.h"

#include <stdlib.h>
#include <string.h>

#include "tests/lib/unit.h"
#include "tests/unit/p2p/crew.h"

static struct crew crew;

/* What one end has got. */
struct ear {
	unsigned frames;
	unsigned stop_after; /* takes no more after so many; 0: takes all */
	uint8_t type;
	struct buf last;
};

static bool hear(void *context, uint8_t type, struct bytes payload)
{
	struct ear *ear = context;

	ear->frames++;
	ear->type = type;
	buf_reset(&ear->last);
	buf_add_bytes(&ear->last, payload);
	return ear->frames != ear->stop_after;
}

struct pair {
	struct session_self selves[2]; /* 0 the client, 1 the server */
	struct session *ends[2];
	struct ear ears[2];
	enum err errors[2];
};

static void pair_init(struct pair *pair)
{
	memset(pair, 0, sizeof(*pair));
	crew_init(&crew);
	for (uint32_t i = 0; i < 2; i++) {
		crew_self(&pair->selves[i], &crew, i);
		buf_init(&pair->ears[i].last, 16777216);
	}
}

static void pair_start(struct pair *pair)
{
	ck_assert_int_eq(session_new(&pair->ends[0], &pair->selves[0], true), ERR_OK);
	ck_assert_int_eq(session_new(&pair->ends[1], &pair->selves[1], false), ERR_OK);
}

static void pair_release(struct pair *pair)
{
	for (int i = 0; i < 2; i++) {
		session_free(pair->ends[i]);
		buf_release(&pair->ears[i].last);
	}
	crew_release(&crew);
}

static void receive(struct pair *pair, int end, struct bytes in)
{
	enum session_state before;
	enum err err;

	do {
		before = session_state(pair->ends[end]);
		err = session_receive(pair->ends[end], in, hear, &pair->ears[end]);
		if (err)
			pair->errors[end] = err;
		in = bytes_of(NULL, 0);
	} while (!err && session_state(pair->ends[end]) == SESSION_OPEN && before != SESSION_OPEN);
}

/* Carries bytes both ways until there are none. */
static void pair_run(struct pair *pair)
{
	bool is_moving = true;

	receive(pair, 0, bytes_of(NULL, 0));
	while (is_moving) {
		is_moving = false;
		for (int from = 0; from < 2; from++) {
			size_t len = session_output_len(pair->ends[from]);
			uint8_t *at;

			if (len == 0)
				continue;
			at = malloc(len);
			session_output_take(pair->ends[from], at, len);
			receive(pair, 1 - from, bytes_of(at, len));
			free(at);
			is_moving = true;
		}
	}
}

static void say(struct pair *pair, int end, enum peer_type type, struct bytes payload)
{
	struct frame *frame = frame_new(type, payload);

	ck_assert_int_eq(session_send(pair->ends[end], bytes_of(frame->at, frame->len)), ERR_OK);
	frame_drop(frame);
}

UNIT_TEST(session_opens_and_each_end_knows_the_other)
{
	struct pair pair;

	pair_init(&pair);
	pair_start(&pair);
	pair_run(&pair);
	for (uint32_t i = 0; i < 2; i++) {
		ck_assert_int_eq(pair.errors[i], ERR_OK);
		ck_assert_int_eq(session_state(pair.ends[i]), SESSION_OPEN);
		ck_assert_uint_eq(session_peer(pair.ends[i])->index, 1 - i);
		ck_assert(public_key_equal(&session_peer(pair.ends[i])->node_key,
					   &crew.set.validators[1 - i].node_key));
	}
	pair_release(&pair);
}

UNIT_TEST(session_epochs_are_not_compared)
{
	struct pair pair;

	pair_init(&pair);
	pair.selves[0].epoch = 7;
	pair_start(&pair);
	pair_run(&pair);
	ck_assert_int_eq(session_state(pair.ends[0]), SESSION_OPEN);
	ck_assert_int_eq(session_state(pair.ends[1]), SESSION_OPEN);
	pair_release(&pair);
}

UNIT_TEST(session_carries_frames_of_every_size_both_ways)
{
	size_t long_len = peer_payload_max(PEER_RANGE);
	uint8_t *payload = malloc(long_len);
	struct pair pair;

	for (size_t i = 0; i < long_len; i++)
		payload[i] = (uint8_t)(i * 31 >> 3);
	pair_init(&pair);
	pair_start(&pair);
	pair_run(&pair);
	say(&pair, 0, PEER_RANGE_REQUEST, bytes_of(NULL, 0));
	say(&pair, 0, PEER_RANGE, bytes_of(payload, long_len));
	say(&pair, 1, PEER_VOTE, bytes_text("v"));
	pair_run(&pair);
	ck_assert_uint_eq(pair.ears[1].frames, 2);
	ck_assert_uint_eq(pair.ears[1].type, PEER_RANGE);
	unit_assert_bytes(pair.ears[1].last.at, pair.ears[1].last.len, payload, long_len);
	ck_assert_uint_eq(pair.ears[0].frames, 1);
	ck_assert_uint_eq(pair.ears[0].type, PEER_VOTE);
	free(payload);
	pair_release(&pair);
}

UNIT_TEST(session_gives_the_rest_of_the_frames_when_asked_again)
{
	struct pair pair;

	pair_init(&pair);
	pair_start(&pair);
	pair_run(&pair);
	pair.ears[1].stop_after = 2;
	for (int i = 0; i < 5; i++)
		say(&pair, 0, PEER_VOTE, bytes_text("vote"));
	pair_run(&pair);
	ck_assert_uint_eq(pair.ears[1].frames, 2);
	receive(&pair, 1, bytes_of(NULL, 0));
	ck_assert_uint_eq(pair.ears[1].frames, 5);
	pair_release(&pair);
}

/* Both ends end, each with this reason, the refused one knowing that it was. */
static void expect_refusal(struct pair *pair, enum err reason, int refused)
{
	pair_run(pair);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(session_state(pair->ends[i]), SESSION_OVER);
		ck_assert_int_eq(pair->errors[i], reason);
		ck_assert_uint_eq(pair->ears[i].frames, 0);
	}
	ck_assert(session_was_refused(pair->ends[refused]));
	ck_assert_str_ne(session_detail(pair->ends[refused]), "");
}

UNIT_TEST(session_of_another_chain_is_refused_by_name)
{
	struct pair pair;
	char hex[HASH_HEX_LEN + 1];

	pair_init(&pair);
	pair.selves[0].chain.b[0] ^= 1;
	pair_start(&pair);
	/* each sees the other's hello; the refusal of the first one arrives after */
	pair_run(&pair);
	ck_assert_int_eq(pair.errors[0], ERR_PEER_CHAIN);
	ck_assert_int_eq(pair.errors[1], ERR_PEER_CHAIN);
	hex_encode(hex, pair.selves[0].chain.b, 32);
	ck_assert_ptr_nonnull(strstr(session_detail(pair.ends[1]), hex));
	pair_release(&pair);
}

UNIT_TEST(session_of_an_unknown_key_is_refused_by_name)
{
	struct pair pair;
	struct secret stranger;

	pair_init(&pair);
	crew_key(&stranger, &pair.selves[0].node_public);
	pair.selves[0].node_key = &stranger;
	pair_start(&pair);
	expect_refusal(&pair, ERR_PEER_UNKNOWN, 0);
	pair_release(&pair);
}

static bool observe_any(void *context, const struct public_key *node_key)
{
	(void)node_key;
	++*(unsigned *)context;
	return true;
}

UNIT_TEST(session_of_an_observer_opens_where_it_is_allowed)
{
	struct pair pair;
	struct secret observer;
	unsigned asked = 0;

	pair_init(&pair);
	crew_key(&observer, &pair.selves[0].node_public);
	pair.selves[0].node_key = &observer;
	pair.selves[1].may_observe = observe_any;
	pair.selves[1].context = &asked;
	pair_start(&pair);
	pair_run(&pair);
	ck_assert_int_eq(session_state(pair.ends[1]), SESSION_OPEN);
	ck_assert_uint_eq(session_peer(pair.ends[1])->index, SET_NO_INDEX);
	ck_assert_uint_eq(session_peer(pair.ends[0])->index, 1);
	ck_assert_uint_eq(asked, 1);
	pair_release(&pair);
}

UNIT_TEST(session_with_itself_is_refused_by_name)
{
	struct pair pair;

	pair_init(&pair);
	crew_self(&pair.selves[1], &crew, 0);
	pair_start(&pair);
	pair_run(&pair);
	ck_assert_int_eq(pair.errors[0], ERR_PEER_SELF);
	ck_assert_int_eq(pair.errors[1], ERR_PEER_SELF);
	pair_release(&pair);
}

UNIT_TEST(session_of_an_impostor_is_refused_by_name)
{
	struct pair pair;
	struct public_key own;
	struct secret impostor;

	pair_init(&pair);
	/* valid TLS, the public node key of validator 2, but not its secret */
	crew_key(&impostor, &own);
	pair.selves[0].node_key = &impostor;
	pair.selves[0].node_public = crew.set.validators[2].node_key;
	pair_start(&pair);
	expect_refusal(&pair, ERR_PEER_PROOF, 0);
	pair_release(&pair);
}

UNIT_TEST(session_with_an_impostor_as_server_is_refused_by_name)
{
	struct pair pair;

	pair_init(&pair);
	pair.selves[1].node_key = &crew.node_keys[2]; /* a validator's, but another's */
	pair_start(&pair);
	expect_refusal(&pair, ERR_PEER_PROOF, 1);
	pair_release(&pair);
}

/* --- hellos made by hand ------------------------------------------------------- */

/* A client of its own making against end 1 of a pair. */
struct villain {
	struct tls *tls;
	uint8_t exporter[SESSION_EXPORTER_BYTES];
};

static void exchange(struct pair *pair, struct villain *villain)
{
	for (int round = 0; round < 4; round++) {
		uint8_t at[65536];
		size_t len = tls_output_len(villain->tls);
		bool is_done;

		tls_output_take(villain->tls, at, len);
		receive(pair, 1, bytes_of(at, len));
		len = session_output_len(pair->ends[1]);
		session_output_take(pair->ends[1], at, len);
		ck_assert_int_eq(tls_feed(villain->tls, bytes_of(at, len)), ERR_OK);
		(void)!tls_handshake(villain->tls, &is_done);
	}
}

static void villain_start(struct villain *villain, struct pair *pair)
{
	bool is_done;

	ck_assert_int_eq(session_new(&pair->ends[1], &pair->selves[1], false), ERR_OK);
	ck_assert_int_eq(tls_new(&villain->tls, crew.tls, true), ERR_OK);
	ck_assert_int_eq(tls_handshake(villain->tls, &is_done), ERR_OK);
	exchange(pair, villain);
	ck_assert_int_eq(session_state(pair->ends[1]), SESSION_HELLO);
	ck_assert_int_eq(tls_exporter(villain->tls, villain->exporter), ERR_OK);
}

static void villain_says(struct villain *villain, struct pair *pair, const void *at, size_t len)
{
	ck_assert_int_eq(tls_write(villain->tls, bytes_of(at, len)), ERR_OK);
	exchange(pair, villain);
}

static void villain_hello(struct villain *villain, struct pair *pair,
			  const struct signature *signature, uint32_t version)
{
	struct frame *frame = crew_hello(&crew.set.validators[0].node_key, signature, &crew.chain,
					 version);

	villain_says(villain, pair, frame->at, frame->len);
	frame_drop(frame);
}

/* The villain holds validator 0's key here: which hellos of an honest signer
 * are good? */
static enum err outcome(enum session_role role, int flip_exporter, uint32_t version)
{
	struct signature signature;
	struct villain villain;
	struct pair pair;
	enum err err;

	pair_init(&pair);
	villain_start(&villain, &pair);
	if (flip_exporter)
		villain.exporter[31] ^= 1;
	crew_prove(&signature, &crew.node_keys[0], &crew.chain, role, 0, villain.exporter);
	villain_hello(&villain, &pair, &signature, version);
	err = pair.errors[1];
	ck_assert_int_eq(session_state(pair.ends[1]), err ? SESSION_OVER : SESSION_OPEN);
	tls_free(villain.tls);
	pair_release(&pair);
	return err;
}

UNIT_TEST(session_hello_binds_role_session_and_version)
{
	ck_assert_int_eq(outcome(SESSION_CLIENT, 0, SESSION_VERSION), ERR_OK);
	ck_assert_int_eq(outcome(SESSION_SERVER, 0, SESSION_VERSION), ERR_PEER_PROOF);
	ck_assert_int_eq(outcome(SESSION_CLIENT, 1, SESSION_VERSION), ERR_PEER_PROOF);
	ck_assert_int_eq(outcome(SESSION_CLIENT, 0, 2), ERR_PEER_MESSAGE);
}

UNIT_TEST(session_hello_replayed_from_another_session_is_refused)
{
	struct signature signature;
	struct villain first;
	struct villain second;
	struct pair pair;

	pair_init(&pair);
	villain_start(&first, &pair);
	crew_prove(&signature, &crew.node_keys[0], &crew.chain, SESSION_CLIENT, 0, first.exporter);
	villain_hello(&first, &pair, &signature, SESSION_VERSION);
	ck_assert_int_eq(session_state(pair.ends[1]), SESSION_OPEN);
	session_free(pair.ends[1]);
	villain_start(&second, &pair);
	ck_assert_mem_ne(first.exporter, second.exporter, sizeof(first.exporter));
	villain_hello(&second, &pair, &signature, SESSION_VERSION);
	ck_assert_int_eq(pair.errors[1], ERR_PEER_PROOF);
	tls_free(first.tls);
	tls_free(second.tls);
	pair_release(&pair);
}

static enum err after_saying(const void *at, size_t len)
{
	struct villain villain;
	struct pair pair;
	enum err err;

	pair_init(&pair);
	villain_start(&villain, &pair);
	villain_says(&villain, &pair, at, len);
	err = pair.errors[1];
	ck_assert_int_eq(session_state(pair.ends[1]), SESSION_OVER);
	tls_free(villain.tls);
	pair_release(&pair);
	return err;
}

UNIT_TEST(session_takes_nothing_but_a_short_hello_first)
{
	static const uint8_t vote[] = {0, 0, 0, 1, PEER_VOTE, 1};
	static const uint8_t range[] = {0, 1, 0, 0, PEER_RANGE};
	static const uint8_t hello[] = {0, 0, 0, 2, PEER_HELLO, 0xff, 0xff};
	static const uint8_t empty[] = {0, 0, 0, 0, PEER_HELLO};
	static const uint8_t long_hello[] = {0, 0, 2, 1, PEER_HELLO};

	ck_assert_int_eq(after_saying(vote, sizeof(vote)), ERR_PEER_MESSAGE);
	ck_assert_int_eq(after_saying(range, sizeof(range)), ERR_FRAME);
	ck_assert_int_eq(after_saying(hello, sizeof(hello)), ERR_PEER_MESSAGE);
	ck_assert_int_eq(after_saying(empty, sizeof(empty)), ERR_PEER_MESSAGE);
	ck_assert_int_eq(after_saying(long_hello, sizeof(long_hello)), ERR_FRAME);
}

UNIT_TEST(session_frame_too_long_ends_it_by_name)
{
	static const uint8_t header[] = {0, 0, 1, 1, PEER_VOTE};
	struct pair pair;

	pair_init(&pair);
	pair_start(&pair);
	pair_run(&pair);
	ck_assert_int_eq(session_send(pair.ends[0], bytes_of(header, sizeof(header))), ERR_OK);
	expect_refusal(&pair, ERR_FRAME, 0);
	pair_release(&pair);
}

UNIT_TEST(session_second_hello_ends_it)
{
	struct pair pair;

	pair_init(&pair);
	pair_start(&pair);
	pair_run(&pair);
	say(&pair, 0, PEER_HELLO, bytes_text("again"));
	expect_refusal(&pair, ERR_PEER_MESSAGE, 0);
	pair_release(&pair);
}

UNIT_TEST(session_of_garbage_fails_in_tls)
{
	uint8_t garbage[4096];
	struct pair pair;

	for (size_t i = 0; i < sizeof(garbage); i++)
		garbage[i] = (uint8_t)(i * 193 + 7);
	pair_init(&pair);
	pair_start(&pair);
	receive(&pair, 1, bytes_of(garbage, sizeof(garbage)));
	ck_assert_int_eq(pair.errors[1], ERR_PEER_TLS);
	ck_assert_int_eq(session_state(pair.ends[1]), SESSION_OVER);
	ck_assert_str_ne(session_detail(pair.ends[1]), "");
	pair_release(&pair);
}

UNIT_TEST(session_with_a_flipped_bit_on_the_wire_ends)
{
	struct pair pair;
	uint8_t at[4096];
	size_t len;

	pair_init(&pair);
	pair_start(&pair);
	pair_run(&pair);
	say(&pair, 0, PEER_VOTE, bytes_text("vote"));
	len = session_output_len(pair.ends[0]);
	ck_assert_uint_le(len, sizeof(at));
	session_output_take(pair.ends[0], at, len);
	at[len - 1] ^= 1;
	receive(&pair, 1, bytes_of(at, len));
	ck_assert_int_eq(pair.errors[1], ERR_PEER_TLS);
	ck_assert_uint_eq(pair.ears[1].frames, 0);
	pair_release(&pair);
}

UNIT_MAIN("session", session_opens_and_each_end_knows_the_other, session_epochs_are_not_compared,
	  session_carries_frames_of_every_size_both_ways,
	  session_gives_the_rest_of_the_frames_when_asked_again,
	  session_of_another_chain_is_refused_by_name,
	  session_of_an_unknown_key_is_refused_by_name,
	  session_of_an_observer_opens_where_it_is_allowed,
	  session_with_itself_is_refused_by_name, session_of_an_impostor_is_refused_by_name,
	  session_with_an_impostor_as_server_is_refused_by_name,
	  session_hello_binds_role_session_and_version,
	  session_hello_replayed_from_another_session_is_refused,
	  session_takes_nothing_but_a_short_hello_first, session_frame_too_long_ends_it_by_name,
	  session_second_hello_ends_it, session_of_garbage_fails_in_tls,
	  session_with_a_flipped_bit_on_the_wire_ends)
