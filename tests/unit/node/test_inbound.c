/* Where and when a parcel that came in is opened: on the loop or by a worker, and whose turn it is. */
#include "node/inbound.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "crypto/digest.h"
#include "node/flight.h"
#include "node/io_uv.h"
#include "node/peers.h"
#include "node/pool.h"
#include "node/pump.h"
#include "tests/lib/unit.h"

#define AUTHOR 1u
#define OTHER 2u
#define BYTES_SMALL 100u

static struct set set;
static struct node node;
static uv_loop_t loop;
static uint8_t payload[LIMIT_PARCEL_BYTES];
static uint32_t bytes, count; /* of the parcel that is brought next */
static uint64_t sequence;     /* of the one that was brought last */

/* A pump that holds nothing, has a set of four and one worker in each lane. */
static void begin(void)
{
	set.count = 4;
	node = (struct node){.set = &set, .self = 0};
	node.config.parcel_bytes_max = 64u * LIMIT_PARCEL_BYTES;
	bytes = BYTES_SMALL;
	count = 1;
	node.verified = verified_new(16);
	node.pool = pool_new(1);
	node.flights = flights_new(1);
	node.inbound = inbound_new();
	node.peers = peers_new();
	LIST_INIT(&node.jobs);
	ck_assert_int_eq(uv_loop_init(&loop), 0);
	ck_assert_int_eq(io_open(&node.io, &loop, 1), ERR_OK);
	io_attach(node.io, &node);
}

static void end(void)
{
	while (io_pending(node.io) > 0)
		uv_run(&loop, UV_RUN_ONCE);
	io_close(node.io);
	ck_assert_int_eq(uv_run(&loop, UV_RUN_DEFAULT), 0);
	ck_assert_int_eq(uv_loop_close(&loop), 0);
	peers_free(node.peers);
	inbound_free(node.inbound);
	flights_free(node.flights);
	pool_free(node.pool);
	verified_free(node.verified);
}

/* Transactions of AUTHOR's, which nobody signed. */
static void render(struct buf *out, uint64_t of_sequence)
{
	struct parcel_text text = {
		.author = AUTHOR, .sequence = of_sequence, .expires = 10, .count = count, .bytes = bytes};

	sha256(&text.payload, payload, bytes);
	buf_init(out, 512);
	parcel_text_render(out, &text);
}

/* Each differs. */
static void bring(uint32_t peer)
{
	static uint8_t signature[64];
	Stele__ParcelMessage message = STELE__PARCEL_MESSAGE__INIT;
	struct buf text_bytes, frame;

	render(&text_bytes, ++sequence);
	message.text = (ProtobufCBinaryData){text_bytes.len, text_bytes.at};
	message.signature = (ProtobufCBinaryData){sizeof(signature), signature};
	message.payload = (ProtobufCBinaryData){bytes, payload};
	buf_init(&frame, peer_payload_max(PEER_PARCEL));
	ck_assert_int_eq(peer_encode(&frame, PEER_PARCEL, &message), ERR_OK);
	inbound_on_frame(&node, peer, PEER_PARCEL, buf_bytes(&frame));
	buf_release(&frame);
	buf_release(&text_bytes);
}

UNIT_TEST(inbound_lone_parcel_of_its_author_is_opened_on_the_loop)
{
	begin();
	bring(AUTHOR);
	ck_assert_uint_eq(node.counters.signatures_checked, 2);
	ck_assert_uint_eq(io_pending(node.io), 0);
	end();
}

/* Its author would be refused for a malformed one, and whoever brings it is not: it could
 * take the loop's time without end. */
UNIT_TEST(inbound_parcel_that_another_brings_is_opened_by_a_worker)
{
	begin();
	bring(OTHER);
	bring(4 + OTHER); /* an observer */
	ck_assert_uint_eq(node.counters.signatures_checked, 0);
	ck_assert_uint_eq(io_pending(node.io), 2);
	end();
	ck_assert_uint_eq(node.counters.signatures_checked, 4);
}

UNIT_TEST(inbound_parcel_beside_other_work_is_opened_by_a_worker)
{
	begin();
	node.has_work = true;
	bring(AUTHOR);
	ck_assert_uint_eq(io_pending(node.io), 1);
	end();
}

