/* A card from the options of stele genesis card. */
#ifndef STELE_CLIENTS_CLI_CARD_MAKE_H
#define STELE_CLIENTS_CLI_CARD_MAKE_H

#include "clients/cli/cli.h"
#include "proto/card.h"

extern const struct option_spec options_card[];

/* Opens the key files that the options name; the card is signed and checked. */
MUST_CHECK enum err card_make(struct cli *cli, struct card *out);
bool org_is_same(const struct genesis_org *a, const struct genesis_org *b);
/* The role's bit; a failure names the word. */
MUST_CHECK enum err role_read(struct cli *cli, const char *text, uint32_t *bits);

#endif
