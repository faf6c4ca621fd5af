/* Ids that are held for a while: hash -> until, dropped in the order of until.
 * Two uses: the consumed transaction ids of the committed chain (until in
 * milliseconds) and the parcels that recent blocks reference (until in heights).
 *
 * One thread. */
#ifndef STELE_LEDGER_IDS_H
#define STELE_LEDGER_IDS_H

#include "base/bytes.h"
#include "base/err.h"

struct ids;

/* span: how far ahead of the last expiry an until may lie without costing
 * speed.  NULL when memory is short. */
struct ids *ids_new(uint64_t span);
void ids_free(struct ids *ids);
/* One that is here keeps the later until.  ERR_MEMORY. */
MUST_CHECK enum err ids_add(struct ids *ids, const struct hash *id, uint64_t until);
/* Whether it is here with until >= now. */
bool ids_has(const struct ids *ids, const struct hash *id, uint64_t now);
/* Drops those whose until < now; now never goes backwards. */
void ids_expire(struct ids *ids, uint64_t now);
size_t ids_count(const struct ids *ids);

#endif
