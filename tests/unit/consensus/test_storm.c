/* Storm: cores under random loss, cuts, crashes, slow disks and missing bodies,
 * from a seed; after the weather clears all must go on.  The simulator does more;
 * this one is quick and needs no pump. */
#include "base/rng.h"
#include "tests/lib/cores.h"
#include "tests/lib/unit.h"

#include <stdlib.h>

#define SECOND 1000000u

struct storm {
	struct cores *cores;
	struct rng rng;
	uint32_t n;
	uint32_t loss_ppm;
	bool is_down[CORES_MAX];
};

static bool may_pass(void *context, uint32_t from, uint32_t to, const struct event *event)
{
	struct storm *storm = context;

	(void)from, (void)to, (void)event;
	return !rng_chance(&storm->rng, storm->loss_ppm);
}

static void strike(struct storm *storm)
{
	uint32_t node = (uint32_t)rng_below(&storm->rng, storm->n);
	uint32_t other = (uint32_t)rng_below(&storm->rng, storm->n);

	switch (rng_below(&storm->rng, 8)) {
	case 0:
	case 1:
		if (storm->is_down[node]) {
			cores_start(storm->cores, node);
			cores_work(storm->cores, node, rng_chance(&storm->rng, 700000));
		} else {
			cores_crash(storm->cores, node);
		}
		storm->is_down[node] = !storm->is_down[node];
		return;
	case 2:
		if (node != other)
			cores_link(storm->cores, node, other, rng_chance(&storm->rng, 500000));
		return;
	case 3:
		cores_isolate(storm->cores, node, rng_chance(&storm->rng, 300000));
		return;
	case 4:
		if (!storm->is_down[node])
			cores_withhold_bodies(storm->cores, node, rng_chance(&storm->rng, 400000));
		return;
	case 5:
		cores_disk(storm->cores, node, rng_below(&storm->rng, 30000));
		return;
	case 6:
		storm->loss_ppm = (uint32_t)rng_below(&storm->rng, 300000);
		return;
	default:
		if (!storm->is_down[node])
			cores_work(storm->cores, node, rng_chance(&storm->rng, 700000));
		return;
	}
}

static void clear_up(struct storm *storm)
{
	cores_filter_set(storm->cores, NULL, NULL);
	for (uint32_t i = 0; i < storm->n; i++) {
		cores_isolate(storm->cores, i, false);
		cores_disk(storm->cores, i, 200);
		if (storm->is_down[i])
			cores_start(storm->cores, i);
		cores_withhold_bodies(storm->cores, i, false);
		cores_work(storm->cores, i, true);
	}
}

static void weather(uint64_t seed, uint32_t n)
{
	struct storm storm = {.n = n};
	uint64_t height = 0;

	rng_init(&storm.rng, seed);
	storm.cores = cores_new(n, 0);
	cores_filter_set(storm.cores, may_pass, &storm);
	cores_start_all(storm.cores);
	for (uint32_t i = 0; i < n; i++)
		cores_work(storm.cores, i, true);
	for (int i = 0; i < 60; i++) {
		cores_run(storm.cores, rng_below(&storm.rng, 400000));
		strike(&storm);
	}
	clear_up(&storm);
	for (uint32_t i = 0; i < n; i++) {
		if (cores_height(storm.cores, i) > height)
			height = cores_height(storm.cores, i);
	}
	ck_assert_msg(cores_run_all_to_height(storm.cores, height + 10, 60 * SECOND),
		      "seed %llu, n = %u: stuck after the storm", (unsigned long long)seed, n);
	for (uint32_t i = 0; i < n; i++)
		ck_assert_msg(cores_tripped(storm.cores, i) == ERR_OK, "seed %llu: node %u tripped",
			      (unsigned long long)seed, i);
	cores_free(storm.cores);
}

/* --- one liar with a valid key ------------------------------------------------- */

#define LIES_MAX 64

struct liar {
	struct cores *cores;
	struct rng rng;
	uint32_t self;
	struct cores_block blocks[LIES_MAX];
	size_t blocks_count;
};

static uint64_t any_view(struct liar *liar)
{
	uint64_t cur = cores_status(liar->cores, (liar->self + 1) % 4).view;

	switch (rng_below(&liar->rng, 4)) {
	case 0:
		return rng_u64(&liar->rng);
	case 1:
		return cur > 70 ? cur - rng_below(&liar->rng, 70) : cur;
	default:
		return cur - 1 + rng_below(&liar->rng, 4);
	}
}

static struct hash any_block(struct liar *liar)
{
	struct hash hash = {{0}};
	uint64_t height = cores_height(liar->cores, (liar->self + 1) % 4);

	if (liar->blocks_count > 0 && rng_chance(&liar->rng, 500000))
		return liar->blocks[rng_below(&liar->rng, liar->blocks_count)].hash;
	if (height > 0 && rng_chance(&liar->rng, 500000))
		return cores_chain(liar->cores, height - rng_below(&liar->rng, height > 9 ? 9 : height));
	store_u64(hash.b, rng_u64(&liar->rng) | 1);
	return hash;
}

