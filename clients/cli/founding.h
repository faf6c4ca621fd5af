/* Founding a network: cards, parameters, the assembled document, signatures, the
 * sealed file.  Used by the genesis commands, one institution at a time, and by
 * localnet, which plays them all. */
#ifndef STELE_CLIENTS_CLI_FOUNDING_H
#define STELE_CLIENTS_CLI_FOUNDING_H

#include "clients/cli/cli.h"
#include "proto/card.h"
#include "proto/genesis_file.h"

struct parameters {
	const char *name;
	uint64_t time_ms;
	uint64_t epoch_length;
	uint64_t quota_transactions; /* per organisation and window, as the two below */
	uint64_t quota_bytes;
	uint64_t quota_entries;
	struct genesis_timers timers; /* for a local network; a wide one wants delta 400 ms */
	uint32_t approvals; /* of validators, for what governs; 0: no operation needs a motion */
};

void parameters_init(struct parameters *parameters, const char *name);
/* The first lines of a genesis document, up to its policies; people may edit them. */
void parameters_render(struct buf *out, const struct parameters *parameters);
/* The policy lines, one for every operation. */
void first_policy_render(struct buf *out, uint32_t approvals);

/* Signs the card with each of its keys, secrets in the order of card_key. */
MUST_CHECK enum err card_sign(struct card *card, const struct secret *secrets);
/* Reads a card and checks its signatures. */
MUST_CHECK enum err card_read(struct cli *cli, const char *path, struct card *out);
/* Sorts an organisation's keys as the texts want them. */
void org_sort_keys(struct genesis_org *org);

/* The document: the parameters, then all cards in order.  Sorts the cards; the same
 * cards in any order give the same bytes.  Failures name the organisation:
 * ERR_GENESIS_FORM, ERR_GENESIS_SIGNATURES.  genesis is the parsed result. */
MUST_CHECK enum err founding_assemble(struct cli *cli, struct bytes parameters,
				      struct card *cards, size_t count, struct buf *out,
				      struct genesis *genesis);
/* One founder's signature.  ERR_KEY_UNKNOWN, ERR_KEY_PURPOSE: the key is no govern
 * key of a founding organisation. */
MUST_CHECK enum err founding_sign(struct cli *cli, const struct genesis *genesis,
				  const struct secret *secret, const struct public_key *key,
				  struct founder *out);
/* "founder <organisation> <key> <signature>\n" */
void founder_render(struct buf *out, const struct founder *founder);
/* The lines of a signature file; the text stays where it is. */
MUST_CHECK enum err founder_parse(struct founder *out, struct bytes text);
/* The sealed file.  Sorts the founders.  ERR_GENESIS_SIGNATURES names who is missing. */
MUST_CHECK enum err founding_seal(struct cli *cli, const struct genesis *genesis,
				  struct bytes document, const struct founder *founders,
				  size_t count, struct buf *out);

#endif
