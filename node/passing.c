#include "node/passing.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/limits.h"
#include "proto/set.h"

#define TURNS 2u /* of each leader, in which an author is passed over */

struct author {
	uint64_t view; /* of the fetches that are counted */
	bool has_fetched[LIMIT_VALIDATORS];
	uint32_t fetched_count;
	uint64_t until_view; /* 0: never passed over */
};

struct passing {
	uint32_t validators;
	struct author authors[LIMIT_VALIDATORS];
};

struct passing *passing_new(uint32_t validators)
{
	struct passing *passing = calloc(1, sizeof(*passing));

	ASSERT(passing != NULL && validators <= LIMIT_VALIDATORS);
	passing->validators = validators;
	return passing;
}

void passing_free(struct passing *passing)
{
	free(passing);
}

bool passing_on_fetch(struct passing *passing, uint32_t at, uint32_t validator, uint64_t view)
{
	struct author *author = &passing->authors[at];
	bool was_over = passing_is_over(passing, at, view);

	ASSERT(at < passing->validators && validator < passing->validators);
	if (author->view != view) {
		memset(author->has_fetched, 0, sizeof(author->has_fetched));
		author->fetched_count = 0;
		author->view = view;
	}
	if (!author->has_fetched[validator]) {
		author->has_fetched[validator] = true;
		author->fetched_count++;
	}
	/* f of them may say so of anybody */
	if (author->fetched_count <= set_faults(passing->validators))
		return false;
	author->until_view = view + TURNS * passing->validators;
	return !was_over;
}

bool passing_is_over(const struct passing *passing, uint32_t author, uint64_t view)
{
	return view <= passing->authors[author].until_view;
}