static void lie_vote(struct liar *liar, struct event *event)
{
	struct hash block = any_block(liar);
	enum vote_kind kind = (enum vote_kind)(1 + rng_below(&liar->rng, 3));

	event->kind = EVENT_VOTE;
	event->vote = cores_vote(liar->cores, kind, any_view(liar),
				 kind == VOTE_NULLIFY ? NULL : &block, liar->self);
}

/* On some header, at a view that the liar leads, with odd numbers in it. */
static void lie_proposal(struct liar *liar, struct event *event)
{
	struct cores_block *block = &liar->blocks[liar->blocks_count % LIES_MAX];
	struct header parent = *cores_header0(liar->cores);
	uint64_t view = cores_status(liar->cores, (liar->self + 1) % 4).view;

	while (cores_leader(liar->cores, view) != liar->self)
		view++;
	if (liar->blocks_count >= LIES_MAX)
		cores_block_free(block);
	liar->blocks_count++;
	parent.height = rng_below(&liar->rng, 5);
	parent.view = rng_below(&liar->rng, view);
	cores_block_make(liar->cores, block, view, &parent, (uint32_t)rng_u64(&liar->rng),
			 rng_chance(&liar->rng, 500000));
	*event = cores_proposal(liar->cores, block);
	if (liar->blocks_count >= LIES_MAX)
		liar->blocks_count = LIES_MAX;
}

static void lie_request(struct liar *liar, struct event *event)
{
	static const enum event_kind kinds[] = {EVENT_CERTIFICATE_REQUEST, EVENT_VOTES_REQUEST,
						EVENT_BLOCK_REQUEST, EVENT_ANNOUNCEMENT};
	static const uint8_t have[16] = {0x55};

	event->kind = kinds[rng_below(&liar->rng, 4)];
	event->request.kind = (enum vote_kind)rng_below(&liar->rng, 5);
	event->request.view = any_view(liar);
	event->request.block = any_block(liar);
	event->request.have = bytes_of(have, rng_below(&liar->rng, 17));
}

static void lie_status(struct liar *liar, struct event *event)
{
	static const uint8_t bits[64] = {0xff, 0xaa, 0x01, 0x80};

	event->kind = EVENT_STATUS;
	event->status.view = any_view(liar);
	event->status.final_view = any_view(liar);
	event->status.final_height = rng_u64(&liar->rng);
	event->status.bitmap_base = any_view(liar);
	event->status.notarized = bytes_of(bits, rng_below(&liar->rng, 65));
	event->status.nullified = bytes_of(bits, rng_below(&liar->rng, 65));
}

static void lie(struct liar *liar)
{
	struct event event = {.kind = EVENT_VOTE};

	switch (rng_below(&liar->rng, 6)) {
	case 0:
		lie_proposal(liar, &event);
		break;
	case 1:
		lie_request(liar, &event);
		break;
	case 2:
		lie_status(liar, &event);
		break;
	default:
		lie_vote(liar, &event);
		break;
	}
	event.peer = liar->self;
	for (uint32_t i = 0; i < 4; i++) {
		if (i != liar->self && rng_chance(&liar->rng, 700000))
			(void)cores_inject(liar->cores, i, &event);
	}
}

static void listen_to_lies(uint64_t seed)
{
	struct liar liar = {.self = (uint32_t)(seed % 4)};
	uint64_t height;

	rng_init(&liar.rng, seed);
	liar.cores = cores_new(4, 0);
	for (uint32_t i = 0; i < 4; i++) {
		if (i == liar.self)
			continue;
		cores_start(liar.cores, i);
		cores_work(liar.cores, i, true);
	}
	for (int i = 0; i < 1500; i++) {
		cores_run(liar.cores, rng_below(&liar.rng, 3000));
		lie(&liar);
	}
	height = cores_height(liar.cores, (liar.self + 1) % 4);
	ck_assert_msg(cores_run_all_to_height(liar.cores, height + 10, 60 * SECOND),
		      "seed %llu: stuck", (unsigned long long)seed);
	for (uint32_t i = 0; i < 4; i++) {
		ck_assert_int_eq(cores_tripped(liar.cores, i), ERR_OK);
		for (uint32_t k = 0; k < 4; k++)
			ck_assert(k == liar.self || cores_evidence(liar.cores, i, k) == 0);
	}
	ck_assert_uint_gt(cores_evidence(liar.cores, (liar.self + 1) % 4, liar.self), 0);
	for (size_t i = 0; i < liar.blocks_count && i < LIES_MAX; i++)
		cores_block_free(&liar.blocks[i]);
	cores_free(liar.cores);
}

UNIT_TEST(storm_one_liar_neither_stops_nor_splits_the_others)
{
	for (uint64_t seed = 1; seed <= 12; seed++)
		listen_to_lies(seed);
}

/* STELE_STORM="first count" runs other seeds. */
UNIT_TEST(storm_all_go_on_when_it_clears)
{
	const char *range = getenv("STELE_STORM");
	char *rest = NULL;
	uint64_t first = range == NULL ? 1 : strtoull(range, &rest, 10);
	uint64_t count = range == NULL ? 25 : strtoull(rest, NULL, 10);

	for (uint64_t seed = first; seed < first + count; seed++)
		weather(seed, seed % 5 == 0 ? 7 : 4);
}

UNIT_MAIN("storm", storm_all_go_on_when_it_clears,
	  storm_one_liar_neither_stops_nor_splits_the_others)
