/* Roles of organisations and purposes of keys: their names in texts and tools,
 * and lists of them as bits (1 << value) or as names joined by commas, ascending
 * by number. */
#ifndef STELE_PROTO_ROLE_H
#define STELE_PROTO_ROLE_H

#include "base/bytes.h"
#include "proto/tx.pb-c.h"

#define ROLE_LAST STELE__ROLE__ROLE_VALIDATOR
#define PURPOSE_LAST STELE__PURPOSE__PURPOSE_REVIEW

/* "funder" for ROLE_FUNDER; NULL for none or an unknown one. */
const char *role_name(uint32_t role);
const char *purpose_name(uint32_t purpose);
/* 0 for an unknown name. */
uint32_t role_from_name(struct bytes name);
uint32_t purpose_from_name(struct bytes name);

/* At least one, all known. */
bool roles_are_valid(uint32_t bits);
bool purposes_are_valid(uint32_t bits);
void roles_render(struct buf *out, uint32_t bits);
void purposes_render(struct buf *out, uint32_t bits);
/* Strict: ascending, each once, at least one.  False leaves bits untouched. */
bool roles_parse(uint32_t *bits, struct bytes text);
bool purposes_parse(uint32_t *bits, struct bytes text);

#endif
