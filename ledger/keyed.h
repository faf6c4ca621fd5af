/* Keyed hash (SipHash-1-3) for tables whose keys others choose: under a key of
 * this process's own nobody finds colliding ones.  Never an order or a value
 * that nodes must agree on. */
#ifndef STELE_LEDGER_KEYED_H
#define STELE_LEDGER_KEYED_H

#include <stddef.h>
#include <stdint.h>

uint64_t keyed_hash(const void *at, size_t len);

#endif
