/* What a watch remembers between rounds and runs: one canonical JSON text.
 *
 *   {"alarms":[{"code":"E9001","evidence":"…","node":"…","seen":…}],
 *    "chain":"…","reference":{"node":"…","proof":{…},"seen":…},"stele_audit_watch":1,
 *    "waiting":[{…}]}
 *
 * with a line feed at its end.  The reference is the newest head ever seen, proved to
 * extend all others that were seen, but for those that wait: of them that is still to be
 * shown.  So the older ones need not be kept: what extends the reference extends them. */
#ifndef STELE_CLIENTS_CLI_WATCH_STATE_H
#define STELE_CLIENTS_CLI_WATCH_STATE_H

#include "clients/cli/cli.h"
#include "clients/cli/heads.h"
#include "proofs/trust.h"

#define WATCH_STATE_BYTES ((size_t)32 << 20)
#define WATCH_ALARMS_MAX 64
#define WATCH_WAITING_MAX 256

struct watch_state {
	struct head reference;
	struct head waiting[WATCH_WAITING_MAX];
	size_t waiting_count;
	json_t *alarms;
};

void watch_state_init(struct watch_state *state);
void watch_state_release(struct watch_state *state);

/* Takes the head, once for each block.  *is_new: it was not there.  False: no room. */
bool watch_state_wait(struct watch_state *state, struct head *head, bool *is_new);
/* The last one takes its place. */
void watch_state_drop(struct watch_state *state, size_t waiting);
/* Only the first WATCH_ALARMS_MAX are kept. */
void watch_state_alarm(struct watch_state *state, enum err err, const char *node,
		       const char *evidence, uint64_t seen_ms);

/* Appends. */
void watch_state_render(struct buf *out, const struct watch_state *state,
			const struct trust *trust);
/* Into an initialised one.  Every head is checked anew.  ERR_FILE_FORM: not a text that
 * watch_state_render gives; ERR_GENESIS_MISMATCH: of another chain. */
MUST_CHECK enum err watch_state_parse(struct watch_state *out, struct bytes text,
				      const struct trust *trust);

#endif
