#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "base/log.h"
#include "p2p/link_uv.h"
#include "p2p/net.h"
#include "tests/lib/unit.h"
#include "tests/unit/p2p/crew.h"

/* Several nets in one loop, over loopback. */

static struct crew crew;
static uv_loop_t loop;
static char log_text[262144];

/* A node as the pump would see it. */
struct member {
	struct net *net;
	struct secret key; /* kept here: lent to the net */
	struct net_config config;
	unsigned opens, closes, frames;
	uint32_t last_peer;
	uint8_t last_type;
	enum err last_reason;
	struct buf last;
	uint64_t bytes;
	uint32_t punish_on_frame; /* peer + 1 */
	bool observers_may;
};

static void keep_log(void *context, const char *line)
{
	size_t len = strlen(log_text);

	(void)context;
	snprintf(log_text + len, sizeof(log_text) - len, "%s\n", line);
}

static void on_open(void *context, uint32_t peer, const struct public_key *key,
		    const char *address)
{
	struct member *member = context;

	(void)key;
	ck_assert_ptr_nonnull(strchr(address, ':'));
	member->opens++;
	member->last_peer = peer;
}

static void on_close(void *context, uint32_t peer, enum err reason)
{
	struct member *member = context;

	(void)peer;
	member->closes++;
	member->last_reason = reason;
}

static void on_frame(void *context, uint32_t peer, uint8_t type, struct bytes payload)
{
	struct member *member = context;

	member->frames++;
	member->bytes += payload.len;
	member->last_peer = peer;
	member->last_type = type;
	buf_reset(&member->last);
	buf_add_bytes(&member->last, payload);
	if (member->punish_on_frame == peer + 1)
		net_punish(member->net, peer, ERR_PEER_MESSAGE);
}

static bool may_observe(void *context, const struct public_key *key)
{
	const struct member *member = context;

	(void)key;
	return member->observers_may;
}

static void member_init(struct member *member, uint32_t index)
{
	struct net_config *config = &member->config;

	memset(member, 0, sizeof(*member));
	buf_init(&member->last, 16777216);
	if (index != SET_NO_INDEX)
		member->key = crew.node_keys[index];
	strcpy(config->listen.ip, "127.0.0.1");
	config->chain = crew.chain;
	config->set = &crew.set;
	config->self = index;
	config->node_key = &member->key;
	config->sessions_max = 2;
	config->queue_bytes_max = 33554432;
	config->callbacks.context = member;
	config->callbacks.on_open = on_open;
	config->callbacks.on_close = on_close;
	config->callbacks.on_frame = on_frame;
	config->callbacks.may_observe = may_observe;
}

static void member_open(struct member *member, const struct net_address *peers, size_t count)
{
	member->config.peers = peers;
	member->config.peers_count = count;
	ck_assert_int_eq(net_open(&member->net, &loop, &member->config), ERR_OK);
}

static struct net_address address_of(const struct member *member)
{
	struct net_address address = {.ip = "127.0.0.1", .port = net_port(member->net)};

	return address;
}

static void begin(void)
{
	log_text[0] = '\0';
	log_sink_set(keep_log, NULL);
	crew_init(&crew);
	ck_assert_int_eq(uv_loop_init(&loop), 0);
}

static void end(struct member **members, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		net_close(members[i]->net);
		buf_release(&members[i]->last);
	}
	ck_assert_int_eq(uv_run(&loop, UV_RUN_DEFAULT), 0);
	ck_assert_int_eq(uv_loop_close(&loop), 0);
	crew_release(&crew);
	log_sink_set(NULL, NULL);
}

static void stop_waiting(uv_timer_t *timer)
{
	*(bool *)timer->data = true;
}

