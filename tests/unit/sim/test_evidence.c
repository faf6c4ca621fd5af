/* Evidence on its way: heard by one node, in the ledger of all, once; and what is
 * none costs its sender. */
#include <stdlib.h>
#include <string.h>

#include "ledger/parcel.h"
#include "node/flight.h"
#include "node/pool.h"
#include "node/pump.h"
#include "proto/evidence.h"
#include "proto/peer.h"
#include "tests/lib/unit.h"
#include "tests/sim/world.h"

#define GUILTY 3u
#define TOLD 0u /* who hears of it */
#define SPAM 300u

static struct world *make_with(enum villain kind)
{
	struct scene scene;
	struct world *world;

	ck_assert(scene_by_name(&scene, "calm", 1, 4, 60));
	scene.is_timely = false;
	scene_villains(&scene, kind, GUILTY, 1);
	world = world_new(1, &scene, false);
	return world;
}

static struct world *make(void)
{
	return make_with(VILLAIN_LIAR);
}

static struct vote signed_vote(struct world *world, uint32_t signer, enum vote_kind kind,
			       uint64_t view, uint8_t block)
{
	struct vote vote = {.kind = kind, .view = view, .signer = signer};
	struct hash digest;

	if (kind != VOTE_NULLIFY)
		vote.block.b[0] = block;
	vote_digest(&digest, kind, &world->genesis->chain, 0, &world->genesis->set.hash, view,
		    &vote.block);
	ck_assert_int_eq(sign_digest(&vote.signature, &world->nodes[signer].consensus_key,
				     &digest), ERR_OK);
	return vote;
}

static void render(struct world *world, uint32_t signer, enum evidence_type type, uint64_t view,
		   struct buf *out)
{
	enum vote_kind first = type == EVIDENCE_E2 || type == EVIDENCE_E3 ? VOTE_FINALIZE
									  : VOTE_NOTARIZE;
	enum vote_kind second = type == EVIDENCE_E1 ? VOTE_NOTARIZE
				: type == EVIDENCE_E3 ? VOTE_NULLIFY
						      : VOTE_FINALIZE;
	struct vote a = signed_vote(world, signer, first, view, 1);
	struct vote b = signed_vote(world, signer, second, view, 2);
	struct evidence evidence;

	evidence_make(&evidence, &a, &b, &world->genesis->set);
	ck_assert_int_eq(evidence.type, type);
	buf_init(out, LIMIT_EVIDENCE_BYTES);
	evidence_render(out, &evidence);
	ck_assert(!out->has_failed);
}

static void post(struct world *world, struct bytes text)
{
	Stele__EvidenceMessage message = STELE__EVIDENCE_MESSAGE__INIT;
	struct buf payload;

	message.text = (ProtobufCBinaryData){text.len, (uint8_t *)(uintptr_t)text.at};
	buf_init(&payload, peer_payload_max(PEER_EVIDENCE));
	ck_assert_int_eq(peer_encode(&payload, PEER_EVIDENCE, &message), ERR_OK);
	net_sim_post(world, GUILTY, TOLD, PEER_EVIDENCE, buf_bytes(&payload));
	buf_release(&payload);
}

/* Runs with what the guilty one says a second after the start. */
static void run(struct world *world,
		void (*say)(struct world *world, uint32_t node, void *argument))
{
	world_at(world, 1000000, WORLD_NODES_MAX, say, NULL, NULL);
	ck_assert_msg(world_run(world), "%s", world->verdict);
}

static struct node_status status_of(const struct world *world, uint32_t node)
{
	struct node_status status;

	node_status(world->nodes[node].node, &status);
	return status;
}

static void recorded_everywhere(const struct world *world, uint64_t count)
{
	for (uint32_t i = 0; i < world->count; i++) {
		if (!world_is_correct(world, i))
			continue;
		ck_assert_uint_eq(status_of(world, i).evidence_recorded, count);
		ck_assert_uint_eq(status_of(world, i).evidence_held, 0);
	}
}

static void say_all_types(struct world *world, uint32_t nobody, void *argument)
{
	(void)nobody;
	(void)argument;
	for (int type = EVIDENCE_E1; type <= EVIDENCE_E4; type++) {
		struct buf text;

		render(world, GUILTY, (enum evidence_type)type, (uint64_t)type, &text);
		post(world, buf_bytes(&text));
		post(world, buf_bytes(&text)); /* again: the same */
		buf_release(&text);
	}
}

UNIT_TEST(evidence_that_one_node_hears_is_in_every_ledger_once)
{
	struct world *world = make();

	run(world, say_all_types);
	recorded_everywhere(world, 4);
	ck_assert_uint_eq(status_of(world, TOLD).evidence_received, 4);
	ck_assert_uint_eq(status_of(world, TOLD).evidence_refused, 0);
	world_free(world);
}

