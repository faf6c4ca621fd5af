/* Passing over authors (docs/protocol.md section 9): whose parcels this node, as a leader,
 * does not reference for 2n views, because more than f others had to fetch them from it.
 * Pure. */
#ifndef STELE_NODE_PASSING_H
#define STELE_NODE_PASSING_H

#include <stdbool.h>
#include <stdint.h>

struct passing;

/* Ends the process when memory is short. */
struct passing *passing_new(uint32_t validators);
void passing_free(struct passing *passing);
/* In that view a validator had to fetch what an author should have sent it.  True: the
 * author is passed over from now on, and was not before. */
bool passing_on_fetch(struct passing *passing, uint32_t author, uint32_t validator,
		      uint64_t view);
bool passing_is_over(const struct passing *passing, uint32_t author, uint64_t view);

#endif
