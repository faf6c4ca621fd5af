/* Where a parcel that came in is opened: on the loop, or by a worker. */
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
#define PAYLOAD 100u

static struct set set;
static struct node node;
static uv_loop_t loop;

/* A pump that holds nothing, has a set of four and one worker in each lane. */
static void begin(void)
{
	set.count = 4;
	node = (struct node){.set = &set, .self = 0};
	node.config.parcel_bytes_max = LIMIT_PARCEL_BYTES;
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

/* One transaction of AUTHOR's, which nobody signed; each differs. */
static void bring(uint32_t peer)
{
	static uint64_t sequence;
	static uint8_t payload[PAYLOAD], signature[64];
	struct parcel_text text = {
		.author = AUTHOR, .sequence = ++sequence, .expires = 10, .count = 1, .bytes = PAYLOAD};
	Stele__ParcelMessage message = STELE__PARCEL_MESSAGE__INIT;
	struct buf text_bytes, frame;

	sha256(&text.payload, payload, sizeof(payload));
	buf_init(&text_bytes, 512);
	parcel_text_render(&text_bytes, &text);
	message.text = (ProtobufCBinaryData){text_bytes.len, text_bytes.at};
	message.signature = (ProtobufCBinaryData){sizeof(signature), signature};
	message.payload = (ProtobufCBinaryData){sizeof(payload), payload};
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

UNIT_MAIN("inbound", inbound_lone_parcel_of_its_author_is_opened_on_the_loop,
	  inbound_parcel_that_another_brings_is_opened_by_a_worker,
	  inbound_parcel_beside_other_work_is_opened_by_a_worker)