/* Runs the loop until the claim holds, or fails after ms. */
#define UNTIL(claim, ms) \
	do { \
		bool is_late_ = false; \
		uv_timer_t timer_; \
		uv_timer_init(&loop, &timer_); \
		timer_.data = &is_late_; \
		uv_timer_start(&timer_, stop_waiting, ms, 0); \
		while (!(claim) && !is_late_) \
			uv_run(&loop, UV_RUN_ONCE); \
		uv_close((uv_handle_t *)&timer_, NULL); \
		uv_run(&loop, UV_RUN_NOWAIT); \
		ck_assert_msg(claim, #claim "\n%s", log_text); \
	} while (0)

static void wait_ms(unsigned ms)
{
	bool is_over = false;
	uv_timer_t timer;

	uv_timer_init(&loop, &timer);
	timer.data = &is_over;
	uv_timer_start(&timer, stop_waiting, ms, 0);
	while (!is_over)
		uv_run(&loop, UV_RUN_ONCE);
	uv_close((uv_handle_t *)&timer, NULL);
	uv_run(&loop, UV_RUN_NOWAIT);
}

static struct member one, two, three;

/* Two validators in session, dialled by two. */
static void begin_pair(void)
{
	struct net_address address;

	begin();
	member_init(&one, 0);
	member_open(&one, NULL, 0);
	address = address_of(&one);
	member_init(&two, 1);
	member_open(&two, &address, 1);
	UNTIL(one.opens == 1 && two.opens == 1, 3000);
}

static void end_pair(void)
{
	struct member *all[] = {&one, &two};

	end(all, 2);
}

UNIT_TEST(net_carries_frames_both_ways)
{
	size_t long_len = peer_payload_max(PEER_RANGE);
	uint8_t *payload = malloc(long_len);

	memset(payload, 9, long_len);
	begin_pair();
	ck_assert_uint_eq(one.last_peer, 1);
	ck_assert_uint_eq(two.last_peer, 0);
	ck_assert(net_send(one.net, 1, PEER_VOTE, bytes_text("to two")));
	ck_assert(net_send(two.net, 0, PEER_RANGE, bytes_of(payload, long_len)));
	UNTIL(one.frames == 1 && two.frames == 1, 3000);
	ck_assert_uint_eq(two.last_type, PEER_VOTE);
	unit_assert_bytes(two.last.at, two.last.len, "to two", 6);
	ck_assert_uint_eq(one.last_type, PEER_RANGE);
	unit_assert_bytes(one.last.at, one.last.len, payload, long_len);
	ck_assert(!net_send(one.net, 2, PEER_VOTE, bytes_text("to nobody")));
	free(payload);
	end_pair();
}

UNIT_TEST(net_keeps_the_order_of_many_frames)
{
	begin_pair();
	for (uint32_t i = 0; i < 20000; i++) {
		uint8_t at[100] = {0};

		store_u32(at, i);
		ck_assert(net_send(one.net, 1, PEER_VOTE, bytes_of(at, sizeof(at))));
	}
	UNTIL(two.frames == 20000, 10000);
	ck_assert_uint_eq(load_u32(two.last.at), 19999);
	ck_assert_uint_eq(two.bytes, 2000000);
	end_pair();
}

/* A long frame goes in pieces, a few in each turn of the loop. */
UNIT_TEST(net_ends_a_frame_that_it_began_before_it_refuses)
{
	size_t len = 1000000;
	uint8_t *payload = malloc(len);

	for (size_t i = 0; i < len; i++)
		payload[i] = (uint8_t)(i >> 10 ^ i);
	begin_pair();
	ck_assert(net_send(one.net, 1, PEER_RANGE, bytes_of(payload, len)));
	uv_run(&loop, UV_RUN_NOWAIT);
	ck_assert_uint_eq(two.frames, 0);
	net_punish(one.net, 1, ERR_PEER_MESSAGE);
	UNTIL(two.closes == 1, 5000);
	ck_assert_int_eq(two.last_reason, ERR_PEER_MESSAGE);
	ck_assert_uint_eq(two.frames, 1);
	unit_assert_bytes(two.last.at, two.last.len, payload, len);
	free(payload);
	end_pair();
}

UNIT_TEST(net_of_a_full_queue_drops_the_newcomer_and_counts_it)
{
	uint8_t *payload = calloc(1, 500000);
	struct net_peer_status status;
	unsigned sent = 0;

	begin_pair();
	ck_assert(net_has_room(one.net, 1, UINT64_MAX));
	ck_assert(!net_has_room(one.net, 2, UINT64_MAX)); /* who is not there has none */
	for (int i = 0; i < 100; i++) {
		sent += net_send(one.net, 1, PEER_PARCEL, bytes_of(payload, 500000));
		ck_assert(net_has_room(one.net, 1, UINT64_MAX) == (i < 33)); /* half of what it takes */
		ck_assert(net_has_room(one.net, 1, 2000000) == (i < 3));
	}
	ck_assert_uint_eq(sent, 67);
	ck_assert_uint_eq(net_peers(one.net, &status, 1), 1);
	ck_assert_uint_eq(status.frames_dropped, 33);
	UNTIL(two.frames == sent, 10000);
	ck_assert_uint_eq(net_peers(one.net, &status, 1), 1);
	ck_assert_uint_eq(status.frames_out, sent);
	ck_assert_uint_gt(status.bytes_out, (uint64_t)sent * 500000);
	ck_assert(net_has_room(one.net, 1, UINT64_MAX));
	ck_assert(net_send(one.net, 1, PEER_PARCEL, bytes_of(payload, 500000)));
	free(payload);
	end_pair();
}

UNIT_TEST(net_keeps_one_session_when_both_dial)
{
	struct net_address addresses[2];
	struct member *all[] = {&one, &two};
	struct net_peer_status status;

	begin();
	/* ports first, so that each knows the other's */
	member_init(&one, 0);
	member_open(&one, NULL, 0);
	member_init(&two, 1);
	member_open(&two, NULL, 0);
	addresses[0] = address_of(&one);
	addresses[1] = address_of(&two);
	net_close(one.net);
	net_close(two.net);
	uv_run(&loop, UV_RUN_DEFAULT);
	one.config.listen = addresses[0];
	two.config.listen = addresses[1];
	member_open(&one, &addresses[1], 1);
	member_open(&two, &addresses[0], 1);
	UNTIL(one.opens == 1 && two.opens == 1, 3000);
	for (uint32_t i = 0; i < 200; i++) {
		(void)net_send(one.net, 1, PEER_VOTE, bytes_text("x"));
		(void)net_send(two.net, 0, PEER_VOTE, bytes_text("y"));
		wait_ms(1);
	}
	UNTIL(one.frames == 200 && two.frames == 200, 3000);
	/* nothing of the second session was seen */
	ck_assert_uint_eq(one.opens + two.opens, 2);
	ck_assert_uint_eq(one.closes + two.closes, 0);
	ck_assert_uint_eq(net_peers(one.net, &status, 1), 1);
	/* the one that the lower index dialled */
	ck_assert_uint_eq(strtoul(strchr(status.address, ':') + 1, NULL, 10), addresses[1].port);
	end(all, 2);
}

UNIT_TEST(net_dials_again_after_the_peer_went_and_came)
{
	struct member *all[] = {&one, &two};
	struct net_address address;

	begin_pair();
	address = address_of(&one);
	net_close(one.net);
	UNTIL(two.closes == 1, 3000);
	ck_assert(!net_send(two.net, 0, PEER_VOTE, bytes_text("x")));
	wait_ms(300);
	one.config.listen = address;
	member_open(&one, NULL, 0);
	UNTIL(one.opens == 2 && two.opens == 2, 8000);
	ck_assert(net_send(two.net, 0, PEER_VOTE, bytes_text("x")));
	UNTIL(one.frames == 1, 3000);
	end(all, 2);
}

/* Validator 1 made wrong in some way dials validator 0. */
static void expect_refused(enum err reason)
{
	struct member *all[] = {&one, &two};
	char named[64];

	UNTIL(strstr(log_text, "\"peer_refused\"") != NULL &&
	      strstr(log_text, "\"peer_refused_us\"") != NULL, 3000);
	snprintf(named, sizeof(named), "[E%04d %s]", (int)reason, err_name(reason));
	ck_assert_msg(strstr(log_text, named) != NULL, "%s in\n%s", named, log_text);
	ck_assert_uint_eq(one.opens, 0);
	end(all, 2);
}

static void begin_two(void)
{
	begin();
	member_init(&one, 0);
	member_open(&one, NULL, 0);
	member_init(&two, 1);
}

static void two_dials(void)
{
	struct net_address address = address_of(&one);

	member_open(&two, &address, 1);
}

UNIT_TEST(net_refuses_an_unknown_key_by_name_at_both_ends)
{
	struct public_key unused;

	begin_two();
	crew_key(&two.key, &unused);
	two.config.self = SET_NO_INDEX;
	two_dials();
	expect_refused(ERR_PEER_UNKNOWN);
}

UNIT_TEST(net_refuses_another_chain_by_name)
{
	struct member *all[] = {&one, &two};

	begin_two();
	memset(two.config.chain.b, 0xee, 32);
	two_dials();
	UNTIL(strstr(log_text, "E5004 PEER_CHAIN") != NULL, 3000);
	ck_assert_uint_eq(one.opens + two.opens, 0);
	ck_assert_ptr_nonnull(strstr(log_text, "eeeeeeeeeeee"));
	ck_assert_ptr_nonnull(strstr(log_text, "c5c5c5c5c5c5"));
	end(all, 2);
}

UNIT_TEST(net_that_dials_itself_says_so_and_stops)
{
	struct member *all[] = {&one};
	struct net_address address;

	begin();
	member_init(&one, 0);
	member_open(&one, NULL, 0);
	address = address_of(&one);
	net_close(one.net);
	uv_run(&loop, UV_RUN_DEFAULT);
	one.config.listen = address;
	member_open(&one, &address, 1);
	UNTIL(strstr(log_text, "peer_is_self") != NULL, 3000);
	log_text[0] = '\0';
	wait_ms(500);
	ck_assert_ptr_null(strstr(log_text, "peer_refused"));
	end(all, 1);
}

UNIT_TEST(net_punished_peer_is_closed_by_name_and_kept_out)
{
	begin_pair();
	one.punish_on_frame = 2;
	ck_assert(net_send(two.net, 0, PEER_VOTE, bytes_text("bad")));
	ck_assert(net_send(two.net, 0, PEER_VOTE, bytes_text("worse")));
	UNTIL(one.closes == 1 && two.closes == 1, 3000);
	ck_assert_uint_eq(one.frames, 1);
	ck_assert_int_eq(one.last_reason, ERR_PEER_MESSAGE);
	ck_assert_int_eq(two.last_reason, ERR_PEER_MESSAGE);
	UNTIL(strstr(log_text, "E5006 PEER_QUOTA") != NULL, 3000);
	ck_assert_uint_eq(one.opens, 1);
	end_pair();
}

UNIT_TEST(net_takes_as_many_observers_as_it_has_room_for)
{
	struct member *all[] = {&one, &two, &three};
	struct net_address address;
	struct public_key unused;

	begin();
	member_init(&one, 0);
	one.config.sessions_max = 1;
	one.observers_may = true;
	member_open(&one, NULL, 0);
	address = address_of(&one);
	member_init(&two, SET_NO_INDEX);
	crew_key(&two.key, &unused);
	member_open(&two, &address, 1);
	UNTIL(one.opens == 1, 3000);
	ck_assert_uint_ge(one.last_peer, NET_OBSERVERS);
	member_init(&three, SET_NO_INDEX);
	crew_key(&three.key, &unused);
	member_open(&three, &address, 1);
	UNTIL(strstr(log_text, "no room for more observers") != NULL, 3000);
	ck_assert_uint_eq(one.opens, 1);
	net_broadcast(one.net, PEER_VOTE, bytes_text("to validators"), false);
	net_broadcast(one.net, PEER_VOTE, bytes_text("to all"), true);
	UNTIL(two.frames == 1, 3000);
	unit_assert_bytes(two.last.at, two.last.len, "to all", 6);
	end(all, 3);
}

UNIT_TEST(net_observer_over_its_quota_is_slowed_not_lost)
{
	struct member *all[] = {&one, &two};
	struct net_address address;
	struct public_key unused;
	uint64_t start_us;

	begin();
	member_init(&one, 0);
	one.observers_may = true;
	member_open(&one, NULL, 0);
	address = address_of(&one);
	member_init(&two, SET_NO_INDEX);
	crew_key(&two.key, &unused);
	member_open(&two, &address, 1);
	UNTIL(one.opens == 1 && two.opens == 1, 3000);
	start_us = uv_hrtime() / 1000;
	/* two seconds' worth at once, and a quarter of a second's more */
	for (int i = 0; i < 1125; i++)
		ck_assert(net_send(two.net, 0, PEER_VOTE, bytes_text("flood")));
	UNTIL(one.frames == 1125, 5000);
	ck_assert_uint_ge(uv_hrtime() / 1000 - start_us, 200000);
	ck_assert_ptr_nonnull(strstr(log_text, "peer_over_quota"));
	ck_assert_uint_eq(one.closes, 0);
	end(all, 2);
}

UNIT_TEST(net_broadcast_reaches_every_validator)
{
	struct member *all[] = {&one, &two, &three};
	struct net_address addresses[2];

	begin();
	member_init(&one, 0);
	member_open(&one, NULL, 0);
	addresses[0] = address_of(&one);
	member_init(&two, 1);
	member_open(&two, addresses, 1);
	addresses[1] = address_of(&two);
	member_init(&three, 2);
	member_open(&three, addresses, 2);
	UNTIL(one.opens == 2 && two.opens == 2 && three.opens == 2, 3000);
	net_broadcast(three.net, PEER_CERTIFICATE, bytes_text("fact"), false);
	UNTIL(one.frames == 1 && two.frames == 1, 3000);
	ck_assert_uint_eq(three.frames, 0);
	unit_assert_bytes(two.last.at, two.last.len, "fact", 4);
	ck_assert_uint_eq(two.last_peer, 2);
	end(all, 3);
}

/* --- strangers at the door ---------------------------------------------------- */

static int knock_from(const char *ip, uint16_t port)
{
	struct sockaddr_in from = {.sin_family = AF_INET};
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	inet_pton(AF_INET, ip, &from.sin_addr);
	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&from, sizeof(from)), 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

static int knock(uint16_t port)
{
	return knock_from("127.0.0.1", port);
}

static bool is_cut(int fd)
{
	char at[4096];
	ssize_t count;

	do {
		count = recv(fd, at, sizeof(at), MSG_DONTWAIT);
	} while (count > 0);
	return count == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

UNIT_TEST(net_garbage_at_the_door_is_cut_and_harms_nobody)
{
	char garbage[3000];
	int fd;

	memset(garbage, 'G', sizeof(garbage));
	begin_pair();
	fd = knock(net_port(one.net));
	ck_assert_int_eq(send(fd, garbage, sizeof(garbage), 0), sizeof(garbage));
	UNTIL(is_cut(fd), 3000);
	close(fd);
	ck_assert_ptr_nonnull(strstr(log_text, "E5007 PEER_TLS"));
	ck_assert(net_send(two.net, 0, PEER_VOTE, bytes_text("still here")));
	UNTIL(one.frames == 1, 3000);
	end_pair();
}

UNIT_TEST(net_silent_strangers_are_bounded_and_shut_out_nobody)
{
	int fds[140];
	unsigned cut = 0;
	uint64_t start = uv_hrtime();
	struct net_address address;
	struct member *all[] = {&one, &two};

	begin();
	member_init(&one, 0);
	member_open(&one, NULL, 0);
	for (unsigned i = 0; i < 140; i++) {
		fds[i] = knock(net_port(one.net));
		wait_ms(1);
	}
	address = address_of(&one);
	member_init(&two, 1);
	member_open(&two, &address, 1);
	UNTIL(one.opens == 1, 3000);
	for (unsigned i = 0; i < 140; i++) {
		cut += is_cut(fds[i]);
		close(fds[i]);
	}
	ck_assert_uint_ge(cut, 12); /* 128 of 140 are held */
	if (uv_hrtime() - start < UINT64_C(1000000) * LINK_HANDSHAKE_MS)
		ck_assert_uint_le(cut, 14); /* later some have run out of time besides */
	end(all, 2);
}

UNIT_TEST(net_crowd_from_one_address_is_cut_before_those_of_others)
{
	struct member *all[] = {&one};
	int crowd[140];
	int others[8];

	begin();
	member_init(&one, 0);
	member_open(&one, NULL, 0);
	for (unsigned i = 0; i < 8; i++)
		others[i] = knock_from("127.0.0.3", net_port(one.net));
	for (unsigned i = 0; i < 140; i++) {
		crowd[i] = knock_from("127.0.0.2", net_port(one.net));
		wait_ms(1);
	}
	ck_assert(is_cut(crowd[0]));
	for (unsigned i = 0; i < 8; i++) {
		ck_assert(!is_cut(others[i]));
		close(others[i]);
	}
	for (unsigned i = 0; i < 140; i++)
		close(crowd[i]);
	end(all, 1);
}

UNIT_TEST(net_address_that_knocks_too_often_is_not_let_in_and_others_are)
{
	struct member *all[] = {&one, &two};
	struct net_address address;
	bool is_refused = false;
	int fd;

	begin();
	member_init(&one, 0);
	member_open(&one, NULL, 0);
	for (unsigned i = 0; i < 2000 && !is_refused; i++) {
		fd = knock_from("127.0.0.2", net_port(one.net));
		wait_ms(1);
		is_refused = is_cut(fd);
		close(fd); /* none is half open at the next */
	}
	ck_assert(is_refused);
	address = address_of(&one);
	member_init(&two, 1);
	member_open(&two, &address, 1);
	UNTIL(one.opens == 1, 3000);
	end(all, 2);
}

static bool is_of_one(const char *a, const char *b)
{
	const char *texts[2] = {a, b};
	uint8_t origins[2][16];

	for (int i = 0; i < 2; i++) {
		struct sockaddr_storage name;

		if (strchr(texts[i], ':') != NULL)
			ck_assert_int_eq(uv_ip6_addr(texts[i], 1, (struct sockaddr_in6 *)&name), 0);
		else
			ck_assert_int_eq(uv_ip4_addr(texts[i], 1, (struct sockaddr_in *)&name), 0);
		link_origin(origins[i], &name);
	}
	return memcmp(origins[0], origins[1], 16) == 0;
}

UNIT_TEST(net_takes_the_network_of_an_ipv6_address_for_one_stranger)
{
	ck_assert(is_of_one("2001:db8:0:1::1", "2001:db8:0:1:ffff:2:3:4"));
	ck_assert(!is_of_one("2001:db8:0:1::1", "2001:db8:0:2::1"));
	ck_assert(is_of_one("::ffff:192.0.2.1", "192.0.2.1"));
	ck_assert(!is_of_one("::ffff:192.0.2.1", "::ffff:192.0.2.2"));
	ck_assert(!is_of_one("192.0.2.1", "192.0.2.2"));
}

UNIT_TEST(net_that_cannot_listen_says_so)
{
	struct member *all[] = {&one};
	struct net *other;

	begin();
	member_init(&one, 0);
	member_open(&one, NULL, 0);
	member_init(&two, 1);
	two.config.listen = address_of(&one);
	ck_assert_int_eq(net_open(&other, &loop, &two.config), ERR_NET_CONNECT);
	end(all, 1);
}

UNIT_MAIN("net_uv", net_carries_frames_both_ways, net_keeps_the_order_of_many_frames,
	  net_ends_a_frame_that_it_began_before_it_refuses,
	  net_of_a_full_queue_drops_the_newcomer_and_counts_it,
	  net_keeps_one_session_when_both_dial, net_dials_again_after_the_peer_went_and_came,
	  net_refuses_an_unknown_key_by_name_at_both_ends, net_refuses_another_chain_by_name,
	  net_that_dials_itself_says_so_and_stops, net_punished_peer_is_closed_by_name_and_kept_out,
	  net_takes_as_many_observers_as_it_has_room_for, net_broadcast_reaches_every_validator,
	  net_observer_over_its_quota_is_slowed_not_lost,
	  net_garbage_at_the_door_is_cut_and_harms_nobody,
	  net_silent_strangers_are_bounded_and_shut_out_nobody,
	  net_crowd_from_one_address_is_cut_before_those_of_others,
	  net_address_that_knocks_too_often_is_not_let_in_and_others_are,
	  net_takes_the_network_of_an_ipv6_address_for_one_stranger, net_that_cannot_listen_says_so)
