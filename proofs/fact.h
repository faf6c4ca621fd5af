/* Facts: what a proof says of state and log under one header; docs/receipt.md section 8.
 * Each is read by its form, and then held against the header and the proven entries. */
#ifndef STELE_PROOFS_FACT_H
#define STELE_PROOFS_FACT_H

#include <jansson.h>

#include "base/arena.h"
#include "base/limits.h"
#include "proofs/entry.h"
#include "proto/header.h"

enum fact_kind {
	FACT_STATE,
	FACT_AWARDS,
	FACT_ORG_AWARDS,
	FACT_CLAIMS,
	FACT_EVIDENCE,
	FACT_INCLUSION,
	FACT_CONSISTENCY,
	FACT_REJECTED,
};

/* Of a programme: amounts in minor units. */
struct fact_totals {
	uint64_t committed, paid, recovered, live;
};

struct fact {
	enum fact_kind kind;
	/* of state: the one entry; of a list: what it stands under, from … to as far as they
	 * are present, and where the list ends what would come next, absent */
	struct entry *items;
	size_t items_count;
	char subject[LIMIT_KEY_BYTES + 1]; /* the key, programme, organisation or content; or empty */
	uint64_t from, to, count;          /* of a list: what is shown of all */
	uint64_t budget, awards_max;       /* of awards; these are the programme's */
	char currency[4];
	struct fact_totals stated;
	struct fact_totals sums;           /* of from … to */
	uint64_t log_index;                /* of inclusion */
	struct bytes data;                 /* of inclusion: the leaf */
	uint64_t from_size;                /* of consistency */
	struct hash from_root;
	struct hash rejected_id;           /* of rejected */
	uint32_t rejected_code;
	uint64_t rejected_index;
	struct hash *path;                 /* of the latter three */
	size_t path_count;
	uint64_t parcel, position, rejected_count;
};

/* "org-awards" */
const char *fact_name(enum fact_kind kind);
bool fact_kind_of(const char *name, enum fact_kind *out);
bool fact_is_list(enum fact_kind kind);
/* Whether a list is shown from its first to its last. */
bool fact_is_whole(const struct fact *fact);

/* Where a fact takes its entries from: by key, or one after the other. */
struct fact_source {
	struct entry *entries;
	size_t count;
	bool *used;      /* by key: which of them some fact needed */
	bool is_ordered; /* as in version 0 */
	size_t next;
};

/* The form of a fact of version 1.  ERR_RECEIPT_FORM, ERR_MEMORY. */
MUST_CHECK enum err fact_read(const json_t *object, struct arena *arena, struct fact *out);
/* Whether it holds.  ERR_PROOF_FORM: it is not what it promises; ERR_PROOF_ROOT: its path leads
 * elsewhere; ERR_MEMORY. */
MUST_CHECK enum err fact_check(struct fact *fact, struct fact_source *source,
			       const struct header *last, struct arena *arena);
/* A list, of which kind and subject are known; from and to as well unless is_all. */
MUST_CHECK enum err fact_check_list(struct fact *fact, bool is_all, struct fact_source *source,
				    struct arena *arena);
/* The entry of that key, which is needed then; NULL if there is none. */
const struct entry *fact_take(struct fact_source *source, const char *key);
/* Whether the parts of one list, in this order, are the whole of it: each begins behind the
 * one before, and of awards the sums are what the programme states. */
bool facts_join(const struct fact *const *parts, size_t count);

#endif