static void say_spam(struct world *world, uint32_t nobody, void *argument)
{
	(void)nobody;
	(void)argument;
	for (uint64_t view = 1; view <= SPAM; view++) {
		struct buf text;

		render(world, GUILTY, EVIDENCE_E2, view, &text);
		post(world, buf_bytes(&text));
		buf_release(&text);
		ck_assert_uint_le(status_of(world, TOLD).evidence_held, 1);
	}
	if (world->now_us < 4000000) /* and goes on once it is recorded */
		world_at(world, 500000, WORLD_NODES_MAX, say_spam, NULL, NULL);
}

UNIT_TEST(evidence_spam_from_one_key_is_held_and_recorded_once)
{
	struct world *world = make();

	run(world, say_spam);
	recorded_everywhere(world, 1);
	ck_assert_uint_le(status_of(world, TOLD).evidence_received, 8);
	world_free(world);
}

static void spoil_and_post(struct world *world, struct buf *text, const char *line, size_t at)
{
	char *found = strstr((char *)text->at, line);
	char before;

	ck_assert(found != NULL);
	before = found[at];
	found[at] = before == '1' ? '2' : '1';
	post(world, buf_bytes(text));
	found[at] = before;
}

static void say_lies(struct world *world, uint32_t nobody, void *argument)
{
	struct buf text;

	(void)nobody;
	(void)argument;
	render(world, GUILTY, EVIDENCE_E2, 5, &text);
	buf_u8(&text, '\0'); /* for strstr */
	text.len--;
	spoil_and_post(world, &text, "\nepoch ", strlen("\nepoch "));
	spoil_and_post(world, &text, "\nsigner ", strlen("\nsigner 02") + 3);
	spoil_and_post(world, &text, "\ntype ", strlen("\ntype E"));
	spoil_and_post(world, &text, "\nset ", strlen("\nset ") + 7);
	spoil_and_post(world, &text, "\nview ", strlen("\nview "));
	spoil_and_post(world, &text, "\nvote finalize ", strlen("\nvote finalize ") + 66);
	text.len--;
	post(world, buf_bytes(&text));
	buf_release(&text);
}

UNIT_TEST(evidence_that_is_none_is_refused_and_nobody_is_named)
{
	struct world *world = make();

	run(world, say_lies);
	recorded_everywhere(world, 0);
	/* another epoch is refused without blame, and all the rest with it */
	ck_assert_uint_eq(status_of(world, TOLD).evidence_refused, 7);
	ck_assert_uint_eq(status_of(world, TOLD).evidence_received, 0);
	ck_assert_uint_ge(status_of(world, TOLD).messages_refused, 6);
	world_free(world);
}

/* The text of a parcel that a block at the told one misses; NULL: it misses none. */
static const struct parcel *missed(const struct world *world)
{
	const struct node *told = world->nodes[TOLD].node;
	const struct flight *block;

	TAILQ_FOREACH(block, flights_list(told), link) {
		for (uint32_t i = 0; i < block->count; i++) {
			const struct held *held = pool_find(world->nodes[GUILTY].node->pool,
							    &block->lines[i].digest);

			if (block->parcels[i] == NULL && held != NULL && held->parcel != NULL)
				return held->parcel;
		}
	}
	return NULL;
}

static unsigned misnamed;

static void say_parcels(struct world *world, uint32_t nobody, void *argument)
{
	const struct parcel *parcel = missed(world);

	(void)nobody;
	(void)argument;
	if (parcel != NULL) {
		post(world, parcel->text_bytes);
		misnamed++;
	}
	world_at(world, 1000, WORLD_NODES_MAX, say_parcels, NULL, NULL);
}

/* The text of a parcel and that of evidence are named by their SHA-256 alike. */
UNIT_TEST(evidence_that_is_the_text_of_a_missing_parcel_makes_no_block_invalid)
{
	struct world *world = make_with(VILLAIN_WITHHOLDER);

	misnamed = 0;
	run(world, say_parcels);
	ck_assert_uint_gt(misnamed, 0);
	ck_assert_uint_gt(status_of(world, TOLD).evidence_refused, 0);
	recorded_everywhere(world, 0);
	world_free(world);
}

UNIT_MAIN("evidence", evidence_that_one_node_hears_is_in_every_ledger_once,
	  evidence_spam_from_one_key_is_held_and_recorded_once,
	  evidence_that_is_none_is_refused_and_nobody_is_named,
	  evidence_that_is_the_text_of_a_missing_parcel_makes_no_block_invalid)
