/* The lines that describe an organisation, the same in the genesis document and
 * on a card:
 *
 *   organisation <id>
 *   name-zh <text>                   absent where empty
 *   name-en <text>                   absent where empty; one of the two is there
 *   roles <role>[,<role>…]           ascending
 *   key <66 hex> <purpose>[,…]       1 to 8, ascending by key bytes */
#ifndef STELE_PROTO_ORG_TEXT_H
#define STELE_PROTO_ORG_TEXT_H

#include "proto/genesis.h"
#include "proto/lines.h"

void org_text_render(struct buf *out, const struct genesis_org *org);
/* Fails the lines where the form is wrong; bounds are org_is_sound's. */
void org_text_parse(struct lines *lines, struct genesis_org *out);
/* Id, names, roles and keys within their bounds, keys points and ascending. */
bool org_is_sound(const struct genesis_org *org);

#endif