/* A block that references the parcel which is brought next, and lacks it. */
static void miss_next(void)
{
	struct effect_block from = {.block = {{1}}, .height = 1, .view = 1};
	struct body *body = calloc(1, sizeof(*body));
	struct buf text_bytes, body_bytes;

	ck_assert_ptr_nonnull(body);
	render(&text_bytes, sequence + 1);
	body->parcels_count = 1;
	body->parcels[0] = (struct body_parcel){.author = AUTHOR, .count = count, .bytes = bytes};
	sha256(&body->parcels[0].digest, text_bytes.at, text_bytes.len);
	buf_init(&body_bytes, LIMIT_BODY_BYTES);
	body_render(&body_bytes, body);
	from.body_text = buf_bytes(&body_bytes);
	ck_assert_ptr_nonnull(flight_add(&node, &from));
	buf_release(&body_bytes);
	buf_release(&text_bytes);
	free(body);
}

/* Far more than is taken: from the observers together no more than from one validator. */
static void crowd(uint32_t first, uint32_t peers)
{
	for (uint32_t i = 0; i < 256 * peers; i++)
		bring(first + i % peers);
}

UNIT_TEST(inbound_parcel_finds_room_whatever_others_send)
{
	size_t full;

	begin();
	node.has_work = true;
	crowd(set.count, 8);
	crowd(OTHER, 2);
	full = io_pending(node.io);
	bring(set.count + 9);
	bring(OTHER);
	ck_assert_uint_eq(io_pending(node.io), full);
	bring(AUTHOR);
	ck_assert_uint_eq(io_pending(node.io), full + 1);
	end();
}

UNIT_TEST(inbound_parcel_that_a_block_misses_finds_room_whoever_sends_it)
{
	size_t full;

	begin();
	node.has_work = true;
	crowd(0, 4 + 8);
	full = io_pending(node.io);
	bring(AUTHOR);
	ck_assert_uint_eq(io_pending(node.io), full);
	miss_next();
	bring(AUTHOR);
	ck_assert_uint_eq(io_pending(node.io), full + 1);
	end();
}

#define LARGE_AT_ONCE 4u /* so many of the largest parcels fill the workers' line */

/* One of eight transactions comes last, and from another peer. */
UNIT_TEST(inbound_peer_that_brings_much_delays_no_other)
{
	begin();
	bytes = LIMIT_PARCEL_BYTES;
	node.has_work = true;
	for (uint32_t i = 0; i < 20; i++)
		bring(5);
	ck_assert_uint_eq(io_pending(node.io), LARGE_AT_ONCE);
	count = 8;
	bring(6);
	ck_assert_uint_eq(io_pending(node.io), LARGE_AT_ONCE);
	while (node.counters.signatures_checked % 2 == 0)
		uv_run(&loop, UV_RUN_ONCE);
	ck_assert_uint_le(node.counters.signatures_checked, 9 + 2 * (2 * LARGE_AT_ONCE));
	end();
	ck_assert_uint_eq(node.counters.signatures_checked, 9 + 2 * 20);
}

UNIT_TEST(inbound_parcel_that_waits_is_hurried_when_a_block_misses_it)
{
	struct hash digest;
	struct buf text_bytes;

	begin();
	bytes = LIMIT_PARCEL_BYTES;
	node.has_work = true;
	for (uint32_t i = 0; i < 20; i++)
		bring(5);
	render(&text_bytes, sequence);
	sha256(&digest, text_bytes.at, text_bytes.len);
	ck_assert_uint_eq(io_pending(node.io), LARGE_AT_ONCE);
	ck_assert(inbound_hurry(&node, &digest));
	ck_assert_uint_eq(io_pending(node.io), LARGE_AT_ONCE + 1);
	ck_assert(inbound_hurry(&node, &digest));
	ck_assert_uint_eq(io_pending(node.io), LARGE_AT_ONCE + 1);
	digest.b[0] ^= 1;
	ck_assert(!inbound_hurry(&node, &digest));
	buf_release(&text_bytes);
	end();
}

UNIT_MAIN("inbound", inbound_lone_parcel_of_its_author_is_opened_on_the_loop,
	  inbound_parcel_that_another_brings_is_opened_by_a_worker,
	  inbound_parcel_beside_other_work_is_opened_by_a_worker,
	  inbound_parcel_finds_room_whatever_others_send,
	  inbound_parcel_that_a_block_misses_finds_room_whoever_sends_it,
	  inbound_peer_that_brings_much_delays_no_other,
	  inbound_parcel_that_waits_is_hurried_when_a_block_misses_it)
