/* Disk: what a traced folder may look like after a power cut.
 *
 * A write is durable once its file was synced after it, or at once through a
 * descriptor of synced writes; a name, once its folder was synced after it.  Of
 * all else any part may be on the disk: each sector of 512 bytes has what was
 * durable or any later write, and of the changed names the first few are there. */
#ifndef STELE_TESTS_CRASH_DISK_H
#define STELE_TESTS_CRASH_DISK_H

#include <stdio.h>

#include "base/bytes.h"
#include "base/rng.h"
#include "tests/crash/trace.h"

struct disk;

/* trace: a whole trace, lent.  Ends the process when memory is short or the trace
 * is none. */
struct disk *disk_new(struct bytes trace);
void disk_free(struct disk *disk);

/* The next call of the trace; false at its end.  A write of the durable kind is
 * under way until disk_settle. */
bool disk_step(struct disk *disk);
void disk_settle(struct disk *disk);
/* How many sectors and names are not durable; 0: there is one state only. */
size_t disk_loose(const struct disk *disk);
/* What had been promised so far. */
const struct mark *disk_marks(const struct disk *disk, size_t *count);

/* Cuts the power: chooses what is on the disk.  The same random numbers choose the
 * same; choice 0 keeps nothing that is loose, 1 all.  Gives the image's hash. */
uint64_t disk_cut(struct disk *disk, struct rng *rng, unsigned choice);
/* Makes the folder what disk_cut chose; it is emptied before. */
void disk_make(struct disk *disk, const char *folder);
/* Writes what disk_cut chose, and what had been promised, as the beginning of another
 * trace: all of it durable. */
void disk_retell(const struct disk *disk, FILE *out);

#endif
