/* What proofs said of a programme: state entries and leaves of the log, all under
 * one header.  An export is made of these and of nothing else.  What a reader asks
 * for and the proofs do not say is noted, so that it can be asked of a node and
 * then proved too.  Pure. */
#ifndef STELE_CLIENTS_CLI_EXPORT_FACTS_H
#define STELE_CLIENTS_CLI_EXPORT_FACTS_H

#include "base/arena.h"
#include "base/limits.h"
#include "proto/header.h"
#include "proto/tx.h"
#include "proto/value.h"

enum export_want_kind { WANT_KEY, WANT_LEAF, WANT_AMENDMENT };

/* Something that was asked for, and that no proof says yet. */
struct export_want {
	enum export_want_kind kind;
	char key[LIMIT_KEY_BYTES + 1]; /* of WANT_KEY; of WANT_AMENDMENT the programme */
	uint64_t log_index;            /* of WANT_LEAF */
	uint64_t award, version;       /* of WANT_AMENDMENT */
};

struct export_entry {
	const char *key;
	struct bytes value; /* empty: the key is absent */
	void *message;      /* once it was decoded */
};

struct export_leaf {
	uint64_t log_index;
	struct bytes data;
	struct tx *tx; /* once it was opened; NULL before, and of a leaf that is none */
};

struct export_facts {
	char programme[LIMIT_SEGMENT + 1]; /* whose awards are proved to be all */
	struct header header;              /* under whose roots all of it stands */
	struct hash block;
	struct export_entry *entries; /* ascending by key, once sorted */
	size_t entries_count, entries_room;
	struct export_leaf *leaves; /* ascending by index, once sorted */
	size_t leaves_count, leaves_room;
	struct export_want *wants;
	size_t wants_count, wants_room;
	bool has_failed; /* more was added than may be kept */
	bool is_full;    /* so much is wanted that the rest is not noted: ask in rounds */
	bool is_damaged; /* a proved value is none: of a newer version, or of a broken ledger */
	struct arena arena;
};

/* An amendment of an award, and the record that carried it. */
struct export_amendment {
	const Stele__AwardAmend *terms;
	uint64_t log_index; /* of the record that executed it */
	uint64_t motion;    /* 0: a bare transaction */
};

void export_facts_init(struct export_facts *facts);
void export_facts_release(struct export_facts *facts);

/* Copied.  A key, or an index, that is there already stays as it is.  Past 1 GiB of all
 * of it has_failed is set and nothing more is kept. */
void export_facts_add(struct export_facts *facts, const char *key, struct bytes value);
void export_facts_add_leaf(struct export_facts *facts, uint64_t log_index, struct bytes data);
/* After additions, before anything is asked; forgets what was wanted and found damaged. */
void export_facts_sort(struct export_facts *facts);

/* Whether it is worth asking on: nothing is damaged, and what is wanted is noted. */
bool export_facts_go_on(const struct export_facts *facts);
/* Whether the proofs say anything of the key, or the leaf; does not want it. */
bool export_facts_know(const struct export_facts *facts, const char *key);
bool export_facts_know_leaf(const struct export_facts *facts, uint64_t log_index);
/* The value's message, lent, of what has to be there; NULL: not said and now wanted, or
 * absent, and the facts are damaged. */
const void *export_value(struct export_facts *facts, enum value_type type, const char *key, ...)
	PRINTF_LIKE(3, 4);
/* The same of what may be absent. */
const void *export_value_if_any(struct export_facts *facts, enum value_type type, const char *key,
				...) PRINTF_LIKE(3, 4);
/* The data of a leaf, lent; empty: not said and now wanted. */
struct bytes export_leaf_data(struct export_facts *facts, uint64_t log_index);
/* The transaction of a leaf, lent; NULL: not said and now wanted, or none. */
const struct tx *export_leaf_tx(struct export_facts *facts, uint64_t log_index);
/* The amendment that made the award's terms those of that version (1 the first).  The
 * rules let each version pass once, so with all of them none is left out.  False: not
 * said and now wanted. */
bool export_amendment(struct export_facts *facts, uint64_t award, uint64_t version,
		      struct export_amendment *out);

/* What is wanted, each once: for whoever goes on to ask for it. */
void export_facts_settle(struct export_facts *facts);

/* Names of organisations, in one line: the English one, else the Chinese; the id where
 * the organisation has none. */
const char *export_org_name(struct export_facts *facts, const char *org);

#endif
