/* Section 6 as a table: every state in which a vote could be asked for, against
 * the three lines of the page, which are written again here. */
#include "consensus/votes.h"

#include <stdlib.h>

#include "consensus/blocks.h"
#include "consensus/views.h"
#include "tests/unit/consensus/lone.h"

#define VIEW 3u

/* What of a core decides. */
struct state {
	bool is_current;     /* else the view was left */
	bool has_floor;      /* at the view */
	bool is_tripped;
	bool has_notarized;  /* own votes of the view */
	bool has_nullified;
	bool has_finalized;
	bool is_own_other;   /* the own notarize was for another block */
	bool is_n_held;      /* N[view] of the block */
	bool is_n_other;     /* of another one */
	bool is_x_held;      /* X[view] */
	bool is_skip_held;   /* X of the view before, over which the block stands */
	bool is_complete;
	bool is_valid;
	bool is_header_of_view;
	bool is_reserved;    /* section 10: a reservation covers the view */
};

#define BITS 15

static struct state state_of(unsigned bits)
{
	return (struct state){
		.is_current = bits & 1, .has_floor = bits & 2, .is_tripped = bits & 4,
		.has_notarized = bits & 8, .has_nullified = bits & 16, .has_finalized = bits & 32,
		.is_own_other = bits & 64, .is_n_held = bits & 128, .is_n_other = bits & 256,
		.is_x_held = bits & 512, .is_skip_held = bits & 1024, .is_complete = bits & 2048,
		.is_valid = bits & 4096, .is_header_of_view = bits & 8192,
		.is_reserved = bits & 16384,
	};
}

static bool may_by_the_page(const struct state *state, enum vote_kind kind)
{
	if (state->has_floor || state->is_tripped || !state->is_reserved)
		return false;
	switch (kind) {
	case VOTE_NOTARIZE:
		return state->is_current && !state->has_notarized && !state->has_nullified &&
		       state->is_skip_held && state->is_complete && state->is_valid &&
		       state->is_header_of_view;
	case VOTE_NULLIFY:
		return state->is_current && !state->has_nullified && !state->has_finalized;
	case VOTE_FINALIZE:
		return state->is_n_held && !state->is_n_other && !state->has_nullified &&
		       !state->is_x_held && !state->has_finalized &&
		       !(state->has_notarized && state->is_own_other) && state->is_complete &&
		       state->is_valid;
	}
	UNREACHABLE();
}

static void hold(struct core *core, enum vote_kind kind, uint64_t view, const struct hash *block)
{
	view_keep(view_get(core, view), kind, block, bytes_text("a certificate"));
}

/* A started core in that state, and the block that is asked about. */
static struct block *arrange(struct core *core, const struct state *state,
			     const struct cores_block *made)
{
	static const struct hash other = {{7}};
	struct block *block = block_get(core, &made->hash, VIEW);
	struct own *own = &view_get(core, VIEW)->own;

	core->cur = state->is_current ? VIEW : VIEW + 1;
	core->vote_floor = state->has_floor ? VIEW : 0;
	core->is_tripped = state->is_tripped;
	core->reserve.held = (struct reservation){.stamp = state->is_reserved, .view = VIEW};
	*own = (struct own){.has_notarize = state->has_notarized,
			    .has_nullify = state->has_nullified,
			    .has_finalize = state->has_finalized,
			    .notarize = state->is_own_other ? other : made->hash};
	block_set_header(block, &made->header, buf_bytes(&made->header_text));
	block_set_body(block, buf_bytes(&made->body_text));
	block->header.view = state->is_header_of_view ? VIEW : VIEW + 1;
	block->is_body_complete = state->is_complete;
	block->verdict = state->is_valid ? BLOCK_OK : BLOCK_UNJUDGED;
	hold(core, VOTE_NULLIFY, 1, &other);
	if (state->is_skip_held)
		hold(core, VOTE_NULLIFY, 2, &other);
	if (state->is_x_held || !state->is_header_of_view)
		hold(core, VOTE_NULLIFY, VIEW, &other);
	if (state->is_n_held || state->is_n_other)
		hold(core, VOTE_NOTARIZE, VIEW, state->is_n_other ? &other : &made->hash);
	return block;
}

static bool ask(struct cores *cores, const struct cores_block *made, const struct state *state,
		enum vote_kind kind)
{
	struct core *core = core_new(cores_config(cores, 0));
	struct event event = {.kind = EVENT_START, .wall_ms = made->header.time_ms};
	struct effects effects;
	struct block *block;
	bool is_permitted;

	effects_init(&effects);
	core_step(core, &event, &effects);
	block = arrange(core, state, made);
	core->out = &effects;
	is_permitted = may_vote(core, kind, VIEW, kind == VOTE_NULLIFY ? NULL : block);
	core_free(core);
	effects_release(&effects);
	return is_permitted;
}

UNIT_TEST(may_vote_is_the_table_of_section_6)
{
	static const enum vote_kind kinds[] = {VOTE_NOTARIZE, VOTE_NULLIFY, VOTE_FINALIZE};
	struct cores *cores = cores_new(4, 0);
	struct cores_block made;
	unsigned permitted[3] = {0, 0, 0};

	cores_block_make(cores, &made, VIEW, cores_header0(cores), 0, true);
	for (unsigned bits = 0; bits < 1u << BITS; bits++) {
		struct state state = state_of(bits);

		if (state.is_n_other && !state.is_n_held)
			continue; /* the same as with both */
		if (!state.is_header_of_view && !state.is_x_held)
			continue; /* a header of a later view stands over this one too */
		for (size_t k = 0; k < 3; k++) {
			bool is_permitted = ask(cores, &made, &state, kinds[k]);

			ck_assert_msg(is_permitted == may_by_the_page(&state, kinds[k]),
				      "state %#x: kind %d was %s", bits, (int)kinds[k],
				      is_permitted ? "permitted" : "refused");
			permitted[k] += is_permitted;
		}
	}
	for (size_t k = 0; k < 3; k++)
		ck_assert_uint_gt(permitted[k], 8);
	cores_block_free(&made);
	cores_free(cores);
}

UNIT_TEST(may_vote_nothing_at_or_below_last_final_and_nothing_by_an_observer)
{
	struct cores *cores = cores_new(4, 1);
	struct effects effects;

	effects_init(&effects);
	for (uint32_t node = 0; node <= 4; node += 4) {
		struct core *core = core_new(cores_config(cores, node));
		struct event event = {.kind = EVENT_START};

		core_step(core, &event, &effects);
		core->out = &effects;
		core->reserve.held = (struct reservation){.stamp = 1, .view = VIEW};
		if (node == 0) {
			core->final.view = 1;
			core->cur = 2;
		}
		ck_assert(!may_vote(core, VOTE_NULLIFY, 1, NULL));
		core_free(core);
	}
	effects_release(&effects);
	cores_free(cores);
}

UNIT_MAIN("may_vote", may_vote_is_the_table_of_section_6,
	  may_vote_nothing_at_or_below_last_final_and_nothing_by_an_observer)
