#include "node/turns.h"

#include <stdlib.h>

#include "base/mutant.h"

#define LINES 64u

STAILQ_HEAD(line_head, turn);

struct line {
	struct line_head waiting;
	uint32_t count;
};

struct turns {
	struct line lines[LINES];
	uint32_t line_max;
	uint32_t last; /* the line that was served last */
	uint32_t count;
	uint64_t seed;
};

struct turns *turns_new(uint32_t line_max, uint64_t seed)
{
	struct turns *turns = calloc(1, sizeof(*turns));

	ASSERT(turns != NULL);
	turns->line_max = line_max;
	turns->seed = seed;
	for (size_t i = 0; i < LINES; i++)
		STAILQ_INIT(&turns->lines[i].waiting);
	return turns;
}

void turns_free(struct turns *turns)
{
	free(turns);
}

/* FNV-1a from the seed, folded. */
static uint32_t line_of(const struct turns *turns, struct bytes who)
{
	uint64_t sum = turns->seed ^ UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < who.len; i++)
		sum = (sum ^ who.at[i]) * UINT64_C(0x100000001b3);
	return mutant_on("one_line_for_all") ? 0 : (uint32_t)((sum ^ sum >> 32) % LINES);
}

bool turns_add(struct turns *turns, struct turn *turn, struct bytes who)
{
	struct line *line = &turns->lines[line_of(turns, who)];

	if (line->count >= turns->line_max)
		return false;
	STAILQ_INSERT_TAIL(&line->waiting, turn, next);
	line->count++;
	turns->count++;
	return true;
}

struct turn *turns_take(struct turns *turns)
{
	struct line *line;
	struct turn *turn;

	if (turns->count == 0)
		return NULL;
	do {
		turns->last = (turns->last + 1) % LINES;
		line = &turns->lines[turns->last];
	} while (line->count == 0);
	turn = STAILQ_FIRST(&line->waiting);
	STAILQ_REMOVE_HEAD(&line->waiting, next);
	line->count--;
	turns->count--;
	return turn;
}
