#include "node/choice.h"

#include "base/mutant.h"
#include "node/flight.h"
#include "node/passing.h"
#include "node/pool.h"
#include "node/pump.h"

/* A parcel takes of a block's number what so many bytes take of its bytes. */
#define PARCEL_SHARE (LIMIT_BLOCK_PAYLOAD_BYTES / LIMIT_BODY_PARCELS)

struct choice {
	const struct held *next[LIMIT_VALIDATORS]; /* NULL: no more of this author */
	uint64_t shares[LIMIT_VALIDATORS];         /* what was chosen of each */
	uint64_t bytes, count, steps;
};

/* Whether one of the parent's uncommitted ancestors references it. */
static bool is_on_path(const struct node *node, const struct hash *parent,
		       const struct hash *digest)
{
	const struct flight *block = flight_find(node, parent);

	for (; block != NULL; block = flight_find(node, &block->parent)) {
		for (uint32_t i = 0; i < block->count; i++) {
			if (hash_equal(&block->lines[i].digest, digest))
				return true;
		}
	}
	return false;
}

static bool fits(const struct node *node, const struct choice_bounds *bounds,
		 const struct choice *choice, const struct held *held)
{
	const struct parcel_text *text = &held->parcel->text;
	uint64_t bytes = choice->bytes + text->bytes, count = choice->count + text->count;

	return bounds->height <= text->expires &&
	       text->expires <= bounds->height + LIMIT_PARCEL_EXPIRY &&
	       bytes <= bounds->bytes_max && bytes <= LIMIT_BLOCK_PAYLOAD_BYTES &&
	       count <= LIMIT_BLOCK_TRANSACTIONS &&
	       (choice->count == 0 ||
		choice->steps + held->parcel->steps <= bounds->steps_max) &&
	       (held->blocks == 0 || !is_on_path(node, &bounds->parent, &held->digest));
}

/* The author of whom least was chosen, oneself first. */
static uint32_t whose_turn(const struct node *node, const struct choice *choice)
{
	uint32_t best = SET_NO_INDEX;

	for (uint32_t i = 0; i < node->set->count; i++) {
		uint32_t author = (node->self + i) % node->set->count;

		if (choice->next[author] != NULL &&
		    (best == SET_NO_INDEX || choice->shares[author] < choice->shares[best]))
			best = author;
	}
	return best;
}

static void begin(const struct node *node, const struct choice_bounds *bounds,
		  struct choice *choice)
{
	for (uint32_t author = 0; author < node->set->count; author++) {
		if (!passing_is_over(node->passing, author, bounds->view))
			choice->next[author] = TAILQ_FIRST(pool_author_list(node->pool, author));
	}
}

uint32_t choice_make(const struct node *node, const struct choice_bounds *bounds,
		     struct parcel **out)
{
	struct choice choice = {.bytes = 0};
	uint32_t author, count = 0;

	begin(node, bounds, &choice);
	while (count < LIMIT_BODY_PARCELS &&
	       (author = whose_turn(node, &choice)) != SET_NO_INDEX) {
		const struct held *held = choice.next[author];

		while (held != NULL && !fits(node, bounds, &choice, held))
			held = TAILQ_NEXT(held, author_link);
		choice.next[author] = held == NULL ? NULL : TAILQ_NEXT(held, author_link);
		if (held == NULL)
			continue;
		choice.bytes += held->parcel->text.bytes;
		choice.count += held->parcel->text.count;
		choice.steps += held->parcel->steps;
		if (!mutant_on("author_fills_a_block"))
			choice.shares[author] += held->parcel->text.bytes + PARCEL_SHARE;
		out[count++] = parcel_retain(held->parcel);
	}
	return count;
}
